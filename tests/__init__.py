"""Tests of Paceline; the folders mirror the packages."""
