"""The access log where it is long: ten million entries in one municipality, the whole list and one person's page."""

from __future__ import annotations

import asyncio
import time
from uuid import UUID

from deploy.database import administrator
from tests.benchmarks.prepare import FIRST, USER, measured
from tests.benchmarks.serve import served

ENTRIES, PEOPLE = 10_000_000, 20_000
CHUNK = 1_000_000
ROUNDS = 9
WANTED_MS = 200
PAGES = {"the access log": "/k/k1/innsynslogg", "its refusals": "/k/k1/innsynslogg?type=refusal"}
OFFICER = (
    "INSERT INTO membership (id, user_id, kind, municipality_id, role, valid_from, granted_by)"
    " VALUES (gen_random_uuid(), $1, 'municipality', $2, 'data_protection_officer', '2000-01-01', 'bench')"
)
FILL = """
INSERT INTO audit_entry
  (tenant_id, id, at, category, action, actor_id, actor_name, role, why, persons, object_kind, seal_no, seal)
SELECT '{tenant}', md5('e' || n)::uuid, timestamptz '2024-01-01' + n * interval '8 seconds',
       CASE WHEN n % 5000 = 0 THEN 'refusal' WHEN n % 5 = 0 THEN 'change' ELSE 'read' END, 'case.read', '{user}', 'Kari Lunde',
       'provider_coordinator', 'Åpnet saken', ARRAY[md5('p' || n % {people})::uuid], 'case', n, '\\x00'
  FROM generate_series({first}, {last}) n
"""
INDEX = """
INSERT INTO access_index (tenant_id, id, person_id, entry_id, at)
SELECT tenant_id, gen_random_uuid(), persons[1], id, at FROM audit_entry WHERE tenant_id = '{tenant}'
"""
SECONDARY = """
SELECT i.indexrelid::regclass::text AS name, pg_get_indexdef(i.indexrelid) AS made FROM pg_index i
 WHERE i.indrelid = ANY ('{sammen.audit_entry,sammen.access_index}'::regclass[])
   AND NOT EXISTS (SELECT 1 FROM pg_constraint c WHERE c.conindid = i.indexrelid)
"""


async def fill(admin_url: str, entries: int) -> None:
    """So many entries in the first municipality: each about one of the people, sealed."""
    async with administrator(admin_url) as admin:
        await admin.execute("SET search_path = sammen; SET session_replication_role = replica")
        await admin.execute("SET maintenance_work_mem = '1GB'")
        await admin.execute(OFFICER, USER, FIRST)
        kept = await admin.fetch(SECONDARY)
        for row in kept:
            await admin.execute(f"DROP INDEX {row['name']}")
        for first in range(1, entries + 1, CHUNK):
            last = min(entries, first + CHUNK - 1)
            await admin.execute(FILL.format(tenant=FIRST, user=USER, people=PEOPLE, first=first, last=last))
        await admin.execute(INDEX.format(tenant=FIRST))
        for row in kept:
            await admin.execute(row["made"])
        await admin.execute("VACUUM ANALYZE audit_entry")
        await admin.execute("VACUUM ANALYZE access_index")


async def measure_trail(
    server: str, template: str, entries: int = ENTRIES
) -> tuple[dict[str, list[float]], dict[str, float]]:
    """(milliseconds of each page, as one person waits for it, by round; for scale, how long it took to fill)."""
    async with measured(server, template, 12) as data:
        began = time.perf_counter()
        await fill(data.database.admin_url, entries)
        async with administrator(data.database.admin_url) as admin:
            person: UUID = await admin.fetchval("SELECT md5('p7')::uuid")
        pages = {**PAGES, "one person's page of it": f"/k/k1/personer/{person}/innsyn"}
        scale = {"log_fill_s": time.perf_counter() - began}
        found = await asyncio.to_thread(_measure, data.database.app_url, pages)
    return found, scale


def _measure(app_url: str, pages: dict[str, str]) -> dict[str, list[float]]:
    found: dict[str, list[float]] = {name: [] for name in pages}
    with served(
        "deploy.asgi:make_app", SAMMEN_APP_URL=app_url, SAMMEN_RATE_USER="0", SAMMEN_RATE_PLACE="0"
    ) as one:
        for path in pages.values():
            one.load(connections=1, seconds=0.5, path=path)
        for _ in range(ROUNDS):
            for name, path in pages.items():
                found[name].append(one.load(connections=1, seconds=0.4, path=path)["p95_ms"])
    return found
