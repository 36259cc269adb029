"""What a region has chosen for its releases: how long its periods are, and from how many people a number is shown."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final

from reporting.periods import PeriodKind

THRESHOLD: Final = 5
"""The fewest people a number may rest on, nought apart, unless the region says otherwise: 1–4 are hidden (D4)."""
LEAST: Final = 3
"""A region may not ask for fewer: Statistics Norway itself hides 1 and 2."""
KINDS: Final = {"tertial": PeriodKind.TERTIAL, "half_year": PeriodKind.HALF_YEAR, "year": PeriodKind.YEAR}
"""What a region's setting `figure_period` may say. One kind only: a year beside its half-years is a total."""


def _said(settings: Any) -> Mapping[str, Any]:
    said = json.loads(settings) if isinstance(settings, str) else settings
    return said if isinstance(said, Mapping) else {}


def kind_of(settings: Any) -> PeriodKind:
    """The kind of period a region releases, from its settings; half-years unless it has chosen."""
    return KINDS.get(str(_said(settings).get("figure_period", "")), PeriodKind.HALF_YEAR)


def threshold_of(settings: Any) -> int:
    """The region's threshold, from its settings: numbers from 1 up to it, itself not included, are hidden."""
    asked = _said(settings).get("figure_threshold", THRESHOLD)
    return max(LEAST, asked) if isinstance(asked, int) and not isinstance(asked, bool) else THRESHOLD
