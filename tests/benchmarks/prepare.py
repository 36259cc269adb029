"""Databases to measure on: n municipalities of 200 cases each (or the first of them with more), and one coordinator who
is logged in there.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.engine import make_url

from deploy.database import administrator
from sammen.keys import token_hash
from tests.database import TestDatabase, fresh_database

CASES_EACH = 200
TOKEN = "a-session-token-for-measuring"
BENCH_ROLE, BENCH_PASSWORD = "sammen_bench", "bench"
FIRST = UUID(int=1)
USER = UUID(int=99)

# Names vary so that pages differ in length; deadlines so that all three states are on the page.
FILL = """
INSERT INTO municipality (id, code, slug, name, valid_from)
SELECT lpad(to_hex(n), 32, '0')::uuid, lpad(n::text, 4, '0'), 'k' || n, 'Kommune ' || n, '2000-01-01'
  FROM generate_series(1, {n}) n;
INSERT INTO user_account (id, email, display_name) VALUES ('{user}', 'k@bench.test', 'Kari Lunde');
INSERT INTO membership (id, user_id, kind, municipality_id, role, valid_from, granted_by)
VALUES (gen_random_uuid(), '{user}', 'municipality', '{first}', 'provider_coordinator', '2000-01-01', 'bench');
INSERT INTO web_session (id, token_hash, user_id, expires_at, device, assurance)
VALUES (gen_random_uuid(), '\\x{token}'::bytea, '{user}', now() + interval '1 day', 'bench', 'high');
INSERT INTO person (tenant_id, id, given_name, family_name, birth_date)
SELECT m.id, md5(m.id::text || c)::uuid, (ARRAY['Ivar','Sigrid','Lillian','Torstein','Åse','Noah','Live'])[1 + c % 7],
       (ARRAY['Dalen','Fjære','Tveit','Sørby','Brekke','Moe','Østby','Engh'])[1 + c % 8], date '1950-01-01' + c * 137
  FROM municipality m, generate_series(1, CASE m.id WHEN '{first}' THEN {first_cases} ELSE {cases} END) c;
INSERT INTO person_name_word (tenant_id, id, person_id, word)
SELECT tenant_id, gen_random_uuid(), id, lower(unnest(ARRAY[given_name, family_name])) FROM person;
INSERT INTO case_file (tenant_id, id, person_id, case_no, purchaser, state, forms, responsible_name, deadline, deadline_kind)
SELECT m.id, md5('case' || m.id::text || c)::uuid, md5(m.id::text || c)::uuid, '2026-' || lpad(c::text, 4, '0'),
       (ARRAY['child','adult'])[1 + c % 2], (ARRAY['received','mapping','waiting','running'])[1 + c % 4],
       ARRAY[(ARRAY['individual','group','organisation'])[1 + c % 3]], 'Hanne Myhre', current_date + (c % 60) - 10,
       (ARRAY['decide','decide','start','evaluate'])[1 + c % 4]
  FROM municipality m, generate_series(1, CASE m.id WHEN '{first}' THEN {first_cases} ELSE {cases} END) c;
"""


@dataclass(frozen=True, slots=True)
class Measured:
    """A filled database, and its address as the role that row-level security does not bind."""

    database: TestDatabase
    free_url: str
    municipalities: int


@asynccontextmanager
async def measured(
    server: str, template: str, municipalities: int, *, first_cases: int = CASES_EACH
) -> AsyncIterator[Measured]:
    """A database with so many municipalities, so many cases in the first; dropped on leaving."""
    async with fresh_database(server, template) as database:
        async with administrator(database.admin_url) as admin:
            await admin.execute("SET search_path = sammen")
            # A commit that is still on its way to disk keeps VACUUM from marking pages as seen by all.
            await admin.execute("SET synchronous_commit = on")
            await admin.execute(
                FILL.format(
                    n=municipalities,
                    cases=CASES_EACH,
                    first_cases=first_cases,
                    user=USER,
                    first=FIRST,
                    token=token_hash(TOKEN).hex(),
                )
            )
            exists = await admin.fetchval("SELECT 1 FROM pg_roles WHERE rolname = $1", BENCH_ROLE)
            await admin.execute(
                f"{'ALTER' if exists else 'CREATE'} ROLE {BENCH_ROLE} LOGIN SUPERUSER PASSWORD '{BENCH_PASSWORD}'"
            )
            await admin.execute("VACUUM ANALYZE")
        free = make_url(database.admin_url).set(username=BENCH_ROLE, password=BENCH_PASSWORD)
        yield Measured(database, free.render_as_string(hide_password=False), municipalities)
