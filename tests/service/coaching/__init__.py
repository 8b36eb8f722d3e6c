"""Tests of how good past forecasts and calls were."""
