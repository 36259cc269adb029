"""Assemblies (C8, C9): guidance groups, gatherings, network meetings and joint information meetings.

Who is invited, answers and comes is each municipality's own: its own series, meetings and guests, by name. What is held
jointly is a shared row besides, without anybody in it. Every member has a copy of it (`joint_id`, the meetings with the
same ids), made and kept up by a job of its own, and tells counts back, which only a function reads, never below three.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import ClassVar
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from sammen.db.base import Base, Municipal, Shared, Stamped, owned_fk, region_fk

_KIND = "kind IN ('guidance', 'gathering', 'network', 'information')"
_STATE = "state IN ('planned', 'cancelled')"


class Assembly(Municipal, Stamped, Base):
    """A series of meetings. `audience` says who it is for: `engaged` (every contact at work), `groups` (those with an
    assignment in a group) or `picked`; "" until somebody has chosen. `joint_id`: the shared row, of what is held jointly;
    `hosted`: we hold it, so that we may change it, else `host_name` does. `declined_on`: not for us.
    """

    __tablename__ = "assembly"
    __table_args__ = (
        CheckConstraint(_KIND, name="kind"),
        CheckConstraint("audience IN ('', 'engaged', 'groups', 'picked')", name="audience"),
        CheckConstraint("hosted OR joint_id IS NOT NULL", name="hosted"),
        UniqueConstraint("tenant_id", "joint_id"),
    )
    kind: Mapped[str]
    title: Mapped[str]
    about: Mapped[str] = mapped_column(default="", server_default="")
    led_by: Mapped[str] = mapped_column(default="", server_default="")
    """Who leads it, as text: they need no login."""
    joint_id: Mapped[UUID | None]
    hosted: Mapped[bool] = mapped_column(default=True, server_default="true")
    host_name: Mapped[str] = mapped_column(default="", server_default="")
    audience: Mapped[str] = mapped_column(default="", server_default="")
    invited_at: Mapped[datetime | None]
    declined_on: Mapped[date | None]


class AssemblyMeeting(Municipal, Stamped, Base):
    """One meeting. `makeup_for`: the one it stands in for, to which those who were away come by themselves (B5).

    `door_code` is what is written on the board, for checking in with the phone. `summary` is for those invited.
    """

    __tablename__ = "assembly_meeting"
    __table_args__ = (
        owned_fk("assembly_id", "assembly"),
        owned_fk("makeup_for", "assembly_meeting"),
        CheckConstraint("ends_at > starts_at", name="times"),
        CheckConstraint(_STATE, name="state"),
        CheckConstraint("place <> '' OR link <> ''", name="where"),
        Index("ix_assembly_meeting_assembly", "tenant_id", "assembly_id", "starts_at"),
        Index("ix_assembly_meeting_starts", "tenant_id", "starts_at"),
    )
    assembly_id: Mapped[UUID]
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    place: Mapped[str] = mapped_column(default="", server_default="")
    link: Mapped[str] = mapped_column(default="", server_default="")
    state: Mapped[str] = mapped_column(default="planned", server_default="planned")
    cancel_why: Mapped[str] = mapped_column(default="", server_default="")
    makeup_for: Mapped[UUID | None]
    door_code: Mapped[str] = mapped_column(default="", server_default="")
    summary: Mapped[str] = mapped_column(default="", server_default="")
    summary_at: Mapped[datetime | None]
    noted_at: Mapped[datetime | None]
    """When attendance was first noted."""
    reminded_on: Mapped[date | None]


class AssemblyMember(Municipal, Stamped, Base):
    """Whom a series is for: a contact, or a colleague by their account. Meetings added afterwards invite them too."""

    __tablename__ = "assembly_member"
    __table_args__ = (
        owned_fk("assembly_id", "assembly"),
        owned_fk("contact_id", "support_contact"),
        CheckConstraint("(contact_id IS NULL) <> (colleague IS NULL)", name="who"),
        UniqueConstraint("tenant_id", "assembly_id", "contact_id"),
        UniqueConstraint("tenant_id", "assembly_id", "colleague"),
    )
    assembly_id: Mapped[UUID]
    contact_id: Mapped[UUID | None]
    colleague: Mapped[UUID | None]
    colleague_name: Mapped[str] = mapped_column(default="", server_default="")


class AssemblyGuest(Municipal, Stamped, Base):
    """Somebody invited to a meeting: what they answered (`by_office`: somebody noted it for who rang), whether they came."""

    __tablename__ = "assembly_guest"
    __table_args__ = (
        owned_fk("assembly_meeting_id", "assembly_meeting"),
        owned_fk("contact_id", "support_contact"),
        CheckConstraint("(contact_id IS NULL) <> (colleague IS NULL)", name="who"),
        CheckConstraint("answer IN ('', 'yes', 'no')", name="answer"),
        UniqueConstraint("tenant_id", "assembly_meeting_id", "contact_id"),
        UniqueConstraint("tenant_id", "assembly_meeting_id", "colleague"),
        Index("ix_assembly_guest_contact", "tenant_id", "contact_id", postgresql_where=text("contact_id IS NOT NULL")),
        Index("ix_assembly_guest_colleague", "tenant_id", "colleague", postgresql_where=text("colleague IS NOT NULL")),
    )  # fmt: skip
    assembly_meeting_id: Mapped[UUID]
    contact_id: Mapped[UUID | None]
    colleague: Mapped[UUID | None]
    colleague_name: Mapped[str] = mapped_column(default="", server_default="")
    answer: Mapped[str] = mapped_column(default="", server_default="")
    answered_at: Mapped[datetime | None]
    by_office: Mapped[bool] = mapped_column(default=False, server_default="false")
    came: Mapped[bool | None]
    checked_in_at: Mapped[datetime | None]


class JointAssembly(Shared, Stamped, Base):
    """What is held jointly, by a municipality or by the region itself (no host). Members read it through
    `joint_assemblies()` (functions.sql), and make their own copies.
    """

    __tablename__ = "joint_assembly"
    __parties__ = ("host_id",)
    __party_may__: ClassVar[dict[str, tuple[str, ...]]] = {
        "SELECT": ("host_id",), "INSERT": ("host_id",), "UPDATE": ("host_id",)}  # fmt: skip
    __region_door__ = "current_courses"
    __region_may__ = frozenset({"SELECT", "INSERT", "UPDATE"})
    __app_rights__ = frozenset({"SELECT", "INSERT", "UPDATE"})
    __table_args__ = (CheckConstraint(_KIND, name="kind"), Index("ix_joint_assembly_host", "host_id"))
    host_id: Mapped[UUID | None]
    kind: Mapped[str]
    title: Mapped[str]
    about: Mapped[str] = mapped_column(default="", server_default="")
    led_by: Mapped[str] = mapped_column(default="", server_default="")


class JointMeeting(Shared, Stamped, Base):
    """A meeting of what is held jointly. The summary is the same for everybody, and names nobody."""

    __tablename__ = "joint_meeting"
    __parties__ = ("host_id",)
    __party_may__: ClassVar[dict[str, tuple[str, ...]]] = {
        "SELECT": ("host_id",), "INSERT": ("host_id",), "UPDATE": ("host_id",)}  # fmt: skip
    # Only under what one holds: the foreign key alone would let anyone learn which there are.
    __insert_check__ = (
        "EXISTS (SELECT 1 FROM sammen.joint_assembly a WHERE a.region_id = joint_meeting.region_id"
        " AND a.id = joint_meeting.joint_assembly_id AND a.host_id IS NOT DISTINCT FROM joint_meeting.host_id)"
    )
    __region_door__ = "current_courses"
    __region_may__ = frozenset({"SELECT", "INSERT", "UPDATE"})
    __app_rights__ = frozenset({"SELECT", "INSERT", "UPDATE"})
    __table_args__ = (
        region_fk("joint_assembly_id", "joint_assembly"),
        CheckConstraint("ends_at > starts_at", name="times"),
        CheckConstraint(_STATE, name="state"),
        CheckConstraint("place <> '' OR link <> ''", name="where"),
        Index("ix_joint_meeting_assembly", "region_id", "joint_assembly_id", "starts_at"),
        Index("ix_joint_meeting_host", "host_id"),
    )
    host_id: Mapped[UUID | None]
    joint_assembly_id: Mapped[UUID]
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    place: Mapped[str] = mapped_column(default="", server_default="")
    link: Mapped[str] = mapped_column(default="", server_default="")
    state: Mapped[str] = mapped_column(default="planned", server_default="planned")
    cancel_why: Mapped[str] = mapped_column(default="", server_default="")
    makeup_for: Mapped[UUID | None]
    door_code: Mapped[str] = mapped_column(default="", server_default="")
    summary: Mapped[str] = mapped_column(default="", server_default="")
    summary_at: Mapped[datetime | None]


class JointCount(Shared, Stamped, Base):
    """How many of one municipality's own are invited to a joint meeting, say they come, and came. Only it sees the row, and
    `tell_joint_count()` alone writes it; who holds the meeting gets numbers of three and more, from `joint_assembly_counts()`
    (functions.sql).
    """

    __tablename__ = "joint_count"
    __parties__ = ("home_id",)
    __party_may__: ClassVar[dict[str, tuple[str, ...]]] = {"SELECT": ("home_id",)}
    __region_door__ = "current_courses"
    __region_may__: ClassVar[frozenset[str]] = frozenset()
    __app_rights__ = frozenset({"SELECT"})
    __table_args__ = (
        region_fk("joint_meeting_id", "joint_meeting"),
        UniqueConstraint("region_id", "joint_meeting_id", "home_id"),
        CheckConstraint("invited >= 0 AND coming >= 0 AND came >= 0", name="counts"),
        Index("ix_joint_count_home", "home_id"),
    )
    joint_meeting_id: Mapped[UUID]
    home_id: Mapped[UUID]
    invited: Mapped[int] = mapped_column(default=0, server_default="0")
    coming: Mapped[int] = mapped_column(default=0, server_default="0")
    came: Mapped[int] = mapped_column(default=0, server_default="0")
