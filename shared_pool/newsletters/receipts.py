"""Reads and marks of service letters' receipts: who gets a letter how, who has opened it, and who remains."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, func, select, update

from sammen.audit.trail import record_change
from sammen.clock import now
from sammen.db.raw import compile_query
from sammen.db.unit_of_work import UnitOfWork
from sammen.errors import NotFound
from shared_pool.newsletters.models import ServiceLetter, ServiceLetterReceipt
from shared_pool.newsletters.who import reading, seen
from tenants.api import case_file, person, person_of_user, purchasers_seen, visible

letter, receipt = ServiceLetter.__table__, ServiceLetterReceipt.__table__
PAGE = 50
_SEEN = seen(receipt.c.person_id) & seen(receipt.c.about_id)
_REMAINS = (receipt.c.way == "paper") & receipt.c.printed_at.is_(None)
_LINE = (
    select(
        *(receipt.c[name] for name in ("id", "person_id", "about_id", "role", "way", "opened_at", "confirmed_at",
                                       "printed_at", "printed_by_name")),
        person.c.given_name, person.c.family_name,
    )
    .join_from(receipt, person, (person.c.tenant_id == receipt.c.tenant_id) & (person.c.id == receipt.c.person_id))
    .where(receipt.c.tenant_id == bindparam("tenant"))
)  # fmt: skip
_LETTERS = compile_query(
    select(letter)
    .where(letter.c.tenant_id == bindparam("tenant"))
    .order_by(letter.c.created_at.desc())
    .limit(100)
)
_COUNTS = compile_query(
    select(
        func.count().label("all"),
        func.count().filter(receipt.c.way == "digital").label("digital"),
        func.count().filter(receipt.c.opened_at.is_not(None)).label("opened"),
        func.count().filter(receipt.c.confirmed_at.is_not(None)).label("confirmed"),
        func.count().filter(receipt.c.printed_at.is_not(None)).label("printed"),
        func.count().filter(_REMAINS).label("to_print"),
    ).where(
        receipt.c.tenant_id == bindparam("tenant"), receipt.c.service_letter_id == bindparam("letter"), _SEEN
    )
)
_SHAPES = {
    "alle": receipt.c.id.is_not(None),
    "gjenstar": receipt.c.opened_at.is_(None) & receipt.c.printed_at.is_(None),
    "utskrift": _REMAINS,
    "lest": receipt.c.opened_at.is_not(None) | receipt.c.printed_at.is_not(None),
}
_LINES = {
    shape: compile_query(
        _LINE.where(receipt.c.service_letter_id == bindparam("letter"), _SEEN, condition)
        .order_by(person.c.family_name, person.c.given_name, receipt.c.id)
        .limit(bindparam("most"))
        .offset(bindparam("skip"))
    )
    for shape, condition in _SHAPES.items()
}
_OF_CASE = compile_query(
    _LINE.add_columns(letter.c.id.label("letter_id"), letter.c.title, letter.c.sent_at)
    .join(letter, (letter.c.tenant_id == receipt.c.tenant_id) & (letter.c.id == receipt.c.service_letter_id))
    .where(
        receipt.c.role != "contact", select(case_file.c.id).where(
            case_file.c.id == bindparam("case"), case_file.c.person_id == receipt.c.about_id, visible()
        ).exists(),
    )
    .order_by(letter.c.sent_at.desc(), person.c.family_name, receipt.c.id)
    .limit(50)
)  # fmt: skip
_OWN = compile_query(
    select(
        receipt.c.id, receipt.c.opened_at, receipt.c.confirmed_at, letter.c.title, letter.c.words, letter.c.language,
        letter.c.confirm, letter.c.sent_at, letter.c.sent_by_name,
    )
    .join_from(receipt, letter, (letter.c.tenant_id == receipt.c.tenant_id) & (letter.c.id == receipt.c.service_letter_id))
    .where(receipt.c.tenant_id == bindparam("tenant"), receipt.c.person_id == bindparam("person"),
           letter.c.sent_at.is_not(None))
    .order_by(letter.c.sent_at.desc(), receipt.c.id)
    .limit(200)
)  # fmt: skip
_WAITING = compile_query(
    select(letter.c.id, letter.c.title, letter.c.sent_at, func.count().label("n"))
    .join_from(receipt, letter, (letter.c.tenant_id == receipt.c.tenant_id) & (letter.c.id == receipt.c.service_letter_id))
    .where(receipt.c.tenant_id == bindparam("tenant"), _REMAINS, _SEEN)
    .group_by(letter.c.id, letter.c.title, letter.c.sent_at)
    .order_by(letter.c.sent_at)
    .limit(50)
)  # fmt: skip
# What only a shielded case's own circle can print.
_CIRCLE = compile_query(
    select(letter.c.title, letter.c.sent_at, case_file.c.id.label("case_id"), receipt.c.about_id)
    .join_from(receipt, letter, (letter.c.tenant_id == receipt.c.tenant_id) & (letter.c.id == receipt.c.service_letter_id))
    .join(case_file, (case_file.c.tenant_id == receipt.c.tenant_id) & (case_file.c.person_id == receipt.c.about_id))
    .where(receipt.c.tenant_id == bindparam("tenant"), _REMAINS, receipt.c.role != "contact",
           case_file.c.shielded, visible())
    .distinct()
    .order_by(letter.c.sent_at)
    .limit(50)
)  # fmt: skip
_PRINTED = compile_query(
    update(ServiceLetterReceipt)
    .where(
        receipt.c.tenant_id == bindparam("tenant"), receipt.c.id == bindparam("receipt"), receipt.c.printed_at.is_(None)
    )
    .values(printed_at=func.now(), printed_by_name=bindparam("name"))
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class ReceiptLine:
    """One who gets a letter, as its sender sees it."""

    id: UUID
    person_id: UUID
    about_id: UUID | None
    name: str
    role: str
    way: str
    opened_at: datetime | None
    confirmed_at: datetime | None
    printed_at: datetime | None
    printed_by_name: str


@dataclass(frozen=True, slots=True)
class OwnLetter:
    """A service letter as the one it is to reads it."""

    id: UUID
    title: str
    words: str
    language: str
    confirm: bool
    sent_at: datetime
    sent_by_name: str
    opened_at: datetime | None
    confirmed_at: datetime | None


def _line(row: Any) -> ReceiptLine:
    kept = {name: row[name] for name in ReceiptLine.__dataclass_fields__ if name != "name"}
    return ReceiptLine(name=f"{row['given_name']} {row['family_name']}", **kept)


async def letters(uow: UnitOfWork) -> Sequence[Mapping[str, Any]]:
    """The municipality's service letters, the newest first."""
    return [dict(row) for row in await uow.rows(_LETTERS, tenant=uow.context.tenant)]


async def receipt_counts(uow: UnitOfWork, letter_id: UUID) -> Mapping[str, int]:
    """How many get a letter, how, and how many remain, of those the reader may see."""
    row = await uow.row(_COUNTS, **reading(uow), letter=letter_id)
    assert row is not None
    return dict(row)


async def receipt_lines(
    uow: UnitOfWork, letter_id: UUID, shape: str, *, side: int = 1, most: int = PAGE
) -> Sequence[ReceiptLine]:
    """Who gets a letter, by name. `shape`: alle, gjenstar, utskrift or lest; another is alle."""
    found = _LINES.get(shape, _LINES["alle"])
    rows = await uow.rows(found, **reading(uow), letter=letter_id, most=most, skip=(side - 1) * PAGE)
    return [_line(row) for row in rows]


async def letters_in_case(uow: UnitOfWork, case_id: UUID) -> Sequence[tuple[ReceiptLine, UUID, str]]:
    """(receipt, letter's id, its title) of what the case's person and those who act for them have got."""
    rows = await uow.rows(
        _OF_CASE, tenant=uow.context.tenant, case=case_id, reader=uow.context.user_id,
        purchasers=purchasers_seen(uow.context),
    )  # fmt: skip
    return [(_line(row), row["letter_id"], row["title"]) for row in rows]


async def to_print(uow: UnitOfWork) -> Sequence[Mapping[str, Any]]:
    """Letters that somebody must print: id, title, sent_at and how many (n)."""
    return [dict(row) for row in await uow.rows(_WAITING, **reading(uow))]


async def to_print_in_circle(uow: UnitOfWork) -> Sequence[Mapping[str, Any]]:
    """Letters to people in shielded cases that the reader is named on: title, sent_at, case_id, about_id."""
    rows = await uow.rows(_CIRCLE, **reading(uow), purchasers=purchasers_seen(uow.context))
    return [dict(row) for row in rows]


async def mark_printed(uow: UnitOfWork, letter_id: UUID, lines: Sequence[ReceiptLine]) -> None:
    """Somebody has put these in envelopes. Marked already is nothing."""
    for line in lines:
        await uow.rows(_PRINTED, tenant=uow.context.tenant, receipt=line.id, name=uow.context.user_name)
    await record_change(
        uow, "service_letter.printed", "service_letter", letter_id, persons=[line.person_id for line in lines]
    )


# One's own -------------------------------------------------------------------------------------------------------------
async def own_letters(uow: UnitOfWork) -> Sequence[OwnLetter]:
    """The signed-in person's own letters, the newest first. Nobody's for a user who is no person here."""
    person_id = await person_of_user(uow)
    if person_id is None:
        return []
    rows = await uow.rows(_OWN, tenant=uow.context.tenant, person=person_id)
    return [OwnLetter(**{name: row[name] for name in OwnLetter.__dataclass_fields__}) for row in rows]


async def open_own(uow: UnitOfWork, receipt_id: UUID) -> OwnLetter:
    """One of one's own letters; the first time, that it was opened is kept. Raises NotFound."""
    found = next((one for one in await own_letters(uow) if one.id == receipt_id), None)
    if found is None:
        raise NotFound
    if found.opened_at is None:
        row = await _held(uow, receipt_id)
        row.opened_at = row.opened_at or now()
        await uow.session.flush()
    return found


async def confirm_own(uow: UnitOfWork, receipt_id: UUID) -> None:
    """Say that one has read it. Said already is nothing. Raises NotFound."""
    if all(one.id != receipt_id for one in await own_letters(uow)):
        raise NotFound
    row = await _held(uow, receipt_id)
    if row.confirmed_at is None:
        row.opened_at, row.confirmed_at = row.opened_at or now(), now()
        await uow.session.flush()
        await record_change(
            uow, "service_letter.confirmed", "service_letter", row.service_letter_id, persons=[row.person_id]
        )


async def _held(uow: UnitOfWork, receipt_id: UUID) -> ServiceLetterReceipt:
    row: ServiceLetterReceipt | None = await uow.session.get(
        ServiceLetterReceipt, (uow.context.tenant, receipt_id), with_for_update=True, populate_existing=True
    )
    if row is None:
        raise NotFound
    return row
