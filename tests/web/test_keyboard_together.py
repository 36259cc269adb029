"""What municipalities do together with the keyboard alone: a seat taken and ticked off at the door, a meeting led and called
off with its car, and a newsletter sent.
"""

from __future__ import annotations

from datetime import timedelta

import pytest
from playwright.async_api import expect

from sammen.clock import today
from sammen.policy.roles import Role
from sammen.settings import Environment
from shared_pool.coursework.jobs import visit_municipalities
from tests.course_samples import begin
from tests.course_samples import planned as planned_course
from tests.joint_samples import COORDINATOR, joined, leads, meeting, placed
from tests.newsletter_samples import draft, home
from tests.provider_samples import contact
from tests.resource_samples import car
from tests.web.site import serving
from tests.web.test_keyboard_pool import at_the_error_summary, somebody, tick
from tests.web.together import visits
from tests.worlds import World

pytestmark = [pytest.mark.browser, pytest.mark.slow]


async def test_a_seat_is_taken_and_ticked_off_at_the_door_without_a_mouse(world: World) -> None:
    course = await planned_course(world)
    await contact(world, "horten", "Ida Solberg", user=world.user("horten", Role.CONTACT))
    async with serving(world.database, Environment.TEST) as site:
        async with somebody(site, world, "horten", Role.CONTACT, "/min/horten/kurs", 390) as ida:
            await ida.go("a", "^Innføringskurs$")
            await ida.go("button", "^Meld meg på")
            await expect(ida.page.get_by_text("Har plass").first).to_be_visible()
        await begin(world, course)
        await visits(world, visit_municipalities)
        await world.run_jobs()
        (session,) = await world.sql("SELECT id FROM course_session")
        door = f"/r/vestfold/kurs/{course}/oppmote/{session['id']}"
        async with somebody(site, world, "vestfold", Role.COURSE_COORDINATOR, door, 390) as holder:
            await holder.go("button", "^Lagre$")
            await at_the_error_summary(holder)
            await tick(holder, "Ida Solberg")
            await holder.go("button", "^Lagre$")
            await expect(holder.page.get_by_text("1 av 1 har kommet")).to_be_visible()


async def test_a_meeting_is_led_on_the_phone_without_a_mouse(world: World) -> None:
    group, joint, leaders = await joined(world)
    await leads(world, leaders[0])
    place = await placed(world, "re", joint, "Trym Solvang")
    session = await meeting(world, group)
    (row,) = await world.sql("SELECT seat_id FROM group_place WHERE id = $1", place)
    async with (
        serving(world.database, Environment.TEST) as site,
        somebody(site, world, "horten", Role.CONTACT, f"/min/horten/treff/{session}", 320) as marte,
    ):
        await tick(marte, "Amund")  # Marte herself is ticked from the start
        await marte.go("button", "^Start treffet$")
        await marte.reach("input", f"^g_{row['seat_id']}")
        await marte.press("Space")
        await marte.go("button", "^Ferdig: avslutt treffet$")
        await expect(marte.page.get_by_role("link", name="Før timer")).to_be_visible()

    (there,) = await world.sql("SELECT state FROM joint_presence")
    assert there["state"] == "present"


async def test_a_car_is_reserved_and_the_meeting_called_off_without_a_mouse(world: World) -> None:
    group, _, _ = await joined(world)
    await car(world)
    session = await meeting(world, group, today() + timedelta(days=3))
    here = f"/k/horten/grupper/{group}/treff/{session}"
    async with (
        serving(world.database, Environment.TEST) as site,
        somebody(site, world, "horten", COORDINATOR, here) as kari,
    ):
        await kari.go("a", "^Reserver Minibussen$")
        await kari.go("button", "^Reserver$")
        await kari.page.goto(site.url + here)
        await kari.reach("summary", "^Avlys treffet$")
        await kari.press("Enter")
        await kari.go("button", "^Avlys og si fra$")
        await at_the_error_summary(kari)
        await kari.reach("input", "^grunn$")
        await kari.type("Veien er stengt av snø")
        await kari.go("button", "^Avlys og si fra$")
        await expect(kari.page.get_by_text("Treffet er avlyst").first).to_be_visible()

    (booking,) = await world.sql("SELECT state FROM booking")
    assert booking["state"] == "cancelled"


async def test_a_newsletter_is_looked_at_and_sent_without_a_mouse(world: World) -> None:
    await home(world, "horten", "post@solbakken.example.no")
    async with world.at("horten", COORDINATOR) as uow:
        await draft(uow)
    async with (
        serving(world.database, Environment.TEST) as site,
        somebody(site, world, "horten", COORDINATOR, "/k/horten/nyhetsbrev") as kari,
    ):
        await kari.go("a", "^Nytt i november$")
        await kari.go("a", "^Send$")
        await kari.go("button", "^Send nå$")

    (sent,) = await world.sql("SELECT state FROM newsletter")
    assert sent["state"] in ("sending", "sent")
