"""A country's database brought from the version before to this one: 357 municipalities with their people and cases."""

from __future__ import annotations

import time
from uuid import uuid4

from alembic.script import ScriptDirectory

from deploy.database import administrator, alembic_config, migrate, upgrade
from sammen.keys import token_hash
from tests.benchmarks.prepare import CASES_EACH, FILL, FIRST, TOKEN, USER
from tests.database import SECRET, describe

MUNICIPALITIES, WANTED_S = 357, 30
BEFORE = "20261122_8"
"""The version that everybody has. Its session knew nothing of levels, so the filling's last column is left out."""


async def measure_upgrade(server: str) -> tuple[float, dict[str, float]]:
    """(seconds of `sammen db upgrade`; for scale, cases and versions it went over)."""
    name = f"bench_{uuid4().hex[:12]}"
    async with administrator(server) as admin:
        await admin.execute(f"CREATE DATABASE {name}")
    database = describe(server, name)
    try:
        async with administrator(database.admin_url) as admin:
            await migrate(admin, database.admin_url, database.app_url, to=BEFORE)
            await admin.execute("SET search_path = sammen")
            fill = FILL.replace(", device, assurance)", ", device)").replace(
                ", 'bench', 'high')", ", 'bench')"
            )
            await admin.execute(
                fill.format(
                    n=MUNICIPALITIES, cases=CASES_EACH, first_cases=CASES_EACH, user=USER, first=FIRST,
                    token=token_hash(TOKEN).hex(),
                )
            )  # fmt: skip
            await admin.execute("VACUUM ANALYZE")
        began = time.perf_counter()
        await upgrade(database.admin_url, database.app_url, SECRET)
        took = time.perf_counter() - began
    finally:
        async with administrator(server) as admin:
            await admin.execute(f"DROP DATABASE {name} WITH (FORCE)")
    script = ScriptDirectory.from_config(alembic_config())
    versions = len(list(script.iterate_revisions("head", BEFORE)))
    return took, {"upgrade_cases": MUNICIPALITIES * CASES_EACH, "upgrade_versions": versions}
