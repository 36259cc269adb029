"""Reading the slice's forms: text as typed into facts, or every field's error at once."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from functools import partial

from sammen.clock import today
from sammen.errors import BadInput
from sammen.i18n_mark import N_
from sammen.norwegian import parse_date
from sammen.web.forms import Form, Reader
from tenants.people.api import (
    END_REASONS,
    ROLE_SCOPES,
    NationalNumber,
    PersonCard,
    PersonFacts,
    RepresentativeFacts,
)
from tenants.record.closing import ConsentFacts

PROTECTIONS = {
    "none": N_("Vanlig adresse"),
    "kode7": N_("Fortrolig adresse (kode 7)"),
    "kode6": N_("Strengt fortrolig adresse (kode 6)"),
}
LANGUAGE_FORMS = {"nb": N_("Bokmål"), "nn": N_("Nynorsk")}
ROLES = {
    "parent": N_("Forelder"),
    "guardian": N_("Verge"),
    "power_of_attorney": N_("Fullmektig"),
}
CHILD_LIVES = {
    "": N_("Vet ikke"),
    "here": N_("Barnet bor her"),
    "visits": N_("Barnet bor hos den andre og er på samvær her"),
    "neither": N_("Barnet bor ikke her og har ikke samvær"),
}
YES_NO = {"ja": N_("Ja"), "nei": N_("Nei")}
GIVEN_BY = {
    "self": N_("Personen selv"),
    "parent": N_("Forelder"),
    "guardian": N_("Verge"),
    "power_of_attorney": N_("Fullmektig"),
}
SCOPE_FIELDS = {"guardian": "omfang_verge", "power_of_attorney": "omfang_fullmakt"}


@dataclass(frozen=True, slots=True)
class NewRepresentative:
    """Who is to act for the person, and how."""

    person: PersonFacts
    facts: RepresentativeFacts


def version_in(form: Form, name: str = "versjon") -> int:
    """The version a form was shown with; what cannot be read is -1, which is nobody's."""
    text = form.text(name)
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 9 else -1


def _postcode(text: str) -> str:
    if not (text.isascii() and text.isdigit() and len(text) == 4):
        raise BadInput("postnummer", N_("Postnummeret har fire sifre."))
    return text


def _born(text: str) -> date:
    born = parse_date(text, field="fodselsdato", years_ahead=0)
    if born > today():
        raise BadInput("fodselsdato", N_("Fødselsdatoen er i framtida."))
    return born


def read_person(form: Form, card: PersonCard, *, accept_synthetic: bool) -> PersonFacts:
    """The form that corrects a person. What a protected person's form leaves out of the address stays as it is.

    Raises Invalid with every field's error.
    """
    reader = Reader(form)
    given = reader.text("fornavn", required=N_("Skriv fornavnet."), most=100)
    family = reader.text("etternavn", required=N_("Skriv etternavnet."), most=100)
    number = born = None
    if not card.has_number:
        number = reader.take(
            "fodselsnummer", partial(NationalNumber.parse, accept_synthetic=accept_synthetic)
        )
        born = reader.take("fodselsdato", _born)
    facts = PersonFacts(
        given_name=given,
        family_name=family,
        number=number,
        birth_date=card.birth_date if card.has_number else born,
        sex=card.sex,
        street=reader.text("adresse", most=200),
        postcode=reader.take("postnummer", _postcode) or "",
        place=reader.text("poststed", most=100),
        phone=reader.text("telefon", most=40),
        email=reader.text("epost", most=200),
        protection=reader.choice("adressesperre", PROTECTIONS, required=N_("Velg om adressen er sperret."))
        or "none",
        language_form=reader.choice("brevform", LANGUAGE_FORMS, required=N_("Velg hvilken form brevene skal ha."))
        or "nb",
        speaks=reader.text("sprak", most=100),
        needs_interpreter=form.text("tolk") == "ja",
        interpreter_language=reader.text("tolkesprak", most=100),
        individual_plan=form.text("plan") == "ja",
    )  # fmt: skip
    if facts.email and ("@" not in facts.email or " " in facts.email):
        reader.fail("epost", N_("Skriv e-postadressen med @, for eksempel ola@eksempel.no."))
    if facts.needs_interpreter and not facts.interpreter_language:
        reader.fail("tolkesprak", N_("Skriv hvilket språk tolken skal tolke til."))
    reader.done()
    return _with_kept_address(facts, card) if card.protected else facts


def _with_kept_address(facts: PersonFacts, card: PersonCard) -> PersonFacts:
    if not (facts.street or facts.postcode or facts.place):
        facts = replace(facts, street=card.street, postcode=card.postcode, place=card.place)
    return facts if facts.phone else replace(facts, phone=card.phone)


def read_representative(form: Form, *, accept_synthetic: bool) -> NewRepresentative:
    """The form for a new representative. Raises Invalid with every field's error."""
    reader = Reader(form)
    given = reader.text("fornavn", required=N_("Skriv fornavnet."), most=100)
    family = reader.text("etternavn", required=N_("Skriv etternavnet."), most=100)
    number = reader.take("fodselsnummer", partial(NationalNumber.parse, accept_synthetic=accept_synthetic))
    born = reader.take("fodselsdato", _born)
    person = PersonFacts(
        given_name=given,
        family_name=family,
        number=number,
        birth_date=born,
        street=reader.text("adresse", most=200),
        postcode=reader.take("postnummer", _postcode) or "",
        place=reader.text("poststed", most=100),
        phone=reader.text("telefon", most=40),
        language_form=reader.choice("brevform", LANGUAGE_FORMS, required=N_("Velg hvilken form brevene skal ha."))
        or "nb",
    )  # fmt: skip
    role = reader.choice("rolle", ROLES, required=N_("Velg hva personen er."))
    facts = _reach(reader, role)
    reader.done()
    return NewRepresentative(person, facts)


def read_change(form: Form, role: str) -> RepresentativeFacts:
    """The form that changes what a representative may; the role is as registered. Raises Invalid."""
    reader = Reader(form)
    facts = _reach(reader, role)
    reader.done()
    return facts


def _reach(reader: Reader, role: str) -> RepresentativeFacts:
    form = reader.form
    start = reader.take(
        "fra", partial(parse_date, field="fra"), required=N_("Skriv fra hvilken dag det gjelder.")
    )
    end = reader.take("til", partial(parse_date, field="til"))
    if start and end and end < start:
        reader.fail("til", N_("Sluttdatoen er før startdatoen."))
    field = SCOPE_FIELDS.get(role, "")
    scopes = reader.choices(field, ROLE_SCOPES[role]) if field else []
    if field and not scopes:
        reader.fail(field, N_("Kryss av for hva det gjelder."))
    return RepresentativeFacts(
        role=role or "parent",
        valid_from=start or today(),
        valid_to=end,
        scopes=scopes,
        scope=reader.text("beskrivelse", most=500),
        parental_responsibility=form.text("foreldreansvar") != "nei",
        child_lives=form.text("barnet_bor") if form.text("barnet_bor") in CHILD_LIVES else "",
        receives_letters=form.text("faar_brev") != "nei",
    )


def read_end(form: Form) -> tuple[date, str]:
    """(last day, code of END_REASONS). Raises Invalid."""
    reader = Reader(form)
    on = reader.take(
        "sluttdato", partial(parse_date, field="sluttdato"), required=N_("Skriv den siste dagen.")
    )
    reason = reader.choice("grunn", END_REASONS, required=N_("Velg hvorfor det avsluttes."))
    reader.done()
    assert on is not None
    return on, reason


def read_death(form: Form) -> date:
    """The day somebody died. Raises Invalid; a box must be ticked, since this ends services."""
    reader = Reader(form)
    on = reader.take("dato", partial(parse_date, field="dato"), required=N_("Skriv dagen personen døde."))
    if form.text("bekreft") != "ja":
        reader.fail("bekreft", N_("Kryss av for at du har lest hva som skjer."))
    reader.done()
    assert on is not None
    return on


def read_move(form: Form) -> tuple[date, str]:
    """(the day of moving, the municipality moved to). Raises Invalid."""
    reader = Reader(form)
    on = reader.take(
        "dato", partial(parse_date, field="dato", years_ahead=5), required=N_("Skriv dagen personen flytter.")
    )
    to = reader.text("kommune", required=N_("Skriv hvilken kommune personen flytter til."), most=100)
    if form.text("bekreft") != "ja":
        reader.fail("bekreft", N_("Kryss av for at du har lest hva som skjer."))
    reader.done()
    assert on is not None
    return on, to


def read_consent(form: Form) -> ConsentFacts:
    """Who has said yes to handing the case over, and when. Raises Invalid."""
    reader = Reader(form)
    given_by = reader.choice("hvem", GIVEN_BY, required=N_("Velg hvem som samtykker."))
    name = reader.text("navn", required=N_("Skriv navnet på den som samtykker."), most=200)
    on = reader.take(
        "samtykke_dato",
        partial(parse_date, field="samtykke_dato"),
        required=N_("Skriv dagen samtykket ble gitt."),
    )
    receiver = reader.text("mottaker", required=N_("Skriv hvilken kommune som skal få saken."), most=100)
    reader.done()
    assert on is not None
    return ConsentFacts(given_by, name, on, receiver)
