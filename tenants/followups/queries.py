"""Reads of follow-up. The rows are the municipality's own and hang on contacts: every coordinator sees them (B6).

Where a list asks whether a contact has an assignment, or when they last wrote hours, it counts only cases that the reader
may see, so that a shielded service user does not show by way of their contact.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import and_, bindparam, func, or_, select
from sqlalchemy.dialects.postgresql import UUID as PG_UUID
from sqlalchemy.sql import ColumnElement
from sqlalchemy.types import Boolean

from sammen.clock import OSLO, today
from sammen.db.raw import compile_query
from sammen.db.unit_of_work import UnitOfWork
from sammen.errors import NotFound
from tenants.assignments.api import assignment
from tenants.cases.api import case_file, purchasers_seen, visible
from tenants.contacts.api import competences_of, support_contact
from tenants.followups.models import Conversation, GuidanceWish
from tenants.followups.rules import SOON, conversation_due, silent_since
from tenants.messages.api import message, message_thread
from tenants.people.api import person
from tenants.provision.api import ProvisionRules, provision_rules
from tenants.timesheets.api import timesheet_line

conversation = Conversation.__table__
guidance_wish = GuidanceWish.__table__
AT_WORK = ("engaged", "suspended")
"""Contacts who are followed up: engaged, and those who wait to hear more. Who has a pause is left in peace."""
GUIDED = ("guidance", "intro_course")
"""Competences that stand for guidance before the first assignment (B4)."""


@dataclass(frozen=True, slots=True)
class ConversationCard:
    """One conversation, or one instance of guidance. `agreed` is what the contact reads as well."""

    id: UUID
    contact_id: UUID
    kind: str
    how: str
    planned_on: date | None
    planned_at: time | None
    place: str
    cancelled_on: date | None
    held_on: date | None
    held_by_name: str
    good: str
    hard: str
    guidance: str
    agreed: str
    version: int

    @property
    def open(self) -> bool:
        """Planned, and neither held nor called off."""
        return self.held_on is None and self.cancelled_on is None


@dataclass(frozen=True, slots=True)
class WishCard:
    """What a contact asked for guidance about, and the answer, "" while nobody has answered."""

    id: UUID
    contact_id: UUID
    person_id: UUID
    name: str
    owner: UUID | None
    words: str
    wished_at: datetime
    answer: str
    answered_at: datetime | None
    answered_by_name: str


@dataclass(frozen=True, slots=True)
class DueRow:
    """A contact with the day something is due. `last` is when it was last done, `planned_on` when it is agreed."""

    contact_id: UUID
    person_id: UUID
    name: str
    owner: UUID | None
    owner_name: str
    last: date | None
    due: date
    planned_on: date | None = None

    @property
    def days_left(self) -> int:
        return (self.due - today()).days

    @property
    def over(self) -> bool:
        return self.due < today()


def _same(table: Any, left: Any, right: Any) -> ColumnElement[bool]:
    return and_(table.c.tenant_id == support_contact.c.tenant_id, left == right)


_CONVERSATION = [conversation.c[name] for name in ConversationCard.__dataclass_fields__]
_OF_CONTACT = compile_query(
    select(*_CONVERSATION)
    .where(conversation.c.tenant_id == bindparam("tenant"), conversation.c.contact_id == bindparam("contact"))
    .order_by(
        func.coalesce(conversation.c.held_on, conversation.c.planned_on).desc(), conversation.c.id.desc()
    )
)
_ONE = compile_query(
    select(*_CONVERSATION).where(
        conversation.c.tenant_id == bindparam("tenant"),
        conversation.c.contact_id == bindparam("contact"),
        conversation.c.id == bindparam("conversation"),
    )
)


def _day_of(kind: str, column: str, pick: str) -> ColumnElement[date]:
    """The last day held, or the next day planned, of one kind for the contact of the row."""
    day = conversation.c[column]
    found = select(func.max(day) if pick == "max" else func.min(day)).where(
        _same(conversation, conversation.c.contact_id, support_contact.c.id),
        conversation.c.kind == kind,
        conversation.c.cancelled_on.is_(None),
    )
    if column == "planned_on":
        found = found.where(conversation.c.held_on.is_(None))
    return found.scalar_subquery()


_WHO = (
    support_contact.c.id.label("contact_id"), support_contact.c.person_id, person.c.given_name, person.c.family_name,
    support_contact.c.follow_up_owner, support_contact.c.follow_up_name, support_contact.c.since,
    support_contact.c.created_at,
)  # fmt: skip
_OF_PERSON = support_contact.join(person, _same(person, person.c.id, support_contact.c.person_id))
_AT_WORK = compile_query(
    select(
        *_WHO, _day_of("conversation", "held_on", "max").label("held_on"),
        _day_of("conversation", "planned_on", "min").label("planned_on"),
    )
    .select_from(_OF_PERSON)
    .where(support_contact.c.tenant_id == bindparam("tenant"), support_contact.c.state.in_(AT_WORK))
)  # fmt: skip


def _seen_assignment(*conditions: ColumnElement[bool]) -> ColumnElement[bool]:
    return (
        select(assignment.c.id)
        .join_from(
            assignment,
            case_file,
            and_(case_file.c.tenant_id == assignment.c.tenant_id, case_file.c.id == assignment.c.case_id),
        )
        .where(visible(), _same(assignment, assignment.c.contact_id, support_contact.c.id), *conditions)
        .exists()
    )


_RUNNING = and_(assignment.c.state == "running", assignment.c.starts_on <= bindparam("day"))
_FIRST_RUNNING = (
    select(func.min(assignment.c.starts_on))
    .join_from(
        assignment,
        case_file,
        and_(case_file.c.tenant_id == assignment.c.tenant_id, case_file.c.id == assignment.c.case_id),
    )
    .where(visible(), _same(assignment, assignment.c.contact_id, support_contact.c.id), _RUNNING)
    .scalar_subquery()
)
_LAST_HOURS = (
    select(func.max(timesheet_line.c.worked_on))
    .select_from(
        timesheet_line.join(
            assignment,
            and_(
                assignment.c.tenant_id == timesheet_line.c.tenant_id,
                assignment.c.id == timesheet_line.c.assignment_id,
            ),
        ).join(
            case_file,
            and_(case_file.c.tenant_id == assignment.c.tenant_id, case_file.c.id == assignment.c.case_id),
        )
    )
    .where(
        visible(),
        _same(timesheet_line, timesheet_line.c.contact_id, support_contact.c.id),
        timesheet_line.c.state != "saved",
    )
    .scalar_subquery()
)
# A thread about an assignment counts only for those who may see its case; one in general counts for all.
_LAST_WORD = (
    select(func.max(message.c.sent_at))
    .join_from(
        message,
        message_thread,
        and_(message_thread.c.tenant_id == message.c.tenant_id, message_thread.c.id == message.c.thread_id),
    )
    .where(
        _same(message_thread, message_thread.c.contact_id, support_contact.c.id),
        message.c.author == "contact",
        message_thread.c.assignment_id.is_(None),
    )
    .scalar_subquery()
)
_SILENT = compile_query(
    select(
        *_WHO, _FIRST_RUNNING.label("started"), _LAST_HOURS.label("hours_on"), _LAST_WORD.label("wrote_at"),
        _day_of("conversation", "held_on", "max").label("held_on"),
        _day_of("conversation", "planned_on", "min").label("planned_on"),
    )
    .select_from(_OF_PERSON)
    .where(
        support_contact.c.tenant_id == bindparam("tenant"),
        support_contact.c.state.in_(AT_WORK),
        _seen_assignment(_RUNNING),
    )
)  # fmt: skip
_WISHES = compile_query(
    select(
        guidance_wish.c.id, guidance_wish.c.contact_id, support_contact.c.person_id, person.c.given_name,
        person.c.family_name, support_contact.c.follow_up_owner, guidance_wish.c.words, guidance_wish.c.wished_at,
        guidance_wish.c.answer, guidance_wish.c.answered_at, guidance_wish.c.answered_by_name,
    )
    .select_from(
        guidance_wish.join(support_contact, _same(guidance_wish, guidance_wish.c.contact_id, support_contact.c.id)).join(
            person, _same(person, person.c.id, support_contact.c.person_id)
        )
    )
    .where(
        guidance_wish.c.tenant_id == bindparam("tenant"),
        or_(bindparam("contact", type_=PG_UUID()).is_(None), guidance_wish.c.contact_id == bindparam("contact")),
        or_(bindparam("answered", type_=Boolean()), guidance_wish.c.answered_at.is_(None)),
    )
    .order_by(guidance_wish.c.wished_at.desc(), guidance_wish.c.id)
)  # fmt: skip


async def conversations_of(uow: UnitOfWork, contact_id: UUID) -> Sequence[ConversationCard]:
    """A contact's conversations and guidance, newest first, with those that are planned."""
    rows = await uow.rows(_OF_CONTACT, tenant=uow.context.tenant, contact=contact_id)
    return [ConversationCard(**dict(row)) for row in rows]


async def conversation_card(uow: UnitOfWork, contact_id: UUID, conversation_id: UUID) -> ConversationCard:
    """One conversation of a contact. Raises NotFound."""
    row = await uow.row(_ONE, tenant=uow.context.tenant, contact=contact_id, conversation=conversation_id)
    if row is None:
        raise NotFound
    return ConversationCard(**dict(row))


async def conversations_due(uow: UnitOfWork) -> Sequence[DueRow]:
    """Everybody who is followed up, by the day their next conversation is due. Computed, never stored."""
    rules = await provision_rules(uow, today())
    rows = []
    for row in await uow.rows(_AT_WORK, tenant=uow.context.tenant):
        first_seen = row["created_at"].astimezone(OSLO).date()
        due = conversation_due(row["held_on"], row["since"], rules.conversation_months, first_seen=first_seen)
        rows.append(_due(row, row["held_on"], due))
    return sorted(rows, key=lambda one: (one.due, one.name))


def _due(row: Mapping[str, Any], last: date | None, due: date) -> DueRow:
    return DueRow(
        row["contact_id"], row["person_id"], f"{row['given_name']} {row['family_name']}", row["follow_up_owner"],
        row["follow_up_name"], last, due, row["planned_on"],
    )  # fmt: skip


def coming(rows: Sequence[DueRow]) -> Sequence[DueRow]:
    """Those of `conversations_due` that are over the day, or due within two weeks, and not planned."""
    return [row for row in rows if row.due <= today() + SOON and row.planned_on is None]


async def silent_contacts(uow: UnitOfWork) -> Sequence[DueRow]:
    """Contacts with a running assignment of whom nothing is heard for so long as the municipality has said.

    `last` is the last sign of life and `due` the day the limit was reached.
    """
    context, day = uow.context, today()
    rules: ProvisionRules = await provision_rules(uow, day)
    limit = timedelta(days=rules.silent_days)
    found = []
    for row in await uow.rows(
        _SILENT, tenant=context.tenant, purchasers=purchasers_seen(context), reader=context.user, day=day
    ):
        wrote = row["wrote_at"].astimezone(OSLO).date() if row["wrote_at"] else None
        last = silent_since([row["hours_on"], wrote, row["held_on"]], row["started"])
        if last + limit < day:
            found.append(_due(row, last, last + limit))
    return sorted(found, key=lambda one: (one.due, one.name))


async def wishes(
    uow: UnitOfWork, contact_id: UUID | None = None, *, answered: bool = False
) -> Sequence[WishCard]:
    """Wishes for guidance nobody has answered, of one contact or all; with `answered` those too. Newest first."""
    rows = await uow.rows(_WISHES, tenant=uow.context.tenant, contact=contact_id, answered=answered)
    return [
        WishCard(
            row["id"], row["contact_id"], row["person_id"], f"{row['given_name']} {row['family_name']}",
            row["follow_up_owner"], row["words"], row["wished_at"], row["answer"], row["answered_at"],
            row["answered_by_name"],
        )
        for row in rows
    ]  # fmt: skip


# Guidance before the first assignment (B4) ---------------------------------------------------------------------------
_BEGUN = and_(assignment.c.starts_on <= bindparam("day"), assignment.c.state != "planned")
_NEXT_START = (
    select(func.min(assignment.c.starts_on))
    .join_from(
        assignment,
        case_file,
        and_(case_file.c.tenant_id == assignment.c.tenant_id, case_file.c.id == assignment.c.case_id),
    )
    .where(
        visible(),
        _same(assignment, assignment.c.contact_id, support_contact.c.id),
        assignment.c.state == "planned",
    )
    .scalar_subquery()
)
_NEW = compile_query(
    select(
        *_WHO, _NEXT_START.label("starts_on"), _day_of("guidance", "planned_on", "min").label("planned_on")
    )
    .select_from(_OF_PERSON)
    .where(
        support_contact.c.tenant_id == bindparam("tenant"),
        support_contact.c.state.in_(("vetting", "engaged")),
        ~_seen_assignment(_BEGUN),
    )
)


@dataclass(frozen=True, slots=True)
class NewContact:
    """Somebody who has not had a first assignment, nor guidance. `starts_on`: the first day of one that is planned."""

    contact_id: UUID
    person_id: UUID
    name: str
    owner: UUID | None
    owner_name: str
    registered_on: date
    starts_on: date | None
    planned_on: date | None


async def lacking_guidance(uow: UnitOfWork) -> Sequence[NewContact]:
    """Who must have guidance before they begin, those with a first day first; nobody where the municipality asks for none."""
    context, day = uow.context, today()
    if not (await provision_rules(uow, day)).guidance_before_start:
        return []
    rows = await uow.rows(
        _NEW, tenant=context.tenant, purchasers=purchasers_seen(context), reader=context.user, day=day
    )
    had = await competences_of(uow, [row["contact_id"] for row in rows])
    found = [
        NewContact(
            row["contact_id"], row["person_id"], f"{row['given_name']} {row['family_name']}", row["follow_up_owner"],
            row["follow_up_name"], row["created_at"].astimezone(OSLO).date(), row["starts_on"], row["planned_on"],
        )
        for row in rows
        if not any(code in had.get(row["contact_id"], {}) for code in GUIDED)
    ]  # fmt: skip
    return sorted(found, key=lambda one: (one.starts_on or date.max, one.registered_on, one.name))
