"""What municipalities have agreed on before they work together: the text, and each municipality's signature on it."""

from __future__ import annotations

from datetime import date, datetime
from typing import ClassVar
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from sammen.db.base import SCHEMA, Base, Regional, Shared, Stamped, region_fk

KIND_CHECK = "kind IN ('arrangement', 'cooperation', 'host')"
PERIOD_CHECK = "valid_to >= valid_from"


class Accord(Regional, Stamped, Base):
    """One version of an arrangement (GDPR art. 26) or an agreement (kommuneloven ch. 17 to 20) of a region.

    Written by the project manager; when it is out, each municipality has its own copy to sign, and this row stands
    (`accord_stands`, migration).
    """

    __tablename__ = "accord"
    __region_door__ = "current_steering"
    __app_rights__ = frozenset({"SELECT", "INSERT", "UPDATE"})
    __table_args__ = (
        UniqueConstraint("region_id", "kind", "number"),
        CheckConstraint(KIND_CHECK, name="kind"),
        CheckConstraint("state IN ('draft', 'out', 'withdrawn')", name="state"),
        CheckConstraint(PERIOD_CHECK, name="period"),
        CheckConstraint("length(digest) = 32", name="digest"),
    )
    kind: Mapped[str]
    number: Mapped[int]
    """1, 2, … within its kind: the version."""
    state: Mapped[str] = mapped_column(default="draft", server_default="draft")
    title: Mapped[str]
    contact_point: Mapped[str]
    """Where people turn who ask about their data (art. 26 no. 1)."""
    content: Mapped[str]
    """The outline as it was written out: what is shared, why, who answers."""
    document: Mapped[bytes | None] = mapped_column(deferred=True)
    """The signed-off text as PDF, when there is one beside the outline."""
    digest: Mapped[bytes]
    """SHA-256 over all that is signed (rules.digest_of)."""
    valid_from: Mapped[date]
    valid_to: Mapped[date]
    registered_by: Mapped[UUID]
    registered_by_name: Mapped[str]
    out_at: Mapped[datetime | None]


class AccordParty(Shared, Base):
    """A municipality's own copy of what is out, and its signature: made in that municipality's own place and no other.

    What is copied stands, a signature is given once by somebody else than who wrote the text, and notice is given once
    (`accord_party_stands`, migration). `sammen.accord_open()` reads this table.
    """

    __tablename__ = "accord_party"
    __parties__ = ("municipality_id",)
    __party_may__: ClassVar[dict[str, tuple[str, ...]]] = {
        "SELECT": ("municipality_id",), "UPDATE": ("municipality_id",)}  # fmt: skip
    __region_door__ = "current_steering"
    __region_may__ = frozenset({"SELECT", "INSERT"})
    __insert_check__ = "signed_on IS NULL AND ended_on IS NULL"
    __app_rights__ = frozenset({"SELECT", "INSERT", "UPDATE"})
    __table_args__ = (
        region_fk("accord_id", "accord"),
        UniqueConstraint("region_id", "accord_id", "municipality_id"),
        CheckConstraint(KIND_CHECK, name="kind"),
        CheckConstraint(PERIOD_CHECK, name="period"),
        CheckConstraint(
            "(signed_on IS NULL) = (signed_by IS NULL) AND (signed_on IS NULL) = (signed_by_name IS NULL)"
            " AND (signed_on IS NULL) = (signed_digest IS NULL)",
            name="signed",
        ),
        CheckConstraint("ended_on IS NULL OR signed_on IS NOT NULL", name="ended"),
        CheckConstraint("length(digest) = 32", name="digest"),
        Index("ix_accord_party_municipality", "municipality_id"),
    )
    municipality_id: Mapped[UUID] = mapped_column(ForeignKey(f"{SCHEMA}.municipality.id"))
    accord_id: Mapped[UUID]
    kind: Mapped[str]
    number: Mapped[int]
    title: Mapped[str]
    contact_point: Mapped[str]
    content: Mapped[str]
    document: Mapped[bytes | None] = mapped_column(deferred=True)
    digest: Mapped[bytes]
    valid_from: Mapped[date]
    valid_to: Mapped[date]
    registered_by: Mapped[UUID]
    sent_at: Mapped[datetime]
    signed_on: Mapped[date | None]
    signed_by: Mapped[UUID | None]
    signed_by_name: Mapped[str | None]
    signed_digest: Mapped[bytes | None]
    ended_on: Mapped[date | None]
    """The last day, when the municipality has given notice."""
    version: Mapped[int] = mapped_column(default=1, server_default="1")
