"""`sammen doctor`: what is wrong with this installation, and what to do, in plain Norwegian. Reads only; shows no secret.

Two sittings: what web and worker themselves can see, with the app role's address; and, where `DATABASE_URL` is set, what
only an administrator sees (deploy/doctor_admin.py). A check that cannot be made says so instead of passing.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from typing import TYPE_CHECKING, TypeAlias
from uuid import uuid4
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import asyncpg

from deploy import doctor_admin, doctor_outside
from deploy.checks import wrong_version
from deploy.contact import NO_CONTACT, why_not
from deploy.database import newest_version, plain_url
from deploy.doctor_findings import FAULT, OK, WARNING, Finding, graded
from sammen.db.install import version_is_safe
from sammen.db.unit_of_work import DOWN
from sammen.keys import Keys
from sammen.settings import Environment, Settings, SettingsError
from sammen.tenancy.context import PlaceKind
from sammen.tenancy.enter import job_proof

if TYPE_CHECKING:
    Connection: TypeAlias = asyncpg.Connection[asyncpg.Record]

SKEW_S = 2.0
SET_UP = "SELECT EXISTS (SELECT FROM pg_class WHERE relname = 'alembic_version' AND relnamespace = to_regnamespace('sammen'))"
QUEUE_MINUTES = (5, 30)
SERVED = "Databasen tåler dette programmet. Start web og arbeidere på det nye, én om gangen; se docs/runbooks/upgrade.md."


async def examine(settings: Settings) -> list[Finding]:
    """Everything, in the order one would mend it in."""
    found = [*_settings(settings), _time_zone()]
    found += await _as_app(settings)
    found += await _sitting(
        settings.admin_url, "Database som administrator", "DATABASE_URL", doctor_admin.CHECKS, settings
    )
    outside = doctor_outside.CHECKS
    found += [
        one for one in await asyncio.gather(*(asyncio.to_thread(check, settings) for check in outside)) if one
    ]
    return found


def _settings(settings: Settings) -> list[Finding]:
    what = "Innstillinger"
    try:
        settings.check()
    except SettingsError as error:
        return [Finding(FAULT, what, str(error), "Rett innstillingen; se docs/runbooks/settings.md.")]
    found = [Finding(OK, what, f"lest og lovlige ({settings.environment.value})")]
    if settings.environment is not Environment.PRODUCTION:
        found.append(
            Finding(
                WARNING,
                "Miljø",
                f"{settings.environment.value}: bare for oppdiktede data",
                "Sett SAMMEN_ENV=production før ekte personer legges inn.",
            )
        )
    if settings.key_previous or settings.key_next:
        found.append(
            Finding(
                WARNING,
                "Nøkkel",
                "et nøkkelbytte er i gang",
                "Fullfør det: `sammen keys status` sier hva som er neste steg.",
            )
        )
    if not (settings.witness_path or settings.witness_url):
        found.append(
            Finding(
                WARNING,
                "Vitne",
                "ingen utenfor databasen får vite hva som er forseglet",
                "Sett SAMMEN_WITNESS_URL eller SAMMEN_WITNESS_PATH.",
            )
        )
    return found


def _time_zone() -> Finding:
    try:
        ZoneInfo("Europe/Oslo")
    except ZoneInfoNotFoundError:
        return Finding(FAULT, "Tidssone", "maskinen kjenner ikke Europe/Oslo", "Installer pakken tzdata.")
    return Finding(OK, "Tidssone", "Europe/Oslo er kjent")


Check: TypeAlias = Callable[["Connection", Settings], Awaitable[Sequence[Finding]]]


async def _as_app(settings: Settings) -> list[Finding]:
    if not settings.app_url:
        return [
            Finding(
                FAULT, "Database", "SAMMEN_APP_URL mangler", "Sett den til adressen web og worker skal bruke."
            )
        ]
    return await _sitting(
        settings.app_url,
        "Database",
        "SAMMEN_APP_URL",
        (_server, _role_and_version, _door, _pooler, _queue, _connections),
        settings,
    )


async def _sitting(
    url: str, what: str, setting: str, checks: Sequence[Check], settings: Settings
) -> list[Finding]:
    """Make checks over one connection. One that fails unexpectedly is a fault of its own, and the rest go on. In a database
    that is not set up only what needs no table is looked at: the rest would blame keys and packages that are in order.
    """
    if not url:
        return [
            Finding(
                WARNING,
                what,
                "ikke undersøkt",
                "Kjør `sammen doctor` med DATABASE_URL også, ett sted der den får være.",
            )
        ]
    try:
        connection = await asyncpg.connect(plain_url(url), timeout=5)
    except NO_CONTACT as error:
        return [Finding(FAULT, what, *why_not(error, setting))]
    found: list[Finding] = []
    try:
        if not await connection.fetchval(SET_UP):
            found.append(Finding(FAULT, what, "ikke satt opp ennå", "Kjør `sammen db upgrade`."))
            checks = [check for check in checks if check in (_server, _pooler, _connections)]
        for check in checks:
            try:
                found += await check(connection, settings)
            except (asyncpg.PostgresError, *DOWN) as error:
                found.append(
                    Finding(
                        FAULT,
                        what,
                        f"kunne ikke undersøkes ({type(error).__name__})",
                        "Kjør `sammen db upgrade`, og prøv igjen.",
                    )
                )
    finally:
        await connection.close()
    return found


async def _server(db: Connection, _settings: Settings) -> list[Finding]:
    number, name = int(await db.fetchval("SHOW server_version_num")), await db.fetchval("SHOW server_version")
    safe = version_is_safe(number)
    found = [
        Finding(
            OK if safe else FAULT,
            "PostgreSQL",
            str(name),
            "Oppgrader: minst 15.14, 16.10, 17.6 eller 18 har rettelsene for radnivåsikkerhet.",
        )
    ]
    for setting in ("fsync", "full_page_writes", "synchronous_commit"):
        value = await db.fetchval(f"SHOW {setting}")
        if value in ("off", "local") and not (setting == "synchronous_commit" and value == "local"):
            found.append(
                Finding(
                    FAULT,
                    "Trygg lagring",
                    f"{setting} er {value}: bekreftede endringer kan gå tapt",
                    f"Sett {setting} = on i postgresql.conf.",
                )
            )
    if len(found) == 1:
        found.append(Finding(OK, "Trygg lagring", "en bekreftet endring er på disk"))
    before = time.time()
    theirs = float(await db.fetchval("SELECT extract(epoch FROM clock_timestamp())"))
    skew = abs(theirs - (before + time.time()) / 2)
    found.append(
        Finding(
            OK if skew < SKEW_S else FAULT,
            "Klokke",
            f"{skew:.1f} s fra databasens",
            "Still klokkene med NTP. Billetter og frister regnes fra dem.",
        )
    )
    return found


async def _role_and_version(db: Connection, _settings: Settings) -> list[Finding]:
    free = await db.fetchval(
        "SELECT rolsuper OR rolbypassrls OR rolcreaterole OR rolcreatedb FROM pg_roles WHERE rolname = current_user"
    )
    version, newest = await db.fetchval("SELECT sammen.database_version()"), newest_version()
    # Written by the upgrade, in the program that knows the newer migrations (deploy/database.py).
    told = "SELECT obj_description('sammen.alembic_version'::regclass, 'pg_class')"
    served = "" if version == newest else await db.fetchval(told) or ""
    return [
        Finding(
            FAULT if free else OK,
            "Rolle",
            "går forbi radnivåsikkerheten" if free else "uten særrettigheter",
            "Bruk rollen sammen_app i SAMMEN_APP_URL.",
        ),
        Finding(
            OK if version == newest else WARNING if newest in served.split() else FAULT,
            "Versjon",
            f"databasen {version or 'ikke satt opp'}, programmet {newest}",
            SERVED if newest in served.split() else wrong_version(version),
        ),
    ]


async def _door(db: Connection, settings: Settings) -> list[Finding]:
    """Whether the database holds the door key of our secret: it is asked for a place that does not exist."""
    nowhere = uuid4()
    expires, proof = job_proof(Keys.of(settings), PlaceKind.MUNICIPALITY, nowhere, None, "doctor", 1)
    said = ""
    try:
        async with db.transaction():
            await db.fetch(
                "SELECT * FROM sammen.enter_job('municipality', $1, NULL, 'doctor', 1, $2, $3)",
                nowhere,
                expires,
                proof,
            )
    except asyncpg.PostgresError as error:
        said = str(error)
    ours = "no place" in said
    return [
        Finding(
            OK if ours else FAULT,
            "Nøkkel",
            "databasen kjenner den" if ours else "databasen kjenner ikke SAMMEN_KEY",
            "Er det riktig hemmelighet? I så fall: kjør `sammen db upgrade` med den.",
        )
    ]


async def _pooler(db: Connection, settings: Settings) -> list[Finding]:
    between = db.get_server_pid() != await db.fetchval("SELECT pg_backend_pid()")
    if not between:
        return [Finding(OK, "PgBouncer", "ingen imellom")]
    told = settings.pooler == "transaction"
    return [
        Finding(
            OK if told else FAULT,
            "PgBouncer",
            "står imellom",
            "Sett SAMMEN_POOLER=transaction og SAMMEN_DIRECT_URL, og max_prepared_statements i pgbouncer.ini.",
        )
    ]


async def _queue(db: Connection, _settings: Settings) -> list[Finding]:
    row = await db.fetchrow(
        "SELECT count(*) FILTER (WHERE status = 'failed') AS dead, coalesce(extract(epoch FROM now() - min(execute_after)"
        " FILTER (WHERE status = 'queued' AND execute_after < now())), 0)::float AS late FROM sammen.job_queue"
    )
    assert row is not None
    minutes = row["late"] / 60
    workers = await db.fetchval(
        "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'sammen-queue' AND datname = current_database()"
    )
    dead = row["dead"]
    return [
        Finding(
            graded(minutes, QUEUE_MINUTES),
            "Køen",
            f"eldste jobb som skulle vært i gang, har ventet {minutes:.0f} minutter",
            "Start flere arbeidere, eller se i loggen hva de holder på med.",
        ),
        Finding(
            WARNING if dead else OK,
            "Stoppede jobber",
            str(dead),
            "Se /drift/jobber: rett feilen, og trykk «Prøv igjen».",
        ),
        Finding(
            OK if workers else FAULT,
            "Arbeidere",
            "minst én går" if workers else "ingen går",
            "Start `sammen worker`. Uten den forsegles ikke innsynsloggen.",
        ),
    ]


async def _connections(db: Connection, settings: Settings) -> list[Finding]:
    most = int(await db.fetchval("SHOW max_connections"))
    now = int(await db.fetchval("SELECT sum(numbackends) FROM pg_stat_database"))
    room = most - now
    state = OK if room > settings.pool_size else WARNING
    return [
        Finding(
            state,
            "Tilkoblinger",
            f"{now} av {most} i bruk; hver prosess kan ta {settings.pool_size}",
            "Øk max_connections, senk SAMMEN_POOL_SIZE, eller sett PgBouncer foran.",
        )
    ]
