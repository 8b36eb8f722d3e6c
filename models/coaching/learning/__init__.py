"""Learning which play helps whom, and proof that it does: from logged decisions, never below the simple rule."""
