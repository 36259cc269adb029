"""A group's plan as the staff see it: what is suggested and wanted, and on which meeting it is done."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from litestar import Response

from sammen.audit.trail import record_read
from sammen.clock import now, today
from sammen.errors import Invalid
from sammen.i18n_mark import N_
from sammen.policy.permissions import Permission
from sammen.web.desk import Desk
from sammen.web.door import action, page
from tenants.groups.api import group_card, participants
from tenants.planning import forms, views
from tenants.planning.queries import suggestions
from tenants.planning.rules import CHOICES
from tenants.planning.service import choose_for, drop, held_suggestion, put_on, suggest
from tenants.sessions.api import sessions_of_group

PAGE = "planning/plan.html"
PLAN = N_("Plan")
AHEAD = timedelta(days=70)


async def _values(desk: Desk, group_id: UUID) -> dict[str, Any]:
    """What the plan's page shows, and the access log's row for it."""
    uow, language = desk.uow, desk.language
    group = await group_card(uow, group_id)
    changes = desk.context.may(Permission.ASSIGNMENT_WRITE) and not group.over
    there = [one for one in await participants(uow, group_id) if one.state != "waiting"]
    cards = await suggestions(uow, group_id, everybody=False)
    coming = [
        one
        for one in await sessions_of_group(uow, group_id, today(), today() + AHEAD)
        if one.state == "planned" and one.starts_at > now()
    ]
    await record_read(
        uow,
        "plan.read",
        [one.person_id for one in there],
        why=N_("Leste planen til gruppa"),
        object_kind="activity_group",
        object_id=group_id,
    )
    joint = group.joint_id is not None
    found = views.shown(cards, language, joint=joint)
    return {
        "current": "/grupper",
        "crumbs": [
            (desk.say(N_("Grupper")), desk.url("/grupper")),
            (group.name, desk.url(f"/grupper/{group_id}")),
            (desk.say(PLAN), ""),
        ],
        "group": group,
        "open": [one for one in found if one.card.state == "open"],
        "planned": [
            one
            for one in found
            if one.card.state == "planned" and one.card.starts_at is not None and one.card.starts_at > now()
        ],
        "names": {one.place_id: one.name for one in there},
        "people": [(str(one.place_id), one.name) for one in there],
        "sessions": views.session_options(coming, language) if group.hosted else [],
        "most": CHOICES,
        "changes": changes,
        "base": desk.url(f"/grupper/{group_id}/plan"),
    }  # fmt: skip


async def _again(desk: Desk, bad: Invalid, shown: dict[str, Any]) -> Response[str]:
    return await desk.again(PAGE, bad, title=desk.say(PLAN), **shown)


@page("/k/{slug:str}/grupper/{group_id:uuid}/plan", Permission.ASSIGNMENT_READ)
async def show(desk: Desk) -> Response[str]:
    """What the group could do and will do."""
    shown = await _values(desk, desk.path_uuid("group_id"))
    return await desk.render(PAGE, title=desk.say(PLAN), values={}, **shown)


@action("/k/{slug:str}/grupper/{group_id:uuid}/plan/forslag", Permission.ASSIGNMENT_WRITE)
async def add(desk: Desk) -> Response[Any]:
    """Write a suggestion down, for a participant or of one's own."""
    group_id = desk.path_uuid("group_id")
    shown = await _values(desk, group_id)
    try:
        idea, place_id = forms.read_idea(desk.form), forms.read_optional_participant(desk.form)
        if place_id is not None and place_id not in shown["names"]:
            raise Invalid.one("deltaker", N_("Velg en deltaker."))
        await suggest(
            desk.uow, group_id, idea, place_id=place_id, how="office" if place_id is None else "helped"
        )
    except Invalid as bad:
        return await _again(desk, bad, shown)
    return desk.redirect(shown["base"], flash=N_("Forslaget står på lista."))


@action("/k/{slug:str}/grupper/{group_id:uuid}/plan/valg", Permission.ASSIGNMENT_WRITE)
async def choose(desk: Desk) -> Response[Any]:
    """Tick what a participant wants."""
    group_id = desk.path_uuid("group_id")
    shown = await _values(desk, group_id)
    try:
        place_id, wanted = forms.read_participant(desk.form), forms.read_choices(desk.form)
        if place_id not in shown["names"]:
            raise Invalid.one("deltaker", N_("Velg en deltaker."))
        await choose_for(desk.uow, group_id, place_id, wanted)
    except Invalid as bad:
        return await _again(desk, bad, shown)
    return desk.redirect(
        shown["base"], flash=N_("Valgene til %(name)s er lagret."), name=shown["names"][place_id]
    )


@action(
    "/k/{slug:str}/grupper/{group_id:uuid}/plan/{activity_suggestion_id:uuid}/treff",
    Permission.ASSIGNMENT_WRITE,
)
async def put(desk: Desk) -> Response[Any]:
    """Put a suggestion on a coming meeting."""
    group_id = desk.path_uuid("group_id")
    await held_suggestion(desk.uow, desk.path_uuid("activity_suggestion_id"), group_id)
    shown = await _values(desk, group_id)
    try:
        await put_on(
            desk.uow, group_id, desk.path_uuid("activity_suggestion_id"), forms.read_session(desk.form)
        )
    except Invalid as bad:
        return await _again(desk, bad, shown)
    return desk.redirect(
        shown["base"], flash=N_("Det står på planen nå. Deltakerne og gruppelederne ser det på sin side.")
    )


@action(
    "/k/{slug:str}/grupper/{group_id:uuid}/plan/{activity_suggestion_id:uuid}/ta-bort",
    Permission.ASSIGNMENT_WRITE,
)
async def take_away(desk: Desk) -> Response[Any]:
    """Take a suggestion off the list."""
    group_id = desk.path_uuid("group_id")
    await drop(desk.uow, group_id, desk.path_uuid("activity_suggestion_id"))
    return desk.redirect(desk.url(f"/grupper/{group_id}/plan"), flash=N_("Forslaget er tatt bort."))


HANDLERS = [show, add, choose, put, take_away]
