"""Who has a place in a group, who waits for one and who tries it: for readers who may see the case behind it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import and_, bindparam, select
from sqlalchemy.types import Date

from sammen.clock import today
from sammen.db.raw import compile_query
from sammen.db.unit_of_work import UnitOfWork
from sammen.errors import NotFound
from tenants.assignments.api import assignment, service_order
from tenants.cases.api import case_file, visible
from tenants.decisions.api import grant_last_day, service_grant
from tenants.groups.queries import group, group_place, held, of_case, of_person, reader_values
from tenants.people.api import age_on, person

WARNED_BEFORE = timedelta(days=30)
"""How long before a decision ends its group place is spoken of (C10)."""


@dataclass(frozen=True, slots=True)
class Participant:
    """Somebody with a place, on trial, or in line, for a reader who may see the case. `last_day` is the decision's."""

    place_id: UUID
    group_id: UUID
    group_name: str
    assignment_id: UUID
    person_id: UUID
    case_id: UUID
    name: str
    age: int | None
    protected: bool
    since: date
    state: str
    trial_to: date | None
    trial_answer: str
    offered_on: date | None
    needs: str
    emergency: str
    with_contact: bool
    stays: bool
    cross_yes_on: date | None
    cross_yes_by: str
    version: int
    last_day: date | None

    @property
    def answer_due(self) -> bool:
        """Whether they should say if they want to go on: they have, or the trial is over."""
        return self.state == "trial" and self.trial_to is not None and self.trial_to < today()

    @property
    def ends_soon(self) -> bool:
        """Whether the decision ends within WARNED_BEFORE, and the place with it."""
        return (
            not self.stays
            and self.last_day is not None
            and today() <= self.last_day <= today() + WARNED_BEFORE
        )


_OPEN = group_place.c.valid_to.is_(None)
_COLUMNS: tuple[Any, ...] = (
    group_place.c.id, group_place.c.group_id, group.c.name, group_place.c.assignment_id, assignment.c.person_id,
    assignment.c.case_id, person.c.given_name, person.c.family_name, person.c.birth_date, person.c.protection,
    group_place.c.valid_from, *(group_place.c[name] for name in (
        "state", "trial_to", "trial_answer", "offered_on", "needs", "emergency", "with_contact", "stays",
        "cross_yes_on", "cross_yes_by", "version")),
    grant_last_day.label("last_day"),
)  # fmt: skip
_joined = (
    group_place.join(
        group, and_(group.c.tenant_id == group_place.c.tenant_id, group.c.id == group_place.c.group_id)
    )
    .join(
        assignment,
        and_(assignment.c.tenant_id == group_place.c.tenant_id, assignment.c.id == group_place.c.assignment_id),
    )
    .join(case_file, of_case)
    .join(person, of_person)
    .join(
        service_order,
        and_(service_order.c.tenant_id == assignment.c.tenant_id, service_order.c.id == assignment.c.order_id),
    )
    .join(
        service_grant,
        and_(service_grant.c.tenant_id == service_order.c.tenant_id, service_grant.c.id == service_order.c.grant_id),
    )
)  # fmt: skip
_SEEN = select(*_COLUMNS).select_from(_joined).where(visible(), _OPEN)
_BY_NAME = (person.c.given_name, person.c.family_name, group_place.c.id)
_PARTICIPANTS = compile_query(
    _SEEN.where(group_place.c.group_id == bindparam("group"), held).order_by(*_BY_NAME)
)
_LINE = compile_query(
    _SEEN.where(
        group_place.c.group_id == bindparam("group"),
        group_place.c.state == "waiting",
        assignment.c.state != "ended",
    ).order_by(group_place.c.created_at, group_place.c.id)
)
_ONE = compile_query(_SEEN.where(group_place.c.id == bindparam("place")))
_SOON = compile_query(
    _SEEN.where(
        held,
        group_place.c.stays.is_(False),
        grant_last_day >= bindparam("first", type_=Date()),
        grant_last_day <= bindparam("last", type_=Date()),
    )
    .order_by(grant_last_day, group_place.c.id)
    .limit(50)
)
_ANSWERS = compile_query(
    _SEEN.where(held, group_place.c.state == "trial", group_place.c.trial_to < bindparam("day", type_=Date()))
    .order_by(group_place.c.trial_to, group_place.c.id)
    .limit(50)
)
_WAITING = compile_query(
    _SEEN.where(group_place.c.state == "waiting", assignment.c.state != "ended")
    .order_by(group_place.c.group_id, group_place.c.created_at, group_place.c.id)
    .limit(200)
)


def _participant(row: Any) -> Participant:
    return Participant(
        row["id"], row["group_id"], row["name"], row["assignment_id"], row["person_id"], row["case_id"],
        f"{row['given_name']} {row['family_name']}", age_on(row["birth_date"], today()), row["protection"] != "none",
        row["valid_from"], row["state"], row["trial_to"], row["trial_answer"], row["offered_on"], row["needs"],
        row["emergency"], row["with_contact"], row["stays"], row["cross_yes_on"], row["cross_yes_by"], row["version"],
        row["last_day"],
    )  # fmt: skip


async def participants(uow: UnitOfWork, group_id: UUID) -> Sequence[Participant]:
    """Members and those on trial, by name. The caller writes the access log."""
    return [_participant(row) for row in await uow.rows(_PARTICIPANTS, **reader_values(uow), group=group_id)]


async def waiting_line(uow: UnitOfWork, group_id: UUID) -> Sequence[Participant]:
    """Those in line for a place, who has waited longest first. The caller writes the access log."""
    return [_participant(row) for row in await uow.rows(_LINE, **reader_values(uow), group=group_id)]


async def place_card(uow: UnitOfWork, group_id: UUID, place_id: UUID) -> Participant:
    """One open place. Raises NotFound for one of another group, or whose case is not the reader's to see."""
    row = await uow.row(_ONE, **reader_values(uow), place=place_id)
    if row is None or row["group_id"] != group_id:
        raise NotFound
    return _participant(row)


async def ending_soon(uow: UnitOfWork) -> Sequence[Participant]:
    """Places that end within WARNED_BEFORE since the decision does, the first to end first."""
    day = today()
    rows = await uow.rows(_SOON, **reader_values(uow), first=day, last=day + WARNED_BEFORE)
    return [_participant(row) for row in rows]


async def to_answer(uow: UnitOfWork) -> Sequence[Participant]:
    """Those whose trial visits are over, and who have not been asked whether they go on."""
    return [_participant(row) for row in await uow.rows(_ANSWERS, **reader_values(uow), day=today())]


async def all_waiting(uow: UnitOfWork) -> dict[UUID, list[Participant]]:
    """By group: those in line, who has waited longest first."""
    found: dict[UUID, list[Participant]] = {}
    for row in await uow.rows(_WAITING, **reader_values(uow)):
        found.setdefault(row["group_id"], []).append(_participant(row))
    return found
