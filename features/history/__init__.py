"""The memory of the company: stored fact versions, and `known_by`, the only way to read them."""
