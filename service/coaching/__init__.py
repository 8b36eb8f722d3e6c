"""Suggestions from proposal to effect: their states, what was decided, what came of it, and for whom next."""
