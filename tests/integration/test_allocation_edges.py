"""The edges of allocation: what happens at the same moment, on the same day, or after somebody has died, moved or grown up."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest

from sammen.clock import today
from sammen.errors import Conflict, Forbidden, Invalid, NotFound
from sammen.policy.roles import Role
from tenants.assignments.jobs import new_day as services_new_day
from tenants.cases.api import ApplicationFacts, case_card, register_application
from tenants.cases.applications import WithdrawalFacts, withdraw_application
from tenants.cases.rules import decide_by
from tenants.decisions.api import DecisionFacts, GrantFacts, draft_from
from tenants.decisions.service import issue_decision, propose_decision
from tenants.intake.queries import answer_day
from tenants.letters.jobs import new_day as letters_new_day
from tenants.people.api import PersonFacts
from tenants.quality.jobs import look
from tenants.record.closing import (
    ConsentFacts,
    record_consent,
    register_death,
    register_move,
    withdraw_consent,
)
from tenants.record.jobs import new_day as record_new_day
from tenants.record.package import transfer_package
from tenants.responsibility.jobs import new_day as responsibility_new_day
from tests.allocation_samples import decided, past_the_walls
from tests.provider_samples import CHILD_WELFARE, GROUND, case_of, granted_order, individual
from tests.worlds import World

CHILD, ADULT, WELFARE = Role.PURCHASER_CHILD, Role.PURCHASER_ADULT, Role.PURCHASER_CHILD_WELFARE
DAY = timedelta(days=1)
NIGHTS: list[Callable[[Any, dict[str, Any]], Awaitable[None]]] = [
    record_new_day, services_new_day, letters_new_day, look, responsibility_new_day,
]  # fmt: skip


def whole(*grants: GrantFacts, **changes: Any) -> DecisionFacts:
    """A decision that lacks nothing."""
    facts = DecisionFacts(
        "grant", grants, "En fast aktivitet hver uke.", "Jeg vil klatre.", "Jonas er mye alene.", GROUND,
        today() + timedelta(days=180),
    )  # fmt: skip
    return replace(facts, **changes)


async def applied(
    world: World, *, born: date | None = None, role: Role = CHILD, received: date | None = None
) -> UUID:
    """A case with an open application of Ida Moen."""
    born = born or date(today().year - 12, 1, 14)
    async with world.at("horten", role) as uow:
        return await register_application(
            uow,
            ApplicationFacts(
                PersonFacts("Ida", "Moen", birth_date=born), received or today(), "letter", "self", "", "",
                CHILD_WELFARE if role is WELFARE else GROUND,
            ),
        )  # fmt: skip


async def sent_to_approval(world: World, case_id: UUID, *grants: GrantFacts, role: Role = CHILD) -> UUID:
    async with world.at("horten", role) as uow:
        ground = CHILD_WELFARE if role is WELFARE else GROUND
        facts = whole(*(grants or (individual(start=today()),)), legal_ground=ground)
        return await propose_decision(uow, case_id, facts, version=0, impartial=True)


async def make(world: World, decision_id: UUID, role: Role = CHILD, *, second: bool = True) -> None:
    async with world.at("horten", role, second=second) as uow:
        await issue_decision(uow, decision_id, version=2, impartial=True)


async def person_of(world: World, case_id: UUID) -> tuple[UUID, int]:
    """(person, the version of what is registered about them)."""
    (row,) = await world.sql(
        "SELECT p.id, p.version FROM person p JOIN case_file c ON c.person_id = p.id WHERE c.id = $1", case_id
    )
    return row["id"], row["version"]


async def counted(world: World, sql: str, *arguments: Any) -> int:
    return int((await world.sql(f"SELECT count(*) AS n FROM {sql}", *arguments))[0]["n"])


async def package(world: World, person: UUID) -> bytes:
    async with world.at("horten", CHILD) as uow:
        return await transfer_package(uow, person)


# At once --------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("four_eyes", [True, False])
async def test_two_who_make_a_decision_at_once_leave_one_set_of_letters_and_orders(
    world: World, four_eyes: bool
) -> None:
    if not four_eyes:
        await world.sql(
            "INSERT INTO allocation_rule (tenant_id, id, valid_from, four_eyes)"
            " VALUES ($1, gen_random_uuid(), '2020-01-01', false)", world.horten,
        )  # fmt: skip
    case_id = await applied(world)
    group = replace(individual(start=today()), form="group")
    decision_id = await sent_to_approval(world, case_id, individual(start=today()), group)
    hands = [make(world, decision_id), make(world, decision_id, Role.MANAGER, second=False)]
    if not four_eyes:
        hands += [make(world, decision_id, second=False), make(world, decision_id)]
    found = await asyncio.gather(*hands, return_exceptions=True)
    assert sorted(type(one).__name__ for one in found) == ["Conflict"] * (len(hands) - 1) + ["NoneType"]
    assert await counted(world, "service_order WHERE case_id = $1", case_id) == 2
    assert await counted(world, "letter WHERE about = $1 AND kind = 'decision'", decision_id) == 1
    assert await counted(world, "audit_entry WHERE action = 'decision.issued'") == 1
    (row,) = await world.sql("SELECT impartial FROM decision WHERE id = $1", decision_id)
    assert len(row["impartial"]) == 2


async def test_an_application_is_not_withdrawn_at_the_moment_it_is_decided(world: World) -> None:
    for turn in range(4):
        case_id = await applied(world, born=date(2014, 1, 1 + turn))
        decision_id = await sent_to_approval(world, case_id)
        (asked,) = await world.sql("SELECT id FROM application WHERE case_id = $1", case_id)

        async def withdraw(asked: UUID = asked["id"]) -> None:
            async with world.at("horten", CHILD) as uow:
                await withdraw_application(uow, asked, WithdrawalFacts(today(), "self"))

        both = await asyncio.gather(make(world, decision_id), withdraw(), return_exceptions=True)
        assert [type(one).__name__ for one in both] == ["NoneType", "Conflict"], both
        made = await counted(world, "decision WHERE case_id = $1 AND state = 'issued'", case_id)
        orders = await counted(world, "service_order WHERE case_id = $1", case_id)
        (row,) = await world.sql("SELECT state FROM case_file WHERE id = $1", case_id)
        assert (made, orders, row["state"]) == (1, 1, "waiting")


async def test_a_decision_made_as_a_death_is_registered_gives_nothing_and_writes_to_nobody(
    world: World,
) -> None:
    for turn in range(4):
        case_id = await applied(world, born=date(2014, 2, 1 + turn))
        decision_id = await sent_to_approval(world, case_id)
        person, version = await person_of(world, case_id)

        async def dies(person: UUID = person, version: int = version) -> None:
            async with world.at("horten", CHILD) as uow:
                await register_death(uow, person, today(), version=version)

        both = await asyncio.gather(make(world, decision_id), dies(), return_exceptions=True)
        assert all(isinstance(one, Conflict | NotFound | Invalid | None) for one in both), both
        if both[1] is not None:
            with suppress(NotFound):
                await dies()
        assert await counted(world, "letter WHERE case_id = $1 AND state = 'ready'", case_id) == 0
        assert await counted(world, "service_order WHERE case_id = $1 AND state <> 'ended'", case_id) == 0
        assert (
            await counted(world, "decision WHERE case_id = $1 AND state IN ('proposed', 'issued')", case_id)
            == 0
        )
        (row,) = await world.sql("SELECT state, outcome FROM case_file WHERE id = $1", case_id)
        assert (row["state"], row["outcome"]) == ("closed", "died")


# Periods --------------------------------------------------------------------------------------------------------------
async def test_days_that_a_service_that_is_over_was_given_for_are_not_given_again(world: World) -> None:
    order = await granted_order(world, "horten")
    case_id = await case_of(world, "horten", order)
    await past_the_walls(
        world,
        ("UPDATE service_grant SET valid_to = $1", (today() - 10 * DAY,)),
        ("UPDATE decision SET state = 'ended', ended_on = $1", (today() - 10 * DAY,)),
    )
    with pytest.raises(Invalid) as bad:
        await sent_to_approval(world, case_id, individual(start=today() - 20 * DAY))
    assert list(bad.value.errors) == ["fra_0"]
    after = await sent_to_approval(world, case_id, individual(start=today() - 9 * DAY))
    assert await counted(world, "decision WHERE id = $1 AND state = 'proposed'", after) == 1


async def test_a_death_before_the_first_day_leaves_a_service_that_never_was(world: World) -> None:
    case_id = await applied(world)
    await make(world, await sent_to_approval(world, case_id, individual(start=today() + 10 * DAY)))
    person, version = await person_of(world, case_id)
    async with world.at("horten", CHILD) as uow:
        await register_death(uow, person, today(), version=version)
    assert await counted(world, "service_order WHERE case_id = $1 AND state <> 'ended'", case_id) == 0
    for night in NIGHTS:
        async with world.job(world.horten) as uow:
            await night(uow, {})
    manager = await world.browser("horten", Role.MANAGER)
    for page in ("", "/saker", "/venteliste", "/vedtak", "/evalueringer", "/personer/" + str(person)):
        assert (await manager.get(f"/k/horten{page}")).status_code in (200, 403), page


async def test_a_month_from_any_day_is_the_same_month_in_the_database_as_in_the_rule(world: World) -> None:
    """Fvl. § 11 a: the list sorts by a day PostgreSQL adds up, the page shows the rule's."""
    async with world.at("horten", CHILD) as uow:
        for received in (date(2027, 1, 28) + n * DAY for n in range(800)):
            found = await uow.raw.fetchval("SELECT ($1::date + interval '1 month')::date", received)
            assert found == decide_by(received), received
    assert "application.received_on + interval '1 month'" in str(answer_day)


async def test_a_case_opened_soon_after_midnight_is_not_of_the_day_before(world: World) -> None:
    """Who has moved back at half past midnight, Norwegian time, is not moved away again by the night's job."""
    old, new = await applied(world, born=date(2014, 3, 1)), await applied(world, born=date(2014, 3, 2))
    await world.sql("UPDATE person SET moved_on = $1", today() - DAY)
    for case_id, hours in ((old, "-30 minutes"), (new, "30 minutes")):
        await world.sql(
            "UPDATE case_file SET created_at = ($2::date::timestamp AT TIME ZONE 'Europe/Oslo') + $3::text::interval"
            " WHERE id = $1", case_id, today(), hours,
        )  # fmt: skip
    async with world.job(world.horten) as uow:
        await record_new_day(uow, {})
    found = await world.sql("SELECT id FROM case_file WHERE state = 'closed'")
    assert [row["id"] for row in found] == [old]


# Growing up -----------------------------------------------------------------------------------------------------------
async def test_a_decision_at_work_goes_with_its_case_to_the_purchaser_of_adults(world: World) -> None:
    case_id = await applied(world)
    decision_id = await sent_to_approval(world, case_id)
    await world.sql(
        "UPDATE person SET birth_date = $1",
        date(today().year - 18, today().month, min(today().day, 28)),
    )
    for _ in range(2):
        async with world.job(world.horten) as uow:
            await responsibility_new_day(uow, {})
    with pytest.raises(NotFound):
        await make(world, decision_id)
    await make(world, decision_id, ADULT, second=False)
    (row,) = await world.sql("SELECT purchaser, state FROM case_file WHERE id = $1", case_id)
    assert (row["purchaser"], row["state"]) == ("adult", "waiting")


async def test_who_has_been_given_another_role_since_is_still_the_one_who_proposed(world: World) -> None:
    case_id = await applied(world)
    decision_id = await sent_to_approval(world, case_id)
    hanne = world.user("horten", CHILD)
    await world.sql("UPDATE membership SET role = 'manager' WHERE user_id = $1", hanne)
    with pytest.raises(Forbidden):
        await make(world, decision_id, second=False)
    (row,) = await world.sql("SELECT state FROM decision WHERE id = $1", decision_id)
    assert row["state"] == "proposed"


async def test_a_parents_yes_stands_until_the_child_is_to_be_asked_and_a_no_is_not_passed_by_an_older_yes(
    world: World,
) -> None:
    """Pasient- og brukerrettighetsloven § 4-3: from sixteen the young person's own yes."""
    case_id = await applied(world)
    person, _ = await person_of(world, case_id)
    kept = []
    for to in ("Drammen", "Re"):
        async with world.at("horten", CHILD) as uow:
            kept.append(await record_consent(uow, person, ConsentFacts("parent", "Trine Moen", today(), to)))
    assert await package(world, person)
    sixteen = date(today().year - 16, 1, 2)
    await world.sql("UPDATE person SET birth_date = $2 WHERE id = $1", person, sixteen)
    with pytest.raises(Forbidden):
        await package(world, person)
    # Nor one that is said to have been given while they were fifteen.
    before = ConsentFacts("parent", "Trine Moen", sixteen.replace(year=sixteen.year + 15), "Re")
    async with world.at("horten", CHILD) as uow:
        await record_consent(uow, person, before)
    with pytest.raises(Forbidden):
        await package(world, person)
    await world.sql("UPDATE person SET birth_date = $2 WHERE id = $1", person, date(today().year - 12, 1, 14))
    assert await package(world, person)
    async with world.at("horten", CHILD) as uow:
        await withdraw_consent(uow, person, kept[1])
    with pytest.raises(Forbidden):
        await package(world, person)


# By night -------------------------------------------------------------------------------------------------------------
async def test_the_nights_jobs_done_again_change_nothing(world: World) -> None:
    await decided(world, days_ago=500, evaluate_in=-100, ends_in=-3, name="Ola Dahl", born=date(2015, 3, 4))
    await decided(world, days_ago=200, evaluate_in=-5, running=False, name="Per Dahl", born=date(2015, 4, 4))
    await applied(world, received=today() - 45 * DAY)
    moving = await applied(world, born=date(2013, 5, 6), received=today() - 25 * DAY)
    await make(world, await sent_to_approval(world, moving, individual(start=today() - 20 * DAY)))
    person, version = await person_of(world, moving)
    async with world.at("horten", CHILD) as uow:
        await register_move(uow, person, today() + DAY, "Re", version=version)
    await world.sql("UPDATE person SET moved_on = $2 WHERE id = $1", person, today())
    grown = await applied(world, born=date(2013, 7, 8))
    await world.sql(
        "UPDATE person SET birth_date = $2 WHERE id = (SELECT person_id FROM case_file WHERE id = $1)",
        grown, date(today().year - 18, 1, 2),
    )  # fmt: skip

    async def nights() -> str:
        for night in NIGHTS:
            async with world.job(world.horten) as uow:
                await night(uow, {})
        tables = await world.sql(
            "SELECT table_name FROM information_schema.columns WHERE table_schema = 'sammen' AND column_name = 'tenant_id'"
            " AND table_name IN (SELECT tablename FROM pg_tables WHERE schemaname = 'sammen') ORDER BY 1"
        )
        states = " UNION ALL ".join(
            f"SELECT '{row['table_name']} ' || count(*) || coalesce(md5(string_agg(t::text, '' ORDER BY t::text)), '')"
            f" AS state FROM {row['table_name']} t" for row in tables
        )  # fmt: skip
        return "\n".join(sorted(row["state"] for row in await world.sql(states)))

    first = await nights()
    (moved,) = await world.sql("SELECT state, outcome FROM case_file WHERE id = $1", moving)
    assert (moved["state"], moved["outcome"]) == ("closed", "moved")
    assert await counted(world, "deviation WHERE rule <> ''") > 0
    assert await nights() == first


# Two cases of one person ----------------------------------------------------------------------------------------------
async def test_who_may_not_see_a_persons_other_case_is_not_told_who_reads_it(world: World) -> None:
    care = await applied(world)
    welfare = await applied(world, role=WELFARE)
    (person, _), (same, _) = await person_of(world, care), await person_of(world, welfare)
    assert person == same
    reader = await world.browser("horten", WELFARE)
    names = {
        row["display_name"]: row["id"] for row in await world.sql("SELECT id, display_name FROM user_account")
    }
    (hidden,) = [name for name, user in names.items() if user == world.user("horten", WELFARE)]
    for page in (
        f"/saker/{welfare}",
        f"/personer/{person}",
        f"/saker/{welfare}/vedtak",
        "/soknader",
        "/saker",
    ):
        assert (await reader.get(f"/k/horten{page}")).status_code == 200, page
    assert hidden in (await reader.get(f"/k/horten/saker/{welfare}")).text
    for role in (CHILD, Role.MANAGER, Role.PROVIDER_COORDINATOR):
        browser = await world.browser("horten", role)
        for page in (f"/saker/{care}", f"/personer/{person}"):
            for _ in range(2):
                shown = await browser.get(f"/k/horten{page}")
            if shown.status_code == 200:
                assert hidden not in shown.text, (role, page)
                assert str(welfare) not in shown.text
    async with world.at("horten", CHILD) as uow:
        with pytest.raises(NotFound):
            await case_card(uow, welfare)
        with pytest.raises(NotFound):
            await draft_from(uow, welfare)


async def test_a_child_welfare_case_beside_an_open_one_changes_no_page_of_the_others(world: World) -> None:
    born = date(today().year - 12, 1, 14)
    care, _ = await decided(world, born=born, running=False)
    person, _ = await person_of(world, care)
    pages = (
        "", f"/saker/{care}", f"/saker/{care}?alt=1", f"/personer/{person}", f"/personer/{person}/flytting", "/saker",
        "/soknader", "/vedtak", "/evalueringer", "/evalueringer?vis=etterslep", "/klager", "/venteliste",
        "/venteliste/stabilitet",
        "/brev", "/brev?status=sent", "/avvik", "/statusmoter", "/personer?q=Jonas", "/bestillinger", "/overlevering",
    )  # fmt: skip

    async def words() -> dict[tuple[Role, str], set[str]]:
        found = {}
        for role in (CHILD, Role.MANAGER, Role.PROVIDER_COORDINATOR):
            browser = await world.browser("horten", role)
            for page in pages:
                answer = await browser.get(f"/k/horten{page}")
                text = re.sub(r'name="_(key|csrf)" value="[^"]+"|\d\d[:.]\d\d', "", answer.text)
                found[role, page] = {str(answer.status_code), *re.findall(r"[\w/-]+", text)}
        return found

    await words()  # the readings of a first time stand on the second time's pages
    before = await words()
    welfare, _ = await decided(world, born=born, running=False, child_welfare=True)
    assert await person_of(world, welfare) == await person_of(world, care)
    reader = await world.browser("horten", WELFARE)
    for page in (f"/saker/{welfare}", f"/personer/{person}", "/saker", "/vedtak", "/evalueringer", "/brev"):
        assert (await reader.get(f"/k/horten{page}")).status_code == 200, page
    async with world.job(world.horten) as uow:
        await look(uow, {})
    after = await words()
    told = {key: sorted(after[key] ^ before[key]) for key in before if after[key] != before[key]}
    assert told == {}
    assert sum("200" in found for found in before.values()) > 2 * len(pages)
