"""The price of a place in a group, told to the slice that opens groups: it stands below and cannot ask."""

from __future__ import annotations

from uuid import UUID

from sammen.clock import today
from sammen.db.unit_of_work import UnitOfWork
from shared_pool.groups.api import on_price_asked
from shared_pool.settlement.books import books_with, pair_of


@on_price_asked
async def agreed_place_price(uow: UnitOfWork, region_id: UUID, other_id: UUID) -> int | None:
    """Øre for a place a month by the agreement in force today; None without one."""
    books = await books_with(uow, pair_of(region_id, uow.context.tenant, other_id))
    day = today()
    valid = [
        one for one in books.prices if one.valid_from <= day and (one.valid_to is None or one.valid_to >= day)
    ]
    return max(valid, key=lambda one: one.valid_from).place_ore if valid else None
