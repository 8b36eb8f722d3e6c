"""Tests of `service.storage`."""
