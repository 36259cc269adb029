"""Settlement between municipalities (C5): what is agreed, what each has told, the statement, and who has said yes to it.

The municipality a contact helps pays the contact itself, and owes the home municipality a share for having recruited and
trained. Money is whole øre (`*_ore`). No row knows a service user: hours are told per contact and month, never per meeting,
assignment or case. The region has no right to any of it.

Each municipality writes only what it has itself done: facts and acts are added by the one they come from, and never
changed (the policies say so). What both share, the agreement and the statement, moves by steps that triggers guard.
"""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from sammen.db.base import APPEND_ONLY, Base, Shared, Stamped, region_fk

FACT_KINDS = ("hours", "recruited", "trained", "seats", "places")
PERIODS = (1, 3, 6)
"""How many months a statement covers: a month, a quarter or half a year."""
_BOTH = ("a_id", "b_id")
_EVER = ("'-infinity'", "'infinity'")


class SettlementAgreement(Shared, Stamped, Base):
    """Prices between two municipalities, the same both ways, from the first day of a month. `a_id` is the lower id.

    proposed → accepted (by the other municipality), declined (by it) or withdrawn (by the proposer). Terms never change:
    a new version does. The one in force on a day is the accepted one with the latest `valid_from` not after it, so that
    versions cannot overlap; `valid_to`, when there is one, ends it without another.
    """

    __tablename__ = "settlement_agreement"
    __parties__ = _BOTH
    __party_may__: ClassVar[dict[str, tuple[str, ...]]] = {"SELECT": _BOTH, "INSERT": _BOTH, "UPDATE": _BOTH}
    __insert_check__ = " AND ".join((
        "settlement_agreement.state = 'proposed'",
        "settlement_agreement.proposed_by_id = (select sammen.current_tenant())",
    ))  # fmt: skip
    __region_door__ = "current_pool"
    __region_may__: ClassVar[frozenset[str]] = frozenset()
    __app_rights__ = frozenset({"SELECT", "INSERT", "UPDATE"})
    __table_args__ = (
        CheckConstraint("state IN ('proposed', 'accepted', 'declined', 'withdrawn')", name="state"),
        CheckConstraint("a_id <= b_id", name="order"),
        CheckConstraint("proposed_by_id IN (a_id, b_id)", name="proposer"),
        CheckConstraint("period_months IN (1, 3, 6)", name="period"),
        CheckConstraint("EXTRACT(day FROM valid_from) = 1", name="first_day"),
        CheckConstraint(
            "valid_to IS NULL OR (valid_to > valid_from AND EXTRACT(day FROM valid_to + 1) = 1)", name="last_day"
        ),
        CheckConstraint(
            "hour_ore >= 0 AND recruiting_ore >= 0 AND course_ore >= 0 AND seat_ore >= 0 AND place_ore >= 0", name="prices"
        ),
        CheckConstraint(
            "(state = 'accepted') = (accepted_by IS NOT NULL AND accepted_by_id IS NOT NULL AND accepted_at IS NOT NULL)",
            name="accepted",
        ),
        # Four eyes across the border: the other municipality, and another person, should somebody work in both.
        CheckConstraint("accepted_by_id <> proposed_by_id AND accepted_by <> proposed_by", name="four_eyes"),
        Index(
            "uq_settlement_agreement_from", "region_id", "a_id", "b_id", "valid_from", unique=True,
            postgresql_where=text("state = 'accepted'"),
        ),
        Index("ix_settlement_agreement_a", "a_id"),
        Index("ix_settlement_agreement_b", "b_id"),
    )  # fmt: skip
    a_id: Mapped[UUID]
    b_id: Mapped[UUID]
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    period_months: Mapped[int] = mapped_column(default=3, server_default="3")
    hour_ore: Mapped[int] = mapped_column(BigInteger)
    """For each approved hour."""
    recruiting_ore: Mapped[int] = mapped_column(BigInteger)
    """Once for each contact lent."""
    course_ore: Mapped[int] = mapped_column(BigInteger)
    """Once for each contact lent who had a course from home."""
    seat_ore: Mapped[int] = mapped_column(BigInteger)
    """For each seat in a course the other holds."""
    place_ore: Mapped[int] = mapped_column(BigInteger)
    """For each place in a group the other holds, a month."""
    state: Mapped[str] = mapped_column(default="proposed", server_default="proposed")
    proposed_by_id: Mapped[UUID]
    """The municipality that proposed it; `proposed_by` is the person."""
    proposed_by: Mapped[UUID]
    proposed_by_name: Mapped[str]
    accepted_by_id: Mapped[UUID | None]
    accepted_by: Mapped[UUID | None]
    accepted_by_name: Mapped[str] = mapped_column(default="", server_default="")
    accepted_at: Mapped[datetime | None]
    ended_by_id: Mapped[UUID | None]
    """The municipality that gave notice, when one has."""


class SettlementFact(Shared, Base):
    """What the municipality that owes has told, for a month: the newest `revision` of a key counts, and 0 takes it back.

    `hours`: approved hours of a lent contact. `recruited`, `trained`: 1 in the first month such a contact worked. `seats`
    in courses, and `places` in groups, that the other holds: counts of nobody.
    """

    __tablename__ = "settlement_fact"
    __parties__ = ("debtor_id", "creditor_id")
    __party_may__: ClassVar[dict[str, tuple[str, ...]]] = {
        "SELECT": ("debtor_id", "creditor_id"), "INSERT": ("debtor_id",)}  # fmt: skip
    # Hours only of somebody who was matched: the foreign key alone would let anyone learn which candidates exist.
    __insert_check__ = (
        "(settlement_fact.candidate_id IS NULL OR EXISTS (SELECT 1 FROM sammen.proposal p"
        " WHERE p.region_id = settlement_fact.region_id AND p.candidate_id = settlement_fact.candidate_id"
        " AND p.home_id = settlement_fact.creditor_id AND p.need_tenant_id = settlement_fact.debtor_id"
        " AND p.matched_at IS NOT NULL))"
    )
    __member_between__ = ("settlement_fact.month", "(settlement_fact.month + interval '1 month')")
    __region_door__ = "current_pool"
    __region_may__: ClassVar[frozenset[str]] = frozenset()
    __app_rights__ = APPEND_ONLY
    __table_args__ = (
        region_fk("candidate_id", "candidate"),
        CheckConstraint(f"kind IN {FACT_KINDS}", name="kind"),
        CheckConstraint("(candidate_id IS NOT NULL) = (kind IN ('hours', 'recruited', 'trained'))", name="contact"),
        CheckConstraint("EXTRACT(day FROM month) = 1", name="month"),
        CheckConstraint("quantity >= 0 AND quantity <= 100000", name="quantity"),
        UniqueConstraint(
            "region_id", "debtor_id", "creditor_id", "kind", "month", "candidate_id", "revision",
            name="uq_settlement_fact_revision", postgresql_nulls_not_distinct=True,
        ),
        Index("ix_settlement_fact_debtor", "debtor_id"),
        Index("ix_settlement_fact_creditor", "creditor_id"),
    )  # fmt: skip
    debtor_id: Mapped[UUID]
    creditor_id: Mapped[UUID]
    kind: Mapped[str]
    month: Mapped[date]
    candidate_id: Mapped[UUID | None]
    contact_name: Mapped[str] = mapped_column(default="", server_default="")
    """Both know it: the lender has always known its contact, and the borrower since the match."""
    quantity: Mapped[Decimal]
    revision: Mapped[int]
    told_on: Mapped[date]
    """A day and no moment: when somebody's hours were approved is nobody else's."""


class SettlementStatement(Shared, Stamped, Base):
    """Everything between two municipalities for a period. Until it is locked its lines are computed from facts and prices
    each time it is read, by both from the same rows; then `document` holds them, and nothing of it changes (guarded).
    """

    __tablename__ = "settlement_statement"
    __parties__ = _BOTH
    __party_may__: ClassVar[dict[str, tuple[str, ...]]] = {"SELECT": _BOTH, "INSERT": _BOTH, "UPDATE": _BOTH}
    __insert_check__ = "settlement_statement.state = 'open'"
    __member_between__ = ("settlement_statement.first", "settlement_statement.last")
    __region_door__ = "current_pool"
    __region_may__: ClassVar[frozenset[str]] = frozenset()
    __app_rights__ = frozenset({"SELECT", "INSERT", "UPDATE"})
    __table_args__ = (
        CheckConstraint("state IN ('open', 'locked')", name="state"),
        CheckConstraint("a_id <= b_id", name="order"),
        CheckConstraint("first < last", name="period"),
        CheckConstraint(
            "(state = 'locked') = (number IS NOT NULL) AND (state = 'locked') = (locked_at IS NOT NULL)"
            " AND (state = 'locked') = (digest IS NOT NULL)",
            name="locked",
        ),
        UniqueConstraint("region_id", "a_id", "b_id", "first"),
        UniqueConstraint("region_id", "a_id", "b_id", "number"),
        Index("ix_settlement_statement_a", "a_id"),
        Index("ix_settlement_statement_b", "b_id"),
    )
    a_id: Mapped[UUID]
    b_id: Mapped[UUID]
    first: Mapped[date]
    last: Mapped[date]
    state: Mapped[str] = mapped_column(default="open", server_default="open")
    number: Mapped[int | None]
    """Given when it locks: 1, 2, 3 … between the two, without holes."""
    locked_at: Mapped[datetime | None]
    digest: Mapped[bytes | None]
    """What both said yes to: the digest of the lines (reckoning.digest_of)."""
    document: Mapped[dict[str, Any]] = mapped_column(server_default=text("'{}'::jsonb"))
    """Lines and sums as they were locked."""
    a_owes_ore: Mapped[int] = mapped_column(BigInteger, default=0, server_default="0")
    b_owes_ore: Mapped[int] = mapped_column(BigInteger, default=0, server_default="0")


class SettlementAct(Shared, Base):
    """What one side has done with a statement: checked it, accepted it, or disagreed, with words. Never changed.

    It holds for the lines with this `digest` and no others, and not after anybody has disagreed.
    """

    __tablename__ = "settlement_act"
    __parties__ = ("a_id", "b_id", "by_id")
    __party_may__: ClassVar[dict[str, tuple[str, ...]]] = {"SELECT": _BOTH, "INSERT": ("by_id",)}
    # One's own act, on a statement of a time one was a member, and not on one that is locked.
    __insert_check__ = (
        "(EXISTS (SELECT 1 FROM sammen.settlement_statement s JOIN sammen.region_membership w"
        " ON w.region_id = s.region_id AND w.municipality_id = (select sammen.current_tenant())"
        " AND w.valid_from <= s.last AND (w.valid_to IS NULL OR w.valid_to >= s.first)"
        " WHERE s.region_id = settlement_act.region_id"
        " AND s.id = settlement_act.statement_id AND s.a_id = settlement_act.a_id AND s.b_id = settlement_act.b_id"
        " AND s.state = 'open') AND settlement_act.by_id IN (settlement_act.a_id, settlement_act.b_id))"
    )
    __member_between__ = _EVER
    __region_door__ = "current_pool"
    __region_may__: ClassVar[frozenset[str]] = frozenset()
    __app_rights__ = APPEND_ONLY
    __table_args__ = (
        region_fk("statement_id", "settlement_statement"),
        CheckConstraint("kind IN ('checked', 'accepted', 'disagreed')", name="kind"),
        # Who accepts is not who checked.
        CheckConstraint("(kind = 'accepted') = (checked_by IS NOT NULL)", name="checked"),
        CheckConstraint("checked_by <> user_id", name="four_eyes"),
        CheckConstraint("(kind = 'disagreed') = (words <> '')", name="words"),
        UniqueConstraint("region_id", "statement_id", "step"),
        Index("ix_settlement_act_a", "a_id"),
        Index("ix_settlement_act_b", "b_id"),
    )
    statement_id: Mapped[UUID]
    a_id: Mapped[UUID]
    b_id: Mapped[UUID]
    by_id: Mapped[UUID]
    step: Mapped[int]
    """1, 2, 3 … within the statement, so that two acts at once come one after the other."""
    kind: Mapped[str]
    digest: Mapped[bytes]
    user_id: Mapped[UUID]
    user_name: Mapped[str]
    checked_by: Mapped[UUID | None]
    words: Mapped[str] = mapped_column(default="", server_default="")
    done_at: Mapped[datetime] = mapped_column(server_default=text("now()"))
