"""What other slices may use of decisions: functions, and the tables they may join."""

from __future__ import annotations

from tenants.decisions.lapsing import LapsedGrant, end_decision, lapsed_grants, on_lapse, settle_lapsed
from tenants.decisions.queries import (
    DecisionCard,
    GrantCard,
    decision,
    decisions_of,
    grants_of,
    service_grant,
)
from tenants.decisions.rules import GrantFacts
from tenants.decisions.service import (
    DecidedDecision,
    DecisionFacts,
    IssuedGrant,
    on_decided,
    on_issue,
    service_started,
    service_stopped,
    settle_decision,
)
from tenants.decisions.takeover import (
    ListedCase,
    TakenOver,
    correct_taken_over,
    decide_taken_over,
    open_among,
    take_over,
)
from tenants.decisions.views import extent

__all__ = [
    "DecidedDecision",
    "DecisionCard",
    "DecisionFacts",
    "GrantCard",
    "GrantFacts",
    "IssuedGrant",
    "LapsedGrant",
    "ListedCase",
    "TakenOver",
    "correct_taken_over",
    "decide_taken_over",
    "decision",
    "decisions_of",
    "end_decision",
    "extent",
    "grants_of",
    "lapsed_grants",
    "on_decided",
    "on_issue",
    "on_lapse",
    "open_among",
    "service_grant",
    "service_started",
    "service_stopped",
    "settle_decision",
    "settle_lapsed",
    "take_over",
]
