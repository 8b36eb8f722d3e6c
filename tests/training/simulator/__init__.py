"""Tests of the simulated sales organisation."""
