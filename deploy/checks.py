"""What must be true before web or worker starts: the database is there, new enough, and at our version."""

from __future__ import annotations

import asyncpg

from deploy.contact import NO_CONTACT, why_not
from deploy.database import known_versions, newest_version, plain_url
from sammen.db.install import version_is_safe
from sammen.logging import log
from sammen.settings import Environment, Settings

OLD_SERVER = (
    "PostgreSQL mangler sikkerhetsrettelser for radnivåsikkerhet. Bruk minst 15.14, 16.10, 17.6 eller 18."
)


NEWER = "Databasen er oppgradert av et nyere program enn dette. Start det nye programmet; `sammen db upgrade` her hjelper ikke."


class StartError(Exception):
    """Why the program will not start, as one Bokmål sentence for the operator."""


def wrong_version(found: str | None) -> str:
    """What to say of a database that is not at this program's version: older, or newer than the program."""
    if found is None or found in known_versions():
        return "Databasen er ikke på nyeste versjon. Kjør `sammen db upgrade`."
    return NEWER


def require_app_url(settings: Settings) -> None:
    """Raise StartError when nothing says where the database is."""
    if not settings.app_url:
        raise StartError("SAMMEN_APP_URL mangler: adressen web og worker bruker til databasen.")


async def check_start(settings: Settings) -> None:
    """Raise StartError unless the database can serve. An outdated server is refused in production, else a warning.

    Asks as the app role, so that neither web nor worker needs an administrator's address.
    """
    require_app_url(settings)
    try:
        connection = await asyncpg.connect(plain_url(settings.app_url), timeout=5)
    except NO_CONTACT as error:
        said, act = why_not(error, "SAMMEN_APP_URL")
        raise StartError(f"Får ikke kontakt med databasen i SAMMEN_APP_URL: {said}. {act}") from None
    try:
        number = int(await connection.fetchval("SHOW server_version_num"))
        role_is_safe = await connection.fetchval(
            "SELECT NOT (rolsuper OR rolbypassrls) FROM pg_roles WHERE rolname = current_user"
        )
        found = await connection.fetchval("SELECT sammen.database_version()")
        # Written by the upgrade, in the program that knows the newer migrations (deploy/database.py).
        served = await connection.fetchval(
            "SELECT obj_description('sammen.alembic_version'::regclass, 'pg_class')"
        )
    except asyncpg.PostgresError:
        raise StartError("Databasen er ikke satt opp. Kjør `sammen db upgrade`.") from None
    finally:
        await connection.close()
    if not role_is_safe:
        raise StartError(
            "SAMMEN_APP_URL bruker en rolle som går forbi radnivåsikkerheten. Bruk rollen sammen_app."
        )
    ours = newest_version()
    if found != ours and ours in (served or "").split():
        log.warning("the database is newer, and serves this program too", version=found)
    elif found != ours:
        raise StartError(wrong_version(found))
    if not version_is_safe(number):
        if settings.environment is Environment.PRODUCTION:
            raise StartError(OLD_SERVER)
        log.warning("outdated PostgreSQL", version=number)
