"""The plan as it stands at this moment: the newest run read together with needs and candidates that are open now.

Fits are reckoned anew for what is shown, with the run's weights: a candidate who has changed their mind since the run is
not suggested for what they have said no to.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from sammen.db.unit_of_work import UnitOfWork
from shared_pool.engine.api import Fit, Weights
from shared_pool.needs.api import NeedCard
from shared_pool.runs.queries import Lack, RunCard, Suggested, lacks_of, newest_run, suggestions_of
from shared_pool.runs.snapshot import Snapshot, read_pool
from shared_pool.weighing.api import weights_in_force


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A need and whom the run named for it, as they fit now; `backup` is the next best who is still free."""

    need: NeedCard
    best: Fit
    backup: Fit | None


@dataclass(frozen=True, slots=True)
class Plan:
    """`suggested`, `lacking` and `unseen` (come since the run, or whose candidate is gone): the needs that wait, each in
    one of the three, those who have waited longest first.
    """

    pool: Snapshot
    run: RunCard | None
    weights: Weights
    suggested: Sequence[NeedCard]
    lacking: Sequence[NeedCard]
    unseen: Sequence[NeedCard]
    new_needs: int
    outdated: bool = False
    """Whether other weights have come to hold since the run."""
    named: Mapping[UUID, Suggested] = field(default_factory=dict)
    lacks: Mapping[UUID, Lack] = field(default_factory=dict)

    def fit(self, need_id: UUID, candidate_id: UUID | None) -> Fit | None:
        """How the two fit now; None when the candidate is not free or something has come in the way."""
        if candidate_id is None or candidate_id not in self.pool.candidates:
            return None
        found = self.pool.fit(need_id, candidate_id, self.weights)
        return found if found.proposable else None

    def suggestion(self, need: NeedCard) -> Suggestion | None:
        """Whom to propose for a need; None when the one the run named no longer can be."""
        named = self.named.get(need.id, Suggested())
        best = self.fit(need.id, named.best)
        return None if best is None else Suggestion(need, best, self._backup(need.id, named))

    def _backup(self, need_id: UUID, named: Suggested) -> Fit | None:
        for candidate_id in (named.backup, *named.alternatives):
            found = self.fit(need_id, candidate_id) if candidate_id != named.best else None
            if found is not None:
                return found
        return None


async def todays_plan(uow: UnitOfWork) -> Plan:
    """The region's plan at this moment. The caller writes the access log for whom it shows."""
    pool = await read_pool(uow)
    run = await newest_run(uow)
    waiting = sorted(pool.needs.values(), key=lambda card: (-card.waited_weeks, card.code))
    held = await weights_in_force(uow, uow.context.region)
    if run is None:
        return Plan(pool, None, held.weights, (), (), waiting, len(waiting))
    named, lacks = await suggestions_of(uow, run.id), await lacks_of(uow, run.id)
    plan = Plan(pool, run, run.weights, (), (), (), 0, False, named, lacks)
    suggested: list[NeedCard] = []
    lacking: list[NeedCard] = []
    unseen: list[NeedCard] = []
    for need in waiting:
        best = named.get(need.id, Suggested()).best
        if best is not None and plan.fit(need.id, best) is not None:
            suggested.append(need)
        else:
            (lacking if need.id in lacks else unseen).append(need)
    new = sum(need.id not in lacks and named.get(need.id, Suggested()).best is None for need in unseen)
    outdated = held.number != run.weights_number
    return Plan(pool, run, run.weights, suggested, lacking, unseen, new, outdated, named, lacks)
