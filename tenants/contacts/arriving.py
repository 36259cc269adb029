"""Somebody who has written through the public form and confirmed it: an enquiry, with what they told (B1, C1).

Runs as a job in the municipality: nobody is signed in, and nobody here has seen it before.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import ColumnElement, bindparam, exists, func, or_, select

from sammen.audit.trail import record_change
from sammen.db.raw import compile_query
from sammen.db.unit_of_work import UnitOfWork
from tenants.contacts.leaving import come_back
from tenants.contacts.models import ContactInterview, ContactStep, SupportContact
from tenants.contacts.moving import contact_for_change, move
from tenants.contacts.pipeline import EnquiryFacts, alike, note_here
from tenants.contacts.service import ContactFacts, register_contact
from tenants.contacts.words import say_oneself
from tenants.people.api import PersonFacts, register_person

support_contact = SupportContact.__table__
step = ContactStep.__table__
interview = ContactInterview.__table__


def _stepped(*states: str) -> ColumnElement[bool]:
    return exists().where(
        step.c.tenant_id == support_contact.c.tenant_id,
        step.c.contact_id == support_contact.c.id,
        step.c.state.in_(states),
    )


_INTERVIEWED = exists().where(
    interview.c.tenant_id == support_contact.c.tenant_id,
    interview.c.contact_id == support_contact.c.id,
    interview.c.held_on.is_not(None),
)
_BY_SOURCE = compile_query(
    select(
        support_contact.c.came_from.label("source_id"),
        func.count().label("confirmed"),
        func.count().filter(or_(_INTERVIEWED, _stepped("vetting", "engaged"))).label("interviewed"),
        func.count().filter(support_contact.c.candidate_id.is_not(None)).label("pooled"),
        func.count()
        .filter(or_(_stepped("engaged"), support_contact.c.lent_since.is_not(None)))
        .label("engaged"),
    )
    .where(support_contact.c.tenant_id == bindparam("tenant"), support_contact.c.came_from.is_not(None))
    .group_by(support_contact.c.came_from)
    .order_by(support_contact.c.came_from)
)


@dataclass(frozen=True, slots=True)
class SourceCount:
    """How many contacts a campaign's source has brought here, and how many of them have come so far, ever. `engaged`: here,
    or by another municipality through the pool.
    """

    source_id: UUID
    confirmed: int
    interviewed: int
    pooled: int
    engaged: int


async def counts_by_source(uow: UnitOfWork) -> Sequence[SourceCount]:
    """The municipality's contacts by the source that brought them."""
    return [SourceCount(**dict(row)) for row in await uow.rows(_BY_SOURCE, tenant=uow.context.tenant)]


async def arrive(
    uow: UnitOfWork, person: PersonFacts, facts: ContactFacts, words: str, came_from: UUID | None
) -> tuple[UUID, bool]:
    """Keep what somebody wrote about themselves as an enquiry: (the contact's id, whether they are new here).

    Who is a contact already, by name and the e-mail address they have shown is theirs, stays one: what they wrote is
    kept as their own words for a coordinator to read, and changes nothing that is registered. Who had left is an enquiry
    again.
    """
    # Not by telephone: anybody may type a number, and their link would then tell of somebody else.
    known = await alike(
        uow, EnquiryFacts(person.given_name, person.family_name, phone="", email=person.email)
    )
    if known is None:
        person_id = await register_person(uow, person)
        contact_id = await register_contact(uow, person_id, facts, state="enquiry", came_from=came_from)
        if words:
            await note_here(uow, await contact_for_change(uow, contact_id), words)
        return contact_id, True
    contact = await contact_for_change(uow, known)
    if contact.state == "ended":
        await come_back(uow, known)
        await move(uow, contact, "enquiry")
        contact.answered_on, contact.came_from = None, came_from
        await uow.session.flush()
    if words:
        await say_oneself(uow, known, "wish", words)
    await record_change(uow, "contact.wrote_again", "contact", known, persons=[contact.person_id])
    return known, False
