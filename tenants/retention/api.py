"""What other slices and the floors above may use: the map of kinds, holds, the journal, and proposals."""

from __future__ import annotations

from tenants.retention.deleting import carry_out, make_proposal
from tenants.retention.kinds import HELD_BY, KINDS, SINCE, TABLES, reach
from tenants.retention.models import DocumentMark, LegalHold
from tenants.retention.plan import edges as pointing_edges
from tenants.retention.queries import rules_now
from tenants.retention.rules import Rule
from tenants.retention.service import HoldFacts, MarkFacts, mark_document, place_hold
from tenants.retention.views import rule_length

__all__ = [
    "HELD_BY",
    "KINDS",
    "SINCE",
    "TABLES",
    "DocumentMark",
    "HoldFacts",
    "LegalHold",
    "MarkFacts",
    "Rule",
    "carry_out",
    "make_proposal",
    "mark_document",
    "place_hold",
    "pointing_edges",
    "reach",
    "rule_length",
    "rules_now",
]
