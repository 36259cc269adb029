"""Logging in, places, sessions and the door's own rules, over HTTP on the real application."""

from __future__ import annotations

import dataclasses
import re
from typing import Any

import pytest
from litestar import Response, get

from sammen.db.unit_of_work import make_engine
from sammen.identity.service import HASHER
from sammen.policy.roles import Role
from sammen.web.app import build_app
from sammen.web.desk import Desk
from sammen.web.door import public_page
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


async def with_password(world: World, password: str) -> str:
    """Give Horten's coordinator a password; the address to log in with comes back."""
    user = world.user("horten", Role.PROVIDER_COORDINATOR)
    await world.sql("UPDATE user_account SET password_hash = $1 WHERE id = $2", HASHER.hash(password), user)
    return str((await world.sql("SELECT email FROM user_account WHERE id = $1", user))[0]["email"])


async def test_a_right_password_opens_a_new_session_and_leads_on(world: World) -> None:
    email = await with_password(world, "riktig hest batteri")
    browser = Browser(world.app)
    form = {"brukernavn": email.upper(), "passord": "riktig hest batteri", "neste": "/innlogginger"}
    answer = await browser.post("/logg-inn", data=form)
    assert (answer.status_code, answer.headers["location"]) == (303, "/innlogginger")
    cookie = answer.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    first = browser.cookies["sammen"]
    await browser.post("/logg-inn", data=form)
    assert browser.cookies["sammen"] != first
    old = Browser(world.app, first)
    assert (await old.get("/innlogginger")).status_code == 303, "the session before must have ended"


async def test_a_way_back_never_leads_to_another_site(world: World) -> None:
    email = await with_password(world, "riktig hest batteri")
    for target in (
        "https://ondt.test/",
        "//ondt.test",
        "/\\ondt.test",
        "javascript:alert(1)",
        "/ok\nSet-Cookie: a=b",
    ):
        answer = await Browser(world.app).post(
            "/logg-inn", data={"brukernavn": email, "passord": "riktig hest batteri", "neste": target}
        )
        assert answer.headers["location"] == "/", target


async def test_a_wrong_password_an_unknown_address_and_a_lock_look_the_same(world: World) -> None:
    email = await with_password(world, "riktig hest batteri")
    browser = Browser(world.app)
    answers = [
        await browser.post("/logg-inn", data={"brukernavn": who, "passord": "feil"})
        for who in ("ukjent@horten.test", *[email] * 5)
    ]
    answers.append(
        await browser.post("/logg-inn", data={"brukernavn": email, "passord": "riktig hest batteri"})
    )
    assert {answer.status_code for answer in answers} == {422}
    said = {
        answer.text.replace(who, "")
        for answer, who in zip(answers, ["ukjent@horten.test", *[email] * 6], strict=True)
    }
    assert len({re.sub(r'name="_key" value="[^"]+"', "", text) for text in said}) == 1
    assert len(await world.sql("SELECT 1 FROM system_audit_entry WHERE action = 'login.failed'")) == 7


async def test_a_session_ends_when_idle_when_old_and_when_its_user_is_disabled(world: World) -> None:
    for change in (
        "UPDATE web_session SET last_seen_at = now() - interval '61 minutes'",
        "UPDATE web_session SET expires_at = now() - interval '1 second'",
        "UPDATE user_account SET disabled_at = now()",
    ):
        world.tokens.clear()
        await world.sql("UPDATE user_account SET disabled_at = NULL")
        browser = await world.browser("horten", Role.PROVIDER_COORDINATOR)
        assert (await browser.get("/innlogginger")).status_code == 200
        await world.sql(change)
        assert (await browser.get("/innlogginger")).status_code == 303, change


async def test_another_persons_session_cannot_be_ended(world: World) -> None:
    mine = await world.browser("horten", Role.PROVIDER_COORDINATOR)
    theirs = await world.browser("re", Role.PROVIDER_COORDINATOR)
    session = (
        await world.sql(
            "SELECT id FROM web_session WHERE user_id = $1", world.user("re", Role.PROVIDER_COORDINATOR)
        )
    )[0]["id"]
    answer = await mine.submit("/innlogginger/avslutt", {"id": str(session)})
    assert answer.status_code == 404
    assert (await theirs.get("/innlogginger")).status_code == 200


async def test_a_persona_is_only_for_the_demo(world: World) -> None:
    user = world.user("horten", Role.PROVIDER_COORDINATOR)
    answer = await Browser(world.app).post("/demo", data={"persona": str(user)})
    assert answer.status_code == 422, "a user who is no persona must not be stepped into"
    await world.sql("UPDATE user_account SET persona = 'Koordinator', persona_order = 1 WHERE id = $1", user)
    assert (await Browser(world.app).post("/demo", data={"persona": str(user)})).status_code == 303
    real = build_app(
        dataclasses.replace(world.house, settings=dataclasses.replace(world.house.settings, personas=False)),
        [],
    )
    assert (await Browser(real).post("/demo", data={"persona": str(user)})).status_code == 404


async def test_the_language_is_remembered_for_the_account(world: World) -> None:
    browser = await world.browser("horten", Role.PROVIDER_COORDINATOR)
    await browser.submit("/sprak", {"sprak": "nn", "tilbake": "/innlogginger"})
    shown = await browser.get("/innlogginger")
    assert '<html lang="nn"' in shown.text
    assert "Innloggingar" in shown.text


async def test_errors_are_pages_for_people_and_problems_for_programs(shared_world: World) -> None:
    browser = await shared_world.browser("horten", Role.PAYROLL)
    program = {"Accept": "application/json"}
    for path, status in (("/finnes-ikke", 404), ("/k/horten/saker", 403), ("/k/re", 404)):
        page = await browser.get(path)
        assert (page.status_code, page.headers["content-type"]) == (status, "text/html; charset=utf-8")
        problem = await browser.get(path, headers=program)
        assert problem.headers["content-type"] == "application/problem+json"
        assert problem.json()["status"] == status
    assert "detail" not in (await browser.get("/k/re", headers=program)).json()
    stranger = await Browser(shared_world.app).get("/innlogginger", headers=program)
    assert stranger.status_code == 401


async def test_a_body_that_is_too_large_is_answered_plainly(shared_world: World) -> None:
    browser = await shared_world.browser("horten", Role.PURCHASER_CHILD)
    answer = await browser.submit(
        "/k/horten/import",
        page="/k/horten/import",
        files={"fil": ("stor.csv", b"x" * (20 * 1024 * 1024), "text/csv")},
    )
    assert answer.status_code == 413
    assert "Fila er for stor" in answer.text


async def test_every_answer_carries_the_security_headers_and_personal_pages_are_not_kept(
    shared_world: World,
) -> None:
    browser = await shared_world.browser("horten", Role.PAYROLL)
    for path in ("/innlogginger", "/k/horten/saker", "/finnes-ikke", "/hjelp", "/static/app.css"):
        answer = await browser.get(path)
        assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["cache-control"] == (
            "public, max-age=31536000, immutable" if path.startswith("/static") else "no-store"
        )
    assert "unsafe-inline" not in answer.headers["content-security-policy"]


async def test_when_the_database_is_away_the_answer_is_503_and_says_that_nothing_changed(
    world: World,
) -> None:
    browser = await world.browser("horten", Role.PAYROLL)
    await browser.get("/innlogginger")
    away = dataclasses.replace(world.house, engine=make_engine("postgresql://sammen_app:x@127.0.0.1:9/none"))
    gone = Browser(build_app(away, []), browser.cookies["sammen"])
    answer = await gone.get("/innlogginger")
    assert answer.status_code == 503
    assert "Ingenting er endret" in answer.text
    assert answer.headers["retry-after"] == "5"


def test_a_route_without_a_permission_stops_the_start(shared_world: World) -> None:
    @get("/uten")
    async def without() -> str:
        return "x"

    with pytest.raises(RuntimeError, match="declares no permission"):
        build_app(shared_world.house, [without])
    with pytest.raises(RuntimeError, match="not on the list of public routes"):
        build_app(shared_world.house, [public_page("/hemmelig")(_nothing)])


async def _nothing(desk: Desk) -> Response[Any]:
    return desk.redirect("/")


async def test_somebody_with_two_places_chooses_between_them_and_their_rights_never_add_up(
    world: World,
) -> None:
    user = world.user("horten", Role.PAYROLL)
    await world.sql(
        "INSERT INTO membership (id, user_id, kind, municipality_id, role, valid_from, granted_by)"
        " VALUES (gen_random_uuid(), $1, 'municipality', $2, 'purchaser_child', '2000-01-01', 'test')",
        user, world.re,
    )  # fmt: skip
    browser = await world.browser("horten", Role.PAYROLL)
    chosen = await browser.get("/steder")
    assert 'href="/k/horten"' in chosen.text
    assert 'href="/k/re"' in chosen.text
    assert (await browser.get("/k/re/saker")).status_code == 200
    assert (await browser.get("/k/horten/saker")).status_code == 403
    assert 'href="/k/re"' in (await browser.get("/k/horten")).text, "the place menu leads on"
