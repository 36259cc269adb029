"""Payroll on a real database: each line paid once, taken back when corrected, and nothing changed by itself (B9)."""

from __future__ import annotations

import asyncio
from datetime import date, time
from decimal import Decimal

import asyncpg
import pytest

from sammen.errors import Conflict
from sammen.jobs.queue import enqueue
from sammen.policy.roles import Role
from tenants.assignments.api import fill_order
from tenants.payroll.api import RunFacts, close_run, discard_run, start_run
from tenants.payroll.filing import keep_files
from tenants.payroll.runs import TELL
from tenants.provision.api import PayPeriod
from tenants.rates.api import RateStep, add_simple_table
from tenants.rates.rules import TableFacts
from tenants.rates.service import draft_table, put_in_force
from tests.group_samples import in_group
from tests.payroll_samples import closed, computed, hours, items, october, ready
from tests.provider_samples import assigned, contact, granted_orders, individual
from tests.worlds import World

D = Decimal
OCTOBER = date(2026, 10, 6)


async def test_a_month_of_hours_is_paid_by_the_rate_and_only_once(world: World) -> None:
    _, contact, assignment = await assigned(world, "horten")
    await ready(world, "horten", contact)
    for day in (6, 13, 20):
        await hours(world, assignment, date(2026, 10, day), "3.5")
    first = await closed(world)
    # 3 × 3.5 h × 200 kr = 2 100 kr
    assert (first.total_ore, first.contact_count, first.line_count, first.number) == (210_000, 1, 3, 1)
    again = await computed(world)
    assert (again.total_ore, again.line_count) == (0, 0)
    assert await items(world, again.id) == []


async def test_a_line_corrected_after_payment_is_taken_back_and_paid_as_corrected(world: World) -> None:
    _, contact, assignment = await assigned(world, "horten")
    await ready(world, "horten", contact)
    line = await hours(world, assignment, OCTOBER, "4")
    await closed(world)
    await hours(world, assignment, OCTOBER, "2.5", corrects=line)
    second = await closed(world)
    assert await items(world, second.id) == [
        ("pay", "hours", D("2.50"), 20_000, 50_000),
        ("reversal", "hours", D("-4.00"), 20_000, -80_000),
    ]
    assert second.total_ore == -30_000
    assert (await computed(world)).total_ore == 0


async def test_a_correction_to_nothing_takes_everything_back_once(world: World) -> None:
    _, contact, assignment = await assigned(world, "horten")
    await ready(world, "horten", contact)
    line = await hours(world, assignment, OCTOBER, "4")
    await closed(world)
    await hours(world, assignment, OCTOBER, "0", corrects=line)
    assert (await closed(world)).total_ore == -80_000
    assert (await computed(world)).total_ore == 0


async def test_a_line_corrected_twice_before_a_run_is_paid_as_it_stands_last(world: World) -> None:
    _, contact, assignment = await assigned(world, "horten")
    await ready(world, "horten", contact)
    line = await hours(world, assignment, OCTOBER, "4")
    await closed(world)
    second = await hours(world, assignment, OCTOBER, "3", corrects=line)
    await hours(world, assignment, OCTOBER, "2", corrects=second)
    assert (await closed(world)).total_ore == -80_000 + 40_000
    assert (await computed(world)).total_ore == 0


async def test_a_new_table_changes_nothing_paid_unless_a_run_asks_for_back_pay(world: World) -> None:
    _, contact, assignment = await assigned(world, "horten")
    await ready(world, "horten", contact)
    await hours(world, assignment, OCTOBER, "4")
    await closed(world)
    async with world.at("horten", Role.PAYROLL) as uow:
        await add_simple_table(uow, date(2026, 10, 1), D("210"))
    assert (await closed_or_empty(world)) == 0
    raised = await closed(world, facts=october(back_pay_from=date(2026, 10, 1)))
    assert await items(world, raised.id) == [("back_pay", "hours", D("4.00"), 1_000, 4_000)]
    # Asked once more, there is nothing left to raise.
    assert (await computed(world, facts=october(back_pay_from=date(2026, 10, 1)))).total_ore == 0


async def closed_or_empty(world: World) -> int:
    """What an ordinary run would pay now, in øre; it is thrown away again."""
    run = await computed(world)
    async with world.at("horten", Role.PAYROLL) as uow:
        await discard_run(uow, run.id)
    return run.total_ore


# Hand-computed months -------------------------------------------------------------------------------------------------
async def capped(world: World) -> None:
    """200 kr an hour, 12 % on top, 4 kr a kilometre up to 100 km a month, receipts up to 300 kr a month."""
    async with world.at("horten", Role.PAYROLL) as uow:
        facts = TableFacts(
            date(2020, 1, 1),
            (
                RateStep("hours", "rate", 20_000),
                RateStep("kilometres", "rate", 400, cap_km=D(100)),
                RateStep("receipts", "receipts", cap_ore=30_000),
            ),
            holiday_percent=D(12),
        )
        await put_in_force(uow, await draft_table(uow, facts), version=1)


async def test_a_month_with_hours_holiday_pay_kilometres_and_receipts_comes_to_the_sum_by_hand(
    world: World,
) -> None:
    _, contact, assignment = await assigned(world, "horten")
    await ready(world, "horten", contact, kroner="")
    await capped(world)
    await hours(world, assignment, date(2026, 10, 6), "3.25", kilometres="60", expenses="199.90")
    await hours(world, assignment, date(2026, 10, 13), "2", kilometres="70", expenses="150")
    run = await closed(world)
    # 5.25 h × 200 = 1 050; 12 % of 650 + 12 % of 400 = 126; 100 km × 4 = 400; 199.90 + 100.10 = 300. Together 1 876.
    assert run.total_ore == 187_600
    assert run.summary["components"]["holiday"][1] == 12_600
    assert run.summary["components"]["kilometres"][1] == 40_000
    assert run.summary["components"]["receipts"][1] == 30_000


async def test_a_correction_gives_the_months_room_to_the_line_that_a_limit_had_stopped(world: World) -> None:
    _, contact, assignment = await assigned(world, "horten")
    await ready(world, "horten", contact, kroner="")
    await capped(world)
    first = await hours(world, assignment, date(2026, 10, 6), "1", kilometres="80")
    await hours(world, assignment, date(2026, 10, 13), "1", kilometres="50")
    await closed(world)
    await hours(world, assignment, date(2026, 10, 6), "1", kilometres="10", corrects=first)
    run = await closed(world)
    # Right from the start it had been 10 + 50 km: 240 kr. Paid was 100 km, 400 kr. So 160 kr too much is taken back.
    assert run.total_ore == -16_000
    assert ("adjustment", "kilometres", D("30.00"), 400, 12_000) in await items(world, run.id)
    # The month has room for 40 km more, and not for 41.
    await hours(world, assignment, date(2026, 10, 20), "1", kilometres="41")
    assert (await closed(world)).summary["components"]["kilometres"][1] == 16_000


async def test_a_period_from_the_21st_pays_what_is_worked_until_the_20th_and_the_rest_next_time(
    world: World,
) -> None:
    _, contact, assignment = await assigned(world, "horten")
    await ready(world, "horten", contact)
    for day in (date(2026, 9, 30), date(2026, 10, 20), date(2026, 10, 21)):
        await hours(world, assignment, day, "1")
    first = await closed(world, facts=RunFacts(PayPeriod.of(date(2026, 10, 1), 21), date(2026, 11, 12)))
    assert (first.first, first.last, first.total_ore) == (date(2026, 9, 21), date(2026, 10, 20), 40_000)
    second = await closed(world, facts=RunFacts(PayPeriod.of(date(2026, 11, 1), 21), date(2026, 12, 12)))
    assert second.total_ore == 20_000


async def test_a_sum_for_a_month_is_paid_once_and_goes_back_when_no_hours_are_left_in_it(
    world: World,
) -> None:
    _, contact, assignment = await assigned(world, "horten")
    await ready(world, "horten", contact, kroner="")
    async with world.at("horten", Role.PAYROLL) as uow:
        facts = TableFacts(
            date(2020, 1, 1), (RateStep("hours", "rate", 20_000), RateStep("expense", "per_month", 45_000))
        )
        await put_in_force(uow, await draft_table(uow, facts), version=1)
    first = await hours(world, assignment, date(2026, 10, 6), "1")
    assert (await closed(world)).total_ore == 65_000
    late = await hours(world, assignment, date(2026, 10, 13), "1")
    assert (await closed(world)).total_ore == 20_000
    await hours(world, assignment, date(2026, 10, 6), "0", corrects=first)
    assert (await closed(world)).total_ore == -20_000
    gone = await hours(world, assignment, date(2026, 10, 13), "0", corrects=late)
    assert (await closed(world)).total_ore == -65_000
    await hours(world, assignment, date(2026, 10, 13), "2", corrects=gone)
    assert (await closed(world)).total_ore == 85_000


async def test_a_groups_leader_is_paid_once_for_a_meeting_however_many_were_there(world: World) -> None:
    leader = await contact(world, "horten", "Marte Lie")
    assignments = [
        await in_group(world, "horten", name, leader) for name in ("Jonas Bergli", "Noah Moe", "Live Engh")
    ]
    await ready(world, "horten", leader)
    lines = [
        await hours(world, one, date(2026, 11, 3), "2", starts=time(17), ends=time(19)) for one in assignments
    ]
    november = RunFacts(PayPeriod(date(2026, 11, 1), date(2026, 11, 30)), date(2026, 12, 12))
    first = await closed(world, facts=november)
    assert (first.total_ore, first.line_count) == (40_000, 3)
    # The line that carried the hours is taken back: the meeting was held all the same.
    carried = (await world.sql("SELECT line_id FROM pay_item WHERE amount_ore > 0"))[0]["line_id"]
    assert carried in lines
    assignment = (await world.sql("SELECT assignment_id FROM timesheet_line WHERE id = $1", carried))[0][
        "assignment_id"
    ]
    await hours(world, assignment, date(2026, 11, 3), "0", corrects=carried)
    assert (await closed(world, facts=november)).total_ore == 0


async def test_hours_without_a_rate_or_a_number_wait_and_are_not_lost(world: World) -> None:
    _, contact_id, assignment = await assigned(world, "horten")
    await ready(world, "horten", kroner="")
    async with world.at("horten", Role.PAYROLL) as uow:
        await add_simple_table(uow, date(2026, 10, 10), D(200))
    await hours(world, assignment, date(2026, 10, 6), "1")
    await hours(world, assignment, date(2026, 10, 13), "1")
    assert (await closed_or_empty(world)) == 0
    await ready(world, "horten", contact_id, kroner="")
    run = await closed(world)
    assert (run.total_ore, run.summary["notices"]["no_rate"]) == (20_000, 1)
    await ready(world, "horten", kroner="195")
    assert (await closed(world)).total_ore == 19_500


async def test_the_function_follows_who_decided_and_the_code_the_service(world: World) -> None:
    order = (await granted_orders(world, "horten", [individual()], child_welfare=True))[0]
    who = await contact(world, "horten", "Marte Lie")
    async with world.at("horten", Role.PURCHASER_CHILD_WELFARE) as uow:
        assignment = await fill_order(uow, order, who, starts_on=date(2026, 10, 1))
    await ready(world, "horten", who)
    await hours(world, assignment, date(2026, 10, 6), "1")
    run = await closed(world)
    assert run.summary["functions"] == {"251": 20_000}
    assert (await world.sql("SELECT account, kostra_function FROM pay_item"))[0]["account"] == "0109.251"


async def test_a_contact_in_two_municipalities_is_paid_by_each_for_its_own_hours(world: World) -> None:
    sums = {}
    for slug, kroner in (("horten", "200"), ("re", "180")):
        _, who, assignment = await assigned(world, slug)
        await ready(world, slug, who, kroner=kroner)
        await hours(world, assignment, date(2026, 10, 6), "2")
        sums[slug] = (await closed(world, slug)).total_ore
    assert sums == {"horten": 40_000, "re": 36_000}


async def test_hours_before_an_assignment_ended_in_mid_month_are_paid_with_the_months_sum(
    world: World,
) -> None:
    _, who, assignment = await assigned(world, "horten")
    await ready(world, "horten", who)
    await hours(world, assignment, date(2026, 10, 6), "2")
    await world.sql(
        "UPDATE assignment SET state = 'ended', ended_on = '2026-10-15' WHERE id = $1", assignment
    )
    assert (await closed(world)).total_ore == 40_000


# Two at once, and what the database refuses ---------------------------------------------------------------------------
async def test_of_two_who_close_at_once_one_closes_and_one_is_told(world: World) -> None:
    _, who, assignment = await assigned(world, "horten")
    await ready(world, "horten", who)
    await hours(world, assignment, date(2026, 10, 6), "2")
    run = await computed(world)

    async def close() -> str:
        try:
            async with world.at("horten", Role.PAYROLL) as uow:
                return str(await close_run(uow, run.id, version=run.version))
        except Conflict:
            return "told"

    assert sorted(await asyncio.gather(*(close() for _ in range(4)))) == ["1", "told", "told", "told"]


async def test_of_runs_begun_at_once_for_overlapping_periods_only_one_is_open(world: World) -> None:
    other = RunFacts(PayPeriod.of(date(2026, 10, 25), 21), date(2026, 12, 12))

    async def begin(facts: RunFacts) -> str:
        try:
            async with world.at("horten", Role.PAYROLL) as uow:
                await start_run(uow, facts)
        except Conflict:
            return "told"
        return "begun"

    assert sorted(await asyncio.gather(*(begin(facts) for facts in (october(), other, october())))) == [
        "begun", "told", "told",
    ]  # fmt: skip


async def test_the_database_keeps_what_is_closed_and_what_is_paid(world: World) -> None:
    _, who, assignment = await assigned(world, "horten")
    await ready(world, "horten", who)
    line = await hours(world, assignment, date(2026, 10, 6), "2")
    run = await closed(world)
    for statement in (
        "UPDATE sammen.payroll_run SET total_ore = 1 WHERE id = $1",
        "DELETE FROM sammen.payroll_run WHERE id = $1",
        "DELETE FROM sammen.pay_item WHERE run_id = $1",
        "UPDATE sammen.timesheet_line SET hours = 9 WHERE id = (SELECT line_id FROM sammen.pay_item WHERE run_id = $1)",
        "INSERT INTO sammen.pay_item (tenant_id, id, run_id, contact_id, assignment_id, line_id, month, component,"
        " worked_on, quantity, rate_ore, amount_ore, rule, form, employee_no, pay_code, account, art, department,"
        " kostra_function, project) SELECT tenant_id, gen_random_uuid(), run_id, contact_id, assignment_id, line_id,"
        " month, 'commute', worked_on, 1, 1, 1, '', form, employee_no, '', '', '', '', '', ''"
        " FROM sammen.pay_item WHERE run_id = $1",
    ):
        with pytest.raises(asyncpg.PostgresError):
            async with world.at("horten", Role.PAYROLL) as uow:
                await uow.call(statement, run.id)
    assert await items(world, run.id) == [("pay", "hours", D("2.00"), 20_000, 40_000)]
    assert (await world.sql("SELECT hours FROM timesheet_line WHERE id = $1", line))[0]["hours"] == 2


async def test_rates_changed_after_the_preview_must_be_looked_at_again(world: World) -> None:
    _, who, assignment = await assigned(world, "horten")
    await ready(world, "horten", who)
    await hours(world, assignment, date(2026, 10, 6), "2")
    run = await computed(world)
    async with world.at("horten", Role.PAYROLL) as uow:
        await add_simple_table(uow, date(2026, 10, 1), D(210))
    with pytest.raises(Conflict, match="endret siden"):
        async with world.at("horten", Role.PAYROLL) as uow:
            await close_run(uow, run.id, version=run.version)


async def test_the_files_are_made_once_and_a_second_job_changes_nothing(world: World) -> None:
    _, who, assignment = await assigned(world, "horten")
    await ready(world, "horten", who)
    await hours(world, assignment, date(2026, 10, 6), "2")
    run = await closed(world)
    before = await world.sql("SELECT format, content, sha256, made_at FROM pay_file ORDER BY format")
    assert [row["format"] for row in before] == ["csv", "visma"]
    async with world.job(world.horten) as uow:
        assert await keep_files(uow, run.id) == 0
    assert await world.sql("SELECT format, content, sha256, made_at FROM pay_file ORDER BY format") == before


async def test_the_contact_is_told_once_that_there_is_a_receipt_and_nothing_of_what_it_says(
    world: World,
) -> None:
    _, who, assignment = await assigned(world, "horten")
    await ready(world, "horten", who)
    await hours(world, assignment, date(2026, 10, 6), "2")
    run = await closed(world)
    async with world.at("horten", Role.PAYROLL) as uow:
        await enqueue(uow, TELL, {"run": str(run.id)})
    await world.run_jobs()
    told = await world.sql("SELECT code FROM outgoing")
    assert [row["code"] for row in told] == ["paid"]
