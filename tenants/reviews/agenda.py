"""What a status review must talk about: found by itself when the review is planned (A8).

It looks past who may see what, since the agenda holds only pointers; each reader is shown those they may see.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import and_, bindparam, func, or_, select

from sammen.db.raw import compile_query
from sammen.db.unit_of_work import UnitOfWork
from tenants.cases.api import allocation_rules, application, decide_by
from tenants.decisions.api import decision, service_grant
from tenants.evaluations.api import evaluations_due_by
from tenants.quality.api import deviation
from tenants.reviews.models import ReviewAction
from tenants.waiting.api import all_waits

action = ReviewAction.__table__
EVALUATIONS_AHEAD = timedelta(days=31)
"""Evaluations due before the next review are on this one."""


@dataclass(frozen=True, slots=True)
class Point:
    """Something for the agenda: a kind of models.KINDS, what it points to, its case if any, and the day that binds."""

    kind: str
    object_id: UUID
    case_id: UUID | None
    due_on: date | None


@dataclass(frozen=True, slots=True)
class Span:
    """What an agenda looks at: what is new since a day, and what the meeting's day finds."""

    since: date
    meets_on: date


Source = Callable[[UnitOfWork, Span], Awaitable[Sequence[Point]]]

_APPLICATIONS = compile_query(
    select(
        application.c.id, application.c.case_id, application.c.received_on, application.c.expected_on,
        application.c.state,
    ).where(application.c.tenant_id == bindparam("tenant"), application.c.received_on >= bindparam("since"))
)  # fmt: skip


async def new_applications(uow: UnitOfWork, span: Span) -> Sequence[Point]:
    """Every application received since the last review, decided or not; only an open one has a day that binds."""
    return [
        Point(
            "application",
            row["id"],
            row["case_id"],
            (row["expected_on"] or decide_by(row["received_on"])) if row["state"] == "open" else None,
        )
        for row in await uow.rows(_APPLICATIONS, tenant=uow.context.tenant, since=span.since)
    ]


async def without_contact(uow: UnitOfWork, _span: Span) -> Sequence[Point]:
    """Granted services that have not begun, or that have lost their contact."""
    return [Point("no_contact", one.order_id, one.case_id, one.wait.due) for one in await all_waits(uow)]


async def evaluations(uow: UnitOfWork, span: Span) -> Sequence[Point]:
    """Evaluations that are late, or due before the next review is likely (A7)."""
    return [
        Point("evaluation", one.decision_id, one.case_id, one.due_on)
        for one in await evaluations_due_by(uow, span.meets_on + EVALUATIONS_AHEAD)
    ]


_last_day = func.least(service_grant.c.valid_to, service_grant.c.ended_on)
_EXPIRING = compile_query(
    select(decision.c.id, decision.c.case_id, func.max(_last_day).label("last_day"))
    .join_from(
        decision,
        service_grant,
        and_(service_grant.c.tenant_id == decision.c.tenant_id, service_grant.c.decision_id == decision.c.id),
    )
    .where(decision.c.tenant_id == bindparam("tenant"), decision.c.state == "issued")
    .group_by(decision.c.id, decision.c.case_id)
    .having(func.count() == func.count(_last_day))
    .having(func.max(_last_day) <= bindparam("by"))
)


async def expiring(uow: UnitOfWork, span: Span) -> Sequence[Point]:
    """Decisions in force whose last service ends within the municipality's number of days (A11, A15)."""
    rules = await allocation_rules(uow, span.meets_on)
    by = span.meets_on + timedelta(days=rules.expiry_days)
    return [
        Point("expiring", row["id"], row["case_id"], row["last_day"])
        for row in await uow.rows(_EXPIRING, tenant=uow.context.tenant, by=by)
    ]


_DEVIATIONS = compile_query(
    select(deviation.c.id, deviation.c.case_id, deviation.c.due_on).where(
        deviation.c.tenant_id == bindparam("tenant"),
        or_(deviation.c.closed_on.is_(None), deviation.c.found_on >= bindparam("since")),
    )
)


async def deviations(uow: UnitOfWork, span: Span) -> Sequence[Point]:
    """Deviations that are open, and those that came since the last review though they are closed."""
    return [
        Point("deviation", row["id"], row["case_id"], row["due_on"])
        for row in await uow.rows(_DEVIATIONS, tenant=uow.context.tenant, since=span.since)
    ]


_ACTIONS = compile_query(
    select(action.c.id, action.c.case_id, action.c.due_on).where(
        action.c.tenant_id == bindparam("tenant"), action.c.done_on.is_(None), action.c.closed
    )
)


async def open_actions(uow: UnitOfWork, _span: Span) -> Sequence[Point]:
    """What somebody took on at an earlier review and has not done."""
    return [
        Point("action", row["id"], row["case_id"], row["due_on"])
        for row in await uow.rows(_ACTIONS, tenant=uow.context.tenant)
    ]


SOURCES: Sequence[Source] = (
    open_actions,
    new_applications,
    without_contact,
    evaluations,
    expiring,
    deviations,
)


async def agenda(uow: UnitOfWork, span: Span) -> Sequence[Point]:
    """Everything there is to talk about, by kind in the order of SOURCES, what binds first on top."""
    points: list[Point] = []
    for source in SOURCES:
        found = await source(uow, span)
        points += sorted(
            found, key=lambda point: (point.due_on is None, point.due_on or date.max, str(point.object_id))
        )
    return points
