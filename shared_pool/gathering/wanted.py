"""Groups that enough have said yes to, handed on to whoever opens groups across municipalities."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sammen.db.unit_of_work import UnitOfWork
from shared_pool.gathering.queries import own_asks


@dataclass(frozen=True, slots=True)
class WantedGroup:
    """A wanted group as one municipality of it knows it. `partners` is filled in for the host alone.

    `needs`: the municipality's own that it said yes for. What they have in common is in codes of the pool's vocabularies.
    """

    suggestion_id: UUID
    host_id: UUID
    interest: str
    weekday: str
    age_band: str
    areas: Sequence[str]
    needs: Sequence[UUID]
    partners: Sequence[UUID]


async def wanted_groups(uow: UnitOfWork) -> list[WantedGroup]:
    """The ready groups the municipality said yes to, in its own context: as host, or as one of the others."""
    return [
        WantedGroup(
            card.suggestion_id, card.host_id, card.interest, card.weekday, card.age_band, card.areas,
            card.yes_ids, card.partners,
        )
        for card in await own_asks(uow)
        if card.outcome == "ready" and card.state == "yes" and card.host_id is not None
    ]  # fmt: skip
