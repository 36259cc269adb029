"""A report's chart, of whatever kind its declaration names."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Final

from reporting.reports.bar_charts import bars, region_map
from reporting.reports.drawing import Drawing, View
from reporting.reports.spec import Chart
from reporting.reports.time_charts import lines, multiples, shares
from reporting.reports.wording import period_name, unbroken
from sammen.i18n_mark import N_

MADE: Final[dict[Chart, Callable[[Drawing], View]]] = {
    "bars": bars, "map": region_map, "lines": lines, "shares": shares, "multiples": multiples,
}  # fmt: skip


ALL_HIDDEN: Final = N_("Alle tallene for kommunene er skjult i %(period)s, fordi få personer ligger bak.")
PARTS_HIDDEN: Final = N_(
    "Fordelingen i %(period)s kan ikke tegnes, fordi minst én av delene er skjult i hver kommune."
)
NOTHING: Final = N_("Ingen av kommunene har tall for %(period)s.")
NO_LINE: Final = N_("For få av tallene kan vises til å tegne ei linje. Tabellen har dem som vises.")
ONE_PERIOD: Final = N_("Linja kommer når tall for flere perioder er publisert.")


def view(drawing: Drawing) -> View:
    """The report's chart for what is chosen. It knows no number that is not shown: hidden ones arrive as ":"."""
    made = MADE[drawing.report.chart](drawing)
    return replace(
        made,
        title=unbroken(made.title),
        definition=unbroken(made.definition),
        desc=unbroken(made.desc),
        blank=_blank(drawing, made),
    )


def _blank(drawing: Drawing, made: View) -> str:
    """What to say instead of an empty frame; blank when there is something to draw."""
    period = period_name(drawing.board.period, drawing.lang)
    if made.kind in ("lines", "multiples"):
        drawn = made.values["lines"] if made.kind == "lines" else [row[1] for row in made.values["places"]]
        if any(sum(value is not None for value in line.values) > 1 for line in drawn):
            return ""
        return drawing.say(ONE_PERIOD if len(drawing.board.series) < 2 else NO_LINE)
    values = made.values
    if made.kind == "shares":
        shown = [parts for _label, _css, parts, _sign in values["shares"] if parts]
    elif made.kind == "map":
        shown = [name for name, (step, _text) in values["figures"].items() if step is not None]
    else:
        shown = [name for name, value, _text in values["rows"] if value is not None]
    if shown:
        return ""
    # Of a whole whose parts are partly hidden the others may well be shown elsewhere.
    hidden = PARTS_HIDDEN if made.kind == "shares" else ALL_HIDDEN
    said = drawing.say(hidden if made.has_hidden else NOTHING, period=period)
    whole = values.get("mean_text", "")
    return f"{said} {whole}." if whole else said
