"""What the slice adds to shared pages: menu, orders that wait today, and the case's and contact's panels."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sammen.db.unit_of_work import UnitOfWork
from sammen.i18n_mark import C_, N_
from sammen.norwegian import format_date
from sammen.policy.permissions import Permission
from sammen.tenancy.context import PlaceKind
from sammen.web.contributions import (
    ContactPanel,
    FeedSource,
    MenuEntry,
    Panel,
    TimelineEvent,
    TimelineSource,
    TodayItem,
    TodaySource,
)
from sammen.web.formats import date_day_month
from sammen.web.i18n import translate
from tenants.assignments.ending import REASON_NAMES
from tenants.assignments.feed import meetings_in_feed
from tenants.assignments.queries import (
    OrderCard,
    OrderFilter,
    assignments_of_case,
    assignments_of_contact,
    find_orders,
    orders_of_case,
)
from tenants.assignments.today import ASSIGNMENT_PANELS, LIFE_TODAY
from tenants.assignments.views import STATE_SHAPES, contact_names, countable_cases, extent, person_names
from tenants.cases.api import FORM_NAMES, may_decide_for

__all__ = ["ASSIGNMENT_PANELS", "CONTACT_PANELS", "MENU", "PANELS", "TIMELINE", "TODAY"]

MENU = [
    MenuEntry(PlaceKind.MUNICIPALITY, Permission.ORDER_READ, N_("Bestillinger"), "/bestillinger", 30),
    MenuEntry(PlaceKind.MUNICIPALITY, Permission.ASSIGNMENT_READ, C_("flere", "Oppdrag"), "/oppdrag", 31),
    MenuEntry(PlaceKind.OWN, Permission.OWN_READ, N_("Min side"), "", 10),
]
MOST_TODAY = 50


def _item(uow: UnitOfWork, order: OrderCard, language: str, kind: str, meta: str) -> TodayItem:
    return TodayItem(
        kind=translate(language, kind),
        title=f"{order.name}: {translate(language, FORM_NAMES[order.form])}",
        meta=meta,
        url=f"{uow.context.base_url}/bestillinger/{order.id}",
        since=order.waits_from,
        persons=(order.person_id,),
    )


async def _to_answer(uow: UnitOfWork, language: str) -> Sequence[TodayItem]:
    """Orders that nobody has answered, or that still lack a contact."""
    found = await find_orders(uow, OrderFilter())
    return [
        _item(
            uow, order, language, N_("Bestilling"),
            translate(language, N_("Ny fra bestilleren. Ta imot den eller send den tilbake."))
            if order.state == "sent"
            else translate(language, N_("Mangler støttekontakt.")),
        )
        for order in found.rows[:MOST_TODAY]
        if order.need_id is None
    ]  # fmt: skip


async def _changed(uow: UnitOfWork, language: str) -> Sequence[TodayItem]:
    """Orders whose hours a new decision changes, until the provider has told the contact."""
    found = []
    for order in (await find_orders(uow, OrderFilter(state="filled", changed=True))).rows[:MOST_TODAY]:
        if order.changes_on is None:
            continue
        meta = translate(
            language, N_("Nytt vedtak fra %(day)s. Si fra til støttekontakten."),
            day=date_day_month(order.changes_on, language),
        )  # fmt: skip
        found.append(_item(uow, order, language, N_("Endret vedtak"), meta))
    return found


async def _returned(uow: UnitOfWork, language: str) -> Sequence[TodayItem]:
    """A purchaser's own orders that the provider sent back."""
    found = await find_orders(uow, OrderFilter(state="returned"))
    return [
        _item(uow, order, language, N_("Bestilling sendt tilbake"), order.return_reason)
        for order in found.rows[:MOST_TODAY]
        if may_decide_for(uow.context, order.purchaser)
    ]


async def _timeline(uow: UnitOfWork, case_id: UUID, language: str) -> Sequence[TimelineEvent]:
    def say(message: str, **params: object) -> str:
        return translate(language, message, **params)

    events = []
    for order in await orders_of_case(uow, case_id):
        form = say(FORM_NAMES[order.form])
        events.append(TimelineEvent(order.sent_on, say(N_("Bestilling sendt til utfører")), form))
        if order.state == "returned" and order.answered_on is not None:
            events.append(
                TimelineEvent(
                    order.answered_on, say(N_("Bestillingen ble sendt tilbake")), order.return_reason
                )
            )
    assignments = await assignments_of_case(uow, case_id)
    names = await contact_names(uow, [a.contact_id for a in assignments])
    for assignment in assignments:
        name = names[assignment.contact_id].name
        if assignment.role != "regular":
            if assignment.starts_on is not None:
                events.append(
                    TimelineEvent(assignment.starts_on, say(N_("Vikar")), name, done=assignment.begun)
                )
            continue
        if assignment.starts_on is not None:
            title = say(N_("Oppstart")) if assignment.begun else say(N_("Avtalt oppstart"))
            events.append(TimelineEvent(assignment.starts_on, title, name, done=assignment.begun))
        if assignment.ended_on is not None:
            reason = say(REASON_NAMES[assignment.end_reason]) if assignment.end_reason in REASON_NAMES else ""
            text = f"{name}. {reason}." if reason else f"{name}."
            events.append(TimelineEvent(assignment.ended_on, say(N_("Oppdraget ble avsluttet")), text))
    return events


async def _case_panel(uow: UnitOfWork, case_id: UUID) -> dict[str, Any] | None:
    """Who the contact is now for each ordered service, or how long the service user has waited."""
    orders = [order for order in await orders_of_case(uow, case_id) if order.state != "ended"]
    if not orders:
        return None
    assignments = [a for a in await assignments_of_case(uow, case_id) if a.state != "ended"]
    names = await contact_names(uow, [a.contact_id for a in assignments])
    lines = [
        (order, [(a, names[a.contact_id]) for a in assignments if a.order_id == order.id]) for order in orders
    ]
    return {"lines": lines, "base": uow.context.base_url, "forms": FORM_NAMES, "shapes": STATE_SHAPES}


async def _contact_panel(uow: UnitOfWork, contact_id: UUID) -> dict[str, Any] | None:
    """A contact's assignments, with the names of service users the reader may see."""
    language = uow.context.language
    assignments = await assignments_of_contact(uow, contact_id)
    cases = [a.case_id for a in assignments]
    names, counted = await person_names(uow, cases), await countable_cases(uow, cases)
    return {
        "lines": [
            (a, names[a.case_id], extent(a.amount, a.unit, language), _period(a.starts_on, a.ended_on))
            for a in assignments
            if a.case_id in names
        ],
        "hidden": sum(1 for a in assignments if a.case_id in counted and a.case_id not in names),
        "base": uow.context.base_url,
        "forms": FORM_NAMES,
    }


def _period(start: Any, end: Any) -> str:
    return f"{format_date(start) if start else ''} – {format_date(end) if end else ''}".strip()


TODAY = [
    TodaySource(Permission.ORDER_ANSWER, _to_answer),
    TodaySource(Permission.ORDER_ANSWER, _changed),
    TodaySource(Permission.DECISION_DRAFT, _returned),
    *LIFE_TODAY,
]
TIMELINE = [TimelineSource(Permission.ORDER_READ, _timeline)]
FEEDS = [FeedSource(meetings_in_feed)]
PANELS = [Panel(Permission.ORDER_READ, "assignments/panel.html", 20, _case_panel)]
CONTACT_PANELS = [
    ContactPanel(Permission.ASSIGNMENT_READ, "assignments/contact_panel.html", 20, _contact_panel)
]
