"""Releases of past half-years: made by the same jobs as any, and approved by the project manager some weeks later."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy.ext.asyncio import AsyncEngine

from deploy.demo.chance import at
from deploy.demo.figures import DAYS_TO_APPROVE, half_years
from deploy.demo.rows import Progress
from deploy.demo.town import Making, Town
from reporting.periods import Period
from reporting.releases.jobs import made_ready, put_out
from reporting.releases.models import RegionGroup, Release
from reporting.releases.rules import THRESHOLD
from reporting.releases.tables import largest
from reporting.releases.views import offers
from sammen.ids import uuid7
from sammen.tenancy.context import PlaceKind
from sammen.tenancy.enter import enter_job

MOST, FEWER = 3, 2
"""Half-years that are released, of a whole world and of a part of it: enough for a line over time."""
DAYS_TO_RELEASE = DAYS_TO_APPROVE + 9
LARGE = 25_000
"""Inhabitants from which a municipality stands in the group of large ones."""
JOB = "release.demo"


async def add_releases(making: Making, towns: list[Town], engine: AsyncEngine, progress: Progress) -> None:
    """Protect and show the last half-years. Needs the approved figures loaded."""
    uow = await enter_job(engine, making.keys, PlaceKind.REGION, making.region_id, job=JOB)
    large = {town.id for town in towns if town.place.inhabitants >= LARGE}
    if len(large) > 1 and len(towns) - len(large) > 1:
        uow.session.add_all(
            RegionGroup(
                region_id=making.region_id, id=uuid7(), municipality_id=town.id,
                code="store" if town.id in large else "sma",
                name="Store kommuner" if town.id in large else "Små kommuner",
            )
            for town in towns
        )  # fmt: skip
    await uow.commit()
    periods = half_years(making)[-(MOST if len(towns) > 6 else FEWER) :]
    for number, period in enumerate(periods):
        progress("Publiserer tall", number, len(periods))
        await _release(making, engine, period)
    progress("Publiserer tall", len(periods), len(periods))


async def _release(making: Making, engine: AsyncEngine, period: Period) -> None:
    uow = await enter_job(engine, making.keys, PlaceKind.REGION, making.region_id, job=JOB)
    manager = making.project_manager
    assert manager is not None, "the region's people are hired first"
    when = at(period.end + timedelta(days=DAYS_TO_RELEASE), 10)
    row = Release(
        region_id=making.region_id, id=uuid7(), period=period.slug, edition=1, threshold=THRESHOLD, made_by=manager,
        tables=largest([one.id for one in offers()]), created_at=when,
    )  # fmt: skip
    uow.session.add(row)
    await uow.session.flush()
    if await made_ready(uow, row):
        row.ready_at, row.state, row.approved_at, row.approved_by = when, "approved", when, manager
        await uow.session.flush()
        await put_out(uow, row)
    await uow.commit()
