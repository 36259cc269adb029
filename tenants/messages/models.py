"""Messages between the coordinators and a contact, inside the platform, and how each person wants to be told of them."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from sammen.db.base import APPEND_ONLY, Base, Municipal, owned_fk

MOST_TEXT = 4_000


class MessageThread(Municipal, Base):
    """What the municipality and one contact have written to each other, in general or about one assignment.

    Messages are numbered within their thread. `contact_no` and `ours_no` are the last from each side; `contact_read` is
    how far the contact says they have read, `handled_no` how far the municipality has answered or settled. What is above
    those waits for somebody. With an assignment, the thread is for those who may see its case.
    """

    __tablename__ = "message_thread"
    __app_rights__ = frozenset({"SELECT", "INSERT", "UPDATE"})
    __table_args__ = (
        owned_fk("contact_id", "support_contact"),
        owned_fk("assignment_id", "assignment"),
        UniqueConstraint("tenant_id", "contact_id", "assignment_id", postgresql_nulls_not_distinct=True),
        Index("ix_message_thread_assignment", "tenant_id", "assignment_id"),
    )
    contact_id: Mapped[UUID]
    assignment_id: Mapped[UUID | None]
    last_no: Mapped[int] = mapped_column(default=0, server_default="0")
    contact_no: Mapped[int] = mapped_column(default=0, server_default="0")
    ours_no: Mapped[int] = mapped_column(default=0, server_default="0")
    contact_read: Mapped[int] = mapped_column(default=0, server_default="0")
    handled_no: Mapped[int] = mapped_column(default=0, server_default="0")
    waiting_since: Mapped[datetime | None]
    """When the oldest message that nobody has answered came. None when nothing waits for the municipality."""
    last_at: Mapped[datetime | None]
    responder_id: Mapped[UUID | None]
    responder_name: Mapped[str] = mapped_column(default="", server_default="")
    """Who has said that they answer, until it is answered."""


class Message(Municipal, Base):
    """One message, plain text. Sent is sent: the app role may neither change nor delete it."""

    __tablename__ = "message"
    __app_rights__ = APPEND_ONLY
    __table_args__ = (
        owned_fk("thread_id", "message_thread"),
        CheckConstraint("author IN ('contact', 'municipality', 'system')", name="author"),
        CheckConstraint(f"char_length(text) BETWEEN 1 AND {MOST_TEXT}", name="text"),
        UniqueConstraint("tenant_id", "thread_id", "number"),
    )
    thread_id: Mapped[UUID]
    number: Mapped[int]
    author: Mapped[str]
    author_id: Mapped[UUID | None]
    author_name: Mapped[str] = mapped_column(default="", server_default="")
    text: Mapped[str]
    sent_at: Mapped[datetime]


class NoticeChoice(Municipal, Base):
    """How a person wants to be told that something waits in Sammen: e-mail, SMS, or not at all."""

    __tablename__ = "notice_choice"
    __app_rights__ = frozenset({"SELECT", "INSERT", "UPDATE"})
    __table_args__ = (
        owned_fk("person_id", "person"),
        CheckConstraint("channel IN ('email', 'sms', 'none')", name="channel"),
        UniqueConstraint("tenant_id", "person_id"),
    )
    person_id: Mapped[UUID]
    channel: Mapped[str]
    chosen_at: Mapped[datetime]
