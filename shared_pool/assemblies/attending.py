"""Who came: a tick list afterwards, or a code on the board that each types on their own phone."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import select, update

from sammen.audit.trail import record_change
from sammen.clock import OSLO, now
from sammen.db.unit_of_work import UnitOfWork
from sammen.errors import Conflict, Invalid, NotFound
from sammen.i18n_mark import N_
from shared_pool.assemblies.inviting import invite_missed
from shared_pool.assemblies.models import AssemblyGuest
from shared_pool.assemblies.queries import GuestCard, MeetingCard, guests_of, meeting_card
from shared_pool.assemblies.rules import same_code
from shared_pool.assemblies.series import held_meeting
from shared_pool.assemblies.telling import tell_counts
from tenants.api import count_information_meeting

WRONG = N_("Koden stemmer ikke. Skriv de fem tegnene som står på tavla.")
TOO_MANY = N_("Du har prøvd for mange ganger. Si fra til den som holder møtet, så fører de deg opp.")
_TRY = "SELECT sammen.meeting_try($1) AS free"


async def note_attendance(uow: UnitOfWork, meeting_id: UUID, came: Collection[UUID], *, version: int) -> int:
    """Note who of one's own came, by guest; everybody else invited was away. It may be corrected. How many came.

    Those who were away are invited to the meeting that stands in for it, if there is one. An information meeting counts
    among those the municipality asks for, whoever held it (B5). Raises Invalid before it begins, Conflict when it was
    called off or somebody noted since `version`.
    """
    row = await held_meeting(uow, meeting_id)
    if row.state != "planned":
        raise Conflict(N_("Møtet er avlyst."))
    if row.starts_at > now():
        raise Invalid.one("kom", N_("Møtet har ikke begynt ennå."))
    if row.version != version:
        raise Conflict(N_("Noen andre har ført oppmøte imens. Last siden på nytt."))
    guests = await guests_of(uow, meeting_id)
    present = {one.id for one in guests} & set(came)
    await uow.session.execute(
        update(AssemblyGuest)
        .where(AssemblyGuest.tenant_id == row.tenant_id, AssemblyGuest.assembly_meeting_id == row.id)
        .values(came=AssemblyGuest.id.in_(present))
        .execution_options(synchronize_session=False)
    )
    row.noted_at = row.noted_at or now()
    row.version += 1
    await uow.session.flush()
    card = await meeting_card(uow, meeting_id)
    if card.kind == "information":
        await _count(uow, card, guests, present)
    await invite_missed(uow, meeting_id)
    await tell_counts(uow, meeting_id)
    persons = sorted({one.person_id for one in guests if one.person_id is not None})
    await record_change(
        uow, "assembly.attended", "assembly_meeting", meeting_id, persons=persons, came=len(present)
    )
    return len(present)


async def _count(
    uow: UnitOfWork, card: MeetingCard, guests: Collection[GuestCard], present: Collection[UUID]
) -> None:
    local = card.starts_at.astimezone(OSLO)
    contacts = {one.contact_id: one.id in present for one in guests if one.contact_id is not None}
    await count_information_meeting(
        uow, card.id, local.date(), local.time().replace(tzinfo=None), card.place or card.link, card.title,
        [one for one, was in contacts.items() if was], [one for one, was in contacts.items() if not was],
    )  # fmt: skip


async def check_in(uow: UnitOfWork, meeting_id: UUID, contact_id: UUID, code: str) -> bool:
    """A contact types what stands on the board: whether it was right. Again: nothing happens. A wrong one is kept as a try, so
    the caller answers it without undoing the transaction.

    Raises NotFound when not invited, Conflict while the door is closed, or after ten tries in an hour.
    """
    row = await uow.session.scalar(
        select(AssemblyGuest)
        .where(
            AssemblyGuest.tenant_id == uow.context.tenant,
            AssemblyGuest.assembly_meeting_id == meeting_id,
            AssemblyGuest.contact_id == contact_id,
        )
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if row is None:
        raise NotFound
    card = await meeting_card(uow, meeting_id)
    if not card.door_open:
        raise Conflict(N_("Du kan melde fra tidligst en halvtime før møtet begynner, og til to timer etter."))
    if row.came:
        return True
    if not (await uow.call(_TRY, row.id))[0]["free"]:
        raise Conflict(TOO_MANY)
    if not same_code(code, card.door_code):
        return False
    row.came, row.checked_in_at = True, now()
    row.version += 1
    await uow.session.flush()
    await tell_counts(uow, meeting_id)
    persons = [
        one.person_id for one in await guests_of(uow, meeting_id) if one.id == row.id and one.person_id
    ]
    await record_change(uow, "assembly.checked_in", "assembly_meeting", meeting_id, persons=persons)
    return True
