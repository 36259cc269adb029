"""Figures of contacts, money and what is shared agree with the raw rows: each measure against pandas, in twenty random
worlds.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal

import pytest

from deploy.database import administrator
from reporting.measures.api import measures
from sammen.figures import Measure, Reading
from tests.expected_shared import expected
from tests.figure_samples import more_municipalities
from tests.measures_shared import END, START, Filling, frames
from tests.worlds import World

PERIODS = ((START, END), (date(2024, 2, 1), date(2024, 2, 29)))


def cells(measure: Measure, readings: Iterable[Reading]) -> dict[tuple[str, ...], tuple[Decimal, ...]]:
    """What was read as `expected` says it."""
    if measure.kind in ("sum", "money"):
        return {one.key: (one.value, Decimal(one.contributors), one.largest, one.second) for one in readings}
    return {one.key: (one.value,) for one in readings}


def known(measure: Measure, key: tuple[str, ...]) -> bool:
    """Whether a key has a code of each of the measure's dimensions, in their order."""
    return all(code in one.code_set for code, one in zip(key, measure.dimensions, strict=True))


@pytest.mark.slow
async def test_every_figure_of_contacts_money_and_sharing_is_what_its_raw_rows_say(world: World) -> None:
    await more_municipalities(world, [f"Sted{number:02}" for number in range(20)])
    rows = await world.sql("SELECT id FROM municipality WHERE name LIKE 'Sted%' ORDER BY name")
    places_of = [row["id"] for row in rows]
    seen: dict[str, int] = {}
    async with administrator(world.database.admin_url) as admin:
        await admin.execute("SET search_path = sammen")
        for number, tenant in enumerate(places_of):
            await Filling(admin, tenant, world.re, world.region, number).fill()
        for number, tenant in enumerate(places_of):
            raw = await frames(admin, tenant)
            for start, end in PERIODS:
                wanted = expected(raw, tenant, start, end)
                async with world.job(tenant) as uow:
                    for measure in measures():
                        if measure.id not in wanted:
                            continue
                        found = cells(measure, await measure.read(uow, start, end))
                        assert found == wanted[measure.id], (measure.id, number, start)
                        assert all(known(measure, key) for key in found), measure.id
                        seen[measure.id] = seen.get(measure.id, 0) + len(found)
    assert set(seen) == set(wanted)
    assert min(seen.values()) > 10, seen
