"""What the slice's pages show, put together from its reads: values for templates, no HTTP."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sammen.i18n_mark import N_
from sammen.web.formats import date_long, date_short
from sammen.web.i18n import translate
from sammen.web.render import with_query
from tenants.cases.api import Colleague
from tenants.quality.queries import BY_HAND, DeviationCard, DeviationFilter, DeviationList
from tenants.quality.words import KINDS, RULES, SOURCES, STATES

HAND = N_("Meldt av noen")


def title_of(card: DeviationCard, language: str) -> str:
    """The rule's sentence in the reader's language, or what somebody wrote."""
    return translate(language, card.msgid) if card.rule else card.title


def rule_kinds(
    found: DeviationList, wanted: DeviationFilter, base: str, language: str
) -> list[tuple[str, str, int, bool]]:
    """Open deviations by what opened them: (label, address, count, chosen). Rules that found nothing are left out."""
    names = {BY_HAND: HAND, **RULES}
    items = [(translate(language, N_("Alle åpne")), base, found.open, not wanted.rule)]
    return items + [
        (translate(language, name), f"{base}?regel={rule}", found.by_rule[rule], wanted.rule == rule)
        for rule, name in names.items()
        if found.by_rule.get(rule)
    ]


def chosen_filters(wanted: DeviationFilter, query: dict[str, str], language: str) -> list[tuple[str, str]]:
    """The chosen filters as (label, address without it)."""
    chosen: Sequence[tuple[str, str, Mapping[str, str]]] = (
        ("status", wanted.state if wanted.state != "open" else "", STATES),
        ("kilde", wanted.source, SOURCES),
        ("slag", wanted.kind, KINDS),
        ("regel", wanted.rule, {**RULES, BY_HAND: HAND}),
        ("hvem", "mine" if wanted.mine else "", {"mine": N_("Mine")}),
    )
    return [
        (translate(language, names[value]), with_query(query, **{name: None, "side": None}))
        for name, value, names in chosen
        if value
    ]


def colleague_options(found: Sequence[Colleague]) -> list[tuple[str, str]]:
    """Colleagues as the options of a choice."""
    return [(str(one.id), one.name) for one in found]


def first_values(card: DeviationCard) -> dict[str, str]:
    """What the form for following up begins with."""
    return {
        "tittel": card.title,
        "hendelse": card.description,
        "arsak": card.cause,
        "ansvarlig": str(card.responsible_id or ""),
        "frist": date_short(card.due_on) if card.due_on else "",
        "myndighet": card.authority,
        "svarfrist": date_short(card.reply_by) if card.reply_by else "",
        "svart": date_short(card.replied_on) if card.replied_on else "",
        "versjon": str(card.version),
    }


def state_of(card: DeviationCard, language: str) -> tuple[str, str] | None:
    """A tag for what the list should say besides the deadline: put right or closed, with the day."""
    if card.closed_on is not None:
        return translate(language, N_("Lukket %(day)s"), day=date_long(card.closed_on, language)), "neutral"
    if card.put_right_on is not None:
        return translate(language, N_("Rettet %(day)s"), day=date_long(card.put_right_on, language)), "ok"
    return None
