"""Grants that have run out, and what that does to decisions and cases. Orders and assignments hear of it (on_lapse)."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import func, select

from sammen.audit.trail import record_change
from sammen.clock import today
from sammen.db.unit_of_work import UnitOfWork
from sammen.errors import NotFound
from tenants.cases.api import CaseFile
from tenants.decisions.models import Decision, ServiceGrant

OnLapse = Callable[[UnitOfWork, UUID, date], Awaitable[None]]
_ON_LAPSE: list[OnLapse] = []
UNDER_WAY = ("waiting", "running")


@dataclass(frozen=True, slots=True)
class LapsedGrant:
    """A granted service and the last day it was granted for."""

    id: UUID
    last_day: date


def on_lapse(listener: OnLapse) -> OnLapse:
    """Register what a higher slice does when a grant turns out to be over; runs in the same transaction."""
    if listener not in _ON_LAPSE:
        _ON_LAPSE.append(listener)
    return listener


async def lapsed_grants(uow: UnitOfWork) -> Sequence[LapsedGrant]:
    """Services of the municipality's issued decisions whose last day has passed, the longest over first."""
    found = await uow.session.execute(
        select(ServiceGrant.id, ServiceGrant.valid_to)
        .join(
            Decision,
            (Decision.tenant_id == ServiceGrant.tenant_id) & (Decision.id == ServiceGrant.decision_id),
        )
        .where(
            ServiceGrant.tenant_id == uow.context.tenant,
            ServiceGrant.valid_to < today(),
            Decision.state == "issued",
        )
        .order_by(ServiceGrant.valid_to, ServiceGrant.id)
    )
    return [LapsedGrant(grant, last_day) for grant, last_day in found if last_day is not None]


async def end_decision(uow: UnitOfWork, decision_id: UUID, on: date, outcome: str) -> None:
    """End an issued decision and its services with an outcome (A11); orders and contacts hear of it (on_lapse).

    The case keeps its state: the caller closes it, or goes on with another decision. Raises NotFound.
    """
    tenant = uow.context.tenant
    decision = await uow.session.get(Decision, (tenant, decision_id), with_for_update=True)
    if decision is None:
        raise NotFound
    if decision.state != "issued":
        return
    for grant in await uow.session.scalars(
        select(ServiceGrant).where(
            ServiceGrant.tenant_id == tenant,
            ServiceGrant.decision_id == decision_id,
            ServiceGrant.ended_on.is_(None),
        )
    ):
        grant.ended_on, grant.outcome = on, outcome
        for listener in _ON_LAPSE:
            await listener(uow, grant.id, on)
    decision.state = "ended"
    decision.version += 1
    await uow.session.flush()
    case = await uow.session.get(CaseFile, (tenant, decision.case_id))
    await record_change(
        uow, "decision.ended", "case", decision.case_id, persons=[case.person_id] if case else [],
        ended_on=on, outcome=outcome,
    )  # fmt: skip


async def lapse_decision(uow: UnitOfWork, decision_id: UUID) -> None:
    """A decision's end was moved into the past: what has run out of it ends, and so does the case's service."""
    found = await uow.session.execute(
        select(ServiceGrant.id, ServiceGrant.valid_to).where(
            ServiceGrant.tenant_id == uow.context.tenant,
            ServiceGrant.decision_id == decision_id,
            ServiceGrant.valid_to < today(),
        )
    )
    over = [(grant, last_day) for grant, last_day in found if last_day is not None]
    for grant, last_day in over:
        for listener in _ON_LAPSE:
            await listener(uow, grant, last_day)
    await settle_lapsed(uow, decision_id)


async def settle_lapsed(uow: UnitOfWork, decision_id: UUID | None = None) -> int:
    """End issued decisions of which every service has run out (or that one); how many.

    A case under way with no other decision in force stands for evaluation: on the day the decision set, else since its
    last day (A11).
    """
    tenant = uow.context.tenant
    last_day = (
        select(ServiceGrant.decision_id, func.max(ServiceGrant.valid_to).label("last_day"))
        .where(ServiceGrant.tenant_id == tenant)
        .group_by(ServiceGrant.decision_id)
        .having(func.count() == func.count(ServiceGrant.valid_to))
        .subquery()
    )
    query = (
        select(Decision, last_day.c.last_day)
        .join(last_day, last_day.c.decision_id == Decision.id)
        .where(Decision.tenant_id == tenant, Decision.state == "issued", last_day.c.last_day < today())
        .order_by(last_day.c.last_day, Decision.id)
    )
    if decision_id is not None:
        query = query.where(Decision.id == decision_id)
    found = (await uow.session.execute(query)).all()
    for decision, last in found:
        decision.state = "ended"
        decision.version += 1
        await uow.session.flush()
        await _evaluate(uow, decision, last)
    return len(found)


async def _evaluate(uow: UnitOfWork, ended: Decision, last_day: date) -> None:
    """The case of an ended decision stands for evaluation, unless another decision of it is in force."""
    case = await uow.session.get(CaseFile, (ended.tenant_id, ended.case_id), with_for_update=True)
    in_force = await uow.session.scalar(
        select(Decision.id)
        .where(
            Decision.tenant_id == ended.tenant_id,
            Decision.case_id == ended.case_id,
            Decision.state == "issued",
        )
        .limit(1)
    )
    if case is None or in_force is not None or case.state not in UNDER_WAY:
        return
    case.state, case.deadline, case.deadline_kind = "evaluating", ended.evaluate_on or last_day, "evaluate"
    case.version += 1
    await uow.session.flush()
    await record_change(uow, "case.evaluating", "case", case.id, persons=[case.person_id], last_day=last_day)
