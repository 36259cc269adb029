"""The meeting pack as a paper: agenda, key figures with their targets, the chosen reports by theme, audit and method."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from reporting.measures.api import THEMES
from reporting.papers.building import Maker
from reporting.papers.content import Block, Paper, Points, Section, Text, Tiles
from reporting.papers.endnotes import included, method, protection
from reporting.papers.queries import PackCard
from reporting.releases.api import ReleaseRow
from reporting.reports.api import KEYS, REPORTS, TargetRow, comparisons, in_force, lead, tiles
from sammen.i18n_mark import N_
from sammen.web.formats import clock, date_long, upper_first

NAME: Final = N_("Møtehefte")
NBSP: Final = "\u00a0"


def usual_reports() -> tuple[str, ...]:
    """What a new pack has unless something else is chosen: the first two reports of each theme."""
    found: dict[str, list[str]] = {}
    for report in REPORTS.values():
        found.setdefault(report.theme, []).append(report.id)
    return tuple(name for names in found.values() for name in names[:2])


def pack_paper(
    maker: Maker, card: PackCard, row: ReleaseRow, targets: Sequence[TargetRow], region: str
) -> Paper:
    """The whole pack. `targets`: every target there was when the pack was put together, the newest first."""
    board, lang, say = maker.board, maker.lang, maker.say
    kept = in_force(targets, board.period.end)
    day = date_long(card.held_on, lang)
    when = say(N_("%(day)s %(clock)s"), day=day, clock=clock(card.held_at, lang)) if card.held_at else day
    sections = []
    if card.agenda:
        sections.append(Section("saker", say(N_("Saker")), [Points(card.agenda, numbered=True)]))
    if card.foreword:
        sections.append(Section("forord", say(N_("Forord")), [Text(card.foreword)]))
    shown = tiles(board, KEYS, None, kept, lang)
    sections.append(Section("nokkeltall", say(N_("Nøkkeltall for samarbeidet")), [Tiles(shown)]))
    sections += _themes(maker, card.reports, kept)
    sections += [included(maker), protection(maker, row), method(maker)]
    return Paper(
        kicker=say(NAME), title=say(N_("Møte i styringsgruppa %(day)s"), day=day.replace(" ", NBSP)),
        lede=lead(board, KEYS, None, lang),
        cover=[
            (say(N_("Samarbeid")), region), (say(N_("Møtet begynner")), when), (say(N_("Sted")), card.place),
            (say(N_("Tallene gjelder")), upper_first(maker.period)), (say(N_("Satt sammen av")), card.made_by_name),
        ],
        sections=sections,
        about=say(N_("Møtehefte for styringsgruppa, %(region)s, %(period)s"), region=region, period=maker.period),
    )  # fmt: skip


def _themes(maker: Maker, reports: Sequence[str], targets: dict[str, TargetRow]) -> list[Section]:
    """The chosen reports' charts by theme, and the theme's comparison under them."""
    tables = {table.theme: table for table in comparisons(maker.board, None, targets, maker.lang)}
    chosen = [REPORTS[name] for name in REPORTS if name in reports]
    found = []
    for theme, name in THEMES.items():
        blocks: list[Block] = []
        for report in chosen:
            if report.theme == theme:
                blocks += maker.chart(report)
        if blocks and theme in tables:
            blocks.append(maker.beside(tables[theme]))
        if blocks:
            found.append(Section(f"tema-{theme}", maker.say(name), blocks))
    return found
