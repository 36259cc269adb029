"""Orders: the list, one order with those who may fit, and the answers one can give."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from litestar import Response

from sammen.audit.trail import record_read
from sammen.clock import today
from sammen.errors import Invalid
from sammen.i18n_mark import N_
from sammen.policy.permissions import Permission
from sammen.web.desk import Desk
from sammen.web.door import action, page
from sammen.web.forms import Reader
from sammen.web.paging import PAGE_SIZE, last_page
from tenants.assignments import views
from tenants.assignments.continuing import note_told
from tenants.assignments.ending import REASON_NAMES
from tenants.assignments.fit import choice_for
from tenants.assignments.forms import read_choice
from tenants.assignments.queries import STATES, OrderFilter, assignments_of_order, open_orders, order_card
from tenants.assignments.readiness import require_ready
from tenants.assignments.service import accept_order, fill_order, held_order, resend_order, return_order
from tenants.cases.api import FORM_NAMES, may_decide_for
from tenants.contacts.api import labels, slot_labels
from tenants.people.api import traits

ORDERS = N_("Bestillinger")


@page("/k/{slug:str}/bestillinger", Permission.ORDER_READ)
async def show_list(desk: Desk) -> Response[str]:
    """Orders that wait, longest first."""
    wanted = OrderFilter.of(desk.query)
    found = await open_orders(desk.uow, wanted)
    return await desk.render(
        "assignments/list.html",
        title=desk.say(ORDERS),
        current="/bestillinger",
        found=found,
        wanted=wanted,
        page_size=PAGE_SIZE,
        day=today(),
        last=last_page(found.total),
        chips=views.chosen_filters(wanted, dict(desk.query), desk.language),
        states=desk.options(STATES),
        state_names={value: desk.say(name) for value, name in STATES.items()},
        state_shapes=views.STATE_SHAPES,
        service_forms=desk.options(FORM_NAMES),
        form_names={value: desk.say(name) for value, name in FORM_NAMES.items()},
        extents={row.id: views.extent(row.amount, row.unit, desk.language) for row in found.rows},
        base=desk.url("/bestillinger"),
    )


async def _order_values(desk: Desk, order_id: UUID) -> dict[str, Any]:
    """What an order's page shows, and the access log's row for it."""
    uow, may = desk.uow, desk.context.may
    order = await order_card(uow, order_id)
    assignments = await assignments_of_order(uow, order.id)
    names = await views.contact_names(uow, [a.contact_id for a in assignments])
    answers = may(Permission.ORDER_ANSWER)
    choice = await choice_for(uow, order) if answers and order.open else None
    persons = [order.person_id, *(name.person_id for name in names.values())]
    await record_read(
        uow, "order.read", persons, why=N_("Leste bestillingen"), object_kind="order", object_id=order.id
    )
    suggested = choice.suggested if choice else ()
    panels = [
        (panel.template, values)
        for panel in sorted(desk.house.contributions.order_panels, key=lambda p: p.order)
        if may(panel.permission) and (values := await panel.read(uow, order.id)) is not None
    ]
    return {
        "current": "/bestillinger",
        "crumbs": [(desk.say(ORDERS), desk.url("/bestillinger")), (order.name, "")],
        "order": order,
        "form_name": desk.say(FORM_NAMES[order.form]),
        "asked": views.asked_for(order, desk.language),
        "state": (desk.say(STATES[order.state]), views.STATE_SHAPES[order.state]),
        "assignments": [
            (a, names[a.contact_id], views.extent(a.amount, a.unit, desk.language),
             desk.say(REASON_NAMES.get(a.end_reason, "")))
            for a in assignments
        ],
        "suggested": [
            (s, labels(s.interests, traits.INTERESTS, desk.language), slot_labels(s.slots, desk.language))
            for s in suggested
        ],
        "others": [(str(contact_id), name) for contact_id, name in (choice.others if choice else ())],
        "answers": answers,
        "panels": panels,
        "mine": may_decide_for(desk.context, order.purchaser),
        "may_read_contact": may(Permission.CONTACT_READ),
        "case_url": desk.url(f"/saker/{order.case_id}"),
        "base": desk.url(f"/bestillinger/{order.id}"),
        "place": desk.url(),
    }  # fmt: skip


@page("/k/{slug:str}/bestillinger/{order_id:uuid}", Permission.ORDER_READ)
async def show_order(desk: Desk) -> Response[str]:
    """One order: what is asked for, who may fit, and the answers one can give."""
    shown = await _order_values(desk, desk.path_uuid("order_id"))
    return await desk.render(
        "assignments/order.html", title=shown["order"].name, values={"start": ""}, **shown
    )


@action("/k/{slug:str}/bestillinger/{order_id:uuid}/ta-imot", Permission.ORDER_ANSWER)
async def accept(desk: Desk) -> Response[Any]:
    """Take the order on."""
    order_id = desk.path_uuid("order_id")
    await accept_order(desk.uow, order_id)
    flash = N_("Bestillingen er tatt imot. Nå kan du finne en støttekontakt.")
    return desk.redirect(desk.url(f"/bestillinger/{order_id}"), flash=flash)


@action("/k/{slug:str}/bestillinger/{order_id:uuid}/send-tilbake", Permission.ORDER_ANSWER)
async def give_back(desk: Desk) -> Response[Any]:
    """Send the order back with the reason."""
    shown = await _order_values(desk, desk.path_uuid("order_id"))
    try:
        reader = Reader(desk.form)
        reason = reader.text("grunn", required=N_("Skriv hvorfor bestillingen sendes tilbake."), most=1_000)
        reader.done()
        await return_order(desk.uow, shown["order"].id, reason)
    except Invalid as bad:
        return await desk.again("assignments/order.html", bad, title=shown["order"].name, **shown)
    return desk.redirect(
        desk.url("/bestillinger"), flash=N_("Bestillingen er sendt tilbake til bestilleren.")
    )


@action("/k/{slug:str}/bestillinger/{order_id:uuid}/send-igjen", Permission.DECISION_DRAFT)
async def send_again(desk: Desk) -> Response[Any]:
    """The purchaser sends a returned order again."""
    order_id = desk.path_uuid("order_id")
    await resend_order(desk.uow, order_id)
    return desk.redirect(
        desk.url(f"/bestillinger/{order_id}"), flash=N_("Bestillingen er sendt til utføreren igjen.")
    )


@action("/k/{slug:str}/bestillinger/{order_id:uuid}/sagt-fra", Permission.ORDER_ANSWER)
async def told_contact(desk: Desk) -> Response[Any]:
    """The contact knows what a new decision changes."""
    order = await held_order(desk.uow, desk.path_uuid("order_id"))
    await note_told(desk.uow, order)
    return desk.redirect(
        desk.url(f"/bestillinger/{order.id}"), flash=N_("Notert at støttekontakten vet om endringen.")
    )


@action("/k/{slug:str}/bestillinger/{order_id:uuid}/stottekontakt", Permission.ASSIGNMENT_WRITE)
async def assign(desk: Desk) -> Response[Any]:
    """Give the order a contact from home."""
    shown = await _order_values(desk, desk.path_uuid("order_id"))
    try:
        contact_id, start = read_choice(desk.form)
        made = await fill_order(desk.uow, shown["order"].id, contact_id, starts_on=start)
        if start is not None:
            await require_ready(desk.uow, contact_id, start, field="start", form=shown["order"].form)
    except Invalid as bad:
        return await desk.again("assignments/order.html", bad, title=shown["order"].name, **shown)
    return desk.redirect(desk.url(f"/oppdrag/{made}"), flash=N_("Oppdraget er gitt. Avtal det første møtet."))


HANDLERS = [show_list, show_order, accept, give_back, send_again, told_contact, assign]
