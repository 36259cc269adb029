"""What the periods beside a release make known. A number at a period's end is the one at the end before, more what came and
less what went (tables.STOCKS): one that is hidden must not follow from its neighbours. Pure: no database.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from reporting.periods import Period
from reporting.releases.protecting import OutCell
from reporting.releases.tables import STOCKS, Spot, divisions


@dataclass(frozen=True, slots=True)
class Seen:
    """All that a period's releases have shown and hidden. `hidden`: measure and cell; `divided`: the divisions of each
    measure that there are numbers for.
    """

    hidden: frozenset[tuple[str, Spot]] = frozenset()
    divided: Mapping[str, frozenset[tuple[str, ...]]] = field(default_factory=dict)


def follows(first: Period, then: Period) -> bool:
    """Whether one period begins where the other ends: a half-year after a year as well."""
    return first.end + timedelta(days=1) == then.start


def seen(releases: Iterable[tuple[Iterable[str], Iterable[OutCell]]]) -> Seen:
    """A period's releases, the oldest first, each as its tables and its cells: what a later one says of a cell counts."""
    hidden: set[tuple[str, Spot]] = set()
    divided: dict[str, frozenset[tuple[str, ...]]] = {}
    for tables, cells in releases:
        now = divisions(tables)
        hidden = {one for one in hidden if one[1][0] not in now.get(one[0], ())}
        hidden |= {(one.measure, (one.by, one.place, one.key)) for one in cells if one.hidden}
        divided = {name: divided.get(name, frozenset()) | some for name, some in {**divided, **now}.items()}
    return Seen(frozenset(hidden), divided)


def to_hide(before: Seen) -> dict[str, frozenset[Spot]]:
    """Cells by measure that would tell what the period before hides: hidden here too, as far as they are not nought."""
    found: dict[str, frozenset[Spot]] = {}
    for stock, flows, total in STOCKS:
        spots = frozenset(spot for name, spot in before.hidden if name == stock and not (total and spot[0]))
        found |= dict.fromkeys((stock, *flows), spots)
    return found


def given_away(after: Seen, cells: Iterable[OutCell]) -> list[tuple[str, Spot]]:
    """Cells hidden here that follow from what is shown of the period after, which was released first."""
    hidden = {(one.measure, (one.by, one.place, one.key)) for one in cells if one.hidden}
    found = []
    for stock, flows, total in STOCKS:
        for name, spot in sorted(hidden):
            if name == stock and not (total and spot[0]):
                told = all(spot[0] in after.divided.get(one, ()) for one in (stock, *flows))
                if told and not any((one, spot) in after.hidden for one in (stock, *flows)):
                    found.append((name, spot))
    return found
