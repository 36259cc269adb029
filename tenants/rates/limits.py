"""Limits of a calendar month: so many kilometres or journeys, so many kroner, and no less than so many. Pure.

What is paid in a month is a function of everything claimed in it, never of the order it came in: the dearest kilometres
(journeys) count first, up to the limit; their sum is rounded once, lifted to the least and stopped at the most. Each
claim is given what it adds. It can never be negative, since one claim more can only add.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

CENT = Decimal("0.01")
NOUGHT = Decimal(0)


@dataclass(frozen=True, slots=True)
class Limit:
    """`cap_units` kilometres, or journeys when `by_trips`; øre at the most and at the least. None: no limit."""

    cap_units: Decimal | None = None
    by_trips: bool = False
    cap_ore: int | None = None
    least_ore: int = 0

    @property
    def plain(self) -> bool:
        """Whether nothing is limited, so that each claim stands alone."""
        return self.cap_units is None and self.cap_ore is None and not self.least_ore

    def held(self, exact: Decimal) -> int:
        """Øre for claims that come to `exact` øre together."""
        if exact <= 0:
            return 0
        whole = max(int(exact.quantize(Decimal(1), ROUND_HALF_UP)), self.least_ore)
        return whole if self.cap_ore is None else min(whole, self.cap_ore)


@dataclass(frozen=True, slots=True)
class Claim:
    """So many units at øre each, driven in so many journeys."""

    quantity: Decimal
    rate_ore: int
    trips: int
    day: date
    key: str


Before = tuple[Decimal, int, int]
"""(quantity, øre each, øre paid) of an item that is made already; negative for one taken back."""
Share = tuple[int, Decimal, int, int, str]
"""(which claim, quantity, øre each, øre to pay, what the month's limits did to it: one of LIMITED, or "" without any)"""
LIMITED = frozenset({"cap_km", "cap_trips", "cap_kroner", "least", "within"})


def share(claims: Sequence[Claim], limit: Limit, before: Sequence[Before]) -> Iterator[Share]:
    """What each claim of one month gets after what is paid `before`. A claim that gets nothing is told so, with 0."""
    if limit.plain:
        for number, claim in enumerate(claims):
            yield number, claim.quantity, claim.rate_ore, _whole(claim.quantity * claim.rate_ore), ""
        return
    exact = sum((quantity * rate for quantity, rate, _ in before), NOUGHT)
    given = sum(paid for _, _, paid in before)
    taken = _Taken(limit, before)
    numbers = sorted(range(len(claims)), key=lambda one: _first(limit, claims[one]))
    for number in numbers:
        claim = claims[number]
        parts, net = taken.take(claim), 0
        for place, (quantity, rate) in enumerate(parts):
            exact += quantity * rate
            last = place == len(parts) - 1
            amount = _whole(quantity * rate)
            if (
                quantity >= 0
            ):  # what is pushed out is taken back as it was; the rest is what the month's limits leave
                amount = max(0, limit.held(exact) - given)
            if (
                last
            ):  # never less than nothing, though an earlier table may have paid more than these limits allow
                amount = max(amount, -net)
            given, net = given + amount, net + amount
            yield number, quantity, rate, amount, _why(limit, claim, parts, amount) if last else "within"


def _whole(exact: Decimal) -> int:
    return int(exact.quantize(Decimal(1), ROUND_HALF_UP))


def _each(claim: Claim) -> Decimal:
    """Kilometres of each of a claim's journeys, to two decimals."""
    return (claim.quantity / claim.trips).quantize(CENT, ROUND_HALF_UP)


def _first(limit: Limit, claim: Claim) -> tuple[Decimal, date, str]:
    if limit.cap_units is None:
        return NOUGHT, claim.day, claim.key
    worth = _each(claim) * claim.rate_ore if limit.by_trips else Decimal(claim.rate_ore)
    return -worth, claim.day, claim.key


def _why(limit: Limit, claim: Claim, parts: Sequence[tuple[Decimal, int]], amount: int) -> str:
    counted = sum((quantity for quantity, _ in parts if quantity > 0), NOUGHT)
    if limit.cap_units is not None and counted < (
        _each(claim) * claim.trips if limit.by_trips else claim.quantity
    ):
        return "cap_trips" if limit.by_trips else "cap_km"
    asked = _whole(sum((quantity * rate for quantity, rate in parts), NOUGHT))
    if limit.cap_ore is not None and amount < asked - 1:
        return "cap_kroner"
    return "least" if limit.least_ore and amount != asked else "within"


class _Taken:
    """What is counted of the month so far: kilometres by rate, or journeys one by one."""

    def __init__(self, limit: Limit, before: Sequence[Before]) -> None:
        self.limit = limit
        self.journeys: list[tuple[Decimal, int]] = []
        self.by_rate: dict[int, Decimal] = {}
        for quantity, rate, _ in before:
            if not quantity:
                continue
            self.by_rate[rate] = self.by_rate.get(rate, NOUGHT) + quantity
            if quantity > 0:
                self.journeys.append((quantity, rate))
            elif (-quantity, rate) in self.journeys:
                self.journeys.remove((-quantity, rate))

    def take(self, claim: Claim) -> list[tuple[Decimal, int]]:
        """Parts of the claim that count, after what they push out, which is negative; one of 0 when none does."""
        if self.limit.cap_units is None:
            return [(claim.quantity, claim.rate_ore)]
        return self._journeys(claim) if self.limit.by_trips else self._kilometres(claim)

    def _kilometres(self, claim: Claim) -> list[tuple[Decimal, int]]:
        assert self.limit.cap_units is not None
        room = max(NOUGHT, self.limit.cap_units - sum(self.by_rate.values(), NOUGHT))
        counted = min(claim.quantity, room)
        pushed: list[tuple[Decimal, int]] = []
        for rate in sorted(one for one, held in self.by_rate.items() if one < claim.rate_ore and held > 0):
            out = min(claim.quantity - counted, self.by_rate[rate])
            if out > 0:
                pushed.append((-out, rate))
                self.by_rate[rate] -= out
                counted += out
        self.by_rate[claim.rate_ore] = self.by_rate.get(claim.rate_ore, NOUGHT) + counted
        return [*pushed, (counted, claim.rate_ore)]

    def _journeys(self, claim: Claim) -> list[tuple[Decimal, int]]:
        assert self.limit.cap_units is not None
        each, parts = _each(claim), list[tuple[Decimal, int]]()
        for _ in range(claim.trips):
            if len(self.journeys) >= self.limit.cap_units:
                cheapest = min(self.journeys, key=lambda one: one[0] * one[1], default=None)
                if cheapest is None or cheapest[0] * cheapest[1] >= each * claim.rate_ore:
                    break
                self.journeys.remove(cheapest)
                parts.append((-cheapest[0], cheapest[1]))
            self.journeys.append((each, claim.rate_ore))
            parts.append((each, claim.rate_ore))
        return parts or [(NOUGHT, claim.rate_ore)]
