"""What came from the other municipalities of a joint group: their suggestions as texts, their choices and answers as
numbers. Called by jobs in one's own context; everything may be said again.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert

from sammen.db.unit_of_work import UnitOfWork
from sammen.ids import uuid7
from tenants.planning.hooks import Tally
from tenants.planning.models import (
    ActivitySuggestion,
    ChoiceElsewhere,
    GroupEvaluation,
    VoiceElsewhere,
)


@dataclass(frozen=True, slots=True)
class SuggestionCopy:
    """A suggestion as everybody in the group may know it. `cost_ore` for each participant; `state` open, planned or
    dropped; `session_id` the meeting it is planned on, under the id that all copies of the meeting have.
    """

    id: UUID
    group_id: UUID
    title: str
    where_to: str
    cost_ore: int | None
    transport: bool
    fits: str
    state: str
    session_id: UUID | None = None


async def mirror_suggestion(uow: UnitOfWork, copy: SuggestionCopy) -> None:
    """Keep another municipality's suggestion under its own id; one's own (of the same id) gets its state alone."""
    values = {
        "tenant_id": uow.context.tenant, "id": copy.id, "group_id": copy.group_id, "title": copy.title,
        "where_to": copy.where_to, "cost_ore": copy.cost_ore, "transport": copy.transport, "fits": copy.fits,
        "how": "office", "from_elsewhere": True, "state": copy.state, "session_id": copy.session_id,
    }  # fmt: skip
    await uow.session.execute(
        insert(ActivitySuggestion)
        .values(values)
        .on_conflict_do_update(
            index_elements=["tenant_id", "id"], set_={"state": copy.state, "session_id": copy.session_id}
        )
    )
    await uow.session.flush()


async def count_elsewhere(uow: UnitOfWork, suggestion_id: UUID, home: UUID, choices: int) -> None:
    """Keep how many of another municipality's participants want a suggestion."""
    await uow.session.execute(
        insert(ChoiceElsewhere)
        .values(
            tenant_id=uow.context.tenant, id=uuid7(), activity_suggestion_id=suggestion_id, home=home, choices=choices
        )
        .on_conflict_do_update(
            index_elements=["tenant_id", "activity_suggestion_id", "home"], set_={"choices": choices}
        )
    )  # fmt: skip
    await uow.session.flush()


async def voices_elsewhere(uow: UnitOfWork, group_id: UUID, half: date, home: UUID, tally: Tally) -> None:
    """Keep what another municipality's participants have said of a half-year, as numbers."""
    evaluation = await open_evaluation(uow, group_id, half)
    for question, (yes, some, no) in tally.items():
        await uow.session.execute(
            insert(VoiceElsewhere)
            .values(
                tenant_id=uow.context.tenant, id=uuid7(), group_evaluation_id=evaluation, home=home, question=question,
                said_yes=yes, said_some=some, said_no=no,
            )
            .on_conflict_do_update(
                index_elements=["tenant_id", "group_evaluation_id", "home", "question"],
                set_={"said_yes": yes, "said_some": some, "said_no": no},
            )
        )  # fmt: skip
    await uow.session.flush()


async def open_evaluation(uow: UnitOfWork, group_id: UUID, half: date) -> UUID:
    """The evaluation of a group's half-year, made when there is none; its id. The group must be there."""
    tenant = uow.context.tenant
    key = {"tenant_id": tenant, "group_id": group_id, "half": half}
    await uow.session.execute(
        insert(GroupEvaluation)
        .values(id=uuid7(), **key)
        .on_conflict_do_nothing(index_elements=["tenant_id", "group_id", "half"])
    )
    row = await uow.call(
        "SELECT id FROM sammen.group_evaluation WHERE tenant_id = $1 AND group_id = $2 AND half = $3",
        tenant,
        group_id,
        half,
    )
    return UUID(str(row[0]["id"]))
