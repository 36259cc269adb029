"""Hours on pages of others: used and left of a decision on an assignment's page and on one's own, and what a contact has
not sent yet.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, func, select

from sammen.audit.trail import record_read
from sammen.clock import today
from sammen.db.raw import compile_query
from sammen.db.unit_of_work import UnitOfWork
from sammen.i18n_mark import N_
from sammen.web.formats import month_year
from sammen.web.i18n import translate
from tenants.assignments.api import assignment_card, assignments_of_case, own_assignments
from tenants.cases.api import FORM_NAMES, own_view
from tenants.contacts.api import own_contact
from tenants.people.api import person_of_user, wards_of_user
from tenants.provision.api import PayPeriod, provision_rules
from tenants.timesheets.models import TimesheetLine
from tenants.timesheets.queries import used_in_month, used_in_months
from tenants.timesheets.rules import Month
from tenants.timesheets.views import period_name

line = TimesheetLine.__table__
TOLD = ("sent", "approved", "returned")
"""States a service user meets: what lies saved is the contact's own."""

_UNSENT = compile_query(
    select(
        line.c.assignment_id,
        line.c.state,
        func.min(line.c.worked_on).label("first"),
        func.count().label("lines"),
    )
    .where(
        line.c.tenant_id == bindparam("tenant"),
        line.c.contact_id == bindparam("contact"),
        line.c.state.in_(("saved", "returned")),
    )
    .group_by(line.c.assignment_id, line.c.state)
    .order_by(line.c.state, func.min(line.c.worked_on))
)


async def own_unsent(uow: UnitOfWork) -> dict[str, Any] | None:
    """On a contact's own page: hours that were sent back, and hours of a period that is over and not sent."""
    contact_id = await own_contact(uow)
    if contact_id is None:
        return None
    rules = await provision_rules(uow, today())
    this = PayPeriod.of(today(), rules.period_from_day)
    names = {own.id: own.given_name for own in await own_assignments(uow)}
    language, base = uow.context.language, f"{uow.context.base_url}/timer"
    returned, unsent = [], []
    for row in await uow.rows(_UNSENT, tenant=uow.context.tenant, contact=contact_id):
        if row["assignment_id"] not in names:
            continue
        period = PayPeriod.of(row["first"], rules.period_from_day)
        shown = (
            names[row["assignment_id"]],
            period_name(period, language),
            f"{base}/{row['assignment_id']}?maned={period}",
            row["lines"],
            period.deadline(rules.hand_in_day),
        )
        if row["state"] == "returned":
            returned.append(shown)
        elif period < this:
            unsent.append(shown)
    if not returned and not unsent:
        return None
    return {"returned": returned, "unsent": unsent, "today": today()}


async def own_use(uow: UnitOfWork) -> dict[str, Any] | None:
    """On a service user's or representative's own page: hours used and left this month, as far as they see the case."""
    me = await person_of_user(uow)
    month = Month.of(today())
    found = []
    for person_id in dict.fromkeys([*([me] if me else []), *await wards_of_user(uow)]):
        person, view = await own_view(uow, person_id)
        cards = [
            card
            for case_id in sorted(view.whole)
            for card in await assignments_of_case(uow, case_id)
            if card.revealed and card.begun and card.state != "ended"
        ]
        uses = await used_in_months(uow, [(card.id, month) for card in cards], states=TOLD)
        # One order has one sum, however many contacts share it.
        orders = {card.order_id: (card.form, uses[card.id, month]) for card in cards}
        shown = [
            (translate(uow.context.language, FORM_NAMES[form]), use)
            for form, use in orders.values()
            if use.given is not None
        ]
        if shown:
            found.append((person.id, person.given_name, view.itself, shown))
    if not found:
        return None
    await record_read(uow, "own.read", [row[0] for row in found], why=N_("Leste sin egen side"))
    return {"people": found, "month": month_year(month.first, uow.context.language)}


async def of_assignment(uow: UnitOfWork, assignment_id: UUID) -> dict[str, Any] | None:
    """On an assignment's page: this month's and last month's hours against the decision, and the way to the lists."""
    card = await assignment_card(uow, assignment_id)
    if card.starts_on is None:
        return None
    now, language = Month.of(today()), uow.context.language
    months = [month for month in (now, now.before) if month.last >= card.starts_on]
    if not months:
        return None
    base = f"{uow.context.base_url}/timelister"
    return {
        "months": [
            (month_year(month.first, language), await used_in_month(uow, assignment_id, month))
            for month in months
        ],
        "waiting": f"{base}?kontakt={card.contact_id}",
        "approved": f"{base}?kontakt={card.contact_id}&status=approved",
    }
