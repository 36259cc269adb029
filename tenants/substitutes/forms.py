"""Reading the slice's forms: text as typed into facts, or every field's error at once."""

from __future__ import annotations

from datetime import date
from functools import partial
from uuid import UUID

from sammen.i18n_mark import N_
from sammen.norwegian import parse_date, parse_decimal
from sammen.web.forms import Form, Reader
from tenants.substitutes.absences import AbsenceFacts
from tenants.substitutes.known import IntroductionFacts
from tenants.substitutes.queries import HOW
from tenants.substitutes.rounds import MOST_AT_ONCE, MOST_HOURS, RoundFacts

ANSWERS = {"ja": N_("Ja, jeg kan"), "nei": N_("Nei, jeg kan ikke")}


def _contact(reader: Reader, name: str = "kontakt") -> UUID | None:
    try:
        return UUID(reader.form.text(name))
    except ValueError:
        reader.fail(name, N_("Velg en støttekontakt."))
        return None


def _day(reader: Reader, name: str, required: str | None = None) -> date | None:
    return reader.take(name, partial(parse_date, field=name), required=required)


def read_introduction(form: Form) -> IntroductionFacts:
    """Who knows whom. Raises Invalid with every field's error."""
    reader = Reader(form)
    contact_id = _contact(reader)
    met = _day(reader, "traff", N_("Skriv dagen de traff hverandre."))
    how = reader.choice("hvordan", HOW, required=N_("Velg hvordan de kjenner hverandre."))
    said_on = _day(reader, "ja_dato", N_("Skriv dagen det ble sagt ja."))
    said_by = reader.text("ja_av", required=N_("Skriv hvem som har sagt ja."), most=200)
    reader.done()
    assert contact_id is not None
    assert met is not None
    assert said_on is not None
    return IntroductionFacts(contact_id, met, how, said_on, said_by)


def read_absence(form: Form) -> AbsenceFacts:
    """Days one cannot come; without a last day it is one day. Raises Invalid with every field's error."""
    reader = Reader(form)
    first = _day(reader, "fra", N_("Skriv dagen."))
    last = _day(reader, "til")
    note = reader.text("beskjed", most=500)
    reader.done()
    assert first is not None
    return AbsenceFacts(first, last or first, note)


def _whole(reader: Reader, name: str, most: int, required: str) -> int:
    number = reader.take(
        name, partial(parse_decimal, field=name, decimals=0, minimum=1, maximum=most), required=required
    )
    return int(number or 1)


def _absence_id(form: Form) -> UUID | None:
    """The absence a form was opened for, if any; anything unreadable is none, and the days are what counts."""
    try:
        return UUID(form.text("fravaer"))
    except ValueError:
        return None


def _consent(reader: Reader) -> str:
    """Who said yes to somebody new; "" when only those who are known are asked."""
    if reader.form.text("hvem") != "alle":
        return ""
    return reader.text("ja_fra", required=N_("Skriv hvem som har sagt ja til en ny vikar."), most=200)


def read_round(form: Form) -> RoundFacts:
    """What a round begins with. Raises Invalid with every field's error."""
    reader = Reader(form)
    first = _day(reader, "fra", N_("Skriv den første dagen."))
    last = _day(reader, "til")
    if form.text("hvem") not in ("kjente", "alle"):
        reader.fail("hvem", N_("Velg hvem som skal spørres."))
    consent = _consent(reader)
    at_once = _whole(reader, "samtidig", MOST_AT_ONCE, N_("Skriv hvor mange som spørres om gangen."))
    hours = _whole(reader, "frist", MOST_HOURS, N_("Skriv hvor mange timer de har på å svare."))
    words = reader.text("om", most=500)
    reader.done()
    assert first is not None
    return RoundFacts(first, last, at_once, hours, consent, words, _absence_id(form))


def read_agreed(form: Form) -> tuple[UUID, RoundFacts]:
    """A substitute one has agreed with already, and the days. Raises Invalid with every field's error."""
    reader = Reader(form)
    contact_id = _contact(reader)
    first = _day(reader, "fra", N_("Skriv den første dagen."))
    last = _day(reader, "til")
    consent = reader.text("ja_fra", most=200)
    reader.done()
    assert contact_id is not None
    assert first is not None
    return contact_id, RoundFacts(first, last, 1, 1, consent, "", _absence_id(form))


def read_answer(form: Form) -> tuple[bool, str]:
    """(whether they can, words). Raises Invalid."""
    reader = Reader(form)
    answer = reader.choice("svar", ANSWERS, required=N_("Velg ja eller nei."))
    words = reader.text("ord", most=500)
    reader.done()
    return answer == "ja", words
