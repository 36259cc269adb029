"""Payroll lines out: closed runs, their lines as in the run's file, and what the payroll system says of them."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Final
from uuid import UUID

from sqlalchemy import any_, bindparam, func, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.dialects.postgresql import UUID as PG_UUID

from sammen.audit.trail import record_change, record_read
from sammen.db.raw import compile_query
from sammen.db.unit_of_work import UnitOfWork
from sammen.errors import NotFound
from sammen.i18n_mark import N_
from sammen.ids import uuid7
from sammen.machine.lists import moment_and_id, page_of, position_of, since_of
from sammen.machine.operations import Answer, Call
from sammen.machine.problems import Problem
from tenants.interchange.models import PayrollReceipt
from tenants.interchange.shapes import LineOut, LinePage, ReceiptIn, ReceiptOut, RunOut, RunPage
from tenants.payroll.api import OutgoingLine, RunCard, closed_run, closed_runs, run_lines

PATH: Final = "/api/v1/payroll/runs"
MOST_RECEIPTS: Final = 20
receipt = PayrollReceipt.__table__
_CARD = (receipt.c.id, receipt.c.run_id, receipt.c.outcome, receipt.c.reference, receipt.c.received_at)
_RECEIPTS = compile_query(
    select(*_CARD)
    .where(
        receipt.c.tenant_id == bindparam("tenant"),
        receipt.c.run_id == any_(bindparam("runs", type_=ARRAY(PG_UUID(as_uuid=True)))),
    )
    .order_by(receipt.c.received_at, receipt.c.id)
)
_HELD = compile_query(
    select(func.count()).where(
        receipt.c.tenant_id == bindparam("tenant"), receipt.c.run_id == bindparam("run")
    )
)
_RECEIPT = compile_query(
    select(*_CARD).where(receipt.c.tenant_id == bindparam("tenant"), receipt.c.id == bindparam("receipt"))
)


async def list_runs(call: Call) -> Answer:
    """Closed runs, in the order they closed: sums without people."""
    rows = await closed_runs(
        call.uow,
        since=since_of(call),
        after=moment_and_id(position_of(call, PATH)),
        most=call.query.limit + 1,
    )
    page, following = page_of(call, PATH, rows, lambda run: (_closed(run), str(run.id)))
    return Answer(RunPage(await _shown(call.uow, page), following))


async def get_run(call: Call) -> Answer:
    """One closed run. Raises NotFound, also for one that is not closed yet."""
    run = await closed_run(call.uow, call.id("payroll_run_id"))
    return Answer((await _shown(call.uow, [run]))[0])


async def list_lines(call: Call) -> Answer:
    """The lines of a closed run. Whom they pay is read in the access log."""
    run = await closed_run(call.uow, call.id("payroll_run_id"))
    path = f"{PATH}/{run.id}/lines"
    position = position_of(call, path)
    rows = await run_lines(
        call.uow, run.id, after=UUID(position[0]) if position else None, most=call.query.limit + 1
    )
    page, following = page_of(call, path, rows, lambda line: (str(line.row.item_id),))
    if page:
        await record_read(
            call.uow, "payroll.read_by_program", sorted({line.person_id for line in page}),
            why=N_("Lønnssystemet hentet lønnslinjer"), object_kind="payroll_run", object_id=run.id,
        )  # fmt: skip
    return Answer(LinePage([_line(one) for one in page], following))


async def keep_receipt(call: Call) -> Answer:
    """Keep what the payroll system says of a run. Raises NotFound, Problem 409 when it has said enough."""
    sent, uow = call.body, call.uow
    assert isinstance(sent, ReceiptIn)
    run = await closed_run(uow, call.id("payroll_run_id"))
    if await uow.value(_HELD, tenant=uow.context.tenant, run=run.id) >= MOST_RECEIPTS:
        raise Problem(409, "Kjøringen har alt 20 kvitteringer.")
    made = PayrollReceipt(
        tenant_id=uow.context.tenant, id=uuid7(), client_id=call.client_id, run_id=run.id, outcome=sent.outcome,
        reference=sent.reference,
    )  # fmt: skip
    uow.session.add(made)
    await uow.session.flush()
    await record_change(uow, f"payroll.{sent.outcome}", "payroll_run", run.id, receipt=made.id)
    return Answer(await _receipt(uow, made.id), 201, f"{PATH}/{run.id}/receipts/{made.id}")


async def receipt_again(call: Call, location: str) -> Answer:
    """The receipt that a first sending made."""
    return Answer(await _receipt(call.uow, UUID(location.rsplit("/", 1)[1])), location=location)


async def get_receipt(call: Call) -> Answer:
    """One receipt of a run. Raises NotFound."""
    run = await closed_run(call.uow, call.id("payroll_run_id"))
    found = await _receipt(call.uow, call.id("payroll_receipt_id"), run=run.id)
    return Answer(found)


async def _receipt(uow: UnitOfWork, receipt_id: UUID, *, run: UUID | None = None) -> ReceiptOut:
    row = await uow.row(_RECEIPT, tenant=uow.context.tenant, receipt=receipt_id)
    if row is None or run not in (None, row["run_id"]):
        raise NotFound
    return ReceiptOut(row["id"], row["outcome"], row["reference"], row["received_at"])


def _closed(run: RunCard) -> str:
    assert run.closed_at is not None
    return run.closed_at.isoformat()


async def _shown(uow: UnitOfWork, runs: Sequence[RunCard]) -> list[RunOut]:
    said: dict[UUID, list[ReceiptOut]] = {}
    for row in await uow.rows(_RECEIPTS, tenant=uow.context.tenant, runs=[run.id for run in runs]):
        one = ReceiptOut(row["id"], row["outcome"], row["reference"], row["received_at"])
        said.setdefault(row["run_id"], []).append(one)
    found = []
    for run in runs:
        assert run.number is not None
        assert run.closed_at is not None
        found.append(
            RunOut(
                id=run.id, year=run.pay_year, number=run.number, first=run.first, last=run.last, pay_on=run.pay_on,
                total_ore=run.total_ore, lines=run.line_count, contacts=run.contact_count, closed_at=run.closed_at,
                receipts=said.get(run.id, []),
            )
        )  # fmt: skip
    return found


def _line(line: OutgoingLine) -> LineOut:
    row = line.row
    return LineOut(
        id=row.item_id, employee_number=row.employee_no, name=row.name, kind=row.kind, component=row.component,
        worked_on=row.worked_on, quantity=f"{Decimal(row.quantity):.2f}", rate_ore=row.rate_ore,
        amount_ore=row.amount_ore, pay_code=row.pay_code, account=row.account, department=row.department, art=row.art,
        kostra_function=row.kostra_function, project=row.project, rule=row.rule, about=row.about_id,
    )  # fmt: skip
