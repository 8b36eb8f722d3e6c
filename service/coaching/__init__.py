"""Feedback on suggestions."""
