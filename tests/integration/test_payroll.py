"""Payroll on a real database: each line paid once, taken back when corrected, and nothing changed by itself (B9)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from sammen.policy.roles import Role
from tenants.payroll.api import discard_run
from tenants.rates.api import add_simple_table
from tests.payroll_samples import closed, computed, hours, items, october, ready
from tests.provider_samples import assigned
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
