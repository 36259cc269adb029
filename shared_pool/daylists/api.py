"""The door of day lists: what a municipality tells of its own people for a day, and who may read it that day."""

from __future__ import annotations

from shared_pool.daylists.cards import DayFacts
from shared_pool.daylists.service import OpenedCard, OwnCard, put_cards, read_cards

__all__ = ["DayFacts", "OpenedCard", "OwnCard", "put_cards", "read_cards"]
