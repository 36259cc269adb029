"""`sammen keys`: change the house's secret while people work (docs/runbooks/keys.md).

Every sealed value has a key of its own, closed with the house's. Changing the secret closes that key anew: no content is
opened, in any table, and no list of tables has to be remembered, since a sealed value says itself what it is. Look-up
values of national numbers have to be made from the number; that is done a municipality at a time, with a mark in its
settings that tells every process which key to look by. Whatever is interrupted goes on where it was.
"""

from __future__ import annotations

import json
import secrets
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, TypeAlias
from uuid import UUID

import asyncpg
from cryptography.exceptions import InvalidTag

from deploy.administration import owner_transaction, tell_system
from deploy.cli_norwegian import CommandError
from sammen.audit.witness import SYSTEM
from sammen.db.install import fill_vault
from sammen.keys import HEAD_BYTES, MAGIC, Keys
from sammen.settings import Settings
from sammen.tenancy.enter import NUMBER_KEY
from tenants.imports.sealing import fingerprint_hash, imported, key_hash, open_row, seal_row
from tenants.people.api import number_bound_to

if TYPE_CHECKING:
    Connection: TypeAlias = asyncpg.Connection[asyncpg.Record]

BATCH = 500
ROUNDS = 4
"""Times a table is gone through when rows are held by somebody; what is left waits for the next run."""
OLD_NAMES = ("sealed", "number_cipher", "email_sealed", "who_sealed", "link")
"""Columns that held sealed values before such values told so themselves; what is left of them is counted."""
COLUMNS = """
SELECT c.relname AS "table", a.attname AS "column",
       array(SELECT k.attname::text FROM pg_index i JOIN pg_attribute k ON k.attrelid = i.indrelid
              AND k.attnum = ANY(i.indkey) WHERE i.indrelid = c.oid AND i.indisprimary) AS key,
       EXISTS (SELECT 1 FROM pg_attribute t WHERE t.attrelid = c.oid AND t.attname = 'tenant_id') AS owned
  FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
 WHERE c.relnamespace = 'sammen'::regnamespace AND c.relkind = 'r' AND a.atttypid = 'bytea'::regtype
 ORDER BY c.relname, a.attname
"""


@dataclass(frozen=True, slots=True)
class Column:
    """A column of bytes, with what names its rows."""

    table: str
    name: str
    key: tuple[str, ...]
    owned: bool

    def sealed(self) -> str:
        """Condition: the value is a sealed one."""
        return f"substring({self.name} FROM 1 FOR {len(MAGIC)}) = '\\x{MAGIC.hex()}'"

    def by(self) -> str:
        """Expression: by which key it is closed."""
        return f"substring({self.name} FROM {len(MAGIC) + 1} FOR {HEAD_BYTES - len(MAGIC)})"


@dataclass(slots=True)
class KeyStatus:
    """How far a change has come. Counts of values and places; nothing of what they hold."""

    by_key: Counter[str] = field(default_factory=Counter)
    current: int = 0
    old_format: int = 0
    places: int = 0
    jobs: int = 0
    changing: bool = False
    coming: bool = False

    @property
    def remaining(self) -> int:
        """Values, places and jobs that still need the previous key; 0 outside a change."""
        return sum(self.by_key.values()) + self.places + self.jobs + (self.old_format if self.changing else 0)

    def lines(self) -> list[str]:
        """The status in Norwegian."""
        found = [f"Lukket med nøkkelen i bruk: {self.current} verdier."]
        found += [f"Lukket med {name}: {count} verdier." for name, count in sorted(self.by_key.items())]
        if self.old_format:
            found.append(f"Fra før forseglede verdier hadde egne nøkler: {self.old_format}.")
        if self.places:
            found.append(f"Kommuner der fødselsnumre søkes med den forrige nøkkelen: {self.places}.")
        if self.jobs:
            found.append(f"Jobber i køen signert med den forrige nøkkelen: {self.jobs}.")
        return found

    def next_step(self) -> str:
        """What to do now, as a sentence."""
        if self.remaining and not self.changing:
            return "Noe er lukket med en nøkkel vi ikke har. Sett SAMMEN_KEY_PREVIOUS til den, og kjør `sammen keys rotate`."
        if self.remaining:
            return "Kjør `sammen keys rotate` igjen til ingenting gjenstår."
        if self.changing:
            return "Ingenting gjenstår. Vent tolv timer fra den nye nøkkelen ble tatt i bruk, og kjør `sammen keys finish`."
        if self.coming:
            return "Den neste nøkkelen godtas. Bytt til den når alle prosesser er startet på nytt."
        return "Ingen nøkkel er under bytte."


async def _columns(connection: Connection) -> list[Column]:
    return [
        Column(row["table"], row["column"], tuple(row["key"]), row["owned"])
        for row in await connection.fetch(COLUMNS)
    ]


async def status(settings: Settings, url: str) -> KeyStatus:
    """What is closed by which key, and what still needs the previous one."""
    keys = Keys.of(settings)
    found = KeyStatus(changing=bool(settings.key_previous), coming=bool(settings.key_next))
    named = {Keys.derive(settings.key_previous).id: "den forrige"} if settings.key_previous else {}
    if settings.key_next:
        named[Keys.derive(settings.key_next).id] = "den neste"
    async with owner_transaction(url) as connection:
        for one in await _columns(connection):
            rows = await connection.fetch(
                f"SELECT {one.by()} AS id, count(*) AS n FROM {one.table} WHERE {one.sealed()} GROUP BY 1"  # noqa: S608 - names from the catalogue
            )
            for row in rows:
                if row["id"] == keys.id:
                    found.current += row["n"]
                else:
                    found.by_key[named.get(row["id"], "en nøkkel vi ikke har")] += row["n"]
            if one.name in OLD_NAMES:
                found.old_format += await connection.fetchval(
                    f"SELECT count(*) FROM {one.table} WHERE octet_length({one.name}) >= 28 AND NOT {one.sealed()}"  # noqa: S608 - names from the catalogue
                )
        if settings.key_previous:
            found.places = len(await _places_left(connection, keys))
            found.jobs = len([1 async for _ in _jobs_left(connection, keys)])
    return found


async def rotate(settings: Settings, url: str) -> list[str]:
    """Open the doors for every key in the settings, and close what is sealed with the one in use. Returns lines to show.

    With SAMMEN_KEY_NEXT alone only the doors are opened. Raises CommandError when there is nothing to change between.
    """
    if not (settings.key_previous or settings.key_next):
        raise CommandError(
            "Ingen nøkkel er under bytte. Begynn med SAMMEN_KEY_NEXT; se docs/runbooks/keys.md."
        )
    others = [one for one in (settings.key_next, settings.key_previous) if one]
    async with owner_transaction(url) as connection:
        await fill_vault(connection, settings.key, *others)
        await tell_system(connection, "keys.doors", SYSTEM, accepted=str(1 + len(others)))
    if not settings.key_previous:
        return [
            "Databasen godtar den neste nøkkelen. Start web og worker på nytt med SAMMEN_KEY_NEXT, og bytt så."
        ]
    keys = Keys.of(settings)
    numbers = await _renumber(url, keys)
    closed = await _close_all(url, keys)
    jobs = await _sign_jobs(url, keys)
    # A request that began before its place's mark was set may have written by the old key: looked through once more.
    numbers += await _renumber(url, keys, again=True)
    async with owner_transaction(url) as connection:
        await tell_system(connection, "keys.rotated", SYSTEM, values=str(closed), numbers=str(numbers))
    left = await status(settings, url)
    said = f"{closed} verdier lukket på nytt, {numbers} søkeverdier laget på nytt, {jobs} jobber signert på nytt."
    return [said, left.next_step()]


async def finish(settings: Settings, url: str) -> None:
    """Close the doors of every key but the one in use. Raises CommandError while something needs another."""
    left = await status(settings, url)
    if left.remaining:
        raise CommandError(f"{left.remaining} gjenstår. {left.next_step()}")
    async with owner_transaction(url) as connection:
        await fill_vault(connection, settings.key)
        await tell_system(connection, "keys.finished", SYSTEM)


async def new_ticket_key(url: str) -> None:
    """A new random key for tickets. The one before opens those that were written with it; the one before that is gone."""
    async with owner_transaction(url) as connection:
        await connection.execute("DELETE FROM vault WHERE name = 'ticket before'")
        await connection.execute(
            "INSERT INTO vault (id, name, secret) SELECT gen_random_uuid(), 'ticket before', secret FROM vault"
            " WHERE name = 'ticket'"
        )
        await connection.execute(
            "UPDATE vault SET secret = $1 WHERE name = 'ticket'", secrets.token_bytes(32)
        )
        await tell_system(connection, "keys.ticket", SYSTEM)


async def end_all_sessions(url: str) -> int:
    """End every login there is; how many."""
    async with owner_transaction(url) as connection:
        done = await connection.execute("UPDATE web_session SET ended_at = now() WHERE ended_at IS NULL")
        await tell_system(connection, "sessions.ended", SYSTEM)
    return int(done.split()[-1])


async def _close_all(url: str, keys: Keys) -> int:
    async with owner_transaction(url) as connection:
        columns = await _columns(connection)
    total = 0
    for one in columns:
        for _round in range(ROUNDS):
            total += (closed := await _close_column(url, keys, one))
            if closed == 0:
                break
    return total


async def _close_column(url: str, keys: Keys, one: Column) -> int:
    """Close the values of a column anew, a municipality's rows at a time. Rows that somebody holds are left."""
    async with owner_transaction(url) as connection:
        owners: list[UUID | None] = [None]
        if one.owned:
            rows = await connection.fetch(f"SELECT DISTINCT tenant_id FROM {one.table}")  # noqa: S608 - names from the catalogue
            owners = [row["tenant_id"] for row in rows]
    total = 0
    for owner in owners:
        while closed := await _close_batch(url, keys, one, owner):
            total += closed
    return total


async def _close_batch(url: str, keys: Keys, one: Column, owner: UUID | None) -> int:
    whose = "tenant_id IS NOT DISTINCT FROM $2" if one.owned else "$2::uuid IS NULL"
    names = ", ".join(one.key)
    async with owner_transaction(url) as connection:
        rows = await connection.fetch(
            f"SELECT {names}, {one.name} AS value FROM {one.table} WHERE {one.sealed()} AND {one.by()} <> $1"  # noqa: S608 - names from the catalogue
            f" AND {one.by()} = ANY($3::bytea[]) AND {whose} LIMIT {BATCH} FOR UPDATE SKIP LOCKED",
            keys.id, owner, [other.id for other in keys.others],
        )  # fmt: skip
        where = " AND ".join(f"{name} = ${n}" for n, name in enumerate(one.key, 2))
        pairs = [(keys.closed_anew(row["value"]), *(row[name] for name in one.key)) for row in rows]
        await connection.executemany(f"UPDATE {one.table} SET {one.name} = $1 WHERE {where}", pairs)  # noqa: S608 - names from the catalogue
    return len(rows)


async def _places_left(connection: Connection, keys: Keys) -> list[UUID]:
    rows = await connection.fetch(
        "SELECT id FROM municipality WHERE settings ->> $1 IS DISTINCT FROM $2 ORDER BY id",
        NUMBER_KEY,
        keys.id.hex(),
    )
    return [row["id"] for row in rows]


async def _renumber(url: str, keys: Keys, *, again: bool = False) -> int:
    """Make the look-up values of each municipality anew, and note in its settings by which key. How many changed."""
    async with owner_transaction(url) as connection:
        if again:
            places = [row["id"] for row in await connection.fetch("SELECT id FROM municipality ORDER BY id")]
        else:
            places = await _places_left(connection, keys)
    changed = 0
    for place in places:
        async with owner_transaction(url) as connection:
            changed += await _renumber_people(connection, keys, place)
            changed += await _renumber_imported(connection, keys, place)
            await connection.execute(
                "UPDATE municipality SET settings = settings || $2::jsonb WHERE id = $1",
                place,
                json.dumps({NUMBER_KEY: keys.id.hex()}),
            )
    async with owner_transaction(url) as connection:
        changed += await _renumber_load(connection, keys)
    return changed


async def _renumber_people(connection: Connection, keys: Keys, place: UUID) -> int:
    rows = await connection.fetch(
        "SELECT id, number_cipher, number_hash FROM person WHERE tenant_id = $1 AND number_cipher IS NOT NULL",
        place,
    )
    new = []
    for row in rows:
        bound = number_bound_to(place, row["id"])
        try:
            number = keys.unseal(row["number_cipher"], bound_to=bound)
        except InvalidTag:
            raise CommandError(
                "Et fødselsnummer åpnes ikke av noen av nøklene. Er SAMMEN_KEY_PREVIOUS den forrige nøkkelen?"
            ) from None
        wanted = keys.number_hash(place, number)
        old = not row["number_cipher"].startswith(MAGIC)
        if wanted != row["number_hash"] or old:
            sealed = keys.seal(number, bound_to=bound) if old else row["number_cipher"]
            new.append((place, row["id"], wanted, sealed))
    await connection.executemany(
        "UPDATE person SET number_hash = $3, number_cipher = $4 WHERE tenant_id = $1 AND id = $2", new
    )
    return len(new)


async def _renumber_imported(connection: Connection, keys: Keys, place: UUID) -> int:
    rows = await connection.fetch(
        "SELECT id, sealed, key, fingerprint FROM imported_row WHERE tenant_id = $1 AND octet_length(sealed) > 0",
        place,
    )
    new = []
    for row in rows:
        owner = imported(place, row["id"])
        content, cells = open_row(keys, owner, row["sealed"])
        if content.key is None:
            continue
        wanted = (key_hash(keys, place, content.key), fingerprint_hash(keys, place, content))
        old = not row["sealed"].startswith(MAGIC)
        if wanted != (row["key"], row["fingerprint"]) or old:
            new.append(
                (place, row["id"], *wanted, seal_row(keys, owner, content, cells) if old else row["sealed"])
            )
    await connection.executemany(
        "UPDATE imported_row SET key = $3, fingerprint = $4, sealed = $5 WHERE tenant_id = $1 AND id = $2",
        new,
    )
    return len(new)


async def _renumber_load(connection: Connection, keys: Keys) -> int:
    """The one hash that is equal in two municipalities (C6), for everybody at once, so that the light never counts less."""
    rows = await connection.fetch(
        "SELECT l.id, l.region_id, l.key, p.tenant_id, p.id AS person, p.number_cipher FROM load_entry l"
        " JOIN support_contact c ON c.tenant_id = l.tenant_id AND c.id = l.contact_id"
        " JOIN person p ON p.tenant_id = c.tenant_id AND p.id = c.person_id WHERE p.number_cipher IS NOT NULL"
    )
    new = []
    for row in rows:
        number = keys.unseal(row["number_cipher"], bound_to=number_bound_to(row["tenant_id"], row["person"]))
        wanted = keys.load_key(row["region_id"], number)
        if wanted != row["key"]:
            new.append((row["id"], wanted))
    await connection.executemany("UPDATE load_entry SET key = $2 WHERE id = $1", new)
    return len(new)


async def _jobs_left(connection: Connection, keys: Keys) -> AsyncIterator[tuple[int, str]]:
    """(number, body) of queued jobs that one of the other keys signed."""
    for row in await connection.fetch("SELECT id, payload FROM job_queue WHERE payload IS NOT NULL"):
        try:
            envelope = json.loads(row["payload"])
            body, signature = envelope["body"], envelope["signature"]
            signed = body.encode()
        except (ValueError, KeyError, TypeError, AttributeError):
            continue  # nobody here wrote it; the worker refuses it
        if not _alone(keys).job_ok(signed, signature) and keys.job_ok(signed, signature):
            yield row["id"], body


def _alone(keys: Keys) -> Keys:
    return replace(keys, others=())


async def _sign_jobs(url: str, keys: Keys) -> int:
    async with owner_transaction(url) as connection:
        new = [
            (number, json.dumps({"body": body, "signature": keys.sign_job(body.encode())}).encode())
            async for number, body in _jobs_left(connection, keys)
        ]
        await connection.executemany("UPDATE job_queue SET payload = $2 WHERE id = $1", new)
    return len(new)
