"""The door of groups across borders: the places used, for whoever settles what they cost."""

from __future__ import annotations

from shared_pool.groups.cards import UsedPlaces, places_used

__all__ = ["UsedPlaces", "places_used"]
