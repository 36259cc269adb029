"""`sammen doctor` on a real database: well where it is well, and a plain sentence where it is not."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from deploy.doctor import examine
from deploy.doctor_findings import FAULT, OK, WARNING, Finding
from sammen.settings import Environment, Settings
from tests.database import SECRET
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
