"""What the command line does to a database as administrator. Each change is written in the system's trail."""

from __future__ import annotations

import dataclasses
import getpass
import json
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias
from uuid import UUID

import asyncpg

from deploy.cli_norwegian import CommandError
from deploy.database import administrator, newest_version, upgrade
from sammen.clock import today
from sammen.db.install import OWNER
from sammen.ids import uuid7
from sammen.policy.roles import ROLE_NAMES, ROLE_PLACE, Role
from sammen.settings import Environment, Settings

SLUG = re.compile(r"[a-z0-9æøå]+(-[a-z0-9æøå]+)*")
CODE = re.compile(r"\d{4}")
LEAST_PASSWORD = 12
if TYPE_CHECKING:
    Connection: TypeAlias = asyncpg.Connection[asyncpg.Record]


def admin_url(settings: Settings) -> str:
    """`DATABASE_URL`; without one, the demo's own database when it runs. Raises CommandError when there is neither."""
    if settings.admin_url:
        return settings.admin_url
    if settings.environment is Environment.DEMO:
        from deploy.demo.local import data_folder, running_demo

        if found := running_demo(data_folder(settings)):
            return found.admin_url
    raise CommandError("DATABASE_URL mangler: adressen til databasen, som administrator.")


async def upgrade_database(settings: Settings) -> str:
    """`sammen db upgrade`. Returns the version it led to."""
    if not settings.app_url:
        raise CommandError(
            "SAMMEN_APP_URL mangler: adressen web og worker skal bruke, med rollen sammen_app."
        )
    settings.check()
    others = [one for one in (settings.key_next, settings.key_previous) if one]
    await upgrade(admin_url(settings), settings.app_url, settings.key, *others)
    return newest_version()


def parse_day(text: str | None) -> date:
    """A day such as 2026-01-01; None is today. Raises CommandError for anything else."""
    try:
        return date.fromisoformat(text) if text else today()
    except ValueError:
        raise CommandError(f"{text!r} er ikke en dato. Skriv den som 2026-01-01.") from None


@asynccontextmanager
async def owner_transaction(url: str) -> AsyncIterator[Connection]:
    """One transaction as the tables' owner."""
    async with administrator(url) as connection, connection.transaction():
        await connection.execute(f"SET LOCAL ROLE {OWNER}")
        await connection.execute("SET LOCAL search_path = sammen, pg_temp")
        yield connection


async def tell_system(connection: Connection, action: str, about: UUID, **details: str) -> None:
    """The system's trail: what was done at the command line, by which of the machine's users."""
    await connection.execute(
        "INSERT INTO system_audit_entry (id, category, action, actor_name, role, why, object_id, details) "
        "VALUES ($1, 'change', $2, $3, 'administrator', 'command line', $4, $5)",
        uuid7(), action, getpass.getuser(), about, json.dumps(details, ensure_ascii=False),
    )  # fmt: skip


async def add_municipality(url: str, code: str, slug: str, name: str, since: date, form: str) -> None:
    """A new municipality. Raises CommandError for a code or slug that is taken or cannot be one."""
    if not CODE.fullmatch(code):
        raise CommandError("Kommunenummeret er fire sifre, som 0701.")
    if not SLUG.fullmatch(slug):
        raise CommandError("Ordet i adressen har bare små bokstaver, tall og bindestrek, som horten.")
    made = uuid7()
    async with owner_transaction(url) as connection:
        if await connection.fetchval("SELECT 1 FROM municipality WHERE code = $1 OR slug = $2", code, slug):
            raise CommandError(f"En kommune har allerede nummeret {code} eller adressen {slug}.")
        await connection.execute(
            "INSERT INTO municipality (id, code, slug, name, language_form, valid_from) VALUES ($1, $2, $3, $4, $5, $6)",
            made, code, slug, name, form, since,
        )  # fmt: skip
        await tell_system(connection, "municipality.added", made, slug=slug)


async def list_municipalities(url: str) -> list[tuple[str, str, str, date | None]]:
    """(code, slug, name, last day or None), by name."""
    async with owner_transaction(url) as connection:
        rows = await connection.fetch("SELECT code, slug, name, valid_to FROM municipality ORDER BY name")
    return [(row["code"], row["slug"], row["name"], row["valid_to"]) for row in rows]


def _hashed(password: str) -> str:
    from sammen.identity.service import HASHER

    if len(password) < LEAST_PASSWORD:
        raise CommandError(f"Passordet må ha minst {LEAST_PASSWORD} tegn.")
    return HASHER.hash(password)


async def _user(connection: Connection, email: str) -> UUID:
    found: UUID | None = await connection.fetchval(
        "SELECT id FROM user_account WHERE email = $1", email.strip().lower()
    )
    if found is None:
        raise CommandError(f"Ingen bruker har adressen {email}. Lag den med `sammen user add`.")
    return found


async def add_user(url: str, email: str, name: str, password: str, form: str) -> None:
    """Somebody who can log in, without any role yet."""
    address = email.strip().lower()
    if not re.fullmatch(r"[^@\s]+@[^@\s]+", address):
        raise CommandError(f"{email} er ikke en e-postadresse.")
    if not name.strip():
        raise CommandError("Navnet mangler.")
    hashed, made = _hashed(password), uuid7()
    async with owner_transaction(url) as connection:
        if await connection.fetchval("SELECT 1 FROM user_account WHERE email = $1", address):
            raise CommandError(f"{address} finnes fra før.")
        await connection.execute(
            "INSERT INTO user_account (id, email, display_name, password_hash, language, email_checked_at)"
            " VALUES ($1, $2, $3, $4, $5, now())",
            made, address, name.strip(), hashed, form,
        )  # fmt: skip
        await tell_system(connection, "user.added", made)


async def set_password(url: str, email: str, password: str) -> None:
    """A new password; open sessions end and a lock is lifted."""
    hashed = _hashed(password)
    async with owner_transaction(url) as connection:
        user = await _user(connection, email)
        await connection.execute(
            "UPDATE user_account SET password_hash = $2, failed_logins = 0, locked_until = NULL WHERE id = $1",
            user,
            hashed,
        )
        await connection.execute(
            "UPDATE web_session SET ended_at = now() WHERE user_id = $1 AND ended_at IS NULL", user
        )
        await tell_system(connection, "user.password", user)


async def reset_factor(url: str, email: str) -> None:
    """Take somebody's code app and its spare codes away, for those whom no administrator may mend: operators, and people
    with roles in several places. Open sessions end; they set up a new app at the next login.
    """
    async with owner_transaction(url) as connection:
        user = await _user(connection, email)
        await connection.execute("DELETE FROM second_factor WHERE user_id = $1", user)
        await connection.execute("DELETE FROM spare_code WHERE user_id = $1 AND kind = 'recovery'", user)
        await connection.execute(
            "UPDATE user_account SET failed_codes = 0, codes_locked_until = NULL WHERE id = $1", user
        )
        await connection.execute(
            "UPDATE web_session SET ended_at = now() WHERE user_id = $1 AND ended_at IS NULL", user
        )
        await tell_system(connection, "user.factor_reset", user)


def _role(name: str) -> Role:
    given = [role for role in Role if ROLE_PLACE[role] != "program"]  # a program's are no person's
    if name not in given:
        known = "\n".join(f"  {role.value:<28} {ROLE_NAMES[role]}" for role in given)
        raise CommandError(f"Rollen {name} finnes ikke. Disse finnes:\n{known}")
    return Role(name)


async def _place(connection: Connection, role: Role, slug: str) -> tuple[str, UUID | None, UUID | None]:
    """(kind, municipality, region) of a role held in the place `slug`."""
    kind = ROLE_PLACE[role]
    if kind == "operations":
        if slug != "drift":
            raise CommandError("Driftsansvarlige har ikke noe sted. Kjør uten STED.")
        return kind, None, None
    table = "region" if kind == "region" else "municipality"
    found: UUID | None = await connection.fetchval(f"SELECT id FROM {table} WHERE slug = $1", slug)  # noqa: S608 - one of two names
    if found is None:
        called = "Et samarbeid" if kind == "region" else "En kommune"
        raise CommandError(
            f"{called} med adressen {slug} finnes ikke. Rollen {role.value} trenger et slikt sted."
        )
    return (kind, None, found) if kind == "region" else (kind, found, None)


async def grant(url: str, email: str, role_name: str, slug: str) -> None:
    """Give a role in a place from today. Giving it again changes nothing."""
    role = _role(role_name)
    async with owner_transaction(url) as connection:
        user = await _user(connection, email)
        kind, municipality, region = await _place(connection, role, slug)
        await connection.execute(
            "INSERT INTO membership (id, user_id, kind, municipality_id, region_id, role, valid_from, granted_by) "
            "SELECT $1, $2, $3, $4, $5, $6, $7, $8 WHERE NOT EXISTS (SELECT 1 FROM membership b WHERE b.user_id = $2"
            " AND b.kind = $3 AND b.municipality_id IS NOT DISTINCT FROM $4 AND b.region_id IS NOT DISTINCT FROM $5"
            " AND b.role = $6 AND b.valid_from <= $7 AND (b.valid_to IS NULL OR b.valid_to >= $7)) "
            "ON CONFLICT ON CONSTRAINT uq_membership_once DO UPDATE SET valid_to = NULL",
            uuid7(), user, kind, municipality, region, role.value, today(), f"command line: {getpass.getuser()}",
        )  # fmt: skip
        await tell_system(connection, "role.granted", user, role=role.value, place=slug)


async def revoke(url: str, email: str, role_name: str, slug: str) -> None:
    """Take a role away as of yesterday, so that it is gone at the next request. History stays."""
    role = _role(role_name)
    async with owner_transaction(url) as connection:
        user = await _user(connection, email)
        kind, municipality, region = await _place(connection, role, slug)
        changed = await connection.execute(
            "UPDATE membership SET valid_to = $6 WHERE user_id = $1 AND kind = $2 AND role = $5"
            " AND municipality_id IS NOT DISTINCT FROM $3 AND region_id IS NOT DISTINCT FROM $4"
            " AND (valid_to IS NULL OR valid_to > $6)",
            user, kind, municipality, region, role.value, today() - timedelta(days=1),
        )  # fmt: skip
        if changed == "UPDATE 0":
            raise CommandError(f"{email.lower()} er ikke {role.value} i {slug}.")
        await tell_system(connection, "role.revoked", user, role=role.value, place=slug)


def read_file(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise CommandError(f"Kan ikke lese {path}: {error.strerror}.") from None


async def import_file(settings: Settings, slug: str, path: Path, email: str, *, confirm: bool) -> list[str]:
    """Import a case list as a user who may. Returns lines to show. The roles are looked up anew, as at a request."""
    import shared_pool.api  # noqa: F401 - its listeners close the needs of orders that a list ends
    from sammen.db.unit_of_work import make_engine
    from sammen.errors import Forbidden
    from sammen.keys import Keys
    from sammen.policy.decide import permissions_of
    from sammen.policy.permissions import Permission
    from sammen.tenancy.context import PlaceKind
    from sammen.tenancy.enter import enter_job
    from tenants.imports.api import import_file as import_cases

    content = read_file(path)
    async with owner_transaction(admin_url(settings)) as connection:
        user = await _user(connection, email)
        _, tenant, _ = await _place(connection, Role.MANAGER, slug)
        assert tenant is not None
        roles = await connection.fetch(
            "SELECT role FROM membership WHERE user_id = $1 AND kind = 'municipality' AND municipality_id = $2"
            " AND valid_from <= $3 AND (valid_to IS NULL OR valid_to >= $3)",
            user, tenant, today(),
        )  # fmt: skip
    held = frozenset(row["role"] for row in roles)
    if Permission.IMPORT_RUN not in permissions_of(held):
        raise Forbidden(f"{email.lower()} har ikke lov til å hente inn saker i {slug}.")
    engine = make_engine(app_url(settings), pool_size=2, application="sammen-cli")
    try:
        uow = await enter_job(
            engine,
            Keys.of(settings),
            PlaceKind.MUNICIPALITY,
            tenant,
            job="import",
            user=user,
            seconds=900,
        )
        uow.context = dataclasses.replace(uow.context, roles=held, permissions=permissions_of(held))
        try:
            synthetic = settings.environment is not Environment.PRODUCTION
            lines = await import_cases(uow, path.name, content, confirm=confirm, accept_synthetic=synthetic)
        except BaseException:
            await uow.rollback()
            raise
        await uow.commit()
    finally:
        await engine.dispose()
    return lines


def app_url(settings: Settings) -> str:
    """`SAMMEN_APP_URL`; without one, the running demo's. Raises CommandError when there is neither."""
    if settings.app_url:
        return settings.app_url
    from deploy.demo.local import data_folder, running_demo

    if settings.environment is Environment.DEMO and (found := running_demo(data_folder(settings))):
        return found.app_url
    raise CommandError("SAMMEN_APP_URL mangler: adressen web og worker bruker til databasen.")
