"""Courses are planned, changed, laid out, copied and called off by their host or by those who keep the region's courses.

What each municipality must know of it is told in its own context, by jobs (jobs.py).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from sammen.audit.trail import record_change
from sammen.clock import OSLO, now, today
from sammen.db.unit_of_work import UnitOfWork
from sammen.errors import Conflict, Forbidden, Invalid, NotFound
from sammen.i18n_mark import N_
from sammen.ids import random_id
from sammen.jobs.queue import enqueue_for
from sammen.series import moment
from sammen.tenancy.context import PlaceKind
from shared_pool.courses.booked import let_go
from shared_pool.courses.models import Course, CourseQuota, CourseSession
from shared_pool.courses.queries import (
    course_card,
    homes_in,
    keeps,
    members_here,
    own_region,
    sessions_of,
)
from shared_pool.courses.rules import quotas_fit

MOST_SESSIONS = 60
STALE = N_("Noen andre har endret kurset siden du åpnet siden. Les det som står nå, og endre på nytt.")
OVER = N_("Kurset er holdt eller avlyst, og kan ikke endres.")


@dataclass(frozen=True, slots=True)
class SessionFacts:
    """One meeting as planned: times with a zone, a place or an https address (or both)."""

    starts_at: datetime
    ends_at: datetime
    place: str = ""
    link: str = ""
    topic: str = ""
    trainers: str = ""
    trainer_ids: tuple[UUID, ...] = ()


@dataclass(frozen=True, slots=True)
class CourseFacts:
    """A course as planned, without its meetings. `host_id`: the municipality that holds it and is owed for the others' seats,
    None when the region pays. `quotas`: seats kept for each municipality until `release_on`. `reach`: region or own.
    """

    title: str
    kind: str
    seats: int
    about: str = ""
    bring: str = ""
    prerequisites: str = ""
    responsible: str = ""
    phone: str = ""
    least: int = 0
    min_hours: Decimal = Decimal(0)
    deadline_on: date | None = None
    release_on: date | None = None
    offer_hours: int = 48
    host_id: UUID | None = None
    reach: str = "region"
    quotas: Mapping[UUID, int] | None = None


_PLAIN = (
    "title", "kind", "about", "bring", "prerequisites", "responsible", "phone", "least", "min_hours", "deadline_on",
    "release_on", "offer_hours", "seats",
)  # fmt: skip


# Planning --------------------------------------------------------------------------------------------------------------
async def make_course(
    uow: UnitOfWork, facts: CourseFacts, meetings: Sequence[SessionFacts], *, draft: bool = False
) -> UUID:
    """Plan a course with its meetings; its id. In a municipality it is the host. Laid out at once unless `draft`.

    Raises Invalid with the field's sentence, Forbidden for a municipality that is a member of no region.
    """
    region = await own_region(uow)
    if region is None:
        raise Forbidden(
            N_("Kommunen er ikke med i et samarbeid. Snakk med administratoren hvis den skulle være det.")
        )
    if uow.context.tenant_id is not None:
        facts = replace(facts, host_id=uow.context.tenant)
    members = dict(await members_here(uow, region))
    if facts.host_id is not None and facts.host_id not in members:
        raise Invalid.one("holder", N_("Velg en kommune som er med i samarbeidet."))
    _check(facts, meetings, members)
    course = Course(
        region_id=region, id=random_id(), host_id=facts.host_id, reach=facts.reach, state="draft" if draft else "open",
        joint=uow.context.tenant_id is None, starts_at=min(one.starts_at for one in meetings),
        ends_at=max(one.ends_at for one in meetings), **{name: getattr(facts, name) for name in _PLAIN},
    )  # fmt: skip
    uow.session.add(course)
    await uow.session.flush()
    for one in meetings:
        add_session(uow.session, course, one)
    await _keep_quotas(uow, course, facts.quotas or {}, {})
    await record_change(uow, "course.made", "course", course.id, seats=facts.seats, meetings=len(meetings))
    return course.id


def _check(facts: CourseFacts, meetings: Sequence[SessionFacts], members: Mapping[UUID, str]) -> None:
    """What a new course must meet. Raises Invalid."""
    if not meetings:
        raise Invalid.one("dato", N_("Skriv dagen kurset er."))
    if len(meetings) > MOST_SESSIONS:
        raise Invalid.one("til", N_("Et kurs kan ha høyst %(most)s samlinger."), most=MOST_SESSIONS)
    for one in meetings:
        check_meeting(one)
    _check_facts(facts, min(one.starts_at for one in meetings))
    _check_hours(facts.min_hours, meetings)
    _check_quotas(facts, members, {})


def check_meeting(one: SessionFacts) -> None:
    """Raises Invalid when a meeting ends before it begins, lasts more than a day, is nowhere, or has been."""
    if one.ends_at <= one.starts_at:
        raise Invalid.one("slutter", N_("Kurset må slutte etter at det begynner."))
    if one.starts_at <= now():
        raise Invalid.one("dato", N_("Datoen har vært. Skriv en dag i framtida."))
    if not one.place and not one.link:
        raise Invalid.one("sted", N_("Skriv hvor kurset er, eller legg inn en lenke til videomøtet."))


def _check_facts(facts: CourseFacts, starts: datetime) -> None:
    day = starts.astimezone(OSLO).date()
    if facts.deadline_on is not None and facts.deadline_on > day:
        raise Invalid.one("frist", N_("Påmeldingsfristen må være før kurset begynner."))
    if facts.release_on is not None and facts.release_on > day:
        raise Invalid.one("frigis", N_("Plassene må frigis før kurset begynner."))
    if facts.least > facts.seats:
        raise Invalid.one("minst", N_("Minste antall kan ikke være høyere enn antall plasser."))
    if facts.reach == "own" and facts.quotas:
        raise Invalid.one("kvoter", N_("Et kurs bare for egen kommune har ingen kvoter."))


def _check_hours(min_hours: Decimal, meetings: Sequence[SessionFacts]) -> None:
    seconds = sum(int((one.ends_at - one.starts_at).total_seconds()) for one in meetings)
    if min_hours * 3600 > seconds:
        raise Invalid.one(
            "mintimer", N_("Kurset varer bare %(hours)s timer. Skriv færre timer for å fullføre."),
            hours=f"{Decimal(seconds) / 3600:.2f}".rstrip("0").rstrip(".").replace(".", ","),
        )  # fmt: skip


def _check_quotas(facts: CourseFacts, members: Mapping[UUID, str], used: Mapping[UUID, int]) -> None:
    quotas = {home: seats for home, seats in (facts.quotas or {}).items() if seats}
    if not quotas.keys() <= members.keys():
        raise Invalid.one("kvoter", N_("Kvoter kan bare gis til kommuner som er med i samarbeidet."))
    if quotas and facts.release_on is None:
        raise Invalid.one("frigis", N_("Skriv hvilken dag plasser som ikke er brukt, frigis til alle."))
    if facts.seats < sum(used.values()):
        raise Invalid.one(
            "plasser",
            N_("%(taken)s har plass allerede. Skriv minst så mange plasser."),
            taken=sum(used.values()),
        )
    over = quotas_fit(facts.seats, quotas, used)
    if over is not None:
        raise Invalid.one(
            "kvoter", N_("Kvotene og plassene som er tatt, er %(wanted)s til sammen, men kurset har bare %(seats)s plasser."),
            wanted=over.wanted, seats=over.seats,
        )  # fmt: skip


def add_session(session: AsyncSession, course: Course, facts: SessionFacts) -> CourseSession:
    row = CourseSession(
        region_id=course.region_id, id=random_id(), course_id=course.id, host_id=course.host_id, starts_at=facts.starts_at,
        ends_at=facts.ends_at, topic=facts.topic, place=facts.place, link=facts.link, trainers=facts.trainers,
        trainer_ids=list(facts.trainer_ids),
    )  # fmt: skip
    session.add(row)
    return row


async def _keep_quotas(
    uow: UnitOfWork, course: Course, wanted: Mapping[UUID, int], known: Mapping[UUID, CourseQuota]
) -> None:
    for home, seats in wanted.items():
        row = known.get(home)
        if row is not None:
            row.seats = seats
        elif seats:
            uow.session.add(
                CourseQuota(
                    region_id=course.region_id, id=random_id(), course_id=course.id, host_id=course.host_id,
                    municipality_id=home, seats=seats,
                )
            )  # fmt: skip
    for home, row in known.items():
        if home not in wanted:
            row.seats = 0
    await uow.session.flush()


# Changing --------------------------------------------------------------------------------------------------------------
async def held_for_change(uow: UnitOfWork, course_id: UUID, version: int | None = None) -> Course:
    """The course under its lock, which takers of seats wait for, for who may change it. Raises NotFound, Forbidden, and
    Conflict when `version` is not the one that stands or the course is over.
    """
    card = await course_card(uow, course_id)
    if not keeps(uow, card):
        raise Forbidden(N_("Bare den som holder kurset, kan endre det."))
    row = await uow.session.get(
        Course, (card.region_id, course_id), with_for_update=True, populate_existing=True
    )
    if row is None:
        raise NotFound
    if version is not None and row.version != version:
        raise Conflict(STALE)
    if row.state in ("cancelled", "held") or row.ends_at <= now():
        raise Conflict(OVER)
    return row


async def change_course(uow: UnitOfWork, course_id: UUID, facts: CourseFacts, version: int) -> None:
    """Change what a course is. Who holds it and whom it is for stay. Raises Invalid, Conflict, Forbidden, NotFound."""
    row = await held_for_change(uow, course_id, version)
    facts = replace(facts, host_id=row.host_id, reach=row.reach)
    used = {home.home_id: home.used for home in (await homes_in(uow, course_id)).get(course_id, [])}
    _check_facts(facts, row.starts_at)
    _check_quotas(facts, dict(await members_here(uow, row.region_id)), used)
    for name in _PLAIN:
        setattr(row, name, getattr(facts, name))
    row.version += 1
    found = await uow.session.scalars(
        select(CourseQuota).where(CourseQuota.region_id == row.region_id, CourseQuota.course_id == row.id)
    )
    await _keep_quotas(uow, row, facts.quotas or {}, {one.municipality_id: one for one in found})
    await record_change(uow, "course.changed", "course", row.id, seats=row.seats)
    await move_on_later(uow, row.region_id, row.id)


async def lay_out(uow: UnitOfWork, course_id: UUID) -> None:
    """Make a draft visible to those it is for. Raises Conflict when it is no draft or has begun."""
    row = await held_for_change(uow, course_id)
    if row.state != "draft":
        raise Conflict(N_("Kurset er allerede lagt ut."))
    if row.starts_at <= now():
        raise Conflict(N_("Datoen har vært. Flytt kurset før du legger det ut."))
    row.state = "open"
    row.version += 1
    await uow.session.flush()
    await record_change(uow, "course.laid_out", "course", row.id)


async def cancel_course(uow: UnitOfWork, course_id: UUID, reason: str) -> None:
    """Call a course off; everybody with a seat or waiting is told by their own municipality. Again: Conflict.

    Raises Invalid without a reason, Conflict when it is over.
    """
    if not reason:
        raise Invalid.one("grunn", N_("Skriv hvorfor kurset avlyses. De påmeldte får se det."))
    row = await held_for_change(uow, course_id)
    row.state, row.cancel_reason = "cancelled", reason
    row.version += 1
    await uow.session.flush()
    await record_change(uow, "course.cancelled", "course", row.id)
    await let_go(uow, [one.id for one in await sessions_of(uow, row.id)])
    await tell_homes(uow, row, "cancelled")


async def copy_course(uow: UnitOfWork, course_id: UUID, first_day: date) -> UUID:
    """A draft of the same course with the first meeting on another day and the others as many days after it as before;
    clocks stay as they are in Norway. Kept seats go along; their release and the deadline keep their distance.

    Its id. Raises Invalid for a day that has been, NotFound, Forbidden.
    """
    card = await course_card(uow, course_id)
    if not keeps(uow, card):
        raise Forbidden(N_("Bare den som holder kurset, kan kopiere det."))
    rows = list(
        await uow.session.scalars(
            select(CourseSession)
            .where(CourseSession.course_id == course_id, CourseSession.state == "planned")
            .order_by(CourseSession.starts_at)
        )
    )
    if not rows:
        raise Conflict(N_("Kurset har ingen samlinger å kopiere. Lag et nytt kurs."))
    before = rows[0].starts_at.astimezone(OSLO).date()
    apart = first_day - before
    source = await uow.session.scalar(
        select(Course).where(Course.region_id == card.region_id, Course.id == course_id)
    )
    assert source is not None
    quotas = await uow.session.execute(
        select(CourseQuota.municipality_id, CourseQuota.seats).where(
            CourseQuota.course_id == course_id, CourseQuota.seats > 0
        )
    )
    members = dict(await members_here(uow, card.region_id))
    facts = CourseFacts(
        **{name: getattr(source, name) for name in _PLAIN} | {
            "deadline_on": _later(source.deadline_on, apart), "release_on": _later(source.release_on, apart),
            "host_id": source.host_id, "reach": source.reach,
            "quotas": {home: seats for home, seats in quotas.all() if home in members},
        }
    )  # fmt: skip
    meetings = [
        SessionFacts(
            _moved(one.starts_at, apart), _moved(one.ends_at, apart), one.place, one.link, one.topic, one.trainers,
            tuple(one.trainer_ids),
        )
        for one in rows
    ]  # fmt: skip
    return await make_course(uow, facts, meetings, draft=True)


def _later(day: date | None, apart: timedelta) -> date | None:
    """A day as far from the new course as it was from the old one; none when it has been."""
    return day + apart if day is not None and day + apart >= today() else None


def _moved(at: datetime, apart: timedelta) -> datetime:
    """The same Norwegian clock so many days later, also when summer time began or ended meanwhile."""
    local = at.astimezone(OSLO)
    return moment(local.date() + apart, local.time())


# Telling ---------------------------------------------------------------------------------------------------------------
async def tell_homes(uow: UnitOfWork, row: Course, what: str) -> None:
    """Queue what each municipality with somebody in the course does at `moved` or `cancelled`, in its own context."""
    for home in (await homes_in(uow, row.id)).get(row.id, []):
        if home.used or home.waits:
            await enqueue_for(
                uow, PlaceKind.MUNICIPALITY, home.home_id, "courses.tell",
                {"course": str(row.id), "what": what, "version": row.version}, nameless=True,
                once=f"courses.tell:{row.id}:{home.home_id}:{what}:{row.version}",
            )  # fmt: skip


async def move_on_later(uow: UnitOfWork, region_id: UUID, course_id: UUID) -> None:
    """Queue the region's own job that offers free seats to those who wait."""
    await enqueue_for(
        uow, PlaceKind.REGION, region_id, "courses.move_on", {"course": str(course_id)}, nameless=True
    )
