"""The migrations lead to what the models say, walls and all; moving data reaches every municipality; two wait in turn."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any
from uuid import uuid4

import asyncpg
import pytest
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

import deploy.models  # noqa: F401 - registers every slice's tables
from deploy.database import administrator, migrate, status, upgrade
from sammen.db import install
from sammen.db.base import Base
from sammen.db.rls import protect
from sammen.db.unit_of_work import asyncpg_url
from sammen.jobs.queue import install_statements
from tests.database import SECRET, TestDatabase, describe
from tests.worlds import World

# What a database is, as its own catalogue tells it: columns, constraints, indexes, policies and rights.
ASPECTS = {
    "columns": """SELECT table_name, column_name, data_type, udt_name, is_nullable, column_default, collation_name,
        numeric_precision, numeric_scale FROM information_schema.columns WHERE table_schema = 'sammen'""",
    "constraints": """SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint
        WHERE connamespace = 'sammen'::regnamespace""",
    "indexes": "SELECT tablename, indexname, indexdef FROM pg_indexes WHERE schemaname = 'sammen'",
    "policies": "SELECT tablename, policyname, cmd, roles::text, qual, with_check FROM pg_policies WHERE schemaname = 'sammen'",
    "forced": """SELECT relname, relrowsecurity, relforcerowsecurity FROM pg_class
        WHERE relnamespace = 'sammen'::regnamespace AND relkind IN ('r', 'v')""",
    "rights": """SELECT table_name, column_name, privilege_type FROM information_schema.column_privileges
        WHERE table_schema = 'sammen' AND grantee = 'sammen_app'""",
    "deletes": """SELECT table_name, privilege_type FROM information_schema.table_privileges
        WHERE table_schema = 'sammen' AND grantee = 'sammen_app'""",
}


async def portrait(url: str) -> dict[str, set[tuple[Any, ...]]]:
    """Everything of ASPECTS but alembic's own table."""
    async with administrator(url) as admin:
        return {
            aspect: {tuple(row) for row in await admin.fetch(sql) if "alembic_version" not in str(row[0])}
            for aspect, sql in ASPECTS.items()
        }


@pytest.fixture
async def empty(migrated: tuple[str, str]) -> AsyncIterator[TestDatabase]:
    """A database with nothing in it."""
    server, _ = migrated
    name = f"test_{uuid4().hex[:16]}"
    async with administrator(server) as admin:
        await admin.execute(f'CREATE DATABASE "{name}"')
    try:
        yield describe(server, name)
    finally:
        async with administrator(server) as admin:
            await admin.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


async def test_the_migrations_lead_to_what_the_models_say(
    empty: TestDatabase, database: TestDatabase
) -> None:
    async with administrator(empty.admin_url) as admin:
        await install.make_roles(admin, empty.app_url)
        await install.make_schema(admin)
    engine = create_async_engine(asyncpg_url(empty.admin_url), poolclass=NullPool)
    async with engine.begin() as connection:
        await connection.exec_driver_sql(f"SET ROLE {install.OWNER}")
        for statement in (*install.EXTENSION_STATEMENTS, *install.policy_function_statements()):
            await connection.exec_driver_sql(statement)
        await connection.run_sync(Base.metadata.create_all)
        for statement in install_statements():
            await connection.exec_driver_sql(statement)
        for table in Base.metadata.sorted_tables:
            for statement in protect(table):
                await connection.exec_driver_sql(statement)
    await engine.dispose()
    modelled, migrated = await portrait(empty.admin_url), await portrait(database.admin_url)
    for aspect in ASPECTS:
        assert modelled[aspect] - migrated[aspect] == set(), f"{aspect}: in the models, not in the migrations"
        assert migrated[aspect] - modelled[aspect] == set(), f"{aspect}: in the migrations, not in the models"


async def test_an_upgrade_may_run_again_and_two_at_once_wait_for_each_other(empty: TestDatabase) -> None:
    await asyncio.gather(*(upgrade(empty.admin_url, empty.app_url, SECRET) for _ in range(3)))
    before = await portrait(empty.admin_url)
    await upgrade(empty.admin_url, empty.app_url, SECRET)
    assert await portrait(empty.admin_url) == before
    revision, newest, safe = await status(empty.admin_url)
    assert revision == newest
    assert safe


async def test_the_migrating_role_moves_data_in_every_municipality(world: World) -> None:
    for tenant in (world.horten, world.re):
        await world.sql(
            "INSERT INTO person (tenant_id, id, given_name, family_name) VALUES ($1, $2, 'Ida', 'Lie')",
            tenant,
            uuid4(),
        )
    async with administrator(world.database.admin_url) as admin, admin.transaction():
        await admin.execute(f"SET LOCAL ROLE {install.OWNER}")
        done = await admin.execute("UPDATE sammen.person SET family_name = 'Moe'")
    assert done == "UPDATE 2"


async def test_a_dangling_key_fails_a_migration_that_would_bind_it(world: World) -> None:
    async with administrator(world.database.admin_url) as admin:
        await admin.execute(f"SET ROLE {install.OWNER}")
        await admin.execute(
            "ALTER TABLE sammen.person_name_word DROP CONSTRAINT fk_person_name_word_tenant_id_person_id"
        )
        await admin.execute(
            "INSERT INTO sammen.person_name_word (tenant_id, id, person_id, word) VALUES ($1, $2, $3, 'ida')",
            world.horten, uuid4(), uuid4(),
        )  # fmt: skip
        with pytest.raises(asyncpg.ForeignKeyViolationError):
            await admin.execute(
                "ALTER TABLE sammen.person_name_word ADD FOREIGN KEY (tenant_id, person_id) REFERENCES sammen.person"
            )


async def test_courses_and_groups_of_an_older_database_come_along(empty: TestDatabase) -> None:
    """A course had one time and one place; a place in a group was simply somebody's."""
    region, place, course, group, taken = (uuid4() for _ in range(5))
    async with administrator(empty.admin_url) as admin:
        await migrate(admin, empty.admin_url, empty.app_url, to="20261122_6")
        await admin.execute("SELECT pg_advisory_unlock_all()")
        async with admin.transaction():
            # Whom the rows point to is not what is tried here.
            await admin.execute("SET LOCAL session_replication_role = replica")
            await admin.execute(
                "INSERT INTO sammen.course (region_id, id, title, kind, place, starts_at, ends_at, seats) VALUES"
                " ($1, $2, 'Grunnkurs', 'basic', 'Biblioteket', '2026-10-06 17:00+02', '2026-10-06 20:00+02', 20)",
                region, course,
            )  # fmt: skip
            await admin.execute(
                "INSERT INTO sammen.enrolment (region_id, id, course_id, home_id) VALUES ($1, $2, $3, $4)",
                region, taken, course, place,
            )  # fmt: skip
            await admin.execute(
                "INSERT INTO sammen.course_signup (tenant_id, id, contact_id, course_id, enrolment_id, outcome) VALUES"
                " ($1, $2, $2, $3, $4, 'completed')",
                place, uuid4(), course, taken,
            )  # fmt: skip
            await admin.execute(
                "INSERT INTO sammen.activity_group (tenant_id, id, name, activity, weekday, starts, ends, leader_id, seats,"
                " valid_from) VALUES ($1, $2, 'Turgruppa', 'walking', 'tue', '17:30', '19:30', $2, 8, '2026-08-01')",
                place, group,
            )  # fmt: skip
            await admin.execute(
                "INSERT INTO sammen.group_place (tenant_id, id, group_id, assignment_id, valid_from) VALUES"
                " ($1, $2, $3, $2, '2026-08-01')",
                place, uuid4(), group,
            )  # fmt: skip
    await upgrade(empty.admin_url, empty.app_url, SECRET)
    async with administrator(empty.admin_url) as admin:
        now = await admin.fetchrow(
            "SELECT c.kind, c.state, c.joint, c.reach, s.place, s.starts_at = c.starts_at AS begins,"
            " s.ends_at = c.ends_at AS ends"
            " FROM sammen.course c JOIN sammen.course_session s ON s.region_id = c.region_id AND s.course_id = c.id"
        )
        assert dict(now) == {
            "kind": "intro", "state": "held", "joint": True, "reach": "region", "place": "Biblioteket", "begins": True,
            "ends": True,
        }  # fmt: skip
        signup = await admin.fetchrow("SELECT outcome, ended, wait_id FROM sammen.course_signup")
        assert tuple(signup) == ("completed", "", None)
        held = await admin.fetchrow(
            "SELECT g.hosted, g.joint_id, p.state, p.seat_id FROM sammen.activity_group g JOIN sammen.group_place p"
            " ON p.group_id = g.id"
        )
        assert tuple(held) == (True, None, "member", None)
