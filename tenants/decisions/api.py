"""What other slices may use of decisions: functions, and the tables they may join."""

from __future__ import annotations

from tenants.decisions.changing import draft_from, drop_at_work
from tenants.decisions.hooks import (
    DecidedDecision,
    GivenNotice,
    IssuedGrant,
    on_decided,
    on_issue,
    on_lapse,
    on_notice,
)
from tenants.decisions.lapsing import end_decision, settle_lapsed
from tenants.decisions.measures import MEASURES
from tenants.decisions.queries import (
    DecisionCard,
    GrantCard,
    NoticeCard,
    advance_notice,
    decision,
    decision_card,
    decisions_of,
    grant_last_day,
    grants_of,
    notices_of,
    service_grant,
)
from tenants.decisions.rules import GrantFacts, hours_a_year, last_day
from tenants.decisions.service import DecisionFacts, issue_decision, propose_decision
from tenants.decisions.settling import GIVES, OUTCOMES, service_started, service_stopped, settle_decision
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
    "GIVES",
    "MEASURES",
    "OUTCOMES",
    "DecidedDecision",
    "DecisionCard",
    "DecisionFacts",
    "GivenNotice",
    "GrantCard",
    "GrantFacts",
    "IssuedGrant",
    "ListedCase",
    "NoticeCard",
    "TakenOver",
    "advance_notice",
    "correct_taken_over",
    "decide_taken_over",
    "decision",
    "decision_card",
    "decisions_of",
    "draft_from",
    "drop_at_work",
    "end_decision",
    "extent",
    "grant_last_day",
    "grants_of",
    "hours_a_year",
    "issue_decision",
    "last_day",
    "notices_of",
    "on_decided",
    "on_issue",
    "on_lapse",
    "on_notice",
    "open_among",
    "propose_decision",
    "service_grant",
    "service_started",
    "service_stopped",
    "settle_decision",
    "settle_lapsed",
    "take_over",
]
