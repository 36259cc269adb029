"""Writing a run's items and notices: a few statements, however many there are, and none half."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any
from uuid import UUID

from sammen.db.unit_of_work import UnitOfWork
from sammen.ids import uuid7
from tenants.payroll.drafts import Draft
from tenants.payroll.gather import Gathered
from tenants.payroll.reckoning import Notice

AT_A_TIME = 5_000
"""Rows a statement: well within the time a statement may take, and few enough that memory stays flat."""
COLUMNS = {
    "id": "uuid", "run_id": "uuid", "contact_id": "uuid", "assignment_id": "uuid", "line_id": "uuid", "kind": "text",
    "month": "date", "component": "text", "part": "smallint", "worked_on": "date", "quantity": "numeric",
    "rate_ore": "bigint", "amount_ore": "bigint", "rule": "text", "form": "text", "employee_no": "text",
    "pay_code": "text", "account": "text", "art": "text", "department": "text", "kostra_function": "text",
    "project": "text", "reverses_id": "uuid", "follows_id": "uuid",
}  # fmt: skip
NOTICE_COLUMNS = {
    "id": "uuid", "run_id": "uuid", "kind": "text", "contact_id": "uuid", "assignment_id": "uuid", "lines": "integer",
    "worked_on": "date", "hours": "numeric",
}  # fmt: skip


def _insert(table: str, columns: Mapping[str, str]) -> str:
    names = ", ".join(columns)
    arrays = ", ".join(f"${n}::{kind}[]" for n, kind in enumerate(columns.values(), 2))
    return (
        f"INSERT INTO sammen.{table} (tenant_id, {names})"  # noqa: S608 - fixed names
        f" SELECT $1, * FROM unnest({arrays}) AS added({names})"
    )


_ITEMS = _insert("pay_item", COLUMNS)
_NOTICES = _insert("pay_notice", NOTICE_COLUMNS)


async def forget(uow: UnitOfWork, run_id: UUID) -> None:
    """Remove what an open run came to. The database refuses it for a closed one."""
    # Followers before what they follow: keys between rows of one statement are looked at when it ends.
    await uow.call(
        "DELETE FROM sammen.pay_item WHERE tenant_id = $1 AND run_id = $2", uow.context.tenant, run_id
    )
    await uow.call(
        "DELETE FROM sammen.pay_notice WHERE tenant_id = $1 AND run_id = $2", uow.context.tenant, run_id
    )


async def store(
    uow: UnitOfWork, run_id: UUID, gathered: Gathered, items: Sequence[Draft], notices: Sequence[Notice]
) -> None:
    """Keep a run's items, each with the employee number, pay code and account it will leave with."""
    purchasers = {line.assignment_id: line.purchaser for line in (*gathered.lines, *gathered.standing)}
    account = cache(gathered.accounting.account)  # few, and asked for with every item
    for begin in range(0, len(items), AT_A_TIME):
        rows = [_row(run_id, gathered, purchasers, account, one) for one in items[begin : begin + AT_A_TIME]]
        await _put(uow, _ITEMS, rows)
    told = [
        (uuid7(), run_id, one.kind, one.contact_id, one.assignment_id, one.lines, one.worked_on, one.hours)
        for one in notices
    ]
    for begin in range(0, len(told), AT_A_TIME):
        await _put(uow, _NOTICES, told[begin : begin + AT_A_TIME])


async def _put(uow: UnitOfWork, sql: str, rows: Sequence[tuple[Any, ...]]) -> None:
    await uow.call(sql, uow.context.tenant, *(list(column) for column in zip(*rows, strict=True)))


def _row(
    run_id: UUID,
    gathered: Gathered,
    purchasers: Mapping[UUID, str],
    account_of: Callable[[str, str], str],
    one: Draft,
) -> tuple[Any, ...]:
    if one.of is not None:
        of = one.of
        code, account, art = of.pay_code, of.account, of.art
        department, function, project = of.department, of.kostra_function, of.project
    else:
        purchaser = purchasers.get(one.assignment_id, "adult")
        code, art = gathered.codes.of(one.component, one.form)
        account = account_of(purchaser, art)
        department, function, project = gathered.accounting.dimensions(purchaser)
    return (
        one.id, run_id, one.contact_id, one.assignment_id, one.line_id, one.kind, one.month, one.component, one.part,
        one.worked_on, one.quantity, one.rate_ore, one.amount_ore, one.rule, one.form,
        gathered.numbers[one.contact_id], code, account, art, department, function, project, one.reverses_id,
        one.follows_id,
    )  # fmt: skip
