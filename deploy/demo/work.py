"""What is known of a town when everybody has been placed: who meets whom now, for what is written about the provider's days."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from deploy.demo.chance import Chance
from deploy.demo.contacts import Contact
from deploy.demo.lives import Life
from deploy.demo.pool import Settled
from deploy.demo.stories import HORTEN, RE
from deploy.demo.town import Colleague, Town
from sammen.policy.roles import Role

Row = dict[str, Any]
RICH = (HORTEN, RE)
"""Where a contact can log in: there is somebody to read what is written."""


@dataclass(slots=True)
class Work:
    """One town's provider. `running`: assignments that run now, by contact; `shielded`: cases to be left alone.

    Every writer draws from a stream of its own (`stream`), so that nobody's life is changed by what is written later.
    """

    town: Town
    lives: Sequence[Life]
    contacts: Sequence[Contact]
    assignments: Sequence[Row]
    running: dict[UUID, list[Row]] = field(default_factory=dict)
    shielded: frozenset[UUID] = frozenset()
    persons: dict[UUID, Row] = field(default_factory=dict)
    quiet: list[tuple[UUID, date, date | None]] = field(default_factory=list)
    """(assignment, first day, last day or None) of times when the two did not meet: no hours then."""

    @property
    def as_of(self) -> date:
        return self.town.as_of

    @property
    def horten(self) -> bool:
        """The municipality where most is shown."""
        return self.town.place.code == HORTEN

    @property
    def coordinator(self) -> Colleague:
        """Who follows the contacts up."""
        return self.town.staff[Role.PROVIDER_COORDINATOR][0]

    def stream(self, name: str) -> Chance:
        """Chance for one writer in this town."""
        return Chance(f"{name}/{self.town.place.code}")

    def at_work(self) -> list[Contact]:
        """Engaged contacts with an assignment that runs, in the order they were drawn."""
        return [one for one in self.contacts if one.state == "engaged" and one.id in self.running]

    def ordinary(self, form: str = "individual") -> list[Row]:
        """Running assignments of a form that are told of nowhere else: no shielded case, nobody who can log in."""
        there = {one.id: one for one in self.contacts if one.state == "engaged" and not one.taken}
        return [
            row
            for rows in self.running.values()
            for row in rows
            if row["form"] == form and row["contact_id"] in there and row["case_id"] not in self.shielded
        ]

    def contact(self, contact_id: UUID) -> Contact:
        """A contact by id. StopIteration when there is none."""
        return next(one for one in self.contacts if one.id == contact_id)


def weekday(day: date) -> date:
    """The day itself, or the Monday after a weekend."""
    return day + timedelta(days=max(0, 7 - day.weekday()) if day.weekday() >= 5 else 0)


def works_of(
    settled: Iterable[Settled], assignments: Iterable[Mapping[str, Any]], persons: Iterable[Mapping[str, Any]]
) -> list[Work]:
    """Every town's, from the rows of all assignments and all people."""
    by_town: dict[UUID, list[Row]] = {}
    for row in assignments:
        by_town.setdefault(row["tenant_id"], []).append(dict(row))
    people: dict[UUID, dict[UUID, Row]] = {}
    for row in persons:
        people.setdefault(row["tenant_id"], {})[row["id"]] = dict(row)
    found = []
    for one in settled:
        own = by_town.get(one.town.id, [])
        work = Work(one.town, one.lives, one.contacts, own, persons=people[one.town.id])
        for row in own:
            if row["state"] == "running":
                work.running.setdefault(row["contact_id"], []).append(row)
        # Besides those planned as such: the story's, whose case is not among the lives.
        known = {life.written.case_id for life in one.lives if life.written and not life.shielded}
        work.shielded = frozenset({row["case_id"] for row in own} - known)
        found.append(work)
    return found
