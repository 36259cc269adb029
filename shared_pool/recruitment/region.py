"""The region a municipality shares its pool with, and the municipalities of a region. Reference data, no people."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, func, select

from sammen.clock import today
from sammen.db.raw import compile_query
from sammen.db.unit_of_work import UnitOfWork
from sammen.errors import NotTogether
from sammen.tenancy.models import Municipality, MunicipalityPopulation, Region, RegionMembership

municipality = Municipality.__table__
population = MunicipalityPopulation.__table__
region = Region.__table__
membership = RegionMembership.__table__


@dataclass(frozen=True, slots=True)
class Pool:
    """A region as its pool's owner."""

    id: UUID
    slug: str
    name: str
    settings: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Home:
    """A municipality as the pool knows it: name, number and point. `inhabitants` of the latest year known, else 0."""

    id: UUID
    code: str
    slug: str
    name: str
    latitude: float | None
    longitude: float | None
    inhabitants: int


_MEMBER_TODAY = (membership.c.valid_from <= bindparam("day")) & (
    membership.c.valid_to.is_(None) | (membership.c.valid_to >= bindparam("day"))
)
_OWN = compile_query(
    select(region.c.id, region.c.slug, region.c.name, region.c.settings)
    .join_from(membership, region, region.c.id == membership.c.region_id)
    .where(membership.c.municipality_id == bindparam("tenant"), _MEMBER_TODAY)
    .order_by(membership.c.valid_from, region.c.id)
    .limit(1)
)
_latest = select(func.max(population.c.year)).scalar_subquery()
_inhabitants = (
    select(func.coalesce(func.sum(population.c.inhabitants), 0))
    .where(population.c.municipality_id == municipality.c.id, population.c.year == _latest)
    .scalar_subquery()
)
_HOMES = compile_query(
    select(
        municipality.c.id, municipality.c.code, municipality.c.slug, municipality.c.name, municipality.c.latitude,
        municipality.c.longitude, _inhabitants.label("inhabitants"),
    )
    .join_from(membership, municipality, municipality.c.id == membership.c.municipality_id)
    .where(membership.c.region_id == bindparam("region"), _MEMBER_TODAY)
    .order_by(municipality.c.code)
)  # fmt: skip


async def own_pool(uow: UnitOfWork) -> Pool:
    """The pool of the municipality's own region. Raises NotTogether when it is a member of none today."""
    row = await uow.row(_OWN, tenant=uow.context.tenant, day=today())
    if row is None:
        raise NotTogether
    return Pool(row["id"], row["slug"], row["name"], row["settings"])


async def homes_of(uow: UnitOfWork, region_id: UUID) -> dict[UUID, Home]:
    """The municipalities that are members of a region today, by id."""
    rows = await uow.rows(_HOMES, region=region_id, day=today())
    return {row["id"]: Home(**dict(row)) for row in rows}
