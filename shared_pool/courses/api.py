"""What other slices may use of courses: what there is, who of one's own is in it, seats by municipality, and hooks."""

from __future__ import annotations

from shared_pool.courses.hooks import on_course_changed, on_seat
from shared_pool.courses.measures import MEASURES
from shared_pool.courses.models import Course, CourseSession, CourseSignup, Enrolment
from shared_pool.courses.queries import (
    CourseCard,
    HeldSeats,
    HomeSeats,
    SeatCard,
    SessionCard,
    course_card,
    courses,
    homes_in,
    keeps,
    next_courses,
    next_free,
    seats_held,
    seats_of,
    sessions_of,
)
from shared_pool.courses.rules import KINDS, others_told
from shared_pool.courses.seats import sign_up
from shared_pool.courses.signups import (
    SignupCard,
    colleagues,
    contacts_here,
    signups,
    signups_in,
    signups_of,
    signups_of_user,
)
from shared_pool.courses.views import course_tabs, session_when

__all__ = [
    "KINDS",
    "MEASURES",
    "Course",
    "CourseCard",
    "CourseSession",
    "CourseSignup",
    "Enrolment",
    "HeldSeats",
    "HomeSeats",
    "SeatCard",
    "SessionCard",
    "SignupCard",
    "colleagues",
    "contacts_here",
    "course_card",
    "course_tabs",
    "courses",
    "homes_in",
    "keeps",
    "next_courses",
    "next_free",
    "on_course_changed",
    "on_seat",
    "others_told",
    "seats_held",
    "seats_of",
    "session_when",
    "sessions_of",
    "sign_up",
    "signups",
    "signups_in",
    "signups_of",
    "signups_of_user",
]
