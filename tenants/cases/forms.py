"""Reading the slice's forms: text as typed into facts, or every field's error at once."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from uuid import UUID

from sammen.clock import today
from sammen.errors import Invalid
from sammen.i18n_mark import N_
from sammen.norwegian import parse_date
from sammen.web.forms import Form, Reader
from tenants.cases.applications import ApplicationFacts
from tenants.cases.forms_proposal import AIMS, TRANSPORT
from tenants.cases.service import MappingFacts
from tenants.people.api import NationalNumber, PersonFacts, traits

CHANNELS = {"letter": N_("Brev"), "phone": N_("Telefon eller oppmøte"), "form": N_("Skjema")}
APPLICANTS = {
    "self": N_("Personen selv"),
    "parent": N_("Forelder eller foresatt"),
    "guardian": N_("Verge"),
    "power_of_attorney": N_("Fullmektig"),
    "other": N_("En annen, for eksempel skole eller lege"),
}
PROTECTIONS = {
    "none": N_("Vanlig adresse"),
    "kode7": N_("Fortrolig adresse (kode 7)"),
    "kode6": N_("Strengt fortrolig adresse (kode 6)"),
}


def _person(reader: Reader, *, accept_synthetic: bool) -> PersonFacts | None:
    # In the order of the form, since the list of what to mend follows it.
    given = reader.text("fornavn", required=N_("Skriv fornavnet."), most=100)
    family = reader.text("etternavn", required=N_("Skriv etternavnet."), most=100)
    number = reader.take("fodselsnummer", partial(NationalNumber.parse, accept_synthetic=accept_synthetic))
    born = reader.take("fodselsdato", lambda text: parse_date(text, field="fodselsdato", years_ahead=0))
    if (
        number is None
        and born is None
        and "fodselsnummer" not in reader.errors
        and "fodselsdato" not in reader.errors
    ):
        reader.fail(
            "fodselsnummer", N_("Skriv fødselsnummeret. Er det ukjent, skriv fødselsdatoen i stedet.")
        )
    if born is not None and born > today():
        reader.fail("fodselsdato", N_("Fødselsdatoen er i framtida."))
    return PersonFacts(
        given_name=given,
        family_name=family,
        number=number,
        birth_date=born,
        street=reader.text("adresse", most=200),
        postcode=reader.text("postnummer", most=4),
        place=reader.text("poststed", most=100),
        phone=reader.text("telefon", most=40),
        protection=reader.choice("adressesperre", PROTECTIONS, required=N_("Velg om adressen er sperret."))
        or "none",
    )


def read_application(form: Form, *, accept_synthetic: bool) -> ApplicationFacts:
    """The form for a received application. Raises Invalid with every field's error."""
    reader = Reader(form)
    person = _person(reader, accept_synthetic=accept_synthetic)
    received = reader.take(
        "mottatt", lambda text: parse_date(text, field="mottatt"), required=N_("Skriv dagen søknaden kom.")
    )
    channel = reader.choice("kanal", CHANNELS, required=N_("Velg hvordan søknaden kom."))
    applicant = reader.choice("soker", APPLICANTS, required=N_("Velg hvem som søker."))
    name = reader.text("soker_navn", most=200)
    if applicant not in ("", "self") and not name:
        reader.fail("soker_navn", N_("Skriv navnet på den som søker."))
    ground = reader.text("hjemmel", required=N_("Velg en hjemmel fra lista."), most=60)
    wishes = reader.text("onsker")
    reader.done()
    assert person is not None
    assert received is not None
    return ApplicationFacts(
        person, received, channel, applicant, name, wishes, ground, reader.text("soker_kontakt", most=200)
    )


def read_receiver(form: Form) -> UUID | None:
    """The colleague an application is handed to; None for whoever takes it. Raises Invalid for what is no id."""
    text = form.text("mottaker")
    if not text:
        return None
    try:
        return UUID(text)
    except ValueError:
        raise Invalid.one("mottaker", N_("Velg en kollega fra lista.")) from None


def _one_of(form: Form, name: str, allowed: Mapping[str, str]) -> str:
    """An optional choice: anything unknown is as if nothing was chosen."""
    value = form.text(name)
    return value if value in allowed else ""


def read_mapping(form: Form) -> MappingFacts:
    """The form for a mapping conversation. Raises Invalid with every field's error."""
    reader = Reader(form)
    held = reader.take(
        "dato", lambda text: parse_date(text, field="dato"), required=N_("Skriv dagen dere snakket sammen.")
    )
    own_words = reader.text("egne_ord", required=N_("Skriv ned hva personen selv ønsker, med egne ord."))
    facts = MappingFacts(
        held_on=held or today(),
        own_words=own_words,
        interests=reader.choices("interesser", traits.INTERESTS),
        slots=reader.choices("tider", {slot: slot for slot in traits.SLOTS}),
        needs=reader.text("behov"),
        network=reader.text("nettverk"),
        dreams=reader.text("drommer"),
        strengths=reader.text("styrker"),
        aims=reader.choices("mal", AIMS),
        skills=reader.choices("kan", traits.SKILLS),
        area=reader.text("omrade", most=500),
        transport=_one_of(form, "transport", TRANSPORT),
        visit_notes=reader.text("besok", most=8_000),
    )
    reader.done()
    return facts
