"""A municipality's own activity groups, and the places in them."""

from __future__ import annotations

from datetime import date, time
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from sammen.db.base import Base, Municipal, Stamped, owned_fk


class ActivityGroup(Municipal, Stamped, Base):
    """A group that meets on a fixed weekday. `activity` is one of needs' interests. A meeting needs two leaders (C10),
    so a group may be planned with one, and says that it lacks the other.
    """

    __tablename__ = "activity_group"
    __table_args__ = (
        owned_fk("leader_id", "support_contact"),
        owned_fk("second_leader_id", "support_contact"),
        CheckConstraint("weekday IN ('mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun')", name="weekday"),
        CheckConstraint("ends > starts", name="times"),
        CheckConstraint("seats BETWEEN 2 AND 60", name="seats"),
        CheckConstraint("valid_to >= valid_from", name="period"),
        Index("ix_activity_group_name", "tenant_id", "name"),
        Index("ix_activity_group_leader", "tenant_id", "leader_id"),
    )
    name: Mapped[str]
    activity: Mapped[str]
    weekday: Mapped[str]
    starts: Mapped[time]
    ends: Mapped[time]
    place: Mapped[str] = mapped_column(default="", server_default="")
    leader_id: Mapped[UUID]
    second_leader_id: Mapped[UUID | None]
    seats: Mapped[int]
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]


class GroupPlace(Municipal, Stamped, Base):
    """A service user's place, by the assignment that gives the right to it. It ends by itself with the assignment."""

    __tablename__ = "group_place"
    __table_args__ = (
        owned_fk("group_id", "activity_group"),
        owned_fk("assignment_id", "assignment"),
        CheckConstraint("valid_to >= valid_from", name="period"),
        Index("ix_group_place_group", "tenant_id", "group_id"),
        Index(
            "uq_group_place_open", "tenant_id", "assignment_id", unique=True,
            postgresql_where=text("valid_to IS NULL"),
        ),
    )  # fmt: skip
    group_id: Mapped[UUID]
    assignment_id: Mapped[UUID]
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
