"""Who is told when a meeting is moved or called off, and when a place is offered, tried or over: the participant, who gets
letters for them, the meeting's leaders, and the participant's own contact when that one comes along.

A notice says that something waits in Sammen, never what. It goes from the municipality the participant lives in, also for
a meeting elsewhere: its copy is told of like any other.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import and_, bindparam, or_, select

from sammen.clock import now, today
from sammen.db.raw import compile_query
from sammen.db.unit_of_work import UnitOfWork
from tenants.assignments.api import assignment
from tenants.cases.api import case_file
from tenants.contacts.api import support_contact
from tenants.groups.api import ActivityGroup, activity_group, group_place, on_group_changed, on_place
from tenants.messages.api import notify_person
from tenants.people.api import letter_recipients, person
from tenants.sessions.hooks import on_session_changed
from tenants.sessions.queries import SessionCard, session_card

SOON = timedelta(days=14)
"""A move further ahead than this stands on the pages, and is not told of by itself."""
CODES = {"moved": "moved", "cancelled": "called_off"}
"""The notice of what happens to a meeting; all else that is new in a group is GROUP."""
GROUP = "group"


@dataclass(frozen=True, slots=True)
class Taking:
    """Somebody with a place, whoever may see who: for notices alone."""

    place_id: UUID
    person_id: UUID
    child_welfare: bool
    with_contact: bool


_of_place = (
    group_place.join(
        assignment,
        and_(assignment.c.tenant_id == group_place.c.tenant_id, assignment.c.id == group_place.c.assignment_id),
    )
    .join(case_file, and_(case_file.c.tenant_id == assignment.c.tenant_id, case_file.c.id == assignment.c.case_id))
    .join(person, and_(person.c.tenant_id == assignment.c.tenant_id, person.c.id == assignment.c.person_id))
)  # fmt: skip
_PLACE = select(
    group_place.c.id, assignment.c.person_id, case_file.c.purchaser, group_place.c.with_contact
).select_from(_of_place)
_TAKING = compile_query(
    _PLACE.where(
        group_place.c.tenant_id == bindparam("tenant"),
        group_place.c.group_id == bindparam("group"),
        group_place.c.state != "waiting",
        group_place.c.valid_from <= bindparam("day"),
        or_(group_place.c.valid_to.is_(None), group_place.c.valid_to >= bindparam("day")),
        or_(assignment.c.state != "ended", group_place.c.stays),
    )
)
_ONE = compile_query(
    _PLACE.where(group_place.c.tenant_id == bindparam("tenant"), group_place.c.id == bindparam("place"))
)
_own = assignment.alias("own")
_ALONG = compile_query(
    select(support_contact.c.person_id)
    .join_from(
        _own,
        support_contact,
        and_(support_contact.c.tenant_id == _own.c.tenant_id, support_contact.c.id == _own.c.contact_id),
    )
    .where(
        _own.c.tenant_id == bindparam("tenant"),
        _own.c.person_id == bindparam("person"),
        _own.c.form == "individual",
        _own.c.state == "running",
    )
)


def _taking(row: Any) -> Taking:
    return Taking(row["id"], row["person_id"], row["purchaser"] == "child_welfare", row["with_contact"])


async def taking_part(uow: UnitOfWork, group_id: UUID) -> Sequence[Taking]:
    """Everybody with a place in a group today, of this municipality: for notices, shown to nobody."""
    rows = await uow.rows(_TAKING, tenant=uow.context.tenant, group=group_id, day=today())
    return [_taking(row) for row in rows]


async def _tell(uow: UnitOfWork, persons: Iterable[UUID], once: str, code: str = GROUP) -> None:
    for person_id in dict.fromkeys(persons):
        await notify_person(uow, person_id, code, once=f"{once}:{person_id}")


async def _around(uow: UnitOfWork, one: Taking) -> list[UUID]:
    """The participant, who gets letters for them, and the contact who comes along."""
    letters = await letter_recipients(uow, one.person_id, child_welfare=one.child_welfare, on=today())
    found = [one.person_id, *(recipient.person_id for recipient in letters)]
    if one.with_contact:
        rows = await uow.rows(_ALONG, tenant=uow.context.tenant, person=one.person_id)
        found += [row["person_id"] for row in rows]
    return found


@on_session_changed
async def tell_of_session(uow: UnitOfWork, session_id: UUID, what: str) -> None:
    """Tell everybody concerned of a meeting that was moved, called off or added: at once, also an hour before."""
    if what not in ("moved", "cancelled", "planned"):
        return
    card = await session_card(uow, session_id)
    if not _worth_telling(card, what):
        return
    persons = [one.person_id for one in card.leaders if one.state != "cannot"]
    for one in await taking_part(uow, card.group_id):
        persons += await _around(uow, one)
    await _tell(uow, persons, f"session:{session_id}:{what}:{card.version}", CODES.get(what, GROUP))


def _worth_telling(card: SessionCard, what: str) -> bool:
    if card.ends_at <= now() or card.starts_at > now() + (4 * SOON if what == "cancelled" else SOON):
        return False
    # What the series gives is on the pages from the start; an extra meeting is news.
    return what != "planned" or card.series_day is None


@on_place
async def tell_of_place(uow: UnitOfWork, group_id: UUID, place_id: UUID, what: str) -> None:
    """Tell whoever got a place, a trial or an offer, or whose place has ended."""
    if what not in ("offered", "trial", "member", "ended"):
        return
    row = await uow.row(_ONE, tenant=uow.context.tenant, place=place_id)
    if row is not None:
        await _tell(uow, await _around(uow, _taking(row)), f"place:{place_id}:{what}:{today()}")


_LEADERS = compile_query(
    select(support_contact.c.person_id)
    .join_from(
        activity_group,
        support_contact,
        and_(
            support_contact.c.tenant_id == activity_group.c.tenant_id,
            or_(
                support_contact.c.id == activity_group.c.leader_id,
                support_contact.c.id == activity_group.c.second_leader_id,
            ),
        ),
    )
    .where(activity_group.c.tenant_id == bindparam("tenant"), activity_group.c.id == bindparam("group"))
)


@on_group_changed
async def tell_of_closing(uow: UnitOfWork, group_id: UUID) -> None:
    """Tell participants and leaders that a group has got its last day."""
    held = await uow.session.get(ActivityGroup, (uow.context.tenant, group_id))
    if held is None or held.closed_on is None or held.valid_to is None:
        return
    persons = [
        row["person_id"] for row in await uow.rows(_LEADERS, tenant=uow.context.tenant, group=group_id)
    ]
    for one in await taking_part(uow, group_id):
        persons += await _around(uow, one)
    await _tell(uow, persons, f"group:{group_id}:closed:{held.valid_to}")
