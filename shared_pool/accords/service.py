"""Registering an agreement, sending it out, signing it, giving notice. Who writes the text and who signs are two."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from sqlalchemy import func, select

from sammen.audit.trail import record_change
from sammen.clock import now, today
from sammen.db.unit_of_work import UnitOfWork
from sammen.errors import Conflict, Invalid, NotFound
from sammen.i18n_mark import N_
from sammen.ids import random_id
from sammen.policy.four_eyes import Approval
from sammen.policy.permissions import Permission
from shared_pool.accords.models import Accord, AccordParty
from shared_pool.accords.outline import outline
from shared_pool.accords.queries import copy_card, members_now
from shared_pool.accords.rules import AccordFacts, digest_of

STALE = N_("Avtalen er endret siden du åpnet siden. Se på den på nytt.")
COPIED = (
    "kind", "number", "title", "contact_point", "content", "document", "digest", "valid_from", "valid_to", "registered_by",
)  # fmt: skip


async def register_accord(uow: UnitOfWork, facts: AccordFacts) -> UUID:
    """A draft with its text written out; its id. The region's place. Raises Invalid when nobody is there to agree."""
    uow.context.require(Permission.ACCORD_WRITE)
    places = await members_now(uow)
    if len(places) < 2:
        raise Invalid.one("", N_("Det må være minst to kommuner i samarbeidet før dere lager en avtale."))
    content = outline(facts, uow.context.place_name, list(places.values()), "nb")
    newest = await uow.session.scalar(
        select(func.max(Accord.number)).where(
            Accord.region_id == uow.context.region, Accord.kind == facts.kind
        )
    )
    row = Accord(
        region_id=uow.context.region, kind=facts.kind, number=(newest or 0) + 1, state="draft", title=facts.title,
        contact_point=facts.contact_point, content=content, document=facts.document, digest=digest_of(facts, content),
        valid_from=facts.valid_from, valid_to=facts.valid_to, registered_by=uow.context.user,
        registered_by_name=uow.context.user_name,
    )  # fmt: skip
    uow.session.add(row)
    await uow.session.flush()
    await record_change(uow, "accord.registered", "accord", row.id, kind=facts.kind, number=row.number)
    return row.id


async def send_out(uow: UnitOfWork, accord_id: UUID, version: int) -> int:
    """Give each municipality of the region its copy to sign; how many. Raises NotFound, and Conflict when it is out."""
    uow.context.require(Permission.ACCORD_WRITE)
    row = await _held(uow, accord_id, version)
    if row.state != "draft":
        raise Conflict(STALE)
    document = await uow.session.scalar(
        select(Accord.document).where(Accord.region_id == row.region_id, Accord.id == row.id)
    )
    copied = {name: getattr(row, name) for name in COPIED if name != "document"}
    places = await members_now(uow)
    row.state, row.out_at, row.version = "out", now(), row.version + 1
    await uow.session.flush()
    uow.session.add_all(
        AccordParty(
            region_id=row.region_id, id=random_id(), accord_id=row.id, municipality_id=place, sent_at=now(),
            document=document, **copied,
        )
        for place in places
    )  # fmt: skip
    await uow.session.flush()
    await record_change(uow, "accord.sent", "accord", row.id, municipalities=len(places))
    return len(places)


async def take_back(uow: UnitOfWork, accord_id: UUID, version: int) -> None:
    """End a version for everybody, signed or not. The gate closes at once where it was the one. Raises NotFound, Conflict."""
    uow.context.require(Permission.ACCORD_WRITE)
    row = await _held(uow, accord_id, version)
    if row.state == "withdrawn":
        raise Conflict(STALE)
    row.state, row.version = "withdrawn", row.version + 1
    await uow.session.flush()
    await record_change(uow, "accord.withdrawn", "accord", row.id)


async def _held(uow: UnitOfWork, accord_id: UUID, version: int) -> Accord:
    row = await uow.session.scalar(
        select(Accord)
        .where(Accord.region_id == uow.context.region, Accord.id == accord_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if row is None:
        raise NotFound
    if row.version != version:
        raise Conflict(STALE)
    return row


# In a municipality's own place ----------------------------------------------------------------------------------------
async def sign(uow: UnitOfWork, party_id: UUID, digest: bytes) -> None:
    """Sign one's municipality's copy, for the text with `digest`. Raises NotFound, Forbidden for who registered the text,
    Conflict when it is signed, taken back, over, or another text than was read.
    """
    uow.context.require(Permission.ACCORD_SIGN)
    card = await copy_card(uow, party_id)
    if card.standing != "waits" or card.digest != digest:
        raise Conflict(STALE)
    Approval(card.registered_by, uow.context.user)
    row = await _own(uow, party_id)
    if row.signed_on is not None:
        raise Conflict(STALE)
    row.signed_on, row.signed_by, row.signed_by_name = today(), uow.context.user, uow.context.user_name
    row.signed_digest, row.version = digest, row.version + 1
    await uow.session.flush()
    await record_change(
        uow, "accord.signed", "accord_party", row.id, kind=row.kind, number=row.number, digest=digest.hex()
    )


async def give_notice(uow: UnitOfWork, party_id: UUID, last: date) -> None:
    """Leave a signed agreement after the day `last`. Raises NotFound, Conflict, and Invalid for a day past its end."""
    uow.context.require(Permission.ACCORD_SIGN)
    card = await copy_card(uow, party_id)
    if card.signed_on is None or card.ended_on is not None or card.standing in ("over", "withdrawn"):
        raise Conflict(STALE)
    if last >= card.valid_to:
        raise Invalid.one("siste", N_("Avtalen går ut av seg selv da. Skriv en tidligere dag."))
    row = await _own(uow, party_id)
    row.ended_on, row.version = last, row.version + 1
    await uow.session.flush()
    await record_change(uow, "accord.ended", "accord_party", row.id, last=last.isoformat())


async def _own(uow: UnitOfWork, party_id: UUID) -> AccordParty:
    row = await uow.session.scalar(
        select(AccordParty)
        .where(AccordParty.municipality_id == uow.context.tenant, AccordParty.id == party_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if row is None:
        raise NotFound
    return row
