"""Vetting in one municipality: politiattest shown, confidentiality signed, and asked for again only on a legal ground (B2).

Helse- og omsorgstjenesteloven § 5-4: politiattest is asked for when somebody is offered to be a contact, and is not older
than three months when it is shown. What stood on it is never kept. When it is not accepted, the outcome is not kept either:
the contact is let go with `leaving.decline`, in the very same rows and by the very same address as for any other reason.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import bindparam, or_, select

from sammen.audit.trail import record_change
from sammen.clock import today
from sammen.db.raw import compile_query
from sammen.db.unit_of_work import UnitOfWork
from sammen.errors import Conflict, Forbidden, Invalid
from sammen.i18n_mark import N_
from sammen.ids import uuid7
from tenants.contacts.models import PoliceGround, PoliceRequest, SupportContact, Vetting
from tenants.contacts.moving import (
    contact_for_change,
    move,
    open_request,
    settle_state,
    vetting_for_change,
)
from tenants.contacts.service import FUTURE
from tenants.people.api import person_of_user

police_ground = PoliceGround.__table__
police_request = PoliceRequest.__table__

OWN_VETTING = N_("Du kan ikke bekrefte din egen politiattest eller taushetserklæring.")
_ON = bindparam("day", type_=police_ground.c.valid_from.type)
_GROUNDS = compile_query(
    select(police_ground)
    .where(police_ground.c.valid_from <= _ON, or_(police_ground.c.valid_to.is_(None), police_ground.c.valid_to >= _ON))
    .order_by(police_ground.c.code)
)  # fmt: skip
_REQUESTS = compile_query(
    select(
        police_request.c.id, police_ground.c.text_nb, police_ground.c.text_nn, police_ground.c.source,
        police_request.c.words, police_request.c.asked_on, police_request.c.asked_by_name, police_request.c.shown_on,
    )
    .select_from(police_request.join(police_ground, police_ground.c.code == police_request.c.ground))
    .where(police_request.c.tenant_id == bindparam("tenant"), police_request.c.contact_id == bindparam("contact"))
    .order_by(police_request.c.id.desc())
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Ground:
    """A legal ground to ask for politiattest again, in both forms of Norwegian, with the section it is taken from."""

    code: str
    text_nb: str
    text_nn: str
    source: str

    def text(self, language: str) -> str:
        """In the reader's form of Norwegian."""
        return self.text_nn if language == "nn" else self.text_nb


@dataclass(frozen=True, slots=True)
class Request:
    """That politiattest was asked for again. `shown_on` is None while it waits."""

    id: UUID
    text_nb: str
    text_nn: str
    source: str
    words: str
    asked_on: date
    asked_by_name: str
    shown_on: date | None


async def grounds_to_ask(uow: UnitOfWork, on: date) -> Mapping[str, Ground]:
    """The legal grounds in force on a day, by code."""
    rows = await uow.rows(_GROUNDS, day=on)
    return {row["code"]: Ground(row["code"], row["text_nb"], row["text_nn"], row["source"]) for row in rows}


async def requests_of(uow: UnitOfWork, contact_id: UUID) -> Sequence[Request]:
    """When the contact has been asked for politiattest again, newest first."""
    rows = await uow.rows(_REQUESTS, tenant=uow.context.tenant, contact=contact_id)
    return [Request(**dict(row)) for row in rows]


async def ask_for_vetting(
    uow: UnitOfWork, contact_id: UUID, *, police_asked_on: date | None = None, confidentiality_given_on: date | None = None
) -> None:  # fmt: skip
    """Note the days politiattest was asked for and the declaration handed out; the contact is under vetting from then.

    Raises Invalid on a day in the future, Conflict for who has left.
    """
    for name, day in (("bedt_om", police_asked_on), ("utlevert", confidentiality_given_on)):
        if day is not None and day > today():
            raise Invalid.one(name, FUTURE)
    contact = await contact_for_change(uow, contact_id)
    if contact.state == "ended":
        raise Conflict(N_("Støttekontakten har sluttet."))
    vetting = await vetting_for_change(uow, contact_id)
    vetting.police_asked_on = police_asked_on or vetting.police_asked_on
    vetting.confidentiality_given_on = confidentiality_given_on or vetting.confidentiality_given_on
    vetting.version += 1
    if contact.state in ("enquiry", "interview"):
        contact.answered_on = contact.answered_on or today()
        await move(uow, contact, "vetting")
    await uow.session.flush()
    await record_change(uow, "vetting.asked", "contact", contact_id, persons=[contact.person_id])


async def record_vetting(
    uow: UnitOfWork,
    contact_id: UUID,
    *,
    police_shown_on: date | None = None,
    confidentiality_signed_on: date | None = None,
    seen_by: UUID | None = None,
) -> None:
    """Note that an accepted politiattest was shown and confidentiality signed, in this municipality (B2): the days and
    who saw them, never the document. A day left out stays as it was. `seen_by` is given by jobs; else it is the reader.

    Raises Invalid on a day in the future, Forbidden for one's own vetting, Conflict for a politiattest that nobody has
    asked for anew: one that has been shown is not shown again without a recorded ground (`ask_again`).
    """
    for name, day in (("politiattest", police_shown_on), ("taushet", confidentiality_signed_on)):
        if day is not None and day > today():
            raise Invalid.one(name, FUTURE)
    contact = await _theirs(uow, contact_id)
    vetting = await vetting_for_change(uow, contact_id)
    who, name = seen_by or uow.context.user_id, "" if seen_by else uow.context.user_name
    fields = []
    if police_shown_on is not None:
        if seen_by is None:
            await _answer_request(uow, vetting, police_shown_on)
        vetting.police_shown_on, vetting.police_seen_by, vetting.police_seen_name = police_shown_on, who, name
        fields.append("police")
    if confidentiality_signed_on is not None:
        vetting.confidentiality_signed_on, vetting.confidentiality_seen_by = confidentiality_signed_on, who
        vetting.confidentiality_seen_name = name
        fields.append("confidentiality")
    vetting.version += 1
    contact.answered_on = contact.answered_on or today()
    await settle_state(uow, contact, vetting)
    await record_change(
        uow, "vetting.recorded", "contact", contact_id, persons=[contact.person_id], fields=fields
    )


async def _answer_request(uow: UnitOfWork, vetting: Vetting, shown_on: date) -> None:
    """Close the open request, if there is one; without one, a politiattest that has been shown is not shown again."""
    waiting = await open_request(uow, vetting.contact_id)
    if waiting is not None:
        if shown_on < waiting.asked_on:
            raise Invalid.one(
                "politiattest", N_("Dere ba om ny politiattest etter den dagen. Skriv dagen den nye ble vist.")
            )  # fmt: skip
        waiting.shown_on = shown_on
    elif vetting.police_shown_on is not None and vetting.police_shown_on != shown_on:
        raise Conflict(N_("Politiattesten er vist. Be bare om en ny når dere har et rettslig grunnlag."))


async def ask_again(uow: UnitOfWork, contact_id: UUID, ground: str, words: str) -> None:
    """Ask a contact who has shown politiattest for a new one, on a ground of `grounds_to_ask` and in words why.

    The old day counts until the new one is shown. Raises Invalid without ground
    or words, Conflict when none has been shown or one is waited for already.
    """
    if ground not in await grounds_to_ask(uow, today()):
        raise Invalid.one("grunnlag", N_("Velg hvilket rettslig grunnlag dere har."))
    if not words.strip():
        raise Invalid.one("hvorfor", N_("Skriv hvorfor grunnlaget gjelder her."))
    contact = await _theirs(uow, contact_id)
    vetting = await vetting_for_change(uow, contact_id)
    if vetting.police_shown_on is None or await open_request(uow, contact_id) is not None:
        raise Conflict(
            N_("Politiattesten er ikke vist ennå. Den første trenger dere ikke noe eget grunnlag for.")
        )
    uow.session.add(
        PoliceRequest(
            tenant_id=uow.context.tenant, id=uuid7(), contact_id=contact_id, ground=ground, words=words.strip(),
            asked_on=today(), asked_by_name=uow.context.user_name,
        )
    )  # fmt: skip
    await uow.session.flush()
    await record_change(
        uow, "vetting.asked_again", "contact", contact_id, persons=[contact.person_id], ground=ground
    )


async def _theirs(uow: UnitOfWork, contact_id: UUID) -> SupportContact:
    """The contact, held, when it is somebody else than the reader: nobody vets themselves."""
    contact = await contact_for_change(uow, contact_id)
    if uow.context.session_id is not None and await person_of_user(uow) == contact.person_id:
        raise Forbidden(OWN_VETTING)
    return contact
