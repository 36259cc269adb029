"""The door of the engine: what fits what, why, and who gets whom. Pure: no database, no clock."""

from __future__ import annotations

from shared_pool.engine.profiles import CandidateProfile, Hours, Light, NeedProfile, Stability
from shared_pool.engine.ranking import FAR_MINUTES, PART_LABELS, Fit, Part, rank
from shared_pool.engine.reasons import Reason

__all__ = [
    "FAR_MINUTES",
    "PART_LABELS",
    "CandidateProfile",
    "Fit",
    "Hours",
    "Light",
    "NeedProfile",
    "Part",
    "Reason",
    "Stability",
    "rank",
]
