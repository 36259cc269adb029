"""The anonymity check (C3): how many of the municipality's own service users everything displayed may be of. Pure.

Why it counts as it does, field by field: docs/decisions/0053-what-a-need-may-say.md.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from typing import Any, Final

from shared_pool.needs.bands import BANDS, WIDER
from shared_pool.needs.hours import HOURS, WIDER_HOURS
from shared_pool.needs.times import KINDS_OF_DAY, suits
from tenants.api import KnownUser, traits

ASSUMED: Final = 2
"""What the municipality cannot count is taken to be shared by one in so many of its service users."""
ORDINARY: Final = {"gender_wish": "any", "needs_car": False, "predictability": 2}
"""What says nothing of a service user; anything else that cannot be counted narrows. Level 1 is less than ordinary."""
MOST_WAYS: Final = 4
STEPS: Final = (5, 10, 20, 50, 100)


@dataclass(frozen=True, slots=True)
class Displayed:
    """Everything a need displays that may point at somebody. Its area never does: it is the municipality's own, which
    the check takes for known.
    """

    age_band: str
    interests: frozenset[str] = frozenset()
    weekdays: frozenset[str] = frozenset()
    hours: str = "0-8"
    gender_wish: str = "any"
    needs_car: bool = False
    predictability: int = 2
    purpose: str = "regular"

    def kept(self, week: date) -> dict[str, Any]:
        """As the order keeps it: JSON that `restored` reads."""
        return {
            "week": week.isoformat(), "age_band": self.age_band, "interests": sorted(self.interests),
            "weekdays": sorted(self.weekdays), "hours": self.hours, "gender_wish": self.gender_wish,
            "needs_car": self.needs_car, "predictability": self.predictability, "purpose": self.purpose,
        }  # fmt: skip

    @classmethod
    def restored(cls, kept: Mapping[str, Any]) -> Displayed:
        """Read again what `kept` wrote."""
        return cls(
            kept["age_band"], frozenset(kept["interests"]), frozenset(kept["weekdays"]), kept["hours"],
            kept["gender_wish"], bool(kept["needs_car"]), int(kept["predictability"]), kept["purpose"],
        )  # fmt: skip

    @property
    def untold(self) -> frozenset[tuple[str, Any]]:
        """What is displayed and cannot be counted."""
        found = {name: getattr(self, name) for name in ORDINARY}
        return frozenset(
            (name, value)
            for name, value in found.items()
            if value != ORDINARY[name] and (name, value) != ("predictability", 1)
        )


@dataclass(frozen=True, slots=True)
class Way:
    """A way to say less that is enough. `dropped`: interests no longer named; `kinds`: what became coarser."""

    displayed: Displayed
    dropped: tuple[str, ...]
    kinds: frozenset[str]
    count: int

    @property
    def key(self) -> str:
        """What tells it from the others in a form: what it says, field by field."""
        shown = self.displayed
        parts = (
            shown.age_band, "+".join(sorted(shown.interests)), "+".join(sorted(shown.weekdays)), shown.hours,
            shown.gender_wish, "bil" if shown.needs_car else "", str(shown.predictability),
        )  # fmt: skip
        return "_".join(parts)


@dataclass(frozen=True, slots=True)
class Crowd:
    """How many it may be of, against how many it must, and the ways to say less when it falls short, best first."""

    count: int
    limit: int
    coarser: Sequence[Way] = field(default=())

    @property
    def enough(self) -> bool:
        """Whether it may be posted."""
        return self.count >= self.limit

    @property
    def at_least(self) -> int:
        """The count as it is said: never exactly, but "minst 5"; 0 when it is less than that."""
        return max((step for step in STEPS if step <= self.count), default=0)


_FITS: Final[Mapping[str, Callable[[Displayed, KnownUser, date], bool]]] = {
    "age": lambda shown, user, day: _of_age(shown.age_band, user.birth_date, day),
    "interests": lambda shown, user, _: shown.interests <= user.interests,
    "days": lambda shown, user, _: suits(shown.weekdays, user.slots),
    "hours": lambda shown, user, _: any(HOURS[shown.hours].holds(hours) for hours in user.hours),
    "purpose": lambda shown, user, _: shown.purpose == "regular" or user.helped,
}


def _of_age(band: str, born: date | None, day: date) -> bool:
    after, by = BANDS[band].born(day)
    return born is not None and after < born <= by


def crowd_for(
    shown: Displayed, earlier: Sequence[Displayed], users: Sequence[KnownUser], limit: int, day: date
) -> Crowd:
    """The crowd of what is displayed, together with what the pool was shown of the same person before.

    `limit` is how many it takes when everything can be counted; twice as many for each thing that cannot.
    """
    counted = _Counted(users, earlier, day)
    crowd = Crowd(counted.count(shown), counted.needed(shown, limit))
    return crowd if crowd.enough else replace(crowd, coarser=_ways(shown, counted, limit))


class _Counted:
    """Who fits each thing that may be said, as bits: one person, one bit."""

    def __init__(self, users: Sequence[KnownUser], earlier: Sequence[Displayed], day: date) -> None:
        self._users, self._day, self._kept = users, day, dict[tuple[str, Any], int]()
        self._before, self._everybody = frozenset[tuple[str, Any]](), (1 << len(users)) - 1
        for one in earlier:
            self._everybody &= self._bits(one)
            self._before |= one.untold

    def count(self, shown: Displayed) -> int:
        """How many fit, also what was shown before."""
        return self._bits(shown).bit_count()

    def needed(self, shown: Displayed, limit: int) -> int:
        """How many must fit."""
        doubled: int = ASSUMED ** len(shown.untold | self._before)
        return limit * doubled

    def _bits(self, shown: Displayed) -> int:
        parts = (
            ("age", shown.age_band), ("interests", shown.interests), ("days", shown.weekdays), ("hours", shown.hours),
            ("purpose", shown.purpose),
        )  # fmt: skip
        bits = self._everybody
        for part in parts:
            if part not in self._kept:
                fits = _FITS[part[0]]
                self._kept[part] = sum(
                    1 << n for n, user in enumerate(self._users) if fits(shown, user, self._day)
                )
            bits &= self._kept[part]
        return bits


# A way to say less: what it is called, what it costs the service user's chances, and what is displayed then.
_Step = tuple[str, int, dict[str, Any]]


def _day_steps(shown: Displayed) -> list[_Step]:
    steps: list[_Step] = [("", 0, {})]
    if shown.weekdays & set(traits.WEEKDAYS):
        kinds = frozenset(kind for kind, days in KINDS_OF_DAY.items() if shown.weekdays & (days | {kind}))
        steps.append(("days", 1, {"weekdays": kinds}))
    if shown.weekdays:
        steps.append(("no_days", 2, {"weekdays": frozenset()}))
    return steps


def _interest_steps(shown: Displayed) -> list[_Step]:
    """What two have in common is what they meet about: each interest costs more than a wider band, the last one most."""
    named = sorted(shown.interests)
    return [
        (
            "interests" if left else "",
            6 * left + (0 if kept else 4 * bool(named)),
            {"interests": frozenset(kept)},
        )
        for left in range(len(named) + 1)
        for kept in itertools.combinations(named, len(named) - left)
    ]


def _wider_steps(name: str, now: str, wider: Mapping[str, str], cost: int) -> list[_Step]:
    steps: list[_Step] = [("", 0, {})]
    while now in wider:
        now = wider[now]
        steps.append((name, cost * len(steps), {name: now}))
    return steps


def _plain_steps(shown: Displayed) -> list[list[_Step]]:
    """What cannot be counted, said or left unsaid. It costs most, since the wish is then not followed."""
    costs = {"predictability": 30, "needs_car": 30, "gender_wish": 35}
    said = {name for name, _ in shown.untold}
    return [[("", 0, {}), (name, costs[name], {name: ORDINARY[name]})] for name in costs if name in said]


def _ways(shown: Displayed, counted: _Counted, limit: int) -> list[Way]:
    """The cheapest ways that are enough, none of which says less than another one of them needs to."""
    ladders = [
        _day_steps(shown), _interest_steps(shown), _wider_steps("hours", shown.hours, WIDER_HOURS, 2),
        _wider_steps("age_band", shown.age_band, WIDER, 4), *_plain_steps(shown),
    ]  # fmt: skip
    found: list[tuple[int, Way]] = []
    for steps in itertools.product(*ladders):
        changed: dict[str, Any] = {name: value for _, _, one in steps for name, value in one.items()}
        said = replace(shown, **changed)
        count = counted.count(said)
        if said != shown and count >= counted.needed(said, limit):
            dropped = tuple(sorted(shown.interests - said.interests))
            kinds = frozenset(name for name, _, _ in steps if name)
            found.append((sum(cost for _, cost, _ in steps), Way(said, dropped, kinds, count)))
    found.sort(key=lambda pair: (pair[0], -pair[1].count, pair[1].key))
    return _least(way for _, way in found)


def _least(ways: Iterable[Way]) -> list[Way]:
    """Without those that give up everything another does, and more besides."""
    kept: list[Way] = []
    for way in ways:
        if not any(one.kinds <= way.kinds and set(one.dropped) <= set(way.dropped) for one in kept):
            kept.append(way)
        if len(kept) == MOST_WAYS:
            break
    return kept


def narrow_hours(hours: Decimal) -> str:
    """The code of the narrowest band so many hours a week lie in; the widest one for what lies in none."""
    return next((code for code, band in HOURS.items() if band.holds(hours)), "8-40")
