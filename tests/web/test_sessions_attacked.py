"""Sessions, tokens and keys in the wrong hands: fixed, borrowed, ended, sent elsewhere."""

from __future__ import annotations

import asyncio
import re
import threading
from uuid import uuid4

import pytest
from argon2.exceptions import VerificationError

from deploy.asgi import make_house, make_routes
from sammen.identity import service
from sammen.identity.service import HASHER
from sammen.keys import token_hash
from sammen.policy.roles import Role
from sammen.settings import Environment, Settings
from sammen.web.app import build_app
from tests.database import KEYS, SECRET
from tests.worlds import Browser, World

PASSWORD = "tolv hester i regn"
PATIENCE_S = 120


async def with_password(world: World) -> tuple[str, str]:
    """(user id, address) of Horten's manager, who now has a password."""
    user = world.user("horten", Role.MANAGER)
    hashed = await asyncio.to_thread(HASHER.hash, PASSWORD)
    await world.sql("UPDATE user_account SET password_hash = $1 WHERE id = $2", hashed, user)
    return str(user), "manager@horten.test"


async def test_a_session_planted_before_login_is_neither_taken_over_nor_left_alive(world: World) -> None:
    user, email = await with_password(world)
    unknown = Browser(world.app, "planted-by-somebody-else")
    answer = await unknown.post("/logg-inn", data={"brukernavn": email, "passord": PASSWORD})
    assert answer.status_code == 303
    assert answer.cookies["sammen"] != "planted-by-somebody-else"
    own = await world.token(world.user("horten", Role.PAYROLL))
    planted = Browser(world.app, own)
    await planted.post("/logg-inn", data={"brukernavn": email, "passord": PASSWORD})
    assert (await Browser(world.app, own).get("/steder")).headers["location"].startswith("/logg-inn")
    live = await world.sql("SELECT user_id FROM web_session WHERE ended_at IS NULL")
    assert {str(row["user_id"]) for row in live} == {user}


async def test_logging_out_ends_the_session_itself_and_no_other(world: World) -> None:
    _, email = await with_password(world)
    here, there = Browser(world.app), Browser(world.app)
    for browser in (here, there):
        await browser.post("/logg-inn", data={"brukernavn": email, "passord": PASSWORD})
    copied = here.cookies["sammen"]
    assert (await here.submit("/logg-ut")).status_code == 303
    assert "sammen" not in here.cookies
    assert (await Browser(world.app, copied).get("/konto")).status_code == 303
    assert (await there.get("/konto")).status_code == 200


async def test_the_session_cookie_is_out_of_reach_for_scripts_and_other_sites(world: World) -> None:
    _, email = await with_password(world)
    secure = Settings(environment=Environment.TEST, app_url=world.database.app_url, key=SECRET,
                      public_url="https://sammen.example", pool_size=2)  # fmt: skip
    house = make_house(secure)
    try:
        browser = Browser(build_app(house, make_routes()))
        form = {"brukernavn": email, "passord": PASSWORD}
        for elsewhere in ("http://sammen.example", "https://sammen.example:8443", "https://testserver"):
            refused = await browser.post("/logg-inn", data=form, headers={"Origin": elsewhere})
            assert refused.status_code == 403
        answer = await browser.post("/logg-inn", data=form, headers={"Origin": "https://sammen.example"})
        cookie = answer.headers["set-cookie"].lower()
        assert cookie.startswith("__host-sammen=")
        assert {"httponly", "secure", "samesite=lax", "path=/"} <= set(cookie.split("; "))
        assert "domain=" not in cookie
        assert "max-age=63072000" in answer.headers["strict-transport-security"]
    finally:
        await house.engine.dispose()


async def test_a_token_or_a_key_of_another_session_opens_nothing(world: World) -> None:
    mine, theirs = await world.browser("horten", Role.PAYROLL), await world.browser("re", Role.PAYROLL)
    rate = {"hva": "timesats", "fra": "01.01.2026", "sats": "195", "_key": "one-key"}
    borrowed = KEYS.csrf_token(token_hash(theirs.cookies["sammen"]))
    assert (await mine.post("/k/horten/satser", data={**rate, "_csrf": borrowed})).status_code == 403
    assert not await world.sql("SELECT 1 FROM rate_table")
    for browser, place in ((mine, "horten"), (theirs, "re")):
        own = KEYS.csrf_token(token_hash(browser.cookies["sammen"]))
        answer = await browser.post(f"/k/{place}/satser", data={**rate, "_csrf": own})
        assert answer.status_code == 303
        assert answer.headers["location"] == f"/k/{place}/satser"
    assert len(await world.sql("SELECT 1 FROM rate_table")) == 2


async def test_a_role_taken_away_between_the_form_and_its_sending_stops_the_form(world: World) -> None:
    browser = await world.browser("horten", Role.PAYROLL)
    shown = (await browser.get("/k/horten/satser")).text
    token = re.search(r'name="_csrf" value="([^"]+)"', shown)
    assert token
    await world.sql("DELETE FROM membership WHERE user_id = $1", world.user("horten", Role.PAYROLL))
    rate = {"hva": "timesats", "fra": "01.01.2026", "sats": "195", "_csrf": token[1], "_key": uuid4().hex}
    assert (await browser.post("/k/horten/satser", data=rate)).status_code == 404
    assert not await world.sql("SELECT 1 FROM rate_table")


ELSEWHERE = ["//elsewhere.example", "/\\elsewhere.example", "https://elsewhere.example", "/\t/elsewhere.example",
             "\t//elsewhere.example", "/\r\nSet-Cookie: a=b", "javascript:alert(1)", "/\n/elsewhere.example", "\\\\elsewhere",
             "/%2felsewhere.example", "/./\\elsewhere", "/x\x7f", "/\u2028"]  # fmt: skip


@pytest.mark.parametrize("target", ELSEWHERE)
async def test_no_form_leads_to_another_site(target: str, shared_world: World) -> None:
    _, email = await with_password(shared_world)
    browser = Browser(shared_world.app)
    answers = [
        await browser.post("/sprak", data={"sprak": "nb", "tilbake": target}),
        await browser.post("/logg-inn", data={"brukernavn": email, "passord": PASSWORD, "neste": target}),
    ]
    for answer in answers:
        assert answer.status_code == 303
        # A browser drops tabs and line breaks and takes a backslash for a slash before it reads an address.
        read = re.sub(r"[\t\r\n]", "", answer.headers["location"]).replace("\\", "/")
        assert re.match(r"/(?!/)", read), answer.headers["location"]
        assert answer.headers["location"].isascii()
        assert "a" not in answer.cookies


async def test_an_unknown_address_takes_as_long_as_a_known_one_and_keeps_nobody_waiting(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    await with_password(world)
    reader = await world.browser("horten", Role.PAYROLL)
    hashes, verify = list[str](), service._verify

    async def counted(hashed: str, password: str) -> bool:
        hashes.append(hashed.rpartition("$")[0].rpartition("$")[0])  # without salt and digest: what it costs
        return await verify(hashed, password)

    monkeypatch.setattr(service, "_verify", counted)
    for email in ("manager@horten.test", "nobody@horten.test"):
        await Browser(world.app).post("/logg-inn", data={"brukernavn": email, "passord": "feil"})
    assert len(hashes) == 2
    assert len(set(hashes)) == 1

    reckoned = threading.Event()

    class Slow:
        """Reckons until somebody's page has come."""

        def verify(self, _hashed: str, _password: str) -> bool:
            assert reckoned.wait(PATIENCE_S), "nobody's page came while passwords were reckoned"
            raise VerificationError

    monkeypatch.setattr(service, "HASHER", Slow())
    logins = [
        asyncio.create_task(
            Browser(world.app).post("/logg-inn", data={"brukernavn": "nobody", "passord": "x"})
        )
        for _ in range(24)
    ]
    await asyncio.sleep(0.05)
    async with asyncio.timeout(PATIENCE_S):
        assert (await reader.get("/innlogginger")).status_code == 200
    assert not any(login.done() for login in logins)
    reckoned.set()
    await asyncio.gather(*logins)
