"""A substitute from another municipality (B10, C4): the names are shown, the two meet, and the service user knows them.

After that the municipality's own rounds ask them as they ask any known substitute; the hours are charged to the decision,
and the lender is owed for them as for any other hours (C5).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import bindparam, select

from sammen.audit.trail import record_change
from sammen.clock import now, today
from sammen.db.raw import compile_query
from sammen.db.unit_of_work import UnitOfWork
from sammen.errors import Conflict, Invalid, NotFound
from sammen.i18n_mark import N_
from sammen.ids import uuid7
from shared_pool.matching.loans import tell_lender
from shared_pool.matching.models import PoolSubstitute, Proposal
from shared_pool.matching.steps import end, locked, locked_for_need
from shared_pool.matching.trial import CHOICES, unmake_agreement
from shared_pool.needs.api import reopen_need
from tenants.api import (
    IntroductionFacts,
    OrderCard,
    contact_card,
    introduce,
    on_known_ended,
    order_card,
)

pool_substitute = PoolSubstitute.__table__
_OF_PROPOSAL = compile_query(
    select(pool_substitute.c.order_id, pool_substitute.c.contact_id).where(
        pool_substitute.c.tenant_id == bindparam("tenant"),
        pool_substitute.c.proposal_id == bindparam("proposal"),
    )
)


@dataclass(frozen=True, slots=True)
class StandIn:
    """Who came to be a substitute, and for which order."""

    order_id: UUID
    contact_id: UUID
    person_id: UUID
    name: str


async def introduce_later(uow: UnitOfWork, row: Proposal, order: OrderCard, contact_id: UUID) -> UUID:
    """In the need's municipality: keep whom the order's service user is to meet; the row's id."""
    made = PoolSubstitute(
        tenant_id=uow.context.tenant, id=uuid7(), proposal_id=row.id, order_id=order.id, case_id=order.case_id,
        person_id=order.person_id, contact_id=contact_id,
    )  # fmt: skip
    uow.session.add(made)
    await uow.session.flush()
    return made.id


async def stand_in_of(uow: UnitOfWork, proposal_id: UUID) -> StandIn | None:
    """Who a match led to; None before the names are shown, when it is no substitute, and for a case the reader may not
    see.
    """
    row = await uow.row(_OF_PROPOSAL, tenant=uow.context.tenant, proposal=proposal_id)
    if row is None:
        return None
    try:
        await order_card(uow, row["order_id"])
    except NotFound:
        return None
    card = await contact_card(uow, row["contact_id"])
    return StandIn(row["order_id"], card.id, card.person_id, card.name)


async def known_now(uow: UnitOfWork, proposal_id: UUID, *, met_on: date, said_yes_by: str) -> None:
    """The two have met, and the service user, or who consents for them, said yes to this substitute that day.

    Raises NotFound, Invalid on a day ahead or without who, Conflict when the names are not shown or it is noted already.
    """
    if not said_yes_by.strip():
        raise Invalid.one("ja_av", N_("Skriv hvem som sa ja."))
    if met_on > today():
        raise Invalid.one("traff", N_("Datoen er i framtida. Skriv dagen de møttes."))
    row, found = await _matched(uow, proposal_id)
    facts = IntroductionFacts(found.contact_id, met_on, "earlier", met_on, said_yes_by.strip())
    await introduce(uow, found.order_id, facts, proposal_id=row.id)
    row.state = "done"
    row.version += 1
    await uow.session.flush()
    await record_change(uow, "match.done", "proposal", row.id, persons=[found.person_id])
    await tell_lender(uow, row)


async def not_known(uow: UnitOfWork, proposal_id: UUID, learned: str) -> None:
    """It was not right: a code of trial.CHOICES. Never counted against anybody; the need is open again, as old as it was.

    Raises NotFound, Invalid without a code, Conflict when the names are not shown or the two go on.
    """
    if learned not in CHOICES:
        raise Invalid.one("laert", N_("Velg hva dere lærte."))
    row, found = await _matched(uow, proposal_id)
    await end(uow, row, "learned", "need", learned=learned)
    await reopen_need(uow, row.need_id)
    await unmake_agreement(uow, found.contact_id)


async def _matched(uow: UnitOfWork, proposal_id: UUID) -> tuple[Proposal, StandIn]:
    row = await locked_for_need(uow, proposal_id)
    if row.state != "matched":
        raise Conflict(N_("De to prøver ikke lenger."))
    found = await stand_in_of(uow, proposal_id)
    if found is None:
        raise Conflict(N_("Navnene er ikke vist ennå. Prøv igjen om et øyeblikk."))
    return row, found


@on_known_ended
async def after_introduction(uow: UnitOfWork, proposal_id: UUID) -> None:
    """In the need's municipality: the contact is nobody's substitute any more, and the loan is over."""
    row = await locked(uow, proposal_id, Proposal.need_tenant_id == uow.context.tenant)
    if row.ended_at is None:
        row.ended_at, row.ended_by = now(), "need"
        row.version += 1
        await uow.session.flush()
        await record_change(uow, "match.ended", "proposal", row.id)
        await tell_lender(uow, row)
