"""A complaint on a decision: from the day it came, through the municipality's new look, to Statsforvalteren (A9)."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from sammen.db.base import Base, Municipal, Stamped, owned_fk


class Complaint(Municipal, Stamped, Base):
    """One complaint on one decision (fvl. ch. VI; pasient- og brukerrettighetsloven ch. 7).

    `received`: the municipality looks at the decision again; `proposed`: an answer is written and waits for somebody
    else; `appealed`: at Statsforvalteren; `closed`. `answer` is the municipality's own, `appeal_result` what
    Statsforvalteren decided.

    `reached_on` is the day word of the decision came to the party: from `reached_by_post` counted from the day the
    letter left, else as somebody has written it. `weeks` and `deadline_on` are what followed from the decision's legal
    ground then, and stay when the ground's rule changes. `posted_on` is the day the complaint was handed to the post,
    which is the day that counts (fvl. § 30).

    `decide_by` stands while a new decision must come of it, and goes when one is made.

    `answer_by` is the municipality's own limit and `interim_by` the law's one month; `due_on` is the one of the dates
    that binds next, and is empty when nothing waits for the municipality.
    """

    __tablename__ = "complaint"
    __table_args__ = (
        owned_fk("case_id", "case_file"),
        owned_fk("decision_id", "decision"),
        CheckConstraint("state IN ('received', 'proposed', 'appealed', 'closed')", name="state"),
        CheckConstraint("channel IN ('letter', 'form', 'oral')", name="channel"),
        CheckConstraint(
            "complainant IN ('self', 'parent', 'guardian', 'power_of_attorney', 'other')", name="complainant"
        ),
        CheckConstraint("answer IN ('', 'changed', 'partly', 'upheld', 'dismissed')", name="answer"),
        CheckConstraint("appeal_result IN ('', 'confirmed', 'changed', 'annulled', 'dismissed')", name="appeal_result"),
        CheckConstraint("late_ground IN ('', 'no_blame', 'special')", name="late_ground"),
        CheckConstraint("dismiss_ground IN ('', 'late', 'no_party', 'no_decision')", name="dismiss_ground"),
        CheckConstraint("deferral IN ('none', 'asked', 'granted', 'refused')", name="deferral"),
        CheckConstraint("(state = 'closed') = (closed_on IS NOT NULL)", name="closed"),
        CheckConstraint("state <> 'appealed' OR (appealed_on IS NOT NULL AND answer IN ('partly', 'upheld'))",
                        name="appealed"),
        CheckConstraint("NOT late OR answer NOT IN ('changed', 'partly', 'upheld') OR late_ground <> ''", name="late"),
        CheckConstraint("concluded_by IS NULL OR concluded_on IS NOT NULL", name="concluded"),
        Index("ix_complaint_case", "tenant_id", "case_id"),
        Index("ix_complaint_decision", "tenant_id", "decision_id"),
        Index("ix_complaint_due", "tenant_id", "due_on", "id",
              postgresql_where=text("state <> 'closed' OR decide_by IS NOT NULL")),
    )  # fmt: skip
    case_id: Mapped[UUID]
    decision_id: Mapped[UUID]
    state: Mapped[str] = mapped_column(default="received", server_default="received")
    received_on: Mapped[date]
    posted_on: Mapped[date | None]
    channel: Mapped[str]
    complainant: Mapped[str]
    complainant_name: Mapped[str] = mapped_column(default="", server_default="")
    wants: Mapped[str]
    reached_on: Mapped[date | None]
    reached_by_post: Mapped[bool] = mapped_column(default=False, server_default="false")
    weeks: Mapped[int]
    deadline_on: Mapped[date | None]
    late: Mapped[bool] = mapped_column(default=False, server_default="false")
    late_ground: Mapped[str] = mapped_column(default="", server_default="")
    late_reason: Mapped[str] = mapped_column(default="", server_default="")
    dismiss_ground: Mapped[str] = mapped_column(default="", server_default="")
    deferral: Mapped[str] = mapped_column(default="none", server_default="none")
    deferral_reason: Mapped[str] = mapped_column(default="", server_default="")
    answer_by: Mapped[date]
    interim_by: Mapped[date]
    interim_on: Mapped[date | None]
    interim_reason: Mapped[str] = mapped_column(default="", server_default="")
    expected_on: Mapped[date | None]
    due_on: Mapped[date | None]
    answer: Mapped[str] = mapped_column(default="", server_default="")
    reasons: Mapped[str] = mapped_column(default="", server_default="")
    prepared_on: Mapped[date | None]
    prepared_by: Mapped[UUID | None]
    prepared_by_name: Mapped[str] = mapped_column(default="", server_default="")
    return_note: Mapped[str] = mapped_column(default="", server_default="")
    concluded_on: Mapped[date | None]
    concluded_by: Mapped[UUID | None]
    concluded_by_name: Mapped[str] = mapped_column(default="", server_default="")
    appealed_on: Mapped[date | None]
    appeal_result: Mapped[str] = mapped_column(default="", server_default="")
    appeal_decided_on: Mapped[date | None]
    appeal_note: Mapped[str] = mapped_column(default="", server_default="")
    withdrawn_on: Mapped[date | None]
    withdrawn_note: Mapped[str] = mapped_column(default="", server_default="")
    decide_by: Mapped[date | None]
    closed_on: Mapped[date | None]
    registered_by: Mapped[UUID | None]
