"""Who may make a decision in a case, and who else there is to do it (A6, E5)."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from uuid import UUID

from sammen.clock import today
from sammen.db.unit_of_work import UnitOfWork
from sammen.policy.roles import Role
from sammen.tenancy.context import Context
from tenants.cases.api import SEES, CaseCard, Colleague, colleagues, may_decide_for, members_of


def may_issue_for(context: Context, case: CaseCard) -> bool:
    """Whether the reader, who may see the case, may make its decisions: its purchaser, or the manager, since a small
    municipality has one purchaser and still needs a second pair of eyes.
    """
    return may_decide_for(context, case.purchaser) or Role.MANAGER in context.roles


async def other_deciders(
    uow: UnitOfWork, case: CaseCard, besides: Collection[UUID | None]
) -> Sequence[Colleague]:
    """Colleagues who see the case and may make its decisions, but for those `besides`, by name. Of a shielded case only
    those named on it today.
    """
    named = {one.user_id for one in await members_of(uow, case.id) if one.open_on(today())}
    return [
        one
        for one in await colleagues(uow)
        if one.id not in besides and _may(one, case, named=one.id in named)
    ]


def _may(one: Colleague, case: CaseCard, *, named: bool) -> bool:
    opens = {purchaser for role in one.roles for purchaser in SEES.get(role, ())}
    sees = named or (case.purchaser in opens and not case.shielded)
    return sees and (one.decides_for(case.purchaser) or Role.MANAGER in one.roles)
