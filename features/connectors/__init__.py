"""Readers and mapping files: from any export to canonical tables, without code per source."""
