"""What one writes of an event, read from a form: the same for those who work here and for those who send something in."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from datetime import date, time, timedelta
from decimal import Decimal
from functools import partial
from typing import Any, Final
from urllib.parse import urlsplit
from uuid import UUID

from sammen.clock import today
from sammen.errors import BadInput
from sammen.i18n_mark import N_
from sammen.norwegian import format_date, format_decimal, parse_date, parse_decimal, parse_time
from sammen.web.forms import Form, Reader
from shared_pool.calendar.codes import (
    ACCESS,
    EVERY,
    KINDS,
    LONGEST_SERIES_DAYS,
    MOST_DATES,
    MOST_SIGNS,
    TARGETS,
    WEEKDAYS,
)
from shared_pool.calendar.days import When, all_days
from shared_pool.calendar.published import Event
from tenants.api import traits

EVERYWHERE: Final = "alle"
MOST_KRONER: Final = 20_000
OLDEST: Final = 120
_APART = re.compile(r"[;\n]+|,(?=\s)|\s{2,}")


@dataclass(frozen=True, slots=True)
class EventFacts:
    """An event as it is written: the columns of `CalendarEvent` that people fill in."""

    title: str
    about: str
    kind: str
    first_day: date
    last_day: date
    starts: time
    ends: time | None
    place: str
    address: str
    municipality_id: UUID | None
    age_from: int | None
    age_to: int | None
    price_ore: int | None
    price_note: str
    organiser: str
    link: str
    contact_phone: str
    contact_email: str
    enrolment: bool = False
    companion: bool = False
    every: int = 1
    dates: list[date] = field(default_factory=list)
    weekdays: list[str] = field(default_factory=list)
    skip: list[date] = field(default_factory=list)
    on_holidays: bool = False
    in_holy_week: bool = False
    targets: list[str] = field(default_factory=list)
    interests: list[str] = field(default_factory=list)
    access: list[str] = field(default_factory=list)

    @property
    def when(self) -> When:
        return When(
            self.kind, self.first_day, self.last_day, self.dates, self.weekdays, self.every, self.skip, self.on_holidays,
            self.in_holy_week,
        )  # fmt: skip

    def columns(self) -> dict[str, Any]:
        """Column → value."""
        return asdict(self)


def read_event(form: Form, places: Mapping[UUID, str], *, outside: bool = False) -> EventFacts:
    """An event as sent. `outside`: by somebody who does not work here, who must say who they are.

    Raises Invalid with every field's error, in the form's order.
    """
    reader = Reader(form)
    title = reader.text("tittel", required=N_("Skriv hva det heter."), most=MOST_SIGNS["tittel"])
    about = reader.text("om", most=MOST_SIGNS["om"])
    when = _when(reader)
    starts, ends = _times(reader)
    place = reader.text("sted", required=N_("Skriv hvor det er."), most=MOST_SIGNS["sted"])
    address = reader.text("adresse", most=MOST_SIGNS["adresse"])
    municipality = _municipality(reader, places)
    youngest, oldest = _ages(reader)
    price = reader.take("pris", _price)
    free = form.text("gratis") == "ja"
    if free and price:
        reader.fail("pris", N_("Du har krysset av for gratis. Ta bort krysset eller prisen."))
    organiser = reader.text(
        "arrangor",
        most=MOST_SIGNS["arrangor"],
        required=N_("Skriv hvem som arrangerer.") if outside else None,
    )
    facts: dict[str, Any] = {
        "price_note": reader.text("pris_mer", most=MOST_SIGNS["pris_mer"]),
        "link": reader.take("lenke", read_link) or "",
        "contact_phone": reader.text("telefon", most=MOST_SIGNS["telefon"]),
        "contact_email": reader.take("epost", partial(read_email, field="epost")) or "",
        "targets": reader.choices("grupper", TARGETS), "interests": reader.choices("interesser", traits.INTERESTS),
        "access": reader.choices("tilgang", ACCESS),
        "enrolment": form.text("paamelding") == "ja", "companion": form.text("ledsager") == "ja",
    }  # fmt: skip
    if facts["enrolment"] and not (facts["link"] or facts["contact_phone"] or facts["contact_email"]):
        reader.fail(
            "paamelding",
            N_("Skriv hvor man melder seg på: en lenke, et telefonnummer eller en e-postadresse."),
        )
    reader.done()
    assert when is not None
    assert starts is not None
    return EventFacts(
        title=title, about=about, kind=when.kind, first_day=when.first_day, last_day=when.last_day, starts=starts, ends=ends,
        place=place, address=address, municipality_id=municipality, age_from=youngest, age_to=oldest,
        price_ore=0 if free else price, organiser=organiser, every=when.every, dates=list(when.dates),
        weekdays=list(when.weekdays), skip=list(when.skip), on_holidays=when.on_holidays, in_holy_week=when.in_holy_week,
        **facts,
    )  # fmt: skip


# When --------------------------------------------------------------------------------------------------------------------
def _when(reader: Reader) -> When | None:
    kind = reader.choice("naar", KINDS, required=N_("Velg om det er én gang, flere dager eller hver uke."))
    if kind == "once":
        day = _day(reader, "dato", N_("Skriv dagen."))
        return When("once", day, day) if day is not None else None
    if kind == "dates":
        days = reader.take(
            "datoer", partial(_dates, field="datoer"), required=N_("Skriv dagene, én på hver linje.")
        )
        return When("dates", min(days), max(days), dates=tuple(days)) if days else None
    return _series(reader) if kind == "weekly" else None


def _series(reader: Reader) -> When | None:
    first, last = _day(reader, "fra", N_("Skriv første dag.")), _day(reader, "til", N_("Skriv siste dag."))
    weekdays = reader.choices("ukedager", dict.fromkeys(WEEKDAYS))
    if not weekdays:
        reader.fail("ukedager", N_("Kryss av for minst én ukedag."))
    skip = reader.take("unntatt", partial(_dates, field="unntatt")) or []
    every = reader.form.text("hver") or "1"
    if every not in EVERY:
        reader.fail("hver", N_("Velg hver uke eller annenhver uke."))
    if first is None or last is None or not weekdays or every not in EVERY:
        return None
    if last < first:
        reader.fail("til", N_("Siste dag er før første dag."))
        return None
    if last - first > timedelta(days=LONGEST_SERIES_DAYS):
        reader.fail("til", N_("En rekke kan vare i høyst ett år. Lag en ny når det nærmer seg."))
        return None
    found = When(
        "weekly", first, last, weekdays=tuple(weekdays), every=int(every), skip=tuple(skip),
        on_holidays=reader.form.text("helligdager") == "ja", in_holy_week=reader.form.text("paaskeuka") == "ja",
    )  # fmt: skip
    if not all_days(found):
        reader.fail("ukedager", N_("Ingen dag blir igjen. Se på dagene, ukedagene og fridagene."))
    return found


def _day(reader: Reader, name: str, required: str) -> date | None:
    return reader.take(name, partial(parse_date, field=name, years_ahead=3), required=required)


def _dates(text: str, *, field: str) -> list[date]:
    parts = [part.strip() for part in _APART.split(text) if part.strip()]
    if len(parts) > MOST_DATES:
        raise BadInput(field, N_("Skriv høyst %(most)s dager."), most=MOST_DATES)
    return sorted({parse_date(part, field=field, years_ahead=3) for part in parts})


def _times(reader: Reader) -> tuple[time | None, time | None]:
    starts = reader.take(
        "begynner", partial(parse_time, field="begynner"), required=N_("Skriv når det begynner, for eksempel 17:00.")
    )  # fmt: skip
    ends = reader.take("slutter", partial(parse_time, field="slutter"))
    if starts is not None and ends is not None and ends <= starts:
        reader.fail(
            "slutter",
            N_("Det må slutte etter at det begynner. La feltet stå tomt hvis det varer over midnatt."),
        )
    return starts, ends


# Where, for whom, what it costs -----------------------------------------------------------------------------------------
def _municipality(reader: Reader, places: Mapping[UUID, str]) -> UUID | None:
    chosen = reader.form.text("kommune")
    known = {str(one): one for one in places}
    if chosen not in known and chosen != EVERYWHERE:
        reader.fail("kommune", N_("Velg kommunen det er i."))
    return known.get(chosen)


def _ages(reader: Reader) -> tuple[int | None, int | None]:
    youngest, oldest = (
        reader.take("alder_fra", _age("alder_fra")),
        reader.take("alder_til", _age("alder_til")),
    )
    if youngest is not None and oldest is not None and oldest < youngest:
        reader.fail("alder_til", N_("Den høyeste alderen er lavere enn den laveste."))
    return youngest, oldest


def _age(name: str) -> Callable[[str], int]:
    def read(text: str) -> int:
        if not (text.isascii() and text.isdigit() and len(text) <= 3) or int(text) > OLDEST:
            raise BadInput(name, N_("Skriv alderen som et helt tall, for eksempel 16."))
        return int(text)

    return read


def _price(text: str) -> int:
    kroner = parse_decimal(text, field="pris", decimals=2, minimum=0, maximum=MOST_KRONER)
    return int(kroner * 100)


def read_link(text: str) -> str:
    """A link to more: https, a whole address, and nothing that hides whose it is. Raises BadInput."""
    said = text if "://" in text or not text.startswith("www.") else f"https://{text}"
    try:
        parts = urlsplit(said)
        host = parts.hostname or ""
    except ValueError:
        host, parts = "", urlsplit("")
    plain = all(sign.isprintable() and not sign.isspace() and sign not in "<>\"'`" for sign in said)
    hidden = parts.scheme != "https" or "." not in host or parts.username is not None
    if hidden or not plain or len(said) > MOST_SIGNS["lenke"]:
        raise BadInput("lenke", N_("Skriv hele adressen, slik: https://www.eksempel.no/side."))
    return said


def read_email(text: str, *, field: str) -> str:
    """An e-mail address one may write to. Raises BadInput."""
    name, _, at = text.rpartition("@")
    odd = any(sign.isspace() or sign in ',;<>()"' or not sign.isprintable() for sign in text)
    if not name or "@" in name or "." not in at.strip(".") or odd or len(text) > MOST_SIGNS["epost"]:
        raise BadInput(field, N_("Skriv e-postadressen slik: navn@eksempel.no."))
    return text


# As a form's values ------------------------------------------------------------------------------------------------------
def values_of(event: Event | EventFacts) -> dict[str, Any]:
    """An event as its form's fields."""
    lines = "\n".join(format_date(day) for day in event.dates)
    return {
        "tittel": event.title, "om": event.about, "naar": event.kind,
        "dato": format_date(event.first_day) if event.kind == "once" else "", "datoer": lines,
        "fra": format_date(event.first_day) if event.kind == "weekly" else "",
        "til": format_date(event.last_day) if event.kind == "weekly" else "",
        "ukedager": list(event.weekdays), "hver": str(event.every),
        "unntatt": "\n".join(format_date(day) for day in event.skip),
        "helligdager": "ja" if event.on_holidays else "", "paaskeuka": "ja" if event.in_holy_week else "",
        "begynner": event.starts.isoformat("minutes"), "slutter": event.ends.isoformat("minutes") if event.ends else "",
        "sted": event.place, "adresse": event.address,
        "kommune": str(event.municipality_id) if event.municipality_id else EVERYWHERE,
        "alder_fra": "" if event.age_from is None else str(event.age_from),
        "alder_til": "" if event.age_to is None else str(event.age_to),
        "grupper": list(event.targets), "interesser": list(event.interests), "tilgang": list(event.access),
        "ledsager": "ja" if event.companion else "", "gratis": "ja" if event.price_ore == 0 else "",
        "pris": _kroner(event.price_ore), "pris_mer": event.price_note, "arrangor": event.organiser, "lenke": event.link,
        "paamelding": "ja" if event.enrolment else "", "telefon": event.contact_phone, "epost": event.contact_email,
    }  # fmt: skip


def _kroner(ore: int | None) -> str:
    return "" if not ore else format_decimal(Decimal(ore) / 100)


def first_values(place: UUID | None) -> dict[str, Any]:
    """An empty form: once, in one's own municipality."""
    return {
        "naar": "once",
        "hver": "1",
        "kommune": str(place) if place else EVERYWHERE,
        "fra": format_date(today()),
    }
