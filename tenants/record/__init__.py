"""A person in one municipality, across their cases: facts, representatives, duplicates, death, move, and their story."""
