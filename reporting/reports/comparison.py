"""The comparison table: every municipality, the region, and where the municipalities that are shown lie."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from reporting.measures.api import THEMES, Theme
from reporting.releases.api import GROUP, REGION, Place
from reporting.reports.board import Board
from reporting.reports.frame import NONE, Figure, Framed
from reporting.reports.quantities import Quantity, known, quantity
from reporting.reports.targets import TargetRow, light
from reporting.reports.wording import cell
from sammen.i18n_mark import N_
from sammen.web.i18n import translate

if TYPE_CHECKING:
    import pandas as pd

COLUMNS: Final[Mapping[Theme, tuple[str, ...]]] = {
    "users": ("users", "users_per_1000", "group_share", "refused"),
    "waiting": ("waiting", "waiting_per_100", "started_in_time"),
    "hours": ("hours", "hours_per_user", "hours_delivered"),
    "contacts": ("contacts", "contacts_began_share", "turnover", "vetted_share", "trained_share", "followed_up_share"),
    "quality": ("evaluated_in_time", "goal_reached_share", "changed_contact", "deviations_open", "complaints_per_100"),
    "cost": ("cost_per_hour", "cost_per_user", "cost_per_service", "cost_per_inhabitant"),
    "courses": ("course_seats",),
    "together": ("cross_share", "needs_filled_share"),
}  # fmt: skip
"""What stands beside each other, theme by theme."""


@dataclass(frozen=True, slots=True)
class Column:
    """One figure: its name, and whether more or fewer is what is wanted."""

    one: Quantity
    name: str


@dataclass(frozen=True, slots=True)
class Row:
    """A municipality, a group, the region or a line of the spread. `texts`: (number, index or "", state of its target)."""

    name: str
    kind: str
    figures: tuple[Figure, ...] = field(repr=False)
    texts: tuple[tuple[str, str, str], ...]
    slug: str = ""


@dataclass(frozen=True, slots=True)
class Comparison:
    """A theme's table."""

    theme: str
    title: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]

    @property
    def has_hidden(self) -> bool:
        """Whether the page must explain the colon."""
        return any(figure.hidden for row in self.rows for figure in row.figures)


def comparisons(
    board: Board, place: Place | None, targets: Mapping[str, TargetRow], lang: str
) -> list[Comparison]:
    """A table for each theme that the release has figures of."""
    found = []
    wanted = {
        theme: [one for name in names if known(name) and board.has(one := quantity(name))]
        for theme, names in COLUMNS.items()
    }
    framed = board.framed((one for columns in wanted.values() for one in columns), whole=False)
    for theme, columns in wanted.items():
        if columns:
            heads = tuple(Column(one, translate(lang, one.name)) for one in columns)
            title = translate(lang, THEMES[theme])
            found.append(
                Comparison(theme, title, heads, tuple(_rows(board, framed, columns, place, targets, lang)))
            )
    return found


def _rows(
    board: Board, framed: Framed, columns: Sequence[Quantity], own: Place | None, targets: Mapping[str, TargetRow],
    lang: str,
) -> list[Row]:  # fmt: skip
    period, before = board.period.slug, board.before.slug
    alike = before if board.comparable else None
    rows = [
        _row(framed, period, before, columns, (place.id, place.name, place.slug), targets, lang,
             "own" if own is not None and place.id == own.id else "place")
        for place in framed.places
    ]  # fmt: skip
    rows += [
        _row(framed, period, alike, columns, (GROUP + code, name, ""), targets, lang, "group")
        for code, name in board.current.groups
    ]
    rows.append(
        _row(
            framed,
            period,
            alike,
            columns,
            (REGION, translate(lang, N_("Samarbeidet")), ""),
            targets,
            lang,
            "region",
        )
    )
    rows += _spread(framed, period, columns, lang)
    return rows


def _row(
    framed: Framed, period: str, before: str | None, columns: Sequence[Quantity], where: tuple[str, str, str],
    targets: Mapping[str, TargetRow], lang: str, kind: str,
) -> Row:  # fmt: skip
    place, name, slug = where
    figures = tuple(framed.at(period, place, one.id) for one in columns)
    texts = []
    for one, figure in zip(columns, figures, strict=True):
        index = ""
        if one.below is not None and kind in ("own", "place", "group"):
            compared = framed.index(period, place, one.id)
            index = "" if compared.value is None else str(compared.value)
        # As on the page of key figures: nearer than before is told, where the same municipalities are behind both.
        earlier = NONE if before is None else framed.at(before, place, one.id)
        lit = light(targets[one.id], figure, earlier, one, lang) if one.id in targets else None
        texts.append((cell(figure, one, lang), index, lit.state if lit else ""))
    return Row(name, kind, figures, tuple(texts), slug)


def _spread(framed: Framed, period: str, columns: Sequence[Quantity], lang: str) -> list[Row]:
    """Mean, lowest and highest of the municipalities that are shown."""
    names = {
        "mean": N_("Snitt av kommunene som vises"), "lowest": N_("Lavest av dem som vises"),
        "highest": N_("Høyest av dem som vises"),
    }  # fmt: skip
    spreads = [framed.spread(period, one.id) for one in columns]
    rows = []
    for part, name in names.items():
        values: list[Decimal | None] = [getattr(spread, part) for spread in spreads]
        figures = tuple(NONE if value is None else Figure(value) for value in values)
        texts = tuple((cell(figure, one, lang), "", "") for figure, one in zip(figures, columns, strict=True))
        rows.append(Row(translate(lang, name), "spread", figures, texts))
    return rows


def compared(framed: Framed, wanted: str) -> pd.DataFrame:
    """One figure over every period at once: number, sign, index (region = 100), and the mean, lowest and highest of those
    shown in the period. Whole numbers, scaled as in the frame; -1 where there is none.
    """
    import numpy as np
    import pandas as pd

    numbers, signs = framed.numbers[wanted], framed.signs[wanted]
    where = numbers.index.get_level_values("place")
    period = numbers.index.get_level_values("period")
    region = pd.DataFrame({"n": numbers.to_numpy(), "s": signs.to_numpy()}, index=[period, where])
    whole = region.xs(REGION, level=1)
    beside = whole.reindex(period)
    shown = (signs.to_numpy() == 0) & (beside["s"].to_numpy() == 0) & (beside["n"].to_numpy() > 0)
    under = np.where(shown, beside["n"].to_numpy(), 1)
    index = np.where(shown, (200 * numbers.to_numpy() + under) // (2 * under), -1)
    made = pd.DataFrame(
        {
            "number": np.where(signs.to_numpy() == 0, numbers.to_numpy(), -1),
            "sign": signs.to_numpy(),
            "index": index,
        },
        index=numbers.index,
    )
    places = made[(where != REGION) & ~where.str.startswith(GROUP)]
    known_rows = places[places["sign"] == 0]
    by = known_rows.groupby(level="period")["number"].agg(["sum", "count", "min", "max"])
    by["mean"] = (2 * by["sum"] + by["count"]) // (2 * by["count"])
    joined = by.reindex(places.index.get_level_values("period"))
    for name, column in (("mean", "mean"), ("lowest", "min"), ("highest", "max")):
        places = places.assign(**{name: joined[column].fillna(-1).astype("int64").to_numpy()})
    return places
