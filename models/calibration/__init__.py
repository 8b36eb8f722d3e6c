"""Whether stated chances come true, and what to do when they do not."""
