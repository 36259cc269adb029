"""What time and others' steps do to courses: seats are offered to who waits, offers run out, and each municipality tells
its own. Every job may run again without doing anything twice.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

import asyncpg
from sqlalchemy import or_, select, update

from sammen.audit.trail import record_change
from sammen.clock import now, today
from sammen.db.unit_of_work import UnitOfWork
from sammen.errors import NotFound
from sammen.jobs.order import Order
from sammen.jobs.queue import enqueue_for, put
from sammen.jobs.registry import job, visitor
from sammen.keys import Keys
from sammen.tenancy.context import PlaceKind
from shared_pool.courses.hooks import tell_course
from shared_pool.courses.models import Course, CourseSignup, CourseWait
from shared_pool.courses.queries import course_card, homes_in
from shared_pool.courses.rules import Home, offer_until, to_offer
from shared_pool.courses.seats import person_of
from tenants.api import notify_person

TOLD = {"moved": "moved", "cancelled": "called_off"}
"""The notice for each change of a course (messages/codes.py)."""
_REGIONS = "SELECT id FROM sammen.region WHERE valid_to IS NULL OR valid_to >= sammen.norwegian_day()"


# The region offers -----------------------------------------------------------------------------------------------------
@job("courses.move_on")
async def move_on(uow: UnitOfWork, args: dict[str, Any]) -> None:
    """`course`: in the region. Offers that have run out end, and what is free is offered to the next."""
    await _move_on(uow, UUID(args["course"]))


async def _move_on(uow: UnitOfWork, course_id: UUID) -> None:
    row = await uow.session.get(
        Course, (uow.context.region, course_id), with_for_update=True, populate_existing=True
    )
    if row is None:
        raise NotFound
    open_still = row.state == "open" and row.starts_at > now()
    waits = list(
        await uow.session.scalars(
            select(CourseWait)
            .where(
                CourseWait.region_id == row.region_id, CourseWait.course_id == row.id,
                CourseWait.state.in_(("waiting", "offered")),
            )
            .order_by(CourseWait.asked_at, CourseWait.id)
            .with_for_update()
        )
    )  # fmt: skip
    overdue = [
        one
        for one in waits
        if not open_still
        or (one.state == "offered" and one.expires_at is not None and one.expires_at <= now())
    ]
    for one in overdue:
        one.state = "expired"
        one.version += 1
    await uow.session.flush()
    await _tell(uow, overdue, "courses.offer_over")
    if open_still:
        await _offer(uow, row, [one for one in waits if one.state == "waiting"])


async def _offer(uow: UnitOfWork, row: Course, waiting: list[CourseWait]) -> None:
    """Offer what is free to the next of those who wait."""
    homes = {one.home_id: Home(one.used, one.kept) for one in (await homes_in(uow, row.id)).get(row.id, [])}
    chosen = {place for place, _ in to_offer(row.seats, homes, [(one.id, one.home_id) for one in waiting])}
    offered = [one for one in waiting if one.id in chosen]
    for one in offered:
        one.state, one.offered_at = "offered", now()
        one.expires_at = offer_until(now(), row.starts_at, row.offer_hours)
        one.version += 1
    await uow.session.flush()
    if offered:
        await record_change(uow, "course.offered", "course", row.id, seats=len(offered))
    await _tell(uow, offered, "courses.offered")


async def _tell(uow: UnitOfWork, waits: Iterable[CourseWait], name: str) -> None:
    for one in waits:
        await enqueue_for(
            uow, PlaceKind.MUNICIPALITY, one.home_id, name, {"wait": str(one.id)}, nameless=True,
            once=f"{name}:{one.id}",
        )  # fmt: skip


@job("courses.sweep")
async def sweep(uow: UnitOfWork, _args: dict[str, Any]) -> None:
    """In a region: courses that are over are held; offers that ran out and seats released today go on to the next."""
    region = uow.context.region
    await uow.session.execute(
        update(Course)
        .where(Course.region_id == region, Course.state == "open", Course.ends_at <= now())
        .values(state="held", version=Course.version + 1)
    )
    found = await uow.session.scalars(
        select(Course.id)
        .join(CourseWait, (CourseWait.region_id == Course.region_id) & (CourseWait.course_id == Course.id))
        .where(
            Course.region_id == region,
            or_(CourseWait.state == "waiting", (CourseWait.state == "offered") & (CourseWait.expires_at <= now())),
        )
        .distinct()
    )  # fmt: skip
    for course_id in sorted(found):
        await _move_on(uow, course_id)


# At home ---------------------------------------------------------------------------------------------------------------
async def _waiting_signup(uow: UnitOfWork, args: dict[str, Any]) -> tuple[CourseSignup, CourseWait] | None:
    """The municipality's own sign-up behind a place in the waiting list. None when it is over."""
    wait_id = UUID(args["wait"])
    tenant = uow.context.tenant
    wait = await uow.session.scalar(
        select(CourseWait).where(CourseWait.id == wait_id, CourseWait.home_id == tenant)
    )
    if wait is None:
        raise NotFound
    found = await uow.session.scalar(
        select(CourseSignup)
        .where(
            CourseSignup.tenant_id == tenant, CourseSignup.wait_id == wait_id, CourseSignup.withdrawn_on.is_(None)
        )
        .with_for_update()
    )  # fmt: skip
    return None if found is None else (found, wait)


@job("courses.offered")
async def offered(uow: UnitOfWork, args: dict[str, Any]) -> None:
    """`wait`: at home, who waited is told that there is a seat to answer to."""
    both = await _waiting_signup(uow, args)
    if both is None or both[1].state != "offered":
        return
    for person_id in await person_of(uow, both[0]):
        await notify_person(uow, person_id, "ask", once=f"course_offer:{both[1].id}")


@job("courses.offer_over")
async def offer_over(uow: UnitOfWork, args: dict[str, Any]) -> None:
    """`wait`: at home, who did not answer in time, or waited for a course that has begun, is no longer on the list."""
    both = await _waiting_signup(uow, args)
    if both is None or both[1].state != "expired" or both[0].enrolment_id is not None:
        return
    found, wait = both
    found.withdrawn_on, found.ended = today(), "offer_over"
    found.version += 1
    persons = await person_of(uow, found)
    await uow.session.flush()
    await record_change(
        uow, "course.offer_over", "course_signup", found.id, persons=persons, course=found.course_id
    )
    if wait.offered_at is not None:
        for person_id in persons:
            await notify_person(uow, person_id, "changed", once=f"course_over:{wait.id}")


@job("courses.tell")
async def tell(uow: UnitOfWork, args: dict[str, Any]) -> None:
    """`course`, `what` (moved or cancelled), `version`: at home, everybody with a seat or waiting is told, once for each
    change. Nothing when the municipality is no member any more, or the course is called off meanwhile.
    """
    course_id, what = UUID(args["course"]), args["what"]
    try:
        card = await course_card(uow, course_id)
    except NotFound:
        return
    if card.cancelled is not (what == "cancelled"):
        return
    rows = await uow.session.scalars(
        select(CourseSignup).where(
            CourseSignup.tenant_id == uow.context.tenant, CourseSignup.course_id == course_id,
            CourseSignup.withdrawn_on.is_(None),
        )
    )  # fmt: skip
    for row in rows:
        for person_id in await person_of(uow, row):
            await notify_person(uow, person_id, TOLD[what], once=f"course:{what}:{args['version']}:{row.id}")
    await tell_course(uow, course_id, what)


@visitor("courses.regions", "*/10 * * * *")
async def visit_regions(connection: asyncpg.Connection[asyncpg.Record], keys: Keys) -> None:
    """Every ten minutes, since an offer may stand for an hour only: one job for each region."""
    for row in await connection.fetch(_REGIONS):
        order = Order("courses.sweep", {}, PlaceKind.REGION, row["id"])
        await put(connection, keys, order, once=f"courses.sweep:{row['id']}")
