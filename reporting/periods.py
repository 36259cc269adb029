"""The periods figures are made for: month, tertial, half-year and year (statistics.md, "Reports").

A period has one address form (its slug) and one name per language. All of it is pure: dates in, dates out.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from enum import Enum
from typing import Final, Literal

Language = Literal["nb", "nn", "en"]

FIRST_YEAR: Final = 1990
LAST_YEAR: Final = 2100

_MONTHS_NB: Final = (
    "januar",
    "februar",
    "mars",
    "april",
    "mai",
    "juni",
    "juli",
    "august",
    "september",
    "oktober",
    "november",
    "desember",
)
_MONTHS_EN: Final = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
# Bokmål and Nynorsk happen to agree on every word here.
_MONTHS: Final[dict[Language, tuple[str, ...]]] = {
    "nb": _MONTHS_NB, "nn": _MONTHS_NB, "en": _MONTHS_EN,
}  # fmt: skip

_SLUG: Final = re.compile(r"(?P<year>[0-9]{4})(?:-(?P<part>[th])?(?P<number>[0-9]{1,2}))?", re.ASCII)


class PeriodError(ValueError):
    """The text names no period. The message is for the log; the page answers as for any unknown address."""


class PeriodKind(Enum):
    """How long a period is. The value is the number of months."""

    MONTH = 1
    TERTIAL = 4
    HALF_YEAR = 6
    YEAR = 12

    @property
    def months(self) -> int:
        """Months in a period of this kind."""
        return self.value

    @property
    def in_a_year(self) -> int:
        """How many such periods make a year."""
        return 12 // self.value


_PARTS: Final[dict[Language, dict[PeriodKind, str]]] = {
    "nb": {PeriodKind.TERTIAL: "%d. tertial %d", PeriodKind.HALF_YEAR: "%d. halvår %d"},
    "nn": {PeriodKind.TERTIAL: "%d. tertial %d", PeriodKind.HALF_YEAR: "%d. halvår %d"},
    "en": {PeriodKind.TERTIAL: "tertial %d of %d", PeriodKind.HALF_YEAR: "half %d of %d"},
}


@dataclass(frozen=True, slots=True)
class Period:
    """One period: `number` counts from 1 within `year` (TERTIAL 2 is May to August). Else PeriodError."""

    kind: PeriodKind
    year: int
    number: int = 1

    def __post_init__(self) -> None:
        if not FIRST_YEAR <= self.year <= LAST_YEAR:
            raise PeriodError(f"year {self.year} is outside {FIRST_YEAR}–{LAST_YEAR}")
        if not 1 <= self.number <= self.kind.in_a_year:
            raise PeriodError(
                f"a year has {self.kind.in_a_year} periods of {self.kind.name}, not {self.number}"
            )

    @classmethod
    def of(cls, kind: PeriodKind, day: date) -> Period:
        """The period of this kind that `day` falls in."""
        return cls(kind, day.year, (day.month - 1) // kind.months + 1)

    @property
    def start(self) -> date:
        """The first day."""
        return date(self.year, (self.number - 1) * self.kind.months + 1, 1)

    @property
    def end(self) -> date:
        """The last day, itself part of the period. Figures "per 30. juni" are as this day ends."""
        after = self.number * self.kind.months + 1
        first_after = date(self.year + 1, 1, 1) if after > 12 else date(self.year, after, 1)
        return first_after - timedelta(days=1)

    @property
    def previous(self) -> Period:
        """The period of the same kind just before; PeriodError before FIRST_YEAR."""
        if self.number > 1:
            return Period(self.kind, self.year, self.number - 1)
        return Period(self.kind, self.year - 1, self.kind.in_a_year)

    @property
    def next(self) -> Period:
        """The period of the same kind just after; PeriodError after LAST_YEAR."""
        if self.number < self.kind.in_a_year:
            return Period(self.kind, self.year, self.number + 1)
        return Period(self.kind, self.year + 1, 1)

    @property
    def slug(self) -> str:
        """The form in addresses and files: "2026-03", "2026-t2", "2026-h1", "2026"."""
        match self.kind:
            case PeriodKind.MONTH:
                return f"{self.year}-{self.number:02d}"
            case PeriodKind.TERTIAL:
                return f"{self.year}-t{self.number}"
            case PeriodKind.HALF_YEAR:
                return f"{self.year}-h{self.number}"
            case PeriodKind.YEAR:
                return f"{self.year}"

    def contains(self, day: date) -> bool:
        """Whether `day` falls in the period, first and last day included."""
        return self.start <= day <= self.end

    def overlaps(self, other: Period) -> bool:
        """Whether the two share a day."""
        return self.start <= other.end and other.start <= self.end

    def label(self, lang: Language = "nb") -> str:
        """The name as read in a sentence: "mars 2026", "2. tertial 2026", "half 1 of 2026", "2026"."""
        match self.kind:
            case PeriodKind.MONTH:
                return f"{_MONTHS[lang][self.number - 1]} {self.year}"
            case PeriodKind.TERTIAL | PeriodKind.HALF_YEAR:
                return _PARTS[lang][self.kind] % (self.number, self.year)
            case PeriodKind.YEAR:
                return f"{self.year}"

    def __str__(self) -> str:
        return self.slug


def parse(text: str) -> Period:
    """Read a slug ("2026-h1") or a name in one of our languages ("1. halvår 2026"); PeriodError if neither.

    A slug has exactly one spelling, so that one period never gets two addresses: "2026-3" is refused.
    """
    cleaned = " ".join(text.casefold().split())
    found = _SLUG.fullmatch(cleaned)
    period = _from_slug(found) if found else _from_label(cleaned)
    if period is None or (found and period.slug != cleaned):
        raise PeriodError("the text names no period")
    return period


def _from_slug(found: re.Match[str]) -> Period:
    year, part, number = int(found["year"]), found["part"], found["number"]
    if number is None:
        return Period(PeriodKind.YEAR, year)
    kind = {None: PeriodKind.MONTH, "t": PeriodKind.TERTIAL, "h": PeriodKind.HALF_YEAR}[part]
    return Period(kind, year, int(number))


def _from_label(cleaned: str) -> Period | None:
    """Compare with the labels themselves rather than a second grammar that could drift from them."""
    if not re.fullmatch(r"[0-9]{4}", cleaned[-4:], re.ASCII):
        return None
    year = int(cleaned[-4:])
    for kind in (PeriodKind.MONTH, PeriodKind.TERTIAL, PeriodKind.HALF_YEAR):
        for number in range(1, kind.in_a_year + 1):
            candidate = Period(kind, year, number)
            if any(candidate.label(lang).casefold() == cleaned for lang in _MONTHS):
                return candidate
    return None
