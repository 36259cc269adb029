"""Whose a case is, and who may open it: the handover at eighteen, stand-ins, and the named circle (A1, A15, A16, E5)."""
