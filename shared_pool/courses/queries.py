"""Reads of courses: what there is, with counts, and who of one's own municipality has a seat or waits for one.

What a course is, is told by the database's own functions, which know who asks; the names are the municipality's own.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import and_, bindparam, or_, select

from sammen.clock import now, today
from sammen.db.raw import compile_query
from sammen.db.unit_of_work import UnitOfWork
from sammen.errors import NotFound
from sammen.policy.permissions import Permission
from sammen.tenancy.models import Municipality, RegionMembership
from shared_pool.courses.models import CourseQuota
from shared_pool.courses.rules import others_told

quota = CourseQuota.__table__
municipality = Municipality.__table__
membership = RegionMembership.__table__
SHOWN_DAYS = 183
"""Courses that ended longer ago are not in lists."""
KEPT_DAYS = 3 * 365
"""A course has its page so long after it ended."""


@dataclass(frozen=True, slots=True)
class CourseCard:
    """A course. `taken` of its `seats` are had, an offer that stands being one; `ours` of them by the reader's municipality.

    `quota`: seats kept for it until `release_on`. `room`: how many it may take now (in the region: how many are open).
    `place` is the first session's, "" when it is by video. Times have a zone.
    """

    id: UUID
    region_id: UUID
    host_id: UUID | None
    host: str
    title: str
    kind: str
    about: str
    bring: str
    prerequisites: str
    responsible: str
    phone: str
    place: str
    video: bool
    sessions: int
    starts_at: datetime
    ends_at: datetime
    seats: int
    least: int
    min_hours: Decimal
    deadline_on: date | None
    release_on: date | None
    offer_hours: int
    joint: bool
    reach: str
    state: str
    cancel_reason: str
    version: int
    taken: int
    ours: int
    waiting: int
    our_waiting: int
    quota: int
    room: int

    @property
    def free(self) -> int:
        """Seats nobody has."""
        return max(0, self.seats - self.taken)

    @property
    def held(self) -> bool:
        """Whether it is over."""
        return self.ends_at <= now() and self.state in ("open", "held")

    @property
    def begun(self) -> bool:
        """Whether it is too late to withdraw."""
        return self.starts_at <= now()

    @property
    def cancelled(self) -> bool:
        """Whether it was called off."""
        return self.state == "cancelled"

    @property
    def takes(self) -> bool:
        """Whether one may sign up for it, or wait for a seat, today."""
        closed = self.deadline_on is not None and self.deadline_on < today()
        return self.state == "open" and not self.begun and not closed

    @property
    def too_few(self) -> bool:
        """Whether fewer have seats than its holder wants, while there is time."""
        return self.state == "open" and not self.begun and self.taken < self.least

    @property
    def others_told(self) -> int | None:
        """Seats of other municipalities as this one may read them: a number, or None for one or two."""
        return others_told(self.taken - self.ours)

    @property
    def room_told(self) -> int | None:
        """How many seats the municipality may take, as it may read it: None when the number would tell that others have
        one or two, and not when there is no room at all.
        """
        return None if self.others_told is None and self.room > 0 else self.room


@dataclass(frozen=True, slots=True)
class SessionCard:
    """A meeting of a course. `link` is "" for who has no seat, although it is held by `video`. `trainer_ids`: the users
    who hold it, for the host and the region; for others only whether oneself does.
    """

    id: UUID
    course_id: UUID
    starts_at: datetime
    ends_at: datetime
    topic: str
    place: str
    video: bool
    link: str
    trainers: str
    trainer_ids: tuple[UUID, ...]
    state: str

    @property
    def planned(self) -> bool:
        """Whether it stands."""
        return self.state == "planned"

    @property
    def hours(self) -> Decimal:
        """How long it is, in hours with two decimals."""
        seconds = Decimal(int((self.ends_at - self.starts_at).total_seconds()))
        return (seconds / 3600).quantize(Decimal("0.01"))


@dataclass(frozen=True, slots=True)
class HomeSeats:
    """What a municipality has in a course: seats, how many wait, and how many are kept for it."""

    home_id: UUID
    home: str
    used: int
    waits: int
    kept: int


@dataclass(frozen=True, slots=True)
class SeatCard:
    """A seat, as the course's holder sees it: whose, and never who."""

    id: UUID
    home_id: UUID
    home: str


@dataclass(frozen=True, slots=True)
class HeldSeats:
    """How many seats one's own municipality has had in courses that `host_id` held in a month (its first day)."""

    region_id: UUID
    host_id: UUID
    month: date
    seats: int


_COURSES = "SELECT * FROM sammen.course_list($1)"
_MEETINGS = "SELECT * FROM sammen.course_meetings($1)"
_HOMES = "SELECT * FROM sammen.course_homes($1)"
_SEATS = "SELECT id, home_id, home FROM sammen.course_seats($1)"
_HELD = "SELECT region_id, host_id, month, seats FROM sammen.held_seats()"
_today_member = and_(
    membership.c.valid_from <= bindparam("day"),
    or_(membership.c.valid_to.is_(None), membership.c.valid_to >= bindparam("day")),
)
_MEMBERS = compile_query(
    select(municipality.c.id, municipality.c.name)
    .join_from(membership, municipality, municipality.c.id == membership.c.municipality_id)
    .where(membership.c.region_id == bindparam("region"), _today_member)
    .order_by(municipality.c.name)
)
_OWN_REGION = compile_query(
    select(membership.c.region_id)
    .where(membership.c.municipality_id == bindparam("tenant"), _today_member)
    .order_by(membership.c.valid_from, membership.c.region_id)
    .limit(1)
)
_QUOTAS = compile_query(
    select(quota.c.municipality_id, quota.c.seats).where(
        quota.c.region_id == bindparam("region"), quota.c.course_id == bindparam("course"), quota.c.seats > 0
    )
)


async def courses(uow: UnitOfWork, days: int = SHOWN_DAYS) -> Sequence[CourseCard]:
    """The courses the reader may see, next first and those held of late last. In a municipality: its own, and those laid
    out in the regions it is a member of.
    """
    found = [CourseCard(**dict(row)) for row in await uow.call(_COURSES, days)]
    return sorted(found, key=lambda card: (card.begun, card.starts_at))


async def course_card(uow: UnitOfWork, course_id: UUID) -> CourseCard:
    """One course that the reader may see. Raises NotFound."""
    for card in await courses(uow, KEPT_DAYS):
        if card.id == course_id:
            return card
    raise NotFound


async def sessions_of(uow: UnitOfWork, course_id: UUID | None = None) -> Sequence[SessionCard]:
    """A course's meetings in their order, the cancelled too; those of every course the reader sees when None."""
    return [
        SessionCard(**(dict(row) | {"trainer_ids": tuple(row["trainer_ids"] or ())}))
        for row in await uow.call(_MEETINGS, course_id)
    ]


async def homes_in(uow: UnitOfWork, course_id: UUID | None = None) -> dict[UUID, list[HomeSeats]]:
    """For a course's host and those who keep the region's: what each municipality has in it, by course."""
    found: dict[UUID, list[HomeSeats]] = {}
    for row in await uow.call(_HOMES, course_id):
        found.setdefault(row["course_id"], []).append(
            HomeSeats(row["home_id"], row["home"], row["used"], row["waits"], row["kept"])
        )
    return found


async def seats_of(uow: UnitOfWork, course_id: UUID) -> Sequence[SeatCard]:
    """For a course's host and those who keep the region's: its seats with their municipality. Empty for everybody else."""
    return [SeatCard(**dict(row)) for row in await uow.call(_SEATS, course_id)]


async def next_free(uow: UnitOfWork, kind: str) -> CourseCard | None:
    """The next course of a kind that one of the reader's municipality may sign up for now, or None."""
    free = (card for card in await courses(uow) if card.kind == kind and card.takes and card.room > 0)
    return next(free, None)


async def next_courses(uow: UnitOfWork, most: int = 20) -> Sequence[CourseCard]:
    """Courses for contacts that one may sign up for now, the next first: what a newsletter tells of."""
    return [card for card in await courses(uow) if card.takes and card.kind != "supervisor"][:most]


async def members_here(uow: UnitOfWork, region_id: UUID) -> list[tuple[UUID, str]]:
    """The municipalities that are members of a region today, by name."""
    rows = await uow.rows(_MEMBERS, region=region_id, day=today())
    return [(row["id"], row["name"]) for row in rows]


async def own_region(uow: UnitOfWork) -> UUID | None:
    """The region that the context's municipality is a member of today: the first it joined. In a region: itself."""
    if uow.context.tenant_id is None:
        return uow.context.region
    found: UUID | None = await uow.value(_OWN_REGION, tenant=uow.context.tenant, day=today())
    return found


async def quotas_of(uow: UnitOfWork, card: CourseCard) -> dict[UUID, int]:
    """Seats kept for each municipality, as the course's holder sees them."""
    rows = await uow.rows(_QUOTAS, region=card.region_id, course=card.id)
    return {row["municipality_id"]: row["seats"] for row in rows}


async def seats_held(uow: UnitOfWork) -> Sequence[HeldSeats]:
    """The municipality's own seats in courses that are over and that another municipality held: counts of nobody (C5)."""
    return [HeldSeats(**dict(row)) for row in await uow.call(_HELD)]


def keeps(uow: UnitOfWork, card: CourseCard) -> bool:
    """Whether the reader may change the course: its host's coordinator, or for joint ones who keeps the region's courses."""
    context = uow.context
    if context.tenant_id is not None:
        return card.host_id == context.tenant and context.may(Permission.COURSE_HOLD)
    return card.joint and context.may(Permission.COURSE_WRITE)
