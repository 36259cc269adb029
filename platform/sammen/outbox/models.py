"""Notices on their way out of the house, by e-mail or SMS. They say that something waits in Sammen, never what."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, func, text
from sqlalchemy.orm import Mapped, mapped_column

from sammen.db.base import Base, Municipal


class Outgoing(Municipal, Base):
    """One notice to one address, written in the transaction of what it tells about.

    `code` is the registered text (texts.py), in `language`; no words are kept here. `once`: a second notice with the same
    mark is no notice. `last_error` is an error's class or a reply code, never a server's own text, which may quote the
    address. `address` is emptied when the notice has had its time (`sammen.sweep`).
    """

    __tablename__ = "outgoing"
    __app_rights__ = frozenset({"SELECT", "INSERT", "UPDATE"})
    __table_args__ = (
        CheckConstraint("channel IN ('email', 'sms')", name="channel"),
        CheckConstraint("state IN ('queued', 'sent', 'failed', 'given_up')", name="state"),
        CheckConstraint("(state = 'sent') = (sent_at IS NOT NULL)", name="sent"),
        UniqueConstraint("tenant_id", "once"),
        Index("ix_outgoing_due", "tenant_id", "next_try_at", postgresql_where=text("state = 'queued'")),
    )
    channel: Mapped[str]
    address: Mapped[str]
    code: Mapped[str]
    language: Mapped[str] = mapped_column(server_default="nb")
    once: Mapped[str]
    person_id: Mapped[UUID | None]
    """Whom it is for, so that their own page can say that notices do not arrive."""
    state: Mapped[str] = mapped_column(server_default="queued")
    attempts: Mapped[int] = mapped_column(server_default="0")
    next_try_at: Mapped[datetime] = mapped_column(server_default=func.now())
    last_error: Mapped[str] = mapped_column(server_default="")
    sealed: Mapped[bytes | None]
    """The one-time code a notice carries, if any, encrypted; emptied when it has left or is given up."""
    good_until: Mapped[datetime | None]
    """Later than this it is not sent: a code that has run out is of no use."""
    queued_at: Mapped[datetime] = mapped_column(server_default=func.now())
    sent_at: Mapped[datetime | None]
