"""What payroll must tell once: employee numbers, pay codes and how an accounting string is put together (B9).

Dated rows: a run takes what holds on its pay day, and what is paid keeps the code and account it was paid with.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import and_, bindparam, func, or_, select
from sqlalchemy.types import Boolean

from sammen.audit.trail import record_change
from sammen.db.raw import Query, compile_query
from sammen.db.unit_of_work import UnitOfWork
from sammen.errors import Conflict, Invalid, NotFound
from sammen.i18n_mark import N_
from sammen.ids import uuid7
from sammen.web.paging import PAGE_SIZE
from tenants.contacts.api import support_contact
from tenants.payroll.models import PayAccounting, PayCode, PayeeNumber
from tenants.people.api import fold, matches_word, person, query_words

number = PayeeNumber.__table__
code_table = PayCode.__table__
accounting_table = PayAccounting.__table__
STALE = N_("Noen andre har endret dette imens. Det du skrev, er ikke lagret.")
TAKEN = N_("Nummeret er allerede brukt av en annen støttekontakt. Sjekk hvem som har det.")


@dataclass(frozen=True, slots=True)
class NumberRow:
    """A contact and the employee number, "" when there is none. `version` is 0 then."""

    contact_id: UUID
    person_id: UUID
    name: str
    birth_date: date | None
    number: str
    version: int


@dataclass(frozen=True, slots=True)
class CodeCard:
    """A pay code from a pay day on."""

    id: UUID
    valid_from: date
    component: str
    form: str
    code: str
    art: str


@dataclass(frozen=True, slots=True)
class CodeFacts:
    valid_from: date
    component: str
    form: str
    code: str
    art: str


@dataclass(frozen=True, slots=True)
class AccountingFacts:
    """See models.PayAccounting."""

    valid_from: date
    template: str
    department: str
    kostra_function: str
    project: str
    child_department: str
    child_function: str
    child_project: str
    numbered: bool


@dataclass(frozen=True, slots=True)
class ListedNumber:
    """A row of a list from the payroll system: its number, a name, and the birth date where the list has one."""

    row_no: int
    number: str
    name: str
    birth_date: date | None


_JOINED = support_contact.join(
    person, and_(person.c.tenant_id == support_contact.c.tenant_id, person.c.id == support_contact.c.person_id)
).outerjoin(
    number, and_(number.c.tenant_id == support_contact.c.tenant_id, number.c.contact_id == support_contact.c.id)
)  # fmt: skip
_COLUMNS = (
    support_contact.c.id.label("contact_id"), support_contact.c.person_id,
    (person.c.given_name + " " + person.c.family_name).label("name"), person.c.birth_date,
    func.coalesce(number.c.number, "").label("number"), func.coalesce(number.c.version, 0).label("version"),
)  # fmt: skip
# Somebody who has only asked to become one is nobody's to pay.
_OURS = and_(
    support_contact.c.tenant_id == bindparam("tenant"),
    or_(
        support_contact.c.state.notin_(("enquiry", "interview", "vetting", "ended")), number.c.id.is_not(None)
    ),
    or_(~bindparam("missing", type_=Boolean()), number.c.id.is_(None)),
)


def _queries(words: int) -> tuple[Query, Query]:
    found = _OURS
    for n in range(words):
        found &= matches_word(person.c.tenant_id, person.c.id, bindparam(f"word{n}"))
    rows = (
        select(*_COLUMNS)
        .select_from(_JOINED)
        .where(found)
        .order_by(person.c.family_name, person.c.given_name, support_contact.c.id)
        .limit(bindparam("most"))
        .offset(bindparam("skip"))
    )
    return compile_query(rows), compile_query(select(func.count()).select_from(_JOINED).where(found))


_LISTS = [_queries(words) for words in range(7)]
_ONE = compile_query(
    select(*_COLUMNS)
    .select_from(_JOINED)
    .where(support_contact.c.tenant_id == bindparam("tenant"), support_contact.c.id == bindparam("contact"))
)
_CODES = compile_query(
    select(*(code_table.c[name] for name in CodeCard.__dataclass_fields__))
    .where(code_table.c.tenant_id == bindparam("tenant"))
    .order_by(code_table.c.component, code_table.c.form, code_table.c.valid_from.desc())
)
_ACCOUNTINGS = compile_query(
    select(*(accounting_table.c[name] for name in AccountingFacts.__dataclass_fields__))
    .where(accounting_table.c.tenant_id == bindparam("tenant"))
    .order_by(accounting_table.c.valid_from.desc())
)


# Employee numbers -----------------------------------------------------------------------------------------------------
async def list_numbers(
    uow: UnitOfWork, *, text: str = "", missing: bool = False, page: int = 1
) -> tuple[list[NumberRow], int]:
    """A page of the contacts by name with their employee numbers, and how many there are."""
    words = query_words(text)
    if text and not words:
        return [], 0
    listed, counted = _LISTS[min(len(words), len(_LISTS) - 1)]
    values: dict[str, Any] = {"tenant": uow.context.tenant, "missing": missing}
    values |= {f"word{n}": word for n, word in enumerate(words[: len(_LISTS) - 1])}
    total: int = await uow.value(counted, **values)
    rows = await uow.rows(listed, **values, most=PAGE_SIZE, skip=(page - 1) * PAGE_SIZE)
    return [NumberRow(**dict(row)) for row in rows], total


async def number_row(uow: UnitOfWork, contact_id: UUID) -> NumberRow:
    """One contact's number. Raises NotFound."""
    row = await uow.row(_ONE, tenant=uow.context.tenant, contact=contact_id)
    if row is None:
        raise NotFound
    return NumberRow(**dict(row))


async def set_number(uow: UnitOfWork, contact_id: UUID, value: str, *, version: int = 0) -> None:
    """A contact's employee number, new or corrected. Raises Invalid when another contact has it, Conflict when stale."""
    known = await number_row(uow, contact_id)
    if known.version != version:
        raise Conflict(STALE, yours={N_("Ansattnummer"): value}, theirs={N_("Ansattnummer"): known.number})
    await _alone(uow)
    taken = await uow.session.scalar(
        select(PayeeNumber.contact_id).where(
            PayeeNumber.tenant_id == uow.context.tenant, PayeeNumber.number == value
        )
    )
    if taken is not None and taken != contact_id:
        raise Invalid.one("nummer", TAKEN)
    await _write_number(uow, contact_id, value)
    await record_change(uow, "payee.numbered", "contact", contact_id, persons=[known.person_id])


async def _write_number(uow: UnitOfWork, contact_id: UUID, value: str) -> None:
    row = await uow.session.scalar(
        select(PayeeNumber).where(
            PayeeNumber.tenant_id == uow.context.tenant, PayeeNumber.contact_id == contact_id
        )
    )
    if row is None:
        uow.session.add(
            PayeeNumber(tenant_id=uow.context.tenant, id=uuid7(), contact_id=contact_id, number=value)
        )
    else:
        row.number = value
        row.version += 1
    await uow.session.flush()


async def match_numbers(
    uow: UnitOfWork, listed: Sequence[ListedNumber]
) -> tuple[dict[UUID, str], list[tuple[int, str]]]:
    """Which contacts a list from the payroll system is about: (contact → number, (row, why) of rows that fit nobody).

    A row fits by the whole name, and by birth date where both have one. Two who fit, or a number that is somebody
    else's, is no fit: a wrong number would pay the wrong person.
    """
    rows = await uow.rows(_LISTS[0][0], tenant=uow.context.tenant, missing=False, most=100_000, skip=0)
    known = [NumberRow(**dict(row)) for row in rows]
    by_name: dict[str, list[NumberRow]] = defaultdict(list)
    for row in known:
        by_name[_name_key(row.name)].append(row)
    held = {row.number: row.contact_id for row in known if row.number}
    found: dict[UUID, str] = {}
    faults: list[tuple[int, str]] = []
    for one in listed:
        fits = [row for row in by_name[_name_key(one.name)] if _same_day(row.birth_date, one.birth_date)]
        if len(fits) != 1:
            faults.append(
                (one.row_no, N_("passer med flere") if fits else N_("passer ikke med noen støttekontakt"))
            )
        elif held.get(one.number, fits[0].contact_id) != fits[0].contact_id or one.number in found.values():
            faults.append((one.row_no, N_("har et nummer som en annen har")))
        else:
            found[fits[0].contact_id] = one.number
    return found, faults


def _name_key(name: str) -> str:
    """The words of a name in any order: lists have the family name first as often as last."""
    return " ".join(sorted(fold(name).split()))


def _same_day(ours: date | None, theirs: date | None) -> bool:
    return ours is None or theirs is None or ours == theirs


async def set_numbers(uow: UnitOfWork, numbers: dict[UUID, str]) -> int:
    """Keep a whole list's numbers; returns how many were new or changed."""
    await _alone(uow)
    rows = {row["contact_id"]: row for row in await uow.rows(
        _LISTS[0][0], tenant=uow.context.tenant, missing=False, most=100_000, skip=0
    )}  # fmt: skip
    changed = 0
    for contact_id, value in numbers.items():
        if rows[contact_id]["number"] != value:
            await _write_number(uow, contact_id, value)
            changed += 1
    persons = [rows[contact_id]["person_id"] for contact_id in numbers]
    if changed:
        await record_change(
            uow, "payee.list_read", "payroll", uow.context.tenant, persons=persons, count=changed
        )
    return changed


# Pay codes ------------------------------------------------------------------------------------------------------------
async def list_codes(uow: UnitOfWork) -> list[CodeCard]:
    """Every pay code, by component and form, newest first."""
    return [CodeCard(**dict(row)) for row in await uow.rows(_CODES, tenant=uow.context.tenant)]


async def set_code(uow: UnitOfWork, facts: CodeFacts) -> UUID:
    """A pay code from a pay day on; the one of the same day, component and form is replaced. Paid items keep theirs."""
    await _alone(uow)
    row = await uow.session.scalar(
        select(PayCode).where(
            PayCode.tenant_id == uow.context.tenant,
            PayCode.valid_from == facts.valid_from,
            PayCode.component == facts.component,
            PayCode.form == facts.form,
        )
    )
    before = None
    if row is None:
        row = PayCode(
            tenant_id=uow.context.tenant, id=uuid7(), valid_from=facts.valid_from, component=facts.component,
            form=facts.form, code=facts.code, art=facts.art,
        )  # fmt: skip
        uow.session.add(row)
    else:
        before = row.code
        row.code, row.art = facts.code, facts.art
        row.version += 1
    await uow.session.flush()
    await record_change(
        uow, "paycode.set", "pay_code", row.id, valid_from=facts.valid_from, component=facts.component, form=facts.form,
        before=before, code=facts.code, art=facts.art,
    )  # fmt: skip
    return row.id


async def drop_code(uow: UnitOfWork, code_id: UUID) -> None:
    """Remove a pay code that should not be. What is paid keeps it. Raises NotFound."""
    row = await uow.session.get(PayCode, (uow.context.tenant, code_id))
    if row is None:
        raise NotFound
    await record_change(
        uow, "paycode.dropped", "pay_code", row.id, component=row.component, form=row.form, code=row.code
    )
    await uow.session.delete(row)
    await uow.session.flush()


# Accounting -----------------------------------------------------------------------------------------------------------
async def list_accounting(uow: UnitOfWork) -> list[AccountingFacts]:
    """Every way accounting strings are or have been put together, newest first."""
    return [AccountingFacts(**dict(row)) for row in await uow.rows(_ACCOUNTINGS, tenant=uow.context.tenant)]


async def set_accounting(uow: UnitOfWork, facts: AccountingFacts) -> UUID:
    """How accounting strings are put together from a pay day on; what was set for the same day is replaced."""
    await _alone(uow)
    row = await uow.session.scalar(
        select(PayAccounting).where(
            PayAccounting.tenant_id == uow.context.tenant, PayAccounting.valid_from == facts.valid_from
        )
    )
    values = {name: getattr(facts, name) for name in AccountingFacts.__dataclass_fields__}
    if row is None:
        row = PayAccounting(tenant_id=uow.context.tenant, id=uuid7(), **values)
        uow.session.add(row)
    else:
        for name, value in values.items():
            setattr(row, name, value)
        row.version += 1
    await uow.session.flush()
    await record_change(
        uow, "accounting.set", "pay_accounting", row.id, valid_from=facts.valid_from, template=facts.template
    )
    return row.id


async def _alone(uow: UnitOfWork) -> None:
    """One at a time in a municipality, so that two who set the same get a sentence and not a database error."""
    await uow.call(
        "SELECT pg_advisory_xact_lock(hashtextextended('payroll.settings.' || $1::text, 0))",
        str(uow.context.tenant),
    )
