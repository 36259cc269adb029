"""The door of the substitutes slice: noting whom a service user knows, and who they are."""

from __future__ import annotations

from tenants.substitutes.known import IntroductionFacts, introduce, on_known_ended
from tenants.substitutes.models import IntroducedSubstitute
from tenants.substitutes.queries import HOW
from tenants.substitutes.rules import answer_by, suggested_hours

introduced_substitute = IntroducedSubstitute.__table__

__all__ = [
    "HOW",
    "IntroductionFacts",
    "answer_by",
    "introduce",
    "introduced_substitute",
    "on_known_ended",
    "suggested_hours",
]
