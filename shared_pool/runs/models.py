"""What a run over all needs and candidates came to. Pairs are kept of the newest run alone."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, UniqueConstraint
from sqlalchemy.orm import Mapped

from sammen.db.base import APPEND_ONLY, Base, Regional, region_fk


class MatchRun(Regional, Base):
    """One run (C4), whole or not there at all: the job writes it with its suggestions in one transaction."""

    __tablename__ = "match_run"
    __app_rights__: ClassVar[frozenset[str]] = APPEND_ONLY
    __region_door__ = "current_pool"
    __table_args__ = (
        CheckConstraint(
            "needs >= 0 AND candidates >= 0 AND matched >= 0 AND matched <= needs", name="counts"
        ),
        Index("ix_match_run_newest", "region_id", "started_at"),
    )
    started_at: Mapped[datetime]
    asked_by: Mapped[UUID | None]
    """Nobody for the night's own run."""
    weights: Mapped[dict[str, Any]]
    weights_number: Mapped[int]
    """Which adopted version; 0 before the region has adopted any."""
    needs: Mapped[int]
    candidates: Mapped[int]
    matched: Mapped[int]
    changed: Mapped[int]
    """How many needs got another candidate than in the run before, of those that were in both."""
    seconds: Mapped[Decimal]


class MatchSuggestion(Regional, Base):
    """One candidate for one need in the newest run; the next run takes it away. Ids and a number: reasons and load are
    reckoned when they are read, from the rows as they then are, so no copy of anybody's description lies here.

    Read together with needs and candidates that are open at that moment, never alone: who has withdrawn is gone from the
    next page on, whatever stands here.
    """

    __tablename__ = "match_suggestion"
    __app_rights__: ClassVar[frozenset[str]] = frozenset({"SELECT", "INSERT", "DELETE"})
    __region_door__ = "current_pool"
    __table_args__ = (
        region_fk("run_id", "match_run"),
        region_fk("need_id", "need"),
        region_fk("candidate_id", "candidate"),
        CheckConstraint("place IN ('best', 'backup', 'alternative')", name="place"),
        CheckConstraint("rank >= 0 AND (place = 'alternative') = (rank > 0)", name="rank"),
        CheckConstraint("score >= 0", name="score"),
        UniqueConstraint("region_id", "run_id", "need_id", "place", "rank"),
        Index("ix_match_suggestion_need", "region_id", "need_id"),
        Index("ix_match_suggestion_candidate", "region_id", "candidate_id"),
    )
    run_id: Mapped[UUID]
    need_id: Mapped[UUID]
    candidate_id: Mapped[UUID]
    place: Mapped[str]
    rank: Mapped[int]
    """1, 2, 3 of the alternatives; 0 of the others."""
    score: Mapped[int]


class MatchLack(Regional, Base):
    """A need that got nobody in the newest run, why, and how many candidates one requirement alone keeps away."""

    __tablename__ = "match_lack"
    __app_rights__: ClassVar[frozenset[str]] = frozenset({"SELECT", "INSERT", "DELETE"})
    __region_door__ = "current_pool"
    __table_args__ = (
        region_fk("run_id", "match_run"),
        region_fk("need_id", "need"),
        CheckConstraint("why IN ('no_candidate', 'needed_more')", name="why"),
        UniqueConstraint("region_id", "run_id", "need_id"),
        Index("ix_match_lack_need", "region_id", "need_id"),
    )
    run_id: Mapped[UUID]
    need_id: Mapped[UUID]
    why: Mapped[str]
    alone: Mapped[dict[str, Any]]
    """Number of candidates by the code of the only rule that stands in their way."""
