"""The slice's letters: the invitation to a conversation, what was agreed in it, and that a service is over."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sammen.clock import today
from sammen.db.unit_of_work import UnitOfWork
from sammen.documents.blocks import Block, Facts, Heading, Paragraph, Points, Quote
from sammen.i18n_mark import N_
from sammen.web.formats import clock, date_long
from sammen.web.i18n import translate
from tenants.cases.api import CaseCard
from tenants.evaluations.queries import EvaluationCard
from tenants.evaluations.rules import END_REASONS
from tenants.letters.api import Compose, LetterBody, legal_text, write_letters
from tenants.people.api import PersonCard, Recipient

FORMS = ("nb", "nn")
GOAL_TEXTS = {
    "yes": N_("Målet er nådd."),
    "partly": N_("Målet er delvis nådd."),
    "no": N_("Målet er ikke nådd."),
}


async def write_invitation(
    uow: UnitOfWork, case: CaseCard, person: PersonCard, card: EvaluationCard
) -> list[UUID]:
    """When and where we meet, and what we will ask about. Needs an agreed day."""
    assert card.planned_on is not None
    day, at = card.planned_on, card.planned_time

    def compose(recipient: Recipient) -> LetterBody:
        language, own = recipient.language_form, recipient.role == "self"

        def say(message: str, **params: object) -> str:
            return translate(language, message, **params)

        opening = (
            say(N_("En gang i året ser vi på tjenesten sammen med deg. Du trenger ikke søke på nytt."))
            if own
            else say(
                N_("En gang i året ser vi på tjenesten sammen med %(name)s og dere. Dere trenger ikke søke på nytt."),
                name=person.given_name,
            )
        )  # fmt: skip
        blocks: list[Block] = [
            Paragraph(opening),
            Facts([
                (say(N_("Dag")), date_long(day, language)),
                (say(N_("Klokka")), clock(at, language) if at is not None else ""),
                (say(N_("Sted")), card.planned_with),
            ]),
            Heading(say(N_("Dette spør vi om"))),
            Points([
                say(N_("Hva er bra, og hva kunne vært annerledes?")),
                say(N_("Er dere på vei mot målet?")),
                say(N_("Passer tilbudet og timene fortsatt?")),
                say(N_("Hva skal skje videre?")),
            ]),
            Paragraph(say(N_("Passer ikke tiden, ring oss, så finner vi en annen. Du kan ta med deg noen."))),
        ]  # fmt: skip
        return LetterBody(say(N_("Vi vil snakke om hvordan det går")), blocks)

    return await _write(uow, case, compose=compose, about=card.id, kind="evaluation")


async def write_agreed(
    uow: UnitOfWork, case: CaseCard, person: PersonCard, card: EvaluationCard
) -> list[UUID]:
    """What came out of a done evaluation: the user's own words, the goal and what happens next."""

    def compose(recipient: Recipient) -> LetterBody:
        language = recipient.language_form

        def say(message: str, **params: object) -> str:
            return translate(language, message, **params)

        opening = say(
            N_("%(day)s snakket vi om hvordan det går."), day=date_long(card.held_on or today(), language)
        )
        blocks: list[Block] = [Paragraph(opening)]
        if card.own_words:
            blocks.append(Quote(card.own_words, say(N_("%(name)s, med egne ord"), name=person.given_name)))
        if card.goal_reached in GOAL_TEXTS:
            blocks += [Heading(say(N_("Målet"))), Paragraph(say(GOAL_TEXTS[card.goal_reached])),
                       *_paragraphs(card.goal_seen)]  # fmt: skip
        blocks += [
            Heading(say(N_("Hva som skjer videre"))),
            Paragraph(_next(card, language)),
            *_paragraphs(card.next_step),
        ]
        return LetterBody(say(N_("Dette ble vi enige om")), blocks)

    return await _write(uow, case, compose=compose, about=card.id, kind="evaluation")


async def write_ended(
    uow: UnitOfWork, case: CaseCard, person: PersonCard, card: EvaluationCard
) -> list[UUID]:
    """That the service is over as agreed, why, and that one may apply again. To nobody when the person has died."""
    if card.end_reason == "died" or card.ends_on is None:
        return []
    rights = {form: await legal_text(uow, "access", form, today()) for form in FORMS}
    last_day = card.ends_on

    def compose(recipient: Recipient) -> LetterBody:
        language = recipient.language_form

        def say(message: str, **params: object) -> str:
            return translate(language, message, **params)

        reason = say(END_REASONS.get(card.end_reason, ""))
        blocks: list[Block] = [
            Paragraph(say(N_("Vi har snakket sammen, og tjenesten er avsluttet slik vi ble enige om."))),
            Facts([
                (say(N_("Siste dag")), date_long(last_day, language)),
                (say(N_("Grunn")), f"{reason}. {card.end_note}".strip() if card.end_note else reason),
            ]),
            Paragraph(say(N_("Endrer noe seg, kan du søke igjen når du vil."))),
            Paragraph(say(N_("Er du uenig i at tjenesten er slutt, si fra til oss."))),
            Heading(say(N_("Du kan se dokumentene i saken"))), Paragraph(rights[language]),
        ]  # fmt: skip
        title = (
            say(N_("Støttekontakten din er avsluttet"))
            if recipient.role == "self"
            else say(N_("Støttekontakten til %(name)s er avsluttet"), name=person.given_name)
        )
        return LetterBody(title, blocks)

    return await _write(uow, case, compose=compose, about=card.id, kind="ending")


def _next(card: EvaluationCard, language: str) -> str:
    if card.outcome == "continue" and card.next_on is not None:
        return translate(
            language, N_("Tjenesten fortsetter som nå. Neste gang vi snakker om den, er innen %(day)s."),
            day=date_long(card.next_on, language),
        )  # fmt: skip
    if card.outcome == "prolong":
        return translate(
            language, N_("Tjenesten skal fortsette. Du får et nytt vedtak i posten uten å søke på nytt.")
        )
    return translate(language, N_("Tjenesten skal endres. Du får et nytt vedtak, og kan klage på det."))


def _paragraphs(text: str) -> Sequence[Paragraph]:
    return [Paragraph(text)] if text else []


async def _write(uow: UnitOfWork, case: CaseCard, *, compose: Compose, about: UUID, kind: str) -> list[UUID]:
    return await write_letters(
        uow, kind=kind, case_id=case.id, person_id=case.person_id, child_welfare=case.purchaser == "child_welfare",
        compose=compose, about=about,
    )  # fmt: skip
