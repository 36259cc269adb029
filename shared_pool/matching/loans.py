"""A contact lent to another municipality: the hours the lender counts, while the match lasts and no longer (C4, C6)."""

from __future__ import annotations

from decimal import Decimal
from uuid import UUID

from sqlalchemy import select

from sammen.audit.trail import record_change
from sammen.clock import now
from sammen.db.unit_of_work import UnitOfWork
from sammen.errors import NotFound
from sammen.jobs.queue import enqueue_for
from sammen.tenancy.context import PlaceKind
from shared_pool.matching.models import Proposal
from shared_pool.recruitment.api import Candidate, home_months_and_hours
from tenants.api import (
    EndedAssignment,
    contact_card,
    contact_of_candidate,
    on_assignment_end,
    on_assignment_made,
    set_lent_hours,
)


async def tell_lender(uow: UnitOfWork, row: Proposal) -> None:
    """A match has been made or is over: the lender, if it is another municipality, sums its contact's hours anew.

    Nameless: the lender's trail need not say who in the other municipality took the step.
    """
    if row.home_id != row.need_tenant_id:
        told = {"proposal": row.id}
        await enqueue_for(uow, PlaceKind.MUNICIPALITY, row.home_id, "matching.note_loan", told, nameless=True)


@on_assignment_made
async def count_at_home(uow: UnitOfWork, contact_id: UUID) -> None:
    """A candidate of one's own has got more to do at home, which the pool's sum of their hours must know."""
    candidate_id = (await contact_card(uow, contact_id)).candidate_id
    if candidate_id is not None:
        await count_hours(uow, candidate_id)


@on_assignment_end
async def end_loan(uow: UnitOfWork, ended: EndedAssignment) -> None:
    """In the need's municipality: the match has lasted so long. Of how it ended nothing is told (B12).

    At home: a candidate of one's own has hours free again. Doing it again changes nothing.
    """
    candidate_id = (await contact_card(uow, ended.contact_id)).candidate_id
    if ended.proposal_id is not None:
        row = await uow.session.scalar(
            select(Proposal)
            .where(Proposal.need_tenant_id == uow.context.tenant, Proposal.id == ended.proposal_id)
            .with_for_update()
            .execution_options(populate_existing=True)
        )
        if row is not None and row.state == "matched" and row.ended_at is None:
            row.ended_at, row.ended_by = now(), "need"
            row.version += 1
            await uow.session.flush()
            await record_change(uow, "match.ended", "proposal", row.id)
            await tell_lender(uow, row)
    if candidate_id is not None:
        await count_hours(uow, candidate_id)


async def count_hours(uow: UnitOfWork, candidate_id: UUID) -> None:
    """Sum the candidate's hours anew: at home from the assignments, elsewhere from the matches that go on.

    In the home municipality. Raises NotFound when nobody here is that candidate.
    """
    tenant = uow.context.tenant
    cards = await uow.session.scalars(
        select(Proposal.need_card).where(
            Proposal.home_id == tenant,
            Proposal.need_tenant_id != tenant,
            Proposal.candidate_id == candidate_id,
            Proposal.state == "matched",
            Proposal.ended_at.is_(None),
        )
    )
    lent = sum((Decimal(card["hours"]) for card in cards), Decimal(0))
    contact_id = await contact_of_candidate(uow, candidate_id)
    if contact_id is None:
        raise NotFound
    if (await contact_card(uow, contact_id)).lent_hours != lent:
        await set_lent_hours(uow, candidate_id, lent)
    _, at_home = await home_months_and_hours(uow, contact_id)
    candidate = await uow.session.scalar(
        select(Candidate).where(Candidate.home_id == tenant, Candidate.id == candidate_id).with_for_update()
    )
    if candidate is None:
        raise NotFound
    candidate.hours_now = at_home + lent
    candidate.version += 1
    await uow.session.flush()
