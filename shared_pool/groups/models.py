"""Activity groups that several municipalities have places in (C10): what a host tells its partners, the agreement of each
partner about places, the seats, the meetings, and who came. Nobody's name stands here, and no case: who sits in a seat is
its own municipality's row, which points to the seat and never the other way (docs/decisions/0065-groups-across-borders.md).

The host's own group is the master. Partners read what they may know through the database's functions, which also are the
one place where an answer is given and a seat is taken.
"""

from __future__ import annotations

from datetime import date, datetime, time
from decimal import Decimal
from typing import ClassVar
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from sammen.db.base import Base, Shared, Stamped, region_fk

MOST_SEATS = 60


def _in_group(table: str) -> str:
    """Condition on a new row: it is about a group that the writer hosts or has said yes to. The foreign key alone would let
    anyone learn which groups there are.
    """
    mine = f"region_id = {table}.region_id AND {{one}} = {table}.joint_group_id AND {{who}} = (select sammen.current_tenant())"
    hosted = mine.format(one="g.id", who="g.host_id")
    joined = mine.format(one="p.joint_group_id", who="p.partner_id")
    return (
        f"(EXISTS (SELECT 1 FROM sammen.joint_group g WHERE g.{hosted})"  # noqa: S608 - names of tables alone
        f" OR EXISTS (SELECT 1 FROM sammen.joint_partner p WHERE p.{joined} AND p.state = 'yes'))"
    )


class JointGroup(Shared, Stamped, Base):
    """A host's group as its partners know it. `group_id` is the host's own row, which partners never see.

    open → closed, by the host, with `valid_to` as its last day. `seats` are all there are, for all the municipalities.
    """

    __tablename__ = "joint_group"
    __parties__ = ("host_id",)
    __party_may__: ClassVar[dict[str, tuple[str, ...]]] = {
        "SELECT": ("host_id",), "INSERT": ("host_id",), "UPDATE": ("host_id",)}  # fmt: skip
    __region_door__ = "current_pool"
    __region_may__: ClassVar[frozenset[str]] = frozenset()
    __app_rights__ = frozenset({"SELECT", "INSERT", "UPDATE"})
    __table_args__ = (
        CheckConstraint("state IN ('open', 'closed')", name="state"),
        CheckConstraint("weekday IN ('mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun')", name="weekday"),
        CheckConstraint("ends > starts", name="times"),
        CheckConstraint("seats >= 2 AND seats <= 60", name="seats"),
        CheckConstraint("valid_to >= valid_from", name="period"),
        UniqueConstraint("region_id", "host_id", "group_id"),
        Index("ix_joint_group_host", "host_id"),
    )
    host_id: Mapped[UUID]
    group_id: Mapped[UUID]
    name: Mapped[str]
    activity: Mapped[str]
    weekday: Mapped[str]
    starts: Mapped[time]
    ends: Mapped[time]
    place: Mapped[str] = mapped_column(default="", server_default="")
    transport: Mapped[str] = mapped_column(default="", server_default="")
    led_by: Mapped[str] = mapped_column(default="", server_default="")
    """First names of the leaders: participants everywhere are told whom they meet."""
    seats: Mapped[int]
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    state: Mapped[str] = mapped_column(default="open", server_default="open")
    suggestion_id: Mapped[UUID | None]
    """The region's suggestion it came of (C11), if it did."""


class JointPartner(Shared, Stamped, Base):
    """A municipality's places in another's group: so many are kept for it until `release_on`, always when there is none.

    invited → yes or no, by the partner; invited → withdrawn, by the host; yes → left from the day after `leaves_on`.
    Written by the functions alone, which hold the group meanwhile, so that more places are never promised than there are.
    """

    __tablename__ = "joint_partner"
    __parties__ = ("host_id", "partner_id")
    __party_may__: ClassVar[dict[str, tuple[str, ...]]] = {"SELECT": ("host_id", "partner_id")}
    __region_door__ = "current_pool"
    __region_may__: ClassVar[frozenset[str]] = frozenset()
    __app_rights__ = frozenset({"SELECT"})
    __table_args__ = (
        region_fk("joint_group_id", "joint_group"),
        CheckConstraint("state IN ('invited', 'yes', 'no', 'withdrawn')", name="state"),
        CheckConstraint("quota >= 1 AND quota <= 60", name="quota"),
        UniqueConstraint("region_id", "joint_group_id", "partner_id"),
        Index("ix_joint_partner_host", "host_id"),
        Index("ix_joint_partner_partner", "partner_id"),
    )
    joint_group_id: Mapped[UUID]
    host_id: Mapped[UUID]
    partner_id: Mapped[UUID]
    quota: Mapped[int]
    release_on: Mapped[date | None]
    """From this day places that the partner has not filled are for whoever needs them first."""
    state: Mapped[str] = mapped_column(default="invited", server_default="invited")
    invited_on: Mapped[date]
    answered_on: Mapped[date | None]
    leaves_on: Mapped[date | None]
    """The last day its participants take part, when somebody has said that it stops."""
    duty_phone: Mapped[str] = mapped_column(default="", server_default="")
    """The partner's own number on the evening of a meeting, for the leaders to ring."""


class JointSeat(Shared, Stamped, Base):
    """A seat that a municipality has taken, for somebody no row here knows. Read by that municipality alone: the host and
    the others are told a number, and never a small one.

    waiting, trial (a chair is kept, and nothing is owed) or member → ended. Made and moved by `joint_seat()` alone.
    """

    __tablename__ = "joint_seat"
    __parties__ = ("home_id",)
    __party_may__: ClassVar[dict[str, tuple[str, ...]]] = {"SELECT": ("home_id",)}
    __region_door__ = "current_pool"
    __region_may__: ClassVar[frozenset[str]] = frozenset()
    __app_rights__ = frozenset({"SELECT"})
    __table_args__ = (
        region_fk("joint_group_id", "joint_group"),
        CheckConstraint("state IN ('waiting', 'trial', 'member', 'ended')", name="state"),
        CheckConstraint("(state = 'ended') = (ended_on IS NOT NULL)", name="ended"),
        CheckConstraint("state <> 'member' OR member_from IS NOT NULL", name="member"),
        Index(
            "ix_joint_seat_group", "region_id", "joint_group_id", postgresql_where=text("state <> 'ended'")
        ),
        Index("ix_joint_seat_home", "home_id"),
    )
    joint_group_id: Mapped[UUID]
    home_id: Mapped[UUID]
    state: Mapped[str]
    taken_on: Mapped[date]
    member_from: Mapped[date | None]
    ended_on: Mapped[date | None]


class JointSession(Shared, Stamped, Base):
    """A meeting of such a group as its partners know it, under the same id as the host's own row."""

    __tablename__ = "joint_session"
    __insert_check__ = _in_group("joint_session")
    __parties__ = ("host_id",)
    __party_may__: ClassVar[dict[str, tuple[str, ...]]] = {
        "SELECT": ("host_id",), "INSERT": ("host_id",), "UPDATE": ("host_id",)}  # fmt: skip
    __region_door__ = "current_pool"
    __region_may__: ClassVar[frozenset[str]] = frozenset()
    __app_rights__ = frozenset({"SELECT", "INSERT", "UPDATE"})
    __table_args__ = (
        region_fk("joint_group_id", "joint_group"),
        CheckConstraint("state IN ('planned', 'cancelled', 'held')", name="state"),
        CheckConstraint("ends_at > starts_at", name="times"),
        Index("ix_joint_session_group", "region_id", "joint_group_id", "starts_at"),
        Index("ix_joint_session_host", "host_id"),
    )
    joint_group_id: Mapped[UUID]
    host_id: Mapped[UUID]
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    place: Mapped[str] = mapped_column(default="", server_default="")
    activity: Mapped[str] = mapped_column(default="", server_default="")
    transport: Mapped[str] = mapped_column(default="", server_default="")
    words: Mapped[str] = mapped_column(default="", server_default="")
    led_by: Mapped[str] = mapped_column(default="", server_default="")
    state: Mapped[str] = mapped_column(default="planned", server_default="planned")
    cancel_reason: Mapped[str] = mapped_column(default="", server_default="")


class JointPresence(Shared, Stamped, Base):
    """That whoever sits in a seat came to a meeting, did not, or had told: from the leaders to the seat's home, which alone
    knows who it is. Written by `joint_note_presence()` alone, for a meeting the writer's municipality hosts.
    """

    __tablename__ = "joint_presence"
    __parties__ = ("home_id",)
    __party_may__: ClassVar[dict[str, tuple[str, ...]]] = {"SELECT": ("home_id",)}
    __region_door__ = "current_pool"
    __region_may__: ClassVar[frozenset[str]] = frozenset()
    __app_rights__ = frozenset({"SELECT"})
    __table_args__ = (
        region_fk("joint_session_id", "joint_session"),
        region_fk("joint_seat_id", "joint_seat"),
        CheckConstraint("state IN ('present', 'absent', 'told')", name="state"),
        CheckConstraint("hours > 0 AND hours <= 24", name="hours"),
        UniqueConstraint("region_id", "joint_session_id", "joint_seat_id"),
        Index("ix_joint_presence_home", "home_id"),
    )
    joint_session_id: Mapped[UUID]
    joint_seat_id: Mapped[UUID]
    home_id: Mapped[UUID]
    state: Mapped[str]
    with_contact: Mapped[bool] = mapped_column(default=False, server_default="false")
    hours: Mapped[Decimal | None]


class JointIdea(Shared, Stamped, Base):
    """Something participants suggested the group could do, as everybody in the group may read it: the text, never whose it
    was. Under the same id as the suggestion in its home; what becomes of it the home or the host says (`joint_idea_state`).
    """

    __tablename__ = "joint_idea"
    __insert_check__ = _in_group("joint_idea")
    __parties__ = ("home_id",)
    __party_may__: ClassVar[dict[str, tuple[str, ...]]] = {
        "SELECT": ("home_id",), "INSERT": ("home_id",), "UPDATE": ("home_id",)}  # fmt: skip
    __region_door__ = "current_pool"
    __region_may__: ClassVar[frozenset[str]] = frozenset()
    __app_rights__ = frozenset({"SELECT", "INSERT", "UPDATE"})
    __table_args__ = (
        region_fk("joint_group_id", "joint_group"),
        CheckConstraint("state IN ('open', 'planned', 'dropped')", name="state"),
        CheckConstraint("cost_ore >= 0 AND cost_ore <= 1000000", name="cost"),
        Index("ix_joint_idea_group", "region_id", "joint_group_id"),
        Index("ix_joint_idea_home", "home_id"),
    )
    joint_group_id: Mapped[UUID]
    home_id: Mapped[UUID]
    title: Mapped[str]
    where_to: Mapped[str] = mapped_column(default="", server_default="")
    cost_ore: Mapped[int | None]
    transport: Mapped[bool] = mapped_column(default=False, server_default="false")
    fits: Mapped[str] = mapped_column(default="", server_default="")
    state: Mapped[str] = mapped_column(default="open", server_default="open")
    meeting_id: Mapped[UUID | None]
    """The meeting it is planned on, when it is."""


class JointTally(Shared, Stamped, Base):
    """What a municipality's own participants chose or said, as numbers, for nobody to read but through `joint_sums()`, which
    adds all the others together and says nothing of fewer than three.

    `kind` choice: `subject_id` is the suggestion, `said_yes` how many want it. `voice`: `half` and `question`, and how many
    said yes, some and no.
    """

    __tablename__ = "joint_tally"
    __insert_check__ = _in_group("joint_tally")
    __parties__ = ("home_id",)
    __party_may__: ClassVar[dict[str, tuple[str, ...]]] = {
        "SELECT": ("home_id",), "INSERT": ("home_id",), "UPDATE": ("home_id",)}  # fmt: skip
    __region_door__ = "current_pool"
    __region_may__: ClassVar[frozenset[str]] = frozenset()
    __app_rights__ = frozenset({"SELECT", "INSERT", "UPDATE"})
    __table_args__ = (
        region_fk("joint_group_id", "joint_group"),
        CheckConstraint("kind IN ('choice', 'voice')", name="kind"),
        CheckConstraint("(kind = 'choice') = (subject_id IS NOT NULL)", name="choice"),
        CheckConstraint("(kind = 'voice') = (half IS NOT NULL AND question <> '')", name="voice"),
        CheckConstraint("said_yes >= 0 AND said_some >= 0 AND said_no >= 0", name="numbers"),
        UniqueConstraint(
            "region_id", "joint_group_id", "home_id", "kind", "subject_id", "half", "question",
            name="uq_joint_tally_what", postgresql_nulls_not_distinct=True,
        ),
        Index("ix_joint_tally_home", "home_id"),
    )  # fmt: skip
    joint_group_id: Mapped[UUID]
    home_id: Mapped[UUID]
    kind: Mapped[str]
    subject_id: Mapped[UUID | None]
    half: Mapped[date | None]
    question: Mapped[str] = mapped_column(default="", server_default="")
    said_yes: Mapped[int]
    said_some: Mapped[int] = mapped_column(default=0, server_default="0")
    said_no: Mapped[int] = mapped_column(default=0, server_default="0")
