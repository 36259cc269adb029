"""Reads of campaigns: the region's own, and what a municipality sees of those it takes part in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import bindparam, select

from sammen.clock import today
from sammen.db.raw import compile_query
from sammen.db.unit_of_work import UnitOfWork
from sammen.errors import NotFound
from shared_pool.campaigns.models import Campaign, CampaignSource
from shared_pool.campaigns.published import Said, said_in

campaign, source = Campaign.__table__, CampaignSource.__table__


@dataclass(frozen=True, slots=True)
class CampaignCard:
    """A campaign as the region has it."""

    id: UUID
    slug: str
    state: str
    opens_on: date
    closes_on: date
    municipalities: list[UUID]
    texts: Mapping[str, Mapping[str, str]]
    version: int

    def said(self, language: str) -> Said:
        """What it says in a language, or in Bokmål where that is left empty."""
        return said_in(self.texts, language)

    @property
    def stands(self) -> str:
        """How it is with it today: draft, coming (opened, but its first day is not come), open, or closed."""
        if self.state == "open" and today() < self.opens_on:
            return "coming"
        return "closed" if self.state == "open" and today() > self.closes_on else self.state


@dataclass(frozen=True, slots=True)
class SourceCard:
    """A poster, a link or a newsletter of a campaign; `direct` is those who came without a code."""

    id: UUID
    campaign_id: UUID
    code: str
    kind: str
    place: str
    municipality_id: UUID | None


@dataclass(frozen=True, slots=True)
class SourceHere:
    """A source as a municipality sees it, with what is counted of it: opened in all, and forms sent to the municipality."""

    id: UUID
    kind: str
    place: str
    views: int
    sent: int


@dataclass(frozen=True, slots=True)
class CampaignHere:
    """A campaign a municipality takes part in, with its sources."""

    id: UUID
    slug: str
    is_open: bool
    opens_on: date
    closes_on: date
    texts: Mapping[str, Mapping[str, str]]
    sources: tuple[SourceHere, ...]


_COLUMNS = [campaign.c[name] for name in CampaignCard.__dataclass_fields__]
_ALL = compile_query(
    select(*_COLUMNS)
    .where(campaign.c.region_id == bindparam("region"))
    .order_by(campaign.c.opens_on.desc(), campaign.c.slug)
)
_ONE = compile_query(
    select(*_COLUMNS).where(
        campaign.c.region_id == bindparam("region"), campaign.c.id == bindparam("campaign")
    )
)
_SOURCE_COLUMNS = [source.c[name] for name in SourceCard.__dataclass_fields__]
_SOURCES = compile_query(
    select(*_SOURCE_COLUMNS)
    .where(source.c.region_id == bindparam("region"), source.c.campaign_id == bindparam("campaign"))
    .order_by(source.c.kind, source.c.place, source.c.id)
)
_SOURCE = compile_query(
    select(*_SOURCE_COLUMNS).where(
        source.c.region_id == bindparam("region"), source.c.id == bindparam("source")
    )
)


async def campaigns_of_region(uow: UnitOfWork) -> Sequence[CampaignCard]:
    """The region's campaigns, the newest first."""
    return [CampaignCard(**dict(row)) for row in await uow.rows(_ALL, region=uow.context.region)]


async def campaign_card(uow: UnitOfWork, campaign_id: UUID) -> CampaignCard:
    """One of the region's campaigns. Raises NotFound."""
    row = await uow.row(_ONE, region=uow.context.region, campaign=campaign_id)
    if row is None:
        raise NotFound
    return CampaignCard(**dict(row))


async def sources_of(uow: UnitOfWork, campaign_id: UUID) -> Sequence[SourceCard]:
    """A campaign's sources, by kind and place; the one without a code among them."""
    rows = await uow.rows(_SOURCES, region=uow.context.region, campaign=campaign_id)
    return [SourceCard(**dict(row)) for row in rows]


async def source_card(uow: UnitOfWork, source_id: UUID) -> SourceCard:
    """One of the region's sources. Raises NotFound."""
    row = await uow.row(_SOURCE, region=uow.context.region, source=source_id)
    if row is None:
        raise NotFound
    return SourceCard(**dict(row))


async def campaigns_here(uow: UnitOfWork) -> Sequence[CampaignHere]:
    """In a municipality: the campaigns it takes part in, the newest first, with its own sources and the common ones."""
    found: dict[UUID, CampaignHere] = {}
    sources: dict[UUID, list[SourceHere]] = {}
    for row in await uow.call("SELECT * FROM sammen.campaigns_here()"):
        key = row["campaign_id"]
        sources.setdefault(key, []).append(
            SourceHere(row["source_id"], row["kind"], row["place"], row["views"], row["sent"])
        )
        found[key] = CampaignHere(
            key,
            row["slug"],
            row["is_open"],
            row["opens_on"],
            row["closes_on"],
            row["texts"],
            tuple(sources[key]),
        )
    return list(found.values())
