"""Figures for tests: approved ones put straight in, and measures that say what they are told to."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from uuid import UUID

from reporting.definitions import REPORTED
from reporting.figures.service import approve, compute
from reporting.periods import Period, parse
from sammen.db.unit_of_work import UnitOfWork
from sammen.figures import Measure, Reading
from sammen.policy.roles import Role
from tests.worlds import World

HALF = parse("2026-h1")
"""Over since long: the clock of these tests is never before November 2026."""
NUMBERS = {"users": 148, "hours": 9431, "served": 131, "cost": 3_885_572}


def told(values: Mapping[str, int | str]) -> list[Measure]:
    """Measures that answer with `values`, whatever the period."""

    def one(name: str) -> Measure:
        async def read(_uow: UnitOfWork, _start: date, _end: date) -> list[Reading]:
            return [Reading((), Decimal(values[name]))]

        return Measure(name, "count", "count", (), read)

    return [one(measure.id) for measure in REPORTED]


async def report(
    world: World, slug: str, values: Mapping[str, int | str], *, period: Period = HALF, approved: bool = True
) -> UUID:
    """Compute `values` for a municipality and, unless told not to, approve them, as its manager."""
    async with world.at(slug, Role.MANAGER) as uow:
        made = await compute(uow, period, told(values))
        if approved:
            await approve(uow, made)
    return made


async def more_municipalities(world: World, names: Sequence[str]) -> dict[str, UUID]:
    """Members of the region with a manager each; slugs are the names in lower case without æøå."""
    found = {}
    for number, name in enumerate(names):
        rows = await world.sql(
            "INSERT INTO municipality (id, code, slug, name, valid_from)"
            " VALUES (gen_random_uuid(), $1, $2, $3, $4) RETURNING id",
            f"07{50 + number}", slug_of(name), name, date(2000, 1, 1),
        )  # fmt: skip
        place = found[name] = rows[0]["id"]
        await world.sql(
            "INSERT INTO region_membership (id, region_id, municipality_id, valid_from)"
            " VALUES (gen_random_uuid(), $1, $2, $3)", world.region, place, date(2000, 1, 1),
        )  # fmt: skip
        user = await world.sql(
            "INSERT INTO user_account (id, email, display_name) VALUES (gen_random_uuid(), $1, 'Leder') RETURNING id",
            f"manager@{slug_of(name)}.test",
        )
        await world.sql(
            "INSERT INTO membership (id, user_id, kind, municipality_id, role, valid_from, granted_by)"
            " VALUES (gen_random_uuid(), $1, 'municipality', $2, 'manager', $3, 'test')",
            user[0]["id"], place, date(2000, 1, 1),
        )  # fmt: skip
        world.users[slug_of(name), Role.MANAGER.value] = user[0]["id"]
    return found


async def people_live(world: World, inhabitants: Mapping[UUID, int], *, year: int = 2026) -> None:
    """Give municipalities a population, in two age bands that add up to it."""
    for place, count in inhabitants.items():
        for band, part in (("0-17", count // 5), ("18+", count - count // 5)):
            await world.sql(
                "INSERT INTO municipality_population (municipality_id, year, age_band, inhabitants)"
                " VALUES ($1, $2, $3, $4)", place, year, band, part,
            )  # fmt: skip


def by_key(readings: Iterable[Reading]) -> dict[str, Decimal]:
    """What a measure read, by key, as it is kept."""
    return {"|".join(reading.key): reading.value for reading in readings}


def total(readings: Iterable[Reading]) -> Decimal:
    """The sum of everything a measure read."""
    return sum((reading.value for reading in readings), Decimal(0))


def slug_of(name: str) -> str:
    """A slug from a municipality's name."""
    return name.lower().translate(str.maketrans("æøå", "aoa"))
