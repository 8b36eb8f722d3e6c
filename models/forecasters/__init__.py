"""Forecasters, one per file, baselines first."""
