"""What the slices above may use of the survey of schemes: the list, the answers, and the matrix on a day."""

from __future__ import annotations

from reporting.schemes.catalogue import GROUPS, NOT_ANSWERED, SCHEMES, STATES, Scheme, asked
from reporting.schemes.queries import AnswerCard, all_answers, standing
from reporting.schemes.views import Line, Spot, matrix

__all__ = [
    "GROUPS",
    "NOT_ANSWERED",
    "SCHEMES",
    "STATES",
    "AnswerCard",
    "Line",
    "Scheme",
    "Spot",
    "all_answers",
    "asked",
    "matrix",
    "standing",
]
