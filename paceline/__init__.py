"""The composition root: command line, settings, home folder and wiring, and nothing else."""
