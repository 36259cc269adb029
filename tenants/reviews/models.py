"""The monthly status review (statusmøte): its agenda, what was said of each item, and who does what by when (A8)."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from sammen.db.base import Base, Municipal, Stamped, owned_fk

KINDS = "kind IN ('application', 'no_contact', 'evaluation', 'expiring', 'deviation', 'action')"


class StatusReview(Municipal, Stamped, Base):
    """A review; planned while `held_at` is empty, and unchangeable after (a trigger holds it).

    `since` is the day its agenda begins to look from: the day of the one before.
    """

    __tablename__ = "status_review"
    __table_args__ = (
        Index("ix_status_review_day", "tenant_id", "meets_on"),
        Index("uq_status_review_planned", "tenant_id", unique=True, postgresql_where=text("held_at IS NULL")),
    )
    meets_on: Mapped[date]
    since: Mapped[date]
    made_by_name: Mapped[str] = mapped_column(default="", server_default="")
    participants: Mapped[str] = mapped_column(default="", server_default="")
    notes: Mapped[str] = mapped_column(default="", server_default="")
    held_at: Mapped[datetime | None]
    held_by_name: Mapped[str] = mapped_column(default="", server_default="")


class ReviewItem(Municipal, Base):
    """Something to talk about: a pointer, never a name. Who may see the thing itself is asked at each reading.

    `case_id` is the case it hangs on, by which it is hidden from those outside; `due_on` is the day that puts it here.
    """

    __tablename__ = "review_item"
    __table_args__ = (
        owned_fk("review_id", "status_review"),
        owned_fk("case_id", "case_file"),
        CheckConstraint(KINDS, name="kind"),
        UniqueConstraint("tenant_id", "review_id", "kind", "object_id"),
        Index("ix_review_item_case", "tenant_id", "case_id"),
    )
    review_id: Mapped[UUID]
    kind: Mapped[str]
    object_id: Mapped[UUID]
    case_id: Mapped[UUID | None]
    due_on: Mapped[date | None]
    minutes: Mapped[str] = mapped_column(default="", server_default="")
    closed: Mapped[bool] = mapped_column(default=False, server_default="false")


class ReviewAction(Municipal, Stamped, Base):
    """What somebody took on at a review, and by when. After it, only that it is done may change."""

    __tablename__ = "review_action"
    __table_args__ = (
        owned_fk("review_id", "status_review"),
        owned_fk("item_id", "review_item"),
        owned_fk("case_id", "case_file"),
        Index("ix_review_action_review", "tenant_id", "review_id"),
        Index("ix_review_action_case", "tenant_id", "case_id"),
        Index("ix_review_action_open", "tenant_id", "due_on", "id", postgresql_where=text("done_on IS NULL")),
    )
    review_id: Mapped[UUID]
    item_id: Mapped[UUID | None]
    case_id: Mapped[UUID | None]
    what: Mapped[str]
    owner_id: Mapped[UUID | None]
    owner_name: Mapped[str] = mapped_column(default="", server_default="")
    due_on: Mapped[date]
    done_on: Mapped[date | None]
    done_by_name: Mapped[str] = mapped_column(default="", server_default="")
    closed: Mapped[bool] = mapped_column(default=False, server_default="false")
