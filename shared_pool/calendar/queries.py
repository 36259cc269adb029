"""Reads of the calendar: what its host writes, and what is published. Its host's rows are everybody's who works there;
what is published is everybody's.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import bindparam, or_, select

from sammen.clock import today
from sammen.db.raw import compile_query
from sammen.db.unit_of_work import UnitOfWork
from sammen.errors import NotFound, NotTogether
from sammen.tenancy.models import Municipality, Region, RegionMembership
from shared_pool.calendar.models import CalendarEdition, CalendarEvent
from shared_pool.calendar.published import COLUMNS, Event, event_of

event, edition = CalendarEvent.__table__, CalendarEdition.__table__
municipality, membership, region = (
    Municipality.__table__,
    RegionMembership.__table__,
    Region.__table__,
)
_PUBLISHED = "SELECT * FROM sammen.calendar_published($1)"
_OWN = (
    select(*(event.c[name] for name in COLUMNS))
    .where(event.c.region_id == bindparam("region"), event.c.host_id.is_not_distinct_from(bindparam("host")))
    .order_by(event.c.first_day, event.c.starts, event.c.title, event.c.id)
)
_ALL = compile_query(_OWN)
_ONE = compile_query(_OWN.where(event.c.id == bindparam("event")))
_WAITING = compile_query(_OWN.where(event.c.state == "submitted").limit(50))
_IN_FORCE = (
    membership.c.valid_from <= bindparam("day"),
    or_(membership.c.valid_to.is_(None), membership.c.valid_to >= bindparam("day")),
)
_REGION_OF = compile_query(
    select(region.c.id, region.c.slug, region.c.name)
    .join_from(membership, region, region.c.id == membership.c.region_id)
    .where(membership.c.municipality_id == bindparam("tenant"), *_IN_FORCE)
    .order_by(region.c.name)
    .limit(1)
)
_REGION = compile_query(
    select(region.c.id, region.c.slug, region.c.name).where(region.c.id == bindparam("region"))
)
_MEMBERS = compile_query(
    select(municipality.c.id, municipality.c.name, municipality.c.slug)
    .join_from(membership, municipality, municipality.c.id == membership.c.municipality_id)
    .where(membership.c.region_id == bindparam("region"), *_IN_FORCE)
    .order_by(municipality.c.name)
)
_EDITIONS = compile_query(
    select(
        edition.c.id,
        edition.c.half,
        edition.c.target,
        edition.c.language,
        edition.c.events,
        edition.c.made_at,
    )
    .where(
        edition.c.region_id == bindparam("region"), edition.c.host_id.is_not_distinct_from(bindparam("host"))
    )
    .order_by(edition.c.half.desc(), edition.c.target, edition.c.language, edition.c.made_at.desc())
)


@dataclass(frozen=True, slots=True)
class Where:
    """Whose calendar one works in: the region, and the municipality that is host there, or None for the region's own."""

    region_id: UUID
    region_slug: str
    region_name: str
    host_id: UUID | None


@dataclass(frozen=True, slots=True)
class EditionCard:
    """A printed half-year of one's own."""

    id: UUID
    half: str
    target: str
    language: str
    events: int
    made_at: object


async def where(uow: UnitOfWork) -> Where | None:
    """The calendar of the reader's place; None for a municipality that is in no region today."""
    context = uow.context
    if context.tenant_id is None:
        row = await uow.row(_REGION, region=context.region)
        return Where(row["id"], row["slug"], row["name"], None) if row is not None else None
    row = await uow.row(_REGION_OF, tenant=context.tenant, day=today())
    return Where(row["id"], row["slug"], row["name"], context.tenant) if row is not None else None


async def whose(uow: UnitOfWork) -> Where:
    """As `where`. Raises NotTogether for a municipality that is in no region."""
    found = await where(uow)
    if found is None:
        raise NotTogether
    return found


async def members(uow: UnitOfWork, region_id: UUID) -> Mapping[UUID, str]:
    """The region's municipalities today, by name: id → name."""
    rows = await uow.rows(_MEMBERS, region=region_id, day=today())
    return {row["id"]: row["name"] for row in rows}


async def own_events(uow: UnitOfWork) -> Sequence[Event]:
    """All that the reader's place is host of, the first first."""
    at = await whose(uow)
    return [event_of(row) for row in await uow.rows(_ALL, region=at.region_id, host=at.host_id)]


async def own_event(uow: UnitOfWork, event_id: UUID) -> Event:
    """One that the reader's place is host of. Raises NotFound."""
    at = await whose(uow)
    row = await uow.row(_ONE, region=at.region_id, host=at.host_id, event=event_id)
    if row is None:
        raise NotFound
    return event_of(row)


async def waiting(uow: UnitOfWork) -> Sequence[Event]:
    """What others have sent in that waits for the reader's place, at most fifty."""
    at = await where(uow)
    if at is None:
        return []
    return [event_of(row) for row in await uow.rows(_WAITING, region=at.region_id, host=at.host_id)]


async def own_editions(uow: UnitOfWork) -> Sequence[EditionCard]:
    """The half-years the reader's place has had printed, the newest first."""
    at = await whose(uow)
    rows = await uow.rows(_EDITIONS, region=at.region_id, host=at.host_id)
    return [EditionCard(**dict(row)) for row in rows]


# What is published -----------------------------------------------------------------------------------------------------
async def published_events(uow: UnitOfWork) -> Sequence[Event]:
    """All that stands in the calendar of the reader's region, what was called off lately too; nothing in no region."""
    at = await where(uow)
    if at is None:
        return []
    return [event_of(row) for row in await uow.call(_PUBLISHED, at.region_id)]


async def next_events(uow: UnitOfWork, n: int, place: UUID | None = None) -> list[tuple[date, Event]]:
    """The next `n` published events from today, each with its next day; in one municipality, or in all."""
    day = today()
    found = [
        (comes, one)
        for one in await published_events(uow)
        if not one.cancelled and (place is None or one.municipality_id in (None, place))
        for comes in (one.next_day(day),)
        if comes is not None
    ]
    return sorted(found, key=lambda pair: (pair[0], pair[1].starts, pair[1].title))[:n]
