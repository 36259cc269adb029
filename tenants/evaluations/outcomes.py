"""What a done evaluation leads to: a draft decision with the user's words, or the case going on as before."""

from __future__ import annotations

from datetime import date

from sammen.clock import today
from sammen.db.unit_of_work import UnitOfWork
from tenants.assignments.api import assignments_of_case
from tenants.cases.api import CaseFile
from tenants.decisions.api import draft_from, service_stopped
from tenants.evaluations.due import due_of_case
from tenants.evaluations.models import Evaluation


async def draft_for(uow: UnitOfWork, case: CaseFile, row: Evaluation) -> None:
    """A draft decision that takes the place of the one in force, with what the user said in the evaluation.

    Raises Conflict when another decision of the case is at work.
    """
    kind = "ending" if row.outcome == "end_contested" else "change"
    await draft_from(uow, case.id, replaces=row.decision_id, kind=kind, own_words=row.own_words)


async def resume(uow: UnitOfWork, case: CaseFile, *, decide_by: date) -> None:
    """The case goes on after an evaluation: with the contact it has, or waiting for one, until the next is due.

    When nothing of it is in force a decision is: then `decide_by` is its deadline.
    """
    await uow.session.refresh(case)
    due = [one for one in await due_of_case(uow, case.id) if not one.ran_out]
    if not due:
        if case.state == "evaluating":
            case.state, case.deadline, case.deadline_kind = "deciding", decide_by, "decide"
    elif case.state in ("evaluating", "running"):
        case.state, case.deadline, case.deadline_kind = "running", due[0].due_on, "evaluate"
    case.version += 1
    await uow.session.flush()
    if case.state == "running" and not any(
        a.begun and a.state != "ended" for a in await assignments_of_case(uow, case.id)
    ):
        await service_stopped(uow, case.id, today())
