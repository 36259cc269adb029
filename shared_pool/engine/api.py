"""The door of the engine: what fits what, why, and who gets whom. Pure: no database, no clock."""

from __future__ import annotations

from typing import TYPE_CHECKING

from shared_pool.engine.answers import UNMATCHED_BECAUSE, Match
from shared_pool.engine.profiles import (
    USES,
    CandidateProfile,
    Distances,
    Hours,
    Light,
    NeedProfile,
    Stability,
)
from shared_pool.engine.ranking import Fit, Part, fit, rank
from shared_pool.engine.reasons import Reason
from shared_pool.engine.rules import RULES, Rule
from shared_pool.engine.weights import (
    DEFAULT,
    FAULTS,
    FULL,
    LEAST_MAX_KM,
    MOST_MAX_KM,
    NEAR_KM,
    PART_LABELS,
    PARTS,
    Weights,
    WeightsError,
)

if TYPE_CHECKING:
    from shared_pool.engine.planning import Plan, match, sole_obstacles, what_stops

# What reckons with all pairs at once brings numpy and scipy (32 MB). It is loaded by whoever asks for it: a run in the
# worker, and in a web process the first page that says what stands in the way.
_RECKONING = frozenset({"Plan", "match", "sole_obstacles", "what_stops"})


def __getattr__(name: str) -> object:
    if name not in _RECKONING:
        raise AttributeError(name)
    from shared_pool.engine import planning

    return getattr(planning, name)


__all__ = [
    "DEFAULT",
    "FAULTS",
    "FULL",
    "LEAST_MAX_KM",
    "MOST_MAX_KM",
    "NEAR_KM",
    "PARTS",
    "PART_LABELS",
    "RULES",
    "UNMATCHED_BECAUSE",
    "USES",
    "CandidateProfile",
    "Distances",
    "Fit",
    "Hours",
    "Light",
    "Match",
    "NeedProfile",
    "Part",
    "Plan",
    "Reason",
    "Rule",
    "Stability",
    "Weights",
    "WeightsError",
    "fit",
    "match",
    "rank",
    "sole_obstacles",
    "what_stops",
]
