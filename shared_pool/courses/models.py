"""Courses, held by one municipality or jointly, and the seats in them. A seat knows a municipality and nobody's name: who
sits in it is in that municipality's own row, which points to the seat and never the other way (ADR 0013, 0061).
"""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import ClassVar
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from sammen.db.base import SCHEMA, Base, Municipal, Shared, Stamped, owned_fk, region_fk

KINDS = ("intro", "theme", "first_aid", "mental_health", "training", "supervisor")
MOST_SEATS = 500
_HELD_BY = (
    "EXISTS (SELECT 1 FROM sammen.course c WHERE c.region_id = {table}.region_id AND c.id = {table}.course_id"
    " AND c.host_id IS NOT DISTINCT FROM {table}.host_id)"
)


class Course(Shared, Stamped, Base):
    """A course for støttekontakter (C7), or for those who guide them (kind supervisor, C8). Its host and those who keep the
    region's courses see the row; everybody else sees it through `course_list()` (functions.sql).

    `starts_at` and `ends_at` are the first start and the last end of its planned sessions, kept by the service.
    """

    __tablename__ = "course"
    __parties__ = ("host_id",)
    __party_may__: ClassVar[dict[str, tuple[str, ...]]] = {
        "SELECT": ("host_id",), "INSERT": ("host_id",), "UPDATE": ("host_id",)}  # fmt: skip
    __region_door__ = "current_courses"
    __region_may__ = frozenset({"SELECT", "INSERT", "UPDATE"})
    __app_rights__ = frozenset({"SELECT", "INSERT", "UPDATE"})
    __table_args__ = (
        CheckConstraint(
            "kind IN ('intro', 'theme', 'first_aid', 'mental_health', 'training', 'supervisor')", name="kind"
        ),
        CheckConstraint("state IN ('open', 'draft', 'cancelled', 'held')", name="state"),
        CheckConstraint("reach IN ('region', 'own')", name="reach"),
        CheckConstraint("reach = 'region' OR host_id IS NOT NULL", name="own_has_host"),
        CheckConstraint("ends_at > starts_at", name="times"),
        CheckConstraint("seats BETWEEN 1 AND 500", name="seats"),
        CheckConstraint("least >= 0 AND least <= seats", name="least"),
        CheckConstraint("min_hours >= 0", name="min_hours"),
        CheckConstraint("offer_hours BETWEEN 1 AND 336", name="offer_hours"),
        Index("ix_course_starts", "region_id", "starts_at"),
        Index("ix_course_host", "host_id"),
    )
    title: Mapped[str]
    kind: Mapped[str]
    about: Mapped[str] = mapped_column(default="", server_default="")
    bring: Mapped[str] = mapped_column(default="", server_default="")
    """What a participant takes along or should know; shown to who has a seat."""
    prerequisites: Mapped[str] = mapped_column(default="", server_default="")
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    seats: Mapped[int]
    least: Mapped[int] = mapped_column(default=0, server_default="0")
    """With fewer seats taken than this the holder is told in time. 0: it is held whatever."""
    min_hours: Mapped[Decimal] = mapped_column(default=Decimal(0), server_default="0")
    """Hours of attendance that complete it. 0: all that were held."""
    deadline_on: Mapped[date | None]
    """The last day to sign up. None: until it begins."""
    release_on: Mapped[date | None]
    """From this day seats kept for a municipality are anybody's. None: they stay kept."""
    offer_hours: Mapped[int] = mapped_column(default=48, server_default="48")
    """How long an offered seat is held for who waited; shorter when the course is near (rules.offer_until)."""
    responsible: Mapped[str] = mapped_column(default="", server_default="")
    phone: Mapped[str] = mapped_column(default="", server_default="")
    host_id: Mapped[UUID | None] = mapped_column(ForeignKey(f"{SCHEMA}.municipality.id"))
    """The municipality that holds it and pays for it: the others owe it for their seats (C5). None: the region itself."""
    joint: Mapped[bool] = mapped_column(default=True, server_default="true")
    """Laid out by those who keep the region's courses, who then change it beside the host."""
    reach: Mapped[str] = mapped_column(default="region", server_default="region")
    state: Mapped[str] = mapped_column(default="open", server_default="open")
    cancel_reason: Mapped[str] = mapped_column(default="", server_default="")


class CourseSession(Shared, Stamped, Base):
    """One meeting of a course: where, or by video. Others see it through `course_meetings()`, and the video's address when
    they have a seat.
    """

    __tablename__ = "course_session"
    __parties__ = ("host_id",)
    __party_may__: ClassVar[dict[str, tuple[str, ...]]] = {
        "SELECT": ("host_id",), "INSERT": ("host_id",), "UPDATE": ("host_id",)}  # fmt: skip
    __insert_check__ = _HELD_BY.format(table="course_session")
    __region_door__ = "current_courses"
    __region_may__ = frozenset({"SELECT", "INSERT", "UPDATE"})
    __app_rights__ = frozenset({"SELECT", "INSERT", "UPDATE"})
    __table_args__ = (
        region_fk("course_id", "course"),
        CheckConstraint("ends_at > starts_at", name="times"),
        CheckConstraint("state IN ('planned', 'cancelled')", name="state"),
        CheckConstraint("link = '' OR link LIKE 'https://%'", name="link"),
        CheckConstraint("place <> '' OR link <> ''", name="somewhere"),
        Index("ix_course_session_course", "region_id", "course_id", "starts_at"),
        Index("ix_course_session_host", "host_id"),
    )
    course_id: Mapped[UUID]
    host_id: Mapped[UUID | None]
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    topic: Mapped[str] = mapped_column(default="", server_default="")
    place: Mapped[str] = mapped_column(default="", server_default="")
    link: Mapped[str] = mapped_column(default="", server_default="")
    trainers: Mapped[str] = mapped_column(default="", server_default="")
    trainer_ids: Mapped[list[UUID]] = mapped_column(default=list, server_default="{}")
    """Users who may hold the list at the door, beside those who keep the course."""
    state: Mapped[str] = mapped_column(default="planned", server_default="planned")


class CourseQuota(Shared, Stamped, Base):
    """Seats kept for one municipality until the course's `release_on`. Seen by that municipality, the host and the region."""

    __tablename__ = "course_quota"
    __parties__ = ("host_id", "municipality_id")
    __party_may__: ClassVar[dict[str, tuple[str, ...]]] = {
        "SELECT": ("host_id", "municipality_id"), "INSERT": ("host_id",), "UPDATE": ("host_id",)}  # fmt: skip
    __insert_check__ = _HELD_BY.format(table="course_quota")
    __region_door__ = "current_courses"
    __region_may__ = frozenset({"SELECT", "INSERT", "UPDATE"})
    __app_rights__ = frozenset({"SELECT", "INSERT", "UPDATE"})
    __table_args__ = (
        region_fk("course_id", "course"),
        UniqueConstraint("region_id", "course_id", "municipality_id"),
        CheckConstraint("seats BETWEEN 0 AND 500", name="seats"),
        Index("ix_course_quota_host", "host_id"),
        Index("ix_course_quota_municipality", "municipality_id"),
    )
    course_id: Mapped[UUID]
    host_id: Mapped[UUID | None]
    municipality_id: Mapped[UUID] = mapped_column(ForeignKey(f"{SCHEMA}.municipality.id"))
    seats: Mapped[int]


class Enrolment(Shared, Stamped, Base):
    """A seat that a municipality has taken. Made and given back only by `take_seat()`, `accept_offer()` and
    `give_back_seat()`, which hold the course's row meanwhile, so that there are never more than its seats.
    """

    __tablename__ = "enrolment"
    __parties__ = ("home_id",)
    __party_may__: ClassVar[dict[str, tuple[str, ...]]] = {"SELECT": ("home_id",)}
    __region_door__ = "current_courses"
    __region_may__ = frozenset({"SELECT"})
    __app_rights__ = frozenset({"SELECT"})
    __table_args__ = (
        region_fk("course_id", "course"),
        CheckConstraint("state IN ('enrolled', 'withdrawn')", name="state"),
        Index("ix_enrolment_course", "region_id", "course_id"),
        Index("ix_enrolment_home", "home_id"),
    )
    course_id: Mapped[UUID]
    home_id: Mapped[UUID]
    state: Mapped[str] = mapped_column(default="enrolled", server_default="enrolled")


class CourseWait(Shared, Stamped, Base):
    """A place in a course's waiting list: a municipality and nobody. Made by `wait_for_seat()`, ended by
    `leave_waiting()` and `accept_offer()`; the region's own job offers a free seat to the next and lets offers expire.

    waiting → offered (a seat is held until `expires_at`) → accepted or expired; or left, at any time before.
    """

    __tablename__ = "course_wait"
    __parties__ = ("home_id",)
    __party_may__: ClassVar[dict[str, tuple[str, ...]]] = {"SELECT": ("home_id",)}
    __region_door__ = "current_courses"
    __region_may__ = frozenset({"SELECT", "UPDATE"})
    __app_rights__ = frozenset({"SELECT", "UPDATE"})
    __table_args__ = (
        region_fk("course_id", "course"),
        CheckConstraint("state IN ('waiting', 'offered', 'accepted', 'expired', 'left')", name="state"),
        CheckConstraint("state <> 'offered' OR expires_at IS NOT NULL", name="offered"),
        Index("ix_course_wait_course", "region_id", "course_id", "asked_at"),
        Index("ix_course_wait_home", "home_id"),
    )
    course_id: Mapped[UUID]
    home_id: Mapped[UUID]
    state: Mapped[str] = mapped_column(default="waiting", server_default="waiting")
    asked_at: Mapped[datetime]
    offered_at: Mapped[datetime | None]
    expires_at: Mapped[datetime | None]


class CourseSignup(Municipal, Stamped, Base):
    """Who of a municipality's own sits in a seat or waits for one: a contact, or in a supervisors' course a member of its
    staff. The pointers to shared rows are checked by the service.
    """

    __tablename__ = "course_signup"
    __table_args__ = (
        owned_fk("contact_id", "support_contact"),
        UniqueConstraint("tenant_id", "enrolment_id"),
        UniqueConstraint("tenant_id", "wait_id"),
        CheckConstraint("(contact_id IS NULL) <> (user_id IS NULL)", name="who"),
        CheckConstraint("enrolment_id IS NOT NULL OR wait_id IS NOT NULL", name="what"),
        CheckConstraint("outcome IN ('', 'completed', 'missed')", name="outcome"),
        CheckConstraint("ended IN ('', 'withdrawn', 'offer_over', 'cancelled')", name="ended"),
        Index(
            "uq_course_signup_open", "tenant_id", "contact_id", "course_id", unique=True,
            postgresql_where=text("withdrawn_on IS NULL"),
        ),
        Index(
            "uq_course_signup_open_staff", "tenant_id", "user_id", "course_id", unique=True,
            postgresql_where=text("withdrawn_on IS NULL"),
        ),
    )  # fmt: skip
    contact_id: Mapped[UUID | None]
    user_id: Mapped[UUID | None]
    course_id: Mapped[UUID]
    enrolment_id: Mapped[UUID | None]
    wait_id: Mapped[UUID | None]
    """Its place in the waiting list, if it has or had one."""
    withdrawn_on: Mapped[date | None]
    ended: Mapped[str] = mapped_column(default="", server_default="")
    """Why it is over: withdrawn, an offer nobody answered, or the course cancelled. Empty while it is not."""
    outcome: Mapped[str] = mapped_column(default="", server_default="")
    """Whether they completed it, as their own municipality notes when the course has been held."""
