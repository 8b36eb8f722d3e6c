"""Scorecards of reps and teams over HTTP."""
