"""What the operator may see: the queue, counts of waiting work, versions, municipalities. No content, no person.

The database's functions check that the context is operations (functions.sql), so no other page can read this.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sammen.db.unit_of_work import UnitOfWork


@dataclass(frozen=True, slots=True)
class QueuedJob:
    """A job in the queue. `status`: queued, picked or failed; `error` is the type of its last error."""

    number: int
    name: str
    kind: str
    status: str
    attempts: int
    created: datetime
    due: datetime
    updated: datetime
    error: str | None

    @property
    def dead(self) -> bool:
        """Whether it has given up and waits for the operator."""
        return self.status == "failed"


@dataclass(frozen=True, slots=True)
class WaitingWork:
    """How many tasks of a state a place has, and since when the oldest."""

    place: str
    state: str
    tasks: int
    oldest: datetime


@dataclass(frozen=True, slots=True)
class MunicipalityRow:
    """A municipality in the list."""

    code: str
    name: str
    slug: str
    valid_from: date
    valid_to: date | None


async def queued_jobs(uow: UnitOfWork) -> list[QueuedJob]:
    """At most 200 jobs, dead letters first, then the newest."""
    rows = await uow.call("SELECT * FROM sammen.operations_jobs()")
    return [
        QueuedJob(r["number"], r["name"] or "?", r["kind"] or "", r["status"], r["attempts"], r["created"], r["due"],
                  r["updated"], r["error"])
        for r in rows
    ]  # fmt: skip


async def waiting_work(uow: UnitOfWork) -> list[WaitingWork]:
    """Tasks that are not done, counted by place and state."""
    rows = await uow.call("SELECT * FROM sammen.operations_tasks()")
    return [WaitingWork(r["place"], r["state"], r["tasks"], r["oldest"]) for r in rows]


async def versions(uow: UnitOfWork) -> tuple[str, str]:
    """(version of the tables, version of PostgreSQL)."""
    rows = await uow.call(
        "SELECT sammen.database_version() AS tables, current_setting('server_version') AS server"
    )
    return rows[0]["tables"] or "", rows[0]["server"].split(" ")[0]


async def municipalities(uow: UnitOfWork) -> list[MunicipalityRow]:
    """Every municipality, by name."""
    rows = await uow.call(
        'SELECT code, name, slug, valid_from, valid_to FROM sammen.municipality ORDER BY name COLLATE "C"'
    )
    return [MunicipalityRow(r["code"], r["name"], r["slug"], r["valid_from"], r["valid_to"]) for r in rows]


async def retry_job(uow: UnitOfWork, number: int, request_id: UUID) -> bool:
    """Give a dead letter its tries back; False when there is no such dead letter. Written in the system's trail."""
    rows = await uow.call("SELECT sammen.operations_retry_job($1, $2) AS found", number, request_id)
    return bool(rows[0]["found"])
