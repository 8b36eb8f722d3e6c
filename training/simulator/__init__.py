"""A simulated sales organisation whose truth is known, for tests, benchmarks and the demo; forecasters never see it."""
