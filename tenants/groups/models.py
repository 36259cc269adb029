"""A municipality's activity groups, its own and those it has places in elsewhere, and the places in them."""

from __future__ import annotations

from datetime import date, time
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from sammen.db.base import Base, Municipal, Stamped, owned_fk


class ActivityGroup(Municipal, Stamped, Base):
    """A group that meets on a fixed weekday. `activity` is one of needs' interests. A meeting needs two leaders (C10),
    so a group may be planned with one, and says that it lacks the other.

    `hosted` is false for another municipality's group that this one has places in: a copy under the same id, of what
    partners may know, whose leaders are `led_by` in words and whose `seats` are this municipality's own. `joint_id`
    points to the shared row of a group that crosses a border.
    """

    __tablename__ = "activity_group"
    __table_args__ = (
        owned_fk("leader_id", "support_contact"),
        owned_fk("second_leader_id", "support_contact"),
        CheckConstraint("weekday IN ('mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun')", name="weekday"),
        CheckConstraint("ends > starts", name="times"),
        CheckConstraint("seats >= 1 AND seats <= 60 AND (seats > 1 OR NOT hosted)", name="seats"),
        CheckConstraint("leader_id IS NOT NULL OR NOT hosted", name="led"),
        CheckConstraint("hosted OR joint_id IS NOT NULL", name="whose"),
        CheckConstraint("autumn_week >= 39 AND autumn_week <= 42", name="autumn_week"),
        CheckConstraint("winter_week >= 7 AND winter_week <= 10", name="winter_week"),
        CheckConstraint("valid_to >= valid_from", name="period"),
        Index("ix_activity_group_name", "tenant_id", "name"),
        Index("ix_activity_group_leader", "tenant_id", "leader_id"),
        Index(
            "uq_activity_group_joint", "tenant_id", "joint_id", unique=True,
            postgresql_where=text("joint_id IS NOT NULL"),
        ),
    )  # fmt: skip
    name: Mapped[str]
    activity: Mapped[str]
    weekday: Mapped[str]
    starts: Mapped[time]
    ends: Mapped[time]
    place: Mapped[str] = mapped_column(default="", server_default="")
    leader_id: Mapped[UUID | None]
    second_leader_id: Mapped[UUID | None]
    seats: Mapped[int]
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    transport: Mapped[str] = mapped_column(default="", server_default="")
    """Who drives and where people are picked up, as a rule; a meeting may say otherwise."""
    autumn_week: Mapped[int | None]
    """The school holiday's ISO week in which the group does not meet, if it rests then."""
    winter_week: Mapped[int | None]
    easter_off: Mapped[bool] = mapped_column(default=True, server_default="true")
    """Whether the group rests from Palm Sunday to Easter Monday; the public holidays it rests on anyhow."""
    closed_on: Mapped[date | None]
    """The day somebody decided that the group's last day is its end, and not only the season's."""
    joint_id: Mapped[UUID | None]
    hosted: Mapped[bool] = mapped_column(default=True, server_default="true")
    led_by: Mapped[str] = mapped_column(default="", server_default="")
    """First names of the leaders, in a copy of another municipality's group."""
    copied: Mapped[int] = mapped_column(default=0, server_default="0")
    """In a copy: the version of the original it was taken from, so that an older one never overwrites a newer."""


class GroupPlace(Municipal, Stamped, Base):
    """A service user's place, by the assignment that gives the right to it. It ends by itself with the assignment, unless
    they stay on as an ordinary member.

    `state`: waiting (in line, takes no seat), trial (visits until `trial_to`, then says yes or no) or member. One that
    was only tried or waited for ends without a trace of why.
    """

    __tablename__ = "group_place"
    __table_args__ = (
        owned_fk("group_id", "activity_group"),
        owned_fk("assignment_id", "assignment"),
        CheckConstraint("valid_to >= valid_from", name="period"),
        CheckConstraint("state IN ('member', 'trial', 'waiting')", name="state"),
        CheckConstraint("(state = 'trial') = (trial_to IS NOT NULL)", name="trial"),
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
    state: Mapped[str] = mapped_column(default="member", server_default="member")
    trial_to: Mapped[date | None]
    trial_answer: Mapped[str] = mapped_column(default="", server_default="")
    """What the participant said after the visits: "" until they have, then `yes` or `no`."""
    offered_on: Mapped[date | None]
    """The day somebody who waits was offered the place that became free."""
    needs: Mapped[str] = mapped_column(default="", server_default="")
    """Allergies, what helps, how they get about: what the leaders must know on the day, and read on the day alone."""
    emergency: Mapped[str] = mapped_column(default="", server_default="")
    """Whom to ring, name and number, if something happens. Empty: their representative's or next of kin's number."""
    with_contact: Mapped[bool] = mapped_column(default=False, server_default="false")
    """Their own contact comes along."""
    stays: Mapped[bool] = mapped_column(default=False, server_default="false")
    """They stay on as an ordinary member when the decision is over."""
    seat_id: Mapped[UUID | None]
    """The shared seat, of a place in a group across borders."""
    cross_yes_on: Mapped[date | None]
    """The day they, or who consents for them, said yes that leaders elsewhere learn the first name and the needs."""
    cross_yes_by: Mapped[str] = mapped_column(default="", server_default="")
