"""What the slice's pages show, put together from its reads: values for templates, no HTTP."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sammen.clock import today
from sammen.i18n_mark import N_
from sammen.norwegian import format_date, format_decimal
from sammen.web.formats import date_long, hours_long
from sammen.web.i18n import ntranslate, translate
from tenants.agreements.classifying import Assessment
from tenants.agreements.queries import FileCard
from tenants.agreements.rules import written_by
from tenants.contacts.api import AGREEMENT_END_REASONS, FIXED_TERM, KINDS, OF_AGE, ContactCard, EngagementCard

VIEW_NAMES = {
    "underskrift": N_("Mangler underskrift"),
    "utloper": N_("Går snart ut"),
    "mangler": N_("Uten avtale"),
    "oppdragstaker": N_("Oppdragsavtaler"),
}
LEVELS = {
    "none": (N_("Ingenting peker mot et arbeidsforhold"), "ok"),
    "some": (N_("Noe peker mot et arbeidsforhold"), "warning"),
    "strong": (N_("Mye peker mot et arbeidsforhold"), "danger"),
}


@dataclass(frozen=True, slots=True)
class Weighed:
    """What points to employment, in words. `level` is the assessment's; `state` the tag's."""

    level: str
    title: str
    state: str
    toward: list[str]
    away: list[str]


def weighed(assessment: Assessment, language: str) -> Weighed:
    """An assessment in the reader's language."""

    def said(text: str, params: tuple[tuple[str, object], ...]) -> str:
        values = {
            name: hours_long(value, language) if isinstance(value, Decimal) else value
            for name, value in params
        }
        return translate(language, text, **values)

    title, state = LEVELS[assessment.level]
    return Weighed(
        assessment.level,
        translate(language, title),
        state,
        [said(sign.text, sign.params) for sign in assessment.toward],
        [said(sign.text, sign.params) for sign in assessment.away],
    )


def standing(agreement: EngagementCard, language: str) -> tuple[str, str]:
    """(a word, a tag's state) of how an agreement stands today."""
    day = today()
    if agreement.valid_to is not None and agreement.valid_to < agreement.valid_from:
        return translate(language, N_("Ble ikke noe av")), "neutral"
    if agreement.valid_to is not None and agreement.valid_to < day:
        return translate(language, N_("Slutt")), "neutral"
    if agreement.signed_on is None:
        return translate(language, N_("Ikke underskrevet")), "warning"
    if agreement.valid_from > day:
        return translate(language, N_("Begynner senere")), "info"
    return translate(language, N_("Gjelder")), "ok"


def title_of(agreement: EngagementCard, language: str) -> str:
    """ "Arbeidsavtale fra 1. mai 2026" """
    kind, first = translate(language, KINDS[agreement.kind]), date_long(agreement.valid_from, language)
    return translate(language, N_("%(kind)s fra %(day)s"), kind=kind, day=first)


def terms(agreement: EngagementCard, language: str) -> list[tuple[str, str]]:
    """What an agreement says, without empty lines."""

    def say(message: str, **params: object) -> str:
        return translate(language, message, **params)

    def day(value: date | None) -> str:
        return date_long(value, language) if value is not None else ""

    last = day(agreement.valid_to) or say(N_("Ingen sluttdato"))
    if agreement.fixed_term:
        last += f" ({say(FIXED_TERM[agreement.fixed_term])})"
    hours = agreement.hours_per_week
    probation, notice = agreement.probation_months, agreement.notice_months
    rows = [
        (say(N_("Slags avtale")), say(KINDS[agreement.kind])),
        (say(N_("Første dag")), day(agreement.valid_from)),
        (say(N_("Siste dag")), last),
        (say(N_("Timer i uka")), hours_long(hours, language) if hours else say(N_("Etter oppdragene"))),
        (say(N_("Arbeidet")), agreement.work),
        (say(N_("Arbeidssted")), agreement.place),
        (say(N_("Prøvetid")), ntranslate(language, "én måned", "%(num)s måneder", probation) if probation else ""),
        (say(N_("Oppsigelse")), ntranslate(language, "én måned", "%(num)s måneder", notice) if notice else ""),
        (say(N_("Hvorfor oppdrag")), agreement.reasons),
        (
            say(N_("Forelder sa ja")),
            f"{day(agreement.parent_consent_on)}, {agreement.parent_consent_by}" if agreement.parent_consent_on else "",
        ),
        (say(N_("Støttekontakten skrev under")), day(agreement.signed_by_contact_on)),
        (say(N_("Kommunen skrev under")), day(agreement.signed_by_municipality_on)),
        (say(N_("Sluttet fordi")), say(AGREEMENT_END_REASONS[agreement.end_reason]) if agreement.end_reason else ""),
    ]  # fmt: skip
    return [(label, text) for label, text in rows if text]


def due_text(agreement: EngagementCard, language: str) -> str:
    """By when an agreement nobody has signed is to be in writing, and why; "" when both have signed."""
    if agreement.signed_on is not None:
        return ""
    due = written_by(agreement.valid_from, agreement.valid_to)
    message = (
        N_("Den skal være skriftlig fra første dag, %(day)s, siden den varer høyst en måned (arbeidsmiljøloven § 14-5).")
        if due == agreement.valid_from
        else N_("Den skal være skriftlig senest %(day)s, sju dager etter første dag (arbeidsmiljøloven § 14-5).")
    )  # fmt: skip
    return translate(language, message, day=date_long(due, language))


def next_step(agreement: EngagementCard, file: FileCard | None, language: str) -> tuple[str, str]:
    """(title, text) of what to do with an agreement; ("", "") when nothing is left."""
    day = today()
    if agreement.signed_on is not None or (agreement.valid_to is not None and agreement.valid_to < day):
        return "", ""
    law = due_text(agreement, language)
    if file is None and not agreement.touched:
        return translate(language, N_("Neste: send avtalen til underskrift")), law
    if file is not None and file.terms != agreement.version and not agreement.touched:
        changed = translate(language, N_("Avtalen er endret etter at den ble sendt."))
        return translate(language, N_("Neste: send den nye avtalen til underskrift")), f"{changed} {law}"
    return translate(language, N_("Neste: registrer underskriftene")), law


def young(card: ContactCard) -> bool:
    """Whether a parent may have to say yes: under 18, or nobody knows how old."""
    return card.age is None or card.age < OF_AGE


def form_values(agreement: EngagementCard | None, card: ContactCard) -> Mapping[str, Any]:
    """What the form begins with: a new agreement from today, or the one that is changed."""
    if agreement is None:
        return {
            "avtale": "employee", "fra": format_date(today()), "til": "", "provetid": "0", "oppsigelse": "1",
            "timer": format_decimal(card.wants_hours) if card.wants_hours else "", "tegn": [], "versjon": "0",
        }  # fmt: skip
    return {
        "avtale": agreement.kind,
        "fra": format_date(agreement.valid_from),
        "til": format_date(agreement.valid_to) if agreement.valid_to else "",
        "timer": format_decimal(agreement.hours_per_week) if agreement.hours_per_week else "",
        "begrunnelse": agreement.reasons,
        "tegn": agreement.signs,
        "arbeid": agreement.work,
        "sted": agreement.place,
        "midlertidig": agreement.fixed_term,
        "provetid": str(agreement.probation_months),
        "oppsigelse": str(agreement.notice_months),
        "samtykke": format_date(agreement.parent_consent_on) if agreement.parent_consent_on else "",
        "samtykke_av": agreement.parent_consent_by,
        "versjon": str(agreement.version),
    }
