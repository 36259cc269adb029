"""What every paper says at its end: who is in, how people are protected, and how the figures are made."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from reporting.papers.building import Maker
from reporting.papers.content import Block, Line, Numbers, Points, Section, Text
from reporting.releases.api import ReleaseRow, audit_told
from reporting.reports.api import CREDIT, HIDDEN_MEANS, NONE_MEANS, reported_text
from sammen.i18n_mark import N_
from sammen.web.formats import date_long, decimal
from sammen.web.i18n import ntranslate

HOW: Final = N_(
    "Hver kommune regner ut sine egne tall i Sammen, ser dem over og godkjenner dem. Først da kan tallene publiseres."
)
SECOND: Final = N_(
    "Noen tall er skjult bare for at ingen skal kunne regne ut et annet. De har det samme tegnet."
)
INDEX: Final = N_(
    "Står det indeks under et tall, er samarbeidets tall 100. Indeks 110 er ti prosent høyere enn samarbeidets."
)
WHERE: Final = N_("I Sammen står det under «Slik er tallene laget» hvordan hvert tall er regnet ut.")
HIDDEN: Final = N_(
    "%(hidden)s av %(all)s tall er skjult. Et antall fra 1 til %(most)s skjules."
    " Det gjør også så mange andre tall som må til for at det ikke kan regnes ut."
)
TRIED: Final = N_(
    "Før tallene ble vist, prøvde Sammen å regne ut hvert skjulte tall, slik disse kunne ha prøvd:"
)


def source(maker: Maker) -> str:
    """Which release the figures are from: the same words each time the paper is made."""
    card = maker.board.current.card
    return maker.say(
        N_("Tallene er fra publisering %(edition)s for %(period)s, godkjent %(day)s."), edition=card.edition,
        period=maker.period, day=date_long(card.approved_at.date(), maker.lang),
    )  # fmt: skip


def method(maker: Maker, more: Iterable[str] = ()) -> Section:
    """How the figures are made and what the signs mean. `more`: sentences of the paper's own, before the rest."""
    points = [*more, maker.say(HOW), source(maker), maker.say(HIDDEN_MEANS), maker.say(SECOND)]
    points += [maker.say(NONE_MEANS), maker.say(INDEX)]
    population = maker.board.population.get(maker.board.period.slug)
    if population is not None and population.year:
        words = N_("Folketallet er per 1. januar %(year)s. Kilde: %(source)s.")
        points.append(maker.say(words, year=population.year, source=maker.say(population.source).rstrip(".")))
        points.append(maker.say(CREDIT))
    points.append(maker.say(WHERE))
    return Section("metode", maker.say(N_("Slik er tallene laget")), [Points(points)])


def included(maker: Maker) -> Section:
    """Who is in and who is not: nobody is counted as nought."""
    board = maker.board
    blocks: list[Block] = [Text(reported_text(board, maker.lang))]
    if board.missing:
        left_out = ntranslate(
            maker.lang,
            "Én kommune hadde ikke godkjent tallene sine da de ble publisert. Den er ikke med i noen sum.",
            "%(num)s kommuner hadde ikke godkjent tallene sine da de ble publisert. De er ikke med i noen sum.",
            len(board.missing),
        )
        blocks += [Text(left_out), Points(board.missing)]
    return Section("hvem", maker.say(N_("Hvem som er med")), blocks)


def protection(maker: Maker, row: ReleaseRow) -> Section:
    """What was tried on the release before anybody saw it, in plain words."""
    report = row.report or {}
    blocks: list[Block] = []
    if "hidden" in report:
        hidden, cells = decimal(report["hidden"], 0, maker.lang), decimal(report["cells"], 0, maker.lang)
        blocks.append(Text(maker.say(HIDDEN, hidden=hidden, all=cells, most=row.threshold - 1)))
    tried = audit_told(report, maker.lang)
    if tried:
        heads = (
            N_("Hvem som prøver"), N_("Hvor mange"), N_("Skjulte tall prøvd"), N_("Tall de fant"),
        )  # fmt: skip
        told = [(one.who, (one.attackers, one.cells, one.found)) for one in tried]
        lines = [Line(who, texts, texts) for who, texts in told]
        caption = maker.say(N_("Hvem som kunne ha prøvd å regne ut skjulte tall"))
        blocks += [
            Text(maker.say(TRIED)), Numbers(caption, tuple(maker.say(head) for head in heads), tuple(lines)),
        ]  # fmt: skip
    if not blocks:
        blocks.append(Text(maker.say(N_("Prøvene som ble gjort før publiseringen, er ikke lagret."))))
    return Section("vern", maker.say(N_("Slik er personene bak tallene vernet")), blocks)
