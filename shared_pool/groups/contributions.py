"""What the slice adds to shared pages: a panel on a group's page, invitations that wait, and the region's menu line."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any
from uuid import UUID

import shared_pool.groups.jobs  # noqa: F401 - listens in the web process as well
from sammen.clock import today
from sammen.db.unit_of_work import UnitOfWork
from sammen.i18n_mark import N_
from sammen.policy.permissions import Permission
from sammen.tenancy.context import PlaceKind
from sammen.web.contributions import GroupPanel, MenuEntry, TodayItem, TodaySource
from sammen.web.i18n import translate
from shared_pool.groups import views
from shared_pool.groups.cards import card_of_group, joint_groups, promised, room_in
from tenants.api import group_card

MENU = [MenuEntry(PlaceKind.REGION, Permission.GATHERING_WRITE, N_("Grupper på tvers"), "/grupper", 31)]


async def _panel(uow: UnitOfWork, group_id: UUID) -> dict[str, Any] | None:
    """How a group stands towards other municipalities; a button to open it, for one's own that is not open."""
    base, group = uow.context.base_url, await group_card(uow, group_id)
    say = partial(translate, uow.context.language)
    if group.joint_id is None:
        open_url = f"{base}/grupper/{group_id}/apne"
        may = (
            uow.context.may(Permission.GROUP_JOIN)
            and group.hosted
            and not group.over
            and group.closed_on is None
        )
        return {"card": None, "open_url": open_url} if may else None
    card = await card_of_group(uow, group_id)
    room = await room_in(uow, group.joint_id) if card is not None else None
    if card is None or room is None:
        return None
    return {
        "card": card, "others": views.number(room.others, say), "ours": group.taken, "url": f"{base}/grupper/felles/{card.id}",
        "room": views.room_text(card, room, group.taken, await promised(uow, card), say), "partners": list(card.partners),
        "may": uow.context.may(Permission.GROUP_JOIN),
    }  # fmt: skip


GROUP_PANELS = [GroupPanel(Permission.ASSIGNMENT_READ, "groups/joint_panel.html", 40, _panel)]


async def _invited(uow: UnitOfWork, language: str) -> Sequence[TodayItem]:
    say = partial(translate, language)
    return [
        TodayItem(
            say(N_("Gruppe")),
            say(N_("Svar på invitasjon til %(name)s i %(host)s"), name=card.name, host=card.host),
            say(N_("Dere får %(quota)s plasser."), quota=card.quota),
            f"{uow.context.base_url}/grupper/felles/{card.id}",
            card.invited_on or today(),
        )
        for card in await joint_groups(uow)
        if card.waits
    ]


TODAY = [TodaySource(Permission.GROUP_JOIN, _invited)]
