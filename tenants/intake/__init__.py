"""Applications on their way in: the list of open ones, and the municipality's public form (A1, A5, E6)."""
