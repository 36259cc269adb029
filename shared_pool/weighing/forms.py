"""The form of the weights: a row of points for each step of predictability, who comes first, and how far."""

from __future__ import annotations

from typing import Any

from sammen.web.forms import Form, Reader
from shared_pool.engine.api import FAULTS, FULL, PARTS, Weights, WeightsError
from shared_pool.needs.api import PREDICTABILITY

FIELDS = {
    "interests": "interesser", "times": "tid", "stability": "stabilitet", "distance": "avstand", "courses": "kurs",
}  # fmt: skip
OWN_FIRST, MAX_KM = "egne_forst", "lengst"
LONGEST_NUMBER = 4


def field_of(part: str, level: int) -> str:
    """The name of a part's field: `interesser_1`."""
    return f"{FIELDS[part]}_{level}"


def read_weights(form: Form) -> Weights:
    """What was typed, as weights. Raises Invalid with every field that must be mended."""
    reader = Reader(form)
    points: dict[int, dict[str, int]] = {}
    for level in PREDICTABILITY:
        row = {part: _whole(form.text(field_of(part, level))) for part in PARTS}
        for part, number in row.items():
            if number is None or number > FULL:
                reader.fail(field_of(part, level), FAULTS["points"])
        known = {part: number for part, number in row.items() if number is not None}
        if len(known) == len(PARTS) and max(known.values()) <= FULL and sum(known.values()) != FULL:
            reader.fail(field_of(PARTS[0], level), FAULTS["sum"])
        points[level] = known
    km = _whole(form.text(MAX_KM))
    if km is None:
        reader.fail(MAX_KM, FAULTS["max_km"])
    if not reader.errors and km is not None:
        try:
            return Weights(points, own_first=form.text(OWN_FIRST) == "ja", max_km=km)
        except WeightsError as wrong:
            reader.fail(_place(wrong), FAULTS[wrong.code])
    reader.done()
    raise AssertionError("errors were noted")


def _place(wrong: WeightsError) -> str:
    if wrong.code == "max_km":
        return MAX_KM
    return field_of(wrong.part or PARTS[0], wrong.predictability or 1)


def _whole(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) <= LONGEST_NUMBER else None


def values_of(weights: Weights) -> dict[str, Any]:
    """What the form begins with."""
    return {
        **{
            field_of(part, level): weights.most(level, part)
            for level in sorted(weights.points)
            for part in PARTS
        },
        OWN_FIRST: "ja" if weights.own_first else "nei",
        MAX_KM: weights.max_km,
    }
