"""The agenda of a 1:1, and what the two agreed on."""
