"""The first meeting, a trial before it if they wish, and the day the assignment begins (B2, B4).

Every function takes a unit of work, checks its object rules, writes, and appends to the trail in the same transaction.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, time
from uuid import UUID

from sqlalchemy import any_, bindparam, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.dialects.postgresql import UUID as PG_UUID

from sammen.audit.trail import record_change
from sammen.clock import today
from sammen.db.raw import compile_query
from sammen.db.unit_of_work import UnitOfWork
from sammen.errors import Conflict, Invalid, NotFound
from sammen.i18n_mark import N_
from sammen.ids import uuid7
from tenants.assignments.hooks import tell_agreed, tell_start
from tenants.assignments.models import Assignment, FirstMeeting, ServiceOrder
from tenants.assignments.readiness import NOT_BEFORE, lacks_before_meeting, require_ready
from tenants.assignments.service import check_start, granted_of, held_order
from tenants.assignments.stand_ins import end_bridges
from tenants.decisions.api import service_started
from tenants.people.api import person_card

first_meeting = FirstMeeting.__table__
KINDS = {"first": N_("Første møte"), "trial": N_("Prøvemøte")}
MISSED_BY = {"user": N_("Brukeren kom ikke"), "contact": N_("Støttekontakten kom ikke")}
STATES = {
    "agreed": N_("Avtalt"),
    "held": N_("Holdt"),
    "missed": N_("Ikke noe av"),
    "cancelled": N_("Avlyst"),
}
OUTCOMES = {"held": N_("De møttes"), **MISSED_BY, "cancelled": N_("Møtet ble avlyst")}
"""What may have come of an agreed meeting, as one chooses it."""
OVER = N_("Oppdraget er avsluttet.")


@dataclass(frozen=True, slots=True)
class MeetingFacts:
    """What is agreed: a trial or the first meeting, day, time, place in words, and who takes part."""

    kind: str
    on_day: date
    at: time | None
    place: str
    takes_part: str


@dataclass(frozen=True, slots=True)
class MeetingCard:
    id: UUID
    assignment_id: UUID
    kind: str
    on_day: date
    at: time | None
    place: str
    takes_part: str
    state: str
    missed_by: str
    note: str


_MEETINGS = compile_query(
    select(*(first_meeting.c[name] for name in MeetingCard.__dataclass_fields__))
    .where(
        first_meeting.c.tenant_id == bindparam("tenant"),
        first_meeting.c.assignment_id == any_(bindparam("assignments", type_=ARRAY(PG_UUID(as_uuid=True)))),
    )
    .order_by(first_meeting.c.on_day, first_meeting.c.id)
)


async def meetings_of(uow: UnitOfWork, assignment_ids: Sequence[UUID]) -> list[MeetingCard]:
    """First and trial meetings of assignments the caller may show, by day."""
    rows = await uow.rows(_MEETINGS, tenant=uow.context.tenant, assignments=list(assignment_ids))
    return [MeetingCard(**dict(row)) for row in rows]


async def held_assignment(uow: UnitOfWork, assignment_id: UUID) -> tuple[ServiceOrder, Assignment]:
    """(order, assignment) for changing, of a case the reader may see, held in this order. Raises NotFound."""
    tenant = uow.context.tenant
    order_id = await uow.session.scalar(
        select(Assignment.order_id).where(Assignment.tenant_id == tenant, Assignment.id == assignment_id)
    )
    if order_id is None:
        raise NotFound
    order = await held_order(uow, order_id)
    row = await uow.session.get(
        Assignment, (tenant, assignment_id), with_for_update=True, populate_existing=True
    )
    if row is None:
        raise NotFound
    return order, row


async def running_assignment(uow: UnitOfWork, assignment_id: UUID) -> Assignment:
    """As `held_assignment`, for one that is not over. Raises Conflict when it is."""
    _, row = await held_assignment(uow, assignment_id)
    if row.state == "ended":
        raise Conflict(OVER)
    return row


async def agree_meeting(uow: UnitOfWork, assignment_id: UUID, facts: MeetingFacts) -> UUID:
    """Agree on a first or trial meeting; an agreed one that has not been is moved, not doubled.

    Raises Invalid when vetting is missing (B2), on a place for somebody with a protected address, or a day past.
    """
    row = await running_assignment(uow, assignment_id)
    if row.starts_on is not None and row.starts_on < today():
        raise Conflict(N_("Oppdraget er i gang. De har møttes."))
    lacks = await lacks_before_meeting(uow, row.contact_id)
    if lacks:
        raise Invalid.one("mote_dag", NOT_BEFORE[lacks[0]])
    if facts.on_day < today():
        raise Invalid.one("mote_dag", N_("Dagen er passert. Velg en dag fra i dag av."))
    person = await person_card(uow, row.person_id)
    if facts.place and person.protection != "none":
        raise Invalid.one("mote_sted", N_("Adressen er sperret. Si hvor dere møtes, og la feltet stå tomt."))
    meeting = await uow.session.scalar(
        select(FirstMeeting)
        .where(
            FirstMeeting.tenant_id == row.tenant_id,
            FirstMeeting.assignment_id == row.id,
            FirstMeeting.state == "agreed",
        )
        .limit(1)
    )
    if meeting is None:
        meeting = FirstMeeting(tenant_id=row.tenant_id, id=uuid7(), assignment_id=row.id, on_day=facts.on_day)
        uow.session.add(meeting)
    meeting.kind, meeting.on_day, meeting.at = facts.kind, facts.on_day, facts.at
    meeting.place, meeting.takes_part = facts.place, facts.takes_part
    await uow.session.flush()
    await record_change(
        uow, "meeting.agreed", "assignment", row.id, persons=[row.person_id], on_day=facts.on_day, kind=facts.kind
    )  # fmt: skip
    await tell_agreed(uow, row.contact_id, meeting.id)
    return meeting.id


async def settle_meeting(
    uow: UnitOfWork, assignment_id: UUID, meeting_id: UUID, outcome: str, note: str
) -> None:
    """Note what came of an agreed meeting: a code of OUTCOMES. Raises Invalid, Conflict when it was noted already."""
    row = await running_assignment(uow, assignment_id)
    meeting = await uow.session.get(FirstMeeting, (row.tenant_id, meeting_id), with_for_update=True)
    if meeting is None or meeting.assignment_id != row.id:
        raise NotFound
    if outcome not in OUTCOMES:
        raise Invalid.one("utfall", N_("Velg hvordan det gikk."))
    if meeting.state != "agreed":
        raise Conflict(N_("Det er allerede notert hvordan det gikk."))
    if outcome != "cancelled" and meeting.on_day > today():
        raise Invalid.one("utfall", N_("Møtet har ikke vært ennå. Du kan bare avlyse det."))
    meeting.state = "missed" if outcome in MISSED_BY else outcome
    meeting.missed_by = outcome if outcome in MISSED_BY else ""
    meeting.note = note
    meeting.version += 1
    await uow.session.flush()
    await record_change(
        uow, "meeting.settled", "assignment", row.id, persons=[row.person_id], outcome=outcome, on_day=meeting.on_day
    )  # fmt: skip


async def agree_start(uow: UnitOfWork, assignment_id: UUID, starts_on: date) -> None:
    """The day the assignment begins; it runs from that day by itself. It may be moved until it has come.

    Raises Invalid outside the grant's period, when vetting or guidance is missing (B2, B4), or when the first meeting
    waits; Conflict when the assignment is under way.
    """
    order, row = await held_assignment(uow, assignment_id)
    if row.state != "planned":
        raise Conflict(OVER if row.state == "ended" else N_("Oppdraget er allerede i gang."))
    check_start(starts_on, await granted_of(uow, order.grant_id))
    await require_ready(uow, row.contact_id, starts_on, field="start", form=row.form)
    if any(one.state == "agreed" and one.on_day > starts_on for one in await meetings_of(uow, [row.id])):
        raise Invalid.one("start", N_("De møtes første gang etter denne dagen. Velg en senere dag."))
    row.starts_on = starts_on
    await end_bridges(uow, order.id, starts_on)
    row.state = "running" if starts_on <= today() else "planned"
    row.version += 1
    await uow.session.flush()
    if row.state == "running":
        await service_started(uow, row.case_id)
    await record_change(
        uow, "assignment.start_agreed", "assignment", row.id, persons=[row.person_id], starts_on=starts_on
    )
    await tell_start(uow, row.id, row.proposal_id)
