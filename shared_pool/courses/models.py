"""The region's courses, and the seats in them. A seat knows a municipality and nobody's name: who sits in it is in that
municipality's own row, which points to the seat and never the other way.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import ClassVar
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from sammen.db.base import SCHEMA, Base, Municipal, Regional, Shared, Stamped, owned_fk, region_fk


class Course(Regional, Stamped, Base):
    """A course for støttekontakter. Municipalities see it through `open_courses()` (functions.sql)."""

    __tablename__ = "course"
    __app_rights__ = frozenset({"SELECT", "INSERT", "UPDATE"})
    __table_args__ = (
        CheckConstraint("kind IN ('basic', 'theme')", name="kind"),
        CheckConstraint("ends_at > starts_at", name="times"),
        CheckConstraint("seats BETWEEN 1 AND 500", name="seats"),
        Index("ix_course_starts", "region_id", "starts_at"),
    )
    title: Mapped[str]
    kind: Mapped[str]
    about: Mapped[str] = mapped_column(default="", server_default="")
    place: Mapped[str]
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    seats: Mapped[int]
    responsible: Mapped[str] = mapped_column(default="", server_default="")
    host_id: Mapped[UUID | None] = mapped_column(ForeignKey(f"{SCHEMA}.municipality.id"))
    """The municipality that holds it and pays for it: the others owe it for their seats (C5). None: the region itself."""


class Enrolment(Shared, Stamped, Base):
    """A seat that a municipality has taken. Made and given back only by `take_seat()` and `give_back_seat()`, which
    hold the course's row meanwhile, so that there are never more than its seats.
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


class CourseSignup(Municipal, Stamped, Base):
    """Which of a municipality's contacts sits in a seat. Its pointers to the region's rows are checked by the service."""

    __tablename__ = "course_signup"
    __table_args__ = (
        owned_fk("contact_id", "support_contact"),
        UniqueConstraint("tenant_id", "enrolment_id"),
        CheckConstraint("outcome IN ('', 'completed', 'missed')", name="outcome"),
        Index(
            "uq_course_signup_open", "tenant_id", "contact_id", "course_id", unique=True,
            postgresql_where=text("withdrawn_on IS NULL"),
        ),
    )  # fmt: skip
    contact_id: Mapped[UUID]
    course_id: Mapped[UUID]
    enrolment_id: Mapped[UUID]
    withdrawn_on: Mapped[date | None]
    outcome: Mapped[str] = mapped_column(default="", server_default="")
    """Whether they completed it, as their own municipality notes when the course has been held."""
