"""Substitutes: who is known to whom, who cannot come, rounds of asking in every state, and a bridge to somebody who waits."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from deploy.demo.chance import Chance, at
from deploy.demo.contacts import Contact
from deploy.demo.work import RICH, Row, Work
from tenants.assignments.models import Assignment
from tenants.people.api import age_on
from tenants.substitutes.models import AskRound, ContactAway, IntroducedSubstitute, SubstituteAsk

HOWS = ("with_contact", "with_family", "group", "earlier")
TOLD = "Liker å være ute, og å vite på forhånd hva dere skal. Møt opp hjemme, og ring på."
ASK_HOURS = 48


def write_standing_in(work: Work) -> None:
    """Where a contact can log in, and in the town with the longest queue."""
    if work.town.place.code in RICH or work.town.place.code == "0709":
        _StandingIn(work).write()


@dataclass
class _StandingIn:
    """One town's substitutes while they are written. `pairs`: an assignment and the substitute its service user knows."""

    work: Work
    chance: Chance = field(init=False)
    pairs: list[tuple[Row, Contact]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.chance = self.work.stream("standing in")

    def write(self) -> None:
        """Everything."""
        self._introduce()
        persona = next((one for one in self.work.at_work() if one.taken), None)
        as_of = self.work.as_of
        if persona is not None and self.pairs:
            own = next(row for row in self.work.running[persona.id] if row["form"] == "individual")
            self._away(own, as_of + timedelta(days=3), as_of + timedelta(days=3), "Eksamen. Kan neste uke.")
            row = self.pairs[0][0]
            self._know(row, persona, as_of - timedelta(days=90))
            self._ask_now(row, persona)
        if len(self.pairs) < 8:
            return
        self._away(self.pairs[1][0], as_of + timedelta(days=4), as_of + timedelta(days=11), "Borte ei uke.")
        self._covered(*self.pairs[2])
        for number, (row, contact) in enumerate(self.pairs[3:6]):
            self._stood_in(row, contact, as_of - timedelta(days=40 + 33 * number))
        self._nobody(self.pairs[6][0])
        self._bridge(self.pairs[7][1])

    # Who is known -----------------------------------------------------------------------------------------------------
    def _introduce(self) -> None:
        rows = sorted(self.work.ordinary(), key=lambda row: str(row["person_id"]))
        able = [one for one in self.work.at_work() if not one.taken]
        for row in rows[:15]:
            others = [one for one in able if one.id != row["contact_id"] and one.since < row["starts_on"]]
            if others:
                contact = self.chance.choice(others)
                met = min(row["starts_on"] + timedelta(days=self.chance.randint(20, 200)), self.work.as_of)
                self._know(row, contact, met)
                self.pairs.append((row, contact))

    def _know(self, row: Row, contact: Contact, met: date) -> None:
        self.work.town.rows.add(
            IntroducedSubstitute, tenant_id=self.work.town.id, id=self.chance.id_at(met), case_id=row["case_id"],
            person_id=row["person_id"], contact_id=contact.id, introduced_on=met, how=self.chance.choice(HOWS),
            user_said_yes_on=met, user_said_yes_by=self._who_said_yes(row), created_at=at(met, 15),
        )  # fmt: skip

    def _who_said_yes(self, row: Row) -> str:
        person = self.work.persons[row["person_id"]]
        grown = (age_on(person["birth_date"], self.work.as_of) or 0) >= 16
        return f"{person['given_name']} selv" if grown else "Mor"

    # Who cannot come --------------------------------------------------------------------------------------------------
    def _away(self, row: Row, first: date, last: date, note: str, state: str = "reported") -> UUID:
        told = min(first, self.work.as_of) - timedelta(days=1)
        away = self.chance.id_at(told)
        self.work.town.rows.add(
            ContactAway, tenant_id=self.work.town.id, id=away, case_id=row["case_id"], person_id=row["person_id"],
            assignment_id=row["id"], contact_id=row["contact_id"], first_day=first, last_day=last, state=state, note=note,
            by_contact=True, created_at=at(told, 12),
        )  # fmt: skip
        return away

    # Rounds -----------------------------------------------------------------------------------------------------------
    def _round(self, row: Row, first: date, last: date, **more: Any) -> UUID:
        began = min(first, self.work.as_of) - timedelta(days=2)
        made = self.chance.id_at(at(began, 9))
        self.work.town.rows.add(
            AskRound, tenant_id=self.work.town.id, id=made, case_id=row["case_id"], person_id=row["person_id"],
            order_id=row["order_id"], role="substitute", first_day=first, last_day=last, ask_hours=ASK_HOURS,
            created_at=at(began, 9), **more,
        )  # fmt: skip
        return made

    def _asked(
        self, made: UUID, row: Row, contact: Contact, day: date, state: str, *, introduced: bool = True
    ) -> None:
        asked = at(day, 18)
        answered = None if state in ("asked", "expired", "taken") else asked + timedelta(hours=5)
        self.work.town.rows.add(
            SubstituteAsk, tenant_id=self.work.town.id, id=self.chance.id_at(asked), round_id=made,
            case_id=row["case_id"], contact_id=contact.id, introduced=introduced, state=state, asked_at=asked,
            answer_by=asked + timedelta(hours=ASK_HOURS), answered_at=answered, created_at=asked,
        )  # fmt: skip

    def _ask_now(self, row: Row, persona: Contact) -> None:
        """An open round: somebody has said no, and the one who can log in is asked, with a day left to answer."""
        day = self.work.as_of + timedelta(days=6)
        made = self._round(row, day, day, state="open", words=TOLD)
        self._asked(made, row, self.pairs[0][1], self.work.as_of - timedelta(days=1), "no")
        self._asked(made, row, persona, self.work.as_of - timedelta(days=1), "asked")

    def _covered(self, row: Row, contact: Contact) -> None:
        """A substitute comes these days; the service user has not been told yet."""
        as_of = self.work.as_of
        first, last = as_of - timedelta(days=1), as_of + timedelta(days=5)
        away = self._away(row, first, last, "Brukket foten.", "covered")
        stands_in = self._assign(row, contact.id, first, last, state="running")
        made = self._round(row, first, last, state="filled", away_id=away, filled_by_id=stands_in,
                           closed_on=as_of - timedelta(days=2))  # fmt: skip
        self._asked(made, row, contact, as_of - timedelta(days=3), "yes")

    def _stood_in(self, row: Row, contact: Contact, first: date) -> None:
        if first <= row["starts_on"]:
            return
        last = first + timedelta(days=6)
        stands_in = self._assign(row, contact.id, first, last, state="ended")
        made = self._round(row, first, last, state="filled", filled_by_id=stands_in, told_on=first - timedelta(days=1),
                           closed_on=first - timedelta(days=1))  # fmt: skip
        self._asked(made, row, contact, first - timedelta(days=2), "yes")

    def _nobody(self, row: Row) -> None:
        first = self.work.as_of - timedelta(days=16)
        made = self._round(row, first, first, state="nobody", closed_on=first)
        self._asked(made, row, self.pairs[6][1], first - timedelta(days=2), "expired")

    def _assign(self, row: Row, contact: UUID, first: date, last: date | None, *, state: str,
                role: str = "substitute") -> UUID:  # fmt: skip
        """A substitute's assignment, or a bridge's: `last` is the planned last day while it runs."""
        made = self.chance.id_at(first)
        self.work.town.rows.add(
            Assignment, tenant_id=self.work.town.id, id=made, order_id=row["order_id"], case_id=row["case_id"],
            person_id=row["person_id"], contact_id=contact, form="individual", state=state, source="home",
            amount=row["amount"], unit=row["unit"], starts_on=first, ended_on=last, role=role,
            end_reason="stood_in" if state == "ended" else "", revealed_at=at(first, 9), created_at=at(first, 9),
        )  # fmt: skip
        return made

    def _bridge(self, contact: Contact) -> None:
        """Somebody who waits, and whose need is posted, has somebody some hours a week meanwhile."""
        for life in self.work.lives:
            waits = life.state == "waiting" and life.written is not None and life.person.name != "Odin Viken"
            if waits and life.written is not None and life.need_id is not None and life.written.orders:
                row: Row = {
                    "order_id": life.written.orders[-1], "case_id": life.written.case_id, "person_id": life.person.id,
                    "amount": Decimal(2), "unit": "week",
                }  # fmt: skip
                first = max(self.work.as_of - timedelta(days=8), life.periods[-1][1])
                if first <= self.work.as_of:
                    self._assign(row, contact.id, first, None, state="running", role="bridge")
                    return
