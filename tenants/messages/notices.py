"""Telling a person, by e-mail or SMS, that something waits in Sammen: as they chose, and never what it is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import bindparam, func, select
from sqlalchemy.dialects.postgresql import insert

from sammen.audit.trail import record_change
from sammen.db.raw import compile_query
from sammen.db.unit_of_work import UnitOfWork
from sammen.errors import Invalid
from sammen.i18n_mark import N_
from sammen.ids import uuid7
from sammen.outbox.api import put
from tenants.messages import codes
from tenants.messages.models import NoticeChoice
from tenants.people.api import PersonCard, person_card

choice = NoticeChoice.__table__
CHANNELS = {"email": N_("E-post"), "sms": N_("SMS"), "none": N_("Ikke send varsel")}
_CHOSEN = compile_query(
    select(choice.c.channel).where(
        choice.c.tenant_id == bindparam("tenant"), choice.c.person_id == bindparam("person")
    )
)
_CHOOSE = compile_query(
    insert(NoticeChoice)
    .values(
        tenant_id=bindparam("tenant"), id=bindparam("new"), person_id=bindparam("person"), channel=bindparam("wanted"),
        chosen_at=func.now(),
    )
    .on_conflict_do_update(
        index_elements=["tenant_id", "person_id"],
        set_={"channel": bindparam("wanted"), "chosen_at": func.now()},
    )
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Notifying:
    """How a person is told. `chosen` is False while they have said nothing. `address` is "" when there is none."""

    channel: str
    chosen: bool
    address: str


def _address(card: PersonCard, channel: str) -> str:
    return {"email": card.email, "sms": card.phone}.get(channel, "").strip()


async def notifying(uow: UnitOfWork, card: PersonCard) -> Notifying:
    """How this person is told: as they chose, else by e-mail when there is an address, else by SMS."""
    chosen: str | None = await uow.value(_CHOSEN, tenant=uow.context.tenant, person=card.id)
    channel = chosen or ("email" if card.email else "sms" if card.phone else "none")
    return Notifying(channel, chosen is not None, _address(card, channel))


async def choose_channel(uow: UnitOfWork, card: PersonCard, channel: str) -> None:
    """Keep a person's own choice. Raises Invalid for a channel that is none, or that we have no address for."""
    if channel not in CHANNELS:
        raise Invalid.one("kanal", N_("Velg hvordan du vil få varsel."))
    if channel == "email" and not card.email:
        raise Invalid.one(
            "kanal", N_("Vi har ingen e-postadresse til deg. Gi den til kommunen, eller velg SMS.")
        )
    if channel == "sms" and not card.phone:
        raise Invalid.one(
            "kanal", N_("Vi har ikke noe telefonnummer til deg. Gi det til kommunen, eller velg e-post.")
        )
    await uow.rows(_CHOOSE, tenant=uow.context.tenant, new=uuid7(), person=card.id, wanted=channel)
    await record_change(uow, "notice.chosen", "person", card.id, persons=[card.id], channel=channel)


async def notify_person(uow: UnitOfWork, person_id: UUID, code: str, *, once: str) -> None:
    """Put a notice in the outbox that says no more than "something waits, log in" (codes.CODES), in the caller's transaction.

    `once` is the notice's mark, of ids, days and codes: another notice with the same mark is none. Goes as the person
    chose; nothing happens, and nothing is wrong, when they want none, have no address, have died, or are a duplicate that
    was merged. Raises NotFound for a person who is not here, ValueError for a code that has no words.
    """
    if code not in codes.CODES:
        raise ValueError(f"no such notice: {code}")
    card = await person_card(uow, person_id)
    if card.died_on is not None or card.merged_into is not None:
        return
    how = await notifying(uow, card)
    if how.channel == "none" or not how.address:
        return
    await put(
        uow, channel=how.channel, address=how.address, code=code, language=card.language_form, once=once,
        person_id=card.id,
    )  # fmt: skip


async def send_code(
    uow: UnitOfWork, card: PersonCard, number: str, *, once: str, good_until: datetime
) -> None:
    """Send a person a one-time code, and nothing else, as they have chosen to be told. Not sent after `good_until`.

    Raises Invalid for somebody who has no address, or wants no notices: a code has no other way.
    """
    how = await notifying(uow, card)
    if how.channel == "none" or not how.address:
        raise Invalid.one("til", N_("Vi har ingen adresse å sende koden til. Be koordinatoren om hjelp."))
    await put(
        uow, channel=how.channel, address=how.address, code="attest_code", language=card.language_form, once=once,
        person_id=card.id, number=number, good_until=good_until,
    )  # fmt: skip
