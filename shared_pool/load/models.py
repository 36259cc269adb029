"""What a contact's hours come to over several municipalities (C6): a key nobody can read, hours, and no way in but doors."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from sammen.db.base import SCHEMA, Base, Identity


class LoadEntry(Identity, Base):
    """One contact's hours a week in one municipality, put there by the contact's own choice (C6).

    The app role has no right on it: it is reached through `sammen.load_*` alone, which return a light and never a row.
    `key` is a keyed hash over region and national number (keys.Keys.load_key), the one hash that is equal in two
    municipalities. `shown_light` is the colour the contact has seen and said yes to showing, on `shown_on`.
    `counted_on` is the last day the hours were counted: once a day, so that no municipality can try its way to the
    hours elsewhere.
    """

    __tablename__ = "load_entry"
    __table_args__ = (
        CheckConstraint("octet_length(key) = 32", name="key"),
        CheckConstraint("hours >= 0", name="hours"),
        CheckConstraint("shown_light IN ('green', 'yellow', 'red')", name="shown_light"),
        CheckConstraint("told_light IN ('green', 'yellow', 'red')", name="told_light"),
        UniqueConstraint("tenant_id", "contact_id"),
        Index("ix_load_entry_key", "region_id", "key"),
    )
    region_id: Mapped[UUID] = mapped_column(ForeignKey(f"{SCHEMA}.region.id"))
    key: Mapped[bytes]
    tenant_id: Mapped[UUID] = mapped_column(ForeignKey(f"{SCHEMA}.municipality.id"))
    contact_id: Mapped[UUID]
    hours: Mapped[Decimal] = mapped_column(default=Decimal(0), server_default="0")
    counted_on: Mapped[date | None]
    shown_light: Mapped[str | None]
    shown_on: Mapped[date | None]
    told_light: Mapped[str | None]
    """The colour the contact was last sent a notice of."""
    switched_on_at: Mapped[datetime]


class LoadLimit(Identity, Base):
    """Where a region draws the line, as dated data: up to `green_to` hours a week is green, up to `yellow_to` yellow.

    A region without a row uses 10 and 20. The app role does not read it: a light is all that leaves.
    """

    __tablename__ = "load_limit"
    __table_args__ = (
        CheckConstraint("green_to > 0 AND yellow_to >= green_to", name="order"),
        UniqueConstraint("region_id", "valid_from"),
    )
    region_id: Mapped[UUID] = mapped_column(ForeignKey(f"{SCHEMA}.region.id"))
    valid_from: Mapped[date]
    green_to: Mapped[Decimal]
    yellow_to: Mapped[Decimal]
