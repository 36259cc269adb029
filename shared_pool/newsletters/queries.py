"""Reads of newsletters, subscribers and service letters.

The newsletters themselves are everybody's with newsletter:write. People behind them are counted and listed by who.seen:
who stands in a shielded case, or has a protected address, is neither, but for their own circle.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, func, or_, select

from sammen.db.raw import compile_query
from sammen.db.unit_of_work import UnitOfWork
from sammen.errors import NotFound
from shared_pool.newsletters.models import (
    Newsletter,
    NewsletterRecipient,
    NewsletterSubscriber,
    ServiceLetter,
    ServiceLetterReceipt,
)
from shared_pool.newsletters.sealing import open_email
from shared_pool.newsletters.who import reading, seen
from tenants.api import case_file, person, purchasers_seen, support_contact, visible

newsletter, recipient = Newsletter.__table__, NewsletterRecipient.__table__
subscriber = NewsletterSubscriber.__table__
letter, receipt = ServiceLetter.__table__, ServiceLetterReceipt.__table__
MOST_PEOPLE = 500
_BY_SEGMENT = compile_query(
    select(subscriber.c.segment, func.count().label("n"))
    .where(
        subscriber.c.tenant_id == bindparam("tenant"), subscriber.c.state == "active", seen(subscriber.c.person_id)
    )
    .group_by(subscriber.c.segment)
)  # fmt: skip
_ADDRESSES = compile_query(
    select(subscriber)
    .where(
        subscriber.c.tenant_id == bindparam("tenant"),
        subscriber.c.source == "register",
        seen(subscriber.c.person_id),
    )
    .order_by(subscriber.c.state, subscriber.c.name, subscriber.c.id)
)
_ADDRESS = compile_query(
    select(subscriber).where(
        subscriber.c.tenant_id == bindparam("tenant"),
        subscriber.c.id == bindparam("subscriber"),
        subscriber.c.source == "register",
        seen(subscriber.c.person_id),
    )
)
_PEOPLE = compile_query(
    select(
        subscriber.c.id, subscriber.c.segment, subscriber.c.person_id, subscriber.c.source, subscriber.c.said_on,
        subscriber.c.said_by, person.c.given_name, person.c.family_name, (person.c.email != "").label("reachable"),
    )
    .join_from(subscriber, person, (person.c.tenant_id == subscriber.c.tenant_id) & (person.c.id == subscriber.c.person_id))
    .where(
        subscriber.c.tenant_id == bindparam("tenant"), subscriber.c.state == "active", seen(subscriber.c.person_id),
        or_(
            (subscriber.c.segment == "contacts") & bindparam("contacts") & select(support_contact.c.id).where(
                support_contact.c.tenant_id == subscriber.c.tenant_id, support_contact.c.person_id == subscriber.c.person_id
            ).exists(),
            select(case_file.c.id).where(case_file.c.person_id == subscriber.c.person_id, visible()).exists(),
        ),
    )
    .order_by(person.c.family_name, person.c.given_name, subscriber.c.id)
    .limit(MOST_PEOPLE)
)  # fmt: skip
_OF_PERSON = compile_query(
    select(subscriber.c.segment).where(
        subscriber.c.tenant_id == bindparam("tenant"),
        subscriber.c.person_id == bindparam("person"),
        subscriber.c.state == "active",
    )
)
_RESULT = compile_query(
    select(recipient.c.state, recipient.c.reason, func.count().label("n"))
    .where(
        recipient.c.tenant_id == bindparam("tenant"), recipient.c.newsletter_id == bindparam("newsletter"),
        seen(recipient.c.person_id),
    )
    .group_by(recipient.c.state, recipient.c.reason)
)  # fmt: skip
_LATEST = compile_query(
    select(func.max(newsletter.c.month)).where(
        newsletter.c.tenant_id == bindparam("tenant"), newsletter.c.joint_id.is_(None)
    )
)
_FAILED = compile_query(
    select(newsletter.c.id, newsletter.c.title, newsletter.c.sent_at, func.count().label("n"))
    .join_from(recipient, newsletter, (newsletter.c.tenant_id == recipient.c.tenant_id)
               & (newsletter.c.id == recipient.c.newsletter_id))
    .where(
        recipient.c.tenant_id == bindparam("tenant"), recipient.c.state == "failed",
        newsletter.c.sent_at > func.now() - func.make_interval(0, 0, 0, 14), seen(recipient.c.person_id),
    )
    .group_by(newsletter.c.id, newsletter.c.title, newsletter.c.sent_at)
    .order_by(newsletter.c.sent_at)
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Address:
    """A home or unit in the register, with its address opened for those who keep it."""

    id: UUID
    segment: str
    name: str
    attention: str
    email: str
    language: str
    state: str
    version: int


@dataclass(frozen=True, slots=True)
class Subscribed:
    """A person who has said yes, as the reader may see them."""

    id: UUID
    segment: str
    person_id: UUID
    name: str
    source: str
    said_on: date
    said_by: str
    reachable: bool


@dataclass(frozen=True, slots=True)
class Result:
    """How a newsletter went: addresses it has left for, waits for, did not reach, and those it was not sent to."""

    sent: int = 0
    queued: int = 0
    failed: int = 0
    unreachable: int = 0
    ended: int = 0


async def by_segment(uow: UnitOfWork) -> Mapping[str, int]:
    """How many have said yes, by segment."""
    return {row["segment"]: row["n"] for row in await uow.rows(_BY_SEGMENT, **reading(uow))}


async def addresses(uow: UnitOfWork) -> Sequence[Address]:
    """The register of homes and units, those who have left it last."""
    return [_address(uow, row) for row in await uow.rows(_ADDRESSES, **reading(uow))]


async def address(uow: UnitOfWork, subscriber_id: UUID) -> Address:
    """One line of the register. Raises NotFound."""
    row = await uow.row(_ADDRESS, **reading(uow), subscriber=subscriber_id)
    if row is None:
        raise NotFound
    return _address(uow, row)


def _address(uow: UnitOfWork, row: Mapping[str, Any]) -> Address:
    kept = {name: row[name] for name in Address.__dataclass_fields__ if name != "email"}
    mark, sealed = row["mark"], row["email_sealed"]
    email = open_email(uow.keys, uow.context.tenant, mark, sealed) if mark and sealed else ""
    return Address(email=email, **kept)


async def people(uow: UnitOfWork, *, contacts: bool) -> Sequence[Subscribed]:
    """The people who have said yes and whom the reader may see: contacts if they read those, others by their cases."""
    rows = await uow.rows(_PEOPLE, **reading(uow), purchasers=purchasers_seen(uow.context), contacts=contacts)
    return [
        Subscribed(
            row["id"], row["segment"], row["person_id"], f"{row['given_name']} {row['family_name']}", row["source"],
            row["said_on"], row["said_by"], row["reachable"],
        )
        for row in rows
    ]  # fmt: skip


async def segments_of(uow: UnitOfWork, person_id: UUID) -> set[str]:
    """What a person has said yes to. The caller has checked that the person is the reader's to see."""
    rows = await uow.rows(_OF_PERSON, tenant=uow.context.tenant, person=person_id)
    return {row["segment"] for row in rows}


async def result(uow: UnitOfWork, newsletter_id: UUID) -> Result:
    """How a newsletter went, as counts."""
    found = {
        row["reason"] or row["state"]: row["n"]
        for row in await uow.rows(_RESULT, **reading(uow), newsletter=newsletter_id)
    }
    return Result(**{name: found.get(name, 0) for name in Result.__dataclass_fields__})


async def latest_month(uow: UnitOfWork) -> date | None:
    """The newest month there is a newsletter for, written here."""
    found: date | None = await uow.value(_LATEST, tenant=uow.context.tenant)
    return found


async def failed_lately(uow: UnitOfWork) -> Sequence[tuple[UUID, str, datetime, int]]:
    """(id, title, sent, addresses that refused it) of the newsletters of the last two weeks that did not reach all."""
    rows = await uow.rows(_FAILED, **reading(uow))
    return [(row["id"], row["title"], row["sent_at"], row["n"]) for row in rows]
