"""Sums of joint paths: teams, regions, the company."""
