"""Changes to tables of rates: drafted, put in force, copied to a new day, taken out again before anybody is paid (B7).

A table in force is never edited: what is paid was paid by it. A new one takes over from its first day.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID

from sqlalchemy import delete, func, select

from sammen.audit.trail import record_change
from sammen.clock import now, today
from sammen.db.unit_of_work import UnitOfWork
from sammen.errors import Conflict, Invalid, NotFound
from sammen.i18n_mark import N_
from sammen.ids import uuid7
from sammen.norwegian import format_date
from tenants.rates.administration import alone
from tenants.rates.loading import STEP_COLUMNS
from tenants.rates.models import RateStep as StepRow
from tenants.rates.models import RateTable as TableRow
from tenants.rates.rules import TableFacts, check_steps
from tenants.rates.tables import RateStep

STALE = N_("Noen andre har endret tabellen imens. Det du skrev, er ikke lagret.")
PAID = N_("Timer er allerede utbetalt etter tabellen. Lag en ny tabell fra den dagen endringen gjelder.")
TAKEN = N_("En annen tabell gjelder allerede fra %(day)s. Velg en annen dag, eller ta den ut av bruk først.")

PaidBetween = Callable[[UnitOfWork, date, date], Awaitable[bool]]
_PAID: list[PaidBetween] = []


def knows_what_is_paid(check: PaidBetween) -> PaidBetween:
    """Register who can tell whether hours worked between two days, both included, are paid in the municipality."""
    if check not in _PAID:
        _PAID.append(check)
    return check


async def draft_table(uow: UnitOfWork, facts: TableFacts) -> UUID:
    """A new draft; its id. Raises Invalid at the form's fields."""
    check_steps(facts.steps)
    tenant = uow.context.tenant
    row = TableRow(tenant_id=tenant, id=uuid7(), version=1)
    _write(row, facts)
    uow.session.add(row)
    await uow.session.flush()
    await _write_steps(uow, row.id, facts.steps)
    await record_change(
        uow, "rates.drafted", "rate", row.id, valid_from=facts.valid_from, rows=len(facts.steps)
    )
    return row.id


async def change_draft(uow: UnitOfWork, table_id: UUID, facts: TableFacts, *, version: int) -> None:
    """Write a draft anew. Raises Conflict for a table in force or a stale version, and Invalid."""
    row = await _for_change(uow, table_id)
    _only_a_draft(row)
    if row.version != version:
        raise Conflict(STALE)
    check_steps(facts.steps)
    _write(row, facts)
    row.version += 1
    await uow.session.execute(
        delete(StepRow).where(StepRow.tenant_id == uow.context.tenant, StepRow.table_id == table_id)
    )
    await uow.session.flush()
    await _write_steps(uow, table_id, facts.steps)
    await record_change(
        uow, "rates.changed", "rate", table_id, valid_from=facts.valid_from, rows=len(facts.steps)
    )


async def put_in_force(uow: UnitOfWork, table_id: UUID, *, version: int) -> None:
    """From its first day the table holds. What is paid for days after it stays as it was paid.

    Raises Conflict when it holds already, is another version now, or another table of the unit begins the same day.
    """
    await alone(uow, "rates")
    row = await _for_change(uow, table_id)
    _only_a_draft(row)
    if row.version != version:
        raise Conflict(STALE)
    other = await uow.session.scalar(
        select(TableRow.id).where(
            TableRow.tenant_id == uow.context.tenant, TableRow.unit == row.unit,
            TableRow.valid_from == row.valid_from, TableRow.state == "in_force",
        )
    )  # fmt: skip
    if other is not None:
        raise Invalid.one("fra", TAKEN, day=format_date(row.valid_from))
    row.state, row.in_force_at, row.in_force_by = "in_force", now(), uow.context.user_id
    row.version += 1
    await uow.session.flush()
    await record_change(uow, "rates.in_force", "rate", table_id, valid_from=row.valid_from, unit=row.unit)


async def take_out(uow: UnitOfWork, table_id: UUID, *, version: int) -> None:
    """Make a table in force a draft again, so that a slip can be mended. Raises Conflict once anybody is paid by it."""
    await alone(uow, "rates")
    row = await _for_change(uow, table_id)
    if row.state != "in_force" or row.version != version:
        raise Conflict(STALE)
    if await paid_by(uow, row.unit, row.valid_from):
        raise Conflict(PAID)
    row.state, row.in_force_at, row.in_force_by = "draft", None, None
    row.version += 1
    await uow.session.flush()
    await record_change(uow, "rates.taken_out", "rate", table_id, valid_from=row.valid_from, unit=row.unit)


async def paid_by(uow: UnitOfWork, unit: str, valid_from: date) -> bool:
    """Whether hours of days the table holds for are paid, as far as any slice can tell."""
    follows = await uow.session.scalar(
        select(func.min(TableRow.valid_from)).where(
            TableRow.tenant_id == uow.context.tenant, TableRow.unit == unit, TableRow.state == "in_force",
            TableRow.valid_from > valid_from,
        )
    )  # fmt: skip
    last = follows - timedelta(days=1) if follows is not None else date.max
    for check in _PAID:
        if await check(uow, valid_from, last):
            return True
    return False


async def drop_draft(uow: UnitOfWork, table_id: UUID, *, version: int) -> None:
    """Remove a draft and its rows. Raises Conflict for a table in force, or a stale version."""
    row = await _for_change(uow, table_id)
    _only_a_draft(row)
    if row.version != version:
        raise Conflict(STALE)
    await uow.session.delete(row)
    await uow.session.flush()
    await record_change(uow, "rates.dropped", "rate", table_id, valid_from=row.valid_from)


async def copy_table(uow: UnitOfWork, table_id: UUID) -> UUID:
    """A draft alike, from the first of the next month; its id. Raises NotFound."""
    row = await _for_change(uow, table_id)
    steps = await uow.session.scalars(
        select(StepRow)
        .where(StepRow.tenant_id == uow.context.tenant, StepRow.table_id == table_id)
        .order_by(StepRow.position)
    )
    day = today().replace(day=1)
    following = (day + timedelta(days=31)).replace(day=1)
    made = TableRow(
        tenant_id=uow.context.tenant, id=uuid7(), valid_from=max(following, row.valid_from + timedelta(days=1)),
        unit=row.unit, name=row.name, holiday_percent=row.holiday_percent, holiday_for=row.holiday_for,
        note=row.note, version=1,
    )  # fmt: skip
    uow.session.add(made)
    await uow.session.flush()
    for step in steps:
        values = {name: getattr(step, name) for name in (*STEP_COLUMNS, "position")}
        uow.session.add(StepRow(tenant_id=uow.context.tenant, id=uuid7(), table_id=made.id, **values))
    await uow.session.flush()
    await record_change(uow, "rates.copied", "rate", made.id, of=str(table_id), valid_from=made.valid_from)
    return made.id


async def add_simple_table(uow: UnitOfWork, valid_from: date, kroner: Decimal, **more: object) -> UUID:
    """A table with one hourly rate for everybody, in force at once; its id. `more` are further facts of TableFacts."""
    facts = TableFacts(valid_from, (RateStep("hours", "rate", int(kroner * 100)),))
    made = await draft_table(uow, replace(facts, **more))  # type: ignore[arg-type]  # names are those of TableFacts
    await put_in_force(uow, made, version=1)
    return made


async def _for_change(uow: UnitOfWork, table_id: UUID) -> TableRow:
    row = await uow.session.get(TableRow, (uow.context.tenant, table_id), with_for_update=True)
    if row is None:
        raise NotFound
    return row


def _only_a_draft(row: TableRow) -> None:
    if row.state != "draft":
        raise Conflict(
            N_("Tabellen er i bruk og kan ikke endres. Lag en ny fra den dagen endringen gjelder.")
        )


def _write(row: TableRow, facts: TableFacts) -> None:
    row.valid_from, row.unit, row.name = facts.valid_from, facts.unit, facts.name
    row.holiday_percent, row.holiday_for, row.note = facts.holiday_percent, facts.holiday_for, facts.note


async def _write_steps(uow: UnitOfWork, table_id: UUID, steps: Sequence[RateStep]) -> None:
    for position, step in enumerate(steps, 1):
        uow.session.add(
            StepRow(
                tenant_id=uow.context.tenant,
                id=uuid7(),
                table_id=table_id,
                position=position,
                **columns(step),
            )
        )
    await uow.session.flush()


def _kroner(ore: int | None) -> Decimal | None:
    return None if ore is None else Decimal(ore) / 100


def columns(step: RateStep) -> dict[str, object]:
    """A step as the columns of its row."""
    return {
        "component": step.component, "mode": step.mode, "kroner": _kroner(step.rate_ore), "form": step.form,
        "engagement": step.engagement, "age_from": step.age_from, "age_to": step.age_to,
        "seniority_months": step.seniority_months, "competence": step.competence,
        "user_age_from": step.user_age_from, "user_age_to": step.user_age_to, "cap_km": step.cap_km,
        "cap_kroner": _kroner(step.cap_ore), "cap_receipt": _kroner(step.cap_receipt_ore),
        "cap_trips": step.cap_trips, "least_kroner": _kroner(step.least_ore),
    }  # fmt: skip
