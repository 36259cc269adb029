"""What the slices above may use of a municipality's figures."""

from __future__ import annotations

from reporting.figures.cells import Key, by_dimension, join_key, split_key, total
from reporting.figures.hooks import Range, on_ranges
from reporting.figures.models import Figure, FigureSet
from reporting.figures.population import Denominators, denominators
from reporting.figures.queries import (
    DUE_DAYS,
    KINDS,
    RegionCard,
    due_days_from,
    kind_from,
    offered_kinds,
    own_editions,
    own_totals,
    own_values,
    parse_or_none,
    regions_of,
)
from reporting.figures.regional import Approval, ApprovedSet, Member, approvals, approved_sets, members

__all__ = [
    "DUE_DAYS",
    "KINDS",
    "Approval",
    "ApprovedSet",
    "Denominators",
    "Figure",
    "FigureSet",
    "Key",
    "Member",
    "Range",
    "RegionCard",
    "approvals",
    "approved_sets",
    "by_dimension",
    "denominators",
    "due_days_from",
    "join_key",
    "kind_from",
    "members",
    "offered_kinds",
    "on_ranges",
    "own_editions",
    "own_totals",
    "own_values",
    "parse_or_none",
    "regions_of",
    "split_key",
    "total",
]
