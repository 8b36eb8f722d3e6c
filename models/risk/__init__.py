"""Statuses and risk bands read off the paths."""
