"""Provision with the keyboard alone: hours registered, attested, approved and paid, and a round among substitutes."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

import pytest
from playwright.async_api import expect

from sammen.clock import today
from sammen.norwegian import format_date
from sammen.policy.roles import Role
from sammen.settings import Environment
from tests.payroll_samples import ready
from tests.provider_samples import contact
from tests.web.site import Site, serving
from tests.web.test_keyboard import WHERE, Keyboard
from tests.web.test_provision_job import arrange
from tests.worlds import World

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@asynccontextmanager
async def somebody(
    site: Site, world: World, role: Role, start: str = "/k/horten", width: int = 1280
) -> AsyncIterator[Keyboard]:
    """Somebody of Horten with a role, logged in, at the page `start`."""
    token = await world.token(world.user("horten", role))
    async with site.as_user(token, start, width=width) as page:
        yield Keyboard(page)


async def error_summary_has_focus(keyboard: Keyboard) -> None:
    at = await keyboard.page.evaluate(WHERE)
    assert at["html"].startswith('<div class="ds-error-summary"')


async def register(amund: Keyboard) -> None:
    """Hours without times of the clock, from a part that is folded away."""
    await amund.go("a", "^Før timer")
    await amund.reach("summary", "^Skriv bare antall timer$")
    await amund.press("Enter")
    await amund.fill(timer="1,5", hva="Gikk tur.")
    await amund.reach("input", "^km$")
    await amund.type("8")
    await amund.go("button", "^Send inn$")
    await expect(amund.page.get_by_text("Timene er sendt.")).to_be_visible()


async def attest(marit: Keyboard) -> None:
    """Nothing chosen is refused, and what is confirmed is gone from the list."""
    await marit.go("a", "^Se timene$")
    await marit.reach("input", "^linje$")
    await marit.press("Space")
    await marit.go("button", "^Bekreft timene")
    await error_summary_has_focus(marit)
    await marit.reach("input", "^linje$")
    await marit.press("Space")
    await marit.go("button", "^Bekreft timene")
    await expect(marit.page.get_by_text("Takk. Én føring er bekreftet.")).to_be_visible()


async def approve(kari: Keyboard) -> None:
    """What is attested is ticked already."""
    await kari.go("a", "^Timelister$")
    await kari.reach("input", "^linje$")
    assert await kari.page.evaluate("document.activeElement.checked")
    await kari.go("button", "^Godkjenn de valgte")
    await expect(kari.page.get_by_text("Én føring er godkjent.")).to_be_visible()


async def pay(gro: Keyboard) -> None:
    """This month's run, computed, read and closed."""
    await gro.go("a", "^Lønn$")
    await gro.go("a", "^Ny lønnskjøring$")
    await gro.reach("select", "^periode$")
    await gro.press("End")
    await gro.fill(utbetales=format_date(today() + timedelta(days=60)))
    await gro.go("button", "^Beregn lønn$")
    for _ in range(40):
        if await gro.page.locator("main a[href*='/lonn/']").count():
            break
        await gro.page.wait_for_timeout(500)
        await gro.page.reload()
    await gro.go("a", "^Se resultatet$")
    await gro.go("button", "^Lukk lønnskjøring")
    await expect(gro.page.get_by_text("er lukket").first).to_be_visible()


async def test_hours_go_from_the_phone_to_a_closed_run_without_a_mouse(world: World) -> None:
    await arrange(world)
    rows = await world.sql("SELECT id FROM support_contact")
    await ready(world, "horten", rows[0]["id"])
    async with serving(world.database, Environment.TEST) as site:
        async with somebody(site, world, Role.CONTACT, "/min/horten", 390) as amund:
            await register(amund)
        async with somebody(site, world, Role.REPRESENTATIVE, "/min/horten", 390) as marit:
            await attest(marit)
        async with somebody(site, world, Role.PROVIDER_COORDINATOR) as kari:
            await approve(kari)
        async with somebody(site, world, Role.PAYROLL) as gro:
            await pay(gro)
    (run,) = await world.sql("SELECT state, (SELECT sum(amount_ore) FROM pay_item) AS ore FROM payroll_run")
    assert (run["state"], run["ore"]) == (
        "closed",
        30_000,
    )  # 1.5 h × 200.00, and no table pays the kilometres


async def test_who_is_away_is_noted_and_a_round_is_started_and_answered_without_a_mouse(world: World) -> None:
    await arrange(world)
    await world.sql("UPDATE person SET user_id = NULL")
    await contact(
        world, "horten", "Marte Lie", user=world.user("horten", Role.CONTACT), interests=("climbing",)
    )
    async with serving(world.database, Environment.TEST) as site:
        async with somebody(site, world, Role.PROVIDER_COORDINATOR) as kari:
            await kari.go("a", "^Oppdrag$")
            await kari.go("a", "Selma Vikane")
            await kari.go("a", "kan ikke komme$")
            soon = today() + timedelta(days=3)
            await kari.fill(fra=format_date(soon))
            await kari.go("button", "^Noter og spør vikarer$")
            await kari.reach("input", "^hvem$")
            await kari.press("ArrowDown")
            await kari.go("button", "^Begynn å spørre$")
            await error_summary_has_focus(kari)
            await kari.fill(ja_fra="Mor")
            await kari.go("button", "^Begynn å spørre$")
            await expect(kari.page.get_by_text("Marte Lie").first).to_be_visible()
        async with somebody(site, world, Role.CONTACT, "/min/horten", 390) as marte:
            await marte.go("a", "^Se og svar")
            await marte.reach("input", "^svar$")
            await marte.press("Space")
            await marte.go("button", "^Send svaret$")
            await expect(marte.page.get_by_text("Takk! Oppdraget er ditt.")).to_be_visible()
