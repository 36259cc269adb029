"""A meeting that is corrected after it was paid: what was paid for it is taken back, and what its limits held back from
others is given them. Pure (B9: corrections are new lines)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from uuid import UUID

from tenants.rates.engine import MONTH, settle
from tenants.rates.limits import LIMITED
from tenants.rates.tables import RateTables
from tenants.rates.values import Item, Payee, Terms, Worked

_Key = tuple[UUID | None, UUID, date, str, int, Decimal, int]


def take_back(items: Iterable[Item], lines: Collection[UUID]) -> list[Item]:
    """Negative items for what stands paid for these meetings; nothing for what is taken back already."""
    return [_negative(item) for item in net(items) if item.line_id in lines]


def correct(
    tables: RateTables, payee: Payee, terms: Mapping[UUID, Terms], *, gone: Collection[UUID],
    worked: Sequence[Worked], others: Sequence[Worked], earlier: Sequence[Item],
) -> list[Item]:  # fmt: skip
    """What a correction changes, one payee's.

    `gone`: the paid meetings that no longer hold; `worked`: those that stand instead, and any that are new; `others`: the
    paid meetings of the same months that still hold; `earlier`: everything paid for any of them. A month that is left
    without hours loses its monthly sum; where a limit holds, the others get what it no longer keeps from them. Raises NoRate.
    """
    touched = {(item.assignment_id, item.month) for item in earlier if item.line_id in gone}
    limited = {
        (item.assignment_id, item.month, item.component)
        for item in earlier
        if (item.assignment_id, item.month) in touched and item.rule.partition("#")[2] in LIMITED
    }
    beside = {line.line_id: line for line in others if _month_of(line) in touched}
    back = take_back(earlier, gone)
    back += [
        negative
        for negative in take_back(earlier, beside)
        if (negative.assignment_id, negative.month, negative.component) in limited
    ]
    monthly = [
        item for item in earlier if item.line_id is None and (item.assignment_id, item.month) in touched
    ]
    back += [_negative(item) for item in net(monthly)]
    made = settle(tables, payee, terms, worked, [*earlier, *back])
    again = frozenset({MONTH})
    made += settle(tables, payee, terms, beside.values(), [*earlier, *back, *made], components=again)
    for component in sorted({component for _, _, component in limited}):
        lines = [line for line in beside.values() if (*_month_of(line), component) in limited]
        made += settle(
            tables, payee, terms, lines, [*earlier, *back, *made], components=frozenset({component})
        )
    return net([*back, *made])


def _month_of(line: Worked) -> tuple[UUID, date]:
    return line.assignment_id, line.worked_on.replace(day=1)


def _negative(item: Item) -> Item:
    rule = f"{item.rule.partition('#')[0]}#taken_back"
    return replace(item, quantity=-item.quantity, amount_ore=-item.amount_ore, rule=rule)


def net(items: Iterable[Item]) -> list[Item]:
    """Items without those that are taken back by another, whole: each journey of a month with a limit stays one item."""
    found: list[Item] = []
    waiting: dict[_Key, list[Item]] = {}
    for item in items:
        opposite = waiting.get(_key(item, -1))
        if opposite:
            found.remove(opposite.pop())
        else:
            found.append(item)
            waiting.setdefault(_key(item, 1), []).append(item)
    return [item for item in found if item.amount_ore or item.quantity]


def _key(item: Item, sign: int) -> _Key:
    return (
        item.line_id, item.assignment_id, item.month, item.component, item.rate_ore, sign * item.quantity,
        sign * item.amount_ore,
    )  # fmt: skip
