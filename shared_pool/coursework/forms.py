"""Forms of the slice, read into facts. Field names stand in addresses and error links, so they are Norwegian."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time
from decimal import Decimal
from functools import partial
from uuid import UUID

from sammen.clock import OSLO, today
from sammen.errors import BadInput
from sammen.i18n_mark import N_
from sammen.norwegian import parse_date, parse_decimal, parse_time
from sammen.web.forms import Form, Reader
from shared_pool.coursework.completing import MakeupFacts
from shared_pool.coursework.door import Door
from shared_pool.coursework.rules import STATES

RESULTS = {"passed": N_("Bestått"), "failed": N_("Ikke bestått")}
HOW = {"noted": N_("Gjorde noe annet i stedet"), "other_course": N_("Var på en samling i et annet kurs")}
SCORES = ("1", "2", "3", "4", "5")


def read_seats(form: Form, known: Mapping[UUID, str]) -> list[UUID]:
    """The seats that were ticked, those that are in the course alone. Raises Invalid when none is."""
    chosen = [seat for seat in known if str(seat) in set(form.all("her"))]
    reader = Reader(form)
    if not chosen:
        reader.fail("her", N_("Kryss av for dem som har kommet."))
    reader.done()
    return chosen


def read_presence(form: Form, here: Door) -> tuple[str, datetime | None]:
    """(state, when they came or went). Raises Invalid; who came late or left early must have a time."""
    reader = Reader(form)
    state = reader.choice("hvordan", STATES, required=N_("Velg hvordan det var."))
    timed = state in ("late", "left_early")
    at: time | None = reader.take(
        "kl",
        partial(parse_time, field="kl"),
        required=N_("Skriv klokka, for eksempel 17:45.") if timed else None,
    )
    reader.done()
    return state, datetime.combine(here.day, at, OSLO) if timed and at is not None else None


def read_exam(form: Form) -> tuple[str, date]:
    """(result, day). Raises Invalid with every field's error."""
    reader = Reader(form)
    result = reader.choice("resultat", RESULTS, required=N_("Velg bestått eller ikke bestått."))
    day = reader.take("dag", partial(parse_date, field="dag"), required=N_("Skriv dagen eksamen var."))
    reader.done()
    return result, day or today()


def read_makeup(form: Form) -> MakeupFacts:
    """What was done instead of a session. Raises Invalid with every field's error."""
    reader = Reader(form)
    session = reader.take(
        "samling", partial(_id, field="samling"), required=N_("Velg samlingen som skal tas igjen.")
    )
    how = reader.choice("hvordan", HOW, required=N_("Velg hvordan den ble tatt igjen."))
    other = what = None
    hours: Decimal | None = Decimal(0)
    if how == "other_course":
        other = reader.take(
            "annen", partial(_id, field="annen"), required=N_("Velg en samling støttekontakten var på.")
        )
    elif how:
        what = reader.text("hva", required=N_("Skriv hva som ble gjort i stedet."), most=500)
        hours = reader.take(
            "timer", partial(parse_decimal, field="timer", minimum=Decimal("0.25"), maximum=24),
            required=N_("Skriv hvor mange timer det teller."),
        )  # fmt: skip
    day = reader.take("dag", partial(parse_date, field="dag"), required=N_("Skriv dagen det ble gjort."))
    reader.done()
    assert session is not None
    assert day is not None
    return MakeupFacts(session, how, hours or Decimal(0), day, what or "", other)


def read_recognised(form: Form) -> tuple[UUID, str, bool]:
    """(contact, code as typed, whether somebody has seen who they are). Raises Invalid with every field's error."""
    reader = Reader(form)
    contact = reader.take("kontakt", partial(_id, field="kontakt"), required=N_("Velg en støttekontakt."))
    code = reader.text("kode", required=N_("Skriv koden som står på kursbeviset."), most=40)
    reader.done()
    assert contact is not None
    return contact, code, form.text("sett") == "ja"


def read_voice(form: Form) -> tuple[int, int, str]:
    """(useful, teaching, words). Raises Invalid with every field's error."""
    reader = Reader(form)
    allowed = frozenset(SCORES)
    useful = reader.choice("nytte", allowed, required=N_("Velg hvor nyttig kurset var."))
    teaching = reader.choice("undervisning", allowed, required=N_("Velg hvordan undervisningen var."))
    words = reader.text("ord", most=1_000)
    reader.done()
    return int(useful), int(teaching), words


def read_contact(form: Form) -> UUID:
    """The chosen contact. Raises Invalid."""
    reader = Reader(form)
    found = reader.take("kontakt", partial(_id, field="kontakt"), required=N_("Velg en støttekontakt."))
    reader.done()
    assert found is not None
    return found


def _id(text: str, *, field: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise BadInput(field, N_("Velg fra lista.")) from None
