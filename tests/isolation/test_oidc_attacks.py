"""Logging in through others, by those who should not: a provider that lies, a browser that is not the same, a token twice."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any
from urllib.parse import parse_qsl, urlsplit
from uuid import uuid4

import asyncpg
import pytest
from joserfc import jwt
from joserfc.jwk import RSAKey

from sammen.keys import token_hash
from sammen.oidc import client
from sammen.oidc.registration import new_key, seal_secret
from sammen.oidc.rules import Refused
from sammen.policy.roles import Role
from tests.database import KEYS
from tests.hostile_provider import (
    CLIENT,
    SECRET,
    HostileProvider,
    by_another,
    hostile_provider,
    link_to,
    part,
    register,
    rsa,
    unsigned,
    with_the_public_key,
)
from tests.oidc_steps import JOURNEY, come_back, last_fault, leave, log_in, registered, sessions
from tests.worlds import Browser, World


@pytest.fixture
def provider() -> Iterator[HostileProvider]:
    with hostile_provider() as made:
        yield made


@pytest.fixture
async def code(shared_world: World, provider: HostileProvider) -> AsyncIterator[str]:
    async with registered(shared_world, provider) as made:
        yield made


async def test_an_honest_provider_opens_the_place_and_a_session_says_by_whom_and_how_surely(
    shared_world: World, provider: HostileProvider, code: str
) -> None:
    provider.claims = {"acr": "middels"}
    browser, answer = await log_in(shared_world, provider, code, neste="/k/horten")
    assert (answer.status_code, answer.headers["location"]) == (303, "/k/horten")
    assert (await browser.get("/k/horten")).status_code == 200
    assert JOURNEY not in browser.cookies
    (session,) = await sessions(shared_world, code)
    assert (session["assurance"], session["method"], session["provider_sid"]) == (
        "second_factor",
        "oidc",
        "økt-1",
    )
    assert session["bound_to"] == shared_world.horten
    sent = provider.asked[0]
    assert sent["redirect_uri"].endswith(f"/logg-inn/med/{code}/svar")
    assert "client_secret" not in sent  # it went in the header


def critical(header: dict[str, Any], claims: dict[str, Any]) -> str:
    return f"{part({**header, 'crit': ['x'], 'x': 1})}.{part(claims)}.AA"


def other_claims(header: dict[str, Any], claims: dict[str, Any]) -> str:
    signed = jwt.encode(header, claims, rsa("honest"), algorithms=["RS256"])
    return ".".join((signed.split(".")[0], part({**claims, "sub": "en-annen"}), signed.split(".")[2]))


def spent_code() -> tuple[int, bytes]:
    return 400, b'{"error": "invalid_grant"}'


answered = threading.Event()


def slowly() -> tuple[int, bytes]:
    """Says nothing until the application has answered without it."""
    assert answered.wait(120), "the application waited for a provider that says nothing"
    return 200, b"{}"


def _now(seconds: int) -> int:
    return int(time.time()) + seconds


TWISTED: dict[str, tuple[Callable[[HostileProvider], None], str]] = {
    "wrong issuer": (lambda p: p.claims.update(iss="https://elsewhere.example"), "iss"),
    "issuer with a slash more": (lambda p: p.claims.update(iss=p.issuer + "/"), "iss"),
    "for another client": (lambda p: p.claims.update(aud="en-annen"), "aud"),
    "for several clients": (lambda p: p.claims.update(aud=[CLIENT, "en-annen"]), "aud"),
    "for nobody": (lambda p: p.claims.update(aud=None), "aud"),
    "authorized for another": (lambda p: p.claims.update(azp="en-annen"), "azp"),
    "expired": (lambda p: p.claims.update(exp=_now(-60)), "exp"),
    "never expires": (lambda p: p.claims.update(exp=None), "exp"),
    "expiry that is no number": (lambda p: p.claims.update(exp="i morgen"), "exp"),
    "made long ago": (lambda p: p.claims.update(iat=_now(-3600)), "iat"),
    "made tomorrow": (lambda p: p.claims.update(iat=_now(86400)), "iat"),
    "not yet valid": (lambda p: p.claims.update(nbf=_now(600)), "nbf"),
    "another's nonce": (lambda p: p.claims.update(nonce="en-annens"), "nonce"),
    "no nonce": (lambda p: p.claims.update(nonce=None), "nonce"),
    "a nonce that is a list": (lambda p: p.claims.update(nonce=["x"]), "nonce"),
    "no subject": (lambda p: p.claims.update(sub=""), "sub"),
    "a subject with a line break": (lambda p: p.claims.update(sub="subjekt-1\n"), "sub"),
    "another access token's hash": (lambda p: p.claims.update(at_hash="AAAAAAAAAAAAAAAAAAAAAA"), "at_hash"),
    "unsigned": (lambda p: setattr(p, "sign", unsigned), "alg"),
    "HS256 with the public key": (lambda p: setattr(p, "sign", with_the_public_key), "alg"),
    "another key by the same name": (lambda p: setattr(p, "sign", by_another), "signature"),
    "a key nobody has": (lambda p: p.header.update(kid="finnes-ikke"), "kid"),
    "a header that must be understood": (lambda p: setattr(p, "sign", critical), "crit"),
    "three words": (lambda p: setattr(p, "sign", lambda h, c: "ikke.en.token"), "token"),
    "no id token": (lambda p: p.answers.update(token=lambda: (200, b'{"access_token": "x"}')), "token"),
    "a code it does not know": (lambda p: p.answers.update(token=spent_code), "invalid_grant"),
    "claims exchanged after signing": (lambda p: setattr(p, "sign", other_claims), "signature"),
}  # fmt: skip


@pytest.mark.parametrize("how", TWISTED)
async def test_a_token_with_something_wrong_gives_no_session(
    shared_world: World, provider: HostileProvider, code: str, how: str
) -> None:
    twist, fault = TWISTED[how]
    twist(provider)
    browser, answer = await log_in(shared_world, provider, code)
    assert answer.status_code == 400
    assert "Innloggingen ble ikke fullført" in answer.text
    assert "sammen" not in browser.cookies
    assert await sessions(shared_world, code) == []
    assert await last_fault(shared_world, code) == fault


AWAY: dict[str, tuple[str, Callable[[], tuple[int, bytes]]]] = {
    "large": ("jwks", lambda: (200, b'{"keys": [' + b" " * client.LARGEST + b"]}")),
    "no JSON": ("jwks", lambda: (200, b"<html>")),
    "deep JSON": ("openid-configuration", lambda: (200, b"[" * 100_000)),
    "a list": ("openid-configuration", lambda: (200, b"[]")),
    "broken": ("token", lambda: (500, b"{}")),
    "slow": ("openid-configuration", slowly),
}


@pytest.mark.parametrize("how", AWAY)
async def test_a_provider_that_is_slow_large_or_unreadable_is_given_up_calmly(
    shared_world: World, provider: HostileProvider, code: str, how: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client, "SECONDS", 0.6 if how == "slow" else 5.0)
    path, said = AWAY[how]
    provider.answers[path] = said
    browser = Browser(shared_world.app)
    answered.clear()
    answer = await browser.get(f"/logg-inn/med/{code}", params={"kommune": "horten"})
    if answer.status_code == 303:
        answer = await come_back(browser, code, provider.approve(answer.headers["location"]))
    answered.set()
    assert answer.status_code == 503
    assert "svarer ikke" in answer.text


@pytest.mark.parametrize(
    ("document", "fault"),
    [
        ({"issuer": "https://elsewhere.example"}, "issuer"),
        ({"token_endpoint": "http://elsewhere.example/token"}, "address"),
        ({"jwks_uri": "https://user:pass@elsewhere.example/"}, "address"),
        ({"authorization_endpoint": "javascript:alert(1)"}, "address"),
        ({"id_token_signing_alg_values_supported": ["HS256", "none"]}, "alg"),
    ],
)
async def test_a_description_that_leads_elsewhere_sends_nobody_there(
    shared_world: World, provider: HostileProvider, code: str, document: dict[str, Any], fault: str
) -> None:
    provider.document = document
    answer = await Browser(shared_world.app).get(f"/logg-inn/med/{code}")
    assert answer.status_code == 400
    assert await last_fault(shared_world, code) == fault


async def test_an_answer_belongs_to_one_browser_one_provider_and_one_use(
    shared_world: World, provider: HostileProvider, code: str
) -> None:
    victim, attacker = Browser(shared_world.app), Browser(shared_world.app)
    mine = provider.approve(await leave(attacker, code))
    # Without the cookie, and with the cookie of another journey: somebody else's login is not taken for one's own.
    assert (await come_back(victim, code, mine)).status_code == 400
    await leave(victim, code)
    assert (await come_back(victim, code, mine)).status_code == 400
    assert (await come_back(victim, code, {**mine, "state": ""})).status_code == 400
    assert await last_fault(shared_world, code) == "state"
    # In the name of another provider, or from one that does not say who it is although it always does.
    for iss in ("https://elsewhere.example", ""):
        other = Browser(shared_world.app)
        brought = {**provider.approve(await leave(other, code)), "iss": iss}
        answer = await come_back(other, code, {name: text for name, text in brought.items() if text})
        assert (answer.status_code, await last_fault(shared_world, code)) == (400, "response_iss")
    # Once; also by who has copied the cookie, and twice at once.
    copied = attacker.cookies[JOURNEY]
    assert (await come_back(attacker, code, mine)).status_code == 303
    again = Browser(shared_world.app)
    again.cookies.set(JOURNEY, copied)
    assert (await come_back(again, code, mine)).status_code == 400
    assert await last_fault(shared_world, code) == "replay"
    both = Browser(shared_world.app)
    brought = provider.approve(await leave(both, code))
    found = await asyncio.gather(*(come_back(both, code, brought) for _ in range(4)))
    assert sorted(answer.status_code for answer in found) == [303, 400, 400, 400]


async def test_an_answer_brought_to_another_providers_address_is_refused(
    shared_world: World, provider: HostileProvider, code: str
) -> None:
    with hostile_provider() as second:
        other = f"p{uuid4().hex[:8]}"
        await register(shared_world, second.issuer, other)
        browser = Browser(shared_world.app)
        brought = provider.approve(await leave(browser, code))
        assert (await come_back(browser, other, brought)).status_code == 400
        assert second.asked == []


@pytest.mark.parametrize(
    "neste", ["//elsewhere.example", "/\\elsewhere.example", "/\t/elsewhere.example", "https://x.example"]
)
async def test_the_way_back_leads_nowhere_but_home(
    shared_world: World, provider: HostileProvider, code: str, neste: str
) -> None:
    _, answer = await log_in(shared_world, provider, code, neste=neste)
    assert answer.headers["location"] == "/"
    page = await Browser(shared_world.app).get("/logg-inn/horten", params={"neste": neste})
    assert f'/logg-inn/med/{code}?kommune=horten&amp;neste=%2F"' in page.text


async def test_a_session_from_before_is_ended_and_never_continued(
    shared_world: World, provider: HostileProvider, code: str
) -> None:
    planted = await shared_world.token(shared_world.user("horten", Role.PAYROLL))
    browser = Browser(shared_world.app, planted)
    await come_back(browser, code, provider.approve(await leave(browser, code)))
    kept = [cookie.value for cookie in browser.cookies.jar if cookie.name == "sammen"]
    assert kept[-1] != planted
    shared_world.tokens.pop(shared_world.user("horten", Role.PAYROLL))
    assert (await Browser(shared_world.app, planted).get("/k/horten")).status_code == 303


async def test_too_low_a_level_is_asked_for_more_and_more_is_held_against_the_answer(
    shared_world: World, provider: HostileProvider, code: str
) -> None:
    browser, answer = await log_in(shared_world, provider, code)
    assert answer.status_code == 303
    assert (
        await browser.get("/k/horten")
    ).status_code == 303  # a password's worth is not enough for a manager
    up = await browser.get("/logg-inn/opp", params={"nivaa": "second_factor", "neste": "/k/horten"})
    asked = dict(parse_qsl(urlsplit(up.headers["location"]).query))
    assert (asked["prompt"], asked["acr_values"]) == ("login", "middels høy")
    assert (await come_back(browser, code, provider.approve(up.headers["location"]))).status_code == 400
    assert await last_fault(shared_world, code) == "level"
    provider.claims = {"acr": "høy"}
    up = await browser.get("/logg-inn/opp", params={"nivaa": "second_factor", "neste": "/k/horten"})
    assert (await come_back(browser, code, provider.approve(up.headers["location"]))).status_code == 303
    assert (await browser.get("/k/horten")).status_code == 200


async def test_two_secrets_hold_while_they_are_exchanged_and_the_old_one_ends(
    shared_world: World, provider: HostileProvider, code: str
) -> None:
    (row,) = await shared_world.sql("SELECT id FROM identity_provider WHERE code = $1", code)
    new = seal_secret(KEYS, code, "en ny hemmelighet", is_key=False)
    await shared_world.sql("SELECT sammen.provider_secret_set($1, $2, '')", row["id"], new)
    for known in (SECRET, "en ny hemmelighet"):
        provider.secrets = {known}
        assert (await log_in(shared_world, provider, code))[1].status_code == 303
    await shared_world.sql("SELECT sammen.provider_secret_set($1, NULL, '')", row["id"])
    provider.secrets = {SECRET}
    assert (await log_in(shared_world, provider, code))[1].status_code == 400
    assert await last_fault(shared_world, code) == "invalid_client"
    (kept,) = await shared_world.sql(
        "SELECT sealed FROM provider_secret WHERE provider_id = $1 AND retired_at IS NULL", row["id"]
    )
    assert b"hemmelighet" not in kept["sealed"]


async def test_the_doors_of_the_database_ask_for_a_proof_of_every_argument(shared_world: World) -> None:
    one, now = uuid4(), int(time.time()) + 30
    statements: list[tuple[str, list[Any]]] = [
        ("SELECT * FROM sammen.oidc_provider('x', $1, $2)", []),
        ("SELECT sammen.oidc_spend($3, 60, $1, $2)", [b"x" * 32]),
        (
            "SELECT sammen.oidc_sign_in($3, 's', NULL, NULL, $4, 'high', '', NULL, 60, '', NULL, $3, $1, $2)",
            [one, b"t" * 32],
        ),
        ("SELECT sammen.oidc_ask($3, 's', '', '', NULL, $4, $1, $2)", [one, b"c" * 32]),
        ("SELECT sammen.oidc_logout($3, 'sid', '', $3, $1, $2)", [one]),
        ("SELECT * FROM sammen.oidc_session($3, true, $1, $2)", [token_hash("x")]),
    ]
    connection = await asyncpg.connect(shared_world.database.app_url.replace("+asyncpg", ""))
    try:
        for statement, arguments in statements:
            with pytest.raises(asyncpg.InvalidAuthorizationSpecificationError):
                await connection.execute(statement, now, KEYS.door_proof("noe annet"), *arguments)
        for statement in ("SELECT * FROM sammen.link_request_of('\\x00')", "SELECT * FROM sammen.linked_identities()",
                          f"SELECT sammen.unlink_identity('{one}')", f"SELECT sammen.link_identity('\\x00', '{one}')",
                          "SELECT * FROM sammen.operations_providers()", "SELECT sammen.provider_add('{}')",
                          f"SELECT * FROM sammen.oidc_account('{one}', 's', NULL, NULL)"):  # fmt: skip
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await connection.execute(statement)
    finally:
        await connection.close()


async def test_a_private_key_is_shown_by_a_signature_that_is_for_this_provider_and_a_minute(
    shared_world: World, provider: HostileProvider
) -> None:
    chosen = f"p{uuid4().hex[:8]}"
    made = await register(shared_world, provider.issuer, chosen, auth_method="private_key_jwt")
    await link_to(shared_world, made, shared_world.user("horten", Role.MANAGER), place=shared_world.horten)
    pem, public, kid = new_key()
    sealed = seal_secret(KEYS, chosen, pem, is_key=True)
    await shared_world.sql("SELECT sammen.provider_secret_set($1, $2, $3)", made, sealed, kid)
    assert (await log_in(shared_world, provider, chosen))[1].status_code == 400
    assert await last_fault(shared_world, chosen) == "invalid_client"
    provider.client_key = RSAKey.import_key({name: public[name] for name in ("kty", "n", "e", "kid")})
    assert (await log_in(shared_world, provider, chosen))[1].status_code == 303
    assert "d" not in public
    assert "PRIVATE" not in str(provider.asked)
    await shared_world.sql("DELETE FROM linked_identity WHERE provider_id = $1", made)


async def test_a_key_not_seen_before_is_looked_for_but_not_without_end(
    provider: HostileProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    directory = client.Directory(loopback=True)
    found = await directory.description(provider.issuer)
    await client.claims_of(directory, found, provider.logout_token())
    asked = 0

    def keys() -> tuple[int, bytes]:
        nonlocal asked
        asked += 1
        return provider.reply("nowhere", {}, "")

    provider.answers["jwks"] = keys
    provider.key = rsa("another")
    for _ in range(20):
        with pytest.raises(Refused, match="kid"):
            await client.claims_of(directory, found, provider.logout_token())
    assert asked == 0  # within a minute of the last time
    del provider.answers["jwks"]
    monkeypatch.setattr(client, "AGAIN", 0.0)
    claims, alg = await client.claims_of(directory, found, provider.logout_token())
    assert (claims["iss"], alg, isinstance(claims["jti"], str)) == (provider.issuer, "RS256", True)
