"""What the slice adds to shared pages: evaluations that are due, a part of a group's page, and links on one's own page."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sammen.clock import today
from sammen.db.unit_of_work import UnitOfWork
from sammen.i18n_mark import N_
from sammen.policy.permissions import Permission
from sammen.web.contributions import GroupPanel, OwnPanel, TodayItem, TodaySource
from sammen.web.i18n import translate
from tenants.contacts.api import own_contact
from tenants.groups.api import group_card
from tenants.planning import views
from tenants.planning.queries import chosen_by, due_groups, evaluations, suggestions, voice_of
from tenants.planning.rules import asked_half, due_by, due_half, half_code, half_end
from tenants.planning.service import NEAR
from tenants.sessions.api import own_places, sessions_led_by

MOST = 50


async def _today(uow: UnitOfWork, language: str) -> Sequence[TodayItem]:
    """Groups whose last half-year nobody has evaluated (C10)."""
    half = due_half(today())
    if half is None:
        return []
    return [
        TodayItem(
            translate(language, N_("Evaluering")),
            translate(language, N_("Evaluer %(group)s"), group=one.name),
            translate(
                language,
                N_("%(half)s er over. Spør deltakerne først, så gruppelederne, og skriv hva dere endrer."),
                half=views.half_name(half, language),
            ),
            f"{uow.context.base_url}/grupper/{one.group_id}/evaluering/{half_code(half)}",
            half_end(half),
            due_by(half),
        )
        for one in (await due_groups(uow, half))[:MOST]
    ]


async def _group_panel(uow: UnitOfWork, group_id: UUID) -> dict[str, Any] | None:
    group = await group_card(uow, group_id)
    cards = [one for one in await suggestions(uow, group_id, everybody=False) if one.state == "open"]
    done = [one for one in await evaluations(uow, group_id) if one.state == "done"]
    return {
        "top": [one.title for one in cards[:3]],
        "more": max(0, len(cards) - 3),
        "last": done[0] if done else None,
        "half_code": half_code(done[0].half) if done else "",
        "base": f"{uow.context.base_url}/grupper/{group.id}",
    }


async def _own_panel(uow: UnitOfWork) -> dict[str, Any] | None:
    half = asked_half(today())
    rows = []
    for place in await own_places(uow):
        if place.state == "waiting" or place.closed:
            continue
        card = next((one for one in await evaluations(uow, place.group_id) if one.half == half), None)
        asked = half is not None and (card is None or card.state == "open")
        said = asked and card is not None and await voice_of(uow, card.id, place.place_id) is not None
        rows.append((place, len(await chosen_by(uow, place.place_id)), asked and not said))
    if not rows:
        return None
    return {"rows": rows, "base": f"{uow.context.base_url}/grupper"}


async def _leader_panel(uow: UnitOfWork) -> dict[str, Any] | None:
    contact_id = await own_contact(uow)
    if contact_id is None:
        return None
    near = await sessions_led_by(uow, contact_id, today() - NEAR, today() + NEAR)
    groups = {one.group_id: one.group_name for one in near}
    if not groups:
        return None
    return {
        "groups": sorted(groups.items(), key=lambda one: one[1]),
        "base": f"{uow.context.base_url}/gruppeplan",
    }


TODAY = [TodaySource(Permission.ASSIGNMENT_WRITE, _today)]
GROUP_PANELS = [GroupPanel(Permission.ASSIGNMENT_READ, "planning/group_panel.html", 40, _group_panel)]
OWN_PANELS = [
    OwnPanel(Permission.GROUP_TAKE_PART, "planning/own_panel.html", 37, _own_panel),
    OwnPanel(Permission.GROUP_LEAD, "planning/leader_panel.html", 38, _leader_panel),
]
