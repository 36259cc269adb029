"""Guards that refuse a change in the database (triggers): each is there, awake, and refuses; and would be missed.

What each guard refuses is tried with the slice it guards; here that none of them is lost on the way.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.isolation.attacks import Connection
from tests.isolation.catalogue_rights import GUARDS
from tests.isolation.conftest import Filled

FOUND = """
SELECT c.relname || ' ' || t.tgname AS name, p.proname AS guard, t.tgenabled = 'O' AS awake,
  p.prosrc ~* '\\mraise exception\\M' OR p.prosrc ~* 'new\\.' AS refuses
FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_proc p ON p.oid = t.tgfoid
WHERE NOT t.tgisinternal AND c.relnamespace = 'sammen'::regnamespace AND p.proname = ANY($1) ORDER BY 1
"""
PLACES = frozenset({
    "accord accord_stands",
    "accord_party accord_party_stands",
    "audit_entry entry_in_emergency",
    "booking accord_holds",
    "booking booking_stands",
    "candidate accord_holds",
    "course_wait accord_holds",
    "decision decision_stands",
    "enrolment accord_holds",
    "figure_approval accord_holds",
    "figure_set figure_set_stands",
    "joint_group accord_holds",
    "joint_idea accord_holds",
    "joint_seat accord_holds",
    "letter letter_stands",
    "need accord_holds",
    "pay_item payroll_items_added",
    "pay_item payroll_items_gone",
    "pay_notice payroll_items_added",
    "pay_notice payroll_items_gone",
    "payroll_run payroll_stands",
    "population_edition population_stands",
    "release release_stands",
    "release_cell release_cell_stands",
    "review_action review_stands",
    "review_item review_stands",
    "service_grant grant_stands",
    "settlement_agreement settlement_terms_stand",
    "settlement_statement settlement_stands",
    "status_review review_stands",
    "timesheet_line paid_line_stands",
})  # fmt: skip
"""Table and trigger of each guard. A new one gets its line here; one that is taken away loses it, and a reviewer sees it."""


async def guard_faults(db: Connection) -> list[str]:
    """What is wrong with the guards as the database has them now."""
    rows = await db.fetch(FOUND, sorted(GUARDS))
    there = {row["name"] for row in rows}
    faults = [f"{name} is not there" for name in sorted(PLACES - there)]
    faults += [f"{name} is on no list" for name in sorted(there - PLACES)]
    faults += [f"{row['name']} sleeps" for row in rows if not row["awake"]]
    faults += [f"{row['name']} refuses nothing" for row in rows if not row["refuses"]]
    return faults + [f"{guard} guards nothing" for guard in sorted(GUARDS - {row["guard"] for row in rows})]


def breaks(name: str, guard: str) -> Iterator[str]:
    table, trigger = name.split()
    yield f"DROP TRIGGER {trigger} ON sammen.{table}"
    yield f"ALTER TABLE sammen.{table} DISABLE TRIGGER {trigger}"
    yield f"ALTER TABLE sammen.{table} ENABLE REPLICA TRIGGER {trigger}"
    yield (
        f"CREATE OR REPLACE FUNCTION sammen.{guard}() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp"
        " AS $$ BEGIN RETURN NULL; END $$"
    )


async def test_every_guard_is_there_awake_and_refuses(filled: Filled, admin: Connection) -> None:
    assert await guard_faults(admin) == []


@pytest.mark.parametrize("name", sorted(PLACES))
async def test_a_guard_that_is_dropped_or_sleeps_is_found(
    name: str, filled: Filled, admin: Connection
) -> None:
    guard = {row["name"]: row["guard"] for row in await admin.fetch(FOUND, sorted(GUARDS))}[name]
    for statement in breaks(name, guard):
        savepoint = admin.transaction()
        await savepoint.start()
        await admin.execute(statement)
        assert await guard_faults(admin), statement
        await savepoint.rollback()
