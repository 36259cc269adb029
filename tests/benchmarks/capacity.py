"""What the capacity model in docs/scale-out.md is reckoned from: `python -m tests.benchmarks.capacity`.

One invented municipality of Horten's size with a whole history is made, and weighed; and one web process shows a long list
and the start page. Figures are of the machine it runs on: CPU time a page tells more than pages a second where others work too.
"""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import psutil

from deploy.backup import client_program
from deploy.database import administrator
from deploy.demo.world import build
from tests.benchmarks.prepare import FIRST, measured
from tests.benchmarks.serve import Served, served
from tests.database import SECRET, fresh_database, template

APP = "deploy.asgi:make_app"
TOWN = "0701"
PAGES = {"case list of 50 rows": "/k/k1/saker", "start page": "/k/k1"}
WEIGHT = """
SELECT relname AS name, pg_total_relation_size(c.oid) AS bytes, greatest(reltuples, 0)::bigint AS rows
  FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace
 WHERE nspname = 'sammen' AND relkind = 'r' ORDER BY 2 DESC
"""
YEARS = """
SELECT (SELECT count(DISTINCT person_id) FROM sammen.assignment WHERE state = 'running') AS users,
       (SELECT count(DISTINCT (person_id, year)) FROM sammen.assignment,
          generate_series(extract(year FROM starts_on)::int, extract(year FROM coalesce(ended_on, current_date))::int) year
         WHERE starts_on IS NOT NULL) AS user_years
"""


async def weigh(server: str, name: str) -> dict[str, Any]:
    """Bytes on disk, rows and years with a service of one town's whole history, and of its dump."""
    async with fresh_database(server, name) as database, administrator(database.admin_url) as admin:
        await build(database.admin_url, database.app_url, SECRET, municipalities=[TOWN])
        await admin.execute("VACUUM ANALYZE")
        tables = [dict(row) for row in await admin.fetch(WEIGHT)]
        found = dict(await admin.fetchrow(YEARS))
        version = int(await admin.fetchval("SHOW server_version_num")) // 10_000
        with tempfile.TemporaryDirectory() as folder:
            dump = Path(folder) / "dump"
            subprocess.run(
                [client_program("pg_dump", version), "--format=custom", "--compress=6", "--no-owner",
                 "--file", dump, database.admin_url.replace("+asyncpg", "")],
                check=True,
            )  # fmt: skip
            found["dump_bytes"] = dump.stat().st_size
    return found | {
        "bytes": sum(table["bytes"] for table in tables),
        "largest": tables[:12],
    }


def pace(server: Served, path: str) -> dict[str, float]:
    """Requests a second with sixteen connections, and milliseconds of the web process's own CPU for one."""
    server.load(path=path, seconds=1.0)
    process = psutil.Process(server.pid)
    before = sum(process.cpu_times()[:2])
    found = server.load(path=path, seconds=6.0)
    used = sum(process.cpu_times()[:2]) - before
    return {
        "per_second": found["per_second"],
        "p95_ms": found["p95_ms"],
        "cpu_ms": 1000 * used / max(1.0, found["per_second"] * 6.0),
    }


async def main(server: str, name: str) -> None:
    """Weigh and load, and print what came of it as JSON."""
    found: dict[str, Any] = {"town": await weigh(server, name)}
    async with measured(server, name, 357) as data:
        async with administrator(data.database.admin_url) as admin:
            cases = await admin.fetchval("SELECT count(*) FROM sammen.case_file WHERE tenant_id = $1", FIRST)
        found["cases"] = cases

        def load() -> dict[str, Any]:
            with served(APP, SAMMEN_APP_URL=data.database.app_url) as web:
                pages = {what: pace(web, path) for what, path in PAGES.items()}
                return pages | {"memory_mb": web.memory_mb()}

        found["pages"] = await asyncio.to_thread(load)
    json.dump(found, sys.stdout, indent=1)
    sys.stdout.write("\n")


if __name__ == "__main__":
    asyncio.run(main(*template()))
