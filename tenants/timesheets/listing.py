"""Hours as a coordinator or payroll lists them: by contact, service user and month, a page at a time.

A coordinator sees those of the cases they may see. Payroll needs everybody's hours, and gets nobody's name but the
contact's.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import Date, and_, any_, bindparam, cast, func, or_, select
from sqlalchemy.sql import ColumnElement
from sqlalchemy.types import Boolean

from sammen.clock import today
from sammen.db.raw import Query, compile_query
from sammen.db.unit_of_work import UnitOfWork
from sammen.web.paging import page_number
from tenants.assignments.api import assignment, service_order
from tenants.cases.api import case_file, purchasers_seen, visible
from tenants.contacts.api import support_contact
from tenants.people.api import matches_word, person, query_words
from tenants.timesheets.models import TimesheetLine
from tenants.timesheets.queries import IDS, LineCard, Used, used_in_months
from tenants.timesheets.rules import Month

line = TimesheetLine.__table__
contact_person = person.alias("contact_person")
GROUPS_A_PAGE = 20
STATES = ("sent", "returned", "approved")
WORDS = ("activity", "correction_reason", "attested_note", "over_reason", "return_reason")
"""What somebody wrote of a meeting, which may name the service user: not for who sees no cases."""
ATTESTED = {"ja": True, "nei": False}


@dataclass(frozen=True, slots=True)
class HoursFilter:
    """What the reader asked to see. `month` None: of all months; `attested` None: both."""

    state: str = "sent"
    month: Month | None = None
    attested: bool | None = None
    contact_id: UUID | None = None
    text: str = ""
    page: int = 1

    @classmethod
    def of(cls, query: Mapping[str, str]) -> HoursFilter:
        """From an address's query: status, maned, bekreftet, kontakt, q, side. Unknown values fall back."""
        state = query["status"] if query.get("status") in STATES else "sent"
        month = Month.parse(query.get("maned", ""))
        if state == "approved" and month is None:
            # What waits is few; what is approved is years of it, and shown by the month.
            month = Month.of(today())
        try:
            contact_id = UUID(query.get("kontakt", ""))
        except ValueError:
            contact_id = None
        attested = ATTESTED.get(query.get("bekreftet", "")) if state == "sent" else None
        return cls(state, month, attested, contact_id, query.get("q", ""), page_number(query))


@dataclass(frozen=True, slots=True)
class Group:
    """A contact's hours for one service user in one month.

    `person_name` and `form` (the service, as orders call it) are empty for readers who see no cases. `corrected` has the
    lines that corrections among `lines` are to stand instead of, by id.
    """

    assignment_id: UUID
    contact_id: UUID
    contact_person_id: UUID
    contact_name: str
    person_id: UUID
    person_name: str
    month: Month
    lines: Sequence[LineCard]
    use: Used
    form: str = ""
    corrected: Mapping[UUID, LineCard] = field(default_factory=dict)

    @property
    def key(self) -> str:
        """A name for the group on its page."""
        return f"{self.assignment_id}-{self.month}"

    @property
    def hours(self) -> Decimal:
        return sum((one.hours for one in self.lines), Decimal(0))

    @property
    def unattested(self) -> int:
        """How many of the lines nobody has attested."""
        return sum(one.attested_at is None for one in self.lines)

    @property
    def late(self) -> bool:
        """Whether any of it came after the deadline."""
        return any(one.late for one in self.lines)


@dataclass(frozen=True, slots=True)
class GroupList:
    """A page of groups, by contact's name and month, and how many there are in all."""

    rows: Sequence[Group]
    total: int

    @property
    def last_page(self) -> int:
        return max(1, -(-self.total // GROUPS_A_PAGE))


_COLUMNS = [line.c[name] for name in LineCard.__dataclass_fields__]
_MONTH = cast(func.date_trunc("month", line.c.worked_on), Date).label("month")


def _same(table: Any, other: Any, column: Any) -> ColumnElement[bool]:
    return and_(table.c.tenant_id == other.c.tenant_id, table.c.id == column)


_HIDDEN = compile_query(
    select(func.count())
    .select_from(line.join(assignment, _same(assignment, line, line.c.assignment_id)))
    .where(
        line.c.tenant_id == bindparam("tenant"),
        line.c.id == any_(bindparam("lines", type_=IDS)),
        ~select(case_file.c.id).where(visible(), case_file.c.id == assignment.c.case_id).exists(),
    )
)
_CORRECTED = compile_query(
    select(*_COLUMNS).where(
        line.c.tenant_id == bindparam("tenant"), line.c.id == any_(bindparam("lines", type_=IDS))
    )
)


async def may_see_lines(uow: UnitOfWork, line_ids: Sequence[UUID]) -> bool:
    """Whether every one of these lines belongs to a case the reader may see (lines of others do not count)."""
    context = uow.context
    hidden: int = await uow.value(
        _HIDDEN,
        tenant=context.tenant,
        purchasers=purchasers_seen(context),
        reader=context.user_id,
        lines=list(line_ids),
    )
    return hidden == 0


@lru_cache(maxsize=64)
def _queries(words: int, attested: bool | None, contact: bool) -> tuple[Query, Query]:
    """(the groups of a page with their number, the lines of those groups) for a shape of filter."""
    # First which lines, then whose: the other way round the planner, before it knows the tables, reads years of lines.
    wanted = _chosen(attested)
    if contact:
        wanted &= line.c.contact_id == bindparam("contact")
    picked = (
        select(line.c.tenant_id, line.c.assignment_id, line.c.contact_id, _MONTH)
        .where(wanted)
        .distinct()
        .cte("picked")
        .prefix_with("MATERIALIZED")
    )
    found = or_(bindparam("everybody", type_=Boolean()), visible())
    for number in range(words):
        found &= matches_word(
            support_contact.c.tenant_id, support_contact.c.person_id, bindparam(f"word{number}")
        )
    keys = (
        select(
            picked.c.assignment_id, picked.c.contact_id, picked.c.month,
            support_contact.c.person_id.label("contact_person_id"),
            contact_person.c.family_name.label("contact_family"), contact_person.c.given_name.label("contact_given"),
            assignment.c.person_id, person.c.given_name, person.c.family_name, service_order.c.form,
            func.count().over().label("total"),
        )
        .select_from(
            picked.join(assignment, _same(assignment, picked, picked.c.assignment_id))
            .join(service_order, _same(service_order, assignment, assignment.c.order_id))
            .join(case_file, _same(case_file, assignment, assignment.c.case_id))
            .join(person, _same(person, assignment, assignment.c.person_id))
            .join(support_contact, _same(support_contact, picked, picked.c.contact_id))
            .join(contact_person, _same(contact_person, support_contact, support_contact.c.person_id))
        )
        .where(found)
        .order_by(
            contact_person.c.family_name, contact_person.c.given_name, picked.c.assignment_id, picked.c.month
        )
        .limit(bindparam("most"))
        .offset(bindparam("skip"))
    )  # fmt: skip
    # The groups are chosen, and the reader may see them: their lines need no joins.
    lines = (
        select(*_COLUMNS)
        .where(_chosen(attested), line.c.assignment_id == any_(bindparam("assignments", type_=IDS)))
        .order_by(line.c.worked_on, line.c.starts, line.c.id)
    )
    return compile_query(keys), compile_query(lines)


def _chosen(attested: bool | None) -> ColumnElement[bool]:
    """What a filter says of the line itself."""
    found = and_(
        line.c.tenant_id == bindparam("tenant"),
        line.c.state == bindparam("state"),
        line.c.worked_on.between(bindparam("first"), bindparam("last")),
    )
    if attested is not None:
        found &= line.c.attested_at.is_not(None) if attested else line.c.attested_at.is_(None)
    return found


async def find_groups(
    uow: UnitOfWork, wanted: HoursFilter, *, everybody: bool = False, most: int = GROUPS_A_PAGE
) -> GroupList:
    """A page of hours by contact, service user and month.

    Of the cases the reader may see; with `everybody` (payroll) of all, without the service users' names or what they
    did. The caller writes the access log.
    """
    words = query_words(wanted.text)
    if wanted.text and not words:
        return GroupList([], 0)
    context = uow.context
    lines: dict[str, Any] = {
        "tenant": context.tenant, "state": wanted.state,
        "first": wanted.month.first if wanted.month else date.min,
        "last": wanted.month.last if wanted.month else date.max,
    }  # fmt: skip
    values = {
        **lines, "purchasers": purchasers_seen(context), "reader": context.user_id, "everybody": everybody,
        **{f"word{number}": word for number, word in enumerate(words)},
    }  # fmt: skip
    if wanted.contact_id is not None:
        values["contact"] = wanted.contact_id
    listed, detailed = _queries(len(words), wanted.attested, wanted.contact_id is not None)
    keys = await uow.rows(listed, **values, most=most, skip=(wanted.page - 1) * most)
    if not keys:
        return GroupList([], 0)
    members: dict[tuple[UUID, Month], list[LineCard]] = {
        (row["assignment_id"], Month.of(row["month"])): [] for row in keys
    }
    for row in await uow.rows(detailed, **lines, assignments=[key[0] for key in members]):
        there = members.get((row["assignment_id"], Month.of(row["worked_on"])))
        if there is not None:
            there.append(_card(row, quiet=everybody))
    return GroupList(await _groups(uow, keys, members, everybody=everybody), keys[0]["total"])


async def waiting_groups(
    uow: UnitOfWork, *, state: str = "sent", month: Month | None = None, everybody: bool = False
) -> list[Group]:
    """The first two hundred groups in a state: for what waits today. As `find_groups`."""
    found = await find_groups(uow, HoursFilter(state=state, month=month), everybody=everybody, most=200)
    return list(found.rows)


async def _groups(
    uow: UnitOfWork, keys: Sequence[Any], members: Mapping[tuple[UUID, Month], Sequence[LineCard]], *, everybody: bool
) -> list[Group]:  # fmt: skip
    uses = await used_in_months(uow, list(members))
    wanted = [one.corrects_id for lines in members.values() for one in lines if one.corrects_id]
    corrected = {card.id: card for card in await lines_by_id(uow, wanted)}
    found = []
    for row in keys:
        key = (row["assignment_id"], Month.of(row["month"]))
        lines = members[key]
        found.append(
            Group(
                key[0], row["contact_id"], row["contact_person_id"], f"{row['contact_given']} {row['contact_family']}",
                row["person_id"], "" if everybody else f"{row['given_name']} {row['family_name']}", key[1], lines,
                uses[key], "" if everybody else row["form"],
                {one.corrects_id: corrected[one.corrects_id] for one in lines if one.corrects_id in corrected},
            )
        )  # fmt: skip
    return found


async def lines_by_id(uow: UnitOfWork, line_ids: Sequence[UUID]) -> list[LineCard]:
    """Lines by their ids. The caller has checked whose they are."""
    if not line_ids:
        return []
    rows = await uow.rows(_CORRECTED, tenant=uow.context.tenant, lines=list(line_ids))
    return [LineCard(**dict(row)) for row in rows]


def _card(row: Any, *, quiet: bool) -> LineCard:
    values = {name: row[name] for name in LineCard.__dataclass_fields__}
    if quiet:
        values |= dict.fromkeys(WORDS, "")
    return LineCard(**values)
