"""Solve a minimum-cost flow with OR-tools, in a process of its own: `python -m tests.unit.flow_by_or_tools < arcs.json`.

OR-tools brings a HiGHS of its own, and disclosure control another: whichever a process loads second does not load.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
Arc = tuple[int, int, int, int]


def cheapest_flow(arcs: list[Arc], source: int, sink: int, amount: int) -> tuple[list[int], int]:
    """What flows on each arc (tail, head, room, cost of one), and what it costs, when `amount` goes at least cost."""
    asked = json.dumps({"arcs": arcs, "source": source, "sink": sink, "amount": amount})
    answer = subprocess.run(
        [sys.executable, "-m", "tests.unit.flow_by_or_tools"], input=asked, capture_output=True, text=True, check=True,
        cwd=ROOT,
    )  # fmt: skip
    flows, cost = json.loads(answer.stdout)
    return flows, cost


def main() -> None:
    """Read a problem, print what flows on each arc and the cost."""
    import numpy as np
    from ortools.graph.python import min_cost_flow

    asked = json.load(sys.stdin)
    flow = min_cost_flow.SimpleMinCostFlow()
    tails, heads, room, costs = (np.array(each, np.int64) for each in zip(*asked["arcs"], strict=True))
    flow.add_arcs_with_capacity_and_unit_cost(tails, heads, room, costs)
    ends = np.array([asked["source"], asked["sink"]])
    flow.set_nodes_supplies(ends, np.array([asked["amount"], -asked["amount"]]))
    if flow.solve() != flow.OPTIMAL:
        raise SystemExit("no flow")
    sys.stdout.write(json.dumps([[flow.flow(at) for at in range(len(tails))], flow.optimal_cost()]))


if __name__ == "__main__":
    main()
