"""The door of geography: how far it is from where a candidate lives to a need's coarse area."""

from __future__ import annotations

from shared_pool.geography.distances import BRIDGES, Bridge, Distances, Position, Spot
from shared_pool.geography.queries import load_distances

__all__ = ["BRIDGES", "Bridge", "Distances", "Position", "Spot", "load_distances"]
