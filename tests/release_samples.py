"""Approved figures put straight in, and releases made of them, for tests of what is published."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from reporting.measures.api import DEFINITIONS
from reporting.periods import Period, parse
from reporting.releases.queries import ReleaseRow, release_row
from reporting.releases.service import Choice, approve_release, start_release
from sammen.clock import now
from sammen.policy.roles import Role
from tests.worlds import World

HALF = parse("2026-h1")
"""Over since long: the clock of these tests is never before November 2026."""
MANAGER = Role.PROJECT_MANAGER
Cells = Mapping[tuple[str, ...], int | tuple[str, int, str, str]]
"""Inner cells: a count, or an amount with its contributors, the largest and the second largest of them."""


def whole(measure: str, **codes: str) -> tuple[str, ...]:
    """A whole key of a measure: the given code of a dimension, the first of the others."""
    return tuple(codes.get(one.id, one.codes[0][0]) for one in DEFINITIONS[measure].dimensions)


async def approved(
    world: World,
    place: UUID,
    figures: Mapping[str, Cells],
    *,
    period: Period = HALF,
    edition: int = 1,
    note: str = "",
) -> None:
    """A municipality has approved these inner cells, as its own approval would have written them."""
    at = now() - timedelta(hours=1)
    await world.sql(
        "INSERT INTO figure_approval (region_id, id, reported_by, period, edition, note, approved_at, measures)"
        " VALUES ($1, gen_random_uuid(), $2, $3, $4, $5, $6, $7)",
        world.region, place, period.slug, edition, note, at, sorted(figures),
    )  # fmt: skip
    rows: list[tuple[Any, ...]] = []
    for measure, cells in figures.items():
        for key, told in cells.items():
            value, people, largest, second = (
                told if isinstance(told, tuple) else (str(told), told, "1", "1" if told > 1 else "0")
            )
            rows.append((measure, "|".join(key), Decimal(value), people, Decimal(largest), Decimal(second)))
    columns = [list(column) for column in zip(*rows, strict=True)]
    await world.sql(
        "INSERT INTO approved_figure (region_id, id, reported_by, period, edition, approved_at, measure, key, value,"
        " contributors, largest, second) SELECT $1, gen_random_uuid(), $2, $3, $4, $5, f.* FROM unnest($6::text[],"
        " $7::text[], $8::numeric[], $9::int[], $10::numeric[], $11::numeric[]) f",
        world.region, place, period.slug, edition, at, *columns,
    )  # fmt: skip


async def made(world: World, tables: Sequence[str], *, period: Period = HALF, why: str = "") -> UUID:
    """A release by the project manager, protected by its job."""
    async with world.at("vestfold", MANAGER) as uow:
        release_id = await start_release(uow, period, Choice(tuple(tables), why))
    await world.run_jobs()
    return release_id


async def seen(world: World, release_id: UUID) -> ReleaseRow:
    """The release as it stands."""
    async with world.at("vestfold", MANAGER) as uow:
        return await release_row(uow, release_id)


async def put_out(world: World, release_id: UUID) -> None:
    """Approve a release that is ready, and let its job show it."""
    row = await seen(world, release_id)
    async with world.at("vestfold", MANAGER) as uow:
        await approve_release(uow, release_id, row.version)
    await world.run_jobs()


async def released_now(world: World, tables: Sequence[str], *, period: Period = HALF, why: str = "") -> UUID:
    """A release, all the way out."""
    release_id = await made(world, tables, period=period, why=why)
    await put_out(world, release_id)
    return release_id
