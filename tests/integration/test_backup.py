"""A copy of the database that can be trusted: put back whole, equal row for row, and loud when something is missing."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from deploy.backup import DUMP, MANIFEST, back_up, finished, read_manifest, thin_out
from deploy.cli_norwegian import CommandError
from deploy.drill import rehearse
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
