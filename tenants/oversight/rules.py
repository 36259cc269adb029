"""What is unusual in a week of look-ups: pure functions over the trail, each finding with the numbers it is made of (E4).

The rules are dated, and each says why it is there. They point at a pattern; a person judges it. What somebody does in
their own cases is not unusual, however much it is: `Week.connected` keeps it out of all rules but those about oneself,
one's kin and what was refused first.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import pairwise
from statistics import median
from uuid import UUID

from sammen.clock import OSLO
from sammen.workdays import is_workday

KEPT = 50
"""How many entries a finding points to."""
_NORMAL = 1.4826
"""What makes a median distance comparable with a standard deviation."""


@dataclass(frozen=True, slots=True)
class Rules:
    """The limits in force from a day. Counts are of people opened in a week, unless something else is said."""

    valid_from: date
    many_least: int
    many_spread: float
    rare_surname: int
    unconnected_least: int
    night_from: int
    night_to: int
    night_least: int
    refused_minutes: int
    refused_least: int
    repeat_days: int
    left_minutes: int
    left_least: int
    missed_least: int


RULES_SINCE = date(2026, 1, 1)

VERSIONS: Sequence[Rules] = (
    Rules(
        valid_from=RULES_SINCE, many_least=20, many_spread=3.0, rare_surname=8, unconnected_least=10, night_from=22,
        night_to=6, night_least=5, refused_minutes=10, refused_least=5, repeat_days=4, left_minutes=2, left_least=3,
        missed_least=3,
    ),
)  # fmt: skip
"""The first are chosen so that a week of ordinary work in the demo's twelve municipalities gives a handful."""


def rules_on(day: date) -> Rules:
    """The newest version that has begun; the first one for the time before it."""
    return max(
        (one for one in VERSIONS if one.valid_from <= day),
        key=lambda one: one.valid_from,
        default=VERSIONS[0],
    )


@dataclass(frozen=True, slots=True)
class Look:
    """An entry of the trail. `subject`: whom an opened page was about; None for a list, a change or a refusal."""

    id: UUID
    at: datetime
    category: str
    reader: UUID
    roles: frozenset[str]
    persons: tuple[UUID, ...]
    subject: UUID | None


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of somebody who was read about, or of a reader who is registered. `address` is "" when unknown."""

    name: str
    surname: str
    address: str


@dataclass(frozen=True, slots=True)
class Week:
    """A week of one municipality. `looks` in order of time.

    `usual`: how many people each reader opened in each of the weeks before. `own`: the reader's own registrations.
    `connected`: (reader, person) with an assignment, a naming, a stand-in's duty or a change of the reader's own behind
    them. `surnames`: how many registered people have each. `missed`: numbers typed for an emergency that opened nothing.
    """

    monday: date
    looks: Sequence[Look]
    names: Mapping[UUID, str]
    people: Mapping[UUID, Known]
    usual: Mapping[UUID, Sequence[int]] = field(default_factory=dict)
    own: Mapping[UUID, frozenset[UUID]] = field(default_factory=dict)
    connected: frozenset[tuple[UUID, UUID]] = frozenset()
    surnames: Mapping[str, int] = field(default_factory=dict)
    missed: Mapping[UUID, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Finding:
    """A rule that held. `facts` fill the rule's sentence (words.py)."""

    rule: str
    reader: UUID
    about: UUID | None
    count: int
    facts: dict[str, int]
    entries: tuple[UUID, ...]


@dataclass(frozen=True, slots=True)
class _Reader:
    """One reader's week: all, and the opened pages by whom they were about."""

    id: UUID
    looks: Sequence[Look]
    opened: Mapping[UUID, Sequence[Look]]
    roles: frozenset[str]


def unusual(week: Week, rules: Rules | None = None) -> list[Finding]:
    """Every finding, by reader and rule, always in the same order for the same week."""
    rules = rules or rules_on(week.monday)
    readers = _readers(week)
    found = [
        *_many(week, rules, readers),
        *_unconnected(week, rules, readers),
        *(finding for reader in readers for finding in _of_reader(week, rules, reader)),
        *(
            Finding("missed", who, None, count, {"count": count}, ())
            for who, count in week.missed.items()
            if count >= rules.missed_least
        ),
    ]
    return sorted(found, key=lambda one: (one.reader.hex, one.rule, one.about.hex if one.about else ""))


def _readers(week: Week) -> list[_Reader]:
    by_reader: dict[UUID, list[Look]] = defaultdict(list)
    for look in week.looks:
        by_reader[look.reader].append(look)
    found = []
    for who, looks in sorted(by_reader.items()):
        opened: dict[UUID, list[Look]] = defaultdict(list)
        for look in looks:
            if look.category == "read" and look.subject is not None:
                opened[look.subject].append(look)
        roles: frozenset[str] = frozenset().union(*(look.roles for look in looks))
        found.append(_Reader(who, looks, opened, roles))
    return found


def limit_of(numbers: Sequence[int], rules: Rules) -> float:
    """Median and three of its spreads, half as much again at least: one very busy week does not move it, as it would move a
    mean, and weeks that are all alike do not make the next one unusual.
    """
    middle = median(numbers)
    return middle + max(
        middle / 2, rules.many_spread * _NORMAL * median(abs(one - middle) for one in numbers)
    )


def _many(week: Week, rules: Rules, readers: Sequence[_Reader]) -> Iterator[Finding]:
    """Many more than one's own weeks and than colleagues in the role: both, so that a busy office is not unusual."""
    for one in readers:
        count = len(one.opened)
        if count < rules.many_least:
            continue
        before = list(week.usual.get(one.id, ()))
        peers = [len(other.opened) for other in readers if other.id != one.id and other.roles & one.roles]
        limits = [limit_of(numbers, rules) for numbers in (before, peers) if len(numbers) >= 2]
        if limits and all(count > max(limit, 1.5 * rules.many_least) for limit in limits):
            facts = {"count": count, "own": round(median(before)) if before else 0,
                     "peers": round(median(peers)) if peers else 0}  # fmt: skip
            yield _finding("many", one.id, None, count, facts, [looks[0] for looks in one.opened.values()])


def _of_reader(week: Week, rules: Rules, reader: _Reader) -> Iterator[Finding]:
    yield from _oneself_and_kin(week, rules, reader)
    yield from _after_refusal(rules, reader)
    yield from _without_a_case(week, rules, reader)
    yield from _by_night(week, rules, reader)


def _oneself_and_kin(week: Week, rules: Rules, reader: _Reader) -> Iterator[Finding]:
    """Oneself, somebody with one's name, with one's rare surname, or at one's address. One finding a person, the nearest."""
    own = week.own.get(reader.id, frozenset())
    mine = [week.people[one] for one in own if one in week.people]
    name = week.names.get(reader.id, "")
    surnames = {name.rsplit(" ", 1)[-1], *(one.surname for one in mine)} - {""}
    addresses = {one.address for one in mine} - {""}
    for subject, looks in reader.opened.items():
        known = week.people.get(subject)
        if subject in own or (known is not None and known.name == name):
            rule = "own"
        elif known is None:
            continue
        elif known.address in addresses:
            rule = "address"
        elif known.surname in surnames and week.surnames.get(known.surname, 0) < rules.rare_surname:
            rule = "surname"
        else:
            continue
        facts = {"count": len(looks), "alike": week.surnames.get(known.surname, 0) if known else 0}
        yield _finding(rule, reader.id, subject, len(looks), facts, looks)


def _after_refusal(rules: Rules, reader: _Reader) -> Iterator[Finding]:
    """Refused, and a few minutes later let in by another way; or refused again and again."""
    within = timedelta(minutes=rules.refused_minutes)
    refused = [look for look in reader.looks if look.category == "refusal"]
    for subject, looks in reader.opened.items():
        ways = [
            look for look in looks
            if any(subject in no.persons and timedelta() < look.at - no.at <= within for no in refused)
        ]  # fmt: skip
        if ways:
            facts = {"count": len(ways), "minutes": rules.refused_minutes}
            yield _finding("refused_then_read", reader.id, subject, len(ways), facts, ways)
    if len(refused) >= rules.refused_least:
        yield _finding("refused", reader.id, None, len(refused), {"count": len(refused)}, refused)


def _loose(week: Week, reader: _Reader) -> dict[UUID, Sequence[Look]]:
    """Whom the reader opened though nothing connects the two."""
    return {
        subject: looks for subject, looks in reader.opened.items()
        if (reader.id, subject) not in week.connected and subject not in week.own.get(reader.id, ())
    }  # fmt: skip


def _unconnected(week: Week, rules: Rules, readers: Sequence[_Reader]) -> Iterator[Finding]:
    """Many people with whom nothing connects the reader: most of those they opened, and more than colleagues in the role,
    who stand in for one another without anybody writing it down.
    """
    loose = {one.id: _loose(week, one) for one in readers}
    for one in readers:
        count = len(loose[one.id])
        peers = [len(loose[other.id]) for other in readers if other.id != one.id and other.roles & one.roles]
        if count < rules.unconnected_least or 2 * count <= len(one.opened):
            continue
        if not peers or count > limit_of(peers, rules):
            facts = {"count": count, "all": len(one.opened)}
            yield _finding(
                "unconnected", one.id, None, count, facts, [looks[0] for looks in loose[one.id].values()]
            )


def _without_a_case(week: Week, rules: Rules, reader: _Reader) -> Iterator[Finding]:
    """One person again and again, or several found by searching and left, with nothing that connects them."""
    loose = _loose(week, reader)
    for subject, looks in loose.items():
        days = {look.at.astimezone(OSLO).date() for look in looks}
        if len(days) >= rules.repeat_days:
            facts = {"count": len(looks), "days": len(days)}
            yield _finding("repeated", reader.id, subject, len(looks), facts, looks)
    left = [
        looks[0]
        for subject, looks in loose.items()
        if len(looks) == 1 and _was_searched(rules, reader, subject, looks[0])
    ]
    if len(left) >= rules.left_least:
        facts = {"count": len(left), "minutes": rules.left_minutes}
        yield _finding("searched_and_left", reader.id, None, len(left), facts, left)


def _was_searched(rules: Rules, reader: _Reader, subject: UUID, opened: Look) -> bool:
    """Whether the page was opened from a list just before, and something else was done soon after."""
    within = timedelta(minutes=rules.left_minutes)
    before = None
    for earlier, later in pairwise([*reader.looks, None]):
        if earlier is opened:
            left = later is None or subject not in later.persons
            return (
                left and before is not None and subject in before.persons and opened.at - before.at <= within
            )
        before = (
            earlier
            if earlier is not None and earlier.subject is None and earlier.category == "read"
            else None
        )
    return False


def _by_night(week: Week, rules: Rules, reader: _Reader) -> Iterator[Finding]:
    """At night, at weekends and on holidays."""
    odd = [
        look for looks in reader.opened.values() for look in looks
        if not is_workday(look.at.astimezone(OSLO).date())
        or not rules.night_to <= look.at.astimezone(OSLO).hour < rules.night_from
    ]  # fmt: skip
    if len(odd) >= rules.night_least:
        yield _finding("by_night", reader.id, None, len(odd), {"count": len(odd)}, odd)


def _finding(
    rule: str, reader: UUID, about: UUID | None, count: int, facts: dict[str, int], looks: Sequence[Look]
) -> Finding:
    entries = tuple(look.id for look in sorted(looks, key=lambda look: (look.at, look.id.hex))[:KEPT])
    return Finding(rule, reader, about, count, facts, entries)
