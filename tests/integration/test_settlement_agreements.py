"""Agreements on prices between Horten and Re: proposed by one manager, answered by the other's, and never changed."""

from __future__ import annotations

import asyncio
from datetime import date
from uuid import UUID, uuid4

import asyncpg
import pytest
from sqlalchemy.exc import DBAPIError

from sammen.clock import today
from sammen.errors import Conflict, Forbidden, Invalid, NotFound
from sammen.policy.roles import Role
from shared_pool.settlement.agreements import (
    answer_agreement,
    end_agreement,
    propose_agreement,
    template_of,
    withdraw_agreement,
)
from shared_pool.settlement.books import agreement_card, all_books
from shared_pool.settlement.forms import last_day
from shared_pool.settlement.reckoning import month_off
from tests.settlement_samples import agreed, terms, third_municipality
from tests.worlds import World

MANAGER = Role.MANAGER


async def proposed(world: World, **changes: object) -> UUID:
    async with world.at("horten", MANAGER) as uow:
        return await propose_agreement(uow, terms(world, **changes))


async def answered(world: World, slug: str, agreement: UUID, *, yes: bool = True, version: int = 1) -> None:
    async with world.at(slug, MANAGER) as uow:
        await answer_agreement(uow, agreement, yes=yes, version=version)


async def state(world: World, agreement: UUID) -> str:
    return str(
        (await world.sql("SELECT state FROM settlement_agreement WHERE id = $1", agreement))[0]["state"]
    )


async def test_the_other_municipality_says_yes_and_the_one_that_proposed_cannot(world: World) -> None:
    made = await proposed(world)
    with pytest.raises(Forbidden, match="selv foreslått"):
        await answered(world, "horten", made)
    await answered(world, "re", made)
    assert await state(world, made) == "accepted"
    row = (await world.sql("SELECT * FROM settlement_agreement"))[0]
    assert (row["proposed_by_id"], row["accepted_by_id"]) == (world.horten, world.re)
    assert (row["proposed_by"], row["accepted_by"]) == (
        world.user("horten", MANAGER),
        world.user("re", MANAGER),
    )


async def test_a_no_and_a_withdrawal_leave_room_for_another_proposal(world: World) -> None:
    first = await proposed(world)
    with pytest.raises(Conflict, match="alt et forslag"):
        await proposed(world)
    await answered(world, "re", first, yes=False)
    second = await proposed(world)
    with pytest.raises(Forbidden):
        async with world.at("re", MANAGER) as uow:
            await withdraw_agreement(uow, second, version=1)
    async with world.at("horten", MANAGER) as uow:
        await withdraw_agreement(uow, second, version=1)
    with pytest.raises(Conflict):
        await answered(world, "re", second, version=2)
    assert [await state(world, one) for one in (first, second)] == ["declined", "withdrawn"]


async def test_a_yes_and_a_withdrawal_at_once_leave_one_of_them(world: World) -> None:
    made = await proposed(world)

    async def withdraw() -> None:
        async with world.at("horten", MANAGER) as uow:
            await withdraw_agreement(uow, made, version=1)

    answers = await asyncio.gather(answered(world, "re", made), withdraw(), return_exceptions=True)
    assert sorted(type(one).__name__ for one in answers) == ["Conflict", "NoneType"]
    assert await state(world, made) in ("accepted", "withdrawn")


async def test_two_agreements_never_hold_from_the_same_month_and_a_new_one_follows_the_old(
    world: World,
) -> None:
    await agreed(world)
    with pytest.raises(Invalid):
        await proposed(world)
    await agreed(world, valid_from=date(2026, 9, 1), hour_ore=5000)
    async with world.at("re", MANAGER) as uow:
        (books,) = (await all_books(uow)).values()
    assert [one.hour_ore for one in sorted(books.prices, key=lambda one: one.valid_from)] == [4550, 5000]
    newest = template_of(books.agreements)
    assert newest is not None
    assert newest.hour_ore == 5000
    # The table itself holds it, should two proposals for one month both be accepted.
    with pytest.raises(asyncpg.UniqueViolationError):
        await world.sql("UPDATE settlement_agreement SET valid_from = '2026-01-01'")


async def test_notice_can_be_given_for_a_month_that_is_not_over(world: World) -> None:
    made = await agreed(world)
    this, coming = last_day(month_off(today(), 0)), last_day(month_off(today(), 2))
    for bad in (last_day(month_off(today(), -1)), this.replace(day=15)):
        with pytest.raises(Invalid):
            async with world.at("re", MANAGER) as uow:
                await end_agreement(uow, made, bad, version=2)
    async with world.at("re", MANAGER) as uow:
        await end_agreement(uow, made, coming, version=2)
    async with world.at("horten", MANAGER) as uow:
        assert (await agreement_card(uow, made)).valid_to == coming
    with pytest.raises(Conflict, match="slutter alt"):
        async with world.at("horten", MANAGER) as uow:
            await end_agreement(uow, made, coming, version=3)
    async with world.at("horten", MANAGER) as uow:
        await end_agreement(uow, made, this, version=3)


async def test_bad_terms_are_refused(world: World) -> None:
    for changes in (
        {"other_id": world.horten},
        {"other_id": uuid4()},
        {"valid_from": month_off(today(), -25)},
    ):
        with pytest.raises(Invalid):
            await proposed(world, **changes)
    for sql in (
        "UPDATE settlement_agreement SET hour_ore = -1",
        "UPDATE settlement_agreement SET valid_from = '2026-01-02'",
        "UPDATE settlement_agreement SET valid_to = '2026-03-30'",
        "UPDATE settlement_agreement SET state = 'accepted', accepted_by_id = proposed_by_id, accepted_by = gen_random_uuid(),"
        " accepted_at = now()",
    ):
        if not await world.sql("SELECT 1 FROM settlement_agreement"):
            await proposed(world)
        with pytest.raises(asyncpg.CheckViolationError):
            await world.sql(sql)


async def test_terms_and_each_others_steps_are_beyond_injected_sql(world: World) -> None:
    made = await proposed(world)
    forged = (
        (world.re, "UPDATE sammen.settlement_agreement SET hour_ore = 1"),
        (world.horten, "UPDATE sammen.settlement_agreement SET hour_ore = 1"),
        (
            world.horten,
            f"UPDATE sammen.settlement_agreement SET state = 'accepted', accepted_by_id = '{world.re}',"
            " accepted_by = gen_random_uuid(), accepted_at = now()",
        ),
        (world.horten, "UPDATE sammen.settlement_agreement SET state = 'declined'"),
        (world.re, "UPDATE sammen.settlement_agreement SET state = 'withdrawn'"),
        (world.re, f"UPDATE sammen.settlement_agreement SET proposed_by_id = '{world.re}'"),
    )
    for tenant, sql in forged:
        with pytest.raises(DBAPIError, match="stands"):
            async with world.job(tenant) as uow:
                await (await uow.session.connection()).exec_driver_sql(sql)
    insert = (
        "INSERT INTO sammen.settlement_agreement (region_id, id, a_id, b_id, valid_from, hour_ore, recruiting_ore, course_ore,"
        " seat_ore, place_ore, proposed_by_id, proposed_by, proposed_by_name) VALUES ($1, gen_random_uuid(), $2, $3,"
        " '2026-01-01', 0, 0, 0, 0, 0, $4, gen_random_uuid(), 'x')"
    )
    a, b = sorted((world.horten, world.re))
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        async with world.job(world.re) as uow:
            await uow.call(insert, world.region, a, b, world.horten)
    assert await state(world, made) == "proposed"


async def test_a_third_municipality_finds_no_agreement_and_payroll_proposes_none(world: World) -> None:
    made = await agreed(world)
    third = await third_municipality(world)
    async with world.job(third) as uow:
        with pytest.raises(NotFound):
            await agreement_card(uow, made)
    with pytest.raises(Forbidden):
        async with world.at("horten", Role.PAYROLL) as uow:
            await propose_agreement(uow, terms(world))


async def test_a_municipality_outside_the_region_proposes_nothing(world: World) -> None:
    await world.sql(
        "UPDATE region_membership SET valid_to = '2026-01-31' WHERE municipality_id = $1", world.horten
    )
    with pytest.raises(Forbidden):
        await proposed(world)
