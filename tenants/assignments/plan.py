"""What the two have agreed to do: written with the service user, ticked off by the contact on the phone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import any_, bindparam, func, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.dialects.postgresql import UUID as PG_UUID

from sammen.audit.trail import record_change
from sammen.clock import today
from sammen.db.raw import compile_query
from sammen.db.unit_of_work import UnitOfWork
from sammen.errors import Conflict, Invalid, NotFound
from sammen.i18n_mark import N_
from sammen.ids import uuid7
from tenants.assignments.meetings import OVER, running_assignment
from tenants.assignments.models import ActivityItem, ActivityPlan, Assignment
from tenants.assignments.own import own_assignment
from tenants.assignments.service import FUTURE

plan = ActivityPlan.__table__
item = ActivityItem.__table__
MOST_ITEMS = 40
STALE = N_("Noen andre har endret planen imens. Det du skrev, er ikke lagret.")


@dataclass(frozen=True, slots=True)
class PlanFacts:
    """The service user's own words, the day it was agreed, and who took part."""

    own_words: str
    agreed_on: date
    took_part: str


@dataclass(frozen=True, slots=True)
class ItemCard:
    id: UUID
    assignment_id: UUID
    what: str
    when_words: str
    done_on: date | None
    added_as: str


@dataclass(frozen=True, slots=True)
class PlanCard:
    """An assignment's plan. `agreed_on` None: nothing is agreed yet, though there may be items."""

    assignment_id: UUID
    own_words: str = ""
    agreed_on: date | None = None
    took_part: str = ""
    version: int = 0
    items: Sequence[ItemCard] = ()


_ASSIGNMENTS = bindparam("assignments", type_=ARRAY(PG_UUID(as_uuid=True)))
_PLANS = compile_query(
    select(plan.c.assignment_id, plan.c.own_words, plan.c.agreed_on, plan.c.took_part, plan.c.version).where(
        plan.c.tenant_id == bindparam("tenant"), plan.c.assignment_id == any_(_ASSIGNMENTS)
    )
)
_ITEMS = compile_query(
    select(*(item.c[name] for name in ItemCard.__dataclass_fields__))
    .where(item.c.tenant_id == bindparam("tenant"), item.c.assignment_id == any_(_ASSIGNMENTS))
    .order_by(item.c.created_at, item.c.id)
)


async def plans_of(uow: UnitOfWork, assignment_ids: Sequence[UUID]) -> dict[UUID, PlanCard]:
    """The plans of assignments the caller may show, each with its items; one without has an empty card."""
    tenant, ids = uow.context.tenant, list(assignment_ids)
    items: dict[UUID, list[ItemCard]] = {one: [] for one in ids}
    for row in await uow.rows(_ITEMS, tenant=tenant, assignments=ids):
        items[row["assignment_id"]].append(ItemCard(**dict(row)))
    plans = {
        row["assignment_id"]: dict(row) for row in await uow.rows(_PLANS, tenant=tenant, assignments=ids)
    }
    return {one: PlanCard(**plans.get(one, {"assignment_id": one}), items=items[one]) for one in ids}


async def write_plan(uow: UnitOfWork, assignment_id: UUID, facts: PlanFacts, *, version: int) -> None:
    """Keep what was agreed with the service user. Raises Conflict on a stale `version` (0: there was none)."""
    row = await running_assignment(uow, assignment_id)
    if facts.agreed_on > today():
        raise Invalid.one("avtalt", FUTURE)
    found = await uow.session.scalar(
        select(ActivityPlan)
        .where(ActivityPlan.tenant_id == row.tenant_id, ActivityPlan.assignment_id == row.id)
        .with_for_update()
    )
    if (found.version if found else 0) != version:
        theirs = {N_("Med egne ord"): found.own_words if found else ""}
        raise Conflict(STALE, theirs=theirs, yours={N_("Med egne ord"): facts.own_words})
    if found is None:
        found = ActivityPlan(tenant_id=row.tenant_id, id=uuid7(), assignment_id=row.id, version=0)
        uow.session.add(found)
    found.own_words, found.agreed_on, found.took_part = facts.own_words, facts.agreed_on, facts.took_part
    found.version += 1
    await uow.session.flush()
    await record_change(uow, "plan.written", "assignment", row.id, persons=[row.person_id])


async def add_item(uow: UnitOfWork, assignment_id: UUID, what: str, when_words: str) -> UUID:
    """One more thing they want to do. Raises Invalid without a word, Conflict when there are too many."""
    return await _add(uow, await running_assignment(uow, assignment_id), what, when_words, "staff")


async def add_own_item(uow: UnitOfWork, assignment_id: UUID, what: str, when_words: str) -> UUID:
    """The contact adds one to the plan of their own assignment."""
    return await _add(uow, await _own(uow, assignment_id), what, when_words, "contact")


async def mark_item(uow: UnitOfWork, assignment_id: UUID, item_id: UUID, *, done: bool) -> None:
    """Tick off, or take the tick back."""
    await _mark(uow, await running_assignment(uow, assignment_id), item_id, done)


async def mark_own_item(uow: UnitOfWork, assignment_id: UUID, item_id: UUID, *, done: bool) -> None:
    """The contact ticks off in the plan of their own assignment."""
    await _mark(uow, await _own(uow, assignment_id), item_id, done)


async def drop_item(uow: UnitOfWork, assignment_id: UUID, item_id: UUID) -> None:
    """Take away what they no longer want to do."""
    row = await running_assignment(uow, assignment_id)
    await uow.session.delete(await _item(uow, row, item_id))
    await uow.session.flush()
    await record_change(uow, "plan.item_dropped", "assignment", row.id, persons=[row.person_id])


async def _own(uow: UnitOfWork, assignment_id: UUID) -> Assignment:
    _, own = await own_assignment(uow, assignment_id)
    row = await uow.session.get(
        Assignment, (uow.context.tenant, own.id), with_for_update=True, populate_existing=True
    )
    if row is None or row.state == "ended":
        raise Conflict(OVER)
    return row


async def _add(uow: UnitOfWork, row: Assignment, what: str, when_words: str, added_as: str) -> UUID:
    if not what:
        raise Invalid.one("hva", N_("Skriv hva dere vil gjøre."))
    known = await uow.session.scalar(
        select(func.count())
        .select_from(ActivityItem)
        .where(ActivityItem.tenant_id == row.tenant_id, ActivityItem.assignment_id == row.id)
    )
    if known is not None and known >= MOST_ITEMS:
        raise Conflict(N_("Planen er full. Ta bort noe dere ikke lenger vil gjøre."))
    made = ActivityItem(
        tenant_id=row.tenant_id,
        id=uuid7(),
        assignment_id=row.id,
        what=what,
        when_words=when_words,
        added_as=added_as,
    )
    uow.session.add(made)
    await uow.session.flush()
    await record_change(uow, "plan.item_added", "assignment", row.id, persons=[row.person_id])
    return made.id


async def _item(uow: UnitOfWork, row: Assignment, item_id: UUID) -> ActivityItem:
    found = await uow.session.get(ActivityItem, (row.tenant_id, item_id), with_for_update=True)
    if found is None or found.assignment_id != row.id:
        raise NotFound
    return found


async def _mark(uow: UnitOfWork, row: Assignment, item_id: UUID, done: bool) -> None:
    found = await _item(uow, row, item_id)
    found.done_on = (found.done_on or today()) if done else None
    found.version += 1
    await uow.session.flush()
    await record_change(uow, "plan.item_marked", "assignment", row.id, persons=[row.person_id], done=done)
