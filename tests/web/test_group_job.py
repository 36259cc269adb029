"""Half a year of a group across borders in Chromium: Horten hosts it, Re has seats in it, and each knows only its own.

Seven people do it, each in a window of their own; the steps are in group_steps.py. At the end every page and file about
groups is read from each side, for the names of the other.
"""

from __future__ import annotations

from contextlib import AsyncExitStack
from datetime import date, timedelta

import pytest

from sammen.clock import today
from sammen.policy.roles import Role
from sammen.settings import Environment
from tenants.planning.rules import asked_half, half_of
from tests.clocks import stop_clock
from tests.group_samples import in_group
from tests.provider_samples import contact
from tests.resource_samples import car
from tests.web import group_steps as step
from tests.web.group_steps import LEADERS, OWN
from tests.web.site import serving
from tests.web.test_pool_job import everything
from tests.web.together import COORDINATOR, Together, user_in, walk_of
from tests.worlds import World

pytestmark = [pytest.mark.browser, pytest.mark.slow]
LEADER, PARTICIPANT = Role.CONTACT, Role.SERVICE_USER


async def crew(world: World) -> None:
    """Three contacts of Horten's with logins, five who have a group in their decision, and a minibus."""
    for name, known_as in zip(LEADERS, ("contact", "amund", "tuva"), strict=True):
        user = world.users.get(("horten", known_as)) or await user_in(
            world, world.horten, "horten", known_as, name, LEADER
        )
        await contact(world, "horten", name, user=user)
    for slug, names in OWN.items():
        (known,) = await world.sql(
            "SELECT id FROM support_contact WHERE tenant_id = $1 ORDER BY created_at LIMIT 1", world.horten
        ) if slug == "horten" else [{"id": await contact(world, slug, "Gry Havn")}]  # fmt: skip
        for name in names:
            await in_group(world, slug, name, known["id"], born=date(today().year - 30, 1, 14))
        await world.sql(
            "UPDATE person SET user_id = $1 WHERE tenant_id = $2 AND family_name = $3",
            world.user(slug, PARTICIPANT), getattr(world, slug), names[0].split()[1],
        )  # fmt: skip
    await car(world)


async def test_half_a_year_of_a_group_across_borders(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    await crew(world)
    async with AsyncExitStack() as stack:
        site = await stack.enter_async_context(serving(world.database, Environment.TEST))
        walk = walk_of(world, site)
        await begin(walk)
        await call_off(walk)
        await go_on_without_two(walk)
        await meet(walk)
        await nobody_reads_of_others(walk)
        await evaluate(walk, monkeypatch)


async def begin(walk: Together) -> None:
    """The host opens it, the partner joins, and each gives its places."""
    async with walk.of("horten", COORDINATOR, "/k/horten") as kari:
        await step.plan(walk, kari)
        await step.invite(walk, kari)
    async with walk.of("re", COORDINATOR, "/k/re") as rune:
        await step.join(walk, rune)
        await step.give_places(walk, rune, "re")
    async with walk.of("horten", COORDINATOR, "/k/horten") as kari:
        await step.give_places(walk, kari, "horten")


async def call_off(walk: Together) -> None:
    """A trip with a booked car, called off with an hour's notice."""
    async with walk.of("horten", COORDINATOR, "/k/horten") as kari:
        await step.reserve(walk, kari)
        async with walk.of("horten", LEADER, "/min/horten", 390) as marte:
            await step.not_yet(walk, marte, walk.found["trip"])
        await step.call_off(walk, kari)
    for slug in ("horten", "re"):
        async with walk.of(slug, PARTICIPANT, f"/min/{slug}", 320) as somebody:
            await step.read_called_off(walk, somebody, slug)


async def go_on_without_two(walk: Together) -> None:
    """One meeting nobody can lead, and one where the round finds somebody."""
    async with walk.of("horten", COORDINATOR, "/k/horten") as kari:
        weekly = walk.found["weekly"] = await step.first_weekly(walk)
        walk.found["today"] = await step.another(walk, kari, 0, "Ikke bestemt")
        for session, yes in ((weekly, False), (walk.found["today"], True)):
            async with walk.who("horten", "amund", "/min/horten") as amund:
                await step.cannot(walk, amund, session)
            async with walk.of("horten", LEADER, "/min/horten", 390) as marte:
                await step.one_leader(walk, marte, session)
            async with walk.who("horten", "tuva", "/min/horten", 320) as tuva:
                await step.answer_ask(walk, tuva, yes=yes)
        await step.blocked(walk, kari, weekly)


async def meet(walk: Together) -> None:
    """What participants chose, and the day it is done."""
    session = walk.found["today"]
    async with walk.of("horten", PARTICIPANT, "/min/horten", 390) as jonas:
        await step.suggest(walk, jonas)
        await step.choose(walk, jonas, "horten")
    async with walk.of("re", PARTICIPANT, "/min/re", 390) as trym:
        await step.choose(walk, trym, "re")
    async with walk.of("horten", COORDINATOR, "/k/horten") as kari:
        await step.put_on_plan(walk, kari, walk.found["weekly"])
    async with walk.of("re", PARTICIPANT, "/min/re", 390) as trym:
        await step.read_plan(walk, trym)
    async with walk.of("horten", LEADER, "/min/horten", 390) as marte:
        await step.lead(walk, marte, session)
        await step.a_day_later(walk.world, session)
        await step.not_any_more(walk, marte, session)
    for slug in ("horten", "re"):
        async with walk.of(slug, COORDINATOR, f"/k/{slug}") as somebody:
            await step.read_presence(walk, somebody, slug, session)


async def nobody_reads_of_others(walk: Together) -> None:
    """All pages and files about groups, of every role on both sides and in the region: no name from elsewhere."""
    for slug, other in (("horten", "re"), ("re", "horten")):
        words = [word for name in OWN[other] for word in name.split()[1:]]
        read = dict[str, str]()
        for role in (COORDINATOR, Role.MANAGER):
            browser = await walk.world.browser(slug, role)
            read |= {
                f"{role} {path}": text
                for path, text in (await everything(browser, f"/k/{slug}/grupper")).items()
            }
        for role in (LEADER, PARTICIPANT):
            browser = await walk.world.browser(slug, role)
            read |= {
                f"{role} {path}": text for path, text in (await everything(browser, f"/min/{slug}/")).items()
            }
        assert [path for path, text in read.items() if any(word in text for word in words)] == []
    region = await everything(
        await walk.world.browser("vestfold", Role.SHARED_COORDINATOR), "/r/vestfold/grupper"
    )
    names = [word for found in OWN.values() for name in found for word in name.split()[1:]]
    assert not [path for path, text in region.items() for word in names if word in text]


async def evaluate(walk: Together, monkeypatch: pytest.MonkeyPatch) -> None:
    """When half the year is nearly over: the participants first, and what will be changed."""
    day, half = today(), half_of(today())
    while asked_half(day) != half:
        day += timedelta(days=1)
    stop_clock(monkeypatch, day.year, day.month, day.day)
    for slug, words in (("horten", "Pizza er best."), ("re", "Buss er kjedelig.")):
        async with walk.of(slug, PARTICIPANT, f"/min/{slug}", 390) as somebody:
            await step.say(walk, somebody, slug, words)
    async with walk.of("horten", COORDINATOR, "/k/horten") as kari:
        await step.evaluate(walk, kari)
