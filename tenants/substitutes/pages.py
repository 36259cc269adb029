"""What the slice's pages show, fetched before anything is changed, with the access log's rows."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any
from uuid import UUID

from sammen.audit.trail import record_read
from sammen.clock import today
from sammen.errors import NotFound
from sammen.i18n_mark import N_
from sammen.web.desk import Desk
from tenants.assignments.api import (
    OrderCard,
    assignments_of_order,
    available_contacts,
    contact_names,
    extent,
    order_card,
    own_assignment,
)
from tenants.cases.api import FORM_NAMES
from tenants.contacts.api import labels
from tenants.people.api import traits
from tenants.provision.api import provision_rules
from tenants.substitutes import forms, views
from tenants.substitutes.choosing import candidates_for
from tenants.substitutes.own import OwnAsk, own_absences
from tenants.substitutes.queries import HOW, AbsenceCard, absence_card, known_to
from tenants.substitutes.rules import suggested_hours

SUBSTITUTES = N_("Vikarer")
ORDERS = N_("Bestillinger")


async def order_values(desk: Desk) -> tuple[OrderCard, dict[str, Any]]:
    """The order of the address, and what each of its pages shows. Raises NotFound first of all."""
    order = await order_card(desk.uow, desk.path_uuid("order_id"))
    await record_read(
        desk.uow,
        "order.read",
        [order.person_id],
        why=N_("Så på vikarene"),
        object_kind="order",
        object_id=order.id,
    )
    base = desk.url(f"/bestillinger/{order.id}/vikarer")
    return order, {
        "order": order,
        "form_name": desk.say(FORM_NAMES[order.form]),
        "extent": extent(order.amount, order.unit, desk.language),
        "base": base,
        "order_url": desk.url(f"/bestillinger/{order.id}"),
        "place": desk.url("/vikarer"),
        "current": "/vikarer",
        "crumbs": [(desk.say(ORDERS), desk.url("/bestillinger")), (order.name, desk.url(f"/bestillinger/{order.id}")),
                   (desk.say(SUBSTITUTES), base)],
        "close": order.shielded or order.protection != "none",
    }  # fmt: skip


def under(shown: dict[str, Any], title: str) -> dict[str, Any]:
    """The same with the page's own name last in the trail."""
    return {**shown, "crumbs": [*shown["crumbs"], (title, "")]}


async def absence_of(desk: Desk, order: OrderCard) -> AbsenceCard | None:
    """The absence the page was opened for (`fravaer`), if it is of this order and nobody has dealt with it."""
    text = desk.form.text("fravaer") or desk.query.get("fravaer", "")
    try:
        card = await absence_card(desk.uow, UUID(text))
    except (ValueError, NotFound):
        return None
    return card if card.order_id == order.id and card.state == "reported" else None


async def asking(desk: Desk) -> tuple[OrderCard, dict[str, Any], dict[str, str]]:
    """What the two forms show that put somebody in: the days, and who would be asked, in that order."""
    order, shown = await order_values(desk)
    uow = desk.uow
    absence = await absence_of(desk, order)
    first = max(absence.first_day if absence else today(), today())
    last = absence.last_day if absence else None
    found = await candidates_for(uow, order, first, last or first, only_known=False, seen=True)
    rule = await provision_rules(uow, today())
    only_known = any(one.level == 0 for one in found) or shown["close"]
    values = views.first_values(
        order, absence, suggested_hours(rule.ask_hours, first, today()), only_known=only_known
    )
    await record_read(uow, "contact.suggested", [one.person_id for one in found], why=N_("Forslag til vikar"))
    lines = views.lines(found, desk.language)
    return order, {
        **shown,
        "absence": absence,
        "absent_days": views.days(absence.first_day, absence.last_day, desk.language) if absence else "",
        "lines": lines,
        "levels": list(dict.fromkeys(line.level for line in lines)),
        "contacts": await everybody(desk, order),
        "bridge": order.open,
    }, values  # fmt: skip


async def everybody(desk: Desk, order: OrderCard, *, but: Collection[UUID] = ()) -> list[tuple[str, str]]:
    """Every contact who may meet the service user (B2), by name, as the options of a choice; and the log's row for them."""
    found = [
        one
        for one in await available_contacts(desk.uow)
        if one.vetted and one.person_id != order.person_id and one.contact_id not in but
    ]
    await record_read(
        desk.uow, "contact.suggested", [one.person_id for one in found], why=N_("Forslag til vikar")
    )
    return [
        (str(one.contact_id), one.name)
        for one in sorted(found, key=lambda one: (one.name, str(one.contact_id)))
    ]


async def introducing(desk: Desk) -> tuple[OrderCard, dict[str, Any]]:
    order, shown = await order_values(desk)
    known = {one.contact_id for one in await known_to(desk.uow, order.case_id)}
    return order, {
        **under(shown, desk.say(N_("Ny kjent vikar"))),
        "contacts": await everybody(desk, order, but=known),
        "hows": desk.options(HOW),
    }


async def noting(desk: Desk) -> dict[str, Any]:
    """What the form for an absence shows. Raises NotFound for an order nobody has."""
    order, shown = await order_values(desk)
    running = [one for one in await assignments_of_order(desk.uow, order.id) if one.state != "ended"]
    if not running:
        raise NotFound
    names = await contact_names(desk.uow, [one.contact_id for one in running])
    return {
        **under(shown, desk.say(N_("Kan ikke komme"))),
        "running": [(str(one.id), names[one.contact_id].name) for one in running],
    }


# The contact's own ----------------------------------------------------------------------------------------------------
def ask_values(desk: Desk, one: OwnAsk) -> dict[str, Any]:
    """What an ask's page shows on the phone."""
    return {
        "one": one,
        "days": views.days(one.first_day, one.last_day, desk.language),
        "form_name": desk.say(FORM_NAMES[one.form]),
        "extent": extent(one.amount, one.unit, desk.language),
        "likes": labels(one.interests, traits.INTERESTS, desk.language),
        "age": desk.say(one.age_band) if one.age_band else "",
        "answers": desk.options(forms.ANSWERS),
        "base": desk.url(),
        "action": desk.url(f"/vikar/{one.id}"),
        "current": "",
    }


async def absence_values(desk: Desk) -> dict[str, Any]:
    """What the page where one cannot come shows. Raises NotFound for another's assignment."""
    _, own = await own_assignment(desk.uow, desk.path_uuid("assignment_id"))
    return {
        "own": own,
        "absences": [
            (one, views.days(one.first_day, one.last_day, desk.language), desk.say(views.ABSENCE_STATES[one.state]),
             views.ABSENCE_SHAPES[one.state])
            for one in await own_absences(desk.uow)
            if one.assignment_id == own.id
        ],
        "action": desk.url(f"/kan-ikke/{own.id}"),
        "base": desk.url(),
        "current": "",
    }  # fmt: skip
