"""A copy of the database that can be trusted: put back whole, equal row for row, and loud when something is missing."""

from __future__ import annotations

import asyncio
import json
import re
import shutil
from pathlib import Path

import pytest

from deploy.backup import DUMP, MANIFEST, back_up, finished, read_manifest, run_client, thin_out
from deploy.cli_norwegian import CommandError
from deploy.database import administrator
from deploy.drill import rehearse
from deploy.moment import recovered
from deploy.postgres import ROOT_HOME, LocalServer
from tests.database import ROOT
from tests.integration.test_audit_chain import sealed_world
from tests.worlds import World


async def test_a_copy_is_restored_equal_row_for_row_with_its_walls_and_chains(
    world: World, tmp_path: Path
) -> None:
    await sealed_world(world)
    made = await back_up(world.database.admin_url, tmp_path / "copies")
    assert made.rows > 50
    assert read_manifest(made.folder)["tables"]["audit_entry"]["rows"] >= 8
    result = await rehearse(tmp_path / "copies")
    assert result.faults == []
    assert (result.tables, result.rows) == (made.tables, made.rows)
    assert result.chains >= 4
    assert "Alt er likt." in result.lines()

    manifest = json.loads((made.folder / MANIFEST).read_text())
    manifest["tables"]["membership"]["rows"] += 1
    manifest["tables"]["web_session"]["hash"] = "0" * 64
    manifest["walls"]["policies"] += 1
    (made.folder / MANIFEST).write_text(json.dumps(manifest))
    worse = await rehearse(tmp_path / "copies")
    said = " ".join(worse.faults)
    assert len(worse.faults) == 3
    assert "membership" in said
    assert "web_session" in said
    assert "radnivåsikkerhet" in said


async def test_a_copy_that_cannot_read_every_row_is_no_copy(world: World, tmp_path: Path) -> None:
    await world.sql("REVOKE SELECT ON membership FROM sammen_backup")
    with pytest.raises(CommandError, match=r"membership|sammen_backup"):
        await back_up(world.database.admin_url, tmp_path)
    await world.sql("GRANT SELECT ON membership TO sammen_backup")
    assert list(tmp_path.iterdir()) == []


async def test_a_copy_that_was_changed_is_refused_and_old_ones_go(world: World, tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="sammen backup"):
        await rehearse(tmp_path)
    made = await back_up(world.database.admin_url, tmp_path)
    dump = made.folder / DUMP
    dump.write_bytes(dump.read_bytes()[:-1] + b"x")
    with pytest.raises(CommandError, match="er endret"):
        await rehearse(tmp_path)
    (older := tmp_path / "2020-01-01T00-00-00Z").mkdir()
    (older / MANIFEST).write_text("{}")
    assert thin_out(tmp_path, 1) == [older]
    assert finished(tmp_path) == [made.folder]


async def test_one_goes_back_to_a_moment_between_two_writes(tmp_path: Path) -> None:
    """With the very archive command of deploy/ops, on a server of its own that archives."""
    conf = (ROOT / "deploy" / "ops" / "postgres" / "postgresql.conf").read_text(encoding="utf-8")
    command = re.search(r"^archive_command = '(.+)'$", conf, re.MULTILINE)
    assert command
    (primary := LocalServer.at(tmp_path / "primary")).more = {
        "wal_level": "replica", "archive_mode": "on", "max_wal_senders": "4", "fsync": "off",
    }  # fmt: skip
    wal = primary.home / "run" / "wal"
    wal.mkdir(mode=0o755)
    primary.own(wal)
    primary.more["archive_command"] = command[1].replace("/var/lib/wal", str(wal)).replace("sync ", "true ")
    try:
        primary.start()
        async with administrator(primary.admin_url) as admin:
            await admin.execute("CREATE TABLE said (word text)")
            await admin.execute("INSERT INTO said VALUES ('before')")
            run_client(
                18,
                "pg_basebackup",
                primary.admin_url,
                "--checkpoint=fast",
                "--wal-method=none",
                f"--pgdata={tmp_path / 'base'}",
            )
            await admin.execute("INSERT INTO said VALUES ('first')")
            await asyncio.sleep(0.05)
            moment = await admin.fetchval("SELECT clock_timestamp()")
            await asyncio.sleep(0.05)
            await admin.execute("INSERT INTO said VALUES ('second')")
            segment = await admin.fetchval("SELECT pg_walfile_name(pg_switch_wal())")
            for _ in range(400):
                if not (wal / segment).exists():
                    await asyncio.sleep(0.05)
        with recovered(tmp_path / "base", wal, moment) as back:
            url = primary.admin_url.replace(f":{primary.port}/", f":{back.port}/")
            async with administrator(url) as admin:
                words = [row["word"] for row in await admin.fetch("SELECT word FROM said")]
    finally:
        primary.stop()
        if ROOT_HOME in primary.home.parents:
            shutil.rmtree(primary.home.parent, ignore_errors=True)
    assert words == ["before", "first"]
