"""Every route of the route table, with foreign ids, foreign places, missing roles and removed ones."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass, field
from uuid import UUID, uuid4

import asyncpg
import pytest

from deploy.database import administrator
from sammen.db.base import Kind
from sammen.policy.roles import GRANTS, ROLE_PLACE, Role
from sammen.tenancy.context import PlaceKind
from tests.isolation.canaries import walled_tables
from tests.isolation.conftest import Filled
from tests.isolation.http_checks import (
    browser_of,
    foreign_text,
    outsider_faults,
    path_id_faults,
    permission_faults,
    readable,
    readers_of,
    send,
    shown_faults,
    stranger_faults,
)
from tests.isolation.route_table import SLUGS, Page, Route, all_routes, own_values, placed
from tests.isolation.touched import heard, listen
from tests.worlds import SINCE, Browser

PLACED = placed()
WITH_IDS = [route for route in PLACED if route.ids]
GETS = [route for route in all_routes() if route.method == "GET"]
# Routes the suite leaves out, each with its reason. There are none.
SKIPPED: dict[str, str] = {}


def test_every_route_is_tried_and_none_is_skipped() -> None:
    assert SKIPPED == {}
    assert len(PLACED) >= 10
    assert {route.method for route in all_routes()} <= {"GET", "POST"}
    unknown = [str(route) for route in PLACED if route.kind not in SLUGS]
    assert unknown == []


def test_every_permission_that_a_route_asks_for_is_held_by_some_role_there() -> None:
    assert [str(route) for route in PLACED if not route.roles(holding=True)] == []


# Who is let in --------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("route", PLACED, ids=str)
async def test_a_stranger_is_sent_to_log_in(route: Route, lively: Filled) -> None:
    assert await stranger_faults(route, lively) == []


@pytest.mark.parametrize("route", PLACED, ids=str)
async def test_a_member_of_another_place_sees_what_is_nowhere(route: Route, lively: Filled) -> None:
    assert await outsider_faults(route, lively) == []


@pytest.mark.parametrize("route", PLACED, ids=str)
async def test_a_member_without_the_permission_is_refused(route: Route, lively: Filled) -> None:
    assert await permission_faults(route, lively) == []


@pytest.mark.parametrize("route", [route for route in PLACED if route.method == "POST"], ids=str)
async def test_a_form_without_its_token_or_key_has_no_effect(route: Route, lively: Filled) -> None:
    assert route.kind is not None
    browser = await browser_of(lively, route, route.roles(holding=True)[0])
    url = route.url(SLUGS[route.kind], own_values(route, lively.horten))
    for data in ({}, {"_csrf": "x", "_key": "1"}, {"_key": "1"}):
        assert (await browser.post(url, data=data)).status_code == 403
    elsewhere = await browser.post(url, data={"_key": "1"}, headers={"Origin": "https://elsewhere.example"})
    assert elsewhere.status_code == 403


# Foreign ids ----------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("route", WITH_IDS, ids=str)
async def test_a_foreign_id_in_the_path_looks_like_one_that_is_nowhere(route: Route, lively: Filled) -> None:
    assert await path_id_faults(route, lively) == []


async def _logs_in_as(lively: Filled, role: Role) -> None:
    user = lively.world.user("horten", role)
    await lively.world.sql("UPDATE person SET user_id = $2 WHERE tenant_id = $1", lively.horten.tenant, user)


async def _lent(lively: Filled, lending: str) -> None:
    await lively.world.sql(
        "UPDATE resource SET lending = $2 WHERE owner_id = $1", lively.horten.tenant, lending
    )


@pytest.mark.parametrize("route", [route for route in WITH_IDS if route.method == "GET"], ids=str)
async def test_ones_own_id_in_the_same_path_is_found(route: Route, untouched: Filled) -> None:
    assert route.kind is not None
    statuses, roles = [], route.roles(holding=True)
    # Pages of those who receive the service: the person logs in as one of them for a while, and not as a contact.
    someone = route.kind is PlaceKind.OWN and Role.CONTACT not in roles
    if someone:
        await _logs_in_as(untouched, roles[0])
    # What a region may borrow is lent to it for as long.
    borrowed = route.kind is PlaceKind.REGION and "{resource_id:uuid}" in route.path
    if borrowed:
        await _lent(untouched, "region")
    for role in roles:
        browser = await browser_of(untouched, route, role)
        if "{rights_extract_id:uuid}" in route.path:
            # An extract is for who made it alone.
            made_by = "UPDATE rights_extract SET made_by = $2, cases = '{}', expires_on = current_date + 7 WHERE tenant_id = $1"
            await untouched.world.sql(made_by, untouched.horten.tenant, untouched.world.user("horten", role))
        if "/nodapning/{emergency_access_id:uuid}" in route.path:
            # What was opened in an emergency is for who opened it alone.
            opened_by = "UPDATE emergency_access SET user_id = $2 WHERE tenant_id = $1"
            await untouched.world.sql(
                opened_by, untouched.horten.tenant, untouched.world.user("horten", role)
            )
        values = own_values(route, untouched.horten)
        if "user_account_id" in values:
            # Accounts are nobody's rows: a colleague's is own.
            values["user_account_id"] = untouched.world.user("horten", Role.PAYROLL)
        statuses.append((await browser.get(route.url(SLUGS[route.kind], values))).status_code)
    if someone:
        await _logs_in_as(untouched, Role.CONTACT)
    if borrowed:
        await _lent(untouched, "own")
    # A 409 tells of the row's state, so the row was found.
    assert any(status < 400 or status == 409 for status in statuses), statuses


MUNICIPAL = [t.name for t in walled_tables(Kind.MUNICIPAL) if t.name not in ("audit_entry", "access_index")]


@dataclass(slots=True)
class Watch:
    """What the others' rows were, table by table; each table tells when a statement has been at it."""

    admin: asyncpg.Connection[asyncpg.Record]
    foreign: list[UUID]
    before: dict[str, str | None] = field(default_factory=dict)

    async def state(self, names: Iterable[str]) -> dict[str, str | None]:
        each = " UNION ALL ".join(
            f"SELECT '{name}' AS name, md5(string_agg(t::text, '' ORDER BY t::text)) AS state FROM sammen.{name} t"
            " WHERE tenant_id = ANY($1)"
            for name in sorted(names)
        )
        return (
            {row["name"]: row["state"] for row in await self.admin.fetch(each, self.foreign)} if each else {}
        )


@pytest.fixture(scope="module")
async def watch(lively: Filled) -> AsyncIterator[Watch]:
    async with administrator(lively.database.admin_url) as admin:
        await listen(admin, MUNICIPAL)
        made = Watch(admin, [owner.tenant for owner in (lively.re, lively.skien)])
        made.before = await made.state(MUNICIPAL)
        yield made


@pytest.fixture
async def watched(lively: Filled, watch: Watch) -> AsyncIterator[Filled]:
    """Fail when a test has changed a row of Re's or Skien's, or put an id of theirs into one of Horten's."""
    watch.before |= await watch.state(await heard(watch.admin))
    yield lively
    touched = sorted(await heard(watch.admin))
    after = await watch.state(touched)
    assert after == {name: watch.before[name] for name in touched}
    ids = "|".join(str(owner.id_in(name)) for owner in (lively.re, lively.skien) for name in MUNICIPAL)
    for name in touched:
        pointing = f"SELECT 1 FROM {name} t WHERE tenant_id = $1 AND t::text ~ $2"
        assert await lively.world.sql(pointing, lively.horten.tenant, ids) == [], name


async def test_a_change_of_anothers_row_is_noticed(lively: Filled, watch: Watch) -> None:
    watch.before |= await watch.state(await heard(watch.admin))
    async with lively.world.at("re", Role.MANAGER) as uow:
        await uow.raw.execute("UPDATE sammen.task SET done = done + 1")
    async with lively.world.at("horten", Role.MANAGER) as uow:
        await uow.raw.execute("UPDATE sammen.task SET done = done + 1")
    assert await heard(watch.admin) == {"task"}
    changed = await watch.state(["task"])
    assert changed != {"task": watch.before["task"]}
    watch.before |= changed


@pytest.mark.parametrize("route", [route for route in PLACED if route.method == "GET"], ids=str)
async def test_a_foreign_id_in_any_field_of_a_pages_forms_has_no_effect(
    route: Route, watched: Filled
) -> None:
    assert route.kind is not None
    url = route.url(SLUGS[route.kind], own_values(route, watched.horten))
    mark = "KANARISKIEN" if route.kind is PlaceKind.REGION else "KANARIRE"
    other = watched.skien if route.kind is PlaceKind.REGION else watched.re
    extra = {"tenant_id": str(other.tenant), "region_id": str(watched.skien.region), "slug": other.name, "role": "operator",
             "posted_by": str(other.tenant), "home_id": str(other.tenant), "version": "1",
             "id": str(other.id_in("person"))}  # fmt: skip
    for role in route.roles(holding=True)[:2]:
        browser = await browser_of(watched, route, role)
        shown = await browser.get(url)
        if "text/html" not in shown.headers.get("content-type", ""):
            continue
        for form in Page(shown.text).forms:
            if form.method != "post" or form.action in ("/logg-ut", "/sprak"):
                continue
            fields = set(form.id_fields())
            target = form.action or url
            for name in sorted(fields):
                stem = name.removesuffix("_id")
                for table in {t.name for t in walled_tables(Kind.MUNICIPAL)} & {
                    stem,
                    "person",
                    "case_file",
                    "support_contact",
                }:
                    data = {**form.first_values(), "_key": uuid4().hex, name: str(other.id_in(table))}
                    answer = await browser.post(target, data=data)
                    assert answer.status_code in (303, 403, 404, 409, 422), (
                        f"{target} {name}: {answer.status_code}"
                    )
                    assert mark not in readable(answer)
            answer = await browser.post(target, data={**extra, **form.first_values(), "_key": uuid4().hex})
            assert answer.status_code < 500, f"{target}: {answer.status_code}"
            assert mark not in readable(answer)


# What is shown --------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("route", GETS, ids=str)
async def test_no_page_shows_a_foreign_canary_to_anybody_who_may_open_it(
    route: Route, lively: Filled
) -> None:
    assert await shown_faults(route, lively) == []


@pytest.mark.parametrize("route", [route for route in PLACED if route.method == "GET"], ids=str)
async def test_looking_for_a_foreign_name_tells_no_more_than_looking_for_one_that_is_nowhere(
    route: Route, lively: Filled
) -> None:
    assert route.kind is not None
    url = route.url(SLUGS[route.kind], own_values(route, lively.horten))
    there = "KANARISKIEN" if route.kind is PlaceKind.REGION else "KANARIRE"
    nowhere = "Q" * len(there)
    browser = await browser_of(lively, route, route.roles(holding=True)[0])
    shown = await browser.get(url)
    if "text/html" not in shown.headers.get("content-type", ""):
        return
    for form in Page(shown.text).forms:
        for name in form.fields if form.method == "get" else ():
            answers = []
            for word in (nowhere, there, nowhere):
                answer = await browser.get(form.action or url, params={name: word})
                volatile = re.sub(r'name="_key" value="[^"]+"', "", answer.text)
                answers.append((answer.status_code, re.sub(word, "X", volatile, flags=re.IGNORECASE)))
            if answers[0] == answers[2]:
                assert answers[1] == answers[0], name
            # A page that shows its own reading changes each time; then at least nothing foreign may stand on it.
            assert answers[1][0] == answers[0][0], name
            assert foreign_text(SLUGS[route.kind], answers[1][1]) == [], name


async def test_the_canaries_are_there_to_be_seen_by_those_who_may(lively: Filled) -> None:
    seen = ""
    for route in GETS:
        for place, role in readers_of(route):
            browser = await lively.world.browser(place, role)
            seen += readable(await browser.get(route.url(place, own_values(route, lively.horten))))
    assert "KANARIHORTEN" in seen


# Roles over time and place --------------------------------------------------------------------------------------------
async def _user(lively: Filled, *memberships: tuple[str, str, object]) -> tuple[str, Browser]:
    user = uuid4()
    await lively.world.sql(
        "INSERT INTO user_account (id, email, display_name) VALUES ($1, $2, 'Ane Vik')",
        user,
        f"{user}@x.test",
    )
    for kind, role, place in memberships:
        await lively.world.sql(
            "INSERT INTO membership (id, user_id, kind, municipality_id, region_id, role, valid_from, granted_by)"
            " VALUES ($1, $2, $3, $4, $5, $6, $7, 'test')",
            uuid4(), user, kind, None if kind == "region" else place, place if kind == "region" else None, role, SINCE,
        )  # fmt: skip
    return str(user), Browser(lively.world.app, await lively.world.token(user))


@pytest.mark.parametrize("change", ["DELETE FROM membership WHERE user_id = $1",
                                    "UPDATE membership SET valid_to = now()::date - 2 WHERE user_id = $1",
                                    "UPDATE user_account SET disabled_at = now() WHERE id = $1",
                                    "UPDATE web_session SET ended_at = now() WHERE user_id = $1"])  # fmt: skip
async def test_a_role_that_is_taken_away_is_gone_at_the_next_request(change: str, lively: Filled) -> None:
    route = next(r for r in PLACED if r.kind is PlaceKind.MUNICIPALITY and r.method == "GET" and not r.ids)
    user, browser = await _user(
        lively, ("municipality", route.roles(holding=True)[0].value, lively.horten.tenant)
    )
    url = route.url("horten", {})
    assert (await browser.get(url)).status_code == 200
    await lively.world.sql(change, user)
    answer = await browser.get(url)
    assert answer.status_code in (303, 404)
    assert "KANARI" not in answer.text


@pytest.mark.parametrize("route", [r for r in PLACED if r.kind is PlaceKind.MUNICIPALITY], ids=str)
async def test_roles_in_two_municipalities_never_add_up(route: Route, lively: Filled) -> None:
    lacking = [role for role in route.roles(holding=False) if ROLE_PLACE[role] == "municipality"]
    if not lacking:
        assert all(route.permission in GRANTS[role] for role in Role if ROLE_PLACE[role] == "municipality")
        return
    here, there = lacking[0], route.roles(holding=True)[0]
    _, browser = await _user(
        lively,
        ("municipality", here.value, lively.horten.tenant),
        ("municipality", there.value, lively.re.tenant),
        ("region", "shared_coordinator", lively.horten.region),
        ("own", "contact", lively.horten.tenant),
    )
    answer = await send(browser, route, route.url("horten", own_values(route, lively.horten)))
    assert answer.status_code == 403
    crossed = await send(browser, route, route.url("re", own_values(route, lively.horten)))
    assert "KANARIHORTEN" not in readable(crossed)
