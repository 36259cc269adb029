"""Reads of complaints. A complaint is seen by those who may see its case (cases.access)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Select, bindparam, func, select
from sqlalchemy.sql import ColumnElement

from sammen.clock import today
from sammen.db.raw import Query, compile_query
from sammen.db.unit_of_work import UnitOfWork
from sammen.errors import NotFound
from sammen.web.paging import PAGE_SIZE, page_number
from tenants.cases.api import case_file, legal_ground, purchasers_seen, visible
from tenants.complaints.models import Complaint
from tenants.complaints.rules import complaint_deadline, reached_by_post
from tenants.decisions.api import DecisionCard, decision
from tenants.letters.api import letter
from tenants.people.api import person

complaint = Complaint.__table__
VIEWS: dict[str, ColumnElement[bool]] = {
    "hos-oss": complaint.c.state.in_(("received", "proposed")) | complaint.c.decide_by.is_not(None),
    "statsforvalteren": (complaint.c.state == "appealed") & complaint.c.decide_by.is_(None),
    "avsluttet": (complaint.c.state == "closed") & complaint.c.decide_by.is_(None),
}
"""What waits here also holds what has led to a new decision that is not made yet."""
_BINDS = func.coalesce(complaint.c.due_on, complaint.c.decide_by)


@dataclass(frozen=True, slots=True)
class ComplaintCard:
    """A complaint with whom and which decision it is about; see models.Complaint for what each part means."""

    id: UUID
    case_id: UUID
    case_no: str
    purchaser: str
    case_state: str
    responsible_id: UUID | None
    responsible_name: str
    person_id: UUID
    name: str
    decision_id: UUID
    decided_on: date
    decision_kind: str
    decision_state: str
    decided_by: UUID | None
    decided_by_name: str
    state: str
    received_on: date
    posted_on: date | None
    channel: str
    complainant: str
    complainant_name: str
    wants: str
    reached_on: date | None
    reached_by_post: bool
    weeks: int
    deadline_on: date | None
    late: bool
    late_ground: str
    late_reason: str
    dismiss_ground: str
    deferral: str
    deferral_reason: str
    answer_by: date
    interim_by: date
    interim_on: date | None
    interim_reason: str
    expected_on: date | None
    due_on: date | None
    answer: str
    reasons: str
    prepared_on: date | None
    prepared_by: UUID | None
    prepared_by_name: str
    return_note: str
    concluded_on: date | None
    concluded_by_name: str
    appealed_on: date | None
    appeal_result: str
    appeal_decided_on: date | None
    appeal_note: str
    withdrawn_on: date | None
    withdrawn_note: str
    decide_by: date | None
    closed_on: date | None
    version: int

    @property
    def days_left(self) -> int | None:
        """Days to the day that binds next, negative when it has passed; None when nothing waits for the municipality."""
        binds = self.due_on or self.decide_by
        return (binds - today()).days if binds is not None else None

    @property
    def days_waited(self) -> int:
        """Days since it was sent to Statsforvalteren, or else received."""
        return (today() - (self.appealed_on or self.received_on)).days


@dataclass(frozen=True, slots=True)
class ComplaintFilter:
    """What the page «Klager» was asked for; unknown values are those that wait here."""

    view: str = "hos-oss"
    page: int = 1

    @classmethod
    def of(cls, query: Mapping[str, str]) -> ComplaintFilter:
        """From an address's query: vis, side."""
        view = query.get("vis", "")
        return cls(view if view in VIEWS else "hos-oss", page_number(query))


@dataclass(frozen=True, slots=True)
class ComplaintList:
    """A page of one view, and how many there are in each; `overdue` of those that wait here."""

    rows: Sequence[ComplaintCard]
    counts: Mapping[str, int]
    overdue: int


@dataclass(frozen=True, slots=True)
class Notice:
    """When word of a decision came to the party, and the deadline that followed.

    `reached_on` is None while its letter has not left. `by_post` says that the day is counted, not known.
    """

    sent_on: date | None
    reached_on: date | None
    by_post: bool
    weeks: int
    deadline_on: date | None


_OTHERWISE = {
    "case_no": case_file.c.case_no, "purchaser": case_file.c.purchaser, "case_state": case_file.c.state,
    "responsible_id": case_file.c.responsible_id, "responsible_name": case_file.c.responsible_name,
    "person_id": case_file.c.person_id,
    "name": person.c.given_name + " " + person.c.family_name, "decided_on": decision.c.decided_on,
    "decision_kind": decision.c.kind, "decision_state": decision.c.state, "decided_by": decision.c.decided_by,
    "decided_by_name": decision.c.decided_by_name,
}  # fmt: skip
_COLUMNS: list[ColumnElement[Any]] = [
    _OTHERWISE[name].label(name) if name in _OTHERWISE else complaint.c[name]
    for name in ComplaintCard.__dataclass_fields__
]


def _seen(*columns: Any) -> Select[Any]:
    """From complaints of cases the reader may see, with the person and the decision."""
    return (
        select(*columns)
        .join_from(complaint, case_file,
                   (case_file.c.tenant_id == complaint.c.tenant_id) & (case_file.c.id == complaint.c.case_id))
        .join(person, (person.c.tenant_id == case_file.c.tenant_id) & (person.c.id == case_file.c.person_id))
        .join(decision,
              (decision.c.tenant_id == complaint.c.tenant_id) & (decision.c.id == complaint.c.decision_id))
        .where(visible(), complaint.c.tenant_id == bindparam("tenant"))
    )  # fmt: skip


_ORDER: dict[str, tuple[ColumnElement[Any], ...]] = {
    "hos-oss": (_BINDS.asc().nulls_last(), complaint.c.id.asc()),
    "statsforvalteren": (complaint.c.appealed_on.asc(), complaint.c.id.asc()),
    "avsluttet": (complaint.c.closed_on.desc(), complaint.c.id.desc()),
}


def _list_query(view: str) -> Query:
    rows = _seen(*_COLUMNS).where(VIEWS[view]).order_by(*_ORDER[view])
    return compile_query(rows.limit(bindparam("most")).offset(bindparam("skip")))


_LISTS = {view: _list_query(view) for view in VIEWS}
_COUNTS = compile_query(
    _seen(
        *(func.count().filter(condition).label(view) for view, condition in VIEWS.items()),
        func.count().filter(bindparam("day") > _BINDS).label("overdue"),
    )
)  # fmt: skip
_ONE = compile_query(_seen(*_COLUMNS).where(complaint.c.id == bindparam("complaint")))
_OF_CASE = compile_query(
    _seen(*_COLUMNS)
    .where(complaint.c.case_id == bindparam("case"))
    .order_by(complaint.c.received_on.desc(), complaint.c.id.desc())
)
_WAITING = compile_query(_seen(*_COLUMNS).where(VIEWS["hos-oss"]).order_by(_BINDS, complaint.c.id).limit(50))
_SENT = compile_query(
    select(func.max(letter.c.sent_on).label("sent_on"), func.count().label("written")).where(
        letter.c.tenant_id == bindparam("tenant"), letter.c.about == bindparam("decision"),
        letter.c.kind == "decision", letter.c.state != "cancelled",
    )
)  # fmt: skip
_GROUND = compile_query(
    select(legal_ground.c.complaint_weeks).where(legal_ground.c.code == bindparam("code"))
)
FEWEST_WEEKS = 3
"""Fvl. § 29, for a decision whose ground is not known."""


def _reader(uow: UnitOfWork) -> dict[str, Any]:
    context = uow.context
    return {"tenant": context.tenant, "purchasers": purchasers_seen(context), "reader": context.user}


async def list_complaints(uow: UnitOfWork, wanted: ComplaintFilter) -> ComplaintList:
    """A page of complaints in cases the reader may see; what waits here by its deadline. The caller logs the reading."""
    rows = await uow.rows(
        _LISTS[wanted.view], **_reader(uow), most=PAGE_SIZE, skip=(wanted.page - 1) * PAGE_SIZE
    )
    counted = await uow.row(_COUNTS, **_reader(uow), day=today())
    assert counted is not None
    return ComplaintList(
        [ComplaintCard(**dict(row)) for row in rows],
        {view: counted[view] for view in VIEWS},
        counted["overdue"],
    )


async def complaint_card(uow: UnitOfWork, complaint_id: UUID) -> ComplaintCard:
    """One complaint, if its case is one the reader may see. Raises NotFound otherwise."""
    row = await uow.row(_ONE, **_reader(uow), complaint=complaint_id)
    if row is None:
        raise NotFound
    return ComplaintCard(**dict(row))


async def complaints_of(uow: UnitOfWork, case_id: UUID) -> Sequence[ComplaintCard]:
    """The case's complaints, newest first; none when the case is not the reader's to see."""
    return [ComplaintCard(**dict(row)) for row in await uow.rows(_OF_CASE, **_reader(uow), case=case_id)]


async def waiting_complaints(uow: UnitOfWork) -> Sequence[ComplaintCard]:
    """What waits for the municipality in cases the reader may see, the most pressing first; at most fifty."""
    return [ComplaintCard(**dict(row)) for row in await uow.rows(_WAITING, **_reader(uow))]


async def notice_of(uow: UnitOfWork, one: DecisionCard, reached_on: date | None = None) -> Notice:
    """When word of a decision came, and the deadline by its legal ground as that stands now (A9).

    From its letter's sending, and when several were sent the last; while one is written and none has left, the deadline
    has not begun. A decision without a letter in Sammen (one taken over) is counted from the day it was made.
    `reached_on` is the day somebody knows it came.
    """
    weeks: int = await uow.value(_GROUND, code=one.legal_ground) if one.legal_ground else FEWEST_WEEKS
    row = await uow.row(_SENT, tenant=uow.context.tenant, decision=one.id)
    assert row is not None
    sent_on = row["sent_on"] or (None if row["written"] else one.decided_on)
    came = reached_on or (reached_by_post(sent_on) if sent_on is not None else None)
    return Notice(
        row["sent_on"], came, reached_on is None and came is not None, weeks,
        complaint_deadline(came, weeks) if came is not None else None,
    )  # fmt: skip
