"""Vestfold's postcodes with their points, read from the pool's own data file (its README.md has source and licence)."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Final

import asyncpg

FILE: Final = Path(__file__).resolve().parents[1] / "shared_pool" / "geography" / "data" / "postcodes.csv"
UPSERT = """
    INSERT INTO sammen.postcode (code, place, municipality_code, latitude, longitude, inhabited)
    VALUES ($1, $2, $3, $4, $5, $6)
    ON CONFLICT (code) DO UPDATE SET place = excluded.place, municipality_code = excluded.municipality_code,
      latitude = excluded.latitude, longitude = excluded.longitude, inhabited = excluded.inhabited
"""
Row = tuple[str, str, str, float, float, bool]


def postcodes() -> list[Row]:
    """Code, place, municipality, latitude, longitude, and whether letters are brought to homes there."""
    with FILE.open(encoding="utf-8", newline="") as text:
        return [
            (
                row["code"], row["place"], row["municipality_code"],
                float(row["latitude"]), float(row["longitude"]), row["inhabited"] == "yes",
            )
            for row in csv.DictReader(text)
        ]  # fmt: skip


async def put_postcodes_in_place(connection: asyncpg.Connection[asyncpg.Record]) -> None:
    """Write the postcodes, or bring them up to date. Harmless to run again; never removes one."""
    await connection.executemany(UPSERT, postcodes())
