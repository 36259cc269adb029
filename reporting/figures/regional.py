"""Reads in a region's own context: who has approved what, whom one has asked, and, for its job alone, the cells."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import bindparam, func, or_, select
from sqlalchemy.dialects.postgresql import distinct_on

from reporting.figures.cells import split_key
from reporting.figures.models import ApprovedFigure, FigureApproval, FigureReminder
from reporting.periods import Period
from sammen.db.raw import compile_query
from sammen.db.unit_of_work import UnitOfWork
from sammen.figures import Reading
from sammen.tenancy.models import Municipality, RegionMembership

approval = FigureApproval.__table__
approved = ApprovedFigure.__table__
reminder = FigureReminder.__table__
municipality = Municipality.__table__
membership = RegionMembership.__table__


@dataclass(frozen=True, slots=True)
class Member:
    """A municipality of the region on a day."""

    id: UUID
    name: str
    slug: str


@dataclass(frozen=True, slots=True)
class Approval:
    """The latest edition a municipality has approved for a period. No numbers."""

    municipality_id: UUID
    name: str
    slug: str
    period: str
    edition: int
    approved_at: datetime
    note: str = field(repr=False)
    reason: str = field(repr=False)
    measures: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ApprovedSet:
    """The latest approved inner cells of a municipality, raw: for the job that protects them, and for nothing else.

    `values` has every measure that was computed; one without cells is nought, one that is not there is missing.
    """

    municipality_id: UUID
    name: str
    edition: int
    approved_at: datetime
    values: Mapping[str, tuple[Reading, ...]] = field(repr=False)


_MEMBERS = compile_query(
    select(municipality.c.id, municipality.c.name, municipality.c.slug)
    .join_from(membership, municipality, municipality.c.id == membership.c.municipality_id)
    .where(
        membership.c.region_id == bindparam("region"),
        membership.c.valid_from <= bindparam("day"),
        or_(membership.c.valid_to.is_(None), membership.c.valid_to >= bindparam("day")),
    )
    .order_by(municipality.c.name)
)
_LATEST = (
    select(
        approval.c.reported_by.label("municipality_id"), municipality.c.name, municipality.c.slug, approval.c.period,
        approval.c.edition, approval.c.approved_at, approval.c.note, approval.c.reason, approval.c.measures,
    )
    .join_from(approval, municipality, municipality.c.id == approval.c.reported_by)
    .where(approval.c.region_id == bindparam("region"))
    .order_by(approval.c.reported_by, approval.c.period, approval.c.edition.desc())
    .ext(distinct_on(approval.c.reported_by, approval.c.period))
)  # fmt: skip
_ALL_APPROVALS = compile_query(_LATEST)
_APPROVALS = compile_query(_LATEST.where(approval.c.period == bindparam("period")))
_later = approval.alias("later")
_CELLS = compile_query(
    select(
        approved.c.reported_by, approved.c.measure, approved.c.key, approved.c.value, approved.c.contributors,
        approved.c.largest, approved.c.second,
    )
    .join_from(
        approved,
        approval,
        (approval.c.region_id == approved.c.region_id)
        & (approval.c.reported_by == approved.c.reported_by)
        & (approval.c.period == approved.c.period)
        & (approval.c.edition == approved.c.edition),
    )
    .where(
        approved.c.region_id == bindparam("region"),
        approved.c.period == bindparam("period"),
        # An edition from before its measures were noted has totals only, and no inner cell to protect.
        approved.c.measure == func.any(approval.c.measures),
        approved.c.edition
        == select(func.max(_later.c.edition))
        .where(
            _later.c.region_id == approved.c.region_id,
            _later.c.reported_by == approved.c.reported_by,
            _later.c.period == approved.c.period,
        )
        .scalar_subquery(),
    )
    .order_by(approved.c.reported_by, approved.c.measure, approved.c.key)
)  # fmt: skip
_REMINDED = compile_query(
    select(reminder.c.municipality_id, func.max(reminder.c.asked_at).label("asked_at"))
    .where(reminder.c.region_id == bindparam("region"), reminder.c.period == bindparam("period"))
    .group_by(reminder.c.municipality_id)
)


async def members(uow: UnitOfWork, day: date) -> list[Member]:
    """The region's municipalities on a day, by name. LookupError outside a region."""
    rows = await uow.rows(_MEMBERS, region=uow.context.region, day=day)
    return [Member(**dict(row)) for row in rows]


async def approvals(uow: UnitOfWork, period: Period | None = None) -> list[Approval]:
    """Each municipality's latest approval, of a period or of all; by name. LookupError outside a region."""
    region = uow.context.region
    if period is None:
        rows = await uow.rows(_ALL_APPROVALS, region=region)
    else:
        rows = await uow.rows(_APPROVALS, region=region, period=period.slug)
    found = [Approval(**{**dict(row), "measures": tuple(row["measures"])}) for row in rows]
    return sorted(found, key=lambda one: (one.name, one.period))


async def approved_sets(uow: UnitOfWork, period: Period) -> list[ApprovedSet]:
    """The period's latest approved editions with their inner cells, by name: only for the region's own release job.

    In any other context the database gives no cells, and the sets come with every measure empty.
    """
    cells: dict[tuple[UUID, str], list[Reading]] = {}
    for row in await uow.rows(_CELLS, region=uow.context.region, period=period.slug):
        cells.setdefault((row["reported_by"], row["measure"]), []).append(
            Reading(split_key(row["key"]), row["value"], row["contributors"], row["largest"], row["second"])
        )
    return [
        ApprovedSet(
            one.municipality_id, one.name, one.edition, one.approved_at,
            {measure: tuple(cells.get((one.municipality_id, measure), ())) for measure in one.measures},
        )
        for one in await approvals(uow, period)
    ]  # fmt: skip


async def asked(uow: UnitOfWork, period: Period) -> dict[UUID, datetime]:
    """When each municipality was last asked for the period's figures."""
    rows = await uow.rows(_REMINDED, region=uow.context.region, period=period.slug)
    return {row["municipality_id"]: row["asked_at"] for row in rows}
