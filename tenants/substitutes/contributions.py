"""What the slice adds to shared pages: menu, what waits today, and panels on orders, assignments, contacts and Min side."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sammen.clock import OSLO
from sammen.db.unit_of_work import UnitOfWork
from sammen.i18n_mark import N_
from sammen.policy.permissions import Permission
from sammen.tenancy.context import PlaceKind
from sammen.web.contributions import (
    AssignmentPanel,
    ContactPanel,
    MenuEntry,
    OrderPanel,
    OwnPanel,
    TodayItem,
    TodaySource,
)
from sammen.web.i18n import translate
from tenants.assignments.api import assignment_card, order_card
from tenants.cases.api import FORM_NAMES
from tenants.substitutes.own import own_absences, own_asks
from tenants.substitutes.queries import (
    AbsenceCard,
    RoundCard,
    absences,
    asked_of_contact,
    asks_of,
    known_to,
    rounds,
)
from tenants.substitutes.views import ABSENCE_SHAPES, ABSENCE_STATES, ROUND_SHAPES, days, standing

MENU = [MenuEntry(PlaceKind.MUNICIPALITY, Permission.CONTACT_READ, N_("Vikarer"), "/vikarer", 42)]
MOST_TODAY = 50


async def _today(uow: UnitOfWork, language: str) -> Sequence[TodayItem]:
    """Contacts who cannot come, rounds where nobody could, and substitutes the service user has not heard of."""
    current = await rounds(uow, "now")
    asking = {one.away_id for one in current if one.state == "open"}
    in_vain = {one.away_id for one in current if one.state == "nobody"}
    items = [
        _absent(uow, one, language, in_vain=one.id in in_vain)
        for one in await absences(uow, "waiting")
        if one.id not in asking
    ]
    items += [
        _round(uow, one, language)
        for one in current
        if one.to_tell or (one.state == "nobody" and one.away_id is None)
    ]
    return items[:MOST_TODAY]


def _absent(uow: UnitOfWork, one: AbsenceCard, language: str, *, in_vain: bool) -> TodayItem:
    meta = (
        N_("%(days)s. Ingen av dem som ble spurt, kunne. Spør flere, eller si fra at det er avlyst.")
        if in_vain
        else N_("%(days)s. Spør vikarer, eller si fra at det er avlyst.")
    )
    return TodayItem(
        kind=translate(language, N_("Vikar")),
        title=translate(
            language, N_("%(contact)s kan ikke komme til %(name)s"), contact=one.contact_name, name=one.name
        ),
        meta=translate(language, meta, days=days(one.first_day, one.last_day, language)),
        url=f"{uow.context.base_url}/bestillinger/{one.order_id}/vikarer/spor?fravaer={one.id}",
        since=one.created_at.astimezone(OSLO).date(),
        due=one.first_day,
        persons=(one.person_id, one.contact_person_id),
    )


def _round(uow: UnitOfWork, one: RoundCard, language: str) -> TodayItem:
    found = one.to_tell
    title = N_("Vikar funnet for %(name)s") if found else N_("Ingen kunne være vikar for %(name)s")
    meta = (
        N_("%(days)s. Si fra til brukeren hvem som kommer.")
        if found
        else N_("%(days)s. Spør flere, eller avlys.")
    )
    return TodayItem(
        kind=translate(language, N_("Vikar")),
        title=translate(language, title, name=one.name),
        meta=translate(language, meta, days=days(one.first_day, one.last_day, language)),
        url=f"{uow.context.base_url}/vikarer/{one.id}",
        since=one.closed_on or one.created_at.astimezone(OSLO).date(),
        due=one.first_day,
        persons=(one.person_id,),
    )


async def _of_order(uow: UnitOfWork, order_id: UUID) -> dict[str, Any] | None:
    """Who may step in on an order, who cannot come, and whom one asks now."""
    order = await order_card(uow, order_id)
    if order.form == "group" or order.state in ("returned", "ended"):
        return None
    language = uow.context.language
    going_on = [
        one for one in await rounds(uow, "order", order=order_id) if one.state == "open" or one.to_tell
    ]
    return {
        "given_name": order.given_name,
        "bridge": order.open,
        "known": await known_to(uow, order.case_id),
        "rounds": [
            (
                one,
                days(one.first_day, one.last_day, language),
                standing(one, await asks_of(uow, one.id), language),
            )
            for one in going_on
        ],
        "absences": [
            (one, days(one.first_day, one.last_day, language))
            for one in await absences(uow, "order", order=order_id)
            if one.state == "reported"
        ],
        "url": f"{uow.context.base_url}/bestillinger/{order_id}/vikarer",
        "place": f"{uow.context.base_url}/vikarer",
        "may": uow.context.may(Permission.ASSIGNMENT_WRITE),
    }


async def _of_assignment(uow: UnitOfWork, assignment_id: UUID) -> dict[str, Any] | None:
    card = await assignment_card(uow, assignment_id)
    return None if card.state == "ended" else await _of_order(uow, card.order_id)


async def _of_contact(uow: UnitOfWork, contact_id: UUID) -> dict[str, Any] | None:
    """When a contact was asked to step in: the days, never how often they said no."""
    asked = await asked_of_contact(uow, contact_id)
    if not asked:
        return None
    language = uow.context.language
    return {
        "asked": [(one, days(one.first_day, one.last_day, language)) for one in asked],
        "place": f"{uow.context.base_url}/vikarer",
    }


async def _own(uow: UnitOfWork) -> dict[str, Any] | None:
    """What the contact is asked, and the days they have said that they cannot come."""
    asks, away = await own_asks(uow), await own_absences(uow)
    if not asks and not away:
        return None
    language = uow.context.language
    return {
        "asks": [
            (one, days(one.first_day, one.last_day, language), translate(language, FORM_NAMES[one.form]))
            for one in asks
        ],
        "absences": [
            (one, days(one.first_day, one.last_day, language), translate(language, ABSENCE_STATES[one.state]),
             ABSENCE_SHAPES[one.state])
            for one in away
        ],
        "base": uow.context.base_url,
    }  # fmt: skip


TODAY = [TodaySource(Permission.ASSIGNMENT_WRITE, _today)]
ORDER_PANELS = [OrderPanel(Permission.CONTACT_READ, "substitutes/panel.html", 30, _of_order)]
ASSIGNMENT_PANELS = [AssignmentPanel(Permission.CONTACT_READ, "substitutes/panel.html", 30, _of_assignment)]
CONTACT_PANELS = [ContactPanel(Permission.CONTACT_READ, "substitutes/contact_panel.html", 30, _of_contact)]
OWN_PANELS = [OwnPanel(Permission.CONTACT_OWN, "substitutes/own_panel.html", 10, _own)]
__all__ = [
    "ASSIGNMENT_PANELS",
    "CONTACT_PANELS",
    "MENU",
    "ORDER_PANELS",
    "OWN_PANELS",
    "ROUND_SHAPES",
    "TODAY",
]
