"""What a login through others opens, for whom, and how it ends."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Iterator
from uuid import uuid4

import pytest

from sammen.policy.roles import Role
from tests.database import KEYS
from tests.hostile_provider import CLIENT, SUBJECT, HostileProvider, hostile_provider, register, unsigned
from tests.oidc_steps import come_back, log_in, registered, sessions
from tests.worlds import Browser, World


@pytest.fixture
def provider() -> Iterator[HostileProvider]:
    with hostile_provider() as made:
        yield made


@pytest.fixture
async def code(shared_world: World, provider: HostileProvider) -> AsyncIterator[str]:
    async with registered(shared_world, provider) as made:
        yield made


async def test_what_horten_linked_opens_horten_alone_whatever_else_the_account_may_do(
    shared_world: World, provider: HostileProvider, code: str
) -> None:
    manager = shared_world.user("horten", Role.MANAGER)
    for kind, municipality, region, role in (
        ("municipality", shared_world.re, None, "manager"), ("region", None, shared_world.region, "project_manager"),
        ("operations", None, None, "operator"),
    ):  # fmt: skip
        await shared_world.sql(
            "INSERT INTO membership (id, user_id, kind, municipality_id, region_id, role, valid_from, granted_by)"
            " VALUES (gen_random_uuid(), $1, $2, $3, $4, $5, '2000-01-01', 'test')",
            manager, kind, municipality, region, role,
        )  # fmt: skip
    provider.claims = {"acr": "høy"}
    browser, _ = await log_in(shared_world, provider, code)
    seen = {
        path: (await browser.get(path)).status_code
        for path in ("/k/horten", "/k/re", "/r/vestfold", "/drift")
    }
    assert seen == {"/k/horten": 200, "/k/re": 404, "/r/vestfold": 404, "/drift": 404}
    await shared_world.sql(
        "DELETE FROM membership WHERE user_id = $1 AND municipality_id IS DISTINCT FROM $2",
        manager,
        shared_world.horten,
    )


async def test_the_provider_ends_our_session_at_once_by_a_token_that_is_its_own_and_new(
    shared_world: World, provider: HostileProvider, code: str
) -> None:
    where = f"/logg-inn/med/{code}/avmeldt"
    browser, _ = await log_in(shared_world, provider, code)

    async def said(token: str) -> int:
        answer = await Browser(shared_world.app).post(where, data={"logout_token": token})
        return answer.status_code

    honest = provider.logout_token
    refused = {
        "with a nonce, as an id token has": honest(nonce="x"),
        "no event": honest(events=None),
        "another event": honest(events={"http://example.org/": {}}),
        "for another": honest(aud="en-annen"),
        "another issuer": honest(iss="https://elsewhere.example"),
        "of nobody": honest(sid=None),
        "without its own id": honest(jti=None),
        "old": honest(iat=int(time.time()) - 3600),
        "unsigned": unsigned({"kid": "honest"}, {"iss": provider.issuer, "aud": CLIENT}),
        "nothing": "",
    }
    assert {how: await said(token) for how, token in refused.items()} == dict.fromkeys(refused, 400)
    assert len(await sessions(shared_world, code)) == 1
    token = honest()
    assert await said(token) == 200
    assert await sessions(shared_world, code) == []
    assert (await browser.get("/innlogginger")).status_code == 303
    await log_in(shared_world, provider, code)
    assert await said(token) == 400  # the same token, after a new login
    assert len(await sessions(shared_world, code)) == 1
    assert await said(honest(sid=None, sub=SUBJECT)) == 200
    assert await sessions(shared_world, code) == []
    # In front: only who knows the provider's own name of the session.
    await log_in(shared_world, provider, code)
    stranger = Browser(shared_world.app)
    assert (await stranger.get(where, params={"iss": provider.issuer, "sid": "gjettet"})).status_code == 200
    assert (await stranger.get(where, params={"iss": "https://x.example", "sid": "økt-1"})).status_code == 404
    assert (await stranger.get(where, params={"iss": provider.issuer})).status_code == 404
    assert len(await sessions(shared_world, code)) == 1
    assert (await stranger.get(where, params={"iss": provider.issuer, "sid": "økt-1"})).status_code == 200
    assert await sessions(shared_world, code) == []


async def test_a_citizen_is_matched_by_number_in_the_municipality_they_came_to_and_nowhere_else(
    shared_world: World, provider: HostileProvider
) -> None:
    code, number = f"p{uuid4().hex[:8]}", "15890098765"
    await register(shared_world, provider.issuer, code, kind="idporten", municipality_id=None, auth_method="client_secret_post",
                   levels={"idporten-loa-high": "high"})  # fmt: skip
    contact = shared_world.user("horten", Role.CONTACT)
    await shared_world.sql(
        "INSERT INTO person (tenant_id, id, given_name, family_name, number_hash, user_id)"
        " VALUES ($1, $2, 'Ida', 'Lie', $3, $4)",
        shared_world.horten, uuid4(), KEYS.number_hash(shared_world.horten, number), contact,
    )  # fmt: skip
    provider.claims = {"pid": number, "acr": "idporten-loa-high"}
    browser, answer = await log_in(shared_world, provider, code)
    assert (answer.status_code, (await browser.get("/min/horten")).status_code) == (303, 200)
    (session,) = await sessions(shared_world, code)
    assert (session["user_id"], session["bound_to"], session["assurance"]) == (
        contact,
        shared_world.horten,
        "high",
    )
    elsewhere = Browser(shared_world.app)
    to = (await elsewhere.get(f"/logg-inn/med/{code}", params={"kommune": "re"})).headers["location"]
    answer = await come_back(elsewhere, code, provider.approve(to))
    assert answer.status_code == 403
    assert "har ikke gitt deg egne sider" in answer.text
    for wrong in ({"pid": "15890098766"}, {"pid": None}, {"pid": number + "1"}):
        provider.claims = wrong
        assert (await log_in(shared_world, provider, code))[1].status_code in (400, 403)
    assert (
        await shared_world.sql(
            "SELECT 1 FROM link_request q JOIN identity_provider p ON p.id = q.provider_id WHERE p.code = $1",
            code,
        )
        == []
    )
    # Somebody whose way in has been closed, and somebody who has died.
    provider.claims = {"pid": number}
    await shared_world.sql(
        "UPDATE person SET died_on = '2026-11-01' WHERE user_id = $1 AND number_hash IS NOT NULL", contact
    )
    assert (await log_in(shared_world, provider, code))[1].status_code == 403
    await shared_world.sql("DELETE FROM person WHERE user_id = $1 AND number_hash IS NOT NULL", contact)


async def test_an_unknown_person_gets_a_code_and_never_access_and_an_administrator_decides(
    shared_world: World, provider: HostileProvider, code: str
) -> None:
    provider.claims = {
        "sub": "ny-ansatt",
        "email": "manager@horten.test",
        "email_verified": True,
        "acr": "høy",
    }
    browser, answer = await log_in(shared_world, provider, code)
    assert answer.status_code == 403
    assert "sammen" not in browser.cookies
    shown = answer.text.split("Koden din")[1].split("-", 1)
    chosen = (shown[0][-5:] + shown[1][:5]).replace("-", "")
    assert len(chosen) == 10
    here, there = "/k/horten/ansatte/koblinger", "/k/re/ansatte/koblinger"
    admin = await shared_world.browser("horten", Role.MUNICIPALITY_ADMINISTRATOR)
    other = await shared_world.browser("re", Role.MUNICIPALITY_ADMINISTRATOR)
    assert "ny-ansatt" not in (await other.get(there, params={"kode": chosen})).text
    assert "ny-ansatt" in (await admin.get(here, params={"kode": f"{chosen[:5].lower()} {chosen[5:]}"})).text
    own = shared_world.user("horten", Role.MUNICIPALITY_ADMINISTRATOR)
    for where, whose, who in (
        (here, admin, own), (here, admin, shared_world.user("re", Role.MANAGER)),
        (here, admin, shared_world.user("horten", Role.CONTACT)),
        (here, admin, uuid4()), (there, other, shared_world.user("re", Role.MANAGER)),
        (here, admin, shared_world.user("horten", Role.MANAGER)),  # who has an identity at this provider
    ):  # fmt: skip
        assert (await whose.submit(where, {"kode": chosen, "bruker": str(who)})).status_code == 422
    payroll = shared_world.user("horten", Role.PAYROLL)
    await shared_world.sql("UPDATE user_account SET email_checked_at = now() WHERE id = $1", payroll)
    assert (await admin.submit(here, {"kode": chosen, "bruker": str(payroll)})).status_code == 303
    assert (await admin.submit(here, {"kode": chosen, "bruker": str(payroll)})).status_code == 422
    assert await shared_world.sql(
        "SELECT 1 FROM account_notice WHERE user_id = $1 AND code = 'login_linked'", payroll
    ), "whose account it is, is told"
    browser, answer = await log_in(shared_world, provider, code)
    assert (answer.status_code, (await browser.get("/k/horten")).status_code) == (303, 200)
    (link,) = await shared_world.sql("SELECT id FROM linked_identity WHERE subject = 'ny-ansatt'")
    assert (await other.submit(f"{there}/fjern", {"kobling": str(link["id"])}, page=there)).status_code == 404
    assert (await admin.submit(f"{here}/fjern", {"kobling": str(link["id"])})).status_code == 303
    assert (await browser.get("/k/horten")).status_code == 303
    told = await shared_world.sql(
        "SELECT action FROM audit_entry WHERE object_id = $1 AND action LIKE 'identity.%' ORDER BY at",
        payroll,
    )
    assert [row["action"] for row in told] == ["identity.linked", "identity.unlinked"]
