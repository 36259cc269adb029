"""Importing a municipality's case list: look first, write when somebody has confirmed, and nothing the second time.

What is uploaded lies encrypted until it is confirmed or dropped; only the one who uploaded it may open it.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import timedelta
from uuid import UUID

from sqlalchemy import Select, insert, select, update

import tenants.assignments.api  # noqa: F401 - its listener sends the orders of what is taken over, in every process
from sammen.audit.trail import record_change, record_read
from sammen.clock import now, today
from sammen.db.unit_of_work import UnitOfWork
from sammen.documents.tables_in import Table, TableRow
from sammen.errors import Conflict, NotFound
from sammen.i18n_mark import N_
from sammen.ids import uuid7
from sammen.jobs.queue import enqueue
from sammen.jobs.tasks import read_task, start_task
from tenants.cases.api import PURCHASERS, may_decide_for
from tenants.imports.applying import apply_row
from tenants.imports.judging import GOOD, Judged, judge
from tenants.imports.models import CaseImport, CaseImportRow
from tenants.imports.rules import ImportRow, read_case_list, read_rows, rejected_csv
from tenants.imports.sealing import open_row, seal_row, uploaded

JOB = "imports.confirm"
AT_ONCE = 60
"""Rows written while the person waits; more are a job with progress (some 20 ms a row)."""
KEPT = timedelta(days=30)
"""How long what was uploaded is kept if nobody confirms or drops it, and how long faulty rows can be fetched."""
TITLE = N_("Henter inn saker fra liste")
Progress = Callable[[int, int], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class ImportResult:
    """How many rows became new cases, changed something, changed nothing, and were left out for a fault."""

    new: int
    changed: int
    same: int
    rejected: int


async def preview(uow: UnitOfWork, filename: str, content: bytes, *, accept_synthetic: bool) -> UUID:
    """Read a file, judge its rows and keep them, encrypted, until somebody confirms. Nothing else is written.

    Raises UnreadableTable for a file that is no table, BadInput("file") for a list without the columns it needs.
    """
    table, rows = await asyncio.to_thread(_read, filename, content, accept_synthetic)
    judged = await judge(uow, rows)
    await forget(uow)
    tenant, import_id = uow.context.tenant, uuid7()
    uow.session.add(
        CaseImport(
            tenant_id=tenant, id=import_id, filename=table.filename, header=list(table.header),
            uploaded_by=uow.context.user_id, uploaded_by_name=uow.context.user_name, purchasers=[],
        )
    )  # fmt: skip
    await uow.session.flush()
    cells = {row.row_no: row.cells for row in table.rows}
    stored = [
        {
            "tenant_id": tenant, "id": uuid7(), "import_id": import_id, "row_no": one.row.row_no, "verdict": one.verdict,
            "sealed": seal_row(uow.keys, uploaded(tenant, import_id, one.row.row_no), one.row, cells[one.row.row_no]),
            "person_id": one.known.person_id if one.known else None,
            "case_id": one.known.case_id if one.known else None,
        }
        for one in judged
    ]  # fmt: skip
    if stored:
        await uow.session.execute(insert(CaseImportRow), stored)
    await record_change(uow, "import.uploaded", "import", import_id, rows=len(stored))
    return import_id


def _read(filename: str, content: bytes, accept_synthetic: bool) -> tuple[Table, list[ImportRow]]:
    table = read_case_list(content, filename)
    return table, read_rows(table, accept_synthetic=accept_synthetic, today=today())


async def own_import(uow: UnitOfWork, import_id: UUID, *, lock: bool = False) -> CaseImport:
    """An import that the reader uploaded. NotFound for another's: a list may hold cases that its reader may not see."""
    found = await uow.session.get(CaseImport, (uow.context.tenant, import_id), with_for_update=lock or None)
    if found is None or found.uploaded_by != uow.context.user_id:
        raise NotFound
    return found


async def stored_rows(uow: UnitOfWork, import_id: UUID) -> list[CaseImportRow]:
    """All rows of an import, in the file's order."""
    found = await uow.session.scalars(
        select(CaseImportRow)
        .where(CaseImportRow.tenant_id == uow.context.tenant, CaseImportRow.import_id == import_id)
        .order_by(CaseImportRow.row_no)
    )
    return list(found)


def unseal(uow: UnitOfWork, row: CaseImportRow) -> tuple[ImportRow, list[str]]:
    """What a stored row says. Raises Conflict when it has been used or is too old to be kept."""
    if not row.sealed:
        raise Conflict(N_("Raden er ikke lenger lagret. Last opp lista på nytt."))
    return open_row(uow.keys, uploaded(row.tenant_id, row.import_id, row.row_no), row.sealed)


async def start(uow: UnitOfWork, import_id: UUID, *, at_once: int = AT_ONCE) -> ImportResult | None:
    """Confirm: now when at most `at_once` rows are to be written, else as a job (None) with progress on the import's page.

    Raises Conflict when the list has been confirmed or dropped, or a job is already at it.
    """
    found = await own_import(uow, import_id, lock=True)
    if found.state == "running" and found.task_id is not None:
        task = await read_task(uow, found.task_id)
        if task is None or task.state != "failed":
            raise Conflict(N_("Lista hentes inn akkurat nå."))
    elif found.state != "preview":
        raise Conflict(N_("Lista er alt hentet inn eller forkastet."))
    found.purchasers = [kind for kind in PURCHASERS if may_decide_for(uow.context, kind)]
    rows = await stored_rows(uow, import_id)
    if sum(row.verdict in GOOD for row in rows) <= at_once:
        return await confirm(uow, import_id)
    found.state, found.task_id = "running", await start_task(uow, TITLE, len(rows))
    found.version += 1
    await uow.session.flush()
    await enqueue(
        uow, JOB, {"import": str(import_id), "task": str(found.task_id)}, once=f"import:{import_id}"
    )
    return None


async def confirm(uow: UnitOfWork, import_id: UUID, *, progress: Progress | None = None) -> ImportResult:
    """Write the good rows, all or none. They are judged again first: another list may have come between.

    `progress(done, total)` is called now and then. Raises Conflict when the list is not waiting to be written.
    """
    found = await own_import(uow, import_id, lock=True)
    if found.state not in ("preview", "running"):
        raise Conflict(N_("Lista er alt hentet inn eller forkastet."))
    # One list at a time in a municipality: two with the same rows would both find nothing imported.
    await uow.call(
        "SELECT pg_advisory_xact_lock(hashtextextended('import.' || $1::text, 0))", str(uow.context.tenant)
    )
    rows = await stored_rows(uow, import_id)
    judged = await judge(uow, [unseal(uow, row)[0] for row in rows])
    for done, (row, one) in enumerate(zip(rows, judged, strict=True), 1):
        if one.verdict in GOOD:
            taken = await apply_row(uow, one, own=found.purchasers)
            row.case_id = taken.case_id
        row.verdict = one.verdict
        if one.verdict != "error":
            row.sealed = b""
        if progress is not None and done % 50 == 0:
            await progress(done, len(rows))
    result = _count(judged)
    found.state, found.confirmed_at, found.result = "confirmed", now(), asdict(result)
    found.version += 1
    await uow.session.flush()
    await record_change(uow, "import.confirmed", "import", import_id, **asdict(result))
    return result


def _count(judged: Sequence[Judged]) -> ImportResult:
    counts = Counter(one.verdict for one in judged)
    return ImportResult(
        new=counts["new"] + counts["warning"],
        changed=counts["change"],
        same=counts["same"] + counts["repeat"],
        rejected=counts["error"],
    )


async def rejected_rows(uow: UnitOfWork, import_id: UUID) -> bytes:
    """The faulty rows as a CSV file in the list's own columns. NotFound when there are none, or no longer any."""
    found = await own_import(uow, import_id)
    rows = [row for row in await stored_rows(uow, import_id) if row.verdict == "error" and row.sealed]
    if not rows:
        raise NotFound
    opened = [unseal(uow, row) for row in rows]
    lines = [TableRow(row.row_no, cells) for row, cells in opened]
    table = Table(
        1, list(found.header), lines, encoding="", delimiter="", kind="csv", filename=found.filename
    )
    await record_read(
        uow,
        "import.rejected_read",
        [],
        why=N_("Lastet ned rader som må rettes"),
        object_kind="import",
        object_id=import_id,
    )
    return rejected_csv(table, [row for row, _ in opened])


async def drop(uow: UnitOfWork, import_id: UUID) -> None:
    """Throw away what was uploaded; a confirmed list's faulty rows too. What was imported stays."""
    found = await own_import(uow, import_id, lock=True)
    if found.state == "running":
        raise Conflict(N_("Lista hentes inn akkurat nå."))
    if found.state == "preview":
        found.state = "dropped"
    found.version += 1
    await _empty(
        uow, select(CaseImport.id).where(CaseImport.tenant_id == found.tenant_id, CaseImport.id == import_id)
    )
    await record_change(uow, "import.dropped", "import", import_id)


async def forget(uow: UnitOfWork) -> None:
    """Empty what has been kept longer than KEPT. Runs with each upload."""
    tenant = uow.context.tenant
    old = (CaseImport.tenant_id == tenant) & (CaseImport.created_at < now() - KEPT)
    await _empty(uow, select(CaseImport.id).where(old, CaseImport.state != "running"))
    await uow.session.execute(
        update(CaseImport)
        .where(old, CaseImport.state == "preview")
        .values(state="dropped", version=CaseImport.version + 1)
        .execution_options(synchronize_session=False)
    )


async def _empty(uow: UnitOfWork, imports: Select[UUID]) -> None:
    await uow.session.flush()
    await uow.session.execute(
        update(CaseImportRow)
        .where(
            CaseImportRow.tenant_id == uow.context.tenant,
            CaseImportRow.import_id.in_(imports),
            CaseImportRow.sealed != b"",
        )
        .values(sealed=b"")
        .execution_options(synchronize_session=False)
    )
