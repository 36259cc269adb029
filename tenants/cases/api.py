"""What other slices may use of cases: functions, and the tables they may join."""

from __future__ import annotations

from tenants.cases.access import case_file, may_decide_for, purchasers_seen, visible
from tenants.cases.listing import FORM_NAMES, PURCHASERS, STATES
from tenants.cases.queries import (
    CaseCard,
    DecisionCard,
    GrantCard,
    MappingCard,
    application,
    applications_of,
    case_card,
    decision,
    decisions_of,
    grants_of,
    grounds_on,
    legal_ground,
    mapping,
    mappings_of,
    service_grant,
)
from tenants.cases.rules import GrantFacts, add_months, decide_by, purchaser_for, start_by
from tenants.cases.service import (
    ApplicationFacts,
    DecisionFacts,
    IssuedGrant,
    MappingFacts,
    add_application,
    name_on_case,
    on_issue,
    open_case,
    register_application,
    service_started,
    settle_decision,
)
from tenants.cases.trail import Reading, readers_of
from tenants.cases.views import extent, interest_labels

__all__ = [
    "FORM_NAMES",
    "PURCHASERS",
    "STATES",
    "ApplicationFacts",
    "CaseCard",
    "DecisionCard",
    "DecisionFacts",
    "GrantCard",
    "GrantFacts",
    "IssuedGrant",
    "MappingCard",
    "MappingFacts",
    "Reading",
    "add_application",
    "add_months",
    "application",
    "applications_of",
    "case_card",
    "case_file",
    "decide_by",
    "decision",
    "decisions_of",
    "extent",
    "grants_of",
    "grounds_on",
    "interest_labels",
    "legal_ground",
    "mapping",
    "mappings_of",
    "may_decide_for",
    "name_on_case",
    "on_issue",
    "open_case",
    "purchaser_for",
    "purchasers_seen",
    "readers_of",
    "register_application",
    "service_grant",
    "service_started",
    "settle_decision",
    "start_by",
    "visible",
]
