"""`sammen doctor` on a real database: well where it is well, and a plain sentence where it is not."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

from deploy.database import administrator
from deploy.doctor import examine
from deploy.doctor_findings import FAULT, OK, WARNING, Finding
from sammen.settings import Environment, Settings
from tests.database import SECRET, describe
from tests.worlds import World


async def found(world: World, **changed: object) -> dict[str, Finding]:
    settings = Settings(
        environment=Environment.TEST,
        app_url=world.database.app_url,
        admin_url=world.database.admin_url,
        key=SECRET,
    )
    return {one.what: one for one in await examine(replace(settings, **changed))}  # type: ignore[arg-type]  # Settings' own names


async def test_a_sound_database_is_found_sound_and_no_secret_is_shown(world: World) -> None:
    seen = await found(world)
    for what in ("PostgreSQL", "Klokke", "Rolle", "Versjon", "Nøkkel", "Radnivåsikkerhet", "Programmets rolle",
                 "Kopirollen", "Utvidelser", "Innsynslogg", "PgBouncer"):  # fmt: skip
        assert seen[what].state == OK, seen[what].text()
    assert seen["Arbeidere"].state == FAULT
    assert seen["Trygg lagring"].state == FAULT  # the tests' server does not wait for the disk
    everything = " ".join(one.text() for one in seen.values())
    assert SECRET not in everything
    assert "app-password" not in everything


async def test_what_is_wrong_is_said_with_what_to_do(world: World, tmp_path: Path) -> None:
    await world.sql("ALTER TABLE case_file NO FORCE ROW LEVEL SECURITY")
    await world.sql(
        "INSERT INTO job_queue (priority, entrypoint, execute_after, status)"
        " VALUES (0, 'sammen', now() - interval '1 hour', 'queued')"
    )
    await world.sql(
        "INSERT INTO system_audit_entry (id, at, category, action, actor_name, role, why)"
        " VALUES (gen_random_uuid(), now() - interval '1 hour', 'change', 'x', '', '', '')"
    )
    old = tmp_path / (datetime.now(UTC) - timedelta(hours=30)).strftime("%Y-%m-%dT%H-%M-%SZ")
    old.mkdir()
    (old / "manifest.json").write_text("{}")
    seen = await found(
        world, backup_dir=str(tmp_path), key="k" * 40, smtp_url="smtp://127.0.0.1:9", mail_from="a@b.example"
    )
    assert "case_file" in seen["Radnivåsikkerhet"].said
    for what in ("Radnivåsikkerhet", "Køen", "Innsynslogg", "Nøkkel", "E-post"):
        assert seen[what].state == FAULT, what
        assert seen[what].act
    assert seen["Sikkerhetskopi"].state == WARNING
    assert "30 timer" in seen["Sikkerhetskopi"].said


async def test_a_database_that_is_away_is_a_sentence_and_the_rest_is_still_examined(world: World) -> None:
    seen = await found(world, app_url="postgresql://sammen_app:hush@127.0.0.1:9/none", admin_url="")
    assert seen["Database"].state == FAULT
    assert seen["Database som administrator"].state == WARNING
    assert "Disk" in seen
    assert "hush" not in " ".join(one.text() for one in seen.values())
    assert "ConnectionRefused" not in seen["Database"].text()
    assert "Går PostgreSQL" in seen["Database"].act
    wrong = world.database.app_url.replace("app-password", "hush")
    seen = await found(world, app_url=wrong, admin_url="")
    assert (seen["Database"].said, "SAMMEN_APP_URL" in seen["Database"].act) == ("passordet er feil", True)


async def test_a_database_that_is_not_set_up_blames_neither_key_nor_packages(world: World) -> None:
    empty = f"empty_{uuid4().hex[:12]}"
    async with administrator(world.database.admin_url) as admin:
        await admin.execute(f'CREATE DATABASE "{empty}"')
    try:
        there = describe(world.database.admin_url, empty)
        seen = await found(world, app_url=there.app_url, admin_url=there.admin_url)
    finally:
        async with administrator(world.database.admin_url) as admin:
            await admin.execute(f'DROP DATABASE "{empty}" WITH (FORCE)')
    for what in ("Database", "Database som administrator"):
        assert (seen[what].said, "sammen db upgrade" in seen[what].act) == ("ikke satt opp ennå", True)
    assert {"Nøkkel", "Utvidelser", "Rolle", "Radnivåsikkerhet"} & seen.keys() == set()
    assert seen["PostgreSQL"].state == OK
    seen = await found(world, app_url="postgresql://sammen_app@127.0.0.1/no-such-place", admin_url="nonsense")
    assert seen["Database som administrator"].said == "adressen kan ikke leses"
