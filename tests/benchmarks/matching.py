"""The matching, measured: `python -m tests.benchmarks.matching`, and as part of `make bench`.

Needs and candidates of regions like Vestfold, as many as it takes, invented. The same pairs and scores are given to the
engine and, as one undivided problem, to scipy and to OR-tools alone. "Ours" is everything from pairs to a checked plan:
finding components, ordering, weights, scipy, and the check. Making the pairs from the profiles is told beside it, since no
solver does that. Each part that takes memory runs in a process of its own.
"""

from __future__ import annotations

import json
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import min_weight_full_bipartite_matching

from shared_pool.engine.api import DEFAULT, Plan, match
from shared_pool.engine.columns import Table, make_table
from shared_pool.engine.pairs import Pairs, make_pairs
from shared_pool.engine.solving import NOBODY, assign
from tests.benchmarks.country import World, make_world

ROOT = Path(__file__).resolve().parents[2]
Size = tuple[int, int]
SIZES: tuple[Size, ...] = ((500, 800), (5_000, 8_000), (30_000, 30_000))
COUNTRY = SIZES[-1]
ROUNDS = 7
SECONDS, MEGABYTES, RATIO = 30, 4_000, 1.5


@dataclass(frozen=True, slots=True)
class Alone:
    """The problem as the solvers get it: arcs with whole weights, one graph."""

    need: Any
    candidate: Any
    weight: Any
    needs: int
    candidates: int


def no_word(done: int, total: int) -> None:
    """Nobody listens while it is measured."""


def alone(table: Table, pairs: Pairs) -> Alone:
    """Waiting first, then the score: weights as for one component, needs in the order of their ids."""
    by_id = np.argsort(np.argsort([need.id.int % 2**62 for need in table.needs]))
    _, rank = np.unique(table.n["waited"], return_inverse=True)
    step = min(len(table.needs), len(table.candidates)) * int(pairs.value.max(initial=0)) + 1
    weight = (rank[pairs.need] + 1) * step + pairs.value.astype(np.int64)
    return Alone(by_id[pairs.need], pairs.candidate, weight, len(table.needs), len(table.candidates))


def timed(what: Callable[[], Any], clock: Callable[[], float] = time.process_time) -> tuple[float, Any]:
    """(seconds, what it gave). Seconds of this process alone: all three use one thread, and others may be at work here."""
    began = clock()
    found = what()
    return clock() - began, found


def by_scipy(problem: Alone) -> tuple[float, int]:
    """(seconds of the solver alone, total weight). Every need has a column of its own for getting nobody."""
    n, m = problem.needs, problem.candidates
    own = np.arange(n)
    graph = csr_array(
        (
            np.concatenate([problem.weight + 1, np.ones(n, np.int64)]).astype(np.float64),
            (np.concatenate([problem.need, own]), np.concatenate([problem.candidate, m + own])),
        ),
        shape=(n, m + n),
    )
    seconds, (rows, columns) = timed(lambda: min_weight_full_bipartite_matching(graph, maximize=True))
    met = columns < m
    return seconds, int(graph[rows[met], columns[met]].sum()) - int(met.sum())


def by_or_tools(problem: Alone) -> tuple[float, int]:
    """(seconds of the solver alone, total weight), as a flow of least cost."""
    # Here alone: it and highspy, which other benchmarks load, cannot be in one process.
    from ortools.graph.python import min_cost_flow

    n, m = problem.needs, problem.candidates
    source, sink = n + m, n + m + 1
    flow = min_cost_flow.SimpleMinCostFlow()
    tails = [np.full(n, source), problem.need, n + np.arange(m), np.array([source])]
    heads = [np.arange(n), n + problem.candidate, np.full(m, sink), np.array([sink])]
    room = [np.ones(n + len(problem.need) + m, np.int64), np.array([n])]
    cost = [np.zeros(n, np.int64), -problem.weight, np.zeros(m + 1, np.int64)]
    flow.add_arcs_with_capacity_and_unit_cost(*(np.concatenate(each) for each in (tails, heads, room, cost)))
    flow.set_nodes_supplies(np.array([source, sink]), np.array([n, -n]))
    seconds, status = timed(flow.solve)
    assert status == flow.OPTIMAL
    return seconds, -int(flow.optimal_cost())


def by_hand(table: Table, pairs: Pairs) -> tuple[int, int]:
    """(needs met, points) of a coordinator who takes the longest waiting first and gives them the best who is free."""
    taken: set[int] = set()
    met = points = 0
    for need in range(len(table.needs)):
        first, last = pairs.first[need], pairs.first[need + 1]
        order = first + np.argsort(-pairs.value[first:last].astype(np.int64), kind="stable")
        at = next((at for at in order.tolist() if int(pairs.candidate[at]) not in taken), None)
        if at is not None:
            taken.add(int(pairs.candidate[at]))
            met, points = met + 1, points + int(pairs.score[at])
    return met, points


def compare(needs: int, candidates: int, rounds: int) -> dict[str, Any]:
    """Ours against each solver alone, in turn, on one world; and against a coordinator by hand."""
    world = make_world(needs, candidates)
    built = [timed(lambda: _pairs(world)) for _ in range(min(rounds, 3))]
    table, pairs = built[-1][1]
    problem = alone(table, pairs)
    ours: list[float] = []
    scipy_alone: list[float] = []
    or_tools: list[float] = []
    for turn in range(rounds):
        order: list[tuple[list[float], Callable[[], tuple[float, int]]]] = [
            (ours, lambda: _ours(table, pairs, problem)),
            (scipy_alone, lambda: by_scipy(problem)),
            (or_tools, lambda: by_or_tools(problem)),
        ]
        worth = set()
        for kept, solve in order if turn % 2 else reversed(order):
            seconds, weight = solve()
            kept.append(seconds)
            worth.add(weight)
        assert len(worth) == 1, "the solvers do not agree"
    chosen = assign(pairs, table.n["waited"], len(table.candidates), no_word)
    got = chosen[chosen != NOBODY]
    met, points = by_hand(table, pairs)
    return {
        "pairs": len(pairs.need), "pairs_seconds": [seconds for seconds, _ in built], "ours": ours, "scipy": scipy_alone,
        "or_tools": or_tools, "met": len(got), "points": int(pairs.score[got].sum()), "by_hand_met": met,
        "by_hand_points": points, "can_be_met": int(np.count_nonzero(np.diff(pairs.first))),
    }  # fmt: skip


def _pairs(world: World) -> tuple[Table, Pairs]:
    table = make_table(world.needs, world.candidates, DEFAULT, world.distances, frozenset())
    return table, make_pairs(table, no_word)


def _ours(table: Table, pairs: Pairs, problem: Alone) -> tuple[float, int]:
    seconds, chosen = timed(lambda: assign(pairs, table.n["waited"], len(table.candidates), no_word))
    return seconds, int(problem.weight[chosen[chosen != NOBODY]].sum())


def country() -> dict[str, Any]:
    """The whole of `match` from profiles to plan, with the time it takes and the most memory of its process."""
    world = make_world(*COUNTRY)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000
    plan: Plan
    # By the clock on the wall, which is what somebody waits by.
    seconds, plan = timed(
        lambda: match(world.needs, world.candidates, DEFAULT, world.distances, progress=_Shown()),
        time.perf_counter,
    )
    return {
        "seconds": seconds, "memory_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000,
        "memory_before_mb": before, "met": len(plan.pairs),
    }  # fmt: skip


class _Shown:
    """Progress on one line, in tenths."""

    def __init__(self) -> None:
        self.tenths = -1

    def __call__(self, done: int, total: int) -> None:
        if (tenths := 10 * done // total) > self.tenths:
            self.tenths = tenths
            sys.stderr.write(f"\r  the country: {tenths * 10} %" + ("\n" if tenths == 10 else ""))
            sys.stderr.flush()


def measure_matching() -> tuple[dict[Size, dict[str, Any]], list[dict[str, Any]]]:
    """(each size compared, three runs of the country), every one in its own process."""
    compared = {size: _apart("compare", *size, 1 if size == COUNTRY else ROUNDS) for size in SIZES}
    return compared, [_apart("country") for _ in range(3)]


def _apart(*asked: object) -> dict[str, Any]:
    command = [sys.executable, "-m", "tests.benchmarks.matching", *map(str, asked)]
    done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, check=True)
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def told(compared: dict[Size, dict[str, Any]]) -> list[str]:
    """The comparison as lines: seconds as medians, and what was met."""
    lines = [
        f"{'needs × candidates':20} {'pairs':>9} {'making them':>11} {'ours':>8} {'scipy':>8} {'OR-tools':>8}"
        f"  {'met':>15} {'points each':>15}  (ours, by hand)"
    ]
    for (needs, candidates), found in compared.items():
        seconds = [statistics.median(found[name]) for name in ("pairs_seconds", "ours", "scipy", "or_tools")]
        each = [found[f"{who}points"] / max(1, found[f"{who}met"]) for who in ("", "by_hand_")]
        lines.append(
            f"{f'{needs} × {candidates}':20} {found['pairs']:9} {seconds[0]:10.2f}s"
            + "".join(f" {value:7.3f}s" for value in seconds[1:])
            + f"  {found['met']:7} {found['by_hand_met']:7} {each[0]:7.2f} {each[1]:7.2f}"
        )
    return lines


def main(asked: list[str]) -> None:
    """One part as JSON, or all of them as a table."""
    if asked:
        found = country() if asked[0] == "country" else compare(*map(int, asked[1:]))
        sys.stdout.write(json.dumps(found))
        return
    compared, runs = measure_matching()
    middle = compared[SIZES[1]]
    ratios = [a / b for a, b in zip(middle["ours"], middle["scipy"], strict=True)]
    lines = [
        *told(compared),
        f"ours against scipy alone at {SIZES[1]}: {min(ratios):.2f}–{max(ratios):.2f}, median {statistics.median(ratios):.2f}",
        "the country from profiles to plan: "
        + ", ".join(f"{run['seconds']:.1f} s and {run['memory_mb']:.0f} MB" for run in runs),
    ]
    sys.stdout.write("\n".join(lines) + "\n")


if __name__ == "__main__":
    main(sys.argv[1:])
