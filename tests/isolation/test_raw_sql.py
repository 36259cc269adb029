"""Injected SQL as the app role: every form of statement, on every table, in a true municipality's context."""

from __future__ import annotations

import io
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest
from sqlalchemy import Table, Text

from sammen.db.base import Kind
from sammen.db.rls import kind_of
from sammen.tenancy.context import PlaceKind
from tests.isolation.attacks import (
    Case,
    Connection,
    cases,
    changeable,
    enter,
    fit_to_insert,
    inside,
    seen_without_a_place,
)
from tests.isolation.canaries import as_arguments, insert_sql, owner_column, walled_tables
from tests.isolation.conftest import Filled

TABLES = walled_tables()
FOREIGN = ("KANARIRE", "KANARISKIEN")
# A right that is missing, or XML on a server built without it.
UNREADABLE = ("InsufficientPrivilegeError", "FeatureNotSupportedError")
IDENTITY = walled_tables(Kind.IDENTITY)


def literal(value: Any) -> str:
    """A value as an injected statement would write it."""
    return "NULL" if value is None else "'" + str(value).replace("'", "''") + "'"


def shows_foreign(case: Case, text: str) -> list[str]:
    """Which marks of others stand in a text that the case's place was shown."""
    markers = FOREIGN if case.kind is PlaceKind.MUNICIPALITY else FOREIGN[1:]
    return [mark for mark in (*markers, str(case.foreign["id"])) if mark in text]


async def outcome(db: Connection, sql: str, *arguments: Any) -> tuple[str, str]:
    """(what came back, or the error's name; the error's own words with every id blanked), undone afterwards."""
    savepoint = db.transaction()
    await savepoint.start()
    try:
        rows = await db.fetch(sql, *arguments)
        return f"{len(rows)} rows", " ".join(str(value) for row in rows for value in row.values())
    except asyncpg.PostgresError as error:
        return type(error).__name__, f"{error} {error.detail}"
    finally:
        await savepoint.rollback()


def reading_forms(case: Case) -> dict[str, str]:
    """Statements that read, each in a form that has let somebody past a wall somewhere."""
    name, own, foreign = case.name, owner_column(case.table), literal(case.foreign["id"])
    scope = literal(case.foreign[own])
    return {
        "plain": f"SELECT t::text FROM {name} t",
        "named owner": f"SELECT t::text FROM {name} t WHERE {own} = {scope}",
        "or true": f"SELECT t::text FROM {name} t WHERE id = {foreign} OR true",
        "union": f"SELECT t::text FROM {name} t UNION ALL SELECT u::text FROM {name} u WHERE u.id = {foreign}",
        "subquery": f"SELECT (SELECT t::text FROM {name} t WHERE t.id = {foreign})",
        "exists": f"SELECT 'there' WHERE EXISTS (SELECT FROM {name} WHERE id = {foreign})",
        "lateral": f"SELECT t::text FROM (VALUES ({foreign}::uuid)) v(id), LATERAL (SELECT * FROM {name} WHERE id = v.id) t",
        "cte": f"WITH t AS MATERIALIZED (SELECT * FROM {name}) SELECT t::text FROM t",
        "recursive": f"WITH RECURSIVE r(id) AS (SELECT id FROM {name} UNION SELECT t.id FROM {name} t JOIN r ON true)"
        f" SELECT id::text FROM r",
        "outer join": f"SELECT t::text FROM (SELECT {foreign}::uuid id) v LEFT JOIN {name} t USING (id) WHERE t.tableoid > 0",
        "aggregate": f"SELECT string_agg(t::text, ',') FROM {name} t",
        "json": f"SELECT json_agg(t)::text FROM {name} t",
        "xml": f"SELECT query_to_xml('SELECT * FROM {name}', true, false, '')::text",
        "table as xml": f"SELECT table_to_xml('{name}', true, false, '')::text",
        "sample": f"SELECT t::text FROM {name} t TABLESAMPLE BERNOULLI (100)",
        "physical order": f"SELECT t::text FROM {name} t WHERE ctid >= '(0,0)' AND ctid < '(9999,1)'",
        "for update": f"SELECT t::text FROM {name} t FOR UPDATE",
        "for share": f"SELECT t::text FROM {name} t FOR KEY SHARE",
        "window": f"SELECT first_value(t::text) OVER (ORDER BY id DESC) FROM {name} t",
        "only": f"SELECT t::text FROM ONLY {name} t",
        "database": "SELECT schema_to_xml('sammen', true, false, '')::text" if case.table is TABLES[0] else "SELECT ''",
    }  # fmt: skip


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
async def test_no_form_of_reading_shows_a_foreign_row(table: Table, filled: Filled, app: Connection) -> None:
    for case in cases(filled, table):
        async with inside(app, filled.keys, case.kind, case.scope):
            for form, sql in reading_forms(case).items():
                got, text = await outcome(app, sql)
                assert got.endswith("rows") or got in UNREADABLE, (form, got, text)
                assert shows_foreign(case, text) == [], form
                if form == "exists":
                    assert got in ("0 rows", *UNREADABLE)


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
async def test_the_same_forms_show_ones_own_row(table: Table, filled: Filled, app: Connection) -> None:
    for case in cases(filled, table):
        if not case.may("SELECT"):
            continue
        async with inside(app, filled.keys, case.kind, case.scope):
            for form, sql in reading_forms(case).items():
                if form in (
                    "plain",
                    "or true",
                    "union",
                    "cte",
                    "recursive",
                    "aggregate",
                    "json",
                    "sample",
                    "physical order",
                ):
                    _, text = await outcome(app, sql)
                    assert str(case.own["id"]) in text, form


def writing_forms(case: Case) -> dict[str, tuple[str, list[Any]]]:
    """Statements that write to a foreign row, or make one."""
    table, name = case.table, case.name
    foreign = fit_to_insert(table, case.foreign)
    made = {**foreign, "id": uuid4()}
    values, new_values = as_arguments(table, foreign), as_arguments(table, made)
    insert, key = insert_sql(table, foreign), owner_column(table)
    column = changeable(table) or "id"
    columns = ", ".join(f'"{c}"' for c in foreign)
    places = ", ".join(f"${n}" for n in range(1, len(foreign) + 1))
    types = ", ".join(
        f"${n}::{table.columns[c].type.compile(dialect=_dialect())}" for n, c in enumerate(foreign, 1)
    )
    target = literal(case.foreign["id"])
    return {
        "insert": (insert, new_values),
        "insert returning": (f"{insert} RETURNING *", new_values),
        "on conflict do nothing": (f"{insert} ON CONFLICT DO NOTHING RETURNING id", values),
        "upsert": (f'{insert} ON CONFLICT ({key}, id) DO UPDATE SET "{column}" = excluded."{column}" RETURNING id', values),
        "insert in a cte": (f"WITH x AS ({insert} RETURNING id) SELECT id FROM x", new_values),
        "insert select": (f"INSERT INTO {name} ({columns}) SELECT {types}", new_values),
        "merge insert": (f"MERGE INTO {name} t USING (SELECT {types}) s({columns}) ON t.id = s.id"
                         f" WHEN NOT MATCHED THEN INSERT ({columns}) VALUES ({places})", new_values),
        "update": (f'UPDATE {name} SET "{column}" = "{column}" WHERE id = {target} RETURNING id', []),
        "update from": (f'UPDATE {name} t SET "{column}" = t."{column}" FROM (SELECT {target}::uuid AS id) s WHERE t.id = s.id'
                        " RETURNING t.id", []),
        "update in a cte": (f'WITH x AS (UPDATE {name} SET "{column}" = "{column}" WHERE id = {target} RETURNING id)'
                            " SELECT id FROM x", []),
        "update current": (f'UPDATE {name} SET "{column}" = "{column}" WHERE ctid = ANY(ARRAY(SELECT ctid FROM {name}'
                           f" WHERE id = {target})) RETURNING id", []),
        "delete": (f"DELETE FROM {name} WHERE id = {target} RETURNING *", []),
        "delete using": (f"DELETE FROM {name} t USING (SELECT {target}::uuid AS id) s WHERE t.id = s.id RETURNING t.id", []),
        "merge update": (f'MERGE INTO {name} t USING (SELECT {target}::uuid AS id) s ON t.id = s.id WHEN MATCHED THEN UPDATE'
                         f' SET "{column}" = t."{column}"', []),
        "merge delete": (f"MERGE INTO {name} t USING (SELECT {target}::uuid AS id) s ON t.id = s.id WHEN MATCHED THEN"
                         " DELETE", []),
        "truncate": (f"TRUNCATE {name} CASCADE", []),
        "lock": (f"SELECT id FROM {name} WHERE id = {target} FOR UPDATE", []),
    }  # fmt: skip


def _dialect() -> Any:
    from sqlalchemy.dialects import postgresql

    return postgresql.dialect()  # type: ignore[no-untyped-call]  # SQLAlchemy leaves its dialect modules untyped


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
async def test_no_form_of_writing_reaches_a_foreign_row(
    table: Table, filled: Filled, app: Connection, admin: Connection
) -> None:
    sql = f"SELECT md5(string_agg(t::text, '' ORDER BY id)) FROM sammen.{table.name} t WHERE id = ANY($1)"
    foreign = [row["id"] for name, row in filled.canaries.rows[table.name].items() if name != "horten"]
    before = await admin.fetchval(sql, foreign)
    for case in cases(filled, table):
        async with inside(app, filled.keys, case.kind, case.scope):
            for form, (statement, arguments) in writing_forms(case).items():
                got, text = await outcome(app, statement, *arguments)
                assert got in ("0 rows", "InsufficientPrivilegeError"), (form, got, text)
                if "insert" in form or form in ("on conflict do nothing", "upsert", "truncate"):
                    assert got == "InsufficientPrivilegeError", form
    assert await admin.fetchval(sql, foreign) == before


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
async def test_copy_takes_out_ones_own_rows_only_and_puts_none_in(
    table: Table, filled: Filled, app: Connection
) -> None:
    for case in cases(filled, table):
        async with inside(app, filled.keys, case.kind, case.scope):
            out = io.BytesIO()
            if "SELECT" in table.info["rights"]:
                await app.copy_from_table(table.name, schema_name="sammen", output=out)
                assert shows_foreign(case, out.getvalue().decode()) == []
                assert (str(case.own["id"]) in out.getvalue().decode()) is case.may("SELECT")
            with pytest.raises((asyncpg.FeatureNotSupportedError, asyncpg.InsufficientPrivilegeError)):
                await app.copy_records_to_table(
                    table.name, schema_name="sammen", columns=[owner_column(table), "id"],
                    records=[(case.foreign[owner_column(table)], uuid4())],
                )  # fmt: skip


# Foreign keys --------------------------------------------------------------------------------------------------------
def pointers(table: Table) -> list[str]:
    """Columns that point at another walled table's row."""
    return [
        key.parent.name
        for key in table.foreign_keys
        if key.column.name == "id" and key.column.table in TABLES and key.parent.name != "id"
    ]


@pytest.mark.parametrize("table", [t for t in TABLES if pointers(t)], ids=lambda table: table.name)
async def test_a_key_to_a_foreign_row_fails_the_same_whether_the_row_exists_or_not(
    table: Table, filled: Filled, app: Connection
) -> None:
    tried = 0
    for case in cases(filled, table):
        for column in pointers(table):
            # A pointer that the canary leaves empty (a person merged into nobody) is tried with the foreign row itself.
            existing: UUID = case.foreign.get(column) or case.foreign["id"]
            absent = uuid4()
            async with inside(app, filled.keys, case.kind, case.scope):
                said = []
                for pointer in (existing, absent):
                    row = {**fit_to_insert(table, case.own), "id": uuid4(), column: pointer}
                    row |= {name: _unlike(value) for name, value in row.items() if isinstance(value, str)}
                    insert = await outcome(app, insert_sql(table, row), *as_arguments(table, row))
                    update = await outcome(app, f"UPDATE {case.name} SET {column} = $1", pointer)
                    said.append(
                        [
                            (kind, words.replace(str(pointer), "X").replace(str(row["id"]), "Y"))
                            for kind, words in (insert, update)
                        ]
                    )
                assert said[0] == said[1], column
                # A rule between the row's own columns may refuse it before the key is looked at.
                assert said[0][0][0] in (
                    "ForeignKeyViolationError",
                    "InsufficientPrivilegeError",
                    "UniqueViolationError",
                    "CheckViolationError",
                )
                # A guard refuses any change of what stands, before the key is looked at.
                assert said[0][1][0] in (
                    "ForeignKeyViolationError",
                    "InsufficientPrivilegeError",
                    "CheckViolationError",
                    "0 rows",
                )
                tried += 1
    assert tried


def _unlike(text: str) -> str:
    """Another text where any will do, so that a unique constraint does not answer before the foreign key."""
    return text + " to" if text.startswith("KANARI") else text


# Same facts in two municipalities ------------------------------------------------------------------------------------
async def test_one_person_may_be_known_in_two_municipalities_and_neither_learns_it(
    filled: Filled, app: Connection
) -> None:
    theirs = filled.canaries.rows["person"]["re"]
    row = {
        **filled.canaries.rows["person"]["horten"],
        "id": uuid4(),
        "number_hash": theirs["number_hash"],
        "email": theirs["email"],
    }
    table = next(table for table in TABLES if table.name == "person")
    async with inside(app, filled.keys, PlaceKind.MUNICIPALITY, filled.horten.tenant):
        await app.execute(insert_sql(table, row), *as_arguments(table, row))
        found = await app.fetch(
            "SELECT id FROM sammen.person WHERE number_hash = $1 OR email = $2",
            row["number_hash"],
            row["email"],
        )
        assert [one["id"] for one in found] == [row["id"]]


# Regions -------------------------------------------------------------------------------------------------------------
SHARED_BY_PARTIES = [
    t
    for t in walled_tables(Kind.SHARED)
    if "INSERT" in t.info["rights"] and t.info["party_may"].get("INSERT")
]


@pytest.mark.parametrize("table", SHARED_BY_PARTIES, ids=lambda table: table.name)
async def test_a_municipality_writes_no_shared_row_into_a_region_it_is_no_member_of(
    table: Table, filled: Filled, app: Connection
) -> None:
    own = fit_to_insert(table, filled.canaries.rows[table.name]["horten"])
    theirs = filled.canaries.rows[table.name]["skien"]
    pointed = {name: theirs[name] for name in pointers(table) if name in theirs}
    row = {**own, **pointed, "id": uuid4(), "region_id": filled.skien.region}
    async with inside(app, filled.keys, PlaceKind.MUNICIPALITY, filled.horten.tenant):
        assert (await outcome(app, insert_sql(table, row), *as_arguments(table, row)))[
            0
        ] == "InsufficientPrivilegeError"


@pytest.mark.parametrize("table", SHARED_BY_PARTIES, ids=lambda table: table.name)
async def test_a_municipality_that_has_left_the_region_writes_no_more_into_it(
    table: Table, filled: Filled, admin: Connection
) -> None:
    own = {**fit_to_insert(table, filled.canaries.rows[table.name]["horten"]), "id": uuid4()}
    # Some rows are about a time: of that, a municipality may tell that was a member then. Here it left long before.
    left = "valid_from" if "member_between" in table.info else "now()::date - 2"
    await admin.execute(
        f"UPDATE sammen.region_membership SET valid_to = {left} WHERE municipality_id = $1",
        filled.horten.tenant,
    )
    await admin.execute("SET LOCAL ROLE sammen_app")
    async with inside(admin, filled.keys, PlaceKind.MUNICIPALITY, filled.horten.tenant):
        got, _ = await outcome(admin, insert_sql(table, own), *as_arguments(table, own))
    assert got == "InsufficientPrivilegeError"


@pytest.mark.parametrize(
    ("table", "change"),
    [
        ("candidate", "withdrawn_at = now()"),
        ("candidate", "consent_until = '2020-01-01'"),
        ("need", "state = 'withdrawn'"),
    ],
)
async def test_withdrawal_hides_from_the_region_at_once_and_not_from_the_owner(
    table: str, change: str, filled: Filled, admin: Connection
) -> None:
    row = filled.canaries.rows[table]["horten"]
    await admin.execute(f"UPDATE sammen.{table} SET {change} WHERE id = $1", row["id"])
    await admin.execute("SET LOCAL ROLE sammen_app")
    sql = f"SELECT count(*) FROM sammen.{table} WHERE id = $1"
    async with inside(admin, filled.keys, PlaceKind.REGION, filled.horten.region):
        assert await admin.fetchval(sql, row["id"]) == 0
    async with inside(admin, filled.keys, PlaceKind.MUNICIPALITY, filled.horten.tenant):
        assert await admin.fetchval(sql, row["id"]) == 1


async def test_a_name_is_left_only_for_a_proposal_of_ones_own_candidate(
    filled: Filled, app: Connection
) -> None:
    table = next(table for table in SHARED_BY_PARTIES if table.name == "introduction")
    own = filled.canaries.rows["introduction"]["horten"]
    between_others = filled.canaries.rows["proposal"]["re"]["id"]
    async with inside(app, filled.keys, PlaceKind.MUNICIPALITY, filled.horten.tenant):
        for proposal in (between_others, uuid4()):
            row = {**own, "id": uuid4(), "proposal_id": proposal}
            assert (await outcome(app, insert_sql(table, row), *as_arguments(table, row)))[
                0
            ] == "InsufficientPrivilegeError"
        row = {**own, "id": uuid4(), "need_tenant_id": filled.re.tenant}
        assert (await outcome(app, insert_sql(table, row), *as_arguments(table, row)))[
            0
        ] == "InsufficientPrivilegeError"


# Tables beyond reach -------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("table", IDENTITY, ids=lambda table: table.name)
@pytest.mark.parametrize("place", [None, "municipality", "region"])
async def test_identity_tables_can_be_neither_read_nor_written(
    table: Table, place: str | None, filled: Filled, app: Connection
) -> None:
    name = f"sammen.{table.name}"
    statements = (
        f"SELECT * FROM {name}", f"SELECT count(*) FROM {name}", f"SELECT id FROM {name} LIMIT 0",
        f"SELECT 1 FROM {name} FOR UPDATE",
        f"INSERT INTO {name} DEFAULT VALUES", f"INSERT INTO {name} (id) VALUES (gen_random_uuid()) ON CONFLICT DO NOTHING",
        f"UPDATE {name} SET id = id", f"DELETE FROM {name}", f"TRUNCATE {name}", f"LOCK TABLE {name}",
        f"MERGE INTO {name} t USING (SELECT 1) s ON false WHEN NOT MATCHED THEN INSERT (id) VALUES (gen_random_uuid())",
    )  # fmt: skip
    async with app.transaction():
        if place is not None:
            scope = filled.horten.tenant if place == "municipality" else filled.horten.region
            await enter(app, filled.keys, PlaceKind(place), scope)
        for sql in statements:
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                async with app.transaction():
                    await app.execute(sql)


async def test_reference_tables_are_read_and_never_written(app: Connection) -> None:
    for table in walled_tables(Kind.REFERENCE):
        await app.fetch(f"SELECT * FROM sammen.{table.name}")
        column = next(iter(table.columns)).name
        for sql in (f"DELETE FROM sammen.{table.name}", f'UPDATE sammen.{table.name} SET "{column}" = "{column}"',
                    f"INSERT INTO sammen.{table.name} DEFAULT VALUES"):  # fmt: skip
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await app.execute(sql)


def test_every_text_of_a_canary_says_whose_it_is(filled: Filled) -> None:
    marked = 0
    for table in TABLES:
        for owner, row in filled.canaries.rows[table.name].items():
            texts = [
                row[c.name]
                for c in table.columns
                if isinstance(c.type, Text) and str(row.get(c.name)).startswith("KANARI")
            ]
            assert all(text.startswith(f"KANARI{owner.upper()}") for text in texts)
            marked += len(texts)
    assert marked > len(TABLES)
    assert kind_of(TABLES[0]) in (Kind.MUNICIPAL, Kind.REGIONAL, Kind.SHARED)


async def test_after_all_of_this_a_connection_without_a_place_still_sees_nothing(app: Connection) -> None:
    assert await seen_without_a_place(app) == []
