"""What the public form asks, and what it says once it is read: the same few fields, saved, sent and registered."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import partial

from sammen.clock import today
from sammen.i18n_mark import N_
from sammen.norwegian import format_date, parse_date
from sammen.web.forms import Form, Reader
from tenants.people.api import NationalNumber, PersonFacts

APPLICANTS = {
    "self": N_("Jeg søker for meg selv"),
    "parent": N_("Jeg er forelder eller foresatt"),
    "guardian": N_("Jeg er verge"),
    "power_of_attorney": N_("Jeg har fullmakt"),
    "other": N_("Jeg er en annen, for eksempel lærer, lege eller venn"),
}
YES_NO = {"nei": N_("Nei"), "ja": N_("Ja")}
LETTERS = {"nb": N_("Bokmål"), "nn": N_("Nynorsk")}
LIMITS: Mapping[str, int] = {
    "sperret": 3, "soker": 20, "soker_navn": 200, "vet_om": 3, "fornavn": 100, "etternavn": 100, "fodselsdato": 40,
    "fodselsnummer": 20, "adresse": 200, "postnummer": 10, "poststed": 100, "telefon": 40, "epost": 200, "onsker": 4_000,
    "hjelp": 4_000, "tider": 1_000, "tolk": 3, "tolk_sprak": 60, "brev": 2, "annet": 2_000,
}  # fmt: skip
"""Every field of the form, and the most signs it takes."""
TRAP = "nettsted"
"""A field no person sees: what fills it in is a program."""
OLDEST = 130
CALL = N_("Ring kommunen i stedet. Da blir ikke adressen sendt over nettet. Skjemaet er ikke lagret.")


@dataclass(frozen=True, slots=True)
class PublicForm:
    """A whole form. `fields` as they were typed, with dates and numbers in their one form."""

    fields: Mapping[str, str]
    birth_date: date

    def text(self, name: str) -> str:
        return self.fields.get(name, "")

    @property
    def name(self) -> str:
        return f"{self.text('fornavn')} {self.text('etternavn')}"

    def to_json(self) -> str:
        return json.dumps(dict(self.fields), ensure_ascii=False, sort_keys=True)

    @classmethod
    def from_json(cls, text: str) -> PublicForm:
        """What `to_json` wrote."""
        fields = {str(name): str(value) for name, value in json.loads(text).items()}
        return cls(fields, parse_date(fields["fodselsdato"], field="fodselsdato"))


def typed_so_far(form: Form) -> dict[str, str]:
    """What a draft keeps: the form's own fields, readable or not. Raises Invalid when one is too long, and for a
    protected address, of which nothing is kept.
    """
    reader = Reader(form)
    found = {name: reader.text(name, most=most) for name, most in LIMITS.items()}
    if form.text("sperret") == "ja":
        reader.fail("sperret", CALL)
    reader.done()
    return {name: value for name, value in found.items() if value}


def read_public_form(form: Form, *, accept_synthetic: bool) -> PublicForm:
    """The form as sent. Raises Invalid with every field's error."""
    reader = Reader(form)
    if form.text(TRAP):
        reader.fail(
            TRAP, N_("La dette feltet stå tomt. Det er der for å stoppe programmer som fyller ut skjemaer.")
        )
    # In the order of the form, since the list of what to mend follows it.
    applicant = reader.choice("soker", APPLICANTS, required=N_("Velg hvem som søker."))
    if applicant not in ("", "self"):
        reader.text("soker_navn", required=N_("Skriv navnet ditt."), most=LIMITS["soker_navn"])
        if form.text("vet_om") != "ja":
            reader.fail("vet_om", N_("Snakk med personen før du søker, og kryss av her."))
    _contact(reader)
    if reader.choice("sperret", YES_NO, required=N_("Svar på om adressen er sperret.")) == "ja":
        reader.fail("sperret", CALL)
    reader.text("fornavn", required=N_("Skriv fornavnet."), most=LIMITS["fornavn"])
    reader.text("etternavn", required=N_("Skriv etternavnet."), most=LIMITS["etternavn"])
    born = _birth_date(reader, accept_synthetic=accept_synthetic)
    _postcode(reader)
    reader.text("onsker", required=N_("Skriv hva personen ønsker å gjøre."), most=LIMITS["onsker"])
    if reader.choice("tolk", YES_NO, required=N_("Svar på om dere trenger tolk.")) == "ja":
        reader.text(
            "tolk_sprak", required=N_("Skriv hvilket språk tolken skal snakke."), most=LIMITS["tolk_sprak"]
        )
    reader.choice("brev", LETTERS, required=N_("Velg bokmål eller nynorsk."))
    fields = {name: reader.text(name, most=most) for name, most in LIMITS.items()}
    reader.done()
    assert born is not None
    return PublicForm({**{k: v for k, v in fields.items() if v}, "fodselsdato": format_date(born)}, born)


def _birth_date(reader: Reader, *, accept_synthetic: bool) -> date | None:
    born = reader.take(
        "fodselsdato", lambda text: parse_date(text, field="fodselsdato", years_ahead=0),
        required=N_("Skriv fødselsdatoen."),
    )  # fmt: skip
    if born is not None and not today().year - OLDEST < born.year <= today().year:
        reader.fail("fodselsdato", N_("Sjekk årstallet i fødselsdatoen."))
    elif born is not None and born > today():
        reader.fail("fodselsdato", N_("Fødselsdatoen er i framtida."))
    number = reader.take("fodselsnummer", partial(NationalNumber.parse, accept_synthetic=accept_synthetic))
    if number is not None and born is not None and number.birth_date not in (None, born):
        reader.fail("fodselsnummer", N_("Fødselsnummeret og fødselsdatoen passer ikke sammen."))
    return born


def _contact(reader: Reader) -> None:
    phone, email = reader.form.text("telefon"), reader.form.text("epost")
    if not phone and not email:
        reader.fail("telefon", N_("Skriv et telefonnummer eller en e-postadresse, så vi får tak i deg."))
    if phone and not 5 <= sum(sign.isdigit() for sign in phone) <= 15:
        reader.fail("telefon", N_("Skriv telefonnummeret med sifre, for eksempel 912 34 567."))
    if email and ("@" not in email[1:-1] or any(sign.isspace() for sign in email)):
        reader.fail("epost", N_("Skriv e-postadressen slik: navn@eksempel.no."))


def _postcode(reader: Reader) -> None:
    postcode = reader.form.text("postnummer")
    if postcode and not (len(postcode) == 4 and postcode.isascii() and postcode.isdigit()):
        reader.fail("postnummer", N_("Et postnummer har fire sifre."))


def staff_values(sent: PublicForm) -> dict[str, str]:
    """What the caseworker's form begins with: what the public form says, in that form's fields."""
    return {
        **{name: sent.text(name) for name in ("fornavn", "etternavn", "fodselsnummer", "adresse", "postnummer",
                                              "poststed", "soker", "soker_navn")},
        "fodselsdato": "" if sent.text("fodselsnummer") else sent.text("fodselsdato"),
        "telefon": sent.text("telefon") if sent.text("soker") == "self" else "",
        "soker_kontakt": ", ".join(filter(None, (sent.text("telefon"), sent.text("epost")))),
        "adressesperre": "none",
        "onsker": "\n\n".join(filter(None, (sent.text(n) for n in ("onsker", "hjelp", "tider", "annet")))),
    }  # fmt: skip


def with_languages(person: PersonFacts, sent: PublicForm) -> PersonFacts:
    """What is known of the person, with the form of Norwegian and the interpreter that the form asks for."""
    return replace(
        person,
        language_form=sent.text("brev") if sent.text("brev") in LETTERS else person.language_form,
        needs_interpreter=sent.text("tolk") == "ja" or person.needs_interpreter,
        interpreter_language=sent.text("tolk_sprak")
        if sent.text("tolk") == "ja"
        else person.interpreter_language,
    )
