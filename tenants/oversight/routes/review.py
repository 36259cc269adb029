"""Oversight: what was opened in an emergency, what is unusual in the look-ups, and what has been reviewed.

Whoever reviews sees who read, when and why, and whom by the end of an id: neither name nor case.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from litestar import Response

from sammen.audit.trail import record_read
from sammen.clock import OSLO, today
from sammen.errors import Invalid
from sammen.i18n_mark import N_
from sammen.policy.permissions import Permission
from sammen.web.desk import Desk
from sammen.web.door import action, page
from sammen.web.forms import version_of
from sammen.web.paging import PAGE_SIZE, last_page, page_number
from tenants.cases.api import (
    REVIEW_DAYS,
    EmergencyCard,
    emergencies_reviewed,
    emergencies_to_review,
    emergency_card,
    review_emergency,
)
from tenants.oversight.findings import (
    entries_in_emergency,
    entries_of,
    finding_card,
    list_findings,
    review_finding,
)
from tenants.oversight.routes.emergency import review_word
from tenants.oversight.views import entry_lines, finding_texts, role_names, short
from tenants.oversight.words import OUTCOME_SHAPES, OUTCOMES, REVIEWS

OVERSIGHT = N_("Tilsyn med innsyn")
EMERGENCIES = N_("Nødåpninger")
UNUSUAL = N_("Uvanlige oppslag")
REVIEWED = N_("Gjennomgått")
LOOKED = N_("Så på tilsynet med innsyn")


def _tabs(desk: Desk, current: str) -> list[tuple[str, str, bool]]:
    return [
        (desk.say(name), desk.url(f"/tilsyn{path}"), path == current)
        for name, path in ((EMERGENCIES, ""), (UNUSUAL, "/oppslag"), (REVIEWED, "/gjennomgatt"))
    ]


def _frame(desk: Desk, tab: str, last: str = "") -> dict[str, Any]:
    crumbs = [(desk.say(OVERSIGHT), desk.url("/tilsyn"))]
    return {
        "title": desk.say(OVERSIGHT),
        "current": "/tilsyn",
        "tabs": _tabs(desk, tab),
        "crumbs": [*crumbs, (last, "")] if last else [],
    }


def _emergency_row(desk: Desk, card: EmergencyCard) -> dict[str, Any]:
    """A line of a list. `days_left` to the review, negative when late."""
    due = (card.opened_at + timedelta(days=REVIEW_DAYS)).astimezone(OSLO).date()
    return {
        "card": card, "url": desk.url(f"/tilsyn/nodapninger/{card.id}"), "roles": role_names(card.roles, desk.say),
        "code": short(card.case_id), "state": review_word(desk, card), "days_left": (due - today()).days,
        "own": card.user_id == desk.context.user,
    }  # fmt: skip


@page("/k/{slug:str}/tilsyn", Permission.OVERSIGHT_REVIEW)
async def show_emergencies(desk: Desk) -> Response[str]:
    """What waits for review, newest first."""
    cards = await emergencies_to_review(desk.uow)
    await record_read(desk.uow, "oversight.read", [], why=LOOKED, object_kind="trail")
    return await desk.render(
        "oversight/emergencies.html", rows=[_emergency_row(desk, card) for card in cards], **_frame(desk, "")
    )


@page("/k/{slug:str}/tilsyn/oppslag", Permission.OVERSIGHT_REVIEW)
async def show_findings(desk: Desk) -> Response[str]:
    """What the weekly look found and nobody has gone through."""
    number = page_number(desk.query)
    cards, total = await list_findings(desk.uow, done=False, page=number)
    await record_read(desk.uow, "oversight.read", [], why=LOOKED, object_kind="trail")
    return await desk.render(
        "oversight/findings.html",
        rows=[(card, finding_texts(card, desk.say), desk.url(f"/tilsyn/oppslag/{card.id}")) for card in cards],
        total=total, number=number, size=PAGE_SIZE, last=last_page(total), **_frame(desk, "/oppslag"),
    )  # fmt: skip


@page("/k/{slug:str}/tilsyn/gjennomgatt", Permission.OVERSIGHT_REVIEW)
async def show_reviewed(desk: Desk) -> Response[str]:
    """What is done: emergencies and findings with what was said of them."""
    number = page_number(desk.query)
    cards, total = await list_findings(desk.uow, done=True, page=number)
    emergencies = await emergencies_reviewed(desk.uow)
    await record_read(desk.uow, "oversight.read", [], why=LOOKED, object_kind="trail")
    return await desk.render(
        "oversight/reviewed.html",
        emergencies=[_emergency_row(desk, card) for card in emergencies],
        rows=[
            (card, finding_texts(card, desk.say), desk.url(f"/tilsyn/oppslag/{card.id}"),
             desk.say(OUTCOMES[card.outcome]), OUTCOME_SHAPES[card.outcome])
            for card in cards
        ],
        total=total, number=number, size=PAGE_SIZE, last=last_page(total), **_frame(desk, "/gjennomgatt"),
    )  # fmt: skip


# One of them ----------------------------------------------------------------------------------------------------------
async def _emergency_values(desk: Desk) -> dict[str, Any]:
    card = await emergency_card(desk.uow, desk.path_uuid("emergency_access_id"))
    entries = await entries_in_emergency(desk.uow, card.id, card.user_id, card.opened_at, card.ended_at)
    await record_read(
        desk.uow,
        "oversight.read",
        [],
        why=N_("Vurderte en nødåpning"),
        object_kind="trail",
        object_id=card.id,
    )
    may_log = desk.context.may(Permission.TRAIL_READ)
    return {
        **_frame(desk, "", short(card.id)),
        **_emergency_row(desk, card),
        "entries": entry_lines(entries, desk.say, lambda one: desk.url(f"/personer/{one}/innsyn") if may_log else ""),
        "reviews": desk.options(REVIEWS),
        "action": desk.url(f"/tilsyn/nodapninger/{card.id}"),
    }  # fmt: skip


@page("/k/{slug:str}/tilsyn/nodapninger/{emergency_access_id:uuid}", Permission.OVERSIGHT_REVIEW)
async def show_emergency(desk: Desk) -> Response[str]:
    """Who opened, why, for how long, what was read within it, and the review."""
    return await desk.render(
        "oversight/emergency_review.html",
        values={"vurdering": "", "merknad": ""},
        **await _emergency_values(desk),
    )


@action("/k/{slug:str}/tilsyn/nodapninger/{emergency_access_id:uuid}", Permission.OVERSIGHT_REVIEW)
async def save_emergency_review(desk: Desk) -> Response[Any]:
    """Keep what somebody else than its reader says of it. What is not justified closes at once."""
    shown = await _emergency_values(desk)
    said = desk.form.text("vurdering")
    try:
        if said not in REVIEWS:
            raise Invalid.one("vurdering", N_("Velg om nødåpningen var berettiget."))
        await review_emergency(
            desk.uow, desk.path_uuid("emergency_access_id"), justified=said == "justified",
            note=desk.form.text("merknad"),
        )  # fmt: skip
    except Invalid as bad:
        return await desk.again("oversight/emergency_review.html", bad, **shown)
    return desk.redirect(desk.url("/tilsyn"), flash=N_("Vurderingen er lagret."))


async def _finding_values(desk: Desk) -> dict[str, Any]:
    card = await finding_card(desk.uow, desk.path_uuid("unusual_read_id"))
    entries = await entries_of(desk.uow, card)
    await record_read(
        desk.uow,
        "oversight.read",
        [],
        why=N_("Gikk gjennom uvanlige oppslag"),
        object_kind="trail",
        object_id=card.id,
    )
    may_log = desk.context.may(Permission.TRAIL_READ)
    return {
        **_frame(desk, "/oppslag", short(card.id)),
        "card": card,
        "texts": finding_texts(card, desk.say),
        "about": short(card.about_id) if card.about_id else "",
        "about_url": desk.url(f"/personer/{card.about_id}/innsyn") if card.about_id and may_log else "",
        "entries": entry_lines(entries, desk.say, lambda one: desk.url(f"/personer/{one}/innsyn") if may_log else ""),
        "outcomes": desk.options(OUTCOMES),
        "own": card.reader_id == desk.context.user,
        "said": desk.say(OUTCOMES[card.outcome]) if card.outcome else "",
        "said_shape": OUTCOME_SHAPES.get(card.outcome, ""),
        "action": desk.url(f"/tilsyn/oppslag/{card.id}"),
    }  # fmt: skip


@page("/k/{slug:str}/tilsyn/oppslag/{unusual_read_id:uuid}", Permission.OVERSIGHT_REVIEW)
async def show_finding(desk: Desk) -> Response[str]:
    """A finding in words and numbers, the entries behind it, and the review."""
    shown = await _finding_values(desk)
    values = {"utfall": "", "merknad": "", "versjon": str(shown["card"].version)}
    return await desk.render("oversight/finding.html", values=values, **shown)


@action("/k/{slug:str}/tilsyn/oppslag/{unusual_read_id:uuid}", Permission.OVERSIGHT_REVIEW)
async def save_finding_review(desk: Desk) -> Response[Any]:
    """Keep what came of it."""
    shown = await _finding_values(desk)
    try:
        await review_finding(
            desk.uow, desk.path_uuid("unusual_read_id"), outcome=desk.form.text("utfall"),
            note=desk.form.text("merknad"), version=version_of(desk.form),
        )  # fmt: skip
    except Invalid as bad:
        return await desk.again("oversight/finding.html", bad, **shown)
    return desk.redirect(desk.url("/tilsyn/oppslag"), flash=N_("Gjennomgangen er lagret."))


HANDLERS = [
    show_emergencies,
    show_findings,
    show_reviewed,
    show_emergency,
    save_emergency_review,
    show_finding,
    save_finding_review,
]
