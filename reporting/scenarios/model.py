"""The sums of the scenarios (D5): pure. Published figures and assumptions in, a change in cost as a range out.

Every assumption has a low and a high, and the result is the lowest and the highest over all their ends: each sum grows or
falls with each assumption, so no value between gives more. Kroner; less than nought is saved. A sum that is changed gets
a new VERSION and the old one stays in MODELS, so that what was saved can be reckoned again.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from itertools import product
from typing import Final

from sammen.i18n_mark import N_

VERSION: Final = 1
ROUND_TO: Final = Decimal(1000)
"""Results are told in whole thousands, the low end down and the high end up: no more is known."""
HUNDRED: Final = Decimal(100)
ESTIMATE: Final = N_("Anslag, ikke et tall fra kommunene. Bytt det ut når dere har et eget.")
RATE_ASSUMPTION: Final = "sats"
Numbers = Mapping[str, Decimal]


@dataclass(frozen=True, slots=True)
class Range:
    """From `low` to `high`, both with."""

    low: Decimal
    high: Decimal

    @property
    def middle(self) -> Decimal:
        """Halfway."""
        return (self.low + self.high) / 2


@dataclass(frozen=True, slots=True)
class Assumption:
    """One thing that is assumed. `name` and `source` are msgids; `unit` kr or %; `least` and `most` are what may be typed."""

    id: str
    name: str
    unit: str
    usual: Range
    least: Decimal
    most: Decimal
    source: str = ESTIMATE


@dataclass(frozen=True, slots=True)
class Operand:
    """A published number a sum begins with: a measure's total, or one code of one of its dimensions."""

    id: str
    measure: str
    dimension: str = ""
    code: str = ""


@dataclass(frozen=True, slots=True)
class Lever:
    """One "what if". `reckon` gives the change in kroner, None when there is nothing to reckon with; `today` what the
    place has now, from the same numbers, named by `today_name` in `today_unit`. Texts are msgids.
    """

    id: str
    name: str
    question: str
    how: tuple[str, ...]
    operands: tuple[Operand, ...]
    assumptions: tuple[Assumption, ...]
    reckon: Callable[[Numbers, Numbers], Decimal | None]
    today: Callable[[Numbers], Decimal | None]
    today_name: str
    today_unit: str


def _percent(id_: str, name: str, low: int, high: int, *, least: int = 0, most: int = 100) -> Assumption:
    return Assumption(id_, name, "%", Range(Decimal(low), Decimal(high)), Decimal(least), Decimal(most))


def _kroner(id_: str, name: str, low: int, high: int, most: int = 1_000_000) -> Assumption:
    return Assumption(id_, name, "kr", Range(Decimal(low), Decimal(high)), Decimal(0), Decimal(most))


def _rates(now: Numbers, said: Numbers) -> Decimal | None:
    if not now["hours"]:
        return None
    moved = now["hours"] * said[RATE_ASSUMPTION] - now["cost"]
    return moved * said["timer"] / HUNDRED * said["andel"] / HUNDRED


def _courses(now: Numbers, said: Numbers) -> Decimal | None:
    if not now["seats"]:
        return None
    alone = said["alene"] / said["fylt_alene"]
    joint = said["felles"] / said["fylt_felles"]
    return now["seats"] * said["andel"] * (joint - alone)


def _groups(now: Numbers, said: Numbers) -> Decimal | None:
    if not now["individual"] or not now["group"]:
        return None
    moved = now["individual"] * said["andel"] / HUNDRED
    new = said["plass"] / HUNDRED * now["group_cost"] / now["group"]
    gone = said["bort"] / HUNDRED * now["individual_cost"] / now["individual"]
    return moved * (new - gone)


def _recruiting(now: Numbers, said: Numbers) -> Decimal | None:
    if not now["contacts"]:
        return None
    kept = said["slutter"] / HUNDRED * said["faerre"] / HUNDRED
    return now["contacts"] * (said["felles"] - kept * said["ny"])


def _ratio(above: str, below: str) -> Callable[[Numbers], Decimal | None]:
    return lambda now: now[above] / now[below] if now[below] else None


_LEVERS: Final = (
    Lever(
        "satser", N_("Like satser"), N_("Hva koster det hvis satsene blir like i alle kommunene?"),
        (
            N_("Forskjellen mellom kommunens kostnad per time og den felles ganges med timene i perioden."),
            N_("Satsene er bare en del av det en time koster. Vi regner med den delen av forskjellen som skyldes dem."),
        ),
        (Operand("cost", "cost"), Operand("hours", "hours")),
        (
            Assumption(RATE_ASSUMPTION, N_("Felles kostnad per time"), "kr", Range(Decimal(350), Decimal(400)), Decimal(1),
                       Decimal(5000)),
            _percent("andel", N_("Del av forskjellen som skyldes satsene"), 50, 80),
            _percent("timer", N_("Timer, av timene i dag"), 95, 105, least=1, most=300),
        ),
        _rates, _ratio("cost", "hours"), N_("Kostnad per time"), "kr",
    ),
    Lever(
        "kurs", N_("Felles kurs"), N_("Hva koster kursene hvis kommunene holder dem sammen?"),
        (
            N_("Bare plassene i kommunens egne kurs er med: de andre er felles allerede."),
            N_("En plass koster mer jo flere stoler som står tomme. Prisen deles derfor på andelen som er fylt."),
        ),
        (Operand("seats", "course_seats", "held_by", "own"),),
        (
            _percent("andel", N_("Plasser som kan bli felles"), 40, 70),
            _kroner("alene", N_("Pris for en plass alene"), 1500, 2500),
            _kroner("felles", N_("Pris for en plass i felles kurs"), 1000, 1800),
            _percent("fylt_alene", N_("Fylte plasser alene"), 55, 75, least=1),
            _percent("fylt_felles", N_("Fylte plasser i felles kurs"), 75, 95, least=1),
        ),
        _courses, lambda now: now["seats"], N_("Plasser i egne kurs"), "",
    ),
    Lever(
        "grupper", N_("Flere i gruppe"), N_("Hva koster det hvis noen får tilbudet i gruppe i stedet for alene?"),
        (
            N_("De som flytter, koster det en plass i gruppe koster i kommunen, ikke det en individuell tjeneste koster."),
            N_("Hvem som har det best i gruppe, avgjøres i hvert vedtak. Regnestykket sier bare hva det koster."),
        ),
        (
            Operand("individual", "services", "form", "individual"), Operand("group", "services", "form", "group"),
            Operand("individual_cost", "cost", "form", "individual"), Operand("group_cost", "cost", "form", "group"),
        ),
        (
            _percent("andel", N_("Individuelle tjenester som flytter"), 5, 10),
            _percent("plass", N_("Pris for en ny plass, av dagens"), 80, 120, least=1, most=300),
            _percent("bort", N_("Individuell kostnad som faller bort"), 70, 100),
        ),
        _groups, _ratio("group_cost", "group"), N_("Kostnad per plass i gruppe"), "kr",
    ),
    Lever(
        "rekruttering", N_("Felles rekruttering"), N_("Hva koster det hvis felles rekruttering gjør at færre slutter?"),
        (
            N_("Hver støttekontakt som ikke slutter, sparer det en ny koster å rekruttere og lære opp."),
            N_("Fra det trekkes det felles rekruttering koster for hver støttekontakt."),
        ),
        (Operand("contacts", "contacts_mean"),),
        (
            _percent("slutter", N_("Slutter i perioden, av støttekontaktene"), 8, 15),
            _percent("faerre", N_("Færre av dem som slutter"), 10, 25),
            _kroner("ny", N_("Å rekruttere og lære opp én"), 8000, 15000),
            _kroner("felles", N_("Felles rekruttering, per støttekontakt"), 50, 150),
        ),
        _recruiting, lambda now: now["contacts"], N_("Støttekontakter i snitt"), "",
    ),
)  # fmt: skip
MODELS: Final[Mapping[int, Mapping[str, Lever]]] = {1: {one.id: one for one in _LEVERS}}
LEVERS: Final = MODELS[VERSION]
Inputs = Mapping[str, Range]


def outcome(lever: Lever, now: Numbers, said: Inputs) -> Range | None:
    """The change in kroner over all ends of the assumptions, in whole thousands outwards; None when there is none."""
    names = [one.id for one in lever.assumptions]
    ends = product(*((said[name].low, said[name].high) for name in names))
    found = [lever.reckon(now, dict(zip(names, values, strict=True))) for values in ends]
    known = [one for one in found if one is not None]
    return Range(_thousands(min(known), up=False), _thousands(max(known), up=True)) if known else None


def swings(lever: Lever, now: Numbers, said: Inputs) -> list[tuple[Assumption, Range]]:
    """What each assumption does alone, the others halfway: the widest first, of equals in their own order."""
    halfway = {one.id: said[one.id].middle for one in lever.assumptions}
    found = []
    for one in lever.assumptions:
        if said[one.id].low == said[one.id].high:
            continue
        ends = [
            lever.reckon(now, {**halfway, one.id: value}) for value in (said[one.id].low, said[one.id].high)
        ]
        known = sorted(value for value in ends if value is not None)
        if known:
            found.append((one, Range(_thousands(known[0], up=False), _thousands(known[-1], up=True))))
    return sorted(found, key=lambda pair: pair[1].low - pair[1].high)


def _thousands(value: Decimal, *, up: bool) -> Decimal:
    rounding = ROUND_CEILING if up else ROUND_FLOOR
    return (value / ROUND_TO).to_integral_value(rounding) * ROUND_TO + 0
