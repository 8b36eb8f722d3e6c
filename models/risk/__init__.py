"""From joint paths to what a manager reads: status, chances and one of three bands."""
