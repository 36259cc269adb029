"""What a written agreement says: the least the law asks of a contract of employment (aml. § 14-6), or an assignment's terms.

Pure: the agreement and the municipality's rules in, a document out. An address is left out; a name and a birth date tell
who it is, and nobody's protected address ends up in a drawer.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sammen.documents.blocks import Block, Facts, Heading, Paragraph, Table
from sammen.documents.pdf import WORDS, Document, Sender
from sammen.i18n_mark import N_
from sammen.web.formats import date_long, hours_long, money
from sammen.web.i18n import ntranslate, translate
from tenants.agreements.wording import (
    ABSENCE,
    CHANGES,
    CONFIDENTIALITY,
    CONSENTED,
    HOLIDAY,
    IN_WRITING,
    MOVING,
    NOT_EMPLOYED,
    PAID,
    SAFETY,
    TRAINING,
    VARYING,
    WORK,
)
from tenants.contacts.api import FIXED_TERM, EngagementCard
from tenants.provision.api import ProvisionRules

TITLES = {
    "employee": N_("Arbeidsavtale for støttekontakt"),
    "contractor": N_("Oppdragsavtale for støttekontakt"),
}
Say = Callable[..., str]


@dataclass(frozen=True, slots=True)
class Parties:
    """Who agree. `address_lines` are the municipality's, as they stand at the foot of its letters."""

    municipality: str
    department: str
    address_lines: Sequence[str]
    contact: str
    birth_date: date | None


def agreement_document(
    agreement: EngagementCard,
    parties: Parties,
    rules: ProvisionRules,
    *,
    language: str,
    dated: date,
    rate: Decimal | None = None,
) -> Document:
    """The agreement as it is sent to signing, in "nb" or "nn". `rate` is kroner an hour on the first day, if known."""

    def say(message: str, **params: object) -> str:
        return translate(language, message, **params)

    employed = agreement.kind == "employee"
    blocks: list[Block] = [
        Heading(say(N_("Partene"))),
        Facts(_parties(parties, say, language)),
        Heading(say(N_("Arbeidet"))),
        Facts(_work(agreement, parties, say, language)),
    ]
    blocks += (
        _employed(agreement, rules, say, language, rate)
        if employed
        else _contracted(agreement, rules, say, language, rate)
    )
    blocks += _common(agreement, say, language)
    return Document(
        kind="report",
        language=language,
        title=say(TITLES[agreement.kind]),
        date=dated,
        sender=Sender(parties.municipality, parties.department, list(parties.address_lines)),
        blocks=blocks,
        about=say(TITLES[agreement.kind]),
        words={word: say(text) for word, text in WORDS.items()},
    )


def _parties(parties: Parties, say: Say, language: str) -> list[tuple[str, str]]:
    return [
        (say(N_("Kommunen")), "\n".join([parties.municipality, *parties.address_lines])),
        (say(N_("Støttekontakt")), parties.contact),
        (say(N_("Født")), date_long(parties.birth_date, language) if parties.birth_date else ""),
    ]


def _work(agreement: EngagementCard, parties: Parties, say: Say, language: str) -> list[tuple[str, str]]:
    moving = say(
        MOVING,
        place=parties.municipality,
    )
    if agreement.valid_to is None:
        lasts = (
            say(N_("Fast, uten sluttdato")) if agreement.kind == "employee" else say(N_("Til den sies opp"))
        )
    else:
        lasts = say(N_("Til og med %(day)s"), day=date_long(agreement.valid_to, language))
        if agreement.fixed_term:
            ground = say(FIXED_TERM[agreement.fixed_term])
            lasts += "\n" + say(N_("Grunnlag: %(ground)s (arbeidsmiljøloven § 14-9)."), ground=ground)
    hours = (
        say(N_("%(hours)s i uka i gjennomsnitt"), hours=hours_long(agreement.hours_per_week, language))
        if agreement.hours_per_week
        else say(N_("Etter det som er avtalt for hvert oppdrag"))
    )
    return [
        (
            say(N_("Stilling")) if agreement.kind == "employee" else say(N_("Oppdrag")),
            say(N_("Støttekontakt")),
        ),
        (say(N_("Hva arbeidet er")), agreement.work or say(WORK)),
        (say(N_("Arbeidssted")), agreement.place or moving),
        (say(N_("Begynner")), date_long(agreement.valid_from, language)),
        (say(N_("Varer")), lasts),
        (say(N_("Timer")), hours),
    ]


def _employed(
    agreement: EngagementCard, rules: ProvisionRules, say: Say, language: str, rate: Decimal | None
) -> list[Block]:
    return [
        Heading(say(N_("Arbeidstid"))),
        Paragraph(say(VARYING)),
        Heading(say(N_("Lønn"))),
        Paragraph(_pay(rules, say, language, rate)),
        Paragraph(say(HOLIDAY)),
        Paragraph(say(ABSENCE)),
        Heading(say(N_("Prøvetid og oppsigelse"))),
        Paragraph(_probation(agreement, say, language)),
        Paragraph(say(IN_WRITING)),
        Heading(say(N_("Opplæring, tariffavtale og pensjon"))),
        Paragraph(say(TRAINING)),
        Facts(
            [
                (
                    say(N_("Tariffavtale")),
                    rules.collective_agreement or say(N_("Ingen er oppgitt av kommunen")),
                ),
                (
                    say(N_("Pensjon og forsikring")),
                    rules.pension or say(N_("Lovpålagt tjenestepensjon og yrkesskadeforsikring")),
                ),
            ]
        ),
        Heading(say(N_("Helse, miljø og sikkerhet"))),
        Paragraph(say(SAFETY)),
    ]


def _contracted(
    agreement: EngagementCard, rules: ProvisionRules, say: Say, language: str, rate: Decimal | None
) -> list[Block]:
    return [
        Heading(say(N_("Hvorfor dette er et oppdrag"))),
        Paragraph(agreement.reasons),
        Paragraph(say(NOT_EMPLOYED)),
        Heading(say(N_("Godtgjøring"))),
        Paragraph(_pay(rules, say, language, rate)),
        Heading(say(N_("Oppsigelse"))),
        Paragraph(_notice(agreement, say)),
    ]


def _common(agreement: EngagementCard, say: Say, language: str) -> list[Block]:
    blocks: list[Block] = [
        Heading(say(N_("Taushetsplikt og politiattest"))),
        Paragraph(say(CONFIDENTIALITY)),
        Heading(say(N_("Endringer"))),
        Paragraph(say(CHANGES)),
    ]
    if agreement.parent_consent_on is not None:
        blocks.append(
            Paragraph(
                say(
                    CONSENTED,
                    name=agreement.parent_consent_by,
                    day=date_long(agreement.parent_consent_on, language),
                )
            )
        )
    line = say(N_("Sted og dato:")) + "\n\n\n" + say(N_("Underskrift:")) + "\n\n"
    blocks += [
        Heading(say(N_("Underskrifter"))),
        Paragraph(say(N_("Avtalen er laget i to eksemplarer. Hver part beholder ett."))),
        Table([say(N_("For kommunen")), say(N_("Støttekontakt"))], [[line, line]], (1, 1)),
    ]
    return blocks


def _pay(rules: ProvisionRules, say: Say, language: str, rate: Decimal | None) -> str:
    text = say(PAID, day=rules.pay_day)
    if rate is None:
        return text
    begins = say(
        N_("Den første dagen er satsen %(rate)s for en time med én bruker."), rate=money(rate, lang=language)
    )
    return f"{begins} {text}"


def _notice(agreement: EngagementCard, say: Say) -> str:
    months = agreement.notice_months
    if not months:
        return say(N_("Avtalen kan sies opp skriftlig av begge parter, uten frist."))
    return say(
        N_("Avtalen kan sies opp skriftlig av begge parter, med %(months)s måneds varsel."), months=months
    )


def _probation(agreement: EngagementCard, say: Say, language: str) -> str:
    notice = (
        ntranslate(
            language,
            "Etter prøvetida er oppsigelsesfristen én måned.",
            "Etter prøvetida er oppsigelsesfristen %(num)s måneder.",
            agreement.notice_months,
        )
        if agreement.probation_months
        else ntranslate(
            language,
            "Oppsigelsesfristen er én måned.",
            "Oppsigelsesfristen er %(num)s måneder.",
            agreement.notice_months,
        )
    )
    if not agreement.probation_months:
        return say(N_("Det er ingen prøvetid.")) + " " + notice
    length = ntranslate(
        language,
        "Prøvetida er én måned, med fjorten dagers oppsigelsesfrist (arbeidsmiljøloven § 15-3).",
        "Prøvetida er %(num)s måneder, med fjorten dagers oppsigelsesfrist (arbeidsmiljøloven § 15-3).",
        agreement.probation_months,
    )
    return f"{length} {notice}"
