"""Agreements as the region sees them, and a municipality's own copies. Documents are read by name only."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import select

from sammen.clock import today
from sammen.db.unit_of_work import UnitOfWork
from sammen.errors import NotFound
from sammen.norwegian import alphabetical
from sammen.tenancy.context import PlaceKind
from sammen.tenancy.models import Municipality, Region, RegionMembership
from shared_pool.accords.models import Accord, AccordParty
from shared_pool.accords.rules import standing

accord = Accord.__table__
party = AccordParty.__table__
_CARD = tuple(
    accord.c[name]
    for name in (
        "id", "kind", "number", "state", "title", "contact_point", "content", "digest", "valid_from", "valid_to",
        "registered_by", "registered_by_name", "version",
    )
)  # fmt: skip
_COPY = tuple(
    party.c[name]
    for name in (
        "id", "region_id", "kind", "number", "title", "contact_point", "content", "digest", "valid_from", "valid_to",
        "registered_by", "signed_on", "signed_by_name", "ended_on", "version",
    )
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class AccordCard:
    """One version, as the region keeps it."""

    id: UUID
    kind: str
    number: int
    state: str
    title: str
    contact_point: str
    content: str
    digest: bytes
    valid_from: date
    valid_to: date
    registered_by: UUID
    registered_by_name: str
    version: int
    has_document: bool


@dataclass(frozen=True, slots=True)
class PartyLine:
    """What the region sees of one municipality's copy. `standing`: see rules.standing."""

    accord_id: UUID
    municipality_id: UUID
    name: str
    signed_on: date | None
    signed_by_name: str | None
    ended_on: date | None
    standing: str


@dataclass(frozen=True, slots=True)
class CopyCard:
    """A municipality's own copy."""

    id: UUID
    region_id: UUID
    kind: str
    number: int
    title: str
    contact_point: str
    content: str
    digest: bytes
    valid_from: date
    valid_to: date
    registered_by: UUID
    signed_on: date | None
    signed_by_name: str | None
    ended_on: date | None
    version: int
    has_document: bool
    region: str
    standing: str


@dataclass(frozen=True, slots=True)
class SignatureLine:
    """What a municipality sees of each one's signature on what it has a copy of. `mine`: its own; who signed is left out."""

    name: str
    mine: bool
    signed_on: date | None
    ended_on: date | None
    standing: str


@dataclass(frozen=True, slots=True)
class RegionPerson:
    """Somebody's role in a collaboration, by its code (policy/roles.py), and until when; no end is None."""

    region: str
    name: str
    role: str
    valid_from: date
    valid_to: date | None


# The region's side ----------------------------------------------------------------------------------------------------
async def accords(uow: UnitOfWork) -> list[AccordCard]:
    """Every version of the region's, the newest first."""
    rows = await uow.session.execute(
        select(*_CARD, accord.c.document.is_not(None).label("has_document"))
        .where(accord.c.region_id == uow.context.region)
        .order_by(accord.c.valid_from.desc(), accord.c.kind, accord.c.number.desc())
    )
    return [AccordCard(**row) for row in rows.mappings()]


async def accord_card(uow: UnitOfWork, accord_id: UUID) -> AccordCard:
    """One version. Raises NotFound."""
    found = next((one for one in await accords(uow) if one.id == accord_id), None)
    if found is None:
        raise NotFound
    return found


async def party_lines(uow: UnitOfWork) -> list[PartyLine]:
    """Each municipality's copy of each version that is out, by municipality's name."""
    rows = await uow.session.execute(
        select(
            party.c.accord_id, party.c.municipality_id, Municipality.name, party.c.signed_on, party.c.signed_by_name,
            party.c.ended_on, party.c.valid_from, party.c.valid_to, accord.c.state,
        )
        .join_from(party, Municipality.__table__, Municipality.id == party.c.municipality_id)
        .join(accord, (accord.c.region_id == party.c.region_id) & (accord.c.id == party.c.accord_id))
        .where(party.c.region_id == uow.context.region)
        .order_by(Municipality.name)
    )  # fmt: skip
    return [
        PartyLine(
            row.accord_id, row.municipality_id, row.name, row.signed_on, row.signed_by_name, row.ended_on,
            standing(row.valid_from, row.valid_to, row.signed_on, row.ended_on, withdrawn=row.state == "withdrawn",
                     day=today()),
        )
        for row in rows
    ]  # fmt: skip


async def members_now(uow: UnitOfWork) -> dict[UUID, str]:
    """The region's municipalities today, id to name, by name."""
    rows = await uow.session.execute(
        select(Municipality.id, Municipality.name)
        .join(RegionMembership, RegionMembership.municipality_id == Municipality.id)
        .where(
            RegionMembership.region_id == uow.context.region, RegionMembership.valid_from <= today(),
            RegionMembership.valid_to.is_(None) | (RegionMembership.valid_to >= today()),
        )
        .order_by(Municipality.name)
    )  # fmt: skip
    return {row.id: row.name for row in rows}


async def region_document(uow: UnitOfWork, accord_id: UUID) -> bytes:
    """The version's PDF. Raises NotFound when there is none."""
    found = await uow.session.scalar(
        select(accord.c.document).where(accord.c.region_id == uow.context.region, accord.c.id == accord_id)
    )
    if found is None:
        raise NotFound
    return bytes(found)


async def last_days(uow: UnitOfWork) -> list[tuple[str, date]]:
    """(name, last day) of municipalities whose membership has an end that has not been: all the region's, or one's own."""
    mine = (
        RegionMembership.region_id == uow.context.region
        if uow.context.kind is PlaceKind.REGION
        else RegionMembership.municipality_id == uow.context.tenant
    )
    rows = await uow.session.execute(
        select(Municipality.name, RegionMembership.valid_to)
        .join(RegionMembership, RegionMembership.municipality_id == Municipality.id)
        .where(mine, RegionMembership.valid_to >= today())
        .order_by(RegionMembership.valid_to, Municipality.name)
    )
    return [(row.name, row.valid_to) for row in rows]


async def region_people(uow: UnitOfWork) -> list[RegionPerson]:
    """Who has a role in the collaborations the place is in, by name: in the region, and in a municipality that is a member."""
    rows = await uow.call("SELECT * FROM sammen.region_people()")
    found = [
        RegionPerson(row["region"], row["name"], row["role"], row["valid_from"], row["valid_to"])
        for row in rows
    ]
    return sorted(found, key=lambda one: (alphabetical(one.region), alphabetical(one.name), one.role))


# The municipality's side ----------------------------------------------------------------------------------------------
async def copies(uow: UnitOfWork) -> list[CopyCard]:
    """The municipality's copies, the newest first."""
    taken_back = {row["id"] for row in await uow.call("SELECT id FROM sammen.accords_withdrawn()")}
    rows = await uow.session.execute(
        select(*_COPY, party.c.document.is_not(None).label("has_document"), Region.name.label("region"))
        .join_from(party, Region.__table__, Region.id == party.c.region_id)
        .where(party.c.municipality_id == uow.context.tenant)
        .order_by(party.c.valid_from.desc(), party.c.kind, party.c.number.desc())
    )
    return [
        CopyCard(
            **row,
            standing=standing(
                row["valid_from"], row["valid_to"], row["signed_on"], row["ended_on"],
                withdrawn=row["id"] in taken_back, day=today(),
            ),
        )
        for row in rows.mappings()
    ]  # fmt: skip


async def copy_card(uow: UnitOfWork, party_id: UUID) -> CopyCard:
    """One copy. Raises NotFound, also for another municipality's."""
    found = next((one for one in await copies(uow) if one.id == party_id), None)
    if found is None:
        raise NotFound
    return found


async def signatures(uow: UnitOfWork, card: CopyCard) -> list[SignatureLine]:
    """Which municipalities have signed what `card` is a copy of, and when, by name (GDPR art. 26 no. 1)."""
    rows = await uow.call("SELECT * FROM sammen.accord_signatures() WHERE copy_id = $1", card.id)
    found = [
        SignatureLine(
            row["municipality"], row["mine"], row["signed_on"], row["ended_on"],
            standing(card.valid_from, card.valid_to, row["signed_on"], row["ended_on"],
                     withdrawn=card.standing == "withdrawn", day=today()),
        )
        for row in rows
    ]  # fmt: skip
    return sorted(found, key=lambda one: alphabetical(one.name))


async def own_document(uow: UnitOfWork, party_id: UUID) -> bytes:
    """The copy's PDF. Raises NotFound when there is none."""
    found = await uow.session.scalar(
        select(party.c.document).where(party.c.municipality_id == uow.context.tenant, party.c.id == party_id)
    )
    if found is None:
        raise NotFound
    return bytes(found)


async def regions_here(uow: UnitOfWork) -> list[tuple[UUID, str, bool]]:
    """(id, name, whether an arrangement is asked for) of the regions the municipality is a member of today."""
    rows = await uow.session.execute(
        select(Region.id, Region.name, Region.settings)
        .join(RegionMembership, RegionMembership.region_id == Region.id)
        .where(
            RegionMembership.municipality_id == uow.context.tenant, RegionMembership.valid_from <= today(),
            RegionMembership.valid_to.is_(None) | (RegionMembership.valid_to >= today()),
        )
        .order_by(Region.name)
    )  # fmt: skip
    return [(row.id, row.name, row.settings.get("accord_required") is True) for row in rows]
