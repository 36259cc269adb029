"""Open offers with their days counted, and one that somebody tried before a decision (C13)."""

from __future__ import annotations

from datetime import date, time, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from deploy.demo.chance import Chance
from deploy.demo.lives import Life
from deploy.demo.town import Town
from sammen.policy.roles import Role
from sammen.series import day_off
from tenants.offers.models import BANDS, OfferCount, OfferDay, OfferTried, OpenOffer
from tenants.people.api import traits

BACK, AHEAD = timedelta(weeks=20), timedelta(weeks=26)
ASKED = (
    "Flere spurte om bostøtte.", "", "To ville vite hva en støttekontakt er.", "", "",
    "Spørsmål om TT-kort og hvordan en søker.", "",
)  # fmt: skip
USUAL = (1, 2, 4, 7, 5)
"""How many of each band usually come, youngest first."""


def write_offers(town: Town, lives: list[Life]) -> None:
    """Two that are open each week and a holiday trip."""
    chance, as_of = Chance(f"offers/{town.place.code}"), town.as_of
    cafe = _weekly(town, chance, "cafe", "Torsdagskafeen", "Biblioteket", 3, time(12), time(15),
                   "Kaffe, vafler og noen å prate med. Kom som du er.")  # fmt: skip
    _weekly(town, chance, "open_offer", "Tirsdagsklubben", "Frivilligsentralen", 1, time(18), time(20, 30),
            "Spill og musikk for deg mellom 13 og 18.")  # fmt: skip
    first = as_of + timedelta(days=40 + (4 - as_of.weekday()) % 7)
    trip = chance.id_at(as_of - timedelta(days=30))
    town.rows.add(
        OpenOffer, tenant_id=town.id, id=trip, kind="holiday_trip", name="Ferietur til Nordmarka", place="Nordmarka",
        about="Tre dager på hytte. Mat, buss og følge er med.", weekday="", starts=time(9), ends=time(16),
        valid_from=first, valid_to=first + timedelta(days=2), responsible="Frivilligsentralen", places=12,
        price_kroner=Decimal(500),
    )  # fmt: skip
    for number in range(3):
        _day(town, chance, trip, first + timedelta(days=number), time(9), time(16))
    _tried(town, chance, cafe, lives)


def _weekly(town: Town, chance: Chance, kind: str, name: str, place: str, weekday: int, starts: time, ends: time,
            about: str) -> UUID:  # fmt: skip
    began = town.as_of - BACK
    first = began + timedelta(days=(weekday - began.weekday()) % 7)
    made = chance.id_at(began)
    town.rows.add(
        OpenOffer, tenant_id=town.id, id=made, kind=kind, name=name, about=about, place=place,
        weekday=tuple(traits.WEEKDAYS)[weekday], starts=starts, ends=ends, valid_from=first, valid_to=None,
        responsible="Frivilligsentralen", places=None, price_kroner=Decimal(0),
    )  # fmt: skip
    for number in range((BACK + AHEAD).days // 7):
        day = first + timedelta(days=7 * number)
        if not day_off(day):
            _day(town, chance, made, day, starts, ends, number=number)
    return made


def _day(
    town: Town, chance: Chance, offer: UUID, day: date, starts: time, ends: time, *, number: int = 0
) -> None:
    """One day; those that have been are counted, but for the last."""
    counted = day < town.as_of - timedelta(days=2)
    off = counted and number % 9 == 4
    made = chance.id_at(min(day, town.as_of))
    more: dict[str, Any] = {"state": "cancelled" if off else "held" if counted else "planned"}
    if counted and not off:
        more |= {
            "volunteers": chance.randint(1, 4), "contacts": chance.randint(0, 3), "staff": 1,
            "talks": chance.randint(0, 3), "guidance": ASKED[number % len(ASKED)],
            "counted_by": town.staff[Role.PROVIDER_COORDINATOR][0].name,
        }  # fmt: skip
    if off:
        more["cancel_reason"] = "Lokalet ble vasket ned."
    town.rows.add(
        OfferDay, tenant_id=town.id, id=made, offer_id=offer, day=day, starts=starts, ends=ends, **more
    )
    if counted and not off:
        for band, usual in zip(BANDS, USUAL, strict=True):
            town.rows.add(
                OfferCount, tenant_id=town.id, id=chance.id_at(day), day_id=made, band=band,
                came=max(0, usual + chance.randint(-2, 3)),
            )  # fmt: skip


def _tried(town: Town, chance: Chance, offer: UUID, lives: list[Life]) -> None:
    """Two who tried the café first: it was not enough for one, and helped the other some."""
    told = (
        ("not_enough", "Jeg kjente ingen der."),
        ("partly", "Fint å komme dit, men jeg trenger noen å gå sammen med."),
    )
    usual = [
        life for life in lives
        if life.written and life.state == "running" and life.purchaser == "adult" and not (life.shielded or life.told)
    ]  # fmt: skip
    who = town.staff[Role.PURCHASER_ADULT][0]
    for life, (outcome, words) in zip(usual, told, strict=False):
        assert life.written is not None
        day = town.as_of - timedelta(days=60)
        town.rows.add(
            OfferTried, tenant_id=town.id, id=chance.id_at(day + timedelta(days=20)), case_id=life.written.case_id,
            offer_id=offer, name="Torsdagskafeen", first_on=day, last_on=day + timedelta(days=19), times=4, outcome=outcome,
            own_words=words, noted_by=who.id, noted_by_name=who.name,
        )  # fmt: skip
