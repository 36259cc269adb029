"""Meeting packs: what is put before the steering group, kept so that the same pack can be made again."""

from __future__ import annotations

from datetime import date, time
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, Uuid
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from sammen.db.base import Base, Regional, Stamped, region_fk


class MeetingPack(Regional, Stamped, Base):
    """One pack for one meeting. It holds no figures: they are read from its releases, which never change."""

    __tablename__ = "meeting_pack"
    __region_door__ = "current_steering"
    __table_args__ = (
        region_fk("release_id", "release"),
        CheckConstraint("cardinality(reports) > 0 AND cardinality(reports) <= 60", name="reports"),
        CheckConstraint("cardinality(series) > 0 AND cardinality(agenda) <= 60", name="lists"),
        CheckConstraint("length(place) <= 120 AND length(foreword) <= 4000", name="texts"),
        Index("ix_meeting_pack_day", "region_id", "held_on"),
    )
    release_id: Mapped[UUID]
    series: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid))
    """The releases its charts over time are drawn from, the oldest first; the last is `release_id`."""
    held_on: Mapped[date]
    held_at: Mapped[time | None]
    """When the meeting begins, if it was told."""
    place: Mapped[str] = mapped_column(default="", server_default="")
    agenda: Mapped[list[str]]
    reports: Mapped[list[str]]
    """Ids of the reports it shows. One that is no longer declared is passed over."""
    foreword: Mapped[str] = mapped_column(default="", server_default="")
    made_by: Mapped[UUID]
    made_by_name: Mapped[str]
    """The name at that time: those who read the pack may not read the list of users."""
