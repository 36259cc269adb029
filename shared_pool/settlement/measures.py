"""What the service costs a municipality, also what it owes others (C5, D3). In its own context; docs/data/ has the words."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Sequence
from datetime import date
from decimal import Decimal

from sammen.db.unit_of_work import UnitOfWork
from sammen.figures import Measure, Reading, summed
from shared_pool.settlement.books import all_books
from shared_pool.settlement.reckoning import Line, lines_of
from tenants.api import COST_FORM, COST_KIND, SHARED_COST, cost_cells

_CELLS = {
    "hours": ("exchange", SHARED_COST), "recruited": ("exchange", SHARED_COST), "places": ("exchange", "group"),
    "trained": ("courses", SHARED_COST), "seats": ("courses", SHARED_COST),
}  # fmt: skip


async def cost(uow: UnitOfWork, start: date, end: date) -> Sequence[Reading]:
    """Kroner by kind and service: what contacts are paid, administration, and what is owed other municipalities for the
    period's months at the prices agreed, whether it is settled yet or not. What others owe is not taken off.
    """
    return [*await cost_cells(uow, start, end), *summed(await _owed(uow, start, end))]


async def _owed(uow: UnitOfWork, start: date, end: date) -> list[tuple[tuple[str, ...], Hashable, Decimal]]:
    tenant, first, last = uow.context.tenant, start.replace(day=1), end.replace(day=1)
    return [
        part
        for books in (await all_books(uow)).values()
        for line in lines_of(first, last, books.facts, books.prices, (), corrections=False)
        if line.key.debtor == tenant
        for part in parts_of(line)
    ]


def parts_of(line: Line) -> Iterator[tuple[tuple[str, ...], Hashable, Decimal]]:
    """A line as (cell, who stands behind it, kroner): the lent contact, or one for each seat and place, since a price that
    both know tells how many there were.
    """
    cell, key = _CELLS[line.key.kind], line.key
    if key.candidate is not None:
        yield cell, key.candidate, Decimal(line.amount_ore) / 100
        return
    for number in range(int(line.quantity)):
        yield cell, (key.kind, key.creditor, number), Decimal(line.price_ore) / 100


MEASURES = [Measure("cost", "money", "kroner", (COST_KIND, COST_FORM), cost)]
