"""Reads for the import's pages and for the case page."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from sqlalchemy import bindparam, func, literal, select

from sammen.db.raw import compile_query
from sammen.db.unit_of_work import UnitOfWork
from sammen.errors import NotFound
from sammen.web.paging import PAGE_SIZE
from tenants.imports.comparing import Change
from tenants.imports.judging import GOOD, judge
from tenants.imports.models import CaseImport, CaseImportRow, ImportedRow
from tenants.imports.rules import ImportRow
from tenants.imports.sealing import open_row, uploaded

case_import = CaseImport.__table__
import_row = CaseImportRow.__table__
imported_row = ImportedRow.__table__

VERDICTS = ("error", "warning", "change", "new", "same", "repeat")
"""In the order in which somebody wants to see them."""
EARLIER = 20


@dataclass(frozen=True, slots=True)
class ImportCard:
    """An upload: who and when, how far it has come, and its rows by verdict.

    `rejected_kept` says whether its faulty rows can still be fetched.
    """

    id: UUID
    filename: str
    state: str
    uploaded_by: UUID | None
    uploaded_by_name: str
    created_at: datetime
    confirmed_at: datetime | None
    task_id: UUID | None
    header: list[str]
    result: Mapping[str, int]
    counts: Mapping[str, int]
    rejected_kept: bool = False

    @property
    def good(self) -> int:
        """Rows that confirming writes, or wrote."""
        return sum(self.counts.get(verdict, 0) for verdict in GOOD)

    @property
    def total(self) -> int:
        return sum(self.counts.values())


@dataclass(frozen=True, slots=True)
class RowView:
    """One row as the page shows it. `row` is None when what it said is no longer kept."""

    row_no: int
    verdict: str
    case_id: UUID | None
    person_id: UUID | None
    row: ImportRow | None
    changes: tuple[Change, ...]


@dataclass(frozen=True, slots=True)
class ListFacts:
    """What the municipality's list said of a case, beside what became fields of it."""

    contact_name: str
    note: str
    interests: str
    has_companion_card: bool
    imported_at: datetime


_COLUMNS = [column for column in case_import.c if column.name in ImportCard.__dataclass_fields__]
_ONE = compile_query(
    select(*_COLUMNS).where(
        case_import.c.tenant_id == bindparam("tenant"), case_import.c.id == bindparam("import")
    )
)
_EARLIER = compile_query(
    select(*_COLUMNS)
    .where(case_import.c.tenant_id == bindparam("tenant"))
    .order_by(case_import.c.created_at.desc(), case_import.c.id.desc())
    .limit(EARLIER)
)
_COUNTS = compile_query(
    select(
        import_row.c.verdict,
        func.count().label("rows"),
        func.bool_or(import_row.c.sealed != literal(b"")).label("kept"),
    )
    .where(import_row.c.tenant_id == bindparam("tenant"), import_row.c.import_id == bindparam("import"))
    .group_by(import_row.c.verdict)
)
_ROWS = compile_query(
    select(
        import_row.c.row_no,
        import_row.c.verdict,
        import_row.c.sealed,
        import_row.c.case_id,
        import_row.c.person_id,
    )
    .where(
        import_row.c.tenant_id == bindparam("tenant"),
        import_row.c.import_id == bindparam("import"),
        (bindparam("verdict") == "") | (import_row.c.verdict == bindparam("verdict")),
    )
    .order_by(import_row.c.row_no)
    .limit(bindparam("most"))
    .offset(bindparam("skip"))
)
_OF_CASE = compile_query(
    select(*(imported_row.c[name] for name in ListFacts.__dataclass_fields__))
    .where(imported_row.c.tenant_id == bindparam("tenant"), imported_row.c.case_id == bindparam("case"))
    .order_by(imported_row.c.imported_at.desc(), imported_row.c.id)
)


async def import_card(uow: UnitOfWork, import_id: UUID) -> ImportCard:
    """An import of the reader's own. NotFound for another's: the file may hold cases the reader may not see."""
    row = await uow.row(_ONE, **{"tenant": uow.context.tenant, "import": import_id})
    if row is None or row["uploaded_by"] != uow.context.user_id:
        raise NotFound
    counts = await uow.rows(_COUNTS, **{"tenant": uow.context.tenant, "import": import_id})
    card = _card(dict(row), {count["verdict"]: count["rows"] for count in counts})
    return replace(card, rejected_kept=any(count["kept"] for count in counts if count["verdict"] == "error"))


async def earlier_imports(uow: UnitOfWork) -> Sequence[ImportCard]:
    """The municipality's latest imports, newest first, without their rows."""
    return [_card(dict(row), {}) for row in await uow.rows(_EARLIER, tenant=uow.context.tenant)]


async def import_rows(uow: UnitOfWork, card: ImportCard, *, verdict: str, page: int) -> Sequence[RowView]:
    """A page of an import's rows, in the file's order. `verdict` "" is all of them.

    Changes are worked out afresh, so that the page shows what confirming would do now.
    """
    found = await uow.rows(
        _ROWS, **{"tenant": uow.context.tenant, "import": card.id}, verdict=verdict, most=PAGE_SIZE,
        skip=PAGE_SIZE * (page - 1),
    )  # fmt: skip
    tenant = uow.context.tenant
    opened: dict[int, ImportRow] = {
        row["row_no"]: open_row(uow.keys, uploaded(tenant, card.id, row["row_no"]), row["sealed"])[0]
        for row in found
        if row["sealed"]
    }
    changed = [
        opened[row["row_no"]] for row in found if row["verdict"] == "change" and row["row_no"] in opened
    ]
    differs = {one.row.row_no: one.changes for one in await judge(uow, changed)} if changed else {}
    return [
        RowView(row["row_no"], row["verdict"], row["case_id"], row["person_id"], opened.get(row["row_no"]),
                differs.get(row["row_no"], ()))
        for row in found
    ]  # fmt: skip


async def facts_from_list(uow: UnitOfWork, case_id: UUID) -> Sequence[ListFacts]:
    """What lists have said of a case, newest first."""
    return [
        ListFacts(**dict(row)) for row in await uow.rows(_OF_CASE, tenant=uow.context.tenant, case=case_id)
    ]


def _card(row: dict[str, object], counts: dict[str, int]) -> ImportCard:
    result = row.pop("result")
    known = json.loads(result) if isinstance(result, str) else result
    return ImportCard(**row, result=known, counts=counts)  # type: ignore[arg-type]  # the row's columns are the card's fields
