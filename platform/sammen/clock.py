"""Time, in one place: timestamps are UTC, days are Norwegian days."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

OSLO = ZoneInfo("Europe/Oslo")


def now() -> datetime:
    """The moment, in UTC with its zone."""
    return datetime.now(UTC)


def today() -> date:
    """The day it is in Norway, by which deadlines and ages are counted."""
    return datetime.now(OSLO).date()
