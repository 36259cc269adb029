"""Disclosure control, measured: `python -m tests.benchmarks.disclosure`, and as part of `make bench`.

Made-up tables in the shape of the real ones: the twelve municipalities' full release, several variables together, and 400
regions with two hierarchies that cut across each other. Seconds and the most memory of a process of its own for each; then
what the protection costs in cells and value, beside the two simpler ways of `disclosure_baselines`; and what an attacker
gets from each and from primary suppression alone.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from reporting.disclosure.api import Protected, Rules, protect
from tests.benchmarks.disclosure_baselines import cells_of, cost, eliminated, outsider_only
from tests.benchmarks.disclosure_baselines import shown as pattern
from tests.disclosure_attack import Attacker, Shown, attack, gather, primary_only
from tests.disclosure_tables import Made, real_shape
from tests.disclosure_trial import shown, tables, variable

ROOT = Path(__file__).resolve().parents[2]
ROUNDS = 3
SECONDS_TWELVE, SECONDS_COUNTRY = 5, 60
RULES = Rules(threshold=3)
REGION_RULES = Rules(threshold=5)
SIZES: dict[str, dict[str, Any]] = {
    "12 municipalities": {"regions": 12, "further": {"age": 4, "gender": 3, "form": 5}, "mean": 1.5},
    "40 regions": {"regions": 40, "further": {"age": 4, "gender": 2}, "mean": 6.0},
    "400 regions": {"regions": 400, "further": {"age": 5, "gender": 3}, "mean": 25.0},
}


def size(name: str) -> Made:
    """One of the sizes compared."""
    return real_shape(1, **SIZES[name])


def full_release() -> list[Made]:
    """What twelve municipalities publish together for a period: six variables, about 3 000 inner rows."""
    further = {
        "users": {"age": 5, "gender": 3, "form": 5},
        "waiting": {"band": 4, "form": 4, "age": 5},
        "decisions": {"outcome": 4, "age": 5},
        "hours": {"form": 4, "age": 5},
        "cost": {"kind": 5, "form": 4},
        "contacts": {"age": 5, "service": 4},
    }
    return [
        real_shape(
            seed, 12, further=dimensions, mean=3.0, counties=2, groups=4, name=name,
            kind="money" if name in ("hours", "cost") else "count",
        )
        for seed, (name, dimensions) in enumerate(further.items())
    ]  # fmt: skip


def timed(made: Sequence[Made], rules: Rules) -> tuple[dict[str, Any], Protected]:
    """Protect, with seconds by the clock on the wall and the memory of this process, which has done nothing else."""
    began = time.perf_counter()
    each_table = [t for each in made for t in tables(each)]
    done = protect([variable(each) for each in made], each_table, rules=rules, workers=2)
    seconds = time.perf_counter() - began
    audit = done.audit
    return {
        "seconds": seconds, "memory_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000,
        "rows": sum(len(each.rows) for each in made),
        "small_rows": sum(row.value < rules.threshold for each in made for row in each.rows),
        "cells": audit.cells, "primary": audit.primary, "secondary": audit.secondary,
        "secondary_value": float(audit.secondary_value), "value": float(audit.value), "solved": audit.solved,
    }, done  # fmt: skip


def compared(name: str) -> dict[str, Any]:
    """Ours and the simpler ways on one size: secondary cells, their value, seconds, and what an attacker gets."""
    made = size(name)
    cells = cells_of(made, RULES.threshold)
    ours, done = timed([made], RULES)
    small = name.startswith("400")
    ways: dict[str, Any] = {}
    ways["this"] = {"cost": (ours["secondary"], ours["secondary_value"]), "seconds": ours["seconds"]}
    ways["this"]["found"] = recovered(made, shown(made, done), small)
    for way in ("eliminated", "outsider"):
        if way == "outsider" and small:
            continue
        began = time.perf_counter()
        hidden = eliminated(cells) if way == "eliminated" else outsider_only(cells, RULES.width)
        ways[way] = {"cost": cost(cells, hidden), "seconds": time.perf_counter() - began}
        ways[way]["found"] = recovered(made, pattern(made, cells, hidden), small)
    ways["primary"] = {
        "cost": (0, 0),
        "seconds": 0,
        "found": recovered(made, primary_only(made, RULES.threshold), small),
    }
    return {"ours": ours, "ways": ways}


def recovered(made: Made, what: Shown, small: bool) -> dict[str, tuple[int, int]]:
    """Attacker → (cells told exactly, cells asked for). Of 400 regions a sample, since every program is solved cold."""
    known = gather([(made, what)])
    sample = 30 if small else None
    found = {}
    for who in (
        Attacker(),
        Attacker(knows_rule=True),
        Attacker(frozenset({made.owners[0]}), knows_rule=True),
    ):
        told = list(attack(known, who, wanted=1e-3, sample=sample))
        asked = min(len(known.hidden), sample or len(known.hidden)) if told else len(known.hidden)
        found["member" if who.owners else "rule" if who.knows_rule else "outsider"] = (len(told), asked)
    return found


def _apart(*asked: str) -> dict[str, Any]:
    command = [sys.executable, "-m", "tests.benchmarks.disclosure", *asked]
    done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, check=True)
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def measure_disclosure(rounds: int = ROUNDS) -> dict[str, Any]:
    """The two that have a goal, several times, each in a process of its own; and the comparison of the smaller sizes."""
    return {
        "twelve": [_apart("twelve") for _ in range(rounds)],
        "country": [_apart("country") for _ in range(max(1, rounds - 1))],
        "compared": {name: _apart("compare", name) for name in SIZES},
    }


def told(found: dict[str, Any]) -> list[str]:
    """The measurements as lines."""
    lines = []
    for name in ("twelve", "country"):
        runs = found[name]
        first = runs[0]
        seconds = ", ".join(f"{run['seconds']:.1f}" for run in runs)
        lines.append(
            f"{name}: {seconds} s, {max(run['memory_mb'] for run in runs):.0f} MB; "
            f"{first['rows']} inner rows, {first['small_rows']} of them small, {first['cells']} cells, "
            f"{first['primary']} primary, {first['secondary']} secondary, {first['solved']} linear programs"
        )
    lines.append(
        f"{'':20} {'way':12} {'cells':>7} {'value':>9} {'s':>7}   told exactly: outsider, rule, member"
    )
    for name, each in found["compared"].items():
        for way, seen in each["ways"].items():
            got = ", ".join(f"{told}/{asked}" for told, asked in seen["found"].values())
            lines.append(
                f"{name:20} {way:12} {seen['cost'][0]:7} {seen['cost'][1]:9.0f} {seen['seconds']:7.2f}   {got}"
            )
    return lines


def main(asked: list[str]) -> None:
    """One part as JSON, or all of them as lines."""
    if not asked:
        sys.stdout.write("\n".join(told(measure_disclosure())) + "\n")
        return
    if asked[0] == "compare":
        found = compared(asked[1])
    elif asked[0] == "twelve":
        found, _ = timed(full_release(), REGION_RULES)
    else:
        found, _ = timed([size("400 regions")], RULES)
    sys.stdout.write(json.dumps(found))


if __name__ == "__main__":
    main(sys.argv[1:])
