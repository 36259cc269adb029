"""The key figures of a page and the sentences above them, made from what is published."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from reporting.releases.api import REGION, Place
from reporting.reports.board import Board
from reporting.reports.frame import NONE, Figure
from reporting.reports.quantities import Quantity, known, quantity
from reporting.reports.spec import Key
from reporting.reports.targets import TargetRow, light
from reporting.reports.wording import ago, change, number, said, unit
from sammen.i18n_mark import N_
from sammen.web.formats import date_long, listed
from sammen.web.i18n import translate

LEAD: Final = 3
"""How many sentences the lead has at most."""
MOST: Final = 6
"""How many key figures a page has: the first that are published."""


def tiles(
    board: Board, keys: Sequence[Key], place: Place | None, targets: Mapping[str, TargetRow], lang: str,
    own: Mapping[str, Figure] | None = None,
) -> list[dict[str, Any]]:  # fmt: skip
    """Key figures for the component: value, what has changed, the region's beside a municipality's, and the target.

    `own`: a municipality's own exact figures, for its own page alone; they stand where the published one is hidden.
    """
    figures = [one for key in keys if known(key.quantity) and board.has(one := quantity(key.quantity))][:MOST]
    framed = board.framed(figures, whole=False)
    now, before = board.period.slug, board.before.slug
    where = place.id if place else REGION
    found = []
    for one in figures:
        value, whole = framed.at(now, where, one.id), framed.at(now, REGION, one.id)
        # Fewer users where a municipality is missing is no fall.
        earlier = framed.at(before, where, one.id) if place is not None or board.comparable else NONE
        shown = value
        compare = [text for text in (change(value, earlier, one, board.period, lang),) if text]
        if value.hidden and own is not None and one.id in own:
            shown = own[one.id]
            compare = [translate(lang, N_("Skjult for de andre. Bare dere ser tallet."))]
        elif value.hidden:
            compare = [translate(lang, N_("Skjult. Det betyr ikke null."))]
        if place is not None:
            compare.append(_beside(whole, one, lang))
        goal = None
        if one.id in targets and (lit := light(targets[one.id], value, earlier, one, lang)):
            goal = (lit.text, lit.state)
        found.append(
            {
                "label": translate(lang, one.name),
                "value": number(shown, one, lang),
                "unit": "" if shown.sign else unit(one, lang),
                "compare": compare,
                "goal": goal,
            }
        )
    return found


def _beside(whole: Figure, one: Quantity, lang: str) -> str:
    """The region's figure beside a municipality's."""
    words = {":": N_("Samarbeidet: skjult"), "–": N_("Samarbeidet: uten tall")}
    return translate(lang, words.get(whole.sign, N_("Samarbeidet: %(value)s")), value=said(whole, one, lang))


def lead(board: Board, keys: Sequence[Key], place: Place | None, lang: str) -> str:
    """A few sentences on what has changed most since the period before; blank when nothing can be compared."""
    if place is None and not board.comparable:
        return translate(
            lang,
            N_(
                "Ikke de samme kommunene er med som sist. Derfor sammenligner vi ikke summene med forrige periode."
            ),
        )
    figures = {key: quantity(key.quantity) for key in keys if known(key.quantity)}
    framed = board.framed(figures.values(), whole=False)
    where = place.id if place else REGION
    moved = []
    for key, one in figures.items():
        value = framed.at(board.period.slug, where, one.id).value
        earlier = framed.at(board.before.slug, where, one.id).value
        if value is None or earlier is None or value == earlier:
            continue
        size = abs(value - earlier) / max(value, earlier)
        moved.append((size, key, value > earlier))
    moved.sort(key=lambda row: -row[0])
    since = ago(board.period, lang)
    chosen = sorted(moved[:LEAD], key=lambda row: list(figures).index(row[1]))
    return " ".join(
        translate(lang, key.more if more else key.fewer, ago=since) for _size, key, more in chosen
    )


def reported_text(board: Board, lang: str) -> str:
    """Who has figures in the release, and when it was published."""
    count, total = len(board.current.reported), len(board.current.places)
    published = date_long(board.current.card.approved_at.date(), lang)
    day = date_long(board.period.end, lang)
    if not board.missing:
        return translate(
            lang, N_("Tall per %(day)s, godkjent av alle %(count)s kommuner og publisert %(published)s."),
            day=day, count=count, published=published,
        )  # fmt: skip
    return translate(
        lang,
        N_("Tall per %(day)s, publisert %(published)s. %(count)s av %(total)s kommuner er med. Uten tall: %(names)s."),
        day=day, published=published, count=count, total=total, names=listed(board.missing, lang),
    )  # fmt: skip
