"""What the slice adds to shared pages: what waits today, panels on a contact's and one's own page, and calendar lines."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, time
from functools import partial
from typing import Any
from uuid import UUID

from sammen.clock import OSLO, today
from sammen.db.unit_of_work import UnitOfWork
from sammen.i18n_mark import N_
from sammen.policy.permissions import Permission
from sammen.series import moment
from sammen.web.contributions import (
    ContactPanel,
    FeedEvent,
    FeedSource,
    OwnPanel,
    TodayItem,
    TodaySource,
)
from sammen.web.i18n import ntranslate, translate
from shared_pool.assemblies import views
from shared_pool.assemblies.queries import (
    MeetingCard,
    OwnMeeting,
    colleague_meetings,
    contact_meetings,
    meetings,
    user_meetings,
)
from tenants.api import own_contact

MOST = 50


async def _today(uow: UnitOfWork, language: str) -> Sequence[TodayItem]:
    """Joint series nobody has invited to, meetings whose attendance nobody has noted, and one's own invitations."""
    say, base = partial(translate, language), f"{uow.context.base_url}/samlinger"
    found: list[TodayItem] = []
    asked: set[UUID] = set()
    for card in await meetings(uow):
        if not card.audience and card.declined_on is None and card.on and not card.begun:
            if card.assembly_id in asked:
                continue
            asked.add(card.assembly_id)
            found.append(_to_invite(card, base, language))
        elif card.lacks_attendance:
            found.append(
                TodayItem(
                    say(N_("Samling")), say(N_("Før oppmøte: %(title)s"), title=card.title),
                    ntranslate(language, "Én var invitert.", "%(num)s var invitert.", card.invited),
                    f"{base}/moter/{card.id}", card.ends_at.astimezone(OSLO).date(),
                )
            )  # fmt: skip
    user = uow.context.user_id
    invited = await colleague_meetings(uow, user) if user is not None else ()
    found += [
        _to_answer(one, base, language)
        for one in invited
        if one.card.on and not one.card.begun and not one.answer
    ]
    return found[:MOST]


def _to_invite(card: MeetingCard, base: str, language: str) -> TodayItem:
    say = partial(translate, language)
    meta = (
        say(N_("Ingen er invitert ennå. Velg hvem samlingen er for."))
        if card.hosted
        else say(
            N_("%(host)s inviterer alle. Inviter støttekontaktene deres, eller si at den ikke er for dere."),
            host=card.host_name,
        )
    )
    return TodayItem(
        say(N_("Samling")), say(N_("Inviter til %(title)s"), title=card.title), meta, f"{base}/{card.assembly_id}#hvem",
        today(), card.starts_at.astimezone(OSLO).date(),
    )  # fmt: skip


def _to_answer(one: OwnMeeting, base: str, language: str) -> TodayItem:
    card = one.card
    return TodayItem(
        translate(language, N_("Invitasjon")),
        translate(language, N_("Svar på invitasjonen: %(title)s"), title=card.title),
        views.when(card.starts_at, card.ends_at, language), f"{base}/moter/{card.id}",
        (card.invited_at or card.starts_at).astimezone(OSLO).date(), card.starts_at.astimezone(OSLO).date(),
    )  # fmt: skip


async def _contact_panel(uow: UnitOfWork, contact_id: UUID) -> dict[str, Any] | None:
    found = await contact_meetings(uow, contact_id)
    if not found:
        return None
    coming = [one for one in found if one.card.on and not one.card.begun]
    held = [one for one in found if one.card.on and one.card.begun]
    return {
        "coming": coming[:3],
        "came": sum(1 for one in held if one.came),
        "held": len(held),
        "last": next((one for one in reversed(held) if one.came), None),
        "base": f"{uow.context.base_url}/samlinger/moter",
    }


async def _own_panel(uow: UnitOfWork) -> dict[str, Any] | None:
    contact = await own_contact(uow)
    found = await contact_meetings(uow, contact) if contact is not None else []
    open_now = [one for one in found if one.card.door_open and not one.came]
    waiting = [one for one in found if one.card.on and not one.card.begun and not one.answer]
    soon = [one for one in found if one.card.on and not one.card.begun and one.answer == "yes"]
    if not (open_now or waiting or soon):
        return None
    return {
        "open": open_now,
        "waiting": waiting[:5],
        "soon": soon[:2],
        "base": f"{uow.context.base_url}/samlinger",
    }


async def _feed(
    uow: UnitOfWork, user_id: UUID, first: date, last: date, language: str
) -> Sequence[FeedEvent]:
    rows = await user_meetings(uow, user_id, moment(first, time.min), moment(last, time.max))
    return [
        FeedEvent(
            f"assembly-{row['id']}", translate(language, N_("Samling")), row["starts_at"], row["ends_at"],
            row["place"], cancelled=row["state"] == "cancelled",
        )
        for row in rows
    ]  # fmt: skip


TODAY = [TodaySource(Permission.ASSEMBLY_WRITE, _today)]
CONTACT_PANELS = [ContactPanel(Permission.CONTACT_READ, "assemblies/contact_panel.html", 45, _contact_panel)]
OWN_PANELS = [OwnPanel(Permission.CONTACT_OWN, "assemblies/own_panel.html", 42, _own_panel)]
FEEDS = [FeedSource(_feed)]
