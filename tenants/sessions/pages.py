"""What the coordinator's pages need before anything is changed, with the access log's rows."""

from __future__ import annotations

from typing import Any

from sammen.audit.trail import record_read
from sammen.clock import today
from sammen.errors import NotFound
from sammen.i18n_mark import N_
from sammen.policy.permissions import Permission
from sammen.web.desk import Desk
from tenants.groups.api import GroupCard, group_card, possible_leaders
from tenants.sessions import forms, views
from tenants.sessions.asking import asks_of
from tenants.sessions.presence import attending, is_today
from tenants.sessions.queries import SessionCard, session_card

GROUPS, MEETINGS = N_("Grupper"), N_("Treff")


async def of_group(desk: Desk, *crumbs: tuple[str, str]) -> tuple[GroupCard, dict[str, Any]]:
    """The group, and what every page under it shows. Raises NotFound."""
    group = await group_card(desk.uow, desk.path_uuid("group_id"))
    back = desk.url(f"/grupper/{group.id}")
    return group, {
        "current": "/grupper",
        "crumbs": [(desk.say(GROUPS), desk.url("/grupper")), (group.name, back), *crumbs],
        "group": group,
        "back": back,
        "base": f"{back}/treff",
        "changes": desk.context.may(Permission.ASSIGNMENT_WRITE) and group.hosted,
    }


async def of_session(desk: Desk, *last: tuple[str, str]) -> tuple[SessionCard, dict[str, Any]]:
    """The meeting, with its group. Raises NotFound, also when it is another group's."""
    group, shown = await of_group(desk)
    card = await session_card(desk.uow, desk.path_uuid("group_session_id"))
    if card.group_id != group.id:
        raise NotFound
    title = views.when(card, desk.language)
    shown["crumbs"] += [
        (desk.say(MEETINGS), shown["base"]), (title, f"{shown['base']}/{card.id}" if last else ""), *last
    ]  # fmt: skip
    return card, {**shown, "card": card, "when": title, "action": f"{shown['base']}/{card.id}"}


async def session_values(desk: Desk) -> tuple[SessionCard, dict[str, Any]]:
    """All that a meeting's page shows. Who was there, only of those whose case the reader may see."""
    card, shown = await of_session(desk)
    uow, language, changes = desk.uow, desk.language, shown["changes"]
    found = await attending(uow, card)
    asks = await asks_of(uow, card.id) if changes else []
    possible = await possible_leaders(uow) if changes and card.state == "planned" else []
    panels = [
        (panel.template, values)
        for panel in sorted(desk.house.contributions.session_panels, key=lambda p: p.order)
        if desk.context.may(panel.permission) and (values := await panel.read(uow, card.id)) is not None
    ]
    persons = [one.person_id for one in card.leaders] + [one.person_id for one in found]
    persons += [one.person_id for one in asks]
    await record_read(
        uow, "session.read", list(dict.fromkeys(persons)), why=N_("Så på treffet i gruppa"),
        object_kind="group_session", object_id=card.id,
    )  # fmt: skip
    return card, {
        **shown,
        "state": views.state(card, language),
        "reason": views.reason(card, language),
        "led_by": views.leaders(card, language),
        "leaders": [
            (one, desk.say(views.LEADER_STATES[one.state][0]), views.LEADER_STATES[one.state][1])
            for one in card.leaders
        ],
        "asks": [
            (one, desk.say(views.ASK_STATES[one.state][0]), views.ASK_STATES[one.state][1]) for one in asks
        ],
        "found": [
            (one, desk.say(forms.STATES[one.state]) if one.state else desk.say(N_("Ikke krysset av")),
             views.PRESENCE_SHAPES[one.state])
            for one in found
        ],
        "states": desk.options(forms.STATES),
        "possible": [(str(contact_id), name) for contact_id, name in possible],
        "panels": panels,
        "may_read_contact": desk.context.may(Permission.CONTACT_READ),
        "may_read_case": desk.context.may(Permission.CASE_READ),
        "place": desk.url(),
        "may_note": changes and card.state != "cancelled" and card.over,
        "may_change": changes and card.state == "planned" and not card.over,
        "may_cancel": changes and card.state == "planned",
        "may_resume": changes and card.state == "cancelled" and not card.over,
        "is_today": is_today(card),
        "today": today(),
    }  # fmt: skip


def first_values(card: SessionCard) -> dict[str, Any]:
    """What the forms of a meeting's page begin with."""
    return {"ledere": [str(one.contact_id) for one in card.leading]}
