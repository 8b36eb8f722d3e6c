"""Totals of teams, regions and the company as sums of the same joint paths as their reps'."""
