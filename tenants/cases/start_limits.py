"""How long a granted service may wait to begin: the municipality's own limit, never longer than its region's (A10)."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import bindparam, or_, select

from sammen.clock import today
from sammen.db.raw import compile_query
from sammen.db.unit_of_work import UnitOfWork
from sammen.tenancy.models import Region, RegionMembership
from tenants.cases.models import AllocationRule
from tenants.cases.rules import START_DAYS

rule = AllocationRule.__table__
region = Region.__table__
membership = RegionMembership.__table__
SETTING = "start_limit_days"
"""The region's setting: the longest any of its municipalities may let a service wait, in days."""


@dataclass(frozen=True, slots=True)
class StartLimits:
    """The municipality's limits as (first day, days), newest first, and `longest`, which no limit may pass."""

    own: Sequence[tuple[date, int]]
    longest: int

    def on(self, day: date) -> int:
        """Days a service may wait that began to wait on `day`; the longest allowed where nothing was set by then."""
        return min(next((days for since, days in self.own if since <= day), self.longest), self.longest)


_OWN = compile_query(
    select(rule.c.valid_from, rule.c.start_limit_days)
    .where(rule.c.tenant_id == bindparam("tenant"))
    .order_by(rule.c.valid_from.desc())
)
_REGIONS = compile_query(
    select(region.c.settings)
    .join_from(membership, region, region.c.id == membership.c.region_id)
    .where(
        membership.c.municipality_id == bindparam("tenant"),
        membership.c.valid_from <= bindparam("day"),
        or_(membership.c.valid_to.is_(None), membership.c.valid_to >= bindparam("day")),
    )
)


def longest_of(settings: Sequence[Any]) -> int:
    """The strictest of several regions' settings; START_DAYS where a region has said nothing that can be used."""
    # Raw reads hand jsonb over as text: SQLAlchemy decodes it in its own result rows only.
    read = [json.loads(one) if isinstance(one, str) else one for one in settings]
    said = [one.get(SETTING) if isinstance(one, dict) else None for one in read]
    return min(
        (days if type(days) is int and 1 <= days <= 365 else START_DAYS for days in said), default=START_DAYS
    )


async def regional_start_limit(uow: UnitOfWork) -> int:
    """The longest a service may wait in the municipality's regions today, in days; START_DAYS outside any."""
    rows = await uow.rows(_REGIONS, tenant=uow.context.tenant, day=today())
    return longest_of([row["settings"] for row in rows])


async def start_limits(uow: UnitOfWork) -> StartLimits:
    """The municipality's limits, for any day."""
    rows = await uow.rows(_OWN, tenant=uow.context.tenant)
    own = [(row["valid_from"], row["start_limit_days"]) for row in rows]
    return StartLimits(own, await regional_start_limit(uow))


async def start_deadline(uow: UnitOfWork, since: date, *, granted_from: Iterable[date | None] = ()) -> date:
    """The last day a service should have begun that has waited since a day (A10).

    `granted_from` are the first days of what was granted: nobody waits in October for what begins in January, so the
    days count from the first of them when that is later.
    """
    first = min((day for day in granted_from if day is not None), default=since)
    begins = max(since, first)
    return begins + timedelta(days=(await start_limits(uow)).on(begins))
