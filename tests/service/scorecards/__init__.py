"""Tests of `service.scorecards`."""
