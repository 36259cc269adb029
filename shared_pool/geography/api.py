"""The door of geography: how far it is between places of the region."""

from __future__ import annotations

from shared_pool.geography.travel import ONLY_BY, Point, RegionMap, travel_minutes

__all__ = ["ONLY_BY", "Point", "RegionMap", "travel_minutes"]
