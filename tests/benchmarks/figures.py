"""A comparative report over ten years: the engine against one plain SQL query and against polars, identical figures.

12 municipalities and 357, three figures each, with index, mean, lowest and highest of those shown; every eleventh cell is
hidden. The engine starts from releases as the process keeps them, SQL from an indexed table, polars from a frame in memory.
"""

from __future__ import annotations

import asyncio
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from random import Random
from typing import Any, Final
from uuid import UUID, uuid5

import asyncpg
import polars as pl

from deploy.database import administrator
from reporting.measures.api import DEFINITIONS, INHABITANTS
from reporting.periods import Period, PeriodKind
from reporting.releases.api import HIDDEN, REGION, CellKey, Place, ReleaseCard, Released, Shown
from reporting.reports.comparison import compared
from reporting.reports.frame import People, frame
from reporting.reports.quantities import BANDS, quantity
from sammen.keys import token_hash
from sammen.policy.roles import Role
from tests.benchmarks.prepare import TOKEN
from tests.benchmarks.serve import served
from tests.database import fresh_database
from tests.figure_samples import more_municipalities
from tests.released_samples import made_up, publish
from tests.worlds import make_world

YEARS: Final = 10
ROUNDS: Final = 9
SIZES: Final = ((12, 0.2), (357, 1.0))
"""Municipalities, and the seconds wanted."""
FRONT_PAGE: Final = "/r/vestfold/tall"
WANTED: Final = ("cost_per_hour", "cost_per_user", "users_per_1000")
MEASURES: Final = ("users", "hours", "cost")
ROOT: Final = UUID("5a66e900-0000-4000-8000-0000000000be")
Row = tuple[str, str, str, int, int, int, int, int, int]
"""Period, place, figure, number, sign, index, mean, lowest, highest; -1 for none."""
PARTS: Final = {
    "cost_per_hour": ("cost", "hours", 1, 0), "cost_per_user": ("cost", "users", 1, 0),
    "users_per_1000": ("users", INHABITANTS, 1000, 1),
}  # fmt: skip
SQL: Final = """
WITH figure(id, above, below, factor) AS (VALUES ('cost_per_hour', 'cost', 'hours', 1),
  ('cost_per_user', 'cost', 'users', 1), ('users_per_1000', 'users', 'inhabitants', 10000)),
made AS (SELECT f.id, a.period, a.place, (a.hidden OR b.hidden)::int AS sign,
    CASE WHEN a.hidden OR b.hidden THEN -1 ELSE round(a.value * f.factor / b.value)::bigint END AS number
  FROM figure f JOIN bench_cell a ON a.measure = f.above
  JOIN bench_cell b ON b.measure = f.below AND b.period = a.period AND b.place = a.place),
spread AS (SELECT id, period, round(avg(number))::bigint AS mean, min(number) AS low, max(number) AS high
  FROM made WHERE place <> '' AND sign = 0 GROUP BY id, period)
SELECT m.period, m.place, m.id, m.number, m.sign,
    CASE WHEN m.sign = 0 AND r.sign = 0 AND r.number > 0 THEN round(100 * m.number::numeric / r.number)::bigint ELSE -1 END,
    coalesce(s.mean, -1), coalesce(s.low, -1), coalesce(s.high, -1)
  FROM made m JOIN made r ON r.id = m.id AND r.period = m.period AND r.place = ''
  LEFT JOIN spread s ON s.id = m.id AND s.period = m.period WHERE m.place <> ''"""


@dataclass(frozen=True, slots=True)
class Sample:
    """The same figures as releases and as rows (period, measure, place, value, hidden)."""

    releases: tuple[Released, ...]
    people: dict[str, People]
    rows: list[tuple[str, str, str, Decimal | None, bool]]


def sample(municipalities: int) -> Sample:
    """Ten years of made-up figures, the same each time."""
    chance = Random(municipalities)  # noqa: S311 - made-up figures, not secrets
    places = tuple(
        Place(str(uuid5(ROOT, str(n))), f"Kommune {n}", f"k{n}", edition=1) for n in range(municipalities)
    )
    releases: list[Released] = []
    people: dict[str, People] = {}
    rows: list[tuple[str, str, str, Decimal | None, bool]] = []
    for year in range(2016, 2016 + YEARS):
        period = Period(PeriodKind.YEAR, year, 1)
        cells: dict[CellKey, Shown] = {}
        living: dict[tuple[str, str], int] = {}
        for measure, low, high in (("users", 20, 900), ("hours", 900, 60_000), ("cost", 400_000, 25_000_000)):
            total = Decimal(0)
            for place in places:
                value = (
                    Decimal(chance.randint(low * 100, high * 100)) / 100
                    if measure != "users"
                    else Decimal(chance.randint(low, high))
                )
                total += value
                hidden = chance.random() < 1 / 11
                cells[measure, (), place.id, ()] = HIDDEN if hidden else Shown(value)
                rows.append((period.slug, measure, place.id, None if hidden else value, hidden))
            cells[measure, (), REGION, ()] = Shown(total)
            rows.append((period.slug, measure, REGION, total, False))
        for place in places:
            for band in BANDS:
                living[place.id, band] = chance.randint(300, 90_000)
            all_bands = sum(living[place.id, band] for band in BANDS)
            rows.append((period.slug, INHABITANTS, place.id, Decimal(all_bands), False))
        rows.append((period.slug, INHABITANTS, REGION, Decimal(sum(living.values())), False))
        card = ReleaseCard(uuid5(ROOT, period.slug), period, 1, datetime(year + 1, 3, 1, tzinfo=UTC))
        divided = dict.fromkeys(MEASURES, frozenset({()}))
        releases.append(Released(card, places, frozenset(), cells, divided))
        people[period.slug] = living
    return Sample(tuple(releases), people, rows)


def by_engine(given: Sample) -> list[Row]:
    """The report as our pages make it."""
    framed = frame(given.releases, [quantity(name) for name in WANTED], given.people)
    found: list[Row] = []
    for name in WANTED:
        table = compared(framed, name).reset_index()
        found += [
            (row[0], row[1], name, *(int(value) for value in row[2:]))
            for row in table[
                ["period", "place", "number", "sign", "index", "mean", "lowest", "highest"]
            ].itertuples(index=False, name=None)
        ]
    return found


def polars_frame(given: Sample) -> pl.DataFrame:
    """The rows as polars would keep them: whole hundredths."""
    return pl.DataFrame(
        [(p, m, w, -1 if v is None else int(v * 100), h) for p, m, w, v, h in given.rows],
        schema={"period": pl.String, "measure": pl.String, "place": pl.String, "value": pl.Int64, "hidden": pl.Boolean},
        orient="row",
    )  # fmt: skip


def by_polars(cells: pl.DataFrame) -> list[Row]:
    """The same report in polars, in whole numbers."""
    found: list[Row] = []
    for name, (above, below, factor, decimals) in PARTS.items():
        scale = factor * 10**decimals
        joined = cells.filter(pl.col("measure") == above).join(
            cells.filter(pl.col("measure") == below), on=["period", "place"], suffix="_b"
        )
        made = joined.with_columns(
            (pl.col("hidden") | pl.col("hidden_b")).cast(pl.Int64).alias("sign"),
            ((2 * pl.col("value") * scale + pl.col("value_b")) // (2 * pl.col("value_b"))).alias("n"),
        ).with_columns(pl.when(pl.col("sign") == 0).then(pl.col("n")).otherwise(-1).alias("number"))
        region = made.filter(pl.col("place") == REGION).select(
            "period", pl.col("number").alias("r"), pl.col("sign").alias("rs")
        )
        places = made.filter(pl.col("place") != REGION)
        spread = places.filter(pl.col("sign") == 0).group_by("period").agg(
            ((2 * pl.col("number").sum() + pl.len()) // (2 * pl.len())).cast(pl.Int64).alias("mean"),
            pl.col("number").min().alias("low"), pl.col("number").max().alias("high"),
        )  # fmt: skip
        shown = (pl.col("sign") == 0) & (pl.col("rs") == 0) & (pl.col("r") > 0)
        table = places.join(region, on="period").join(spread, on="period", how="left").with_columns(
            pl.when(shown).then((200 * pl.col("number") + pl.col("r")) // (2 * pl.col("r"))).otherwise(-1).alias("index")
        )  # fmt: skip
        picked = table.select(
            "period",
            "place",
            pl.lit(name),
            "number",
            "sign",
            "index",
            *(pl.col(c).fill_null(-1) for c in ("mean", "low", "high")),
        )
        found += picked.rows()
    return found


async def _by_sql(connection: asyncpg.Connection[Any]) -> list[Row]:
    return [(r[0], r[1], r[2], *(int(value) for value in r[3:])) for r in await connection.fetch(SQL)]


def _timed(run: Callable[[], list[Row]]) -> tuple[float, list[Row]]:
    began = time.perf_counter()
    rows = run()
    return time.perf_counter() - began, rows


async def measure_figures(
    server: str, name: str
) -> tuple[list[tuple[str, list[float], float]], dict[str, float]]:
    """(what, seconds, wanted) for each size, and for scale the others' medians. AssertionError when a figure differs."""
    found, scale = [], {}
    async with fresh_database(server, name) as database, administrator(database.admin_url) as connection:
        for municipalities, wanted in SIZES:
            given = sample(municipalities)
            await connection.execute("DROP TABLE IF EXISTS bench_cell")
            await connection.execute(
                "CREATE UNLOGGED TABLE bench_cell (period text, measure text, place text, value numeric, hidden boolean)"
            )
            await connection.copy_records_to_table("bench_cell", records=given.rows)
            await connection.execute("CREATE INDEX ON bench_cell (measure, period, place)")
            await connection.execute("ANALYZE bench_cell")
            cells = polars_frame(given)
            taken: dict[str, list[float]] = {"engine": [], "sql": [], "polars": []}
            for _ in range(ROUNDS + 1):
                engine, rows = _timed(lambda given=given: by_engine(given))  # type: ignore[misc]  # bound now
                other, same = _timed(lambda cells=cells: by_polars(cells))  # type: ignore[misc]
                began = time.perf_counter()
                plain = await _by_sql(connection)
                taken["sql"].append(time.perf_counter() - began)
                taken["engine"].append(engine)
                taken["polars"].append(other)
                assert sorted(rows) == sorted(same) == sorted(plain), "the engines disagree"
            warm = {which: times[1:] for which, times in taken.items()}
            found.append((f"report of {municipalities} × {YEARS} years", warm["engine"], wanted))
            for which in ("sql", "polars"):
                scale[f"report_{municipalities}_{which}_s"] = statistics.median(warm[which])
    return found, scale


async def measure_front(server: str, name: str) -> list[float]:
    """The 95th percentile of the steering group's front page in milliseconds: twelve municipalities, eight half-years."""
    names = [f"Kommune {n}" for n in range(10)]
    chance = Random(12)  # noqa: S311 - made-up figures, not secrets
    async with fresh_database(server, name) as database:
        world = await make_world(database)
        try:
            homes = await more_municipalities(world, names)
            ids = {n: str(place) for n, place in {"Horten": world.horten, "Re": world.re, **homes}.items()}
            period = Period(PeriodKind.HALF_YEAR, 2022, 2)
            shown = [one.id for one in DEFINITIONS.values() if not one.home]
            for _ in range(8):
                figures = {n: {m: chance.choice([None, *range(20, 400, 7)]) for m in shown} for n in ids}
                await publish(world, made_up(figures, period=period, ids=ids))
                period = period.next
            user = world.user("vestfold", Role.STEERING_GROUP_MEMBER)
            await world.token(user)
            await world.sql(
                "UPDATE web_session SET token_hash = $1 WHERE user_id = $2", token_hash(TOKEN), user
            )
            return await asyncio.to_thread(_load, database.app_url)
        finally:
            await world.close()


def _load(app_url: str) -> list[float]:
    with served("deploy.asgi:make_app", SAMMEN_APP_URL=app_url) as server:
        server.load(connections=1, seconds=1.0, path=FRONT_PAGE)
        return [server.load(connections=1, seconds=1.0, path=FRONT_PAGE)["p95_ms"] for _ in range(ROUNDS)]
