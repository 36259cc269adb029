"""Proposals: a candidate held for a need, and each yes on the way to two people meeting."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from sammen.db.base import Base, Municipal, Shared, Stamped, owned_fk, region_fk

DECLINE_CODES = ("too_far", "wrong_time", "wishes_other", "has_one", "needed_at_home", "too_much", "other")
"""Why a municipality says no: the need's, and of a candidate who is engaged at home, the home (needed_at_home,
too_much, other)."""
LEARNED_CODES = ("no_click", "times", "distance", "interests", "changed_mind", "not_begun", "other")
"""What a trial taught."""


def _listed(codes: tuple[str, ...]) -> str:
    return ", ".join(f"'{code}'" for code in codes)


class Proposal(Shared, Stamped, Base):
    """One candidate proposed for one need (C4). Names are shown only in state `matched`, and to those two alone.

    proposed → accepted (the need's municipality, by somebody else than the proposer) → matched (every yes is there; the
    two are to meet) → done (they go on) or learned (they do not, and something was learned). Or declined, withdrawn,
    expired. The table itself refuses a match without every yes, and a proposer who accepts.
    """

    __tablename__ = "proposal"
    __parties__ = ("need_tenant_id", "home_id")
    __party_may__: ClassVar[dict[str, tuple[str, ...]]] = {
        "SELECT": ("need_tenant_id", "home_id"), "UPDATE": ("need_tenant_id", "home_id")}  # fmt: skip
    # Between the need's municipality and the candidate's home, and only where the candidate has said yes to being seen: what
    # is proposed beside the service is still not proposed to somebody else.
    __insert_check__ = (
        "(EXISTS (SELECT 1 FROM sammen.need n WHERE n.region_id = proposal.region_id AND n.id = proposal.need_id"
        " AND n.posted_by = proposal.need_tenant_id AND n.state = 'open')"
        " AND EXISTS (SELECT 1 FROM sammen.candidate c WHERE c.region_id = proposal.region_id"
        " AND c.id = proposal.candidate_id AND c.home_id = proposal.home_id"
        " AND (c.home_id = proposal.need_tenant_id OR proposal.need_tenant_id = ANY (c.visible_to))"
        " AND proposal.need_tenant_id <> ALL (c.not_in)))"
    )
    __region_door__ = "current_pool"
    __region_may__ = frozenset({"SELECT", "INSERT", "UPDATE"})
    __app_rights__ = frozenset({"SELECT", "INSERT", "UPDATE"})
    __table_args__ = (
        region_fk("need_id", "need"),
        region_fk("candidate_id", "candidate"),
        CheckConstraint(
            "state IN ('proposed', 'accepted', 'matched', 'done', 'learned', 'declined', 'withdrawn', 'expired')",
            name="state",
        ),
        CheckConstraint(
            "state NOT IN ('matched', 'done', 'learned') OR (accepted_at IS NOT NULL AND candidate_yes_at IS NOT NULL"
            " AND user_yes_at IS NOT NULL AND vetted_at IS NOT NULL AND matched_at IS NOT NULL"
            " AND (NOT asks_home OR home_yes_at IS NOT NULL))",
            name="every_yes",
        ),
        CheckConstraint("accepted_by <> proposed_by", name="four_eyes"),
        CheckConstraint("home_yes_by <> proposed_by", name="home_four_eyes"),
        CheckConstraint("state NOT IN ('proposed', 'accepted') OR ended_at IS NULL", name="under_way"),
        CheckConstraint(
            "state NOT IN ('learned', 'declined', 'withdrawn', 'expired') OR ended_at IS NOT NULL", name="over"
        ),
        CheckConstraint(
            "ended_by IN ('', 'need', 'user', 'candidate', 'home', 'region', 'time')", name="ended_by"
        ),
        CheckConstraint(f"decline_code IN ('', {_listed(DECLINE_CODES)})", name="decline_code"),
        CheckConstraint("decline_code = '' OR state = 'declined'", name="declined_why"),
        CheckConstraint(f"learned IN ('', {_listed(LEARNED_CODES)})", name="learned_code"),
        CheckConstraint("(learned <> '') = (state = 'learned')", name="learned"),
        CheckConstraint("(vetted_at IS NULL) = (police_shown_on IS NULL OR confidentiality_signed_on IS NULL)", name="vetted"),
        # Held for one need at a time, so that two coordinators cannot reserve the same candidate at once.
        Index("uq_proposal_candidate_held", "region_id", "candidate_id", unique=True,
              postgresql_where=text("state IN ('proposed', 'accepted')")),
        Index("uq_proposal_need_held", "region_id", "need_id", unique=True,
              postgresql_where=text("state IN ('proposed', 'accepted', 'matched')")),
        Index("ix_proposal_home", "home_id"),
        Index("ix_proposal_need_tenant", "need_tenant_id"),
    )  # fmt: skip
    need_id: Mapped[UUID]
    candidate_id: Mapped[UUID]
    need_tenant_id: Mapped[UUID]
    home_id: Mapped[UUID]
    state: Mapped[str] = mapped_column(default="proposed", server_default="proposed")
    need_card: Mapped[dict[str, Any]]
    """What the candidate and the home municipality may know of the need: coarse, no rare traits."""
    candidate_card: Mapped[dict[str, Any]]
    """What the need's municipality may know of the candidate before names: the consented description."""
    score: Mapped[int]
    reasons: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, server_default="[]")
    """Codes with parameters (reasons.py), so that each reader gets them in their own language."""
    proposer_note: Mapped[str] = mapped_column(default="", server_default="")
    proposed_by: Mapped[UUID]
    held_until: Mapped[datetime]
    """Until when the candidate is held: for the municipality's answer, and after that for the other yeses."""
    accepted_at: Mapped[datetime | None]
    accepted_by: Mapped[UUID | None]
    candidate_yes_at: Mapped[datetime | None]
    user_yes_at: Mapped[datetime | None]
    police_shown_on: Mapped[date | None]
    confidentiality_signed_on: Mapped[date | None]
    vetted_at: Mapped[datetime | None]
    vetted_by: Mapped[UUID | None]
    asks_home: Mapped[bool] = mapped_column(default=False, server_default="false")
    """Whether the candidate is engaged at home and asked for by another municipality, so that the home says yes too."""
    home_yes_at: Mapped[datetime | None]
    home_yes_by: Mapped[UUID | None]
    matched_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    """When it came to nothing; of a `done` one, when the assignment was over and the hours were free again."""
    ended_by: Mapped[str] = mapped_column(default="", server_default="")
    """Whose step ended it: need (the municipality), user, candidate, home, region or time."""
    decline_code: Mapped[str] = mapped_column(default="", server_default="")
    """Why a municipality said no. A service user's and a candidate's no need no reason and have none."""
    end_reason: Mapped[str] = mapped_column(default="", server_default="")
    """In words, for the need's municipality and the region alone; no page of the home or the candidate shows it."""
    learned: Mapped[str] = mapped_column(default="", server_default="")
    """What the trial meeting taught, in closed words that say nothing of the service user."""


class PoolSubstitute(Municipal, Base):
    """In the need's municipality: a contact who came through the pool to be somebody's substitute (B10), from the names
    are shown until the two have met. Then the service user knows them, or they do not go on.
    """

    __tablename__ = "pool_substitute"
    __table_args__ = (
        owned_fk("order_id", "service_order"),
        owned_fk("case_id", "case_file"),
        owned_fk("person_id", "person"),
        owned_fk("contact_id", "support_contact"),
        UniqueConstraint("tenant_id", "proposal_id"),
        Index("ix_pool_substitute_order", "tenant_id", "order_id"),
    )
    proposal_id: Mapped[UUID]
    order_id: Mapped[UUID]
    case_id: Mapped[UUID]
    person_id: Mapped[UUID]
    contact_id: Mapped[UUID]


class Introduction(Shared, Base):
    """The candidate's name and reach, left for the need's municipality at the candidate's own yes, and for
    nobody else.

    Encrypted for that municipality; the region has no right on the table, and the row goes when the match
    is made or comes to nothing. The home municipality, whose contact it is, sees it: a row one cannot see one cannot
    delete.
    """

    __tablename__ = "introduction"
    __parties__ = ("need_tenant_id", "home_id")
    __party_may__: ClassVar[dict[str, tuple[str, ...]]] = {
        "SELECT": ("need_tenant_id", "home_id"), "INSERT": ("home_id",), "DELETE": ("need_tenant_id", "home_id")}  # fmt: skip
    # A municipality can leave a name only for a proposal of its own candidate, and only with that need's municipality:
    # the foreign key alone would let anyone answer a proposal between two others, or learn that it exists.
    __insert_check__ = (
        "EXISTS (SELECT 1 FROM sammen.proposal p WHERE p.region_id = introduction.region_id AND p.id = introduction.proposal_id"
        " AND p.home_id = introduction.home_id AND p.need_tenant_id = introduction.need_tenant_id)"
    )
    __region_door__ = "current_pool"
    __region_may__: ClassVar[frozenset[str]] = frozenset()
    __app_rights__ = frozenset({"SELECT", "INSERT", "DELETE"})
    __table_args__ = (region_fk("proposal_id", "proposal"), UniqueConstraint("region_id", "proposal_id"))
    proposal_id: Mapped[UUID]
    need_tenant_id: Mapped[UUID]
    home_id: Mapped[UUID]
    sealed: Mapped[bytes]
    left_at: Mapped[datetime] = mapped_column(server_default=text("now()"))


class PoolDecider(Municipal, Stamped, Base):
    """Who answers proposals for the municipality, and the deputy who does when they cannot (C4). Named, dated, replaced.

    `valid_to` is the last day; one who was replaced on the day they were named ends the day before.
    """

    __tablename__ = "pool_decider"
    __table_args__ = (
        CheckConstraint("valid_to IS NULL OR valid_to >= valid_from - 1", name="period"),
        Index(
            "uq_pool_decider_now",
            "tenant_id",
            "deputy",
            unique=True,
            postgresql_where=text("valid_to IS NULL"),
        ),
    )
    user_id: Mapped[UUID]
    name: Mapped[str]
    """As they were called when they were named: the list is read by whoever asks who decided then."""
    deputy: Mapped[bool] = mapped_column(default=False, server_default="false")
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    named_by_name: Mapped[str]
