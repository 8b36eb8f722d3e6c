"""Team and rep diagnosis: the miss in causes, the funnel, what top reps do differently, which training pays."""
