"""What the tests of messages, notices and the outbox begin with."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from uuid import UUID

from sammen.jobs.order import read
from sammen.jobs.registry import JOBS
from sammen.jobs.run import run_order
from sammen.outbox import house
from sammen.outbox.api import Notice
from tests.database import KEYS
from tests.worlds import World


@dataclass
class Carrier:
    """A sender that keeps what it is handed, and does as it is told: each of `answers` once, then takes everything."""

    answers: list[BaseException] = field(default_factory=list)
    notices: list[Notice] = field(default_factory=list)

    async def send(self, notice: Notice) -> None:
        self.notices.append(notice)
        if self.answers:
            raise self.answers.pop(0)


@contextmanager
def carried(channel: str = "email", carrier: Carrier | None = None) -> Iterator[Carrier]:
    """Somebody carries the channel while the block lasts, and what was there before does again afterwards."""
    before, address = dict(house._senders), house.login_address()
    mine = carrier or Carrier()
    house.register_sender(channel, mine)
    house._address[0] = "https://sammen.example.no"
    try:
        yield mine
    finally:
        house._senders.clear()
        house._senders.update(before)
        house._address[0] = address


async def run_waiting(world: World, name: str = "outbox.send") -> int:
    """Run every job of a name that is queued, as the worker would, and take it out of the queue. How many there were."""
    rows = await world.sql(
        "DELETE FROM job_queue WHERE headers ->> 'name' = $1 AND status = 'queued' RETURNING payload", name
    )
    for row in rows:
        order = read(row["payload"], KEYS)
        await run_order(world.engine, KEYS, order, JOBS[order.name])
    return len(rows)


async def give_address(world: World, person_id: UUID, *, email: str = "", phone: str = "") -> None:
    """A person's addresses, as the register would have them."""
    await world.sql("UPDATE person SET email = $2, phone = $3 WHERE id = $1", person_id, email, phone)
