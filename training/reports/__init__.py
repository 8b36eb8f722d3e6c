"""Plots, model cards and reports of a training run."""
