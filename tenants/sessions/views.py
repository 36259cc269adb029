"""What the slice's pages show, put together from its reads: texts for templates, no HTTP."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import time
from typing import Any

from sammen.clock import OSLO
from sammen.i18n_mark import N_
from sammen.norwegian import format_date
from sammen.web.formats import clock_range, date_weekday, listed
from sammen.web.i18n import translate
from tenants.groups.api import GroupCard
from tenants.sessions.queries import RESTS, SessionCard
from tenants.sessions.series import CLOSED

ASK_STATES: Mapping[str, tuple[str, str]] = {
    "asked": (N_("Har ikke svart"), "half"),
    "yes": (N_("Ja"), "ok"),
    "no": (N_("Kan ikke"), "neutral"),
    "expired": (N_("Svarte ikke i tide"), "neutral"),
    "taken": (N_("En annen sa ja"), "neutral"),
    "stopped": (N_("Runden er stoppet"), "neutral"),
}
LEADER_STATES: Mapping[str, tuple[str, str]] = {
    "coming": (N_("Leder"), "ok"),
    "came": (N_("Kom"), "ok"),
    "cannot": (N_("Kan ikke"), "warning"),
}
PRESENCE_SHAPES = {"present": "ok", "absent": "warning", "told": "neutral", "": "half"}
_OWN_REASONS = frozenset({CLOSED, RESTS})


def times(card: SessionCard, language: str) -> str:
    """ "kl. 17.30–19.30" """
    local = [one.astimezone(OSLO) for one in (card.starts_at, card.ends_at)]
    return clock_range(local[0].time(), local[1].time(), language)


def when(card: SessionCard, language: str) -> str:
    """ "Tirsdag 24. november 2026 kl. 17.30–19.30" """
    return f"{date_weekday(card.day, language)} {times(card, language)}"


def state(card: SessionCard, language: str) -> tuple[str, str]:
    """(text, shape) of how a meeting stands."""
    text, shape = _state(card)
    return translate(language, text), shape


def _state(card: SessionCard) -> tuple[str, str]:
    if card.state == "cancelled":
        return N_("Avlyst"), "neutral"
    if card.state == "held":
        return N_("Holdt"), "ok"
    if card.unregistered:
        return N_("Ikke registrert"), "warning"
    if card.blocked:
        return N_("Mangler gruppeleder"), "danger"
    if card.started_at is not None:
        return N_("I gang"), "ok"
    return N_("Planlagt"), "info"


def reason(card: SessionCard, language: str) -> str:
    """Why it was called off: as somebody wrote it, or one of our own sentences in the reader's language."""
    text = card.cancel_reason
    return translate(language, text) if text in _OWN_REASONS else text


def leaders(card: SessionCard, language: str) -> str:
    """ "Marte og Amund" """
    return listed([one for one in card.led_by_names if one], language)


def clock(value: time) -> str:
    return f"{value:%H:%M}"


def form_values(card: SessionCard) -> dict[str, Any]:
    """What the form for moving a meeting begins with."""
    local = [one.astimezone(OSLO) for one in (card.starts_at, card.ends_at)]
    return {
        "dag": format_date(card.day), "begynner": clock(local[0].time()), "slutter": clock(local[1].time()),
        "sted": card.place, "aktivitet": card.activity, "transport": card.transport, "beskjed": card.words,
    }  # fmt: skip


def new_values(group: GroupCard) -> dict[str, Any]:
    """What the form for an extra meeting begins with."""
    return {
        "begynner": clock(group.starts), "slutter": clock(group.ends), "sted": group.place,
        "transport": group.transport,
    }  # fmt: skip


def lines(cards: Sequence[SessionCard], language: str) -> list[dict[str, Any]]:
    """Meetings as rows of a table."""
    return [
        {
            "id": one.id,
            "day": one.day,
            "times": times(one, language),
            "place": one.place,
            "activity": one.activity,
            "extra": one.series_day is None,
            "moved": one.by_hand and one.series_day is not None,
            "state": state(one, language),
            "reason": reason(one, language),
            "leaders": leaders(one, language),
        }
        for one in cards
    ]
