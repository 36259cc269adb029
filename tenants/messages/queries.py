"""Reads of messages. A thread about an assignment is for those who may see its case; the others are every coordinator's."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import and_, any_, bindparam, func, or_, select
from sqlalchemy.dialects.postgresql import ARRAY, distinct_on
from sqlalchemy.dialects.postgresql import UUID as PG_UUID
from sqlalchemy.sql import ColumnElement

from sammen.audit.trail import record_read
from sammen.db.raw import Query, compile_query
from sammen.db.unit_of_work import UnitOfWork
from sammen.i18n_mark import N_
from sammen.web.paging import PAGE_SIZE, page_number
from tenants.assignments.api import assignment
from tenants.cases.api import case_file, purchasers_seen, visible
from tenants.contacts.api import support_contact
from tenants.messages.models import Message, MessageThread
from tenants.people.api import matches_word, person, query_words

thread = MessageThread.__table__
message = Message.__table__
MOST_SHOWN = 100
"""Messages on a page of a conversation. Older ones are behind a link."""
MOST_TODAY = 50
STATES = {"venter": N_("Venter på svar"), "mine": N_("Jeg svarer")}


@dataclass(frozen=True, slots=True)
class MessageLine:
    """One message as a page shows it. `read`: the contact says they have read it (of ours)."""

    id: UUID
    thread_id: UUID
    assignment_id: UUID | None
    number: int
    author: str
    author_name: str
    text: str
    sent_at: datetime
    contact_read: int
    handled_no: int

    @property
    def ours(self) -> bool:
        return self.author != "contact"

    @property
    def new_to_contact(self) -> bool:
        """Ours, and the contact has not said that they have read it."""
        return self.ours and self.number > self.contact_read

    @property
    def waits(self) -> bool:
        """The contact's, and nobody has answered or settled it."""
        return not self.ours and self.number > self.handled_no


@dataclass(frozen=True, slots=True)
class Conversation:
    """Newest first, at most `MOST_SHOWN`; `older` when there are more. `shown`: thread → its last number here."""

    lines: Sequence[MessageLine]
    older: bool

    @property
    def shown(self) -> dict[UUID, int]:
        found: dict[UUID, int] = {}
        for line in self.lines:
            found[line.thread_id] = max(found.get(line.thread_id, 0), line.number)
        return found

    @property
    def waiting(self) -> MessageLine | None:
        """The newest message that waits for the municipality's answer."""
        return next((line for line in self.lines if line.waits), None)


@dataclass(frozen=True, slots=True)
class ConversationRow:
    """A contact in the list of conversations. `waiting_since` is None when nothing waits for the municipality."""

    contact_id: UUID
    person_id: UUID
    given_name: str
    family_name: str
    last_at: datetime | None
    waiting_since: datetime | None
    responder_id: UUID | None
    responder_name: str | None

    @property
    def name(self) -> str:
        return f"{self.given_name} {self.family_name}"


@dataclass(frozen=True, slots=True)
class MessageFilter:
    """What the reader asked to see. Unknown values fall back, so that any address shows a list."""

    text: str = ""
    state: str = ""
    page: int = 1

    @classmethod
    def of(cls, query: Mapping[str, str]) -> MessageFilter:
        """From an address's query: q, status, side."""
        state = query.get("status", "")
        return cls(query.get("q", ""), state if state in STATES else "", page_number(query))


_OF_CASE = and_(case_file.c.tenant_id == assignment.c.tenant_id, case_file.c.id == assignment.c.case_id)
_SEEN = or_(
    thread.c.assignment_id.is_(None),
    select(assignment.c.id)
    .select_from(assignment.join(case_file, _OF_CASE))
    .where(assignment.c.tenant_id == thread.c.tenant_id, assignment.c.id == thread.c.assignment_id, visible())
    .correlate(thread)
    .exists(),
)
_OURS = thread.c.tenant_id == bindparam("tenant")
_IN_THREAD = and_(message.c.tenant_id == thread.c.tenant_id, message.c.thread_id == thread.c.id)


def _lines(*more: ColumnElement[bool]) -> Query:
    of_thread = {"assignment_id", "contact_read", "handled_no"}
    columns = [
        thread.c[name] if name in of_thread else message.c[name] for name in MessageLine.__dataclass_fields__
    ]
    return compile_query(
        select(*columns)
        .select_from(thread.join(message, _IN_THREAD))
        .where(_OURS, thread.c.contact_id == bindparam("contact"), *more)
        .order_by(message.c.sent_at.desc(), message.c.id.desc())
        .limit(bindparam("most"))
        .offset(bindparam("skip"))
    )


_CONVERSATION = _lines(_SEEN)
_OWN_CONVERSATION = _lines()
_UNREAD = compile_query(
    select(func.count())
    .select_from(thread.join(message, _IN_THREAD))
    .where(
        _OURS,
        thread.c.contact_id == bindparam("contact"),
        message.c.author != "contact",
        message.c.number > thread.c.contact_read,
    )
)
_SUBJECT = compile_query(
    select(assignment.c.id).where(
        assignment.c.tenant_id == bindparam("tenant"),
        assignment.c.contact_id == bindparam("contact"),
        assignment.c.id == bindparam("assignment"),
    )
)
_SUBJECTS = compile_query(
    select(assignment.c.id, person.c.id.label("person_id"), person.c.given_name, assignment.c.ended_on)
    .select_from(
        assignment.join(case_file, _OF_CASE).join(
            person, and_(person.c.tenant_id == assignment.c.tenant_id, person.c.id == assignment.c.person_id)
        )
    )
    .where(
        assignment.c.tenant_id == bindparam("tenant"),
        assignment.c.contact_id == bindparam("contact"),
        visible(),
    )
    .order_by(assignment.c.ended_on.desc().nulls_first(), person.c.given_name, assignment.c.id)
)


@dataclass(frozen=True, slots=True)
class Subject:
    """An assignment a message may be about. Only the given name: messages are not where people are identified."""

    id: UUID
    person_id: UUID
    given_name: str
    ended: bool


def _reader(uow: UnitOfWork) -> dict[str, Any]:
    context = uow.context
    return {"tenant": context.tenant, "purchasers": purchasers_seen(context), "reader": context.user_id}


async def subject_of(uow: UnitOfWork, contact_id: UUID, assignment_id: UUID) -> bool:
    """Whether the assignment is the contact's, whoever asks: for the contact themself, and for the platform's own words."""
    found = await uow.value(_SUBJECT, tenant=uow.context.tenant, contact=contact_id, assignment=assignment_id)
    return found is not None


async def visible_subjects(uow: UnitOfWork, contact_id: UUID) -> dict[UUID, Subject]:
    """The contact's assignments whose cases the reader may see: running ones first."""
    rows = await uow.rows(_SUBJECTS, contact=contact_id, **_reader(uow))
    return {
        row["id"]: Subject(row["id"], row["person_id"], row["given_name"], row["ended_on"] is not None)
        for row in rows
    }


def _conversation(rows: Sequence[Any]) -> Conversation:
    lines = [MessageLine(**dict(row)) for row in rows]
    return Conversation(lines[:MOST_SHOWN], len(lines) > MOST_SHOWN)


async def conversation(uow: UnitOfWork, contact_id: UUID, page: int = 1) -> Conversation:
    """What the reader may see of the messages with a contact. The caller writes the access log."""
    rows = await uow.rows(
        _CONVERSATION, contact=contact_id, most=MOST_SHOWN + 1, skip=(page - 1) * MOST_SHOWN, **_reader(uow)
    )
    return _conversation(rows)


async def own_conversation(uow: UnitOfWork, contact_id: UUID, page: int = 1) -> Conversation:
    """All of a contact's own messages. Call it with `own_contact(uow)` only."""
    rows = await uow.rows(
        _OWN_CONVERSATION, tenant=uow.context.tenant, contact=contact_id, most=MOST_SHOWN + 1,
        skip=(page - 1) * MOST_SHOWN,
    )  # fmt: skip
    return _conversation(rows)


async def unread_by_contact(uow: UnitOfWork, contact_id: UUID) -> int:
    """How many messages the contact has not said that they have read."""
    return int(await uow.value(_UNREAD, tenant=uow.context.tenant, contact=contact_id))


# The list --------------------------------------------------------------------------------------------------------
@lru_cache(maxsize=32)
def _list_queries(words: int, state: str, one: bool = False) -> tuple[Query, Query]:
    since, mine = func.min(thread.c.waiting_since), thread.c.waiting_since.is_not(None)
    last = func.max(thread.c.last_at)
    grouped = (
        select(
            thread.c.contact_id,
            person.c.id.label("person_id"),
            person.c.given_name,
            person.c.family_name,
            last.label("last_at"),
            since.label("waiting_since"),
            # One contact's conversation is one person's to answer: whoever took any part of what waits.
            func.max(thread.c.responder_id.cast(MessageThread.responder_name.type)).filter(mine).label("responder_id"),
            func.max(func.nullif(thread.c.responder_name, "")).filter(mine).label("responder_name"),
        )
        .select_from(
            thread.join(
                support_contact,
                and_(support_contact.c.tenant_id == thread.c.tenant_id, support_contact.c.id == thread.c.contact_id),
            ).join(
                person,
                and_(person.c.tenant_id == support_contact.c.tenant_id, person.c.id == support_contact.c.person_id),
            )
        )
        .where(_OURS, thread.c.last_no > 0, _SEEN)
        .group_by(thread.c.contact_id, person.c.id, person.c.given_name, person.c.family_name)
    )  # fmt: skip
    for n in range(words):
        grouped = grouped.where(matches_word(person.c.tenant_id, person.c.id, bindparam(f"word{n}")))
    if one:
        grouped = grouped.where(thread.c.contact_id == bindparam("contact"))
    if state == "venter":
        grouped = grouped.having(since.is_not(None))
    if state == "mine":
        grouped = grouped.where(mine, thread.c.responder_id == bindparam("reader"))
    counted = select(func.count()).select_from(grouped.subquery())
    rows = grouped.order_by(since.nulls_last(), last.desc(), thread.c.contact_id)
    return compile_query(rows.limit(bindparam("most")).offset(bindparam("skip"))), compile_query(counted)


def _row(record: Any) -> ConversationRow:
    values = dict(record)
    taken = values.pop("responder_id")
    return ConversationRow(**values, responder_id=UUID(taken) if taken else None)


async def list_conversations(uow: UnitOfWork, wanted: MessageFilter) -> tuple[list[ConversationRow], int]:
    """A page of conversations the reader may see, those that wait first and the longest wait first, and how many in all."""
    words = query_words(wanted.text)
    if wanted.text and not words:
        return [], 0  # nothing to look for: find nobody rather than everybody
    listed, counted = _list_queries(len(words), wanted.state)
    values = _reader(uow) | {f"word{n}": word for n, word in enumerate(words)}
    total: int = await uow.value(counted, **values)
    rows = await uow.rows(listed, **values, most=PAGE_SIZE, skip=(wanted.page - 1) * PAGE_SIZE)
    found = [_row(row) for row in rows]
    await record_read(uow, "message.list", [row.person_id for row in found], why=N_("Liste over meldinger"))
    return found, total


async def waiting_conversations(uow: UnitOfWork) -> list[ConversationRow]:
    """What waits for an answer from the reader: what nobody has taken, and what they took. At most fifty, oldest first."""
    listed, _ = _list_queries(0, "venter")
    rows = [_row(row) for row in await uow.rows(listed, **_reader(uow), most=4 * MOST_TODAY, skip=0)]
    return [row for row in rows if row.responder_id in (None, uow.context.user_id)][:MOST_TODAY]


async def conversation_row(uow: UnitOfWork, contact_id: UUID) -> ConversationRow | None:
    """How the conversation with one contact stands, or None when nothing the reader may see has been written."""
    listed, _ = _list_queries(0, "", one=True)
    row = await uow.row(listed, **_reader(uow), contact=contact_id, most=1, skip=0)
    return _row(row) if row else None


_LATEST = compile_query(
    select(thread.c.contact_id, message.c.text, message.c.author)
    .ext(distinct_on(thread.c.contact_id))
    .select_from(thread.join(message, _IN_THREAD))
    .where(
        _OURS,
        thread.c.contact_id == any_(bindparam("contacts", type_=ARRAY(PG_UUID(as_uuid=True)))),
        message.c.number == thread.c.last_no,
        _SEEN,
    )
    .order_by(thread.c.contact_id, message.c.sent_at.desc(), message.c.id.desc())
)


async def latest_texts(uow: UnitOfWork, contact_ids: Sequence[UUID]) -> dict[UUID, tuple[str, str]]:
    """(author, text) of the newest message the reader may see with each contact."""
    rows = await uow.rows(_LATEST, contacts=list(contact_ids), **_reader(uow))
    return {row["contact_id"]: (row["author"], row["text"]) for row in rows}
