"""What a published figure is made of: inner cells, their dimensions, and who stands behind each.

A slice counts in its municipality's own context and hands over the *inner* cells, divided by every dimension of the
measure at once. Everything that is shown is a sum of inner cells, so that no two pages can disagree, and so that what
must be hidden can be decided over all tables together (D4).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Awaitable, Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Final, Literal

from sammen.db.unit_of_work import UnitOfWork
from sammen.i18n_mark import N_

Kind = Literal["count", "sum", "money", "banded"]
"""How small numbers are told: a count and a duration in bands by the number itself, sums and money by who stands behind."""
Unit = Literal["count", "hours", "kroner"]
UNKNOWN: Final = "unknown"


@dataclass(frozen=True, slots=True)
class Dimension:
    """One way to divide. `codes`: every code there is with its name (a msgid), in the order tables show them.

    `breaks`: the days from which it is divided otherwise, so that a series over one of them must be marked (D9).
    """

    id: str
    name: str
    codes: tuple[tuple[str, str], ...]
    breaks: tuple[date, ...] = ()

    @property
    def code_set(self) -> frozenset[str]:
        """The codes alone."""
        return frozenset(code for code, _ in self.codes)


AGE_BANDS: Final[Mapping[str, tuple[int, int]]] = {
    "0-17": (0, 17),
    "18-66": (18, 66),
    "67-79": (67, 79),
    "80": (80, 150),
}
"""Kongsberg's bands, whole years from and to (D9). Every list and every figure divides by these."""
AGE: Final = Dimension(
    "age", N_("Alder"),
    (("0-17", N_("0–17 år")), ("18-66", N_("18–66 år")), ("67-79", N_("67–79 år")), ("80", N_("80 år og eldre")),
     (UNKNOWN, N_("Ukjent alder"))),
)  # fmt: skip
GENDER: Final = Dimension(
    "gender", N_("Kjønn"), (("F", N_("Kvinner")), ("M", N_("Menn")), (UNKNOWN, N_("Ukjent kjønn")))
)
FORM: Final = Dimension(
    "form", N_("Tjeneste"),
    (("individual", N_("Individuell støttekontakt")), ("group", N_("Aktivitetsgruppe")),
     ("organisation", N_("Fritid med bistand")), ("training", N_("Treningskontakt"))),
)  # fmt: skip
"""The form of one service (A3): of hours, of money, of services themselves."""
SEVERAL: Final = "several"
USER_FORM: Final = Dimension("user_form", N_("Tjeneste"), (*FORM.codes, (SEVERAL, N_("Flere tjenester"))))
"""The forms one person has: each person has one code, so that the parts add up to the people."""


def age_band(age: int | None) -> str:
    """The code of AGE an age in whole years is in; UNKNOWN for an unknown one."""
    if age is None:
        return UNKNOWN
    return next((band for band, (low, high) in AGE_BANDS.items() if low <= age <= high), UNKNOWN)


@dataclass(frozen=True, slots=True)
class Reading:
    """One inner cell: its codes in the order of the measure's dimensions, and its value (never negative).

    `contributors` is how many people (or contacts, for pay) the value rests on, `largest` and `second` the two largest
    parts that one of them has in it. Of counts they are the value itself, 1 and 1, and need not be given.
    """

    key: tuple[str, ...]
    value: Decimal = field(repr=False)
    contributors: int = field(default=0, repr=False)
    largest: Decimal = field(default=Decimal(0), repr=False)
    second: Decimal = field(default=Decimal(0), repr=False)


@dataclass(frozen=True, slots=True)
class Measure:
    """One figure, defined once: `read(uow, start, end)` gives the inner cells that are not nought, each key once.

    It runs in one municipality's own context, both days included. reporting/measures/ says in words what it means, and
    docs/data/<id>.md is written from those words.
    """

    id: str
    kind: Kind
    unit: Unit
    dimensions: tuple[Dimension, ...]
    read: Callable[[UnitOfWork, date, date], Awaitable[Sequence[Reading]]]


def counted(counts: Mapping[tuple[str, ...], int]) -> list[Reading]:
    """Inner cells of a count: how many stand in each, those with nobody left out, in the order of their keys."""
    return [Reading(key, Decimal(count)) for key, count in sorted(counts.items()) if count]


def summed(parts: Iterable[tuple[tuple[str, ...], Hashable, Decimal]]) -> list[Reading]:
    """Inner cells of a sum, from (key, who stands behind it, their part): the parts of one contributor are added up
    before the largest are found. Nought parts are left out.
    """
    found: dict[tuple[str, ...], dict[Hashable, Decimal]] = defaultdict(lambda: defaultdict(Decimal))
    for key, who, value in parts:
        if value:
            found[key][who] += value
    readings = []
    for key, by in sorted(found.items()):
        largest = sorted(by.values(), reverse=True)
        second = largest[1] if len(largest) > 1 else Decimal(0)
        readings.append(Reading(key, sum(largest, Decimal(0)), len(largest), largest[0], second))
    return readings
