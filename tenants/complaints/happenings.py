"""What happens around a complaint: the day word of the decision came, an interim reply, a withdrawal, and what
Statsforvalteren decided (A9).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sammen.clock import today
from sammen.db.unit_of_work import UnitOfWork
from sammen.errors import Conflict, Invalid
from sammen.i18n_mark import N_
from sammen.norwegian import format_date
from tenants.complaints.queries import notice_of
from tenants.complaints.rules import TREATED, due_on, given_on, is_late
from tenants.complaints.service import DONE, follow_up, held_complaint, keep
from tenants.decisions.api import decision_card


@dataclass(frozen=True, slots=True)
class AppealFacts:
    """What Statsforvalteren decided, when, and in a few words why."""

    result: str
    decided_on: date
    note: str


async def set_reached(uow: UnitOfWork, complaint_id: UUID, reached_on: date, *, version: int) -> bool:
    """Write the day word of the decision came; the deadline is counted again. Returns whether the complaint is late."""
    card, row, case = await held_complaint(uow, complaint_id, version=version)
    if row.state not in ("received", "proposed"):
        raise Conflict(DONE)
    if reached_on > row.received_on:
        raise Invalid.one("framme", N_("Vedtaket må ha kommet fram før klagen kom."))
    if reached_on < card.decided_on:
        raise Invalid.one(
            "framme", N_("Datoen er før vedtaket ble fattet %(day)s."), day=format_date(card.decided_on)
        )
    notice = await notice_of(uow, await decision_card(uow, card.decision_id), reached_on)
    row.reached_on, row.reached_by_post = reached_on, False
    row.weeks, row.deadline_on = notice.weeks, notice.deadline_on
    row.late = is_late(
        given_on(row.received_on, row.posted_on, by_letter=row.channel == "letter"), notice.deadline_on
    )
    if not row.late:
        row.late_ground, row.late_reason = "", ""
    elif row.answer in TREATED and not row.late_ground:
        row.answer, row.state = "", "received"
    await keep(uow, row, case, "complaint.deadline", reached_on=reached_on, late=row.late)
    return row.late


async def note_interim(
    uow: UnitOfWork, complaint_id: UUID, reason: str, expected_on: date, *, version: int
) -> None:
    """An interim reply (fvl. § 11 a): why it takes longer, and the day the answer is promised for, which then binds."""
    _, row, case = await held_complaint(uow, complaint_id, version=version)
    if row.state not in ("received", "proposed"):
        raise Conflict(DONE)
    if not reason.strip():
        raise Invalid.one("grunn", N_("Skriv hvorfor svaret tar lengre tid."))
    if expected_on <= today():
        raise Invalid.one("svar_innen", N_("Skriv en dag som kommer."))
    row.interim_on, row.interim_reason, row.expected_on = today(), reason.strip(), expected_on
    row.due_on = due_on(
        state=row.state, answer_by=row.answer_by, interim_by=row.interim_by, expected_on=expected_on
    )
    await keep(uow, row, case, "complaint.interim", expected_on=expected_on)


async def withdraw_complaint(
    uow: UnitOfWork, complaint_id: UUID, on: date, note: str, *, version: int
) -> None:
    """The complainant has taken it back: closed, also when it is at Statsforvalteren."""
    _, row, case = await held_complaint(uow, complaint_id, version=version)
    if row.state == "closed":
        raise Conflict(DONE)
    if on > today():
        raise Invalid.one("dato", N_("Datoen er i framtida."))
    if on < row.received_on:
        raise Invalid.one("dato", N_("Datoen er før klagen kom."))
    row.state, row.withdrawn_on, row.withdrawn_note, row.closed_on = "closed", on, note, on
    row.due_on = None
    await keep(uow, row, case, "complaint.withdrawn")


async def record_appeal(uow: UnitOfWork, complaint_id: UUID, facts: AppealFacts, *, version: int) -> None:
    """What Statsforvalteren decided. Changed or annulled: the municipality decides anew, at once begun (fvl. § 34)."""
    card, row, case = await held_complaint(uow, complaint_id, version=version)
    if row.state != "appealed" or row.appealed_on is None:
        raise Conflict(N_("Klagen er ikke hos Statsforvalteren."))
    if facts.decided_on > today():
        raise Invalid.one("dato", N_("Datoen er i framtida."))
    if facts.decided_on < row.appealed_on:
        raise Invalid.one("dato", N_("Datoen er før klagen ble sendt til Statsforvalteren."))
    row.state, row.closed_on = "closed", today()
    row.appeal_result, row.appeal_decided_on, row.appeal_note = facts.result, facts.decided_on, facts.note
    await keep(uow, row, case, "complaint.appeal_decided", result=facts.result)
    if facts.result in ("changed", "annulled"):
        await follow_up(uow, card, row, case)
