"""`sammen drill restore`: put the newest copy back in an empty PostgreSQL of its own, and hold it against its manifest."""

from __future__ import annotations

import secrets
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy.engine import make_url

from deploy.backup import DUMP, client_program, fingerprint, finished, read_manifest, run_client, walls
from deploy.cli_norwegian import CommandError
from deploy.database import administrator, newest_version
from deploy.postgres import ROOT_HOME, LocalServer
from sammen.audit.verify import verify
from sammen.db.install import BACKUP, make_roles

DATABASE = "sammen_drill"


@dataclass(slots=True)
class Rehearsal:
    """What a drill found. `faults` are Norwegian sentences; none means that the copy can be trusted."""

    copy: str
    taken_at: str
    seconds: float = 0.0
    tables: int = 0
    rows: int = 0
    chains: int = 0
    faults: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    done_at: str = field(default_factory=lambda: datetime.now(UTC).isoformat(timespec="seconds"))

    def plain(self) -> dict[str, Any]:
        """For JSON."""
        return {name: getattr(self, name) for name in self.__dataclass_fields__} | {"ok": not self.faults}

    def lines(self) -> list[str]:
        """The report in Norwegian."""
        return [
            f"Øvelse {self.done_at}: kopien {self.copy}, tatt {self.taken_at}.",
            f"Lagt tilbake på {self.seconds:.1f} sekunder: {self.tables} tabeller, {self.rows} rader.",
            f"{self.chains} kjeder i innsynsloggen er regnet ut på nytt.",
            *self.notes,
            *(f"AVVIK: {fault}" for fault in self.faults),
            "Alt er likt." if not self.faults else f"{len(self.faults)} avvik.",
        ]


async def rehearse(root: Path) -> Rehearsal:
    """Restore the newest copy under `root` and compare everything. Raises CommandError when there is none, or it is broken."""
    copies = finished(root)
    if not copies:
        raise CommandError(f"Ingen ferdige kopier i {root}. Ta en med `sammen backup`.")
    manifest = read_manifest(copies[0])
    result = Rehearsal(copies[0].name, manifest["taken_at"])
    major = int(manifest["server"].split(".")[0].split(" ")[0])
    client_program("pg_restore", major)
    with scratch_server() as server:
        started = time.monotonic()
        url = await _restore(server, copies[0] / DUMP, major)
        result.seconds = round(time.monotonic() - started, 2)
        await _compare(url, manifest, result)
        await _try_the_walls(url, result)
    return result


@contextmanager
def scratch_server(prepare: Callable[[LocalServer], None] | None = None) -> Iterator[LocalServer]:
    """A PostgreSQL of its own, on 127.0.0.1 alone with a random password, gone with everything in it afterwards.

    `prepare` is called before it starts, and may put a cluster in its place.
    """
    with tempfile.TemporaryDirectory(prefix="sammen-drill-") as folder:
        server = LocalServer.at(Path(folder))
        try:
            if prepare is not None:
                prepare(server)
            server.start()
            yield server
        finally:
            server.stop()
            if ROOT_HOME in server.home.parents:
                shutil.rmtree(server.home.parent, ignore_errors=True)


async def _restore(server: LocalServer, dump: Path, major: int) -> str:
    address = make_url(server.admin_url)
    app = address.set(username="sammen_app", password=secrets.token_urlsafe(24), database=DATABASE)
    async with administrator(server.admin_url) as admin:
        await make_roles(admin, app.render_as_string(hide_password=False))
        await admin.execute(f"CREATE DATABASE {DATABASE}")
    url = address.set(database=DATABASE).render_as_string(hide_password=False)
    run_client(major, "pg_restore", url, "--exit-on-error", "--jobs=2", str(dump))
    async with administrator(url) as admin:
        await admin.execute(f"GRANT CONNECT ON DATABASE {DATABASE} TO {BACKUP}")
    return url


async def _compare(url: str, manifest: dict[str, Any], result: Rehearsal) -> None:
    async with administrator(url) as admin:
        await admin.execute(f"SET ROLE {BACKUP}")
        await admin.execute("SET row_security = off")
        found, seen = await fingerprint(admin), await walls(admin)
    result.tables, result.rows = len(found), sum(one["rows"] for one in found.values())
    wanted = manifest["tables"]
    for name in sorted(wanted.keys() | found.keys()):
        before, now = wanted.get(name), found.get(name)
        if before is None or now is None:
            result.faults.append(f"Tabellen {name} {'mangler' if now is None else 'var ikke i kopien'}.")
        elif before["rows"] != now["rows"]:
            result.faults.append(f"{name}: {now['rows']} rader, skulle vært {before['rows']}.")
        elif before["hash"] != now["hash"]:
            result.faults.append(f"{name}: like mange rader, men innholdet er et annet.")
    names = {"forced": "tabeller med tvungen radnivåsikkerhet", "policies": "regler for radnivåsikkerhet",
             "functions": "funksjoner", "triggers": "utløsere", "version": "versjon"}  # fmt: skip
    for name, said in names.items():
        if seen[name] != manifest["walls"][name]:
            result.faults.append(
                f"Antall eller verdi for {said}: {seen[name]}, skulle vært {manifest['walls'][name]}."
            )
    if seen["version"] != newest_version():
        result.notes.append(
            f"Kopien er på versjon {seen['version']}; programmet her er på {newest_version()}."
            " Kjør `sammen db upgrade` etter en ekte gjenoppretting."
        )
    chains = await verify(url)
    result.chains = len(chains)
    result.faults += [one.text() for one in chains if one.broken]


async def _try_the_walls(url: str, result: Rehearsal) -> None:
    """As the app's role, without a ticket: no municipal table may show a row."""
    async with administrator(url) as admin:
        tables = await admin.fetch(
            "SELECT c.relname AS name FROM pg_class c WHERE c.relnamespace = 'sammen'::regnamespace AND c.relkind = 'r'"
            " AND c.relforcerowsecurity AND has_table_privilege('sammen_app', c.oid, 'SELECT') ORDER BY 1"
        )
        await admin.execute(f"GRANT CONNECT ON DATABASE {DATABASE} TO sammen_app")
        await admin.execute("SET ROLE sammen_app")
        for row in tables:
            shown = await admin.fetchval(f'SELECT EXISTS (SELECT 1 FROM sammen."{row["name"]}")')  # noqa: S608 - names from the catalogue
            if shown:
                result.faults.append(f"{row['name']} viser rader uten billett.")
