"""Tests of `service.calls`."""
