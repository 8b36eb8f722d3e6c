"""Tests of `service.accuracy`."""
