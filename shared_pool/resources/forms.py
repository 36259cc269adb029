"""Forms of the slice, read into facts. Field names stand in addresses and error links, so they are Norwegian."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, time
from functools import partial
from uuid import UUID

from sammen.errors import BadInput, Invalid
from sammen.i18n_mark import C_, N_
from sammen.norwegian import parse_date, parse_decimal, parse_time
from sammen.series import LONGEST, day_off, moment, weekly
from sammen.web.forms import Form, Reader
from shared_pool.resources.models import LONGEST_HOURS
from shared_pool.resources.queries import ResourceCard
from shared_pool.resources.rules import WEEKDAYS, Span
from shared_pool.resources.service import BookingFacts
from shared_pool.resources.upkeep import ResourceFacts

KINDS = {
    "car": N_("Bil"),
    "room": N_("Rom"),
    "kitchen": N_("Kjøkken"),
    "equipment": N_("Utstyr"),
}
LENDING = {
    "own": N_("Bare vi selv"),
    "region": N_("Alle kommunene i samarbeidet"),
    "chosen": N_("Kommunene vi velger"),
}
PURPOSES = {
    "group": N_("Treff i en gruppe"),
    "course": C_("ett", "Kurs"),
    "assembly": N_("Samling"),
    "offer": N_("Åpent tilbud"),
    "other": N_("Noe annet"),
}
MAINTENANCE = {"maintenance": N_("Vedlikehold")}
DAYS_OFF = {
    "alle": N_("Hopp over helligdager og påskeuka"),
    "hellig": N_("Hopp over helligdager"),
    "ingen": N_("Ta med helligdager også"),
}
WHEN_PLANNED = {"fri": "alle", "formal": "other"}


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a booking form asks for: the facts of its first time, all its times, and what was left out as days off."""

    facts: BookingFacts
    spans: tuple[Span, ...]
    skip_taken: bool
    days_off: tuple[date, ...]


def _whole(reader: Reader, field: str, least: int, most: int, *, required: str | None = None) -> int | None:
    found = reader.take(
        field,
        partial(parse_decimal, field=field, decimals=0, minimum=least, maximum=most),
        required=required,
    )
    return None if found is None else int(found)


def _clock(reader: Reader, field: str, *, required: str | None = None) -> time | None:
    return reader.take(field, partial(parse_time, field=field), required=required)


def _hours(reader: Reader) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for day in WEEKDAYS:
        opens, closes = _clock(reader, f"apner_{day}"), _clock(reader, f"stenger_{day}")
        if opens is None and closes is None:
            continue
        if opens is None or closes is None:
            reader.fail(f"apner_{day}", N_("Skriv både når den åpner og når den stenger den dagen."))
        elif closes <= opens and closes != time():
            reader.fail(f"stenger_{day}", N_("Den må stenge etter at den åpner."))
        else:
            found[day] = [f"{opens:%H:%M}", f"{closes:%H:%M}"]
    return found


def _ids(texts: Iterable[str]) -> tuple[UUID, ...]:
    found = []
    for text in texts:
        try:
            found.append(UUID(text))
        except ValueError:
            raise Invalid.one("kommuner", N_("Velg kommuner som er med i samarbeidet.")) from None
    return tuple(dict.fromkeys(found))


def read_resource(form: Form) -> ResourceFacts:
    """Something to lend. Raises Invalid with every field's error."""
    reader = Reader(form)
    name = reader.text("navn", required=N_("Skriv hva den heter."), most=80)
    kind = reader.choice("slag", KINDS, required=N_("Velg hva slags ressurs det er."))
    place = reader.text("sted", required=N_("Skriv hvor den er."), most=120)
    about = reader.text("om", most=1000)
    contact = reader.text("kontakt", most=120)
    holds = _whole(reader, "plass", 1, 1000)
    hours = _hours(reader)
    lending = reader.choice("utlan", LENDING, required=N_("Velg hvem som kan bruke den."))
    longest = _whole(
        reader, "lengst", 1, LONGEST_HOURS, required=N_("Skriv hvor mange timer den kan lånes om gangen.")
    )
    ahead = _whole(
        reader, "fram", 1, 730, required=N_("Skriv hvor mange dager fram i tid den kan reserveres.")
    )
    price = reader.text("pris", most=120)
    reader.done()
    assert longest is not None
    assert ahead is not None
    lent_to = _ids(form.all("kommuner")) if lending == "chosen" else ()
    return ResourceFacts(
        kind, name, place, about, contact, holds, bool(form.text("rullestol")), hours, lending, lent_to,
        longest, ahead, bool(form.text("godkjenning")), price,
    )  # fmt: skip


def resource_values(card: ResourceCard) -> dict[str, object]:
    """What the form for changing a resource begins with."""
    values: dict[str, object] = {
        "navn": card.name, "slag": card.kind, "sted": card.place, "om": card.about, "kontakt": card.contact,
        "plass": str(card.holds or ""), "rullestol": "ja" if card.wheelchair else "", "utlan": card.lending,
        "kommuner": [str(one) for one in card.lent_to], "lengst": str(card.longest_hours), "fram": str(card.ahead_days),
        "godkjenning": "ja" if card.needs_yes else "", "pris": card.price_note, "versjon": str(card.version),
    }  # fmt: skip
    for day, (opens, closes) in card.hours.items():
        values[f"apner_{day}"], values[f"stenger_{day}"] = opens, closes
    return values


def _span(reader: Reader) -> tuple[date, time, date, time] | None:
    day = reader.take(
        "dag",
        partial(parse_date, field="dag"),
        required=N_("Skriv dagen du trenger den."),
    )
    starts = _clock(reader, "fra", required=N_("Skriv når den hentes, for eksempel 17:00."))
    ends = _clock(reader, "til", required=N_("Skriv når den leveres, for eksempel 19:30."))
    last = reader.take("til_dag", partial(parse_date, field="til_dag"))
    if day is None or starts is None or ends is None:
        return None
    return day, starts, last or day, ends


def read_times(form: Form) -> Span:
    """One time: when it is fetched and brought back. Raises Invalid."""
    reader = Reader(form)
    found = _span(reader)
    reader.done()
    assert found is not None
    day, starts, last, ends = found
    return moment(day, starts), moment(last, ends)


def read_booking(form: Form, resource_id: UUID, *, ours: bool) -> Wanted:
    """A booking, once or weekly until a day. Raises Invalid with every field's error."""
    reader = Reader(form)
    found = _span(reader)
    allowed = {**PURPOSES, **(MAINTENANCE if ours else {})}
    purpose = reader.choice("formal", allowed, required=N_("Velg hva dere skal bruke den til."))
    purpose_id = reader.take("gjelder", partial(one_id, field="gjelder"))
    note = reader.text("merknad", most=200)
    until = reader.take("gjenta_til", partial(parse_date, field="gjenta_til"))
    off = form.text("fri") if form.text("fri") in DAYS_OFF else "alle"
    if found is not None and until is not None:
        _check_until(reader, found[0], until, off)
    reader.done()
    assert found is not None
    day, starts, last, ends = found
    days = weekly(day, until) if until is not None else [day]
    left_out = tuple(one for one in days if until is not None and _off(one, off))
    spans = tuple(
        (moment(one, starts), moment(one + (last - day), ends)) for one in days if one not in left_out
    )
    facts = BookingFacts(resource_id, *spans[0], purpose=purpose, purpose_id=purpose_id, note=note)
    return Wanted(facts, spans, bool(form.text("hopp_opptatt")), left_out)


def _check_until(reader: Reader, first: date, until: date, off: str) -> None:
    if until < first:
        reader.fail("gjenta_til", N_("Siste dag må være samme dag eller senere."))
    elif (until - first).days >= 7 * LONGEST:
        reader.fail("gjenta_til", N_("Gjenta høyst %(weeks)s uker om gangen."), weeks=LONGEST)
    elif all(_off(day, off) for day in weekly(first, until)):
        reader.fail("fri", N_("Alle dagene er fridager. Velg å ta dem med, eller en annen dag."))


def _off(day: date, choice: str) -> bool:
    return choice != "ingen" and bool(day_off(day, easter_week=choice == "alle"))


def one_id(text: str, *, field: str) -> UUID:
    """What something is booked for, as its page sent it. Raises BadInput."""
    try:
        return UUID(text)
    except ValueError:
        raise BadInput(field, N_("Åpne treffet på nytt, og reserver derfra.")) from None


def read_answer(form: Form) -> tuple[bool, str]:
    """(yes, why not) of an owner's answer, by the button that was pressed. Raises Invalid."""
    reader = Reader(form)
    reason = reader.text("grunn", most=300)
    reader.done()
    return form.text("svar") == "ja", reason


def read_reason(form: Form) -> str:
    """Why something is called off. Raises Invalid when it is too long."""
    reader = Reader(form)
    reason = reader.text("grunn", most=300)
    reader.done()
    return reason


def read_hand_over(form: Form) -> tuple[str, int | None, str]:
    """(note, kilometres, damage) of what is fetched or brought back. Raises Invalid."""
    reader = Reader(form)
    note = reader.text("notat", most=300)
    kilometres = _whole(reader, "km", 0, 2_000_000)
    damage = reader.text("skade", most=500)
    reader.done()
    return note, kilometres, damage


def read_last_day(form: Form) -> date:
    """The last day something can be used. Raises Invalid."""
    reader = Reader(form)
    found = reader.take(
        "siste_dag", partial(parse_date, field="siste_dag"), required=N_("Skriv siste dag den kan brukes.")
    )
    reader.done()
    assert found is not None
    return found
