"""Counting for the map, once a week: in a job of the region's, which may read the rows the map's readers may not."""

from __future__ import annotations

from datetime import date, timedelta

from sqlalchemy import delete, select

from sammen.audit.trail import record_change
from sammen.clock import today
from sammen.db.unit_of_work import UnitOfWork
from shared_pool.atlas.counting import by_area
from shared_pool.atlas.limits import region_limit
from shared_pool.atlas.models import AtlasCount
from shared_pool.needs.api import AREAS, needs_for_run
from shared_pool.recruitment.api import open_candidates


def this_week(day: date) -> date:
    """The Monday of a day's week."""
    return day - timedelta(days=day.weekday())


async def count_week(uow: UnitOfWork) -> bool:
    """Publish this week's counts and forget the last ones; False when it has been done already.

    Once a week and never again in it: two counts close together would tell of one person who came or went.
    """
    week = this_week(today())
    done = await uow.session.scalar(
        select(AtlasCount.id).where(AtlasCount.region_id == uow.context.region, AtlasCount.week == week).limit(1)
    )  # fmt: skip
    if done is not None:
        return False
    least = await region_limit(uow)
    counted = by_area(
        AREAS,
        [need.area for need in await needs_for_run(uow)],
        [candidate.area for candidate in await open_candidates(uow)],
        least,
    )
    await uow.session.execute(delete(AtlasCount).where(AtlasCount.region_id == uow.context.region))
    uow.session.add_all(
        AtlasCount(
            region_id=uow.context.region, week=week, area=count.area, needs=count.needs,
            candidates=count.candidates, least=least,
        )
        for count in counted
    )  # fmt: skip
    await uow.session.flush()
    await record_change(uow, "atlas.counted", "region", uow.context.region, week=week)
    return True
