"""What other slices may use of the activity calendar: what is in it, as anybody may read it."""

from __future__ import annotations

from shared_pool.calendar.published import Event
from shared_pool.calendar.queries import next_events, published_events, where
from shared_pool.calendar.views import public_url, when_text

__all__ = ["Event", "next_events", "public_url", "published_events", "when_text", "where"]
