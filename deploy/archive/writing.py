"""Taking a municipality's archive out: a snapshot, table by table, into a sealed file that looks finished only when it is."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time
from importlib.metadata import version
from pathlib import Path
from typing import IO, Any
from uuid import UUID

from cryptography.exceptions import InvalidTag
from sqlalchemy import Table

from deploy.archive import layout, treatment
from deploy.archive.age import WORK, Key, SealedWriter
from deploy.archive.packing import Packer, Part
from deploy.archive.snapshot import Snapshot, snapshot
from deploy.archive.values import encoder, moment, plain_json, read_line, text_of
from sammen.db.rls import kind_of
from sammen.keys import Keys
from sammen.tenancy.enter import NUMBER_KEY

Encode = Callable[[Mapping[str, Any]], str]
Progress = Callable[[str, int], None]
FEW = 20
"""Rows in memory at a time of a table with documents."""


class ArchiveError(Exception):
    """An archive that cannot be made or believed. The message is a Bokmål sentence."""


@dataclass(frozen=True, slots=True)
class Taken:
    """What was taken out. `fingerprint` is the SHA-256 of the plain archive, `size` the sealed file's bytes."""

    fingerprint: bytes
    as_of: datetime
    rows: int
    files: int
    plain_size: int
    size: int


def _field(table: Table, name: str) -> Callable[[Mapping[str, Any]], str]:
    """JSON of one column that is neither sealed nor a document."""
    encode = encoder(table.c[name].type)
    return lambda row: "null" if row[name] is None else encode(row[name])


def line_maker(table: Table, keys: Keys) -> Encode:
    """A function from a row to its line: every told column by name, in order, what was sealed opened."""
    makers: list[tuple[str, Callable[[Mapping[str, Any]], str]]] = []
    for column in treatment.told(table):
        name = column.name
        makers.append(
            (f'"{name}":', _opened(table, name, keys) or _document(table, name) or _field(table, name))
        )

    def line(row: Mapping[str, Any]) -> str:
        return "{" + ",".join([label + make(row) for label, make in makers]) + "}"

    return line


def _opened(table: Table, name: str, keys: Keys) -> Callable[[Mapping[str, Any]], str] | None:
    how = treatment.SEALED.get((table.name, name))
    if how is None:
        return None

    def make(row: Mapping[str, Any]) -> str:
        if row[name] is None:
            return "null"
        try:
            return text_of(how.open(keys, row, row[name]))
        except InvalidTag:
            raise ArchiveError(
                f"Raden {row['id']} i {table.name} lar seg ikke åpne med denne installasjonens nøkkel. Arkivet er ikke laget. "
                "Er SAMMEN_KEY den som ble brukt da raden ble skrevet?"
            ) from None

    return make


def _document(table: Table, name: str) -> Callable[[Mapping[str, Any]], str] | None:
    if (table.name, name) not in treatment.FILES:
        return None
    # The query asks only whether there is one (`_select`).
    return lambda row: text_of(layout.file_name(table.name, row["id"], name)) if row[name] else "null"


def _select(table: Table) -> str:
    documents = treatment.files_of(table)
    names = ", ".join(
        f'("{c.name}" IS NOT NULL) AS "{c.name}"' if c.name in documents else f'"{c.name}"'
        for c in table.columns
    )
    key = ", ".join(f'"{c.name}"' for c in table.primary_key.columns)
    return f"SELECT {names} FROM sammen.{table.name} WHERE tenant_id = $1 ORDER BY {key}"  # noqa: S608 - names from the models


async def _table(snap: Snapshot, packer: Packer, table: Table) -> int:
    """A municipal table and its documents. Returns its rows."""
    line = line_maker(table, snap.keys)
    with packer.part(layout.data_name(table.name)) as part:
        async for row in snap.rows(_select(table), snap.tenant):
            part.line(line(row))
        lines = part.lines
    for name in treatment.files_of(table):
        asked = (
            f'SELECT id, "{name}" AS content FROM sammen.{table.name} '  # noqa: S608 - names from the models
            f'WHERE tenant_id = $1 AND "{name}" IS NOT NULL ORDER BY id'
        )
        async for row in snap.rows(asked, snap.tenant, most=FEW):
            packer.put(layout.file_name(table.name, row["id"], name), row["content"])
    return lines


async def _fixed(snap: Snapshot, name: str) -> list[Mapping[str, Any]]:
    """The municipality's rows of a table that is no municipal one."""
    doors = {
        "user_account": "archive_people",
        "membership": "archive_memberships",
        "audit_head": "archive_head",
    }
    if name in doors:
        return [dict(row) for row in await snap.door(doors[name])]
    where = {
        "municipality": "id = $1",
        "municipality_population": "municipality_id = $1",
        "region_membership": "municipality_id = $1",
        "region": "id IN (SELECT m.region_id FROM sammen.region_membership m WHERE m.municipality_id = $1)",
    }[name]
    key = ", ".join(f'"{c.name}"' for c in treatment.table(name).primary_key.columns)
    found = await snap.connection.fetch(
        f"SELECT * FROM sammen.{name} WHERE {where} ORDER BY {key}",  # noqa: S608 - fixed names
        snap.tenant,
    )
    return [_without_house(name, dict(row)) for row in found]


def _without_house(name: str, row: dict[str, Any]) -> dict[str, Any]:
    """A place's settings without what they say of this house's keys."""
    if name in ("municipality", "region"):
        settings = read_line(row["settings"])
        if NUMBER_KEY in settings:
            row["settings"] = plain_json({key: one for key, one in settings.items() if key != NUMBER_KEY})
    return row


def _key_of(table: Table, row: Mapping[str, Any]) -> str:
    return "/".join(str(row[column.name]) for column in table.primary_key.columns)


async def _cooperation(snap: Snapshot, part: Part, name: str) -> None:
    """What the municipality is party to, and what it brought along from another house, as one list in the key's order.

    Kept in memory while it is put in order: a municipality's part of the cooperation is small beside its own rows.
    """
    table = treatment.table(name)
    line = line_maker(table, snap.keys)
    await snap.renew()
    lines = {
        row["source_key"]: row["content"]
        for row in await snap.connection.fetch(
            "SELECT source_key, content FROM sammen.brought_row WHERE tenant_id = $1 AND source_table = $2",
            snap.tenant,
            name,
        )
    }
    if name in treatment.COOPERATION:
        lines |= {_key_of(table, row): line(row) for row in await _fixed(snap, name)}
    else:
        party = " OR ".join(f'"{column}" = $1' for column in table.info["party_may"].get("SELECT", ()))
        asked = f"SELECT * FROM sammen.{name} WHERE {party or 'false'}"  # noqa: S608 - names from the models
        if party:
            async for row in snap.rows(asked, snap.tenant):
                lines[_key_of(table, row)] = line(row)
    for key in sorted(lines):
        part.line(lines[key])


async def _as_of(snap: Snapshot) -> datetime:
    """The newest entry of the trail: the archive's time is its content's, so that the same content gives the same bytes."""
    newest = await snap.connection.fetchval(
        "SELECT max(at) FROM sammen.audit_entry WHERE tenant_id = $1", snap.tenant
    )
    if newest is None:
        since = await snap.connection.fetchval(
            "SELECT valid_from FROM sammen.municipality WHERE id = $1", snap.tenant
        )
        newest = datetime.combine(since, time(), UTC)
    return newest if isinstance(newest, datetime) else datetime.now(UTC)


async def pack(
    snap: Snapshot, packer: Packer, tell: Progress = lambda _name, _rows: None
) -> tuple[datetime, int]:
    """Everything, in the archive's own order. Returns (as of when, rows)."""
    await snap.renew()
    place = (await _fixed(snap, "municipality"))[0]
    as_of = await _as_of(snap)
    counts: dict[str, int] = {}
    packer.put(
        layout.README, layout.README_TEXT.format(name=place["name"], as_of=f"{as_of:%Y-%m-%d %H:%M}").encode()
    )
    packer.put(layout.SCHEMA, layout.schema())
    for name in sorted(layout.data_tables()):
        table = treatment.table(name)
        if kind_of(table).value == "municipal":
            counts[layout.data_name(name)] = await _table(snap, packer, table)
        else:
            line = line_maker(table, snap.keys)
            with packer.part(layout.data_name(name)) as part:
                for row in await _fixed(snap, name):
                    part.line(line(row))
                counts[layout.data_name(name)] = part.lines
        tell(name, counts[layout.data_name(name)])
    for name in layout.cooperation_tables():
        with packer.part(layout.cooperation_name(name)) as part:
            await _cooperation(snap, part, name)
            counts[layout.cooperation_name(name)] = part.lines
    packer.put(layout.MANIFEST, layout.as_json(await _manifest(snap, packer, place, as_of, counts)))
    packer.close()
    return as_of, sum(counts.values())


async def _manifest(
    snap: Snapshot, packer: Packer, place: Mapping[str, Any], as_of: datetime, counts: Mapping[str, int]
) -> dict[str, Any]:
    head = await _fixed(snap, "audit_head")
    revision = await snap.connection.fetchval("SELECT sammen.database_version()")
    files = {
        name: {**told, **({"rows": counts[name]} if name in counts else {})}
        for name, told in packer.told.items()
    }
    return {
        "format": layout.FORMAT,
        "format_version": layout.FORMAT_VERSION,
        "program": version("sammen"),
        "revision": revision,
        "municipality": {key: str(place[key]) for key in ("id", "code", "slug", "name")},
        "as_of": moment(as_of),
        "chain": {"number": head[0]["seal_no"], "seal": head[0]["seal"].hex()} if head else None,
        "files": files,
        "left_out": treatment.left_out(),
    }


async def take(
    app_url: str, keys: Keys, tenant: UUID, path: Path, key: Key, *, work: int = WORK,
    tell: Progress = lambda _name, _rows: None,
) -> Taken:  # fmt: skip
    """Write the archive to `path`, sealed for `key`. Raises ArchiveError, SealError, OSError.

    It grows as `<path>.part`, readable by its owner alone, and gets its name when all of it is on the disk. Whoever is
    killed on the way leaves a `.part` that no key opens.
    """
    growing = path.with_name(path.name + ".part")
    descriptor = os.open(growing, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as into:
            taken = await write(app_url, keys, tenant, into, key, work=work, tell=tell)
            into.flush()
            os.fsync(into.fileno())
        growing.rename(path)
    except BaseException:
        growing.unlink(missing_ok=True)
        raise
    return taken


async def write(
    app_url: str, keys: Keys, tenant: UUID, into: IO[bytes], key: Key, *, work: int = WORK,
    tell: Progress = lambda _name, _rows: None,
) -> Taken:  # fmt: skip
    """As `take`, into an open binary file."""
    begins = into.tell()
    sealed = SealedWriter(into, key, work=work)
    packer = Packer(sealed)
    async with snapshot(app_url, keys, tenant) as snap:
        place = await snap.connection.fetchrow(
            "SELECT settings FROM sammen.municipality WHERE id = $1", tenant
        )
        if place is None:
            raise ArchiveError("Kommunen finnes ikke.")
        as_of, rows = await pack(snap, packer, tell)
    files = sum(name.startswith("files/") for name in packer.told)
    return Taken(sealed.digest, as_of, rows, files, sealed.size, into.tell() - begins)
