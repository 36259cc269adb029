"""Figures of people and services agree with the raw rows: each measure against pandas, in twenty random worlds of one
database, and over a month with a 29 February beside a half-year.
"""

from __future__ import annotations

from collections import Counter
from datetime import date
from decimal import Decimal

import pytest

from deploy.database import administrator
from reporting.measures.api import measures
from tests.figure_samples import more_municipalities
from tests.measures_by_hand import expected, frames
from tests.measures_people import Households
from tests.measures_shared import END, START
from tests.worlds import World

PERIODS = ((START, END), (date(2024, 2, 1), date(2024, 2, 29)))


@pytest.mark.slow
async def test_every_figure_of_people_and_services_is_what_its_raw_rows_say(world: World) -> None:
    await more_municipalities(world, [f"Sted{number:02}" for number in range(20)])
    homes = [
        row["id"]
        for row in await world.sql("SELECT id FROM municipality WHERE name LIKE 'Sted%' ORDER BY name")
    ]
    seen: Counter[str] = Counter()
    async with administrator(world.database.admin_url) as admin:
        await admin.execute("SET search_path = sammen")
        for number, tenant in enumerate(homes):
            await Households(admin, tenant, world.re, world.region, number).fill()
        await admin.execute("ANALYZE")
        for number, tenant in enumerate(homes):
            raw = await frames(admin, tenant)
            for start, end in PERIODS:
                wanted = expected(raw, start, end)
                async with world.job(tenant) as uow:
                    for measure in measures():
                        if measure.id not in wanted:
                            continue
                        found = {
                            one.key: (one.value, Decimal(one.contributors), one.largest, one.second)
                            if measure.kind in ("sum", "money") else (one.value,)
                            for one in await measure.read(uow, start, end)
                        }  # fmt: skip
                        assert found == wanted[measure.id], (measure.id, number, start)
                        assert all(
                            len(key) == len(measure.dimensions)
                            and all(
                                code in one.code_set
                                for code, one in zip(key, measure.dimensions, strict=True)
                            )
                            for key in found
                        ), measure.id
                        seen[measure.id] += len(found)
    assert set(seen) == set(wanted)
    assert min(seen.values()) >= 10, seen
