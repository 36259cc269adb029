"""What other slices may use of planning: copies of what other municipalities suggested, chose and said, and hooks."""

from __future__ import annotations

from tenants.planning.copies import SuggestionCopy, count_elsewhere, mirror_suggestion, voices_elsewhere
from tenants.planning.hooks import Tally, on_chosen, on_suggested, on_voice
from tenants.planning.measures import MEASURES
from tenants.planning.models import ActivitySuggestion, GroupEvaluation

activity_suggestion = ActivitySuggestion.__table__
group_evaluation = GroupEvaluation.__table__

__all__ = [
    "MEASURES",
    "SuggestionCopy",
    "Tally",
    "activity_suggestion",
    "count_elsewhere",
    "group_evaluation",
    "mirror_suggestion",
    "on_chosen",
    "on_suggested",
    "on_voice",
    "voices_elsewhere",
]
