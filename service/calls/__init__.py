"""People's own forecast numbers, kept beside the model's."""
