"""Forms of the slice, read into facts. Field names stand in addresses and error links, so they are Norwegian."""

from __future__ import annotations

from datetime import datetime
from functools import partial
from uuid import UUID

from sammen.clock import OSLO
from sammen.errors import BadInput
from sammen.i18n_mark import N_
from sammen.norwegian import parse_date, parse_decimal, parse_time
from sammen.web.forms import Form, Reader
from shared_pool.courses.queries import KINDS
from shared_pool.courses.service import CourseFacts

MOST_SEATS = 500


def read_course(form: Form) -> CourseFacts:
    """A planned course. Raises Invalid with every field's error."""
    reader = Reader(form)
    title = reader.text("tittel", required=N_("Skriv hva kurset heter."), most=150)
    kind = reader.choice("slag", KINDS, required=N_("Velg hva slags kurs det er."))
    about = reader.text("om", most=2_000)
    place = reader.text("sted", required=N_("Skriv hvor kurset er."), most=200)
    day = reader.take("dato", partial(parse_date, field="dato"), required=N_("Skriv dagen kurset er."))
    starts = reader.take(
        "begynner", partial(parse_time, field="begynner"), required=N_("Skriv når kurset begynner, for eksempel 17:00.")
    )  # fmt: skip
    ends = reader.take(
        "slutter",
        partial(parse_time, field="slutter"),
        required=N_("Skriv når kurset slutter, for eksempel 20:00."),
    )
    seats = reader.take(
        "plasser", partial(parse_decimal, field="plasser", decimals=0, minimum=1, maximum=MOST_SEATS),
        required=N_("Skriv hvor mange plasser kurset har."),
    )  # fmt: skip
    responsible = reader.text("ansvarlig", required=N_("Skriv hvem som er ansvarlig for kurset."), most=100)
    host = reader.take(
        "holder", partial(_id, field="holder", message=N_("Velg en kommune, eller samarbeidet."))
    )
    reader.done()
    assert day is not None
    assert starts is not None
    assert ends is not None
    assert seats is not None
    return CourseFacts(
        title, kind, about, place, datetime.combine(day, starts, OSLO), datetime.combine(day, ends, OSLO),
        int(seats), responsible, host,
    )  # fmt: skip


def _id(text: str, *, field: str, message: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise BadInput(field, message) from None


def read_course_choice(form: Form) -> UUID:
    """The chosen course. Raises Invalid."""
    reader = Reader(form)
    choose = N_("Velg et kurs.")
    found = reader.take("kurs", partial(_id, field="kurs", message=choose), required=choose)
    reader.done()
    assert found is not None
    return found


def read_signup(form: Form) -> tuple[UUID, UUID]:
    """(course, contact) as chosen. Raises Invalid with every field's error."""
    reader = Reader(form)
    course, contact = N_("Velg et kurs."), N_("Velg en støttekontakt.")
    chosen = reader.take("kurs", partial(_id, field="kurs", message=course), required=course)
    who = reader.take("kontakt", partial(_id, field="kontakt", message=contact), required=contact)
    reader.done()
    assert chosen is not None
    assert who is not None
    return chosen, who
