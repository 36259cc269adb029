"""What the tests of payroll begin with: hours approved straight away, a table, numbers and codes, and a whole run."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time
from decimal import Decimal
from uuid import UUID, uuid4

from sammen.policy.roles import Role
from tenants.payroll.api import CodeFacts, RunFacts, close_run, set_code, set_number, start_run
from tenants.payroll.queries import RunCard, run_card
from tenants.provision.api import PayPeriod
from tenants.rates.api import add_simple_table
from tests.worlds import World

COMPONENTS = ("hours", "holiday", "expense", "receipts", "kilometres", "commute")


async def hours(
    world: World, assignment: UUID, day: date, amount: str = "3", *, kilometres: str = "0", expenses: str = "0",
    corrects: UUID | None = None, starts: time | None = None, ends: time | None = None, attested: bool = True,
    commute: str = "0", trips: int = 0,
) -> UUID:  # fmt: skip
    """An approved line, past the pages: its id. A line it corrects is replaced, as approval does."""
    line = uuid4()
    await world.sql(
        "INSERT INTO timesheet_line (tenant_id, id, assignment_id, contact_id, worked_on, starts, ends, hours, activity,"
        " expenses, kilometres, commute_kilometres, trips, state, sent_at, decided_at, corrects_id, attested_at, attested_how)"
        " SELECT a.tenant_id, $1, a.id, a.contact_id, $3, $4, $5, $6, 'Bading', $7, $8, $9, $10, 'approved', now(), now(),"
        " $11, $12, $13 FROM assignment a WHERE a.id = $2",
        line, assignment, day, starts, ends, Decimal(amount), Decimal(expenses), Decimal(kilometres), Decimal(commute),
        trips, corrects, datetime.now().astimezone() if attested else None, "own_page" if attested else "",
    )  # fmt: skip
    if corrects is not None:
        await world.sql("UPDATE timesheet_line SET replaced_at = now() WHERE id = $1", corrects)
    return line


async def ready(world: World, slug: str, *contacts: UUID, kroner: str = "200", numbered: int = 100) -> None:
    """A simple table since long, a pay code for each component, and an employee number for each contact."""
    async with world.at(slug, Role.PAYROLL) as uow:
        if kroner:
            await add_simple_table(uow, date(2020, 1, 1), Decimal(kroner))
        for number, component in enumerate(COMPONENTS):
            await set_code(uow, CodeFacts(date(2020, 1, 1), component, "", f"42{number}0", "0109"))
        for number, contact in enumerate(contacts, numbered):
            await set_number(uow, contact, str(number))


def october(pay_on: date = date(2026, 12, 12), back_pay_from: date | None = None) -> RunFacts:
    """The calendar month of October 2026."""
    return RunFacts(PayPeriod(date(2026, 10, 1), date(2026, 10, 31)), pay_on, back_pay_from)


async def computed(world: World, slug: str = "horten", facts: RunFacts | None = None) -> RunCard:
    """A run, computed by the worker and ready to be closed."""
    async with world.at(slug, Role.PAYROLL) as uow:
        run_id, _ = await start_run(uow, facts or october())
    await world.run_jobs()
    return await card(world, run_id, slug)


async def card(world: World, run_id: UUID, slug: str = "horten") -> RunCard:
    async with world.at(slug, Role.PAYROLL) as uow:
        return await run_card(uow, run_id)


async def closed(world: World, slug: str = "horten", facts: RunFacts | None = None) -> RunCard:
    """A run, closed, with its files."""
    run = await computed(world, slug, facts)
    async with world.at(slug, Role.PAYROLL) as uow:
        await close_run(uow, run.id, version=run.version)
    await world.run_jobs()
    return await card(world, run.id, slug)


async def items(world: World, run_id: UUID) -> Sequence[tuple[str, str, Decimal, int, int]]:
    """(kind, component, quantity, rate, amount) of a run, in order of day."""
    rows = await world.sql(
        "SELECT kind, component, quantity, rate_ore, amount_ore FROM pay_item WHERE run_id = $1"
        " ORDER BY worked_on, component, kind, id", run_id,
    )  # fmt: skip
    return [tuple(row) for row in rows]
