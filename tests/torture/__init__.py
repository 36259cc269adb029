"""The torture: processes, connections and the database killed at random while people work (docs/torture.md)."""
