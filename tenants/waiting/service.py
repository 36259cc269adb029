"""Noting that respite was applied for in a case (A12): when, and how it went. Those who allocate do it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sammen.audit.trail import record_change
from sammen.clock import today
from sammen.db.unit_of_work import UnitOfWork
from sammen.errors import Conflict, Invalid, NotFound
from sammen.i18n_mark import N_
from sammen.ids import uuid7
from tenants.cases.api import case_for_change
from tenants.waiting.models import RespiteApplication

OUTCOMES = {
    "pending": N_("Ikke avgjort"),
    "granted": N_("Innvilget"),
    "refused": N_("Avslått"),
    "withdrawn": N_("Trukket"),
}
STALE = N_("Noen andre har endret notatet imens. Det du skrev, er ikke lagret.")


@dataclass(frozen=True, slots=True)
class RespiteFacts:
    """When respite was applied for, a code of OUTCOMES, the day of the answer, and a note."""

    applied_on: date
    outcome: str
    answered_on: date | None
    note: str


def _check(facts: RespiteFacts) -> None:
    if facts.applied_on > today():
        raise Invalid.one("sokt", N_("Datoen er i framtida. Skriv dagen det ble søkt."))
    if facts.outcome in ("granted", "refused") and facts.answered_on is None:
        raise Invalid.one("svart", N_("Skriv dagen svaret kom."))
    if facts.answered_on is not None and facts.answered_on > today():
        raise Invalid.one("svart", N_("Datoen er i framtida. Skriv dagen svaret kom."))
    if facts.answered_on is not None and facts.answered_on < facts.applied_on:
        raise Invalid.one("svart", N_("Svaret kan ikke ha kommet før det ble søkt."))


async def note_respite(uow: UnitOfWork, case_id: UUID, facts: RespiteFacts) -> UUID:
    """Note an application for respite. Raises Invalid, NotFound for a case unseen, Forbidden for another purchaser's."""
    card, _ = await case_for_change(uow, case_id)
    _check(facts)
    row = RespiteApplication(
        tenant_id=uow.context.tenant, id=uuid7(), case_id=card.id, noted_by_name=uow.context.user_name,
    )  # fmt: skip
    _write(row, facts)
    uow.session.add(row)
    await uow.session.flush()
    await _record(uow, "respite.noted", card.id, card.person_id, facts)
    return row.id


async def change_respite(
    uow: UnitOfWork, case_id: UUID, respite_id: UUID, facts: RespiteFacts, *, version: int
) -> None:
    """Change a note. Raises Conflict with both texts when somebody changed it since `version`, and as note_respite."""
    card, _ = await case_for_change(uow, case_id)
    row = await _held(uow, case_id, respite_id)
    if row.version != version:
        raise Conflict(STALE, theirs={N_("Notat"): row.note}, yours={N_("Notat"): facts.note})
    _check(facts)
    _write(row, facts)
    row.version += 1
    await uow.session.flush()
    await _record(uow, "respite.changed", card.id, card.person_id, facts)


async def remove_respite(uow: UnitOfWork, case_id: UUID, respite_id: UUID) -> None:
    """Take away a note that was put on the wrong case. The trail keeps that it was there."""
    card, _ = await case_for_change(uow, case_id)
    row = await _held(uow, case_id, respite_id)
    await uow.session.delete(row)
    await uow.session.flush()
    await record_change(uow, "respite.removed", "case", card.id, persons=[card.person_id])


async def _held(uow: UnitOfWork, case_id: UUID, respite_id: UUID) -> RespiteApplication:
    row = await uow.session.get(RespiteApplication, (uow.context.tenant, respite_id), with_for_update=True)
    if row is None or row.case_id != case_id:
        raise NotFound
    return row


def _write(row: RespiteApplication, facts: RespiteFacts) -> None:
    row.applied_on, row.outcome = facts.applied_on, facts.outcome
    row.answered_on, row.note = facts.answered_on, facts.note


async def _record(uow: UnitOfWork, action: str, case_id: UUID, person_id: UUID, facts: RespiteFacts) -> None:
    await record_change(
        uow, action, "case", case_id, persons=[person_id], applied_on=facts.applied_on, outcome=facts.outcome
    )
