"""What a place costs between two municipalities: known by the settlement, which stands above and says so here."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from uuid import UUID

from sammen.db.unit_of_work import UnitOfWork

OnPriceAsked = Callable[[UnitOfWork, UUID, UUID], Awaitable[int | None]]
_ON_PRICE_ASKED: list[OnPriceAsked] = []


def on_price_asked(reader: OnPriceAsked) -> OnPriceAsked:
    """Register who knows: asked with the region and the other municipality, answers øre for a place a month, or None where
    nothing is agreed today.
    """
    if reader not in _ON_PRICE_ASKED:
        _ON_PRICE_ASKED.append(reader)
    return reader


async def place_price(uow: UnitOfWork, region_id: UUID, other_id: UUID) -> int | None:
    """Øre for a place a month between this municipality and another today; None where nothing is agreed."""
    for reader in _ON_PRICE_ASKED:
        found = await reader(uow, region_id, other_id)
        if found is not None:
            return found
    return None
