"""Programs of other systems: let in by an administrator, with secrets that are changed without a stop; what they send and
fetch, once and no more.
"""

from __future__ import annotations

import asyncio
import base64
import re
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from limits import RateLimitItemPerMinute

from sammen.clock import today
from sammen.machine import pace
from sammen.norwegian import format_date
from sammen.policy.roles import Role
from tenants.people.api import make_synthetic
from tests.people_samples import born
from tests.program_samples import (
    TOKEN,
    Program,
    closed_run,
    decision,
    person,
    program_in,
    registered,
    token_of,
)
from tests.worlds import Browser, World

PEOPLE, DECISIONS = "/api/v1/people/p-1", "/api/v1/decisions/v-1"
JSON = "application/json"
NUMBER = make_synthetic(born(11), "F", 3)


# Letting in -----------------------------------------------------------------------------------------------------------
async def _registered(browser: Browser, **changed: Any) -> httpx.Response:
    form = {
        "navn": "Kommunens lønnssystem", "formaal": "Utbetale lønn", "ansvarlig": "Lønn, 33 00 00 00",
        "tilganger": ["payroll"], "nett": "", "til": "22.05.2027", **changed,
    }  # fmt: skip
    return await browser.submit("/k/horten/programmer/nytt", form)


async def test_an_administrator_lets_a_program_in_shows_its_secret_once_and_shuts_it_out(
    world: World,
) -> None:
    browser = await world.browser("horten", Role.MUNICIPALITY_ADMINISTRATOR)
    assert "Ingen programmer ennå" in (await browser.get("/k/horten/programmer")).text
    made = await _registered(browser)
    assert made.status_code == 303, made.text
    page = made.headers["location"]
    key = uuid4().hex
    shown = await browser.submit(page, key=key)
    secret = re.search(r"sammen_[\w-]{43}", shown.text)
    assert secret
    again = await browser.submit(page, key=key)
    assert again.status_code == 303
    assert secret[0] not in (await browser.get(page)).text
    await _confirmed_by_another(world, browser, page, secret[0])
    token = await token_of(world, UUID(page.rsplit("/", 1)[1]), secret[0])
    async with Program(world, token) as program:
        assert (await program.get("/api/v1/payroll/runs")).status_code == 200
        assert (await program.get("/api/v1/calendar")).status_code == 403
        assert "Kommunens lønnssystem" in (await browser.get("/k/horten/programmer")).text
        closed = await browser.submit(page + "/steng")
        assert closed.status_code == 303
        assert (await program.get("/api/v1/payroll/runs")).status_code == 401
    assert "Stengt ute" in (await browser.get("/k/horten/programmer")).text
    told = await world.sql(
        "SELECT action FROM audit_entry WHERE object_kind = 'program_client' AND category = 'change' ORDER BY at"
    )
    assert [row["action"] for row in told] == [
        "program.registered", "program.secret_made", "program.confirmed", "program.ended",
    ]  # fmt: skip


async def _confirmed_by_another(world: World, browser: Browser, page: str, secret: str) -> None:
    """Whoever lets a program in does not open it: the manager does, and is shown no secret."""
    manager = await world.browser("horten", Role.MANAGER)
    async with Program(world) as program:
        refused = await program.post(
            TOKEN, data={"grant_type": "client_credentials"}, auth=(page.rsplit("/", 1)[1], secret)
        )
    assert (refused.status_code, refused.json()["error"]) == (401, "invalid_client")
    assert "Be en annen administrator eller lederen" in (await browser.get(page)).text
    assert (await browser.submit(page + "/bekreft", {"versjon": "1"}, page=page)).status_code == 403
    assert "Bekreft Kommunens lønnssystem" in (await manager.get("/k/horten")).text
    shown = (await manager.get(page)).text
    assert "Bekreft programmet" in shown
    assert "Lag en ny hemmelighet" not in shown
    assert (await manager.submit(page, {}, page=page)).status_code == 403
    assert (await manager.submit(page + "/bekreft", {"versjon": "9"}, page=page)).status_code == 409
    assert (await manager.submit(page + "/bekreft", {"versjon": "1"}, page=page)).status_code == 303
    assert "Bekreft Kommunens lønnssystem" not in (await manager.get("/k/horten")).text


async def test_what_a_program_is_given_later_waits_for_another_and_what_is_taken_does_not_come_back(
    world: World,
) -> None:
    browser, manager = [
        await world.browser("horten", role) for role in (Role.MUNICIPALITY_ADMINISTRATOR, Role.MANAGER)
    ]
    client, secret = await registered(world, scopes=["payroll"])
    page = f"/k/horten/programmer/{client}"

    async def given(version: int, *scopes: str) -> None:
        form = {"navn": "Lønn", "formaal": "Utbetale", "ansvarlig": "Lønn", "tilganger": list(scopes), "nett": "",
                "til": format_date(today() + timedelta(days=90)), "versjon": str(version)}  # fmt: skip
        assert (await browser.submit(page + "/endre", form)).status_code == 303

    async def may() -> list[int]:
        async with Program(world, await token_of(world, client, secret)) as program:
            return [
                (await program.get(f"/api/v1/{path}")).status_code for path in ("payroll/runs", "calendar")
            ]

    assert await may() == [200, 403]
    await given(2, "payroll", "calendar")
    assert await may() == [200, 403]
    assert "Ikke bekreftet" in (await manager.get(page)).text
    assert (await manager.submit(page + "/bekreft", {"versjon": "3"}, page=page)).status_code == 303
    assert await may() == [200, 200]
    await given(4, "calendar")
    await given(5, "calendar", "payroll")
    assert await may() == [403, 200]


@pytest.mark.parametrize(
    ("field", "typed", "says"),
    [
        ("navn", "", "Skriv hva programmet heter"),
        ("formaal", "", "Skriv hva kommunen bruker"),
        ("ansvarlig", "", "Skriv hvem som svarer"),
        ("tilganger", [], "Velg minst én ting"),
        ("tilganger", ["alt"], "Velg minst én ting"),
        ("nett", "hjemme", "Skriv adresser som"),
        ("til", "22.05.2029", "til om ett år"),
        ("til", "01.01.2020", "til om ett år"),
        ("til", "31.02.2027", "Februar"),
    ],
)
async def test_a_bad_field_is_named_and_nothing_is_let_in(
    shared_world: World, field: str, typed: Any, says: str
) -> None:
    browser = await shared_world.browser("horten", Role.MUNICIPALITY_ADMINISTRATOR)
    answer = await _registered(browser, **{field: typed})
    assert answer.status_code == 422
    assert says in answer.text
    assert not await shared_world.sql("SELECT 1 FROM program_client")


async def test_a_secret_is_changed_without_a_stop_and_two_are_open_at_most(world: World) -> None:
    browser = await world.browser("horten", Role.MUNICIPALITY_ADMINISTRATOR)
    client, first = await registered(world)
    page = f"/k/horten/programmer/{client}"
    secrets = [first]
    for _ in range(2):
        shown = await browser.submit(page)
        found = re.search(r"sammen_[\w-]{43}", shown.text)
        assert found
        secrets.append(found[0])
    for secret in secrets[1:]:
        await token_of(world, client, secret)
    async with Program(world) as program:
        old = await program.post(TOKEN, data={"grant_type": "client_credentials"}, auth=(str(client), first))
    assert old.status_code == 401
    old_token = await token_of(world, client, secrets[1])
    open_ones = re.findall(r'name="hemmelighet" value="([^"]+)"', (await browser.get(page)).text)
    assert len(open_ones) == 2
    await browser.submit(page + "/hemmelighet", {"hemmelighet": open_ones[1]}, page=page)
    async with Program(world, old_token) as program:
        assert (await program.get("/api/v1/calendar")).status_code == 401


# The token's door -----------------------------------------------------------------------------------------------------
async def test_the_tokens_door_says_what_rfc_6749_says(shared_world: World) -> None:
    client, secret = await registered(shared_world, name="RFC", scopes=["payroll", "calendar"])
    pace.forget()
    good = {"grant_type": "client_credentials", "client_id": str(client), "client_secret": secret}
    basic = base64.b64encode(f"{client}:{secret}".encode()).decode()
    async with Program(shared_world) as program:
        answer = await program.post(TOKEN, data=good | {"scope": "calendar"})
        assert answer.json().keys() == {"access_token", "token_type", "expires_in", "scope"}
        assert (answer.json()["scope"], answer.json()["expires_in"]) == ("calendar", 600)
        assert answer.headers["cache-control"] == "no-store"
        for data, headers, status, error in (
            (good | {"grant_type": "password"}, {}, 400, "unsupported_grant_type"),
            ({"client_id": str(client), "client_secret": secret}, {}, 400, "invalid_request"),
            (good | {"scope": "people"}, {}, 400, "invalid_scope"),
            (good | {"scope": "alt"}, {}, 400, "invalid_scope"),
            (good | {"client_secret": secret + "x"}, {}, 401, "invalid_client"),
            (good | {"client_id": str(uuid4())}, {}, 401, "invalid_client"),
            (good | {"client_id": "x"}, {}, 401, "invalid_client"),
            (good, {"Authorization": f"Basic {basic}"}, 400, "invalid_request"),
            ({"grant_type": "client_credentials"}, {"Authorization": "Basic !!"}, 401, "invalid_client"),
            ({"grant_type": "client_credentials"}, {"Authorization": "Negotiate x"}, 401, "invalid_client"),
        ):
            answer = await program.post(TOKEN, data=data, headers=headers)
            assert (answer.status_code, answer.json()) == (status, {"error": error}), data
            assert (answer.headers.get("www-authenticate") is not None) is (status == 401)
        assert (await program.post(TOKEN, json=good)).status_code == 415
        assert (await program.get(TOKEN)).status_code == 405
        assert (await program.post(TOKEN, data=good | {"x": "y" * 9000})).status_code == 413
    noted = await shared_world.sql(
        "SELECT 1 FROM audit_entry WHERE action = 'program.token' AND actor_id = $1", client
    )
    assert len(noted) == 2  # the wrong secret, and too much asked for


async def test_who_tries_secrets_is_told_to_wait(shared_world: World) -> None:
    pace.forget()
    async with Program(shared_world, address="198.51.100.7") as program:
        answers = [await program.post(TOKEN, data={"grant_type": "x"}) for _ in range(31)]
        assert [answer.status_code for answer in answers[-2:]] == [401, 429]
        assert 1 <= int(answers[-1].headers["retry-after"]) <= 60
        assert answers[-1].headers["content-type"] == "application/problem+json"
    async with Program(shared_world, address="198.51.100.8") as program:
        assert (await program.post(TOKEN, data={"grant_type": "x"})).status_code == 401
    pace.forget()


async def test_the_programs_of_a_municipality_share_its_pace_and_no_other_waits(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    pace.forget()
    one, two = [await program_in(world, name=name, scopes=["calendar"]) for name in ("En", "To")]
    other = await program_in(world, slug="re", scopes=["calendar"])
    monkeypatch.setattr(pace, "CALLS", RateLimitItemPerMinute(3))
    async with one, two, other:
        answers = [
            (await program.get("/api/v1/calendar")).status_code for program in (one, two, one, two, one)
        ]
        assert answers == [200, 200, 200, 429, 429]
        assert (await other.get("/api/v1/calendar")).status_code == 200
    pace.forget()


async def test_a_program_comes_in_from_its_own_networks_alone(world: World) -> None:
    client, secret = await registered(world, networks=["192.0.2.0/24", "2001:db8::/32"])
    for address in ("192.0.2.77", "2001:db8::5", "::ffff:192.0.2.1"):
        token = await token_of(world, client, secret, address=address)
        async with Program(world, token, address=address) as program:
            assert (await program.get("/api/v1/calendar")).status_code == 200
    for address in ("198.51.100.1", "2001:db9::1", "testclient"):
        async with Program(world, token, address=address) as program:
            assert (await program.get("/api/v1/calendar")).status_code == 401
            tried = await program.post(
                TOKEN, data={"grant_type": "client_credentials"}, auth=(str(client), secret)
            )
            assert tried.status_code == 401


# People and decisions -------------------------------------------------------------------------------------------------
async def test_a_person_is_sent_again_and_corrected_by_who_has_read_the_last(world: World) -> None:
    program = await program_in(world)
    first = await program.put(PEOPLE, json=person(national_number=NUMBER, birth_date=str(born(11))))
    assert first.status_code == 201
    assert NUMBER not in first.text
    assert (
        await program.put(PEOPLE, json=person(national_number=NUMBER, birth_date=str(born(11))))
    ).status_code == 200
    changed = person(national_number=NUMBER, birth_date=str(born(11)), family_name="Rønning Vik")
    assert (await program.put(PEOPLE, json=changed)).status_code == 428
    assert (await program.put(PEOPLE, json=changed, headers={"If-Match": '"gammel"'})).status_code == 412
    mended = await program.put(PEOPLE, json=changed, headers={"If-Match": first.headers["etag"]})
    assert mended.status_code == 200
    assert mended.json()["family_name"] == "Rønning Vik"
    assert (
        await program.put(PEOPLE, json=changed, headers={"If-Match": first.headers["etag"]})
    ).status_code == 412
    missing = await program.put("/api/v1/people/p-2", json=person(), headers={"If-Match": "*"})
    assert missing.status_code == 412
    assert len(await world.sql("SELECT 1 FROM person")) == 1
    assert NUMBER not in str(await world.sql("SELECT details FROM audit_entry"))


async def test_a_protected_address_is_never_made_open_nor_told(world: World) -> None:
    program = await program_in(world)
    sent = await program.put(PEOPLE, json=person(protection="kode6"))
    assert sent.json()["address"] is None
    assert "Storgata" not in sent.text
    old = {"street": "Gamleveien 9", "postcode": "3182", "place": "Horten"}
    opened = await program.put(
        PEOPLE, json=person(protection="none", address=old), headers={"If-Match": sent.headers["etag"]}
    )
    assert (opened.status_code, opened.json()["protection"]) == (200, "kode6")
    assert [row["street"] for row in await world.sql("SELECT street FROM person")] == ["Storgata 1"]
    made = await program.put(DECISIONS, json=decision())
    assert made.status_code == 201
    assert (await world.sql("SELECT shielded FROM case_file"))[0]["shielded"] is True


async def test_a_program_does_not_choose_between_people_of_one_name(world: World) -> None:
    program = await program_in(world)
    assert (await program.put(PEOPLE, json=person())).status_code == 201
    doubtful = await program.put("/api/v1/people/p-2", json=person())
    assert doubtful.status_code == 409
    assert len(await world.sql("SELECT 1 FROM person")) == 1
    numbered = await program.put(
        "/api/v1/people/p-3", json=person(national_number=NUMBER, birth_date=str(born(11)))
    )
    assert numbered.status_code == 201
    same = await program.put(
        "/api/v1/people/p-4", json=person(national_number=NUMBER, birth_date=str(born(11)))
    )
    assert same.status_code == 201
    assert len(await world.sql("SELECT 1 FROM person")) == 2


async def test_every_fault_of_a_decision_is_told_where_it_stands(world: World) -> None:
    program = await program_in(world)
    bad = decision(
        received_on="2026-12-01", decided_on="2026-08-01", evaluate_on="2026-01-01",
        services=[
            {"form": "individual", "valid_from": "2026-09-01"},
            {"form": "individual", "hours": 2, "valid_from": "2026-09-01", "valid_to": "2026-08-01"},
        ],
    )  # fmt: skip
    answer = await program.put(DECISIONS, json=bad)
    assert answer.status_code == 422
    assert [fault["pointer"] for fault in answer.json()["errors"]] == [
        "/person", "/received_on", "/decided_on", "/evaluate_on", "/services/0/hours", "/services/1/form",
        "/services/1/valid_to",
    ]  # fmt: skip
    for body, pointer in (
        (
            decision(services=[{"form": "individual", "hours": "3", "valid_from": "2026-09-01"}]),
            "/services/0/hours",
        ),
        (decision(services=[]), "/services"),
        ({"person": "p-1"}, "/received_on"),
        (decision(decided_on="i går"), "/decided_on"),
    ):
        answer = await program.put(DECISIONS, json=body)
        assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, pointer)
    assert not await world.sql("SELECT 1 FROM case_file")


async def test_a_decision_becomes_a_case_with_an_order_that_the_right_people_see(world: World) -> None:
    program = await program_in(world)
    await program.put(PEOPLE, json=person())
    made = await program.put(DECISIONS, json=decision(purchaser="child"))
    assert made.status_code == 201, made.text
    case = made.json()["case_number"]
    assert case in (await (await world.browser("horten", Role.PURCHASER_CHILD)).get("/k/horten/saker")).text
    assert (
        case
        not in (
            await (await world.browser("horten", Role.PURCHASER_ADULT)).get("/k/horten/saker?status=all")
        ).text
    )
    assert (
        case
        not in (await (await world.browser("re", Role.PURCHASER_CHILD)).get("/k/re/saker?status=all")).text
    )
    assert len(await world.sql("SELECT 1 FROM service_order")) == 1
    assert (await world.sql("SELECT responsible_id FROM case_file"))[0]["responsible_id"] is None
    services = [
        {
            "form": "individual",
            "hours": 5.5,
            "per": "week",
            "valid_from": "2026-09-01",
            "valid_to": "2027-08-31",
        }
    ]
    mended = await program.put(
        DECISIONS, json=decision(services=services), headers={"If-Match": made.headers["etag"]}
    )
    assert mended.json()["services"][0]["hours"] == 5.5
    other = [{"form": "group", "valid_from": "2026-09-01"}]
    refused = await program.put(
        DECISIONS, json=decision(services=other), headers={"If-Match": mended.headers["etag"]}
    )
    assert refused.status_code == 409
    wrong = await program.put("/api/v1/decisions/v-2", json=decision(purchaser="adult"))
    assert wrong.json()["errors"][0]["pointer"] == "/purchaser"


async def test_one_hundred_programs_at_once_register_one_person(world: World) -> None:
    program = await program_in(world)
    answers = await asyncio.gather(*(program.put(PEOPLE, json=person()) for _ in range(100)))
    assert sorted({answer.status_code for answer in answers}) == [200, 201]
    assert [answer.status_code for answer in answers].count(201) == 1
    assert len(await world.sql("SELECT 1 FROM person")) == 1


# Payroll --------------------------------------------------------------------------------------------------------------
async def test_the_payroll_system_reads_a_run_page_by_page_and_it_is_in_the_log(world: World) -> None:
    run = await closed_run(world)
    program = await program_in(world, name="Kommunens lønnssystem", scopes=["payroll"])
    listed = (await program.get("/api/v1/payroll/runs")).json()
    assert [one["id"] for one in listed["items"]] == [str(run)]
    lines, cursor = [], ""
    while True:
        page = await program.get(f"/api/v1/payroll/runs/{run}/lines?limit=1{cursor}")
        lines += page.json()["items"]
        if page.json()["next"] is None:
            break
        cursor = f"&cursor={page.json()['next']}"
    assert len({line["id"] for line in lines}) == len(lines) > 1
    assert sum(line["amount_ore"] for line in lines) == listed["items"][0]["total_ore"]
    assert "Jonas" not in str(lines)
    same = await program.get(f"/api/v1/payroll/runs/{run}", headers={"If-None-Match": "x"})
    unchanged = await program.get(
        f"/api/v1/payroll/runs/{run}", headers={"If-None-Match": same.headers["etag"]}
    )
    assert (unchanged.status_code, unchanged.content) == (304, b"")
    logged = await world.sql(
        "SELECT actor_name, why, persons FROM audit_entry WHERE action = 'payroll.read_by_program'"
    )
    assert {(row["actor_name"], row["why"], len(row["persons"])) for row in logged} == {
        ("Kommunens lønnssystem", "Lønnssystemet hentet lønnslinjer", 1)
    }
    since = await program.get("/api/v1/payroll/runs?updated_since=2099-01-01T00:00:00Z")
    assert since.json()["items"] == []


async def test_a_receipt_sent_a_hundred_times_at_once_is_kept_once_with_one_answer(world: World) -> None:
    run = await closed_run(world)
    program = await program_in(world)
    path, body = f"/api/v1/payroll/runs/{run}/receipts", {"outcome": "posted", "reference": "L-1"}
    answers = await asyncio.gather(*(program.send_to(path, body, key="en-hendelse") for _ in range(100)))
    assert {answer.status_code for answer in answers} == {201}
    assert (
        len({(answer.content, answer.headers["location"], answer.headers["etag"]) for answer in answers}) == 1
    )
    assert len(await world.sql("SELECT 1 FROM payroll_receipt")) == 1
    other = await program.send_to(path, body | {"reference": "L-2"}, key="en-hendelse")
    assert other.status_code == 422
    assert (await program.post(path, json=body)).status_code == 400
    # The same key is another program's own.
    second = await program_in(world, name="Et annet")
    assert (await second.send_to(path, body, key="en-hendelse")).status_code == 201
    assert len(await world.sql("SELECT 1 FROM payroll_receipt")) == 2


# How it is said -------------------------------------------------------------------------------------------------------
async def test_whatever_goes_wrong_is_problem_json(shared_world: World) -> None:
    program = await program_in(shared_world, name="Problem")
    tries: list[tuple[int, httpx.Response]] = [
        (404, await program.get("/api/v1/finnes-ikke")),
        (404, await program.get("/api/v1/payroll/runs/ikke-en-id")),
        (405, await program.delete("/api/v1/calendar")),
        (406, await program.get("/api/v1/calendar", headers={"Accept": "text/html"})),
        (413, await program.put(PEOPLE, content=b'"' + b"x" * 70_000 + b'"', headers={"Content-Type": JSON})),
        (415, await program.put(PEOPLE, content=b"{}", headers={"Content-Type": "text/plain"})),
        (415, await program.put(PEOPLE, content=b"{}", headers={"Content-Type": "application/json; charset=latin-1"})),
        (400, await program.put(PEOPLE, content=b"{", headers={"Content-Type": JSON})),
        (400, await program.put(PEOPLE, content=b'{"a": "\xff"}', headers={"Content-Type": JSON})),
        (422, await program.put(PEOPLE, json=person(given_name="a\u0000b"))),
        (422, await program.put(PEOPLE, json=[])),
        (422, await program.get("/api/v1/calendar?limit=201")),
        (422, await program.get("/api/v1/calendar?updated_since=2026-02-31T00:00:00Z")),
        (422, await program.get("/api/v1/calendar?ukjent=1")),
    ]  # fmt: skip
    for status, answer in tries:
        assert answer.status_code == status, answer.request.url
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.json()["status"] == status
        assert answer.headers["cache-control"] == "no-store"
    assert "GET" in tries[2][1].headers["allow"]
    assert not await shared_world.sql("SELECT 1 FROM person")


async def test_the_description_is_public_and_told_again_by_its_mark(shared_world: World) -> None:
    async with Program(shared_world) as anybody:
        whole = await anybody.get("/api/v1/openapi.json")
        assert whole.json()["openapi"] == "3.1.0"
        again = await anybody.get("/api/v1/openapi.json", headers={"If-None-Match": whole.headers["etag"]})
        assert (again.status_code, again.content) == (304, b"")
        assert "Grensesnitt for fagsystemer" in (await anybody.get("/api")).text
