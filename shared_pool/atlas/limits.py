"""The region's limit for what may be counted aloud, in the region's own context."""

from __future__ import annotations

from sqlalchemy import bindparam, select

from sammen.db.raw import compile_query
from sammen.db.unit_of_work import UnitOfWork
from sammen.tenancy.models import Region
from shared_pool.needs.api import crowd_limit

region = Region.__table__
_SETTINGS = compile_query(select(region.c.settings).where(region.c.id == bindparam("region")))


async def region_limit(uow: UnitOfWork) -> int:
    """The fewest that may be told as a number: the region's setting `anonymity_limit`, never under five (C3)."""
    row = await uow.row(_SETTINGS, region=uow.context.region)
    return crowd_limit(row["settings"] if row is not None else {})
