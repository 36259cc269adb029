"""A report's chart, of whatever kind its declaration names."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from reporting.reports.bar_charts import bars, region_map
from reporting.reports.drawing import Drawing, View
from reporting.reports.spec import Chart
from reporting.reports.time_charts import lines, multiples, shares

MADE: Final[dict[Chart, Callable[[Drawing], View]]] = {
    "bars": bars, "map": region_map, "lines": lines, "shares": shares, "multiples": multiples,
}  # fmt: skip


def view(drawing: Drawing) -> View:
    """The report's chart for what is chosen. It knows no number that is not shown: hidden ones arrive as ":"."""
    return MADE[drawing.report.chart](drawing)
