"""One's own calendar over HTTP: made, copied, read by a program without a cookie, renewed and stopped."""

from __future__ import annotations

import re

from icalendar import Calendar

from sammen.policy.roles import Role
from tests.worlds import Browser, World

PAGE = "/min/horten/kalender"


def address_on(text: str) -> str:
    """The path of the address the page shows."""
    found = re.search(r'href="[^"]*(/kalender/[\w-]{40,}\.ics)"', text)
    assert found, "the page shows no address"
    return found[1]


async def test_an_address_is_made_read_asked_for_again_and_stopped(world: World) -> None:
    owner = await world.browser("horten", Role.CONTACT)
    assert "Lag adressen" in (await owner.get(PAGE)).text
    await owner.submit(PAGE)
    shown = (await owner.get(PAGE)).text
    assert "Ingen kalender har hentet noe ennå." in shown
    address = address_on(shown)

    program = Browser(world.app)
    read = await program.get(address)
    assert read.status_code == 200
    assert read.headers["content-type"].startswith("text/calendar")
    assert "set-cookie" not in read.headers
    assert Calendar.from_ical(read.content)["X-WR-CALNAME"] == "Avtaler"
    again = await program.get(address, headers={"If-None-Match": read.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert "Sist hentet" in (await owner.get(PAGE)).text

    await owner.submit(PAGE)
    renewed = address_on((await owner.get(PAGE)).text)
    assert renewed != address
    assert (await program.get(address)).status_code == 404
    await owner.submit(f"{PAGE}/stopp", page=PAGE)
    stopped = await program.get(renewed)
    assert stopped.status_code == 404
    assert stopped.content == (await program.get("/kalender/finnes-ikke.ics")).content
    assert "Lag adressen" in (await owner.get(PAGE)).text


async def test_the_calendar_is_ones_own_in_every_role_that_has_own_pages(world: World) -> None:
    addresses = set()
    for role in (Role.CONTACT, Role.SERVICE_USER, Role.REPRESENTATIVE):
        owner = await world.browser("horten", role)
        await owner.submit(PAGE)
        addresses.add(address_on((await owner.get(PAGE)).text))
    assert len(addresses) == 3
    coordinator = await world.browser("horten", Role.PROVIDER_COORDINATOR)
    assert (await coordinator.get(PAGE)).status_code == 404
