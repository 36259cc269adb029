"""Reading the slice's forms: text as typed into facts, or every field's error at once."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from functools import partial

from sammen.clock import today
from sammen.errors import BadInput, Invalid
from sammen.i18n_mark import N_
from sammen.norwegian import parse_date, parse_decimal
from sammen.web.forms import Form, Reader
from tenants.contacts.service import FUTURE, ContactFacts
from tenants.people.api import NationalNumber, PersonFacts, traits

COMMITMENTS = {
    "0": N_("Ikke avtalt"),
    "6": N_("Minst et halvt år"),
    "12": N_("Minst ett år"),
    "24": N_("Minst to år"),
}
SKILLS = {code: trait.label for code, trait in traits.SKILLS.items() if code != "car"}
MOST_HOURS = 50
OLDEST = 100


def _hours(text: str) -> Decimal:
    try:
        amount = parse_decimal(text, field="timer")
    except BadInput:
        raise BadInput("timer", N_("Skriv timer som tall, for eksempel 4 eller 4,5.")) from None
    if not 0 < amount <= MOST_HOURS:
        raise BadInput("timer", N_("Skriv timer mellom 0,5 og %(most)s."), most=MOST_HOURS)
    return amount


def _day(name: str, text: str, *, years_ahead: int = 20) -> date:
    return parse_date(text, field=name, years_ahead=years_ahead)


def _person(reader: Reader, *, accept_synthetic: bool) -> PersonFacts:
    number = reader.take("fodselsnummer", partial(NationalNumber.parse, accept_synthetic=accept_synthetic))
    born = reader.take("fodselsdato", partial(_day, "fodselsdato", years_ahead=0))
    nothing = number is None and born is None
    if nothing and not {"fodselsnummer", "fodselsdato"} & reader.errors.keys():
        reader.fail(
            "fodselsnummer", N_("Skriv fødselsnummeret. Er det ukjent, skriv fødselsdatoen i stedet.")
        )
    if born is not None and born > today():
        reader.fail("fodselsdato", N_("Fødselsdatoen er i framtida."))
    if born is not None and born.year < today().year - OLDEST:
        reader.fail("fodselsdato", N_("Se etter en skrivefeil i fødselsdatoen."))
    email = reader.text("epost", most=200)
    if email and ("@" not in email[1:-1] or " " in email):
        reader.fail("epost", N_("Skriv e-postadressen som navn@eksempel.no."))
    return PersonFacts(
        given_name=reader.text("fornavn", required=N_("Skriv fornavnet."), most=100),
        family_name=reader.text("etternavn", required=N_("Skriv etternavnet."), most=100),
        number=number,
        birth_date=born,
        postcode=reader.text("postnummer", most=4),
        place=reader.text("poststed", most=100),
        phone=reader.text("telefon", most=40),
        email=email,
    )


def _facts(reader: Reader) -> ContactFacts:
    commits = reader.form.text("binder_seg")
    skills = reader.choices("erfaring", SKILLS)
    return ContactFacts(
        interests=reader.choices("interesser", traits.INTERESTS),
        skills=[*skills, "car"] if reader.form.text("bil") else skills,
        languages=reader.choices("sprak_valg", traits.LANGUAGES),
        slots=reader.choices("tider", {slot: slot for slot in traits.SLOTS}),
        has_car=bool(reader.form.text("bil")),
        wants_hours=reader.take("timer", _hours),
        commits_months=int(commits) if commits in COMMITMENTS else 0,
    )


def read_new(form: Form, *, accept_synthetic: bool) -> tuple[PersonFacts, ContactFacts]:
    """The form for a new contact. Raises Invalid with every field's error."""
    reader = Reader(form)
    person, facts = _person(reader, accept_synthetic=accept_synthetic), _facts(reader)
    reader.done()
    return person, facts


def read_facts(form: Form) -> ContactFacts:
    """Interests, times and wishes of a contact. Raises Invalid with every field's error."""
    reader = Reader(form)
    facts = _facts(reader)
    reader.done()
    return facts


def read_vetting(form: Form) -> tuple[date | None, date | None]:
    """(politiattest shown, confidentiality signed); at least one. Raises Invalid."""
    reader = Reader(form)
    police = reader.take("politiattest", partial(_day, "politiattest"))
    signed = reader.take("taushet", partial(_day, "taushet"))
    for name, day in (("politiattest", police), ("taushet", signed)):
        if day is not None and day > today():
            reader.fail(name, FUTURE)
    if police is None and signed is None and not reader.errors:
        # The form asks only for what is missing: the error belongs to a field that is there.
        reader.fail("politiattest" if "politiattest" in form else "taushet", N_("Skriv dagen."))
    reader.done()
    return police, signed


def version_of(form: Form) -> int:
    """The version a form was shown with; anything unreadable counts as stale."""
    text = form.text("versjon")
    if not text.isascii() or not text.isdigit() or len(text) > 9:
        raise Invalid.one("versjon", N_("Skjemaet er for gammelt. Last siden på nytt og prøv igjen."))
    return int(text)
