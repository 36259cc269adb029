"""Posting a need without a name, and taking it back (C3). In the context of the municipality whose service user it is."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import cast
from uuid import UUID

from sqlalchemy import select

from sammen.audit.trail import record_change
from sammen.clock import now, today
from sammen.db.unit_of_work import UnitOfWork
from sammen.errors import BadInput, Conflict, Invalid, NotFound
from sammen.i18n_mark import N_
from sammen.ids import random_id
from shared_pool.needs.models import Need
from shared_pool.needs.queries import crowd_of
from shared_pool.needs.rules import EXPIRES_AFTER_DAYS, NeedFacts, check_facts, check_postable, crowd_limit
from shared_pool.recruitment.api import add_with_code, need_code, own_pool
from tenants.api import (
    ClosedOrder,
    held_order,
    link_need,
    on_order_closed,
    order_card,
    order_of_need,
    record_pool_consent,
)

WHY_CLOSED = {
    "filled": N_("Brukeren har fått en støttekontakt på en annen måte."),
    "returned": N_("Kommunen trenger ikke lenger noen til dette."),
    "lapsed": N_("Kommunen trenger ikke lenger noen til dette."),
}
"""What those who were asked may read when an order no longer waits: nothing of the service user."""
TOO_FEW = N_(
    "Bare %(count)s i kommunen passer til dette, og det må være minst %(limit)s. "
    "Beskriv behovet mindre nøyaktig."
)
TOO_FEW_AT_ALL = N_(
    "For få brukere i kommunen ligner, også når behovet er beskrevet mindre nøyaktig. "
    "Det kan ikke legges ut uten å røpe hvem det er."
)

OnNeedClosed = Callable[[UnitOfWork, UUID, str], Awaitable[None]]
_ON_CLOSED: list[OnNeedClosed] = []


def on_need_closed(listener: OnNeedClosed) -> OnNeedClosed:
    """Register what a higher slice does when a need is withdrawn or expires; runs in the same transaction.

    It is told the need and why in words, which everybody who saw the need may read ("" when nothing more is to say).
    """
    if listener not in _ON_CLOSED:
        _ON_CLOSED.append(listener)
    return listener


async def check_need(uow: UnitOfWork, order_id: UUID, facts: NeedFacts) -> None:
    """Everything that must hold before posting: the order, the facts, the yes, and the crowd.

    Raises Forbidden for people who are never posted, Conflict when a need is out already, Invalid naming what to
    make coarser.
    """
    order = await order_card(uow, order_id)
    age = check_postable(order)
    if not order.open:
        raise Conflict(N_("Bestillingen har fått en støttekontakt, eller er sendt tilbake."))
    if order.need_id is not None:
        raise Conflict(N_("Det er lagt ut et behov for denne bestillingen fra før."))
    check_facts(facts, age)
    crowd = await crowd_of(uow, facts, crowd_limit((await own_pool(uow)).settings))
    if crowd.enough:
        return
    if not crowd.coarser:
        raise Invalid.one("", TOO_FEW_AT_ALL)
    way = crowd.coarser[0]
    bad = BadInput(
        "interesser" if way.drop_interests else "alder", TOO_FEW, count=crowd.count, limit=crowd.limit
    )
    raise Invalid({bad.field: bad})


async def post_need(uow: UnitOfWork, order_id: UUID, facts: NeedFacts) -> UUID:
    """Post a need for an order and point the order to it; the need's id. Raises what `check_need` raises."""
    await check_need(uow, order_id, facts)
    order = await order_card(uow, order_id)
    pool = await own_pool(uow)
    await record_pool_consent(uow, order_id, facts.consent_by, facts.consent_on)

    def make(code: str) -> Need:
        return Need(
            region_id=pool.id, id=random_id(), posted_by=uow.context.tenant, code=code, age_band=facts.age_band,
            gender_wish=facts.gender_wish, interests=list(facts.interests), weekdays=facts.weekdays,
            slots=list(facts.slots), hours_per_week=facts.hours_per_week, area=facts.area, skills=list(facts.skills),
            languages=list(facts.languages), needs_car=facts.needs_car, predictability=facts.predictability,
            months=facts.months, legal_ground=facts.legal_ground, consent_on=facts.consent_on, posted_on=today(),
            expires_on=today() + timedelta(days=EXPIRES_AFTER_DAYS),
        )  # fmt: skip

    made = cast(Need, await add_with_code(uow, make, need_code, "uq_need_region_id"))
    await link_need(uow, order_id, made.id)
    await record_change(
        uow, "need.posted", "need", made.id, persons=[order.person_id], code=made.code, ground=facts.legal_ground,
        consent_by=facts.consent_by, consent_on=facts.consent_on,
    )  # fmt: skip
    return made.id


async def withdraw_need(uow: UnitOfWork, need_id: UUID) -> None:
    """Take an open need back: hidden from the pool at once, and proposals under way end. Raises NotFound, Conflict."""
    await _hold_order(uow, need_id)  # whoever may not see the case may not take its need back
    row = await locked_need(uow, need_id)
    if row.state != "open":
        raise Conflict(N_("Behovet er allerede lukket."))
    await _close(uow, row, "withdrawn")


@on_order_closed
async def close_with_order(uow: UnitOfWork, closed: ClosedOrder) -> None:
    """An order was filled at home, returned, or has run out: its need, if it is open still, is taken back with it."""
    row = await locked_need(uow, closed.need_id)
    if row.state == "open":
        await _close(uow, row, "withdrawn", WHY_CLOSED[closed.how])


async def _hold_order(uow: UnitOfWork, need_id: UUID) -> None:
    """The order before the need, as everywhere: two at once then wait for each other, and the second finds it done."""
    order_id = await order_of_need(uow, need_id)
    if order_id is not None:
        await held_order(uow, order_id)


async def expire_needs(uow: UnitOfWork) -> int:
    """Close the municipality's open needs whose last day has passed; how many. The pool hides them from that day."""
    found = await uow.session.scalars(
        select(Need.id)
        .where(Need.posted_by == uow.context.tenant, Need.state == "open", Need.expires_on < today())
        .order_by(Need.id)
    )
    closed = 0
    for need_id in found.all():
        await _hold_order(uow, need_id)
        row = await locked_need(uow, need_id)
        if row.state == "open":
            await _close(uow, row, "expired")
            closed += 1
    return closed


async def fill_need(uow: UnitOfWork, need_id: UUID) -> None:
    """The need has its contact: the order keeps its pointer. Doing it again changes nothing."""
    row = await locked_need(uow, need_id)
    if row.state == "open":
        row.state, row.closed_at = "filled", now()
        row.version += 1
        await uow.session.flush()
        await record_change(uow, "need.filled", "need", row.id, code=row.code)


async def locked_need(uow: UnitOfWork, need_id: UUID) -> Need:
    """The municipality's own need, held for changing. Raises NotFound. The region may still point to it meanwhile."""
    row = await uow.session.scalar(
        select(Need)
        .where(Need.posted_by == uow.context.tenant, Need.id == need_id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    if row is None:
        raise NotFound
    return row


async def _close(uow: UnitOfWork, row: Need, state: str, why: str = "") -> None:
    row.state, row.closed_at = state, now()
    row.version += 1
    await uow.session.flush()
    order_id = await order_of_need(uow, row.id)
    if order_id is not None:
        await link_need(uow, order_id, None)
    for listener in _ON_CLOSED:
        await listener(uow, row.id, why)
    await record_change(uow, f"need.{state}", "need", row.id, code=row.code)
