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

from sqlalchemy import and_, any_, bindparam, func, or_, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.dialects.postgresql import UUID as PG_UUID
from sqlalchemy.sql import ColumnElement
from sqlalchemy.types import Boolean, Text

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
from tenants.provision.api import provision_rules
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


_PEOPLE = compile_query(
    select(
        support_contact.c.id.label("contact_id"), support_contact.c.person_id, person.c.given_name,
        person.c.family_name, support_contact.c.follow_up_owner, support_contact.c.follow_up_name,
        support_contact.c.since, support_contact.c.created_at,
    )
    .select_from(support_contact.join(person, _same(person, person.c.id, support_contact.c.person_id)))
    .where(
        support_contact.c.tenant_id == bindparam("tenant"),
        support_contact.c.state == any_(bindparam("states", type_=ARRAY(Text()))),
        or_(bindparam("contact", type_=PG_UUID()).is_(None), support_contact.c.id == bindparam("contact")),
    )
)  # fmt: skip
_open = and_(conversation.c.held_on.is_(None), conversation.c.cancelled_on.is_(None))
_TALKS = compile_query(
    select(
        conversation.c.contact_id,
        func.max(conversation.c.held_on).filter(conversation.c.kind == "conversation").label("held_on"),
        func.min(conversation.c.planned_on)
        .filter(conversation.c.kind == "conversation", _open)
        .label("planned_on"),
        func.min(conversation.c.planned_on)
        .filter(conversation.c.kind == "guidance", _open)
        .label("guided_on"),
    )
    .where(conversation.c.tenant_id == bindparam("tenant"))
    .group_by(conversation.c.contact_id)
)
# Whether a case may be seen is asked once for each assignment, not once for each contact or line.
_seen = (
    select(assignment.c.id, assignment.c.contact_id, assignment.c.state, assignment.c.starts_on)
    .join_from(
        assignment,
        case_file,
        and_(case_file.c.tenant_id == assignment.c.tenant_id, case_file.c.id == assignment.c.case_id),
    )
    .where(assignment.c.tenant_id == bindparam("tenant"), visible())
    .cte("seen")
    .prefix_with("MATERIALIZED")
)
_begun = and_(_seen.c.state != "planned", _seen.c.starts_on <= bindparam("day"))
_WORK = compile_query(
    select(
        _seen.c.contact_id,
        func.min(_seen.c.starts_on).filter(_seen.c.state == "running", _begun).label("started"),
        func.min(_seen.c.starts_on).filter(_seen.c.state == "planned").label("next_start"),
        func.bool_or(_begun).label("begun"),
    ).group_by(_seen.c.contact_id)
)
_HOURS = compile_query(
    select(_seen.c.contact_id, func.max(timesheet_line.c.worked_on).label("day"))
    .select_from(_seen.join(timesheet_line, timesheet_line.c.assignment_id == _seen.c.id))
    .where(
        timesheet_line.c.tenant_id == bindparam("tenant"),
        timesheet_line.c.state != "saved",
        timesheet_line.c.worked_on >= bindparam("since"),
    )
    .group_by(_seen.c.contact_id)
)
# A thread about an assignment is for those who may see its case; one in general is for every coordinator.
_WROTE = compile_query(
    select(message_thread.c.contact_id, func.max(message.c.sent_at).label("at"))
    .join_from(
        message,
        message_thread,
        and_(message_thread.c.tenant_id == message.c.tenant_id, message_thread.c.id == message.c.thread_id),
    )
    .where(
        message.c.tenant_id == bindparam("tenant"),
        message.c.author == "contact",
        message_thread.c.assignment_id.is_(None),
    )
    .group_by(message_thread.c.contact_id)
)
NOTHING: dict[str, Any] = {"held_on": None, "planned_on": None, "guided_on": None}
LOOKED_BACK = timedelta(days=400)
"""How far back hours are looked for. Who has sent none for so long is silent by every municipality's limit."""
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


async def _people(
    uow: UnitOfWork, states: Sequence[str], contact_id: UUID | None = None
) -> Sequence[Mapping[str, Any]]:
    """Contacts in these states with their conversations: what is planned, and what was held last."""
    tenant = uow.context.tenant
    talks = {row["contact_id"]: row for row in await uow.rows(_TALKS, tenant=tenant)}
    people = await uow.rows(_PEOPLE, tenant=tenant, states=list(states), contact=contact_id)
    return [NOTHING | dict(row) | dict(talks.get(row["contact_id"], {})) for row in people]


async def _work(uow: UnitOfWork) -> dict[UUID, Any]:
    context = uow.context
    rows = await uow.rows(
        _WORK, tenant=context.tenant, purchasers=purchasers_seen(context), reader=context.user, day=today()
    )
    return {row["contact_id"]: row for row in rows}


async def conversations_due(uow: UnitOfWork, contact_id: UUID | None = None) -> Sequence[DueRow]:
    """Everybody who is followed up (or one), by the day their next conversation is due. Computed, never stored."""
    rules = await provision_rules(uow, today())
    rows = []
    for row in await _people(uow, AT_WORK, contact_id):
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
    limit = timedelta(days=(await provision_rules(uow, day)).silent_days)
    work = await _work(uow)
    hours = {
        row["contact_id"]: row["day"]
        for row in await uow.rows(
            _HOURS, tenant=context.tenant, purchasers=purchasers_seen(context), reader=context.user,
            since=day - LOOKED_BACK,
        )
    }  # fmt: skip
    wrote = {
        row["contact_id"]: row["at"].astimezone(OSLO).date()
        for row in await uow.rows(_WROTE, tenant=context.tenant)
    }
    found = []
    for row in await _people(uow, AT_WORK):
        contact_id = row["contact_id"]
        started = work[contact_id]["started"] if contact_id in work else None
        if started is None:
            continue
        last = silent_since([hours.get(contact_id), wrote.get(contact_id), row["held_on"]], started)
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
    if not (await provision_rules(uow, today())).guidance_before_start:
        return []
    work = await _work(uow)
    rows = [
        row
        for row in await _people(uow, ("vetting", "engaged"))
        if row["contact_id"] not in work or not work[row["contact_id"]]["begun"]
    ]
    had = await competences_of(uow, [row["contact_id"] for row in rows])
    found = [
        NewContact(
            row["contact_id"], row["person_id"], f"{row['given_name']} {row['family_name']}", row["follow_up_owner"],
            row["follow_up_name"], row["created_at"].astimezone(OSLO).date(),
            work[row["contact_id"]]["next_start"] if row["contact_id"] in work else None, row["guided_on"],
        )
        for row in rows
        if not any(code in had.get(row["contact_id"], {}) for code in GUIDED)
    ]  # fmt: skip
    return sorted(found, key=lambda one: (one.starts_on or date.max, one.registered_on, one.name))
