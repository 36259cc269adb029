"""Sentences made from figures by rule. They say what the published figures say and no more; what is hidden is said to be."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Final

from reporting.papers.building import Maker
from reporting.reports.api import Figure, Quantity, said
from sammen.i18n_mark import N_
from sammen.web.formats import listed

NOT_THERE: Final = N_("Publiseringen har ikke tall for dette: %(name)s.")


def whole(maker: Maker, one: Quantity, told: str, *, name: str = "") -> str:
    """The region's figure in a sentence `told` with %(value)s; or that it is hidden, or that the release has none.

    `name`: a msgid for the figure where its own is too wide, such as of a part.
    """
    figure = maker.region(one)
    if figure.value is not None:
        return maker.say(told, value=said(figure, one, maker.lang))
    words = N_("Samarbeidets tall er skjult: %(name)s.") if figure.hidden else NOT_THERE
    return maker.say(words, name=maker.say(name or one.name))


def spread(maker: Maker, one: Quantity) -> list[str]:
    """Who lies lowest and highest of those that are shown, and whose figures are hidden or missing."""
    if not maker.has(one):
        return []
    column = maker.board.framed([one], whole=False).column(maker.board.period.slug, one.id)
    shown = [(place.name, figure) for place, figure in column if figure.value is not None]
    hidden = [place.name for place, figure in column if figure.hidden]
    missing = [place.name for place, figure in column if figure.value is None and not figure.hidden]
    if len(hidden) == len(column):
        return [maker.say(N_("Tallet er skjult for alle kommunene."))]
    found = [_ends(maker, one, shown, len(column))]
    if hidden:
        found.append(maker.say(N_("Tallet er skjult for %(names)s."), names=listed(hidden, maker.lang)))
    if missing:
        found.append(maker.say(N_("Det finnes ikke tall for %(names)s."), names=listed(missing, maker.lang)))
    return found


def _ends(maker: Maker, one: Quantity, shown: Sequence[tuple[str, Figure]], total: int) -> str:
    if not shown:
        return maker.say(N_("Ingen av kommunene har et tall som kan vises."))
    values = [figure.value for _name, figure in shown if figure.value is not None]
    if len(shown) == 1:
        return maker.say(
            N_("Bare %(name)s har et tall som kan vises: %(value)s."), name=shown[0][0],
            value=said(shown[0][1], one, maker.lang),
        )  # fmt: skip
    low, high = min(values), max(values)
    if low == high:
        return maker.say(
            N_("Alle %(count)s kommunene som vises, har det samme tallet: %(value)s."), count=len(shown),
            value=said(shown[0][1], one, maker.lang),
        )  # fmt: skip
    words = N_("Lavest er %(lowest)s (%(low)s), høyest er %(highest)s (%(high)s).")
    if len(shown) < total:
        words = N_(
            "Av de %(shown)s kommunene som vises, er %(lowest)s lavest (%(low)s) og %(highest)s høyest (%(high)s)."
        )
    return maker.say(
        words, shown=len(shown), lowest=_named(maker, shown, low), highest=_named(maker, shown, high),
        low=said(Figure(low), one, maker.lang), high=said(Figure(high), one, maker.lang),
    )  # fmt: skip


def _named(maker: Maker, shown: Sequence[tuple[str, Figure]], value: Decimal) -> str:
    return listed([name for name, figure in shown if figure.value == value], maker.lang)


def paragraph(*sentences: str | Sequence[str]) -> str:
    """Sentences one after the other."""
    flat = [text for part in sentences for text in ([part] if isinstance(part, str) else part)]
    return " ".join(text for text in flat if text)
