"""The region's courses this half-year: those held, those to come, and whose contacts sit in their seats."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from deploy.demo.chance import Chance, at
from deploy.demo.contacts import Contact
from deploy.demo.town import Making, Town
from shared_pool.courses.models import Course, CourseSession, CourseSignup, Enrolment
from tenants.contacts.models import ContactCompetence

RESPONSIBLE = "Jostein Ravn"
COMPETENCE_OF = {
    "intro": "intro_course",
    "theme": "theme_course",
    "first_aid": "first_aid",
    "mental_health": "mental_health",
}
"""What a completed course counts as at home."""
NOTED_DAYS = 40
"""Of courses held later than this, nobody has noted yet who completed them."""
# Days from the world's day, title, kind, place, seats, how full, and what it is about. The last seat of one is gone.
HALF_YEAR = (
    (-128, "Grunnkurs for nye støttekontakter", "intro", "Tønsberg bibliotek", 24, 1.0,
     "Rollen, taushetsplikt og grenser. For alle som begynner."),
    (-74, "Førstehjelp", "first_aid", "Horten brannstasjon", 16, 0.9, "Livreddende førstehjelp, og hva du gjør ved anfall."),
    (-37, "Å bli kjent gjennom en aktivitet", "theme", "Sandefjord kulturhus", 30, 0.7,
     "Hvordan dere finner noe dere liker begge to."),
    (11, "Grunnkurs for nye støttekontakter", "intro", "Horten rådhus", 20, 0.6,
     "Rollen, taushetsplikt og grenser. For alle som begynner."),
    (18, "Å møte redsel og sorg", "mental_health", "Larvik bibliotek", 12, 1.0,
     "Samtaler om psykisk helse, og hvem du kan ringe."),
    (25, "Autisme i hverdagen", "theme", "Tønsberg bibliotek", 25, 0.4, "Forutsigbarhet, tegn og gode pauser."),
    (66, "Førstehjelp", "first_aid", "Sandefjord brannstasjon", 16, 0.2,
     "Livreddende førstehjelp, og hva du gjør ved anfall."),
)  # fmt: skip


def write_courses(making: Making, towns: Sequence[tuple[Town, Sequence[Contact]]]) -> None:
    """Every course with its seats taken by engaged contacts, more of them from larger towns."""
    chance = Chance("courses")
    people = [(town, one) for town, contacts in towns for one in contacts if one.state == "engaged"]
    for days, title, kind, place, seats, full, about in HALF_YEAR:
        day = _weekday(making.as_of + timedelta(days=days))
        laid_out = min(day, making.as_of) - timedelta(days=60)
        course = chance.id_at(laid_out)
        making.rows.add(
            Course, region_id=making.region_id, id=course, title=title, kind=kind, about=about,
            starts_at=at(day, 17), ends_at=at(day, 20), seats=seats, responsible=RESPONSIBLE, created_at=at(laid_out, 10),
            state="held" if day < making.as_of else "open",
        )  # fmt: skip
        making.rows.add(
            CourseSession, region_id=making.region_id, id=chance.id(), course_id=course, starts_at=at(day, 17),
            ends_at=at(day, 20), place=place, trainers=RESPONSIBLE,
        )  # fmt: skip
        there = [pair for pair in people if pair[1].since <= laid_out]
        for town, contact in chance.sample(there, min(len(there), round(seats * full))):
            when = at(laid_out + timedelta(days=chance.randint(1, 50)), chance.randint(8, 20))
            seat = chance.id()
            making.rows.add(
                Enrolment, region_id=making.region_id, id=seat, course_id=course, home_id=town.id, state="enrolled",
                created_at=when,
            )  # fmt: skip
            making.rows.add(
                CourseSignup, tenant_id=town.id, id=chance.id_at(when), contact_id=contact.id, course_id=course,
                enrolment_id=seat, created_at=when, outcome=(outcome := _outcome(making, chance, day)),
            )  # fmt: skip
            if outcome == "completed":
                making.rows.add(
                    ContactCompetence, tenant_id=town.id, id=chance.id_at(day), contact_id=contact.id,
                    code=COMPETENCE_OF[kind], completed_on=day, place=f"{title}, {place}",
                )  # fmt: skip


def _outcome(making: Making, chance: Chance, day: date) -> str:
    """Most complete a course; of the newest one nobody has noted it yet."""
    if day >= making.as_of - timedelta(days=NOTED_DAYS):
        return ""
    return "completed" if chance.often(0.9) else "missed"


def _weekday(day: date) -> date:
    """The Thursday of the week, when courses are held."""
    return day + timedelta(days=3 - day.weekday())
