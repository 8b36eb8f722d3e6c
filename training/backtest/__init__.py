"""Refit and forecast at successive cutoffs, and keep every row."""
