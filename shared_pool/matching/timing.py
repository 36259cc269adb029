"""What ends a proposal without an answer: time, a need that is taken back, and a consent that is (C3).

What was under way ends, everybody who waited is told, and the descriptions go: of the candidate when their consent is
taken back or has run out, of the need when its own yes has. A code and the hours stay, so that the log still says who
got what and loans can be counted.
"""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.sql import ColumnElement

from sammen.audit.trail import record_change
from sammen.clock import now, today
from sammen.db.unit_of_work import UnitOfWork
from shared_pool.matching.models import Proposal
from shared_pool.matching.queries import LIVE
from shared_pool.matching.steps import end, stands_in
from shared_pool.needs.api import on_need_closed
from shared_pool.recruitment.api import (
    Candidate,
    on_candidate_narrowed,
    on_candidate_withdrawn,
    own_candidate,
)

GONE_MARK = "gone"
"""The key of a card whose description has been taken away."""


async def expire_overdue(uow: UnitOfWork) -> int:
    """Close the proposals whose time is out; how many. The region closes those the municipality has not answered, and
    that municipality those that were not completed. Until it is done every step refuses them anyway.
    """
    context = uow.context
    if context.region_id is not None:
        ours = (Proposal.region_id == context.region) & (Proposal.state == "proposed")
    else:
        ours = (Proposal.need_tenant_id == context.tenant) & (Proposal.state == "accepted")
    found = await uow.session.scalars(
        select(Proposal)
        .where(ours, Proposal.held_until <= now())
        .order_by(Proposal.id)
        .with_for_update(skip_locked=True)
    )
    rows = found.all()
    for row in rows:
        await end(uow, row, "expired", "time")
    return len(rows)


@on_need_closed
async def end_for_need(uow: UnitOfWork, need_id: UUID, why: str) -> None:
    """A need was withdrawn or expired: what was under way for it ends, also a match nobody has carried out yet, and what
    the proposals say of the need goes.

    A match that has been carried out has filled its need, which then is not closed this way.
    """
    ours = (Proposal.need_tenant_id == uow.context.tenant) & (Proposal.need_id == need_id)
    for row in await _held(uow, ours):
        if row.state in (*LIVE, "matched"):
            await end(uow, row, "withdrawn", "need", words=why)
        kept = {"code": row.need_card["code"], "hours": row.need_card["hours"], GONE_MARK: True}
        if row.need_card != kept:
            row.need_card = kept
            await _forget_why(uow, row)


@on_candidate_withdrawn
async def end_for_candidate(uow: UnitOfWork, candidate_id: UUID) -> None:
    """A candidate took their consent back, or it ran out: what was under way for them ends, and nothing of the
    description is left in any proposal. Doing it again changes nothing.
    """
    ours = (Proposal.home_id == uow.context.tenant) & (Proposal.candidate_id == candidate_id)
    await _forget_candidate(uow, candidate_id, await _held(uow, ours))


@on_candidate_narrowed
async def end_where_no_longer_seen(uow: UnitOfWork, candidate_id: UUID) -> None:
    """A candidate has said yes to less: for a municipality, or a use, that is no longer in it, it is as if they had
    withdrawn.
    """
    tenant = uow.context.tenant
    ours = (Proposal.home_id == tenant) & (Proposal.candidate_id == candidate_id)
    rows = await _held(uow, ours)
    card = await own_candidate(uow, candidate_id)
    if card is None:
        return
    seen_by = ({tenant} | set(card.visible_to)) - set(card.not_in)
    gone = [
        row
        for row in rows
        if row.need_tenant_id not in seen_by
        or (row.state in LIVE and ("substitute" if stands_in(row) else "individual") not in card.uses)
    ]
    await _forget_candidate(uow, candidate_id, gone)


async def _forget_candidate(uow: UnitOfWork, candidate_id: UUID, rows: Sequence[Proposal]) -> None:
    scrubbed = 0
    for row in rows:
        if row.state in LIVE:
            await end(uow, row, "withdrawn", "home")
        kept = {"code": row.candidate_card["code"], "home": row.candidate_card["home"], GONE_MARK: True}
        if row.candidate_card != kept:
            row.candidate_card = kept
            await _forget_why(uow, row)
            scrubbed += 1
    if scrubbed:
        await record_change(uow, "proposal.forgotten", "candidate", candidate_id, proposals=scrubbed)


async def forget_lapsed(uow: UnitOfWork) -> int:
    """In a municipality: candidates whose consent has run out are treated as those who took it back; how many."""
    found = await uow.session.scalars(
        select(Candidate.id)
        .join(
            Proposal,
            (Proposal.region_id == Candidate.region_id) & (Proposal.candidate_id == Candidate.id),
        )
        .where(
            Candidate.home_id == uow.context.tenant,
            or_(Candidate.consent_until < today(), Candidate.withdrawn_at.is_not(None)),
            Proposal.home_id == uow.context.tenant,
            ~Proposal.candidate_card.has_key(GONE_MARK),
        )
        .distinct()
    )
    lapsed = sorted(found.all())
    for candidate_id in lapsed:
        await end_for_candidate(uow, candidate_id)
    return len(lapsed)


async def _held(uow: UnitOfWork, ours: ColumnElement[bool]) -> Sequence[Proposal]:
    found = await uow.session.scalars(
        select(Proposal)
        .where(ours)
        .order_by(Proposal.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return found.all()


async def _forget_why(uow: UnitOfWork, row: Proposal) -> None:
    """The reasons and the proposer's words describe both: they go with either."""
    row.reasons, row.proposer_note, row.score = [], "", 0
    row.version += 1
    await uow.session.flush()
