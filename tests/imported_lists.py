"""Case lists for tests that import them: the real shape of file, and single rows changed at will."""

from __future__ import annotations

from pathlib import Path
from uuid import UUID

from sammen.db.unit_of_work import UnitOfWork
from sammen.policy.roles import Role
from tenants.imports.service import ImportResult, preview, start
from tests.unit.case_lists import GOOD, list_of
from tests.worlds import World

HORTEN = Path(__file__).parents[1] / "deploy" / "demo" / "data" / "horten-vedtaksliste.csv"
BYSTANDERS = frozenset(
    {"audit_entry", "case_import", "case_import_row", "idempotency_key", "web_session", "job_mark", "task"}
)
"""Tables that looking and importing leave traces in, whatever the list holds."""


def row(**cells: str) -> dict[str, str]:
    """The good row of tests/unit/case_lists.py with some cells changed, by heading: row(Timer="5")."""
    return GOOD | {name.replace("_", " "): text for name, text in cells.items()}


async def bring_in(uow: UnitOfWork, content: bytes, name: str = "liste.csv") -> ImportResult:
    """Preview and confirm at once."""
    found = await start(uow, await preview(uow, name, content, accept_synthetic=True))
    assert found is not None, "the list is long enough for a job"
    return found


async def bring_in_rows(
    world: World, *rows: dict[str, str], role: Role = Role.PURCHASER_CHILD
) -> ImportResult:
    """Import a list of these rows in Horten."""
    async with world.at("horten", role) as uow:
        return await bring_in(uow, list_of(*rows))


async def everything(world: World, tenant: UUID) -> dict[str, int]:
    """How many rows each of a municipality's tables has, but for the bystanders."""
    tables = await world.sql(
        "SELECT DISTINCT table_name AS name FROM information_schema.columns "
        "WHERE table_schema = 'sammen' AND column_name = 'tenant_id' ORDER BY 1"
    )
    counts = {}
    for table in (found["name"] for found in tables):
        if table not in BYSTANDERS:
            rows = await world.sql(f"SELECT count(*) AS n FROM {table} WHERE tenant_id = $1", tenant)
            counts[table] = rows[0]["n"]
    return counts


__all__ = ["HORTEN", "bring_in", "bring_in_rows", "everything", "list_of", "row"]
