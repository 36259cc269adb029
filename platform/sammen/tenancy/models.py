"""Municipalities, regions and who was a member of which, over time. Reference tables: no personal data."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from sammen.db.base import SCHEMA, Base, Reference
from sammen.ids import uuid7


class Municipality(Reference, Base):
    """A tenant. `valid_to` is the last day it existed; the codes are Statistics Norway's."""

    __tablename__ = "municipality"
    __table_args__ = (CheckConstraint("language_form IN ('nb', 'nn')", name="language_form"),)
    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid7)
    code: Mapped[str] = mapped_column(unique=True)
    slug: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    language_form: Mapped[str] = mapped_column(default="nb", server_default="nb")
    settings: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default="{}")
    latitude: Mapped[float | None]
    longitude: Mapped[float | None]
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]


class Region(Reference, Base):
    """Municipalities that share a pool, courses, groups and figures (samarbeid)."""

    __tablename__ = "region"
    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid7)
    slug: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    settings: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default="{}")
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]


class RegionMembership(Reference, Base):
    """A municipality's time in a region."""

    __tablename__ = "region_membership"
    __table_args__ = (UniqueConstraint("region_id", "municipality_id", "valid_from"),)
    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid7)
    region_id: Mapped[UUID] = mapped_column(ForeignKey(f"{SCHEMA}.region.id"))
    municipality_id: Mapped[UUID] = mapped_column(ForeignKey(f"{SCHEMA}.municipality.id"), index=True)
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]


class MunicipalityPopulation(Reference, Base):
    """Inhabitants by year and age band, from Statistics Norway, table 07459."""

    __tablename__ = "municipality_population"
    municipality_id: Mapped[UUID] = mapped_column(ForeignKey(f"{SCHEMA}.municipality.id"), primary_key=True)
    year: Mapped[int] = mapped_column(primary_key=True)
    age_band: Mapped[str] = mapped_column(primary_key=True)
    inhabitants: Mapped[int]
