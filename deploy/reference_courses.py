"""What each kind of course asks for, leads to and how long it counts: rows of `course_rule` (B4, B16, C7, C8).

A changed rule is a new row with a later first day: certificates that were issued keep what they say. First aid is renewed
after two years (Norsk førstehjelpsråd advises every second year); a treningskontakt has an exam (B16), and two weeks
between two tries.
"""

from __future__ import annotations

from datetime import date

import asyncpg

Rule = tuple[str, date, str, bool, int, int | None, int, str]
UPSERT = """
    INSERT INTO sammen.course_rule (kind, valid_from, competence, needs_exam, retake_days, valid_months, warn_days, source)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
    ON CONFLICT (kind, valid_from) DO UPDATE SET competence = excluded.competence, needs_exam = excluded.needs_exam,
      retake_days = excluded.retake_days, valid_months = excluded.valid_months, warn_days = excluded.warn_days,
      source = excluded.source
"""
SINCE = date(2000, 1, 1)
COURSE_RULES: tuple[Rule, ...] = (
    ("intro", SINCE, "intro_course", False, 0, None, 60, "Sørum"),
    ("theme", SINCE, "theme_course", False, 0, None, 60, "Jæren"),
    ("first_aid", SINCE, "first_aid", False, 0, 24, 60, "Norsk førstehjelpsråd"),
    ("mental_health", SINCE, "mental_health", False, 0, None, 60, "Asker"),
    ("training", SINCE, "training_course", True, 14, None, 60, "Førde"),
    ("supervisor", SINCE, "", False, 0, None, 60, "Jæren"),
)  # fmt: skip


async def put_course_rules_in_place(connection: asyncpg.Connection[asyncpg.Record]) -> None:
    """Write the rows, or bring them up to date."""
    await connection.executemany(UPSERT, COURSE_RULES)
