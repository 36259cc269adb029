"""What every step of a proposal is made of: holding its row, giving a yes, and coming to nothing.

Each step runs in the context of the place it happens in, is written in that place's trail, and is refused when it is
not that place's to take. The last yes makes the match, and queues what follows from it in each municipality's own
context (jobs.py).
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.sql import ColumnElement

from sammen.audit.trail import record_change
from sammen.clock import now
from sammen.db.unit_of_work import UnitOfWork
from sammen.errors import BadInput, Conflict, Invalid, NotFound
from sammen.i18n_mark import N_
from sammen.jobs.queue import enqueue_for
from sammen.tenancy.context import PlaceKind
from shared_pool.matching.introductions import forget_introduction
from shared_pool.matching.loans import tell_lender
from shared_pool.matching.models import Proposal
from tenants.api import held_order, order_card, order_of_need

HOLD_DAYS = 3
"""How long a candidate is held for the municipality's answer."""
ANSWER_DAYS = 14
"""How long, from that answer, for the service user, the candidate, the lender and the vetting."""
TRIAL_DAYS = 30
"""How long after the names were shown the two should have met; then whoever follows them up is reminded."""
MOST_NOTE = 300
GONE = N_("Forslaget er ikke lenger åpent.")
TIMED_OUT = N_("Fristen gikk ut, og kandidaten holdes ikke av lenger.")
TOLD = ("asked", "over", "matched")
"""What a candidate is told of, by a notice that says no more than "log in"."""


async def locked(uow: UnitOfWork, proposal_id: UUID, ours: ColumnElement[bool]) -> Proposal:
    """The proposal, held for changing, when `ours` is true of it. Raises NotFound."""
    row = await uow.session.scalar(
        select(Proposal)
        .where(Proposal.id == proposal_id, ours)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if row is None:
        raise NotFound
    return row


async def locked_for_need(uow: UnitOfWork, proposal_id: UUID) -> Proposal:
    """A proposal for the municipality's own need, after its order: whoever fills that at the same time comes first or
    second, and the second finds what the first has done. Raises NotFound, also for a case the reader may not see.
    """
    ours = Proposal.need_tenant_id == uow.context.tenant
    need_id = await uow.session.scalar(select(Proposal.need_id).where(Proposal.id == proposal_id, ours))
    order_id = await order_of_need(uow, need_id) if need_id is not None else None
    if order_id is not None:
        await held_order(uow, order_id)
    return await locked(uow, proposal_id, ours)


async def locked_accepted(uow: UnitOfWork, proposal_id: UUID) -> Proposal:
    """A proposal the municipality has said yes to and that still waits for others. Raises Conflict otherwise."""
    row = await locked_for_need(uow, proposal_id)
    if row.state == "proposed":
        raise Conflict(N_("Kommunen må si ja til forslaget først."))
    if row.state != "accepted":
        raise Conflict(GONE)
    if row.held_until <= now():
        raise Conflict(TIMED_OUT)
    return row


async def check_order(uow: UnitOfWork, row: Proposal) -> UUID:
    """The order the need was posted for: the reader may see its case, and it still waits; for a substitute it need only
    not be over. Raises NotFound, Conflict.
    """
    order_id = await order_of_need(uow, row.need_id)
    if order_id is None:
        raise Conflict(N_("Behovet hører ikke lenger til noen bestilling."))
    order = await order_card(uow, order_id)
    if order.over if stands_in(row) else not order.open:
        raise Conflict(N_("Bestillingen har fått en støttekontakt, eller er sendt tilbake."))
    return order_id


def stands_in(row: Proposal) -> bool:
    """Whether it is about a substitute, and not about who gets the order."""
    return row.need_card.get("purpose") == "substitute"


def check_reason(code: str, allowed: tuple[str, ...], words: str) -> str:
    """The words of a no, trimmed. Raises Invalid for a code that is not asked for here, "other" without words, or too
    many of them.
    """
    said, faults = words.strip(), {}
    if code not in allowed:
        faults["grunn"] = BadInput("grunn", N_("Velg hvorfor dere sier nei."))
    if code == "other" and not said:
        faults["ord"] = BadInput("ord", N_("Skriv kort hvorfor, uten navn."))
    if len(said) > MOST_NOTE:
        faults["ord"] = BadInput("ord", N_("Skriv høyst %(most)s tegn."), most=MOST_NOTE)
    if faults:
        raise Invalid(faults)
    return said


async def stepped(uow: UnitOfWork, row: Proposal, action: str, **details: Any) -> None:
    """A yes was given. With the last of them it is a match, and each municipality gets its own job."""
    yeses = [row.accepted_at, row.user_yes_at, row.candidate_yes_at, row.vetted_at]
    if row.asks_home:
        yeses.append(row.home_yes_at)
    every_yes = all(yeses)
    if every_yes:
        row.state, row.matched_at = "matched", now()
    row.version += 1
    await uow.session.flush()
    await record_change(uow, action, "proposal", row.id, matched=every_yes, **details)
    if every_yes:
        told = {"proposal": row.id}
        await enqueue_for(uow, PlaceKind.MUNICIPALITY, row.need_tenant_id, "matching.carry_out", told)
        await tell_lender(uow, row)


async def end(
    uow: UnitOfWork,
    row: Proposal,
    state: str,
    side: str,
    *,
    code: str = "",
    words: str = "",
    learned: str = "",
) -> None:
    """The proposal comes to nothing; a name that was left goes with it. The region has no right to that table.

    `side` is whose step it was (models.Proposal.ended_by). A candidate who had been asked, and did not end it, is told.
    """
    held = row.state in ("matched", "done")
    row.state, row.ended_at, row.ended_by = state, now(), side
    row.decline_code, row.end_reason, row.learned = code, words, learned
    row.version += 1
    await uow.session.flush()
    if uow.context.region_id is None:
        await forget_introduction(uow, row)
    await record_change(
        uow, f"proposal.{state}", "proposal", row.id, side=side, reason=code or learned or None
    )
    if held:
        await tell_lender(uow, row)
    if row.accepted_at is not None and side != "candidate":
        await tell_candidate(uow, row, "over")


async def tell_candidate(uow: UnitOfWork, row: Proposal, what: str) -> None:
    """Queue a notice for the candidate at home: `what` of TOLD. Nameless: the home need not know whose step it was."""
    told = {"proposal": row.id, "what": what}
    await enqueue_for(
        uow, PlaceKind.MUNICIPALITY, row.home_id, "matching.tell_candidate", told, nameless=True
    )
