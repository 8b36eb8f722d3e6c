"""What changed between two snapshots of a rep or a team."""
