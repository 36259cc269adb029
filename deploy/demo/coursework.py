"""What came of the courses: who was there, an exam, certificates, what was made up for, and what participants thought."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from deploy.demo.chance import Chance, at
from deploy.demo.contacts import Contact
from deploy.demo.course_list import Planned
from deploy.demo.stories import HORTEN, RE
from deploy.demo.town import Making, Town
from shared_pool.courses.models import CourseSignup
from shared_pool.coursework.codes import ALPHABET, LENGTH
from shared_pool.coursework.models import (
    CertificateMark,
    CourseAnswered,
    CourseCertificate,
    CourseExam,
    CourseMakeup,
    CoursePresence,
    CourseVoice,
    RecognisedCertificate,
)
from tenants.cases.api import add_months
from tenants.contacts.models import ContactCompetence

REGION = "Vestfoldsamarbeidet"
HOURS = Decimal(3)
MINUTES = 180
COMPETENCE_OF = {
    "intro": "intro_course", "theme": "theme_course", "first_aid": "first_aid", "mental_health": "mental_health",
    "training": "training_course",
}  # fmt: skip
"""What a completed course counts as at home."""
VALID_MONTHS = {"first_aid": 24}
SET_BY = "Jostein Ravn"
VOICES = (
    (5, 5, "Godt å høre hvordan andre gjør det."), (4, 5, ""), (5, 4, "Litt lite tid til spørsmål."), (4, 4, ""),
    (3, 4, "Jeg kunne noe av dette fra før."), (5, 5, "Eksemplene var ekte."), (4, 3, ""), (5, 4, ""),
    (4, 5, "Vi burde møtes igjen."), (5, 5, ""),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Seat:
    """Who sits in a seat: its own id, and the id of the municipality's own row about who it is."""

    town: Town
    contact: Contact
    id: UUID
    signup: UUID


@dataclass(slots=True)
class Held:
    """A course that is written, with its seats."""

    plan: Planned
    id: UUID
    host: Town | None
    days: Sequence[date]
    sessions: Sequence[UUID]
    state: str
    laid_out: date
    seats: list[Seat] = field(default_factory=list)


def write_coursework(
    making: Making, towns: Sequence[tuple[Town, Sequence[Contact]]], courses: Sequence[Held]
) -> None:
    """All of it, from a stream of its own."""
    work = _Work(making)
    for held in courses:
        if held.state == "cancelled" or held.days[0] >= making.as_of:
            continue
        for seat in held.seats:
            work.attend(held, seat)
        if held.plan.voices:
            work.voices(held)
    work.recognise(towns)


@dataclass
class _Work:
    making: Making
    chance: Chance = field(default_factory=lambda: Chance("coursework"))
    made_up: bool = False

    def attend(self, held: Held, seat: Seat) -> None:
        """Who came to what has been; of a course whose holder has noted it, also who completed it."""
        there = 0
        known = bool(held.plan.named) and seat.contact.person.name in held.plan.named
        for day, session in zip(held.days, held.sessions, strict=True):
            if day >= self.making.as_of:
                continue
            away = held.plan.own and not known and not self.made_up
            drawn = self.chance.one([("present", 0.88), ("late", 0.05), ("absent", 0.07)])
            state = "absent" if away else "present" if known else drawn
            there += state != "absent"
            late = 20 if state == "late" else 0
            self._presence(held, seat, session, state, 0 if state == "absent" else MINUTES - late)
            if away:
                self._make_up(held, seat, session, day)
        if not held.plan.noted:
            return
        passed = there == len(held.days)
        if held.plan.kind == "training":
            passed = self._exam(held, seat, there) and passed
        self.making.rows.amend(CourseSignup, seat.signup, outcome="completed" if passed else "missed")
        if passed:
            self._certificate(held, seat)

    def _presence(self, held: Held, seat: Seat, session: UUID, state: str, minutes: int) -> None:
        self.making.rows.add(
            CoursePresence, region_id=self.making.region_id, id=self.chance.id(), session_id=session,
            enrolment_id=seat.id, home_id=seat.town.id, host_id=held.host.id if held.host else None, state=state,
            minutes=minutes, by_self=state == "present" and self.chance.often(0.3),
        )  # fmt: skip

    def _make_up(self, held: Held, seat: Seat, session: UUID, day: date) -> None:
        self.made_up = True
        done = min(day + timedelta(days=3), self.making.as_of)
        self.making.rows.add(
            CourseMakeup, tenant_id=seat.town.id, id=self.chance.id_at(done), signup_id=seat.signup, session_id=session,
            how="noted", what="Gikk gjennom heisen og festene i bussen med koordinatoren.", hours=HOURS, done_on=done,
            noted_by_name=seat.town.named("Kari Lunde").name,
        )  # fmt: skip

    def _exam(self, held: Held, seat: Seat, there: int) -> bool:
        """Those who were there took it; one in ten has to try again."""
        if not there:
            return False
        passed = self.chance.often(0.9)
        self.making.rows.add(
            CourseExam, region_id=self.making.region_id, id=self.chance.id(), enrolment_id=seat.id,
            home_id=seat.town.id, host_id=held.host.id if held.host else None, result="passed" if passed else "failed",
            taken_on=held.days[-1], set_by=SET_BY, noted_at=at(held.days[-1], 20),
        )  # fmt: skip
        return passed

    def _certificate(self, held: Held, seat: Seat) -> None:
        plan, done = held.plan, held.days[-1]
        competence = COMPETENCE_OF[plan.kind]
        months = VALID_MONTHS.get(plan.kind)
        self.making.rows.add(
            ContactCompetence, tenant_id=seat.town.id, id=self.chance.id_at(done), contact_id=seat.contact.id,
            code=competence, completed_on=done, place=f"{plan.title}, {plan.place}",
        )  # fmt: skip
        self._issue(
            seat.town, seat.contact, seat.contact, done + timedelta(days=1), course_id=held.id, title=plan.title,
            kind=plan.kind, competence=competence, hours=HOURS * len(held.days),
            held_by=held.host.place.name if held.host else REGION, completed_on=done,
            valid_to=add_months(done, months) if months else None, exam=plan.kind == "training",
        )  # fmt: skip

    def _issue(self, town: Town, contact: Contact, named: Contact, issued: date, **values: Any) -> str:
        """A certificate and the mark that its code leads to; the code."""
        code = "".join(self.chance.choice(ALPHABET) for _ in range(LENGTH))
        made = self.chance.id_at(issued)
        self.making.rows.add(
            CourseCertificate, tenant_id=town.id, id=made, contact_id=contact.id, code=code,
            given_name=named.person.given, family_name=named.person.family, issued_on=issued, state="valid", **values,
        )  # fmt: skip
        self.making.rows.add(
            CertificateMark, id=self.chance.id(), code=code, tenant_id=town.id, certificate_id=made
        )
        return code

    def voices(self, held: Held) -> None:
        """What participants thought, in no order that leads back; and that they have been heard."""
        for number, (useful, teaching, words) in enumerate(VOICES[: len(held.seats)], 1):
            self.making.rows.add(
                CourseVoice, id=self.chance.id(), region_id=self.making.region_id, course_id=held.id, number=number,
                useful=useful, teaching=teaching, words=words,
            )  # fmt: skip
        for seat in self.chance.sample(held.seats, min(len(VOICES), len(held.seats))):
            self.making.rows.add(
                CourseAnswered, tenant_id=seat.town.id, id=self.chance.id(), enrolment_id=seat.id
            )

    def recognise(self, towns: Sequence[tuple[Town, Sequence[Contact]]]) -> None:
        """One who moved from Re to Horten has shown the certificate from there."""
        known = {town.place.code: (town, contacts) for town, contacts in towns}
        if HORTEN not in known or RE not in known:
            return
        (horten, ours), (re, theirs) = known[HORTEN], known[RE]
        now = [one for one in ours if one.state == "engaged" and one.load and not one.taken]
        then = [one for one in theirs if one.state == "ended"]
        if not now or not then:
            return
        done = self.making.as_of - timedelta(days=400)
        values: dict[str, Any] = {
            "title": "Å møte redsel og sorg", "kind": "mental_health", "competence": "mental_health", "hours": HOURS,
            "completed_on": done, "valid_to": None,
        }  # fmt: skip
        code = self._issue(
            re, then[0], now[0], done, course_id=self.chance.id(), held_by=REGION, exam=False, **values
        )
        self.making.rows.add(
            RecognisedCertificate, tenant_id=horten.id, id=self.chance.id_at(self.making.as_of - timedelta(days=30)),
            contact_id=now[0].id, code=code, held_by=REGION, issued_by=re.place.name, state="valid", seen_on=None, **values,
        )  # fmt: skip
        self.making.rows.add(
            ContactCompetence, tenant_id=horten.id, id=self.chance.id_at(done), contact_id=now[0].id, code="mental_health",
            completed_on=done, place=f"{values['title']}, {REGION}",
        )  # fmt: skip
