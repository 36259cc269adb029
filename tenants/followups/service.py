"""Conversations with a contact and wishes for guidance: planned, held, answered (B4, B6).

Every function takes a unit of work, checks, writes, and appends to the trail in the same transaction.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, time, timedelta
from uuid import UUID

from sammen.audit.trail import record_change
from sammen.clock import now, today
from sammen.db.unit_of_work import UnitOfWork
from sammen.errors import Conflict, Forbidden, Invalid, NotFound, Shown
from sammen.i18n_mark import N_
from sammen.ids import uuid7
from tenants.contacts.api import ContactCard, add_competence, contact_card, is_oneself, note_word, own_contact
from tenants.followups.models import Conversation, GuidanceWish
from tenants.followups.rules import has_national_number
from tenants.messages.api import notify_person

KINDS = {"conversation": N_("Samtale"), "guidance": N_("Veiledning før oppstart")}
HOWS = {
    "meeting": N_("Møte"),
    "phone": N_("Telefon"),
    "video": N_("Video"),
    "walk": N_("Tur"),
}
STALE = N_("Noen andre har skrevet om samtalen imens. Det du skrev, er ikke lagret.")
FURTHEST = timedelta(days=366)


@dataclass(frozen=True, slots=True)
class PlanFacts:
    """When and how to talk."""

    kind: str
    planned_on: date
    planned_at: time | None
    how: str
    place: str


@dataclass(frozen=True, slots=True)
class HeldFacts:
    """What came of a conversation. `going_on` is what the contact says about going on, in words; it is theirs to correct."""

    kind: str
    held_on: date
    how: str
    good: str
    hard: str
    guidance: str
    agreed: str
    going_on: str = ""


async def _others(uow: UnitOfWork, contact_id: UUID) -> ContactCard:
    """The contact, who is not the reader: nobody follows themself up."""
    card = await contact_card(uow, contact_id)
    if uow.context.session_id is not None and await is_oneself(uow, contact_id):
        raise Forbidden(N_("Du kan ikke føre samtaler med deg selv. En annen må følge deg opp."))
    return card


async def plan_conversation(uow: UnitOfWork, contact_id: UUID, facts: PlanFacts) -> UUID:
    """Agree on a day. The contact is told that something waits. Raises Invalid for a day that is past or far ahead."""
    card = await _others(uow, contact_id)
    if not today() <= facts.planned_on <= today() + FURTHEST:
        raise Invalid.one("plan_dag", N_("Velg en dag fra i dag og høyst et år fram."))
    row = Conversation(
        tenant_id=uow.context.tenant, id=uuid7(), contact_id=contact_id, kind=facts.kind, how=facts.how,
        planned_on=facts.planned_on, planned_at=facts.planned_at, place=facts.place,
    )  # fmt: skip
    uow.session.add(row)
    await uow.session.flush()
    await record_change(
        uow, "conversation.planned", "contact", contact_id, persons=[card.person_id], on=facts.planned_on
    )
    await notify_person(uow, card.person_id, "meeting", once=f"conversation:{row.id}")
    return row.id


async def hold_conversation(
    uow: UnitOfWork,
    contact_id: UUID,
    facts: HeldFacts,
    *,
    conversation_id: UUID | None = None,
    version: int = 0,
) -> UUID:
    """Write down a conversation: one that was planned, or one that came of itself. Guidance opens for the first assignment.

    What the contact says about going on is noted as their own words (contacts), where they may correct it. Raises Invalid
    for a day ahead or a text with a national number, Conflict when somebody wrote since `version`.
    """
    card = await _others(uow, contact_id)
    if facts.held_on > today():
        raise Invalid.one("dag", N_("Dagen er ikke kommet ennå. Planlegg samtalen i stedet."))
    for field, text in (
        ("bra", facts.good),
        ("vanskelig", facts.hard),
        ("onsker", facts.guidance),
        ("avtalt", facts.agreed),
    ):
        if has_national_number(text):
            raise Invalid.one(field, N_("Det står et fødselsnummer i teksten. Ta det bort."))
    row = await _row(uow, contact_id, conversation_id, version, facts)
    row.kind, row.how, row.held_on = facts.kind, facts.how, facts.held_on
    row.good, row.hard, row.guidance, row.agreed = facts.good, facts.hard, facts.guidance, facts.agreed
    row.held_by, row.held_by_name = uow.context.user_id, uow.context.user_name
    await uow.session.flush()
    await record_change(
        uow,
        "conversation.held",
        "contact",
        contact_id,
        persons=[card.person_id],
        on=facts.held_on,
        kind=facts.kind,
    )
    if facts.kind == "guidance":
        await add_competence(uow, contact_id, "guidance", facts.held_on)
    if facts.going_on:
        await note_word(uow, contact_id, "going_on", facts.going_on)
    return row.id


async def _row(
    uow: UnitOfWork, contact_id: UUID, conversation_id: UUID | None, version: int, facts: HeldFacts
) -> Conversation:
    if conversation_id is None:
        row = Conversation(
            tenant_id=uow.context.tenant, id=uuid7(), contact_id=contact_id, held_on=facts.held_on
        )
        uow.session.add(row)
        return row
    row = await _held(uow, contact_id, conversation_id)
    if row.version != version:
        raise Conflict(STALE, yours=_shown(facts.agreed), theirs=_shown(row.agreed))
    row.version += 1
    return row


def _shown(agreed: str) -> dict[str, Shown]:
    return {N_("Dette avtalte vi"): agreed}


async def _held(uow: UnitOfWork, contact_id: UUID, conversation_id: UUID) -> Conversation:
    row = await uow.session.get(
        Conversation, (uow.context.tenant, conversation_id), with_for_update=True, populate_existing=True
    )
    if row is None or row.contact_id != contact_id:
        raise NotFound
    return row


async def cancel_conversation(uow: UnitOfWork, contact_id: UUID, conversation_id: UUID) -> None:
    """Call off a planned conversation. Raises Conflict when it is held or called off."""
    card = await _others(uow, contact_id)
    row = await _held(uow, contact_id, conversation_id)
    if row.held_on is not None or row.cancelled_on is not None:
        raise Conflict(N_("Samtalen er allerede holdt eller avlyst."))
    row.cancelled_on = today()
    row.version += 1
    await uow.session.flush()
    await record_change(uow, "conversation.cancelled", "contact", contact_id, persons=[card.person_id])


# Wishes for guidance --------------------------------------------------------------------------------------------------
async def wish_guidance(uow: UnitOfWork, words: str) -> UUID:
    """The signed-in contact asks for guidance, in their own words. Raises NotFound for who is no contact here, Invalid."""
    contact_id = await own_contact(uow)
    if contact_id is None:
        raise NotFound
    if not words.strip():
        raise Invalid.one("onske", N_("Skriv hva du ønsker veiledning om."))
    if has_national_number(words):
        raise Invalid.one("onske", N_("Det står et fødselsnummer i teksten. Ta det bort."))
    card = await contact_card(uow, contact_id)
    row = GuidanceWish(
        tenant_id=uow.context.tenant, id=uuid7(), contact_id=contact_id, words=words.strip(), wished_at=now()
    )
    uow.session.add(row)
    await uow.session.flush()
    await record_change(uow, "guidance.wished", "contact", contact_id, persons=[card.person_id])
    return row.id


async def answer_wish(uow: UnitOfWork, contact_id: UUID, wish_id: UUID, answer: str) -> None:
    """Answer a wish in words, which the contact reads on their own page. Raises Invalid without any, Conflict when done."""
    card = await _others(uow, contact_id)
    row = await uow.session.get(
        GuidanceWish, (uow.context.tenant, wish_id), with_for_update=True, populate_existing=True
    )
    if row is None or row.contact_id != contact_id:
        raise NotFound
    if not answer.strip():
        raise Invalid.one("svar", N_("Skriv et svar. Støttekontakten leser det."))
    if row.answered_at is not None:
        raise Conflict(
            N_("Ønsket er allerede besvart."), theirs={N_("Svar"): row.answer}, yours={N_("Svar"): answer}
        )
    row.answer, row.answered_at, row.answered_by_name = answer.strip(), now(), uow.context.user_name
    row.version += 1
    await uow.session.flush()
    await record_change(uow, "guidance.answered", "contact", contact_id, persons=[card.person_id])
    await notify_person(uow, card.person_id, "message", once=f"guidance:{row.id}")
