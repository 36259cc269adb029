"""Users, memberships, sessions and idempotency keys. The app role reaches them only through functions
(platform/sammen/db/functions.sql), so that no injected statement can list or forge them.
"""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, func, text
from sqlalchemy.orm import Mapped, mapped_column

from sammen.db.base import SCHEMA, Base, Identity


class UserAccount(Identity, Base):
    """Somebody who can log in. `email` is the name they log in with: an address, or a word for those who have none.

    Second factors are in factor_models.py; what of them is tried wrongly is counted here, apart from passwords, so that
    who does not know the password cannot lock the other.
    """

    __tablename__ = "user_account"
    __table_args__ = (CheckConstraint("language IN ('nb', 'nn', 'en')", name="language"),)
    email: Mapped[str] = mapped_column(unique=True)
    display_name: Mapped[str]
    language: Mapped[str] = mapped_column(default="nb", server_default="nb")
    password_hash: Mapped[str | None]
    persona: Mapped[str | None]
    """Set only in the demo: the line that presents the persona on the login page."""
    persona_order: Mapped[int | None]
    failed_logins: Mapped[int] = mapped_column(default=0, server_default="0")
    locked_until: Mapped[datetime | None]
    disabled_at: Mapped[datetime | None]
    email_checked_at: Mapped[datetime | None]
    """When somebody answered from that address: only then is a link for a new password sent there."""
    phone: Mapped[str] = mapped_column(default="", server_default="")
    """Where codes go by SMS; set when a code sent there has come back."""
    password_changed_at: Mapped[datetime | None]
    failed_codes: Mapped[int] = mapped_column(default=0, server_default="0")
    codes_locked_until: Mapped[datetime | None]
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())


class Membership(Identity, Base):
    """One role in one place for a time. Roles in two places never add up: a context takes those of its own place."""

    __tablename__ = "membership"
    __table_args__ = (
        CheckConstraint("kind IN ('municipality', 'own', 'region', 'operations')", name="kind"),
        CheckConstraint(
            "CASE kind WHEN 'operations' THEN municipality_id IS NULL AND region_id IS NULL "
            "WHEN 'region' THEN municipality_id IS NULL AND region_id IS NOT NULL "
            "ELSE municipality_id IS NOT NULL AND region_id IS NULL END",
            name="place",
        ),
        UniqueConstraint(
            "user_id",
            "kind",
            "municipality_id",
            "region_id",
            "role",
            "valid_from",
            postgresql_nulls_not_distinct=True,
            name="uq_membership_once",
        ),
    )
    user_id: Mapped[UUID] = mapped_column(ForeignKey(f"{SCHEMA}.user_account.id"), index=True)
    kind: Mapped[str]
    municipality_id: Mapped[UUID | None] = mapped_column(ForeignKey(f"{SCHEMA}.municipality.id"))
    region_id: Mapped[UUID | None] = mapped_column(ForeignKey(f"{SCHEMA}.region.id"))
    role: Mapped[str]
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    granted_by: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())


class WebSession(Identity, Base):
    """A login. The cookie holds the token; the database only its SHA-256."""

    __tablename__ = "web_session"
    __table_args__ = (
        CheckConstraint(
            "assurance IN ('password', 'sent_code', 'second_factor', 'substantial', 'high')", name="assurance"
        ),
        CheckConstraint("method IN ('password', 'persona', 'invitation', 'oidc')", name="method"),
        Index(
            "ix_web_session_provider",
            "provider_id",
            "provider_sid",
            postgresql_where=text("provider_id IS NOT NULL"),
        ),
    )
    token_hash: Mapped[bytes] = mapped_column(unique=True)
    user_id: Mapped[UUID] = mapped_column(ForeignKey(f"{SCHEMA}.user_account.id"), index=True)
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    last_seen_at: Mapped[datetime] = mapped_column(server_default=func.now())
    expires_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    device: Mapped[str]
    assurance: Mapped[str] = mapped_column(default="password", server_default="password")
    """How surely we know who it is (policy/assurance.py): password, sent_code, second_factor, substantial or high."""
    method: Mapped[str] = mapped_column(default="password", server_default="password")
    """How it began."""
    provider_id: Mapped[UUID | None]
    """The provider that vouched for it (sammen.oidc), with its own names for the session and the person, for logging out."""
    provider_sid: Mapped[str | None]
    provider_subject: Mapped[str | None]
    id_token: Mapped[bytes | None]
    """Sealed; shown to the provider when logging out there, and then forgotten."""
    bound_to: Mapped[UUID | None]
    """The one municipality whose places this session opens: its administrator linked the identity, and nobody else's."""


class IdempotencyKey(Identity, Base):
    """A form that has had its effect, and the answer it got; scoped to session and route, kept for a day."""

    __tablename__ = "idempotency_key"
    __table_args__ = (
        UniqueConstraint("session_id", "route", "key"),
        Index("ix_idempotency_key_made_at", text("made_at")),
    )
    session_id: Mapped[UUID]
    route: Mapped[str]
    key: Mapped[str]
    body_hash: Mapped[bytes]
    status: Mapped[int | None]
    location: Mapped[str | None]
    made_at: Mapped[datetime] = mapped_column(server_default=func.now())


class Vault(Identity, Base):
    """The door key and the ticket key. Read only by SECURITY DEFINER functions."""

    __tablename__ = "vault"
    name: Mapped[str] = mapped_column(unique=True)
    secret: Mapped[bytes]
