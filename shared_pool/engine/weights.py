"""What counts, and how much: a region's weights for the matching. Tried in a what-if before they are adopted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from sammen.i18n_mark import N_
from shared_pool.needs.api import PREDICTABILITY

PARTS: Final = ("interests", "times", "stability", "distance", "courses")
"""The parts of the score. A language is a hard rule and no part: a point given for it would show that the need asks
for one (ADR 0050).
"""
PART_LABELS: Final[Mapping[str, str]] = {
    "interests": N_("Interesser"),
    "times": N_("Tid"),
    "stability": N_("Blir lenge"),
    "distance": N_("Avstand"),
    "courses": N_("Kurs"),
    # Kept by proposals from before the parts were a region's to weigh.
    "stays": N_("Blir lenge"),
}

FULL: Final = 100
"""What the parts of one row give together."""
# All of the part within this; what is nearer cannot be told apart when a need says no more than its area.
NEAR_KM: Final = 8
LEAST_MAX_KM: Final = NEAR_KM + 1
MOST_MAX_KM: Final = 300


class WeightsError(ValueError):
    """Weights that cannot be used. `code` says what is wrong (a key of `FAULTS`); `predictability` and `part`, where."""

    def __init__(self, code: str, predictability: int | None = None, part: str | None = None) -> None:
        super().__init__(f"weights: {code}")
        self.code = code
        self.predictability = predictability
        self.part = part


FAULTS: Final[Mapping[str, str]] = {
    "shape": N_("Vektene har ikke alle delene for hvert trinn av forutsigbarhet."),
    "points": N_("Skriv hele poeng fra 0 til 100."),
    "sum": N_("Poengene må bli 100 til sammen."),
    "stability": N_("Det å bli lenge kan ikke telle mindre for den som er mer avhengig av det."),
    "max_km": N_("Skriv hele kilometer fra 9 til 300."),
}
"""What each fault is, in words. A form knows which field it belongs to from the error itself."""


@dataclass(frozen=True, slots=True)
class Weights:
    """The points each part can give, by how much the user depends on predictability (1–3, B12); each row is 100.

    `own_first`: a candidate of the need's own municipality goes before the others. `max_km`: how far away somebody may
    be who has not said which areas they will travel to; the distance gives nothing there. WeightsError when they
    cannot be used. Not to be changed once made.
    """

    points: Mapping[int, Mapping[str, int]]
    own_first: bool = False
    max_km: int = 40

    def __post_init__(self) -> None:
        if set(self.points) != set(PREDICTABILITY):
            raise WeightsError("shape")
        for level, row in sorted(self.points.items()):
            _check_row(level, row)
        for level in sorted(self.points)[1:]:
            if self.points[level]["stability"] < self.points[level - 1]["stability"]:
                raise WeightsError("stability", level, "stability")
        if not _whole(self.max_km, LEAST_MAX_KM, MOST_MAX_KM):
            raise WeightsError("max_km")

    def most(self, predictability: int, part: str) -> int:
        """The most a part can give for a need of this predictability."""
        return self.points[predictability][part]

    def to_json(self) -> dict[str, Any]:
        """As a row keeps them; `from_json` reads it back."""
        return {
            "points": {str(level): dict(row) for level, row in sorted(self.points.items())},
            "own_first": self.own_first,
            "max_km": self.max_km,
        }

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> Weights:
        """Weights from what `to_json` gave. WeightsError when it is something else."""
        try:
            points = {int(level): dict(row) for level, row in kept["points"].items()}
            own_first, max_km = kept["own_first"], kept["max_km"]
        except (KeyError, TypeError, ValueError, AttributeError):
            raise WeightsError("shape") from None
        if not isinstance(own_first, bool):
            raise WeightsError("shape")
        return cls(points, own_first, max_km)


def _check_row(level: int, row: Mapping[str, int]) -> None:
    if set(row) != set(PARTS):
        raise WeightsError("shape", level)
    for part in PARTS:
        if not _whole(row[part], 0, FULL):
            raise WeightsError("points", level, part)
    if sum(row.values()) != FULL:
        raise WeightsError("sum", level)


def _whole(value: object, least: int, most: int) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and least <= value <= most


DEFAULT: Final = Weights(
    {
        1: {"interests": 30, "times": 25, "stability": 20, "distance": 15, "courses": 10},
        2: {"interests": 28, "times": 22, "stability": 28, "distance": 13, "courses": 9},
        3: {"interests": 25, "times": 20, "stability": 35, "distance": 12, "courses": 8},
    }
)
"""What a region matches by until it has adopted its own."""
