"""A contact lent to another municipality: the hours the lender counts, while the match lasts and no longer (C4, C6)."""

from __future__ import annotations

from decimal import Decimal
from uuid import UUID

from sqlalchemy import select

from sammen.db.unit_of_work import UnitOfWork
from sammen.errors import NotFound
from sammen.jobs.queue import enqueue_for
from sammen.tenancy.context import PlaceKind
from shared_pool.matching.models import Proposal
from shared_pool.recruitment.api import refresh_candidate
from tenants.api import contact_card, contact_of_candidate, note_lent, set_lent_hours


async def tell_lender(uow: UnitOfWork, row: Proposal) -> None:
    """A match has been made, two have begun, or it is over: the lender, if it is another municipality, sums its contact's
    hours anew.

    Nameless: the lender's trail need not say who in the other municipality took the step.
    """
    if row.home_id != row.need_tenant_id:
        told = {"proposal": row.id}
        await enqueue_for(uow, PlaceKind.MUNICIPALITY, row.home_id, "matching.note_loan", told, nameless=True)


async def count_hours(uow: UnitOfWork, candidate_id: UUID) -> None:
    """Sum the candidate's hours anew: at home from the assignments, elsewhere from the matches that go on, those on trial
    too.

    In the home municipality. Raises NotFound when nobody here is that candidate.
    """
    tenant = uow.context.tenant
    elsewhere = (
        Proposal.home_id == tenant,
        Proposal.need_tenant_id != tenant,
        Proposal.candidate_id == candidate_id,
    )
    cards = await uow.session.scalars(
        select(Proposal.need_card).where(
            *elsewhere, Proposal.state.in_(("matched", "done")), Proposal.ended_at.is_(None)
        )
    )
    # A substitute has no hours of every week.
    lent = sum((Decimal(card["hours"]) for card in cards if card.get("purpose") != "substitute"), Decimal(0))
    contact_id = await contact_of_candidate(uow, candidate_id)
    if contact_id is None:
        raise NotFound
    if (await contact_card(uow, contact_id)).lent_hours != lent:
        await set_lent_hours(uow, candidate_id, lent)
    begun = select(Proposal.id).where(*elsewhere, Proposal.state == "done").limit(1)
    if await uow.session.scalar(begun) is not None:
        await note_lent(uow, contact_id)
    await refresh_candidate(uow, contact_id)
