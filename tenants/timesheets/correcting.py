"""Corrections after approval: a new line beside the old one, which stays as it was and was perhaps paid (B9).

The new line goes the same way as any other, attested and approved; only then does it take the old one's place.
"""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import select

from sammen.clock import now
from sammen.db.unit_of_work import UnitOfWork
from sammen.errors import Conflict, Forbidden, Invalid, NotFound
from sammen.i18n_mark import N_
from sammen.ids import uuid7
from tenants.assignments.api import own_assignment
from tenants.contacts.api import contact_card, is_oneself
from tenants.messages.api import notify_person
from tenants.timesheets.checks import LineFacts, alone, bounds_of, check_line
from tenants.timesheets.deciding import OWN
from tenants.timesheets.listing import lines_by_id, may_see_lines
from tenants.timesheets.models import TimesheetLine
from tenants.timesheets.receipts import copy_receipts, put_receipts
from tenants.timesheets.service import log_line, typed

NOT_APPROVED = N_("Bare godkjente timer rettes på denne måten. Last siden på nytt.")
OPEN = N_("Det ligger allerede en retting av disse timene. Gjør den ferdig først.")
NOTHING_LEFT: dict[str, Any] = {
    "starts": None, "ends": None, "over_midnight": False, "kilometres": Decimal(0), "commute_kilometres": Decimal(0),
    "trips": 0,
}  # fmt: skip
"""The columns of a correction that says there was no meeting."""


async def correct_own_line(
    uow: UnitOfWork, assignment_id: UUID, line_id: UUID, facts: LineFacts | None, reason: str
) -> UUID:
    """A contact's correction of their own approved hours, sent at once; returns the new line's id.

    `facts` None: there was no meeting. Raises NotFound for hours that are not one's own, Invalid for no reason or times
    that cannot be, Conflict when the hours are not approved, replaced already, or have a correction that is not decided.
    """
    contact_id, _ = await own_assignment(uow, assignment_id)
    await alone(uow, contact_id)
    line = await _held(uow, line_id)
    if line.assignment_id != assignment_id or line.contact_id != contact_id:
        raise NotFound
    return await _correct(uow, line, facts, reason, entered_by=None)


async def correct_line(uow: UnitOfWork, line_id: UUID, facts: LineFacts | None, reason: str) -> UUID:
    """A coordinator's correction of approved hours, to be attested and approved as any others; the contact is told.

    Raises NotFound for hours in a case one may not see, Forbidden for one's own, and as `correct_own_line`.
    """
    if not await may_see_lines(uow, [line_id]):
        raise NotFound
    known = await lines_by_id(uow, [line_id])
    if not known:
        raise NotFound
    # The contact first, then the line, as when the contact writes: of two at once one waits, and none is broken off.
    await alone(uow, known[0].contact_id)
    line = await _held(uow, line_id)
    if await is_oneself(uow, line.contact_id):
        raise Forbidden(OWN)
    made = await _correct(uow, line, facts, reason, entered_by=uow.context.user_id)
    told = (await contact_card(uow, line.contact_id)).person_id
    await notify_person(uow, told, "corrected", once=f"hours.corrected:{made}")
    return made


async def _held(uow: UnitOfWork, line_id: UUID) -> TimesheetLine:
    line = await uow.session.get(
        TimesheetLine, (uow.context.tenant, line_id), with_for_update=True, populate_existing=True
    )
    if line is None:
        raise NotFound
    return line


async def _correct(
    uow: UnitOfWork, line: TimesheetLine, facts: LineFacts | None, reason: str, *, entered_by: UUID | None
) -> UUID:
    if line.state != "approved" or line.replaced_at is not None:
        raise Conflict(NOT_APPROVED)
    tenant = uow.context.tenant
    if await uow.session.scalar(
        select(TimesheetLine.id).where(
            TimesheetLine.tenant_id == tenant, TimesheetLine.corrects_id == line.id
        )
    ):
        raise Conflict(OPEN)
    if not reason.strip():
        raise Invalid.one("grunn", N_("Skriv hva som er rettet, og hvorfor."))
    bounds = await bounds_of(uow, line.assignment_id)
    hours = Decimal(0) if facts is None else await check_line(uow, bounds, facts, besides={line.id})
    columns = (
        {"worked_on": line.worked_on, "activity": line.activity, **NOTHING_LEFT}
        if facts is None
        else typed(facts)
    )
    made = TimesheetLine(
        tenant_id=tenant, id=uuid7(), assignment_id=line.assignment_id, contact_id=line.contact_id, hours=hours,
        corrects_id=line.id, correction_reason=reason.strip(), entered_by=entered_by, state="sent", sent_at=now(),
        late=line.late, **columns,
    )  # fmt: skip
    uow.session.add(made)
    await uow.session.flush()
    if facts is not None:
        copies = await copy_receipts(uow, line.id, made.id)
        # The form names the old line's papers; the new line has copies of them.
        claims = [
            replace(claim, kept=copies.get(claim.kept, claim.kept)) if claim.kept else claim
            for claim in facts.claims
        ]
        made.expenses = facts.expenses + await put_receipts(uow, made, claims)
        await uow.session.flush()
    await log_line(uow, made, bounds.person_id, "hours.corrected")
    return made.id
