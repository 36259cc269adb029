"""A participant's own pages, or of who acts for them: what the group should do, and how the half-year has been."""

from __future__ import annotations

from typing import Any
from uuid import UUID

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
from tenants.planning.looking_back import say
from tenants.planning.queries import chosen_by, evaluations, suggestions, voice_of
from tenants.planning.rules import ANSWERS, CHOICES, FACES, QUESTIONS, asked_half
from tenants.planning.service import drop, suggest, want
from tenants.sessions.api import own_places

PAGE, VOICE = "planning/own_plan.html", "planning/own_voice.html"
TITLE = N_("Hva skal vi gjøre?")


async def _place(desk: Desk) -> Any:
    """One's own place in a group, or of somebody one acts for. Raises NotFound for another's, and for who waits."""
    place_id = desk.path_uuid("place_id")
    for one in await own_places(desk.uow):
        if one.place_id == place_id and one.state != "waiting":
            return one
    raise NotFound


async def _values(desk: Desk) -> dict[str, Any]:
    uow, place = desk.uow, await _place(desk)
    group = await group_card(uow, place.group_id)
    found = views.shown(
        await suggestions(uow, place.group_id, everybody=True),
        desk.language,
        joint=group.joint_id is not None,
    )
    chosen = await chosen_by(uow, place.place_id)
    past = [one for one in await evaluations(uow, place.group_id) if one.state == "done"]
    await record_read(uow, "plan.read", [place.person_id], why=N_("Leste planen til gruppa"))
    return {
        "current": "/grupper",
        "crumbs": [(place.group_name, desk.url("/grupper")), (desk.say(TITLE), "")],
        "place": place,
        "open": [one for one in found if one.card.state == "open"],
        "planned": sorted(
            (one for one in found if one.card.state == "planned" and one.card.starts_at and one.card.starts_at > now()),
            key=lambda one: one.card.starts_at,
        ),
        "chosen": chosen,
        "left": max(0, CHOICES - len(chosen)),
        "most": CHOICES,
        "asked": asked_half(today()),
        "last": past[0] if past else None,
        "base": desk.url(f"/grupper/{place.place_id}/plan"),
        "voice_url": desk.url(f"/grupper/{place.place_id}/halvaret"),
    }  # fmt: skip


async def _again(desk: Desk, bad: Invalid, shown: dict[str, Any]) -> Response[str]:
    return await desk.again(PAGE, bad, title=desk.say(TITLE), **shown)


@page("/min/{slug:str}/grupper/{place_id:uuid}/plan", Permission.GROUP_TAKE_PART)
async def show(desk: Desk) -> Response[str]:
    """What the group could do: choose, and suggest."""
    return await desk.render(PAGE, title=desk.say(TITLE), values={}, **await _values(desk))


@action("/min/{slug:str}/grupper/{place_id:uuid}/plan/forslag", Permission.GROUP_TAKE_PART)
async def add(desk: Desk) -> Response[Any]:
    """Suggest something."""
    shown = await _values(desk)
    place = shown["place"]
    try:
        idea = forms.read_idea(desk.form)
        made: UUID = await suggest(
            desk.uow, place.group_id, idea, place_id=place.place_id, how="own" if place.itself else "helped"
        )
        if shown["left"]:
            await want(desk.uow, place.group_id, made, place.place_id, wanted=True, helped=not place.itself)
    except Invalid as bad:
        return await _again(desk, bad, shown)
    return desk.redirect(shown["base"], flash=N_("Takk! Forslaget står på lista."))


@action(
    "/min/{slug:str}/grupper/{place_id:uuid}/plan/{activity_suggestion_id:uuid}/valg",
    Permission.GROUP_TAKE_PART,
)
async def choose(desk: Desk) -> Response[Any]:
    """Want something, or not any more."""
    shown = await _values(desk)
    place = shown["place"]
    try:
        await want(
            desk.uow, place.group_id, desk.path_uuid("activity_suggestion_id"), place.place_id,
            wanted=desk.form.text("valg") == "ja", helped=not place.itself,
        )  # fmt: skip
    except Invalid as bad:
        return await _again(desk, bad, shown)
    return desk.redirect(f"{shown['base']}#valg", flash=N_("Valget er lagret."))


@action(
    "/min/{slug:str}/grupper/{place_id:uuid}/plan/{activity_suggestion_id:uuid}/ta-bort",
    Permission.GROUP_TAKE_PART,
)
async def take_back(desk: Desk) -> Response[Any]:
    """Take one's own suggestion back."""
    place = await _place(desk)
    await drop(desk.uow, place.group_id, desk.path_uuid("activity_suggestion_id"), only_of=place.place_id)
    return desk.redirect(desk.url(f"/grupper/{place.place_id}/plan"), flash=N_("Forslaget er tatt bort."))


# The half-year ---------------------------------------------------------------------------------------------------------
async def _voice_values(desk: Desk) -> dict[str, Any]:
    uow, place, half = desk.uow, await _place(desk), asked_half(today())
    if half is None:
        raise NotFound
    card = next((one for one in await evaluations(uow, place.group_id) if one.half == half), None)
    before = await voice_of(uow, card.id, place.place_id) if card else None
    await record_read(uow, "group_evaluation.read", [place.person_id], why=N_("Leste om gruppa"))
    return {
        "current": "/grupper",
        "place": place,
        "half": views.half_name(half, desk.language),
        "done": card is not None and card.state == "done",
        "before": before,
        "first": {**before, "ord": before["words"]} if before else {},
        "questions": {code: desk.say(name) for code, name in QUESTIONS.items()},
        "answers": [(code, f"{FACES[code]} {desk.say(name)}") for code, name in ANSWERS.items()],
        "action": desk.url(f"/grupper/{place.place_id}/halvaret"),
        "back": desk.url(f"/grupper/{place.place_id}/plan"),
        "day": half,
    }


@page("/min/{slug:str}/grupper/{place_id:uuid}/halvaret", Permission.GROUP_TAKE_PART)
async def voice_form(desk: Desk) -> Response[str]:
    """Five plain questions."""
    shown = await _voice_values(desk)
    return await desk.render(VOICE, title=desk.say(N_("Hvordan er gruppa?")), values=shown["first"], **shown)


@action("/min/{slug:str}/grupper/{place_id:uuid}/halvaret", Permission.GROUP_TAKE_PART)
async def keep_voice(desk: Desk) -> Response[Any]:
    """Keep what one says."""
    shown = await _voice_values(desk)
    place = shown["place"]
    helped = desk.form.text("hvordan")
    how = ("contact" if helped == "contact" else "own") if place.itself else "representative"
    try:
        answers, words = forms.read_voice(desk.form)
        await say(
            desk.uow, place.group_id, shown["day"], place.place_id, place.person_id, answers, words, how=how
        )
    except Invalid as bad:
        return await desk.again(VOICE, bad, title=desk.say(N_("Hvordan er gruppa?")), **shown)
    return desk.redirect(
        shown["back"], flash=N_("Takk for at du svarte. Bare koordinatoren din ser hva du har svart.")
    )


HANDLERS = [show, add, choose, take_back, voice_form, keep_voice]
