"""The joint newsletter: written once in the region, sent by each municipality's own job to its own (C15, decision 0064).

The region never holds an address. A municipality that does not pass it on says so beforehand, and is told of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from sqlalchemy import select

from sammen.audit.trail import record_change
from sammen.clock import now, today
from sammen.db.unit_of_work import UnitOfWork
from sammen.errors import Conflict
from sammen.ids import random_id
from sammen.jobs.queue import enqueue_for
from sammen.tenancy.context import PlaceKind
from sammen.tenancy.models import Municipality, RegionMembership
from shared_pool.newsletters.codes import JOINT
from shared_pool.newsletters.content import Content
from shared_pool.newsletters.models import (
    Newsletter,
    NewsletterDelivery,
    NewsletterSetting,
)
from shared_pool.newsletters.sending import counts, freeze
from shared_pool.newsletters.writing import SENT, STALE, composed, newsletter, sendable

LEAST: Final = 5
"""Counts below it are not told to the region: so few may be known people."""


@dataclass(frozen=True, slots=True)
class DeliveryLine:
    """How it went in one municipality. A count is None when it is too small to be told."""

    name: str
    state: str
    sent: int | None
    failed: int | None


async def members(uow: UnitOfWork) -> list[tuple[UUID, str]]:
    """(id, name) of the region's municipalities today, by name."""
    rows = await uow.session.execute(
        select(Municipality.id, Municipality.name)
        .join(RegionMembership, RegionMembership.municipality_id == Municipality.id)
        .where(
            RegionMembership.region_id == uow.context.region, RegionMembership.valid_from <= today(),
            RegionMembership.valid_to.is_(None) | (RegionMembership.valid_to >= today()),
        )
        .order_by(Municipality.name)
    )  # fmt: skip
    return [(row.id, row.name) for row in rows]


async def send_joint(uow: UnitOfWork, newsletter_id: UUID, version: int, address: str) -> int:
    """Send the region's newsletter: a row for each municipality, and a job there. How many municipalities.

    Raises NotFound, Conflict (sent, or changed since the page was shown), Invalid when something is missing.
    """
    row = await newsletter(uow, newsletter_id, hold=True)
    if row.state != "draft":
        raise Conflict(SENT)
    if row.version != version:
        raise Conflict(STALE)
    content = await composed(uow, row, address)
    sendable(row, content)
    row.content, row.state = content.to_json(), "sent"
    row.sent_at, row.sent_by_name = now(), uow.context.user_name
    row.version += 1
    await uow.session.flush()
    there = set(
        await uow.session.scalars(
            select(NewsletterDelivery.home_id).where(
                NewsletterDelivery.region_id == uow.context.region, NewsletterDelivery.newsletter_id == row.id
            )
        )
    )
    homes = [home_id for home_id, _ in await members(uow) if home_id not in there]
    for home_id in homes:
        delivery = NewsletterDelivery(
            region_id=uow.context.region, id=random_id(), newsletter_id=row.id, home_id=home_id,
            segments=list(row.segments), content=content.to_json(),
        )  # fmt: skip
        uow.session.add(delivery)
        await uow.session.flush()
        await enqueue_for(
            uow, PlaceKind.MUNICIPALITY, home_id, JOINT, {"delivery": delivery.id},
            once=f"{JOINT}:{delivery.id}",
        )  # fmt: skip
    await record_change(uow, "newsletter.joint_sent", "newsletter", row.id, municipalities=len(homes))
    return len(homes)


async def deliveries(uow: UnitOfWork, newsletter_id: UUID) -> Sequence[DeliveryLine]:
    """How the joint newsletter went, by municipality, as the region is told."""
    names = dict(await members(uow))
    rows = await uow.session.scalars(
        select(NewsletterDelivery).where(
            NewsletterDelivery.region_id == uow.context.region,
            NewsletterDelivery.newsletter_id == newsletter_id,
        )
    )
    found = [
        DeliveryLine(names.get(one.home_id, ""), one.state, told(one.sent), told(one.failed)) for one in rows
    ]
    return sorted(found, key=lambda line: line.name)


def told(count: int) -> int | None:
    """A count as the region may see it: none of something is told, a few are not."""
    return count if count == 0 or count >= LEAST else None


# In the municipality ---------------------------------------------------------------------------------------------------
async def take_delivery(uow: UnitOfWork, delivery_id: UUID) -> None:
    """In a municipality's job: make the joint newsletter one of ours and begin to send it; once, and not when it is held."""
    row = await uow.session.scalar(
        select(NewsletterDelivery).where(NewsletterDelivery.id == delivery_id).with_for_update()
    )
    if row is None or row.home_id != uow.context.tenant or row.state != "queued":
        return
    if not (await setting(uow)).joint:
        row.state = "held"
        await uow.session.flush()
        await record_change(uow, "newsletter.joint_held", "newsletter", delivery_id)
        return
    row.state = "sending"
    content = Content.of(row.content)
    copy = Newsletter(
        tenant_id=uow.context.tenant, id=random_id(), title=content.subject, month=today().replace(day=1),
        language=content.language, segments=list(row.segments), body={"blocks": []}, joint_id=delivery_id, version=1,
    )  # fmt: skip
    uow.session.add(copy)
    await uow.session.flush()
    await freeze(uow, copy, content)


async def report_back(uow: UnitOfWork, row: Newsletter) -> None:
    """In a municipality's job: tell the region how many, when the last has left."""
    if row.joint_id is None:
        return
    delivery = await uow.session.scalar(
        select(NewsletterDelivery).where(NewsletterDelivery.id == row.joint_id).with_for_update()
    )
    if delivery is None or delivery.home_id != uow.context.tenant:
        return
    found = await counts(uow, row.id)
    delivery.state = "done" if row.state == "sent" else "sending"
    delivery.sent, delivery.failed = found.get("sent", 0), found.get("failed", 0)
    delivery.left_out = found.get("left_out", 0)
    await uow.session.flush()


async def setting(uow: UnitOfWork) -> NewsletterSetting:
    """The municipality's own rules, as they are or as they are from the start. Not added until somebody changes them."""
    found: NewsletterSetting | None = await uow.session.scalar(
        select(NewsletterSetting).where(NewsletterSetting.tenant_id == uow.context.tenant)
    )
    return found or NewsletterSetting(
        tenant_id=uow.context.tenant, id=random_id(), joint=True, monthly=False, version=0
    )


async def keep_setting(uow: UnitOfWork, *, joint: bool, monthly: bool, version: int) -> None:
    """Keep the rules. Raises Conflict when somebody else has changed them meanwhile."""
    row = await setting(uow)
    if row.version != version:
        raise Conflict(STALE)
    row.joint, row.monthly, row.version = joint, monthly, row.version + 1
    uow.session.add(row)
    await uow.session.flush()
    await record_change(
        uow, "newsletter.rules_changed", "newsletter_setting", row.id, joint=joint, monthly=monthly
    )
