"""What a municipality sets about itself: the sender of its letters, and how surely each role must be known."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator

import pytest

from sammen.policy.roles import Role
from tenants.provision.place import ASKED, asked_of
from tests.worlds import World

PAGE = "/k/horten/regler/kommunen"
ADMINISTRATOR, MANAGER = Role.MUNICIPALITY_ADMINISTRATOR, Role.MANAGER


@pytest.fixture
async def town(shared_world: World) -> AsyncIterator[World]:
    """The shared world, with the municipality's settings put back afterwards."""
    yield shared_world
    await shared_world.sql("UPDATE municipality SET settings = settings - 'levels' - 'brev'")
    await shared_world.sql("UPDATE identity_provider SET enabled = false WHERE code = 'tried'")


async def settings(world: World) -> dict[str, dict[str, object]]:
    found = await world.sql("SELECT settings::text AS said FROM municipality WHERE slug = 'horten'")
    return dict(json.loads(found[0]["said"]))


def levels(version: int = 0, **changes: str) -> dict[str, str]:
    return {**asked_of({}), **changes, "versjon": str(version)}


async def test_the_sender_of_letters_is_written_by_the_manager_and_the_neighbour_keeps_theirs(
    town: World,
) -> None:
    manager = await town.browser("horten", MANAGER)
    long = await manager.submit(PAGE, {"avdeling": "x" * 81, "linjer": "a\nb\nc\nd\ne\nf", "versjon": "0"})
    for said in ("Skriv høyst 80 tegn.", "Skriv høyst fem linjer.", "x" * 81):
        assert said in long.text
    sent = {"avdeling": "Helse og mestring", "linjer": " Postboks 10 \n\nTelefon 680 50 701", "versjon": "0"}
    assert (await manager.submit(PAGE, sent)).status_code == 303
    assert (await settings(town))["brev"] == {
        "avdeling": "Helse og mestring", "linjer": ["Postboks 10", "Telefon 680 50 701"], "versjon": 1,
    }  # fmt: skip
    assert "Helse og mestring" in (await manager.get(PAGE)).text
    assert (await manager.submit(PAGE, {**sent, "avdeling": "En annen"})).status_code == 409
    rows = await town.sql("SELECT 1 FROM municipality WHERE slug <> 'horten' AND settings ? 'brev'")
    assert not rows
    assert await town.sql("SELECT 1 FROM audit_entry WHERE action = 'place.letters'")


async def test_only_the_administrator_asks_more_of_a_role_and_never_less_than_the_house(town: World) -> None:
    manager, leader = await town.browser("horten", MANAGER), await town.browser("horten", ADMINISTRATOR)
    assert "Administratoren setter kravene." in (await manager.get(PAGE)).text
    assert (await manager.submit(f"{PAGE}/innlogging", levels())).status_code == 403
    weak = await leader.submit(f"{PAGE}/innlogging", levels(payroll="password"))
    assert "Velg hvor sikkert de skal være logget inn." in weak.text
    assert (await leader.submit(f"{PAGE}/innlogging", levels(contact="second_factor"))).status_code == 303
    assert (await settings(town))["levels"] == {"contact": "second_factor", "versjon": 1}
    assert (await leader.submit(f"{PAGE}/innlogging", levels(contact="sent_code"))).status_code == 409
    assert (await leader.submit(f"{PAGE}/innlogging", levels(1))).status_code == 303
    assert (await settings(town))["levels"] == {"versjon": 2}
    trail = await town.sql(
        "SELECT details::text AS said FROM audit_entry WHERE action = 'place.levels' ORDER BY id DESC LIMIT 1"
    )
    assert json.loads(trail[0]["said"]) == {"before": {"contact": "second_factor"}, "after": {}}


async def test_a_level_that_nobody_could_reach_shuts_nobody_out(town: World) -> None:
    """An administrator with a code app asks for more of administrators; or of a role whose logins cannot reach so high."""
    leader = await town.browser("horten", ADMINISTRATOR)
    await town.sql(
        "UPDATE web_session SET assurance = 'second_factor' WHERE user_id = $1",
        town.user("horten", ADMINISTRATOR),
    )
    own = await leader.submit(f"{PAGE}/innlogging", levels(municipality_administrator="high"))
    assert "ville blitt stengt ute" in own.text
    none = await leader.submit(f"{PAGE}/innlogging", levels(payroll="high"))
    assert "Ingen innlogging som er åpen for kommunen, når det nivået." in none.text
    assert not (await settings(town)).get("levels")
    await town.sql(
        "INSERT INTO identity_provider (id, code, name, audience, issuer, client_id, auth_method, levels, enabled)"
        " VALUES (gen_random_uuid(), 'tried', 'Tried', 'employees', 'https://tried.test', 'x', 'private_key_jwt',"
        ' \'{"loa": "high"}\', true)'
    )
    assert (await leader.submit(f"{PAGE}/innlogging", levels(payroll="high"))).status_code == 303
    payroll = await town.browser("horten", Role.PAYROLL)
    await town.sql(
        "UPDATE web_session SET assurance = 'second_factor' WHERE user_id = $1",
        town.user("horten", Role.PAYROLL),
    )
    assert (await payroll.get("/k/horten")).headers["location"].startswith("/bekreft?nivaa=high")


def test_every_role_with_a_place_in_a_municipality_may_be_asked_more_of() -> None:
    assert len(ASKED) == 11
