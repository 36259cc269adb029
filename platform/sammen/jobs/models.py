"""Background work a person waits for: its title, how far it has come, and where its result is."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, func
from sqlalchemy.orm import Mapped, mapped_column

from sammen.db.base import Base, Identity, Municipal, Regional, Stamped

STATES = "state IN ('waiting', 'running', 'done', 'failed')"


class TaskColumns:
    """`done` of `total` steps; `total` is 0 while unknown. `message` is a plain sentence for the one who waits."""

    title: Mapped[str]
    state: Mapped[str] = mapped_column(default="waiting", server_default="waiting")
    done: Mapped[int] = mapped_column(default=0, server_default="0")
    total: Mapped[int] = mapped_column(default=0, server_default="0")
    message: Mapped[str] = mapped_column(default="", server_default="")
    result_url: Mapped[str | None]
    asked_by: Mapped[UUID | None]
    ended_at: Mapped[datetime | None]


class Task(Municipal, TaskColumns, Stamped, Base):
    """A municipality's background work."""

    __tablename__ = "task"
    __table_args__ = (CheckConstraint(STATES, name="state"),)


class RegionTask(Regional, TaskColumns, Stamped, Base):
    """A region's background work."""

    __tablename__ = "region_task"
    __table_args__ = (CheckConstraint(STATES, name="state"),)


class JobMark(Identity, Base):
    """A job that has had its effect: written in the effect's transaction, under the id that was signed with the job."""

    __tablename__ = "job_mark"
    done_at: Mapped[datetime] = mapped_column(server_default=func.now(), index=True)
