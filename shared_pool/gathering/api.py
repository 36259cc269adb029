"""The door of gathering: the groups somebody wants, for the slice that opens them."""

from __future__ import annotations

from shared_pool.gathering.wanted import WantedGroup, wanted_groups

__all__ = ["WantedGroup", "wanted_groups"]
