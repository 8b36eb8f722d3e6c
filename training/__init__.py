"""Jobs that make and judge models, and the simulated company that claims are tested on."""
