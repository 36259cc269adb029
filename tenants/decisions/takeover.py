"""Taking over what a municipality has decided before it came to Sammen: cases with the days and hours of its own list.

No purchaser's rule is asked for here: a list of the whole municipality holds the cases of all purchasers, and the
import has asked whether its reader may import. Nobody becomes able to read a case by having imported it.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import select

from sammen.audit.trail import record_change
from sammen.clock import today
from sammen.db.unit_of_work import UnitOfWork
from sammen.errors import NotFound
from sammen.ids import uuid7
from tenants.cases.api import (
    Application,
    CaseFile,
    LegalGround,
    Mapping,
    decide_by,
    note_target,
    open_case,
    purchaser_for,
)
from tenants.decisions.lapsing import lapse_decision
from tenants.decisions.models import Decision, ServiceGrant
from tenants.decisions.rules import GrantFacts
from tenants.decisions.settling import settle_decision

CHANNEL = "import"


@dataclass(frozen=True, slots=True)
class ListedCase:
    """What a list says of a case. `grants` are the granted services, or the wanted ones while `decided_on` is None.

    `interests` are codes of people.traits, `target` one of cases.targets. `evaluate_on` is the day the list gives;
    without one, the decision is evaluated when it ends.
    """

    received_on: date
    decided_on: date | None
    grants: Sequence[GrantFacts]
    wishes: str
    interests: Sequence[str]
    evaluate_on: date | None = None
    target: str = ""

    @property
    def to_evaluate(self) -> date | None:
        """The day the decision is to be evaluated by; None when neither the list nor an end says."""
        return self.evaluate_on or max((g.valid_to for g in self.grants if g.valid_to), default=None)

    @property
    def over(self) -> bool:
        """Whether every granted service had ended before today."""
        return bool(self.grants) and all(g.valid_to is not None and g.valid_to < today() for g in self.grants)


@dataclass(frozen=True, slots=True)
class TakenOver:
    """Where a listed case lies in Sammen."""

    case_id: UUID
    application_id: UUID
    decision_id: UUID | None


async def take_over(
    uow: UnitOfWork, person_id: UUID, birth_date: date | None, listed: ListedCase, *, own: Collection[str]
) -> TakenOver:
    """Put a listed case on the person's open case with the purchaser of their age, or on a new one.

    `own` are the purchasers the importing caseworker decides for: of the others' new cases nobody is responsible yet.
    A decision in force becomes one order for each service. One whose services have all ended sends no order: its case
    stands for evaluation, overdue since the last day.
    """
    purchaser = purchaser_for(birth_date, today(), child_welfare=False)
    deadline = None if listed.decided_on else decide_by(listed.received_on)
    case = await open_case(uow, person_id, purchaser, deadline=deadline)
    if purchaser not in own and case.responsible_id == uow.context.user_id:
        case.responsible_id, case.responsible_name = None, ""
    application = Application(
        tenant_id=case.tenant_id, id=uuid7(), case_id=case.id, received_on=listed.received_on, channel=CHANNEL,
        wishes=listed.wishes, legal_ground=await _ground(uow),
    )  # fmt: skip
    uow.session.add(application)
    if not listed.decided_on and case.state == "received":
        case.forms = list(dict.fromkeys([*case.forms, *(grant.form for grant in listed.grants)]))
    await uow.session.flush()
    await record_change(
        uow, "application.registered", "case", case.id, persons=[person_id], channel=CHANNEL,
        received_on=listed.received_on,
    )  # fmt: skip
    await _keep_interests(uow, case, listed, add=True)
    if listed.target:
        await note_target(uow, case.id, person_id, listed.target, listed.received_on)
    decision_id = await _decide(uow, case, application, listed) if listed.decided_on else None
    return TakenOver(case.id, application.id, decision_id)


async def decide_taken_over(uow: UnitOfWork, taken: TakenOver, listed: ListedCase) -> UUID:
    """The list now has a decision on an application that had none. Raises NotFound when they are not there."""
    case, application = (
        await _case(uow, taken.case_id),
        await uow.session.get(Application, (uow.context.tenant, taken.application_id)),
    )
    if application is None:
        raise NotFound
    return await _decide(uow, case, application, listed)


async def open_among(uow: UnitOfWork, applications: Collection[UUID]) -> set[UUID]:
    """Those of the applications that nobody has decided yet."""
    found = await uow.session.scalars(
        select(Application.id).where(
            Application.tenant_id == uow.context.tenant,
            Application.id.in_(applications),
            Application.state == "open",
        )
    )
    return set(found)


async def correct_taken_over(
    uow: UnitOfWork, taken: TakenOver, was: ListedCase, listed: ListedCase
) -> list[str]:
    """Correct in place what the list says otherwise than last time; the names of the facts that changed.

    Only those are written: what somebody has put right in Sammen since, stays unless the list changed it too. The
    trail has the names of the corrected facts. A decision that had ended and is prolonged is ordered now; one whose end
    is moved into the past has ended.
    """
    case = await _case(uow, taken.case_id)
    changed = []
    application = await uow.session.get(Application, (case.tenant_id, taken.application_id))
    if application is not None and listed.received_on != was.received_on:
        application.received_on = listed.received_on
        application.version += 1
        if application.state == "open" and case.deadline_kind == "decide":
            case.deadline = decide_by(listed.received_on)
        changed.append("received_on")
    if taken.decision_id is not None:
        changed += await _correct_grants(uow, case, taken.decision_id, was, listed)
    if list(listed.interests) != list(was.interests):
        await _keep_interests(uow, case, listed)
        changed.append("interests")
    if listed.target not in ("", was.target) and await note_target(
        uow, case.id, case.person_id, listed.target, today()
    ):
        changed.append("target")
    if changed:
        case.version += 1
        await uow.session.flush()
        await record_change(
            uow, "case.corrected", "case", case.id, persons=[case.person_id], channel=CHANNEL,
            fields=sorted(set(changed)),
        )  # fmt: skip
    return changed


async def _case(uow: UnitOfWork, case_id: UUID) -> CaseFile:
    case = await uow.session.get(CaseFile, (uow.context.tenant, case_id), with_for_update=True)
    if case is None:
        raise NotFound
    return case


async def _ground(uow: UnitOfWork) -> str:
    """The legal ground of the service in force today (A13): a list of one's own seldom names it."""
    found = await uow.session.scalar(
        select(LegalGround.code)
        .where(
            LegalGround.child_welfare.is_(False),
            LegalGround.valid_from <= today(),
            LegalGround.valid_to.is_(None) | (LegalGround.valid_to >= today()),
        )
        .order_by(LegalGround.valid_from.desc(), LegalGround.code)
        .limit(1)
    )
    if found is None:
        raise LookupError("no legal ground is in force: run `sammen db upgrade`")
    return found


async def _keep_interests(uow: UnitOfWork, case: CaseFile, listed: ListedCase, *, add: bool = False) -> None:
    """Interests from a list are kept as a mapping nobody held: `made_by` is None.

    A corrected row replaces them; with `add`, another row of the same person adds its own.
    """
    known = await uow.session.scalar(
        select(Mapping)
        .where(Mapping.tenant_id == case.tenant_id, Mapping.case_id == case.id, Mapping.made_by.is_(None))
        .order_by(Mapping.id.desc())
        .limit(1)
    )
    if known is not None:
        known.interests = list(dict.fromkeys([*(known.interests if add else ()), *listed.interests]))
        known.version += 1
    elif listed.interests:
        uow.session.add(
            Mapping(
                tenant_id=case.tenant_id, id=uuid7(), case_id=case.id, held_on=listed.received_on,
                interests=list(listed.interests), slots=[],
                suggested_forms=[grant.form for grant in listed.grants],
            )
        )  # fmt: skip
    await uow.session.flush()


async def _decide(uow: UnitOfWork, case: CaseFile, application: Application, listed: ListedCase) -> UUID:
    assert listed.decided_on is not None
    decision = Decision(
        tenant_id=case.tenant_id, id=uuid7(), case_id=case.id, kind="grant", state="issued", taken_over=True,
        legal_ground=application.legal_ground,
        evaluate_on=listed.to_evaluate,
    )  # fmt: skip
    uow.session.add(decision)
    await uow.session.flush()
    for grant in listed.grants:
        uow.session.add(
            ServiceGrant(
                tenant_id=case.tenant_id, id=uuid7(), decision_id=decision.id, form=grant.form, amount=grant.amount,
                unit=grant.unit, times=grant.times, valid_from=grant.valid_from, valid_to=grant.valid_to,
            )
        )  # fmt: skip
    await uow.session.flush()
    if listed.over:
        await _settle_ended(uow, case, decision, application, listed)
    else:
        await _settle(uow, case, decision, listed.decided_on, application.id)
    await record_change(
        uow, "decision.taken_over", "case", case.id, persons=[case.person_id], decided_on=listed.decided_on,
        forms=[grant.form for grant in listed.grants],
    )  # fmt: skip
    return decision.id


async def _settle(
    uow: UnitOfWork, case: CaseFile, decision: Decision, decided_on: date, application_id: UUID | None = None
) -> None:
    """As any decision, but who made it is not known, and services of the case's other decisions are still its own."""
    before = list(case.forms) if case.state in ("waiting", "running") else []
    await settle_decision(uow, case, decision, decided_on=decided_on, answers=application_id)
    decision.decided_by, decision.decided_by_name = None, ""
    case.forms = list(dict.fromkeys([*before, *case.forms]))
    await uow.session.flush()


async def _settle_ended(
    uow: UnitOfWork, case: CaseFile, decision: Decision, application: Application, listed: ListedCase
) -> None:
    decision.state, decision.decided_on, application.state = "ended", listed.decided_on, "decided"
    if case.state in ("received", "mapping", "deciding"):
        case.state, case.forms = "evaluating", [grant.form for grant in listed.grants]
        case.deadline, case.deadline_kind = decision.evaluate_on, "evaluate"
    await uow.session.flush()


async def _correct_grants(
    uow: UnitOfWork, case: CaseFile, decision_id: UUID, was: ListedCase, listed: ListedCase
) -> list[str]:
    decision = await uow.session.get(Decision, (case.tenant_id, decision_id))
    if decision is None:
        raise NotFound
    before = {grant.form: grant for grant in was.grants}
    after = {grant.form: grant for grant in listed.grants}
    changed = []
    for row in await uow.session.scalars(
        select(ServiceGrant).where(
            ServiceGrant.tenant_id == case.tenant_id, ServiceGrant.decision_id == decision_id
        )
    ):
        old, new = before.get(row.form), after.get(row.form)
        if old is None or new is None:
            continue
        for name in ("amount", "unit", "valid_from", "valid_to"):
            if getattr(old, name) != getattr(new, name):
                setattr(row, name, getattr(new, name))
                changed.append(name)
    if listed.to_evaluate != was.to_evaluate:
        if case.deadline_kind == "evaluate" and case.deadline == decision.evaluate_on:
            case.deadline = listed.to_evaluate
        decision.evaluate_on = listed.to_evaluate
        changed.append("evaluate_on")
    if "valid_to" in changed:
        if decision.state == "ended" and not listed.over:
            decision.ended_on = None
            await uow.session.flush()
            assert decision.decided_on is not None
            await _settle(uow, case, decision, decision.decided_on)
        elif decision.state == "issued":
            await uow.session.flush()
            await lapse_decision(uow, decision.id)
    if changed:
        decision.version += 1
        await uow.session.flush()
    return changed
