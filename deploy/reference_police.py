"""The legal grounds to ask a contact for politiattest again (B2): dated, so that a changed law is a new row.

The first politiattest needs no ground of its own: helse- og omsorgstjenesteloven § 5-4 asks for it when somebody is offered
to be a contact. After that the law must say so.
"""

from __future__ import annotations

from datetime import date

import asyncpg

UPSERT = """
    INSERT INTO sammen.police_ground (code, text_nb, text_nn, source, valid_from, valid_to)
    VALUES ($1, $2, $3, $4, $5, $6)
    ON CONFLICT (code) DO UPDATE SET text_nb = excluded.text_nb, text_nn = excluded.text_nn, source = excluded.source,
      valid_from = excluded.valid_from, valid_to = excluded.valid_to
"""
Ground = tuple[str, str, str, str, date, date | None]

GROUNDS: tuple[Ground, ...] = (
    ("new_offer", "Støttekontakten får tilbud om en ny stilling eller et nytt oppdrag",
     "Støttekontakten får tilbod om ei ny stilling eller eit nytt oppdrag",
     "helse- og omsorgstjenesteloven § 5-4", date(2017, 1, 1), None),
    ("renewed_check", "Loven eller en forskrift gir rett til fornyet vandelskontroll",
     "Lova eller ei forskrift gir rett til fornya vandelskontroll",
     "politiregisterloven § 43", date(2014, 7, 1), None),
    ("expired_unused", "Attesten var eldre enn tre måneder da den ble vist",
     "Attesten var eldre enn tre månader då han vart vist",
     "helse- og omsorgstjenesteloven § 5-4", date(2017, 1, 1), None),
)  # fmt: skip


async def put_in_place(connection: asyncpg.Connection[asyncpg.Record]) -> None:
    """Write the grounds, or bring them up to date. Harmless to run again; never removes a row."""
    await connection.executemany(UPSERT, GROUNDS)
