"""The twelve municipalities of 2009: what Statistics Norway knows of them, and how the demo lets them differ."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

DATA = Path(__file__).parent / "data"
VESTFOLD = DATA / "vestfold"
SLUGS = {"Nøtterøy": "notteroy", "Tjøme": "tjome", "Tønsberg": "tonsberg"}
# The table has old Sandefjord, Andebu and Stokke only together; shares of July 2011 split them (data/README.md).
JOINED = "0706+0719+0720"
JOINED_SHARES = {"0706": 0.7258, "0719": 0.0892, "0720": 0.1850}


@dataclass(frozen=True, slots=True)
class Habits:
    """What is invented about a municipality, so that there is something to compare.

    `waiting`: people with a decision and nobody to meet. `late`: share of evaluations and decisions past their day.
    `rate`: kroner an hour now. `overhead`: kroner an inhabitant and year. `slow`: days from decision to first meeting.
    """

    waiting: int
    late: float
    rate: int
    overhead: float
    slow: tuple[int, int]


HABITS = {
    "0701": Habits(4, 0.10, 205, 15.0, (10, 28)),
    "0702": Habits(2, 0.15, 198, 17.0, (10, 30)),
    "0704": Habits(14, 0.20, 226, 14.0, (14, 45)),
    "0706": Habits(26, 0.45, 212, 11.5, (20, 70)),
    "0709": Habits(38, 0.30, 218, 13.0, (20, 80)),
    "0714": Habits(0, 0.00, 186, 21.0, (7, 20)),
    "0716": Habits(0, 0.05, 208, 18.0, (7, 21)),
    "0719": Habits(3, 0.25, 194, 19.0, (10, 35)),
    "0720": Habits(9, 0.50, 201, 15.0, (20, 75)),
    "0722": Habits(0, 0.10, 232, 14.5, (7, 25)),
    "0723": Habits(0, 0.00, 224, 20.0, (7, 20)),
    "0728": Habits(1, 0.10, 190, 22.0, (10, 30)),
}


@dataclass(frozen=True, slots=True)
class Place:
    """One municipality. `inhabitants`: July 2011. `postcodes`: (postcode, place) of street addresses."""

    code: str
    name: str
    slug: str
    inhabitants: int
    latitude: float
    longitude: float
    postcodes: tuple[tuple[str, str], ...]
    habits: Habits


@lru_cache(maxsize=1)
def all_places() -> tuple[Place, ...]:
    """The twelve, by code."""
    postcodes: dict[str, list[tuple[str, str]]] = {}
    for row in _read(VESTFOLD / "postcodes_vestfold.csv"):
        if row["use"].startswith("Gate"):
            postcodes.setdefault(row["municipality_code_2016"], []).append((row["postcode"], row["place"]))
    return tuple(
        Place(
            row["code"], row["name"], SLUGS.get(row["name"], row["name"].lower()), int(row["population_2011_07_01"]),
            float(row["point_lat"]), float(row["point_lon"]), tuple(postcodes[row["code"]]), HABITS[row["code"]],
        )
        for row in _read(VESTFOLD / "vestfold_12k.csv")
    )  # fmt: skip


@lru_cache(maxsize=1)
def populations() -> dict[tuple[str, int, str], int]:
    """(code, year, age band) → inhabitants on 1 January, as far as the table goes with the borders of 2009."""
    codes = {place.code for place in all_places()}
    found: dict[tuple[str, int, str], int] = {}
    for row in _read(VESTFOLD / "population_vestfold_age.csv"):
        key = (int(row["year"]), row["age_band"])
        if row["code"] in codes:
            found[row["code"], *key] = int(row["population"])
        elif row["code"] == JOINED:
            for code, share in JOINED_SHARES.items():
                found[code, *key] = round(int(row["population"]) * share)
    return found


@lru_cache(maxsize=1)
def taken_numbers() -> frozenset[str]:
    """National numbers in the list that a visitor imports: the demo must not have those people already."""
    text = (DATA / "horten-vedtaksliste.csv").read_text(encoding="cp1252")
    return frozenset(line.split(";")[0].replace(" ", "") for line in text.splitlines())


def names_from(filename: str, column: str, **wanted: str) -> Sequence[str]:
    """One column of a name list, of the rows that have the wanted values."""
    rows = _read(DATA / filename)
    return [row[column] for row in rows if all(row[key] == value for key, value in wanted.items())]


def _read(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
