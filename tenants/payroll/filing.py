"""A closed run's files: made once by a job, kept as bytes, and fetched as often as anybody likes (B9)."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import and_, bindparam, func, select
from sqlalchemy.dialects.postgresql import insert

from sammen.audit.trail import record_change, record_read
from sammen.db.raw import compile_query
from sammen.db.unit_of_work import UnitOfWork
from sammen.errors import NotFound
from sammen.i18n_mark import N_
from sammen.ids import uuid7
from tenants.contacts.api import support_contact
from tenants.payroll.files import FileRow, make_files
from tenants.payroll.gather import accounting_on, item
from tenants.payroll.models import PayFile, PayrollRun
from tenants.people.api import person

pay_file = PayFile.__table__


@dataclass(frozen=True, slots=True)
class FileCard:
    """A file as the run's page lists it. `sha256` is what the same file will always have."""

    id: UUID
    format: str
    name: str
    sha256: bytes
    rows: int
    size: int
    made_at: datetime


_ROWS = compile_query(
    select(
        item.c.id.label("item_id"), item.c.employee_no,
        (person.c.given_name + " " + person.c.family_name).label("name"), item.c.assignment_id, item.c.kind, item.c.component,
        item.c.worked_on, item.c.quantity, item.c.rate_ore, item.c.amount_ore, item.c.pay_code, item.c.account,
        item.c.department, item.c.art, item.c.kostra_function, item.c.project, item.c.rule,
        func.coalesce(item.c.reverses_id, item.c.follows_id).label("about_id"),
    )
    .select_from(
        item.join(
            support_contact,
            and_(support_contact.c.tenant_id == item.c.tenant_id, support_contact.c.id == item.c.contact_id),
        ).join(person, and_(person.c.tenant_id == support_contact.c.tenant_id, person.c.id == support_contact.c.person_id))
    )
    .where(
        item.c.tenant_id == bindparam("tenant"),
        item.c.run_id == bindparam("run"),
        # A line with nothing to pay is in the run so that it is counted once; it is no transaction.
        (item.c.amount_ore != 0) | (item.c.quantity != 0),
    )
    .order_by(item.c.id)
)  # fmt: skip
_FILES = compile_query(
    select(
        pay_file.c.id, pay_file.c.format, pay_file.c.name, pay_file.c.sha256, pay_file.c.rows,
        func.length(pay_file.c.content).label("size"), pay_file.c.made_at,
    )
    .where(pay_file.c.tenant_id == bindparam("tenant"), pay_file.c.run_id == bindparam("run"))
    .order_by(pay_file.c.format)
)  # fmt: skip
_FILE = compile_query(
    select(pay_file.c.format, pay_file.c.name, pay_file.c.content).where(
        pay_file.c.tenant_id == bindparam("tenant"),
        pay_file.c.run_id == bindparam("run"),
        pay_file.c.id == bindparam("file"),
    )
)
_CONTACTS = compile_query(
    select(support_contact.c.person_id)
    .distinct()
    .select_from(
        item.join(
            support_contact,
            and_(support_contact.c.tenant_id == item.c.tenant_id, support_contact.c.id == item.c.contact_id),
        )
    )
    .where(item.c.tenant_id == bindparam("tenant"), item.c.run_id == bindparam("run"))
)


async def file_rows(uow: UnitOfWork, run_id: UUID) -> list[FileRow]:
    """Every transaction of a run."""
    rows = await uow.rows(_ROWS, tenant=uow.context.tenant, run=run_id)
    return [FileRow(**dict(row)) for row in rows]


async def keep_files(uow: UnitOfWork, run_id: UUID) -> int:
    """Make the files of a closed run, all in one transaction: there are both or none. Those that are there stay as they
    are, whoever asks again. Returns how many were made.
    """
    run = await uow.session.get(PayrollRun, (uow.context.tenant, run_id))
    if run is None or run.state != "closed" or run.number is None:
        return 0
    rows = await file_rows(uow, run_id)
    numbered = (await accounting_on(uow, run.pay_on)).numbered
    made = 0
    for kind, name, content in make_files(
        rows, slug=uow.context.slug, year=run.pay_year, run=run.number, pay_on=run.pay_on, numbered=numbered
    ):
        sha256 = hashlib.sha256(content).digest()
        found = await uow.session.execute(
            insert(PayFile)
            .values(
                tenant_id=run.tenant_id, id=uuid7(), run_id=run_id, format=kind, name=name, content=content,
                sha256=sha256, rows=content.count(b"\r\n") - (kind == "csv"),
            )
            .on_conflict_do_nothing(index_elements=["tenant_id", "run_id", "format"])
            .returning(PayFile.id)
        )  # fmt: skip
        if found.first() is not None:
            made += 1
            await record_change(
                uow,
                "payroll.file_made",
                "payroll_run",
                run_id,
                format=kind,
                sha256=sha256.hex(),
                rows=len(rows),
            )
    return made


async def files_of(uow: UnitOfWork, run_id: UUID) -> Sequence[FileCard]:
    """The files of a run; none until the job has made them."""
    return [FileCard(**dict(row)) for row in await uow.rows(_FILES, tenant=uow.context.tenant, run=run_id)]


async def fetch_file(uow: UnitOfWork, run_id: UUID, file_id: UUID) -> tuple[str, str, bytes]:
    """(format, name, bytes) of a run's file, and the access log's row for all in it. Raises NotFound."""
    row = await uow.row(_FILE, tenant=uow.context.tenant, run=run_id, file=file_id)
    if row is None:
        raise NotFound
    persons = await persons_of(uow, run_id)
    await record_read(
        uow,
        "payroll.file_read",
        persons,
        why=N_("Lastet ned lønnsfil"),
        object_kind="payroll_run",
        object_id=run_id,
    )
    return row["format"], row["name"], row["content"]


async def persons_of(uow: UnitOfWork, run_id: UUID) -> list[UUID]:
    """The persons that a run pays."""
    return sorted(
        row["person_id"] for row in await uow.rows(_CONTACTS, tenant=uow.context.tenant, run=run_id)
    )
