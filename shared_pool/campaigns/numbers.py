"""A campaign in numbers, from an opened page to somebody who has begun: counts per source and municipality, no trail.

Each municipality counts its own contacts and hands over the sums. Of what comes after the form is confirmed, the region
does not see counts under five: in a small municipality they would tell of one person (D4).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final
from uuid import UUID

from sqlalchemy import bindparam, func, select
from sqlalchemy.dialects.postgresql import insert

from sammen.clock import today
from sammen.db.raw import compile_query
from sammen.db.unit_of_work import UnitOfWork
from sammen.errors import Forbidden
from sammen.i18n_mark import N_
from sammen.ids import random_id
from shared_pool.campaigns.models import CampaignResult, CampaignSource, CampaignTally
from shared_pool.recruitment.api import own_pool
from tenants.api import counts_by_source

source, tally, result = CampaignSource.__table__, CampaignTally.__table__, CampaignResult.__table__
LEAST: Final = 5
"""Counts from 1 up to this are not shown to the region."""
STAGES: Final[Mapping[str, str]] = {
    "views": N_("Åpnet"),
    "sent": N_("Sendt"),
    "confirmed": N_("Bekreftet"),
    "interviewed": N_("Samtale"),
    "pooled": N_("I banken"),
    "engaged": N_("I gang"),
}
"""Page opened, form sent, e-mail confirmed, interviewed, been in the pool, become a contact: short, beside a bar."""
HIDDEN_STAGES: Final = ("confirmed", "interviewed", "pooled", "engaged")
_COUNTED = ("confirmed", "interviewed", "pooled", "engaged")
_PUT = insert(CampaignResult).values({
    name: bindparam(name) for name in ("region_id", "id", "home_id", "source_id", *_COUNTED, "counted_on")
})  # fmt: skip
_KEEP = compile_query(
    _PUT.on_conflict_do_update(
        index_elements=["region_id", "source_id", "home_id"],
        set_={name: _PUT.excluded[name] for name in (*_COUNTED, "counted_on")},
    )
)
_RESULTS = compile_query(
    select(result.c.home_id, result.c.source_id, *(result.c[name] for name in _COUNTED))
    .join(source, (source.c.region_id == result.c.region_id) & (source.c.id == result.c.source_id))
    .where(result.c.region_id == bindparam("region"), source.c.campaign_id == bindparam("campaign"))
)
_TALLIES = compile_query(
    select(tally.c.source_id, tally.c.municipality_id, tally.c.what, func.sum(tally.c.times).label("times"))
    .where(tally.c.region_id == bindparam("region"), tally.c.campaign_id == bindparam("campaign"))
    .group_by(tally.c.source_id, tally.c.municipality_id, tally.c.what)
)
_OWN = compile_query(
    select(result.c.source_id, *(result.c[name] for name in _COUNTED)).where(
        result.c.home_id == bindparam("tenant")
    )
)


@dataclass(slots=True)
class Counts:
    """How many have come to each stage."""

    views: int = 0
    sent: int = 0
    confirmed: int = 0
    interviewed: int = 0
    pooled: int = 0
    engaged: int = 0

    def add(self, stage: str, times: int) -> None:
        setattr(self, stage, getattr(self, stage) + times)


@dataclass(slots=True)
class CampaignCounts:
    """A campaign's counts by source and by municipality, and all together."""

    by_source: dict[UUID, Counts] = field(default_factory=lambda: defaultdict(Counts))
    by_place: dict[UUID, Counts] = field(default_factory=lambda: defaultdict(Counts))
    whole: Counts = field(default_factory=Counts)


async def count_here(uow: UnitOfWork) -> None:
    """In a municipality: count anew how far those have come who came from a campaign. Doing it again changes nothing."""
    try:
        pool = await own_pool(uow)
    except Forbidden:
        return  # a member of no region today: there is nobody to tell
    for counted in await counts_by_source(uow):
        await uow.rows(
            _KEEP, region_id=pool.id, id=random_id(), home_id=uow.context.tenant, source_id=counted.source_id,
            confirmed=counted.confirmed, interviewed=counted.interviewed, pooled=counted.pooled, engaged=counted.engaged,
            counted_on=today(),
        )  # fmt: skip


async def counts_of(uow: UnitOfWork, campaign_id: UUID) -> CampaignCounts:
    """In the region: one campaign's counts, as they are. What is shown of them is `shown`'s and `columns`'s."""
    found = CampaignCounts()
    for row in await uow.rows(_TALLIES, region=uow.context.region, campaign=campaign_id):
        stage = "views" if row["what"] == "view" else "sent"
        times = int(row["times"])
        found.by_source[row["source_id"]].add(stage, times)
        if row["municipality_id"] is not None:
            found.by_place[row["municipality_id"]].add(stage, times)
        found.whole.add(stage, times)
    for row in await uow.rows(_RESULTS, region=uow.context.region, campaign=campaign_id):
        for stage in _COUNTED:
            for counts in (found.by_source[row["source_id"]], found.by_place[row["home_id"]], found.whole):
                counts.add(stage, row[stage])
    return found


async def own_counts(uow: UnitOfWork) -> dict[UUID, Counts]:
    """In a municipality: its own counts by source, as they are; they are its own contacts."""
    return {
        row["source_id"]: Counts(**{stage: row[stage] for stage in _COUNTED})
        for row in await uow.rows(_OWN, tenant=uow.context.tenant)
    }


def shown(count: int) -> int | None:
    """What the region sees of a count after the form is confirmed: None is hidden. Nought tells of nobody."""
    return None if 0 < count < LEAST else count


def shown_sum(counts: Iterable[int]) -> int | None:
    """The sum of a column where some are hidden; None when it would tell what one of them is."""
    numbers = list(counts)
    hidden = [count for count in numbers if shown(count) is None]
    if not hidden:
        return sum(numbers)
    # With two or more hidden, each may be from one to four: the sum must leave more than one way to share it out.
    told = len(hidden) < 2 or sum(hidden) in (len(hidden), len(hidden) * (LEAST - 1))
    return None if told or sum(hidden) < LEAST else sum(numbers)


def columns(rows: Sequence[Counts]) -> tuple[list[dict[str, int | None]], dict[str, int | None]]:
    """Rows and their sum as the region may see them, by stage; None is hidden."""
    told: list[dict[str, int | None]] = [
        {
            stage: (shown(getattr(row, stage)) if stage in HIDDEN_STAGES else getattr(row, stage))
            for stage in STAGES
        }
        for row in rows
    ]
    whole: dict[str, int | None] = {}
    for stage in STAGES:
        numbers = [getattr(row, stage) for row in rows]
        whole[stage] = shown_sum(numbers) if stage in HIDDEN_STAGES else sum(numbers)
    return told, whole
