"""Reads of concerns: one with its steps, the list, one's own as a teller, and a contact's suspension."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import and_, any_, bindparam, func, or_, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.types import Text

from sammen.audit.trail import record_read
from sammen.db.raw import compile_query
from sammen.db.unit_of_work import UnitOfWork
from sammen.errors import NotFound
from sammen.i18n_mark import N_
from sammen.web.paging import PAGE_SIZE, page_number
from tenants.assignments.api import assignment
from tenants.cases.api import case_file, purchasers_seen, visible
from tenants.concerns.access import concern, readable, reader_of
from tenants.concerns.models import ConcernStep, Suspension
from tenants.concerns.words import STATES
from tenants.contacts.api import support_contact
from tenants.people.api import person

step = ConcernStep.__table__
suspension = Suspension.__table__
user_person = person.alias("user_person")
contact_person = person.alias("contact_person")
SHOWN_STATES: Mapping[str, Sequence[str]] = {
    "open": ("new", "taken"),
    **{state: (state,) for state in STATES},
    "all": tuple(STATES),
}


@dataclass(frozen=True, slots=True)
class ConcernCard:
    """A concern with the names of whom it is about: for those who may read it (access.readable)."""

    id: UUID
    case_id: UUID | None
    case_no: str | None
    person_id: UUID | None
    name: str | None
    assignment_id: UUID | None
    contact_id: UUID | None
    contact_person_id: UUID | None
    contact_name: str | None
    about: str
    happened: str
    danger: bool
    told_as: str
    told_by: UUID
    told_by_name: str
    state: str
    taken_by_name: str
    taken_at: datetime | None
    closed_on: date | None
    outcome: str
    outcome_words: str
    created_at: datetime
    version: int

    @property
    def persons(self) -> list[UUID]:
        """Whom it names, for the access log."""
        return [one for one in (self.person_id, self.contact_person_id) if one is not None]


@dataclass(frozen=True, slots=True)
class StepCard:
    kind: str
    on_day: date
    words: str
    by_name: str


@dataclass(frozen=True, slots=True)
class OwnConcern:
    """What whoever told sees of it: that it is received, and who follows up."""

    id: UUID
    happened: str
    danger: bool
    state: str
    taken_by_name: str
    closed_on: date | None
    created_at: datetime


@dataclass(frozen=True, slots=True)
class SuspensionCard:
    id: UUID
    contact_id: UUID
    concern_id: UUID | None
    since: date
    reason: str
    suspended_by_name: str
    ended_on: date | None
    outcome: str
    outcome_words: str


@dataclass(frozen=True, slots=True)
class LeavingContact:
    """`assignments`: how many of theirs have not ended, of those the reader may see. `since`: the day it was settled."""

    contact_id: UUID
    person_id: UUID
    since: date
    name: str
    assignments: int


@dataclass(frozen=True, slots=True)
class ConcernFilter:
    """What the reader asked to see. Unknown values fall back to what is open."""

    state: str = "open"
    page: int = 1

    @classmethod
    def of(cls, query: Mapping[str, str]) -> ConcernFilter:
        """From an address's query: status, side."""
        return cls(query["status"] if query.get("status") in SHOWN_STATES else "open", page_number(query))


@dataclass(frozen=True, slots=True)
class ConcernList:
    """A page of concerns, those in danger and the newest first, and how many there are in all."""

    rows: Sequence[ConcernCard]
    total: int


def _joined(*columns: Any) -> Any:
    def same(table: Any, column: Any) -> Any:
        return and_(table.c.tenant_id == concern.c.tenant_id, table.c.id == column)

    return select(*columns).select_from(
        concern.outerjoin(case_file, same(case_file, concern.c.case_id))
        .outerjoin(user_person, same(user_person, case_file.c.person_id))
        .outerjoin(support_contact, same(support_contact, concern.c.contact_id))
        .outerjoin(contact_person, same(contact_person, support_contact.c.person_id))
    )


_JOINED = {
    "case_no": case_file.c.case_no,
    "person_id": case_file.c.person_id,
    "name": (user_person.c.given_name + " " + user_person.c.family_name).label("name"),
    "contact_person_id": support_contact.c.person_id.label("contact_person_id"),
    "contact_name": (contact_person.c.given_name + " " + contact_person.c.family_name).label("contact_name"),
}
_COLUMNS = [
    _JOINED[name] if name in _JOINED else concern.c[name] for name in ConcernCard.__dataclass_fields__
]
_IN_STATES = readable() & (concern.c.state == any_(bindparam("states", type_=ARRAY(Text()))))
_CARD = compile_query(_joined(*_COLUMNS).where(readable(), concern.c.id == bindparam("concern")))
_LIST = compile_query(
    _joined(*_COLUMNS)
    .where(_IN_STATES)
    .order_by(
        (concern.c.danger & (concern.c.state == "new")).desc(), concern.c.created_at.desc(), concern.c.id
    )
    .limit(bindparam("most"))
    .offset(bindparam("skip"))
)
_COUNT = compile_query(select(func.count()).select_from(concern).where(_IN_STATES))
_STEPS = compile_query(
    select(step.c.kind, step.c.on_day, step.c.words, step.c.by_name)
    .where(step.c.tenant_id == bindparam("tenant"), step.c.concern_id == bindparam("concern"))
    .order_by(step.c.on_day, step.c.id)
)
_OWN = compile_query(
    select(*(concern.c[name] for name in OwnConcern.__dataclass_fields__))
    .where(concern.c.tenant_id == bindparam("tenant"), concern.c.told_by == bindparam("teller"))
    .order_by(concern.c.created_at.desc(), concern.c.id)
    .limit(20)
)
_OF_CONTACT = compile_query(
    _joined(*_COLUMNS)
    .where(readable(), concern.c.contact_id == bindparam("contact"))
    .order_by(concern.c.created_at.desc(), concern.c.id)
    .limit(20)
)
# The reason tells what the concern tells: who may not read the one reads nothing of the other.
_READ = or_(
    suspension.c.concern_id.is_(None),
    select(concern.c.id)
    .where(readable(), concern.c.id == suspension.c.concern_id)
    .correlate(suspension)
    .exists(),
)
_SUSPENSIONS = compile_query(
    select(*(suspension.c[name] for name in SuspensionCard.__dataclass_fields__))
    .where(
        suspension.c.tenant_id == bindparam("tenant"), suspension.c.contact_id == bindparam("contact"), _READ
    )
    .order_by(suspension.c.since.desc(), suspension.c.id.desc())
)


# Out of service and settled that they leave: their assignments are still to be ended, each with its reason.
_LEAVING = compile_query(
    select(
        suspension.c.contact_id, support_contact.c.person_id, func.max(suspension.c.ended_on).label("since"),
        (person.c.given_name + " " + person.c.family_name).label("name"),
        select(func.count())
        .select_from(
            assignment.join(
                case_file,
                and_(case_file.c.tenant_id == assignment.c.tenant_id, case_file.c.id == assignment.c.case_id),
            )
        )
        .where(visible(), assignment.c.contact_id == suspension.c.contact_id, assignment.c.state != "ended")
        .correlate(suspension)
        .scalar_subquery()
        .label("assignments"),
    )
    .select_from(
        suspension.join(
            support_contact,
            and_(
                support_contact.c.tenant_id == suspension.c.tenant_id,
                support_contact.c.id == suspension.c.contact_id,
            ),
        ).join(
            person,
            and_(
                person.c.tenant_id == support_contact.c.tenant_id, person.c.id == support_contact.c.person_id
            ),
        )
    )
    .where(
        suspension.c.tenant_id == bindparam("tenant"), support_contact.c.state == "suspended",
        person.c.user_id.is_distinct_from(bindparam("reader")),
    )
    .group_by(suspension.c.contact_id, support_contact.c.person_id, person.c.given_name, person.c.family_name)
    .having(func.bool_and(suspension.c.ended_on.is_not(None)) & func.bool_or(suspension.c.outcome == "left"))
    .order_by(func.max(suspension.c.ended_on), suspension.c.contact_id)
    .limit(50)
)  # fmt: skip


async def leaving_contacts(uow: UnitOfWork) -> list[LeavingContact]:
    """Contacts out of service who are to leave and have not, the first settled first; never the reader themselves."""
    context = uow.context
    rows = await uow.rows(
        _LEAVING, tenant=context.tenant, purchasers=purchasers_seen(context), reader=context.user_id
    )
    return [LeavingContact(**dict(row)) for row in rows]


async def concern_card(uow: UnitOfWork, concern_id: UUID) -> ConcernCard:
    """One concern. Raises NotFound when it is not the reader's. The caller writes the access log, knowing why."""
    row = await uow.row(_CARD, **reader_of(uow), concern=concern_id)
    if row is None:
        raise NotFound
    return ConcernCard(**dict(row))


async def steps_of(uow: UnitOfWork, concern_id: UUID) -> list[StepCard]:
    """What has been done, the earliest first. The caller has read the concern."""
    rows = await uow.rows(_STEPS, tenant=uow.context.tenant, concern=concern_id)
    return [StepCard(**dict(row)) for row in rows]


async def find_concerns(uow: UnitOfWork, wanted: ConcernFilter) -> ConcernList:
    """A page of what the reader may read. The caller writes the access log."""
    values = {**reader_of(uow), "states": list(SHOWN_STATES[wanted.state])}
    total: int = await uow.value(_COUNT, **values)
    rows = await uow.rows(_LIST, **values, most=PAGE_SIZE, skip=(wanted.page - 1) * PAGE_SIZE)
    return ConcernList([ConcernCard(**dict(row)) for row in rows], total)


async def list_concerns(uow: UnitOfWork, wanted: ConcernFilter) -> ConcernList:
    """As `find_concerns`, with the access log's row."""
    found = await find_concerns(uow, wanted)
    persons = sorted({one for row in found.rows for one in row.persons})
    await record_read(uow, "concern.list", persons, why=N_("Bekymringer"))
    return found


async def concerns_about(uow: UnitOfWork, contact_id: UUID) -> list[ConcernCard]:
    """Concerns about a contact that the reader may read, newest first."""
    rows = await uow.rows(_OF_CONTACT, **reader_of(uow), contact=contact_id)
    return [ConcernCard(**dict(row)) for row in rows]


async def own_concerns(uow: UnitOfWork) -> list[OwnConcern]:
    """What the signed-in person has told, newest first."""
    rows = await uow.rows(_OWN, tenant=uow.context.tenant, teller=uow.context.user)
    return [OwnConcern(**dict(row)) for row in rows]


async def own_concern(uow: UnitOfWork, concern_id: UUID) -> OwnConcern:
    """One of one's own. Raises NotFound for another's."""
    for one in await own_concerns(uow):
        if one.id == concern_id:
            return one
    raise NotFound


async def suspensions_of(uow: UnitOfWork, contact_id: UUID) -> list[SuspensionCard]:
    """A contact's suspensions, newest first, but for those over a concern that is not the reader's to read.

    The caller holds concern:read, and is not the contact.
    """
    rows = await uow.rows(_SUSPENSIONS, **reader_of(uow), contact=contact_id)
    return [SuspensionCard(**dict(row)) for row in rows]
