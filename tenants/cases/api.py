"""What other slices may use of cases: functions, and the tables they may join."""

from __future__ import annotations

from tenants.cases.access import SEES, case_file, case_member, may_decide_for, purchasers_seen, visible
from tenants.cases.allocation_rules import AllocationRules, allocation_rules
from tenants.cases.forms import version_of
from tenants.cases.listing import FORM_NAMES, PURCHASERS, STATES
from tenants.cases.models import Application, CaseFile, LegalGround, Mapping
from tenants.cases.pages import CASES, case_crumbs, own_case, seen_case
from tenants.cases.queries import (
    ApplicationCard,
    CaseCard,
    Ground,
    MappingCard,
    application,
    applications_of,
    case_card,
    count_similar,
    grounds_on,
    legal_ground,
    mapping,
    mappings_of,
)
from tenants.cases.rules import ADULT_AGE, add_months, decide_by, purchaser_for, start_by
from tenants.cases.service import (
    NOT_YOURS,
    STALE,
    ApplicationFacts,
    MappingFacts,
    add_application,
    case_for_change,
    close_case,
    name_on_case,
    open_case,
    register_application,
)
from tenants.cases.shielding import shield_case
from tenants.cases.start_limits import StartLimits, regional_start_limit, start_deadline, start_limits
from tenants.cases.trail import Reading, readers_of
from tenants.cases.views import interest_labels

__all__ = [
    "ADULT_AGE",
    "CASES",
    "FORM_NAMES",
    "NOT_YOURS",
    "PURCHASERS",
    "SEES",
    "STALE",
    "STATES",
    "AllocationRules",
    "Application",
    "ApplicationCard",
    "ApplicationFacts",
    "CaseCard",
    "CaseFile",
    "Ground",
    "LegalGround",
    "Mapping",
    "MappingCard",
    "MappingFacts",
    "Reading",
    "StartLimits",
    "add_application",
    "add_months",
    "allocation_rules",
    "application",
    "applications_of",
    "case_card",
    "case_crumbs",
    "case_file",
    "case_for_change",
    "case_member",
    "close_case",
    "count_similar",
    "decide_by",
    "grounds_on",
    "interest_labels",
    "legal_ground",
    "mapping",
    "mappings_of",
    "may_decide_for",
    "name_on_case",
    "open_case",
    "own_case",
    "purchaser_for",
    "purchasers_seen",
    "readers_of",
    "regional_start_limit",
    "register_application",
    "seen_case",
    "shield_case",
    "start_by",
    "start_deadline",
    "start_limits",
    "version_of",
    "visible",
]
