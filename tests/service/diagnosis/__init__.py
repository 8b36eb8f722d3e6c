"""Tests of `service.diagnosis`."""
