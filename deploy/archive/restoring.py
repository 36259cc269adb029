"""Putting a municipality's archive into an installation that does not have it: all of it, or nothing.

One transaction as the tables' owner, with every key and check in force. Ids are kept; what was opened is sealed with this
house's key; users come without passwords and are invited anew. The same archive taken out again is the same bytes.
"""

from __future__ import annotations

import getpass
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, TypeAlias
from uuid import UUID, uuid4

import asyncpg
from sqlalchemy import Table

from deploy.archive import layout, treatment
from deploy.archive.reading import Archive
from deploy.archive.values import BadValue, decoder
from deploy.archive.writing import ArchiveError, Progress
from deploy.database import administrator, newest_version
from sammen.db.install import MIGRATION_LOCK, OWNER
from sammen.ids import uuid7
from sammen.keys import Keys
from sammen.tenancy.enter import NUMBER_KEY

Connection: TypeAlias = "asyncpg.Connection[asyncpg.Record]"
WAITS: Final[Mapping[str, str]] = {"outgoing": "state = 'queued'", "newsletter_recipient": "state = 'queued'"}
"""What a worker would send as soon as it saw it."""


@dataclass(frozen=True, slots=True)
class Restored:
    """What was put in."""

    tenant: UUID
    slug: str
    fingerprint: bytes
    rows: int
    users: int


class _Rows:
    """The rows of one file as records for COPY. Holds each against the model and the municipality before it is sent."""

    def __init__(self, archive: Archive, keys: Keys, table: Table, tenant: UUID) -> None:
        self.archive, self.keys, self.table, self.tenant = archive, keys, table, tenant
        self.name = layout.data_name(table.name)
        self.columns = [column.name for column in table.columns]
        self._told = {column.name for column in treatment.told(table)}
        self._decode = {
            column.name: (lambda text: text)
            if (table.name, column.name) in treatment.SEALED or (table.name, column.name) in treatment.FILES
            else decoder(column.type)
            for column in treatment.told(table)
        }
        self._documents = treatment.files_of(table)
        self._closed = [name for name in self.columns if (table.name, name) in treatment.SEALED]
        self._reckoned = [name for name in self.columns if (table.name, name) in treatment.RECKONED]
        self.count = 0

    def __iter__(self) -> Iterator[tuple[Any, ...]]:
        for _, told in self.archive.rows(self.name):
            self.count += 1
            row = self._whole(self._read(told))
            yield tuple(row[name] for name in self.columns)

    def _fault(self, what: str) -> ArchiveError:
        return ArchiveError(f"{self.name}, linje {self.count}: {what}.")

    def _read(self, told: Mapping[str, Any]) -> dict[str, Any]:
        if told.keys() != self._told:
            strange = sorted(set(told) ^ self._told)[0]
            raise self._fault(f"feltet {strange[:60]!r} skal ikke være her, eller mangler")
        row: dict[str, Any] = {}
        for name, value in told.items():
            try:
                row[name] = None if value is None else self._decode[name](value)
            except BadValue:
                raise self._fault(f"{name} har en verdi kolonnen ikke kan ha") from None
        if row.get("tenant_id") != self.tenant:
            raise self._fault("raden tilhører en annen kommune")
        return row

    def _whole(self, row: dict[str, Any]) -> dict[str, Any]:
        """The row with its documents, look-up values and seals."""
        for name in self._documents:
            if row[name] is not None:
                expected = layout.file_name(self.table.name, row["id"], name)
                if row[name] != expected:
                    raise self._fault(f"{name} viser til en annen rads fil")
                row[name] = self.archive.content(expected)
        for name in self._closed:
            if row[name] is not None and not isinstance(row[name], str):
                raise self._fault(f"{name} har en verdi kolonnen ikke kan ha")
        try:
            for name in self._reckoned:
                row[name] = treatment.RECKONED[self.table.name, name](self.keys, row)
        except (ValueError, KeyError, TypeError, AssertionError, AttributeError):
            raise self._fault("oppslagsverdien kan ikke regnes ut av det raden sier") from None
        shut = {
            name: treatment.SEALED[self.table.name, name].close(self.keys, row, row[name])
            for name in self._closed
            if row[name] is not None
        }
        return row | shut


async def restore(
    admin_url: str, keys: Keys, archive: Archive, *, send_waiting: bool = False,
    tell: Progress = lambda _name, _rows: None,
) -> Restored:  # fmt: skip
    """Verify, then put in. Raises ArchiveError; then the installation is as it was.

    `send_waiting`: notices that had not left may be sent by this house's worker. Without it, an archive with such is
    refused, since a copy put up for trying must write to nobody.
    """
    found = archive.verify()
    if archive.content(layout.SCHEMA) != layout.schema():
        raise ArchiveError(
            "Arkivet beskriver andre tabeller enn denne versjonen har. Bruk samme versjon av Sammen."
        )
    async with administrator(admin_url) as admin, admin.transaction():
        await admin.execute("SELECT pg_advisory_xact_lock($1)", MIGRATION_LOCK)
        await admin.execute(f"SET LOCAL ROLE {OWNER}")
        await admin.execute("SET LOCAL search_path = sammen, pg_temp")
        for setting in ("lock_timeout = '10s'", "statement_timeout = '30min'", "timezone = 'UTC'"):
            await admin.execute(f"SET LOCAL {setting}")
        await _fits(admin, archive)
        guards = await _guards_aside(admin)
        users = await _place_and_people(admin, keys, archive)
        try:
            rows = await _municipal_rows(admin, keys, archive, tell)
        except asyncpg.PostgresError as error:
            raise ArchiveError(_refusal(error)) from error
        await _brought(admin, archive)
        if not send_waiting:
            await _nothing_waits(admin, archive.tenant)
        for table, trigger in guards:
            await admin.execute(f'ALTER TABLE {table} ENABLE TRIGGER "{trigger}"')
        await _written_down(admin, archive, found.fingerprint)
    return Restored(archive.tenant, archive.slug, found.fingerprint, rows, users)


def _refusal(error: asyncpg.PostgresError) -> str:
    table = getattr(error, "table_name", None) or "en tabell"
    rule = getattr(error, "constraint_name", None) or type(error).__name__
    return f"Databasen tar ikke imot en rad i {table}: den bryter {rule}. Ingenting er hentet inn."


async def _fits(admin: Connection, archive: Archive) -> None:
    revision, here = archive.manifest.get("revision"), newest_version()
    if revision != here or await admin.fetchval("SELECT sammen.database_version()") != here:
        raise ArchiveError(
            f"Arkivet er fra databaseversjon {str(revision)[:20]}, denne installasjonen har {here}."
        )
    place = archive.manifest["municipality"]
    taken = await admin.fetchval(
        "SELECT name FROM municipality WHERE id = $1 OR code = $2 OR slug = $3",
        archive.tenant, str(place["code"]), archive.slug,
    )  # fmt: skip
    if taken is not None:
        raise ArchiveError(f"{taken} er her fra før, med samme id, kommunenummer eller adresse.")
    if await admin.fetchval("SELECT 1 FROM audit_head WHERE scope_id = $1", archive.tenant):
        raise ArchiveError("Installasjonen har alt en innsynslogg for denne kommunen.")


async def _guards_aside(admin: Connection) -> list[tuple[str, str]]:
    """Triggers that fire on new rows, put aside for the length of the transaction: they judge what people do, and these
    rows have been done. Keys, checks and unique rules are not touched.
    """
    names = [one.name for one in treatment.municipal_tables()]
    found = await admin.fetch(
        "SELECT c.relname, t.tgname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid"
        " WHERE NOT t.tgisinternal AND (t.tgtype & 4) > 0 AND c.relnamespace = 'sammen'::regnamespace"
        " AND c.relname = ANY ($1) ORDER BY 1, 2",
        names,
    )
    for row in found:
        await admin.execute(f'ALTER TABLE {row["relname"]} DISABLE TRIGGER "{row["tgname"]}"')
    return [(row["relname"], row["tgname"]) for row in found]


def _decoded(table: Table, told: Mapping[str, Any], where: str) -> dict[str, Any]:
    columns = {column.name: column for column in treatment.told(table)}
    if told.keys() != columns.keys():
        raise ArchiveError(f"{where}: en rad har andre felt enn den skal.")
    try:
        return {
            name: None if value is None else decoder(columns[name].type)(value)
            for name, value in told.items()
        }
    except BadValue:
        raise ArchiveError(f"{where}: en rad har en verdi kolonnen ikke kan ha.") from None


async def _insert(admin: Connection, table: str, row: Mapping[str, Any]) -> None:
    names = ", ".join(f'"{name}"' for name in row)
    places = ", ".join(f"${number}" for number in range(1, len(row) + 1))
    try:
        await admin.execute(f"INSERT INTO {table} ({names}) VALUES ({places})", *row.values())  # noqa: S608 - names from the models
    except asyncpg.PostgresError as error:
        raise ArchiveError(_refusal(error)) from error


async def _place_and_people(admin: Connection, keys: Keys, archive: Archive) -> int:
    """The municipality, its inhabitants, its users without passwords, their roles, and the end of its chain."""
    users = 0
    for name in layout.FIRST:
        table, where = treatment.table(name), layout.data_name(name)
        for _, told in archive.rows(where):
            row = _decoded(table, told, where)
            owner = {
                "municipality": "id",
                "municipality_population": "municipality_id",
                "membership": "municipality_id",
            }
            if name in owner and row[owner[name]] != archive.tenant:
                raise ArchiveError(f"{where}: en rad tilhører en annen kommune.")
            if name == "municipality" and keys.others:
                row["settings"] = json.dumps(json.loads(row["settings"]) | {NUMBER_KEY: keys.id.hex()})
            if name == "membership" and row["kind"] not in ("municipality", "own"):
                raise ArchiveError(f"{where}: en rolle hører ikke til i en kommune.")
            if name == "audit_head":
                row |= {"id": uuid4(), "scope_id": archive.tenant}
            if name == "user_account":
                users += 1
                if await _known_user(admin, row):
                    continue
            await _insert(admin, name, row)
    if await admin.fetchval("SELECT count(*) FROM municipality WHERE id = $1", archive.tenant) != 1:
        raise ArchiveError("Arkivet har ingen rad for kommunen selv.")
    return users


async def _known_user(admin: Connection, row: Mapping[str, Any]) -> bool:
    """Somebody who works for two municipalities is there already. Raises ArchiveError when it is somebody else."""
    held = await admin.fetch(
        "SELECT id, email FROM user_account WHERE id = $1 OR email = $2", row["id"], row["email"]
    )
    if any((one["id"], one["email"]) != (row["id"], row["email"]) for one in held):
        raise ArchiveError("En konto i arkivet har samme id eller e-postadresse som en annen konto her.")
    return bool(held)


async def _municipal_rows(admin: Connection, keys: Keys, archive: Archive, tell: Progress) -> int:
    total = 0
    for table in treatment.municipal_tables():
        rows = _Rows(archive, keys, table, archive.tenant)
        await admin.copy_records_to_table(
            table.name, records=rows, columns=rows.columns, schema_name="sammen"
        )
        held = await admin.fetchval(
            f"SELECT count(*) FROM {table.name} WHERE tenant_id = $1",  # noqa: S608 - names from the models
            archive.tenant,
        )
        if held != rows.count:
            raise ArchiveError(f"{table.name} fikk {held} rader, arkivet har {rows.count}.")
        total += rows.count
        tell(table.name, rows.count)
    return total


async def _brought(admin: Connection, archive: Archive) -> None:
    """The cooperation's rows, line by line, as a record: their region and the other parties are not here."""
    for name in layout.cooperation_tables():
        table, where = treatment.table(name), layout.cooperation_name(name)
        records = []
        for line, told in archive.rows(where):
            row = _decoded(table, told, where)
            key = "/".join(str(row[column.name]) for column in table.primary_key.columns)
            if not _is_party(table, row, archive.tenant):
                raise ArchiveError(f"{where}: kommunen er ikke part i raden {key}.")
            records.append((archive.tenant, uuid7(), name, key, line))
        try:
            await admin.copy_records_to_table(
                "brought_row", records=records, schema_name="sammen",
                columns=["tenant_id", "id", "source_table", "source_key", "content"],
            )  # fmt: skip
        except asyncpg.UniqueViolationError as error:
            raise ArchiveError(f"{where}: samme rad står to ganger.") from error


def _is_party(table: Table, row: Mapping[str, Any], tenant: UUID) -> bool:
    if table.name == "region":
        return True
    if table.name == "region_membership":
        return bool(row["municipality_id"] == tenant)
    return any(row[column] == tenant for column in table.info["parties"])


async def _nothing_waits(admin: Connection, tenant: UUID) -> None:
    waiting = []
    for table, condition in WAITS.items():
        asked = f"SELECT count(*) FROM {table} WHERE tenant_id = $1 AND {condition}"  # noqa: S608 - fixed names
        waiting.append(int(await admin.fetchval(asked, tenant)))
    if sum(waiting):
        raise ArchiveError(
            f"{sum(waiting)} varsler hadde ikke gått ut da arkivet ble tatt. Her ville de blitt sendt til ekte folk. "
            "Skal de det, kjør igjen med --send-ventende."
        )


async def _written_down(admin: Connection, archive: Archive, fingerprint: bytes) -> None:
    """In the system's trail, not in the municipality's: its own is as it was, to the last seal."""
    await admin.execute(
        "INSERT INTO system_audit_entry (id, category, action, actor_name, role, why, object_id, details) "
        "VALUES ($1, 'change', 'municipality.restored', $2, 'administrator', 'command line', $3, $4)",
        uuid7(), getpass.getuser(), archive.tenant, json.dumps({"fingerprint": fingerprint.hex()}),
    )  # fmt: skip
