"""Reads of letters: the print queue, a case's letters, one letter with its file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, bindparam, func, select
from sqlalchemy.sql import ColumnElement

from sammen.clock import today
from sammen.db.raw import Query, compile_query
from sammen.db.unit_of_work import UnitOfWork
from sammen.errors import NotFound
from sammen.web.paging import PAGE_SIZE, page_number
from tenants.cases.api import case_file, purchasers_seen, visible
from tenants.letters.models import Letter
from tenants.people.api import person

letter = Letter.__table__
STATES = ("ready", "sent", "cancelled")
LIMITED = frozenset({"interim"})
"""Kinds with a last day in law (fvl. § 11 a). Others leave as soon as they can, and a day later is not too late."""


@dataclass(frozen=True, slots=True)
class LetterCard:
    """A letter without its file and its address; it cannot be made without the case's own check.

    `name` is whom the case is about. An address never comes here: it stands in the file only, and there only when
    nobody's is protected.
    """

    id: UUID
    case_id: UUID
    case_no: str
    purchaser: str
    person_id: UUID
    name: str
    kind: str
    state: str
    channel: str
    dated: date
    send_by: date | None
    recipient_id: UUID
    recipient_name: str
    recipient_role: str
    guarded: bool
    language_form: str
    title: str
    about: UUID | None
    corrects_id: UUID | None
    made_by_name: str
    created_at: datetime
    sent_on: date | None
    sent_by_name: str
    cancel_reason: str
    version: int

    @property
    def days_left(self) -> int | None:
        """Days until it must have left, negative when that day has passed; None when it has left or is stopped."""
        return (self.send_by - today()).days if self.state == "ready" and self.send_by else None

    @property
    def late(self) -> bool:
        """Whether a letter the law sets a day for left after it, or has not left though it has passed."""
        limit = self.send_by if self.kind in LIMITED and self.state != "cancelled" else None
        return limit is not None and (self.sent_on or today()) > limit


@dataclass(frozen=True, slots=True)
class LetterList:
    rows: list[LetterCard]
    total: int
    due: int
    """How many of the ready ones must leave today or should have left."""


_COLUMNS = [
    *(letter.c[name] for name in LetterCard.__dataclass_fields__ if name not in ("case_no", "purchaser", "name")),
    case_file.c.case_no, case_file.c.purchaser,
    (person.c.given_name + " " + person.c.family_name).label("name"),
]  # fmt: skip


def _seen(*columns: Any) -> Select[Any]:
    """From letters of cases the reader may see, with whom they are about."""
    return (
        select(*columns)
        .join_from(letter, case_file,
                   (case_file.c.tenant_id == letter.c.tenant_id) & (case_file.c.id == letter.c.case_id))
        .join(person, (person.c.tenant_id == letter.c.tenant_id) & (person.c.id == letter.c.person_id))
        .where(visible(), letter.c.tenant_id == bindparam("tenant"))
    )  # fmt: skip


_ONE = compile_query(_seen(*_COLUMNS).where(letter.c.id == bindparam("letter")))
_OF_CASE = compile_query(
    _seen(*_COLUMNS)
    .where(letter.c.case_id == bindparam("case"))
    .order_by(letter.c.dated.desc(), letter.c.id.desc())
)
_ABOUT = compile_query(_seen(*_COLUMNS).where(letter.c.about == bindparam("about")).order_by(letter.c.id))
_FILE = compile_query(
    select(letter.c.pdf).where(letter.c.tenant_id == bindparam("tenant"), letter.c.id == bindparam("letter"))
)
_ORDER: dict[str, Sequence[ColumnElement[Any]]] = {
    "ready": (letter.c.send_by.asc().nulls_last(), letter.c.id.asc()),
    "sent": (letter.c.sent_on.desc(), letter.c.id.desc()),
    "cancelled": (letter.c.changed_at.desc(), letter.c.id.desc()),
}


def _list(state: str, *, mine: bool) -> tuple[Query, Query]:
    """Both queries of a list: a page of rows, and how many there are. Compiled once."""
    conditions = [letter.c.state == state]
    if mine:
        conditions.append(case_file.c.responsible_id == bindparam("reader"))
    rows = _seen(*_COLUMNS).where(*conditions).order_by(*_ORDER[state])
    count = _seen(
        func.count(),
        func.count().filter((letter.c.state == "ready") & (letter.c.send_by <= bindparam("day"))),
    ).where(*conditions)
    return (
        compile_query(rows.limit(bindparam("most")).offset(bindparam("skip"))),
        compile_query(count),
    )


_LISTS = {(state, mine): _list(state, mine=mine) for state in STATES for mine in (False, True)}


@dataclass(frozen=True, slots=True)
class LetterFilter:
    """What the page «Brev» was asked for; unknown values are the default."""

    state: str = "ready"
    mine: bool = False
    page: int = 1

    @classmethod
    def of(cls, query: Mapping[str, str]) -> LetterFilter:
        state = query.get("status", "")
        return cls(state if state in STATES else "ready", query.get("hvem") == "mine", page_number(query))


def _reader(uow: UnitOfWork) -> dict[str, Any]:
    context = uow.context
    return {"tenant": context.tenant, "purchasers": purchasers_seen(context), "reader": context.user}


async def list_letters(uow: UnitOfWork, wanted: LetterFilter) -> LetterList:
    """A page of letters of cases the reader may see: ready ones by the day they must leave, sent ones newest first."""
    rows, count = _LISTS[wanted.state, wanted.mine]
    found = await uow.rows(rows, **_reader(uow), most=PAGE_SIZE, skip=(wanted.page - 1) * PAGE_SIZE)
    total = await uow.row(count, **_reader(uow), day=today())
    assert total is not None
    return LetterList([LetterCard(**dict(row)) for row in found], total[0], total[1])


async def letter_card(uow: UnitOfWork, letter_id: UUID) -> LetterCard:
    """One letter, if its case is one the reader may see. Raises NotFound otherwise."""
    row = await uow.row(_ONE, **_reader(uow), letter=letter_id)
    if row is None:
        raise NotFound
    return LetterCard(**dict(row))


async def letters_of(uow: UnitOfWork, case_id: UUID) -> Sequence[LetterCard]:
    """A case's letters, newest first: the letter log. Empty when the case is not the reader's to see."""
    return [LetterCard(**dict(row)) for row in await uow.rows(_OF_CASE, **_reader(uow), case=case_id)]


async def letters_about(uow: UnitOfWork, about: UUID) -> Sequence[LetterCard]:
    """The letters that tell of one decision, complaint or interim reply, as far as the reader may see them."""
    return [LetterCard(**dict(row)) for row in await uow.rows(_ABOUT, **_reader(uow), about=about)]


async def letter_file(uow: UnitOfWork, card: LetterCard) -> bytes:
    """The PDF of a letter the reader has been let in to."""
    found: bytes = await uow.value(_FILE, tenant=uow.context.tenant, letter=card.id)
    return found
