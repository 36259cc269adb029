"""What a run says of a need: whom it got, or why nobody. Apart from planning.py, so that it can be read without numpy."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from sammen.i18n_mark import N_

UNMATCHED_BECAUSE: Final[Mapping[str, str]] = {
    "no_candidate": N_("Ingen av kandidatene oppfyller kravene."),
    "needed_more": N_("De som passer, trengtes av noen som har ventet like lenge eller lenger."),
}
"""Why a need was given nobody. The second is true by how the plan is made: had the need waited longer than one of those
who got its candidates, directly or by turns, it would have come in instead.
"""


@dataclass(frozen=True, slots=True)
class Match:
    """A need, a candidate, and how well they fit: 0–100."""

    need_id: UUID
    candidate_id: UUID
    score: int
