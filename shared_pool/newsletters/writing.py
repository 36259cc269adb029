"""Writing a newsletter, in a municipality or in the region: what it is called, its blocks and their order.

The two kinds of place write alike; what differs is the table and what sending means (sending.py, joint.py).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import select

from sammen.audit.trail import record_change
from sammen.clock import today
from sammen.db.unit_of_work import UnitOfWork
from sammen.errors import Conflict, Invalid, NotFound
from sammen.i18n_mark import N_
from sammen.ids import random_id
from shared_pool.newsletters.codes import KINDS
from shared_pool.newsletters.content import MOST_BLOCKS, Content
from shared_pool.newsletters.models import (
    JointNewsletter,
    Newsletter,
    NewsletterDelivery,
    NewsletterRecipient,
)
from shared_pool.newsletters.sources import finished

SENT = N_("Nyhetsbrevet er sendt og kan ikke endres.")
STALE = N_("Noen andre har endret nyhetsbrevet mens du skrev.")
Kept = Newsletter | JointNewsletter


@dataclass(frozen=True, slots=True)
class NewsletterFacts:
    """What a newsletter is called, the first day of its month, its language, and whom it is for."""

    title: str
    month: date
    language: str
    segments: Sequence[str]


@dataclass(frozen=True, slots=True)
class Block:
    """A block as it is written. `text` of kind text; `chosen` are courses, none: those that come next; `days` ahead of a
    calendar.
    """

    id: str
    kind: str
    heading: str
    text: str = ""
    chosen: Sequence[str] = ()
    days: int = 0

    def to_json(self) -> dict[str, Any]:
        """As the database keeps it."""
        return {
            "id": self.id, "kind": self.kind, "heading": self.heading, "text": self.text, "chosen": list(self.chosen),
            "days": self.days,
        }  # fmt: skip


def blocks_of(body: Mapping[str, Any]) -> list[Block]:
    """The blocks of a newsletter, in their order."""
    return [
        Block(
            str(one.get("id", "")), str(one.get("kind", "text")), str(one.get("heading", "")), str(one.get("text", "")),
            [str(chosen) for chosen in one.get("chosen", ())], int(one.get("days", 0)),
        )
        for one in body.get("blocks", ())
        if one.get("kind") in KINDS
    ]  # fmt: skip


def in_region(uow: UnitOfWork) -> bool:
    """Whether the reader writes the region's joint newsletter."""
    return uow.context.region_id is not None and uow.context.tenant_id is None


async def newsletter(uow: UnitOfWork, newsletter_id: UUID, *, hold: bool = False) -> Kept:
    """A newsletter of the place one is in. Raises NotFound."""
    found: Kept | None
    if in_region(uow):
        found = await uow.session.get(
            JointNewsletter, (uow.context.region, newsletter_id), with_for_update=hold, populate_existing=True
        )
    else:
        found = await uow.session.get(
            Newsletter, (uow.context.tenant, newsletter_id), with_for_update=hold, populate_existing=True
        )
    if found is None:
        raise NotFound
    return found


async def newsletters(uow: UnitOfWork) -> Sequence[Kept]:
    """Those of the place, the newest month first."""
    if in_region(uow):
        return list(
            await uow.session.scalars(
                select(JointNewsletter)
                .where(JointNewsletter.region_id == uow.context.region)
                .order_by(JointNewsletter.month.desc(), JointNewsletter.created_at.desc())
                .limit(100)
            )
        )
    return list(
        await uow.session.scalars(
            select(Newsletter)
            .where(Newsletter.tenant_id == uow.context.tenant)
            .order_by(Newsletter.month.desc(), Newsletter.created_at.desc())
            .limit(100)
        )
    )


async def make_newsletter(uow: UnitOfWork, facts: NewsletterFacts) -> UUID:
    """Begin a newsletter, with an empty text to write in, the courses that come and the calendar."""
    new = random_id()
    blocks = [
        Block(uuid4().hex, "text", ""),
        Block(uuid4().hex, "courses", ""),
        Block(uuid4().hex, "calendar", "", days=31),
    ]
    values: dict[str, Any] = {
        "id": new, "title": facts.title, "month": facts.month, "language": facts.language,
        "segments": list(facts.segments), "body": {"blocks": [one.to_json() for one in blocks]},
    }  # fmt: skip
    if in_region(uow):
        uow.session.add(JointNewsletter(region_id=uow.context.region, **values))
    else:
        uow.session.add(Newsletter(tenant_id=uow.context.tenant, **values))
    await uow.session.flush()
    await record_change(uow, "newsletter.made", "newsletter", new)
    return new


async def change_newsletter(
    uow: UnitOfWork, newsletter_id: UUID, facts: NewsletterFacts, version: int
) -> None:
    """Mend its title, month, language and segments. Raises NotFound, Conflict (sent, or two at once)."""
    row = await _draft(uow, newsletter_id, version, yours={N_("Emne"): facts.title})
    row.title, row.month, row.language = facts.title, facts.month, facts.language
    row.segments = list(facts.segments)
    await _changed(uow, row)


async def keep_block(uow: UnitOfWork, newsletter_id: UUID, block: Block, version: int) -> str:
    """Keep a block: in place of the one with its id, else last. The block's id. Raises as `change_newsletter`, Invalid."""
    row = await _draft(
        uow, newsletter_id, version, yours={N_("Overskrift"): block.heading, N_("Tekst"): block.text},
        of_block=block.id,
    )  # fmt: skip
    blocks = blocks_of(row.body)
    at = next((place for place, one in enumerate(blocks) if one.id == block.id), None)
    if at is not None:
        if blocks[at].kind != block.kind:
            raise NotFound
        blocks[at] = block
    elif block.id:
        raise Conflict(N_("Blokka er tatt bort av noen andre."))
    elif len(blocks) >= MOST_BLOCKS:
        raise Invalid.one(
            "", N_("Et nyhetsbrev kan ha høyst %(most)s blokker. Ta bort en først."), most=MOST_BLOCKS
        )
    else:
        block = Block(uuid4().hex, block.kind, block.heading, block.text, block.chosen, block.days)
        blocks.append(block)
    row.body = {"blocks": [one.to_json() for one in blocks]}
    await _changed(uow, row)
    return block.id


async def move_block(uow: UnitOfWork, newsletter_id: UUID, block_id: str, version: int, where: str) -> None:
    """Move a block up or down, or take it away. Raises as `change_newsletter`; a block that is gone is NotFound."""
    row = await _draft(uow, newsletter_id, version)
    blocks = blocks_of(row.body)
    at = next((place for place, one in enumerate(blocks) if one.id == block_id), None)
    if at is None:
        raise NotFound
    one = blocks.pop(at)
    if where != "bort":
        blocks.insert(max(0, at - 1) if where == "opp" else at + 1, one)
    row.body = {"blocks": [block.to_json() for block in blocks]}
    await _changed(uow, row)


async def remove_newsletter(uow: UnitOfWork, newsletter_id: UUID) -> None:
    """Take a draft away. Raises NotFound, Conflict when it is sent."""
    row = await newsletter(uow, newsletter_id, hold=True)
    if row.state != "draft" or await _has_left(uow, row):
        raise Conflict(SENT)
    await uow.session.delete(row)
    await uow.session.flush()
    await record_change(uow, "newsletter.removed", "newsletter", newsletter_id)


async def _has_left(uow: UnitOfWork, row: Kept) -> bool:
    """Whether somebody has been written down to get it."""
    found: UUID | None
    if isinstance(row, Newsletter):
        found = await uow.session.scalar(
            select(NewsletterRecipient.id)
            .where(
                NewsletterRecipient.tenant_id == row.tenant_id, NewsletterRecipient.newsletter_id == row.id
            )
            .limit(1)
        )
    else:
        found = await uow.session.scalar(
            select(NewsletterDelivery.id)
            .where(NewsletterDelivery.region_id == row.region_id, NewsletterDelivery.newsletter_id == row.id)
            .limit(1)
        )
    return found is not None


async def composed(uow: UnitOfWork, row: Kept, address: str) -> Content:
    """The newsletter as it would be sent now: a draft's courses and events are read anew, one that is sent stands.

    `address` is the house's own, which its links begin with.
    """
    if row.content is not None:
        return Content.of(row.content)
    return Content(row.title, row.language, await finished(uow, blocks_of(row.body), row.language, address))


def sendable(row: Kept, content: Content) -> None:
    """Raises Invalid with what is missing before it can be sent: a subject, somebody to send to, something to say."""
    if not row.segments:
        raise Invalid.one("segmenter", N_("Velg hvem nyhetsbrevet er til, før du sender det."))
    if not any(part.paragraphs or part.lines for part in content.parts):
        raise Invalid.one("", N_("Nyhetsbrevet er tomt. Skriv en tekst, eller velg kurs, før du sender det."))


def this_month() -> date:
    """The first day of the month we are in."""
    return today().replace(day=1)


async def _draft(
    uow: UnitOfWork, newsletter_id: UUID, version: int, *, yours: Mapping[str, str] | None = None, of_block: str = ""
) -> Kept:  # fmt: skip
    row = await newsletter(uow, newsletter_id, hold=True)
    if row.state != "draft":
        raise Conflict(SENT)
    if row.version != version:
        now = next((one for one in blocks_of(row.body) if one.id == of_block), None)
        theirs = {
            N_("Emne"): row.title,
            N_("Overskrift"): now.heading if now else "",
            N_("Tekst"): now.text if now else "",
        }
        raise Conflict(STALE, yours=dict(yours or {}), theirs={name: theirs[name] for name in yours or {}})
    return row


async def _changed(uow: UnitOfWork, row: Kept) -> None:
    row.version += 1
    await uow.session.flush()
    await record_change(uow, "newsletter.changed", "newsletter", row.id)
