"""Who dies next: drawn from a seed, so that a run that fails can be tried again."""

from __future__ import annotations

import asyncio
import os
import signal
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from random import Random

from tests.torture.house import House, alive

KINDS = {"web": 40, "worker": 26, "backend": 24, "postmaster": 8, "proxy": 2}
"""How often each, in a hundred."""
DATABASE, WHILE_IT_STARTS = ("backend", "postmaster"), 0.1
"""What ends the database for a moment, and how often it is killed while it is still starting."""

BETWEEN = 2
"""So many acknowledged forms, in the mean, between two deaths."""


@dataclass
class Killer:
    """Kills so many, with pauses of `pause` seconds in the mean. `steps` says what it did, for the report."""

    house: House
    chance: Random
    pause: float
    acknowledged: Callable[[], int]
    killed: Counter[str] = field(default_factory=Counter)
    steps: list[str] = field(default_factory=list)

    async def run(self, count: int, until: float) -> None:
        """Kill until the count is reached, or the clock (`time.monotonic`) says `until`."""
        began = time.monotonic()
        while sum(self.killed.values()) < count and time.monotonic() < until:
            await asyncio.sleep(self.pause * (0.5 + self.chance.random()))
            if self.acknowledged() < BETWEEN * sum(self.killed.values()):
                continue  # on a slow machine too something gets done between two deaths: else nothing could be lost
            kind = self.chance.choices(list(KINDS), list(KINDS.values()))[0]
            if kind in DATABASE and not self.house.serving and self.chance.random() > WHILE_IT_STARTS:
                continue  # a database that never comes up is killed for nothing: nobody works meanwhile
            pid = self._victim(kind)
            if pid is None:
                continue
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
                self.killed[kind] += 1
                self.steps.append(f"{time.monotonic() - began:.2f} s {kind}")

    def _victim(self, kind: str) -> int | None:
        """Somebody of that kind who lives."""
        if kind == "postmaster":
            return self.house.server.pid()
        if kind == "backend":
            found = self.house.backends()
        else:
            found = [pid for word in self.house.words(kind) if alive(pid := self.house.pids[word])]
        return self.chance.choice(found) if found else None
