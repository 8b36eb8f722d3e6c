"""Pure functions that say whether data can carry a forecast."""
