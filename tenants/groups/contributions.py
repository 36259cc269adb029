"""What the slice adds to shared pages: its menu line, and groups that lack a leader."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from sammen.clock import today
from sammen.db.unit_of_work import UnitOfWork
from sammen.i18n_mark import N_
from sammen.policy.permissions import Permission
from sammen.tenancy.context import PlaceKind
from sammen.web.contributions import MenuEntry, TodayItem, TodaySource
from sammen.web.formats import date_long, date_weekday
from sammen.web.i18n import translate
from tenants.groups.people import WARNED_BEFORE, Participant, all_waiting, ending_soon, to_answer
from tenants.groups.queries import GroupCard, list_groups, seasons_over

MENU = [MenuEntry(PlaceKind.MUNICIPALITY, Permission.ASSIGNMENT_READ, N_("Grupper"), "/grupper", 45)]


MOST_TODAY = 50


async def _today(uow: UnitOfWork, language: str) -> Sequence[TodayItem]:
    """Groups whose next meeting cannot be held, places that end or are free, and trials to be answered."""
    groups = await list_groups(uow)
    items = [_lacks(uow, one, language) for one in groups if not one.led and one.next_on is not None]
    items += [_ends(uow, one, language) for one in await ending_soon(uow)]
    items += [_trial_over(uow, one, language) for one in await to_answer(uow)]
    lines = await all_waiting(uow)
    items += [
        _free(uow, group, lines[group.id], language)
        for group in groups
        if group.free and group.joint_id is None and group.id in lines
    ]
    items += [_over(uow, group, language) for group in await seasons_over(uow)]
    return items[:MOST_TODAY]


def _item(uow: UnitOfWork, language: str, title: str, meta: str, path: str, since: date, due: date | None = None,
          persons: tuple[UUID, ...] = ()) -> TodayItem:  # fmt: skip
    return TodayItem(
        kind=translate(language, N_("Gruppe")), title=title, meta=meta, url=f"{uow.context.base_url}/grupper/{path}",
        since=since, due=due, persons=persons,
    )  # fmt: skip


def _lacks(uow: UnitOfWork, group: GroupCard, language: str) -> TodayItem:
    meets = group.next_on
    assert meets is not None
    meta = translate(
        language,
        N_("Neste treff: %(day)s. Det må være to gruppeledere."),
        day=date_weekday(meets, language),
    )
    title = translate(language, N_("%(name)s mangler gruppeleder"), name=group.name)
    return _item(uow, language, title, meta, f"{group.id}#ledere", min(group.valid_from, today()), meets)


def _ends(uow: UnitOfWork, one: Participant, language: str) -> TodayItem:
    assert one.last_day is not None
    meta = translate(
        language,
        N_("Plassen i %(group)s slutter da. Avtal om de fortsetter som vanlig medlem."),
        group=one.group_name,
    )
    title = translate(
        language,
        N_("Vedtaket til %(name)s går ut %(day)s"),
        name=one.name,
        day=date_long(one.last_day, language),
    )
    since = one.last_day - WARNED_BEFORE
    return _item(
        uow,
        language,
        title,
        meta,
        f"{one.group_id}/deltakere/{one.place_id}",
        since,
        one.last_day,
        (one.person_id,),
    )


def _trial_over(uow: UnitOfWork, one: Participant, language: str) -> TodayItem:
    assert one.trial_to is not None
    title = translate(language, N_("%(name)s har prøvd %(group)s"), name=one.name, group=one.group_name)
    meta = translate(language, N_("Spør om de vil fortsette, og gi dem plassen eller avslutt."))
    return _item(
        uow,
        language,
        title,
        meta,
        f"{one.group_id}/deltakere/{one.place_id}",
        one.trial_to,
        None,
        (one.person_id,),
    )


def _free(uow: UnitOfWork, group: GroupCard, line: Sequence[Participant], language: str) -> TodayItem:
    first = line[0]
    title = translate(language, N_("Ledig plass i %(name)s"), name=group.name)
    meta = (
        translate(language, N_("%(name)s har fått tilbudet og har ikke svart."), name=first.name)
        if first.offered_on
        else translate(language, N_("%(name)s har ventet lengst. Gi tilbudet."), name=first.name)
    )
    return _item(
        uow, language, title, meta, f"{group.id}/deltakere/{first.place_id}", first.offered_on or first.since, None,
        (first.person_id,),
    )  # fmt: skip


def _over(uow: UnitOfWork, group: GroupCard, language: str) -> TodayItem:
    assert group.valid_to is not None
    title = translate(language, N_("Sesongen er over for %(name)s"), name=group.name)
    meta = translate(language, N_("Noen har fortsatt plass. Skriv en ny siste dag, eller avslutt gruppa."))
    return _item(uow, language, title, meta, f"{group.id}", group.valid_to)


TODAY = [TodaySource(Permission.ASSIGNMENT_WRITE, _today)]
