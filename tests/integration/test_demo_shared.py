"""What the demo's municipalities do together is there to be seen: every state that a page shows."""

from __future__ import annotations

import itertools
from collections import Counter
from datetime import date, timedelta
from typing import Any

import pytest

from deploy.database import administrator
from deploy.demo.course_list import AMUND
from deploy.demo.world import World, build, generate
from sammen.identity.models import UserAccount
from shared_pool.assemblies.models import Assembly, AssemblyGuest, AssemblyMeeting
from shared_pool.calendar.models import CalendarEvent
from shared_pool.courses.models import Course, CourseSession, CourseSignup, CourseWait, Enrolment
from shared_pool.coursework.models import (
    CertificateMark,
    CourseCertificate,
    CourseExam,
    CourseMakeup,
    CoursePresence,
    CourseVoice,
)
from shared_pool.resources.models import HOLDING, Booking, Resource
from tenants.contacts.models import SupportContact
from tenants.groups.models import ActivityGroup, GroupPlace
from tenants.offers.models import OfferDay
from tenants.people.models import Person
from tenants.planning.models import ActivitySuggestion, GroupEvaluation, GroupVoice, SuggestionChoice
from tenants.planning.rules import CHOICES
from tenants.sessions.models import GroupSession, SessionLeader
from tests.database import SECRET, fresh_database

AS_OF = date(2026, 11, 21)
THREE = ("0701", "0716", "0704")


@pytest.fixture(scope="module")
def three() -> World:
    """Horten, Re and Tønsberg."""
    return generate(SECRET, as_of=AS_OF, municipalities=THREE)


def _states(world: World, model: Any, name: str = "state") -> set[Any]:
    return {row.get(name) for row in world.rows.of(model)}


def _contact(world: World, name: str) -> Any:
    """The contact with a login by that name."""
    user = next(row["id"] for row in world.rows.of(UserAccount) if row["display_name"] == name)
    person = next(row["id"] for row in world.rows.of(Person) if row["user_id"] == user)
    return next(row["id"] for row in world.rows.of(SupportContact) if row["person_id"] == person)


def test_groups_meet_and_lack_a_leader_and_somebody_waits(three: World) -> None:
    assert _states(three, GroupSession) == {"planned", "held", "cancelled"}
    assert _states(three, GroupSession, "asking") >= {"", "open", "nobody"}
    assert _states(three, GroupPlace) == {"member", "trial", "waiting"}
    assert _states(three, SessionLeader) == {"coming", "came", "cannot"}
    held = {row["id"] for row in three.rows.of(GroupSession) if row["state"] == "held"}
    came = Counter(row["session_id"] for row in three.rows.of(SessionLeader) if row["state"] == "came")
    assert {came[one] for one in held} == {2}


def test_no_group_has_more_participants_than_seats(three: World) -> None:
    taken = Counter(row["group_id"] for row in three.rows.of(GroupPlace) if row["state"] != "waiting")
    assert all(taken[row["id"]] <= row["seats"] for row in three.rows.of(ActivityGroup))


@pytest.mark.parametrize("as_of", [AS_OF, date(2026, 12, 24), date(2027, 3, 24), date(2026, 12, 3)])
def test_a_leader_has_a_meeting_on_the_day_whatever_day_it_is(as_of: date) -> None:
    world = generate(SECRET, as_of=as_of, municipalities=("0701",))
    led = {
        row["session_id"]
        for row in world.rows.of(SessionLeader)
        if row["contact_id"] == _contact(world, AMUND)
    }
    days = [row["starts_at"].date() for row in world.rows.of(GroupSession) if row["id"] in led]
    assert days.count(as_of) == 1
    assert max(Counter(days).values()) == 1


def test_nobody_wants_more_than_they_may_and_the_half_years_are_asked_about(three: World) -> None:
    chosen = Counter(row["place_id"] for row in three.rows.of(SuggestionChoice))
    assert chosen
    assert max(chosen.values()) <= CHOICES
    assert three.rows.count(ActivitySuggestion) >= 8
    assert _states(three, GroupEvaluation) == {"open", "done"}
    assert three.rows.count(GroupVoice) >= 6


def test_courses_are_in_every_state_with_no_seat_too_many(three: World) -> None:
    assert _states(three, Course) == {"draft", "open", "held", "cancelled"}
    assert _states(three, CourseWait) == {"waiting", "offered"}
    taken = Counter(row["course_id"] for row in three.rows.of(Enrolment) if row["state"] == "enrolled")
    offered = Counter(row["course_id"] for row in three.rows.of(CourseWait) if row["state"] == "offered")
    for row in three.rows.of(Course):
        assert taken[row["id"]] + offered[row["id"]] <= row["seats"], row["title"]
    seats = {row["id"]: row["home_id"] for row in three.rows.of(Enrolment)}
    for row in three.rows.of(CourseSignup):
        assert row["enrolment_id"] is None or seats[row["enrolment_id"]] == row["tenant_id"]


def test_a_session_has_its_courses_holder_and_one_of_hortens_is_today(three: World) -> None:
    holders = {row["id"]: row["host_id"] for row in three.rows.of(Course)}
    assert all(row["host_id"] == holders[row["course_id"]] for row in three.rows.of(CourseSession))
    assert any(row["starts_at"].date() == AS_OF and row["host_id"] for row in three.rows.of(CourseSession))


def test_who_completed_a_course_was_there_and_has_a_certificate_with_its_code(three: World) -> None:
    there = {row["enrolment_id"] for row in three.rows.of(CoursePresence) if row["state"] != "absent"}
    done = [row for row in three.rows.of(CourseSignup) if row["outcome"] == "completed"]
    assert len(done) > 30
    assert {row["enrolment_id"] for row in done} <= there
    held = {(row["contact_id"], row["course_id"]) for row in three.rows.of(CourseCertificate)}
    assert {(row["contact_id"], row["course_id"]) for row in done} <= held
    codes = [row["code"] for row in three.rows.of(CourseCertificate)]
    assert len(set(codes)) == len(codes) == three.rows.count(CertificateMark)
    soon = [row["valid_to"] for row in three.rows.of(CourseCertificate) if row["valid_to"]]
    assert any(AS_OF < day <= AS_OF + timedelta(days=60) for day in soon)
    assert three.rows.count(CourseExam) >= 8
    assert three.rows.count(CourseMakeup) == 1
    assert three.rows.count(CourseVoice) >= 5


def test_gatherings_are_held_and_to_come_and_some_missed_the_one_they_must_come_to(three: World) -> None:
    kinds = {row["id"]: row["kind"] for row in three.rows.of(Assembly)}
    assert set(kinds.values()) == {"guidance", "information", "gathering"}
    meetings = {row["id"]: row for row in three.rows.of(AssemblyMeeting)}
    must = [one for one in meetings.values() if kinds[one["assembly_id"]] == "information"]
    missed = {
        row["contact_id"] for row in three.rows.of(AssemblyGuest)
        if row["came"] is False and row["assembly_meeting_id"] in {one["id"] for one in must}
    }  # fmt: skip
    (makeup,) = [one["id"] for one in must if one["makeup_for"]]
    asked = {
        row["contact_id"] for row in three.rows.of(AssemblyGuest) if row["assembly_meeting_id"] == makeup
    }
    assert missed
    assert missed == asked


def test_nothing_is_lent_twice_at_the_same_time(three: World) -> None:
    assert _states(three, Resource, "kind") == {"car", "kitchen", "room", "equipment"}
    assert _states(three, Booking) >= {"asked", "booked", "returned"}
    assert any(row.get("damage") for row in three.rows.of(Booking))
    taken: dict[Any, list[Any]] = {}
    for row in three.rows.of(Booking):
        if row["state"] in HOLDING:
            taken.setdefault(row["resource_id"], []).append((row["starts_at"], row["ends_at"]))
    for times in taken.values():
        times.sort()
        assert all(first[1] <= then[0] for first, then in itertools.pairwise(times))


def test_the_calendar_has_something_for_everybody_and_something_that_waits(three: World) -> None:
    assert _states(three, CalendarEvent) == {"draft", "submitted", "published", "cancelled"}
    groups = {one for row in three.rows.of(CalendarEvent) for one in row["targets"]}
    assert groups == {"all", "children", "youth", "adults", "elders"}
    whole = generate(SECRET, as_of=AS_OF, scale=0.02)
    assert sum(row["state"] == "published" for row in whole.rows.of(CalendarEvent)) >= 40
    assert _states(three, OfferDay) == {"planned", "held", "cancelled"}


async def test_groups_cross_borders_and_letters_and_newsletters_are_sent(migrated: tuple[str, str]) -> None:
    async with fresh_database(*migrated) as database:
        await build(database.admin_url, database.app_url, SECRET, municipalities=THREE)
        async with administrator(database.admin_url) as admin:
            await admin.execute("SET search_path = sammen")

            async def found(query: str) -> set[Any]:
                return {tuple(row) for row in await admin.fetch(query)}

            assert await found("SELECT state FROM joint_partner") == {("yes",), ("invited",)}
            assert len(await found("SELECT s.id FROM joint_seat s JOIN joint_group g ON g.id = s.joint_group_id"
                                   " WHERE s.home_id <> g.host_id")) >= 1  # fmt: skip
            # Nobody whose name may not be told is in a group that others lead or share.
            assert not await found(
                "SELECT p.id FROM group_place p JOIN activity_group g ON g.tenant_id = p.tenant_id AND g.id = p.group_id"
                " JOIN assignment a ON a.tenant_id = p.tenant_id AND a.id = p.assignment_id"
                " JOIN person n ON n.tenant_id = a.tenant_id AND n.id = a.person_id"
                " JOIN case_file c ON c.tenant_id = a.tenant_id AND c.id = a.case_id"
                " WHERE g.joint_id IS NOT NULL AND (n.protection <> 'none' OR c.shielded)"
            )
            assert await found("SELECT state FROM newsletter") == {("draft",), ("sending",)}
            assert await found("SELECT state FROM service_letter") == {("draft",), ("sent",)}
            assert await found("SELECT way FROM service_letter_receipt") == {("paper",), ("digital",)}
            assert len(await found("SELECT id FROM calendar_edition")) == 1
            assert len(await found("SELECT id FROM calendar_feed")) == 2
