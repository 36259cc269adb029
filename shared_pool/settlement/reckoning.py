"""What two municipalities owe each other, line by line (C5). Pure: facts and agreements in, lines out, no database.

Both sides compute from the same rows with the same function, so their sums cannot differ. Amounts are whole øre; each
line is its quantity times its price, rounded half up to the øre, and sums are sums of rounded lines.

What has been settled stands. When a fact or a price of a locked month turns out otherwise, the difference comes as a line
of its own in the oldest statement that is open, with the number of the statement it corrects.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, NamedTuple
from uuid import UUID

from shared_pool.settlement.models import FACT_KINDS, PERIODS

NOTHING = Decimal("0.00")
USUAL_PERIOD = 3
"""A quarter, where nothing is agreed."""


class Key(NamedTuple):
    """What a line is about: who owes whom for what, in which month, and for which contact (None for counts)."""

    debtor: UUID
    creditor: UUID
    kind: str
    month: date
    candidate: UUID | None


@dataclass(frozen=True, slots=True)
class Fact:
    """What has been told of a key; `name` is the contact's, "" for counts."""

    key: Key
    name: str
    quantity: Decimal


@dataclass(frozen=True, slots=True)
class Prices:
    """An accepted agreement: from the first day of a month, to the last day of one or until the next. Prices in øre."""

    id: UUID
    valid_from: date
    valid_to: date | None
    period_months: int
    hour_ore: int
    recruiting_ore: int
    course_ore: int
    seat_ore: int
    place_ore: int

    def of(self, kind: str) -> int:
        """The price of one of a kind of fact."""
        return {
            "hours": self.hour_ore, "recruited": self.recruiting_ore, "trained": self.course_ore,
            "seats": self.seat_ore, "places": self.place_ore,
        }[kind]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a statement. `agreement` is None where nothing was agreed: 0 kr, and both must agree first.

    `corrects`: the number of the locked statement whose line it adds to or takes from; then quantity and amount are
    differences, and may be negative.
    """

    key: Key
    name: str
    quantity: Decimal
    price_ore: int
    amount_ore: int
    agreement: UUID | None
    corrects: int | None = None


@dataclass(frozen=True, slots=True)
class Settled:
    """A locked statement: its number, its months and its lines."""

    number: int
    first: date
    last: date
    lines: Sequence[Line]


def month_off(month: date, by: int) -> date:
    """The first day of the month so many months after (before, when `by` is less than nothing) the one of a day."""
    number = month.year * 12 + month.month - 1 + by
    return date(number // 12, number % 12 + 1, 1)


def amount(quantity: Decimal, price_ore: int) -> int:
    """Quantity times price in whole øre, half up."""
    return int((quantity * price_ore).quantize(Decimal(1), ROUND_HALF_UP))


def in_force(agreements: Iterable[Prices], month: date) -> Prices | None:
    """The agreement of a month: the latest that had begun, unless it was over. Versions begin and end with a month."""
    begun = [one for one in agreements if one.valid_from <= month]
    latest = max(begun, key=lambda one: one.valid_from, default=None)
    if latest is None or (latest.valid_to is not None and latest.valid_to < month):
        return None
    return latest


def _priced(fact: Fact, agreements: Sequence[Prices]) -> Line | None:
    """A fact as a line; None when there is nothing to say: none of it, or a share that nobody has put a price on."""
    if fact.quantity == 0:
        return None
    found = in_force(agreements, fact.key.month)
    price = found.of(fact.key.kind) if found is not None else 0
    if price == 0 and fact.key.kind in ("recruited", "trained"):
        return None
    quantity = fact.quantity.quantize(NOTHING)
    return Line(
        fact.key, fact.name, quantity, price, amount(quantity, price), found.id if found is not None else None
    )


def lines_of(
    first: date,
    last: date,
    facts: Iterable[Fact],
    agreements: Sequence[Prices],
    settled: Sequence[Settled],
    *,
    corrections: bool,
) -> list[Line]:
    """The lines of an open statement from `first` to `last`. `settled`: every locked one of the pair.

    `corrections`: whether it is the one (the oldest open) that takes what is to be corrected.
    """
    wanted = {fact.key: line for fact in facts if (line := _priced(fact, agreements)) is not None}
    known = {fact.key: fact.name for fact in facts}
    stood = _stood(settled)
    lines = []
    for key in wanted.keys() | stood.keys():
        now, before = wanted.get(key), stood.get(key)
        number = next((one.number for one in settled if one.first <= key.month <= one.last), None)
        if number is None:
            if now is not None and first <= key.month <= last:
                lines.append(now)
        elif corrections:
            difference = _difference(key, now, before, known.get(key), number)
            if difference is not None:
                lines.append(difference)
    return sorted(lines, key=_order)


def _stood(settled: Sequence[Settled]) -> dict[Key, Line]:
    """What locked statements come to for each key: quantity and amount summed, the latest price and name."""
    stood: dict[Key, Line] = {}
    for one in sorted(settled, key=lambda found: found.number):
        for line in one.lines:
            before = stood.get(line.key)
            stood[line.key] = line if before is None else replace(
                line, quantity=before.quantity + line.quantity, amount_ore=before.amount_ore + line.amount_ore
            )  # fmt: skip
    return stood


def _difference(
    key: Key, now: Line | None, before: Line | None, name: str | None, number: int
) -> Line | None:
    model = now or before
    assert model is not None, "a key comes from one of the two"
    quantity = (now.quantity if now else NOTHING) - (before.quantity if before else NOTHING)
    ore = (now.amount_ore if now else 0) - (before.amount_ore if before else 0)
    newly_agreed = (
        now is not None and before is not None and before.agreement is None and now.agreement is not None
    )
    if quantity == 0 and ore == 0 and not newly_agreed:
        return None
    return Line(key, model.name or name or "", quantity, model.price_ore, ore, model.agreement, number)


def _order(line: Line) -> tuple[Any, ...]:
    key = line.key
    return (
        key.debtor, line.corrects is not None, line.corrects or 0, FACT_KINDS.index(key.kind), line.name.casefold(),
        str(key.candidate or ""), key.month,
    )  # fmt: skip


def owed(lines: Iterable[Line], debtor: UUID) -> int:
    """What a municipality owes the other by the lines, in øre. Less than nothing when more is taken back than is new."""
    return sum(line.amount_ore for line in lines if line.key.debtor == debtor)


def unagreed(lines: Iterable[Line]) -> list[Line]:
    """Lines for what nothing was agreed."""
    return [line for line in lines if line.agreement is None]


# Which statements there are -------------------------------------------------------------------------------------------
def block(month: date, length: int) -> tuple[date, date]:
    """The first months (their first days) of the calendar's month, quarter or half-year, and its last."""
    assert length in PERIODS
    first = month.replace(month=month.month - (month.month - 1) % length, day=1)
    return first, month_off(first, length - 1)


def to_open(
    months: Iterable[date], covered: frozenset[date], agreements: Sequence[Prices], ended: date
) -> list[tuple[date, date]]:
    """Periods to open statements for, as (first day, first day of the last month), so that each of `months` is in one.

    `covered` are months that have a statement. A period begins and ends where the calendar does, or where another
    statement stands in the way, and is opened when all of it is over: `ended` is the first day of the last such month.
    """
    found: list[tuple[date, date]] = []
    taken = set(covered)
    for month in sorted(set(months)):
        if month in taken:
            continue
        agreed = in_force(agreements, month)
        first, last = block(month, agreed.period_months if agreed is not None else USUAL_PERIOD)
        begin = end = month
        while begin > first and month_off(begin, -1) not in taken:
            begin = month_off(begin, -1)
        while end < last and month_off(end, 1) not in taken:
            end = month_off(end, 1)
        if end > ended:
            continue
        one = begin
        while one <= end:
            taken.add(one)
            one = month_off(one, 1)
        found.append((begin, end))
    return found


# As it is kept --------------------------------------------------------------------------------------------------------
def to_document(lines: Sequence[Line]) -> dict[str, Any]:
    """Lines as JSON, the same for the same lines."""
    return {
        "lines": [
            {
                "debtor": str(line.key.debtor), "creditor": str(line.key.creditor), "kind": line.key.kind,
                "month": line.key.month.isoformat(), "candidate": str(line.key.candidate) if line.key.candidate else None,
                "name": line.name, "quantity": f"{line.quantity:.2f}", "price_ore": line.price_ore,
                "amount_ore": line.amount_ore, "agreement": str(line.agreement) if line.agreement else None,
                "corrects": line.corrects,
            }
            for line in lines
        ]
    }  # fmt: skip


def from_document(document: Mapping[str, Any]) -> list[Line]:
    """The lines of `to_document`."""
    return [
        Line(
            Key(UUID(one["debtor"]), UUID(one["creditor"]), one["kind"], date.fromisoformat(one["month"]),
                UUID(one["candidate"]) if one["candidate"] else None),
            one["name"], Decimal(one["quantity"]), one["price_ore"], one["amount_ore"],
            UUID(one["agreement"]) if one["agreement"] else None, one["corrects"],
        )
        for one in document.get("lines", ())
    ]  # fmt: skip


def digest_of(lines: Sequence[Line]) -> bytes:
    """SHA-256 of the lines: what somebody has said yes to."""
    text = json.dumps(to_document(lines), sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return hashlib.sha256(text.encode()).digest()
