"""Logging in, places, sessions and the door's own rules, over HTTP on the real application."""

from __future__ import annotations

from sammen.policy.roles import Role
from tests.worlds import Browser, World


async def test_a_stranger_is_sent_to_log_in_and_back_again(shared_world: World) -> None:
    browser = Browser(shared_world.app)
    answer = await browser.get("/innlogginger")
    assert answer.status_code == 303
    assert answer.headers["location"] == "/logg-inn?neste=/innlogginger"


async def test_the_session_list_shows_this_login_and_ending_it_ends_it(world: World) -> None:
    browser = await world.browser("horten", Role.PROVIDER_COORDINATOR)
    shown = await browser.get("/innlogginger")
    assert "Denne innloggingen" in shown.text
    answer = await browser.submit("/logg-ut")
    assert answer.status_code == 303
    assert (await browser.get("/innlogginger")).status_code == 303


async def test_a_form_without_the_sessions_token_is_refused_and_changes_nothing(shared_world: World) -> None:
    browser = await shared_world.browser("horten", Role.PAYROLL)
    answer = await browser.post("/logg-ut", data={"_csrf": "x", "_key": "1"})
    assert answer.status_code == 403
    assert (await browser.get("/innlogginger")).status_code == 200


async def test_a_form_from_another_site_is_refused(shared_world: World) -> None:
    browser = Browser(shared_world.app)
    answer = await browser.post(
        "/logg-inn", data={"brukernavn": "a", "passord": "b"}, headers={"Sec-Fetch-Site": "cross-site"}
    )
    assert answer.status_code == 403


async def test_an_unknown_address_and_a_place_one_is_not_member_of_look_the_same(shared_world: World) -> None:
    browser = await shared_world.browser("horten", Role.PROVIDER_COORDINATOR)
    absent = await browser.get("/finnes-ikke")
    assert absent.status_code == 404
    assert (await browser.get("/k/re")).content == absent.content
