"""Providers of logins, whom they vouch for, and what may be used once. The app role reaches them only through
functions (platform/sammen/db/functions.sql).
"""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, func
from sqlalchemy.orm import Mapped, mapped_column

from sammen.db.base import SCHEMA, Base, Identity


class IdentityProvider(Identity, Base):
    """Somebody who vouches for people over OpenID Connect: a municipality's Entra ID, or ID-porten.

    `issuer` and `client_id` never change, since a subject means something only to the two of them: another issuer is
    another provider. `municipality_id`: whose it is; none: any municipality's people may come by it. `levels` maps the
    values of `level_claim` to levels of assurance, and `base_level` is what a login with none of them counts as.
    `person_claim` holds the national number, for citizens only. `domains` are work e-mail's, for the login page alone:
    an address never gives access. `session_seconds` is the longest a login may last.
    """

    __tablename__ = "identity_provider"
    __table_args__ = (
        CheckConstraint("code ~ '^[a-z0-9]+(-[a-z0-9]+)*$' AND char_length(code) <= 40", name="code"),
        CheckConstraint("audience IN ('employees', 'citizens')", name="audience"),
        CheckConstraint(
            "auth_method IN ('client_secret_basic', 'client_secret_post', 'private_key_jwt')",
            name="auth_method",
        ),
        CheckConstraint("level_claim IN ('acr', 'amr', 'acrs')", name="level_claim"),
        CheckConstraint(
            "base_level IN ('password', 'second_factor', 'substantial', 'high')", name="base_level"
        ),
        CheckConstraint("(audience = 'citizens') = (person_claim <> '')", name="person_claim"),
        CheckConstraint("session_seconds >= 300 AND session_seconds <= 43200", name="session_seconds"),
        CheckConstraint("max_age >= 0 AND max_age <= 43200", name="max_age"),
        UniqueConstraint("issuer", "client_id"),
    )
    code: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    audience: Mapped[str]
    municipality_id: Mapped[UUID | None] = mapped_column(ForeignKey(f"{SCHEMA}.municipality.id"), index=True)
    issuer: Mapped[str]
    client_id: Mapped[str]
    auth_method: Mapped[str]
    scopes: Mapped[str] = mapped_column(default="openid profile", server_default="openid profile")
    level_claim: Mapped[str] = mapped_column(default="acr", server_default="acr")
    levels: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default="{}")
    base_level: Mapped[str] = mapped_column(default="password", server_default="password")
    person_claim: Mapped[str] = mapped_column(default="", server_default="")
    domains: Mapped[list[str]] = mapped_column(default=list, server_default="{}")
    max_age: Mapped[int | None]
    session_seconds: Mapped[int] = mapped_column(default=43200, server_default="43200")
    enabled: Mapped[bool] = mapped_column(default=False, server_default="false")
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())


class ProviderSecret(Identity, Base):
    """What we show a provider to be known by: a client secret, or a private key (PEM), sealed with the house's key for it.

    The newest that is not retired is tried first, and then the one before it, so that a secret is exchanged without a
    moment in which nobody can log in. `kid` names a key where it is registered.
    """

    __tablename__ = "provider_secret"
    provider_id: Mapped[UUID] = mapped_column(ForeignKey(f"{SCHEMA}.identity_provider.id"), index=True)
    sealed: Mapped[bytes]
    kid: Mapped[str] = mapped_column(default="", server_default="")
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    retired_at: Mapped[datetime | None]


class LinkedIdentity(Identity, Base):
    """A provider's subject is this account: one identity, one account. Made by a person, never by an e-mail address.

    `municipality_id`: whose administrator linked them. A login through the link opens that municipality's places and
    no others, whatever else the account may do. None: linked by the operator at the command line, for all places.
    """

    __tablename__ = "linked_identity"
    __table_args__ = (
        UniqueConstraint("provider_id", "subject"),
        UniqueConstraint("user_id", "provider_id"),
    )
    provider_id: Mapped[UUID] = mapped_column(ForeignKey(f"{SCHEMA}.identity_provider.id"))
    subject: Mapped[str]
    user_id: Mapped[UUID] = mapped_column(ForeignKey(f"{SCHEMA}.user_account.id"))
    municipality_id: Mapped[UUID | None] = mapped_column(ForeignKey(f"{SCHEMA}.municipality.id"), index=True)
    name: Mapped[str] = mapped_column(default="", server_default="")
    linked_by: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    last_used_at: Mapped[datetime | None]


class LinkRequest(Identity, Base):
    """Somebody a provider vouches for whom no account is linked to: they have a code, an administrator decides. A week."""

    __tablename__ = "link_request"
    __table_args__ = (UniqueConstraint("provider_id", "subject"),)
    provider_id: Mapped[UUID] = mapped_column(ForeignKey(f"{SCHEMA}.identity_provider.id"))
    subject: Mapped[str]
    name: Mapped[str] = mapped_column(default="", server_default="")
    email: Mapped[str] = mapped_column(default="", server_default="")
    municipality_id: Mapped[UUID | None] = mapped_column(ForeignKey(f"{SCHEMA}.municipality.id"), index=True)
    code_hash: Mapped[bytes] = mapped_column(unique=True)
    expires_at: Mapped[datetime]


class SpentToken(Identity, Base):
    """What was good for one use and has had it: the `state` of a login, the `jti` of a logout. Kept until it would have
    expired anyway.
    """

    __tablename__ = "spent_token"
    __table_args__ = (Index("ix_spent_token_expires_at", "expires_at"),)
    hash: Mapped[bytes] = mapped_column(unique=True)
    expires_at: Mapped[datetime]
