"""The door of geography: how far it is from where a candidate lives to a need's coarse area."""

from __future__ import annotations

from shared_pool.geography.distances import BRIDGES, Bridge, Distances, Position, Spot
from shared_pool.geography.queries import load_distances

# What the ranking reckoned with before kilometres; goes when nobody asks for minutes.
from shared_pool.geography.travel import ONLY_BY, Point, RegionMap, travel_minutes

__all__ = [
    "BRIDGES",
    "ONLY_BY",
    "Bridge",
    "Distances",
    "Point",
    "Position",
    "RegionMap",
    "Spot",
    "load_distances",
    "travel_minutes",
]
