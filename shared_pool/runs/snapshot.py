"""What a run is made of: the needs that wait and the candidates that are free, and who goes with whom under weights.

Live proposals and what has been agreed stay out; a pair that somebody has said no to is not thought of again (C4).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

from sammen.db.unit_of_work import UnitOfWork
from shared_pool.engine.api import CandidateProfile, Fit, NeedProfile, Weights, fit
from shared_pool.geography.api import Distances, load_distances
from shared_pool.matching.api import candidate_profile, need_profile, refused_pairs, settled
from shared_pool.needs.api import NeedCard, needs_for_run
from shared_pool.recruitment.api import CandidateCard, Home, candidates_for_run, homes_of

if TYPE_CHECKING:
    from shared_pool.engine.api import Plan

Pair = tuple[UUID, UUID]
Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The pool as it stood when it was read. `needs` and `candidates` are those a run may use, by id."""

    needs: Mapping[UUID, NeedCard]
    candidates: Mapping[UUID, CandidateCard]
    everyone: Mapping[UUID, CandidateCard]
    """All candidates of the pool, also those who are held for a need."""
    homes: Mapping[UUID, Home]
    distances: Distances
    refused: frozenset[Pair]
    held: frozenset[UUID]
    """Candidates who are in the pool and held for a need."""

    def need_profile(self, need_id: UUID) -> NeedProfile:
        """A need as the engine knows it."""
        return need_profile(self.needs[need_id])

    def candidate_profile(self, candidate_id: UUID) -> CandidateProfile:
        """A candidate as the engine knows them."""
        card = self.everyone[candidate_id]
        return candidate_profile(card, self.homes.get(card.home_id))

    def judged(self, need: NeedCard, card: CandidateCard, weights: Weights) -> Fit:
        """How any need and any candidate fit now, held or not."""
        wanted, offered = need_profile(need), candidate_profile(card, self.homes.get(card.home_id))
        km = self.distances.km(offered.place, wanted.area)
        return fit(wanted, offered, weights, km, apart=(need.id, card.id) in self.refused)

    def fit(self, need_id: UUID, candidate_id: UUID, weights: Weights) -> Fit:
        """How two of a run's fit now."""
        return self.judged(self.needs[need_id], self.candidates[candidate_id], weights)


async def read_pool(uow: UnitOfWork) -> Snapshot:
    """The region's pool today, in the region's context or its job. The caller writes the access log."""
    busy = await settled(uow)
    needs = {card.id: card for card in await needs_for_run(uow) if card.id not in busy.needs}
    everyone = await candidates_for_run(uow)
    return Snapshot(
        needs,
        {card.id: card for card in everyone if card.id not in busy.candidates},
        {card.id: card for card in everyone},
        await homes_of(uow, uow.context.region),
        await load_distances(uow),
        await refused_pairs(uow),
        frozenset(card.id for card in everyone if card.id in busy.candidates),
    )


def plan_of(snapshot: Snapshot, weights: Weights, progress: Progress | None = None) -> Plan:
    """Who goes with whom. Pure, and heavy: to be run outside the event loop."""
    from shared_pool.engine.api import match

    return match(
        [snapshot.need_profile(need_id) for need_id in snapshot.needs],
        [snapshot.candidate_profile(candidate_id) for candidate_id in snapshot.candidates],
        weights,
        snapshot.distances,
        apart=snapshot.refused,
        progress=progress,
    )


def what_is_in_the_way(
    snapshot: Snapshot, need_ids: Sequence[UUID], weights: Weights
) -> dict[UUID, dict[str, int]]:
    """For each need, how many candidates each requirement alone keeps away, by the rule's code. Pure."""
    from shared_pool.engine.api import what_stops

    return what_stops(
        [snapshot.need_profile(need_id) for need_id in need_ids],
        [snapshot.candidate_profile(candidate_id) for candidate_id in snapshot.candidates],
        weights,
        snapshot.distances,
        apart=snapshot.refused,
    )
