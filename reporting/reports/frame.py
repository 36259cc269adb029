"""Released cells framed with pandas: places × periods × figures, exact, with a sign wherever there is no number.

Numbers are whole hundredths (int64) until they are rounded as printed, so that the same figure is the same everywhere
and in any engine: half is rounded up, as SQL's `round` does with what is never negative. pandas is loaded when first
used (50 MB, a second); `warm` loads it in a thread.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import product
from typing import TYPE_CHECKING, Any, Final

from reporting.measures.api import INHABITANTS
from reporting.releases.api import GROUP, REGION, Place, Released
from reporting.reports.quantities import AGE, BANDS, Part, Quantity

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

SHOWN: Final = 0
HIDDEN: Final = 1
MISSING: Final = 2
SIGNS: Final = ("", ":", "–")
HUNDRED: Final = Decimal(100)
People = Mapping[tuple[str, str], int]
"""Inhabitants by (place id, age band)."""


async def warm() -> None:
    """Load pandas off the event loop, so that the first reader of a report makes nobody else wait."""

    def load() -> None:
        import pandas  # noqa: F401, ICN001 - loading it is the point

    await asyncio.to_thread(load)


@dataclass(frozen=True, slots=True)
class Figure:
    """One number as printed, or why there is none: `sign` is ":" (hidden) or "–" (there is none)."""

    value: Decimal | None
    sign: str = ""

    @property
    def hidden(self) -> bool:
        """Whether there is a number that may not be read."""
        return self.sign == SIGNS[HIDDEN]


NONE: Final = Figure(None, SIGNS[MISSING])


@dataclass(frozen=True, slots=True)
class Spread:
    """What is said of the municipalities whose figures are shown: how many, and where they lie. As printed."""

    count: int
    hidden: int
    missing: int
    mean: Decimal | None = None
    median: Decimal | None = None
    lowest: Decimal | None = None
    highest: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Framed:
    """`numbers` and `signs`: a row for each (period slug, place), a column for each figure's id.

    Numbers are scaled by the figure's decimals; where the sign is not SHOWN the number is nought and means nothing.
    `places` are the municipalities of the newest release, by name.
    """

    numbers: pd.DataFrame = field(repr=False)
    signs: pd.DataFrame = field(repr=False)
    quantities: Mapping[str, Quantity]
    places: tuple[Place, ...]
    periods: tuple[str, ...]
    table: Mapping[tuple[str, str], Mapping[str, tuple[int, int]]] = field(repr=False)
    """The same as plain numbers: (scaled number, sign) by figure, by (period slug, place)."""

    def at(self, period: str, place: str, wanted: str) -> Figure:
        """One figure; NONE for a period or a place that the frame has not."""
        row = self.table.get((period, place))
        if row is None:
            return NONE
        number, sign = row[wanted]
        if sign != SHOWN:
            return Figure(None, SIGNS[sign])
        return Figure(Decimal(number).scaleb(-self.quantities[wanted].decimals))

    def column(self, period: str, wanted: str) -> list[tuple[Place, Figure]]:
        """Every municipality's figure in a period, by name."""
        return [(place, self.at(period, place.id, wanted)) for place in self.places]

    def spread(self, period: str, wanted: str) -> Spread:
        """Of the municipalities that are shown."""
        decimals = self.quantities[wanted].decimals
        rows = [self.table[period, p.id][wanted] for p in self.places if (period, p.id) in self.table]
        known = sorted(number for number, sign in rows if sign == SHOWN)
        hidden = sum(sign == HIDDEN for _n, sign in rows)
        missing = len(self.places) - len(known) - hidden
        if not known:
            return Spread(0, hidden, missing)

        def printed(twice: int, parts: int) -> Decimal:
            return Decimal((2 * twice + parts) // (2 * parts)).scaleb(-decimals)

        median = printed(known[(len(known) - 1) // 2] + known[len(known) // 2], 2)
        return Spread(
            len(known), hidden, missing, printed(sum(known), len(known)), median,
            printed(known[0], 1), printed(known[-1], 1),
        )  # fmt: skip

    def index(self, period: str, place: str, wanted: str) -> Figure:
        """The figure when the region's is 100, from the two as printed."""
        own, whole = self.at(period, place, wanted), self.at(period, REGION, wanted)
        if own.value is None or whole.value is None:
            return Figure(None, SIGNS[HIDDEN] if own.hidden or whole.hidden else SIGNS[MISSING])
        if whole.value == 0:
            return NONE
        return Figure(Decimal(int((own.value * 200 + whole.value) // (2 * whole.value))))


def frame(
    releases: Sequence[Released], quantities: Iterable[Quantity], people: Mapping[str, People] | None = None
) -> Framed:
    """Frame every figure for every place of every release. `people` by period slug.

    Figures that a release has no table for are missing there, as are those of municipalities that had not approved any.
    """
    import numpy as np
    import pandas as pd

    wanted = {one.id: one for one in quantities}
    parts = list(dict.fromkeys(part for one in wanted.values() for part in one.operands))
    keys: list[tuple[str, str]] = []
    columns: dict[Part, tuple[list[int], list[int]]] = {part: ([], []) for part in parts}
    for release in releases:
        where = _places_of(release)
        keys += [(release.card.period.slug, place) for place in where]
        living = (people or {}).get(release.card.period.slug, {})
        for part in parts:
            values, signs = columns[part]
            found = (
                _inhabitants(release, part, where, living)
                if part.measure == INHABITANTS
                else _cells(release, part, where)
            )
            values += found[0]
            signs += found[1]
    read = {
        part: (np.asarray(values, dtype=np.int64), np.asarray(signs, dtype=np.int8))
        for part, (values, signs) in columns.items()
    }
    index = pd.MultiIndex.from_tuples(keys, names=["period", "place"]) if keys else None
    made = {name: _quantity(one, read) for name, one in wanted.items()}
    numbers = pd.DataFrame({name: values for name, (values, _s) in made.items()}, index=index)
    signs_frame = pd.DataFrame({name: signs for name, (_v, signs) in made.items()}, index=index)
    return Framed(
        numbers, signs_frame, wanted, releases[-1].places if releases else (),
        tuple(release.card.period.slug for release in releases), _plain(keys, made),
    )  # fmt: skip


def _plain(
    keys: Sequence[tuple[str, str]], made: Mapping[str, tuple[Any, Any]]
) -> dict[tuple[str, str], dict[str, tuple[int, int]]]:
    """The frame as numbers of Python, since a page asks for some hundred of them one at a time."""
    columns = [(name, values.tolist(), signs.tolist()) for name, (values, signs) in made.items()]
    return {
        key: {name: (values[row], signs[row]) for name, values, signs in columns}
        for row, key in enumerate(keys)
    }


def _places_of(release: Released) -> list[str]:
    return [REGION, *(place.id for place in release.places), *(GROUP + code for code, _n in release.groups)]


def _cells(release: Released, part: Part, where: Sequence[str]) -> tuple[list[int], list[int]]:
    """The part's value in hundredths and its sign, for each place: a sum of published cells of one table."""
    codes = part.codes
    by = next((by for by in release.tables(part.measure) if set(by) == set(codes)), None)
    if by is None:
        return [0] * len(where), [MISSING] * len(where)
    keys = list(product(*(codes[dimension] for dimension in by)))
    cells, measure = release.cells, part.measure
    absent = release.missing | {place for one, place in release.absent if one == measure}
    values, signs = [], []
    for place in where:
        total, sign = 0, MISSING if place in absent else SHOWN
        for key in keys if sign == SHOWN else ():
            shown = cells.get((measure, by, place, key))
            if shown is None:
                continue  # a chosen table's cell that is not kept is nought
            if shown.value is None:
                total, sign = 0, HIDDEN if shown.hidden else MISSING
                break
            total += int(shown.value * HUNDRED)
        values.append(total)
        signs.append(sign)
    return values, signs


def _inhabitants(
    release: Released, part: Part, where: Sequence[str], living: People
) -> tuple[list[int], list[int]]:
    """Inhabitants in hundredths. The region's and a group's are those of the municipalities that have figures."""
    bands = part.codes.get(AGE, BANDS)
    reported = release.reported
    groups = {GROUP + code: [p.id for p in reported if p.group == code] for code, _name in release.groups}
    members = {REGION: [p.id for p in reported], **groups}
    values, signs = [], []
    for place in where:
        counted = members.get(place, [place])
        found = [living.get((one, band)) for one in counted for band in bands]
        total = sum(one for one in found if one is not None)
        known = bool(found) and None not in found and place not in release.missing
        values.append(total * 100 if known else 0)
        signs.append(SHOWN if known else MISSING)
    return values, signs


def _quantity(
    one: Quantity, read: Mapping[Part, tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]]
) -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]:
    """Scaled numbers and signs of a whole column. Hidden if an operand is; none when there is nothing to divide by."""
    import numpy as np

    scale = 10**one.decimals
    above, sign = read[one.above]
    if one.below is None:
        # Hundredths to the printed decimals, half up.
        made = (2 * above * scale + 100) // 200
        return np.where(sign == SHOWN, made, 0), sign
    below, other = read[one.below]
    either = (sign == HIDDEN) | (other == HIDDEN)
    none = (sign == MISSING) | (other == MISSING) | (~either & (below == 0))
    divisor = np.where(below == 0, 1, below)
    factor = int(one.factor * scale)
    made = (2 * above * factor + divisor) // (2 * divisor)
    signs = np.where(either, HIDDEN, np.where(none, MISSING, SHOWN)).astype(np.int8)
    return np.where(signs == SHOWN, made, 0), signs
