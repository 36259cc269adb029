"""A joint course of three municipalities in Chromium, from the plan to a certificate and what the seats cost.

Horten holds it for Re and Tønsberg too. Nine people do it, each in a window of their own; the steps are in course_steps.py.
Time goes by moving the course, since the database has a clock of its own.
"""

from __future__ import annotations

from contextlib import AsyncExitStack
from datetime import date
from decimal import Decimal
from uuid import UUID

import pytest

from sammen.clock import today
from sammen.policy.roles import Role
from sammen.settings import Environment
from shared_pool.courses.jobs import visit_regions
from shared_pool.coursework.jobs import visit_municipalities
from tests.clocks import stop_clock
from tests.provider_samples import contact
from tests.settlement_samples import agreed, reported
from tests.web import course_steps as step
from tests.web.course_steps import OWN
from tests.web.site import serving
from tests.web.test_pool_job import everything
from tests.web.together import COORDINATOR, THIRD, Together, idle, third, user_in, visits, walk_of
from tests.worlds import World

pytestmark = [pytest.mark.browser, pytest.mark.slow]
LOGINS = {
    "Ida Solberg": "contact",
    "Ola Nesset": "contact",
    "Tone Monsen": "contact",
    "Per Moum": "per",
    "Rolf Viken": "rolf",
}
"""Who logs in, and as whom."""
WORDS = {
    ("horten", "contact"): "Bra øvelser.", ("horten", "per"): "Litt lange dager.", ("re", "contact"): "God lunsj.",
    ("re", "rolf"): "Lærte mye.", (THIRD, "contact"): "Fint å møte andre.",
}  # fmt: skip


async def crew(world: World) -> UUID:
    """Three municipalities and their contacts; Tønsberg's id."""
    tenant = await third(world)
    places = {"horten": world.horten, "re": world.re, THIRD: tenant}
    for slug, names in OWN.items():
        for name in names:
            known_as = LOGINS.get(name, "")
            user = world.users.get((slug, known_as)) if known_as else None
            if known_as and user is None:
                user = await user_in(world, places[slug], slug, known_as, name, Role.CONTACT)
            await contact(world, slug, name, user=user)
    await contact(world, THIRD, "Ida Solberg")
    return tenant


async def test_a_joint_course_from_the_plan_to_the_certificate(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    tenant = await crew(world)
    await agreed(world)
    async with AsyncExitStack() as stack:
        site = await stack.enter_async_context(serving(world.database, Environment.TEST))
        walk = walk_of(world, site)
        await fill_the_seats(walk)
        await hold(walk)
        await conclude(walk)
        await others_read_counts(walk)
        await settle(walk, tenant, monkeypatch)


async def fill_the_seats(walk: Together) -> None:
    """Planned, taken, waited for, given back and offered on."""
    async with walk.of("horten", COORDINATOR, "/k/horten") as kari:
        await step.plan(walk, kari)
    async with walk.of("horten", Role.CONTACT, "/min/horten", 390) as ida:
        await step.enrol_oneself(walk, ida, "horten")
    async with walk.of("horten", COORDINATOR, "/k/horten") as kari:
        await step.enrol(walk, kari, "horten", "Per Moum", "Sara Dahlby")
    async with walk.of("re", COORDINATOR, "/k/re") as rune:
        await step.enrol(walk, rune, "re", "Liv Haugland", "Rolf Viken")
    async with walk.of("re", Role.CONTACT, "/min/re", 320) as ola:
        await step.wait_in_line(walk, ola)
    async with walk.of(THIRD, Role.CONTACT, f"/min/{THIRD}", 390) as tone:
        await step.enrol_oneself(walk, tone, THIRD)
    async with walk.of("horten", COORDINATOR, "/k/horten") as kari:
        await step.put_in_line(walk, kari)
    async with walk.of("re", Role.CONTACT, "/min/re", 390) as ola:
        await step.take_the_offer(walk, ola)
    async with walk.of("horten", COORDINATOR, "/k/horten") as kari:
        await step.count(walk, kari)
        await step.no_names_yet(walk, kari)


async def hold(walk: Together) -> None:
    """Five days at the door, on a phone."""
    for number in range(1, step.DAYS + 1):
        await step.it_is_day(walk.world, number)
        async with walk.of("horten", COORDINATOR, "/k/horten", 390) as kari:
            await visits(walk.world, visit_municipalities)
            await idle(walk.world, kari)
            if number == 1:
                await step.read_code(walk, kari)
                async with walk.of("horten", Role.CONTACT, "/min/horten", 390) as ida:
                    await step.come(walk, ida)
            await step.tick(walk, kari, number, away="Liv" if number == 2 else "")


async def conclude(walk: Together) -> None:
    """Exams, what was made up for, certificates, and what people thought."""
    await step.it_is_day(walk.world, 0)
    async with walk.of("horten", COORDINATOR, "/k/horten") as kari:
        await visits(walk.world, visit_regions)
        await idle(walk.world, kari)
        await step.examine(walk, kari)
    async with walk.of("re", COORDINATOR, "/k/re") as rune:
        await step.make_up(walk, rune)
    async with walk.of("horten", COORDINATOR, "/k/horten") as kari:
        await step.complete(walk, kari)
        await visits(walk.world, visit_municipalities)  # the night gives the others theirs
        await idle(walk.world, kari)
    given = await walk.world.sql("SELECT given_name FROM course_certificate ORDER BY 1")
    assert [row["given_name"] for row in given] == ["Ida", "Liv", "Ola", "Per", "Rolf", "Tone"]
    async with walk.of("horten", Role.CONTACT, "/min/horten/kurs", 390) as ida:
        await step.fetch(walk, ida)
    async with walk.visitor("/kursbevis") as anybody:
        await step.check_code(walk, anybody)
    async with walk.of(THIRD, COORDINATOR, f"/k/{THIRD}") as live:
        await step.recognise(walk, live)
    said: list[str] = []
    for (slug, known_as), words in WORDS.items():
        async with walk.who(slug, known_as, f"/min/{slug}") as somebody:
            await step.say(walk, somebody, slug, words)
        said.append(words)
        if len(said) >= 4:
            async with walk.of("horten", COORDINATOR, "/k/horten") as kari:
                await step.read_voices(walk, kari, said)


async def others_read_counts(walk: Together) -> None:
    """In all pages and files of courses of each side: nobody from elsewhere by name, but Ida in Tønsberg, who is theirs too."""
    for slug in OWN:
        read = await everything(await walk.browser(slug, COORDINATOR.value), f"/k/{slug}/kurs")
        away = step.names_of(*(OWN.keys() - {slug}))
        told = [(path, name) for path, text in read.items() for name in away if name in text]
        assert [one for one in told if slug != THIRD or one[1] != "Solberg"] == []
        assert any(name in text for text in read.values() for name in step.names_of(slug))
    region = await everything(
        await walk.world.browser("vestfold", Role.COURSE_COORDINATOR), "/r/vestfold/kurs"
    )
    assert not [path for path, text in region.items() for name in step.names_of(*OWN) if name in text]


async def settle(walk: Together, tenant: UUID, monkeypatch: pytest.MonkeyPatch) -> None:
    """Re used three seats at 600 kr, and finds them in its statement with Horten. Tønsberg has no agreement yet."""
    later = date(today().year + 1, today().month, 5)
    stop_clock(monkeypatch, later.year, later.month, later.day)
    await reported(walk.world, walk.world.horten, walk.world.re, tenant)
    facts = await walk.world.sql("SELECT debtor_id, kind, quantity FROM settlement_fact ORDER BY quantity")
    assert [(row["debtor_id"], row["kind"], row["quantity"]) for row in facts] == [
        (tenant, "seats", Decimal(1)), (walk.world.re, "seats", Decimal(3)),
    ]  # fmt: skip
    async with walk.of("re", Role.PAYROLL, "/k/re") as payroll:
        await payroll.locator("main a[href*='/oppgjor/']").first.click()
        shown = (await payroll.locator("main").inner_text()).replace("\N{NO-BREAK SPACE}", " ")
        assert "1 800,00" in shown
        assert not [name for name in step.names_of(*OWN) if name in shown]
