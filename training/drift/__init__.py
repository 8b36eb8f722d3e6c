"""Whether the promoted model still fits the world."""
