"""The trail: who changed what and who read whom. Appended in the same transaction, without a lock; sealed by a job.

The app role may insert and read, never change: sealing is done by a SECURITY DEFINER function, which numbers
unsealed rows and chains their digests per municipality (docs/decisions/0006-audit-chain.md).
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKeyConstraint, Index, UniqueConstraint, func, text
from sqlalchemy.orm import Mapped, declared_attr, mapped_column

from sammen.db.base import APPEND_ONLY, SCHEMA, Base, Identity, Municipal, Regional

READ_ONLY = frozenset({"SELECT"})
# Nobody writes an entry in another's name, or one that claims to be sealed.
AS_ONESELF = (
    "actor_id IS NOT DISTINCT FROM (select sammen.current_user_id()) AND seal_no IS NULL AND seal IS NULL"
)


class Entry:
    """What an entry of any trail says. `category`: change, read or refusal. `persons`: whom it is about."""

    at: Mapped[datetime] = mapped_column(server_default=func.clock_timestamp())
    category: Mapped[str]
    action: Mapped[str]
    actor_id: Mapped[UUID | None]
    actor_name: Mapped[str]
    role: Mapped[str]
    why: Mapped[str]
    persons: Mapped[list[UUID]] = mapped_column(server_default="{}")
    object_kind: Mapped[str | None]
    object_id: Mapped[UUID | None]
    details: Mapped[dict[str, Any]] = mapped_column(server_default="{}")
    request_id: Mapped[UUID | None]
    seal_no: Mapped[int | None] = mapped_column(BigInteger)
    seal: Mapped[bytes | None]


def _args(table: str, owner: str | None) -> tuple[Any, ...]:
    scope = [owner] if owner else []
    return (
        CheckConstraint("category IN ('change', 'read', 'refusal')", name="category"),
        UniqueConstraint(*scope, "seal_no"),
        Index(f"ix_{table}_unsealed", *scope, "id", postgresql_where=text("seal_no IS NULL")),
    )


class AuditEntry(Municipal, Entry, Base):
    """A municipality's trail."""

    __tablename__ = "audit_entry"
    __app_rights__ = APPEND_ONLY
    __insert_check__ = AS_ONESELF

    @declared_attr.directive
    def __table_args__(cls) -> tuple[Any, ...]:  # noqa: N805 - declared_attr passes the class
        return (
            *_args("audit_entry", "tenant_id"),
            Index("ix_audit_entry_at", "tenant_id", text("at DESC")),
            Index(
                "ix_audit_entry_refusal",
                "tenant_id",
                text("at DESC"),
                postgresql_where=text("category = 'refusal'"),
            ),
            Index("ix_audit_entry_object", "tenant_id", "object_id", text("id DESC")),
            Index("ix_audit_entry_persons", "persons", postgresql_using="gin"),
        )


class RegionAuditEntry(Regional, Entry, Base):
    """A region's trail: the pool's reads and changes. No role of the region may read it: it says which candidate was
    proposed for which need, to the minute. Sealing and `sammen audit verify` read it with rights of their own.
    """

    __tablename__ = "region_audit_entry"
    __app_rights__: ClassVar[frozenset[str]] = frozenset({"INSERT"})
    __insert_check__ = AS_ONESELF
    __table_args__ = _args("region_audit_entry", "region_id")


class SystemAuditEntry(Identity, Entry, Base):
    """Logins, refusals without a place, and what operators did. Written through functions only."""

    __tablename__ = "system_audit_entry"
    __table_args__ = _args("system_audit_entry", None)


class AuditHead(Identity, Base):
    """The end of each chain: number and digest, to compare with and to hand to an outside witness."""

    __tablename__ = "audit_head"
    __table_args__ = (UniqueConstraint("scope_id"),)
    scope_id: Mapped[UUID]
    seal_no: Mapped[int] = mapped_column(BigInteger)
    seal: Mapped[bytes]
    sealed_at: Mapped[datetime]


class AuditRoot(Identity, Base):
    """One batch that was sealed: the root of a Merkle tree (RFC 6962) over what its entries say, numbers `from_no` to
    `to_no` of the chain `scope_id`, whose head was `head` then. `witnessed_at`: when it was last told to the outside.
    """

    __tablename__ = "audit_root"
    __table_args__ = (
        CheckConstraint("from_no >= 1 AND to_no >= from_no", name="numbers"),
        CheckConstraint("octet_length(root) = 32 AND octet_length(head) = 32", name="digests"),
        UniqueConstraint("scope_id", "to_no"),
        Index("ix_audit_root_untold", "scope_id", "to_no", postgresql_where=text("witnessed_at IS NULL")),
    )
    scope_id: Mapped[UUID]
    from_no: Mapped[int] = mapped_column(BigInteger)
    to_no: Mapped[int] = mapped_column(BigInteger)
    root: Mapped[bytes]
    head: Mapped[bytes]
    made_at: Mapped[datetime]
    witnessed_at: Mapped[datetime | None]


class AccessIndex(Municipal, Base):
    """Per person: which entries read or changed something of theirs. Filled by sealing."""

    __tablename__ = "access_index"
    __app_rights__ = READ_ONLY
    __table_args__ = (
        ForeignKeyConstraint(
            ["tenant_id", "entry_id"], [f"{SCHEMA}.audit_entry.tenant_id", f"{SCHEMA}.audit_entry.id"]
        ),
        Index("ix_access_index_person", "tenant_id", "person_id", text("at DESC")),
        UniqueConstraint("tenant_id", "person_id", "entry_id"),
    )
    person_id: Mapped[UUID]
    entry_id: Mapped[UUID]
    at: Mapped[datetime]


class AuditGap(Municipal, Base):
    """Entries of a trail that have gone by rule (tenants/retention): which numbers, and the seal of the last of them.

    Written by `retention_trim` alone. The chain is computed on from `seal`; the sealed entry `retention.trimmed` says the
    same numbers and the same seal, so that a gap nobody decided on does not look like one that somebody did.
    """

    __tablename__ = "audit_gap"
    __app_rights__ = READ_ONLY
    __table_args__ = (
        UniqueConstraint("tenant_id", "first_no"),
        CheckConstraint("last_no >= first_no", name="numbers"),
    )
    first_no: Mapped[int] = mapped_column(BigInteger)
    last_no: Mapped[int] = mapped_column(BigInteger)
    seal: Mapped[bytes]
    made_at: Mapped[datetime] = mapped_column(server_default=func.now())
