"""A leader's page on the phone: what the group wants, what it does next time, and how the half-year has been.

Who the participants are stands here on the day of a meeting alone, when the leader has them before their eyes.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from litestar import Response

from sammen.audit.trail import record_read
from sammen.clock import now, today
from sammen.errors import Invalid, NotFound
from sammen.i18n_mark import N_
from sammen.policy.permissions import Permission
from sammen.web.desk import Desk
from sammen.web.door import action, page
from tenants.groups.api import group_card
from tenants.planning import forms, views
from tenants.planning.looking_back import leader_says
from tenants.planning.queries import evaluations, leader_views, suggestions
from tenants.planning.rules import CHOICES, asked_half
from tenants.planning.service import choose_for, held_suggestion, leads_group, put_on, suggest
from tenants.sessions.api import everybody_attending, leads_session, sessions_of_group

PAGE = "planning/leader.html"
AHEAD = timedelta(days=70)


async def _values(desk: Desk) -> dict[str, Any]:
    uow, group_id, language = desk.uow, desk.path_uuid("group_id"), desk.language
    contact_id = await leads_group(uow, group_id)
    if contact_id is None:
        raise NotFound
    group = await group_card(uow, group_id)
    cards = await sessions_of_group(uow, group_id, today(), today() + AHEAD)
    people = []
    for card in cards:
        if card.day == today() and card.state != "cancelled" and await leads_session(uow, card.id):
            people = list(await everybody_attending(uow, card))
    if people:
        await record_read(
            uow,
            "plan.read",
            [one.person_id for one in people],
            why=N_("Valgte sammen med deltakerne på treffet"),
        )
    half = asked_half(today())
    card_of = {one.half: one for one in await evaluations(uow, group_id)}
    asked = card_of.get(half) if half else None
    view = (await leader_views(uow, asked.id)).get(contact_id) if asked else None
    found = views.shown(
        await suggestions(uow, group_id, everybody=True), language, joint=group.joint_id is not None
    )
    coming = [one for one in cards if one.state == "planned" and one.starts_at > now()]
    return {
        "current": "/grupper",
        "group": group,
        "contact": contact_id,
        "open": [one for one in found if one.card.state == "open"],
        "next": coming[:4],
        "sessions": views.session_options(coming, language) if group.hosted else [],
        "people": [(str(one.place_id), one.given_name) for one in people],
        "half": views.half_name(half, language) if half and not (asked and asked.state == "done") else "",
        "day": half,
        "view": view,
        "most": CHOICES,
        "base": desk.url(f"/gruppeplan/{group_id}"),
    }


def _first(shown: dict[str, Any]) -> dict[str, str]:
    view = shown["view"]
    return {"bra": view[0], "annerledes": view[1]} if view else {}


async def _again(desk: Desk, bad: Invalid, shown: dict[str, Any]) -> Response[str]:
    return await desk.render(
        PAGE, title=shown["group"].name, status=422, errors=bad.errors, values={**_first(shown), **desk.form.values()},
        **shown,
    )  # fmt: skip


@page("/min/{slug:str}/gruppeplan/{group_id:uuid}", Permission.GROUP_LEAD)
async def show(desk: Desk) -> Response[str]:
    """The group's plan, for who leads it."""
    shown = await _values(desk)
    return await desk.render(PAGE, title=shown["group"].name, values=_first(shown), **shown)


@action("/min/{slug:str}/gruppeplan/{group_id:uuid}/forslag", Permission.GROUP_LEAD)
async def add(desk: Desk) -> Response[Any]:
    """Write down what somebody in the group said."""
    shown = await _values(desk)
    try:
        await suggest(desk.uow, shown["group"].id, forms.read_idea(desk.form), place_id=None, how="leader")
    except Invalid as bad:
        return await _again(desk, bad, shown)
    return desk.redirect(shown["base"], flash=N_("Forslaget står på lista."))


@action("/min/{slug:str}/gruppeplan/{group_id:uuid}/valg", Permission.GROUP_LEAD)
async def choose(desk: Desk) -> Response[Any]:
    """Tick what a participant wants, at a meeting today."""
    shown = await _values(desk)
    try:
        place_id, wanted = forms.read_participant(desk.form), forms.read_choices(desk.form)
        if str(place_id) not in dict(shown["people"]):
            raise Invalid.one("deltaker", N_("Velg en av deltakerne på treffet i dag."))
        await choose_for(desk.uow, shown["group"].id, place_id, wanted)
    except Invalid as bad:
        return await _again(desk, bad, shown)
    return desk.redirect(shown["base"], flash=N_("Valgene er lagret."))


@action(
    "/min/{slug:str}/gruppeplan/{group_id:uuid}/{activity_suggestion_id:uuid}/treff", Permission.GROUP_LEAD
)
async def put(desk: Desk) -> Response[Any]:
    """Put a suggestion on a coming meeting."""
    shown = await _values(desk)
    await held_suggestion(desk.uow, desk.path_uuid("activity_suggestion_id"), shown["group"].id)
    try:
        await put_on(
            desk.uow,
            shown["group"].id,
            desk.path_uuid("activity_suggestion_id"),
            forms.read_session(desk.form),
        )
    except Invalid as bad:
        return await _again(desk, bad, shown)
    return desk.redirect(shown["base"], flash=N_("Det står på planen nå."))


@action("/min/{slug:str}/gruppeplan/{group_id:uuid}/halvaret", Permission.GROUP_LEAD)
async def look_back(desk: Desk) -> Response[Any]:
    """Say how the half-year has been."""
    shown = await _values(desk)
    if not shown["half"]:
        raise NotFound
    try:
        good, otherwise = forms.read_view(desk.form)
        await leader_says(desk.uow, shown["group"].id, shown["day"], shown["contact"], good, otherwise)
    except Invalid as bad:
        return await _again(desk, bad, shown)
    return desk.redirect(
        shown["base"], flash=N_("Takk. Koordinatoren leser det sammen med det deltakerne har sagt.")
    )


HANDLERS = [show, add, choose, put, look_back]
