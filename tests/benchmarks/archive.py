"""Taking out a municipality's archive: rows and megabytes a second, sealed, and what it takes of memory beside its size."""

from __future__ import annotations

import tempfile
import time
import tracemalloc
from pathlib import Path

from deploy.archive.age import Key, new_identity
from deploy.archive.writing import Taken, take
from deploy.database import administrator
from tests.benchmarks.prepare import FIRST
from tests.database import KEYS, fresh_database

PEOPLE, ENTRIES, LETTERS = 20_000, 200_000, 400
FILL = f"""
INSERT INTO municipality (id, code, slug, name, valid_from) VALUES ('{FIRST}', '0701', 'k1', 'Kommune 1', '2000-01-01');
INSERT INTO person (tenant_id, id, given_name, family_name, birth_date, street)
SELECT '{FIRST}', md5('p' || n)::uuid, 'Person', 'Nummer' || n, date '1980-01-01' + n % 9000, 'Storgata ' || n
  FROM generate_series(1, {PEOPLE}) n;
INSERT INTO audit_entry (tenant_id, id, category, action, actor_name, role, why, persons, details)
SELECT '{FIRST}', md5('a' || n)::uuid, 'read', 'person.read', 'Kari Lunde', 'provider_coordinator', 'Oppdrag',
       ARRAY[md5('p' || 1 + n % {PEOPLE})::uuid], '{{"side": 1}}' FROM generate_series(1, {ENTRIES}) n;
SET session_replication_role = replica;
INSERT INTO pay_file (tenant_id, id, run_id, format, name, rows, content, sha256)
SELECT '{FIRST}', md5('f' || n)::uuid, md5('r' || n)::uuid, 'csv', 'fil', 1,
  convert_to(repeat(md5(n::text), 3200), 'UTF8'), '\\x00'
  FROM generate_series(1, {LETTERS}) n;
"""


async def measure_archive(
    server: str, name: str, rounds: int = 5
) -> tuple[list[float], float, dict[str, float]]:
    """(rows a second of each round, megabytes of memory of one, figures for scale)."""
    key = Key(recipient=new_identity()[1])
    with tempfile.TemporaryDirectory() as folder:
        async with fresh_database(server, name) as database:
            async with administrator(database.admin_url) as admin:
                await admin.execute("SET search_path = sammen")
                await admin.execute(FILL)
                await admin.execute("VACUUM ANALYZE")
            rates: list[float] = []
            taken: Taken | None = None
            for number in range(rounds):
                began = time.perf_counter()
                taken = await take(database.app_url, KEYS, FIRST, Path(folder) / str(number), key)
                rates.append(taken.rows / (time.perf_counter() - began))
            tracemalloc.start()
            await take(database.app_url, KEYS, FIRST, Path(folder) / "memory", key)
            peak = tracemalloc.get_traced_memory()[1] / 1e6
            tracemalloc.stop()
    assert taken is not None
    middle = sorted(rates)[len(rates) // 2]
    return rates, peak, {
        "archive_rows": taken.rows, "archive_mb": taken.size / 1e6, "archive_rows_per_second": middle,
        "archive_mb_per_second": taken.size / 1e6 / (taken.rows / middle),
    }  # fmt: skip
