"""The yearly look at a decision in force: what the service user says of it, and what happens next (A7, A11)."""

from __future__ import annotations

from datetime import date, time
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from sammen.db.base import Base, Municipal, Stamped, owned_fk


class Evaluation(Municipal, Stamped, Base):
    """One evaluation of one decision. Nobody applies again: the evaluation decides what comes (A7).

    `planned`: a time is agreed and nothing is written; `draft`: begun; `done`: nobody changes it. `due_on` is the day it
    should have been held by when it was begun. `own_words` are the service user's, as they were said; when there are
    none, `no_words_reason` says why. `next_on` is when the decision is looked at again: the decision's own text stays.
    """

    __tablename__ = "evaluation"
    __table_args__ = (
        owned_fk("case_id", "case_file"),
        owned_fk("decision_id", "decision"),
        CheckConstraint("state IN ('planned', 'draft', 'done')", name="state"),
        CheckConstraint("scope IN ('light', 'full')", name="scope"),
        CheckConstraint("words_by IN ('said', 'helped', 'observed')", name="words_by"),
        CheckConstraint("goal_reached IN ('', 'yes', 'partly', 'no')", name="goal_reached"),
        CheckConstraint("form_fits IN ('', 'yes', 'no')", name="form_fits"),
        CheckConstraint("hours_fit IN ('', 'fits', 'too_few', 'too_many')", name="hours_fit"),
        CheckConstraint("lonely IN ('', 'no', 'unsure', 'yes')", name="lonely"),
        CheckConstraint("outcome IN ('', 'continue', 'prolong', 'change', 'end', 'end_contested')", name="outcome"),
        CheckConstraint("state <> 'done' OR (held_on IS NOT NULL AND outcome <> '')", name="done"),
        CheckConstraint("state <> 'planned' OR planned_on IS NOT NULL", name="planned"),
        Index("ix_evaluation_case", "tenant_id", "case_id"),
        Index("ix_evaluation_decision", "tenant_id", "decision_id", "held_on"),
        Index("uq_evaluation_open", "tenant_id", "decision_id", unique=True, postgresql_where=text("state <> 'done'")),
    )  # fmt: skip
    case_id: Mapped[UUID]
    decision_id: Mapped[UUID]
    state: Mapped[str] = mapped_column(default="draft", server_default="draft")
    scope: Mapped[str] = mapped_column(default="full", server_default="full")
    due_on: Mapped[date]
    planned_on: Mapped[date | None]
    planned_time: Mapped[time | None]
    planned_with: Mapped[str] = mapped_column(default="", server_default="")
    held_on: Mapped[date | None]
    participants: Mapped[list[str]] = mapped_column(server_default="{}")
    own_words: Mapped[str] = mapped_column(default="", server_default="")
    words_by: Mapped[str] = mapped_column(default="said", server_default="said")
    no_words_reason: Mapped[str] = mapped_column(default="", server_default="")
    representative_words: Mapped[str] = mapped_column(default="", server_default="")
    contact_view: Mapped[str] = mapped_column(default="", server_default="")
    goal_reached: Mapped[str] = mapped_column(default="", server_default="")
    goal_seen: Mapped[str] = mapped_column(default="", server_default="")
    form_fits: Mapped[str] = mapped_column(default="", server_default="")
    hours_fit: Mapped[str] = mapped_column(default="", server_default="")
    lonely: Mapped[str] = mapped_column(default="", server_default="")
    next_step: Mapped[str] = mapped_column(default="", server_default="")
    outcome: Mapped[str] = mapped_column(default="", server_default="")
    next_on: Mapped[date | None]
    end_reason: Mapped[str] = mapped_column(default="", server_default="")
    end_note: Mapped[str] = mapped_column(default="", server_default="")
    ends_on: Mapped[date | None]
    written_by: Mapped[UUID | None]
    written_by_name: Mapped[str] = mapped_column(default="", server_default="")
