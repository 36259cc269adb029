"""Opening a case in an emergency: for reading, for its time, by the one who said why, and by nobody else (E5)."""

from __future__ import annotations

import asyncio
import io
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pikepdf
import pytest

from sammen.clock import today
from sammen.errors import Conflict, Forbidden, Invalid, NotFound
from sammen.ids import uuid7
from sammen.policy.roles import Role
from tenants.cases.emergency import (
    EmergencyFacts,
    close_emergency,
    open_in_emergency,
    review_emergency,
    set_emergency_rules,
)
from tenants.cases.emergency_queries import emergency_card
from tenants.cases.queries import case_card
from tenants.oversight.findings import list_findings, review_finding
from tenants.oversight.log import Wanted, read_log, set_log_names
from tenants.oversight.weekly import look_through, monday_of
from tenants.people.api import make_synthetic
from tests.database import KEYS
from tests.provider_samples import case_of, granted_order
from tests.worlds import World

WHY = "Legevakta ringer: gutten er alene, og de må vite hvem som kan hente ham."
CHILD, MANAGER, OFFICER = Role.PURCHASER_CHILD, Role.MANAGER, Role.DATA_PROTECTION_OFFICER


@dataclass
class Hidden:
    """A shielded case in Horten, whose purchaser is named on it; the reader of these tests is the coordinator."""

    case: UUID
    person: UUID
    case_no: str
    number: str


async def hidden_case(world: World, name: str, turn: int) -> Hidden:
    case = await case_of(world, "horten", await granted_order(world, "horten", name=name))
    number = make_synthetic(date(2014, 3, 1), "M", turn)
    await world.sql("UPDATE case_file SET shielded = true WHERE id = $1", case)
    await world.sql(
        "INSERT INTO case_member (tenant_id, id, case_id, user_id) VALUES ($1, $2, $3, $4)", world.horten, uuid4(), case,
        world.user("horten", CHILD),
    )  # fmt: skip
    (row,) = await world.sql("SELECT person_id, case_no FROM case_file WHERE id = $1", case)
    await world.sql(
        "UPDATE person SET number_hash = $2, street = 'Lia 3', protection = 'kode6' WHERE id = $1", row["person_id"],
        KEYS.number_hash(world.horten, number),
    )  # fmt: skip
    return Hidden(case, row["person_id"], row["case_no"], number)


@pytest.fixture(scope="module")
async def hidden(shared_world: World) -> Hidden:
    return await hidden_case(shared_world, "Jonas Bergli", 1)


@pytest.fixture(scope="module")
async def neighbour(shared_world: World, hidden: Hidden) -> Hidden:
    return await hidden_case(shared_world, "Mina Dalen", 2)


@pytest.fixture(autouse=True)
async def clean(shared_world: World, hidden: Hidden, neighbour: Hidden) -> AsyncIterator[None]:
    yield
    for table in (
        "emergency_event",
        "emergency_access",
        "emergency_try",
        "emergency_rule",
        "log_rule",
        "unusual_read",
    ):
        await shared_world.sql(f"DELETE FROM {table}")


async def opened(
    world: World, sought: str, role: Role = Role.PROVIDER_COORDINATOR, **more: str
) -> list[UUID]:
    async with world.at("horten", role) as uow:
        return list(await open_in_emergency(uow, EmergencyFacts(sought, WHY, **more)))


async def status(world: World, path: str, role: Role = Role.PROVIDER_COORDINATOR) -> int:
    return (await (await world.browser("horten", role)).get(f"/k/horten{path}")).status_code


async def test_it_opens_for_reading_and_for_one_and_every_reading_is_marked(
    shared_world: World, hidden: Hidden, neighbour: Hidden
) -> None:
    world, path = shared_world, f"/saker/{hidden.case}"
    assert await status(world, path) == 404
    browser = await world.browser("horten", Role.PROVIDER_COORDINATOR)
    sent = await browser.submit("/k/horten/nodapning", {"nummer": hidden.number, "grunn": WHY})
    assert sent.status_code == 303, sent.text
    shown = await browser.get(f"/k/horten{path}")
    assert shown.status_code == 200
    assert "Du leser i et nødstilfelle" in shown.text
    assert hidden.case_no in (await browser.get("/k/horten/saker?status=all")).text
    assert await status(world, path, MANAGER) == 404, "a colleague sees no more than before"
    assert await status(world, f"/saker/{neighbour.case}") == 404
    assert neighbour.case_no not in (await browser.get("/k/horten/saker?status=all")).text
    entries = await world.sql(
        "SELECT category, details FROM audit_entry WHERE $1 = ANY (persons) AND actor_id = $2 AND category = 'read'",
        hidden.person, world.user("horten", Role.PROVIDER_COORDINATOR),
    )  # fmt: skip
    (access,) = await world.sql("SELECT id, reason FROM emergency_access")
    assert entries
    assert all(f'"emergency": "{access["id"]}"' in row["details"] for row in entries)
    assert WHY not in str(entries), "what was typed stands in one place, not in the trail"


async def test_nothing_is_changed_through_it_neither_by_forms_nor_by_services(
    shared_world: World, hidden: Hidden
) -> None:
    # Another purchaser's colleague of the same kind: only the shielding keeps them out, and they decide such cases.
    world, path = shared_world, f"/k/horten/saker/{hidden.case}"
    async with world.at("horten", CHILD, second=True) as uow:
        await open_in_emergency(uow, EmergencyFacts(hidden.case_no, WHY))
        with pytest.raises(NotFound):
            await case_card(uow, hidden.case)
    browser = await world.browser("horten", CHILD, second=True)
    assert (await browser.get(path)).status_code == 200
    form = await browser.get(f"{path}/kartlegging")
    assert form.status_code == 200
    for way in ("kartlegging", "maalgruppe", "avvik", "tilgang", "vedtak/nytt"):
        answer = await browser.submit(f"{path}/{way}", {"dato": "01.11.2026", "egne_ord": "x"}, page=path)
        assert answer.status_code in (404, 405), way
    assert await world.sql("SELECT 1 FROM mapping WHERE case_id = $1 AND own_words = 'x'", hidden.case) == []


@pytest.mark.parametrize("end", ["time", "closed", "unjustified", "off", "role"])
async def test_it_ends_by_its_time_by_hand_by_review_by_the_switch_and_with_the_role(
    shared_world: World, hidden: Hidden, end: str
) -> None:
    world, path = shared_world, f"/saker/{hidden.case}"
    (access,) = await opened(world, hidden.case_no)
    assert await status(world, path) == 200
    coordinator = world.user("horten", Role.PROVIDER_COORDINATOR)
    if end == "time":
        await world.sql(
            "UPDATE emergency_access SET opened_at = opened_at - interval '61 min', ends_at = ends_at - interval '61 min'"
        )
    elif end == "closed":
        async with world.at("horten", Role.PROVIDER_COORDINATOR) as uow:
            await close_emergency(uow, access)
    elif end == "unjustified":
        async with world.at("horten", MANAGER) as uow:
            await review_emergency(uow, access, justified=False, note="Det hastet ikke.")
    elif end == "off":
        async with world.at("horten", MANAGER) as uow:
            await set_emergency_rules(uow, allowed=False, minutes=60, version=0)
        with pytest.raises(Conflict):
            await opened(world, hidden.case_no)
    else:
        # Still at work here, in a role that may not: the rights of the role are gone at the next click.
        await world.sql("UPDATE membership SET role = 'payroll' WHERE user_id = $1", coordinator)
    try:
        assert await status(world, path) in (403, 404)
        async with world.at("horten", Role.PROVIDER_COORDINATOR) as uow:
            card = await emergency_card(uow, access)
            assert card.open is (end in ("off", "role"))
    finally:
        await world.sql("UPDATE membership SET role = 'provider_coordinator' WHERE user_id = $1", coordinator)
    assert await status(world, path) == (200 if end == "role" else 404)


async def test_it_is_not_made_longer_nor_another_reason_by_opening_again_or_in_sql(
    shared_world: World, hidden: Hidden
) -> None:
    world = shared_world
    first = await opened(world, hidden.case_no)
    before = await world.sql("SELECT * FROM emergency_access")
    assert await opened(world, hidden.number) == first
    assert await world.sql("SELECT * FROM emergency_access") == before
    for change in (
        "UPDATE sammen.emergency_access SET ends_at = ends_at + interval '1 day'",
        "DELETE FROM sammen.emergency_access",
        "DELETE FROM sammen.emergency_event",
        "UPDATE sammen.emergency_event SET kind = 'justified'",
    ):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            async with world.at("horten", Role.PROVIDER_COORDINATOR) as uow:
                await uow.call(change)
    insert = (
        "INSERT INTO sammen.emergency_access (tenant_id, id, case_id, user_id, user_name, reason, opened_at, ends_at)"
        " VALUES ($1, $2, $3, $4, 'x', 'y', {opened}, {ends})"
    )
    colleague = world.user("horten", MANAGER)
    me = world.user("horten", Role.PROVIDER_COORDINATOR)
    for user, begins, ends, error in (
        (colleague, "now()", "now() + interval '1 hour'", asyncpg.InsufficientPrivilegeError),
        (me, "now() + interval '1 day'", "now() + interval '25 hours'", asyncpg.InsufficientPrivilegeError),
        (me, "now()", "now() + interval '3 hours'", asyncpg.CheckViolationError),
    ):
        with pytest.raises(error):
            async with world.at("horten", Role.PROVIDER_COORDINATOR) as uow:
                await uow.call(
                    insert.format(opened=begins, ends=ends), world.horten, uuid7(), hidden.case, user
                )


async def test_a_number_that_opens_nothing_answers_alike_and_only_five_may_be_tried(
    shared_world: World, hidden: Hidden
) -> None:
    world = shared_world
    await case_of(world, "horten", await granted_order(world, "horten", name="Åpen Sak"))
    (row,) = await world.sql("SELECT case_no FROM case_file WHERE NOT shielded LIMIT 1")
    browser = await world.browser("horten", Role.PROVIDER_COORDINATOR)
    page = "/k/horten/nodapning"
    answers = []
    for sought in (row["case_no"], "2019-9999", make_synthetic(date(1990, 1, 2), "F", 3)):
        sent = await browser.submit(page, {"nummer": sought, "grunn": WHY})
        assert "Nummeret åpnet ingen sak" in sent.text
        assert WHY in sent.text, "what was typed is kept"
        clean = re.sub(r'name="_(?:csrf|key)" value="[^"]+"', "", sent.text.replace(sought, ""))
        answers.append(clean)
    assert answers[0] == answers[1] == answers[2]
    many = await asyncio.gather(
        *(browser.submit(page, {"nummer": f"2018-{n:04d}", "grunn": WHY}) for n in range(1, 21))
    )
    assert sum(answer.status_code == 200 for answer in many) == 2, "five in all, also when they come at once"
    assert {answer.status_code for answer in many} == {200, 409}
    tries = await world.sql("SELECT count(*) AS n FROM emergency_try WHERE NOT found")
    assert tries[0]["n"] == 5
    with pytest.raises(Conflict):
        await opened(world, hidden.case_no)
    for bad in ({"nummer": "12345", "grunn": WHY}, {"nummer": hidden.case_no, "grunn": "Haster"}):
        assert (await browser.submit(page, bad)).status_code == 422


async def test_two_hundred_at_once_are_one_opening(shared_world: World, hidden: Hidden) -> None:
    browser = await shared_world.browser("horten", Role.PROVIDER_COORDINATOR)
    page = "/k/horten/nodapning"
    found = re.search(r'name="_csrf" value="([^"]+)"', (await browser.get(page)).text)
    assert found
    data = {"_csrf": found.group(1), "nummer": hidden.case_no, "grunn": WHY}
    answers = await asyncio.gather(
        *(browser.post(page, data=data | {"_key": uuid4().hex}) for _ in range(200))
    )
    assert {answer.status_code for answer in answers} <= {303, 409, 503}
    assert sum(answer.status_code == 303 for answer in answers) > 0
    assert len(await shared_world.sql("SELECT 1 FROM emergency_access")) == 1


async def test_the_address_is_shown_when_it_was_asked_for_with_its_own_reason_only(
    shared_world: World, hidden: Hidden
) -> None:
    world = shared_world
    (access,) = await opened(world, hidden.case_no)
    browser = await world.browser("horten", Role.PROVIDER_COORDINATOR)
    plain = await browser.get(f"/k/horten/nodapning/{access}")
    assert plain.status_code == 200
    assert "Lia 3" not in plain.text
    assert "Lia 3" not in (await browser.get(f"/k/horten/saker/{hidden.case}")).text
    assert await status(world, f"/nodapning/{access}", MANAGER) == 404, "somebody else's is nowhere"
    async with world.at("horten", Role.PROVIDER_COORDINATOR) as uow:
        await close_emergency(uow, access)
    (access,) = await opened(world, hidden.case_no, address_reason="Ambulansen må vite hvor den skal kjøre.")
    assert "Lia 3" in (await browser.get(f"/k/horten/nodapning/{access}")).text


async def test_it_is_told_at_once_reviewed_by_somebody_else_and_shows_neither_name_nor_case(
    shared_world: World, hidden: Hidden
) -> None:
    world = shared_world
    (access,) = await opened(world, hidden.case_no, MANAGER)
    title = "åpnet en sak i nødstilfelle"
    assert title in (await (await world.browser("horten", OFFICER)).get("/k/horten")).text
    assert title not in (await (await world.browser("horten", MANAGER)).get("/k/horten")).text, (
        "not to oneself"
    )
    assert (
        "åpnet en sak du er nevnt på" in (await (await world.browser("horten", CHILD)).get("/k/horten")).text
    )
    shown = (
        await (await world.browser("horten", OFFICER)).get(f"/k/horten/tilsyn/nodapninger/{access}")
    ).text
    assert WHY in shown
    for secret in (hidden.case_no, hidden.number, "Bergli", str(hidden.case)):
        assert secret not in shown
    with pytest.raises(Forbidden):
        async with world.at("horten", MANAGER) as uow:
            await review_emergency(uow, access, justified=True, note="Selvsagt.")
    browser = await world.browser("horten", OFFICER)
    page = f"/k/horten/tilsyn/nodapninger/{access}"
    assert (await browser.submit(page, {"vurdering": "justified", "merknad": ""})).status_code == 422
    assert (
        await browser.submit(page, {"vurdering": "justified", "merknad": "Legevakta bekrefter."})
    ).status_code == 303
    assert (await browser.submit(page, {"vurdering": "unjustified", "merknad": "Nei."})).status_code == 409
    assert "Legevakta bekrefter." in (await browser.get("/k/horten/tilsyn/gjennomgatt")).text
    assert await status(world, f"/tilsyn/nodapninger/{access}", CHILD) == 403


async def test_the_person_s_log_tells_of_it_with_its_reason_on_the_page_and_on_tagged_paper(
    shared_world: World, hidden: Hidden
) -> None:
    world = shared_world
    await opened(world, hidden.case_no)
    await status(world, f"/saker/{hidden.case}")
    await status(world, f"/saker/{hidden.case}", MANAGER)  # refused, and in the log too
    async with world.at("horten", OFFICER) as uow:
        entries, more = await read_log(uow, hidden.person, Wanted(kind="emergency"))
        assert entries
        assert more == ""
        assert entries[0].reason == WHY
        refused, _ = await read_log(uow, hidden.person, Wanted(kind="refusal"))
        assert any(one.action == "case:read" for one in refused)
        nobody, _ = await read_log(uow, hidden.person, Wanted(), names=False)
        assert {one.actor for one in nobody} == {""}
    browser = await world.browser("horten", OFFICER)
    paper = await browser.get(f"/k/horten/personer/{hidden.person}/innsyn.pdf")
    with pikepdf.open(io.BytesIO(paper.content)) as pdf:
        assert pdf.Root.MarkInfo.Marked
        assert pdf.Root.StructTreeRoot is not None
    assert await status(world, f"/personer/{uuid4()}/innsyn.pdf", OFFICER) == 404


async def test_a_long_log_is_paged_without_gaps_or_repeats_and_sealing_changes_nothing(
    shared_world: World, hidden: Hidden
) -> None:
    world = shared_world
    ids = [uuid7() for _ in range(130)]
    await world.sql(
        "INSERT INTO audit_entry (tenant_id, id, at, category, action, actor_name, role, why, persons, object_kind)"
        " SELECT $1, i, date_trunc('minute', now()) - (n / 7) * interval '1 min', 'read', 'test.read', 'x', 'payroll', '',"
        " ARRAY[$2::uuid], 'case' FROM unnest($3::uuid[]) WITH ORDINALITY AS t (i, n)",
        world.horten, hidden.person, ids,
    )  # fmt: skip

    async def walked(sealing: bool) -> list[UUID]:
        found: list[UUID] = []
        wanted = Wanted(kind="read", last=today() + timedelta(days=1))
        while True:
            async with world.at("horten", OFFICER) as uow:
                page, older = await read_log(uow, hidden.person, wanted)
            found += [one.id for one in page if one.action == "test.read"]
            if sealing:
                async with world.job(world.horten) as uow:
                    await uow.call("SELECT sammen.seal_trail(40)")
            if not older:
                return found
            wanted = Wanted.of({"type": "read", "for": older})

    first = await walked(sealing=True)
    assert sorted(first, key=str) == sorted(ids, key=str)
    async with world.job(world.horten) as uow:
        while (await uow.call("SELECT sammen.seal_trail(5000) AS n"))[0]["n"]:
            pass
    assert await walked(sealing=False) == first


async def test_the_municipality_may_tell_roles_only(shared_world: World) -> None:
    async with shared_world.at("horten", MANAGER) as uow:
        await set_log_names(uow, names=False, version=0)
    with pytest.raises(Conflict):
        async with shared_world.at("horten", MANAGER) as uow:
            await set_log_names(uow, names=True, version=0)
    with pytest.raises(Forbidden):
        async with shared_world.at("horten", CHILD) as uow:
            await set_log_names(uow, names=True, version=1)


async def test_last_week_is_gone_through_once_and_reviewed_by_somebody_else(shared_world: World) -> None:
    world, monday = shared_world, monday_of(today()) - timedelta(weeks=1)
    reader = world.user("horten", MANAGER)
    (name,) = await world.sql("SELECT display_name FROM user_account WHERE id = $1", reader)
    given, family = name["display_name"].rsplit(" ", 1)
    person = uuid7()
    await world.sql(
        "INSERT INTO person (tenant_id, id, given_name, family_name) VALUES ($1, $2, $3, $4)", world.horten, person, given,
        family,
    )  # fmt: skip
    await world.sql(
        "INSERT INTO audit_entry (tenant_id, id, at, category, action, actor_id, actor_name, role, why, persons,"
        " object_kind, object_id) VALUES ($1, $2, $3::date + time '12:00', 'read', 'person.read', $4, $5, 'manager', '',"
        " ARRAY[$6::uuid], 'person', $6)",
        world.horten, uuid7(), monday, reader, name["display_name"], person,
    )  # fmt: skip
    async with world.job(world.horten) as uow:
        assert await look_through(uow, monday) == 1
    async with world.job(world.horten) as uow:
        assert await look_through(uow, monday) == 0, "the same week again adds nothing"
    async with world.job(world.re) as uow:
        assert await look_through(uow, monday) == 0
    async with world.at("horten", OFFICER) as uow:
        ((found,), total) = await list_findings(uow, done=False, page=1)
        assert (found.rule, found.reader_id, found.about_id, total) == ("own", reader, person, 1)
    review: dict[str, Any] = {"outcome": "talked", "note": "Har fått egne sider.", "version": found.version}
    with pytest.raises(Forbidden):
        async with world.at("horten", MANAGER) as uow:
            await review_finding(uow, found.id, **review)
    with pytest.raises(Invalid):
        async with world.at("horten", OFFICER) as uow:
            await review_finding(uow, found.id, outcome="glemt", note="x", version=found.version)
    async with world.at("horten", OFFICER) as uow:
        await review_finding(uow, found.id, **review)
    with pytest.raises(Conflict):
        async with world.at("horten", OFFICER) as uow:
            await review_finding(uow, found.id, **review)
