"""What waits for the coordinator among contacts: held-off interviews, and words nobody here has read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, func

from sammen.clock import OSLO, today
from sammen.db.raw import compile_query
from sammen.db.unit_of_work import UnitOfWork
from tenants.contacts.models import ContactInterview, ContactWord
from tenants.contacts.queries import MOST_TODAY, OURS, joined, support_contact
from tenants.people.api import person

interview = ContactInterview.__table__
word = ContactWord.__table__
_WHO = (support_contact.c.id, support_contact.c.person_id, person.c.given_name, person.c.family_name)
_INTERVIEWS = compile_query(
    joined(*_WHO, func.max(interview.c.planned_on).label("since"))
    .join(
        interview,
        (interview.c.tenant_id == support_contact.c.tenant_id) & (interview.c.contact_id == support_contact.c.id),
    )
    .where(OURS, support_contact.c.state == "interview")
    .where(interview.c.held_on.is_(None), interview.c.planned_on <= bindparam("day"))
    .group_by(*_WHO)
    .order_by(func.max(interview.c.planned_on), support_contact.c.id)
    .limit(MOST_TODAY)
)  # fmt: skip
_UNREAD = compile_query(
    joined(*_WHO, func.min(word.c.created_at).label("since"))
    .join(word, (word.c.tenant_id == support_contact.c.tenant_id) & (word.c.contact_id == support_contact.c.id))
    .where(OURS, support_contact.c.state != "ended", word.c.by_contact, word.c.seen_on.is_(None))
    .group_by(*_WHO)
    .order_by(func.min(word.c.created_at), support_contact.c.id)
    .limit(MOST_TODAY)
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Waiting:
    """A contact something waits for, since a day."""

    contact_id: UUID
    person_id: UUID
    name: str
    since: date


def _waiting(row: Any, since: date) -> Waiting:
    return Waiting(row["id"], row["person_id"], f"{row['given_name']} {row['family_name']}".strip(), since)


async def interviews_due(uow: UnitOfWork) -> Sequence[Waiting]:
    """Interviews that were to be today or before, and of which nothing is written; oldest first, at most fifty."""
    rows = await uow.rows(_INTERVIEWS, tenant=uow.context.tenant, day=today())
    return [_waiting(row, row["since"]) for row in rows]


async def unread_words(uow: UnitOfWork) -> Sequence[Waiting]:
    """Contacts who have written something nobody here has read; oldest first, at most fifty."""
    rows = await uow.rows(_UNREAD, tenant=uow.context.tenant)
    return [_waiting(row, row["since"].astimezone(OSLO).date()) for row in rows]
