"""Reads of evaluations. Whoever asks has been let in to the case (cases.api.case_card). What waits is in due.py."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, time
from uuid import UUID

from sqlalchemy import bindparam, func, select

from sammen.db.raw import compile_query
from sammen.db.unit_of_work import UnitOfWork
from sammen.errors import NotFound
from tenants.evaluations.models import Evaluation

evaluation = Evaluation.__table__


@dataclass(frozen=True, slots=True)
class EvaluationCard:
    """One evaluation of a decision; see models.Evaluation for what each part means."""

    id: UUID
    case_id: UUID
    decision_id: UUID
    state: str
    scope: str
    due_on: date
    planned_on: date | None
    planned_time: time | None
    planned_with: str
    held_on: date | None
    participants: list[str]
    own_words: str
    words_by: str
    no_words_reason: str
    representative_words: str
    contact_view: str
    goal_reached: str
    goal_seen: str
    form_fits: str
    hours_fit: str
    lonely: str
    next_step: str
    outcome: str
    next_on: date | None
    end_reason: str
    end_note: str
    ends_on: date | None
    written_by_name: str
    version: int


_COLUMNS = [evaluation.c[name] for name in EvaluationCard.__dataclass_fields__]
_OF_CASE = compile_query(
    select(*_COLUMNS)
    .where(evaluation.c.tenant_id == bindparam("tenant"), evaluation.c.case_id == bindparam("case"))
    .order_by(func.coalesce(evaluation.c.held_on, evaluation.c.planned_on).desc().nulls_first(), evaluation.c.id.desc())
)  # fmt: skip


async def evaluations_of(uow: UnitOfWork, case_id: UUID) -> Sequence[EvaluationCard]:
    """The case's evaluations, an open one first, then the latest."""
    return [
        EvaluationCard(**dict(row))
        for row in await uow.rows(_OF_CASE, tenant=uow.context.tenant, case=case_id)
    ]


async def evaluation_of(uow: UnitOfWork, case_id: UUID, evaluation_id: UUID) -> EvaluationCard:
    """One evaluation of the case. Raises NotFound, also for another case's."""
    for card in await evaluations_of(uow, case_id):
        if card.id == evaluation_id:
            return card
    raise NotFound
