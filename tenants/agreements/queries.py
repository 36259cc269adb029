"""Reads of agreements: lists by what is wanted, what is known of how the work is done, and the files.

Agreements are the municipality's own; whoever may read contacts reads them. What tells of service users (how many, how
many hours) is counted over the cases the reader may see.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import Date, and_, any_, bindparam, case, exists, func, literal_column, or_, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.dialects.postgresql import UUID as PG_UUID
from sqlalchemy.sql import ColumnElement

from sammen.clock import today
from sammen.db.raw import Query, compile_query
from sammen.db.unit_of_work import UnitOfWork
from sammen.errors import NotFound
from tenants.agreements.models import AgreementFile
from tenants.agreements.rules import RUNS_OUT_WITHIN, written_by
from tenants.assignments.api import assignment
from tenants.cases.api import case_file, purchasers_seen, visible
from tenants.contacts.api import engagement, support_contact
from tenants.people.api import person
from tenants.timesheets.api import counts, timesheet_line

file = AgreementFile.__table__
IDS = ARRAY(PG_UUID(as_uuid=True))
WORKED_WEEKS = 13
"""Three months: the hours a contact has worked are looked at over these."""
MOST = 200
VIEWS = ("underskrift", "utloper", "mangler", "oppdragstaker")


@dataclass(frozen=True, slots=True)
class AgreementRow:
    """A contact on one of the lists, with the agreement it is about; None of it for those who have none."""

    contact_id: UUID
    person_id: UUID
    given_name: str
    family_name: str
    since: date | None
    id: UUID | None
    kind: str | None
    reasons: str | None
    signs: list[str] | None
    hours_per_week: Decimal | None
    valid_from: date | None
    valid_to: date | None
    signed_by_contact_on: date | None
    signed_by_municipality_on: date | None

    @property
    def name(self) -> str:
        return f"{self.given_name} {self.family_name}"

    @property
    def due(self) -> date:
        """The last day it may be signed on (aml. § 14-5)."""
        assert self.valid_from is not None
        return written_by(self.valid_from, self.valid_to)

    @property
    def days_left(self) -> int:
        """Until `due`; below zero when it is past."""
        return (self.due - today()).days

    @property
    def ends_in(self) -> int | None:
        """Days until the last day."""
        return (self.valid_to - today()).days if self.valid_to is not None else None


@dataclass(frozen=True, slots=True)
class AgreementCounts:
    """How many stand on each list."""

    unsigned: int
    late: int
    runs_out: int
    without: int
    contractors: int


@dataclass(frozen=True, slots=True)
class FileCard:
    """A file that was sent to signing. `terms` is the version of the agreement it shows."""

    id: UUID
    engagement_id: UUID
    contact_id: UUID
    terms: int
    dated: date
    title: str
    made_by_name: str


_OF_CONTACT = (person.c.given_name, person.c.family_name, support_contact.c.since)
_OF_AGREEMENT = tuple(
    engagement.c[name]
    for name in (
        "id", "kind", "reasons", "signs", "hours_per_week", "valid_from", "valid_to", "signed_by_contact_on",
        "signed_by_municipality_on",
    )
)  # fmt: skip
_OURS = support_contact.c.tenant_id == bindparam("tenant")
_NOT_PAST = or_(engagement.c.valid_to.is_(None), engagement.c.valid_to >= bindparam("day"))
_JOINED = support_contact.join(
    person,
    and_(person.c.tenant_id == support_contact.c.tenant_id, person.c.id == support_contact.c.person_id),
)
_WITH = _JOINED.join(
    engagement,
    and_(
        engagement.c.tenant_id == support_contact.c.tenant_id, engagement.c.contact_id == support_contact.c.id
    ),
)
_HERE = and_(_OURS, support_contact.c.state.not_in(("ended", "enquiry")))
_ANY_NOW = exists(
    select(engagement.c.id).where(
        engagement.c.tenant_id == support_contact.c.tenant_id,
        engagement.c.contact_id == support_contact.c.id,
        _NOT_PAST,
    )
)
_later = engagement.alias("later")
_FOLLOWED = exists(
    select(_later.c.id).where(
        _later.c.tenant_id == engagement.c.tenant_id,
        _later.c.contact_id == engagement.c.contact_id,
        _later.c.valid_from > engagement.c.valid_from,
    )
)
_UNSIGNED = and_(
    _HERE,
    _NOT_PAST,
    or_(engagement.c.signed_by_contact_on.is_(None), engagement.c.signed_by_municipality_on.is_(None)),
)
_RUNS_OUT = and_(
    _HERE,
    engagement.c.valid_to.between(bindparam("day"), bindparam("until")),
    engagement.c.end_reason == "",
    ~_FOLLOWED,
)
_CONTRACTOR = and_(
    _HERE, _NOT_PAST, engagement.c.valid_from <= bindparam("day"), engagement.c.kind == "contractor"
)
_WITHOUT = and_(_OURS, support_contact.c.state.in_(("engaged", "paused", "suspended")), ~_ANY_NOW)
_KEYS = (support_contact.c.id.label("contact_id"), support_contact.c.person_id)


def _listed(condition: ColumnElement[bool], *order: ColumnElement[Any]) -> tuple[Query, Query]:
    rows = select(*_KEYS, *_OF_CONTACT, *_OF_AGREEMENT).select_from(_WITH).where(condition)
    counted = select(func.count()).select_from(_WITH).where(condition)
    paged = rows.order_by(*order, support_contact.c.id).limit(bindparam("most")).offset(bindparam("skip"))
    return compile_query(paged), compile_query(counted)


_QUERIES = {
    "underskrift": _listed(_UNSIGNED, engagement.c.valid_from),
    "utloper": _listed(_RUNS_OUT, engagement.c.valid_to),
    "oppdragstaker": _listed(_CONTRACTOR, person.c.family_name, person.c.given_name),
}
_BARE = compile_query(
    select(*_KEYS, *_OF_CONTACT)
    .select_from(_JOINED)
    .where(_WITHOUT)
    .order_by(person.c.family_name, person.c.given_name, support_contact.c.id)
    .limit(bindparam("most"))
    .offset(bindparam("skip"))
)
_BARE_COUNT = compile_query(select(func.count()).select_from(_JOINED).where(_WITHOUT))
_MONTH_AFTER = engagement.c.valid_from + literal_column("interval '1 month'")
_AT_ONCE = engagement.c.valid_to + literal_column("1") <= _MONTH_AFTER
# As rules.written_by says.
_DUE = case((_AT_ONCE, engagement.c.valid_from), else_=engagement.c.valid_from + literal_column("7"))
_LATE = compile_query(
    select(func.count()).select_from(_WITH).where(_UNSIGNED, bindparam("day", type_=Date()) > _DUE)
)


def _shapes(view: str) -> dict[str, Any]:
    day = today()
    return {"day": day, "until": day + RUNS_OUT_WITHIN} if view == "utloper" else {"day": day}


async def list_agreements(
    uow: UnitOfWork, view: str, *, most: int = MOST, skip: int = 0
) -> Sequence[AgreementRow]:
    """One of the lists (a value of VIEWS), the most pressing first. The caller writes the access log."""
    values = {"tenant": uow.context.tenant, "most": most, "skip": skip}
    if view == "mangler":
        rows = await uow.rows(_BARE, **values, day=today())
        nothing = dict.fromkeys(column.name for column in _OF_AGREEMENT)
        return [AgreementRow(**{**nothing, **dict(row)}) for row in rows]
    rows = await uow.rows(_QUERIES[view][0], **values, **_shapes(view))
    return [AgreementRow(**dict(row)) for row in rows]


async def count_agreements(uow: UnitOfWork) -> AgreementCounts:
    """How many stand on each list today."""
    tenant = uow.context.tenant
    counts = {
        view: await uow.value(counted, tenant=tenant, **_shapes(view))
        for view, (_, counted) in _QUERIES.items()
    }
    late: int = await uow.value(_LATE, tenant=tenant, day=today())
    without: int = await uow.value(_BARE_COUNT, tenant=tenant, day=today())
    return AgreementCounts(counts["underskrift"], late, counts["utloper"], without, counts["oppdragstaker"])


# How the work is done ---------------------------------------------------------------------------------------------------
_seen = and_(case_file.c.tenant_id == assignment.c.tenant_id, case_file.c.id == assignment.c.case_id)
_chosen = assignment.c.contact_id == any_(bindparam("contacts", type_=IDS))
_USERS = compile_query(
    select(assignment.c.contact_id, func.count(assignment.c.person_id.distinct()).label("users"))
    .select_from(assignment.join(case_file, _seen))
    .where(assignment.c.tenant_id == bindparam("tenant"), visible(), _chosen, assignment.c.state != "ended")
    .group_by(assignment.c.contact_id)
)
# The few assignments first: whether a case may be seen is asked once for each, not once for each line.
_of_contacts = (
    select(assignment.c.id, assignment.c.contact_id)
    .select_from(assignment.join(case_file, _seen))
    .where(assignment.c.tenant_id == bindparam("tenant"), visible(), _chosen)
    .cte("of_contacts")
    .prefix_with("MATERIALIZED")
)
_WORKED = compile_query(
    select(_of_contacts.c.contact_id, func.sum(timesheet_line.c.hours).label("hours"))
    .select_from(_of_contacts.join(timesheet_line, timesheet_line.c.assignment_id == _of_contacts.c.id))
    .where(
        timesheet_line.c.tenant_id == bindparam("tenant"),
        timesheet_line.c.worked_on >= bindparam("since"),
        timesheet_line.c.state.in_(("sent", "approved")),
        counts(),
    )
    .group_by(_of_contacts.c.contact_id)
)


async def work_of(uow: UnitOfWork, contact_ids: Sequence[UUID]) -> Mapping[UUID, tuple[Decimal | None, int]]:
    """(hours a week over the last three months, service users now) by contact; None when no hours are sent."""
    if not contact_ids:
        return {}
    context = uow.context
    values: dict[str, Any] = {
        "tenant": context.tenant, "purchasers": purchasers_seen(context), "reader": context.user_id,
        "contacts": list(contact_ids),
    }  # fmt: skip
    users = {row["contact_id"]: row["users"] for row in await uow.rows(_USERS, **values)}
    since = today() - timedelta(weeks=WORKED_WEEKS)
    worked = {
        row["contact_id"]: (Decimal(row["hours"]) / WORKED_WEEKS).quantize(Decimal("0.1"), ROUND_HALF_UP)
        for row in await uow.rows(_WORKED, **values, since=since)
    }
    return {one: (worked.get(one), users.get(one, 0)) for one in contact_ids}


# Files ----------------------------------------------------------------------------------------------------------------
_FILES = select(*(file.c[name] for name in FileCard.__dataclass_fields__)).where(
    file.c.tenant_id == bindparam("tenant"), file.c.contact_id == bindparam("contact")
)
_FILES_OF = compile_query(_FILES.order_by(file.c.id.desc()))
_FILE = compile_query(
    select(file.c.pdf).where(
        file.c.tenant_id == bindparam("tenant"),
        file.c.contact_id == bindparam("contact"),
        file.c.id == bindparam("file"),
    )
)


async def files_of(uow: UnitOfWork, contact_id: UUID) -> Mapping[UUID, FileCard]:
    """The newest file of each of the contact's agreements, by agreement."""
    rows = await uow.rows(_FILES_OF, tenant=uow.context.tenant, contact=contact_id)
    newest: dict[UUID, FileCard] = {}
    for row in rows:
        newest.setdefault(row["engagement_id"], FileCard(**dict(row)))
    return newest


async def file_bytes(uow: UnitOfWork, contact_id: UUID, file_id: UUID) -> bytes:
    """A file of this contact's, byte for byte as it was sent. Raises NotFound."""
    found: bytes | None = await uow.value(_FILE, tenant=uow.context.tenant, contact=contact_id, file=file_id)
    if found is None:
        raise NotFound
    return found
