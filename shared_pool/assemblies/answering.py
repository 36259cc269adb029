"""Answers to invitations: by the contact, a colleague, or the office for who rang."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import ColumnElement, select

from sammen.audit.trail import record_change
from sammen.clock import now
from sammen.db.unit_of_work import UnitOfWork
from sammen.errors import Conflict, Invalid, NotFound
from sammen.i18n_mark import N_
from shared_pool.assemblies.inviting import TOO_LATE, invite_missed
from shared_pool.assemblies.models import AssemblyGuest, AssemblyMeeting
from shared_pool.assemblies.queries import guests_of, meeting_card
from shared_pool.assemblies.rules import ANSWERS
from shared_pool.assemblies.telling import tell_counts


async def _answer(uow: UnitOfWork, row: AssemblyGuest | None, answer: str, *, by_office: bool) -> None:
    if row is None:
        raise NotFound
    if answer not in ANSWERS:
        raise Invalid.one("svar", N_("Velg om du kommer eller ikke."))
    card = await meeting_card(uow, row.assembly_meeting_id)
    if card.begun or not card.on:
        raise Conflict(TOO_LATE)
    row.answer, row.answered_at, row.by_office = answer, now(), by_office
    row.version += 1
    await uow.session.flush()
    await tell_counts(uow, card.id)
    persons: list[UUID] = []
    if row.contact_id is not None:
        persons = [
            one.person_id for one in await guests_of(uow, card.id) if one.id == row.id and one.person_id
        ]
        if answer == "no":
            await invite_missed(uow, card.id)
    await record_change(
        uow, "assembly.answered", "assembly_meeting", card.id, persons=persons, answer=answer, by_office=by_office
    )  # fmt: skip


async def _guest(uow: UnitOfWork, *which: ColumnElement[bool]) -> AssemblyGuest | None:
    found: AssemblyGuest | None = await uow.session.scalar(
        select(AssemblyGuest)
        .where(AssemblyGuest.tenant_id == uow.context.tenant, *which)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return found


async def _lock(uow: UnitOfWork, meeting_id: UUID) -> None:
    """Hold the meeting while an answer is kept, so that what is counted is what stands."""
    await uow.session.execute(
        select(AssemblyMeeting.id)
        .where(AssemblyMeeting.tenant_id == uow.context.tenant, AssemblyMeeting.id == meeting_id)
        .with_for_update()
    )


async def answer_own(uow: UnitOfWork, meeting_id: UUID, contact_id: UUID, answer: str) -> None:
    """A contact says whether they come. Raises NotFound when not invited, Conflict when it is too late, Invalid."""
    await _lock(uow, meeting_id)
    row = await _guest(
        uow, AssemblyGuest.assembly_meeting_id == meeting_id, AssemblyGuest.contact_id == contact_id
    )
    await _answer(uow, row, answer, by_office=False)


async def answer_colleague(uow: UnitOfWork, meeting_id: UUID, answer: str) -> None:
    """Somebody of the staff says whether they come. Raises as answer_own."""
    await _lock(uow, meeting_id)
    row = await _guest(
        uow, AssemblyGuest.assembly_meeting_id == meeting_id, AssemblyGuest.colleague == uow.context.user_id
    )
    await _answer(uow, row, answer, by_office=False)


async def answer_for(uow: UnitOfWork, guest_id: UUID, answer: str) -> UUID:
    """Note the answer of somebody who rang; the meeting's id. Raises as answer_own."""
    row = await _guest(uow, AssemblyGuest.id == guest_id)
    if row is None:
        raise NotFound
    await _lock(uow, row.assembly_meeting_id)
    await _answer(uow, row, answer, by_office=True)
    return row.assembly_meeting_id
