"""A municipality's programs: who they are, what they may, and the secrets and tokens they show.

What a program *is* stands in the municipality's own rows. Its secrets and tokens are the identity tables': the app role
reaches neither, and writes neither of the three, but through functions that ask for a proof (0085).
"""

from __future__ import annotations

from datetime import date, datetime
from typing import ClassVar
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, func
from sqlalchemy.orm import Mapped, mapped_column

from sammen.db.base import SCHEMA, Base, Identity, Municipal, Stamped

SCOPES = ("people", "decisions", "payroll", "figures", "calendar")
"""What a program may be let do. Each is a role of policy/roles.py, `program_<scope>`."""


class ProgramClient(Municipal, Stamped, Base):
    """A program of another system that the municipality lets in: what for, who answers for it, from where, until when.

    `networks`: the networks (CIDR) it may come from; none means from anywhere. Ended, it is never opened again. It may what
    stands in both `scopes` and `confirmed_scopes`: what one person (`scopes_by`) gives, another confirms.
    """

    __tablename__ = "program_client"
    __app_rights__: ClassVar[frozenset[str]] = frozenset({"SELECT"})
    __table_args__ = (
        CheckConstraint(f"scopes <@ ARRAY{list(SCOPES)}::text[] AND cardinality(scopes) > 0", name="scopes"),
        CheckConstraint(f"confirmed_scopes <@ ARRAY{list(SCOPES)}::text[]", name="confirmed_scopes"),
        CheckConstraint("length(name) >= 1 AND length(name) <= 80", name="name"),
        CheckConstraint("length(purpose) <= 500 AND length(contact) <= 200", name="words"),
        CheckConstraint("cardinality(networks) <= 20", name="networks"),
        Index(
            "uq_program_client_name", "tenant_id", "name", unique=True, postgresql_where="ended_at IS NULL"
        ),
    )
    name: Mapped[str]
    purpose: Mapped[str]
    contact: Mapped[str]
    scopes: Mapped[list[str]]
    networks: Mapped[list[str]] = mapped_column(default=list, server_default="{}")
    valid_to: Mapped[date]
    made_by_name: Mapped[str]
    scopes_by: Mapped[UUID | None]
    confirmed_scopes: Mapped[list[str]] = mapped_column(default=list, server_default="{}")
    confirmed_by_name: Mapped[str] = mapped_column(default="", server_default="")
    confirmed_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    ended_by_name: Mapped[str] = mapped_column(default="", server_default="")
    last_used_at: Mapped[datetime | None]


class ProgramSecret(Identity, Base):
    """What a program proves itself with: the SHA-256 of 256 random bits. Two at most are open, so that one can be
    changed for the other without a stop.
    """

    __tablename__ = "program_secret"
    __table_args__ = (
        UniqueConstraint("hash"),
        Index("ix_program_secret_client", "tenant_id", "client_id"),
    )
    tenant_id: Mapped[UUID] = mapped_column(ForeignKey(f"{SCHEMA}.municipality.id"))
    client_id: Mapped[UUID]
    hash: Mapped[bytes]
    made_at: Mapped[datetime] = mapped_column(server_default=func.now())
    made_by_name: Mapped[str]
    ended_at: Mapped[datetime | None]
    last_used_at: Mapped[datetime | None]


class ProgramToken(Identity, Base):
    """A token for ten minutes, as its SHA-256. It falls with its secret, its program and its municipality."""

    __tablename__ = "program_token"
    __table_args__ = (
        UniqueConstraint("token_hash"),
        Index("ix_program_token_expires_at", "expires_at"),
    )
    tenant_id: Mapped[UUID] = mapped_column(ForeignKey(f"{SCHEMA}.municipality.id"))
    client_id: Mapped[UUID]
    secret_id: Mapped[UUID] = mapped_column(ForeignKey(f"{SCHEMA}.program_secret.id"))
    token_hash: Mapped[bytes]
    scopes: Mapped[list[str]]
    made_at: Mapped[datetime] = mapped_column(server_default=func.now())
    expires_at: Mapped[datetime]
