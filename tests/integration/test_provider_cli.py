"""`sammen provider` as an operator meets it, against a provider that answers."""

from __future__ import annotations

import pytest

from deploy import providers
from deploy.cli_norwegian import CommandError
from sammen.errors import Invalid
from sammen.oidc.registration import Facts
from sammen.policy.roles import Role
from tests.database import KEYS
from tests.hostile_provider import CLIENT, hostile_provider, register
from tests.integration.test_cli import sammen, surroundings
from tests.oidc_steps import come_back, leave
from tests.worlds import Browser, World


async def test_a_provider_is_registered_checked_opened_and_closed(shared_world: World) -> None:
    url, settings = shared_world.database.admin_url, shared_world.house.settings
    with hostile_provider() as provider:
        env = surroundings(shared_world.database)
        code, out, _ = await sammen(
            "provider", "add", "horten", "Horten", provider.issuer, CLIENT, "--kommune", "horten", "--metode",
            "private_key_jwt", env=env,
        )  # fmt: skip
        assert (code, "/logg-inn/med/horten/svar" in out) == (0, True)
        for facts, place in (
            (Facts("annen", "Annen", provider.issuer, CLIENT, "other"), None),
            (Facts("horten", "Annen", "https://annen.example", CLIENT, "other"), None),
            (Facts("ny", "Ny", "https://ny.example", CLIENT, "other"), "finnes-ikke"),
        ):
            with pytest.raises(CommandError):
                await providers.add(url, settings, facts, place)
        for wrong in (
            Facts("Stor Kode", "X", "https://x.example", "x", "other"), Facts("x", "X", "ftp://x", "x", "other"),
            Facts("x", "X", "http://elsewhere.example", "x", "other"), Facts("x", "X", "https://x.example", "x", "ukjent"),
            Facts("x", "X", "https://x.example", "x", "other", levels={"a": "gud"}),
            Facts("x", "X", "https://x.example", "x", "other", session_seconds=99 * 3600),
        ):  # fmt: skip
            with pytest.raises(Invalid):
                await providers.add(url, settings, wrong, None)
        assert "Nøkler vi kan bruke: 1" in await providers.check(url, settings, "horten")
        with pytest.raises(CommandError, match="hemmelighet først"):
            await providers.switch(url, "horten", on=True)
        public = await providers.set_secret(url, KEYS, "horten", None)
        assert public is not None
        assert (public["kty"], public["alg"], "d" in public) == ("RSA", "RS256", False)
        await providers.switch(url, "horten", on=True)
        code, out, _ = await sammen("provider", "list", env=env)
        assert (code, "åpen" in out, "1 hemmelighet" in out) == (0, True, True)
        await register(shared_world, provider.issuer + "/", "tom", client_id="en til")
        with pytest.raises(CommandError, match="bokstav for bokstav"):
            await providers.check(url, settings, "tom")
        await providers.switch(url, "horten", on=False)
        assert (await Browser(shared_world.app).get("/logg-inn/med/horten")).status_code == 404
    with pytest.raises(CommandError, match="svarer ikke"):
        await providers.check(url, settings, "horten")


async def test_who_works_in_several_places_is_linked_by_the_operator_for_all_of_them(
    shared_world: World,
) -> None:
    url, address = shared_world.database.admin_url, "manager@horten.test"
    await shared_world.sql(
        "INSERT INTO membership (id, user_id, kind, municipality_id, role, valid_from, granted_by)"
        " VALUES (gen_random_uuid(), $1, 'municipality', $2, 'manager', '2000-01-01', 'test')",
        shared_world.user("horten", Role.MANAGER), shared_world.re,
    )  # fmt: skip
    with hostile_provider() as provider:
        await register(shared_world, provider.issuer, "felles", municipality_id=None)
        provider.claims = {"acr": "høy"}
        browser = Browser(shared_world.app)
        answer = await come_back(browser, "felles", provider.approve(await leave(browser, "felles")))
        shown = answer.text.split("Koden din")[1].split("-", 1)
        code = f"{shown[0][-5:]}-{shown[1][:5]}"
        with pytest.raises(CommandError):
            await providers.link(url, KEYS, code, "ingen@horten.test")
        assert await providers.link(url, KEYS, code, address) == "Mona Dal"
        with pytest.raises(CommandError):
            await providers.link(url, KEYS, code, address)
        await come_back(browser, "felles", provider.approve(await leave(browser, "felles")))
        assert [(await browser.get(f"/k/{slug}")).status_code for slug in ("horten", "re")] == [200, 200]
        await providers.unlink(url, "felles", address)
        assert (await browser.get("/k/horten")).status_code == 303
