"""A contact leaves, with the last day and the reason, and may come back: a new spell beside the old one (B1, B12)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import bindparam, select

from sammen.audit.trail import record_change
from sammen.clock import today
from sammen.db.raw import compile_query
from sammen.db.unit_of_work import UnitOfWork
from sammen.errors import Conflict, Invalid
from sammen.i18n_mark import N_
from sammen.ids import uuid7
from tenants.contacts.engaging import end_agreements
from tenants.contacts.hooks import ask_before_leaving, tell_left
from tenants.contacts.models import ContactSpell, SupportContact
from tenants.contacts.moving import (
    contact_for_change,
    forget_vetting,
    move,
    note_step,
    vetting_for_change,
)
from tenants.contacts.references import forget_talks
from tenants.contacts.rules import NOT_RELEVANT, REASONS

contact_spell = ContactSpell.__table__
_SPELLS = compile_query(
    select(contact_spell.c.since, contact_spell.c.ended_on, contact_spell.c.end_reason, contact_spell.c.commits_months)
    .where(contact_spell.c.tenant_id == bindparam("tenant"), contact_spell.c.contact_id == bindparam("contact"))
    .order_by(contact_spell.c.ended_on, contact_spell.c.id)
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Spell:
    """A former time as a contact. `since` is None for who was never engaged."""

    since: date | None
    ended_on: date
    end_reason: str
    commits_months: int


async def spells_of(uow: UnitOfWork, contact_id: UUID) -> Sequence[Spell]:
    """The contact's former spells, oldest first. The one that runs, or ended last, is on the card."""
    rows = await uow.rows(_SPELLS, tenant=uow.context.tenant, contact=contact_id)
    return [Spell(**dict(row)) for row in rows]


async def leave(uow: UnitOfWork, contact_id: UUID, on: date, reason: str) -> None:
    """The contact stops, `on` being the last day. Agreements end with it; assignments must have ended before.

    Raises Invalid for an unknown reason (a code of rules.REASONS), a day in the future or before they began; Conflict
    when they have left, or something holds them (hooks.before_leaving).
    """
    if reason not in REASONS:
        raise Invalid.one("slutt_grunn", N_("Velg hvorfor støttekontakten slutter."))
    if on > today():
        raise Invalid.one("siste_dag", N_("Datoen er i framtida. Skriv den siste dagen når den er kommet."))
    contact = await contact_for_change(uow, contact_id)
    if contact.since is not None and on < contact.since:
        raise Invalid.one("siste_dag", N_("Siste dag er før støttekontakten begynte."))
    await _close(uow, contact, on, reason)


async def decline(uow: UnitOfWork, contact_id: UUID) -> None:
    """Somebody will not be a contact here; why is not kept. One way for all reasons, a politiattest that was not accepted
    too (B2), so that nothing tells them apart: "not relevant" for who was on the way in, the municipality's own ending for
    who had begun. Raises Conflict for who has left, or while assignments run.
    """
    contact = await contact_for_change(uow, contact_id)
    await _close(uow, contact, today(), NOT_RELEVANT if contact.since is None else "municipality")


async def _close(uow: UnitOfWork, contact: SupportContact, on: date, reason: str) -> None:
    """Write that a contact has left, and tell whoever listens. What was noted of vetting goes, for whatever reason."""
    if contact.state == "ended":
        raise Conflict(N_("Støttekontakten har sluttet."))
    await ask_before_leaving(uow, contact.id)
    await end_agreements(uow, contact.id, last_day=on)
    await forget_vetting(uow, contact.id)
    if contact.since is None:
        await forget_talks(uow, contact.id)
    contact.ended_on, contact.end_reason, contact.suspended_on = on, reason, None
    await move(uow, contact, "ended", on=on)
    await record_change(
        uow, "contact.left", "contact", contact.id, persons=[contact.person_id], ended_on=on, reason=reason
    )
    await tell_left(uow, contact.id)


async def come_back(uow: UnitOfWork, contact_id: UUID) -> None:
    """Somebody who left wants to be a contact again: the old spell is kept, and vetting begins anew, since they are
    offered to be one anew (helse- og omsorgstjenesteloven § 5-4). Raises Conflict for who has not left.
    """
    contact = await contact_for_change(uow, contact_id)
    if contact.state != "ended" or contact.ended_on is None:
        raise Conflict(N_("Støttekontakten har ikke sluttet."))
    uow.session.add(
        ContactSpell(
            tenant_id=contact.tenant_id, id=uuid7(), contact_id=contact_id, since=contact.since,
            ended_on=contact.ended_on, end_reason=contact.end_reason, commits_months=contact.commits_months,
        )
    )  # fmt: skip
    await vetting_for_change(uow, contact_id)
    contact.since = contact.ended_on = None
    contact.end_reason, contact.commits_months, contact.answered_on = "", 0, today()
    contact.state, contact.candidate_id = "vetting", None
    contact.version += 1
    await note_step(uow, contact, "ended")
    await record_change(uow, "contact.came_back", "contact", contact_id, persons=[contact.person_id])
