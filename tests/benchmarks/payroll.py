"""Closing a month for 1 000 contacts with 12 000 lines: lines a second, memory, and against the same sums in plain SQL."""

from __future__ import annotations

import time
import tracemalloc
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncEngine

from deploy.database import administrator
from sammen.db.unit_of_work import make_engine
from sammen.tenancy.context import PlaceKind
from sammen.tenancy.enter import enter_job
from tenants.payroll.filing import keep_files
from tenants.payroll.runs import close_run, compute
from tests.benchmarks.prepare import FIRST
from tests.database import KEYS, TestDatabase, fresh_database

CONTACTS, LINES = 1_000, 12_000
# A contact has one assignment and twelve meetings; every third has driven, every sixth has laid out.
FILL = """
INSERT INTO municipality (id, code, slug, name, valid_from)
VALUES ('{tenant}', '0701', 'k1', 'Kommune 1', '2000-01-01');
INSERT INTO person (tenant_id, id, given_name, family_name, birth_date)
SELECT '{tenant}', md5(kind || n)::uuid, 'Person', kind || n, date '1980-01-01' + n
  FROM generate_series(1, {contacts}) n, (VALUES ('user'), ('contact')) k(kind);
INSERT INTO case_file (tenant_id, id, person_id, case_no, purchaser, state, forms)
SELECT '{tenant}', md5('case' || n)::uuid, md5('user' || n)::uuid, '2026-' || lpad(n::text, 5, '0'),
       (ARRAY['adult','child','child_welfare'])[1 + n % 3], 'running', ARRAY['individual']
  FROM generate_series(1, {contacts}) n;
INSERT INTO support_contact (tenant_id, id, person_id, state, since)
SELECT '{tenant}', md5('sc' || n)::uuid, md5('contact' || n)::uuid, 'engaged', '2020-01-01'
  FROM generate_series(1, {contacts}) n;
INSERT INTO payee_number (tenant_id, id, contact_id, number)
SELECT '{tenant}', gen_random_uuid(), md5('sc' || n)::uuid, (1000 + n)::text
  FROM generate_series(1, {contacts}) n;
SET session_replication_role = replica;
INSERT INTO assignment (tenant_id, id, order_id, case_id, person_id, contact_id, form, state, starts_on)
SELECT '{tenant}', md5('as' || n)::uuid, md5('or' || n)::uuid, md5('case' || n)::uuid, md5('user' || n)::uuid,
       md5('sc' || n)::uuid, 'individual', 'running', '2026-01-01' FROM generate_series(1, {contacts}) n;
INSERT INTO decision (tenant_id, id, case_id, kind, state)
SELECT '{tenant}', md5('de' || n)::uuid, md5('case' || n)::uuid, 'grant', 'issued'
  FROM generate_series(1, {contacts}) n;
INSERT INTO service_grant (tenant_id, id, decision_id, form, amount, unit, valid_from)
SELECT '{tenant}', md5('gr' || n)::uuid, md5('de' || n)::uuid, 'individual', 12, 'week', '2026-01-01'
  FROM generate_series(1, {contacts}) n;
INSERT INTO service_order (tenant_id, id, case_id, grant_id, person_id, form, state, sent_on, waits_from)
SELECT '{tenant}', md5('or' || n)::uuid, md5('case' || n)::uuid, md5('gr' || n)::uuid, md5('user' || n)::uuid, 'individual',
       'filled', '2026-01-01', '2026-01-01' FROM generate_series(1, {contacts}) n;
SET session_replication_role = origin;
INSERT INTO timesheet_line (tenant_id, id, assignment_id, contact_id, worked_on, hours, activity, expenses, kilometres, state,
                            sent_at, decided_at, attested_at, attested_how)
SELECT '{tenant}', gen_random_uuid(), md5('as' || (1 + l % {contacts}))::uuid, md5('sc' || (1 + l % {contacts}))::uuid,
       date '2026-10-01' + (l / {contacts}) * 2, 1.5 + l % 4, 'Tur', CASE WHEN l % 6 = 0 THEN 80 ELSE 0 END,
       CASE WHEN l % 3 = 0 THEN 14 ELSE 0 END, 'approved', now(), now(), now(), 'own_page'
  FROM generate_series(0, {lines} - 1) l;
INSERT INTO rate_table (tenant_id, id, valid_from, state, holiday_percent)
VALUES ('{tenant}', md5('rt')::uuid, '2020-01-01', 'in_force', 12);
INSERT INTO rate_step (tenant_id, id, table_id, position, component, mode, kroner, cap_km, cap_kroner) VALUES
('{tenant}', gen_random_uuid(), md5('rt')::uuid, 1, 'hours', 'rate', 200, NULL, NULL),
('{tenant}', gen_random_uuid(), md5('rt')::uuid, 2, 'kilometres', 'rate', 3.5, 100, NULL),
('{tenant}', gen_random_uuid(), md5('rt')::uuid, 3, 'receipts', 'receipts', NULL, NULL, 400);
INSERT INTO pay_code (tenant_id, id, valid_from, component, code)
SELECT '{tenant}', gen_random_uuid(), '2020-01-01', c, '4200' FROM unnest(ARRAY['hours','holiday','kilometres','receipts']) c;
INSERT INTO payroll_run (tenant_id, id, first, last, pay_on, pay_year, state)
VALUES ('{tenant}', md5('run')::uuid, '2026-10-01', '2026-10-31', '2026-11-12', 2026, 'computing');
"""
PLAIN = """
INSERT INTO sammen.pay_item (tenant_id, id, run_id, contact_id, assignment_id, line_id, month, component, worked_on, quantity,
  rate_ore, amount_ore, rule, form, employee_no, pay_code, account, art, department, kostra_function, project)
SELECT l.tenant_id, gen_random_uuid(), md5('run')::uuid, l.contact_id, l.assignment_id, l.id,
  date_trunc('month', l.worked_on)::date, 'hours', l.worked_on, l.hours, 20000, round(l.hours * 20000), '', a.form, n.number,
  '4200', '', '', '', '234', ''
  FROM sammen.timesheet_line l
  JOIN sammen.assignment a ON a.tenant_id = l.tenant_id AND a.id = l.assignment_id
  JOIN sammen.payee_number n ON n.tenant_id = l.tenant_id AND n.contact_id = l.contact_id
 WHERE l.state = 'approved' AND l.worked_on <= '2026-10-31'"""


async def measure_payroll(server: str, name: str, rounds: int = 7) -> tuple[list[float], dict[str, float]]:
    """(ratios of a whole month to the plain sums, figures for scale). Each round undoes what it did.

    A month is computed, closed and filed as in production, through row-level security; the plain sums are hours × one flat
    rate, written as items by one statement without security: what anybody would write first.
    """
    async with fresh_database(server, name) as database:
        run_id = await _fill(database)
        engine = make_engine(database.app_url, pool_size=2)
        whole, plain = [], []
        for _ in range(rounds):
            plain.append(await _plain(database))
            whole.append(await _month(engine, run_id))
            await _reset(database)
        memory = await _memory(engine, run_id)
        await engine.dispose()
    ratios = [month / sums for month, sums in zip(whole, plain, strict=True)]
    best = sorted(whole)[len(whole) // 2]
    return ratios, {
        "payroll_lines_per_second": LINES / best, "payroll_seconds": best, "plain_sql_seconds": sorted(plain)[len(plain) // 2],
        "payroll_memory_mb": memory,
    }  # fmt: skip


async def _fill(database: TestDatabase) -> UUID:
    async with administrator(database.admin_url) as admin:
        await admin.execute("SET search_path = sammen")
        await admin.execute(FILL.format(tenant=FIRST, contacts=CONTACTS, lines=LINES))
        await admin.execute("VACUUM ANALYZE")
        found: UUID = await admin.fetchval("SELECT id FROM payroll_run")
        return found


async def _month(engine: AsyncEngine, run_id: UUID) -> float:
    began = time.perf_counter()
    uow = await enter_job(engine, KEYS, PlaceKind.MUNICIPALITY, FIRST, job="bench", seconds=600)
    assert await compute(uow, run_id)
    await uow.commit()
    uow = await enter_job(engine, KEYS, PlaceKind.MUNICIPALITY, FIRST, job="bench", seconds=600)
    await close_run(uow, run_id, version=2)
    await uow.commit()
    uow = await enter_job(engine, KEYS, PlaceKind.MUNICIPALITY, FIRST, job="bench", seconds=600)
    assert await keep_files(uow, run_id) == 2
    await uow.commit()
    return time.perf_counter() - began


async def _plain(database: TestDatabase) -> float:
    async with administrator(database.admin_url) as admin:
        began = time.perf_counter()
        await admin.execute(PLAIN)
        taken = time.perf_counter() - began
        await admin.execute("DELETE FROM sammen.pay_item")
    return taken


async def _reset(database: TestDatabase) -> None:
    async with administrator(database.admin_url) as admin:
        await admin.execute("SET search_path = sammen")
        await admin.execute(
            "TRUNCATE pay_item, pay_file, pay_notice; DELETE FROM job_queue; UPDATE payroll_run SET state = 'computing',"
            " number = NULL, closed_at = NULL, closed_by = NULL, version = 1"
        )


async def _memory(engine: AsyncEngine, run_id: UUID) -> float:
    """The most that one month takes of Python's memory, in MB."""
    tracemalloc.start()
    await _month(engine, run_id)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return most / 1e6
