"""What other weights would do: the same needs and candidates, matched twice. Nothing is kept and nobody is proposed."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from uuid import UUID

from shared_pool.engine.api import Weights
from shared_pool.runs.snapshot import Snapshot, plan_of

MOST_CHANGES = 100


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one set of weights comes to: who gets whom, and the mean of the known distances, in km."""

    pairs: Mapping[UUID, UUID]
    mean_km: Fraction | None


@dataclass(frozen=True, slots=True)
class Change:
    """A need that would get somebody else, or somebody for the first time, or nobody any more."""

    need_id: UUID
    now: UUID | None
    then: UUID | None


@dataclass(frozen=True, slots=True)
class Comparison:
    """The weights that hold beside those that are tried, and each need that would be answered otherwise."""

    now: Outcome
    then: Outcome
    changes: Sequence[Change]

    @property
    def same(self) -> int:
        """How many needs would get the same candidate."""
        return sum(self.then.pairs.get(need) == candidate for need, candidate in self.now.pairs.items())


def outcome(pool: Snapshot, weights: Weights) -> Outcome:
    """Pure."""
    pairs = {pair.need_id: pair.candidate_id for pair in plan_of(pool, weights).pairs}
    known = [
        km
        for need, candidate in pairs.items()
        if (km := pool.distances.km(pool.candidate_profile(candidate).place, pool.needs[need].area))
        is not None
    ]
    return Outcome(pairs, Fraction(sum(known), len(known)) if known else None)


async def compare(pool: Snapshot, held: Weights, tried: Weights) -> Comparison:
    """Match the pool under both, outside the event loop. Changes come in the order the needs have waited."""
    now, then = await asyncio.to_thread(lambda: (outcome(pool, held), outcome(pool, tried)))
    changes = [
        Change(need, now.pairs.get(need), then.pairs.get(need))
        for need in pool.needs
        if now.pairs.get(need) != then.pairs.get(need)
    ]
    return Comparison(now, then, changes)
