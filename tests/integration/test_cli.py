"""The command line as an operator meets it: a process with an exit code, plain sentences, and no traceback."""

from __future__ import annotations

import asyncio
import os
import re
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import httpx
import pytest

from deploy.database import administrator
from sammen.audit.trail import record_read
from sammen.ids import uuid7
from sammen.policy.roles import Role
from tests.database import ROOT, SECRET, TestDatabase
from tests.worlds import World

PASSWORD = "et langt og trygt passord"
PATIENCE_S = 300
"""What is waited for comes in a second or two; a busy machine makes no test fail."""


def surroundings(database: TestDatabase | None = None, **more: str) -> dict[str, str]:
    kept = {
        name: value for name, value in os.environ.items() if not name.startswith(("SAMMEN_", "DATABASE_"))
    }
    kept |= {
        "PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'platform'}",
        "SAMMEN_KEY": SECRET,
        "SAMMEN_ENV": "test",
    }
    if database is not None:
        kept |= {"DATABASE_URL": database.admin_url, "SAMMEN_APP_URL": database.app_url}
    return kept | more


async def sammen(*arguments: str, env: dict[str, str]) -> tuple[int, str, str]:
    """(exit code, output, errors) of `sammen …`."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "deploy.cli", *arguments, env=env, cwd=ROOT,
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE, stdin=asyncio.subprocess.DEVNULL,
    )  # fmt: skip
    out, err = await asyncio.wait_for(process.communicate(), PATIENCE_S)
    assert "Traceback" not in out.decode() + err.decode()
    return process.returncode or 0, out.decode(), err.decode()


COMMANDS = [
    (), ("demo",), ("serve",), ("worker",), ("db",), ("db", "upgrade"), ("db", "status"), ("municipality", "add"),
    ("municipality", "list"), ("municipality", "office"), ("user", "add"), ("user", "grant"), ("user", "revoke"),
    ("user", "password"), ("import",),
    ("audit", "verify"), ("audit", "head"), ("audit", "witness"), ("audit", "prove"), ("shots",), ("doctor",), ("backup",),
    ("drill", "restore"), ("drill", "moment"), ("keys", "marks"), ("keys", "status"), ("keys", "rotate"),
    ("keys", "finish"), ("keys", "ticket"), ("keys", "sessions"),
]  # fmt: skip


async def test_every_command_explains_itself_in_norwegian() -> None:
    answers = await asyncio.gather(*(sammen(*command, "--help", env=surroundings()) for command in COMMANDS))
    for command, (code, out, _err) in zip(COMMANDS, answers, strict=True):
        assert code == 0, command
        assert "Bruk: sammen" in out
        assert "Vis denne hjelpen." in out
        assert not re.search(r"Usage|Options|Show this|OPTIONS", out), command


HEAVY = (
    "litestar",
    "sqlalchemy",
    "asyncpg",
    "pandas",
    "numpy",
    "jinja2",
    "pgqueuer",
    "typst",
    "deploy.asgi",
)


def test_help_loads_nothing_heavy_and_so_comes_at_once() -> None:
    asked = "import sys, deploy.cli; print(*sys.modules)"
    said = subprocess.run(
        [sys.executable, "-c", asked],
        env=surroundings(),
        cwd=ROOT,
        capture_output=True,
        check=True,
        text=True,
    )
    assert "click" in said.stdout.split()
    assert not set(HEAVY) & set(said.stdout.split())


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("finnes-ikke",), "finnes ikke"),
        (("user", "add"), "Mangler EPOST"),
        (("user", "grant", "a@b.no"), "Mangler ROLLE"),
        (("municipality", "add", "0701", "horten", "Horten", "--malform", "en"), "nb eller nn"),
        (("db", "status", "mye", "mer"), "For mange argumenter"),
        (("audit", "verify", "--vitne", "x"), "finnes ikke"),
    ],
)
async def test_wrong_use_is_one_line_and_code_2(arguments: tuple[str, ...], said: str) -> None:
    code, _out, err = await sammen(*arguments, env=surroundings())
    assert code == 2
    assert said in err
    assert err.count("\n") == 1


@pytest.mark.parametrize(
    ("arguments", "more", "said"),
    [
        (("db", "status"), {}, "DATABASE_URL mangler"),
        (("db", "status"), {"DATABASE_URL": "postgresql://x:y@127.0.0.1:1/z"}, "Får ikke kontakt"),
        (("serve",), {}, "SAMMEN_APP_URL mangler"),
        (("worker",), {"SAMMEN_APP_URL": "postgresql://x:y@127.0.0.1:1/z"}, "Får ikke kontakt"),
        (("db", "status"), {"DATABASE_URL": "tjener/sammen"}, "kan ikke leses. Skriv den som postgresql://"),
        (("serve",), {"SAMMEN_PORT": "åtte"}, "SAMMEN_PORT kan ikke være"),
        (("demo",), {"SAMMEN_ENV": "production"}, "Demoen kjører ikke"),
    ],
)
async def test_what_the_operator_can_mend_is_one_line_and_code_1(
    arguments: tuple[str, ...], more: dict[str, str], said: str
) -> None:
    code, _out, err = await sammen(*arguments, env=surroundings(None, **more))
    assert (code, err.count("\n")) == (1, 1), err
    assert said in err


async def test_production_refuses_demo_settings_a_role_past_the_wall_and_an_old_database(
    database: TestDatabase,
) -> None:
    production = {"SAMMEN_ENV": "production", "SAMMEN_PUBLIC_URL": "https://sammen.example"}
    demo = "demo-key-known-to-everyone-never-for-real-people"
    for more, said in (
        ({"SAMMEN_PERSONAS": "1"}, "SAMMEN_PERSONAS"),
        ({"SAMMEN_DEBUG": "1"}, "SAMMEN_DEBUG"),
        ({"SAMMEN_KEY": demo}, "demonøkkelen"),
        ({"SAMMEN_APP_URL": database.admin_url}, "går forbi radnivåsikkerheten"),
    ):
        for command in ("serve", "worker"):
            code, _out, err = await sammen(command, env=surroundings(database, **{**production, **more}))
            assert code == 1
            assert said in err
    async with administrator(database.admin_url) as admin:
        await admin.execute("UPDATE sammen.alembic_version SET version_num = '20261122_1'")
    code, _out, err = await sammen("serve", env=surroundings(database, **production))
    assert (code, "ikke på nyeste versjon" in err) == (1, True)
    code, out, err = await sammen("db", "status", env=surroundings(database))
    assert (code, "20261122_1" in out, "sammen db upgrade" in err) == (1, True, True)
    async with administrator(database.admin_url) as admin:
        await admin.execute("UPDATE sammen.alembic_version SET version_num = '20991231_1'")
    for asked in (["worker"], ["db", "status"], ["db", "upgrade"]):
        code, _out, err = await sammen(*asked, env=surroundings(database))
        assert (code, "et nyere program enn dette" in err) == (1, True), err


async def test_a_database_is_set_up_and_a_person_can_do_their_work_in_it(database: TestDatabase) -> None:
    env = surroundings(database)
    assert (await sammen("db", "upgrade", env=env))[0] == 0
    assert (await sammen("municipality", "add", "0701", "horten", "Horten", "--fra", "2020-01-01", env=env))[
        0
    ] == 0
    assert "0701  horten" in (await sammen("municipality", "list", env=env))[1]
    lines = ("--linje", "Postboks 10, 3191 Horten", "--linje", "Telefon 680 50 701")
    assert "ringe 680 50 701" in (await sammen("municipality", "office", "horten", *lines, env=env))[1]
    assert (await sammen("user", "add", "Kari@Horten.no", "Kari Lunde", "--passord", PASSWORD, env=env))[
        0
    ] == 0
    assert (await sammen("user", "grant", "kari@horten.no", "provider_coordinator", "horten", env=env))[
        0
    ] == 0
    assert (await sammen("user", "grant", "kari@horten.no", "operator", env=env))[0] == 0
    async with administrator(database.admin_url) as admin:
        held = await admin.fetch("SELECT role, kind, valid_to FROM sammen.membership ORDER BY role")
        trail = await admin.fetch("SELECT action FROM sammen.system_audit_entry ORDER BY at")
        written = await admin.fetchval("SELECT settings #>> '{brev,versjon}' FROM sammen.municipality")
    # A page of the same setting that was opened before is told that it is out of date.
    assert written == "1"
    assert [tuple(row) for row in held] == [
        ("operator", "operations", None),
        ("provider_coordinator", "municipality", None),
    ]
    assert [row["action"] for row in trail] == [
        "municipality.added",
        "municipality.office",
        "user.added",
        "role.granted",
        "role.granted",
    ]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("user", "grant", "ingen@horten.no", "manager", "horten"), "Ingen bruker har adressen"),
        (("user", "add", "ikke-en-adresse", "Kari", "--passord", PASSWORD), "ikke en e-postadresse"),
        (("user", "add", "kari@horten.no", "Kari", "--passord", "kort"), "minst 12 tegn"),
        (("user", "grant", "manager@horten.test", "sjef", "horten"), "purchaser_child"),
        (("user", "grant", "manager@horten.test", "manager", "oslo"), "finnes ikke"),
        (("user", "grant", "manager@horten.test", "shared_coordinator", "horten"), "trenger et slikt sted"),
        (("user", "revoke", "manager@horten.test", "payroll", "horten"), "er ikke payroll"),
        (("municipality", "add", "701", "x", "X"), "fire sifre"),
        (
            ("municipality", "office", "horten", "--linje", "Postboks 10, 3191 Horten"),
            "telefonnummer på åtte sifre",
        ),
        (("municipality", "office", "oslo", "--linje", "Telefon 680 50 701"), "finnes ikke"),
        (("municipality", "office", "horten", *("--linje", "680 50 701") * 6), "Høyst 5 linjer"),
        (("municipality", "add", "0799", "Store Ord", "X"), "små bokstaver"),
        (("municipality", "add", "0701", "ny", "X"), "allerede"),
        (("municipality", "add", "0799", "ny", "X", "--fra", "31.2.2026"), "ikke en dato"),
        (("audit", "verify", "--witness", "finnes-ikke.txt"), "Kan ikke lese"),
        (("audit", "verify", "--witness", "README.md"), "linje 1"),
    ],
)
async def test_bad_input_names_what_is_wrong_and_changes_nothing(
    shared_world: World, arguments: tuple[str, ...], said: str
) -> None:
    counted = "SELECT (SELECT count(*) FROM membership) + (SELECT count(*) FROM user_account) AS n"
    before = await shared_world.sql(counted)
    code, _out, err = await sammen(*arguments, env=surroundings(shared_world.database))
    assert code == 1
    assert said in err
    assert await shared_world.sql(counted) == before


async def test_a_role_taken_away_is_gone_at_the_next_request_and_can_be_given_again(world: World) -> None:
    browser = await world.browser("horten", Role.DATA_PROTECTION_OFFICER)
    env = surroundings(world.database)
    who = ("data_protection_officer@horten.test", "data_protection_officer", "horten")
    assert (await browser.get("/k/horten/innsynslogg")).status_code == 200
    assert (await sammen("user", "revoke", *who, env=env))[0] == 0
    assert (await browser.get("/k/horten/innsynslogg")).status_code == 404
    assert (await sammen("user", "grant", *who, env=env))[0] == 0
    assert (await sammen("user", "grant", *who, env=env))[0] == 0
    assert (await browser.get("/k/horten/innsynslogg")).status_code == 200


async def test_a_new_password_ends_the_sessions_and_opens_the_door(world: World) -> None:
    browser = await world.browser("horten", Role.MANAGER)
    env = surroundings(world.database)
    assert (await sammen("user", "password", "manager@horten.test", "--passord", PASSWORD, env=env))[0] == 0
    assert (await browser.get("/innlogginger")).status_code == 303
    answer = await browser.post("/logg-inn", data={"brukernavn": "manager@horten.test", "passord": PASSWORD})
    assert answer.status_code == 303


async def test_the_trail_is_verified_from_the_command_line_with_a_witness(
    world: World, tmp_path: Path
) -> None:
    env = surroundings(world.database)
    async with world.at("horten", Role.PROVIDER_COORDINATOR) as uow:
        await record_read(uow, "person.shown", [uuid7()], why="Koordinator")
    async with world.job(world.horten) as uow:
        await uow.call("SELECT sammen.seal_trail()")
    _code, heads, _err = await sammen("audit", "head", env=env)
    witness = tmp_path / "heads.txt"
    witness.write_text(heads)
    code, out, _err = await sammen("audit", "verify", "--witness", str(witness), env=env)
    assert (code, "horten: 1 forseglet" in out, "Ingen brudd" in out) == (0, True, True)
    await world.sql("UPDATE audit_entry SET why = 'x'")
    code, out, err = await sammen("audit", "verify", env=env)
    assert (code, "oppføring 1 er endret" in out, "Loggen er endret" in err) == (1, True, True)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


async def answers(url: str, seconds: float = PATIENCE_S) -> int:
    deadline = time.monotonic() + seconds
    async with httpx.AsyncClient() as client:
        while time.monotonic() < deadline:
            try:
                return (await client.get(url)).status_code
            except httpx.TransportError:
                await asyncio.sleep(0.1)
    return 0


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_serve_and_worker_start_and_stop_in_good_order(world: World, number: signal.Signals) -> None:
    port = free_port()
    env = surroundings(world.database, SAMMEN_PORT=str(port))
    started: list[Any] = [
        await asyncio.create_subprocess_exec(
            sys.executable, "-m", "deploy.cli", command, env=env, cwd=ROOT, stderr=asyncio.subprocess.DEVNULL
        )
        for command in ("serve", "worker")
    ]
    assert await answers(f"http://127.0.0.1:{port}/klar") == 200
    async with asyncio.timeout(PATIENCE_S):
        while not await world.sql(  # noqa: ASYNC110 - another process says nothing when it has begun
            "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'sammen-queue'"
        ):
            await asyncio.sleep(0.1)
    await asyncio.sleep(1)
    for process in started:
        assert process.returncode is None
        process.send_signal(number)
    codes = await asyncio.wait_for(asyncio.gather(*(process.wait() for process in started)), PATIENCE_S)
    # 130 is what a shell expects of a program that Ctrl-C has ended.
    assert all(code in (0, -number, 128 + number) for code in codes)
    assert await answers(f"http://127.0.0.1:{port}/klar", 0.3) == 0


@pytest.mark.slow
async def test_web_ends_when_the_demo_that_started_it_is_gone(world: World) -> None:
    port = free_port()
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "deploy.cli", "serve", "--wait", cwd=ROOT,
        env=surroundings(world.database, SAMMEN_PORT=str(port)), stdin=asyncio.subprocess.PIPE,
    )  # fmt: skip
    assert process.stdin is not None
    process.stdin.write(b"\n")
    assert await answers(f"http://127.0.0.1:{port}/klar") == 200
    process.stdin.close()
    await asyncio.wait_for(process.wait(), PATIENCE_S)


async def test_a_case_list_is_imported_by_one_who_may_and_by_nobody_else(world: World) -> None:
    env = surroundings(world.database)
    file = "deploy/demo/data/horten-vedtaksliste.csv"
    counted = "SELECT count(*) AS n FROM person"
    may, may_not = "purchaser_adult@horten.test", "provider_coordinator@horten.test"
    code, _out, err = await sammen("import", "horten", file, "--confirm", "--as", may_not, env=env)
    assert (code, "ikke lov" in err) == (1, True)
    code, _out, err = await sammen("import", "re", file, "--confirm", "--as", may, env=env)
    assert (code, "ikke lov" in err) == (1, True)
    code, out, err = await sammen("import", "horten", file, "--as", may, env=env)
    assert (code, "Ingenting er lagret" in out) == (0, True), err
    assert (await world.sql(counted))[0]["n"] == 0
    code, _out, err = await sammen("import", "horten", file, "--confirm", "--as", may, env=env)
    assert code == 0, err
    imported = (await world.sql(counted))[0]["n"]
    assert imported > 40
    assert (await sammen("import", "horten", file, "--confirm", "--as", may, env=env))[0] == 0
    assert (await world.sql(counted))[0]["n"] == imported
    assert {row["tenant_id"] for row in await world.sql("SELECT DISTINCT tenant_id FROM person")} == {
        world.horten
    }


async def test_the_demo_keeps_off_a_database_with_other_peoples_municipalities(
    world: World, tmp_path: Path
) -> None:
    env = surroundings(
        world.database, SAMMEN_ENV="demo", SAMMEN_PORT=str(free_port()), SAMMEN_DATA=str(tmp_path)
    )
    code, _out, err = await sammen("demo", env=env)
    assert (code, "ikke demopersoner" in err) == (1, True)


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_the_demo_shows_who_one_can_be_and_leaves_no_process_behind(
    world: World, tmp_path: Path, number: signal.Signals
) -> None:
    await world.sql(
        "UPDATE user_account SET persona = 'leder i Horten', persona_order = 1 WHERE id = $1",
        world.user("horten", Role.MANAGER),
    )
    port = free_port()
    env = surroundings(world.database, SAMMEN_ENV="demo", SAMMEN_PORT=str(port), SAMMEN_DATA=str(tmp_path))
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "deploy.cli", "demo", env=env, cwd=ROOT, stdout=asyncio.subprocess.PIPE
    )
    assert process.stdout is not None
    said = await asyncio.wait_for(process.stdout.readuntil(b"Ctrl-C."), PATIENCE_S)
    assert "leder i Horten" in said.decode()
    assert await answers(f"http://127.0.0.1:{port}/klar") == 200
    ours = (
        "SELECT count(*) AS n FROM pg_stat_activity WHERE datname = current_database()"
        " AND application_name IN ('sammen-web', 'sammen-queue', 'sammen-worker')"
    )
    assert (await world.sql(ours))[0]["n"] >= 2
    process.send_signal(number)
    assert await asyncio.wait_for(process.wait(), PATIENCE_S) == 0
    assert await answers(f"http://127.0.0.1:{port}/klar", 0.3) == 0
    assert (await world.sql(ours))[0]["n"] == 0
