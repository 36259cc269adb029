"""The state's kilometre rate for a private car: only days it can be shown for, each with where it stands.

Between 2013 and 2014 nothing is known here: a table that pays by the state's rate for such a day says so, and pays nothing.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import asyncpg

UPSERT = """
    INSERT INTO sammen.state_km_rate (valid_from, valid_to, kroner, source) VALUES ($1, $2, $3, $4)
    ON CONFLICT (valid_from) DO UPDATE SET valid_to = excluded.valid_to, kroner = excluded.kroner, source = excluded.source
"""
NATURVITERNE = "https://www.naturviterne.no/arkiv/aktuelt/nye-og-okte-satser-for-kjoregodtgjorelse-i-staten"

# First day, last day when the next is not known to follow at once, kroner a kilometre, where it stands.
STATE_KM_RATES: tuple[tuple[date, date | None, Decimal, str], ...] = (
    (date(2010, 3, 1), date(2011, 12, 31), Decimal("3.65"),
     "https://www.regjeringen.no/no/aktuelt/kjoregodtgjorelse/id594435/"),
    (date(2012, 1, 1), date(2012, 12, 31), Decimal("3.90"), "https://firmabil.no/artikkel.php?aid=32256"),
    (date(2015, 1, 1), date(2018, 6, 21), Decimal("4.10"),
     "http://legeforeningen.no/Fagmed/Norsk-forening-for-allmennmedisin/Honorar-og-reiseskjema-NFA-2012/"
     "Km-godtgjorelse-egen-bil-2013/"),
    (date(2018, 6, 22), date(2018, 12, 31), Decimal("3.90"),
     "https://marker.kommune.no/godtgjoerelse-til-folkevalgte.377162.no.html"),
    (date(2019, 1, 1), date(2022, 12, 31), Decimal("4.03"),
     "https://compendia24.no/kjoregodtgjorelsen-okt-til-403-fra-1-januar-2019/"),
    (date(2023, 1, 1), date(2023, 12, 31), Decimal("4.48"), NATURVITERNE),
    (date(2024, 1, 1), date(2024, 12, 31), Decimal("4.90"),
     "https://arbeidsgiver.dfo.no/lonn-goder-og-reise/reiser-og-satser/statens-satser-innenlands"),
    (date(2025, 1, 1), date(2025, 12, 31), Decimal("5.00"),
     "https://naturviterne.no/lonn-og-tariff/stat/okte-satser-for-kjoregodtgjorelse-og-kost-i-2025-dette-ma-du-vite"),
    (date(2026, 1, 1), None, Decimal("5.30"), "https://easya.no/nyhetsbrev"),
)  # fmt: skip


async def put_rates_in_place(connection: asyncpg.Connection[asyncpg.Record]) -> None:
    """Write the rates, or bring them up to date. Harmless to run again; never removes one."""
    await connection.executemany(UPSERT, STATE_KM_RATES)
