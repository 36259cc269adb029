"""What the registry says of each measure, as this slice asks for it."""

from __future__ import annotations

from reporting.measures.api import DEFINITIONS


def home_measures() -> frozenset[str]:
    """Measures that never leave the municipality, approved or not."""
    return frozenset(one.id for one in DEFINITIONS.values() if one.home)


def known_measure(measure: str) -> bool:
    """Whether the registry has a measure of that id."""
    return measure in DEFINITIONS
