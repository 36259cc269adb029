"""The answers' pages in a real browser: by keyboard alone, at every width, and axe finds nothing."""

from __future__ import annotations

import asyncio

import pytest
from playwright.async_api import expect

from sammen.policy.roles import Role
from sammen.settings import Environment
from shared_pool.matching.trial import end_trial
from tests.pool_samples import COORDINATOR, Flow, proposed
from tests.web.site import Site, axe, serving, sideways
from tests.web.test_keyboard import Keyboard
from tests.worlds import World

pytestmark = [pytest.mark.browser, pytest.mark.slow]


async def looked_at(site: Site, world: World, slug: str, role: Role, *paths: str) -> None:
    """Each page at its widths: nothing runs sideways, and axe finds nothing."""
    token = await world.token(world.user(slug, role))
    widths = (390, 320) if role is Role.CONTACT else (1280, 320)
    for path in paths:
        for width in widths:
            async with site.as_user(token, path, width=width) as page:
                assert await sideways(page) == 0, (path, width)
                assert await axe(page) == [], (path, width)


async def all_pages(site: Site, flow: Flow) -> None:
    """Every page a proposal has outside the region, as it stands now."""
    one, world = flow.proposal_id, flow.world
    await looked_at(site, world, "horten", COORDINATOR, "/k/horten/formidling", f"/k/horten/formidling/{one}")
    await looked_at(site, world, "re", COORDINATOR, "/k/re/formidling")
    await looked_at(site, world, "re", Role.CONTACT, "/min/re/foresporsler")
    if (await flow.row())["accepted_at"] is not None:
        await looked_at(site, world, "re", COORDINATOR, f"/k/re/formidling/utlaan/{one}")
        await looked_at(site, world, "re", Role.CONTACT, f"/min/re/foresporsler/{one}")


async def test_every_state_of_a_proposal_can_be_read_at_every_width(world: World) -> None:
    flow = await proposed(world)
    async with serving(world.database, Environment.TEST) as site:
        await looked_at(site, world, "horten", Role.MANAGER, "/k/horten/formidling/beslutter")
        await all_pages(site, flow)
        await flow.accept()
        await all_pages(site, flow)
        await flow.candidate_says()
        await flow.home_says_yes()
        await flow.user_yes()
        await flow.vetted()
        for _ in range(80):  # the site's own worker carries the match out
            if await world.sql("SELECT 1 FROM assignment WHERE proposal_id = $1", flow.proposal_id):
                break
            await asyncio.sleep(0.25)
        await all_pages(site, flow)
        async with world.at("horten", COORDINATOR) as uow:
            await end_trial(uow, flow.proposal_id, "distance")
        await all_pages(site, flow)


async def test_the_lender_and_the_candidate_answer_without_a_mouse(world: World) -> None:
    flow = await proposed(world)
    await flow.accept()
    async with serving(world.database, Environment.TEST) as site:
        token = await world.token(world.user("re", COORDINATOR))
        async with site.as_user(token, "/k/re/formidling") as page:
            keyboard = Keyboard(page)
            await keyboard.go("a", "^Horten spør om")
            await keyboard.go("button", "^Si ja til utlån$")
            await expect(page.get_by_text("Dere har sagt ja").first).to_be_visible()
        token = await world.token(world.user("re", Role.CONTACT))
        async with site.as_user(token, "/min/re/foresporsler", width=390) as page:
            keyboard = Keyboard(page)
            await keyboard.go("a", "^Horten spør om deg")
            await keyboard.reach("input", "^Ja, jeg vil")
            await keyboard.press("ArrowDown")
            await keyboard.go("button", "^Send svaret$")
            await expect(page.get_by_text("Et nei koster deg ingenting.").first).to_be_visible()
    assert await flow.state() == "declined"
