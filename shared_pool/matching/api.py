"""The door of the matching slice: the steps from proposal to match."""

from __future__ import annotations

from shared_pool.matching.service import (
    accept,
    answer,
    decline,
    propose,
    record_pool_vetting,
    record_user_yes,
    retract,
)

__all__ = ["accept", "answer", "decline", "propose", "record_pool_vetting", "record_user_yes", "retract"]
