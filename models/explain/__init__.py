"""Why the forecast is what it is, in points of quota."""
