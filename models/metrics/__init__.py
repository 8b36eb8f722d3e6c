"""How forecasts are judged, one metric per file."""
