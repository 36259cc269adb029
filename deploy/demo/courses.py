"""The region's courses this half-year: those held, those to come, and whose contacts sit in their seats or wait for one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from deploy.demo.chance import Chance, at
from deploy.demo.contacts import Contact
from deploy.demo.course_list import COURSES, Planned
from deploy.demo.coursework import Held, Seat, write_coursework
from deploy.demo.town import Making, Town
from sammen.policy.roles import Role
from shared_pool.courses.models import (
    Course,
    CourseQuota,
    CourseSession,
    CourseSignup,
    CourseWait,
    Enrolment,
)

VIDEO = "https://video.example.no/kurs"
RESPONSIBLE, PHONE = "Jostein Ravn", "680 50 120"
BEGINS, LASTS = 17, 3
"""Clock and hours of a session."""
Person = tuple[Town, Contact]


def write_courses(making: Making, towns: Sequence[tuple[Town, Sequence[Contact]]]) -> None:
    """Every course with its seats taken by engaged contacts, more of them from larger towns."""
    courses = _Courses(making, towns)
    held = [one for one in (courses.write(planned) for planned in COURSES) if one is not None]
    write_coursework(making, towns, held)


@dataclass
class _Courses:
    making: Making
    towns: Sequence[tuple[Town, Sequence[Contact]]]
    chance: Chance = field(default_factory=lambda: Chance("courses"))
    people: list[Person] = field(init=False)

    def __post_init__(self) -> None:
        self.people = [(t, one) for t, contacts in self.towns for one in contacts if one.state == "engaged"]

    def write(self, plan: Planned) -> Held | None:
        """A course, its sessions and its seats. None of one municipality's own when it is not in this world."""
        as_of = self.making.as_of
        host = next((town for town, _ in self.towns if town.place.code == plan.host), None)
        if plan.own and host is None:
            return None
        first = as_of + timedelta(days=plan.days)
        first = first if plan.exact else _thursday(first)
        days = _weekly(first, plan.sessions)
        laid_out = min(days[0], as_of) - timedelta(days=60)
        course, host_id = self.chance.id_at(laid_out), host.id if host else None
        ends = at(days[-1], BEGINS + LASTS)
        state = plan.state or ("held" if days[-1] < as_of else "open")
        self.making.rows.add(
            Course, region_id=self.making.region_id, id=course, title=plan.title, kind=plan.kind, about=plan.about,
            bring=plan.bring, starts_at=at(days[0], BEGINS), ends_at=ends, seats=plan.seats, least=plan.least,
            responsible=host.staff[Role.PROVIDER_COORDINATOR][0].name if host and plan.own else RESPONSIBLE, phone=PHONE,
            created_at=at(laid_out, 10), state=state, host_id=host_id, joint=not plan.own,
            reach="own" if plan.own else "region", cancel_reason=plan.why if state == "cancelled" else "",
            deadline_on=days[0] - timedelta(days=4) if state == "open" and days[0] > as_of + timedelta(days=6) else None,
            release_on=as_of + timedelta(days=4) if plan.quotas else None,
        )  # fmt: skip
        sessions = self._sessions(plan, course, host, days)
        for code, seats in plan.quotas:
            self._quota(course, host_id, code, seats)
        held = Held(plan, course, host, days, sessions, state, laid_out)
        self._seats(held)
        if plan.waiting:
            self._waiting(held)
        return held

    def _sessions(self, plan: Planned, course: UUID, host: Town | None, days: Sequence[date]) -> list[UUID]:
        made = []
        trainer = host.staff[Role.PROVIDER_COORDINATOR][0] if host else None
        for number, day in enumerate(days):
            made.append(self.chance.id())
            self.making.rows.add(
                CourseSession, region_id=self.making.region_id, id=made[-1], course_id=course,
                starts_at=at(day, BEGINS), ends_at=at(day, BEGINS + LASTS),
                place="" if number < plan.video else plan.place, link=VIDEO if number < plan.video else "",
                topic=plan.topics[number] if plan.topics else "", host_id=host.id if host else None,
                trainers=trainer.name if trainer else RESPONSIBLE,
                state="cancelled" if plan.state == "cancelled" else "planned",
            )  # fmt: skip
        return made

    def _quota(self, course: UUID, host_id: UUID | None, code: str, seats: int) -> None:
        for town, _ in self.towns:
            if town.place.code == code:
                self.making.rows.add(
                    CourseQuota, region_id=self.making.region_id, id=self.chance.id(), course_id=course,
                    host_id=host_id, municipality_id=town.id, seats=seats,
                )  # fmt: skip

    def _seats(self, held: Held) -> None:
        """Those who are named first, then others by chance. Colleagues sit in the course for supervisors."""
        plan = held.plan
        if plan.kind == "supervisor":
            for town, _ in self.towns[: plan.seats]:
                who = town.staff[Role.PROVIDER_COORDINATOR][0]
                self._seat(held, town, self._when(held), user_id=who.id, contact_id=None)
            return
        there = [
            pair for pair in self.people
            if pair[1].since <= held.laid_out and (not plan.own or pair[0] is held.host)
        ]  # fmt: skip
        named = [pair for pair in there if pair[1].person.name in plan.named]
        others = [pair for pair in there if pair not in named and pair[1].person.name != plan.offered]
        wanted = min(len(there), round(plan.seats * plan.full))
        for town, contact in named + self.chance.sample(others, max(0, wanted - len(named))):
            seat = self._seat(held, town, self._when(held), contact_id=contact.id, user_id=None)
            held.seats.append(Seat(town, contact, *seat))

    def _when(self, held: Held) -> datetime:
        until = max(1, (min(held.days[0], self.making.as_of) - held.laid_out).days - 2)
        return at(
            held.laid_out + timedelta(days=self.chance.randint(1, min(50, until))), self.chance.randint(8, 20)
        )

    def _seat(self, held: Held, town: Town, when: datetime, **who: Any) -> tuple[UUID, UUID]:
        seat, off = self.chance.id(), held.state == "cancelled"
        self.making.rows.add(
            Enrolment, region_id=self.making.region_id, id=seat, course_id=held.id, home_id=town.id,
            state="withdrawn" if off else "enrolled", created_at=when,
        )  # fmt: skip
        signup = self.chance.id_at(when)
        self.making.rows.add(
            CourseSignup, tenant_id=town.id, id=signup, course_id=held.id, enrolment_id=seat, wait_id=None,
            withdrawn_on=self.making.as_of - timedelta(days=2) if off else None, ended="cancelled" if off else "",
            created_at=when, outcome="", **who,
        )  # fmt: skip
        return seat, signup

    def _waiting(self, held: Held) -> None:
        """Somebody has withdrawn: the first in line is offered the seat, and has until tomorrow to say yes."""
        as_of = self.making.as_of
        sits = {seat.contact.id for seat in held.seats}
        there = [pair for pair in self.people if pair[1].id not in sits and pair[1].since <= held.laid_out]
        first = [pair for pair in there if pair[1].person.name == held.plan.offered]
        others = [pair for pair in there if pair not in first]
        line = [*first, *self.chance.sample(others, min(len(others), held.plan.waiting - len(first)))]
        for number, (town, contact) in enumerate(line):
            asked = at(as_of - timedelta(days=9 - number), 11)
            offered = at(as_of - timedelta(days=1), 19) if number == 0 else None
            wait = self.chance.id()
            self.making.rows.add(
                CourseWait, region_id=self.making.region_id, id=wait, course_id=held.id, home_id=town.id,
                state="waiting" if offered is None else "offered", asked_at=asked, offered_at=offered,
                expires_at=offered and offered + timedelta(hours=48), created_at=asked,
            )  # fmt: skip
            self.making.rows.add(
                CourseSignup, tenant_id=town.id, id=self.chance.id_at(asked), course_id=held.id, enrolment_id=None,
                wait_id=wait, withdrawn_on=None, ended="", created_at=asked, outcome="", contact_id=contact.id,
                user_id=None,
            )  # fmt: skip


def _weekly(first: date, sessions: int) -> list[date]:
    """The same weekday each week, with a pause over Christmas."""
    days = (first + timedelta(days=7 * n) for n in range(sessions + 3))
    return [day for day in days if day == first or not _christmas(day)][:sessions]


def _christmas(day: date) -> bool:
    return (day.month, day.day) >= (12, 20) or (day.month, day.day) <= (1, 3)


def _thursday(day: date) -> date:
    """The Thursday of the week, when courses are held."""
    return day + timedelta(days=3 - day.weekday())
