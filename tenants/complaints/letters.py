"""The slice's letters: received, later than a month, sent on, changed, dismissed, withdrawn; and the one to
Statsforvalteren itself, which goes to no person and is made as a file.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from sammen.clock import today
from sammen.db.unit_of_work import UnitOfWork
from sammen.documents.blocks import Block, Facts, Heading, Paragraph, Points, Quote
from sammen.i18n_mark import N_
from sammen.web.formats import date_long
from sammen.web.i18n import translate
from tenants.complaints.queries import ComplaintCard
from tenants.complaints.rules import DISMISS_GROUNDS
from tenants.letters.api import Compose, LetterBody, governor, legal_text, write_letters
from tenants.people.api import Recipient

FORMS = ("nb", "nn")
THREE_WEEKS = N_("tre")
"""A dismissal is a decision of its own, by forvaltningsloven: three weeks (fvl. §§ 2 third paragraph, 29)."""

LATE = N_(
    "Fristen var %(day)s. Vi kan likevel behandle klagen hvis det er gode grunner. Skriv til oss hvorfor den kom sent."
)
PARTLY = N_(
    "Vi endrer noe av vedtaket, og du får et nytt. Resten av klagen har vi sendt til %(governor)s, som avgjør den."
)
UPHELD = N_(
    "Vi har sett på saken på nytt og mener fortsatt at vedtaket er riktig. "
    "Derfor har vi sendt klagen til %(governor)s, som avgjør den."
)
ENCLOSED = (N_("Klagen"), N_("Vedtaket"), N_("Søknaden og kartleggingen"), N_("Andre dokumenter i saken"))
MORE = N_("Du kan skrive til %(governor)s hvis du har mer å si. Du trenger ikke gjøre noe nå.")
DISMISSED = N_("Vi avviser klagen. Under står hvorfor, og hvordan du kan klage på det.")


async def _write(
    uow: UnitOfWork, card: ComplaintCard, compose: Compose, *, send_by: date | None = None
) -> list[UUID]:
    return await write_letters(
        uow, kind="complaint", case_id=card.case_id, person_id=card.person_id, about=card.id, send_by=send_by,
        child_welfare=card.purchaser == "child_welfare", compose=compose,
    )  # fmt: skip


async def _governors(uow: UnitOfWork) -> dict[str, str]:
    return {form: await governor(uow, form, today()) for form in FORMS}


def _of(card: ComplaintCard, language: str) -> str:
    return translate(
        language, N_("Klagen gjelder vedtaket fra %(decided)s. Vi fikk den %(received)s."),
        decided=date_long(card.decided_on, language), received=date_long(card.received_on, language),
    )  # fmt: skip


async def write_receipt(uow: UnitOfWork, card: ComplaintCard) -> list[UUID]:
    """That the complaint has come, what happens with it, and by when there is an answer (fvl. § 11 a)."""
    who = await _governors(uow)

    def compose(recipient: Recipient) -> LetterBody:
        language = recipient.language_form

        def say(message: str, **params: object) -> str:
            return translate(language, message, **params)

        blocks: list[Block] = [
            Paragraph(_of(card, language)),
            Heading(say(N_("Hva som skjer nå"))),
            Points([
                say(N_("Vi ser på saken en gang til.")),
                say(N_("Er vi enige med deg, endrer vi vedtaket, og du får et nytt.")),
                say(N_("Er vi ikke enige, sender vi klagen til %(governor)s, som avgjør den."), governor=who[language]),
                say(N_("Du får svar fra oss innen %(day)s."), day=date_long(card.due_on or card.interim_by, language)),
            ]),
        ]  # fmt: skip
        if card.late:
            blocks += [
                Heading(say(N_("Klagen kom etter fristen"))),
                Paragraph(say(LATE, day=date_long(card.deadline_on, language) if card.deadline_on else "")),
            ]  # fmt: skip
        blocks.append(Paragraph(say(N_("Vil du si mer, eller trekke klagen, ta kontakt med oss."))))
        return LetterBody(say(N_("Vi har fått klagen")), blocks)

    return await _write(uow, card, compose)


async def write_interim(uow: UnitOfWork, card: ComplaintCard) -> list[UUID]:
    """Why the answer takes longer than a month, and when it comes (fvl. § 11 a)."""
    law = {form: await legal_text(uow, "interim", form, today()) for form in FORMS}
    expected = card.expected_on
    assert expected is not None

    def compose(recipient: Recipient) -> LetterBody:
        language = recipient.language_form

        def say(message: str, **params: object) -> str:
            return translate(language, message, **params)

        blocks: list[Block] = [
            Paragraph(_of(card, language)),
            Paragraph(say(N_("Vi trenger lengre tid på å svare. Du får svar innen %(day)s."),
                          day=date_long(expected, language))),
            Heading(say(N_("Hvorfor det tar tid"))), Paragraph(card.interim_reason),
            Paragraph(law[language]),
        ]  # fmt: skip
        return LetterBody(say(N_("Svaret på klagen tar lengre tid")), blocks)

    return await _write(uow, card, compose, send_by=card.interim_by if card.interim_by >= today() else None)


async def write_answer(uow: UnitOfWork, card: ComplaintCard) -> list[UUID]:
    """What the municipality concluded: changed, sent on with its own view (the party's copy, fvl. § 33), or dismissed."""
    who = await _governors(uow)
    rights = await _dismissal_rights(uow, who) if card.answer == "dismissed" else {}

    def compose(recipient: Recipient) -> LetterBody:
        language = recipient.language_form

        def say(message: str, **params: object) -> str:
            return translate(language, message, **params)

        title, opening = {
            "changed": (N_("Du får medhold i klagen"),
                        N_("Vi har sett på saken på nytt og er enige. Du får et nytt vedtak.")),
            "partly": (N_("Du får medhold i noe av klagen"),
                       PARTLY),
            "upheld": (N_("Vi har sendt klagen til Statsforvalteren"),
                       UPHELD),
            "dismissed": (N_("Vi kan ikke behandle klagen"), DISMISSED),
        }[card.answer]  # fmt: skip
        blocks: list[Block] = [
            Paragraph(_of(card, language)),
            Paragraph(say(opening, governor=who[language])),
            Heading(say(N_("Hvorfor"))),
            *_dismissed_because(card, language),
            Paragraph(card.reasons),
        ]
        if card.deferral in ("granted", "refused"):
            blocks += [Heading(say(N_("Skal vedtaket vente?"))), *_deferral(card, language)]
        if card.answer in ("partly", "upheld"):
            blocks.append(Paragraph(say(MORE, governor=who[language])))
        if card.answer == "dismissed":
            blocks += [Heading(say(N_("Du kan klage"))), Paragraph(rights[language])]
        return LetterBody(say(title), blocks)

    return await _write(uow, card, compose)


async def _dismissal_rights(uow: UnitOfWork, who: dict[str, str]) -> dict[str, str]:
    return {
        form: await legal_text(
            uow, "complaint", form, today(), weeks=translate(form, THREE_WEEKS), governor=who[form],
            municipality=translate(form, N_("%(place)s kommune"), place=uow.context.place_name),
        )
        for form in FORMS
    }  # fmt: skip


def _dismissed_because(card: ComplaintCard, language: str) -> Sequence[Block]:
    if card.answer != "dismissed" or card.dismiss_ground not in DISMISS_GROUNDS:
        return []
    rows = [(translate(language, N_("Grunn")), translate(language, DISMISS_GROUNDS[card.dismiss_ground]))]
    if card.dismiss_ground == "late" and card.deadline_on is not None:
        rows.append((translate(language, N_("Klagefristen var")), date_long(card.deadline_on, language)))
    return [Facts(rows)]


def _deferral(card: ComplaintCard, language: str) -> Sequence[Block]:
    said = (
        N_("Ja. Vedtaket blir ikke satt i verk før klagen er avgjort.")
        if card.deferral == "granted"
        else N_("Nei. Vedtaket gjelder mens klagen blir behandlet.")
    )
    return [
        Paragraph(translate(language, said)),
        *([Paragraph(card.deferral_reason)] if card.deferral_reason else []),
    ]


async def write_withdrawn(uow: UnitOfWork, card: ComplaintCard) -> list[UUID]:
    """That the complaint is taken back, so that nobody believes it is still being looked at."""

    def compose(recipient: Recipient) -> LetterBody:
        language = recipient.language_form

        def say(message: str, **params: object) -> str:
            return translate(language, message, **params)

        day = date_long(card.withdrawn_on or today(), language)
        blocks: list[Block] = [
            Paragraph(_of(card, language)),
            Paragraph(say(N_("Klagen ble trukket %(day)s. Vi behandler den ikke videre, og vedtaket gjelder."), day=day)),
            Paragraph(say(N_("Er dette feil, si fra til oss med en gang."))),
        ]  # fmt: skip
        return LetterBody(say(N_("Klagen er trukket")), blocks)

    return await _write(uow, card, compose)


def forwarding_blocks(card: ComplaintCard, language: str, who: str) -> tuple[str, list[Block]]:
    """Title and text of the letter to Statsforvalteren: the decision, the complaint in its own words, and our view.

    Fvl. § 33 fourth paragraph: the case's documents follow; the party has a copy of what we say.
    """

    def say(message: str, **params: object) -> str:
        return translate(language, message, **params)

    rows = [
        (say(N_("Klagen gjelder")), card.name),
        (say(N_("Vedtak")), date_long(card.decided_on, language)),
        (say(N_("Klagefrist")), date_long(card.deadline_on, language) if card.deadline_on else ""),
        (say(N_("Klagen kom")), date_long(card.received_on, language)),
        (say(N_("Den som klager")), card.complainant_name or card.name),
        (say(N_("Oppsettende virkning")), _short_deferral(card, language)),
    ]
    blocks: list[Block] = [
        Paragraph(
            say(N_("Vi har vurdert klagen og oversender den til avgjørelse, se forvaltningsloven § 33."))
        ),
        Facts(rows),
        Heading(say(N_("Klagen"))),
        Quote(card.wants, card.complainant_name or card.name),
        Heading(say(N_("Kommunens vurdering"))),
        Paragraph(card.reasons),
    ]
    if card.late:
        blocks += [Heading(say(N_("Klagen kom etter fristen"))), Paragraph(card.late_reason)]
    blocks += [
        Heading(say(N_("Vedlegg"))),
        Points([say(one) for one in ENCLOSED]),
        Paragraph(say(N_("Klageren har fått kopi av dette brevet."))),
    ]  # fmt: skip
    return say(N_("Oversendelse av klage til %(governor)s"), governor=who), blocks


def _short_deferral(card: ComplaintCard, language: str) -> str:
    names = {"granted": N_("Gitt"), "refused": N_("Ikke gitt"), "asked": N_("Bedt om"), "none": ""}
    said = names[card.deferral]
    return translate(language, said) if said else ""
