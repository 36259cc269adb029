"""Reads of meeting packs: everybody's in the steering group. No object rule: a pack names no case and no user."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, time
from uuid import UUID

from sqlalchemy import bindparam, select

from reporting.papers.models import MeetingPack
from sammen.db.raw import compile_query
from sammen.db.unit_of_work import UnitOfWork
from sammen.errors import NotFound

pack = MeetingPack.__table__


@dataclass(frozen=True, slots=True)
class PackCard:
    """A pack as it is kept. Its figures are its releases'."""

    id: UUID
    release_id: UUID
    series: list[UUID]
    held_on: date
    held_at: time | None
    place: str
    agenda: list[str]
    reports: list[str]
    foreword: str = field(repr=False)
    made_by_name: str
    created_at: datetime
    changed_at: datetime
    version: int


_COLUMNS = tuple(pack.c[name] for name in PackCard.__dataclass_fields__)
_ALL = compile_query(
    select(*_COLUMNS)
    .where(pack.c.region_id == bindparam("region"))
    .order_by(pack.c.held_on.desc(), pack.c.created_at.desc(), pack.c.id.desc())
)
_ONE = compile_query(
    select(*_COLUMNS).where(pack.c.region_id == bindparam("region"), pack.c.id == bindparam("id"))
)


async def packs(uow: UnitOfWork) -> list[PackCard]:
    """Every pack of the region, the latest meeting first."""
    return [PackCard(**dict(row)) for row in await uow.rows(_ALL, region=uow.context.region)]


async def pack_card(uow: UnitOfWork, pack_id: UUID) -> PackCard:
    """One pack of the caller's region. Raises NotFound."""
    row = await uow.row(_ONE, region=uow.context.region, id=pack_id)
    if row is None:
        raise NotFound
    return PackCard(**dict(row))
