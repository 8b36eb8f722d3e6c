"""Tests of people's own forecast numbers."""
