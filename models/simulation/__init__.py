"""Deals that will close, deals not born yet, and the shocks they share."""
