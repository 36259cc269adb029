"""Every table's wall, tried as the app role on a real connection."""

from __future__ import annotations

import pytest
from sqlalchemy import Table

from tests.isolation.attacks import Connection, cases, inside, wall_faults
from tests.isolation.canaries import walled_tables
from tests.isolation.conftest import Filled

TABLES = walled_tables()


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
async def test_a_place_reaches_its_own_rows_and_no_others(
    table: Table, filled: Filled, app: Connection
) -> None:
    for case in cases(filled, table):
        async with inside(app, filled.keys, case.kind, case.scope):
            assert await wall_faults(app, case) == []
