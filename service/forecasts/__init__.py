"""Forecast snapshots and team forecasts over HTTP."""
