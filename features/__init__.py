"""What is known about a rep at a moment: facts, their history, and the features read off them."""
