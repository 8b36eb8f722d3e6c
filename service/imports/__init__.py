"""The log of imports and dataset versions."""
