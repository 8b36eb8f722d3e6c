"""How good past forecasts and calls were."""
