"""`sammen drill moment`: go back to a moment, from a base backup and the archived log of changes, in a server of its own."""

from __future__ import annotations

import shlex
import shutil
import tarfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from sqlalchemy.engine import make_url

from deploy.backup import fingerprint
from deploy.cli_norwegian import CommandError
from deploy.database import administrator
from deploy.drill import Rehearsal, scratch_server
from deploy.postgres import LocalServer
from deploy.postgres_binaries import LocalServerError
from sammen.audit.verify import verify
from sammen.db.install import BACKUP

HBA = "local all all reject\nhost all all 127.0.0.1/32 scram-sha-256\n"


@contextmanager
def recovered(base: Path, wal: Path, moment: datetime) -> Iterator[LocalServer]:
    """A server as the database was at `moment` (with a time zone). `base`: a folder from `pg_basebackup`, plain or tar.

    Raises CommandError when the copy does not fit the PostgreSQL here, or the log does not reach the moment.
    """
    if moment.tzinfo is None:
        raise CommandError("Tidspunktet trenger tidssone, som 2026-11-22T14:05:00+01:00.")

    def prepare(server: LocalServer) -> None:
        _place(base, server.data)
        found = (
            (server.data / "PG_VERSION").read_text().strip()
            if (server.data / "PG_VERSION").is_file()
            else "?"
        )
        if found != str(server.binaries.major):
            raise CommandError(f"Kopien er fra PostgreSQL {found}; her er {server.binaries.major}.")
        archive = wal
        if server.uid is not None:  # started by root, it runs as another user, who may not read the archive
            archive = server.data.parent / "wal"
            shutil.copytree(wal, archive)
        (server.data / "pg_hba.conf").write_text(HBA)
        (server.data / "postgresql.auto.conf").write_text("")
        (server.data / "recovery.signal").touch()
        for left in ("postmaster.pid", "standby.signal"):
            (server.data / left).unlink(missing_ok=True)
        for path in [server.data, *server.data.rglob("*"), archive, *archive.rglob("*")]:
            if server.uid is not None:
                server.own(path)
        server.data.chmod(0o700)
        server.more = {
            "restore_command": f"cp {shlex.quote(str(archive))}/%f %p",
            "recovery_target_time": moment.isoformat(sep=" "),
            "recovery_target_action": "promote",
            "hot_standby": "off",
            "archive_mode": "off",
        }

    try:
        with scratch_server(prepare) as server:
            _wait_until_there(server)
            yield server
    except LocalServerError as error:
        raise CommandError(
            "Gjenopprettingen stoppet: loggen i arkivet når kanskje ikke fram til tidspunktet. "
            + str(error).splitlines()[-1]
        ) from None


def _wait_until_there(server: LocalServer) -> None:
    """Until the log of changes has been gone through up to the moment: a large one takes its time."""
    while "ready to accept connections" not in (said := server.log.read_text(errors="replace")):
        if server.pid() is None:
            raise LocalServerError(said.strip() or "PostgreSQL stoppet uten å si hvorfor.")
        time.sleep(0.1)


def _place(base: Path, data: Path) -> None:
    """The base backup's files, where the server looks for them."""
    archives = [one for one in (base / "base.tar", base / "base.tar.gz") if one.is_file()]
    if not archives:
        if not (base / "PG_VERSION").is_file():
            raise CommandError(f"{base} er ikke en kopi fra pg_basebackup.")
        shutil.copytree(base, data, symlinks=True)
        return
    data.mkdir(mode=0o700)
    with tarfile.open(archives[0]) as packed:
        packed.extractall(data, filter="tar")


async def back_to(base: Path, wal: Path, moment: datetime, url: str) -> Rehearsal:
    """Recover to the moment and look at what is there. `url`: the superuser's address of the database the copy is of."""
    result = Rehearsal(base.name, moment.isoformat())
    with recovered(base, wal, moment) as server:
        there = make_url(url).set(host="127.0.0.1", port=server.port, query={})
        address = there.render_as_string(hide_password=False)
        async with administrator(address) as admin:
            reached = await admin.fetchval("SELECT pg_last_xact_replay_timestamp()")
            await admin.execute(f"SET ROLE {BACKUP}")
            await admin.execute("SET row_security = off")
            found = await fingerprint(admin)
        result.tables, result.rows = len(found), sum(one["rows"] for one in found.values())
        result.notes.append(f"Den siste endringen som er med, ble bekreftet {reached}.")
        chains = await verify(address)
        result.chains = len(chains)
        result.faults += [one.text() for one in chains if one.broken]
    return result
