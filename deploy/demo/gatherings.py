"""Gatherings: Horten's guidance group and information meetings, and what the region holds for everybody (C8, C9, B5)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from deploy.demo.chance import Chance, at
from deploy.demo.contacts import Contact
from deploy.demo.course_list import AMUND, SINDRE
from deploy.demo.stories import HORTEN, RE
from deploy.demo.town import Making, Town
from sammen.policy.roles import Role
from shared_pool.assemblies.models import (
    Assembly,
    AssemblyGuest,
    AssemblyMeeting,
    AssemblyMember,
    JointAssembly,
    JointCount,
    JointMeeting,
)

HOST = "Vestfoldsamarbeidet"
GUESTS = 10
BEGINS, LASTS = 18, 2
SUMMARY = "Tema: å sette grenser. Til neste møte: å avslutte et oppdrag."
SAID = "Vi gikk gjennom avtale, taushetsplikt og timeføring. Lysarkene ligger hos koordinatoren."
DOORS = ("K7RTM", "B4WQX", "M9HPD", "T2LCN", "R8VKS", "D6FGJ", "H3XNP", "W5MTB")


def write_gatherings(making: Making, towns: Sequence[tuple[Town, Sequence[Contact]]]) -> None:
    """Horten's own two series, and the region's with each municipality's copy."""
    work = _Gatherings(making)
    for town, contacts in towns:
        if town.place.code == HORTEN:
            work.own(town, contacts)
    work.joint(towns)


@dataclass
class _Gatherings:
    making: Making
    chance: Chance = field(default_factory=lambda: Chance("gatherings"))
    doors: int = 0

    def own(self, town: Town, contacts: Sequence[Contact]) -> None:
        """A guidance group once a month, and information meetings that everybody must come to one of."""
        as_of, leads = self.making.as_of, town.staff[Role.PROVIDER_COORDINATOR][0].name
        monthly = [as_of + timedelta(days=days) for days in (-89, -61, -33, 9, 37, 72)]
        self._series(town, contacts, "guidance", "Veiledningsgruppe for nye støttekontakter",
                     "For deg som har begynt det siste året. Ta med noe du lurer på.", leads, monthly, SUMMARY,
                     GUESTS)  # fmt: skip
        twice = [as_of - timedelta(days=20), as_of + timedelta(days=15)]
        self._series(town, contacts, "information", "Felles informasjonsmøte",
                     "Nye satser, timeføring og det du må vite i år. Alle må være med på ett.", leads, twice, SAID, 2 * GUESTS,
                     makeup=True)  # fmt: skip

    def _series(self, town: Town, contacts: Sequence[Contact], kind: str, title: str, about: str, leads: str,
                days: Sequence[date], summary: str, many: int, *, makeup: bool = False) -> None:  # fmt: skip
        assembly = self.chance.id_at(days[0] - timedelta(days=20))
        self.making.rows.add(
            Assembly, tenant_id=town.id, id=assembly, kind=kind, title=title, about=about, led_by=leads, joint_id=None,
            hosted=True, host_name="", audience="picked", invited_at=at(days[0] - timedelta(days=19), 10), declined_on=None,
        )  # fmt: skip
        there = [one for one in contacts if one.state == "engaged" and one.since < days[0]]
        named = [one for one in there if one.person.name in (AMUND, SINDRE)]
        guests = [
            *named,
            *self.chance.sample(
                [one for one in there if one not in named], min(many, len(there) - len(named))
            ),
        ]
        self._members(town, assembly, guests)
        first: UUID | None = None
        missed: list[Contact] = []
        for number, day in enumerate(days):
            made = self._meeting(
                AssemblyMeeting, town, self.chance.id_at(days[0] - timedelta(days=20)), day, summary, assembly_id=assembly,
                makeup_for=first if makeup else None,
            )  # fmt: skip
            coming = missed if makeup and number else guests
            away = self._guests(town, made, day, coming)
            first, missed = (made, away) if number == 0 else (first, missed)

    def _members(self, town: Town, assembly: UUID, guests: Sequence[Contact]) -> None:
        for one in guests:
            self.making.rows.add(
                AssemblyMember, tenant_id=town.id, id=self.chance.id_at(self.making.as_of), assembly_id=assembly,
                contact_id=one.id,
            )  # fmt: skip

    def _meeting(
        self, model: Any, town: Town | None, made: UUID, day: date, summary: str, **more: Any
    ) -> UUID:
        """One meeting, in a municipality's own table or the shared one; those that have been have a summary."""
        past = day < self.making.as_of
        door = DOORS[self.doors % (len(DOORS) - 1)] if town else DOORS[-1]
        self.doors += town is not None
        whose: dict[str, Any] = (
            {"region_id": self.making.region_id}
            if town is None
            else {"tenant_id": town.id, "noted_at": at(day, 20) if past else None}
        )
        self.making.rows.add(
            model, **whose, id=made, starts_at=at(day, BEGINS), ends_at=at(day, BEGINS + LASTS),
            place="Rådhuset" if town else "Oseberg kulturhus", door_code=door, summary=summary if past else "",
            summary_at=at(day, 21) if past else None, **more,
        )  # fmt: skip
        return made

    def _guests(self, town: Town, meeting: UUID, day: date, guests: Sequence[Contact]) -> list[Contact]:
        """Those invited, with answers, and who came; those who did not."""
        away = []
        past = day < self.making.as_of
        soon = (day - self.making.as_of).days < 20
        for number, one in enumerate(guests):
            answer = self.chance.one([("yes", 0.7), ("no", 0.12), ("", 0.18)]) if past or soon else ""
            if one.person.name in (AMUND, SINDRE):
                answer = "yes" if past else ""
            came = (answer == "yes" or number % 4 == 0) if past else None
            if came is False:
                away.append(one)
            when = min(day, self.making.as_of) - timedelta(days=3)
            self.making.rows.add(
                AssemblyGuest, tenant_id=town.id, id=self.chance.id_at(when), assembly_meeting_id=meeting,
                contact_id=one.id, answer=answer, answered_at=at(when, 12) if answer else None, came=came,
            )  # fmt: skip
        return away

    def joint(self, towns: Sequence[tuple[Town, Sequence[Contact]]]) -> None:
        """The region's gathering: held once, and one to come. Horten and Re have invited; the others have not yet."""
        as_of = self.making.as_of
        days = [as_of - timedelta(days=45), as_of + timedelta(days=24)]
        joint = self.chance.id()
        told = {"kind": "gathering", "title": "Felles samling for støttekontakter",
                "about": "Foredrag, mat og tid til å snakke sammen på tvers av kommunene.",
                "led_by": "Eirik Fossum"}  # fmt: skip
        self.making.rows.add(JointAssembly, region_id=self.making.region_id, id=joint, host_id=None, **told)
        summary = "Vi hørte om motivasjon, og snakket i grupper om å bli kjent. Neste samling er i desember."
        meetings = [
            self._meeting(
                JointMeeting, None, self.chance.id(), day, summary, host_id=None, joint_assembly_id=joint
            )
            for day in days
        ]
        for town, contacts in towns:
            asks = town.place.code in (HORTEN, RE, "0704")
            copy = self.chance.id_at(days[0] - timedelta(days=30))
            self.making.rows.add(
                Assembly, tenant_id=town.id, id=copy, joint_id=joint, hosted=False, host_name=HOST,
                audience="picked" if asks else "", invited_at=at(days[0] - timedelta(days=29), 9) if asks else None,
                declined_on=None, **told,
            )  # fmt: skip
            there = [one for one in contacts if one.state == "engaged" and one.since < days[0]]
            named = [one for one in there if one.person.name in (AMUND, SINDRE)]
            guests = (
                [*named, *[one for one in there if one not in named][: GUESTS - len(named)]] if asks else []
            )
            self._members(town, copy, guests)
            for meeting, day in zip(meetings, days, strict=True):
                self.making.rows.add(
                    AssemblyMeeting, tenant_id=town.id, id=meeting, assembly_id=copy, starts_at=at(day, BEGINS),
                    ends_at=at(day, BEGINS + LASTS), place="Oseberg kulturhus", door_code=DOORS[-1],
                    summary=summary if day < as_of else "", summary_at=at(day, 21) if day < as_of else None,
                    noted_at=at(day, 20) if asks and day < as_of else None,
                )  # fmt: skip
                self._guests(town, meeting, day, guests)
                if asks:
                    self._count(town, meeting)

    def _count(self, town: Town, meeting: UUID) -> None:
        """What the municipality has told of its own: numbers alone."""
        mine = [row for row in self.making.rows.of(AssemblyGuest) if row["tenant_id"] == town.id
                and row["assembly_meeting_id"] == meeting]  # fmt: skip
        self.making.rows.add(
            JointCount, region_id=self.making.region_id, id=self.chance.id(), joint_meeting_id=meeting, home_id=town.id,
            invited=len(mine), coming=sum(row["answer"] == "yes" for row in mine),
            came=sum(row["came"] is True for row in mine),
        )  # fmt: skip
