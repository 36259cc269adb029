"""Forms of the slice, read into facts. Field names stand in addresses and error links, so they are Norwegian."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, time
from functools import partial
from uuid import UUID

from sammen.clock import today
from sammen.errors import BadInput, Invalid
from sammen.i18n_mark import N_
from sammen.norwegian import parse_date, parse_time
from sammen.series import moment
from sammen.web.forms import Form, Reader
from shared_pool.assemblies.rules import AUDIENCES, EVERY, KINDS, series_days, without_holidays
from shared_pool.assemblies.series import MeetingFacts, SeriesFacts

FURTHEST_DAYS = 730


@dataclass(frozen=True, slots=True)
class Planned:
    """A series as it was filled in, and the days that were left out with what keeps people at home."""

    facts: SeriesFacts
    left_out: Sequence[tuple[date, str]]


def _id(text: str, *, field: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise BadInput(field, N_("Velg fra lista.")) from None


def _link(text: str, *, field: str) -> str:
    """An address of a video meeting: https only, so that nothing else is ever linked to."""
    if not text.startswith("https://") or any(c.isspace() or c in '<>"' for c in text) or len(text) > 500:
        raise BadInput(field, N_("Skriv hele lenken. Den begynner med https://."))
    return text


def _days(reader: Reader) -> list[date]:
    """The days somebody typed, one on each line or with commas between."""
    found = []
    for part in reader.form.text("dager").replace(",", "\n").replace(";", "\n").splitlines():
        if not part.strip():
            continue
        try:
            found.append(parse_date(part, field="dager"))
        except BadInput as bad:
            reader.fail("dager", bad.message, **bad.params)
    return found


def _clocks(reader: Reader) -> tuple[time | None, time | None]:
    starts = reader.take(
        "begynner", partial(parse_time, field="begynner"), required=N_("Skriv når møtet begynner, for eksempel 18:00.")
    )  # fmt: skip
    ends = reader.take(
        "slutter", partial(parse_time, field="slutter"), required=N_("Skriv når møtet slutter, for eksempel 20:00.")
    )  # fmt: skip
    if starts is not None and ends is not None and ends <= starts:
        reader.fail("slutter", N_("Møtet må slutte etter at det begynner."))
    return starts, ends


def _where(reader: Reader) -> tuple[str, str]:
    place = reader.text("sted", most=200)
    link = reader.take("lenke", partial(_link, field="lenke")) or ""
    if not place and not reader.form.text("lenke"):
        reader.fail("sted", N_("Skriv hvor dere møtes, eller lenken til videomøtet."))
    return place, link


def read_series(form: Form) -> Planned:
    """A planned series. Raises Invalid with every field's error."""
    reader = Reader(form)
    title = reader.text("tittel", required=N_("Skriv hva samlingen heter."), most=150)
    kind = reader.choice("slag", KINDS, required=N_("Velg hva slags samling det er."))
    about = reader.text("om", most=2_000)
    led_by = reader.text("leder", required=N_("Skriv hvem som leder samlingen."), most=150)
    first = reader.take(
        "dato", partial(parse_date, field="dato"), required=N_("Skriv dagen for det første møtet.")
    )
    every = reader.choice("hvor_ofte", EVERY, required=N_("Velg hvor ofte dere møtes."))
    last = reader.take("til", partial(parse_date, field="til"))
    days = _days(reader) if every == "days" else []
    if every in ("week", "two_weeks", "month"):
        if not reader.form.text("til"):
            reader.fail("til", N_("Skriv den siste dagen."))
        elif first is not None and last is not None and last < first:
            reader.fail("til", N_("Den siste dagen er før den første."))
    if first is not None and first < today():
        reader.fail("dato", N_("Datoen har vært. Skriv en dag i framtida."))
    if first is not None and any((day - today()).days > FURTHEST_DAYS for day in (first, *days)):
        reader.fail("dato", N_("Velg en dag som er høyst to år fram."))
    starts, ends = _clocks(reader)
    place, link = _where(reader)
    joint = reader.form.text("felles") == "ja"
    reader.done()
    assert first is not None
    assert starts is not None
    assert ends is not None
    wanted = series_days(every, first, last or first, days)
    kept, left = (wanted, []) if form.text("helligdager") == "ja" else without_holidays(
        wanted, easter_week=form.text("paskeuka") != "ja"
    )  # fmt: skip
    times = [(moment(day, starts), moment(day, ends)) for day in kept]
    return Planned(SeriesFacts(kind, title, about, led_by, times, place, link, joint), left)


def read_meeting(form: Form) -> MeetingFacts:
    """When and where one meeting is. Raises Invalid with every field's error."""
    reader = Reader(form)
    day = reader.take("dato", partial(parse_date, field="dato"), required=N_("Skriv dagen møtet er."))
    starts, ends = _clocks(reader)
    place, link = _where(reader)
    makeup = reader.take("for_mote", partial(_id, field="for_mote"))
    reader.done()
    assert day is not None
    assert starts is not None
    assert ends is not None
    return MeetingFacts(moment(day, starts), moment(day, ends), place, link, makeup)


def read_audience(form: Form) -> tuple[str, set[UUID], set[UUID]]:
    """(audience, contacts ticked, colleagues ticked). Raises Invalid."""
    reader = Reader(form)
    audience = reader.choice("hvem", AUDIENCES, required=N_("Velg hvem samlingen er for."))
    contacts, colleagues = (_ids(reader, name) for name in ("kontakter", "kolleger"))
    reader.done()
    return audience, contacts, colleagues


def _ids(reader: Reader, name: str) -> set[UUID]:
    found = set()
    for text in reader.form.all(name):
        try:
            found.add(UUID(text))
        except ValueError:
            reader.fail(name, N_("Velg fra lista."))
    return found


def read_came(form: Form) -> set[UUID]:
    """Those ticked on the attendance list. Raises Invalid."""
    reader = Reader(form)
    found = _ids(reader, "kom")
    reader.done()
    return found


def read_contact(form: Form) -> UUID:
    """The chosen contact. Raises Invalid."""
    reader = Reader(form)
    found = reader.take("kontakt", partial(_id, field="kontakt"), required=N_("Velg en støttekontakt."))
    reader.done()
    assert found is not None
    return found


def read_why(form: Form) -> str:
    """Why a meeting is called off. Raises Invalid."""
    reader = Reader(form)
    text = reader.text(
        "hvorfor",
        required=N_("Skriv kort hvorfor møtet er avlyst. Alle som er invitert, får lese det."),
        most=300,
    )
    reader.done()
    return text


def read_summary(form: Form) -> str:
    """What was said. Raises Invalid when it is empty."""
    text = form.text("oppsummering")
    if not text:
        raise Invalid.one("oppsummering", N_("Skriv hva dere snakket om og ble enige om."))
    return text
