"""A promoted model on disk: text, JSON and a manifest of hashes; nothing that can run code.

`write.py` writes a bundle, `read.py` verifies and reads one, `champion.py` says which one is served.
"""
