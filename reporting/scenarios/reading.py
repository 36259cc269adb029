"""What a scenario says of a release: every place is reckoned from its own published numbers, and from nothing else.

Where one of them is hidden there is no result. The region is reckoned from the region's numbers, never from the sum of
the places, so that nothing can be taken from anything that was not published already.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from statistics import median
from typing import Final

from reporting.releases.api import REGION, Released
from reporting.scenarios.model import (
    RATE_ASSUMPTION,
    Assumption,
    Inputs,
    Lever,
    Numbers,
    Range,
    outcome,
    swings,
)
from sammen.i18n_mark import N_

HIDDEN: Final = "hidden"
MISSING: Final = "missing"
NOTHING: Final = "nothing"
WHY: Final[Mapping[str, str]] = {
    HIDDEN: N_("kan ikke regnes: et av tallene er skjult"),
    MISSING: N_("kan ikke regnes: tallene er ikke publisert"),
    NOTHING: N_("ikke noe å regne på: har ikke noe av dette i dag"),
}
CHOICES: Final[Mapping[str, str]] = {
    "typed": N_("Den jeg skriver under"),
    "lowest": N_("Den laveste av dem som vises"),
    "median": N_("Den midterste av dem som vises"),
    "highest": N_("Den høyeste av dem som vises"),
}
FEWEST: Final = 3
"""Of fewer municipalities, the lowest, middle and highest are single municipalities' own."""


@dataclass(frozen=True, slots=True)
class Place:
    """A place's result. `why` is a key of WHY where there is no `change`; `today` is what it has now."""

    id: str
    name: str
    change: Range | None
    today: Decimal | None
    why: str = ""


@dataclass(frozen=True, slots=True)
class Outcome:
    """A whole scenario: the region, its municipalities by name, and what each assumption does to the region's result."""

    lever: Lever
    inputs: Inputs
    choice: str
    region: Place
    places: tuple[Place, ...]
    swings: tuple[tuple[Assumption, Range], ...] = field(default=())

    def results(self) -> dict[str, list[str] | str]:
        """What is saved: low and high by place id, or why there is none. Texts, so that it reads back exactly."""
        return {
            one.id: [str(one.change.low), str(one.change.high)] if one.change else one.why
            for one in (self.region, *self.places)
        }


def numbers_of(release: Released, lever: Lever, place: str) -> Numbers | str:
    """The published numbers a lever needs of a place, or why they cannot be had."""
    found: dict[str, Decimal] = {}
    lacks = ""
    for one in lever.operands:
        by = (one.dimension,) if one.dimension else ()
        shown = release.cell(one.measure, by, place, (one.code,) if one.dimension else ())
        if shown.hidden:
            return HIDDEN
        if shown.value is None:
            lacks = MISSING
        else:
            found[one.id] = shown.value
    return lacks or found


def offered_rates(release: Released, lever: Lever) -> dict[str, Decimal]:
    """Lowest, middle and highest of the municipalities whose figures are shown; none when they are fewer than three."""
    known = []
    for place in release.reported:
        now = numbers_of(release, lever, place.id)
        rate = None if isinstance(now, str) else lever.today(now)
        if rate is not None:
            known.append(rate.quantize(Decimal("0.01")))
    if len(known) < FEWEST:
        return {}
    return {
        "lowest": min(known), "median": median(known).quantize(Decimal("0.01")), "highest": max(known),
    }  # fmt: skip


def with_choice(release: Released, lever: Lever, inputs: Inputs, choice: str) -> Inputs:
    """The assumptions with the chosen published rate in place of the typed one."""
    rates = offered_rates(release, lever) if choice != "typed" else {}
    if choice not in rates:
        return inputs
    return {**inputs, RATE_ASSUMPTION: Range(rates[choice], rates[choice])}


def reckon(release: Released, lever: Lever, inputs: Inputs, choice: str, region_name: str) -> Outcome:
    """The scenario over a release. `inputs` has every assumption of the lever."""
    said = with_choice(release, lever, inputs, choice)

    def at(place: str, name: str) -> Place:
        now = numbers_of(release, lever, place)
        if isinstance(now, str):
            return Place(place, name, None, None, now)
        change = outcome(lever, now, said)
        return Place(place, name, change, lever.today(now), "" if change else NOTHING)

    region = at(REGION, region_name)
    now = numbers_of(release, lever, REGION)
    moved = () if isinstance(now, str) else tuple(swings(lever, now, said))
    return Outcome(lever, said, choice, region, tuple(at(p.id, p.name) for p in release.places), moved)
