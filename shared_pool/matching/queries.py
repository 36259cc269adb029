"""Reads of proposals, each from one side: the region, the need's municipality, the candidate's home."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import and_, bindparam, or_, select
from sqlalchemy.sql import ColumnElement

from sammen.clock import now
from sammen.db.raw import Query, compile_query
from sammen.db.unit_of_work import UnitOfWork
from sammen.errors import NotFound
from shared_pool.engine.api import Reason
from shared_pool.matching.models import Proposal
from tenants.api import case_file, purchasers_seen, service_order, visible

proposal = Proposal.__table__
MOST_SHOWN = 200
LIVE = ("proposed", "accepted")
"""States in which the candidate is held."""
REFUSED = ("declined", "learned")
"""States after which the same two are not proposed again."""


@dataclass(frozen=True, slots=True)
class ProposalCard:
    """A proposal with what both sides may know. No name stands in it."""

    id: UUID
    need_id: UUID
    candidate_id: UUID
    need_tenant_id: UUID
    home_id: UUID
    state: str
    need_card: dict[str, Any]
    candidate_card: dict[str, Any]
    score: int
    reasons: Sequence[Reason]
    proposer_note: str
    proposed_by: UUID
    held_until: datetime
    accepted_at: datetime | None
    accepted_by: UUID | None
    candidate_yes_at: datetime | None
    user_yes_at: datetime | None
    police_shown_on: date | None
    confidentiality_signed_on: date | None
    vetted_at: datetime | None
    asks_home: bool
    home_yes_at: datetime | None
    matched_at: datetime | None
    ended_at: datetime | None
    ended_by: str
    decline_code: str
    end_reason: str
    learned: str
    created_at: datetime

    @property
    def live(self) -> bool:
        """Whether it still waits for somebody's yes. One whose time is out does not, also before the job closes it."""
        return self.state in LIVE and self.held_until > now()

    @property
    def overdue(self) -> bool:
        """Whether its time is out, and nobody has closed it yet."""
        return self.state in LIVE and self.held_until <= now()

    @property
    def step(self) -> int:
        """Which of the four steps is next (five: all done)."""
        return {"proposed": 2, "accepted": 3, "matched": 4, "done": 5}.get(self.state, 1)

    @property
    def waits_for(self) -> list[str]:
        """Who has not said yes yet: need; then user, candidate, home (when it is asked), vetting."""
        if self.state == "proposed":
            return ["need"]
        if self.state != "accepted":
            return []
        yeses = {"user": self.user_yes_at, "candidate": self.candidate_yes_at, "vetting": self.vetted_at}
        if self.asks_home:
            yeses["home"] = self.home_yes_at
        return [name for name, at in yeses.items() if at is None]


@dataclass(frozen=True, slots=True)
class Settled:
    """What a run must leave as it is: `needs` with a proposal under way or names shown, `candidates` who are held."""

    needs: frozenset[UUID]
    candidates: frozenset[UUID]


_COLUMNS = [proposal.c[name] for name in ProposalCard.__dataclass_fields__]
_REGION = proposal.c.region_id == bindparam("region")
_NEED_SIDE = proposal.c.need_tenant_id == bindparam("tenant")
_HOME_SIDE = proposal.c.home_id == bindparam("tenant")


_IS_LIVE = or_(*(proposal.c.state == state for state in LIVE))


def _query(*conditions: ColumnElement[bool]) -> Query:
    newest = _IS_LIVE.desc(), proposal.c.created_at.desc(), proposal.c.id
    return compile_query(select(*_COLUMNS).where(*conditions).order_by(*newest).limit(MOST_SHOWN))


# Nobody reads a proposal for a need whose case they may not see; one whose order has let go of it points to nobody.
_SEEN = ~(
    select(service_order.c.id)
    .select_from(
        service_order.join(
            case_file,
            and_(
                case_file.c.tenant_id == service_order.c.tenant_id, case_file.c.id == service_order.c.case_id
            ),
        )
    )
    .where(
        service_order.c.tenant_id == bindparam("tenant"),
        service_order.c.need_id == proposal.c.need_id,
        ~visible(),
    )
    .exists()
)
_OF_REGION = _query(_REGION, _IS_LIVE)
_BACK = compile_query(
    select(*_COLUMNS)
    .where(
        _REGION,
        proposal.c.state.in_(("declined", "learned", "withdrawn", "expired")),
        proposal.c.ended_at >= bindparam("since"),
    )
    .order_by(proposal.c.ended_at.desc(), proposal.c.id)
    .limit(MOST_SHOWN)
)
_HELD = compile_query(
    select(proposal.c.need_id, proposal.c.candidate_id, proposal.c.state).where(
        _REGION,
        or_(proposal.c.state == "matched", and_(_IS_LIVE, proposal.c.held_until > bindparam("moment"))),
    )
)
_REFUSED = compile_query(
    select(proposal.c.need_id, proposal.c.candidate_id).where(_REGION, proposal.c.state.in_(REFUSED))
)
_OF_NEED = _query(_REGION, proposal.c.need_id == bindparam("need"))
_OWN = _query(_NEED_SIDE, _SEEN)
_OWN_OF_NEED = _query(_NEED_SIDE, _SEEN, proposal.c.need_id == bindparam("need"))
_OWN_ONE = _query(_NEED_SIDE, _SEEN, proposal.c.id == bindparam("proposal"))
_LENT = _query(_HOME_SIDE, ~_NEED_SIDE)
# The home is asked (never about a need of its own) when the need's municipality has said yes, and sees what came of it.
_LOAN = _query(
    _HOME_SIDE,
    proposal.c.id == bindparam("proposal"),
    proposal.c.asks_home,
    proposal.c.accepted_at.is_not(None),
)
# A candidate is asked when the municipality has said yes, and sees what came of those.
_ASKED = _query(
    _HOME_SIDE, proposal.c.candidate_id == bindparam("candidate"), proposal.c.accepted_at.is_not(None)
)
_ASKED_ONE = _query(
    _HOME_SIDE,
    proposal.c.candidate_id == bindparam("candidate"),
    proposal.c.id == bindparam("proposal"),
    proposal.c.accepted_at.is_not(None),
)


def _card(row: Any) -> ProposalCard:
    values = dict(row)
    values["reasons"] = [Reason.restored(kept) for kept in row["reasons"]]
    return ProposalCard(**values)


def _one(rows: Sequence[Any]) -> ProposalCard:
    if not rows:
        raise NotFound
    return _card(rows[0])


async def region_proposals(uow: UnitOfWork) -> Sequence[ProposalCard]:
    """The region's proposals under way."""
    return [_card(row) for row in await uow.rows(_OF_REGION, region=uow.context.region)]


async def proposals_of_need(uow: UnitOfWork, need_id: UUID) -> Sequence[ProposalCard]:
    """All proposals for a need, the live one first, in the region's context."""
    return [_card(row) for row in await uow.rows(_OF_NEED, region=uow.context.region, need=need_id)]


async def back_in_pool(uow: UnitOfWork, since: datetime) -> Sequence[ProposalCard]:
    """The region's proposals that came to nothing since a moment, newest first: need and candidate are free again."""
    return [_card(row) for row in await uow.rows(_BACK, region=uow.context.region, since=since)]


async def settled(uow: UnitOfWork) -> Settled:
    """What a run leaves alone, in the region's context. A proposal whose time is out holds nobody."""
    rows = await uow.rows(_HELD, region=uow.context.region, moment=now())
    return Settled(
        frozenset(row["need_id"] for row in rows),
        frozenset(row["candidate_id"] for row in rows if row["state"] in LIVE),
    )


async def refused_pairs(uow: UnitOfWork) -> frozenset[tuple[UUID, UUID]]:
    """(need, candidate) that somebody has said no to, or tried without going on: never proposed again.

    A proposal that timed out or was taken back refuses nobody.
    """
    rows = await uow.rows(_REFUSED, region=uow.context.region)
    return frozenset((row["need_id"], row["candidate_id"]) for row in rows)


def _reader(uow: UnitOfWork) -> dict[str, Any]:
    context = uow.context
    return {"tenant": context.tenant, "purchasers": purchasers_seen(context), "reader": context.user_id}


async def own_proposals(uow: UnitOfWork) -> Sequence[ProposalCard]:
    """Proposals for the municipality's own needs, those under way first, then newest first."""
    return [_card(row) for row in await uow.rows(_OWN, **_reader(uow))]


async def own_proposals_of_need(uow: UnitOfWork, need_id: UUID) -> Sequence[ProposalCard]:
    """Proposals for one of the municipality's own needs, the one under way first."""
    return [_card(row) for row in await uow.rows(_OWN_OF_NEED, **_reader(uow), need=need_id)]


async def own_proposal(uow: UnitOfWork, proposal_id: UUID) -> ProposalCard:
    """One proposal for a need of the municipality's own. Raises NotFound, also on the lending side."""
    return _one(await uow.rows(_OWN_ONE, **_reader(uow), proposal=proposal_id))


async def lent_proposals(uow: UnitOfWork) -> Sequence[ProposalCard]:
    """Other municipalities' proposals about candidates who are at home here: hours and state, never for whom."""
    return [_card(row) for row in await uow.rows(_LENT, tenant=uow.context.tenant)]


async def loan_asked(uow: UnitOfWork, proposal_id: UUID) -> ProposalCard:
    """One proposal that the lender is asked about, or was. Raises NotFound for any other."""
    return _one(await uow.rows(_LOAN, tenant=uow.context.tenant, proposal=proposal_id))


async def requests_to(uow: UnitOfWork, candidate_id: UUID | None) -> Sequence[ProposalCard]:
    """What a candidate is asked, or has been. The caller knows that the candidate is the reader."""
    if candidate_id is None:
        return []
    return [_card(row) for row in await uow.rows(_ASKED, tenant=uow.context.tenant, candidate=candidate_id)]


async def request_to(uow: UnitOfWork, candidate_id: UUID | None, proposal_id: UUID) -> ProposalCard:
    """One such request. Raises NotFound for anybody else's, and for one the municipality has not said yes to."""
    if candidate_id is None:
        raise NotFound
    return _one(
        await uow.rows(_ASKED_ONE, tenant=uow.context.tenant, candidate=candidate_id, proposal=proposal_id)
    )
