"""What may still happen: open deals, deals not born yet, shared shocks, and the joint paths made of them."""
