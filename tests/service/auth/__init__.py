"""Tests of `service.auth`."""
