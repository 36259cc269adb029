"""Posting a need without a name, and taking it back (C3). In the context of the municipality whose service user it is."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import date, timedelta
from typing import cast
from uuid import UUID

from sqlalchemy import delete, select

from sammen.audit.trail import record_change
from sammen.clock import today
from sammen.db.unit_of_work import UnitOfWork
from sammen.errors import BadInput, Conflict, Invalid, NotFound
from sammen.i18n_mark import N_
from sammen.ids import random_id
from shared_pool.needs.about import check_about
from shared_pool.needs.crowd import Crowd, Displayed, crowd_for
from shared_pool.needs.hours import HOURS, hours_code, upto_hours
from shared_pool.needs.models import Need, NeedRequirement
from shared_pool.needs.rules import (
    MEMORY_DAYS,
    OF_AGE,
    YES_HOLDS_DAYS,
    NeedFacts,
    check_facts,
    check_postable,
    crowd_limit,
    last_day,
    may_say_yes,
    week_of,
)
from shared_pool.needs.times import kept_time
from shared_pool.recruitment.api import add_with_code, homes_of, need_code, own_pool
from tenants.api import (
    ClosedOrder,
    OrderCard,
    Standing,
    age_rules,
    held_order,
    known_users,
    link_need,
    on_case_shielded,
    on_order_closed,
    order_card,
    order_of_need,
    provision_rules,
    record_pool_consent,
    remember_shown,
    representatives_of,
    traits,
    unlink_needs,
    who_consents,
)

WHY_CLOSED = {
    "filled": N_("Brukeren har fått en støttekontakt på en annen måte."),
    "returned": N_("Kommunen trenger ikke lenger noen til dette."),
    "lapsed": N_("Kommunen trenger ikke lenger noen til dette."),
}
"""What those who were asked may read when an order no longer waits: nothing of the service user."""
TOO_FEW = N_(
    "For få i kommunen ligner: det må være minst %(limit)s som alt dette kan gjelde. Si mindre nøyaktig hvem det er. "
    "Velg et av forslagene, eller endre selv."
)
TOO_FEW_AT_ALL = N_(
    "For få i kommunen ligner, også når behovet er beskrevet mindre nøyaktig. "
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


async def check_need(uow: UnitOfWork, order_id: UUID, facts: NeedFacts, *, seen: bool = True) -> OrderCard:
    """Everything that must hold before posting: the order, the facts, the yes, the text and the crowd; the order.

    `seen`: somebody has been shown it as others will see it, and answers for the text. Raises Forbidden for people who are
    never posted, Conflict when a need is out already, Invalid naming what to say less exactly.
    """
    order = await order_card(uow, order_id)
    age = check_postable(order)
    check_waits(order, facts.purpose)
    pool = await own_pool(uow)
    consent = await consent_for(uow, order, facts.consent_on)
    check_facts(facts, age, consent, list(await areas_here(uow, pool.id)))
    await check_about(uow, order, facts, seen=seen)
    crowd = await crowd_of(uow, order, facts.displayed)
    if not crowd.enough:
        raise Invalid({"": BadInput("", TOO_FEW if crowd.coarser else TOO_FEW_AT_ALL, limit=crowd.limit)})
    return order


def check_waits(order: OrderCard, purpose: str) -> None:
    """Whether a need of this purpose may be out for an order now. For somebody who steps in it may when the order has its
    contact, and while it waits for one (B10). Raises Conflict with what stands in the way.
    """
    if purpose == "substitute":
        out = order.substitute_need_id
        if order.over:
            raise Conflict(N_("Bestillingen er avsluttet eller sendt tilbake."))
    else:
        out = order.need_id
        if not order.open:
            raise Conflict(N_("Bestillingen har fått en støttekontakt, eller er sendt tilbake."))
    if out is not None:
        raise Conflict(N_("Det er lagt ut et behov for denne bestillingen fra før."))


async def areas_here(uow: UnitOfWork, region_id: UUID) -> dict[str, str]:
    """The areas a need of this municipality may tell, code and name: the one it lies in, or any when that is not known.

    A need in another area than the municipality's own would tell something the municipality cannot count.
    """
    home = (await homes_of(uow, region_id)).get(uow.context.tenant)
    own = traits.AREA_OF_MUNICIPALITY.get(home.code) if home is not None else None
    return dict(traits.AREAS) if own is None else {own: traits.AREAS[own]}


async def consent_for(uow: UnitOfWork, order: OrderCard, on: date) -> Standing:
    """Who holds the yes for the order's person on a day: the age rules in force then (A14)."""
    acting = [one.acting for one in await representatives_of(uow, order.person_id, on=on)]
    return who_consents(
        await age_rules(uow, on), child_welfare=order.purchaser == "child_welfare", birth_date=order.birth_date,
        on=on, acting=acting,
    )  # fmt: skip


async def crowd_of(uow: UnitOfWork, order: OrderCard, displayed: Displayed) -> Crowd:
    """How many of the municipality's service users the need may be of, with what was shown of this one before."""
    limit = crowd_limit((await own_pool(uow)).settings)
    remembered = (today() - timedelta(days=MEMORY_DAYS)).isoformat()
    earlier = [Displayed.restored(kept) for kept in order.pool_shown if kept["week"] >= remembered]
    return crowd_for(displayed, earlier, await known_users(uow), limit, today())


async def post_need(uow: UnitOfWork, order_id: UUID, facts: NeedFacts) -> UUID:
    """Post a need for an order and point the order to it; the need's id. Raises what `check_need` raises.

    A need that is posted again is another need: nothing of it, neither id nor code, is that of the one before.
    """
    order = await check_need(uow, order_id, facts)
    pool = await own_pool(uow)
    substitute = facts.purpose == "substitute"
    await record_pool_consent(
        uow, order_id, facts.consent_by, facts.consent_on, facts.legal_ground, substitute=substitute
    )
    week = week_of(today())
    await remember_shown(uow, order_id, facts.displayed.kept(week))

    def make(code: str) -> Need:
        return Need(
            region_id=pool.id, id=random_id(), posted_by=uow.context.tenant, code=code, purpose=facts.purpose,
            age_band=facts.age_band, gender_wish=facts.gender_wish, interests=list(facts.interests),
            weekdays=facts.weekdays, hours_from=facts.hours_from, hours_per_week=facts.hours_per_week, area=facts.area,
            needs_car=facts.needs_car, predictability=facts.predictability, months=facts.months,
            about=" ".join(facts.about.split()), posted_week=week, expires_on=last_day(today()),
        )  # fmt: skip

    made = cast(Need, await add_with_code(uow, make, need_code, "uq_need_region_id"))
    uow.session.add(
        NeedRequirement(
            region_id=pool.id, id=random_id(), posted_by=uow.context.tenant, need_id=made.id,
            slots=facts.matched_slots, skills=list(facts.skills), languages=list(facts.languages),
            exact_times=[kept_time(one) for one in facts.exact_times],
            min_contact_age=(await provision_rules(uow, today())).minimum_age,
        )
    )  # fmt: skip
    await uow.session.flush()
    await link_need(uow, order_id, made.id, substitute=substitute)
    await record_change(
        uow, "need.posted", "need", made.id, persons=[order.person_id], code=made.code, ground=facts.legal_ground,
        consent_by=facts.consent_by, consent_on=facts.consent_on, text_read=bool(facts.about),
    )  # fmt: skip
    return made.id


async def prolong_need(uow: UnitOfWork, need_id: UUID) -> None:
    """Let an open need stand for another 90 days, while the yes holds and enough people still fit.

    Raises NotFound, Forbidden for somebody who is never posted, Conflict naming what no longer holds.
    """
    order_id = await _hold_order(uow, need_id)
    row = await locked_need(uow, need_id)
    if row.state != "open" or row.expires_on < today() or order_id is None:
        raise Conflict(N_("Behovet er allerede lukket."))
    order = await order_card(uow, order_id)
    age = check_postable(order)
    consent = await consent_for(uow, order, today())
    by, on = order.pool_consent_by, order.pool_consent_on
    if on is None or on < today() - timedelta(days=YES_HOLDS_DAYS):
        raise Conflict(
            N_("Det er mer enn et år siden de sa ja. Trekk behovet, spør på nytt og legg det ut igjen.")
        )
    if not may_say_yes(by, consent, of_age=age >= OF_AGE):
        raise Conflict(
            N_(
                "Den som sa ja, kan ikke lenger si ja alene. Trekk behovet, spør på nytt og legg det ut igjen."
            )
        )
    if not (await crowd_of(uow, order, displayed_of(row))).enough:
        raise Conflict(N_("Færre i kommunen ligner nå. Trekk behovet, og legg det ut mindre nøyaktig."))
    row.expires_on = last_day(today())
    row.version += 1
    await uow.session.flush()
    await record_change(uow, "need.prolonged", "need", row.id, persons=[order.person_id], code=row.code)


def displayed_of(row: Need) -> Displayed:
    """What a posted need displays, as the anonymity check reads it. Hours from before the bands are told as "inntil"."""
    hours = hours_code(row.hours_from, row.hours_per_week)
    return Displayed(
        row.age_band, frozenset(row.interests), frozenset(row.weekdays),
        hours if hours in HOURS else upto_hours(row.hours_per_week), row.gender_wish, row.needs_car,
        row.predictability, row.purpose,
    )  # fmt: skip


async def reopen_need(uow: UnitOfWork, need_id: UUID) -> None:
    """A need that was filled waits again, since the two did not go on after their trial. It is the same need, and has
    waited since the week it was posted.

    In the context of its municipality, while the order still points to it. Raises NotFound, Conflict.
    """
    order_id = await _hold_order(uow, need_id)
    row = await locked_need(uow, need_id)
    if row.state != "filled" or order_id is None:
        raise Conflict(N_("Behovet kan ikke åpnes igjen."))
    row.state, row.closed_week, row.expires_on = "open", None, last_day(today())
    row.version += 1
    await uow.session.flush()
    await record_change(uow, "need.reopened", "need", row.id, code=row.code)


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


@on_case_shielded
async def close_with_case(uow: UnitOfWork, case_id: UUID) -> None:
    """A case is shielded, by hand or since the address became protected: its needs leave the pool at once (E5)."""
    for need_id in await unlink_needs(uow, case_id):
        row = await locked_need(uow, need_id)
        if row.state == "open":
            await _close(uow, row, "withdrawn", WHY_CLOSED["returned"])


async def _hold_order(uow: UnitOfWork, need_id: UUID) -> UUID | None:
    """The order before the need, as everywhere: two at once then wait for each other, and the second finds it done."""
    order_id = await order_of_need(uow, need_id)
    if order_id is not None:
        await held_order(uow, order_id)
    return order_id


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
        row.state, row.closed_week = "filled", week_of(today())
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
    row.state, row.closed_week = state, week_of(today())
    row.version += 1
    await uow.session.execute(
        delete(NeedRequirement).where(
            NeedRequirement.posted_by == uow.context.tenant, NeedRequirement.need_id == row.id
        )
    )
    await uow.session.flush()
    order_id = await order_of_need(uow, row.id)
    if order_id is not None:
        await link_need(uow, order_id, None, substitute=row.purpose == "substitute")
    for listener in _ON_CLOSED:
        await listener(uow, row.id, why)
    await record_change(uow, f"need.{state}", "need", row.id, code=row.code)
