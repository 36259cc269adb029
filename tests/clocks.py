"""A clock that stands still, for tests of deadlines: every part of the program asks `sammen.clock`."""

from __future__ import annotations

from datetime import datetime, tzinfo
from zoneinfo import ZoneInfo

import pytest

import sammen.clock

OSLO = ZoneInfo("Europe/Oslo")


def stop_clock(monkeypatch: pytest.MonkeyPatch, *moment: int) -> None:
    """Make it this Norwegian moment (year, month, day, and if wanted hour, minute) until the test is over."""
    fixed = datetime(*moment, tzinfo=OSLO) if len(moment) > 3 else datetime(*moment, 12, tzinfo=OSLO)  # type: ignore[arg-type,misc]  # year, month, day

    class Stopped(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> datetime:  # type: ignore[override]  # a plain datetime is enough
            return fixed.astimezone(tz)

    monkeypatch.setattr(sammen.clock, "datetime", Stopped)
