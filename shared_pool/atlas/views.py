"""The map as words: what is drawn, what the table says, and what can be said in a sentence. The same numbers everywhere."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sammen.i18n_mark import N_
from shared_pool.atlas.counting import AreaCount, most
from shared_pool.atlas.outline import DRAWING, OUTSIDE, Shape
from shared_pool.needs.api import AREAS
from shared_pool.recruitment.api import Say

NAMES = {
    "north": N_("Nord"),
    "middle": N_("Midten"),
    "south": N_("Sør"),
    "islands": N_("Øyene"),
}
"""The areas' names where there is little room; the table has the whole ones."""


@dataclass(frozen=True, slots=True)
class Area:
    """An area as it is drawn and written."""

    shape: Shape
    name: str
    long_name: str
    needs: str
    candidates: str


def count_text(count: int | None, least: int, say: Say) -> str:
    """ "10", or "under 5"."""
    return str(count) if count is not None else say(N_("under %(least)s"), least=least)


def areas(counts: Sequence[AreaCount], least: int, say: Say) -> list[Area]:
    """Every area with its outline, north first."""
    shapes = {shape.area: shape for shape in DRAWING.shapes}
    return [
        Area(
            shapes[one.area],
            say(NAMES[one.area]),
            _capital(say(AREAS[one.area])),
            count_text(one.needs, least, say),
            count_text(one.candidates, least, say),
        )
        for one in counts
    ]


def outside() -> Shape:
    """The part of the drawing no member municipality covers."""
    return next(shape for shape in DRAWING.shapes if shape.area == OUTSIDE)


def sentences(counts: Sequence[AreaCount], say: Say) -> list[str]:
    """What the numbers say, as far as they may be told; nothing where areas are alike."""
    said = []
    waiting, ready = most(counts, "needs"), most(counts, "candidates")
    if waiting is not None:
        said.append(say(N_("Flest behov venter her: %(area)s."), area=say(AREAS[waiting])))
    if ready is not None:
        said.append(say(N_("Flest kandidater bor her: %(area)s."), area=say(AREAS[ready])))
    said += [
        say(N_("Flere behov enn kandidater: %(area)s."), area=say(AREAS[one.area]))
        for one in counts
        if one.short
    ]
    return said or [say(N_("Tallene er for små eller for like til at vi kan si hvor det er flest."))]


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
