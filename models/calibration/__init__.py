"""Learning from past forecasts: bias, shared shocks and spread, on periods that the model had not seen."""
