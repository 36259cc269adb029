"""Deviations (avvik): what went wrong or was not done, why, what is done about it, and when it was closed."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from sammen.db.base import APPEND_ONLY, Base, Municipal, Stamped, owned_fk

KEPT = frozenset({"SELECT", "INSERT", "UPDATE"})
"""A deviation is closed, never taken away."""


class Deviation(Municipal, Stamped, Base):
    """A deviation, of a case or of none; open while `closed_on` is empty.

    `rule` and `object_id` say what opened it by itself, `began_on` from which day that thing was late: the three make it
    the same deviation however often the rule looks (A10). `put_right_on` is the day the rule no longer found it; a
    person closes it all the same. The last five columns belong to supervision (tilsyn, A17).
    """

    __tablename__ = "deviation"
    __app_rights__ = KEPT
    __table_args__ = (
        owned_fk("case_id", "case_file"),
        CheckConstraint("source IN ('own', 'user', 'supervision')", name="source"),
        CheckConstraint(
            "kind IN ('deadline', 'service', 'incident', 'privacy', 'routine', 'other')", name="kind"
        ),
        CheckConstraint(
            "rule IN ('', 'not_started', 'month_limit', 'promised_day', 'evaluation', 'complaint')",
            name="rule",
        ),
        CheckConstraint("rule = '' OR (object_id IS NOT NULL AND began_on IS NOT NULL)", name="rule_object"),
        CheckConstraint("rule <> '' OR title <> ''", name="title"),
        CheckConstraint("closed_on IS NULL OR closing_text <> ''", name="closing"),
        UniqueConstraint("tenant_id", "rule", "object_id", "began_on"),
        Index("ix_deviation_case", "tenant_id", "case_id"),
        Index("ix_deviation_open", "tenant_id", "due_on", "id", postgresql_where=text("closed_on IS NULL")),
        Index("ix_deviation_found", "tenant_id", "found_on", "id"),
    )
    case_id: Mapped[UUID | None]
    source: Mapped[str] = mapped_column(default="own", server_default="own")
    kind: Mapped[str]
    rule: Mapped[str] = mapped_column(default="", server_default="")
    object_id: Mapped[UUID | None]
    began_on: Mapped[date | None]
    found_on: Mapped[date]
    title: Mapped[str] = mapped_column(default="", server_default="")
    description: Mapped[str] = mapped_column(default="", server_default="")
    cause: Mapped[str] = mapped_column(default="", server_default="")
    reported_by: Mapped[UUID | None]
    reported_by_name: Mapped[str] = mapped_column(default="", server_default="")
    responsible_id: Mapped[UUID | None]
    responsible_name: Mapped[str] = mapped_column(default="", server_default="")
    due_on: Mapped[date | None]
    put_right_on: Mapped[date | None]
    closed_on: Mapped[date | None]
    closed_by_name: Mapped[str] = mapped_column(default="", server_default="")
    closing_text: Mapped[str] = mapped_column(default="", server_default="")
    authority: Mapped[str] = mapped_column(default="", server_default="")
    reply_by: Mapped[date | None]
    replied_on: Mapped[date | None]
    closing_letter_on: Mapped[date | None]
    closing_letter: Mapped[str] = mapped_column(default="", server_default="")


class DeviationMeasure(Municipal, Stamped, Base):
    """Something that is to be done about it: at once (short) or so that it does not happen again (long)."""

    __tablename__ = "deviation_measure"
    __app_rights__ = KEPT
    __table_args__ = (
        owned_fk("deviation_id", "deviation"),
        CheckConstraint("horizon IN ('short', 'long')", name="horizon"),
        Index("ix_deviation_measure_deviation", "tenant_id", "deviation_id"),
        Index(
            "ix_deviation_measure_open", "tenant_id", "due_on", "id", postgresql_where=text("done_on IS NULL")
        ),
    )
    deviation_id: Mapped[UUID]
    horizon: Mapped[str]
    what: Mapped[str]
    responsible_id: Mapped[UUID | None]
    responsible_name: Mapped[str] = mapped_column(default="", server_default="")
    due_on: Mapped[date]
    done_on: Mapped[date | None]
    done_by_name: Mapped[str] = mapped_column(default="", server_default="")


class DeviationEvent(Municipal, Base):
    """What happened to a deviation, in words that stay: opened, put right, closed, opened again."""

    __tablename__ = "deviation_event"
    __app_rights__ = APPEND_ONLY
    __table_args__ = (
        owned_fk("deviation_id", "deviation"),
        CheckConstraint("what IN ('opened', 'put_right', 'late_again', 'closed', 'reopened')", name="what"),
        Index("ix_deviation_event_deviation", "tenant_id", "deviation_id"),
    )
    deviation_id: Mapped[UUID]
    what: Mapped[str]
    happened_on: Mapped[date]
    by_name: Mapped[str] = mapped_column(default="", server_default="")
    words: Mapped[str] = mapped_column(default="", server_default="")
