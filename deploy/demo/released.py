"""Releases of past half-years: made by the same jobs as any, and approved by the project manager some weeks later.

The newest is published, and made again after a correction: that one waits for the project manager.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import timedelta
from functools import partial

from sqlalchemy.ext.asyncio import AsyncEngine

from deploy.demo.apart import Helpers
from deploy.demo.chance import at
from deploy.demo.editions import DAYS_TO_APPROVE
from deploy.demo.figures import SOME, half_years
from deploy.demo.rows import Progress, Rows
from deploy.demo.town import Making, Town
from deploy.demo.years_before import periods_before
from reporting.periods import Period
from reporting.releases.jobs import Work, made_ready, put_out
from reporting.releases.models import RegionGroup, Release
from reporting.releases.protecting import Made, Material, protect_release
from reporting.releases.rules import THRESHOLD
from reporting.releases.tables import largest
from reporting.releases.views import offers
from sammen.ids import uuid7
from sammen.tenancy.context import PlaceKind
from sammen.tenancy.enter import enter_job

FEWER = 2
"""Half-years that are released of a part of the world: enough for a line over time."""
DAYS_TO_RELEASE = DAYS_TO_APPROVE + 9
DAYS_TO_TRY_AGAIN = 6
AGAIN = "Stokke har rettet timene for gruppene sine."
LARGE = 25_000
"""Inhabitants from which a municipality stands in the group of large ones."""
JOB = "release.demo"
OLD_TABLES = (
    "users:age", "services:form", "new_decisions:", "waiting:", "waited:wait", "hours:form", "contacts:",
    "contacts_mean:", "cost:form",
)  # fmt: skip
"""What is released of the years before: what yearly reports told."""
Load = Callable[[Rows], Awaitable[None]]


async def add_releases(making: Making, towns: list[Town], engine: AsyncEngine, others: Helpers, again: Rows,
                       load: Load, progress: Progress) -> None:  # fmt: skip
    """Protect and show the half-years. Needs the approved figures loaded; `again` is loaded after the newest is shown."""
    await _group(making, towns, engine)
    whole, done = len(towns) > SOME, 0
    periods = half_years(making) if whole else half_years(making)[-FEWER:]
    old = periods_before(periods[0]) if whole else []
    usual, total = chosen(), len(old) + len(periods)

    async def work(material: Material) -> Made:
        return await others.do(partial(protect_release, costs=False), material)

    async def one(period: Period, tables: list[str], why: str = "") -> None:
        nonlocal done
        await _release(making, engine, work, period, tables, why=why)
        done += 1
        progress("Publiserer tall", done, total)

    async def in_order() -> None:
        # What one half-year hides, the next must hide too.
        for period in periods:
            await one(period, usual)
        if again:
            await load(again)
            await one(periods[-1], usual, AGAIN)

    async def before() -> None:
        for period in old:
            await one(period, list(OLD_TABLES))

    total += bool(again)
    # A later period may not give away what an earlier one hides: the old ones first.
    await before()
    await in_order()


def chosen() -> list[str]:
    """What the project manager has chosen: what is proposed."""
    return [one.id for one in offers() if one.usual]


async def _group(making: Making, towns: list[Town], engine: AsyncEngine) -> None:
    large = {town.id for town in towns if town.place.inhabitants >= LARGE}
    if len(large) < 2 or len(towns) - len(large) < 2:
        return
    uow = await enter_job(engine, making.keys, PlaceKind.REGION, making.region_id, job=JOB)
    uow.session.add_all(
        RegionGroup(
            region_id=making.region_id, id=uuid7(), municipality_id=town.id,
            code="store" if town.id in large else "sma",
            name="Store kommuner" if town.id in large else "Små kommuner",
        )
        for town in towns
    )  # fmt: skip
    await uow.commit()


async def _release(making: Making, engine: AsyncEngine, work: Work, period: Period, tables: list[str], *,
                   why: str) -> None:  # fmt: skip
    """Make a release and show it; with `why` it is the period's second, and waits to be approved."""
    uow = await enter_job(engine, making.keys, PlaceKind.REGION, making.region_id, job=JOB)
    manager = making.project_manager
    assert manager is not None, "the region's people are hired first"
    when = at(period.end + timedelta(days=DAYS_TO_RELEASE), 10)
    if why:
        when = at(making.as_of - timedelta(days=DAYS_TO_TRY_AGAIN), 13)
    row = Release(
        region_id=making.region_id, id=uuid7(), period=period.slug, edition=2 if why else 1, threshold=THRESHOLD,
        made_by=manager, tables=largest(tables), created_at=when, why=why,
    )  # fmt: skip
    uow.session.add(row)
    await uow.session.flush()
    ready = await made_ready(uow, row, work=work)
    row.ready_at = when
    if ready and not why:
        row.state, row.approved_at, row.approved_by = "approved", when, manager
        await uow.session.flush()
        await put_out(uow, row)
    await uow.commit()
