"""What a witness outside the database holds against whoever can write everything inside it."""

from __future__ import annotations

import json
import threading
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from deploy.cli_norwegian import CommandError
from deploy.witness import prove, read_witness, strange_signers, tell
from sammen.audit.jobs import visit
from sammen.audit.merkle import proves
from sammen.audit.verify import inclusion, verify
from sammen.audit.witness import read_line
from sammen.db.unit_of_work import plain_transaction
from sammen.settings import Environment, Settings
from tests.database import KEYS, SECRET
from tests.integration.test_audit_chain import seal, sealed_world, write
from tests.worlds import World

SETTINGS = Settings(environment=Environment.TEST, key=SECRET)
REWRITE = """
DO $$
DECLARE v_seal bytea; e record;
BEGIN
  UPDATE audit_entry SET actor_name = 'En annen' WHERE tenant_id = '{place}' AND seal_no = 2;
  v_seal := sha256(convert_to('{place}', 'UTF8'));
  FOR e IN SELECT * FROM audit_entry WHERE tenant_id = '{place}' AND seal_no IS NOT NULL ORDER BY seal_no LOOP
    v_seal := sha256(v_seal || convert_to(e.seal_no::text || '|' || sammen.entry_text(e.id, e.at, e.category, e.action,
      e.actor_id, e.actor_name, e.role, e.why, e.persons, e.object_kind, e.object_id, e.details, e.request_id), 'UTF8'));
    UPDATE audit_entry SET seal = v_seal WHERE tenant_id = e.tenant_id AND id = e.id;
  END LOOP;
  UPDATE audit_head SET seal = v_seal WHERE scope_id = '{place}';
END $$
"""


async def seal_system(world: World) -> None:
    async with plain_transaction(world.engine) as connection:
        await visit(connection, KEYS)


async def test_a_chain_written_anew_from_end_to_end_is_seen_by_the_witness_alone(
    world: World, tmp_path: Path
) -> None:
    url, path = world.database.admin_url, tmp_path / "witness.jsonl"
    await sealed_world(world)
    await write(world, "horten", 3)
    await seal(world, world.horten)
    await seal_system(world)
    settings = replace(SETTINGS, witness_path=str(path))
    lines, went = await tell(settings, url)
    assert went == [str(path)]
    assert len(lines) >= 4  # two batches in Horten, one in Re, one of the system's own trail
    assert await tell(settings, url) == ([], [])

    told = read_witness(path, path.read_text())
    assert strange_signers(SETTINGS, told) == []
    assert strange_signers(replace(SETTINGS, key="k" * 40), told) != []
    assert not [one.text() for one in await verify(url, told.heads, told.roots) if one.broken]
    await world.sql(REWRITE.format(place=world.horten))
    assert not [one.text() for one in await verify(url) if one.broken]
    broken = {one.slug: one.broken for one in await verify(url, told.heads, told.roots) if one.broken}
    assert list(broken) == ["horten"]


async def test_an_edited_login_is_found_in_the_systems_own_chain(world: World) -> None:
    await world.token(next(iter(world.users.values())))
    await seal_system(world)
    drift = {one.slug: one for one in await verify(world.database.admin_url)}["drift"]
    assert drift.sealed >= 1
    assert drift.broken is None
    await world.sql("UPDATE system_audit_entry SET actor_name = 'En annen' WHERE seal_no = 1")
    drift = {one.slug: one for one in await verify(world.database.admin_url)}["drift"]
    assert "oppføring 1 er endret" in (drift.broken or "")


async def test_one_entry_is_proved_without_showing_another(world: World) -> None:
    await sealed_world(world)
    entry = (
        await world.sql("SELECT id FROM audit_entry WHERE tenant_id = $1 AND seal_no = 4", world.horten)
    )[0]["id"]
    shown = json.loads(await prove(world.database.admin_url, str(entry)))
    path = [bytes.fromhex(one) for one in shown["path"]]
    assert proves(shown["said"].encode(), shown["index"], shown["size"], path, bytes.fromhex(shown["root"]))
    assert shown["said"].count("person.shown") == 1
    await world.sql("UPDATE audit_entry SET why = 'Noe annet' WHERE id = $1", entry)
    found = await inclusion(world.database.admin_url, entry)
    assert found is not None
    assert not found.holds()
    with pytest.raises(CommandError, match="passer ikke"):
        await prove(world.database.admin_url, str(entry))


async def test_a_witness_that_does_not_take_it_is_told_again(world: World) -> None:
    answers, got = [500, 204], []

    class Taker(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            got.append(self.rfile.read(int(self.headers["Content-Length"])))
            self.send_response(answers.pop(0))
            self.end_headers()

        def log_message(self, *_: object) -> None:
            return

    await sealed_world(world)
    server = HTTPServer(("127.0.0.1", 0), Taker)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        settings = replace(SETTINGS, witness_url=f"http://127.0.0.1:{server.server_port}/w")
        with pytest.raises(CommandError, match="500"):
            await tell(settings, world.database.admin_url)
        lines, _ = await tell(settings, world.database.admin_url)
    finally:
        server.shutdown()
        server.server_close()
    assert got[0] == got[1]
    assert [read_line(line)[0].slug for line in lines]
    changed = lines[0].replace('\\"to\\":', '\\"to\\":1')
    with pytest.raises(CommandError, match="linje 1"):
        read_witness(Path("w"), changed)
