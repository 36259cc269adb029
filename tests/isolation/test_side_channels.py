"""What may leak without a row being read: errors, plans, statistics, counters, locks, messages, names of things."""

from __future__ import annotations

import asyncio
from uuid import uuid4

import asyncpg
import pytest
from sqlalchemy import Table

from deploy.database import plain_url
from sammen.policy.roles import Role
from sammen.tenancy.context import PlaceKind
from tests.isolation.attacks import Connection, cases, enter, inside, seen_without_a_place
from tests.isolation.canaries import walled_tables
from tests.isolation.catalogue_rights import queue_tables
from tests.isolation.conftest import Filled
from tests.isolation.test_raw_sql import literal, outcome, shows_foreign

TABLES = walled_tables()
HORTEN = PlaceKind.MUNICIPALITY


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
async def test_a_condition_that_would_fail_on_a_foreign_row_never_meets_one(
    table: Table, filled: Filled, app: Connection
) -> None:
    for case in cases(filled, table):
        if not case.may("SELECT"):
            continue
        mark = literal(f"%{'KANARIRE' if case.kind is HORTEN else 'KANARISKIEN'}%")
        foreign = literal(case.foreign["id"])
        conditions = (
            f"1 / (CASE WHEN id = {foreign} THEN 0 ELSE 1 END) = 1",
            f"1 / (CASE WHEN t::text LIKE {mark} THEN 0 ELSE 1 END) = 1",
            f"(CASE WHEN t::text LIKE {mark} THEN t::text ELSE '1' END)::int = 1",
            f"sqrt(CASE WHEN id = {foreign} THEN -1 ELSE 1 END) = 1",
            f"(CASE WHEN id = {foreign} THEN pg_sleep(5)::text ELSE '' END) = ''",
        )
        async with inside(app, filled.keys, case.kind, case.scope):
            for condition in conditions:
                got, _ = await outcome(app, f"SELECT id FROM {case.name} t WHERE {condition}")
                assert got == f"{case.seen} rows", condition
                got, _ = await outcome(app, f"SELECT id FROM {case.name} t ORDER BY {condition}")
                assert got == f"{case.seen} rows", condition


async def test_a_condition_that_fails_on_ones_own_row_does_fail(filled: Filled, app: Connection) -> None:
    async with inside(app, filled.keys, HORTEN, filled.horten.tenant):
        sql = "SELECT id FROM sammen.person t WHERE 1 / (CASE WHEN t::text LIKE '%KANARIHORTEN%' THEN 0 ELSE 1 END) = 1"
        assert (await outcome(app, sql))[0] == "DivisionByZeroError"


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
async def test_a_plan_guesses_the_same_for_a_foreign_value_as_for_one_that_is_nowhere(
    table: Table, filled: Filled, app: Connection
) -> None:
    for case in cases(filled, table):
        if not case.may("SELECT"):
            continue
        texts = [c.name for c in table.columns if str(case.foreign.get(c.name)).startswith("KANARI")]
        conditions = [("id = {}", str(case.foreign["id"]), str(uuid4()))]
        for column in texts:
            value = str(case.foreign[column])
            conditions += [
                (f'"{column}" = {{}}', value, value[::-1]),
                (f'"{column}" LIKE {{}}', f"{value[:-1]}%", "zq%"),
            ]
        async with inside(app, filled.keys, case.kind, case.scope):
            for condition, there, nowhere in conditions:
                plans = [
                    (await outcome(app, f"EXPLAIN SELECT * FROM {case.name} WHERE {condition.format(literal(value))}"))[1]
                    .replace(value, "X").replace(value.removesuffix("%"), "X")
                    for value in (there, nowhere)
                ]  # fmt: skip
                rows = [plan[plan.index("rows=") :].split(" ")[0] for plan in plans]
                assert rows[0] == rows[1], condition


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
async def test_a_plan_that_is_run_shows_no_foreign_text(
    table: Table, filled: Filled, app: Connection
) -> None:
    for case in cases(filled, table):
        if case.may("SELECT"):
            async with inside(app, filled.keys, case.kind, case.scope):
                got, text = await outcome(
                    app, f"EXPLAIN (ANALYZE, VERBOSE, FORMAT JSON) SELECT * FROM {case.name}"
                )
                assert got == "1 rows"
                assert shows_foreign(case, text) == []


async def test_statistics_of_walled_tables_cannot_be_read(filled: Filled, app: Connection) -> None:
    names = [table.name for table in TABLES]
    async with inside(app, filled.keys, HORTEN, filled.horten.tenant):
        for view in ("pg_stats", "pg_stats_ext", "pg_stats_ext_exprs"):
            sql = f"SELECT tablename FROM {view} WHERE schemaname = 'sammen' AND tablename = ANY($1)"
            assert await outcome(app, sql, names) == ("0 rows", "")
        for table in (
            "pg_statistic",
            "pg_statistic_ext_data",
            "pg_authid",
            "pg_largeobject",
            "pg_user_mapping",
        ):
            assert (await outcome(app, f"SELECT count(*) FROM {table}"))[0] == "InsufficientPrivilegeError"


async def test_statistics_are_there_for_an_administrator_so_that_hiding_them_matters(
    admin: Connection,
) -> None:
    sql = "SELECT count(*) FROM pg_stats WHERE schemaname = 'sammen' AND tablename = 'person'"
    assert await admin.fetchval(sql) > 0


async def test_no_counter_tells_how_much_others_write(app: Connection) -> None:
    rows = await app.fetch(
        "SELECT relname FROM pg_class WHERE relkind = 'S' AND relnamespace = 'sammen'::regnamespace"
        " AND (has_sequence_privilege(oid, 'USAGE') OR has_sequence_privilege(oid, 'SELECT'))"
    )
    assert [row["relname"] for row in rows if not row["relname"].startswith(tuple(queue_tables()))] == []


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
async def test_a_foreign_rows_place_on_disk_opens_nothing(
    table: Table, filled: Filled, app: Connection, admin: Connection
) -> None:
    for case in cases(filled, table):
        sql = f"SELECT ctid::text, xmin::text FROM {case.name} WHERE id = $1"
        place = await admin.fetchrow(sql, case.foreign["id"])
        assert place is not None
        async with inside(app, filled.keys, case.kind, case.scope):
            for condition in (
                f"ctid = '{place['ctid']}'",
                f"xmin::text = '{place['xmin']}' AND id = '{case.foreign['id']}'",
            ):
                got, _ = await outcome(
                    app, f"SELECT ctid, xmin, cmin, tableoid, t FROM {case.name} t WHERE {condition}"
                )
                assert got in ("0 rows", "InsufficientPrivilegeError")
                got, _ = await outcome(app, f"DELETE FROM {case.name} WHERE {condition} RETURNING 1")
                assert got in ("0 rows", "InsufficientPrivilegeError")


# Becoming somebody else ------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("sql", [
    "SET ROLE sammen_owner", "SET ROLE sammen_backup", "SET LOCAL ROLE postgres", "SET SESSION AUTHORIZATION sammen_owner",
    "SELECT set_config('role', 'sammen_owner', false)", "SELECT set_config('session_authorization', 'sammen_owner', false)",
    "ALTER ROLE sammen_app BYPASSRLS", "ALTER ROLE sammen_app SUPERUSER", "ALTER ROLE sammen_app CREATEROLE",
    "GRANT sammen_owner TO sammen_app", "CREATE ROLE another", "SET session_replication_role = replica",
    "ALTER TABLE sammen.person DISABLE ROW LEVEL SECURITY", "ALTER TABLE sammen.person NO FORCE ROW LEVEL SECURITY",
    "DROP POLICY person_select ON sammen.person", "ALTER POLICY person_select ON sammen.person USING (true)",
    "CREATE POLICY more ON sammen.person USING (true)",
    "ALTER FUNCTION sammen.current_tenant() RESET search_path", "DROP FUNCTION sammen.current_tenant() CASCADE",
    "CREATE OR REPLACE FUNCTION sammen.current_tenant() RETURNS uuid LANGUAGE sql RETURN gen_random_uuid()",
    "ALTER SYSTEM SET row_security = off", "ALTER DATABASE postgres SET search_path = public", "CREATE EXTENSION dblink",
    "COPY (SELECT 1) TO PROGRAM 'true'", "COPY (SELECT 1) TO '/tmp/out'", "SELECT pg_read_file('PG_VERSION')",
    "SELECT pg_ls_dir('.')", "SELECT lo_import('/etc/hostname')", "SELECT pg_reload_conf()", "DROP SCHEMA sammen CASCADE",
])  # fmt: skip
async def test_the_app_role_cannot_become_more_than_it_is(sql: str, app: Connection) -> None:
    with pytest.raises(asyncpg.PostgresError) as caught:
        await app.execute(sql)
    assert caught.value.sqlstate in ("42501", "42601", "22023", "55000"), str(caught.value)


@pytest.mark.parametrize("sql", [
    "CREATE TABLE sammen.mine (id int)", "CREATE TABLE public.mine (id int)", "CREATE TEMP TABLE person (id int)",
    "CREATE TEMP VIEW person AS SELECT 1", "CREATE SCHEMA mine", "CREATE VIEW sammen.mine AS SELECT 1",
    "CREATE TABLE pg_temp.person AS SELECT 1", "SELECT 1 INTO TEMP person", "CREATE SEQUENCE sammen.mine",
    "CREATE TYPE sammen.mine AS (a int)", "CREATE TRIGGER t BEFORE INSERT ON sammen.person EXECUTE FUNCTION pg_catalog.now()",
    "CREATE FUNCTION sammen.mine() RETURNS int LANGUAGE sql RETURN 1", "CREATE INDEX ON sammen.person (given_name)",
    "CREATE FUNCTION pg_temp.lower(text) RETURNS text LANGUAGE sql RETURN ''",
    "CREATE STATISTICS sammen.s ON id, tenant_id FROM sammen.person",
    "CREATE RULE r AS ON SELECT TO sammen.person DO INSTEAD SELECT 1", "COMMENT ON TABLE sammen.person IS 'mine'",
    "CREATE PUBLICATION mine FOR ALL TABLES", "CREATE EVENT TRIGGER mine ON ddl_command_start EXECUTE FUNCTION now()",
    "REINDEX TABLE sammen.person", "CLUSTER sammen.person USING pk_person",
    "SELECT lo_create(0)", "SELECT lo_creat(-1)", "SELECT lo_from_bytea(0, 'x')",
])  # fmt: skip
async def test_the_app_role_makes_nothing_that_could_stand_in_for_something(
    sql: str, app: Connection
) -> None:
    with pytest.raises(asyncpg.PostgresError) as caught:
        await app.execute(sql)
    assert caught.value.sqlstate in ("42501", "42601", "42P17", "42703", "42P13", "0A000"), str(caught.value)


async def test_turning_row_security_off_gives_an_error_and_no_row(filled: Filled, app: Connection) -> None:
    async with inside(app, filled.keys, HORTEN, filled.horten.tenant):
        await app.execute("SET LOCAL row_security = off")
        for table in TABLES:
            assert (await outcome(app, f"SELECT * FROM sammen.{table.name}"))[
                0
            ] == "InsufficientPrivilegeError"


# The ticket from an injected string -----------------------------------------------------------------------------------
@pytest.mark.parametrize("form", [
    "SELECT t::text FROM sammen.person t, (SELECT set_config('sammen.ticket', {forged}, true)) s",
    "WITH s AS MATERIALIZED (SELECT set_config('sammen.ticket', {forged}, true)) SELECT t::text FROM s, sammen.person t",
    "SELECT t::text FROM sammen.person t WHERE set_config('sammen.ticket', {forged}, true) <> ''",
    "SELECT t::text FROM sammen.person t ORDER BY set_config('sammen.ticket', {forged}, false)",
    "SELECT query_to_xml('SELECT * FROM sammen.person', true, false, set_config('sammen.ticket', {forged}, true))::text",
])  # fmt: skip
async def test_a_ticket_written_by_an_injected_string_shows_no_foreign_row(
    form: str, filled: Filled, app: Connection
) -> None:
    async with inside(app, filled.keys, HORTEN, filled.horten.tenant):
        true = str(await app.fetchval("SELECT current_setting('sammen.ticket')"))
        for forged in (true.replace(str(filled.horten.tenant), str(filled.re.tenant)), "", "x"):
            got, text = await outcome(app, form.format(forged=literal(forged)))
            assert got.endswith("rows") or got == "FeatureNotSupportedError"
            assert "KANARIRE" not in text
        await app.execute("SELECT set_config('sammen.ticket', 'x', true)")
        assert await seen_without_a_place(app) == []


# Between connections --------------------------------------------------------------------------------------------------
async def test_a_prepared_plan_follows_the_ticket_and_not_who_made_it(
    filled: Filled, app: Connection
) -> None:
    await app.execute("PREPARE everyone AS SELECT id FROM sammen.person")
    for plan in ("force_custom_plan", "force_generic_plan", "auto"):
        await app.execute(f"SET plan_cache_mode = {plan}")
        for _ in range(7):
            for owner in (filled.horten, filled.re, filled.skien):
                async with inside(app, filled.keys, HORTEN, owner.tenant):
                    rows = await app.fetch("EXECUTE everyone")
                    assert [row["id"] for row in rows] == [owner.id_in("person")]
            assert await app.fetch("EXECUTE everyone") == []


async def test_what_one_connection_runs_shows_no_value_to_another(filled: Filled, app: Connection) -> None:
    other = await asyncpg.connect(plain_url(filled.database.app_url))
    try:
        async with app.transaction():
            await enter(app, filled.keys, HORTEN, filled.re.tenant)
            await app.fetch("SELECT id FROM sammen.person WHERE given_name = $1", "KANARIRE")
            async with inside(other, filled.keys, HORTEN, filled.horten.tenant):
                for view in (
                    "pg_stat_activity",
                    "pg_locks",
                    "pg_prepared_statements",
                    "pg_cursors",
                    "pg_settings",
                ):
                    text = str(await other.fetch(f"SELECT v::text FROM {view} v"))
                    assert "KANARIRE" not in text, view
                    assert str(filled.re.tenant) not in text, view
    finally:
        await other.close()


async def test_a_message_that_there_is_work_says_nothing_of_whose(filled: Filled, app: Connection) -> None:
    heard: list[str] = []
    other = await asyncpg.connect(plain_url(filled.database.app_url))
    try:
        for channel in ("sammen_jobs", "ch_pgqueuer", "job_queue"):
            await other.add_listener(channel, lambda *said: heard.append(str(said[3])))
        async with app.transaction():
            await enter(app, filled.keys, HORTEN, filled.re.tenant)
            number = await app.fetchval(
                "INSERT INTO sammen.job_queue (priority, entrypoint, payload, execute_after, status, headers)"
                " VALUES (0, 'none', $1, now() + interval '1 day', 'queued', '{}') RETURNING id",
                f"KANARIRE {filled.re.tenant}".encode(),
            )
        for _ in range(40):
            await asyncio.sleep(0.05)
            if heard:
                break
        assert heard, "the queue's message was not heard, so nothing is proved"
        assert not any("KANARIRE" in text or str(filled.re.tenant) in text for text in heard)
        await app.execute("DELETE FROM sammen.job_queue WHERE id = $1", number)
    finally:
        await other.close()


async def test_sealing_in_one_municipality_does_not_wait_for_another(filled: Filled, app: Connection) -> None:
    other = await asyncpg.connect(plain_url(filled.database.app_url))
    try:
        async with inside(app, filled.keys, HORTEN, filled.re.tenant):
            assert await app.fetchval("SELECT sammen.seal_trail()") >= 1
            async with inside(other, filled.keys, HORTEN, filled.horten.tenant):
                await other.execute("SET LOCAL lock_timeout = '200ms'")
                assert await other.fetchval("SELECT sammen.seal_trail()") >= 1
                entries = await other.fetch(
                    "SELECT DISTINCT tenant_id FROM sammen.audit_entry WHERE seal_no IS NOT NULL"
                )
                assert [row["tenant_id"] for row in entries] == [filled.horten.tenant]
    finally:
        await other.close()


# The doors, knocked on from a true context -----------------------------------------------------------------------------
async def test_the_doors_tell_a_municipality_of_its_own_people_only(filled: Filled, app: Connection) -> None:
    world = filled.world
    mine = {user for (slug, _), user in world.users.items() if slug == "horten"}
    async with inside(app, filled.keys, HORTEN, filled.horten.tenant, world.user("horten", Role.MANAGER)):
        names = await app.fetch("SELECT * FROM sammen.colleagues()")
        assert names
        assert {row["user_id"] for row in names} <= mine
        assert await app.fetch("SELECT * FROM sammen.my_sessions()") is not None
        theirs = await world.token(world.user("re", Role.MANAGER))
        assert theirs
        sessions = await world.sql(
            "SELECT id FROM web_session WHERE user_id = $1", world.user("re", Role.MANAGER)
        )
        for session in sessions:
            assert await app.fetchval("SELECT sammen.end_session($1)", session["id"]) is False


async def test_a_municipality_lets_people_in_to_its_own_pages_only_and_as_nothing_more(
    filled: Filled, app: Connection, admin: Connection
) -> None:
    user = filled.world.user("re", Role.MANAGER)
    async with inside(app, filled.keys, HORTEN, filled.horten.tenant):
        for role in ("manager", "purchaser_child", "operator", "", "shared_coordinator"):
            assert (await outcome(app, "SELECT sammen.grant_own_pages($1, $2)", user, role))[
                0
            ] == "InsufficientPrivilegeError"
    async with inside(app, filled.keys, PlaceKind.REGION, filled.horten.region):
        assert (await outcome(app, "SELECT sammen.grant_own_pages($1, 'contact')", user))[
            0
        ] == "InsufficientPrivilegeError"
    await admin.execute("SET LOCAL ROLE sammen_app")
    async with admin.transaction():
        await enter(admin, filled.keys, HORTEN, filled.horten.tenant)
        await admin.execute("SELECT sammen.grant_own_pages($1, 'contact')", user)
    await admin.execute("RESET ROLE")
    rows = await admin.fetch(
        "SELECT kind, municipality_id FROM sammen.membership WHERE user_id = $1 AND role = 'contact'", user
    )
    assert [(row["kind"], row["municipality_id"]) for row in rows] == [("own", filled.horten.tenant)]


async def test_an_entry_in_anothers_name_or_already_sealed_is_refused(
    filled: Filled, app: Connection
) -> None:
    sql = (
        "INSERT INTO sammen.audit_entry (tenant_id, id, category, action, actor_id, actor_name, role, why, seal_no)"
        " VALUES ($1, gen_random_uuid(), 'read', 'x', $2, '', '', '', $3)"
    )
    mine, other = filled.world.user("horten", Role.MANAGER), filled.world.user("horten", Role.PAYROLL)
    async with inside(app, filled.keys, HORTEN, filled.horten.tenant, mine):
        assert (await outcome(app, sql, filled.horten.tenant, mine, None))[0] == "0 rows"
        for actor, number in ((other, None), (None, None), (mine, 1)):
            assert (await outcome(app, sql, filled.horten.tenant, actor, number))[
                0
            ] == "InsufficientPrivilegeError"
