"""A promoted model on disk: text, JSON and a manifest of hashes; nothing that can run code."""
