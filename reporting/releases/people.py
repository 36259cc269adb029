"""Who stands behind a sum of inner cells, when the same person may stand in several of them: a contact is paid, has
expenses and drives, for several services. Disclosure control adds up contributors as if nobody did; this finds the sums
that rest on too few all the same (statistics.md, step 4). Pure: no database.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal

from reporting.disclosure.api import Rules
from reporting.releases.tables import SEVERAL, Spot
from sammen.figures import Reading

Part = tuple[int, Decimal, Decimal]
"""Of one group of people who stand in no other: the fewest they can be, and the most that one, and the next, can have."""


def too_few(
    measure: str, figures: Mapping[str, Sequence[Reading]], names: Sequence[str], groups: Mapping[str, str],
    spots: Iterable[Spot], rules: Rules,
) -> set[Spot]:  # fmt: skip
    """The spots of a measure that rest on too few people. `figures`: its inner cells by place; `names`: its dimensions;
    `groups`: place → the group it stands in, as a spot's place.
    """
    several = SEVERAL.get(measure)
    if several is None:
        return set()
    apart = [at for at, name in enumerate(names) if name not in several]
    found = set()
    for spot in spots:
        wanted = [(names.index(name), code) for name, code in zip(spot[0], spot[2], strict=True)]
        people: dict[tuple[str, ...], list[Reading]] = defaultdict(list)
        for place in figures:
            for one in figures[place] if spot[1] in ("", place, groups.get(place)) else ():
                if one.contributors and all(one.key[at] == code for at, code in wanted):
                    people[place, *(one.key[at] for at in apart)].append(one)
        told = sum((one.value for some in people.values() for one in some), Decimal(0))
        if told and _few([_part(some) for some in people.values()], told, rules):
            found.add(spot)
    return found


def _part(cells: Sequence[Reading]) -> Part:
    """At least as many as the fullest cell has; and nobody has more than the largest of every cell together."""
    return (
        max(one.contributors for one in cells),
        sum((one.largest for one in cells), Decimal(0)),
        sum((one.second for one in cells), Decimal(0)),
    )


def _few(parts: Sequence[Part], told: Decimal, rules: Rules) -> bool:
    first, second = sorted((size for _, *sizes in parts for size in sizes), reverse=True)[:2]
    top = first + (second if rules.dominance_n > 1 else 0)
    return (
        sum(people for people, *_ in parts) < rules.threshold
        or (rules.dominance_k is not None and top * 100 > Decimal(str(rules.dominance_k)) * told)
        or (rules.p is not None and Decimal(str(rules.p)) * first > 100 * (told - first - second))
    )
