"""The half-yearly look back as the staff see and write it: the participants first."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from litestar import Response

from sammen.audit.trail import record_read
from sammen.clock import today
from sammen.errors import Invalid, NotFound
from sammen.i18n_mark import N_
from sammen.policy.permissions import Permission
from sammen.web.desk import Desk
from sammen.web.door import action, page
from sammen.web.forms import version_of
from tenants.contacts.api import contact_card
from tenants.groups.api import group_card, participants
from tenants.planning import forms, views
from tenants.planning.looking_back import finish, say
from tenants.planning.queries import evaluations, leader_views, said_elsewhere, voices
from tenants.planning.rules import (
    ANSWERS,
    FACES,
    HOW,
    LEAST,
    QUESTIONS,
    asked_half,
    half_code,
    half_of,
    read_half,
    tally,
)

EVALUATION = N_("Evaluering")
PAGE, VOICE = "planning/evaluation.html", "planning/voice.html"
WITH_HELP = ("own", "representative", "contact", "leader", "office")


def _half(desk: Desk) -> date:
    half = read_half(str(desk.request.path_params["halvaar"]))
    if half is None or half > today():
        raise NotFound
    return half


@page("/k/{slug:str}/grupper/{group_id:uuid}/evaluering", Permission.ASSIGNMENT_READ)
async def show_all(desk: Desk) -> Response[str]:
    """The group's half-years: the one that is asked about, and those before."""
    group_id = desk.path_uuid("group_id")
    group = await group_card(desk.uow, group_id)
    found = await evaluations(desk.uow, group_id)
    now = asked_half(today()) or half_of(today())
    halves = sorted({now, *(one.half for one in found)}, reverse=True)
    done = {one.half: one for one in found}
    return await desk.render(
        "planning/evaluations.html", title=desk.say(EVALUATION), current="/grupper",
        crumbs=[
            (desk.say(N_("Grupper")), desk.url("/grupper")), (group.name, desk.url(f"/grupper/{group_id}")),
            (desk.say(EVALUATION), ""),
        ],
        group=group,
        rows=[(views.half_name(half, desk.language), half_code(half), done.get(half)) for half in halves],
        base=desk.url(f"/grupper/{group_id}/evaluering"),
    )  # fmt: skip


async def _values(desk: Desk, group_id: UUID, half: date) -> dict[str, Any]:
    """What a half-year's page shows, and the access log's row for it."""
    uow = desk.uow
    group = await group_card(uow, group_id)
    card = next((one for one in await evaluations(uow, group_id) if one.half == half), None)
    said = await voices(uow, card.id) if card else []
    seen = await leader_views(uow, card.id) if card else {}
    elsewhere = await said_elsewhere(uow, card.id) if card else {}
    there = [one for one in await participants(uow, group_id) if one.state == "member"]
    leaders = [(await contact_card(uow, contact_id), words) for contact_id, words in seen.items()]
    await record_read(
        uow,
        "group_evaluation.read",
        sorted({one.person_id for one in said} | {one.person_id for one, _ in leaders} | {one.person_id for one in there}),
        why=N_("Leste evalueringen av gruppa"),
        object_kind="activity_group",
        object_id=group_id,
    )  # fmt: skip
    answered = {one.place_id for one in said}
    # As few as have answered any one of the questions.
    others = min((sum(numbers) for numbers in elsewhere.values() if sum(numbers)), default=0)
    return {
        "current": "/grupper",
        "crumbs": [
            (desk.say(N_("Grupper")), desk.url("/grupper")),
            (group.name, desk.url(f"/grupper/{group_id}")),
            (desk.say(EVALUATION), desk.url(f"/grupper/{group_id}/evaluering")),
            (views.half_name(half, desk.language), ""),
        ],
        "group": group,
        "half": views.half_name(half, desk.language),
        "card": card,
        "done": card is not None and card.state == "done",
        "said": said,
        "tally": tally([one.answers for one in said]),
        "elsewhere": elsewhere if others >= LEAST else {},
        # None and two look alike: nothing is told across the border until there are three.
        "few_elsewhere": group.joint_id is not None and others < LEAST,
        "missing": [one for one in there if one.place_id not in answered],
        "leaders": [(one.name, words) for one, words in leaders],
        "questions": {code: desk.say(name) for code, name in QUESTIONS.items()},
        "answers": {code: desk.say(name) for code, name in ANSWERS.items()},
        "faces": FACES,
        "how": {code: desk.say(name) for code, name in HOW.items()},
        "version": card.version if card else 1,
        "changes": desk.context.may(Permission.ASSIGNMENT_WRITE),
        "base": desk.url(f"/grupper/{group_id}/evaluering/{half_code(half)}"),
    }


def _title(shown: dict[str, Any]) -> str:
    return f"{shown['group'].name}, {shown['half']}"


@page("/k/{slug:str}/grupper/{group_id:uuid}/evaluering/{halvaar:str}", Permission.ASSIGNMENT_READ)
async def show(desk: Desk) -> Response[str]:
    """One half-year: what the participants say, what the leaders see, and what it comes to."""
    shown = await _values(desk, desk.path_uuid("group_id"), _half(desk))
    return await desk.render(PAGE, title=_title(shown), values={}, **shown)


@action("/k/{slug:str}/grupper/{group_id:uuid}/evaluering/{halvaar:str}", Permission.ASSIGNMENT_WRITE)
async def sum_up(desk: Desk) -> Response[Any]:
    """Sum it up, and say what changes."""
    group_id, half = desk.path_uuid("group_id"), _half(desk)
    shown = await _values(desk, group_id, half)
    try:
        summary, changes = forms.read_summary(desk.form)
        await finish(desk.uow, group_id, half, summary, changes, version=version_of(desk.form))
    except Invalid as bad:
        return await desk.again(PAGE, bad, title=_title(shown), **shown)
    return desk.redirect(
        shown["base"], flash=N_("Evalueringen er ferdig. Deltakerne kan lese hva som endres.")
    )


async def _voice_values(desk: Desk) -> dict[str, Any]:
    """What the form for a participant's answers shows; NotFound for one the reader may not see."""
    group_id, half, place_id = desk.path_uuid("group_id"), _half(desk), desk.path_uuid("place_id")
    shown = await _values(desk, group_id, half)
    there = {one.place_id: one for one in await participants(desk.uow, group_id)}
    if place_id not in there:
        raise NotFound
    before = next((one for one in shown["said"] if one.place_id == place_id), None)
    return {
        **shown,
        "who": there[place_id],
        "before": before,
        "first": {**before.answers, "ord": before.words, "hvordan": before.how} if before else {"hvordan": "office"},
        "helpers": [(code, desk.say(HOW[code])) for code in WITH_HELP],
        "action": f"{shown['base']}/{place_id}",
        "back": shown["base"],
    }  # fmt: skip


@page(
    "/k/{slug:str}/grupper/{group_id:uuid}/evaluering/{halvaar:str}/{place_id:uuid}",
    Permission.ASSIGNMENT_WRITE,
)
async def voice_form(desk: Desk) -> Response[str]:
    """The questions, for somebody who answers with the staff's help."""
    shown = await _voice_values(desk)
    return await desk.render(VOICE, title=_title(shown), values=shown["first"], **shown)


@action(
    "/k/{slug:str}/grupper/{group_id:uuid}/evaluering/{halvaar:str}/{place_id:uuid}",
    Permission.ASSIGNMENT_WRITE,
)
async def keep_voice(desk: Desk) -> Response[Any]:
    """Keep what somebody said."""
    shown = await _voice_values(desk)
    who = shown["who"]
    try:
        answers, words = forms.read_voice(desk.form)
        await say(
            desk.uow, who.group_id, _half(desk), who.place_id, who.person_id, answers, words,
            how=desk.form.text("hvordan"),
        )  # fmt: skip
    except Invalid as bad:
        return await desk.again(VOICE, bad, title=_title(shown), **shown)
    return desk.redirect(shown["back"], flash=N_("Svarene til %(name)s er lagret."), name=who.name)


HANDLERS = [show_all, show, sum_up, voice_form, keep_voice]
