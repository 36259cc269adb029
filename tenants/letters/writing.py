"""Making letters: one to each recipient, in the recipient's form of Norwegian, unchangeable from the first moment."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from uuid import UUID

from sammen.audit.trail import record_change
from sammen.clock import today
from sammen.db.unit_of_work import UnitOfWork
from sammen.documents.blocks import Block
from sammen.documents.pdf import WORDS, Document, Sender, render_json
from sammen.errors import NotFound
from sammen.i18n_mark import N_
from sammen.ids import uuid7
from sammen.web.formats import date_long
from sammen.web.i18n import translate
from sammen.web.office import OFFICE_SETTING, office_lines
from tenants.cases.api import CaseFile
from tenants.letters.channels import channel_for
from tenants.letters.models import LETTER_KINDS, Letter
from tenants.people.api import PersonCard, Recipient, letter_recipients, person_card

DEPARTMENTS = {
    "child": N_("Støttekontakt, barn og unge"),
    "adult": N_("Støttekontakt, voksne"),
    "child_welfare": N_("Barneverntjenesten"),
}
SIGNS = {
    "child": N_("saksbehandler, barn og unge"),
    "adult": N_("saksbehandler, voksne"),
    "child_welfare": N_("saksbehandler, barnevern"),
}
NOT_PROTECTED = "none"
PARTY_FROM = 15
"""From this age a person may be written to alone, if nobody acts for them (barnevernsloven § 12-3; A14)."""


@dataclass(frozen=True, slots=True)
class LetterBody:
    """What a letter says: title and blocks, finished text in the recipient's form of Norwegian."""

    title: str
    blocks: Sequence[Block]


Compose = Callable[[Recipient], LetterBody]


async def write_letters(
    uow: UnitOfWork,
    *,
    kind: str,
    case_id: UUID,
    person_id: UUID,
    child_welfare: bool,
    compose: Compose,
    about: UUID | None = None,
    send_by: date | None = None,
    corrects: UUID | None = None,
) -> list[UUID]:
    """One letter to each who shall have it, ready for its channel. Returns their ids, in the order of recipients.

    `compose` is asked once a recipient and writes in `recipient.language_form`. `send_by` is the last day it may leave
    (today when not given). Nobody writes to somebody who has died: then no letter is made. The caller has checked that
    the case is the reader's. KeyError for an unknown kind.
    """
    name = LETTER_KINDS[kind]
    case = await uow.session.get(CaseFile, (uow.context.tenant, case_id))
    if case is None:
        raise NotFound
    person = await person_card(uow, person_id)
    found = await letter_recipients(uow, person_id, child_welfare=child_welfare, on=today())
    recipients = [_addressed(one, person, len(found)) for one in found]
    # A parent lives where the child lives: one protected address keeps them all out of the file.
    guarded = person.protected or any(one.protection != NOT_PROTECTED for one in recipients)
    made = []
    for recipient in recipients:
        document = _document(uow, case, recipient, compose(recipient), guarded=guarded,
                             copies=[one.name for one in recipients if one is not recipient], name=name)  # fmt: skip
        content = document.as_json()
        pdf = await render_json(content)
        channel = channel_for(recipient, guarded=guarded)
        letter = Letter(
            tenant_id=case.tenant_id, id=uuid7(), case_id=case_id, person_id=person_id, kind=kind, channel=channel.code,
            dated=document.date, send_by=send_by or document.date, recipient_id=recipient.person_id,
            recipient_name=recipient.name, recipient_role=recipient.role, guarded=guarded,
            language_form=recipient.language_form, title=document.title, content=content, pdf=pdf,
            sha256=hashlib.sha256(pdf).digest(), about=about, corrects_id=corrects, made_by=uow.context.user_id,
            made_by_name=uow.context.user_name,
        )  # fmt: skip
        uow.session.add(letter)
        await uow.session.flush()
        await channel.hand_over(uow, letter.id)
        await record_change(
            uow, "letter.written", "letter", letter.id, persons=[person_id, recipient.person_id], kind=kind,
            case=str(case_id), send_by=letter.send_by,
        )  # fmt: skip
        made.append(letter.id)
    return made


def _addressed(recipient: Recipient, person: PersonCard, recipients: int) -> Recipient:
    """A small child nobody is registered to act for: the letter is for whoever has parental responsibility."""
    small = person.age is not None and person.age < PARTY_FROM
    if recipient.role != "self" or recipients > 1 or not small:
        return recipient
    name = translate(recipient.language_form, N_("Foresatte til %(name)s"), name=person.name)
    return replace(recipient, role="parent", name=name)


def _document(uow: UnitOfWork, case: CaseFile, recipient: Recipient, body: LetterBody, *, guarded: bool,
              copies: Sequence[str], name: str) -> Document:  # fmt: skip
    language, context, day = recipient.language_form, uow.context, today()

    def say(message: str, **params: object) -> str:
        return translate(language, message, **params)

    own: dict[str, Any] = dict(context.settings.get(OFFICE_SETTING) or {})
    facts = [(say(N_("Dato")), date_long(day, language)), (say(N_("Vår referanse")), case.case_no)]
    if case.responsible_name:
        facts.append((say(N_("Saksbehandler")), case.responsible_name))
    signature = (
        [context.user_name, say(SIGNS[case.purchaser])] if context.user_id else [say(SIGNS[case.purchaser])]
    )
    return Document(
        kind="letter", language=language, title=body.title, date=day, blocks=body.blocks, reference=case.case_no,
        sender=Sender(say(N_("%(place)s kommune"), place=context.place_name),
                      str(own.get("avdeling") or say(DEPARTMENTS[case.purchaser])),
                      office_lines(context.settings)),
        recipient=window(recipient, guarded=guarded), facts=facts,
        exempt=say(N_("Unntatt offentlighet, offl. § 13")), signature=signature, copies=copies,
        approved=say(N_("Brevet er godkjent elektronisk og har derfor ingen underskrift.")),
        about=say(N_("%(kind)s i sak %(case_no)s"), kind=say(name), case_no=case.case_no),
        words={word: say(text) for word, text in WORDS.items()},
    )  # fmt: skip


def window(recipient: Recipient, *, guarded: bool) -> list[str]:
    """The lines in the envelope's window: name and address, or only the name when an address is protected (E5)."""
    town = f"{recipient.postcode} {recipient.place}".strip()
    return [recipient.name, *(line for line in (recipient.street, town) if line and not guarded)]
