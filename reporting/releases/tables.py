"""Which tables a release can have: each measure by municipality, alone and by each of its dimensions, and some crosses.

A table that is not chosen is not published at all, so a cross that no report shows only costs: every further division makes
small numbers, and each of those hides others.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Protocol

Spot = tuple[tuple[str, ...], str, tuple[str, ...]]
"""A cell of any measure: dimensions, place, codes."""
PLACE: Final = "place"
"""The first axis of every table: the municipalities, with the region and the groups above them."""


class _Named(Protocol):
    @property
    def id(self) -> str: ...


class Described(_Named, Protocol):
    """What this needs of a measure's definition."""

    @property
    def theme(self) -> str: ...
    @property
    def home(self) -> bool: ...
    @property
    def dimensions(self) -> Sequence[_Named]: ...


CROSSES: Final[Mapping[str, tuple[tuple[str, ...], ...]]] = {
    "users": (("age", "gender"),),
    "contacts": (("contact_age", "tenure"),),
    "waiting": (("wait", "age"),),
    "cost": (("cost_kind", "form"),),
}
"""Measure id → pairs of dimensions that are shown together. Dimensions that a measure lacks are passed over."""

USUAL: Final = frozenset({
    "users:age", "users:gender", "users:still", "users:changes", "services:form", "new_decisions:age",
    "ended_decisions:outcome", "waited:wait", "hours:form", "hours:age", "hours_granted:form", "contacts:contact_age",
    "contacts:tenure", "cost:form", "pay_bands:pay", "course_seats:held_by", "group_places:group_of",
    "evaluations:timely", "evaluated:reached", "evaluated:fit", "voices:likes", "deviations_opened:deviation",
    "needs_posted:purpose", "needs_ended:need_end", "complaints_answered:answer",
})  # fmt: skip
"""The divisions that twelve municipalities of ordinary size can show without losing their totals: tried on figures in that
shape. Every further one makes small numbers that hide others; cost by kind alone hides what each municipality spends."""
COSTLY: Final = frozenset({"contacts_began", "contacts_left", "cross_users"})
"""Measures whose totals are small, and whose hiding takes those of others with it."""
SAME: Final[tuple[tuple[frozenset[str], bool], ...]] = (
    (frozenset({"hours", "cross_hours", "cost"}), False),
    (
        frozenset(
            {
                "contacts",
                "contacts_mean",
                "contacts_began",
                "contacts_left",
                "contacts_load",
                "contacts_covered",
            }
        ),
        True,
    ),
    (frozenset({"deviations_opened", "deviations_closed", "deviations_open"}), False),
)
"""Measures of which one gives another: hours times the public rate is the cost, those who began less those who left is what
changed between two ends, and two divisions of the same people have the same total. Whatever a place hides of one, it hides
of the others; where True, of the total alone."""
TELLING: Final[tuple[frozenset[str], ...]] = (
    frozenset({"users", "services", "hours", "hours_granted", "cross_hours", "cost"}),
)
"""Measures of which one is a good guess at another: hours over an ordinary grant is nearly the number of users. Where one
is a small count, the others are hidden as well."""
SEVERAL: Final[Mapping[str, tuple[str, ...]]] = {
    "hours": ("form",),
    "hours_granted": ("form",),
    "cross_hours": ("origin", "form"),
    "cost": ("cost_kind", "form"),
}
"""Sums in which one person may stand in several inner cells, and the dimensions along which they do."""
COST: Final = "cost"
PRICED: Final[tuple[tuple[str, Mapping[str, str], Mapping[str, str]], ...]] = (
    ("hours", {}, {"cost_kind": "pay"}),
    ("cross_hours", {}, {"cost_kind": "pay"}),
    ("cross_hours", {"origin": "other"}, {"cost_kind": "exchange"}),
    ("cross_hours", {"origin": "other"}, {"cost_kind": "exchange", "form": "shared"}),
    ("course_seats", {"held_by": "other"}, {"cost_kind": "courses"}),
    ("course_seats", {"held_by": "other"}, {"cost_kind": "courses", "form": "shared"}),
    ("group_places", {"group_of": "other"}, {"cost_kind": "exchange", "form": "group"}),
)
"""Measure, a part of it, and the part of the cost that is its number at a price others know: a rate, or what municipalities
have agreed. What is hidden of one is hidden of the other, in every division that both have."""
MORE_THAN: Final[tuple[tuple[str, str], ...]] = (("services", "users"), ("cross_users", "users"))
"""(one, other): the difference of the two totals is a count of people too, those with several services, or those with no
hour yet. Where it is small, the total of `one` is hidden."""

STOCKS: Final[tuple[tuple[str, tuple[str, ...], bool], ...]] = (
    ("contacts", ("contacts_began", "contacts_left"), True),
    ("deviations_open", ("deviations_opened", "deviations_closed"), False),
)
"""Measures that are a number at a period's end, what came and what went since the end before, and whether only the totals
add up so: what is hidden at one end follows from the next end, where nobody came or went."""


@dataclass(frozen=True, slots=True)
class Offer:
    """A table that can be chosen: `id` is its address in a release, such as `users:age|gender`."""

    id: str
    measure: str
    by: tuple[str, ...]
    theme: str
    usual: bool
    """Whether it is chosen unless somebody unchooses it."""


def table_id(measure: str, by: Iterable[str] = ()) -> str:
    """The id of a measure's table by dimensions."""
    return f"{measure}:{'|'.join(by)}"


def table_of(text: str) -> tuple[str, tuple[str, ...]]:
    """Measure and dimensions of a table's id."""
    measure, _, by = text.partition(":")
    return measure, tuple(by.split("|")) if by else ()


def offered(definitions: Iterable[Described]) -> list[Offer]:
    """Every table that can be chosen of these measures, in their order; those that stay at home are not among them."""
    found: list[Offer] = []
    for one in definitions:
        if one.home:
            continue
        known = tuple(dimension.id for dimension in one.dimensions)
        crosses = [by for by in CROSSES.get(one.id, ()) if set(by) <= set(known)]
        for by in [(), *((name,) for name in known), *crosses]:
            ordered = tuple(name for name in known if name in by)
            name = table_id(one.id, ordered)
            usual = name in USUAL or (not by and one.id not in COSTLY)
            found.append(Offer(name, one.id, ordered, one.theme, usual))
    return found


def divisions(tables: Iterable[str]) -> dict[str, frozenset[tuple[str, ...]]]:
    """Every division there is a number for, by measure: the chosen tables' own, and all their margins."""
    found: dict[str, set[tuple[str, ...]]] = {}
    for text in tables:
        measure, by = table_of(text)
        for choice in range(1 << len(by)):
            part = tuple(name for at, name in enumerate(by) if choice >> at & 1)
            found.setdefault(measure, set()).add(part)
    return {measure: frozenset(some) for measure, some in found.items()}


def largest(tables: Sequence[str]) -> list[str]:
    """The tables that are not a margin of another chosen one: what disclosure control is given, sorted."""
    chosen = sorted({table_of(text) for text in tables})
    return [
        table_id(measure, by)
        for measure, by in chosen
        if not any(measure == other and set(by) < set(wider) for other, wider in chosen)
    ]


def same_as(measure: str) -> dict[str, bool]:
    """The other measures that give this one, and whether only by the total."""
    return {other: total for some, total in SAME if measure in some for other in sorted(some - {measure})}


def told_by(measure: str) -> frozenset[str]:
    """The other measures whose small counts this one would tell of."""
    return frozenset(other for some in TELLING if measure in some for other in some) - {measure}


def tied(measure: str, spot: Spot, other: str) -> set[Spot]:
    """The cells of `other` that would tell a hidden cell of `measure`: the same one (SAME), and its price (PRICED)."""
    total = same_as(measure).get(other)
    found = {spot} if total is not None and not (total and spot[0]) else set()
    return found | priced(measure, spot, other)


def told(measure: str, spot: Spot, other: str) -> set[Spot]:
    """The cells of `other` that would be a good guess at a small cell of `measure` (TELLING): of a cost its pay as well."""
    if other not in told_by(measure):
        return set()
    return {spot} | (priced("hours", spot, COST) if other == COST else set())


def priced(measure: str, spot: Spot, other: str) -> set[Spot]:
    """The cells of `other` that are a cell of `measure` at a known price, or that a price was put on."""
    by, place, key = spot
    codes, found = dict(zip(by, key, strict=True)), set()
    for name, part, cost in PRICED:
        for this, whole, that, half in ((name, part, COST, cost), (COST, cost, name, part)):
            if (this, that) == (measure, other) and whole.items() <= codes.items():
                rest = {dimension: code for dimension, code in codes.items() if dimension not in whole}
                if not rest.keys() & half.keys():
                    both = {**half, **rest}
                    found.add((tuple(both), place, tuple(both.values())))
    return found
