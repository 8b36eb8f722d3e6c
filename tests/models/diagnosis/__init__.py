"""Tests of `models.diagnosis`."""
