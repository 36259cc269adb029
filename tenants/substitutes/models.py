"""Substitutes a service user knows, a contact's absence, and rounds in which substitutes are asked (B10)."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from sammen.db.base import Base, Municipal, Stamped, owned_fk


class IntroducedSubstitute(Municipal, Stamped, Base):
    """A contact the service user has met and said yes to as a substitute. It lasts until somebody ends it."""

    __tablename__ = "introduced_substitute"
    __table_args__ = (
        owned_fk("case_id", "case_file"),
        owned_fk("person_id", "person"),
        owned_fk("contact_id", "support_contact"),
        CheckConstraint("how IN ('with_contact', 'with_family', 'group', 'earlier')", name="how"),
        Index(
            "uq_introduced_substitute_proposal", "tenant_id", "proposal_id", unique=True,
            postgresql_where=text("proposal_id IS NOT NULL"),
        ),
        Index(
            "uq_introduced_substitute_known", "tenant_id", "case_id", "contact_id", unique=True,
            postgresql_where=text("ended_on IS NULL"),
        ),
        Index("ix_introduced_substitute_contact", "tenant_id", "contact_id"),
    )  # fmt: skip
    case_id: Mapped[UUID]
    person_id: Mapped[UUID]
    contact_id: Mapped[UUID]
    introduced_on: Mapped[date]
    how: Mapped[str]
    user_said_yes_on: Mapped[date]
    user_said_yes_by: Mapped[str]
    """Who said yes: the service user, or who consents for them, in words."""
    ended_on: Mapped[date | None]
    proposal_id: Mapped[UUID | None]
    """What led here, when another municipality lends the contact (C4)."""


class ContactAway(Municipal, Stamped, Base):
    """A contact cannot come, from a day to a day. Why is not asked: it may be about health, and changes nothing.

    `state`: reported → covered (a substitute said yes) or cancelled (the meetings fall out); withdrawn when the contact
    can come after all.
    """

    __tablename__ = "contact_away"
    __table_args__ = (
        owned_fk("case_id", "case_file"),
        owned_fk("person_id", "person"),
        owned_fk("assignment_id", "assignment"),
        owned_fk("contact_id", "support_contact"),
        CheckConstraint("state IN ('reported', 'covered', 'cancelled', 'withdrawn')", name="state"),
        CheckConstraint("last_day >= first_day", name="days"),
        Index("ix_contact_away_state", "tenant_id", "state", "first_day"),
        Index("ix_contact_away_assignment", "tenant_id", "assignment_id"),
    )
    case_id: Mapped[UUID]
    person_id: Mapped[UUID]
    assignment_id: Mapped[UUID]
    contact_id: Mapped[UUID]
    first_day: Mapped[date]
    last_day: Mapped[date]
    state: Mapped[str] = mapped_column(default="reported", server_default="reported")
    note: Mapped[str] = mapped_column(default="", server_default="")
    """What whoever steps in or tells the family should know, in the contact's words."""
    by_contact: Mapped[bool] = mapped_column(default=True, server_default="true")


class AskRound(Municipal, Stamped, Base):
    """Substitutes are asked for some days, so many at once, until one says yes. `role` as assignment.role.

    `state`: open → filled (somebody said yes), nobody (all who could be asked have been) or stopped.
    """

    __tablename__ = "ask_round"
    __table_args__ = (
        owned_fk("case_id", "case_file"),
        owned_fk("person_id", "person"),
        owned_fk("order_id", "service_order"),
        owned_fk("away_id", "contact_away"),
        owned_fk("filled_by_id", "assignment"),
        CheckConstraint("role IN ('substitute', 'bridge')", name="role"),
        CheckConstraint("state IN ('open', 'filled', 'nobody', 'stopped')", name="state"),
        CheckConstraint("at_once BETWEEN 1 AND 5", name="at_once"),
        CheckConstraint("ask_hours BETWEEN 1 AND 168", name="ask_hours"),
        CheckConstraint("last_day >= first_day", name="days"),
        Index("ix_ask_round_state", "tenant_id", "state", "first_day"),
        Index("ix_ask_round_order", "tenant_id", "order_id"),
        Index(
            "uq_ask_round_away", "tenant_id", "away_id", unique=True,
            postgresql_where=text("state = 'open'"),
        ),
    )  # fmt: skip
    case_id: Mapped[UUID]
    person_id: Mapped[UUID]
    order_id: Mapped[UUID]
    away_id: Mapped[UUID | None]
    role: Mapped[str]
    first_day: Mapped[date]
    last_day: Mapped[date | None]
    """Empty for a bridge that lasts until a contact is found."""
    at_once: Mapped[int] = mapped_column(default=1, server_default="1")
    ask_hours: Mapped[int]
    newcomers_ok_by: Mapped[str] = mapped_column(default="", server_default="")
    """Who said yes to a substitute the service user has not met; "" when only those who are known are asked."""
    words: Mapped[str] = mapped_column(default="", server_default="")
    """What those who are asked should know before they answer. No name."""
    state: Mapped[str] = mapped_column(default="open", server_default="open")
    filled_by_id: Mapped[UUID | None]
    """The assignment the yes became."""
    told_on: Mapped[date | None]
    """The day the service user was told who comes."""
    closed_on: Mapped[date | None]


class SubstituteAsk(Municipal, Stamped, Base):
    """One contact asked in a round. To say no costs nothing, and is counted nowhere.

    `state`: asked → yes, no, expired (no answer in time), taken (somebody else said yes first) or stopped.
    """

    __tablename__ = "substitute_ask"
    __table_args__ = (
        owned_fk("round_id", "ask_round"),
        owned_fk("case_id", "case_file"),
        owned_fk("contact_id", "support_contact"),
        CheckConstraint("state IN ('asked', 'yes', 'no', 'expired', 'taken', 'stopped')", name="state"),
        UniqueConstraint("tenant_id", "round_id", "contact_id"),
        Index("ix_substitute_ask_contact", "tenant_id", "contact_id", "asked_at"),
    )
    round_id: Mapped[UUID]
    case_id: Mapped[UUID]
    contact_id: Mapped[UUID]
    introduced: Mapped[bool] = mapped_column(default=False, server_default="false")
    """The service user knew them when they were asked: they are told the first name."""
    state: Mapped[str] = mapped_column(default="asked", server_default="asked")
    asked_at: Mapped[datetime]
    answer_by: Mapped[datetime]
    answered_at: Mapped[datetime | None]
    words: Mapped[str] = mapped_column(default="", server_default="")
