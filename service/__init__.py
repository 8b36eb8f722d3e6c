"""HTTP, jobs, storage and people: what serves forecasts to the three kinds of users."""
