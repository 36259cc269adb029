"""The matching of all open needs and available candidates at once, and what stands beside it: alternatives and a backup.

As many needs as possible first; among those, the longest waiting; then the best fit. Pure and deterministic: the same
needs and candidates give the same plan, whatever order they come in. Advice: people propose, decide and say yes.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass, field
from typing import Final
from uuid import UUID

import numpy as np

from shared_pool.engine.answers import Match
from shared_pool.engine.columns import REFUSALS, Ints, Table, make_table
from shared_pool.engine.pairs import Pairs, Progress, make_pairs
from shared_pool.engine.profiles import CandidateProfile, Distances, NeedProfile
from shared_pool.engine.solving import NOBODY, assign
from shared_pool.engine.weights import Weights

NO_PAIRS: Final[frozenset[tuple[UUID, UUID]]] = frozenset()


@dataclass(frozen=True, slots=True)
class Plan:
    """What a run found. `pairs`: in order of waiting; `unmatched`: a key of UNMATCHED_BECAUSE by need."""

    pairs: list[Match]
    unmatched: dict[UUID, str]
    _table: Table = field(repr=False, compare=False)
    _pairs: Pairs = field(repr=False, compare=False)
    _chosen: Ints = field(repr=False, compare=False)
    _need_at: Mapping[UUID, int] = field(repr=False, compare=False)
    _standing: Ints = field(repr=False, compare=False)
    _taken: frozenset[int] = field(repr=False, compare=False)

    def alternatives(self, need_id: UUID, most: int = 3) -> list[Match]:
        """The best others for the need, whoever got them, best first. KeyError for a need that was not in the run."""
        return [self._match(at) for at in self._others(need_id)[:most].tolist()]

    def backup(self, need_id: UUID) -> Match | None:
        """Whom to ask if it comes to nothing: the best of those nobody got, else the best of the others. None: nobody
        else fits. KeyError for a need that was not in the run.
        """
        others = self._others(need_id).tolist()
        free = (at for at in others if int(self._pairs.candidate[at]) not in self._taken)
        found = next(free, others[0] if others else None)
        return None if found is None else self._match(found)

    def fitting(self, need_id: UUID) -> int:
        """How many candidates the need could have had. KeyError for a need that was not in the run."""
        at = self._need_at[need_id]
        return int(self._pairs.first[at + 1] - self._pairs.first[at])

    def _others(self, need_id: UUID) -> Ints:
        """The need's pairs but the one it got, in the order of `rank`: value, load, code and id."""
        need = self._need_at[need_id]
        at = np.arange(self._pairs.first[need], self._pairs.first[need + 1])
        at = at[at != self._chosen[need]]
        who = self._pairs.candidate[at]
        columns = self._table.c
        yellow = (columns["yellow"][who] != 0) | (columns["free"][who] < self._table.n["hours"][need])
        found: Ints = at[np.lexsort((self._standing[who], yellow, -self._pairs.value[at].astype(np.int64)))]
        return found

    def _match(self, at: int) -> Match:
        return _match(self._table, self._pairs, at)


def match(
    needs: Iterable[NeedProfile],
    candidates: Iterable[CandidateProfile],
    weights: Weights,
    distances: Distances,
    *,
    apart: Set[tuple[UUID, UUID]] = NO_PAIRS,
    progress: Progress | None = None,
) -> Plan:
    """The best plan for all at once; a candidate gets one need in a run (ADR 0050).

    `apart`: (need, candidate) that have been proposed for each other before, and never are again. `progress(done,
    total)`: called now and then, from the thread this runs in. ValueError when a need or a candidate comes twice.
    """
    table = make_table(needs, candidates, weights, distances, apart)
    count = len(table.needs)

    def tell(done: int) -> None:
        if progress is not None:
            progress(done, 2 * count)

    pairs = make_pairs(table, lambda done, _: tell(done))
    chosen = assign(pairs, table.n["waited"], len(table.candidates), lambda done, _: tell(count + done))
    got = np.flatnonzero(chosen != NOBODY)
    left = np.flatnonzero(chosen == NOBODY)
    by_name = sorted(range(len(table.candidates)), key=lambda at: (table.candidates[at].code, at))
    standing = np.empty(len(by_name), np.int64)
    standing[by_name] = np.arange(len(by_name))
    return Plan(
        pairs=[_match(table, pairs, at) for at in chosen[got].tolist()],
        unmatched={
            table.needs[at].id: "needed_more" if pairs.first[at + 1] > pairs.first[at] else "no_candidate"
            for at in left.tolist()
        },
        _table=table,
        _pairs=pairs,
        _chosen=chosen,
        _need_at={need.id: at for at, need in enumerate(table.needs)},
        _standing=standing,
        _taken=frozenset(pairs.candidate[chosen[got]].tolist()),
    )


def _match(table: Table, pairs: Pairs, at: int) -> Match:
    need, candidate = table.needs[pairs.need[at]], table.candidates[pairs.candidate[at]]
    return Match(need.id, candidate.id, int(pairs.score[at]))


def sole_obstacles(
    need: NeedProfile,
    candidates: Iterable[CandidateProfile],
    weights: Weights,
    distances: Distances,
    *,
    apart: Set[tuple[UUID, UUID]] = NO_PAIRS,
) -> dict[str, int]:
    """How many candidates each rule alone keeps from the need: what would help. By the rules' codes, those with none
    left out, in the rules' order. ValueError when a candidate comes twice.
    """
    return what_stops([need], candidates, weights, distances, apart=apart)[need.id]


def what_stops(
    needs: Iterable[NeedProfile],
    candidates: Iterable[CandidateProfile],
    weights: Weights,
    distances: Distances,
    *,
    apart: Set[tuple[UUID, UUID]] = NO_PAIRS,
) -> dict[UUID, dict[str, int]]:
    """`sole_obstacles` for many needs at once. ValueError when a need or a candidate comes twice."""
    table = make_table(needs, candidates, weights, distances, apart, everywhere=True)
    everyone = np.arange(len(table.candidates))
    found = {}
    for at, need in enumerate(table.needs):
        refused = {code: refuses(table, at, everyone) for code, refuses in REFUSALS.items()}
        alone = np.sum(list(refused.values()), axis=0) == 1
        counts = {code: int(np.count_nonzero(each & alone)) for code, each in refused.items()}
        found[need.id] = {code: count for code, count in counts.items() if count}
    return found
