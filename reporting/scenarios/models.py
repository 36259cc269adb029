"""Saved scenarios: what was assumed, about which release, what came out, and which edition of the sums was used (D5)."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Index
from sqlalchemy.orm import Mapped, mapped_column

from sammen.db.base import APPEND_ONLY, Base, Regional, Stamped, region_fk


class Scenario(Regional, Stamped, Base):
    """One scenario as it was saved. It is never changed: whoever thinks otherwise saves another."""

    __tablename__ = "scenario"
    __app_rights__ = APPEND_ONLY
    __region_door__ = "current_steering"
    __table_args__ = (
        region_fk("release_id", "release"),
        CheckConstraint("lever IN ('satser', 'kurs', 'grupper', 'rekruttering')", name="lever"),
        CheckConstraint("name <> '' AND length(name) <= 120 AND model_version > 0", name="named"),
        Index("ix_scenario_release", "region_id", "release_id"),
    )
    release_id: Mapped[UUID]
    lever: Mapped[str]
    name: Mapped[str]
    inputs: Mapped[dict[str, Any]]
    """Each assumption's low and high, and the choices, as text: numbers exact."""
    results: Mapped[dict[str, Any]]
    """What came out, place by place; for places that could not be reckoned, why. Only of published figures."""
    model_version: Mapped[int]
    saved_by: Mapped[UUID]
    saved_by_name: Mapped[str] = mapped_column(default="", server_default="")
