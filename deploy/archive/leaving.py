"""A municipality leaves: closed on a day, regretted or not for thirty, deleted in batches, proven gone, and attested.

Done by the operator's hand with the owner's rights. There is no function, job or page by which the program itself could
delete a municipality: the app role has no such door (docs/decisions/0084-an-archive-and-a-leaving.md).
"""

from __future__ import annotations

import getpass
import json
import re
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final, TypeAlias
from uuid import UUID

import asyncpg
from sqlalchemy import Table

import deploy.models  # noqa: F401 - registers every slice's tables
from deploy.archive.certificate import Certificate, signed
from deploy.archive.checklist import REGRET, Check, checklist, newest_confirmed
from deploy.archive.writing import ArchiveError
from deploy.database import administrator
from sammen.db.base import Base, Kind
from sammen.db.install import OWNER
from sammen.db.rls import kind_of
from sammen.i18n_mark import N_
from sammen.ids import uuid7

Connection: TypeAlias = "asyncpg.Connection[asyncpg.Record]"
Progress = Callable[[str, int], None]
BATCH: Final = 5_000
PARTY: Final = re.compile(
    r"(?:tenant|municipality|home|host|owner|booker|debtor|creditor|partner|need_tenant|scope)_id|posted_by|reported_by|[ab]_id"
)
"""Names of columns that say whose a row is, beside foreign keys to the municipality."""
KEPT: Final[Mapping[str, str]] = {
    "municipality": N_("at kommunen har vært med, til når, og hva den het"),
    "municipality_population": N_("innbyggertall fra Statistisk sentralbyrå"),
    "region_membership": N_("når kommunen var med i samarbeidet"),
    "departure": N_("denne attesten"),
    "release_member": N_("hvem som var med i tall som er publisert"),
    "population_count": N_("innbyggertall som samarbeidet har lest inn"),
    "region_group": N_("samarbeidets egen inndeling av kommuner"),
    "campaign_source": N_("samarbeidets kampanjer, uten personer"),
    "campaign_tally": N_("tall om samarbeidets kampanjer, uten personer"),
    "group_suggestion": N_("samarbeidets forslag til grupper, uten personer"),
}
"""Tables that go on naming the municipality, and why."""


def pointing() -> dict[Table, list[str]]:
    """Every table that says somewhere whose a row is, with those columns. New tables come under it by themselves."""
    found: dict[Table, list[str]] = {}
    for table in Base.metadata.sorted_tables:
        columns = [
            column.name
            for column in table.columns
            if column.name in table.info.get("parties", ())
            or any(key.column.table.name == "municipality" for key in column.foreign_keys)
            or (PARTY.fullmatch(column.name) and kind_of(table) is not Kind.REFERENCE)
        ]
        if columns:
            found[table] = columns
    return found


@asynccontextmanager
async def _as_owner(admin: Connection, *, plain: bool = False) -> AsyncIterator[Connection]:
    """One transaction as the owner. `plain`: without guards on deletion, which keep people from what this is for."""
    async with admin.transaction():
        if plain:
            await admin.execute("SET LOCAL session_replication_role = replica")
        await admin.execute(
            f"SET LOCAL ROLE {OWNER}; SET LOCAL search_path = sammen, pg_temp; SET LOCAL statement_timeout = '10min'"
        )
        yield admin


@asynccontextmanager
async def _owner(url: str) -> AsyncIterator[Connection]:
    """As `_as_owner`, on a connection of its own."""
    async with administrator(url) as admin, _as_owner(admin):
        yield admin


async def _tell(admin: Connection, action: str, tenant: UUID, **details: str) -> None:
    await admin.execute(
        "INSERT INTO system_audit_entry (id, category, action, actor_name, role, why, object_id, details) "
        "VALUES ($1, 'change', $2, $3, 'administrator', 'command line', $4, $5)",
        uuid7(), action, getpass.getuser(), tenant, json.dumps(details, ensure_ascii=False),
    )  # fmt: skip


async def _place(admin: Connection, slug: str) -> Any:
    row = await admin.fetchrow(
        "SELECT m.id, m.code, m.slug, m.name, m.valid_to, d.state, d.closed_on, d.rows, d.undo FROM municipality m"
        " LEFT JOIN departure d ON d.municipality_id = m.id WHERE m.slug = $1 FOR UPDATE OF m",
        slug,
    )
    if row is None:
        raise ArchiveError(f"Ingen kommune har adressen {slug}.")
    return row


@dataclass(frozen=True, slots=True)
class Standing:
    """How far a municipality has come: `state` is open, closed, deleting or done."""

    name: str
    state: str
    closed_on: date | None
    checks: list[Check]


async def standing(url: str, slug: str, today: date, controller: str = "") -> Standing:
    """The checklist, and how far it has come. Changes nothing."""
    async with _owner(url) as admin:
        place = await _place(admin, slug)
        checks = [] if place["state"] else await checklist(admin, place["id"], today, controller)
        return Standing(place["name"], place["state"] or "open", place["closed_on"], checks)


async def close(url: str, slug: str, today: date, *, controller: str, receipt: str) -> Standing:
    """Close it: nobody comes in from the next click on. Raises ArchiveError while a condition is not met."""
    async with _owner(url) as admin:
        place = await _place(admin, slug)
        if place["state"]:
            raise ArchiveError(f"{place['name']} er alt lukket.")
        checks = await checklist(admin, place["id"], today, controller)
        lacking = [check.said for check in checks if not check.met]
        if lacking:
            raise ArchiveError(
                f"{place['name']} kan ikke lukkes ennå:\n" + "\n".join(f"  {one}" for one in lacking)
            )
        last = today - timedelta(days=1)
        held = await newest_confirmed(admin, place["id"])
        head = await admin.fetchrow("SELECT seal_no, seal FROM audit_head WHERE scope_id = $1", place["id"])
        undo = {
            table: await _ended(admin, table, place["id"], last)
            for table in ("membership", "region_membership")
        }
        undo["municipality"] = {str(place["id"]): str(place["valid_to"] or "")}
        await admin.execute("UPDATE municipality SET valid_to = $2 WHERE id = $1", place["id"], last)
        await admin.execute(
            "INSERT INTO departure (id, municipality_id, closed_on, closed_by, controller, receipt, fingerprint, as_of,"
            " chain_no, chain_seal, checklist, undo) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
            uuid7(), place["id"], last, getpass.getuser(), controller, receipt, held["fingerprint"], held["as_of"],
            head["seal_no"] if head else 0, head["seal"] if head else None,
            json.dumps({check.code: check.said for check in checks}, ensure_ascii=False), json.dumps(undo),
        )  # fmt: skip
        await _tell(admin, "municipality.closed", place["id"], slug=slug)
        return Standing(place["name"], "closed", last, checks)


async def _ended(admin: Connection, table: str, tenant: UUID, last: date) -> dict[str, str]:
    """End what lasts beyond `last`. Returns id → when it would have ended."""
    rows = await admin.fetch(
        f"UPDATE {table} t SET valid_to = $2 FROM (SELECT id, valid_to FROM {table} WHERE municipality_id = $1"  # noqa: S608 - fixed names
        " AND (valid_to IS NULL OR valid_to > $2) FOR UPDATE) old WHERE t.id = old.id"
        " RETURNING old.id, old.valid_to",
        tenant,
        last,
    )
    return {str(row["id"]): str(row["valid_to"] or "") for row in rows}


async def reopen(url: str, slug: str) -> str:
    """Undo the closing: roles, cooperation and municipality as they were. Raises ArchiveError once deletion has begun."""
    async with _owner(url) as admin:
        place = await _place(admin, slug)
        if place["state"] != "closed":
            raise ArchiveError(f"{place['name']} er ikke lukket, eller slettingen har begynt.")
        for table, rows in json.loads(place["undo"]).items():
            for row_id, until in rows.items():
                await admin.execute(
                    f"UPDATE {table} SET valid_to = $2 WHERE id = $1",  # noqa: S608 - our own fixed names
                    UUID(row_id), date.fromisoformat(until) if until else None,
                )  # fmt: skip
        await admin.execute("DELETE FROM departure WHERE municipality_id = $1", place["id"])
        await _tell(admin, "municipality.reopened", place["id"], slug=slug)
        return str(place["name"])


async def delete(
    url: str,
    secret: str,
    slug: str,
    today: date,
    *,
    batch: int = BATCH,
    tell: Progress = lambda _table, _rows: None,
) -> Certificate:
    """Delete what it had, prove that it is gone, and attest it. Killed on the way: run it again.

    Each batch and its count are one transaction. Raises ArchiveError before thirty days have gone since the closing.
    """
    async with _owner(url) as admin:
        place = await _place(admin, slug)
        if place["state"] == "done":
            raise ArchiveError(
                f"{place['name']} er slettet fra før. Attesten: sammen municipality certificate {slug}."
            )
        if place["state"] is None:
            raise ArchiveError(f"{place['name']} er ikke lukket.")
        if today < place["closed_on"] + REGRET:
            raise ArchiveError(
                f"{place['name']} ble lukket {place['closed_on']:%d.%m.%Y}. Den slettes tidligst "
                f"{place['closed_on'] + REGRET:%d.%m.%Y}; til da kan det angres."
            )
        await admin.execute("UPDATE departure SET state = 'deleting' WHERE municipality_id = $1", place["id"])
    async with administrator(url) as admin:
        await _people(admin, place["id"])  # while their roles say whose they are
        for table, columns in reversed(pointing().items()):
            if table.name not in KEPT:
                await _emptied(admin, place["id"], table, columns, batch, tell)
    async with _owner(url) as admin:
        return await _attested(admin, secret, place, today)


async def _emptied(
    admin: Connection, tenant: UUID, table: Table, columns: list[str], batch: int, tell: Progress
) -> None:
    shared = kind_of(table) is Kind.SHARED
    chosen = _only_its_own(table) if shared else " OR ".join(f't."{name}" = $1' for name in columns)
    sql = f"DELETE FROM {table.name} WHERE ctid = ANY (ARRAY(SELECT t.ctid FROM {table.name} t WHERE {chosen} LIMIT $2))"  # noqa: S608 - names from the models
    gone = batch
    while gone == batch:
        # Shared rows are deleted with every key in force: what another municipality's row points to stays.
        async with _as_owner(admin, plain=not shared):
            gone = int((await admin.execute(sql, tenant, batch)).split()[1])
            if gone:
                await _count(admin, tenant, table.name, gone)
        if gone:
            tell(table.name, gone)


async def _count(admin: Connection, tenant: UUID, table: str, gone: int) -> None:
    await admin.execute(
        "UPDATE departure SET rows = jsonb_set(rows, ARRAY[$2], to_jsonb(coalesce((rows ->> $2)::bigint, 0) + $3::bigint))"
        " WHERE municipality_id = $1",
        tenant, table, gone,
    )  # fmt: skip


def _only_its_own(table: Table) -> str:
    """Rows of a shared table with no other party, to which no row that stays points."""
    parties = table.info["parties"]
    mine = " AND ".join(f'(t."{name}" = $1 OR t."{name}" IS NULL)' for name in parties)
    some = " OR ".join(f't."{name}" = $1' for name in parties)
    pointed = []
    for child in Base.metadata.sorted_tables:
        for key in child.foreign_key_constraints:
            if key.referred_table is table:
                joined = " AND ".join(
                    f'c."{one.parent.name}" = t."{one.column.name}"' for one in key.elements
                )
                pointed.append(f"NOT EXISTS (SELECT 1 FROM {child.name} c WHERE {joined})")  # noqa: S608 - names from the models
    return " AND ".join([f"({some})", mine, *pointed])


async def _people(admin: Connection, tenant: UUID) -> None:
    """Users who had a role here and have none elsewhere, with their logins; and the municipality's jobs."""
    async with _as_owner(admin):
        found = await admin.fetch(
            "SELECT DISTINCT b.user_id FROM membership b WHERE b.municipality_id = $1 AND NOT EXISTS (SELECT 1"
            " FROM membership o WHERE o.user_id = b.user_id AND o.municipality_id IS DISTINCT FROM $1)",
            tenant,
        )
        users = [row["user_id"] for row in found]
        for table in reversed(Base.metadata.sorted_tables):
            for key in table.foreign_key_constraints:
                if key.referred_table.name == "user_account":
                    column = key.elements[0].parent.name
                    sql = f"DELETE FROM {table.name} WHERE {column} = ANY ($1)"  # noqa: S608 - names from the models
                    await _noted(admin, tenant, table.name, await admin.execute(sql, users))
        accounts = await admin.execute("DELETE FROM user_account WHERE id = ANY ($1)", users)
        await _noted(admin, tenant, "user_account", accounts)
        await admin.execute(
            "DELETE FROM job_queue WHERE position(convert_to($1, 'UTF8') in coalesce(payload, ''::bytea)) > 0",
            str(tenant),
        )
        await admin.execute("UPDATE municipality SET settings = '{}' WHERE id = $1", tenant)


async def _noted(admin: Connection, tenant: UUID, table: str, done: str) -> None:
    if gone := int(done.split()[1]):
        await _count(admin, tenant, table, gone)


async def remains(admin: Connection, tenant: UUID) -> dict[str, int]:
    """How many rows still name the municipality, by table, over every table there is. Those of KEPT are not counted."""
    found = {}
    for table, columns in pointing().items():
        if table.name not in KEPT:
            named = " OR ".join(f'"{name}" = $1' for name in columns)
            count = int(await admin.fetchval(f"SELECT count(*) FROM {table.name} WHERE {named}", tenant))  # noqa: S608 - names from the models
            if count:
                found[table.name] = count
    return found


async def _attested(admin: Connection, secret: str, place: Any, today: date) -> Certificate:
    left = await remains(admin, place["id"])
    with_others = {
        name: count
        for name, count in left.items()
        if kind_of(Base.metadata.tables[f"sammen.{name}"]) is Kind.SHARED
    }
    if left.keys() - with_others.keys():
        raise ArchiveError(
            f"Noe er ikke slettet: {', '.join(sorted(left.keys() - with_others.keys()))}. Kjør kommandoen igjen."
        )
    row = await admin.fetchrow("SELECT * FROM departure WHERE municipality_id = $1", place["id"])
    assert row is not None
    made = Certificate(
        municipality={key: str(place[key]) for key in ("id", "code", "slug", "name")},
        closed_on=row["closed_on"].isoformat(), deleted_on=today.isoformat(), controller=row["controller"],
        receipt=row["receipt"], fingerprint=row["fingerprint"].hex(), as_of=row["as_of"].isoformat(),
        chain_number=row["chain_no"], chain_seal=(row["chain_seal"] or b"").hex(), checklist=json.loads(row["checklist"]),
        deleted=json.loads(row["rows"]), with_others=with_others, kept=dict(KEPT),
    )  # fmt: skip
    await admin.execute(
        "UPDATE departure SET state = 'done', done_at = now(), undo = '{}', certificate = $2, signature = $3"
        " WHERE municipality_id = $1",
        place["id"], made.text(), signed(secret, made),
    )  # fmt: skip
    await _tell(admin, "municipality.deleted", place["id"], slug=place["slug"])
    return made


async def certificate_of(url: str, slug: str) -> tuple[Certificate, bytes, str]:
    """The certificate, its signature and the municipality's form of Norwegian. Raises ArchiveError when there is none."""
    async with _owner(url) as admin:
        row = await admin.fetchrow(
            "SELECT d.certificate, d.signature, m.language_form FROM departure d"
            " JOIN municipality m ON m.id = d.municipality_id WHERE m.slug = $1 AND d.state = 'done'",
            slug,
        )
    if row is None:
        raise ArchiveError(f"Det finnes ingen attest for {slug}.")
    return Certificate.parse(row["certificate"]), row["signature"], row["language_form"]
