"""`sammen region` at the command line: a municipality's last day in a collaboration, and the rules of its figures."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from uuid import UUID

import pytest
from click.testing import CliRunner

from deploy import cli_region
from sammen.clock import today
from sammen.policy.roles import Role
from shared_pool.accords.queries import members_now
from tests.worlds import World

KEEPER = Role.PROJECT_MANAGER


async def test_a_municipality_leaves_on_a_day_and_the_operator_is_told_what_is_left_to_finish(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cli_region, "_url", lambda: world.database.admin_url)

    async def run(*arguments: str) -> str:
        done = await asyncio.to_thread(CliRunner().invoke, cli_region.region_group, arguments)
        return done.output + str(done.exception or "")

    end = today() + timedelta(days=30)
    assert "er ikke med i vestfold" in await run("leave", "vestfold", "nowhere")
    assert "en dag som kommer" in await run("leave", "vestfold", "re", "--siste", "2020-01-01")
    said = await run("leave", "vestfold", "re", "--siste", end.isoformat())
    assert f"til og med {end:%d.%m.%Y}" in said
    assert "ingenting i gang" in said
    async with world.at("vestfold", KEEPER) as uow:
        assert world.re in await members_now(uow), "it is a member until then"
    for slug, role in (("vestfold", KEEPER), ("re", Role.MANAGER), ("horten", Role.MANAGER)):
        place = "r" if slug == "vestfold" else "k"
        page = await (await world.browser(slug, role)).get(f"/{place}/{slug}/avtaler")
        assert ("Re er med i samarbeidet til og med" in page.text) is (slug != "horten")
    assert "som før" in await run("leave", "vestfold", "re", "--angre")
    assert "ingen siste dag" in await run("leave", "vestfold", "re", "--angre")

    await world.sql(
        "INSERT INTO joint_group (region_id, id, host_id, group_id, name, activity, weekday, starts, ends, seats, valid_from)"
        " VALUES ($1, $2, $3, $2, 'Turgruppe', 'walks', 'mon', '17:00', '18:00', 8, $4)",
        world.region, UUID(int=7), world.re, today(),
    )  # fmt: skip
    assert "1 behov, felles grupper, kurs eller lån" in await run("leave", "vestfold", "re")
    assert "til og med" in await run("leave", "vestfold", "re", "--likevel")
    trail = await world.sql("SELECT action FROM system_audit_entry WHERE action LIKE 'region.%' ORDER BY id")
    assert [row["action"] for row in trail] == ["region.left", "region.stayed", "region.left"]


async def test_the_length_of_periods_stands_once_figures_have_been_released(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cli_region, "_url", lambda: world.database.admin_url)

    async def run(*arguments: str) -> str:
        done = await asyncio.to_thread(
            CliRunner().invoke, cli_region.region_group, ["figures", "vestfold", *arguments]
        )
        return done.output + str(done.exception or "")

    assert "fra 1 til 4 skjules. Perioden er halvår. Kommunene har frist 42 dager" in await run()
    assert "3<=x<=100" in await run("--terskel", "2")
    changed = await run("--terskel", "10", "--frist", "30", "--periode", "tertial")
    assert "fra 1 til 9 skjules. Perioden er tertial. Kommunene har frist 30 dager" in changed
    manager = await world.browser("vestfold", KEEPER)
    assert (
        "Tall fra 1 til 9 skjules. En periode er et tertial"
        in (await manager.get("/r/vestfold/publiseringer")).text
    )
    await world.sql(
        "INSERT INTO release (region_id, id, period, edition, state, tables, threshold, made_by, withdrawn_at, reason)"
        " VALUES ($1, $2, '2026-t1', 1, 'withdrawn', '{users:}', 10, $2, now(), 'Feil')",
        world.region, UUID(int=7),
    )  # fmt: skip
    assert "lengde" in await run("--periode", "year")
    assert "fra 1 til 4 skjules. Perioden er tertial" in await run("--terskel", "5", "--periode", "tertial")
