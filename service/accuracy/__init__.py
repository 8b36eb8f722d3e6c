"""How good past forecasts were: the served model beside simple rules and the calls of people."""
