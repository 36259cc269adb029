"""What the pages show: tabs, states in words, choices, and a newsletter's preview. Without HTTP."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from markupsafe import Markup

from sammen.i18n_mark import N_
from sammen.policy.permissions import Permission
from sammen.tenancy.context import PlaceKind
from sammen.web.desk import Desk
from sammen.web.formats import month_year
from shared_pool.newsletters.codes import KINDS, MAIL_LANGUAGES, SEGMENTS, STATES
from shared_pool.newsletters.content import Content, Mail, body_html, mail_of
from shared_pool.newsletters.writing import Kept

NEWSLETTERS = N_("Nyhetsbrev")
EXAMPLE = "https://…"


def tabs(desk: Desk, current: str) -> list[tuple[str, str, bool]]:
    """The tabs of a municipality: newsletters, who gets them, service letters, rules. The region has newsletters alone."""
    if desk.context.kind is not PlaceKind.MUNICIPALITY:
        return []
    items = [(N_("Nyhetsbrev"), ""), (N_("Mottakere"), "/mottakere"), (N_("Regler"), "/regler")]
    if desk.context.may(Permission.SERVICE_LETTER_SEND):
        items.insert(2, (N_("Tjenestebrev"), "/tjenestebrev"))
    return [(desk.say(text), desk.url(f"/nyhetsbrev{path}"), path == current) for text, path in items]


def state(row: Kept, desk: Desk) -> tuple[str, str]:
    """(word, colour) of where it stands."""
    word, colour = STATES[row.state]
    return desk.say(word), colour


def segment_names(codes: Sequence[str], desk: Desk) -> str:
    """Whom it is to: "Støttekontakter, Boliger"."""
    return ", ".join(desk.say(name) for code, name in SEGMENTS.items() if code in codes)


def facts_form(desk: Desk, months: Sequence[Any]) -> dict[str, Any]:
    """The choices of a newsletter's first page."""
    return {
        "months": [(one.isoformat(), month_year(one, desk.language).capitalize()) for one in months],
        "languages": desk.options(MAIL_LANGUAGES),
        "segments": desk.options(SEGMENTS),
    }


def block_line(kind: str, heading: str, text: str, desk: Desk) -> dict[str, str]:
    """A block in the list: what it is, and how it begins."""
    begins = " ".join(text.split())
    return {
        "kind": desk.say(KINDS[kind]),
        "heading": heading,
        "text": begins[:90] + ("…" if len(begins) > 90 else ""),
    }


def preview(content: Content, sender: str) -> tuple[Markup, Mail]:
    """(the newsletter as it looks, the whole mail). The address that takes one off the list is each reader's own."""
    return Markup(body_html(content, 3)), mail_of(content, sender=sender, leave=EXAMPLE)  # noqa: S704 - every text in it is escaped (content.py), and nothing else is there
