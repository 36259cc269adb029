"""Forms of the slice, read into facts. Field names stand in addresses and error links, so they are Norwegian."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from functools import partial
from urllib.parse import urlsplit
from uuid import UUID

from sammen.errors import BadInput
from sammen.i18n_mark import N_
from sammen.norwegian import parse_date, parse_decimal, parse_time
from sammen.series import LONGEST, day_off, moment, weekly
from sammen.web.forms import Form, Reader
from shared_pool.courses.models import MOST_SEATS
from shared_pool.courses.rules import KINDS
from shared_pool.courses.service import CourseFacts, SessionFacts

REPEATS = {
    "once": N_("Én gang"),
    "weekly": N_("Hver uke"),
    "daily": N_("Hver hverdag"),
}
REACHES = {"region": N_("Alle kommunene i samarbeidet"), "own": N_("Bare vår kommune")}
QUOTA = "kvote_"
"""A quota's field is this and the municipality's id."""
_SATURDAY = 5


def _number(field: str, most: int, least: int = 0) -> partial[Decimal]:
    return partial(parse_decimal, field=field, decimals=0, minimum=least, maximum=most)


def read_course(form: Form, places: Iterable[UUID]) -> CourseFacts:
    """What a course is, with a quota for each of `places`. Raises Invalid with every field's error."""
    reader = Reader(form)
    facts = _course(reader, places)
    reader.done()
    assert facts is not None
    return facts


def _course(reader: Reader, places: Iterable[UUID]) -> CourseFacts | None:
    title = reader.text("tittel", required=N_("Skriv hva kurset heter."), most=150)
    kind = reader.choice("slag", KINDS, required=N_("Velg hva slags kurs det er."))
    seats = reader.take(
        "plasser", _number("plasser", MOST_SEATS, 1), required=N_("Skriv hvor mange plasser kurset har.")
    )
    responsible = reader.text("ansvarlig", required=N_("Skriv hvem som er ansvarlig for kurset."), most=100)
    least = reader.take("minst", _number("minst", MOST_SEATS))
    hours = reader.take(
        "mintimer", partial(parse_decimal, field="mintimer", decimals=2, minimum=0, maximum=400)
    )
    deadline = reader.take("frist", partial(parse_date, field="frist"))
    release = reader.take("frigis", partial(parse_date, field="frigis"))
    offer = reader.take("tilbudstimer", _number("tilbudstimer", 336, 1))
    host = reader.take(
        "holder", partial(_id, field="holder", message=N_("Velg en kommune, eller samarbeidet."))
    )
    reach = reader.form.text("rekkevidde") or "region"
    if reach not in REACHES:
        reader.fail("rekkevidde", N_("Velg hvem kurset er for."))
    quotas: dict[UUID, int] = {}
    for place in places:
        name = f"{QUOTA}{place}"
        found = reader.take(name, _number(name, MOST_SEATS))
        if found:
            quotas[place] = int(found)
    texts = {
        name: reader.text(field, most=most)
        for name, field, most in (
            ("about", "om", 2_000), ("bring", "tamed", 1_000), ("prerequisites", "krav", 1_000), ("phone", "telefon", 40),
        )
    }  # fmt: skip
    if reader.errors or seats is None:
        return None
    return CourseFacts(
        title=title, kind=kind, seats=int(seats), responsible=responsible, least=int(least or 0),
        min_hours=hours or Decimal(0), deadline_on=deadline, release_on=release, offer_hours=int(offer or 48),
        host_id=host, reach=reach, quotas=quotas, **texts,
    )  # fmt: skip


def read_new(
    form: Form, places: Iterable[UUID], trainers: Iterable[UUID]
) -> tuple[CourseFacts, list[SessionFacts], list[tuple[date, str]]]:
    """A new course with its meetings, and the days that were left out because people have them off (with the msgid why).

    Raises Invalid with every field's error.
    """
    reader = Reader(form)
    facts = _course(reader, places)
    found = _meetings(reader, trainers)
    reader.done()
    assert facts is not None
    assert found is not None
    return facts, *found


def read_meetings(form: Form, trainers: Iterable[UUID]) -> tuple[list[SessionFacts], list[tuple[date, str]]]:
    """Meetings to add, and the days left out. Raises Invalid with every field's error."""
    reader = Reader(form)
    found = _meetings(reader, trainers)
    reader.done()
    assert found is not None
    return found


def read_meeting(form: Form, trainers: Iterable[UUID]) -> SessionFacts:
    """One meeting. Raises Invalid with every field's error."""
    reader = Reader(form)
    found = _one(reader, trainers)
    reader.done()
    assert found is not None
    return found[1]


def _one(reader: Reader, trainers: Iterable[UUID]) -> tuple[date, SessionFacts] | None:
    """The day and the meeting on it."""
    day = reader.take("dato", partial(parse_date, field="dato"), required=N_("Skriv dagen kurset er."))
    starts = reader.take(
        "begynner", partial(parse_time, field="begynner"), required=N_("Skriv når kurset begynner, for eksempel 17:00.")
    )  # fmt: skip
    ends = reader.take(
        "slutter",
        partial(parse_time, field="slutter"),
        required=N_("Skriv når kurset slutter, for eksempel 20:00."),
    )
    place = reader.text("sted", most=200)
    link = reader.take("lenke", parse_link) or ""
    if not place and not link and "lenke" not in reader.errors:
        reader.fail("sted", N_("Skriv hvor kurset er, eller legg inn en lenke til videomøtet."))
    topic = reader.text("tema", most=200)
    names = reader.text("kursholdere", most=300)
    allowed = {str(user): user for user in trainers}
    chosen = tuple(allowed[value] for value in reader.choices("lista", allowed))
    if reader.errors or day is None or starts is None or ends is None:
        return None
    if ends <= starts:
        reader.fail("slutter", N_("Kurset må slutte etter at det begynner."))
        return None
    return day, SessionFacts(
        moment(day, starts), moment(day, ends), place, link, topic, names, chosen
    )  # fmt: skip


def parse_link(text: str) -> str:
    """The address of a video meeting, with https and a host. Raises BadInput."""
    bad = BadInput("lenke", N_("Lenken må begynne med https://, for eksempel https://video.no/mote."))
    try:
        parts = urlsplit(text)
    except ValueError:
        raise bad from None
    if parts.scheme != "https" or not parts.hostname or " " in text or len(text) > 500 or "@" in parts.netloc:
        raise bad
    return text


def _meetings(
    reader: Reader, trainers: Iterable[UUID]
) -> tuple[list[SessionFacts], list[tuple[date, str]]] | None:
    one = _one(reader, trainers)
    repeat = reader.form.text("gjenta") or "once"
    if repeat not in REPEATS:
        reader.fail("gjenta", N_("Velg hvor ofte kurset møtes."))
    last = reader.take("til", partial(parse_date, field="til"))
    if repeat != "once" and last is None:
        reader.fail("til", N_("Skriv den siste dagen kurset møtes."))
    if one is None or reader.errors:
        return None
    first, facts = one
    days = _days(first, last or first, repeat)
    if not days or (repeat != "once" and last is not None and last < first):
        reader.fail("til", N_("Den siste dagen må være etter den første."))
        return None
    if repeat == "once" or reader.form.text("fridager"):
        return [_on(facts, first, day) for day in days], []
    off = [(day, why) for day in days if (why := day_off(day))]
    left = [day for day in days if not day_off(day)]
    if not left:
        reader.fail("til", N_("Alle dagene er fridager. Kryss av for fridager, eller velg andre dager."))
        return None
    return [_on(facts, first, day) for day in left], off


def _days(first: date, last: date, repeat: str) -> list[date]:
    if repeat == "once":
        return [first]
    if repeat == "weekly":
        return weekly(first, last)
    found = (first + timedelta(days=n) for n in range(min(2 * LONGEST, (last - first).days + 1)))
    return [day for day in found if day.weekday() < _SATURDAY][:LONGEST]


def _on(facts: SessionFacts, first: date, day: date) -> SessionFacts:
    """The same meeting on another day, by the Norwegian clock."""
    starts, ends = facts.starts_at.timetz(), facts.ends_at.timetz()
    if day == first:
        return facts
    return replace(
        facts,
        starts_at=moment(day, starts.replace(tzinfo=None)),
        ends_at=moment(day, ends.replace(tzinfo=None)),
    )


def _id(text: str, *, field: str, message: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise BadInput(field, message) from None


def read_version(form: Form) -> int:
    """The version a form was shown with; what cannot be read is one that nothing has."""
    text = form.text("versjon")
    return int(text) if text.isdecimal() and len(text) < 10 else -1


def read_day(form: Form) -> date:
    """The first day of a copy. Raises Invalid."""
    reader = Reader(form)
    found = reader.take(
        "dato", partial(parse_date, field="dato"), required=N_("Skriv dagen det nye kurset begynner.")
    )
    reader.done()
    assert found is not None
    return found


def read_reason(form: Form) -> str:
    """Why a course is called off. Raises Invalid."""
    reader = Reader(form)
    found = reader.text(
        "grunn", required=N_("Skriv hvorfor kurset avlyses. De påmeldte får se det."), most=500
    )
    reader.done()
    return found


def read_who(form: Form) -> UUID:
    """The chosen contact, or for a supervisors' course the colleague. Raises Invalid."""
    reader = Reader(form)
    choose = N_("Velg hvem som skal meldes på.")
    found = reader.take("hvem", partial(_id, field="hvem", message=choose), required=choose)
    reader.done()
    assert found is not None
    return found
