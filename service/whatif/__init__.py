"""What if: the model's response when a lever of one rep is moved."""
