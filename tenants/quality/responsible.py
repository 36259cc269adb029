"""Who may be given a deviation, a measure or an action: colleagues who may write one, and who see its case."""

from __future__ import annotations

from collections.abc import Sequence

from sammen.clock import today
from sammen.db.unit_of_work import UnitOfWork
from sammen.policy.permissions import Permission
from sammen.policy.roles import GRANTS
from tenants.cases.api import SEES, CaseCard, Colleague, colleagues, members_of

WRITERS = frozenset(role for role, granted in GRANTS.items() if Permission.DEVIATION_WRITE in granted)


async def who_may_follow_up(uow: UnitOfWork, of_case: CaseCard | None) -> Sequence[Colleague]:
    """Colleagues who may be given a deviation or an action: those who may write one, and who see the case if there is
    one. A task that its owner cannot open would be no task, and its title would tell of what is hidden.
    """
    writers = [one for one in await colleagues(uow) if not WRITERS.isdisjoint(one.roles)]
    if of_case is None:
        return writers
    day = today()
    named = {member.user_id for member in await members_of(uow, of_case.id) if member.open_on(day)}
    return [
        one
        for one in writers
        if one.id in named
        or (not of_case.shielded and any(of_case.purchaser in SEES.get(role, ()) for role in one.roles))
    ]
