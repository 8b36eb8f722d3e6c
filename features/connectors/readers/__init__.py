"""Readers: any supported file as chunks of text columns with the line of every row."""
