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

from sammen.audit import merkle
from sammen.audit.witness import SYSTEM, TreeRoot

OPERATIONS = "drift"
"""What the system's own chain is called in lists."""
PLACES = """
SELECT 'municipality' AS kind, id, slug FROM sammen.municipality
UNION ALL SELECT 'region', id, slug FROM sammen.region
UNION ALL SELECT 'system', '00000000-0000-0000-0000-000000000000', 'drift'
UNION ALL SELECT 'gone', scope_id, '?' FROM sammen.audit_head h
  WHERE NOT EXISTS (SELECT 1 FROM sammen.municipality m WHERE m.id = h.scope_id)
    AND NOT EXISTS (SELECT 1 FROM sammen.region r WHERE r.id = h.scope_id)
    AND h.scope_id <> '00000000-0000-0000-0000-000000000000'
ORDER BY 1, 3
"""
TABLES = {"municipality": ("audit_entry", "tenant_id"), "gone": ("audit_entry", "tenant_id"),
          "region": ("region_audit_entry", "region_id"), "system": ("system_audit_entry", None)}  # fmt: skip
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
    named = {SYSTEM: OPERATIONS}
    return [
        Head(
            r["slug"] or named.get(r["scope_id"], "?"), r["scope_id"], r["seal_no"], r["seal"], r["sealed_at"]
        )
        for r in rows
    ]


async def verify(
    admin_url: str, witness: Sequence[Head] = (), roots: Sequence[TreeRoot] = ()
) -> list[Report]:
    """Compute every place's chain again. `witness`: heads kept outside the database, of any age; `roots`: signed batches."""
    heads_told = [*witness, *(Head(one.slug, one.scope, one.last, one.head) for one in roots)]
    async with _reader(admin_url) as connection:
        places = await connection.fetch(PLACES)
        reports = [await _verify_place(connection, row, heads_told, roots) for row in places]
    known = {row["id"] for row in places}
    gone = "Brudd: vitnet kjenner stedet, men databasen gjør det ikke lenger."
    missing = {head.scope: head.slug for head in heads_told if head.scope not in known}
    return reports + [Report(slug, broken=gone) for slug in missing.values()]


class _Trees:
    """The batches a witness knows of one chain, compared as the chain is walked through."""

    def __init__(self, roots: Sequence[TreeRoot]) -> None:
        self._told = sorted({(one.first, one.last, one.root) for one in roots})
        self._leaves: list[bytes] = []

    def skip(self, first: int, last: int) -> None:
        """Entries that are gone by rule: the batches they were in cannot be built again."""
        self._told = [one for one in self._told if one[1] < first or one[0] > last]
        self._leaves = []

    def fault(self, number: int, said: bytes) -> str | None:
        """Take entry `number` in; what is wrong when it is the last of a batch whose root is another."""
        while self._told and self._told[0][1] < number:
            self._told.pop(0)
        if not self._told or number < self._told[0][0]:
            return None
        first, last, wanted = self._told[0]
        self._leaves.append(merkle.leaf(said))
        if number < last:
            return None
        leaves, self._leaves = self._leaves, []
        if len(leaves) == last - first + 1 and merkle.root(leaves) == wanted:
            return None
        return f"Brudd: oppføringene {first} til {last} er andre enn dem vitnet så."


class _Gaps:
    """Entries of a place that have gone by rule (retention_trim): each gap stands in a row of its own, and an entry
    that is sealed after it says the same numbers and the same seal. A gap without such an entry is a break.
    """

    def __init__(self, rows: Sequence[Any], told: Sequence[Any]) -> None:
        said = {(row["first"], row["last"], row["seal"]) for row in told}
        self._rows = {row["first_no"]: row for row in rows
                      if (str(row["first_no"]), str(row["last_no"]), row["seal"].hex()) in said}  # fmt: skip

    @classmethod
    async def of(cls, connection: asyncpg.Connection[asyncpg.Record], place: Any) -> _Gaps:
        """The gaps of a municipality; regions and the system have none."""
        if TABLES[place["kind"]][0] != "audit_entry":
            return cls([], [])
        rows = await connection.fetch(
            "SELECT first_no, last_no, seal FROM sammen.audit_gap WHERE tenant_id = $1", place["id"]
        )
        told = await connection.fetch(
            "SELECT details ->> 'first' AS first, details ->> 'last' AS last, details ->> 'seal' AS seal"
            " FROM sammen.audit_entry WHERE tenant_id = $1 AND action = 'retention.trimmed'",
            place["id"],
        )
        return cls(rows, told)

    def over(
        self, number: int, seal: bytes, until: int, trees: _Trees, expected: dict[int, bytes]
    ) -> tuple[int, bytes]:
        """Number and seal of the last entry before `until`, when what lies between has gone by rule."""
        while number + 1 < until and number + 1 in self._rows:
            gap = self._rows[number + 1]
            if expected.get(gap["last_no"], gap["seal"]) != gap["seal"]:
                break
            trees.skip(gap["first_no"], gap["last_no"])
            number, seal = gap["last_no"], gap["seal"]
        return number, seal


async def _verify_place(
    connection: asyncpg.Connection[asyncpg.Record],
    place: Any,
    witness: Sequence[Head],
    roots: Sequence[TreeRoot],
) -> Report:
    table, owner = TABLES[place["kind"]]
    report = Report(place["slug"])
    expected = {head.number: head.seal for head in witness if head.scope == place["id"]}
    trees = _Trees([one for one in roots if one.scope == place["id"]])
    gaps = await _Gaps.of(connection, place)
    mine = f"{owner} = $1" if owner else "$1::uuid IS NOT NULL"
    seal = hashlib.sha256(str(place["id"]).encode()).digest()
    number = 0
    page = (
        f"SELECT seal_no, seal, {TEXT} AS said FROM sammen.{table} "  # noqa: S608 - fixed names
        f"WHERE {mine} AND seal_no > $2 ORDER BY seal_no LIMIT {PAGE}"
    )
    after = -(2**62)
    while rows := await connection.fetch(page, place["id"], after):
        for row in rows:
            number, seal = gaps.over(number, seal, row["seal_no"], trees, expected)
            number += 1
            said = f"{row['seal_no']}|{row['said']}".encode()
            seal = hashlib.sha256(seal + said).digest()
            fault = _fault(row, number, seal, expected) or trees.fault(number, said)
            report.broken = report.broken or fault
        after = rows[-1]["seal_no"]
        if report.broken:
            break
    report.sealed = number
    unsealed = f"SELECT count(*) FROM sammen.{table} WHERE {mine} AND seal_no IS NULL"  # noqa: S608 - fixed names
    report.waiting = await connection.fetchval(unsealed, place["id"])
    if report.broken is None:
        head = await connection.fetchrow(
            "SELECT seal_no, seal FROM sammen.audit_head WHERE scope_id = $1", place["id"]
        )
        report.broken = _fault_at_end(number, seal, head, expected)
    return report


@dataclass(frozen=True, slots=True)
class Inclusion:
    """Proof that one entry is in a sealed batch: its text as sealed, its place in the batch, the path to the root."""

    said: str
    index: int
    size: int
    path: tuple[bytes, ...]
    batch: TreeRoot

    def holds(self) -> bool:
        """Whether the path leads from the text to the batch's root."""
        return merkle.proves(self.said.encode(), self.index, self.size, self.path, self.batch.root)


async def inclusion(admin_url: str, entry: UUID) -> Inclusion | None:
    """The proof for an entry of any chain, against the root the database keeps of its batch; None when not sealed."""
    async with _reader(admin_url) as connection:
        for table, owner in dict.fromkeys(TABLES.values()):
            scope = owner or "'00000000-0000-0000-0000-000000000000'::uuid"
            found = await connection.fetchrow(
                f"SELECT e.seal_no, {scope} AS scope, r.from_no, r.to_no, r.root, r.head, r.made_at FROM sammen.{table} e"  # noqa: S608 - fixed names
                f" JOIN sammen.audit_root r ON r.scope_id = {scope} AND e.seal_no BETWEEN r.from_no AND r.to_no"
                f" WHERE e.id = $1",
                entry,
            )
            if found is None:
                continue
            mine = f"{owner} = $1" if owner else "$1::uuid IS NOT NULL"
            rows = await connection.fetch(
                f"SELECT seal_no || '|' || {TEXT} AS said FROM sammen.{table} WHERE {mine}"  # noqa: S608 - fixed names
                f" AND seal_no BETWEEN $2 AND $3 ORDER BY seal_no",
                found["scope"], found["from_no"], found["to_no"],
            )  # fmt: skip
            index = found["seal_no"] - found["from_no"]
            leaves = [merkle.leaf(row["said"].encode()) for row in rows]
            batch = TreeRoot("", found["scope"], found["from_no"], found["to_no"], found["root"], found["head"],
                             found["made_at"])  # fmt: skip
            return Inclusion(
                rows[index]["said"], index, len(leaves), tuple(merkle.proof(leaves, index)), batch
            )
    return None


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
