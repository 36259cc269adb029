"""What comes of a course: who came, exams, what was made up for, certificates, and what participants thought.

What the holder notes is a shared row by seat: the holder and the seat's home see it, and nobody's name stands in it. What
it leads to is the home's own. See docs/decisions/0062-certificates-and-who-may-ask.md.
"""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import ClassVar
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, func
from sqlalchemy.orm import Mapped, mapped_column

from sammen.db.base import (
    SCHEMA,
    Base,
    Identity,
    Municipal,
    Reference,
    Shared,
    Stamped,
    owned_fk,
    region_fk,
)


class CourseRule(Reference, Base):
    """What a kind of course asks for and leads to, as dated data (deploy/reference_courses.py).

    `competence` is a code of COMPETENCES, or "" for courses that give a contact none. `retake_days` must go between two
    exams. `valid_months`: how long it counts, none for good; it is told of `warn_days` before it is over.
    """

    __tablename__ = "course_rule"
    __table_args__ = (
        CheckConstraint("retake_days >= 0 AND warn_days >= 0", name="days"),
        CheckConstraint("valid_months > 0", name="valid_months"),
    )
    kind: Mapped[str] = mapped_column(primary_key=True)
    valid_from: Mapped[date] = mapped_column(primary_key=True)
    competence: Mapped[str]
    needs_exam: Mapped[bool]
    retake_days: Mapped[int]
    valid_months: Mapped[int | None]
    warn_days: Mapped[int]
    source: Mapped[str]


class CoursePresence(Shared, Stamped, Base):
    """Who came to a session, by seat. Written by `note_presence()` and `check_in()` alone, which know who holds it."""

    __tablename__ = "course_presence"
    __parties__ = ("home_id", "host_id")
    __party_may__: ClassVar[dict[str, tuple[str, ...]]] = {"SELECT": ("home_id", "host_id")}
    __region_door__ = "current_courses"
    __region_may__ = frozenset({"SELECT"})
    __app_rights__ = frozenset({"SELECT"})
    __table_args__ = (
        region_fk("session_id", "course_session"),
        region_fk("enrolment_id", "enrolment"),
        CheckConstraint("state IN ('present', 'late', 'left_early', 'absent')", name="state"),
        CheckConstraint("minutes >= 0 AND minutes <= 1440", name="minutes"),
        UniqueConstraint("region_id", "session_id", "enrolment_id"),
        Index("ix_course_presence_home", "home_id"),
        Index("ix_course_presence_host", "host_id"),
    )
    session_id: Mapped[UUID]
    enrolment_id: Mapped[UUID]
    home_id: Mapped[UUID]
    host_id: Mapped[UUID | None]
    state: Mapped[str]
    minutes: Mapped[int]
    """How long they were there: what counts towards the course's hours."""
    by_self: Mapped[bool] = mapped_column(default=False, server_default="false")
    """The participant typed the door's code. What the holder notes stands above it."""


class CourseExam(Shared, Base):
    """The result of an exam, by seat and day. Written by `note_exam()` alone; the newest counts."""

    __tablename__ = "course_exam"
    __parties__ = ("home_id", "host_id")
    __party_may__: ClassVar[dict[str, tuple[str, ...]]] = {"SELECT": ("home_id", "host_id")}
    __region_door__ = "current_courses"
    __region_may__ = frozenset({"SELECT"})
    __app_rights__ = frozenset({"SELECT"})
    __table_args__ = (
        region_fk("enrolment_id", "enrolment"),
        CheckConstraint("result IN ('passed', 'failed')", name="result"),
        UniqueConstraint("region_id", "enrolment_id", "taken_on"),
        Index("ix_course_exam_home", "home_id"),
        Index("ix_course_exam_host", "host_id"),
    )
    enrolment_id: Mapped[UUID]
    home_id: Mapped[UUID]
    host_id: Mapped[UUID | None]
    result: Mapped[str]
    taken_on: Mapped[date]
    set_by: Mapped[str]
    """The name of whoever set it, at the holder."""
    noted_at: Mapped[datetime] = mapped_column(server_default=func.now())


class CourseVoice(Identity, Base):
    """What a participant thought, without who and without when: nothing in it leads back (A17).

    The app role has no right on it: `course_say()` adds, and `course_voices()` shows the holder five or more at a time.
    """

    __tablename__ = "course_voice"
    __table_args__ = (
        region_fk("course_id", "course"),
        CheckConstraint("useful BETWEEN 1 AND 5", name="useful"),
        CheckConstraint("teaching BETWEEN 1 AND 5", name="teaching"),
        UniqueConstraint("region_id", "course_id", "number"),
    )
    region_id: Mapped[UUID]
    course_id: Mapped[UUID]
    number: Mapped[int]
    """In what order they came, so that those shown are whole fives."""
    useful: Mapped[int]
    teaching: Mapped[int]
    words: Mapped[str] = mapped_column(default="", server_default="")


class CourseAnswered(Municipal, Base):
    """That somebody has said what they thought, so that they are not asked again: not what, and not when."""

    __tablename__ = "course_answered"
    __app_rights__ = frozenset({"SELECT"})
    __table_args__ = (UniqueConstraint("tenant_id", "enrolment_id"),)
    enrolment_id: Mapped[UUID]


class CourseMakeup(Municipal, Stamped, Base):
    """What a participant did instead of a session they missed: hours that count, as their own municipality notes."""

    __tablename__ = "course_makeup"
    __table_args__ = (
        owned_fk("signup_id", "course_signup"),
        CheckConstraint("how IN ('other_course', 'noted')", name="how"),
        CheckConstraint("hours > 0", name="hours"),
        UniqueConstraint("tenant_id", "signup_id", "session_id"),
    )
    signup_id: Mapped[UUID]
    session_id: Mapped[UUID]
    """The session that was missed, a shared row."""
    how: Mapped[str]
    other_session_id: Mapped[UUID | None]
    """The session of another course they came to instead."""
    what: Mapped[str] = mapped_column(default="", server_default="")
    hours: Mapped[Decimal]
    done_on: Mapped[date]
    noted_by_name: Mapped[str] = mapped_column(default="", server_default="")


class CourseCertificate(Municipal, Stamped, Base):
    """A certificate for one of the municipality's own, as it was issued. What is wrong is replaced and never rewritten."""

    __tablename__ = "course_certificate"
    __table_args__ = (
        owned_fk("contact_id", "support_contact"),
        CheckConstraint("state IN ('valid', 'replaced', 'withdrawn')", name="state"),
        CheckConstraint("length(code) = 15", name="code"),
        UniqueConstraint("tenant_id", "code"),
        Index("ix_course_certificate_contact", "tenant_id", "contact_id"),
    )
    __app_rights__ = frozenset({"SELECT", "INSERT", "UPDATE"})
    contact_id: Mapped[UUID]
    course_id: Mapped[UUID]
    code: Mapped[str]
    """Fifteen letters and digits (74 bits), which open nothing but the public page about this certificate."""
    given_name: Mapped[str]
    family_name: Mapped[str]
    title: Mapped[str]
    kind: Mapped[str]
    competence: Mapped[str]
    hours: Mapped[Decimal]
    held_by: Mapped[str]
    completed_on: Mapped[date]
    valid_to: Mapped[date | None]
    exam: Mapped[bool] = mapped_column(default=False, server_default="false")
    """Passed with an exam."""
    issued_on: Mapped[date]
    state: Mapped[str] = mapped_column(default="valid", server_default="valid")
    replaced_by: Mapped[UUID | None]
    why: Mapped[str] = mapped_column(default="", server_default="")
    """Why it was replaced or withdrawn: for the municipality's own eyes."""


class CertificateMark(Identity, Base):
    """Where a certificate's code leads. The app role has no right on it: three functions look a code up."""

    __tablename__ = "certificate_mark"
    __table_args__ = (UniqueConstraint("code"), UniqueConstraint("certificate_id"))
    code: Mapped[str]
    tenant_id: Mapped[UUID] = mapped_column(ForeignKey(f"{SCHEMA}.municipality.id"))
    certificate_id: Mapped[UUID]


class RecognisedCertificate(Municipal, Stamped, Base):
    """Another municipality's certificate that one of our contacts showed, as it stood when we looked it up (C7)."""

    __tablename__ = "recognised_certificate"
    __table_args__ = (
        owned_fk("contact_id", "support_contact"),
        CheckConstraint("state IN ('valid', 'replaced', 'withdrawn')", name="state"),
        UniqueConstraint("tenant_id", "contact_id", "code"),
    )
    contact_id: Mapped[UUID]
    code: Mapped[str]
    title: Mapped[str]
    kind: Mapped[str]
    competence: Mapped[str]
    hours: Mapped[Decimal]
    held_by: Mapped[str]
    issued_by: Mapped[str]
    """The municipality that issued it."""
    completed_on: Mapped[date]
    valid_to: Mapped[date | None]
    state: Mapped[str] = mapped_column(default="valid", server_default="valid")
    """What the last look-up said: what is replaced or withdrawn later comes to "Min dag"."""
    seen_on: Mapped[date | None]
    """When somebody here settled that it no longer stands."""


class CourseKnock(Identity, Base):
    """One try at a door with a code, so that tries can be counted: a keyed hash of who tries, never who."""

    __tablename__ = "course_knock"
    __table_args__ = (
        CheckConstraint("what IN ('certificate', 'door')", name="what"),
        Index("ix_course_knock_mark", "mark", "what", "at"),
    )
    mark: Mapped[bytes]
    what: Mapped[str]
    at: Mapped[datetime] = mapped_column(server_default=func.now())
