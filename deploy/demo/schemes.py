"""What each municipality has said of its schemes: most have answered twice, some have not come to the end of the list."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Final

from deploy.demo.chance import Chance, at
from deploy.demo.stories import HORTEN
from deploy.demo.town import Making, Town
from reporting.schemes.catalogue import VERSION, asked
from reporting.schemes.models import SchemeAnswer
from sammen.policy.roles import Role

USUAL: Final = {
    "individual": 1.0, "group": 0.7, "organisation": 0.35, "companion-card": 0.9, "travel": 0.8, "expenses": 0.85,
    "information-meetings": 0.6, "start-course": 0.5, "theme-courses": 0.5, "one-to-one": 0.4, "cafe": 0.4,
    "joint-recruiting": 0.3, "operating-concept": 0.05, "user-surveys": 0.25, "yearly-evaluation": 0.5,
}  # fmt: skip
OTHERWISE: Final = 0.2
NOTES: Final = {
    "group": "Faste grupper på ettermiddag og lørdag.", "cafe": "Åpen onsdager.",
    "operating-concept": "Vi venter på samarbeidet.", "expenses": "Fast beløp i måneden.",
    "joint-recruiting": "Vi annonserer sammen med nabokommunene.", "theme-courses": "To kvelder i året.",
}  # fmt: skip
WAITS: Final = ("0706", "0728")
"""Sandefjord has begun and not come to the end; Lardal has not begun."""


def write_schemes(making: Making, towns: Sequence[Town]) -> None:
    """Answers from two years back, and what has become otherwise since."""
    for town in towns:
        if town.place.code == WAITS[1]:
            continue
        chance = Chance(f"schemes/{town.place.code}")
        first = date(making.as_of.year - 2, 3, 1) + timedelta(days=chance.randint(0, 60))
        second = date(making.as_of.year, 1, 1) + timedelta(days=chance.randint(0, 90))
        for number, one in enumerate(asked()):
            if town.place.code == WAITS[0] and number > 11:
                break
            roll, later = chance.random(), chance.random()
            likely = USUAL.get(one.id, OTHERWISE)
            state = "has" if roll < likely else "planned" if roll < likely + 0.1 else "no"
            if town.place.code == HORTEN and one.id in ("volunteers", "youth"):
                continue
            _answer(making, town, chance, one.id, state, first)
            if state == "planned" and later < 0.6:
                _answer(making, town, chance, one.id, "has", second)
            elif state == "has" and later < 0.05 and one.id != "individual":
                _answer(making, town, chance, one.id, "ended", second)


def _answer(making: Making, town: Town, chance: Chance, scheme: str, state: str, day: date) -> None:
    who = town.colleague(Role.PROVIDER_COORDINATOR)
    making.rows.add(
        SchemeAnswer, region_id=making.region_id, id=chance.id(), municipality_id=town.id, scheme=scheme, state=state,
        list_version=VERSION, valid_from=day, note=NOTES.get(scheme, "") if state in ("has", "planned") else "",
        ask=who.name if state == "has" else "", answered_by=who.id, answered_by_name=who.name, created_at=at(day, 13),
    )  # fmt: skip
