"""Municipalities beside each other, as bars or on the map."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Final

from reporting.releases.api import REGION, Place
from reporting.reports.drawing import TOGETHER, Drawing, View, definition_of, description, neutral
from reporting.reports.frame import Figure, Framed
from reporting.reports.quantities import Quantity
from reporting.reports.wording import cell, said
from sammen.i18n_mark import N_
from sammen.norwegian import alphabetical
from sammen.web.formats import decimal
from sammen.web.region_map import REGION_MAP

STEPS: Final = 4
FEWEST: Final = 3
"""Municipalities with a figure that is shown, under which a map says less than bars."""


def _leader(column: Sequence[tuple[Place, Figure]]) -> str | None:
    """Who has the highest figure, if nothing is hidden or missing and nobody shares the place."""
    values = [figure.value for _place, figure in column]
    if len(values) < 2 or any(value is None for value in values):
        return None
    top = max(value for value in values if value is not None)
    return next(p.name for p, f in column if f.value == top) if values.count(top) == 1 else None


def _bar_title(drawing: Drawing, one: Quantity, column: Sequence[tuple[Place, Figure]], whole: Figure) -> str:
    place = drawing.choice.place
    plain = neutral(drawing, one)
    if place is not None and one.below is not None:
        own = next((figure.value for where, figure in column if where.id == place.id), None)
        if own is None or whole.value is None:
            return plain
        words = N_("%(what)s: %(name)s ligger likt med samarbeidet")
        if own != whole.value:
            words = (
                N_("%(what)s: %(name)s ligger over samarbeidet")
                if own > whole.value
                else N_("%(what)s: %(name)s ligger under samarbeidet")
            )
        return drawing.say(words, what=plain, name=place.name)
    leader = _leader(column)
    if leader is None or not one.finding or drawing.choice.codes or drawing.report.fixed:
        return (
            plain
            if leader is None
            else drawing.say(N_("%(what)s: høyest i %(name)s"), what=plain, name=leader)
        )
    return drawing.say(one.finding, name=leader)


def ordered(drawing: Drawing, column: Sequence[tuple[Place, Figure]]) -> list[tuple[Place, Figure]]:
    """By name; by value only when asked and nothing is hidden, since a place in such an order bounds the value."""
    rows = sorted(column, key=lambda row: alphabetical(row[0].name))
    if drawing.choice.sort == "verdi" and not any(figure.hidden for _p, figure in rows):
        rows.sort(key=lambda row: (row[1].value is None, -(row[1].value or Decimal(0))))
    return rows


def _mean(drawing: Drawing, framed: Framed, one: Quantity) -> tuple[Decimal | None, str]:
    """The line across the bars: the region's own figure, or of counts its share of each municipality that reported."""
    whole = framed.at(drawing.board.period.slug, REGION, one.id)
    if whole.value is None:
        return None, ""
    if one.below is not None:
        return whole.value, drawing.say(N_("Samarbeidet %(value)s"), value=cell(whole, one, drawing.lang))
    reported = len(drawing.board.current.reported)
    if reported < 2:
        return None, ""
    mean = whole.value / reported
    return mean, drawing.say(N_("Gjennomsnitt %(value)s"), value=decimal(mean, one.decimals, drawing.lang))


def bars(drawing: Drawing) -> View:
    one = drawing.charted
    framed = drawing.board.framed([one], whole=False)
    period = drawing.board.period.slug
    rows = ordered(drawing, framed.column(period, one.id))
    mean, mean_text = _mean(drawing, framed, one)
    title = _bar_title(drawing, one, rows, framed.at(period, REGION, one.id))
    return View(
        "bars", drawing.id, title, definition_of(drawing, one, rows), description(drawing, one, rows),
        {
            "rows": [(p.name, f.value, cell(f, one, drawing.lang)) for p, f in rows],
            "own": drawing.choice.place.name if drawing.choice.place else None,
            "mean": mean, "mean_text": mean_text, "value_label": drawing.say(one.name),
        },
        any(f.hidden for _p, f in rows),
    )  # fmt: skip


def map_steps(rows: Sequence[tuple[Place, Figure]]) -> tuple[list[Decimal], dict[str, int | None]]:
    """Where the map's steps divide, and step 1–4 by name: None when hidden, absent when there is no figure.

    A quarter of the municipalities in each step, so that the map shows differences where the figures lie close; from
    the figures that are shown only. Equal figures share a step, so there may be fewer; the highest stand in the fourth.
    """
    values = sorted(figure.value for _place, figure in rows if figure.value is not None)
    quarters = {values[len(values) * part // STEPS] for part in range(1, STEPS)} if values else set()
    cuts = sorted(cut for cut in quarters if cut > values[0])
    steps: dict[str, int | None] = {}
    for place, figure in rows:
        if figure.hidden:
            steps[place.name] = None
        elif figure.value is not None:
            steps[place.name] = STEPS - sum(figure.value < cut for cut in cuts)
    return cuts, steps


def region_map(drawing: Drawing) -> View:
    """The region on its map when it is the region the map draws; bars for any other."""
    one = drawing.charted
    framed = drawing.board.framed([one], whole=False)
    rows = ordered(drawing, framed.column(drawing.board.period.slug, one.id))
    drawn = {outline.name for outline in REGION_MAP if outline.member}
    names = {place.name for place, _figure in rows}
    if not names <= drawn or sum(figure.value is not None for _place, figure in rows) < FEWEST:
        return bars(drawing)
    cuts, steps = map_steps(rows)
    texts = {place.name: cell(figure, one, drawing.lang) for place, figure in rows}
    whole = framed.at(drawing.board.period.slug, REGION, one.id)
    table = [(p.name, cell(f, one, drawing.lang)) for p, f in rows]
    table.append((drawing.say(TOGETHER), cell(whole, one, drawing.lang)))
    own = drawing.choice.place.name if drawing.choice.place else None
    return View(
        "map", drawing.id, _bar_title(drawing, one, rows, whole), definition_of(drawing, one, rows),
        description(drawing, one, rows),
        {
            "figures": {name: (step, texts[name]) for name, step in steps.items()}, "own": own,
            "legend": _legend(drawing, one, cuts, steps, drawn), "rows": table, "value_label": drawing.say(one.name),
        },
        any(f.hidden for _p, f in rows),
    )  # fmt: skip


def _legend(
    drawing: Drawing, one: Quantity, cuts: Sequence[Decimal], steps: Mapping[str, int | None], drawn: set[str]
) -> list[tuple[str, str]]:
    """A line for each step, highest first; none when all are equal, since the map then has one shade."""
    ends = [said(Figure(cut), one, drawing.lang) for cut in reversed(cuts)]
    found = []
    for place, low in enumerate(ends):
        text = (
            drawing.say(N_("%(low)s eller mer"), low=low)
            if place == 0
            else drawing.say(N_("fra %(low)s til %(high)s"), low=low, high=ends[place - 1])
        )
        found.append((f"m{STEPS - place}", text))
    if ends:
        found.append((f"m{STEPS - len(ends)}", drawing.say(N_("under %(high)s"), high=ends[-1])))
    if None in steps.values():
        found.append(("mx", drawing.say(N_(": skjult"))))
    if not drawn <= set(steps):
        found.append(("m0", drawing.say(N_("uten tall"))))
    if drawing.choice.place is not None:
        found.append(("sw-own", drawing.choice.place.name))
    return found
