"""From order to assignment: an issued decision becomes orders, the provider answers, a contact is found.

Every function takes a unit of work, checks its object rules, writes, and appends to the trail in the same transaction.
Those that jobs call (carrying out a match in this municipality) work without a session: a job acts for the
municipality, and its ticket is the wall.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import and_, bindparam, or_, select

from sammen.audit.trail import record_change
from sammen.clock import now, today
from sammen.db.raw import compile_query
from sammen.db.unit_of_work import UnitOfWork
from sammen.errors import Conflict, Forbidden, Invalid, NotFound
from sammen.i18n_mark import N_
from sammen.ids import uuid7
from tenants.assignments.continuing import go_on
from tenants.assignments.hooks import tell_made
from tenants.assignments.letting_go import let_go_of_need
from tenants.assignments.models import Assignment, ServiceOrder
from tenants.assignments.stand_ins import end_bridges
from tenants.cases.api import case_file, may_decide_for, purchasers_seen, visible
from tenants.contacts.api import ContactCard, held_contact
from tenants.decisions.api import IssuedGrant, grant_last_day, on_issue, service_grant, service_started

service_order = ServiceOrder.__table__
OPEN = ("sent", "accepted")
FUTURE = N_("Datoen er i framtida. Skriv dagen det skjedde.")
_SEEN = compile_query(
    select(case_file.c.purchaser)
    .join_from(
        service_order,
        case_file,
        (case_file.c.tenant_id == service_order.c.tenant_id) & (case_file.c.id == service_order.c.case_id),
    )
    .where(visible(), service_order.c.id == bindparam("order"))
)
_GRANT = compile_query(
    select(
        service_grant.c.amount,
        service_grant.c.unit,
        service_grant.c.valid_from,
        grant_last_day.label("valid_to"),
    ).where(service_grant.c.tenant_id == bindparam("tenant"), service_grant.c.id == bindparam("grant"))
)


@dataclass(frozen=True, slots=True)
class Granted:
    """What the decision gives: hours per unit and the period."""

    amount: object
    unit: str
    valid_from: date | None
    valid_to: date | None


@on_issue
async def order_granted(uow: UnitOfWork, granted: IssuedGrant) -> None:
    """Send the provider one order for a granted service; sending it again changes nothing (unique grant).

    An order that had ended is sent anew: a list has prolonged a decision that had run out. A service that goes on from an
    earlier decision keeps its order and its contact (continuing.py).
    """
    tenant = uow.context.tenant
    if granted.line_id is not None and await go_on(uow, granted):
        return
    known = await uow.session.scalar(
        select(ServiceOrder)
        .where(ServiceOrder.tenant_id == tenant, ServiceOrder.grant_id == granted.grant_id)
        .with_for_update()
    )
    if known is not None:
        if known.state == "ended":
            known.state, known.sent_on, known.waits_from = "sent", today(), today()
            known.answered_on = None
            await _changed(uow, known, "order.sent_again")
        return
    order = ServiceOrder(
        tenant_id=tenant, id=uuid7(), case_id=granted.case_id, grant_id=granted.grant_id, person_id=granted.person_id,
        form=granted.form, state="sent", sent_on=granted.decided_on, waits_from=granted.decided_on,
    )  # fmt: skip
    uow.session.add(order)
    await uow.session.flush()
    await record_change(uow, "order.sent", "order", order.id, persons=[granted.person_id], form=granted.form)


async def accept_order(uow: UnitOfWork, order_id: UUID) -> None:
    """The provider takes the order on. Raises Conflict when it has been answered already."""
    order = await held_order(uow, order_id)
    if order.state != "sent":
        raise Conflict(N_("Bestillingen er allerede besvart."))
    order.state, order.answered_on = "accepted", today()
    await _changed(uow, order, "order.accepted")


async def return_order(uow: UnitOfWork, order_id: UUID, reason: str) -> None:
    """Send the order back to the purchaser with the reason in words. Raises Invalid without one."""
    if not reason.strip():
        raise Invalid.one("grunn", N_("Skriv hvorfor bestillingen sendes tilbake."))
    order = await held_order(uow, order_id)
    if order.state not in OPEN:
        raise Conflict(N_("Bestillingen er allerede besvart."))
    order.state, order.answered_on, order.return_reason = "returned", today(), reason.strip()
    await let_go_of_need(uow, order, "returned")
    await _changed(uow, order, "order.returned")


async def resend_order(uow: UnitOfWork, order_id: UUID) -> None:
    """The purchaser sends a returned order again, having mended what was wrong. Theirs alone to do."""
    order = await held_order(uow, order_id)
    purchaser = await uow.value(
        _SEEN, tenant=uow.context.tenant, purchasers=purchasers_seen(uow.context), reader=uow.context.user,
        order=order_id,
    )  # fmt: skip
    if not may_decide_for(uow.context, purchaser):
        raise Forbidden(N_("Bare saksbehandleren som saken hører til, kan gjøre dette."))
    if order.state != "returned":
        raise Conflict(N_("Bestillingen er ikke sendt tilbake."))
    order.state, order.answered_on, order.sent_on = "sent", None, today()
    await _changed(uow, order, "order.sent_again")


async def fill_order(
    uow: UnitOfWork,
    order_id: UUID,
    contact_id: UUID,
    *,
    starts_on: date | None,
    source: str = "home",
    proposal_id: UUID | None = None,
) -> UUID:
    """Give the order a contact: the assignment's id. The case runs from the first day on; without one, the two are to
    meet first, and the day is agreed later (meetings.agree_start).

    `source` is `home`, or `pool` with the `proposal_id` that led here; the same proposal twice gives the same
    assignment. Hours are the grant's. A match from the pool never starts before the grant does. Raises Invalid when
    politiattest or confidentiality is missing in this municipality (B2: no first meeting before), or on a start
    outside the grant's period; Conflict when the order has a contact or the contact has left.
    """
    order = await held_order(uow, order_id)
    if proposal_id is not None and (known := await _of_proposal(uow, proposal_id)) is not None:
        return known
    if order.state not in OPEN:
        raise Conflict(N_("Bestillingen har fått en støttekontakt, eller er sendt tilbake."))
    contact = await held_contact(uow, contact_id)
    check_contact(contact, order.person_id)
    granted = await granted_of(uow, order.grant_id)
    if source == "pool" and starts_on is not None and granted.valid_from is not None:
        starts_on = max(starts_on, granted.valid_from)
    # Two who are to meet first begin on no day before this: nobody meets under a decision that has run out.
    check_start(starts_on or max(today(), granted.valid_from or today()), granted)
    begins = starts_on is not None and starts_on <= today()
    assignment = Assignment(
        tenant_id=order.tenant_id, id=uuid7(), order_id=order.id, case_id=order.case_id, person_id=order.person_id,
        contact_id=contact_id, form=order.form, state="running" if begins else "planned", source=source,
        proposal_id=proposal_id, amount=granted.amount, unit=granted.unit, starts_on=starts_on, revealed_at=now(),
    )  # fmt: skip
    uow.session.add(assignment)
    order.state, order.answered_on = "filled", order.answered_on or today()
    order.version += 1
    if source == "home":
        await let_go_of_need(uow, order, "filled")
    await uow.session.flush()
    if starts_on is not None:
        await end_bridges(uow, order.id, starts_on)
    if assignment.state == "running":
        await service_started(uow, order.case_id)
    await record_change(
        uow, "assignment.made", "assignment", assignment.id, persons=[order.person_id, contact.person_id],
        source=source, starts_on=starts_on, proposal=proposal_id,
    )  # fmt: skip
    await tell_made(uow, contact_id)
    return assignment.id


def check_contact(contact: ContactCard, person_id: UUID) -> None:
    """Whether the contact may be given to the person: not their own, at work, and vetted in this municipality (B2).

    Raises Invalid or Conflict with what stands in the way.
    """
    if contact.person_id == person_id:
        raise Invalid.one("kontakt", N_("En person kan ikke være sin egen støttekontakt."))
    if contact.state == "suspended":
        raise Conflict(N_("Støttekontakten er tatt ut av tjeneste og kan ikke møte noen."))
    if contact.state in ("paused", "ended"):
        raise Conflict(N_("Støttekontakten har pause eller har sluttet."))
    if not contact.vetted:
        raise Invalid.one(
            "kontakt",
            N_("Politiattest og taushetserklæring må være på plass i kommunen før de to kan møtes."),
        )


def check_start(starts_on: date, granted: Granted) -> None:
    """Raise Invalid for a first day outside what is granted."""
    if granted.valid_from is not None and starts_on < granted.valid_from:
        raise Invalid.one("start", N_("Vedtaket gjelder ikke ennå på denne datoen. Velg en senere dato."))
    if granted.valid_to is not None and starts_on > granted.valid_to:
        raise Invalid.one("start", N_("Vedtaket er gått ut på denne datoen. Velg en tidligere dato."))


# The pool: the order points to its nameless need, never the other way ------------------------------------------------
async def record_pool_consent(
    uow: UnitOfWork, order_id: UUID, by_whom: str, on: date, ground: str = "", *, substitute: bool = False
) -> None:
    """Note who said yes to posting a need without a name, when, and the legal ground. Raises Invalid without who, or in
    the future; Conflict when the order no longer waits, or, for a `substitute`, is over.
    """
    if not by_whom.strip():
        raise Invalid.one("samtykke_av", N_("Skriv hvem som har sagt ja."))
    if on > today():
        raise Invalid.one("samtykke_dato", FUTURE)
    order = await held_order(uow, order_id)
    if order.state not in ((*OPEN, "filled") if substitute else OPEN):
        raise Conflict(N_("Bestillingen har fått en støttekontakt, eller er sendt tilbake."))
    order.pool_consent_on, order.pool_consent_by, order.pool_ground = on, by_whom.strip(), ground
    await _changed(uow, order, "order.pool_consent")


async def record_match_consent(uow: UnitOfWork, order_id: UUID, on: date) -> None:
    """Note the day the service user, or who consents for them, said yes to the proposed contact."""
    if on > today():
        raise Invalid.one("samtykke_dato", FUTURE)
    order = await held_order(uow, order_id)
    if order.state not in OPEN:
        raise Conflict(N_("Bestillingen har fått en støttekontakt, eller er sendt tilbake."))
    order.match_consent_on = on
    await _changed(uow, order, "order.match_consent")


async def link_need(
    uow: UnitOfWork, order_id: UUID, need_id: UUID | None, *, substitute: bool = False
) -> None:
    """Point to the need posted for this order, or for a substitute on it; None when it was withdrawn. A yes to a match
    lapses with it.
    """
    order = await held_order(uow, order_id)
    if substitute:
        order.substitute_need_id = need_id
        await _changed(uow, order, "order.need_linked" if need_id else "order.need_unlinked")
        return
    order.need_id, order.match_consent_on = need_id, None
    if need_id is not None and order.state == "sent":
        order.state, order.answered_on = "accepted", today()
    await _changed(uow, order, "order.need_linked" if need_id else "order.need_unlinked")


async def remember_shown(uow: UnitOfWork, order_id: UUID, shown: Mapping[str, Any]) -> None:
    """Keep with the order what the pool is shown of it: a need that is taken back is gone, but not forgotten (C3)."""
    order = await held_order(uow, order_id)
    order.pool_shown = [*order.pool_shown, dict(shown)]
    await uow.session.flush()


async def unlink_needs(uow: UnitOfWork, case_id: UUID) -> list[UUID]:
    """The case's orders no longer point to a need that may be open; the needs they pointed to.

    For when the case is shielded: whoever does that need not be one who sees the case.
    """
    orders = await uow.session.scalars(
        select(ServiceOrder)
        .where(
            ServiceOrder.tenant_id == uow.context.tenant,
            ServiceOrder.case_id == case_id,
            or_(
                and_(ServiceOrder.need_id.is_not(None), ServiceOrder.state.in_(OPEN)),
                ServiceOrder.substitute_need_id.is_not(None),
            ),
        )
        .order_by(ServiceOrder.id)
        .with_for_update()
    )
    found = []
    for order in orders.all():
        if order.substitute_need_id is not None:
            found.append(order.substitute_need_id)
            order.substitute_need_id = None
        if order.state in OPEN:
            found += [order.need_id] if order.need_id is not None else []
            order.need_id, order.match_consent_on = None, None
        await _changed(uow, order, "order.need_unlinked")
    return found


async def order_of_need(uow: UnitOfWork, need_id: UUID) -> UUID | None:
    """Which order here a need was posted for, if it is this municipality's."""
    return await uow.session.scalar(
        select(ServiceOrder.id).where(
            ServiceOrder.tenant_id == uow.context.tenant,
            or_(ServiceOrder.need_id == need_id, ServiceOrder.substitute_need_id == need_id),
        )
    )


async def _of_proposal(uow: UnitOfWork, proposal_id: UUID) -> UUID | None:
    return await uow.session.scalar(
        select(Assignment.id).where(
            Assignment.tenant_id == uow.context.tenant, Assignment.proposal_id == proposal_id
        )
    )


async def held_order(uow: UnitOfWork, order_id: UUID) -> ServiceOrder:
    """The order for changing: of a case the reader may see. NotFound otherwise. A job acts for the municipality.

    Whoever changes an order, its need and the need's proposal holds them in this order: of two at once, the second
    then finds what the first has done.
    """
    context = uow.context
    if context.session_id is not None:
        seen = await uow.value(
            _SEEN,
            tenant=context.tenant,
            purchasers=purchasers_seen(context),
            reader=context.user,
            order=order_id,
        )
        if seen is None:
            raise NotFound
    order = await uow.session.get(
        ServiceOrder, (context.tenant, order_id), with_for_update=True, populate_existing=True
    )
    if order is None:
        raise NotFound
    return order


async def granted_of(uow: UnitOfWork, grant_id: UUID) -> Granted:
    """What the grant of an order gives, and when. Raises NotFound."""
    row = await uow.row(_GRANT, tenant=uow.context.tenant, grant=grant_id)
    if row is None:
        raise NotFound
    return Granted(row["amount"], row["unit"], row["valid_from"], row["valid_to"])


async def _changed(uow: UnitOfWork, order: ServiceOrder, action: str) -> None:
    order.version += 1
    await uow.session.flush()
    await record_change(uow, action, "order", order.id, persons=[order.person_id])
