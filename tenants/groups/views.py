"""What the slice's pages show, put together from its reads: texts for templates, no HTTP."""

from __future__ import annotations

from datetime import time
from typing import Any

from sammen.i18n_mark import N_
from sammen.norwegian import format_date
from sammen.web.formats import clock_range, date_long
from sammen.web.i18n import translate
from tenants.groups.people import Participant
from tenants.groups.queries import GroupCard
from tenants.people.api import traits


def when(group: GroupCard, language: str) -> str:
    """ "tirsdager kl. 17.30–19.00" """
    day = translate(language, traits.WEEKDAYS[group.weekday])
    return f"{day} {clock_range(group.starts, group.ends, language)}"


def _clock(value: time) -> str:
    return f"{value:%H:%M}"


def form_values(card: GroupCard) -> dict[str, Any]:
    """What the form for editing begins with."""
    return {
        "navn": card.name, "aktivitet": card.activity, "ukedag": card.weekday, "begynner": _clock(card.starts),
        "slutter": _clock(card.ends), "sted": card.place, "plasser": str(card.seats), "transport": card.transport,
        "hostferie": str(card.autumn_week or ""), "vinterferie": str(card.winter_week or ""),
        "paske": "ja" if card.easter_off else "", "fra": format_date(card.valid_from),
        "til": format_date(card.valid_to) if card.valid_to else "",
    }  # fmt: skip


def standing(one: Participant, language: str) -> tuple[str, str]:
    """(text, shape) of a participant's place."""
    if one.answer_due:
        return translate(language, N_("Prøvetida er over. Spør om de fortsetter")), "warning"
    if one.state == "trial" and one.trial_to is not None:
        return translate(language, N_("Prøver til %(day)s"), day=date_long(one.trial_to, language)), "info"
    if one.stays:
        return translate(language, N_("Fortsetter som vanlig medlem")), "ok"
    if one.ends_soon and one.last_day is not None:
        return translate(
            language, N_("Vedtaket går ut %(day)s"), day=date_long(one.last_day, language)
        ), "warning"
    return translate(language, N_("Har plass")), "ok"
