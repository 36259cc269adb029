"""The door of groups across borders: the places used, for whoever settles what they cost, and who says what one costs."""

from __future__ import annotations

from shared_pool.groups.cards import UsedPlaces, places_used
from shared_pool.groups.measures import MEASURES
from shared_pool.groups.prices import on_price_asked

__all__ = ["MEASURES", "UsedPlaces", "on_price_asked", "places_used"]
