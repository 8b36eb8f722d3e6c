"""The contract of the canonical tables: their columns, keys, types and the checks every row must pass."""
