"""Reads of decisions and granted services. Whoever asks has been let in to the case (cases.api.case_card)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import bindparam, func, select

from sammen.db.raw import compile_query
from sammen.db.unit_of_work import UnitOfWork
from sammen.errors import NotFound
from tenants.decisions.models import AdvanceNotice, Decision, ServiceGrant
from tenants.decisions.rules import GrantFacts, last_day

decision = Decision.__table__
service_grant = ServiceGrant.__table__
advance_notice = AdvanceNotice.__table__
grant_last_day = func.least(service_grant.c.valid_to, service_grant.c.ended_on)
"""A service's last day in SQL: least() looks past what is NULL, so without either there is none."""


@dataclass(frozen=True, slots=True)
class DecisionCard:
    """A decision as it is kept; see models.Decision for what each column means."""

    id: UUID
    case_id: UUID
    state: str
    kind: str
    goal: str
    own_words: str
    reasons: str
    not_granted: str
    legal_ground: str | None
    evaluate_on: date | None
    replaces_id: UUID | None
    ends_on: date | None
    interpreter: str
    individual_plan: bool
    written_by: UUID | None
    written_by_name: str
    proposed_at: datetime | None
    proposed_by: UUID | None
    proposed_by_name: str
    return_note: str
    returned_by_name: str
    decided_on: date | None
    decided_by: UUID | None
    decided_by_name: str
    taken_over: bool
    ended_on: date | None
    outcome: str
    changed_at: datetime
    version: int

    @property
    def at_work(self) -> bool:
        """Whether it is written or read before it is made, and binds nobody yet."""
        return self.state in ("draft", "proposed")


@dataclass(frozen=True, slots=True)
class GrantCard:
    """One granted service; `amount` hours per `unit`, None for a group whose meetings are its extent."""

    id: UUID
    decision_id: UUID
    form: str
    amount: Decimal | None
    unit: str
    times: str
    content: str
    goal: str
    valid_from: date | None
    valid_to: date | None
    line_id: UUID | None
    ended_on: date | None
    outcome: str

    @property
    def last_day(self) -> date | None:
        """The decided last day, or the earlier one it ended on."""
        return last_day(self.valid_to, self.ended_on)

    @property
    def facts(self) -> GrantFacts:
        """As the decision states it."""
        return GrantFacts(
            self.form,
            self.amount,
            self.unit,
            self.times,
            self.valid_from,
            self.valid_to,
            self.content,
            self.goal,
        )


@dataclass(frozen=True, slots=True)
class NoticeCard:
    """An advance notice, or why none was given."""

    id: UUID
    decision_id: UUID
    what: str
    why: str
    covers: list[str]
    given_on: date
    given_by_name: str
    reply_by: date | None
    waiver: str
    waiver_reason: str
    replied_on: date | None
    replied_by: str
    reply: str
    version: int


_DECISIONS = compile_query(
    select(*(decision.c[name] for name in DecisionCard.__dataclass_fields__))
    .where(decision.c.tenant_id == bindparam("tenant"), decision.c.case_id == bindparam("case"))
    .order_by(decision.c.decided_on.desc().nulls_first(), decision.c.id.desc())
)
_GRANTS = compile_query(
    select(*(service_grant.c[name] for name in GrantCard.__dataclass_fields__))
    .join_from(service_grant, decision,
               (decision.c.tenant_id == service_grant.c.tenant_id) & (decision.c.id == service_grant.c.decision_id))
    .where(decision.c.tenant_id == bindparam("tenant"), decision.c.case_id == bindparam("case"))
    .order_by(service_grant.c.id)
)  # fmt: skip


_ONE = compile_query(
    select(*(decision.c[name] for name in DecisionCard.__dataclass_fields__)).where(
        decision.c.tenant_id == bindparam("tenant"), decision.c.id == bindparam("decision")
    )
)
_NOTICES = compile_query(
    select(*(advance_notice.c[name] for name in NoticeCard.__dataclass_fields__))
    .where(
        advance_notice.c.tenant_id == bindparam("tenant"),
        advance_notice.c.decision_id == bindparam("decision"),
    )
    .order_by(advance_notice.c.id.desc())
)


async def decision_card(uow: UnitOfWork, decision_id: UUID) -> DecisionCard:
    """One decision. Raises NotFound. The caller then asks whether its case is the reader's (case_card)."""
    row = await uow.row(_ONE, tenant=uow.context.tenant, decision=decision_id)
    if row is None:
        raise NotFound
    return DecisionCard(**dict(row))


async def notices_of(uow: UnitOfWork, decision_id: UUID) -> Sequence[NoticeCard]:
    """Newest first."""
    rows = await uow.rows(_NOTICES, tenant=uow.context.tenant, decision=decision_id)
    return [NoticeCard(**dict(row)) for row in rows]


async def decisions_of(uow: UnitOfWork, case_id: UUID) -> Sequence[DecisionCard]:
    """One at work first, then those made, newest first."""
    return [
        DecisionCard(**dict(row))
        for row in await uow.rows(_DECISIONS, tenant=uow.context.tenant, case=case_id)
    ]


async def grants_of(uow: UnitOfWork, case_id: UUID) -> Sequence[GrantCard]:
    """Every service of every decision in the case, in the order they were granted."""
    return [
        GrantCard(**dict(row)) for row in await uow.rows(_GRANTS, tenant=uow.context.tenant, case=case_id)
    ]
