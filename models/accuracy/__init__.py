"""How good past forecasts were: measures, their ranges over periods, and the documents they are told in."""
