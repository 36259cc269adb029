"""From a municipality's own figures to what its pages show, in the reader's language."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final, cast

from reporting.figures.cells import by_dimension
from reporting.figures.own import Beside, Row, Said, changed
from reporting.figures.queries import Comment, Edition, Values
from reporting.measures.api import DEFINITIONS, THEMES, Definition
from reporting.periods import Language, Period
from sammen.i18n_mark import N_
from sammen.web.formats import decimal, money, percent
from sammen.web.i18n import LANGUAGES, SOURCE_LANGUAGE, ntranslate, translate

KIND_NAMES = {
    "month": N_("Måneder"), "tertial": N_("Tertialer"), "half_year": N_("Halvår"), "year": N_("År"),
}  # fmt: skip
FEW: Final = 20
"""Below this a change of one is more than five per cent, and is told as a number."""
STATES = {
    "computed": (N_("Venter på godkjenning"), "warning"),
    "approved": (N_("Godkjent"), "ok"),
    "replaced": (N_("Erstattet"), "neutral"),
}


@dataclass(frozen=True, slots=True)
class Line:
    """A row of the page's table, finished text."""

    id: str
    name: str
    value: str
    last: str
    last_change: str
    year_ago: str
    year_change: str
    big: bool
    range: str


@dataclass(frozen=True, slots=True)
class Split:
    """A measure divided by one dimension: (name of the code, value), those that are not nought."""

    title: str
    head: str
    rows: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Part:
    """A theme: its lines, its divided tables, and what its figures mean."""

    id: str
    title: str
    lines: tuple[Line, ...]
    splits: tuple[Split, ...]
    meanings: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Story:
    """An edition in the history: what changed since the one before it, in words."""

    edition: Edition
    state: str
    tag: str
    approved_by: str
    changes: tuple[str, ...]


def period_name(period: Period, lang: str) -> str:
    """The period as read in a sentence."""
    return period.label(cast("Language", lang if lang in LANGUAGES else SOURCE_LANGUAGE))


def text_of(value: Decimal, said: Said, lang: str) -> str:
    """A number on the municipality's own page: hours keep a decimal, kroner are told to be that."""
    if said.unit == "kroner":
        return money(value, 0, lang)
    if said.unit == "percent":
        return percent(value, 0, lang)
    return decimal(value, 1 if said.unit in ("hours", "rate") else 0, lang)


def _change(beside: Beside | None, value: Decimal | None, said: Said, lang: str) -> str:
    """How far it has moved: in per cent, or as a difference where per cent would mislead (small counts, shares)."""
    if beside is None or value is None or value == beside.before:
        return ""
    moved = value - beside.before
    sign = "+" if moved > 0 else ""
    if said.unit == "percent":
        if not round(moved):
            return ""  # the two stand side by side, and read the same
        points = sign + decimal(moved, 0, lang)
        return translate(lang, N_("%(points)s prosentpoeng"), points=points)
    if said.unit == "count" and min(value, beside.before) < FEW:
        return translate(lang, N_("endring %(number)s"), number=sign + decimal(moved, 0, lang))
    if beside.percent is None:
        return ""
    return translate(lang, N_("endring %(percent)s"), percent=sign + percent(beside.percent, 0, lang))


def line_of(row: Row, lang: str) -> Line:
    """A figure as its row shows it."""

    def told(beside: Beside | None) -> str:
        return "–" if beside is None else text_of(beside.before, row.said, lang)

    between = ""
    if row.range is not None:
        low, high = (text_of(one, row.said, lang) for one in row.range)
        between = translate(lang, N_("%(low)s til %(high)s"), low=low, high=high)
    return Line(
        row.said.id, translate(lang, row.said.name), "–" if row.value is None else text_of(row.value, row.said, lang),
        told(row.last), _change(row.last, row.value, row.said, lang), told(row.year_ago),
        _change(row.year_ago, row.value, row.said, lang), row.big, between,
    )  # fmt: skip


def splits_of(definition: Definition, values: Values, lang: str) -> list[Split]:
    """A measure's tables, one for each of its dimensions."""
    cells = values.get(definition.id, {})
    found = []
    for at, dimension in enumerate(definition.dimensions):
        sums = by_dimension(cells, at)
        rows = tuple(
            (translate(lang, name), text_of(sums[code], definition, lang))
            for code, name in dimension.codes
            if sums.get(code)
        )
        if rows:
            title = translate(lang, definition.name)
            found.append(Split(title, translate(lang, dimension.name), rows))
    return found


def _stays(row: Row) -> bool:
    """Whether a figure stays in the municipality: it is one that does, or is worked out from one."""
    said = row.said if isinstance(row.said, Definition) else DEFINITIONS[row.said.numerator]
    return said.home


def parts(rows: Sequence[Row], values: Values, lang: str, *, home: bool) -> list[Part]:
    """The page's themes with their figures; `home`: those that stay in the municipality, else the others."""
    found = []
    for theme, title in THEMES.items():
        mine = [
            row for row in rows
            if row.said.theme == theme and _stays(row) is home
        ]  # fmt: skip
        if not mine:
            continue
        splits = [
            split
            for row in mine
            if isinstance(row.said, Definition)
            for split in splits_of(row.said, values, lang)
        ]
        found.append(
            Part(
                theme, translate(lang, title), tuple(line_of(row, lang) for row in mine), tuple(splits),
                tuple((translate(lang, row.said.name), translate(lang, row.said.definition)) for row in mine),
            )
        )  # fmt: skip
    return found


def measure_name(measure: str, lang: str) -> str:
    """A measure's name; its id when the registry no longer has it."""
    return translate(lang, DEFINITIONS[measure].name) if measure in DEFINITIONS else measure


def stories(
    editions: Sequence[Edition], values: Mapping[int, Values], people: Mapping[str, str], lang: str
) -> list[Story]:
    """Every edition, newest first, with what changed since the one before. `values` by edition, `people` by user's id."""
    found = []
    for place, one in enumerate(editions):
        changes: list[str] = []
        if place + 1 < len(editions):
            before = values[editions[place + 1].edition]
            changes = [
                _changed(measure, old, new, cells, lang)
                for measure, old, new, cells in changed(values[one.edition], before)
            ]
        name, tag = STATES[one.state]
        found.append(
            Story(one, translate(lang, name), tag, people.get(str(one.approved_by), ""), tuple(changes))
        )
    return found


def _changed(measure: str, old: Decimal, new: Decimal, cells: int, lang: str) -> str:
    name = measure_name(measure, lang)
    said = DEFINITIONS.get(measure)
    before, after = (text_of(one, said, lang) if said else decimal(one, 0, lang) for one in (old, new))
    if old == new:
        return ntranslate(
            lang,
            "%(name)s: summen er den samme, %(num)s tall i fordelingen er endret.",
            "%(name)s: summen er den samme, %(num)s tall i fordelingen er endret.",
            cells, name=name,
        )  # fmt: skip
    return translate(
        lang, N_("%(name)s: fra %(before)s til %(after)s."), name=name, before=before, after=after
    )


def comment_rows(
    comments: Sequence[Comment], editions: Sequence[Edition], people: Mapping[str, str], lang: str
) -> list[tuple[str, str, Comment]]:
    """(about, by whom, comment) for the page; a comment about the whole edition says so."""
    numbers = {one.id: one.edition for one in editions}
    found = []
    for one in comments:
        about = (
            measure_name(one.measure, lang)
            if one.measure
            else translate(lang, N_("Utgave %(edition)s"), edition=numbers.get(one.set_id, ""))
        )
        found.append((about, people.get(str(one.written_by), ""), one))
    return found
