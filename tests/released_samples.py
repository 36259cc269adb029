"""Releases made up for tests: figures as they are shown, as values, and put in a world's tables past every wall."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from itertools import product
from uuid import UUID, uuid4, uuid5

from reporting.figures.api import Denominators
from reporting.measures.api import DEFINITIONS
from reporting.periods import Period, parse
from reporting.releases.api import HIDDEN, REGION, CellKey, Place, ReleaseCard, Released, Shown
from reporting.reports.api import Board
from sammen.figures import AGE
from tests.worlds import World

HALF = parse("2026-h1")
ROOT = UUID("5a66e900-0000-4000-8000-00000000f196")
HIDE = None
"""In the figures of a sample: a number that is hidden."""
Figures = Mapping[str, Mapping[str, int | None]]
"""Municipality's name → measure → total, divided evenly over the codes; None hides the municipality's cells of it."""


def place_id(name: str) -> str:
    """A municipality's id in made-up releases."""
    return str(uuid5(ROOT, name))


def made_up(
    figures: Figures, *, period: Period = HALF, missing: Sequence[str] = (), edition: int = 1,
    ids: Mapping[str, str] | None = None, region_hidden: Sequence[str] = (),
) -> Released:  # fmt: skip
    """A release of `figures`, with every measure alone and by each of its dimensions. The region's cells are true sums."""
    names = sorted([*figures, *missing])
    known = {name: (ids or {}).get(name, place_id(name)) for name in names}
    places = tuple(
        Place(known[name], name, slug_of(name), edition=0 if name in missing else edition) for name in names
    )
    cells: dict[CellKey, Shown] = {}
    divided: dict[str, frozenset[tuple[str, ...]]] = {}
    for measure in sorted({m for of_place in figures.values() for m in of_place}):
        tables = [(), *((d.id,) for d in DEFINITIONS[measure].dimensions)]
        divided[measure] = frozenset(tables)
        for by in tables:
            codes = [[c for c, _n in d.codes] for d in DEFINITIONS[measure].dimensions if (d.id,) == by]
            keys = list(product(*codes)) if by else [()]
            sums = [Decimal(0)] * len(keys)
            for name, of_place in figures.items():
                if measure not in of_place:
                    continue
                total = of_place[measure]
                for at, key in enumerate(keys):
                    part = 0 if total is None else total // len(keys) + (at < total % len(keys))
                    cells[measure, by, known[name], key] = HIDDEN if total is None else Shown(Decimal(part))
                    sums[at] += part
            for at, key in enumerate(keys):
                cells[measure, by, REGION, key] = HIDDEN if measure in region_hidden else Shown(sums[at])
    card = ReleaseCard(
        uuid5(ROOT, f"{period.slug}.{edition}"), period, edition, datetime(2026, 10, 1, 12, tzinfo=UTC)
    )
    return Released(card, places, frozenset(known[n] for n in missing), cells, divided)


def board_of(*series: Released, inhabitants: Mapping[str, int] | None = None) -> Board:
    """A board over releases, oldest first; a fifth of the inhabitants in each age band but the oldest, which has two."""
    bands = [code for code, _n in AGE.codes][:4]
    people = {
        (UUID(place_id(name)), band): count // 5 * (2 if band == "80" else 1)
        for name, count in (inhabitants or {}).items()
        for band in bands
    }
    known = Denominators(2026, people, "SSB, tabell 07459", None) if people else Denominators(0, {}, "", None)
    slugs = [one.card.period.slug for one in series]
    by_place = {(str(place), band): count for (place, band), count in people.items()}
    cards = tuple(one.card for one in reversed(series))
    return Board(cards, series, dict.fromkeys(slugs, by_place), dict.fromkeys(slugs, known))


async def publish(world: World, release: Released) -> None:
    """Put a release in the world's region as one that is shown. Its places' ids must be the municipalities' own."""
    slug = release.card.period.slug
    found = await world.sql(
        "INSERT INTO release (region_id, id, period, edition, state, tables, threshold, made_by, approved_at, approved_by)"
        " VALUES ($1, $2, $3, $4, 'shown', $5, 5, $6, $7, $6) RETURNING id",
        world.region, uuid4(), slug, release.card.edition,
        [f"{m}:{'|'.join(by)}" for m, tables in release.divided.items() for by in sorted(tables)],
        uuid4(), release.card.approved_at,
    )  # fmt: skip
    made = found[0]["id"]
    for place in release.places:
        await world.sql(
            "INSERT INTO release_member (region_id, id, release_id, municipality_id, figures_edition, measures)"
            " VALUES ($1, $2, $3, $4, $5, $6)", world.region, uuid4(), made, UUID(place.id), place.edition or None,
            sorted(release.divided),
        )  # fmt: skip
    rows = [
        (m, "|".join(by), where, "|".join(key), shown.value)
        for (m, by, where, key), shown in release.cells.items()
        if shown.value != 0
    ]
    await world.sql(
        "INSERT INTO release_cell (region_id, id, release_id, measure, table_id, place, key, value, hidden)"
        " SELECT $1, gen_random_uuid(), $2, m, t, p, k, v, v IS NULL"
        " FROM unnest($3::text[], $4::text[], $5::text[], $6::text[], $7::numeric[]) AS r(m, t, p, k, v)",
        world.region, made, *([row[n] for row in rows] for n in range(5)),
    )  # fmt: skip


def slug_of(name: str) -> str:
    """A slug from a municipality's name."""
    return name.lower().translate(str.maketrans("æøå", "aoa"))
