"""What other slices may use of deviations: functions, cards, and the tables they may join."""

from __future__ import annotations

from tenants.quality.measures import MEASURES
from tenants.quality.queries import (
    DeviationCard,
    deviation,
    deviation_card,
    deviations_of,
    list_deviations,
)
from tenants.quality.responsible import who_may_follow_up
from tenants.quality.service import DeviationFacts, close_deviation, open_deviation
from tenants.quality.views import colleague_options, title_of
from tenants.quality.words import RULES

__all__ = [
    "MEASURES",
    "RULES",
    "DeviationCard",
    "DeviationFacts",
    "close_deviation",
    "colleague_options",
    "deviation",
    "deviation_card",
    "deviations_of",
    "list_deviations",
    "open_deviation",
    "title_of",
    "who_may_follow_up",
]
