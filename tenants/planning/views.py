"""What the slice's pages show, put together from its reads: texts for templates, no HTTP."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sammen.i18n_mark import N_
from sammen.web.formats import date_weekday, money
from sammen.web.i18n import ntranslate, translate
from tenants.planning.queries import SuggestionCard
from tenants.planning.rules import LEAST
from tenants.sessions.api import SessionCard


@dataclass(frozen=True, slots=True)
class SuggestionView:
    """A suggestion as a page shows it: what is worth knowing in one line, and how many want it in words."""

    card: SuggestionCard
    about: str
    wanted: str
    when: str


def half_name(half: date, language: str) -> str:
    """ "Våren 2026" """
    word = N_("Våren %(year)s") if half.month == 1 else N_("Høsten %(year)s")
    return translate(language, word, year=half.year)


def _about(card: SuggestionCard, language: str) -> str:
    parts = [card.where_to] if card.where_to else []
    if card.cost_ore is not None:
        kroner = money(Decimal(card.cost_ore) / 100, 2 if card.cost_ore % 100 else 0, language)
        parts.append(
            translate(language, N_("Gratis")) if card.cost_ore == 0
            else translate(language, N_("%(cost)s hver"), cost=kroner)
        )  # fmt: skip
    if card.transport:
        parts.append(translate(language, N_("Trenger skyss")))
    if card.fits:
        parts.append(card.fits)
    return " · ".join(parts)


def _wanted(card: SuggestionCard, language: str, *, joint: bool) -> str:
    """How many want it: one's own, and in other municipalities when they are three or more."""
    if not joint:
        return (
            ntranslate(language, "Én har valgt dette", "%(num)s har valgt dette", card.own)
            if card.own
            else ""
        )
    if card.elsewhere >= LEAST:
        return translate(
            language,
            N_("%(own)s herfra og %(others)s andre har valgt dette"),
            own=card.own,
            others=card.elsewhere,
        )
    if card.elsewhere and not card.own:
        return translate(language, N_("Noen få i andre kommuner har valgt dette"))
    if card.elsewhere:
        return translate(language, N_("%(own)s herfra og noen få andre har valgt dette"), own=card.own)
    return translate(language, N_("%(own)s herfra har valgt dette"), own=card.own) if card.own else ""


def shown(cards: Sequence[SuggestionCard], language: str, *, joint: bool) -> list[SuggestionView]:
    """The suggestions as a page shows them."""
    return [
        SuggestionView(
            card, _about(card, language), _wanted(card, language, joint=joint),
            date_weekday(card.starts_at, language) if card.starts_at is not None else "",
        )
        for card in cards
    ]  # fmt: skip


def session_options(cards: Sequence[SessionCard], language: str) -> list[tuple[str, str]]:
    """Coming meetings as options: the day, and what is planned already."""
    return [
        (str(one.id), date_weekday(one.day, language) + (f" ({one.activity})" if one.activity else "")) for one in cards
    ]  # fmt: skip
