"""Settlement in a real browser: checked, sent back and accepted by keyboard alone, also at 320 pixels; axe finds nothing."""

from __future__ import annotations

import pytest
from playwright.async_api import expect

from sammen.policy.roles import Role
from sammen.settings import Environment
from tests.settlement_samples import JULY, accepted, agreed, hours, lent, reported, statements
from tests.web.site import Site, axe, serving, sideways
from tests.web.test_keyboard import WHERE, Keyboard
from tests.worlds import World

pytestmark = [pytest.mark.browser, pytest.mark.slow]
HERE = "/k/horten/oppgjor"


async def looked_at(site: Site, token: str, path: str) -> None:
    for width in (1280, 320):
        async with site.as_user(token, path, width=width) as page:
            assert await sideways(page) == 0, (path, width)
            assert await axe(page) == [], (path, width)


async def test_a_statement_is_checked_sent_back_and_accepted_without_a_mouse(world: World) -> None:
    agreement = await agreed(world)
    await hours(world, await lent(world), JULY, "7.5")
    await reported(world)
    statement = (await statements(world, "horten"))[0].id
    payroll = await world.token(world.user("horten", Role.PAYROLL))
    manager = await world.token(world.user("horten", Role.MANAGER))
    async with serving(world.database, Environment.TEST) as site:
        async with site.as_user(payroll, "/k/horten", width=320) as page:
            gro = Keyboard(page)
            await gro.go("a", "^Kontroller oppgjøret med Re$")
            await gro.reach("summary", "^Stemmer det ikke")
            await gro.press("Enter")
            await gro.go("button", "^Send tilbake$")
            at = await page.evaluate(WHERE)
            assert at["html"].startswith('<div class="ds-error-summary"')
            await gro.press("Tab", "Enter")
            await gro.type("Timene i juli er ført to ganger.")
            await gro.go("button", "^Send tilbake$")
            await expect(page.get_by_text("Horten er uenig")).to_be_visible()
            await gro.go("button", "^Tallene stemmer$")
            await expect(page.get_by_text("Tallene er kontrollert.")).to_be_visible()
        await accepted(world, "re", statement)
        async with site.as_user(manager, f"{HERE}/{statement}") as page:
            torunn = Keyboard(page)
            await torunn.go("button", "^Godkjenn oppgjøret$")
            await expect(page.get_by_text("Begge har godkjent. Oppgjør 1 er låst.")).to_be_visible()
        for path in ("", f"/{statement}", "/avtaler", "/avtaler/ny", f"/avtaler/{agreement}"):
            await looked_at(site, manager, f"{HERE}{path}")
