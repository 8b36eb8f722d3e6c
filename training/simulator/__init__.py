"""A sales organisation with known truth, for tests and demonstrations."""
