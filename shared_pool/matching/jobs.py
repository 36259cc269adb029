"""What a match does in each municipality's own context, what a candidate is told, and what time does to proposals.

Each job is idempotent by the proposal's id: the assignment carries it, the introduction goes when it has been opened,
the lender's hours are summed anew from all its matches that go on (loans.py), and a notice has its mark.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any
from uuid import UUID

import asyncpg
from sqlalchemy import bindparam, select
from sqlalchemy.sql import ColumnElement

from sammen.audit.trail import record_change
from sammen.clock import today
from sammen.db.raw import compile_query
from sammen.db.unit_of_work import UnitOfWork
from sammen.errors import Conflict, Invalid, NotFound
from sammen.i18n_mark import N_
from sammen.jobs.order import Order
from sammen.jobs.queue import put
from sammen.jobs.registry import job, visitor
from sammen.keys import Keys
from sammen.tenancy.context import PlaceKind
from shared_pool.matching.introductions import Introduced, forget_introduction, open_introduction
from shared_pool.matching.loans import count_hours
from shared_pool.matching.models import Proposal
from shared_pool.matching.standing_in import introduce_later
from shared_pool.matching.steps import TOLD, end, stands_in, tell_candidate
from shared_pool.matching.timing import expire_overdue, forget_lapsed
from shared_pool.needs.api import expire_needs, fill_need
from tenants.api import (
    add_competence,
    agreement_of,
    contact_card,
    contact_of_candidate,
    engage,
    fill_order,
    held_order,
    let_in,
    notify_person,
    order_card,
    order_of_need,
    person,
    record_vetting,
    register_contact,
    register_person,
    support_contact,
    weekly,
)

_REGIONS = "SELECT id FROM sammen.region WHERE valid_to IS NULL OR valid_to >= sammen.norwegian_day()"
_MEMBERS = """
SELECT DISTINCT municipality_id AS id FROM sammen.region_membership
 WHERE valid_from <= sammen.norwegian_day() AND (valid_to IS NULL OR valid_to >= sammen.norwegian_day())
"""
_WHO = compile_query(
    select(person.c.id, support_contact.c.id.label("contact_id"))
    .select_from(
        person.outerjoin(
            support_contact,
            (support_contact.c.tenant_id == person.c.tenant_id)
            & (support_contact.c.person_id == person.c.id),
        )
    )
    .where(person.c.tenant_id == bindparam("tenant"), person.c.user_id == bindparam("user"))
    .order_by(support_contact.c.id)
    .limit(1)
)


NOT_BEGUN = N_("Oppdraget kunne ikke begynne.")
SECOND = N_("Brukeren har fått en støttekontakt på en annen måte.")


@job("matching.carry_out")
async def carry_out(uow: UnitOfWork, args: dict[str, Any]) -> None:
    """`proposal`: a match. In the need's municipality: the names are shown, and the two have an assignment without a
    first day: they are to meet, and go on or not (trial.py); a substitute is to be known first (standing_in.py).

    The order decides: should somebody have filled or closed it meanwhile, they ended the match with it, and there is
    nothing to do. A match that cannot become an assignment (the contact has stopped here, the grant has run out) comes
    to nothing with a reason, and the lender's hours go back.
    """
    proposal_id = UUID(args["proposal"])
    tenant = uow.context.tenant
    need_id = await uow.session.scalar(
        select(Proposal.need_id).where(Proposal.id == proposal_id, Proposal.need_tenant_id == tenant)
    )
    if need_id is None:
        raise NotFound
    order_id = await order_of_need(uow, need_id)
    if order_id is not None:
        await held_order(uow, order_id)
    row = await _held(uow, proposal_id, Proposal.need_tenant_id == tenant)
    introduced = await open_introduction(uow, row) if row.state == "matched" else None
    if introduced is None:
        return
    if order_id is None:
        await end(uow, row, "withdrawn", "need", words=SECOND)
        return
    try:
        async with uow.session.begin_nested():
            order = await order_card(uow, order_id)
            contact_id = await _contact(uow, row, introduced, weekly(order.amount, order.unit))
            made = (
                await introduce_later(uow, row, order, contact_id)
                if stands_in(row)
                else await fill_order(
                    uow, order_id, contact_id, starts_on=None, source="pool", proposal_id=row.id
                )
            )
    except (Conflict, Invalid):
        await end(uow, row, "withdrawn", "need", words=NOT_BEGUN)
        return
    await fill_need(uow, row.need_id)
    await forget_introduction(uow, row)
    who = (await contact_card(uow, contact_id)).person_id
    await record_change(uow, "match.carried_out", "proposal", row.id, persons=[who], made=made)
    await tell_candidate(uow, row, "matched")


async def _contact(uow: UnitOfWork, row: Proposal, introduced: Introduced, hours: Decimal | None) -> UUID:
    """The candidate as a vetted and engaged contact of this municipality, with their own pages here; `hours` a week by
    the municipality's own decision.

    Known by their login alone: two people may share a name and a birth date, and one must not be let in as the other.
    """
    found = await uow.row(_WHO, tenant=uow.context.tenant, user=introduced.user_id)
    person_id = found["id"] if found is not None else await register_person(uow, introduced.person)
    contact_id: UUID | None = found["contact_id"] if found is not None else None
    if contact_id is None:
        contact_id = await register_contact(uow, person_id, introduced.contact)
    await record_vetting(
        uow, contact_id, police_shown_on=row.police_shown_on, confidentiality_signed_on=row.confidentiality_signed_on,
        seen_by=row.vetted_by,
    )  # fmt: skip
    for code, on, until, place in introduced.completed:
        await add_competence(uow, contact_id, code, on, valid_to=until, place=place)
    if await agreement_of(uow, contact_id, today()) is None:
        await _agree(uow, contact_id, hours)
    await let_in(uow, person_id, introduced.user_id, "contact")
    return contact_id


async def _agree(uow: UnitOfWork, contact_id: UUID, hours: Decimal | None) -> None:
    """An agreement from today for the coordinator to revise and send to signing (B2: written within seven days of the
    start). Where one needs more than we know, such as a parent's yes, none is made: it is theirs to make before the two
    begin, and the meeting does not wait for it.
    """
    try:
        async with uow.session.begin_nested():
            await engage(uow, contact_id, "employee", hours, today())
    except Invalid:
        return


@job("matching.note_loan")
async def note_loan(uow: UnitOfWork, args: dict[str, Any]) -> None:
    """`proposal`: a match made or over. At the lender: how many hours a week the contact now works for others, never
    for whom.
    """
    row = await _held(uow, UUID(args["proposal"]), Proposal.home_id == uow.context.tenant)
    await count_hours(uow, row.candidate_id)


async def _held(uow: UnitOfWork, proposal_id: UUID, ours: ColumnElement[bool]) -> Proposal:
    row = await uow.session.scalar(
        select(Proposal)
        .where(Proposal.id == proposal_id, ours)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if row is None:
        raise NotFound
    return row


@job("matching.tell_candidate")
async def tell(uow: UnitOfWork, args: dict[str, Any]) -> None:
    """`proposal`, `what` (steps.TOLD): at home, a notice that says no more than "log in". One who has answered
    meanwhile is not asked.
    """
    row = await uow.session.scalar(
        select(Proposal).where(Proposal.id == UUID(args["proposal"]), Proposal.home_id == uow.context.tenant)
    )
    what = args["what"]
    if row is None or what not in TOLD:
        raise NotFound
    if what == "asked" and (row.state != "accepted" or row.candidate_yes_at is not None):
        return
    contact_id = await contact_of_candidate(uow, row.candidate_id)
    if contact_id is None:
        return
    person_id = (await contact_card(uow, contact_id)).person_id
    code = "ask" if what == "asked" else "request"
    await notify_person(uow, person_id, code, once=f"proposal:{row.id}:{what}")


# What time does ---------------------------------------------------------------------------------------------------------
@job("matching.expire")
async def expire(uow: UnitOfWork, _args: dict[str, Any]) -> None:
    """In a region: proposals nobody answered. In a municipality: its own needs, what was begun and not completed, and the
    descriptions of candidates whose consent has run out.
    """
    if uow.context.tenant_id is not None:
        await expire_needs(uow)
        await forget_lapsed(uow)
    await expire_overdue(uow)


@visitor("matching.regions", "7 * * * *")
async def visit_regions(connection: asyncpg.Connection[asyncpg.Record], keys: Keys) -> None:
    """Every hour: one job for each region."""
    for row in await connection.fetch(_REGIONS):
        order = Order("matching.expire", {}, PlaceKind.REGION, row["id"])
        await put(connection, keys, order, once=f"matching.expire:{row['id']}")


@visitor("matching.municipalities", "37 * * * *")
async def visit_municipalities(connection: asyncpg.Connection[asyncpg.Record], keys: Keys) -> None:
    """Every hour, since a candidate is held meanwhile: one job for each municipality that is a member of a region."""
    for row in await connection.fetch(_MEMBERS):
        order = Order("matching.expire", {}, PlaceKind.MUNICIPALITY, row["id"])
        await put(connection, keys, order, once=f"matching.expire:{row['id']}")
