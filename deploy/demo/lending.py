"""What the municipalities lend each other, and when it is taken: bookings, one that is asked for, one with damage."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from deploy.demo.chance import Chance, at
from deploy.demo.groups import SEATS_FOR_OTHERS
from deploy.demo.stories import HORTEN, RE
from deploy.demo.town import Making, Town
from sammen.policy.roles import Role
from shared_pool.resources.models import Booking, Resource
from tenants.groups.models import ActivityGroup
from tenants.sessions.models import GroupSession

TONSBERG, LARVIK, SANDEFJORD = "0704", "0709", "0706"
DAYTIME = {day: ["08:00", "22:00"] for day in ("mon", "tue", "wed", "thu", "fri")}
BUS, KITCHEN, HALL = "Minibussen", "Kjøkkenet i Kulturhuset", "Storstua"
# Owner, kind, name, place, how many, lent to, asks first, open hours, and about it.
THINGS: tuple[tuple[str, str, str, str, int | None, str, bool, Mapping[str, Any], str], ...] = (
    (HORTEN, "car", BUS, "Rådhuset", 9, "region", False, {},
     "Plass til to rullestoler. Nøkkelen ligger i skranken. Ta med førerkortet."),
    (HORTEN, "kitchen", KITCHEN, "Kulturhuset", 12, "region", True, DAYTIME, "To komfyrer og senkbar benk. Vask etter dere."),
    (HORTEN, "equipment", "Sykkelhenger", "Rådhuset, garasjen", None, "own", False, {}, "Til parsykkelen."),
    (RE, "room", HALL, "Samfunnshuset", 40, "region", False, DAYTIME, "Scene, lerret og teleslynge."),
    (RE, "car", "Sjuseteren", "Servicetorget", 7, "region", False, {}, "Ladekort i hanskerommet."),
    (TONSBERG, "room", "Salongen", "Aktivitetssenteret", 25, "region", False, DAYTIME, "Sofaer og piano."),
    (TONSBERG, "car", "Bybilen", "Parkeringshuset, plan 1", 5, "region", False, {}, "El-bil med rampe."),
    (SANDEFJORD, "room", "Ungdomskafeen", "Kulturfabrikken", 60, "region", True, DAYTIME, "Bordtennis og lydanlegg."),
    (LARVIK, "equipment", "Fire kanoer med tilhenger", "Farriseidet", 12, "region", True, {}, "Vester i alle størrelser."),
)  # fmt: skip


def write_lending(making: Making, towns: Sequence[Town]) -> None:
    """Everything that is lent, and the bookings around today."""
    lending = _Lending(making, {town.place.code: town for town in towns})
    for owner, kind, name, place, holds, lent, asks, hours, about in THINGS:
        if owner in lending.towns:
            lending.put_up(
                lending.towns[owner], kind=kind, name=name, place=place, holds=holds, lending=lent, needs_yes=asks,
                hours=dict(hours), about=about, wheelchair=kind in ("room", "car"),
            )  # fmt: skip
    if HORTEN in lending.towns and RE in lending.towns:
        lending.book_all()


@dataclass
class _Lending:
    making: Making
    towns: dict[str, Town]
    chance: Chance = field(default_factory=lambda: Chance("lending"))
    things: dict[str, tuple[UUID, Town]] = field(default_factory=dict)

    def put_up(self, town: Town, *, name: str, **more: Any) -> None:
        """One thing of a municipality's."""
        made = self.chance.id()
        self.things[name] = (made, town)
        self.making.rows.add(
            Resource, region_id=self.making.region_id, id=made, owner_id=town.id, name=name,
            contact=f"Servicetorget, 680 50 {town.place.code[1:]}", lent_to=[], longest_hours=72, ahead_days=180, **more,
        )  # fmt: skip

    def book_all(self) -> None:
        """Horten's and Re's bookings, the region's, and two weeks of those that have been."""
        as_of, horten, re = self.making.as_of, self.towns[HORTEN], self.towns[RE]
        for starts, ends, session, past in self._meetings():
            self._book(BUS, horten, starts - timedelta(minutes=30), ends + timedelta(minutes=30), "returned" if past else
                       "booked", purpose="group", purpose_id=session)  # fmt: skip
        saturday = as_of + timedelta(days=(5 - as_of.weekday()) % 7 or 7)
        self._on(BUS, re, saturday, 9, 17, "booked", purpose="other", note="Tur til Verdens Ende.")
        self._on(
            BUS,
            horten,
            _workday(as_of + timedelta(days=10)),
            8,
            12,
            "booked",
            purpose="maintenance",
            note="EU-kontroll.",
        )
        self._on(KITCHEN, re, _workday(as_of + timedelta(days=4)), 16, 20, "asked", purpose="group",
                 note="Ti deltakere. Vi har med råvarer selv.")  # fmt: skip
        self._on(KITCHEN, horten, _workday(as_of + timedelta(days=2)), 10, 14, "booked", purpose="offer")
        self._on(
            HALL,
            None,
            _workday(as_of + timedelta(days=12)),
            16,
            21,
            "booked",
            purpose="course",
            note="Grunnkurs, 20 deltakere.",
        )
        self._on(HALL, horten, _workday(as_of + timedelta(days=5)), 17, 20, "booked", purpose="assembly")
        self._on(
            "Sykkelhenger", horten, _workday(as_of + timedelta(days=1)), 10, 15, "booked", purpose="group"
        )
        self._on(
            "Sjuseteren", horten, _workday(as_of - timedelta(days=3)), 9, 14, "returned", purpose="other",
            odometer_out=41_200, odometer_back=41_236,
        )  # fmt: skip
        self._on(
            BUS, re, _workday(as_of - timedelta(days=6)), 8, 12, "returned", purpose="other", odometer_out=88_410,
            odometer_back=88_502, damage="Ripe i venstre dør.", back_note="Tanket fullt.",
        )  # fmt: skip

    def _meetings(self) -> list[tuple[Any, Any, UUID, bool]]:
        """When the group that Amund leads meets, two weeks back and five ahead: it goes by bus."""
        horten, as_of = self.towns[HORTEN], self.making.as_of
        group = next(
            (
                row["id"] for row in self.making.rows.of(ActivityGroup)
                if row["tenant_id"] == horten.id and row["seats"] == SEATS_FOR_OTHERS
            ),
            None,
        )  # fmt: skip
        return [
            (row["starts_at"], row["ends_at"], row["id"], row["starts_at"].date() < as_of)
            for row in self.making.rows.of(GroupSession)
            if row["group_id"] == group
            and row["state"] != "cancelled"
            and row["starts_at"].date() != as_of
            and -14 <= (row["starts_at"].date() - as_of).days <= 35
        ]

    def _on(
        self, name: str, town: Town | None, day: date, first: int, last: int, state: str, **more: Any
    ) -> None:
        self._book(name, town, at(day, first), at(day, last), state, **more)

    def _book(
        self, name: str, town: Town | None, starts: Any, ends: Any, state: str, *, purpose: str, **more: Any
    ) -> None:
        """One booking; `town` None is the region's own. Of something nobody here lends there is none."""
        if name not in self.things:
            return
        thing, owner = self.things[name]
        by = town.staff[Role.PROVIDER_COORDINATOR][0].name if town else "Eirik Fossum"
        been = state == "returned"
        self.making.rows.add(
            Booking, region_id=self.making.region_id, id=self.chance.id(), owner_id=owner.id,
            booker_id=town.id if town else None, resource_id=thing, resource_name=name, starts_at=starts, ends_at=ends,
            state=state, purpose=purpose, booked_by=by, handed_out_at=starts if been else None,
            returned_at=ends if been else None, **more,
        )  # fmt: skip


def _workday(day: date) -> date:
    """The day itself, or the Monday after a weekend."""
    return day + timedelta(days=7 - day.weekday()) if day.weekday() >= 5 else day
