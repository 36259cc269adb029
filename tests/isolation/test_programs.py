"""Every route of the interface for programs, found in the application's own table: strangers, programs of another
municipality, programs without the scope, and foreign ids in paths, questions and bodies.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache
from typing import Any, cast
from uuid import UUID, uuid4

import httpx
import pytest

from deploy.asgi import make_house, make_routes
from sammen.clock import today
from sammen.machine import pace
from sammen.machine.models import SCOPES
from sammen.machine.operations import Operation
from sammen.policy.roles import Role
from sammen.settings import Environment, Settings
from sammen.web.app import build_app
from tests.database import SECRET
from tests.isolation.canaries import walled_tables
from tests.isolation.conftest import Filled
from tests.isolation.route_table import PARAMETER, table_of, told
from tests.program_samples import Program, decision, person, program_in, registered, token_of
from tests.worlds import World


@lru_cache(maxsize=1)
def operations() -> tuple[Operation, ...]:
    """Every route that a program may ask for, read out of litestar's own table. No database is asked."""
    settings = Settings(
        environment=Environment.TEST, app_url="postgresql://nobody@127.0.0.1:1/none", key=SECRET
    )
    app: Any = build_app(make_house(settings), make_routes())
    found = [
        handler.opt["program"]
        for route in app.app.routes
        for handler in getattr(route, "route_handlers", ())
        if "program" in handler.opt
    ]
    return tuple(sorted(found, key=lambda one: (one.path, one.method)))


ALL = operations()
WITH_IDS = [one for one in ALL if "{" in one.path]
BODIES: dict[str, dict[str, Any]] = {
    "putPerson": person(),
    "putDecision": decision(),
    "postPayrollReceipt": {"outcome": "received"},
    "postJournal": {"journalled_on": "2026-11-02", "journal_reference": "26/1-2"},
}


def named(one: Operation) -> str:
    return f"{one.method} {one.path}"


@dataclass(frozen=True)
class Programs:
    """A program of Horten's with every scope, one of Re's, one of Horten's without anything but one scope each."""

    filled: Filled
    horten: Program
    re: Program
    lesser: dict[str, Program]
    external: str


@pytest.fixture(scope="module")
async def programs(lively: Filled) -> Programs:
    world = lively.world
    await world.sql(
        "UPDATE payroll_run SET state = 'closed', number = 1, closed_at = now() WHERE tenant_id = ANY($1)",
        [lively.horten.tenant, lively.re.tenant, lively.skien.tenant],
    )
    await world.sql("UPDATE figure_set SET state = 'approved', approved_at = now() WHERE state = 'computed'")
    horten, re_ = await program_in(world), await program_in(world, slug="re")
    lesser = {
        scope: await program_in(world, name=f"Uten {scope}", scopes=[one for one in SCOPES if one != scope])
        for scope in SCOPES
    }
    for program in (horten, re_):
        assert (await program.put("/api/v1/people/p-1", json=person())).status_code == 201
        assert (await program.put("/api/v1/decisions/p-1", json=decision())).status_code == 201
    # An id that the other program alone knows.
    assert (await re_.put("/api/v1/people/re-1", json=person(given_name="Vilde"))).status_code == 201
    assert (await re_.put("/api/v1/decisions/re-1", json=decision(person="re-1"))).status_code == 201
    pace.forget()
    return Programs(lively, horten, re_, lesser, "re-1")


async def send(program: httpx.AsyncClient, one: Operation, path: str, body: Any = None) -> httpx.Response:
    """The request as the operation wants it, with its key where it has one."""
    sent = BODIES.get(one.name) if body is None else body
    headers = {"Idempotency-Key": uuid4().hex} if one.method == "POST" else {}
    return await program.request(one.method, path, json=sent, headers=headers)


def filled_in(one: Operation, programs: Programs, owner: Any, external: str = "p-1") -> str:
    """The path with the owner's own ids."""
    return PARAMETER.sub(
        lambda found: _word(found[1], external) if found[2] == "str" else str(owner.id_in(_table(found[1]))),
        one.path,
    )


def _word(parameter: str, external: str) -> str:
    return "letter" if parameter == "document_kind" else external


def _table(parameter: str) -> str:
    """A document is named by its kind and id; `letter` stands for them all."""
    return "letter" if parameter == "document_id" else table_of(parameter) or parameter


def test_there_are_routes_to_try_and_every_body_is_known() -> None:
    assert len(ALL) >= 15
    assert {one.name for one in ALL if one.body is not None} == set(BODIES)
    assert {one.scope for one in ALL} == set(SCOPES)


@pytest.mark.parametrize("one", ALL, ids=named)
async def test_a_stranger_is_told_to_show_a_token_and_nothing_else(
    one: Operation, programs: Programs
) -> None:
    path = filled_in(one, programs, programs.filled.horten)
    seen = set()
    for token in ("", "no-such-token", "x" * 5000):
        async with Program(programs.filled.world, token) as stranger:
            answer = await send(stranger, one, path)
        assert answer.status_code == 401
        assert answer.headers["www-authenticate"].startswith('Bearer realm="sammen"')
        seen.add(answer.content)
    assert len(seen) == 1
    assert json.loads(seen.pop()) == {"type": "about:blank", "title": "Unauthorized", "status": 401}


@pytest.mark.parametrize("one", ALL, ids=named)
async def test_a_session_of_a_person_opens_nothing_here_and_a_token_no_page(
    one: Operation, programs: Programs
) -> None:
    world = programs.filled.world
    person_ = await world.token(world.user("horten", Role.MUNICIPALITY_ADMINISTRATOR))
    async with Program(world, person_) as cross:
        cross.cookies.set("sammen", person_)
        assert (await send(cross, one, filled_in(one, programs, programs.filled.horten))).status_code == 401
    token = programs.horten.headers["authorization"].split()[1]
    async with Program(world, token) as page:
        page.cookies.set("sammen", token)
        assert (await page.get("/k/horten/saker")).status_code in (303, 401)


@pytest.mark.parametrize("one", ALL, ids=named)
async def test_a_program_without_the_scope_is_refused_and_it_is_noted(
    one: Operation, programs: Programs
) -> None:
    answer = await send(programs.lesser[one.scope], one, filled_in(one, programs, programs.filled.horten))
    assert answer.status_code == 403, answer.text
    assert "KANARI" not in answer.text
    noted = await programs.filled.world.sql(
        "SELECT 1 FROM audit_entry WHERE category = 'refusal' AND action = $1 AND actor_name = $2",
        one.permission.value, f"Uten {one.scope}",
    )  # fmt: skip
    assert noted


@pytest.mark.parametrize("one", WITH_IDS, ids=named)
async def test_a_foreign_id_in_the_path_is_answered_as_one_that_is_nowhere(
    one: Operation, programs: Programs
) -> None:
    lively, own = programs.filled, programs.filled.horten
    absent = told(await programs.horten.get("/api/v1/people/finnes-ikke"))
    assert absent[0] == 404
    kinds = dict(PARAMETER.findall(one.path))
    for name, kind in kinds.items():
        if kind == "str":
            if one.method == "PUT":
                continue  # a program's own new id: what it means to another program is not looked at
            tried: list[Any] = [
                programs.external,
                "finnes-heller-ikke",
                "01020304050",
                "%00",
                "a b",
                "..",
                "x" * 65,
            ]
        else:
            start = abs(hash(f"{one.path}{name}")) % 8
            tables = {
                str(table_of(name)),
                "person",
                "case_file",
                *[t.name for t in walled_tables()][start::8],
            }
            tried = [owner.id_in(table) for owner in (lively.re, lively.skien) for table in tables] + [
                uuid4()
            ]
        for value in tried:
            path = one.path
            for other, other_kind in kinds.items():
                mine = _word(other, "p-1") if other_kind == "str" else own.id_in(_table(other))
                path = path.replace(f"{{{other}:{other_kind}}}", str(value if other == name else mine))
            assert told(await send(programs.horten, one, path)) == absent, path


@pytest.mark.parametrize("one", [one for one in WITH_IDS if one.method == "GET"], ids=named)
async def test_ones_own_id_in_the_same_path_is_found(one: Operation, programs: Programs) -> None:
    path = filled_in(one, programs, programs.filled.horten)
    if one.name == "listReleasedFigures":
        listed = (await programs.horten.get("/api/v1/figures/releases")).json()["items"]
        path = f"/api/v1/figures/releases/{listed[0]['id']}/cells"
    assert (await send(programs.horten, one, path)).status_code == 200, path


@pytest.mark.parametrize("one", [one for one in ALL if one.method == "GET"], ids=named)
async def test_no_answer_holds_anything_of_another_municipality_and_none_is_kept(
    one: Operation, programs: Programs
) -> None:
    path = filled_in(one, programs, programs.filled.horten)
    for asked in (path, f"{path}?limit=200", f"{path}?tenant_id={programs.filled.re.tenant}"):
        if asked.endswith("200") and one.query is None:
            continue
        answer = await programs.horten.get(
            asked, headers={"X-Tenant": "re", "X-Forwarded-Host": "re.example"}
        )
        assert answer.status_code in (200, 404, 422), asked
        assert "KANARIRE" not in answer.text
        assert "KANARISKIEN" not in answer.text
        assert "Vilde" not in answer.text
        assert answer.headers["cache-control"] == "no-store"


@pytest.mark.parametrize("one", [one for one in ALL if one.body is not None], ids=named)
async def test_fields_that_are_not_declared_are_refused_and_name_themselves(
    one: Operation, programs: Programs
) -> None:
    path = filled_in(one, programs, programs.filled.horten, "ny-1")
    for extra in ("tenant_id", "id", "client_id", "role", "state", "version", "person_id"):
        body = BODIES[one.name] | {extra: str(programs.filled.re.tenant)}
        answer = await send(programs.horten, one, path, body)
        assert answer.status_code == 422
        assert answer.json()["errors"] == [{"pointer": f"/{extra}", "detail": "Feltet finnes ikke her."}]


async def test_a_body_that_names_anothers_person_is_answered_as_for_one_that_is_nowhere(
    programs: Programs,
) -> None:
    answers = [
        await programs.horten.put("/api/v1/decisions/ny-2", json=decision(person=whom))
        for whom in (programs.external, "finnes-ikke", str(programs.filled.re.id_in("person")))
    ]
    assert {answer.status_code for answer in answers} == {422}
    assert len({answer.content for answer in answers}) == 1


async def test_a_cursor_is_good_for_one_program_and_one_list(programs: Programs) -> None:
    world = programs.filled.world
    for number in range(3):
        body = decision(services=[{"form": "group", "valid_from": "2026-09-01"}])
        assert (await programs.horten.put(f"/api/v1/decisions/c-{number}", json=body)).status_code == 201
    first = await programs.horten.get("/api/v1/decisions?limit=1")
    cursor = first.json()["next"]
    second = await programs.horten.get(f"/api/v1/decisions?limit=1&cursor={cursor}")
    assert second.status_code == 200
    assert second.json()["items"] != first.json()["items"]
    refused = [
        await programs.re.get(f"/api/v1/decisions?cursor={cursor}"),
        await programs.horten.get(f"/api/v1/payroll/runs?cursor={cursor}"),
        await programs.horten.get(f"/api/v1/decisions?cursor={cursor}&updated_since=2026-01-01T00:00:00Z"),
        *[await programs.horten.get(f"/api/v1/decisions?cursor={bad}")
          for bad in (cursor[:-1], cursor[1:], cursor[:9] + cursor[10:], cursor[::-1], "AAAA", "-")],
    ]  # fmt: skip
    assert {answer.status_code for answer in refused} == {422}
    assert {answer.json()["errors"][0]["parameter"] for answer in refused} == {"cursor"}
    another = await program_in(world, name="En annen", scopes=["decisions"])
    assert (await another.get(f"/api/v1/decisions?cursor={cursor}")).status_code == 422


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE program_client SET ended_at = now() WHERE id = $1",
        "UPDATE program_client SET valid_to = current_date - 1 WHERE id = $1",
        "UPDATE program_secret SET ended_at = now() WHERE client_id = $1",
        "UPDATE program_token SET expires_at = now() - interval '1 second' WHERE client_id = $1",
        "UPDATE program_client SET networks = '{192.0.2.0/24}' WHERE id = $1",
        "UPDATE program_client SET scopes = '{figures}' WHERE id = $1",
    ],
)
async def test_what_is_taken_from_a_program_is_gone_at_its_next_request(
    change: str, programs: Programs
) -> None:
    world = programs.filled.world
    client, secret = await registered(world, name=f"Prøve {uuid4().hex[:8]}")
    program = Program(world, await token_of(world, client, secret))
    assert (await program.get("/api/v1/calendar")).status_code == 200
    await world.sql(change, client)
    assert (await program.get("/api/v1/calendar")).status_code == (403 if "scopes" in change else 401)


async def test_a_program_of_a_municipality_that_is_gone_comes_in_no_more(programs: Programs) -> None:
    world = programs.filled.world
    await world.sql("UPDATE municipality SET valid_to = $1 WHERE slug = 're'", today() - timedelta(days=2))
    try:
        assert (await programs.re.get("/api/v1/calendar")).status_code == 401
    finally:
        await world.sql("UPDATE municipality SET valid_to = NULL WHERE slug = 're'")


async def test_the_app_role_makes_no_program_secret_or_token_by_itself(programs: Programs) -> None:
    """What an injected statement would try, in an administrator's own context."""
    world = programs.filled.world
    client, _ = await registered(world, name="Målet")
    tries = (
        ("INSERT INTO sammen.program_client (tenant_id, id, name, purpose, contact, scopes, valid_to, made_by_name)"
         " VALUES ($1, gen_random_uuid(), 'x', '', '', '{people}', current_date, '')", (world.horten,)),
        ("UPDATE sammen.program_client SET scopes = '{people}'", ()),
        ("SELECT hash FROM sammen.program_secret", ()),
        ("SELECT token_hash FROM sammen.program_token", ()),
        ("SELECT sammen.program_secret_new($1, $2, 'x', 9999999999, $2)", (client, b"\0" * 32)),
        ("SELECT sammen.program_end($1, NULL, 'x', 9999999999, $2)", (client, b"\0" * 32)),
        ("SELECT sammen.program_token_for($1, $2, $2, '{}', NULL, $1, 9999999999, $2)", (client, b"\0" * 32)),
        ("SELECT sammen.program_keeper('x', 9999999999, '')", ()),
    )  # fmt: skip
    for statement, arguments in tries:
        with pytest.raises(Exception, match=r"permission denied|proof refused"):
            async with world.at("horten", Role.MUNICIPALITY_ADMINISTRATOR) as uow:
                await uow.call(statement, *arguments)
    async with world.at("horten", Role.MANAGER) as uow:
        assert await uow.call("SELECT * FROM sammen.program_secrets($1)", client) == []


async def test_two_programs_mean_different_people_by_the_same_id(world: World) -> None:
    one, other = await program_in(world), await program_in(world, name="En annen")
    assert (await one.put("/api/v1/people/p-1", json=person())).status_code == 201
    assert (await other.get("/api/v1/people/p-1")).status_code == 404
    assert (await other.put("/api/v1/people/p-1", json=person(given_name="Ola"))).status_code == 201
    assert (await one.get("/api/v1/people/p-1")).json()["given_name"] == "Selma"
    assert len(cast("list[UUID]", await world.sql("SELECT id FROM person"))) == 2
