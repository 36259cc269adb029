"""A night of seeds: `python -m tests.disclosure_night series 0 1000` protects and attacks a thousand tables.

Outside the suite, which keeps its share short. Kinds: counts, money, series (three releases), tiny (whole numbers, and every
table written down). Each line names a seed that can be made again with `trial(kind, seed)`; the last line counts.
"""

from __future__ import annotations

import sys
import time
from collections import Counter
from collections.abc import Iterator

from reporting.disclosure.api import Rules, Unprotectable
from tests.disclosure_tables import any_shape, by_seed, series
from tests.disclosure_trial import Trial

KINDS = ("counts", "money", "series", "tiny")
SLOW = 5.0


def trial(kind: str, seed: int) -> Iterator[str]:
    """What is wrong with one seed, in words."""
    pick = by_seed(seed)
    made = any_shape(pick, regions=4 if kind == "tiny" else 7, money=kind == "money")
    tried = Trial(Rules(threshold=pick(2, 5)))
    in_turn = series(made, seed) if kind == "series" and len(made.axes[0].codes) > 2 else (made,)
    for each in in_turn:
        began = time.perf_counter()
        try:
            tried.release(each)
        except Unprotectable as refused:
            wrong = tried.wrongly_refused(each, [(cell.table, cell.key) for cell in refused.cells])
            yield from (f"refused without a reason: {name}" for name in wrong)
            break
        if (seconds := time.perf_counter() - began) > SLOW:
            yield f"took {seconds:.1f} s for {len(each.rows)} rows"
    if not tried.done:
        yield "the first release was refused"
        return
    yield from tried.found()
    if kind == "tiny":
        yield from tried.found_in_whole_numbers()
        yield from tried.found_by_trying_everything() or ()


def main(kind: str, first: int, last: int) -> None:
    """Every seed from the first until the last."""
    if kind not in KINDS:
        raise SystemExit(f"one of {', '.join(KINDS)}")
    counted: Counter[str] = Counter()
    for seed in range(first, last):
        wrong = list(trial(kind, seed))
        counted["something" if wrong else "nothing"] += 1
        for line in wrong[:3]:
            sys.stdout.write(f"{kind} {seed}: {line}\n")
            sys.stdout.flush()
    sys.stdout.write(f"{kind} {first}–{last}: {dict(counted)}\n")


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
