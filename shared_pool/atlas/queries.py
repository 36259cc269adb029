"""The counts that were published last. No row of a need or a candidate is read here: the reader may have no right to one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import bindparam, func, select

from sammen.db.raw import compile_query
from sammen.db.unit_of_work import UnitOfWork
from shared_pool.atlas.counting import AreaCount
from shared_pool.atlas.models import AtlasCount
from shared_pool.needs.api import AREAS

counts = AtlasCount.__table__
_last = select(func.max(counts.c.week)).where(counts.c.region_id == bindparam("region")).scalar_subquery()
_LAST = compile_query(
    select(counts.c.week, counts.c.area, counts.c.needs, counts.c.candidates, counts.c.least).where(
        counts.c.region_id == bindparam("region"), counts.c.week == _last
    )
)


@dataclass(frozen=True, slots=True)
class Published:
    """A week's counts, in the areas' own order, and the limit they were counted under."""

    week: date
    least: int
    areas: Sequence[AreaCount]


async def published(uow: UnitOfWork) -> Published | None:
    """The region's last counts; None before the first."""
    rows = {row["area"]: row for row in await uow.rows(_LAST, region=uow.context.region)}
    if not rows:
        return None
    anyone = next(iter(rows.values()))
    return Published(
        anyone["week"],
        anyone["least"],
        [
            AreaCount(area, rows[area]["needs"], rows[area]["candidates"]) if area in rows else AreaCount(area, None, None)
            for area in AREAS
        ],
    )  # fmt: skip
