"""What a municipality decided in a case, and the services it granted. Orders to the provider live in `assignments/`."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from sammen.db.base import SCHEMA, Base, Municipal, Stamped, owned_fk

FORMS = "form IN ('individual', 'group', 'organisation', 'training')"


class Decision(Municipal, Stamped, Base):
    """The written individual decision (vedtak), with what law and good practice ask of it (A6).

    A draft is proposed by one and issued by another (A6, fvl. § 6). What is proposed is not changed, and what is issued
    never again: a trigger holds it (`decision_stands`). A change is a new decision that points to the one it `replaces`.
    `taken_over` decisions come from a municipality's own list, which may correct them.
    """

    __tablename__ = "decision"
    __table_args__ = (
        owned_fk("case_id", "case_file"),
        owned_fk("replaces_id", "decision"),
        CheckConstraint("state IN ('draft', 'proposed', 'issued', 'ended', 'replaced')", name="state"),
        CheckConstraint(
            "kind IN ('grant', 'partial', 'refusal', 'withdrawal', 'change', 'ending')", name="kind"
        ),
        CheckConstraint("state <> 'proposed' OR proposed_by IS NOT NULL", name="proposed"),
        CheckConstraint("kind NOT IN ('change', 'ending') OR replaces_id IS NOT NULL", name="replaces"),
        Index("ix_decision_case", "tenant_id", "case_id"),
        # One at work in a case: two who begin at once meet here.
        Index(
            "uq_decision_at_work", "tenant_id", "case_id", unique=True,
            postgresql_where=text("state IN ('draft', 'proposed')"),
        ),
        Index(
            "ix_decision_at_work", "tenant_id", "state", "changed_at",
            postgresql_where=text("state IN ('draft', 'proposed')"),
        ),
    )  # fmt: skip
    case_id: Mapped[UUID]
    state: Mapped[str] = mapped_column(default="draft", server_default="draft")
    kind: Mapped[str] = mapped_column(default="grant", server_default="grant")
    goal: Mapped[str] = mapped_column(default="", server_default="")
    own_words: Mapped[str] = mapped_column(default="", server_default="")
    reasons: Mapped[str] = mapped_column(default="", server_default="")
    not_granted: Mapped[str] = mapped_column(default="", server_default="")
    """Of a partial grant: what was not granted, and why (A15)."""
    legal_ground: Mapped[str | None] = mapped_column(ForeignKey(f"{SCHEMA}.legal_ground.code"))
    evaluate_on: Mapped[date | None]
    replaces_id: Mapped[UUID | None]
    """The decision in force that this one takes the place of."""
    ends_on: Mapped[date | None]
    """Of an ending: the last day of the services."""
    interpreter: Mapped[str] = mapped_column(default="", server_default="")
    """The language an interpreter was needed for when it was proposed; empty when none was."""
    individual_plan: Mapped[bool] = mapped_column(default=False, server_default="false")
    """Whether the person had an individual plan then."""
    written_by: Mapped[UUID | None]
    written_by_name: Mapped[str] = mapped_column(default="", server_default="")
    proposed_at: Mapped[datetime | None]
    proposed_by: Mapped[UUID | None]
    proposed_by_name: Mapped[str] = mapped_column(default="", server_default="")
    return_note: Mapped[str] = mapped_column(default="", server_default="")
    """What the one who was to decide wants changed; empty when nobody has sent it back."""
    returned_by_name: Mapped[str] = mapped_column(default="", server_default="")
    decided_on: Mapped[date | None]
    decided_by: Mapped[UUID | None]
    decided_by_name: Mapped[str] = mapped_column(default="", server_default="")
    issued_at: Mapped[datetime | None]
    impartial: Mapped[list[str]] = mapped_column(server_default="{}")
    """The names of those who declared that they are impartial (habilitet, fvl. § 6): who proposed, and who decided."""
    taken_over: Mapped[bool] = mapped_column(default=False, server_default="false")
    ended_on: Mapped[date | None]
    outcome: Mapped[str] = mapped_column(default="", server_default="")


class ServiceGrant(Municipal, Base):
    """One service in a decision: form, scope, period (A3). `amount` hours per `unit`; NULL for a group without hours.

    A granted service that goes on under a new decision belongs to a line: `line_id` is the first grant of it. So an order
    and its contact go on when the hours change. `ended_on` is the last day when it ended before `valid_to`.
    """

    __tablename__ = "service_grant"
    __table_args__ = (
        owned_fk("decision_id", "decision", ondelete="CASCADE"),
        owned_fk("line_id", "service_grant"),
        CheckConstraint(FORMS, name="form"),
        CheckConstraint("unit IN ('week', 'month')", name="unit"),
        CheckConstraint("valid_to IS NULL OR valid_to >= valid_from", name="period"),
        Index("ix_service_grant_decision", "tenant_id", "decision_id"),
        Index("ix_service_grant_line", "tenant_id", "line_id", postgresql_where=text("line_id IS NOT NULL")),
    )
    decision_id: Mapped[UUID]
    form: Mapped[str]
    amount: Mapped[Decimal | None]
    unit: Mapped[str] = mapped_column(default="week", server_default="week")
    times: Mapped[str] = mapped_column(default="", server_default="")
    content: Mapped[str] = mapped_column(default="", server_default="")
    """What the hours are to be used for."""
    goal: Mapped[str] = mapped_column(default="", server_default="")
    """A goal of its own; empty when the decision's is enough."""
    valid_from: Mapped[date | None]
    valid_to: Mapped[date | None]
    line_id: Mapped[UUID | None]
    ended_on: Mapped[date | None]
    outcome: Mapped[str] = mapped_column(default="", server_default="")


class AdvanceNotice(Municipal, Stamped, Base):
    """Notice before a decision that takes something away (forhåndsvarsel, fvl. § 16; A15): what, why, and until when one
    may reply. Or, with a `waiver`, why no notice is given (fvl. § 16 third paragraph).

    `covers` is what the notice told of, as rules.Reduction writes it: a draft that takes more needs a new one.
    """

    __tablename__ = "advance_notice"
    __app_rights__ = frozenset({"SELECT", "INSERT", "UPDATE"})
    __table_args__ = (
        owned_fk("case_id", "case_file"),
        owned_fk("decision_id", "decision", ondelete="CASCADE"),
        CheckConstraint("waiver IN ('', 'impracticable', 'no_address', 'known')", name="waiver"),
        CheckConstraint("(waiver = '') = (reply_by IS NOT NULL)", name="reply_by"),
        CheckConstraint("reply_by >= given_on", name="after"),
        CheckConstraint("replied_on >= given_on", name="replied"),
        Index("ix_advance_notice_decision", "tenant_id", "decision_id"),
        Index("ix_advance_notice_case", "tenant_id", "case_id"),
    )
    case_id: Mapped[UUID]
    decision_id: Mapped[UUID]
    what: Mapped[str]
    why: Mapped[str]
    covers: Mapped[list[str]] = mapped_column(server_default="{}")
    given_on: Mapped[date]
    given_by: Mapped[UUID | None]
    given_by_name: Mapped[str] = mapped_column(default="", server_default="")
    reply_by: Mapped[date | None]
    waiver: Mapped[str] = mapped_column(default="", server_default="")
    waiver_reason: Mapped[str] = mapped_column(default="", server_default="")
    replied_on: Mapped[date | None]
    replied_by: Mapped[str] = mapped_column(default="", server_default="")
    reply: Mapped[str] = mapped_column(default="", server_default="")
