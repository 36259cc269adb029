"""What other slices may use of the measures: what each means, what is derived from them, and the measures themselves."""

from __future__ import annotations

from reporting.measures.registry import DEFINITIONS, DERIVED, measures
from reporting.measures.words import INHABITANTS, THEMES, Better, Definition, Derived, RateUnit, Theme

__all__ = [
    "DEFINITIONS",
    "DERIVED",
    "INHABITANTS",
    "THEMES",
    "Better",
    "Definition",
    "Derived",
    "RateUnit",
    "Theme",
    "measures",
]
