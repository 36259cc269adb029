"""Reading the slice's forms: text as typed into facts, or every field's error at once."""

from __future__ import annotations

from datetime import date, time
from decimal import Decimal
from functools import partial

from sammen.clock import today
from sammen.errors import BadInput
from sammen.i18n_mark import N_
from sammen.norwegian import parse_date, parse_decimal, parse_time
from sammen.web.forms import Form, Reader
from tenants.contacts.competences import COMPETENCES
from tenants.contacts.pipeline import EnquiryFacts, InterviewNotes
from tenants.contacts.reaching import Reach
from tenants.contacts.rules import KINDS, REASONS
from tenants.contacts.service import FUTURE, ContactFacts
from tenants.contacts.words import LONGEST, NOTED
from tenants.people.api import NationalNumber, PersonFacts, traits

COMMITMENTS = {
    "0": N_("Ikke avtalt"),
    "6": N_("Minst et halvt år"),
    "12": N_("Minst ett år"),
    "24": N_("Minst to år"),
}
SKILLS = {code: trait.label for code, trait in traits.SKILLS.items() if code != "car"}
GOES_ON = {"ja": N_("Ja, be om politiattest og taushetserklæring"), "nei": N_("Ikke ennå")}
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


def _phone(reader: Reader) -> str:
    """A number that can be rung, Norwegian or not; "" for none. What is wrong with it is the reader's error."""
    phone = reader.text("telefon", most=40)
    if phone and not 5 <= sum(sign.isdigit() for sign in phone) <= 15:
        reader.fail("telefon", N_("Skriv telefonnummeret med sifre, for eksempel 912 34 567."))
    return phone


def _email(reader: Reader) -> str:
    email = reader.text("epost", most=200)
    if email and ("@" not in email[1:-1] or " " in email):
        reader.fail("epost", N_("Skriv e-postadressen som navn@eksempel.no."))
    return email


def _age(name: str, text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= 3) or int(text) > OLDEST:
        raise BadInput(name, N_("Skriv alderen som et helt tall, for eksempel 16."))
    return int(text)


def _person(reader: Reader, *, accept_synthetic: bool, must: bool = True) -> PersonFacts:
    number = reader.take("fodselsnummer", partial(NationalNumber.parse, accept_synthetic=accept_synthetic))
    born = reader.take("fodselsdato", partial(_day, "fodselsdato", years_ahead=0))
    nothing = number is None and born is None
    if must and nothing and not {"fodselsnummer", "fodselsdato"} & reader.errors.keys():
        reader.fail(
            "fodselsnummer", N_("Skriv fødselsnummeret. Er det ukjent, skriv fødselsdatoen i stedet.")
        )
    if born is not None and born > today():
        reader.fail("fodselsdato", N_("Fødselsdatoen er i framtida."))
    if born is not None and born.year < today().year - OLDEST:
        reader.fail("fodselsdato", N_("Se etter en skrivefeil i fødselsdatoen."))
    return PersonFacts(
        given_name=reader.text("fornavn", required=N_("Skriv fornavnet."), most=100),
        family_name=reader.text("etternavn", required=N_("Skriv etternavnet.") if must else None, most=100),
        number=number,
        birth_date=born,
        postcode=reader.text("postnummer", most=4),
        place=reader.text("poststed", most=100),
        phone=_phone(reader),
        email=_email(reader),
    )


def _facts(reader: Reader) -> ContactFacts:
    commits = reader.form.text("binder_seg")
    skills = reader.choices("erfaring", SKILLS)
    youngest = reader.take("alder_fra", partial(_age, "alder_fra"))
    oldest = reader.take("alder_til", partial(_age, "alder_til"))
    if youngest is not None and oldest is not None and oldest < youngest:
        reader.fail("alder_til", N_("Den høyeste alderen er lavere enn den laveste."))
    return ContactFacts(
        interests=reader.choices("interesser", traits.INTERESTS),
        skills=[*skills, "car"] if reader.form.text("bil") else skills,
        languages=reader.choices("sprak_valg", traits.LANGUAGES),
        slots=reader.choices("tider", {slot: slot for slot in traits.SLOTS}),
        has_car=bool(reader.form.text("bil")),
        wants_hours=reader.take("timer", _hours),
        commits_months=int(commits) if commits in COMMITMENTS else 0,
        kinds=reader.choices("slag", KINDS) or ["individual"],
        areas=reader.choices("omraader", traits.AREAS),
        age_from=youngest,
        age_to=oldest,
        will_not=reader.choices("ikke", traits.INTERESTS),
        will_not_words=reader.text("ikke_annet", most=500),
    )


def read_new(form: Form, *, accept_synthetic: bool) -> tuple[PersonFacts, ContactFacts]:
    """The form for a new contact. Raises Invalid with every field's error."""
    reader = Reader(form)
    person, facts = _person(reader, accept_synthetic=accept_synthetic), _facts(reader)
    reader.done()
    return person, facts


def read_change(form: Form, *, accept_synthetic: bool) -> tuple[PersonFacts | None, ContactFacts]:
    """What is registered of a contact, changed: who they are (None when the form does not ask), and what they like."""
    reader = Reader(form)
    person = _person(reader, accept_synthetic=accept_synthetic, must=False) if "fornavn" in form else None
    facts = _facts(reader)
    reader.done()
    return person, facts


def read_own(form: Form) -> tuple[Reach, ContactFacts]:
    """What a contact changes about themselves. Raises Invalid with every field's error."""
    reader = Reader(form)
    reach, facts = Reach(_phone(reader), _email(reader)), _facts(reader)
    if not reach.phone and not reach.email:
        reader.fail("telefon", N_("Skriv telefonnummer eller e-post, så vi kan nå deg."))
    reader.done()
    return reach, facts


def read_enquiry(form: Form) -> EnquiryFacts:
    """A name and where to answer. Raises Invalid with every field's error."""
    reader = Reader(form)
    facts = EnquiryFacts(
        reader.text("fornavn", required=N_("Skriv fornavnet."), most=100), reader.text("etternavn", most=100),
        _phone(reader), _email(reader), reader.text("notat", most=2_000),
    )  # fmt: skip
    if not facts.phone and not facts.email:
        reader.fail("telefon", N_("Skriv telefonnummer eller e-post, så dere kan svare."))
    reader.done()
    return facts


def read_plan(form: Form) -> tuple[date, time | None, str]:
    """(day, clock, place) of an interview. Raises Invalid."""
    reader = Reader(form)
    day = reader.take(
        "intervju_dag", partial(_day, "intervju_dag", years_ahead=1), required=N_("Skriv dagen dere skal møtes.")
    )  # fmt: skip
    clock = reader.take("intervju_kl", lambda text: parse_time(text, field="intervju_kl"))
    place = reader.text("intervju_sted", most=200)
    reader.done()
    assert day is not None
    return day, clock, place


def read_held(form: Form) -> tuple[date, InterviewNotes, str, bool]:
    """(day, notes by topic, the rest, goes on to vetting) of an interview that was held. Raises Invalid."""
    reader = Reader(form)
    day = reader.take("holdt", partial(_day, "holdt"), required=N_("Skriv dagen dere møttes."))
    told = InterviewNotes(
        reader.text("motivasjon", most=LONGEST), reader.text("bakgrunn", most=LONGEST),
        reader.text("onsker", most=LONGEST), reader.text("grenser", most=LONGEST),
    )  # fmt: skip
    notes = reader.text("notater")
    if not notes and told == InterviewNotes():
        reader.fail("notater", N_("Skriv kort hva dere snakket om."))
    goes = reader.choice("videre", GOES_ON, required=N_("Velg om dere går videre."))
    reader.done()
    assert day is not None
    return day, told, notes, goes == "ja"


def read_reference(form: Form) -> tuple[str, str, str, date]:
    """(name, telephone, relation, the day of the yes) of somebody who may be asked. Raises Invalid."""
    reader = Reader(form)
    name = reader.text("ref_navn", required=N_("Skriv hvem dere kan spørre."), most=200)
    phone = reader.text("ref_telefon", most=40)
    relation = reader.text("ref_relasjon", required=N_("Skriv hvordan de kjenner hverandre."), most=200)
    agreed = reader.take(
        "ref_ja", partial(_day, "ref_ja"), required=N_("Skriv dagen personen sa ja til at dere spør.")
    )
    reader.done()
    assert agreed is not None
    return name, phone, relation, agreed


def read_asked(form: Form) -> tuple[date, str]:
    """(day, what was said) of a reference that was asked. Raises Invalid."""
    reader = Reader(form)
    day = reader.take("ref_spurt", partial(_day, "ref_spurt"), required=N_("Skriv dagen dere spurte."))
    said = reader.text("ref_sagt", required=N_("Skriv kort hva som ble sagt."), most=LONGEST)
    reader.done()
    assert day is not None
    return day, said


def read_competence(form: Form) -> tuple[str, date, date | None, str]:
    """(code, completed, counts until, place) of a course. Raises Invalid."""
    reader = Reader(form)
    code = reader.choice("hva", COMPETENCES, required=N_("Velg kurs eller utdanning fra lista."))
    done = reader.take("fullfort", partial(_day, "fullfort"), required=N_("Skriv dagen det ble fullført."))
    until = reader.take("gjelder_til", partial(_day, "gjelder_til"))
    place = reader.text("kurssted", most=200)
    reader.done()
    assert done is not None
    return code, done, until, place


def read_word(form: Form) -> tuple[str, str, date | None]:
    """(about, words, day) of what a contact said. Raises Invalid."""
    reader = Reader(form)
    about = reader.choice("om", NOTED, required=N_("Velg hva det handler om."))
    words = reader.text("ord", required=N_("Skriv hva som er sagt."), most=LONGEST)
    day = reader.take("sagt", partial(_day, "sagt"))
    reader.done()
    return about, words, day


def read_leaving(form: Form) -> tuple[date, str]:
    """(last day, reason). Raises Invalid."""
    reader = Reader(form)
    day = reader.take("siste_dag", partial(_day, "siste_dag"), required=N_("Skriv den siste dagen."))
    reason = reader.choice("slutt_grunn", REASONS, required=N_("Velg hvorfor støttekontakten slutter."))
    reader.done()
    assert day is not None
    return day, reason


def read_vetting(form: Form) -> dict[str, date | None]:
    """The days of vetting, by field: politiattest and taushet (shown, signed), bedt_om and utlevert (asked for, handed
    out); at least one. Raises Invalid.
    """
    reader = Reader(form)
    days = {
        name: reader.take(name, partial(_day, name))
        for name in ("politiattest", "taushet", "bedt_om", "utlevert")
    }
    for name, day in days.items():
        if day is not None and day > today():
            reader.fail(name, FUTURE)
    if not any(days.values()) and not reader.errors:
        # The form asks only for what is missing: the error belongs to a field that is there.
        reader.fail("politiattest" if "politiattest" in form else "taushet", N_("Skriv dagen."))
    reader.done()
    return days
