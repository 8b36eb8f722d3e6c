"""What runs beside the web process: scoring, whenever facts or model are newer than the newest snapshot."""
