"""The life of an hour: saved by the contact, sent, approved by the coordinator, or returned with a reason (B8).

Every function takes a unit of work, checks its object rules, writes, and appends to the trail in the same transaction.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, time
from decimal import Decimal
from uuid import UUID

from sqlalchemy import select

from sammen.audit.trail import record_change
from sammen.clock import now, today
from sammen.db.unit_of_work import UnitOfWork
from sammen.errors import Conflict, Forbidden, Invalid, NotFound
from sammen.i18n_mark import N_
from sammen.ids import uuid7
from sammen.norwegian import format_date
from tenants.assignments.api import OwnAssignment, assignment_card, own_assignment
from tenants.contacts.api import own_contact
from tenants.timesheets.models import TimesheetLine
from tenants.timesheets.queries import may_see_lines
from tenants.timesheets.rules import hours_between, overlaps

EDITABLE = ("saved", "returned")
CHANGED = N_("Noen av timene er rettet siden du åpnet siden. Last siden på nytt og se på dem igjen.")
DONE = N_("Noen av timene er allerede behandlet. Last siden på nytt.")
NOT_EDITABLE = N_("Timene er sendt og kan ikke endres nå.")
STALE = N_("Timene er endret imens, kanskje i et annet vindu. Det du skrev, er ikke lagret.")


@dataclass(frozen=True, slots=True)
class LineFacts:
    """One meeting: a day, from and to on that day, what was done, and what it cost the contact in kroner and km."""

    worked_on: date
    starts: time
    ends: time
    activity: str
    expenses: Decimal = Decimal(0)
    kilometres: Decimal = Decimal(0)


async def register_line(uow: UnitOfWork, assignment_id: UUID, facts: LineFacts, *, send: bool) -> UUID:
    """Keep hours on one's own assignment, for later or sent at once.

    Raises NotFound for an assignment that is not one's own, Invalid for times that cannot be: a day ahead or outside
    the assignment, an end before the start, or time that overlaps with hours one has registered already.
    """
    contact_id, own = await own_assignment(uow, assignment_id)
    await _alone(uow, contact_id)
    hours = await _checked(uow, contact_id, own, facts, except_line=None)
    line = TimesheetLine(
        tenant_id=uow.context.tenant, id=uuid7(), assignment_id=assignment_id, contact_id=contact_id, hours=hours,
        **_columns(facts), **_sent(send),
    )  # fmt: skip
    uow.session.add(line)
    await uow.session.flush()
    await _log(uow, line, own.person_id, "hours.sent" if send else "hours.saved")
    return line.id


async def change_line(
    uow: UnitOfWork, assignment_id: UUID, line_id: UUID, facts: LineFacts, *, send: bool, version: int
) -> None:
    """Correct one's own saved or returned hours. Raises as `register_line`, and Conflict when they are sent or stale."""
    contact_id, own, line = await _own_line(uow, assignment_id, line_id)
    if line.version != version:
        raise Conflict(STALE)
    hours = await _checked(uow, contact_id, own, facts, except_line=line_id)
    for name, value in {**_columns(facts), **_sent(send)}.items():
        setattr(line, name, value)
    line.hours = hours
    line.version += 1
    await uow.session.flush()
    await _log(uow, line, own.person_id, "hours.sent" if send else "hours.saved")


async def send_line(uow: UnitOfWork, assignment_id: UUID, line_id: UUID) -> None:
    """Send one's own saved hours as they are. Raises Conflict when they are sent already."""
    _, own, line = await _own_line(uow, assignment_id, line_id)
    line.state, line.sent_at = "sent", now()
    line.version += 1
    await uow.session.flush()
    await _log(uow, line, own.person_id, "hours.sent")


async def drop_line(uow: UnitOfWork, assignment_id: UUID, line_id: UUID) -> None:
    """Remove one's own hours that are not sent. Raises Conflict when they are."""
    _, own, line = await _own_line(uow, assignment_id, line_id)
    await _log(uow, line, own.person_id, "hours.dropped")
    await uow.session.delete(line)
    await uow.session.flush()


async def approve_lines(
    uow: UnitOfWork, line_ids: Sequence[UUID], *, seen: Mapping[str, str] | None = None
) -> int:
    """Approve sent hours, all or none; returns how many. `seen` is id → version as a page showed them.

    Raises Invalid when none is chosen, NotFound for hours in a case one may not see, Forbidden for one's own hours,
    Conflict when somebody has approved or returned any of them already, or they are not as they were seen.
    """
    lines = await _sent_lines(uow, line_ids, seen)
    for line in lines:
        line.state, line.return_reason = "approved", ""
    await _decided(uow, lines, "hours.approved")
    return len(lines)


async def return_lines(
    uow: UnitOfWork, line_ids: Sequence[UUID], reason: str, *, seen: Mapping[str, str] | None = None
) -> int:
    """Send hours back to the contact with the reason in words; returns how many. Raises as `approve_lines`."""
    if not reason.strip():
        raise Invalid.one("grunn", N_("Skriv hva som må rettes. Støttekontakten får lese det."))
    lines = await _sent_lines(uow, line_ids, seen)
    for line in lines:
        line.state, line.return_reason = "returned", reason.strip()
    await _decided(uow, lines, "hours.returned")
    return len(lines)


# The contact's own ----------------------------------------------------------------------------------------------------
def _columns(facts: LineFacts) -> dict[str, object]:
    return {
        "worked_on": facts.worked_on, "starts": facts.starts, "ends": facts.ends, "activity": facts.activity,
        "expenses": facts.expenses, "kilometres": facts.kilometres,
    }  # fmt: skip


def _sent(send: bool) -> dict[str, object]:
    return {"state": "sent", "sent_at": now()} if send else {"state": "saved"}


async def _alone(uow: UnitOfWork, contact_id: UUID) -> None:
    """One change at a time for a contact: two windows must not each find the hour free."""
    await uow.call("SELECT pg_advisory_xact_lock(hashtextextended('hours.' || $1::text, 0))", str(contact_id))


async def _own_line(
    uow: UnitOfWork, assignment_id: UUID, line_id: UUID
) -> tuple[UUID, OwnAssignment, TimesheetLine]:
    contact_id, own = await own_assignment(uow, assignment_id)
    await _alone(uow, contact_id)
    line = await uow.session.get(
        TimesheetLine, (uow.context.tenant, line_id), with_for_update=True, populate_existing=True
    )
    if line is None or line.assignment_id != assignment_id or line.contact_id != contact_id:
        raise NotFound
    if line.state not in EDITABLE:
        raise Conflict(NOT_EDITABLE)
    return contact_id, own, line


async def _checked(
    uow: UnitOfWork, contact_id: UUID, own: OwnAssignment, facts: LineFacts, *, except_line: UUID | None
) -> Decimal:
    """The hours, if the time can be: raises Invalid for the field to mend."""
    if facts.worked_on > today():
        raise Invalid.one("dato", N_("Dagen er ikke kommet ennå. Før timene etterpå."))
    if own.starts_on is None or facts.worked_on < own.starts_on:
        started = format_date(own.starts_on) if own.starts_on else "–"
        raise Invalid.one("dato", N_("Oppdraget begynte %(day)s. Velg en dag fra da av."), day=started)
    if own.last_day is not None and facts.worked_on > own.last_day:
        last = format_date(own.last_day)
        raise Invalid.one(
            "dato", N_("Oppdraget eller vedtaket var over etter %(day)s. Velg en tidligere dag."), day=last
        )
    hours = hours_between(facts.starts, facts.ends)
    if hours is None:
        raise Invalid.one(
            "til", N_("Slutt må være etter start. Går det over midnatt, fører du det som to dager.")
        )
    for other in await uow.session.scalars(
        select(TimesheetLine).where(
            TimesheetLine.tenant_id == uow.context.tenant,
            TimesheetLine.contact_id == contact_id,
            TimesheetLine.worked_on == facts.worked_on,
        )
    ):
        if other.id == except_line or other.starts is None or other.ends is None:
            continue
        if overlaps(facts.starts, facts.ends, other.starts, other.ends):
            taken = f"{other.starts:%H:%M}–{other.ends:%H:%M}"
            raise Invalid.one(
                "fra",
                N_("Du har allerede ført %(taken)s denne dagen. Tidene kan ikke overlappe."),
                taken=taken,
            )
    return hours


async def _log(uow: UnitOfWork, line: TimesheetLine, person_id: UUID, action: str) -> None:
    await record_change(
        uow,
        action,
        "timesheet_line",
        line.id,
        persons=[person_id],
        hours=str(line.hours),
        worked_on=line.worked_on,
    )


# The coordinator's ----------------------------------------------------------------------------------------------------
async def _sent_lines(
    uow: UnitOfWork, line_ids: Sequence[UUID], seen: Mapping[str, str] | None
) -> list[TimesheetLine]:
    """The chosen lines for deciding, locked in one order so that two who decide at once do not block each other."""
    chosen = sorted(set(line_ids))
    if not chosen:
        raise Invalid.one("linje", N_("Velg minst én føring."))
    tenant = uow.context.tenant
    if not await may_see_lines(uow, chosen):
        raise NotFound
    lines = list(
        await uow.session.scalars(
            select(TimesheetLine)
            .where(TimesheetLine.tenant_id == tenant, TimesheetLine.id.in_(chosen))
            .order_by(TimesheetLine.id)
            .with_for_update()
            .execution_options(populate_existing=True)
        )
    )
    if len(lines) != len(chosen):
        raise NotFound
    if any(line.state != "sent" for line in lines):
        raise Conflict(DONE)
    if seen is not None and any(seen.get(str(line.id)) != str(line.version) for line in lines):
        # Returned by a colleague, changed and sent again meanwhile: another's eyes must see the new hours.
        raise Conflict(CHANGED)
    own = await own_contact(uow)
    if own is not None and any(line.contact_id == own for line in lines):
        raise Forbidden(N_("Du kan ikke godkjenne dine egne timer eller sende dem tilbake."))
    return lines


async def _decided(uow: UnitOfWork, lines: Sequence[TimesheetLine], action: str) -> None:
    at = now()
    persons: dict[UUID, UUID] = {}
    for line in lines:
        line.decided_at, line.decided_by = at, uow.context.user_id
        line.version += 1
        if line.assignment_id not in persons:
            persons[line.assignment_id] = (await assignment_card(uow, line.assignment_id)).person_id
    await uow.session.flush()
    for line in lines:
        await _log(uow, line, persons[line.assignment_id], action)
