"""Grants that have run out or are ended, and what that does to decisions and cases. Orders and assignments hear of it."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from sqlalchemy import func, select

from sammen.audit.trail import record_change
from sammen.clock import today
from sammen.db.unit_of_work import UnitOfWork
from sammen.errors import NotFound
from tenants.cases.api import CaseFile
from tenants.decisions.hooks import tell_lapsed
from tenants.decisions.models import Decision, ServiceGrant
from tenants.decisions.queries import grant_last_day
from tenants.decisions.settling import GIVES, close_ended, grants_in

UNDER_WAY = ("waiting", "running")


async def end_decision(uow: UnitOfWork, decision_id: UUID, on: date, outcome: str) -> None:
    """End an issued decision's services on a day, with an outcome (A11). Orders and contacts hear of it (on_lapse) when
    the day has come, else in the night after it. What ended before keeps its own day and outcome.

    The case keeps its state: the caller closes it, or goes on with another decision. Raises NotFound.
    """
    tenant = uow.context.tenant
    decision = await uow.session.get(
        Decision, (tenant, decision_id), with_for_update=True, populate_existing=True
    )
    if decision is None:
        raise NotFound
    if decision.state != "issued":
        return
    for grant in await grants_in(uow, decision_id):
        if grant.ended_on is None:
            grant.ended_on, grant.outcome = min(on, grant.valid_to or on), outcome
            if on <= today():
                await uow.session.flush()
                await tell_lapsed(uow, grant.id, grant.ended_on)
    decision.ended_on, decision.outcome = on, outcome
    if on <= today():
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
        await tell_lapsed(uow, grant, last_day)
    await settle_lapsed(uow, decision_id)


async def settle_lapsed(uow: UnitOfWork, decision_id: UUID | None = None) -> int:
    """End issued decisions of which every service has run out or been ended (or that one); how many.

    A case under way with no other decision in force stands for evaluation: on the day the decision set, else since its
    last day (A11). Endings whose last day is past close their cases.
    """
    tenant = uow.context.tenant
    for ending in await uow.session.scalars(
        select(Decision).where(
            Decision.tenant_id == tenant,
            Decision.kind == "ending",
            Decision.state == "issued",
            Decision.ends_on < today(),
        )
    ):
        await close_ended(uow, ending)
    last_day = (
        select(ServiceGrant.decision_id, func.max(grant_last_day).label("last_day"))
        .where(ServiceGrant.tenant_id == tenant)
        .group_by(ServiceGrant.decision_id)
        .having(func.count() == func.count(grant_last_day))
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
        decision.state, decision.ended_on = "ended", decision.ended_on or last
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
            Decision.kind.in_(GIVES),
        )
        .limit(1)
    )
    if case is None or in_force is not None or case.state not in UNDER_WAY:
        return
    case.state, case.deadline, case.deadline_kind = "evaluating", ended.evaluate_on or last_day, "evaluate"
    case.version += 1
    await uow.session.flush()
    await record_change(uow, "case.evaluating", "case", case.id, persons=[case.person_id], last_day=last_day)
