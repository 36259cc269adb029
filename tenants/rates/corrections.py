"""A meeting that is corrected after it was paid: what was paid for it is taken back, and what its limits held back from
others is given them. Pure (B9: corrections are new lines)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from uuid import UUID

from tenants.rates.engine import settle
from tenants.rates.tables import RateTables
from tenants.rates.values import EXPENSE, Item, Payee, Terms, Worked

_Key = tuple[UUID | None, UUID, date, str, int]


def take_back(items: Iterable[Item], lines: Collection[UUID]) -> list[Item]:
    """Negative items for what stands paid for these meetings; nothing for what is taken back already."""
    return [
        replace(item, quantity=-item.quantity, amount_ore=-item.amount_ore, rule=_because(item, "taken_back"))
        for item in net(items)
        if item.line_id in lines
    ]


def correct(
    tables: RateTables, payee: Payee, terms: Mapping[UUID, Terms], *, gone: Collection[UUID],
    worked: Sequence[Worked], others: Sequence[Worked], earlier: Sequence[Item],
) -> list[Item]:  # fmt: skip
    """What a correction changes, one payee's.

    `gone`: the paid meetings that no longer hold; `worked`: those that stand instead, and any that are new; `others`: the
    paid meetings of the same months that still hold; `earlier`: everything paid for any of them. A month that is left
    without hours loses its monthly sum. Raises NoRate.
    """
    held_back = {
        (item.assignment_id, item.month, item.component)
        for item in earlier
        if item.line_id in gone and item.line_id is not None
    }
    again = [
        (line, item.component)
        for line in others
        for item in earlier
        if item.line_id == line.line_id
        and item.rule.partition("#")[2].startswith("cap_")
        and (item.assignment_id, item.month, item.component) in held_back
    ]
    back = take_back(earlier, gone)
    for line, component in again:
        back += take_back([item for item in earlier if item.component == component], {line.line_id})
    alive = {(one.assignment_id, one.worked_on.replace(day=1)) for one in (*worked, *others) if one.hours > 0}
    back += [
        replace(item, quantity=-item.quantity, amount_ore=-item.amount_ore, rule=_because(item, "taken_back"))
        for item in net(earlier)
        if item.line_id is None
        and item.component == EXPENSE
        and (item.assignment_id, item.month) in {(one.assignment_id, one.month) for one in back}
        and (item.assignment_id, item.month) not in alive
    ]
    made = settle(tables, payee, terms, worked, [*earlier, *back])
    for component in sorted({component for _, component in again}):
        lines = {line.line_id: line for line, which in again if which == component}
        made += settle(
            tables, payee, terms, list(lines.values()), [*earlier, *back, *made],
            components=frozenset({component}),
        )  # fmt: skip
    return net([*back, *made])


def net(items: Iterable[Item]) -> list[Item]:
    """Items of the same meeting, month, component and rate taken together; those that come to nothing left out."""
    sums: dict[_Key, Item] = {}
    for item in items:
        key = (item.line_id, item.assignment_id, item.month, item.component, item.rate_ore)
        known = sums.get(key)
        if known is None:
            sums[key] = item
        else:
            sums[key] = replace(
                item, quantity=known.quantity + item.quantity, amount_ore=known.amount_ore + item.amount_ore
            )
    return [item for item in sums.values() if item.amount_ore or item.quantity != Decimal(0)]


def _because(item: Item, why: str) -> str:
    return f"{item.rule.partition('#')[0]}#{why}"
