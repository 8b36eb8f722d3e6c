"""The vocabulary of Paceline in plain Python: errors, time, and the words that get mixed up."""
