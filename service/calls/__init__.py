"""Calls: a person's own number for a period, kept beside the forecast and never in its place."""
