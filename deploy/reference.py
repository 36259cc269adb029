"""Facts every installation needs and no municipality owns: put in place by `sammen db upgrade`, again and again.

A changed law is a new row, and an end date on the old one: decisions keep the ground they were made on (A13).
"""

from __future__ import annotations

from datetime import date

import asyncpg

from deploy import reference_letters, reference_police
from deploy.reference_ages import put_ages_in_place
from deploy.reference_courses import put_course_rules_in_place
from deploy.reference_postcodes import put_postcodes_in_place
from deploy.reference_rates import put_rates_in_place
from deploy.reference_retention import put_retention_in_place

UPSERT = """
    INSERT INTO sammen.legal_ground (code, text_nb, text_nn, complaint_weeks, child_welfare, valid_from, valid_to)
    VALUES ($1, $2, $3, $4, $5, $6, $7)
    ON CONFLICT (code) DO UPDATE SET text_nb = excluded.text_nb, text_nn = excluded.text_nn,
      complaint_weeks = excluded.complaint_weeks, child_welfare = excluded.child_welfare,
      valid_from = excluded.valid_from, valid_to = excluded.valid_to
"""
Ground = tuple[str, str, str, int, bool, date, date | None]

# Complaint deadlines (A9): four weeks under pasient- og brukerrettighetsloven § 7-5 for care services, otherwise
# forvaltningsloven § 29's three. Code, Bokmål, Nynorsk, weeks to complain, child welfare, first and last day.
LEGAL_GROUNDS: tuple[Ground, ...] = (
    ("hol-3-2-6b", "Helse- og omsorgstjenesteloven § 3-2 første ledd nr. 6 b",
     "Helse- og omsorgstenestelova § 3-2 første ledd nr. 6 b", 4, False, date(2012, 1, 1), None),
    ("sotjl-4-2-c", "Sosialtjenesteloven (1991) § 4-2 bokstav c",
     "Sosialtenestelova (1991) § 4-2 bokstav c", 3, False, date(1993, 1, 1), date(2011, 12, 31)),
    ("bvl-3-1", "Barnevernsloven § 3-1",
     "Barnevernslova § 3-1", 3, True, date(2023, 1, 1), None),
    ("bvl-1992-4-4", "Barnevernloven (1992) § 4-4",
     "Barnevernlova (1992) § 4-4", 3, True, date(1993, 10, 1), date(2022, 12, 31)),
)  # fmt: skip


async def put_in_place(connection: asyncpg.Connection[asyncpg.Record]) -> None:
    """Write the reference rows, or bring them up to date. Harmless to run again; never removes a row."""
    await connection.executemany(UPSERT, LEGAL_GROUNDS)
    await reference_letters.put_in_place(connection)
    await put_ages_in_place(connection)
    await reference_police.put_in_place(connection)
    await put_rates_in_place(connection)
    await put_postcodes_in_place(connection)
    await put_course_rules_in_place(connection)
    await put_retention_in_place(connection)
