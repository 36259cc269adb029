"""Tables and agreements on a real database: what the engine is given, what may be changed, and what hours cost."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID, uuid4

import pytest

from sammen.db.unit_of_work import UnitOfWork
from sammen.errors import Conflict, NotFound
from sammen.policy.roles import Role
from shared_pool.api import MEASURES
from tenants.rates import service
from tenants.rates.agreeing import TermsFacts, set_terms
from tenants.rates.api import (
    NoRate,
    RateStep,
    Worked,
    add_simple_table,
    knows_what_is_paid,
    payees,
    rate_tables,
    settle,
    terms_of,
)
from tenants.rates.rules import TableFacts
from tests.figure_samples import total
from tests.provider_samples import assigned
from tests.worlds import World

JANUARY = date(2026, 1, 1)
LINE = (
    "INSERT INTO timesheet_line (tenant_id, id, assignment_id, contact_id, worked_on, hours, activity, state, decided_at)"
    " VALUES ($1, gen_random_uuid(), $2, $3, $4, $5, 'Tur', 'approved', now())"
)


async def table(uow: UnitOfWork, *steps: RateStep, since: date = JANUARY, **more: object) -> UUID:
    made = await service.draft_table(uow, TableFacts(since, steps, **more))  # type: ignore[arg-type]  # its own names
    await service.put_in_force(uow, made, version=1)
    return made


async def cost(world: World, first: date, last: date) -> Decimal:
    measure = next(one for one in MEASURES if one.id == "cost")
    async with world.at("horten", Role.MANAGER) as uow:
        return total(await measure.read(uow, first, last))


async def test_the_engine_is_given_what_the_municipality_has_and_no_more(world: World) -> None:
    _, contact, assignment = await assigned(world, "horten")
    async with world.at("re", Role.PAYROLL) as uow:
        await add_simple_table(uow, JANUARY, Decimal(999))
    async with world.at("horten", Role.PAYROLL) as uow:
        await table(
            uow, RateStep("hours", "rate", 200_00), RateStep("hours", "rate", 230_00, competence="first_aid")
        )
        await service.draft_table(uow, TableFacts(date(2026, 2, 1), (RateStep("hours", "rate", 1_00),)))
    await world.sql(
        "INSERT INTO contact_competence (tenant_id, id, contact_id, code, completed_on, valid_to)"
        " VALUES ($1, gen_random_uuid(), $2, 'first_aid', '2026-03-01', '2026-03-31')", world.horten, contact,
    )  # fmt: skip
    async with world.job(world.horten) as uow:
        rates, people = await rate_tables(uow), await payees(uow, [contact])
        terms = await terms_of(uow, [assignment])
    worked = [Worked(uuid4(), assignment, day, Decimal(1), "individual") for day in (
        date(2026, 2, 28), date(2026, 3, 1), date(2026, 4, 1))]  # fmt: skip
    items = settle(rates, people[contact], terms, worked)
    assert [item.rate_ore for item in items if item.component == "hours"] == [200_00, 230_00, 200_00]
    async with world.job(world.re) as uow:
        assert await payees(uow, [contact]) == {}
        assert await terms_of(uow, [assignment]) == {}


async def test_what_is_agreed_holds_from_its_day_and_is_the_newest(world: World) -> None:
    _, _, assignment = await assigned(world, "horten")
    async with world.at("horten", Role.PROVIDER_COORDINATOR) as uow:
        await set_terms(
            uow, assignment, TermsFacts(JANUARY, expense_mode="per_hour", expense_kroner=Decimal(30))
        )
        await set_terms(uow, assignment, TermsFacts(date(2026, 3, 1), kilometres_mode="none"))
    async with world.job(world.horten) as uow:
        terms = (await terms_of(uow, [assignment]))[assignment]
    assert terms.on(date(2025, 12, 31)).expense_mode == ""
    assert terms.on(date(2026, 2, 1)).expense_ore == 30_00
    assert terms.on(date(2026, 3, 1)).kilometres_mode == "none"
    with pytest.raises(Conflict):
        async with world.at("horten", Role.PROVIDER_COORDINATOR) as uow:
            await set_terms(uow, assignment, TermsFacts(JANUARY), version=7)
    with pytest.raises(NotFound):
        async with world.at("re", Role.PROVIDER_COORDINATOR) as uow:
            await set_terms(uow, assignment, TermsFacts(JANUARY))


async def test_a_table_somebody_is_paid_by_is_not_taken_out(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[tuple[date, date]] = []

    async def paid(_uow: UnitOfWork, first: date, last: date) -> bool:
        asked.append((first, last))
        return first <= date(2026, 2, 15) <= last

    monkeypatch.setattr(service, "_PAID", [])
    knows_what_is_paid(paid)
    async with world.at("horten", Role.PAYROLL) as uow:
        first = await table(uow, RateStep("hours", "rate", 200_00))
        second = await table(uow, RateStep("hours", "rate", 210_00), since=date(2026, 3, 1))
    with pytest.raises(Conflict):
        async with world.at("horten", Role.PAYROLL) as uow:
            await service.take_out(uow, first, version=2)
    assert asked == [(JANUARY, date(2026, 2, 28))]
    async with world.at("horten", Role.PAYROLL) as uow:
        await service.take_out(uow, second, version=2)


async def test_the_cost_is_what_hours_are_paid_with_holiday_pay_and_by_who_works_them(world: World) -> None:
    _, contact, assignment = await assigned(world, "horten")
    day = date(2026, 5, 4)
    for hours in ("2.00", "2.00", "0.33"):
        await world.sql(LINE, world.horten, assignment, contact, day, Decimal(hours))
    with pytest.raises(NoRate):
        await cost(world, day, day)
    async with world.at("horten", Role.PAYROLL) as uow:
        made = await table(
            uow, RateStep("hours", "rate", 199_95), RateStep("hours", "rate", 250_00, form="group"),
            holiday_percent=Decimal("10.2"),
        )  # fmt: skip
    # 2 h × 199,95 = 399,90 and 40,79; 0,33 h = 65,98 (65,9835) and 6,73
    assert await cost(world, day, day) == 2 * (Decimal("399.90") + Decimal("40.79")) + Decimal(
        "65.98"
    ) + Decimal("6.73")
    # The same sums when the table asks who works: nobody of 120 does.
    async with world.at("horten", Role.PAYROLL) as uow:
        await service.take_out(uow, made, version=2)
        await table(
            uow, RateStep("hours", "rate", 199_95), RateStep("hours", "rate", 250_00, age_from=120),
            holiday_percent=Decimal("10.2"),
        )  # fmt: skip
    assert await cost(world, day, day) == Decimal("954.09")
    assert await cost(world, day + timedelta(days=1), day + timedelta(days=1)) == 0
