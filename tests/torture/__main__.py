"""`make torture`: kill at random while people work, and hold what they were told against what is there."""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
import tempfile
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from random import Random
from typing import Any

from tests.torture.checks import Verdict, judge
from tests.torture.house import everything, house
from tests.torture.journal import Journal
from tests.torture.killer import Killer
from tests.torture.load import Clients
from tests.torture.people import settle

ROOT = Path(__file__).resolve().parents[2]
PAUSE_S = 0.75


@dataclass(slots=True)
class Outcome:
    """One run."""

    seed: int
    seconds: float
    kills: dict[str, int]
    steps: list[str]
    journal: Journal
    verdict: Verdict
    closed_s: float
    """The longest time that nobody was served."""
    troubles: list[str]
    """What the database said when it was started again and did not come at once."""

    @property
    def wrong(self) -> list[str]:
        return self.verdict.wrong

    def figures(self) -> dict[str, Any]:
        """For the report and the document."""
        entries = self.journal.entries
        wrong = self.wrong
        return {
            "seed": self.seed, "seconds": round(self.seconds), "kills": self.kills, "killed": sum(self.kills.values()),
            "requests": self.journal.requests, "answers": dict(sorted(self.journal.statuses.items())),
            "forms": len(entries), "acknowledged": sum(entry.acknowledged for entry in entries),
            "refused": sum(bool(entry.refused) for entry in entries),
            "sent again after no answer": sum(entry.unknown for entry in entries),
            "sent again after an answer": self.journal.repeated,
            "lost": sum(line.startswith("lost") for line in wrong),
            "doubled": sum(line.startswith("doubled") for line in wrong),
            "otherwise wrong": sum(not line.startswith(("lost", "doubled")) for line in wrong),
            "given up, and done": self.verdict.unknown["done"], "given up, and not done": self.verdict.unknown["not done"],
            "there": self.verdict.there, "mails": self.verdict.mails, "copies of mails": self.verdict.copies,
            "jobs tried again by hand": self.verdict.stopped, "references tried": self.verdict.references,
            "entries in sealed chains": self.verdict.sealed, "longest closed, seconds": round(self.closed_s, 1),
            "starts of the database that failed at first": len(self.troubles),
        }  # fmt: skip


WORK_ON_S = 30


async def torture(
    folder: Path,
    *,
    kills: int,
    seconds: float,
    seed: int,
    clients: int = 6,
    pause: float = PAUSE_S,
    work_on: int = WORK_ON_S,
) -> Outcome:
    """Kill so many, or until the seconds are over. Never raises for what it finds: see `Outcome.wrong`."""
    chance = Random(seed)  # noqa: S311 - must be repeatable, not secret
    async with house(folder) as made:
        people = await settle(made.world, size=kills // 5)
        await made.world.engine.dispose()
        made.start(everything(made))
        await made.until_ready()
        journal = Journal()
        load = Clients(made.url, people, journal, Random(seed + 1))  # noqa: S311 - as above
        working = asyncio.create_task(load.run(clients))
        began = time.monotonic()
        killer = Killer(made, chance, pause, lambda: sum(entry.acknowledged for entry in journal.entries))
        made.stretches.clear()
        await killer.run(kills, began + seconds)
        took = time.monotonic() - began
        # People work on: what takes its time, as payroll does, is ended at least once.
        for _ in range(5 * work_on):
            if any(entry.acknowledged for entry in journal.of("close")):
                break
            await asyncio.sleep(0.2)
        load.stop.set()
        await working
        await made.until_ready()
        verdict = await judge(made, journal, sum(killer.killed.values()))
        closed = max(made.stretches, default=0.0)
    return Outcome(seed, took, dict(killer.killed), killer.steps, journal, verdict, closed, made.troubles)


def main() -> int:
    """Run, print the figures, and end with 1 if anything was wrong."""
    parser = argparse.ArgumentParser(prog="make torture", description=__doc__)
    parser.add_argument("--kills", type=int, default=1000)
    parser.add_argument("--minutes", type=float, default=30)
    parser.add_argument("--pause", type=float, default=PAUSE_S)
    parser.add_argument("--seed", type=int, default=int(time.time()))
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="sammen-torture-") as folder:
        outcome = asyncio.run(
            torture(
                Path(folder) / ".data",
                kills=given.kills,
                seconds=60 * given.minutes,
                seed=given.seed,
                pause=given.pause,
            )
        )
    (ROOT / ".data").mkdir(exist_ok=True)
    found = {**outcome.figures(), "wrong": outcome.wrong, "steps": outcome.steps,
             "journal": [asdict(entry) for entry in outcome.journal.entries]}  # fmt: skip
    (ROOT / ".data" / "torture.json").write_text(json.dumps(found, indent=1, ensure_ascii=False) + "\n")
    for name, value in outcome.figures().items():
        sys.stdout.write(f"{name:32} {value}\n")
    for trouble in outcome.troubles[:5]:
        sys.stdout.write(f"\n{trouble}\n")
    if outcome.wrong:
        sys.stdout.write(f"\nWRONG, with --seed {outcome.seed}:\n" + "\n".join(outcome.wrong[:60]) + "\n")
        sys.stdout.write("Steps: " + "; ".join(outcome.steps) + "\n")
    return 1 if outcome.wrong else 0


if __name__ == "__main__":
    sys.exit(main())
