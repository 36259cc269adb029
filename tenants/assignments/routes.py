"""The slice's pages: orders, one order with those who may fit, and one's own page. HTTP in, template or redirect out."""

from __future__ import annotations

from datetime import date
from functools import partial
from typing import Any
from uuid import UUID

from litestar import Response

from sammen.audit.trail import record_read
from sammen.clock import today
from sammen.errors import BadInput, Invalid
from sammen.i18n_mark import N_
from sammen.norwegian import format_date, parse_date
from sammen.policy.permissions import Permission
from sammen.web.desk import Desk
from sammen.web.door import action, page
from sammen.web.forms import Form, Reader
from sammen.web.paging import PAGE_SIZE, last_page
from tenants.assignments import views
from tenants.assignments.continuing import note_told
from tenants.assignments.ending import END_REASONS, REASON_NAMES, end_assignment
from tenants.assignments.fit import choice_for
from tenants.assignments.own import contacts_of, own_assignments, services_of
from tenants.assignments.queries import (
    STATES,
    OrderFilter,
    assignment_card,
    assignments_of_order,
    open_orders,
    order_card,
)
from tenants.assignments.service import (
    accept_order,
    fill_order,
    held_order,
    resend_order,
    return_order,
)
from tenants.cases.api import FORM_NAMES, may_decide_for, own_view, readers_of
from tenants.contacts.api import labels, slot_labels
from tenants.people.api import person_of_user, traits, wards_of_user

ORDERS = N_("Bestillinger")
OWN = N_("Min side")
READERS_SHOWN = 10


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
        "end_reasons": desk.options(END_REASONS),
        "answers": answers,
        "may_end": may(Permission.ASSIGNMENT_WRITE),
        "panels": panels,
        "mine": may_decide_for(desk.context, order.purchaser),
        "may_read_contact": may(Permission.CONTACT_READ),
        "case_url": desk.url(f"/saker/{order.case_id}"),
        "base": desk.url(f"/bestillinger/{order.id}"),
        "place": desk.url(),
    }  # fmt: skip


def _first_values(shown: dict[str, Any]) -> dict[str, Any]:
    """What the forms of an order's page begin with."""
    order = shown["order"]
    start = max(today(), order.valid_from or today())
    return {"start": format_date(start), "sluttdato": format_date(today())}


@page("/k/{slug:str}/bestillinger/{order_id:uuid}", Permission.ORDER_READ)
async def show_order(desk: Desk) -> Response[str]:
    """One order: what is asked for, who may fit, and the answers one can give."""
    shown = await _order_values(desk, desk.path_uuid("order_id"))
    return await desk.render(
        "assignments/order.html", title=shown["order"].name, values=_first_values(shown), **shown
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


def _read_choice(form: Form) -> tuple[UUID, date]:
    """(contact, first day) as chosen. Raises Invalid with every field's error."""
    reader = Reader(form)
    chosen = form.text("kontakt")
    field = "kontakt" if "kontakt" in form else "annen"
    if chosen in ("", "annen"):
        chosen = form.text("annen")
    contact_id = None
    try:
        contact_id = UUID(chosen)
    except ValueError:
        reader.fail(field, N_("Velg en støttekontakt."))
    start = reader.take("start", partial(parse_date, field="start"), required=N_("Skriv dagen de begynner."))
    reader.done()
    assert contact_id is not None
    assert start is not None
    return contact_id, start


@action("/k/{slug:str}/bestillinger/{order_id:uuid}/stottekontakt", Permission.ASSIGNMENT_WRITE)
async def assign(desk: Desk) -> Response[Any]:
    """Give the order a contact from home."""
    shown = await _order_values(desk, desk.path_uuid("order_id"))
    try:
        contact_id, start = _read_choice(desk.form)
        await fill_order(desk.uow, shown["order"].id, contact_id, starts_on=start)
    except Invalid as bad:
        return await desk.again("assignments/order.html", bad, title=shown["order"].name, **shown)
    return desk.redirect(shown["case_url"], flash=N_("Oppdraget er gitt. Avtal det første møtet."))


@action("/k/{slug:str}/oppdrag/{assignment_id:uuid}/avslutt", Permission.ASSIGNMENT_WRITE)
async def end(desk: Desk) -> Response[Any]:
    """End an assignment with its reason."""
    card = await assignment_card(desk.uow, desk.path_uuid("assignment_id"))
    shown = await _order_values(desk, card.order_id)
    try:
        reader = Reader(desk.form)
        ended = reader.take(
            "sluttdato", partial(parse_date, field="sluttdato"), required=N_("Skriv den siste dagen.")
        )
        reason = reader.choice("grunn_slutt", END_REASONS, required=N_("Velg hvorfor oppdraget avsluttes."))
        reader.done()
        assert ended is not None
        await end_assignment(desk.uow, card.id, ended_on=ended, reason=reason)
    except Invalid as bad:
        return await desk.again("assignments/order.html", _to_form(bad), title=shown["order"].name, **shown)
    return desk.redirect(shown["base"], flash=N_("Oppdraget er avsluttet."))


def _to_form(bad: Invalid) -> Invalid:
    """The service's names of fields as this page calls them: a page with two reasons needs two names."""
    return Invalid(
        {
            ("grunn_slutt" if name == "grunn" else name): BadInput(name, error.message, **error.params)
            for name, error in bad.errors.items()
        }
    )


async def _own_person(desk: Desk, person_id: UUID) -> dict[str, Any] | None:
    """What the reader sees of themselves, or of somebody they act for, as far as the age rules let them (own_view).

    None when there is nothing: a contact or representative who receives no service, a parent of somebody who is 18.
    """
    uow = desk.uow
    person, view = await own_view(uow, person_id)
    seen = view.whole | view.outline
    services = [s for s in await services_of(uow, person_id) if view.itself or s.case_id in seen]
    if not services and (view.itself or not seen):
        return None
    contacts = await contacts_of(uow, person_id)
    return {
        "person": person,
        "own": view.itself,
        "services": [
            (s, desk.say(FORM_NAMES[s.form]), views.extent(s.amount, s.unit, desk.language),
             [c for c in contacts if c.grant_id == s.grant_id], s.case_id not in view.outline)
            for s in services
        ],
        "story": desk.url(f"/historie/{person_id}") if seen else "",
        "log": view.log,
        "readers": await readers_of(uow, person_id, most=READERS_SHOWN) if view.log else [],
    }  # fmt: skip


# One's own page -------------------------------------------------------------------------------------------------------
@page("/min/{slug:str}", Permission.OWN_READ)
async def own_page(desk: Desk) -> Response[str]:
    """A contact's assignments; a service user's or representative's decision, contact and who has read."""
    uow, language = desk.uow, desk.language
    assignments = await own_assignments(uow)
    own = await person_of_user(uow)
    wards = dict.fromkeys([*([own] if own else []), *await wards_of_user(uow)])
    people = [shown for one in wards if (shown := await _own_person(desk, one)) is not None]
    panels = [
        (panel.template, values)
        for panel in sorted(desk.house.contributions.own_panels, key=lambda p: p.order)
        if desk.context.may(panel.permission) and (values := await panel.read(uow)) is not None
    ]
    # Two reasons: the one who is read about should see whether it was their contact or themselves and their own.
    if assignments:
        await record_read(uow, "own.read", [a.person_id for a in assignments], why=N_("Så på oppdraget sitt"))
    if people:
        await record_read(uow, "own.read", [p["person"].id for p in people], why=N_("Leste sin egen side"))
    return await desk.render(
        "assignments/own.html",
        title=desk.say(OWN),
        current="",
        assignments=[
            (a, desk.say(FORM_NAMES[a.form]), views.extent(a.amount, a.unit, language)) for a in assignments
        ],
        people=people,
        panels=panels,
        base=desk.url(),
        may_register=desk.context.may(Permission.HOURS_REGISTER),
        first_name=desk.context.user_name.split(" ")[0],
    )


HANDLERS = [show_list, show_order, accept, give_back, send_again, told_contact, assign, end, own_page]
