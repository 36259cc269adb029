"""The service user, a parent or a guardian says that hours are not right: they go back to the contact with the words (B8)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from uuid import UUID

from sammen.clock import now, today
from sammen.db.unit_of_work import UnitOfWork
from sammen.errors import Invalid
from sammen.i18n_mark import N_
from tenants.assignments.api import assignment_card
from tenants.contacts.api import contact_card
from tenants.messages.api import notify_person
from tenants.timesheets.attested import held_unattested
from tenants.timesheets.service import log_line


async def dispute_lines(
    uow: UnitOfWork, line_ids: Sequence[UUID], words: str, *, seen: Mapping[str, str]
) -> int:
    """Send hours that are not right back to the contact, in the words of who should have attested; returns how many.

    The caller has checked whose they are. `seen` is id → version, as text. Raises Invalid without a line or words,
    NotFound for an unknown line, Conflict for one that is changed, attested or decided meanwhile.
    """
    if not words.strip():
        raise Invalid.one("ord", N_("Skriv hva som ikke stemmer. Støttekontakten får lese det."))
    lines = await held_unattested(uow, line_ids, seen)
    persons = {one.assignment_id: (await assignment_card(uow, one.assignment_id)).person_id for one in lines}
    for one in lines:
        one.state, one.return_reason = "returned", words.strip()
        one.decided_at, one.decided_by = now(), uow.context.user_id
        one.version += 1
    await uow.session.flush()
    for one in lines:
        await log_line(uow, one, persons[one.assignment_id], "hours.disputed")
    for contact_id in {one.contact_id for one in lines}:
        told = (await contact_card(uow, contact_id)).person_id
        await notify_person(uow, told, "returned", once=f"hours.returned:{contact_id}:{today()}")
    return len(lines)
