"""The public form: drafts and knocks behind functions only, and the forms a municipality has been sent.

See docs/decisions/0018-a-door-without-a-session.md.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import ClassVar
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, func
from sqlalchemy.orm import Mapped, mapped_column

from sammen.db.base import SCHEMA, Base, Identity, Municipal, Stamped, owned_fk


class FormDraft(Identity, Base):
    """A form somebody has begun and not sent. Nobody can read it without the code they were shown (intake/codes.py)."""

    __tablename__ = "form_draft"
    __table_args__ = (UniqueConstraint("municipality_id", "lookup"),)
    municipality_id: Mapped[UUID] = mapped_column(ForeignKey(f"{SCHEMA}.municipality.id"))
    lookup: Mapped[bytes]
    sealed: Mapped[bytes]
    expires_at: Mapped[datetime] = mapped_column(index=True)


class FormKnock(Identity, Base):
    """One use of the public form's doors, so that they can be counted: a keyed hash of the address, never the address."""

    __tablename__ = "form_knock"
    __table_args__ = (
        CheckConstraint("what IN ('save', 'read', 'send')", name="what"),
        Index("ix_form_knock_address", "municipality_id", "address", "what", "at"),
    )
    municipality_id: Mapped[UUID] = mapped_column(ForeignKey(f"{SCHEMA}.municipality.id"))
    address: Mapped[bytes]
    what: Mapped[str]
    at: Mapped[datetime] = mapped_column(server_default=func.now())


class IncomingForm(Municipal, Stamped, Base):
    """A form that was sent to the municipality. What it says is sealed with a key outside the database.

    `birth_date` stands in clear because it decides which purchaser may open it, on the day it is opened (A1).
    """

    __tablename__ = "incoming_form"
    __app_rights__: ClassVar[frozenset[str]] = frozenset({"SELECT", "UPDATE"})
    __table_args__ = (
        owned_fk("case_id", "case_file"),
        CheckConstraint("state IN ('new', 'registered', 'dismissed')", name="state"),
        CheckConstraint("language IN ('nb', 'nn', 'en')", name="language"),
        UniqueConstraint("tenant_id", "sending"),
        UniqueConstraint("tenant_id", "reference"),
        Index("ix_incoming_form_new", "tenant_id", "received_on", postgresql_where="state = 'new'"),
    )
    reference: Mapped[str]
    sending: Mapped[bytes]
    """A hash of the page's own key: the same form sent again is the same form."""
    received_on: Mapped[date]
    birth_date: Mapped[date]
    language: Mapped[str]
    sealed: Mapped[bytes]
    state: Mapped[str] = mapped_column(default="new", server_default="new")
    handled_on: Mapped[date | None]
    handled_by: Mapped[UUID | None]
    handled_by_name: Mapped[str] = mapped_column(default="", server_default="")
    dismissed_because: Mapped[str] = mapped_column(default="", server_default="")
    case_id: Mapped[UUID | None]
