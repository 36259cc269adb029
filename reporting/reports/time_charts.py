"""Figures over periods, and wholes divided in parts."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from reporting.releases.api import REGION
from reporting.reports.drawing import TOGETHER, Drawing, View, definition_of, neutral, population_note
from reporting.reports.frame import NONE, Figure, Framed
from reporting.reports.quantities import Quantity, parts_of
from reporting.reports.series import breaks, end_years, labels
from reporting.reports.wording import cell, period_name, said
from sammen.i18n_mark import N_
from sammen.web.formats import percent, upper_first
from sammen.web.series_charts import SHADES, Line


def _run(drawing: Drawing, framed: Framed, one: Quantity, place: str) -> list[Figure]:
    """The figure of a place in every period of the axis; NONE where nothing is published."""
    return [framed.at(period.slug, place, one.id) for period in drawing.board.axis]


def _trend(drawing: Drawing, one: Quantity, run: Sequence[Figure], cut: int) -> str:
    """The heading: how the last figure stands to the first after the last break. Neutral when either is not shown."""
    plain = neutral(drawing, one)
    axis = drawing.board.axis
    first = next((n for n in range(cut, len(run)) if run[n].value is not None), None)
    last = run[-1].value
    if first is None or last is None or first == len(run) - 1:
        return plain
    then = run[first].value
    assert then is not None
    words = N_("%(what)s: likt som i %(since)s")
    if last != then:
        words = N_("%(what)s: opp siden %(since)s") if last > then else N_("%(what)s: ned siden %(since)s")
    return drawing.say(words, what=plain, since=period_name(axis[first], drawing.lang))


def lines(drawing: Drawing) -> View:
    """The region over time, and the chosen municipality beside it."""
    one = drawing.charted
    framed = drawing.board.framed([one])
    place = drawing.choice.place
    together = drawing.say(TOGETHER)
    runs = [("region", together, _run(drawing, framed, one, REGION))]
    if place is not None:
        runs.insert(0, ("own", place.name, _run(drawing, framed, one, place.id)))
    marks, why = breaks(drawing, one)
    own_cut = tuple(at for at, _text in breaks(drawing, one, region=False)[0])
    axis = drawing.board.axis
    cut = max(own_cut if place is not None else (at for at, _text in marks), default=0)
    drawn = [
        Line(
            css, name, tuple(f.value for f in run), f"{cell(run[-1], one, drawing.lang)} {name}",
            own_cut if css == "own" else None,
        )
        for css, name, run in runs
    ]  # fmt: skip
    texts = [drawing.say(one.definition), *_unlabelled(drawing, runs), *why, *population_note(drawing, one)]
    rows = [
        (
            upper_first(period_name(period, drawing.lang)),
            *(cell(run[n], one, drawing.lang) for _c, _n, run in runs),
        )
        for n, period in enumerate(axis)
    ]
    desc = [
        drawing.say(N_("%(name)s har %(value)s."), name=name, value=said(run[-1], one, drawing.lang))
        for _css, name, run in runs
        if run[-1].value is not None
    ]
    return View(
        "lines", drawing.id, _trend(drawing, one, runs[0][2], cut), " ".join(texts), " ".join(desc),
        {
            "lines": drawn, "labels": labels(axis), "rows": rows, "breaks": marks, "digits": one.decimals,
            "heads": (drawing.say(N_("Periode")), *(name for _c, name, _r in runs)),
        },
        any(f.hidden for _c, _n, run in runs for f in run),
    )  # fmt: skip


def _unlabelled(drawing: Drawing, runs: Sequence[tuple[str, str, Sequence[Figure]]]) -> list[str]:
    """Which line is whose, when a line has no label because its end is not shown."""
    if all(run[-1].value is not None for _css, _name, run in runs):
        return []
    if len(runs) < 2:
        return [drawing.say(N_("Linja viser samarbeidet."))]
    return [drawing.say(N_("Heltrukket er %(name)s, stiplet er samarbeidet."), name=runs[0][1])]


def multiples(drawing: Drawing) -> View:
    """A small line for every municipality, all to one scale, with the region's beside it."""
    one = drawing.charted
    framed = drawing.board.framed([one])
    axis = drawing.board.axis
    whole = _run(drawing, framed, one, REGION)
    runs = [(place, _run(drawing, framed, one, place.id)) for place in framed.places]
    marks, why = breaks(drawing, one)
    own_cut = tuple(at for at, _text in breaks(drawing, one, region=False)[0])
    known = [f.value for _p, run in runs for f in run if f.value is not None] or [Decimal(1)]
    ends = (min(known), max(known))
    scale = Line("other", "", tuple(ends[n % 2] for n in range(len(axis))))
    region = Line("region", drawing.say(TOGETHER), tuple(f.value for f in whole))
    own = drawing.choice.place
    places = [
        (
            place.name, Line("own", place.name, tuple(f.value for f in run), "", own_cut), region,
            cell(run[-1], one, drawing.lang), own is not None and place.id == own.id,
        )
        for place, run in runs
    ]  # fmt: skip
    rows = [
        (name, *(cell(f, one, drawing.lang) for f in run))
        for name, run in [*((p.name, run) for p, run in runs), (drawing.say(TOGETHER), whole)]
    ]
    note = drawing.say(N_("Heltrukket er kommunen, stiplet er samarbeidet. Alle har samme skala."))
    texts = [drawing.say(one.definition), note, *why, *population_note(drawing, one)]
    cut = max((at for at, _text in marks), default=0)
    return View(
        "multiples", drawing.id, _trend(drawing, one, whole, cut), " ".join(texts), "",
        {
            "places": places, "labels": end_years(axis), "top": scale, "rows": rows, "breaks": marks,
            "heads": (
                drawing.say(N_("Kommune")), *(upper_first(period_name(period, drawing.lang)) for period in axis)
            ),
        },
        any(f.hidden for _p, run in runs for f in run),
    )  # fmt: skip


def shares(drawing: Drawing) -> View:
    """A measure's parts: the region and the chosen municipality, first and last, or every municipality now."""
    one = drawing.charted
    parts = parts_of(one, drawing.report.by, first=drawing.report.first)
    quantities = [part for _code, _name, part in parts]
    framed = drawing.board.framed(quantities)
    names = [drawing.say(name) for _code, name, _part in parts]
    wholes = _wholes(drawing, framed)
    table: list[tuple[str, ...]] = []
    drawn = []
    hidden = False
    kept = _kept(framed, wholes, quantities)
    for label, css, period, place in wholes:
        figures = [framed.at(period, place, quantities[n].id) for n in kept]
        hidden |= any(figure.hidden for figure in figures)
        texts = _share_texts(figures, drawing.lang)
        table.append((label, *texts))
        known = [figure.value for figure in figures]
        whole = None if None in known or not sum(v for v in known if v is not None) else known
        sign = ":" if any(figure.hidden for figure in figures) else NONE.sign
        drawn.append((label, css, None if whole is None else list(zip(whole, texts, strict=True)), sign))
    key = [("b-region" if drawing.choice.place is None else "b-own", names[kept[0]])] if kept else []
    key += [(SHADES[n % len(SHADES)], names[at]) for n, at in enumerate(kept[1:])]
    desc = [
        f"{row[0]}: " + ", ".join(f"{names[at]} {text}" for at, text in zip(kept, row[1:], strict=True)) + "."
        for row in table
    ]
    return View(
        "shares", drawing.id, neutral(drawing, one), definition_of(drawing, one, []), " ".join(desc),
        {"shares": drawn, "rows": table, "heads": (drawing.say(N_("Hvem og når")), *(names[n] for n in kept)), "key": key},
        hidden,
    )  # fmt: skip


def _wholes(drawing: Drawing, framed: Framed) -> list[tuple[str, str, str, str]]:
    """(label, css, period slug, place) of each row."""
    first, last = drawing.board.series[0].card.period, drawing.board.period
    periods = [last] if first == last else [first, last]
    rows = []
    pairs = [("own", drawing.choice.place.id, drawing.choice.place.name)] if drawing.choice.place else []
    pairs.append(("region", REGION, drawing.say(TOGETHER)))
    for css, place, name in pairs:
        for period in periods:
            said_when = period_name(period, drawing.lang) if first.year == last.year else period.year
            label = (
                drawing.say(N_("%(name)s %(year)s"), name=name, year=said_when) if len(periods) > 1 else name
            )
            rows.append((label, css, period.slug, place))
    if not drawing.choice.place:
        rows += [(place.name, "other", last.slug, place.id) for place in framed.places]
    return rows


def _kept(
    framed: Framed, wholes: Sequence[tuple[str, str, str, str]], quantities: Sequence[Quantity]
) -> list[int]:
    """The parts that anybody has something in, or that are hidden somewhere; the first always."""
    found = []
    for number_, part in enumerate(quantities):
        figures = [framed.at(period, place, part.id) for _l, _c, period, place in wholes]
        if number_ == 0 or any(figure.hidden or figure.value for figure in figures):
            found.append(number_)
    return found


def _share_texts(figures: Sequence[Figure], lang: str) -> list[str]:
    """Per cent of the whole; with a hidden part there is no whole, so each shown number stands as it is hidden."""
    known = [figure.value for figure in figures]
    whole = sum((value for value in known if value is not None), Decimal(0))
    if None in known or not whole:
        return [":" if any(f.hidden for f in figures) else NONE.sign for _figure in figures]
    return [percent(value * 100 / whole, 0, lang) for value in known if value is not None]
