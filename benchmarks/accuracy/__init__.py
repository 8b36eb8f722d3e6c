"""How good the forecast is on simulated companies: beside every simple rule, every peer formula and the oracle."""
