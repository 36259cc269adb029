"""The door of the map: the limit for what may be counted aloud, and this week's counts."""

from __future__ import annotations

from shared_pool.atlas.limits import region_limit
from shared_pool.atlas.service import count_week, this_week

__all__ = ["count_week", "region_limit", "this_week"]
