"""What other slices may use of evaluations: what is due, what is done, and the table they may join."""

from __future__ import annotations

from tenants.evaluations.due import (
    DueDecision,
    DueEvaluation,
    DueFilter,
    DueList,
    Workload,
    due_of_case,
    evaluations_due_by,
    list_due,
    workload,
)
from tenants.evaluations.measures import MEASURES
from tenants.evaluations.queries import EvaluationCard, evaluation, evaluations_of
from tenants.evaluations.rules import DONE_OUTCOMES, END_REASONS, next_due, scope_for

__all__ = [
    "DONE_OUTCOMES",
    "END_REASONS",
    "MEASURES",
    "DueDecision",
    "DueEvaluation",
    "DueFilter",
    "DueList",
    "EvaluationCard",
    "Workload",
    "due_of_case",
    "evaluation",
    "evaluations_due_by",
    "evaluations_of",
    "list_due",
    "next_due",
    "scope_for",
    "workload",
]
