"""`sammen backup`: a copy of the whole database with a manifest of what was in it at that moment, read through at once.

The manifest's counts and hashes are taken in the very snapshot that is copied, so that a restored copy can be held
against them, table by table (deploy/drill.py). Reads as the role `sammen_backup` with `row_security = off`: where the role
may not read a row, PostgreSQL raises instead of leaving it out.
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import json
import os
import shutil
import subprocess
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

import asyncpg
from sqlalchemy.engine import URL, make_url

from deploy.cli_norwegian import CommandError
from deploy.database import plain_url
from deploy.postgres_binaries import LocalServerError, find_binaries
from sammen.db.install import BACKUP

if TYPE_CHECKING:
    Connection: TypeAlias = asyncpg.Connection[asyncpg.Record]

DUMP, MANIFEST, FORMAT = "sammen.dump", "manifest.json", 1
TABLES = """
SELECT c.relname AS name FROM pg_class c WHERE c.relnamespace = 'sammen'::regnamespace AND c.relkind = 'r' ORDER BY 1
"""
# A row as text is the same wherever it is restored, once these are; the sums are the same in whatever order rows come.
SAME_TEXT = (
    "SET timezone = 'UTC'; SET datestyle = 'ISO'; SET bytea_output = 'hex'; SET extra_float_digits = 3;"
    " SET intervalstyle = 'postgres'"
)
PRINT = """
SELECT count(*) AS rows, coalesce(sum(('x' || substr(h, 1, 15))::bit(60)::bigint), 0)::text AS first,
       coalesce(sum(('x' || substr(h, 16, 15))::bit(60)::bigint), 0)::text AS second
  FROM (SELECT encode(sha256(convert_to(t::text, 'UTF8')), 'hex') AS h FROM sammen.{table} t) hashed
"""
WALLS = """
SELECT (SELECT count(*) FROM pg_class WHERE relnamespace = 'sammen'::regnamespace AND relkind = 'r'
          AND relrowsecurity AND relforcerowsecurity) AS forced,
       (SELECT count(*) FROM pg_policy) AS policies,
       (SELECT count(*) FROM pg_proc WHERE pronamespace = 'sammen'::regnamespace) AS functions,
       (SELECT count(*) FROM pg_trigger WHERE NOT tgisinternal) AS triggers,
       (SELECT version_num FROM sammen.alembic_version) AS version
"""


@dataclass(frozen=True, slots=True)
class Made:
    """A finished copy: its folder, and how much is in it."""

    folder: Path
    tables: int
    rows: int
    size: int


async def fingerprint(connection: Connection) -> dict[str, dict[str, Any]]:
    """For each table its number of rows and a hash of their content that does not depend on their order."""
    await connection.execute(SAME_TEXT)
    found = {}
    for row in await connection.fetch(TABLES):
        name = '"' + row["name"].replace('"', '""') + '"'
        seen = await connection.fetchrow(PRINT.format(table=name))
        digest = hashlib.sha256(f"{seen['rows']}|{seen['first']}|{seen['second']}".encode()).hexdigest()
        found[row["name"]] = {"rows": seen["rows"], "hash": digest}
    return found


async def walls(connection: Connection) -> dict[str, Any]:
    """What keeps municipalities apart, counted: forced tables, policies, functions, triggers; and the version."""
    return dict(await connection.fetchrow(WALLS))


async def back_up(url: str, root: Path) -> Made:
    """Copy the database at `url` into a new folder under `root`. Raises CommandError, and leaves nothing half finished."""
    taken = datetime.now(UTC)
    name = taken.strftime("%Y-%m-%dT%H-%M-%SZ")
    partial = root / f".{name}.partial"
    _make_folder(partial)
    try:
        manifest = await _copy(url, partial / DUMP)
        manifest |= {
            "format": FORMAT,
            "taken_at": taken.isoformat(),
            "files": {DUMP: _described(partial / DUMP)},
        }
        read_through(partial / DUMP)
        _write(partial / MANIFEST, json.dumps(manifest, ensure_ascii=False, indent=2, sort_keys=True) + "\n")
        partial.rename(root / name)
    except BaseException:
        shutil.rmtree(partial, ignore_errors=True)
        raise
    tables = manifest["tables"]
    return Made(
        root / name,
        len(tables),
        sum(one["rows"] for one in tables.values()),
        manifest["files"][DUMP]["bytes"],
    )


def _make_folder(partial: Path) -> None:
    try:
        partial.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        partial.mkdir(mode=0o700)
    except OSError as error:
        raise CommandError(f"Kan ikke skrive i {partial.parent}: {error.strerror}.") from None


async def _copy(url: str, target: Path) -> dict[str, Any]:
    connection = await asyncpg.connect(plain_url(url))
    try:
        async with connection.transaction(isolation="repeatable_read", readonly=True):
            await connection.execute(f"SET LOCAL ROLE {BACKUP}")
            await connection.execute("SET LOCAL row_security = off")
            snapshot = await connection.fetchval("SELECT pg_export_snapshot()")
            version = int(await connection.fetchval("SHOW server_version_num"))
            copying = asyncio.create_task(asyncio.to_thread(_dump, url, target, snapshot, version // 10_000))
            try:
                manifest = {
                    "server": await connection.fetchval("SHOW server_version"),
                    "tables": await fingerprint(connection),
                    "walls": await walls(connection),
                }
            finally:
                await copying
    except asyncpg.PostgresError as error:
        raise CommandError(
            f"Databasen lot seg ikke lese som {BACKUP} ({type(error).__name__}). Ingen kopi er laget."
        ) from error
    finally:
        await connection.close()
    return manifest


def _dump(url: str, target: Path, snapshot: str, major: int) -> None:
    run_client(
        major, "pg_dump", url, "--format=custom", "--compress=6", f"--role={BACKUP}", f"--snapshot={snapshot}",
        "--schema=sammen", "--schema=sammen_ext", "--extension=btree_gist", "--lock-wait-timeout=10000", f"--file={target}",
    )  # fmt: skip


def read_through(dump: Path) -> None:
    """Read every byte of a copy, as a restore would. Raises CommandError when it cannot be."""
    run_client(0, "pg_restore", None, "--file=/dev/null", str(dump))


def client_program(name: str, major: int) -> Path:
    """`pg_dump` and its like, at least as new as the server: on PATH, installed, or with the demo's own server."""
    folders = [Path(found).parent for found in [shutil.which(name)] if found]
    folders += sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    folders += sorted(Path("/usr").glob("pgsql-*/bin"), reverse=True)
    with contextlib.suppress(LocalServerError):
        folders.append(find_binaries().folder)
    for folder in folders:
        program = folder / name
        if program.is_file() and _major(program) >= max(major, 15):
            return program
    raise CommandError(
        f"Finner ikke {name} for PostgreSQL {major or 15}. Installer klientprogrammene for tjenerens utgave."
    )


def _major(program: Path) -> int:
    said = subprocess.run([str(program), "--version"], capture_output=True, text=True, check=False)  # noqa: S603 - a program we looked up
    digits = [word for word in said.stdout.split() if word[:2].isdigit()]
    return int(digits[0].split(".")[0][:2]) if digits else 0


def run_client(major: int, name: str, url: str | None, *arguments: str) -> None:
    """Run one of PostgreSQL's client programs. The password goes by the environment, where `ps` does not show it."""
    env = {"PATH": os.defpath, "LC_ALL": "C"}
    target = []
    if url is not None:
        address = make_url(url)
        env["PGPASSWORD"] = address.password or ""
        open_part = URL.create(
            "postgresql", address.username, None, address.host, address.port, address.database, address.query
        )
        target = ["--dbname", open_part.render_as_string()]
    program = client_program(name, major or _newest(name))
    done = subprocess.run(  # noqa: S603 - a program we looked up; the arguments are ours
        [str(program), *target, *arguments], env=env, capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        # The first line says what; later ones may quote a statement.
        said = (done.stderr.strip().splitlines() or ["uten å si hvorfor"])[0]
        raise CommandError(f"{name} stoppet: {said}")


def _newest(name: str) -> int:
    """The newest version of a program there is here: an older one cannot read a newer one's copy."""
    for major in range(30, 14, -1):
        try:
            client_program(name, major)
        except CommandError:
            continue
        return major
    return 15


def _described(path: Path) -> dict[str, Any]:
    with path.open("rb") as file:
        return {"sha256": hashlib.file_digest(file, "sha256").hexdigest(), "bytes": path.stat().st_size}


def _write(path: Path, text: str) -> None:
    with path.open("w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())


def finished(root: Path) -> list[Path]:
    """The finished copies under `root`, the newest first."""
    if not root.is_dir():
        return []
    return sorted(
        (one.parent for one in root.glob(f"[0-9]*/{MANIFEST}")), key=lambda one: one.name, reverse=True
    )


def thin_out(root: Path, keep: int) -> list[Path]:
    """Remove the oldest copies, so that `keep` are left. Returns the removed."""
    gone = finished(root)[keep:]
    for one in gone:
        shutil.rmtree(one)
    return gone


def read_manifest(folder: Path) -> dict[str, Any]:
    """A copy's manifest, its files held against their hashes. Raises CommandError when they differ."""
    try:
        manifest: dict[str, Any] = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        for name, wanted in manifest["files"].items():
            if _described(folder / name) != wanted:
                raise CommandError(f"{folder.name}/{name} er endret siden kopien ble tatt.")
    except (OSError, ValueError, KeyError) as error:
        raise CommandError(f"{folder.name} kan ikke leses ({type(error).__name__}).") from None
    if manifest.get("format") != FORMAT:
        raise CommandError(f"{folder.name} er laget av en annen utgave av Sammen.")
    return manifest
