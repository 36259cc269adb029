"""Age bands, and the wider ones a need is given when too few people in the municipality would fit the narrow one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final

from sammen.i18n_mark import N_
from tenants.api import traits

MOST_AGE: Final = 130


@dataclass(frozen=True, slots=True)
class Band:
    """Ages `first` to `last`, both within. `covers`: the vocabulary's bands that lie in it, itself if it is one."""

    code: str
    label: str
    first: int
    last: int
    covers: frozenset[str]

    def born(self, day: date) -> tuple[date, date]:
        """(after, by): on `day` somebody of these ages was born after the first and by the second."""
        return _years_before(day, self.last + 1), _years_before(day, self.first)


def _years_before(day: date, years: int) -> date:
    try:
        return day.replace(year=day.year - years)
    except ValueError:  # 29 February in a year without one
        return day.replace(year=day.year - years, day=28)


def _narrow(code: str, label: str) -> Band:
    first, _, last = code.rstrip("+").partition("-")
    return Band(code, label, int(first), int(last or MOST_AGE), frozenset({code}))


_WIDE: Final = (
    Band("6-17", N_("6–17 år"), 6, 17, frozenset({"6-9", "10-13", "14-17"})),
    Band("18-66", N_("18–66 år"), 18, 66, frozenset({"18-29", "30-49", "50-66"})),
    Band("67+", N_("67 år eller eldre"), 67, MOST_AGE, frozenset({"67-79", "80+"})),
)
BANDS: Final[dict[str, Band]] = {
    **{code: _narrow(code, label) for code, label in traits.AGE_BANDS.items()},
    **{band.code: band for band in _WIDE},
}
"""Every band a need may carry, narrow ones first."""

WIDER: Final[dict[str, str]] = {code: wide.code for wide in _WIDE for code in wide.covers}
"""A narrow band's next wider one."""


def bands_for(age: int) -> list[Band]:
    """The narrow band of an age and the wider one; none under six, who are not posted."""
    narrow = traits.age_band_of(age)
    return [] if narrow is None else [BANDS[narrow], BANDS[WIDER[narrow]]]
