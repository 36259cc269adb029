"""One's own account over HTTP: the second factor, its replay and its loss, passwords, forgotten ones, and the door."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from uuid import UUID, uuid4

import pyotp
import pytest

from sammen.identity import spare
from sammen.identity.service import HASHER
from sammen.keys import token_hash
from sammen.outbox.api import Notice, configure_outbox, register_sender
from sammen.policy.roles import Role
from sammen.settings import Settings
from tests.database import KEYS
from tests.worlds import Browser, World

PASSWORD = "tolv hester i regn"
NEW = "grønn paraply danser sidelengs"


@dataclass
class Post:
    """Carries every notice, and keeps it."""

    carried: list[Notice] = field(default_factory=list)

    async def send(self, notice: Notice) -> None:
        self.carried.append(notice)


@pytest.fixture
def post() -> Iterator[Post]:
    made = Post()
    register_sender("email", made)
    register_sender("sms", made)
    yield made
    configure_outbox(Settings())


async def person(world: World, role: Role = Role.MANAGER, place: str = "horten") -> tuple[Browser, UUID, str]:
    """Somebody with a password, who has just logged in with it; their id and address."""
    user = world.user(place, role)
    hashed = await asyncio.to_thread(HASHER.hash, PASSWORD)
    await world.sql(
        "UPDATE user_account SET password_hash = $1, email_checked_at = now(), failed_logins = 0, locked_until = NULL,"
        " failed_codes = 0, codes_locked_until = NULL, phone = '' WHERE id = $2", hashed, user,
    )  # fmt: skip
    for table in ("second_factor", "spare_code", "sent_code", "account_link"):
        await world.sql(f"DELETE FROM {table} WHERE user_id = $1", user)
    await world.sql("DELETE FROM account_knock")
    await world.sql("UPDATE web_session SET ended_at = now() WHERE user_id = $1 AND ended_at IS NULL", user)
    world.tokens.pop(user, None)
    email = str((await world.sql("SELECT email FROM user_account WHERE id = $1", user))[0]["email"])
    return await logged_in(world, email), user, email


async def logged_in(world: World, email: str, password: str = PASSWORD) -> Browser:
    browser = Browser(world.app)
    answer = await browser.post("/logg-inn", data={"brukernavn": email, "passord": password})
    assert answer.status_code == 303
    return browser


async def with_app(world: World, browser: Browser, user: UUID) -> tuple[str, list[str]]:
    """Set up a code app as a person does; (its secret, the spare codes that were shown)."""
    answer = await browser.submit("/konto/kodeapp/ny", {"neste": "/konto"})
    assert answer.headers["location"] == "/konto/kodeapp?neste=/konto"
    page = (await browser.get("/konto/kodeapp")).text
    found = re.search(r"<code>([A-Z2-7 ]+)</code>", page)
    assert found
    secret = found[1].replace(" ", "")
    shown = await browser.submit("/konto/kodeapp", {"kode": pyotp.TOTP(secret).now(), "neste": "/konto"})
    assert shown.status_code == 200, shown.headers
    return secret, re.findall(r"<code>([0-9A-Z]{5}-[0-9A-Z]{5})</code>", shown.text)


async def forget_step(world: World, user: UUID) -> None:
    """As if half a minute had gone: the code on the screen is a new one."""
    await world.sql("UPDATE second_factor SET last_step = 0 WHERE user_id = $1", user)


async def test_a_password_alone_opens_no_place_and_leads_to_setting_up_an_app(shared_world: World) -> None:
    browser, user, _ = await person(shared_world)
    answer = await browser.get("/k/horten/saker")
    assert (answer.status_code, answer.headers["location"]) == (
        303, "/bekreft?nivaa=second_factor&neste=/k/horten/saker",
    )  # fmt: skip
    asked = await browser.get(answer.headers["location"])
    assert asked.headers["location"] == "/konto/kodeapp?neste=/k/horten/saker"
    before = browser.cookies["sammen"]
    _, codes = await with_app(shared_world, browser, user)
    assert len(set(codes)) == 10
    assert browser.cookies["sammen"] != before
    assert (await Browser(shared_world.app, before).get("/steder")).status_code == 303
    assert (await browser.get("/k/horten")).status_code == 200
    kept = await shared_world.sql("SELECT sealed FROM second_factor WHERE user_id = $1", user)
    assert len(kept) == 1


async def test_the_next_login_is_asked_for_a_code_and_a_used_one_opens_nothing(shared_world: World) -> None:
    browser, user, email = await person(shared_world)
    secret, _ = await with_app(shared_world, browser, user)
    code = pyotp.TOTP(secret).now()
    first, second = await logged_in(shared_world, email), await logged_in(shared_world, email)
    form = {"nivaa": "second_factor", "neste": "/k/horten", "kode": code}
    refused = await first.submit("/bekreft", form, page="/bekreft?neste=/k/horten")
    assert refused.status_code == 422
    assert "Koden er brukt." in refused.text
    await forget_step(shared_world, user)
    opened = await first.submit("/bekreft", form, page="/bekreft?neste=/k/horten")
    assert (opened.status_code, opened.headers["location"]) == (303, "/k/horten")
    assert (await first.get("/k/horten")).status_code == 200
    again = await second.submit("/bekreft", form, page="/bekreft?neste=/k/horten")
    assert again.status_code == 422
    assert (await second.get("/k/horten")).status_code == 303


async def test_two_hundred_uses_of_one_spare_code_open_one_session(shared_world: World) -> None:
    browser, user, email = await person(shared_world)
    _, codes = await with_app(shared_world, browser, user)
    sessions = [await logged_in(shared_world, email) for _ in range(4)]
    tokens = [KEYS.csrf_token(token_hash(one.cookies["sammen"])) for one in sessions]

    async def use(number: int) -> int:
        at = number % len(sessions)
        answer = await sessions[at].post(
            "/bekreft",
            data={
                "nivaa": "second_factor",
                "neste": "/",
                "kode": codes[0],
                "_csrf": tokens[at],
                "_key": uuid4().hex,
            },
        )
        return answer.status_code

    await asyncio.gather(*(use(number) for number in range(200)), return_exceptions=True)
    used = await shared_world.sql(
        "SELECT count(*) FILTER (WHERE used_at IS NOT NULL) AS n FROM spare_code WHERE user_id = $1", user
    )
    raised = await shared_world.sql(
        "SELECT count(*) AS n FROM web_session WHERE user_id = $1 AND assurance = 'second_factor' AND ended_at IS NULL",
        user,
    )
    assert used[0]["n"] == 1
    assert raised[0]["n"] == 2, "the session that set up the app, and one of the four"


async def test_wrong_codes_are_counted_over_sessions_and_two_hundred_at_once_are_five(
    shared_world: World,
) -> None:
    browser, user, email = await person(shared_world)
    secret, _ = await with_app(shared_world, browser, user)
    await forget_step(shared_world, user)
    one = await logged_in(shared_world, email)
    token = KEYS.csrf_token(token_hash(one.cookies["sammen"]))
    right = pyotp.TOTP(secret).now()
    wrong = f"{(int(right) + 500_001) % 1_000_000:06d}"

    async def guess() -> str:
        answer = await one.post(
            "/bekreft",
            data={"nivaa": "second_factor", "neste": "/", "kode": wrong, "_csrf": token, "_key": uuid4().hex},
        )
        return answer.text

    said = await asyncio.gather(*(guess() for _ in range(40)))
    assert sum("Koden er feil" in text for text in said) <= 5
    assert sum("feil kode fem ganger" in text for text in said) >= 1
    other = await logged_in(shared_world, email)
    answer = await other.submit("/bekreft", {"nivaa": "second_factor", "kode": right}, page="/bekreft")
    assert "Vent et kvarter" in answer.text, "the right one, too, waits"
    tried = await shared_world.sql(
        "SELECT count(*) AS n FROM system_audit_entry WHERE action = 'code.wrong' AND actor_id = $1", user
    )
    assert tried[0]["n"] >= 5


async def test_passwords_are_guessed_five_times_also_when_all_are_at_once(shared_world: World) -> None:
    _, user, email = await person(shared_world, Role.PAYROLL)
    browser = Browser(shared_world.app)
    await asyncio.gather(
        *(browser.post("/logg-inn", data={"brukernavn": email, "passord": "feil " * 4}) for _ in range(12))
    )
    answer = await browser.post("/logg-inn", data={"brukernavn": email, "passord": PASSWORD})
    assert answer.status_code == 422
    row = (
        await shared_world.sql(
            "SELECT failed_logins, locked_until > now() AS locked FROM user_account WHERE id = $1", user
        )
    )[0]
    assert (row["failed_logins"], row["locked"]) == (5, True)


async def test_a_new_password_is_weighed_and_ends_every_other_session(
    shared_world: World, post: Post
) -> None:
    browser, user, email = await person(shared_world, Role.MANAGER)
    await with_app(shared_world, browser, user)
    other = await logged_in(shared_world, email)
    own = str(
        (await shared_world.sql("SELECT display_name FROM user_account WHERE id = $1", user))[0][
            "display_name"
        ]
    )
    for chosen, said in (
        ("kort", "minst 12 tegn"),
        ("passord123456", "lett å gjette"),
        ("x" * 129, "høyst 128"),
        (own.lower().replace(" ", "") + "2026", "ligner for mye på navnet"),
        ("qwertyuiop12", "lett å gjette"),
    ):
        answer = await browser.submit("/konto/passord", {"gammelt": PASSWORD, "passord": chosen})
        assert answer.status_code == 422, chosen
        assert said in answer.text, chosen
        assert f'value="{chosen}"' not in answer.text
    answer = await browser.submit("/konto/passord", {"gammelt": "noe helt annet", "passord": NEW})
    assert "ikke riktig" in answer.text
    answer = await browser.submit("/konto/passord", {"gammelt": PASSWORD, "passord": NEW})
    assert (answer.status_code, answer.headers["location"]) == (303, "/konto")
    assert (await browser.get("/konto")).status_code == 200
    assert (await other.get("/konto")).status_code == 303
    await logged_in(shared_world, email, NEW)
    await shared_world.run_jobs()
    assert any("Passordet ditt er endret" in one.body and one.address == email for one in post.carried)


async def test_who_has_an_app_shows_it_before_changing_anything(shared_world: World) -> None:
    browser, user, email = await person(shared_world)
    await with_app(shared_world, browser, user)
    weak = await logged_in(shared_world, email)
    for path, form in (
        ("/konto/passord", {"gammelt": PASSWORD, "passord": NEW}),
        ("/konto/kodeapp/ny", {}),
        ("/konto/epost", {"epost": "annen@example.no"}),
        ("/konto/telefon", {"telefon": "40000000"}),
        ("/konto/reservekoder", {}),
    ):
        answer = await weak.submit(path, form)
        assert answer.status_code == 303, path
        assert answer.headers["location"].startswith("/bekreft?nivaa=second_factor"), path
    await logged_in(shared_world, email)


async def test_a_forgotten_password_gets_a_link_that_is_good_once(shared_world: World, post: Post) -> None:
    browser, _, email = await person(shared_world)
    stranger = Browser(shared_world.app)
    known = await stranger.post("/glemt", data={"brukernavn": email.upper()})
    unknown = await stranger.post("/glemt", data={"brukernavn": "ingen@example.no"})
    bare = re.compile(r'name="_key" value="[^"]*"')
    assert bare.sub("", known.text) == bare.sub("", unknown.text)
    await shared_world.run_jobs()
    letters = [one for one in post.carried if "/lenke/" in one.body]
    assert [one.address for one in letters] == [email]
    found = re.search(r"/lenke/\S+", letters[0].body)
    assert found
    link = found[0]
    assert "Lag nytt passord" in (await stranger.get(link)).text
    assert (await stranger.post(link, data={"passord": "kort"})).status_code == 422
    answer = await stranger.post(link, data={"passord": NEW})
    assert (answer.status_code, answer.headers["location"]) == (303, "/logg-inn")
    assert (await browser.get("/konto")).status_code == 303, "sessions of before have ended"
    absent = await stranger.get("/finnes-ikke")
    for again in (
        await stranger.get(link),
        await stranger.post(link, data={"passord": NEW + "!"}),
        await stranger.get("/lenke/xyz"),
    ):
        assert (again.status_code, again.content) == (404, absent.content)
    await logged_in(shared_world, email, NEW)


async def test_a_mailbox_gets_three_links_an_hour_and_a_network_asks_for_twenty(shared_world: World) -> None:
    _, user, email = await person(shared_world)
    stranger = Browser(shared_world.app)
    answers = [await stranger.post("/glemt", data={"brukernavn": email}) for _ in range(21)]
    assert [one.status_code for one in answers] == [200] * 20 + [422]
    made = await shared_world.sql("SELECT count(*) AS n FROM account_link WHERE user_id = $1", user)
    assert made[0]["n"] == 3
    await shared_world.sql("DELETE FROM account_knock")


async def test_own_pages_are_opened_by_sms_and_not_the_staffs(shared_world: World, post: Post) -> None:
    browser, _, email = await person(shared_world, Role.CONTACT)
    assert (await browser.get("/min/horten")).headers["location"].startswith("/bekreft?nivaa=sent_code")
    assert (await browser.get("/bekreft?nivaa=sent_code")).headers["location"] == "/konto/bekreftelse?neste=/"
    assert (await browser.submit("/konto/telefon", {"telefon": "12"})).status_code == 422
    await browser.submit("/konto/telefon", {"telefon": "+47 400 00 123"})
    await shared_world.run_jobs()
    sent = post.carried[-1]
    assert sent.address == "40000123"
    assert (
        await browser.submit("/konto/telefon/kode", {"kode": re.findall(r"\d{6}", sent.body)[0]})
    ).headers["location"] == "/konto"
    again = await logged_in(shared_world, email)
    await again.submit("/bekreft/sms", {"nivaa": "sent_code", "neste": "/min/horten"})
    await shared_world.run_jobs()
    code = re.findall(r"\d{6}", post.carried[-1].body)[0]
    form = {"nivaa": "sent_code", "neste": "/min/horten", "sendt": "1", "kode": code}
    assert (await again.submit("/bekreft", form, page="/bekreft?nivaa=sent_code")).headers[
        "location"
    ] == "/min/horten"
    assert (await again.get("/min/horten")).status_code == 200
    row = await shared_world.sql(
        "SELECT assurance FROM web_session WHERE token_hash = $1", token_hash(again.cookies["sammen"])
    )
    assert row[0]["assurance"] == "sent_code"


async def test_a_persona_sees_its_account_and_changes_nothing(shared_world: World) -> None:
    browser = await shared_world.browser("horten", Role.PAYROLL)
    assert "oppdiktet person" in (await browser.get("/konto")).text
    answer = await browser.submit("/konto/passord", {"passord": NEW})
    assert answer.status_code == 403


def test_a_spare_code_is_read_as_people_type_it() -> None:
    code = spare.new_codes()[0]
    assert spare.read_spare(f" {spare.shown(code).lower()} ") == code
    assert spare.read_spare(code[:-1]) == ""
