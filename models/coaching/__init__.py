"""What a rep could do next, what it may be worth, and what must never be suggested."""
