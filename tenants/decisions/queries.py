"""Reads of decisions and granted services. Whoever asks has been let in to the case (cases.api.case_card)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from sqlalchemy import bindparam, select

from sammen.db.raw import compile_query
from sammen.db.unit_of_work import UnitOfWork
from tenants.decisions.models import Decision, ServiceGrant

decision = Decision.__table__
service_grant = ServiceGrant.__table__


@dataclass(frozen=True, slots=True)
class DecisionCard:
    id: UUID
    state: str
    kind: str
    goal: str
    own_words: str
    reasons: str
    legal_ground: str | None
    evaluate_on: date | None
    decided_on: date | None
    decided_by_name: str
    version: int


@dataclass(frozen=True, slots=True)
class GrantCard:
    """One granted service; `amount` hours per `unit`, None for a group whose meetings are its extent."""

    id: UUID
    decision_id: UUID
    form: str
    amount: Decimal | None
    unit: str
    times: str
    valid_from: date | None
    valid_to: date | None
    ended_on: date | None
    outcome: str


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


async def decisions_of(uow: UnitOfWork, case_id: UUID) -> Sequence[DecisionCard]:
    """A draft first, then issued ones, newest first."""
    return [
        DecisionCard(**dict(row))
        for row in await uow.rows(_DECISIONS, tenant=uow.context.tenant, case=case_id)
    ]


async def grants_of(uow: UnitOfWork, case_id: UUID) -> Sequence[GrantCard]:
    """Every service of every decision in the case, in the order they were granted."""
    return [
        GrantCard(**dict(row)) for row in await uow.rows(_GRANTS, tenant=uow.context.tenant, case=case_id)
    ]
