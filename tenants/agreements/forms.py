"""Reading the slice's forms: text as typed into facts, or every field's error at once."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from functools import partial
from uuid import UUID

from sammen.clock import today
from sammen.errors import BadInput
from sammen.i18n_mark import N_
from sammen.norwegian import parse_date, parse_decimal
from sammen.web.forms import Form, Reader
from tenants.agreements.classifying import SIGNS
from tenants.agreements.service import AgreementFacts
from tenants.contacts.api import (
    AGREEMENT_END_REASONS,
    FIXED_TERM,
    KINDS,
    AgreementDetails,
    ParentConsent,
)

MOST_HOURS = Decimal("37.5")
PROBATION = {
    "0": N_("Ingen prøvetid"),
    "1": N_("Én måned"),
    "2": N_("To måneder"),
    "3": N_("Tre måneder"),
    "6": N_("Seks måneder"),
}
NOTICE = {"1": N_("Én måned"), "2": N_("To måneder"), "3": N_("Tre måneder")}
ENDINGS = {code: name for code, name in AGREEMENT_END_REASONS.items() if code != "replaced"}
FUTURE = N_("Datoen er i framtida. Skriv dagen det skjedde.")
SIGNED_FIELDS = ("underskrevet", "kommunen")


def _day(name: str, text: str) -> date:
    return parse_date(text, field=name)


def _hours(text: str) -> Decimal:
    try:
        amount = parse_decimal(text, field="timer")
    except BadInput:
        raise BadInput("timer", N_("Skriv timer som tall, for eksempel 4 eller 4,5.")) from None
    if not 0 < amount <= MOST_HOURS:
        raise BadInput("timer", N_("Skriv timer i uka, høyst 37,5."))
    return amount


def _past_day(reader: Reader, name: str) -> date | None:
    day = reader.take(name, partial(_day, name))
    if day is not None and day > today():
        reader.fail(name, FUTURE)
    return day


def _consent(reader: Reader) -> ParentConsent | None:
    given, by = _past_day(reader, "samtykke"), reader.text("samtykke_av", most=200)
    if given is not None and not by:
        reader.fail("samtykke_av", N_("Skriv navnet på forelderen som sa ja."))
    if by and given is None and "samtykke" not in reader.errors:
        reader.fail("samtykke", N_("Skriv dagen forelderen sa ja."))
    return ParentConsent(given, by) if given is not None and by else None


def read_agreement(form: Form) -> AgreementFacts:
    """The form for an agreement. Raises Invalid with every field's error."""
    reader = Reader(form)
    kind = reader.choice("avtale", KINDS, required=N_("Velg arbeidsavtale eller oppdragsavtale."))
    first = reader.take("fra", partial(_day, "fra"), required=N_("Skriv dagen avtalen gjelder fra."))
    last = reader.take("til", partial(_day, "til"))
    if first is not None and last is not None and last < first:
        reader.fail("til", N_("Sluttdatoen er før startdatoen."))
    hours = reader.take("timer", _hours)
    reasons = reader.text("begrunnelse")
    if kind == "contractor" and not reasons:
        reader.fail(
            "begrunnelse",
            N_("Skriv hvorfor dette ikke er et arbeidsforhold. Loven går ut fra at det er det (arbeidsmiljøloven § 1-8)."),
        )  # fmt: skip
    fixed = form.text("midlertidig")
    if kind == "employee" and last is not None and fixed not in FIXED_TERM:
        reader.fail("midlertidig", N_("Velg hvorfor avtalen har en siste dag (arbeidsmiljøloven § 14-9)."))
    probation, notice = form.text("provetid"), form.text("oppsigelse")
    details = AgreementDetails(
        reasons=reasons,
        signs=reader.choices("tegn", SIGNS),
        work=reader.text("arbeid", most=1_000),
        place=reader.text("sted", most=200),
        fixed_term=fixed if fixed in FIXED_TERM else "",
        probation_months=int(probation) if probation in PROBATION else 0,
        notice_months=int(notice) if notice in NOTICE else 1,
    )
    consent = _consent(reader)
    reader.done()
    assert first is not None
    return AgreementFacts(kind, hours, first, last, details, consent, weighed=bool(form.text("vurdert")))


def read_signing(form: Form) -> tuple[date | None, date | None]:
    """(the day the contact signed, the day the municipality did); at least one. Raises Invalid."""
    reader = Reader(form)
    contact, municipality = (_past_day(reader, name) for name in SIGNED_FIELDS)
    if contact is None and municipality is None and not reader.errors:
        reader.fail(
            next((name for name in SIGNED_FIELDS if name in form), SIGNED_FIELDS[0]), N_("Skriv dagen.")
        )
    reader.done()
    return contact, municipality


def read_signed(form: Form) -> tuple[list[UUID], date]:
    """(the chosen agreements, the day both signed) of the list's form. Raises Invalid."""
    reader = Reader(form)
    chosen = []
    for text in form.all("avtaler"):
        try:
            chosen.append(UUID(text))
        except ValueError:
            continue
    if not chosen:
        reader.fail("avtaler", N_("Kryss av for avtalene som er underskrevet."))
    day = _past_day(reader, "dag")
    if day is None and "dag" not in reader.errors:
        reader.fail("dag", N_("Skriv dagen."))
    reader.done()
    assert day is not None
    return chosen, day


def read_ending(form: Form) -> tuple[date, str]:
    """(last day, reason). Raises Invalid with every field's error."""
    reader = Reader(form)
    day = reader.take(
        "siste_dag", partial(_day, "siste_dag"), required=N_("Skriv den siste dagen avtalen gjelder.")
    )
    reason = reader.choice("grunn", ENDINGS, required=N_("Velg hvorfor avtalen slutter."))
    reader.done()
    assert day is not None
    return day, reason
