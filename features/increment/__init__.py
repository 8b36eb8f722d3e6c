"""Appending a cutoff to features that are built already, without reading the past again."""
