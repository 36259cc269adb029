"""Meetings of the groups: the last two months with who came, the half-year that comes, and a day that lacks a leader."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from deploy.demo.chance import Chance, at
from deploy.demo.contacts import Contact
from deploy.demo.groups import CO_LEADER, ENDS, STARTS
from deploy.demo.stories import HORTEN
from deploy.demo.town import Town
from sammen.series import moment
from tenants.groups.models import ActivityGroup, GroupPlace
from tenants.groups.rules import first_day, rest_on
from tenants.sessions.models import GroupSession, LeaderAsk, SessionLeader, SessionPresence

Row = dict[str, Any]
BACK, AHEAD = timedelta(weeks=8), timedelta(weeks=26)
HOURS = Decimal("2.5")
ALONE = "Vi fant ikke en leder til."
ANSWER_HOURS = 48
DOES: Mapping[str, Sequence[str]] = {
    "climbing": ("Vi øver på tau.", "Klatring inne, og kakao etterpå."),
    "building": ("Fuglekasser.", "Vi bygger ferdig benken til bryggen."),
    "cafe": ("Vafler.", "Kortspill og kaffe."), "boardgames": ("Nye spill fra biblioteket.", "Turnering i Ludo."),
    "dance": ("Vi lærer en ny dans.", "Swing for nybegynnere."), "cooking": ("Pizza.", "Fiskesuppe."),
}  # fmt: skip


def write_meetings(town: Town, contacts: Sequence[Contact]) -> None:
    """Every meeting of the town's groups. Draws from a stream of its own."""
    _Meetings(town, contacts).write()


@dataclass
class _Meetings:
    town: Town
    contacts: Sequence[Contact]
    chance: Chance = field(init=False)
    places: dict[UUID, list[Row]] = field(init=False)

    def __post_init__(self) -> None:
        self.chance = Chance(f"meetings/{self.town.place.code}")
        self.places = {}
        for row in self.town.rows.of(GroupPlace):
            if row["tenant_id"] == self.town.id:
                self.places.setdefault(row["group_id"], []).append(row)

    def write(self) -> None:
        """The series of each group; in Horten also a meeting today, and two that lack a leader."""
        groups = [row for row in self.town.rows.of(ActivityGroup) if row["tenant_id"] == self.town.id]
        lacking = 0
        for group in groups:
            coming = self._series(group)
            own = self._own(group)
            if own is not None and coming:
                self._today(group, coming)
            elif (
                self.town.place.code == HORTEN
                and len(coming) > 1
                and group["second_leader_id"]
                and lacking < 2
            ):
                # Those who are asked have until tomorrow.
                self._lacks(*((coming[0], group, "nobody") if lacking else (coming[1], group, "open")))
                lacking += 1

    def _own(self, group: Row) -> UUID | None:
        """The leader one can be in the demo, of the group that is theirs."""
        found = (one.id for one in self.contacts if one.person.name == CO_LEADER)
        own = next(found, None)
        return own if own is not None and own == group["second_leader_id"] else None

    def _series(self, group: Row) -> list[Row]:
        """The days the group meets, and how those that have been went; the meetings to come."""
        as_of, coming = self.town.as_of, []
        day = first_day(group["weekday"], max(as_of - BACK, group["valid_from"]))
        number = 0
        while day <= as_of + AHEAD:
            why = rest_on(day, group["autumn_week"], group["winter_week"], easter_off=True)
            number += 1
            if not why:
                row = self._meeting(group, day, number)
                if day >= as_of:
                    coming.append(row)
            day += timedelta(days=7)
        return coming

    def _meeting(self, group: Row, day: date, number: int, *, series: bool = True) -> Row:
        alone, past = group["second_leader_id"] is None, day < self.town.as_of
        rained = past and not alone and (group["id"].int + number) % 9 == 0
        state = "planned" if not past else "cancelled" if alone or rained else "held"
        words = DOES.get(group["activity"], ())
        begins, ends = moment(day, STARTS), moment(day, ENDS)
        row: Row = {
            "tenant_id": self.town.id, "id": self.chance.id(), "group_id": group["id"],
            "series_day": day if series else None, "starts_at": begins, "ends_at": ends, "place": group["place"],
            "activity": words[number % len(words)] if words and number % 3 else "", "transport": group["transport"],
            "by_hand": not series, "state": state,
            "cancel_reason": "" if state != "cancelled" else ALONE if alone else "Lokalet var stengt.",
            "cancelled_at": begins - timedelta(hours=6) if state == "cancelled" else None,
            "started_at": begins + timedelta(minutes=5) if state == "held" else None,
            "held_at": ends if state == "held" else None, "asking": "nobody" if alone and past else "",
        }  # fmt: skip
        asking = row.pop("asking")
        self.town.rows.add(GroupSession, **row, asking=asking)
        for leader in (group["leader_id"], group["second_leader_id"]):
            if leader is not None:
                self._leads(row["id"], leader, "came" if state == "held" else "coming", begins)
        if state == "held":
            self._came(row, group)
        return row

    def _leads(self, session: UUID, leader: UUID, state: str, when: datetime) -> None:
        self.town.rows.add(
            SessionLeader, tenant_id=self.town.id, id=self.chance.id_at(when), session_id=session, contact_id=leader,
            state=state,
        )  # fmt: skip

    def _came(self, session: Row, group: Row) -> None:
        """Most come; some have told, and a few are just not there."""
        for place in self.places.get(group["id"], ()):
            if place["state"] == "waiting" or place["valid_from"] > session["series_day"]:
                continue
            state = self.chance.one([("present", 0.84), ("told", 0.1), ("absent", 0.06)])
            there = state == "present"
            self.town.rows.add(
                SessionPresence, tenant_id=self.town.id, id=self.chance.id_at(session["starts_at"]),
                session_id=session["id"], place_id=place["id"], seat_id=None, state=state,
                with_contact=there and place["with_contact"], hours=HOURS if there else None,
            )  # fmt: skip

    def _today(self, group: Row, coming: Sequence[Row]) -> None:
        """One meeting more on the world's own day, so that its leader has a day page whatever weekday it is."""
        if coming[0]["series_day"] != self.town.as_of:
            self._meeting(group, self.town.as_of, 1, series=False)

    def _lacks(self, session: Row, group: Row, asking: str) -> None:
        """The second leader cannot come. Contacts are asked; or all have been, and none could."""
        rows, asked = self.town.rows, at(self.town.as_of - timedelta(days=3), 12)
        (leader,) = [
            row for row in rows.of(SessionLeader)
            if row["session_id"] == session["id"] and row["contact_id"] == group["second_leader_id"]
        ]  # fmt: skip
        rows.amend(SessionLeader, leader["id"], state="cannot")
        rows.amend(GroupSession, session["id"], asking=asking)
        leaders = {group["leader_id"], group["second_leader_id"]}
        able = [one for one in self.contacts if one.state == "engaged" and one.load and one.id not in leaders]
        own = next((one for one in able if one.person.name == CO_LEADER), None)
        if own is not None and asking == "open":
            able = [*(one for one in able[:2] if one is not own), own]
        for number, contact in enumerate(able[:3]):
            waits = asking == "open" and contact is own
            when = at(self.town.as_of - timedelta(days=1), 18) if waits else asked
            rows.add(
                LeaderAsk, tenant_id=self.town.id, id=self.chance.id_at(when), session_id=session["id"],
                contact_id=contact.id, state="asked" if waits else "expired" if number == 1 else "no", asked_at=when,
                answer_by=when + timedelta(hours=ANSWER_HOURS),
                answered_at=None if waits or number == 1 else when + timedelta(hours=4),
            )  # fmt: skip
