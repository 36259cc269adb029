"""Forms of the slice, read into facts. Field names stand in addresses and error links, so they are Norwegian."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, time
from functools import partial
from uuid import UUID

from sammen.errors import BadInput, Invalid
from sammen.i18n_mark import N_
from sammen.norwegian import parse_date, parse_time
from sammen.web.forms import Form, Reader
from tenants.sessions.holding import PresenceFacts
from tenants.sessions.rules import PRESENCE
from tenants.sessions.service import SessionFacts

ANSWERS = {"ja": N_("Ja, jeg kan lede treffet"), "nei": N_("Nei, jeg kan ikke")}
STATES = {"present": N_("Kom"), "absent": N_("Kom ikke"), "told": N_("Sa fra")}
PLACE, GUEST, ALONG = "d_", "g_", "egen"
CAME, REST = "present", "resten"


def read_session(form: Form) -> SessionFacts:
    """A meeting as planned. Raises Invalid with every field's error."""
    reader = Reader(form)
    day = reader.take("dag", partial(parse_date, field="dag"), required=N_("Skriv dagen for treffet."))
    starts = _clock(reader, "begynner", N_("Skriv når treffet begynner, for eksempel 17:30."))
    ends = _clock(reader, "slutter", N_("Skriv når treffet slutter, for eksempel 19:30."))
    texts = [
        reader.text(name, most=most)
        for name, most in (("sted", 200), ("aktivitet", 300), ("transport", 500), ("beskjed", 1_000))
    ]
    reader.done()
    assert day is not None
    assert starts is not None
    assert ends is not None
    return SessionFacts(day, starts, ends, *texts)


def _clock(reader: Reader, name: str, missing: str) -> time | None:
    return reader.take(name, partial(parse_time, field=name), required=missing)


def read_day(form: Form) -> date:
    """A day of the series to meet on after all. Raises Invalid."""
    reader = Reader(form)
    day = reader.take("dag", partial(parse_date, field="dag"), required=N_("Velg en dag."))
    reader.done()
    assert day is not None
    return day


def read_ids(form: Form, name: str) -> list[UUID]:
    """The contacts that were ticked. Raises Invalid for what is no id."""
    try:
        return [UUID(text) for text in form.all(name) if text]
    except ValueError:
        raise Invalid({name: BadInput(name, N_("Velg fra lista."))}) from None


def _id(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _ticked(form: Form, prefix: str) -> dict[UUID, str]:
    found = {}
    for name in form:
        one = _id(name.removeprefix(prefix)) if name.startswith(prefix) else None
        if one is not None and form.text(name) in PRESENCE:
            found[one] = form.text(name)
    return found


def read_presence(form: Form, everybody: Iterable[UUID] = ()) -> PresenceFacts:
    """Who came: a field for each place (`d_<id>`) and guest's seat (`g_<id>`), and a tick for who had their own contact.

    Sent with "the rest came", those of the places `everybody` with nothing said of them came.
    """
    along = {one for text in form.all(ALONG) if (one := _id(text)) is not None}
    rest = dict.fromkeys(everybody, CAME) if form.text("gjor") == REST else {}
    return PresenceFacts({**rest, **_ticked(form, PLACE)}, _ticked(form, GUEST), along)


def read_answer(form: Form, *, missing: str = N_("Velg ja eller nei.")) -> bool:
    """Yes or no. Raises Invalid when neither was chosen."""
    answer = form.text("svar")
    if answer not in ANSWERS:
        raise Invalid.one("svar", missing)
    return answer == "ja"
