"""The life of a payroll run: begun, computed by a job, looked at, computed again or thrown away, closed for good (B9).

Every step is one transaction. A job that dies leaves nothing behind and is done again; what makes a line paid is its item
in a closed run, so nothing is paid by being half done.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import func, select

from sammen.audit.trail import record_change
from sammen.clock import now, today
from sammen.db.unit_of_work import UnitOfWork
from sammen.errors import Conflict, Invalid, NotFound
from sammen.i18n_mark import N_
from sammen.ids import uuid7
from sammen.jobs.queue import enqueue
from sammen.jobs.tasks import read_task, start_task
from tenants.payroll.drafts import Draft
from tenants.payroll.gather import Gathered, gather
from tenants.payroll.models import PayItem, PayrollRun
from tenants.payroll.reckoning import Notice, Reckoned, notices_of, reckon
from tenants.payroll.rules import pay_day
from tenants.payroll.storing import forget, store
from tenants.provision.api import PayPeriod, provision_rules
from tenants.rates.api import alone, payees, rate_tables, terms_of
from tenants.timesheets.api import Month, used_in_months

COMPUTE, FILES, TELL = "payroll.compute", "payroll.files", "payroll.tell"
STEPS = 4
TITLE = N_("Beregner lønnskjøring")
OPEN_ALREADY = N_("En lønnskjøring er allerede åpen. Lukk den eller forkast den før du begynner på en ny.")
AT_WORK = N_("Lønnskjøringen beregnes akkurat nå. Last siden på nytt om litt.")
NOT_OPEN = N_("Lønnskjøringen er allerede lukket eller forkastet. Last siden på nytt.")
STALE = N_("Lønnskjøringen er beregnet på nytt siden du åpnet siden. Se på summene en gang til.")
OTHER_RATES = N_(
    "Satser eller avtaler er endret siden lønnskjøringen ble beregnet. Beregn den på nytt, og se på summene en gang til."
)
Progress = Callable[[int], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class RunFacts:
    """What to run: a period, the day it is paid out, and since when to raise what is paid (None: no back pay)."""

    period: PayPeriod
    pay_on: date
    back_pay_from: date | None = None


async def suggested(uow: UnitOfWork) -> RunFacts:
    """The period that ended last by the municipality's rules, and the pay day that comes."""
    day = today()
    rules = await provision_rules(uow, day)
    period = PayPeriod.of(day, rules.period_from_day).before
    return RunFacts(period, pay_day(period.last, day, rules.pay_day))


async def start_run(uow: UnitOfWork, facts: RunFacts) -> tuple[UUID, UUID]:
    """Begin a run and queue its computing; (run, task). Raises Invalid for days that cannot be, Conflict when one is open.

    A period may be run more than once: the second run holds what was approved after the first was closed.
    """
    if facts.period.first > today():
        raise Invalid.one("periode", N_("Perioden har ikke begynt. Velg en periode som er over."))
    if facts.pay_on < facts.period.last:
        raise Invalid.one("utbetales", N_("Utbetalingsdagen er før perioden er over. Velg en senere dag."))
    if facts.back_pay_from is not None and facts.back_pay_from > facts.period.last:
        raise Invalid.one(
            "etterbetal_fra", N_("Etterbetaling gjelder timer som er ført. Velg en dag før perioden er over.")
        )
    await _alone(uow)
    if await open_run(uow) is not None:
        raise Conflict(OPEN_ALREADY)
    row = PayrollRun(
        tenant_id=uow.context.tenant, id=uuid7(), first=facts.period.first, last=facts.period.last, pay_on=facts.pay_on,
        pay_year=facts.pay_on.year, state="computing", back_pay_from=facts.back_pay_from, summary={},
    )  # fmt: skip
    uow.session.add(row)
    await uow.session.flush()
    task = await _queue(uow, row)
    await record_change(
        uow, "payroll.started", "payroll_run", row.id, first=row.first, last=row.last, pay_on=row.pay_on,
        back_pay_from=row.back_pay_from,
    )  # fmt: skip
    return row.id, task


async def compute_again(uow: UnitOfWork, run_id: UUID) -> UUID:
    """Compute an open run anew: what is approved, mended or set since comes along. Returns the task."""
    row = await _idle(uow, run_id)
    row.state = "computing"
    row.version += 1
    await uow.session.flush()
    return await _queue(uow, row)


async def discard_run(uow: UnitOfWork, run_id: UUID) -> None:
    """Throw an open run away. Its hours wait for the next. Raises Conflict when it is closed or being computed."""
    row = await _idle(uow, run_id)
    await forget(uow, run_id)
    row.state = "discarded"
    row.version += 1
    await uow.session.flush()
    await record_change(uow, "payroll.discarded", "payroll_run", row.id)


async def close_run(uow: UnitOfWork, run_id: UUID, *, version: int) -> int:
    """Close a run that is ready, at the version it was seen in: its items are paid from now. Returns its number.

    Raises Conflict when somebody else closed, changed or discarded it, or rates have changed since it was computed;
    Invalid when it pays nobody or a pay code is missing.
    """
    await _alone(uow)
    # No table is put in force or taken out between the look at the rates and the closing.
    await alone(uow, "rates")
    row = await _locked(uow, run_id)
    if row.state != "ready":
        raise Conflict(AT_WORK if row.state == "computing" else NOT_OPEN)
    if row.version != version:
        raise Conflict(STALE)
    await _check_codes(uow, row)
    if row.rates_seen != await _rates_digest(uow, await _assignments(uow, run_id)):
        raise Conflict(OTHER_RATES)
    last = await uow.session.scalar(
        select(func.max(PayrollRun.number)).where(
            PayrollRun.tenant_id == row.tenant_id, PayrollRun.pay_year == row.pay_year
        )
    )
    row.number, row.state, row.closed_at = (last or 0) + 1, "closed", now()
    row.closed_by, row.closed_by_name = uow.context.user_id, uow.context.user_name
    row.version += 1
    await uow.session.flush()
    await make_files_later(uow, run_id)
    await enqueue(uow, TELL, {"run": str(run_id)}, once=f"{TELL}:{run_id}")
    await record_change(
        uow, "payroll.closed", "payroll_run", row.id, number=row.number, total_ore=row.total_ore,
        contacts=row.contact_count, lines=row.line_count,
    )  # fmt: skip
    return row.number


async def make_files_later(uow: UnitOfWork, run_id: UUID) -> None:
    """Queue the making of a closed run's files. Asked twice, they are made once."""
    await enqueue(uow, FILES, {"run": str(run_id)}, once=f"{FILES}:{run_id}")


# The job --------------------------------------------------------------------------------------------------------------
async def compute(uow: UnitOfWork, run_id: UUID, *, progress: Progress | None = None) -> bool:
    """Work the run out from what is approved and unpaid now; False when it no longer waits for that.

    Everything is written at the end, in one go: a worker that dies on the way leaves the run as it was.
    """
    row = await uow.session.get(PayrollRun, (uow.context.tenant, run_id))
    if row is None or row.state != "computing":
        return False
    await forget(uow, run_id)
    gathered = await gather(uow, until=row.last, pay_on=row.pay_on, raised_from=row.back_pay_from)
    await _tell(progress, 1)
    reckoned, digest = await _reckon(uow, gathered, row.back_pay_from)
    await _tell(progress, 2)
    over = await _over_decision(uow, reckoned)
    await _tell(progress, 3)
    row = await _locked(uow, run_id)
    if row.state != "computing":
        await forget(uow, run_id)
        return False
    notices = [*reckoned.notices, *over]
    await store(uow, run_id, gathered, reckoned.items, notices)
    row.state, row.computed_at, row.rates_seen = "ready", now(), digest
    row.total_ore = sum(one.amount_ore for one in reckoned.items)
    row.contact_count = len({one.contact_id for one in reckoned.items})
    row.line_count = len({one.line_id for one in reckoned.items if one.line_id is not None})
    row.summary = _summary(gathered, reckoned.items, notices)
    row.version += 1
    await uow.session.flush()
    await record_change(
        uow, "payroll.computed", "payroll_run", row.id, total_ore=row.total_ore, lines=row.line_count
    )
    return True


async def _tell(progress: Progress | None, step: int) -> None:
    if progress is not None:
        await progress(step)


async def _reckon(uow: UnitOfWork, gathered: Gathered, raised_from: date | None) -> tuple[Reckoned, bytes]:
    lines = (*gathered.lines, *gathered.standing)
    contacts = sorted({line.contact_id for line in lines} | {one.contact_id for one in gathered.paid})
    tables, terms = (
        await rate_tables(uow),
        await terms_of(uow, sorted({line.assignment_id for line in lines})),
    )
    rules = await provision_rules(uow, today())
    found = reckon(
        gathered, tables, await payees(uow, contacts), terms, raised_from=raised_from, attested=rules.attest_required
    )  # fmt: skip
    return found, await _rates_digest(uow, sorted({one.assignment_id for one in found.items}))


async def _rates_digest(uow: UnitOfWork, assignments: Sequence[UUID]) -> bytes:
    """What the run was computed by, as 32 bytes: tables, the state's rates, and what is agreed for its assignments."""
    agreed = sorted((str(key), repr(terms)) for key, terms in (await terms_of(uow, assignments)).items())
    return hashlib.sha256(repr((await rate_tables(uow), agreed)).encode()).digest()


async def _over_decision(uow: UnitOfWork, reckoned: Reckoned) -> list[Notice]:
    lines = defaultdict(list)
    for line in reckoned.lines:
        lines[line.assignment_id, Month.of(line.worked_on)].append(line)
    used = await used_in_months(uow, sorted(lines))
    return [
        note for key, these in lines.items() if used[key].over for note in notices_of("over_decision", these)
    ]


def _summary(gathered: Gathered, items: Sequence[Draft], notices: Sequence[Notice]) -> dict[str, Any]:
    """Sums without people: by component (quantity as text, øre), by KOSTRA function, notices by kind, and back pay."""
    components: dict[str, list[Any]] = {}
    functions: dict[str, int] = {}
    purchasers = {line.assignment_id: line.purchaser for line in (*gathered.lines, *gathered.standing)}
    for one in items:
        known = components.setdefault(one.component, [Decimal(0), 0])
        known[0] += one.quantity
        known[1] += one.amount_ore
        function = (
            one.of.kostra_function if one.of
            else gathered.accounting.dimensions(purchasers.get(one.assignment_id, "adult"))[1]
        )  # fmt: skip
        functions[function] = functions.get(function, 0) + one.amount_ore
    kinds: dict[str, int] = {}
    for one in items:
        if one.kind != "pay":
            kinds[one.kind] = kinds.get(one.kind, 0) + one.amount_ore
    told: dict[str, int] = {}
    for note in notices:
        told[note.kind] = told.get(note.kind, 0) + note.lines
    return {
        "components": {name: [str(quantity), ore] for name, (quantity, ore) in components.items()},
        "functions": functions, "kinds": kinds, "notices": told,
    }  # fmt: skip


# Inside ---------------------------------------------------------------------------------------------------------------
async def open_run(uow: UnitOfWork) -> PayrollRun | None:
    """The municipality's open run, of which there is at most one."""
    found: PayrollRun | None = await uow.session.scalar(
        select(PayrollRun).where(
            PayrollRun.tenant_id == uow.context.tenant, PayrollRun.state.in_(("computing", "ready"))
        )
    )
    return found


async def _alone(uow: UnitOfWork) -> None:
    """One at a time begins or closes a run in a municipality, so that two get a sentence and not a database error."""
    await uow.call(
        "SELECT pg_advisory_xact_lock(hashtextextended('payroll.' || $1::text, 0))", str(uow.context.tenant)
    )


async def _locked(uow: UnitOfWork, run_id: UUID) -> PayrollRun:
    row = await uow.session.get(
        PayrollRun, (uow.context.tenant, run_id), with_for_update=True, populate_existing=True
    )
    if row is None:
        raise NotFound
    return row


async def _idle(uow: UnitOfWork, run_id: UUID) -> PayrollRun:
    """An open run that no job is at, locked. Raises Conflict for another."""
    await _alone(uow)
    row = await _locked(uow, run_id)
    if row.state not in ("ready", "computing"):
        raise Conflict(NOT_OPEN)
    if row.state == "computing" and row.task_id is not None:
        task = await read_task(uow, row.task_id)
        if task is None or task.state != "failed":
            raise Conflict(AT_WORK)
    return row


async def _queue(uow: UnitOfWork, row: PayrollRun) -> UUID:
    row.task_id = await start_task(uow, TITLE, STEPS)
    await uow.session.flush()
    # A mark of its own for each task: the job before may still be on its way out when a failed run is computed again.
    await enqueue(
        uow, COMPUTE, {"run": str(row.id), "task": str(row.task_id)}, once=f"{COMPUTE}:{row.task_id}"
    )
    return row.task_id


async def _assignments(uow: UnitOfWork, run_id: UUID) -> list[UUID]:
    found = await uow.session.scalars(
        select(PayItem.assignment_id).where(
            PayItem.tenant_id == uow.context.tenant, PayItem.run_id == run_id
        ).distinct()
    )  # fmt: skip
    return sorted(found)


async def _check_codes(uow: UnitOfWork, row: PayrollRun) -> None:
    of_run = (PayItem.tenant_id == row.tenant_id, PayItem.run_id == row.id)
    if not await uow.session.scalar(select(func.count()).where(*of_run)):
        raise Invalid.one(
            "", N_("Lønnskjøringen har ingen timer. Forkast den, eller vent til timer er godkjent.")
        )
    if await uow.session.scalar(
        select(func.count()).where(*of_run, PayItem.pay_code == "", PayItem.amount_ore != 0)
    ):
        raise Invalid.one("", N_("Noen lønnsarter mangler. Legg dem inn, og beregn lønnskjøringen på nytt."))
