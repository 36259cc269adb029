"""What the shared coordinator does with a campaign: writes it, opens it, closes it, and makes its sources (C1)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import select

from sammen.audit.trail import record_change
from sammen.db.unit_of_work import UnitOfWork
from sammen.errors import Conflict, Invalid, NotFound
from sammen.i18n_mark import N_
from sammen.ids import random_id, uuid7
from sammen.norwegian import format_date
from shared_pool.campaigns.codes import KINDS, slug_of, source_code
from shared_pool.campaigns.models import Campaign, CampaignSource, CampaignTally
from shared_pool.recruitment.api import add_with_code, homes_of

STALE = N_("Noen andre har endret kampanjen imens. Det du skrev, er ikke lagret.")


@dataclass(frozen=True, slots=True)
class CampaignFacts:
    """A campaign as it is written. `texts` as in `Campaign`, with "nb" whole."""

    opens_on: date
    closes_on: date
    municipalities: Sequence[UUID]
    texts: Mapping[str, Mapping[str, str]]


@dataclass(frozen=True, slots=True)
class SourceFacts:
    """Where a campaign is put up: what it is, where, and in which municipality if in one only."""

    kind: str
    place: str
    municipality_id: UUID | None


async def make_campaign(uow: UnitOfWork, facts: CampaignFacts) -> UUID:
    """Write a draft. Nobody sees it before it is opened. Raises Invalid at the form's field."""
    await _check(uow, facts)
    region = uow.context.region
    row = Campaign(
        region_id=region, id=uuid7(), slug=await _free_slug(uow, facts.texts["nb"]["title"]), opens_on=facts.opens_on,
        closes_on=facts.closes_on, municipalities=list(facts.municipalities), texts=_plain(facts.texts),
    )  # fmt: skip
    uow.session.add(row)
    await uow.session.flush()
    await _add_source(uow, row.id, SourceFacts("direct", "", None))
    await record_change(uow, "campaign.written", "campaign", row.id)
    return row.id


async def change_campaign(uow: UnitOfWork, campaign_id: UUID, facts: CampaignFacts, *, version: int) -> None:
    """Mend a campaign. Its address stays, since it is on paper. Raises Invalid, Conflict on a stale `version`, NotFound."""
    row = await _held(uow, campaign_id)
    if row.version != version:
        raise Conflict(
            STALE,
            yours={N_("Tittel"): facts.texts["nb"]["title"], N_("Siste dag"): format_date(facts.closes_on)},
            theirs={N_("Tittel"): row.texts["nb"]["title"], N_("Siste dag"): format_date(row.closes_on)},
        )
    await _check(uow, facts)
    row.opens_on, row.closes_on = facts.opens_on, facts.closes_on
    row.municipalities, row.texts = list(facts.municipalities), _plain(facts.texts)
    row.version += 1
    await uow.session.flush()
    await record_change(uow, "campaign.changed", "campaign", row.id)


async def open_campaign(uow: UnitOfWork, campaign_id: UUID) -> None:
    """Let everybody see it from its first day; a closed one is opened again. Raises Conflict when it is open."""
    row = await _held(uow, campaign_id)
    if row.state == "open":
        raise Conflict(N_("Kampanjen er åpen fra før."))
    await _stand(uow, row, "open", "campaign.opened")


async def close_campaign(uow: UnitOfWork, campaign_id: UUID) -> None:
    """Take no more forms in. The page says so, and shows those that are open. Raises Conflict when it is not open."""
    row = await _held(uow, campaign_id)
    if row.state != "open":
        raise Conflict(N_("Kampanjen er ikke åpen."))
    await _stand(uow, row, "closed", "campaign.closed")


async def _stand(uow: UnitOfWork, row: Campaign, state: str, action: str) -> None:
    row.state = state
    row.version += 1
    await uow.session.flush()
    await record_change(uow, action, "campaign", row.id)


async def add_source(uow: UnitOfWork, campaign_id: UUID, facts: SourceFacts) -> UUID:
    """A poster, link or newsletter with a code of its own. Raises Invalid, NotFound."""
    row = await _held(uow, campaign_id)
    if facts.kind not in KINDS:
        raise Invalid.one("slag", N_("Velg plakat, lenke eller nyhetsbrev."))
    if not facts.place.strip():
        raise Invalid.one("sted", N_("Skriv hvor den skal stå, for eksempel biblioteket."))
    if facts.municipality_id is not None and facts.municipality_id not in row.municipalities:
        raise Invalid.one("kommune", N_("Velg en kommune som er med i kampanjen."))
    source_id = await _add_source(uow, campaign_id, facts)
    await record_change(
        uow, "campaign.source_added", "campaign", campaign_id, source=source_id, kind=facts.kind
    )
    return source_id


async def remove_source(uow: UnitOfWork, source_id: UUID) -> UUID:
    """Take away a source nobody has used; the campaign's id. Raises Conflict for one that is counted, NotFound."""
    row: CampaignSource | None = await uow.session.get(
        CampaignSource, (uow.context.region, source_id), with_for_update=True
    )
    if row is None:
        raise NotFound
    used = await uow.session.scalar(
        select(CampaignTally.id)
        .where(CampaignTally.region_id == uow.context.region, CampaignTally.source_id == source_id)
        .limit(1)
    )
    if row.kind == "direct" or used is not None:
        raise Conflict(N_("Noen har brukt koden. Den blir stående, så tallene stemmer."))
    campaign_id = row.campaign_id
    await uow.session.delete(row)
    await uow.session.flush()
    await record_change(uow, "campaign.source_removed", "campaign", campaign_id, source=source_id)
    return campaign_id


async def _add_source(uow: UnitOfWork, campaign_id: UUID, facts: SourceFacts) -> UUID:
    def make(code: str) -> CampaignSource:
        return CampaignSource(
            region_id=uow.context.region, id=random_id(), campaign_id=campaign_id, code=code, kind=facts.kind,
            place=facts.place.strip(), municipality_id=facts.municipality_id,
        )  # fmt: skip

    made = await add_with_code(uow, make, lambda _attempt: source_code(), "uq_campaign_source_region_id")
    assert isinstance(made, CampaignSource)
    return made.id


async def _check(uow: UnitOfWork, facts: CampaignFacts) -> None:
    if facts.closes_on < facts.opens_on:
        raise Invalid.one("til", N_("Siste dag er før første dag."))
    members = await homes_of(uow, uow.context.region)
    if not facts.municipalities:
        raise Invalid.one("kommuner", N_("Velg minst én kommune."))
    if any(one not in members for one in facts.municipalities):
        raise Invalid.one("kommuner", N_("Velg kommuner fra lista."))


async def _held(uow: UnitOfWork, campaign_id: UUID) -> Campaign:
    row: Campaign | None = await uow.session.get(
        Campaign, (uow.context.region, campaign_id), with_for_update=True, populate_existing=True
    )
    if row is None:
        raise NotFound
    return row


async def _free_slug(uow: UnitOfWork, title: str) -> str:
    """The title as an address, with a number after it when it is taken."""
    wanted = slug_of(title)
    taken = set(
        await uow.session.scalars(
            select(Campaign.slug).where(
                Campaign.region_id == uow.context.region, Campaign.slug.startswith(wanted)
            )
        )
    )
    number = 1
    slug = wanted
    while slug in taken or slug in RESERVED:
        number += 1
        slug = f"{wanted}-{number}"
    return slug


RESERVED = frozenset({"mistet"})
"""A word that stands in the public pages' own addresses, where a campaign's would."""


def _plain(texts: Mapping[str, Mapping[str, str]]) -> dict[str, dict[str, str]]:
    return {language: dict(said) for language, said in texts.items() if any(said.values())}
