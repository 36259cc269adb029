"""Figures for tests: approved ones put straight in, and measures that say what they are told to."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from uuid import UUID

from reporting.figures.service import approve, compute
from reporting.measures.api import DEFINITIONS, Definition
from reporting.periods import Period, parse
from sammen.db.unit_of_work import UnitOfWork
from sammen.figures import Kind, Measure, Reading
from sammen.policy.roles import Role
from tests.worlds import World

HALF = parse("2026-h1")
"""Over since long: the clock of these tests is never before November 2026."""
NUMBERS = {"users": 148, "hours": 9431, "cost": 3_885_572}
Told = Mapping[str, int | str | Mapping[tuple[str, ...], int | str]]


def told(values: Told) -> list[Measure]:
    """The registry's measures that `values` names, answering with them whatever the period.

    A number stands in the cell of each dimension's first code; a mapping gives cells by key. Sums and money have fifty
    contributors, of whom none has more than a tenth.
    """

    def one(definition: Definition) -> Measure:
        said = values[definition.id]
        first = tuple(dimension.codes[0][0] for dimension in definition.dimensions)
        cells = said if isinstance(said, Mapping) else {first: said}

        async def read(_uow: UnitOfWork, _start: date, _end: date) -> list[Reading]:
            return [_reading(definition.kind, key, Decimal(value)) for key, value in cells.items()]

        return Measure(definition.id, definition.kind, definition.unit, definition.dimensions, read)

    return [one(DEFINITIONS[name]) for name in values if name in DEFINITIONS]


def _reading(kind: Kind, key: tuple[str, ...], value: Decimal) -> Reading:
    if kind in ("sum", "money"):
        return Reading(key, value, 50, value / 10, value / 20)
    return Reading(key, value)


async def report(
    world: World,
    slug: str,
    values: Told,
    *,
    period: Period = HALF,
    approved: bool = True,
    note: str = "",
    reason: str = "",
) -> UUID:
    """Compute `values` for a municipality and, unless told not to, approve them, as its manager."""
    async with world.at(slug, Role.MANAGER) as uow:
        made = await compute(uow, period, told(values))
        if approved:
            await approve(uow, made, note=note, reason=reason)
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
        for band, part in (("0-17", count // 5), ("18-66", count - count // 5)):
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
