"""The activity calendar: what anybody may go to in the twelve municipalities, and what waits for a yes (C14)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, time, timedelta
from typing import Any

from deploy.demo.chance import Chance, at
from deploy.demo.stories import HORTEN, RE
from deploy.demo.town import Making, Town
from shared_pool.calendar.models import CalendarEvent

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
LONG, SHORT = 190, 100
"""Days a weekly series goes on."""


@dataclass(frozen=True, slots=True)
class Happening:
    """Something to go to. `weekday` is its place in the week; `every` weeks between, 0 for once, so many days ahead."""

    title: str
    about: str
    place: str
    weekday: int
    starts: int
    hours: int
    targets: tuple[str, ...]
    interests: tuple[str, ...]
    access: tuple[str, ...] = ("wheelchair", "toilet")
    kroner: int = 0
    every: int = 1
    ahead: int = 0
    ages: tuple[int | None, int | None] = (None, None)
    companion: bool = False
    organiser: str = "Frivilligsentralen"
    more: tuple[tuple[str, Any], ...] = field(default=())


# Each municipality has three of these, the next ones of the next.
COMMON = (
    Happening("Tirsdagskafé", "Kaffe, vafler og noen å prate med.", "Biblioteket", 1, 11, 2, ("adults", "elders"), ("cafe",),
              ("wheelchair", "toilet", "helper")),
    Happening("Svømming i varmt vann", "Bassenget holder 34 grader.", "Svømmehallen", 5, 10, 2, ("adults",), ("swimming",),
              ("wheelchair", "toilet", "helper"), 60, 2, companion=True),
    Happening("Spillkveld", "Brettspill for nye og gamle.", "Ungdomshuset", 2, 17, 3, ("youth",), ("boardgames", "gaming"),
              ("wheelchair", "quiet"), ages=(13, 18)),
    Happening("Tur i marka", "Rolig tur med pause ved bålet.", "Parkeringa ved lysløypa", 6, 11, 3, ("all",),
              ("walking", "outdoors"), ("parking",)),
    Happening("Håndarbeidskveld", "Ta med det du holder på med.", "Frivilligsentralen", 0, 18, 2, ("adults", "elders"),
              ("crafts",), ("wheelchair", "toilet", "quiet")),
    Happening("Juleverksted", "Vi lager gaver og pynt.", "Kulturhuset", 5, 12, 3, ("children", "all"), ("crafts",),
              ("wheelchair", "pictures", "quiet"), 30, 0, 12),
    Happening("Konsert i kirka", "En time musikk ved lystenning.", "Kirka", 6, 18, 1, ("all",), ("music", "concerts"),
              ("wheelchair", "loop"), 0, 0, 22, companion=True),
)  # fmt: skip
OWN: dict[str, tuple[Happening, ...]] = {
    HORTEN: (
        Happening("Åpen klatrekveld", "Vi har sko og tau.", "Klatrehallen", 1, 17, 2, ("youth",), ("climbing",), ages=(13, 18),
                  companion=True, organiser="Horten klatreklubb"),
        Happening("Kor for alle", "Vi synger kjente sanger. Du trenger ikke kunne noter.", "Menighetshuset", 3, 18, 2,
                  ("adults", "elders"), ("music",), kroner=50, organiser="Horten kor"),
        Happening("Førjulskonsert", "Musikkorps og kor sammen.", "Bakkenteigen", 5, 16, 2, ("all",), ("music", "concerts"),
                  ("wheelchair", "toilet", "loop"), 150, 0, 19, companion=True, organiser="Horten musikkorps"),
        Happening("Åpen hall", "Ball, matter og musikk. Noen tar imot deg.", "Idrettshallen", 4, 16, 2, ("children",),
                  ("ballgames",), ("wheelchair", "helper", "quiet"), ages=(6, 12)),
    ),
    RE: (
        Happening("Familiekino", "Lyset er på, og lyden er lavere enn ellers.", "Samfunnshuset", 6, 14, 2, ("children", "all"),
                  ("cinema",), ("wheelchair", "pictures", "quiet"), 60, 0, 7, more=(("kind", "dates"),)),
        Happening("Gårdsdag", "Mate dyr og måke snø.", "Linnestad gård", 5, 11, 3, ("all",), ("animals", "farm"), ("parking",),
                  40, 2),
    ),
}  # fmt: skip


def write_programme(making: Making, towns: Sequence[Town]) -> None:
    """What is published everywhere; in Horten also a draft, one that others sent in, and one that is called off."""
    chance = Chance("programme")
    for number, town in enumerate(towns):
        for turn in range(3):
            _write(making, chance, town, COMMON[(3 * number + turn) % len(COMMON)])
        for happening in OWN.get(town.place.code, ()):
            _write(making, chance, town, happening)
    _write(making, chance, None, Happening(
        "Åpen dag for fritid", "Lag og foreninger fra hele regionen viser hva de gjør.", "Jarlsberg", 5, 11, 4, ("all",),
        ("training", "music"), ("wheelchair", "toilet", "parking", "sign"), 0, 0, 70,
        organiser="Vestfoldsamarbeidet"))  # fmt: skip
    _write(making, chance, None, Happening(
        "Nettkafé", "Vi møtes på skjerm. Lenka står under.", "På nettet", 2, 19, 1, ("adults",), ("gaming",), (), 0, 2,
        organiser="Vestfoldsamarbeidet"))  # fmt: skip
    horten = next((town for town in towns if town.place.code == HORTEN), None)
    if horten is not None:
        _in_other_states(making, chance, horten)


def _in_other_states(making: Making, chance: Chance, town: Town) -> None:
    choir = OWN[HORTEN][1]
    _write(making, chance, town, Happening(
        "Sommerleir ved fjorden", "Fire dager med bading og bål.", "Løvøya", 0, 10, 6, ("youth",), ("outdoors", "swimming"),
        ("parking",), 400, 0, 210, (13, 18)), "draft")  # fmt: skip
    _write(making, chance, town, Happening(
        "Julebingo", "Bingo med kaffe og kake. Alle vinner noe.", "Bingohallen", 3, 18, 2, ("adults", "elders"),
        ("boardgames",), ("wheelchair",), 20, 0, 16, organiser="Horten pensjonistlag"), "submitted")  # fmt: skip
    _write(making, chance, town, Happening(
        "Parasykling på travbanen", "Sykler for alle, også med plass til to.", "Travbanen", 5, 12, 3, ("all",), ("cycling",),
        (), 0, 0, 26, organiser="Horten sykkelklubb"), "submitted")  # fmt: skip
    _write(making, chance, town, Happening(
        "Kor for alle, ekstra øving", choir.about, choir.place, 5, 12, 2, choir.targets, choir.interests, choir.access, 0, 0, 6,
        organiser=choir.organiser), "cancelled")  # fmt: skip


def _write(
    making: Making, chance: Chance, town: Town | None, one: Happening, state: str = "published"
) -> None:
    as_of = making.as_of
    first = as_of + timedelta(days=one.ahead + (one.weekday - as_of.weekday()) % 7)
    kind = "weekly" if one.every else dict(one.more).get("kind", "once")
    dates = [first + timedelta(days=7 * n) for n in range(3)] if kind == "dates" else []
    last = (
        dates[-1]
        if dates
        else first + timedelta(days=LONG if one.every == 1 else SHORT)
        if one.every
        else first
    )
    written = as_of - timedelta(days=14 + chance.randint(0, 60))
    outside = state == "submitted"
    making.rows.add(
        CalendarEvent, region_id=making.region_id, id=chance.id(), host_id=town.id if town else None,
        municipality_id=town.id if town else None, state=state, title=one.title, about=one.about, kind=kind,
        first_day=first, last_day=last, dates=dates, weekdays=[WEEKDAYS[one.weekday]] if one.every else [],
        every=one.every or 1, skip=[], starts=time(one.starts), ends=time(one.starts + one.hours), place=one.place,
        address=_address(chance, town), age_from=one.ages[0], age_to=one.ages[1], targets=list(one.targets),
        interests=list(one.interests), access=list(one.access), companion=one.companion, price_ore=one.kroner * 100,
        organiser=one.organiser, contact_phone=f"680 50 {chance.randint(100, 999)}", outside=outside,
        created_at=at(as_of - timedelta(days=2) if outside else written, 10),
        published_at=at(written, 11) if state in ("published", "cancelled") else None,
        cancelled_at=at(as_of - timedelta(days=1), 9) if state == "cancelled" else None,
        reason="Dirigenten er syk." if state == "cancelled" else "", sequence=1 if state == "cancelled" else 0,
    )  # fmt: skip


def _address(chance: Chance, town: Town | None) -> str:
    """A street and the postcode's place."""
    if town is None:
        return ""
    street = chance.choice(("Storgata", "Kirkegata", "Bakkeveien", "Skolegata", "Torggata"))
    return f"{street} {chance.randint(1, 60)}, {town.place.postcodes[0][1].title()}"


def half_code(day: date) -> str:
    """The half-year a day lies in, as the printed calendar has it: 2026-2."""
    return f"{day.year}-{1 if day.month < 8 else 2}"
