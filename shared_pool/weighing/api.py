"""The door of the weighing slice: which weights hold in the region, and the steps from trying to adopting."""

from __future__ import annotations

from shared_pool.weighing.forms import field_of, read_weights, values_of
from shared_pool.weighing.queries import (
    InForce,
    WeightsCard,
    adopted_versions,
    version_card,
    weights_in_force,
    weights_of,
)
from shared_pool.weighing.service import adopt, try_weights

__all__ = [
    "InForce",
    "WeightsCard",
    "adopt",
    "adopted_versions",
    "field_of",
    "read_weights",
    "try_weights",
    "values_of",
    "version_card",
    "weights_in_force",
    "weights_of",
]
