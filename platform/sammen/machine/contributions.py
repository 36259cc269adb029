"""The programs' place in the menu; those that soon stop by themselves, and those that wait for another's yes."""

from __future__ import annotations

from collections.abc import Sequence

from sammen.clock import OSLO
from sammen.db.unit_of_work import UnitOfWork
from sammen.i18n_mark import N_
from sammen.machine.service import programs
from sammen.policy.permissions import Permission
from sammen.tenancy.context import PlaceKind
from sammen.web.contributions import MenuEntry, TodayItem, TodaySource
from sammen.web.formats import date_long
from sammen.web.i18n import translate

MENU = [MenuEntry(PlaceKind.MUNICIPALITY, Permission.CLIENT_CONFIRM, N_("Programmer"), "/programmer", 97)]


async def _soon(uow: UnitOfWork, lang: str) -> Sequence[TodayItem]:
    """Programs that are refused within a month unless somebody renews them."""
    return [
        TodayItem(
            kind=translate(lang, N_("Program")), title=one.name,
            meta=translate(lang, N_("Slipper ikke inn etter %(day)s. Forny det, eller la det gå ut."),
                           day=date_long(one.valid_to, lang=lang)),
            url=f"{uow.context.base_url}/programmer/{one.id}/endre", since=one.created_at.date(), due=one.valid_to,
        )
        for one in await programs(uow)
        if one.soon
    ]  # fmt: skip


async def _unconfirmed(uow: UnitOfWork, lang: str) -> Sequence[TodayItem]:
    """Programs that somebody else has given something, for who may confirm it."""
    return [
        TodayItem(
            kind=translate(lang, N_("Program")), title=translate(lang, N_("Bekreft %(name)s"), name=one.name),
            meta=translate(lang, N_("Se hva programmet får gjøre. Det slipper ikke inn før en til har sagt ja.")),
            url=f"{uow.context.base_url}/programmer/{one.id}", since=one.changed_at.astimezone(OSLO).date(),
        )
        for one in await programs(uow)
        if one.unconfirmed and one.open and one.scopes_by != uow.context.user
    ]  # fmt: skip


TODAY = [TodaySource(Permission.CLIENT_WRITE, _soon), TodaySource(Permission.CLIENT_CONFIRM, _unconfirmed)]
