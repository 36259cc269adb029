"""A municipality lets the others of its region see a table of rates, and takes it back when it likes."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import bindparam, select

from sammen.audit.trail import record_change
from sammen.clock import now
from sammen.db.raw import compile_query
from sammen.db.unit_of_work import UnitOfWork
from sammen.errors import Conflict, NotFound
from sammen.i18n_mark import N_
from sammen.ids import random_id
from shared_pool.recruitment.api import own_pool
from shared_pool.terms.documents import from_document, to_document
from shared_pool.terms.models import SharedRates
from tenants.api import RateTable, table_card

shared = SharedRates.__table__

DRAFT = N_("Et utkast kan ikke deles. Ta tabellen i bruk først.")
SHARED_ALREADY = N_("Tabellen er allerede delt.")
_OTHERS = "SELECT id, posted_by, place, valid_from, document, posted_at FROM sammen.shared_rates()"
_OWN = compile_query(
    select(shared.c.id, shared.c.source_id, shared.c.posted_at).where(
        shared.c.posted_by == bindparam("tenant"), shared.c.withdrawn_at.is_(None)
    )
)


@dataclass(frozen=True, slots=True)
class SharedTable:
    """A table another municipality, or one's own, has shared: whose, and what it pays."""

    id: UUID
    posted_by: UUID
    place: str
    posted_at: datetime
    table: RateTable

    @property
    def valid_from(self) -> date:
        return self.table.valid_from


async def shared_tables(uow: UnitOfWork) -> Sequence[SharedTable]:
    """What municipalities of the region share now, by name and newest first. Its own are among them."""
    rows = await uow.call(_OTHERS)
    found = []
    for row in rows:
        document = json.loads(row["document"]) if isinstance(row["document"], str) else row["document"]
        table = from_document(row["id"], row["valid_from"], document)
        found.append(SharedTable(row["id"], row["posted_by"], row["place"], row["posted_at"], table))
    return sorted(found, key=lambda one: (one.place, -one.valid_from.toordinal(), str(one.id)))


async def own_shares(uow: UnitOfWork) -> dict[UUID, UUID]:
    """The municipality's own tables that are shared: table id → the shared row's id."""
    return {row["source_id"]: row["id"] for row in await uow.rows(_OWN, tenant=uow.context.tenant)}


async def share_table(uow: UnitOfWork, table_id: UUID) -> UUID:
    """Let the region's municipalities see a table in force, as it is now; the shared row's id.

    Raises NotFound, Conflict for a draft or a table that is shared, and Forbidden without a region.
    """
    card = await table_card(uow, table_id)
    if card.state != "in_force":
        raise Conflict(DRAFT)
    if table_id in await own_shares(uow):
        raise Conflict(SHARED_ALREADY)
    pool = await own_pool(uow)
    row = SharedRates(
        region_id=pool.id, id=random_id(), posted_by=uow.context.tenant, source_id=table_id,
        valid_from=card.valid_from, document=to_document(card.table), posted_at=now(),
    )  # fmt: skip
    uow.session.add(row)
    await uow.session.flush()
    await record_change(uow, "rates.shared", "rate", table_id, valid_from=card.valid_from)
    return row.id


async def withdraw_table(uow: UnitOfWork, table_id: UUID) -> None:
    """Take a shared table back at once. Raises NotFound when it is not shared."""
    row = await uow.session.scalar(
        select(SharedRates)
        .where(
            SharedRates.posted_by == uow.context.tenant, SharedRates.source_id == table_id,
            SharedRates.withdrawn_at.is_(None),
        )
        .with_for_update()
    )  # fmt: skip
    if row is None:
        raise NotFound
    row.withdrawn_at = now()
    row.version += 1
    await uow.session.flush()
    await record_change(uow, "rates.withdrawn", "rate", table_id)
