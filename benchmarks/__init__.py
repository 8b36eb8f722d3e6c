"""Speed, memory and accuracy beside a peer in the same run, as ratios; tests hold no clocks, these do."""
