"""The lender's yes: a candidate who is engaged at home and asked for by another municipality (C4).

The home answers for hours a week, and never learns whose they will be. It is not asked about a need of its own, nor for
a candidate nobody has engaged.
"""

from __future__ import annotations

from uuid import UUID

from sammen.clock import now
from sammen.db.unit_of_work import UnitOfWork
from sammen.errors import Conflict, NotFound
from sammen.i18n_mark import N_
from shared_pool.matching.deciders import require_decider
from shared_pool.matching.models import Proposal
from shared_pool.matching.service import by_another
from shared_pool.matching.steps import GONE, TIMED_OUT, check_reason, end, locked, stepped
from shared_pool.matching.telling import check_no_of_home

REFUSALS = {
    "needed_at_home": N_("Vi trenger støttekontakten selv"),
    "too_much": N_("Det blir for mange timer"),
    "other": N_("Noe annet"),
}
"""Why the home says no: codes of models.DECLINE_CODES."""


async def lend(uow: UnitOfWork, proposal_id: UUID) -> None:
    """The home says yes to so many hours a week. Raises NotFound when it is not asked, Forbidden for whoever proposed and
    for who is not a decider here, Conflict when it is too late or answered.
    """
    row = await _asked(uow, proposal_id)
    by_another(row, uow.context.user)
    await require_decider(uow)
    row.home_yes_at, row.home_yes_by = now(), uow.context.user
    await stepped(uow, row, "proposal.home_yes")


async def refuse_loan(uow: UnitOfWork, proposal_id: UUID, code: str, words: str = "") -> None:
    """The home says no, with a code of REFUSALS; the candidate is free again. Raises as `lend`, and Invalid."""
    said = check_reason(code, tuple(REFUSALS), words)
    row = await _asked(uow, proposal_id)
    await require_decider(uow)
    await check_no_of_home(uow, said)
    await end(uow, row, "declined", "home", code=code, words=said)


async def _asked(uow: UnitOfWork, proposal_id: UUID) -> Proposal:
    tenant = uow.context.tenant
    row = await locked(
        uow,
        proposal_id,
        (Proposal.home_id == tenant) & (Proposal.need_tenant_id != tenant) & Proposal.asks_home,
    )
    if row.accepted_at is None:
        raise NotFound
    if row.home_yes_at is not None:
        raise Conflict(N_("Dere har allerede svart."))
    if row.state != "accepted":
        raise Conflict(GONE)
    if row.held_until <= now():
        raise Conflict(TIMED_OUT)
    return row
