"""From draft to issued decision. Orders to the provider follow from an issued one (on_issue)."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import delete, func, select

from sammen.audit.trail import record_change
from sammen.clock import now, today
from sammen.db.unit_of_work import UnitOfWork
from sammen.errors import Conflict, Invalid, NotFound
from sammen.i18n_mark import N_
from sammen.ids import uuid7
from tenants.cases.api import STALE, Application, CaseFile, case_for_change, start_by
from tenants.decisions.models import Decision, ServiceGrant
from tenants.decisions.rules import GrantFacts, checklist


@dataclass(frozen=True, slots=True)
class DecisionFacts:
    """A decision as written so far; a draft may leave anything out."""

    kind: str
    grants: Sequence[GrantFacts]
    goal: str
    own_words: str
    reasons: str
    legal_ground: str | None
    evaluate_on: date | None


@dataclass(frozen=True, slots=True)
class IssuedGrant:
    """What an issued decision tells those who act on it (orders): one granted service."""

    case_id: UUID
    person_id: UUID
    decision_id: UUID
    grant_id: UUID
    form: str
    decided_on: date


@dataclass(frozen=True, slots=True)
class DecidedDecision:
    """A decision just made in Sammen (not one taken over from a list), for those who write to people about it."""

    case_id: UUID
    person_id: UUID
    decision_id: UUID
    kind: str
    decided_on: date


OnDecided = Callable[[UnitOfWork, DecidedDecision], Awaitable[None]]
_ON_DECIDED: list[OnDecided] = []
OnIssue = Callable[[UnitOfWork, IssuedGrant], Awaitable[None]]
_ON_ISSUE: list[OnIssue] = []


def on_issue(listener: OnIssue) -> OnIssue:
    """Register what a higher slice does when a service is granted; runs in the decision's own transaction."""
    if listener not in _ON_ISSUE:
        _ON_ISSUE.append(listener)
    return listener


def on_decided(listener: OnDecided) -> OnDecided:
    """Register what a higher slice does when a decision is made; runs in the same transaction, after on_issue."""
    if listener not in _ON_DECIDED:
        _ON_DECIDED.append(listener)
    return listener


async def save_decision(uow: UnitOfWork, case_id: UUID, facts: DecisionFacts, *, version: int) -> Decision:
    """Write the case's draft decision. `version` is the draft's as shown, 0 for a new one; raises Conflict on a stale one."""
    _, case = await case_for_change(uow, case_id)
    draft = await uow.session.scalar(
        select(Decision).where(
            Decision.tenant_id == case.tenant_id, Decision.case_id == case.id, Decision.state == "draft"
        )
    )
    if (draft.version if draft else 0) != version:
        raise Conflict(
            STALE,
            theirs=_shown(draft.goal, draft.reasons) if draft else {},
            yours=_shown(facts.goal, facts.reasons),
        )
    if draft is None:
        draft = Decision(tenant_id=case.tenant_id, id=uuid7(), case_id=case.id, state="draft")
        uow.session.add(draft)
    else:
        draft.version += 1
    draft.kind, draft.goal, draft.own_words, draft.reasons = (
        facts.kind,
        facts.goal,
        facts.own_words,
        facts.reasons,
    )
    draft.legal_ground, draft.evaluate_on = facts.legal_ground, facts.evaluate_on
    await uow.session.flush()
    await _replace_grants(uow, draft, facts)
    if case.state in ("received", "mapping"):
        case.state = "deciding"
    case.version += 1
    await uow.session.flush()
    await record_change(uow, "decision.saved", "case", case.id, persons=[case.person_id])
    return draft


def _shown(goal: str, reasons: str) -> dict[str, str]:
    return {N_("Målet med tjenesten"): goal, N_("Begrunnelse"): reasons}


async def _replace_grants(uow: UnitOfWork, draft: Decision, facts: DecisionFacts) -> None:
    await uow.session.execute(
        delete(ServiceGrant).where(
            ServiceGrant.tenant_id == draft.tenant_id, ServiceGrant.decision_id == draft.id
        )
    )
    for grant in facts.grants if facts.kind != "refusal" else ():
        uow.session.add(
            ServiceGrant(
                tenant_id=draft.tenant_id, id=uuid7(), decision_id=draft.id, form=grant.form, amount=grant.amount,
                unit=grant.unit, times=grant.times, valid_from=grant.valid_from, valid_to=grant.valid_to,
            )
        )  # fmt: skip
    await uow.session.flush()


async def issue_decision(uow: UnitOfWork, case_id: UUID, facts: DecisionFacts, *, version: int) -> UUID:
    """Save and issue: the checklist must be complete (A6). Each granted service becomes an order to the provider.

    Raises Invalid naming what is missing, Conflict on a stale version, Forbidden for somebody else's case.
    """
    missing = [a for a in checklist(kind=facts.kind, grants=facts.grants, goal=facts.goal, reasons=facts.reasons,
                                    legal_ground=facts.legal_ground, evaluate_on=facts.evaluate_on) if not a.done]  # fmt: skip
    if missing:
        raise Invalid.one(missing[0].field, N_("Vedtaket kan ikke fattes ennå. Fyll ut det som mangler."))
    draft = await save_decision(uow, case_id, facts, version=version)
    case = await uow.session.get(CaseFile, (uow.context.tenant, case_id))
    assert case is not None
    await settle_decision(uow, case, draft, decided_on=today())
    await record_change(
        uow, "decision.issued", "case", case.id, persons=[case.person_id], kind=facts.kind,
        forms=[grant.form for grant in facts.grants],
    )  # fmt: skip
    told = DecidedDecision(case.id, case.person_id, draft.id, facts.kind, today())
    for listener in _ON_DECIDED:
        await listener(uow, told)
    return draft.id


async def settle_decision(
    uow: UnitOfWork, case: CaseFile, decision: Decision, *, decided_on: date, answers: UUID | None = None
) -> None:
    """What follows from a decision being made: states, deadlines, and one order for each granted service.

    `answers` is the one application it decides; None is every open one of the case.
    """
    decision.state, decision.decided_on, decision.issued_at = "issued", decided_on, now()
    decision.decided_by, decision.decided_by_name = uow.context.user_id, uow.context.user_name
    for application in await uow.session.scalars(
        select(Application).where(
            Application.tenant_id == case.tenant_id,
            Application.case_id == case.id,
            Application.state == "open",
        )
    ):
        if answers is None or application.id == answers:
            application.state = "decided"
    grants = list(
        await uow.session.scalars(
            select(ServiceGrant)
            .where(ServiceGrant.tenant_id == case.tenant_id, ServiceGrant.decision_id == decision.id)
            .order_by(ServiceGrant.id)
        )
    )
    if decision.kind == "refusal":
        case.state, case.deadline, case.deadline_kind = "closed", None, "none"
        case.closed_on, case.outcome = decided_on, "refused"
    else:
        case.state, case.forms = "waiting", [grant.form for grant in grants]
        case.deadline, case.deadline_kind = start_by(decided_on), "start"
    await uow.session.flush()
    for grant in grants:
        told = IssuedGrant(case.id, case.person_id, decision.id, grant.id, grant.form, decided_on)
        for listener in _ON_ISSUE:
            await listener(uow, told)


async def service_started(uow: UnitOfWork, case_id: UUID) -> None:
    """Called when a contact has begun: the case runs, and its next deadline is the evaluation."""
    case = await uow.session.get(CaseFile, (uow.context.tenant, case_id), with_for_update=True)
    if case is None:
        raise NotFound
    if case.state == "waiting":
        evaluate_on = await uow.session.scalar(
            select(func.max(Decision.evaluate_on)).where(
                Decision.tenant_id == case.tenant_id, Decision.case_id == case.id, Decision.state == "issued"
            )
        )
        case.state, case.deadline = "running", evaluate_on
        case.deadline_kind = "evaluate" if evaluate_on else "none"
        case.version += 1
        await uow.session.flush()


async def service_stopped(uow: UnitOfWork, case_id: UUID, on: date) -> None:
    """Called when the case's last contact has stopped and the service is still granted: it waits for a new one (A10)."""
    case = await uow.session.get(CaseFile, (uow.context.tenant, case_id), with_for_update=True)
    if case is None:
        raise NotFound
    if case.state == "running":
        case.state, case.deadline, case.deadline_kind = "waiting", start_by(on), "start"
        case.version += 1
        await uow.session.flush()
