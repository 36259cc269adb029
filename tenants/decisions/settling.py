"""What follows from a decision that is made: states, deadlines, the one it replaces, and orders for what is granted."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import func, select

from sammen.clock import now, today
from sammen.db.unit_of_work import UnitOfWork
from sammen.errors import Conflict, NotFound
from sammen.i18n_mark import N_
from tenants.cases.api import Application, CaseFile, close_case, start_deadline
from tenants.decisions.hooks import IssuedGrant, tell_issued, tell_lapsed
from tenants.decisions.models import Decision, ServiceGrant
from tenants.decisions.rules import last_day

REPLACED_GONE = N_(
    "Vedtaket som skulle endres, gjelder ikke lenger. Send utkastet tilbake, og se på saken på nytt."
)
GIVES = frozenset({"grant", "partial", "change"})
OUTCOMES = {
    "ordinary_member": N_("Fortsetter som vanlig medlem"),
    "not_needed": N_("Trenger ikke tjenesten lenger"),
    "other_service": N_("Har fått en annen tjeneste"),
    "wish": N_("Ønsker selv å slutte"),
    "moved": N_("Har flyttet"),
    "died": N_("Er død"),
    "other": N_("Noe annet"),
}
"""Why a service ended (A11): a closed set, so that it can be counted."""
CHANGED = "changed"
"""The outcome of a service that another decision took the place of."""


async def settle_decision(
    uow: UnitOfWork, case: CaseFile, decision: Decision, *, decided_on: date, answers: UUID | None = None
) -> None:
    """What follows from a decision being made: states, deadlines, what it replaces, and one order for each service.

    `answers` is the one application it decides; None is every open one of the case. Raises Conflict when the decision it
    replaces is no longer in force.
    """
    replaced = await _in_force(uow, decision.replaces_id) if decision.replaces_id is not None else None
    decision.state, decision.decided_on, decision.issued_at = "issued", decided_on, now()
    decision.decided_by, decision.decided_by_name = uow.context.user_id, uow.context.user_name
    if decision.kind != "ending":
        await _answer_applications(
            uow, case, "withdrawn" if decision.kind == "withdrawal" else "decided", answers
        )
    grants = await grants_in(uow, decision.id)
    over = await _replace(uow, decision, replaced, grants) if replaced is not None else []
    await uow.session.flush()
    if decision.kind in GIVES:
        case.state, case.forms = "waiting", await _forms_in_force(uow, case.id)
        case.deadline, case.deadline_kind = (
            await start_deadline(uow, decided_on, granted_from=[grant.valid_from for grant in grants]),
            "start",
        )
        await uow.session.flush()
    elif decision.kind == "ending":
        case.forms = await _forms_in_force(uow, case.id) or case.forms
    elif not await others_in_force(uow, case.id, decision.id):
        await close_case(uow, case.id, decided_on, "refused" if decision.kind == "refusal" else "withdrawn")
    for grant in grants:
        await tell_issued(
            uow,
            IssuedGrant(
                case.id, case.person_id, decision.id, grant.id, grant.form, decided_on, grant.line_id, grant.valid_from
            ),
        )  # fmt: skip
    for grant_id, last in over:
        await tell_lapsed(uow, grant_id, last)
    await close_ended(uow, decision)


async def _answer_applications(uow: UnitOfWork, case: CaseFile, state: str, answers: UUID | None) -> None:
    for application in await uow.session.scalars(
        select(Application).where(
            Application.tenant_id == case.tenant_id,
            Application.case_id == case.id,
            Application.state == "open",
        )
    ):
        if answers is None or application.id == answers:
            application.state = state


async def grants_in(uow: UnitOfWork, decision_id: UUID) -> list[ServiceGrant]:
    """A decision's services, in the order they were granted."""
    found = await uow.session.scalars(
        select(ServiceGrant)
        .where(ServiceGrant.tenant_id == uow.context.tenant, ServiceGrant.decision_id == decision_id)
        .order_by(ServiceGrant.id)
    )
    return list(found)


async def _in_force(uow: UnitOfWork, decision_id: UUID) -> Decision:
    found = await uow.session.get(
        Decision, (uow.context.tenant, decision_id), with_for_update=True, populate_existing=True
    )
    if found is None or found.state != "issued":
        raise Conflict(REPLACED_GONE)
    return found


async def _replace(
    uow: UnitOfWork, decision: Decision, replaced: Decision, grants: Sequence[ServiceGrant]
) -> list[tuple[UUID, date]]:
    """The replaced decision's services end the day before the new ones begin, or on an ending's last day.

    Returns those that do not go on in a new one and are over by now; the others end in the night after their last day.
    """
    begins = {grant.form: grant.valid_from for grant in grants}
    first = min((day for day in begins.values() if day is not None), default=None)
    over = []
    lasts = []
    for old in await grants_in(uow, replaced.id):
        if old.ended_on is None:
            goes_on = begins.get(old.form) or first
            last = decision.ends_on if goes_on is None else goes_on - timedelta(days=1)
            assert last is not None, "a decision that replaces another has a first day, or a last one"
            if old.valid_to is None or last < old.valid_to:
                old.ended_on = last
            old.outcome = decision.outcome if decision.kind == "ending" else CHANGED
        ended = last_day(old.valid_to, old.ended_on)
        assert ended is not None
        lasts.append(ended)
        if old.form not in begins and ended < today() + timedelta(days=decision.kind == "ending"):
            over.append((old.id, ended))
    replaced.state, replaced.ended_on = "replaced", max(lasts, default=decision.decided_on)
    replaced.outcome = decision.outcome if decision.kind == "ending" else CHANGED
    replaced.version += 1
    return over


async def _forms_in_force(uow: UnitOfWork, case_id: UUID) -> list[str]:
    """The forms of every service the case has now or is about to get, in the order they were granted."""
    found = await uow.session.scalars(
        select(ServiceGrant.form)
        .join(
            Decision,
            (Decision.tenant_id == ServiceGrant.tenant_id) & (Decision.id == ServiceGrant.decision_id),
        )
        .where(
            ServiceGrant.tenant_id == uow.context.tenant,
            Decision.case_id == case_id,
            Decision.state == "issued",
            ServiceGrant.ended_on.is_(None),
        )
        .order_by(ServiceGrant.id)
    )
    return list(dict.fromkeys(found))


async def others_in_force(uow: UnitOfWork, case_id: UUID, besides: UUID) -> bool:
    """Whether another decision of the case gives something."""
    other = await uow.session.scalar(
        select(Decision.id)
        .where(
            Decision.tenant_id == uow.context.tenant,
            Decision.case_id == case_id,
            Decision.id != besides,
            Decision.state == "issued",
            Decision.kind.in_(GIVES),
        )
        .limit(1)
    )
    return other is not None


async def close_ended(uow: UnitOfWork, decision: Decision) -> None:
    """An ending whose last day has come has had its effect; its case is closed unless something else is in force."""
    if decision.kind != "ending" or decision.state != "issued" or decision.ends_on is None:
        return
    if decision.ends_on > today():
        return
    decision.state, decision.ended_on = "ended", decision.ends_on
    decision.version += 1
    await uow.session.flush()
    if not await others_in_force(uow, decision.case_id, decision.id):
        await close_case(uow, decision.case_id, decision.ends_on, decision.outcome)


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
        case.state, case.deadline, case.deadline_kind = "waiting", await start_deadline(uow, on), "start"
        case.version += 1
        await uow.session.flush()
