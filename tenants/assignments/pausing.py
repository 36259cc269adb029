"""A time without meetings: agreed from a day to a day, open, or because the contact is suspended (B19).

An assignment is paused while a pause covers today; the night's job begins and ends pauses by itself. On such a day no
hours are due and none can be registered.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import and_, any_, bindparam, or_, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.dialects.postgresql import UUID as PG_UUID

from sammen.audit.trail import record_change
from sammen.clock import today
from sammen.db.raw import compile_query
from sammen.db.unit_of_work import UnitOfWork
from sammen.errors import Conflict, Invalid, NotFound
from sammen.i18n_mark import N_
from sammen.ids import uuid7
from sammen.norwegian import format_date
from tenants.assignments.meetings import running_assignment
from tenants.assignments.models import Assignment, AssignmentPause
from tenants.contacts.api import before_leaving, contact_card, on_lifted, on_suspended

pause = AssignmentPause.__table__
assignment = Assignment.__table__
DAY = timedelta(days=1)
REASONS = {
    "user_illness": N_("Brukeren er syk"),
    "contact_illness": N_("Støttekontakten er syk"),
    "hospital": N_("Brukeren er innlagt"),
    "holiday": N_("Ferie"),
    "user_wish": N_("Brukeren ønsker en pause"),
    "contact_wish": N_("Støttekontakten ønsker en pause"),
    "other": N_("Noe annet"),
}
"""What a person may choose."""
SUSPENDED = "suspended"
REASON_NAMES = {**REASONS, SUSPENDED: N_("Bestemt av kommunen")}
"""Every reason. That a contact is suspended is not told here: who reads concerns sees it there."""


@dataclass(frozen=True, slots=True)
class Pause:
    """First and last day, both included; `last_day` None while it is open."""

    id: UUID
    assignment_id: UUID
    first_day: date
    last_day: date | None
    reason: str
    note: str

    def covers(self, day: date) -> bool:
        return self.first_day <= day and (self.last_day is None or day <= self.last_day)

    @property
    def over(self) -> bool:
        return self.last_day is not None and self.last_day < today()


_PAUSES = compile_query(
    select(*(pause.c[name] for name in Pause.__dataclass_fields__))
    .where(
        pause.c.tenant_id == bindparam("tenant"),
        pause.c.assignment_id == any_(bindparam("assignments", type_=ARRAY(PG_UUID(as_uuid=True)))),
    )
    .order_by(pause.c.first_day, pause.c.id)
)
_COVERED = (
    select(pause.c.id)
    .where(
        pause.c.tenant_id == assignment.c.tenant_id,
        pause.c.assignment_id == assignment.c.id,
        pause.c.first_day <= bindparam("day"),
        or_(pause.c.last_day.is_(None), pause.c.last_day >= bindparam("day")),
    )
    .exists()
)
# Those whose state is another than their pauses say.
_TO_SETTLE = compile_query(
    select(assignment.c.id)
    .where(
        assignment.c.tenant_id == bindparam("tenant"),
        or_(and_(assignment.c.state == "running", _COVERED), and_(assignment.c.state == "paused", ~_COVERED)),
    )
    .order_by(assignment.c.id)
)
_OF_CONTACT = compile_query(
    select(assignment.c.id)
    .where(
        assignment.c.tenant_id == bindparam("tenant"),
        assignment.c.contact_id == bindparam("contact"),
        assignment.c.state != "ended",
    )
    .order_by(assignment.c.id)
)


async def pauses_of(uow: UnitOfWork, assignment_ids: Sequence[UUID]) -> list[Pause]:
    """The pauses of assignments the caller may show, earliest first."""
    rows = await uow.rows(_PAUSES, tenant=uow.context.tenant, assignments=list(assignment_ids))
    return [Pause(**dict(row)) for row in rows]


async def pause_on(uow: UnitOfWork, assignment_id: UUID, day: date) -> Pause | None:
    """The pause that covers a day, if any: then no hours are due, and none can be registered. Fit for jobs."""
    return next((one for one in await pauses_of(uow, [assignment_id]) if one.covers(day)), None)


async def pause_assignment(
    uow: UnitOfWork, assignment_id: UUID, first_day: date, last_day: date | None, reason: str, note: str = ""
) -> UUID:
    """Agree on a pause from a day to a day, both included, or until further notice (`last_day` None).

    Raises Invalid for a period that ends before it begins, is over already, or overlaps another; Conflict when the
    assignment is over.
    """
    row = await running_assignment(uow, assignment_id)
    if reason not in REASONS:
        raise Invalid.one("pause_grunn", N_("Velg hvorfor oppdraget har pause."))
    if last_day is not None and last_day < first_day:
        raise Invalid.one("pause_til", N_("Pausen slutter før den begynner. Rett en av dagene."))
    if last_day is not None and last_day < today():
        raise Invalid.one(
            "pause_til", N_("Pausen er over allerede. Velg en dag fra i dag av, eller la feltet stå tomt.")
        )
    for known in await pauses_of(uow, [row.id]):
        if (last_day is None or known.first_day <= last_day) and (
            known.last_day is None or known.last_day >= first_day
        ):
            until = format_date(known.last_day) if known.last_day else "…"
            raise Invalid.one(
                "pause_fra", N_("Det er allerede avtalt pause %(start)s–%(end)s."), start=format_date(known.first_day),
                end=until,
            )  # fmt: skip
    return await _pause(uow, row, first_day, last_day, reason, note)


async def _pause(
    uow: UnitOfWork, row: Assignment, first_day: date, last_day: date | None, reason: str, note: str
) -> UUID:
    made = AssignmentPause(
        tenant_id=row.tenant_id, id=uuid7(), assignment_id=row.id, first_day=first_day, last_day=last_day, reason=reason,
        note=note,
    )  # fmt: skip
    uow.session.add(made)
    await uow.session.flush()
    await _settle(uow, row)
    await record_change(
        uow, "assignment.paused", "assignment", row.id, persons=[row.person_id], first_day=first_day,
        last_day=last_day, reason=reason,
    )  # fmt: skip
    return made.id


async def resume_assignment(uow: UnitOfWork, assignment_id: UUID, pause_id: UUID) -> None:
    """End a pause by hand: from today the two meet again; one that has not begun is taken away.

    Raises Conflict when it is over, or when the contact is suspended, which only those who handle it may end.
    """
    row = await running_assignment(uow, assignment_id)
    found = await uow.session.get(AssignmentPause, (row.tenant_id, pause_id), with_for_update=True)
    if found is None or found.assignment_id != row.id:
        raise NotFound
    if found.reason == SUSPENDED:
        raise Conflict(N_("Pausen er bestemt av kommunen og kan ikke avsluttes her."))
    if found.last_day is not None and found.last_day < today():
        raise Conflict(N_("Pausen er allerede over."))
    await _end(uow, row, found)


async def _end(uow: UnitOfWork, row: Assignment, found: AssignmentPause) -> None:
    if found.first_day >= today():
        await uow.session.delete(found)
    else:
        found.last_day = today() - DAY
        found.version += 1
    await uow.session.flush()
    await _settle(uow, row)
    await record_change(uow, "assignment.resumed", "assignment", row.id, persons=[row.person_id])


async def _settle(uow: UnitOfWork, row: Assignment) -> None:
    """Bring the state in line with the pauses today. Planned and ended ones stay as they are."""
    if row.state in ("running", "paused"):
        row.state = "paused" if await pause_on(uow, row.id, today()) is not None else "running"
        row.version += 1
        await uow.session.flush()


async def settle_pauses(uow: UnitOfWork) -> int:
    """The night's work: pauses that have begun or are over; how many assignments changed."""
    due = await uow.rows(_TO_SETTLE, tenant=uow.context.tenant, day=today())
    for found in due:
        row = await uow.session.get(
            Assignment, (uow.context.tenant, found["id"]), with_for_update=True, populate_existing=True
        )
        if row is not None:
            await _settle(uow, row)
            action = "assignment.paused" if row.state == "paused" else "assignment.resumed"
            await record_change(uow, action, "assignment", row.id, persons=[row.person_id])
    return len(due)


# Suspension at once on suspicion (B19) --------------------------------------------------------------------------------
@on_suspended
async def pause_all(uow: UnitOfWork, contact_id: UUID) -> None:
    """Everything the contact does is paused from today, also with people the one who suspends may not see."""
    for row in await _of_contact(uow, contact_id):
        if all(one.reason != SUSPENDED or one.over for one in await pauses_of(uow, [row.id])):
            await _pause(uow, row, today(), None, SUSPENDED, "")


@on_lifted
async def resume_all(uow: UnitOfWork, contact_id: UUID) -> None:
    """The suspension is over: pauses it made end, others stay."""
    for row in await _of_contact(uow, contact_id):
        for one in await uow.session.scalars(
            select(AssignmentPause).where(
                AssignmentPause.tenant_id == row.tenant_id,
                AssignmentPause.assignment_id == row.id,
                AssignmentPause.reason == SUSPENDED,
                AssignmentPause.last_day.is_(None),
            )
        ):
            await _end(uow, row, one)


@before_leaving
async def nothing_runs(uow: UnitOfWork, contact_id: UUID) -> None:
    """Raise Conflict while the contact has assignments: each is to end with its reason, and its user told."""
    if await _of_contact(uow, contact_id):
        raise Conflict(N_("Avslutt oppdragene først, hvert med sin grunn."))


async def _of_contact(uow: UnitOfWork, contact_id: UUID) -> list[Assignment]:
    await contact_card(uow, contact_id)  # NotFound for another municipality's
    found = []
    for one in await uow.rows(_OF_CONTACT, tenant=uow.context.tenant, contact=contact_id):
        row = await uow.session.get(
            Assignment, (uow.context.tenant, one["id"]), with_for_update=True, populate_existing=True
        )
        if row is not None and row.state != "ended":
            found.append(row)
    return found
