"""Tests of the 1:1."""
