"""`sammen audit verify`: compute every chain again and report where it first breaks. Reads only, as administrator.

What each check finds: a changed or moved entry no longer gives its seal; a deleted one leaves a hole in the numbers;
a chain cut at its end no longer reaches its head; a chain cut together with its head, or written anew from end to
end, no longer fits what an outside witness has kept. What is not sealed yet (at most a minute old) is counted only.
"""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import asyncpg
from sqlalchemy.engine import make_url

PLACES = """
SELECT 'municipality' AS kind, id, slug FROM sammen.municipality
UNION ALL SELECT 'region', id, slug FROM sammen.region
UNION ALL SELECT 'gone', scope_id, '?' FROM sammen.audit_head h
  WHERE NOT EXISTS (SELECT 1 FROM sammen.municipality m WHERE m.id = h.scope_id)
    AND NOT EXISTS (SELECT 1 FROM sammen.region r WHERE r.id = h.scope_id)
ORDER BY 1, 3
"""
TABLES = {"municipality": ("audit_entry", "tenant_id"), "gone": ("audit_entry", "tenant_id"),
          "region": ("region_audit_entry", "region_id")}  # fmt: skip
TEXT = (
    "sammen.entry_text(id, at, category, action, actor_id, actor_name, role, why, persons, object_kind, object_id,"
    " details, request_id)"
)
PAGE = 5_000


@dataclass(frozen=True, slots=True)
class Head:
    """The end of a place's chain: number and seal. One line of the witness file."""

    slug: str
    scope: UUID
    number: int
    seal: bytes
    sealed_at: datetime | None = None

    def line(self) -> str:
        """`horten <id> <number> <seal> <when>`."""
        when = self.sealed_at.isoformat() if self.sealed_at else "-"
        return f"{self.slug} {self.scope} {self.number} {self.seal.hex()} {when}"

    @classmethod
    def parse(cls, line: str) -> Head:
        """The head in a line of a witness file. Raises ValueError when it is none."""
        slug, scope, number, seal, *_ = line.split()
        return cls(slug, UUID(scope), int(number), bytes.fromhex(seal))


@dataclass(slots=True)
class Report:
    """What was found in one place. `broken` is a Bokmål sentence about the first break, or None."""

    slug: str
    sealed: int = 0
    waiting: int = 0
    broken: str | None = None

    def text(self) -> str:
        """The report as a line for the operator."""
        waiting = f", {self.waiting} venter på forsegling" if self.waiting else ""
        return f"{self.slug}: {self.sealed} forseglet{waiting}. {self.broken or 'Kjeden er hel.'}"


@asynccontextmanager
async def _reader(admin_url: str) -> AsyncIterator[asyncpg.Connection[asyncpg.Record]]:
    """A read-only snapshot, so that sealing meanwhile cannot look like a break."""
    address = make_url(admin_url).set(drivername="postgresql").render_as_string(hide_password=False)
    connection = await asyncpg.connect(address)
    try:
        async with connection.transaction(isolation="repeatable_read", readonly=True):
            await connection.execute("SET LOCAL ROLE sammen_owner")
            yield connection
    finally:
        await connection.close()


async def heads(admin_url: str) -> list[Head]:
    """Every chain's head, to hand to an outside witness."""
    async with _reader(admin_url) as connection:
        rows = await connection.fetch(
            "SELECT p.slug, h.scope_id, h.seal_no, h.seal, h.sealed_at FROM sammen.audit_head h LEFT JOIN "
            "(SELECT id, slug FROM sammen.municipality UNION ALL SELECT id, slug FROM sammen.region) p "
            "ON p.id = h.scope_id ORDER BY p.slug"
        )
    return [Head(r["slug"] or "?", r["scope_id"], r["seal_no"], r["seal"], r["sealed_at"]) for r in rows]


async def verify(admin_url: str, witness: Sequence[Head] = ()) -> list[Report]:
    """Compute every place's chain again. `witness`: heads kept outside the database, of any age."""
    async with _reader(admin_url) as connection:
        places = await connection.fetch(PLACES)
        reports = [await _verify_place(connection, row, witness) for row in places]
    known = {row["id"] for row in places}
    gone = "Brudd: vitnet kjenner stedet, men databasen gjør det ikke lenger."
    return reports + [Report(head.slug, broken=gone) for head in witness if head.scope not in known]


async def _verify_place(
    connection: asyncpg.Connection[asyncpg.Record], place: Any, witness: Sequence[Head]
) -> Report:
    table, owner = TABLES[place["kind"]]
    report = Report(place["slug"])
    expected = {head.number: head.seal for head in witness if head.scope == place["id"]}
    seal = hashlib.sha256(str(place["id"]).encode()).digest()
    number = 0
    page = (
        f"SELECT seal_no, seal, {TEXT} AS said FROM sammen.{table} "  # noqa: S608 - fixed names
        f"WHERE {owner} = $1 AND seal_no > $2 ORDER BY seal_no LIMIT {PAGE}"
    )
    after = -(2**62)
    while rows := await connection.fetch(page, place["id"], after):
        for row in rows:
            number += 1
            seal = hashlib.sha256(seal + f"{row['seal_no']}|{row['said']}".encode()).digest()
            report.broken = report.broken or _fault(row, number, seal, expected)
        after = rows[-1]["seal_no"]
        if report.broken:
            break
    report.sealed = number
    unsealed = f"SELECT count(*) FROM sammen.{table} WHERE {owner} = $1 AND seal_no IS NULL"  # noqa: S608 - fixed names
    report.waiting = await connection.fetchval(unsealed, place["id"])
    if report.broken is None:
        head = await connection.fetchrow(
            "SELECT seal_no, seal FROM sammen.audit_head WHERE scope_id = $1", place["id"]
        )
        report.broken = _fault_at_end(number, seal, head, expected)
    return report


def _fault(row: Any, number: int, seal: bytes, expected: dict[int, bytes]) -> str | None:
    """The first thing wrong with a row, given the seal that the chain so far leads to."""
    if row["seal_no"] != number:
        return f"Brudd: oppføring {number} mangler."
    if row["seal"] != seal:
        return f"Brudd: oppføring {number} er endret eller flyttet."
    if number in expected and expected[number] != seal:
        return f"Brudd: oppføring {number} er en annen enn den vitnet så."
    return None


def _fault_at_end(number: int, seal: bytes, head: Any, expected: dict[int, bytes]) -> str | None:
    """What is wrong with where a whole chain ends."""
    if head is None and number > 0:
        return "Brudd: kjeden har ikke noe hode."
    if head is not None and head["seal_no"] > number:
        return f"Brudd: {head['seal_no'] - number} oppføringer er tatt bort fra slutten, etter oppføring {number}."
    if head is not None and (head["seal_no"], head["seal"]) != (number, seal):
        return f"Brudd: hodet passer ikke til oppføring {number}."
    seen = max(expected, default=0)
    if seen > number:
        return f"Brudd: vitnet så {seen} oppføringer, nå er det {number}."
    return None
