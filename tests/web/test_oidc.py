"""A login through a real provider, which runs as a process of its own, in a real browser: in, at work, and out of both."""

from __future__ import annotations

import asyncio
import re
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
import pytest
from playwright.async_api import Page, expect

from sammen.policy.roles import Role
from sammen.settings import Environment
from tests.hostile_provider import register
from tests.web.site import Site, axe, serving, sideways
from tests.worlds import World

pytestmark = [pytest.mark.browser]


@asynccontextmanager
async def provider_process() -> AsyncIterator[str]:
    """The issuer of an `oidc-provider-mock` of its own, ended on leaving."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    issuer = f"http://127.0.0.1:{port}"
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "oidc_provider_mock", "--port", str(port), "--require-nonce", "true",
        stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.DEVNULL,
    )  # fmt: skip
    try:
        async with httpx.AsyncClient() as client:
            for _ in range(100):
                try:
                    await client.get(f"{issuer}/.well-known/openid-configuration")
                    break
                except httpx.TransportError:
                    await asyncio.sleep(0.1)
            # Claims of its people: what a provider knows, and we do not.
            said = {"name": "Mona Dal", "email": "manager@horten.test", "acr": "høy"}
            (await client.put(f"{issuer}/users/mona", json=said)).raise_for_status()
        yield issuer
    finally:
        process.terminate()
        await process.wait()


async def look(page: Page) -> None:
    """The page as it stands: whole for axe, and no wider than a phone."""
    assert await axe(page) == []
    await page.set_viewport_size({"width": 320, "height": 900})
    assert await sideways(page) == 0
    await page.set_viewport_size({"width": 1280, "height": 900})


async def say_yes(page: Page, subject: str) -> None:
    """At the provider: be that person."""
    await page.locator("input[name='sub']").first.fill(subject)
    await page.get_by_role("button", name=re.compile("authorize|log ?in", re.IGNORECASE)).first.click()


async def test_an_employee_is_linked_by_a_code_works_and_is_logged_out_of_both(world: World) -> None:
    async with provider_process() as issuer, serving(world.database, Environment.TEST) as site:
        await register(world, issuer, "horten-ansatte", domains=("horten.test",))
        window = await site.browser.new_context(viewport={"width": 1280, "height": 900}, locale="nb-NO")
        page = await window.new_page()
        await page.goto(f"{site.url}/k/horten")
        await page.get_by_role("link", name="Logg inn med kommunen din").click()
        await look(page)
        await page.get_by_label("Kommune eller e-postadresse på jobb").fill("manager@horten.test")
        await page.get_by_role("button", name="Gå videre").click()
        await expect(page.get_by_role("heading", level=1)).to_have_text("Logg inn i Horten")
        await look(page)
        await page.get_by_role("link", name="Logg inn med Horten kommune").click()
        await say_yes(page, "mona")
        await expect(page.get_by_role("heading", level=1)).to_have_text("Kontoen din er ikke koblet")
        await look(page)
        code = await page.locator("dd").first.inner_text()
        await _link(world, site, code)
        await page.goto(f"{site.url}/logg-inn/horten?neste=/k/horten")
        await page.get_by_role("link", name="Logg inn med Horten kommune").click()
        await say_yes(page, "mona")
        await page.wait_for_url(f"{site.url}/k/horten")
        await expect(page.get_by_role("heading", level=1)).to_be_visible()
        cookies = {cookie["name"]: cookie for cookie in await window.cookies(site.url)}
        assert cookies["sammen"]["httpOnly"]
        assert cookies["sammen"]["sameSite"] == "Lax"
        assert "sammen-innlogging" not in cookies
        # Out: here at once, and on to the provider, which asks and leads back.
        await page.goto(f"{site.url}/innlogginger")
        await page.evaluate("document.querySelector(\"form[action='/logg-ut']\").requestSubmit()")
        await page.wait_for_url(re.compile(re.escape(issuer) + "/oauth2/end_session"))
        assert "sammen" not in {cookie["name"] for cookie in await window.cookies(site.url)}
        await page.get_by_role("button").first.click()
        await page.wait_for_url(f"{site.url}/logg-inn**")
        assert (await page.goto(f"{site.url}/k/horten")) is not None
        assert page.url.startswith(f"{site.url}/logg-inn")
        await window.close()


async def _link(world: World, site: Site, code: str) -> None:
    administrator = world.user("horten", Role.MUNICIPALITY_ADMINISTRATOR)
    async with site.as_user(await world.token(administrator), "/k/horten/ansatte/koblinger") as admin:
        await look(admin)
        await admin.get_by_label("Koden den ansatte har fått").fill(code)
        await admin.get_by_role("button", name="Se hvem det er").click()
        await expect(admin.get_by_text("Mona Dal").first).to_be_visible()
        await look(admin)
        name = await world.sql(
            "SELECT display_name FROM user_account WHERE id = $1", world.user("horten", Role.MANAGER)
        )
        await admin.get_by_label("Konto i Sammen").select_option(label=name[0]["display_name"])
        await admin.get_by_role("button", name="Koble kontoen").click()
        await expect(admin.get_by_text("Kontoen er koblet. Personen kan logge inn nå.")).to_be_visible()
        await look(admin)


async def test_the_operator_registers_a_provider_gives_it_a_secret_opens_and_closes_it(world: World) -> None:
    async with serving(world.database, Environment.TEST) as site:
        token = await world.token(world.user("drift", Role.OPERATOR))
        async with site.as_user(token, "/drift/innlogging") as page:
            await look(page)
            await page.get_by_role("link", name="Legg inn en leverandør").click()
            await page.get_by_role("button", name="Legg inn leverandøren").click()
            await expect(
                page.get_by_text("Skriv id-en dere har fått hos leverandøren, «client ID».").first
            ).to_be_visible()
            await look(page)
            for label, text in (
                ("Navn", "ID-porten"),
                ("Kode", "id-porten"),
                ("Utsteder", "https://idporten.no"),
                ("Id hos leverandøren, «client ID»", "abc"),
            ):
                await page.get_by_label(label, exact=True).fill(text)
            await page.get_by_label("ID-porten, for innbyggere").check()
            await page.get_by_role("button", name="Legg inn leverandøren").click()
            await expect(page.get_by_role("heading", name="ID-porten", level=2)).to_be_visible()
            await page.get_by_role("button", name="Åpne").click()
            await expect(page.get_by_text("Legg inn en hemmelighet før du åpner").first).to_be_visible()
            await page.get_by_text("Bytt hemmelighet").click()
            await page.get_by_role("button", name="Lag en ny nøkkel").click()
            await expect(page.get_by_text("Registrer nøkkelen hos ID-porten")).to_be_visible()
            await look(page)
            await page.get_by_role("button", name="Åpne").click()
            await expect(page.get_by_text("ID-porten er åpen for innlogging.")).to_be_visible()
            await look(page)
            await page.get_by_role("button", name="Steng og avslutt innloggingene").click()
            await expect(page.get_by_text("Stengt", exact=True)).to_be_visible()
