"""Who is asking, and the one place that decides whom they may see."""
