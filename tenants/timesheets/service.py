"""The contact's own hours: saved, changed, sent for a period, corrected after approval (B8).

Every function takes a unit of work, checks its object rules, writes, and appends to the trail in the same transaction.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import select

from sammen.audit.trail import record_change
from sammen.clock import now, today
from sammen.db.unit_of_work import UnitOfWork
from sammen.errors import Conflict, Invalid, NotFound
from sammen.i18n_mark import N_
from sammen.ids import uuid7
from tenants.assignments.api import own_assignment
from tenants.provision.api import PayPeriod, provision_rules
from tenants.timesheets.checks import Bounds, LineFacts, alone, bounds_of, check_line
from tenants.timesheets.models import TimesheetLine
from tenants.timesheets.receipts import drop_receipts, put_receipts
from tenants.timesheets.rules import is_late

__all__ = [
    "LineFacts",
    "change_line",
    "drop_line",
    "log_line",
    "register_line",
    "send_line",
    "send_period",
    "sent",
    "typed",
]
EDITABLE = ("saved", "returned")
NOT_EDITABLE = N_("Timene er sendt og kan ikke endres nå.")
STALE = N_("Timene er endret imens, kanskje i et annet vindu. Det du skrev, er ikke lagret.")
NOTHING = N_("Det er ingen lagrede timer å sende i denne perioden.")


async def register_line(
    uow: UnitOfWork, assignment_id: UUID, facts: LineFacts, *, send: bool, key: str = ""
) -> UUID:
    """Keep hours on one's own assignment, for later or sent at once; returns the line's id.

    `key` is the form's own: hours that came before with the same key are kept once, and answered with the same id.
    Raises NotFound for an assignment that is not one's own, Invalid for times that cannot be: a day ahead or outside
    the assignment, an end before the start, or time that overlaps with hours one has registered already.
    """
    contact_id, _ = await own_assignment(uow, assignment_id)
    await alone(uow, contact_id)
    before = await _came_before(uow, contact_id, key)
    if before is not None:
        if (before.assignment_id, before.worked_on, before.starts, before.ends, before.activity) == (
            assignment_id, facts.worked_on, facts.starts, facts.ends, facts.activity,
        ):  # fmt: skip
            return before.id
        key = ""  # The form was filled in anew after it was kept: this is another meeting.
    bounds = await bounds_of(uow, assignment_id)
    hours = await check_line(uow, bounds, facts)
    line = TimesheetLine(
        tenant_id=uow.context.tenant, id=uuid7(), assignment_id=assignment_id, contact_id=contact_id, hours=hours,
        form_key=key[:80] or None, **typed(facts), **(await sent(uow, facts) if send else {"state": "saved"}),
    )  # fmt: skip
    uow.session.add(line)
    await uow.session.flush()
    line.expenses = facts.expenses + await put_receipts(uow, line, facts.claims)
    await uow.session.flush()
    await log_line(uow, line, bounds.person_id, "hours.sent" if send else "hours.saved")
    return line.id


async def _came_before(uow: UnitOfWork, contact_id: UUID, key: str) -> TimesheetLine | None:
    if not key:
        return None
    found: TimesheetLine | None = await uow.session.scalar(
        select(TimesheetLine).where(
            TimesheetLine.tenant_id == uow.context.tenant,
            TimesheetLine.contact_id == contact_id,
            TimesheetLine.form_key == key[:80],
        )
    )
    return found


async def change_line(
    uow: UnitOfWork, assignment_id: UUID, line_id: UUID, facts: LineFacts, *, send: bool, version: int,
    reason: str | None = None,
) -> None:  # fmt: skip
    """Change one's own saved or returned hours; `reason` is why, when the line is a correction.

    What somebody had attested, they have not attested any more. Raises as `register_line`, and Conflict when the hours
    are sent or stale.
    """
    bounds, line = await _own_line(uow, assignment_id, line_id)
    if line.version != version:
        raise Conflict(STALE)
    besides = {line_id, line.corrects_id} if line.corrects_id else {line_id}
    hours = await check_line(uow, bounds, facts, besides=besides)
    for name, value in {**typed(facts), **(await sent(uow, facts) if send else {"state": "saved"})}.items():
        setattr(line, name, value)
    if line.corrects_id is not None and reason is not None:
        if not reason.strip():
            raise Invalid.one("grunn", N_("Skriv hva som er rettet, og hvorfor."))
        line.correction_reason = reason.strip()
    line.hours = hours
    line.attested_at, line.attested_by, line.attested_how, line.attested_note = None, None, "", ""
    line.version += 1
    line.expenses = facts.expenses + await put_receipts(uow, line, facts.claims)
    await uow.session.flush()
    await log_line(uow, line, bounds.person_id, "hours.sent" if send else "hours.saved")


async def send_line(uow: UnitOfWork, assignment_id: UUID, line_id: UUID) -> None:
    """Send one's own saved hours as they are. Raises Conflict when they are sent already."""
    bounds, line = await _own_line(uow, assignment_id, line_id)
    await _send(uow, line)
    await log_line(uow, line, bounds.person_id, "hours.sent")


async def send_period(uow: UnitOfWork, assignment_id: UUID, period: PayPeriod) -> int:
    """Send all one's own saved hours of a pay period on the assignment; returns how many.

    Hours that were sent back stay until they are mended. Raises NotFound for an assignment that is not one's own, and
    Conflict when there is nothing to send, as when it was sent from another window.
    """
    contact_id, own = await own_assignment(uow, assignment_id)
    await alone(uow, contact_id)
    lines = list(
        await uow.session.scalars(
            select(TimesheetLine)
            .where(
                TimesheetLine.tenant_id == uow.context.tenant,
                TimesheetLine.assignment_id == assignment_id,
                TimesheetLine.contact_id == contact_id,
                TimesheetLine.state == "saved",
                TimesheetLine.worked_on.between(period.first, period.last),
            )
            .order_by(TimesheetLine.id)
            .with_for_update()
            .execution_options(populate_existing=True)
        )
    )
    if not lines:
        raise Conflict(NOTHING)
    for line in lines:
        await _send(uow, line)
        await log_line(uow, line, own.person_id, "hours.sent")
    return len(lines)


async def drop_line(uow: UnitOfWork, assignment_id: UUID, line_id: UUID) -> None:
    """Remove one's own hours that are not sent, with their receipts. Raises Conflict when they are."""
    bounds, line = await _own_line(uow, assignment_id, line_id)
    await log_line(uow, line, bounds.person_id, "hours.dropped")
    await drop_receipts(uow, line_id)
    await uow.session.delete(line)
    await uow.session.flush()


def typed(facts: LineFacts) -> dict[str, Any]:
    """The columns that are as typed."""
    meeting = facts.span
    return {
        "worked_on": facts.worked_on, "starts": facts.starts, "ends": facts.ends, "activity": facts.activity,
        "over_midnight": meeting is not None and meeting.over_midnight, "kilometres": facts.kilometres,
        "commute_kilometres": facts.commute_kilometres, "trips": facts.trips,
    }  # fmt: skip


async def sent(uow: UnitOfWork, facts: LineFacts) -> dict[str, Any]:
    """The columns of hours that are sent now. Late ones are taken, and marked (B8)."""
    late = is_late(facts.worked_on, today(), await provision_rules(uow, facts.worked_on))
    return {"state": "sent", "sent_at": now(), "late": late}


async def log_line(uow: UnitOfWork, line: TimesheetLine, person_id: UUID, action: str) -> None:
    """What was done with a line, in the trail of the service user it concerns."""
    await record_change(
        uow, action, "timesheet_line", line.id, persons=[person_id], hours=str(line.hours), worked_on=line.worked_on
    )  # fmt: skip


async def _send(uow: UnitOfWork, line: TimesheetLine) -> None:
    line.state, line.sent_at = "sent", now()
    line.late = is_late(line.worked_on, today(), await provision_rules(uow, line.worked_on))
    line.version += 1
    await uow.session.flush()


async def _own_line(uow: UnitOfWork, assignment_id: UUID, line_id: UUID) -> tuple[Bounds, TimesheetLine]:
    contact_id, _ = await own_assignment(uow, assignment_id)
    await alone(uow, contact_id)
    line = await uow.session.get(
        TimesheetLine, (uow.context.tenant, line_id), with_for_update=True, populate_existing=True
    )
    if line is None or line.assignment_id != assignment_id or line.contact_id != contact_id:
        raise NotFound
    if line.state not in EDITABLE:
        raise Conflict(NOT_EDITABLE)
    return await bounds_of(uow, assignment_id), line
