"""Team and rep diagnosis, as scoring kept it."""
