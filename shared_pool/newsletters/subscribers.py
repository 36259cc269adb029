"""Saying yes to the newsletter and no again: a person's own choice, one noted by a coordinator, and addresses of homes
and units. The public form has its own way in (door.py).
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import select

from sammen.audit.trail import record_change
from sammen.clock import now, today
from sammen.db.unit_of_work import UnitOfWork
from sammen.errors import Conflict, Invalid, NotFound
from sammen.i18n_mark import N_
from sammen.ids import random_id
from shared_pool.newsletters.codes import OWN_SEGMENTS
from shared_pool.newsletters.models import NewsletterSubscriber
from shared_pool.newsletters.sealing import mark_of, seal_email
from tenants.api import PersonCard, person_card

STALE = N_("Noen andre har endret adressen mens du skrev.")
OnChoice = Callable[[UnitOfWork, UUID, str, bool], Awaitable[None]]
_ON_CHOICE: list[OnChoice] = []


@dataclass(frozen=True, slots=True)
class AddressFacts:
    """A home or unit in the register: what it is called, its official address, and who reads it there."""

    segment: str
    name: str
    email: str
    attention: str = ""
    language: str = "nb"


def on_choice(listener: OnChoice) -> OnChoice:
    """Register `listener(uow, person_id, segment, yes)` for a choice made here; runs in the same transaction."""
    if listener not in _ON_CHOICE:
        _ON_CHOICE.append(listener)
    return listener


async def choose(
    uow: UnitOfWork, card: PersonCard, segment: str, *, yes: bool, source: str, said_on: date | None = None,
    said_by: str = "", told: bool = True,
) -> None:  # fmt: skip
    """Keep a person's yes or no to one segment. The same again is nothing.

    `source`: own, coordinator or form. `said_by` is who said it, when they did not do it themselves. Not `told`: the
    listeners know already. Raises Invalid for a segment that is no person's, or without an address to send to.
    """
    if segment not in OWN_SEGMENTS:
        raise Invalid.one("segment", N_("Velg hvilket nyhetsbrev det gjelder."))
    row = await _of_person(uow, card.id, segment)
    if yes and source != "form" and not card.email.strip():
        raise Invalid.one(
            "segment", N_("Vi mangler e-postadresse. Skriv den inn først, så kan nyhetsbrevet sendes.")
        )
    if yes == (row is not None and row.state == "active"):
        return
    if row is None:
        uow.session.add(
            NewsletterSubscriber(
                tenant_id=uow.context.tenant, id=random_id(), segment=segment, person_id=card.id, source=source,
                language=card.language_form, said_on=said_on or today(), said_by=said_by,
            )
        )  # fmt: skip
    elif yes:
        row.state, row.ended_at, row.ended_how = "active", None, ""
        row.source, row.said_on, row.said_by = source, said_on or today(), said_by
        row.version += 1
    else:
        _end(row, source)
    await uow.session.flush()
    await record_change(
        uow, "newsletter.chosen", "person", card.id, persons=[card.id], segment=segment, yes=yes, how=source
    )
    for listener in _ON_CHOICE if told else ():
        await listener(uow, card.id, segment, yes)


async def note_yes(uow: UnitOfWork, person_id: UUID, segment: str, *, said_on: date, said_by: str) -> None:
    """A coordinator notes that somebody has said yes: who it was, and when. Raises Invalid, NotFound."""
    card = await person_card(uow, person_id)
    if card.protected:
        raise Invalid.one("segment", N_("Personen har sperret adresse og kan ikke få nyhetsbrev på e-post."))
    if said_on > today():
        raise Invalid.one("dato", N_("Datoen er i framtida. Skriv dagen dere snakket sammen."))
    if not said_by.strip():
        raise Invalid.one("hvem", N_("Skriv hvem som sa ja."))
    await choose(uow, card, segment, yes=True, source="coordinator", said_on=said_on, said_by=said_by.strip())


async def end_subscription(uow: UnitOfWork, subscriber_id: UUID) -> NewsletterSubscriber:
    """Take one off the list, for who has asked a coordinator to. Raises NotFound; ended already is nothing."""
    row = await _held(uow, subscriber_id)
    if row.state == "active":
        _end(row, "coordinator")
        await uow.session.flush()
        await record_change(
            uow, "newsletter.ended", "newsletter_subscriber", row.id,
            persons=[row.person_id] if row.person_id else [], segment=row.segment,
        )  # fmt: skip
        for listener in _ON_CHOICE if row.person_id else ():
            assert row.person_id is not None
            await listener(uow, row.person_id, row.segment, False)
    return row


# Homes and units -------------------------------------------------------------------------------------------------------
async def add_address(uow: UnitOfWork, facts: AddressFacts) -> UUID:
    """Put a home's or unit's official address in the register; one that had left is back. Raises Invalid when it is there."""
    tenant = uow.context.tenant
    mark = mark_of(uow.keys, tenant, facts.email)
    row = await uow.session.scalar(
        select(NewsletterSubscriber).where(
            NewsletterSubscriber.tenant_id == tenant,
            NewsletterSubscriber.segment == facts.segment,
            NewsletterSubscriber.mark == mark,
        )
    )
    if row is not None and row.state == "active":
        raise Invalid.one("epost", N_("Adressen står i lista fra før."))
    if row is None:
        row = NewsletterSubscriber(
            tenant_id=tenant, id=random_id(), segment=facts.segment, mark=mark,
            email_sealed=seal_email(uow.keys, tenant, mark, facts.email), said_on=today(), source="register",
            version=1,
        )  # fmt: skip
        uow.session.add(row)
    _describe(row, facts)
    row.state, row.ended_at, row.ended_how, row.source = "active", None, "", "register"
    row.said_on, row.said_by = today(), uow.context.user_name
    await uow.session.flush()
    await record_change(uow, "newsletter.address_added", "newsletter_subscriber", row.id, segment=row.segment)
    return row.id


async def change_address(uow: UnitOfWork, subscriber_id: UUID, facts: AddressFacts, version: int) -> None:
    """Mend a home's or unit's line in the register. Raises NotFound, Conflict (two at once), Invalid (address in use)."""
    row = await _held(uow, subscriber_id)
    if row.source != "register":
        raise NotFound
    if row.version != version:
        raise Conflict(STALE)
    tenant = uow.context.tenant
    mark = mark_of(uow.keys, tenant, facts.email)
    taken = await uow.session.scalar(
        select(NewsletterSubscriber.id).where(
            NewsletterSubscriber.tenant_id == tenant,
            NewsletterSubscriber.segment == facts.segment,
            NewsletterSubscriber.mark == mark,
            NewsletterSubscriber.id != row.id,
        )
    )
    if taken is not None:
        raise Invalid.one("epost", N_("Adressen står i lista fra før."))
    row.segment, row.mark = facts.segment, mark
    row.email_sealed = seal_email(uow.keys, tenant, mark, facts.email)
    _describe(row, facts)
    row.version += 1
    await uow.session.flush()
    await record_change(
        uow, "newsletter.address_changed", "newsletter_subscriber", row.id, segment=row.segment
    )


def _describe(row: NewsletterSubscriber, facts: AddressFacts) -> None:
    row.name, row.attention, row.language = facts.name, facts.attention, facts.language


def _end(row: NewsletterSubscriber, how: str) -> None:
    row.state, row.ended_at, row.ended_how = "ended", now(), how
    row.version += 1


async def _held(uow: UnitOfWork, subscriber_id: UUID) -> NewsletterSubscriber:
    row: NewsletterSubscriber | None = await uow.session.get(
        NewsletterSubscriber,
        (uow.context.tenant, subscriber_id),
        with_for_update=True,
        populate_existing=True,
    )
    if row is None:
        raise NotFound
    return row


async def _of_person(uow: UnitOfWork, person_id: UUID, segment: str) -> NewsletterSubscriber | None:
    found: NewsletterSubscriber | None = await uow.session.scalar(
        select(NewsletterSubscriber)
        .where(
            NewsletterSubscriber.tenant_id == uow.context.tenant,
            NewsletterSubscriber.person_id == person_id,
            NewsletterSubscriber.segment == segment,
        )
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return found
