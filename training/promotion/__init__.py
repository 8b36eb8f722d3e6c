"""Gates between a trained model and the reps it would speak about."""
