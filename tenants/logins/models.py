"""Invitations for people who have no login yet: contacts, service users, and those who act for them."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from sammen.db.base import Base, Municipal, Stamped, owned_fk


class LoginInvitation(Municipal, Stamped, Base):
    """A code on a letter that opens one's own pages once, with the birth date. The database keeps its keyed hash.

    `tries` counts wrong birth dates; after five it is of no more use. `user_id` is who answered. At most one waits for a
    person in a role.
    """

    __tablename__ = "login_invitation"
    __app_rights__ = frozenset({"SELECT", "INSERT", "UPDATE"})
    __table_args__ = (
        owned_fk("person_id", "person"),
        CheckConstraint("role IN ('contact', 'service_user', 'representative')", name="role"),
        CheckConstraint("octet_length(lookup) = 32", name="lookup"),
        CheckConstraint("used_at IS NULL OR withdrawn_at IS NULL", name="ended_once"),
        UniqueConstraint("tenant_id", "lookup"),
        Index("ix_login_invitation_lookup", "lookup"),
        Index("ix_login_invitation_person", "tenant_id", "person_id"),
    )
    person_id: Mapped[UUID]
    role: Mapped[str]
    lookup: Mapped[bytes]
    made_by: Mapped[UUID]
    expires_at: Mapped[datetime]
    tries: Mapped[int] = mapped_column(default=0, server_default="0")
    used_at: Mapped[datetime | None]
    user_id: Mapped[UUID | None]
    withdrawn_at: Mapped[datetime | None]
