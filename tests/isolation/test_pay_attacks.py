"""What somebody tries with pay and rates: two at once, and what sums tell of one contact."""

from __future__ import annotations

import asyncio
import re
from datetime import date, timedelta
from decimal import Decimal

from sammen.clock import today
from sammen.errors import Conflict
from sammen.policy.roles import Role
from tenants.payroll.api import close_run
from tenants.rates.api import add_simple_table, table_card
from tenants.rates.service import take_out
from tests.payroll_samples import computed, hours, ready
from tests.provider_samples import assigned
from tests.worlds import World

PAYROLL = Role.PAYROLL


async def test_no_table_is_taken_out_while_a_run_that_paid_by_it_closes(world: World) -> None:
    _, who, assignment = await assigned(world, "horten")
    await ready(world, "horten", who, kroner="")
    async with world.at("horten", PAYROLL) as uow:
        table = await add_simple_table(uow, date(2020, 1, 1), Decimal(200))
    await hours(world, assignment, date(2026, 10, 6), "2")
    run = await computed(world)

    async def close() -> str:
        try:
            async with world.at("horten", PAYROLL) as uow:
                await close_run(uow, run.id, version=run.version)
                await asyncio.sleep(0.3)
        except Conflict:
            return "told"
        return "closed"

    async def take() -> str:
        await asyncio.sleep(0.1)
        try:
            async with world.at("horten", Role.MANAGER) as uow:
                await take_out(uow, table, version=(await table_card(uow, table)).version)
        except Conflict:
            return "told"
        return "taken out"

    assert sorted(await asyncio.gather(close(), take())) == ["closed", "told"]


async def test_who_does_not_run_payroll_asks_for_no_single_contacts_pay(world: World) -> None:
    _, _, assignment = await assigned(world, "horten")
    day = today().replace(day=1) - timedelta(days=10)
    await hours(world, assignment, day, "4.5")
    async with world.at("horten", PAYROLL) as uow:
        await add_simple_table(uow, date(2024, 1, 1), Decimal(200))
    path = "/k/horten/satser/hva-om?tabell=eksempel:kvinnherad&maneder=1"
    manager = await world.browser("horten", Role.MANAGER)
    # What a form and an address carry for themselves is chance, and may hold any digits.
    page = re.sub(r'(value|href|src|action|id|for)="[^"]*"', "", (await manager.get(path)).text)
    assert "Svaret gjelder for få til å vises" in page
    assert "900" not in page
    assert "4,5" not in page
    payroll = await world.browser("horten", PAYROLL)
    assert "Timene ville ha kostet" in (await payroll.get(path)).text
