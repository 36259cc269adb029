"""What only an administrator of the database can see, for `sammen doctor`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

import asyncpg

from deploy.doctor_findings import FAULT, OK, WARNING, Finding, graded
from sammen.db.base import Base, Kind
from sammen.db.rls import kind_of
from sammen.settings import Settings

if TYPE_CHECKING:
    Connection: TypeAlias = asyncpg.Connection[asyncpg.Record]

WALLED = (Kind.MUNICIPAL, Kind.REGIONAL, Kind.SHARED)
FORCED = """
SELECT c.relname FROM pg_class c WHERE c.relnamespace = 'sammen'::regnamespace AND c.relrowsecurity AND c.relforcerowsecurity
"""
SEAL_MINUTES = (5, 30)
UNSEALED = """
SELECT coalesce(max(extract(epoch FROM now() - at)), 0)::float / 60 FROM (
  SELECT at FROM sammen.audit_entry WHERE seal_no IS NULL UNION ALL
  SELECT at FROM sammen.region_audit_entry WHERE seal_no IS NULL UNION ALL
  SELECT at FROM sammen.system_audit_entry WHERE seal_no IS NULL) waiting
"""
UNTOLD_HOURS = (26, 72)


def _finding(state: int, what: str, said: str, act: str) -> list[Finding]:
    return [Finding(state, what, said, act)]


async def _walls(db: Connection, _settings: Settings) -> list[Finding]:
    """Tables that the program declares as a municipality's, a region's or shared, and that are not forced here."""
    import deploy.models  # noqa: F401 - so that the metadata is whole

    forced = {row["relname"] for row in await db.fetch(FORCED)}
    walled = {table.name for table in Base.metadata.tables.values() if kind_of(table) in WALLED}
    open_ones = sorted(walled - forced)
    said = f"mangler på {', '.join(open_ones)}" if open_ones else f"tvungen på {len(walled)} tabeller"
    act = "Stopp web og worker. Kjør `sammen db upgrade`, og finn ut hvem som slo den av."
    return _finding(FAULT if open_ones else OK, "Radnivåsikkerhet", said, act)


async def _rights(db: Connection, _settings: Settings) -> list[Finding]:
    owned = await db.fetchval("SELECT count(*) FROM pg_class WHERE relowner = 'sammen_app'::regrole")
    groups = await db.fetchval("SELECT count(*) FROM pg_auth_members WHERE member = 'sammen_app'::regrole")
    reads = await db.fetchval(
        "SELECT rolbypassrls AND NOT rolsuper AND NOT rolcanlogin FROM pg_roles WHERE rolname = 'sammen_backup'"
    )
    found = _finding(
        FAULT if owned or groups else OK, "Programmets rolle",
        "eier noe, eller er med i andre roller" if owned or groups else "eier ingenting og er ikke med i andre roller",
        "Ta fra sammen_app det den eier, og rollene den er med i.",
    )  # fmt: skip
    return found + _finding(
        OK if reads else FAULT, "Kopirollen", "leser alle rader" if reads else "sammen_backup leser ikke alle rader",
        "Kjør `sammen db upgrade`.",
    )  # fmt: skip


async def _extensions(db: Connection, _settings: Settings) -> list[Finding]:
    there = await db.fetchval("SELECT 1 FROM pg_extension WHERE extname = 'btree_gist'")
    act = "Installer postgresql-contrib, og kjør `sammen db upgrade`."
    return _finding(
        OK if there else FAULT, "Utvidelser", "btree_gist er der" if there else "btree_gist mangler", act
    )


async def _archiving(db: Connection, _settings: Settings) -> list[Finding]:
    """Whether the log of changes leaves the server, so that one can go back to a moment."""
    mode = await db.fetchval("SHOW archive_mode")
    if mode == "off":
        streams = await db.fetchval("SELECT count(*) FROM pg_stat_replication")
        if streams:
            return _finding(OK, "WAL", "strømmes til en annen tjener", "")
        return _finding(
            WARNING, "WAL", "tas ikke vare på: alt etter siste kopi kan gå tapt",
            "Slå på archive_mode, eller bruk pgBackRest; se docs/runbooks/backup.md.",
        )  # fmt: skip
    row: Any = await db.fetchrow(
        "SELECT failed_count, last_failed_time > coalesce(last_archived_time, '-infinity') AS failing FROM pg_stat_archiver"
    )
    said = "arkivering feiler nå" if row["failing"] else "arkiveres"
    return _finding(
        FAULT if row["failing"] else OK, "WAL", said, "Se PostgreSQLs logg; disken fylles til det er rettet."
    )


async def _checksums(db: Connection, _settings: Settings) -> list[Finding]:
    on = await db.fetchval("SHOW data_checksums") == "on"
    return _finding(
        OK if on else WARNING, "Sjekksummer", "på" if on else "av: en disk som husker feil, oppdages ikke",
        "Slå dem på med pg_checksums --enable, mens tjeneren er stoppet.",
    )  # fmt: skip


async def _sealing(db: Connection, _settings: Settings) -> list[Finding]:
    minutes = float(await db.fetchval(UNSEALED))
    said = f"den eldste oppføringen som ikke er forseglet, er {minutes:.0f} minutter gammel"
    return _finding(
        graded(minutes, SEAL_MINUTES),
        "Innsynslogg",
        said,
        "Går arbeiderne? Se etter `visitor failed` i loggen.",
    )


async def _told(db: Connection, settings: Settings) -> list[Finding]:
    if not (settings.witness_url or settings.witness_path):
        return []
    hours = float(
        await db.fetchval(
            "SELECT coalesce(max(extract(epoch FROM now() - made_at)), 0)::float / 3600 FROM sammen.audit_root"
            " WHERE witnessed_at IS NULL"
        )
    )
    said = f"det eldste vitnet ikke har fått, er {hours:.0f} timer gammelt"
    return _finding(
        graded(hours, UNTOLD_HOURS), "Vitne", said, "Se hvorfor sammen-witness.timer ikke har gått."
    )


async def _personas(db: Connection, settings: Settings) -> list[Finding]:
    count = int(await db.fetchval("SELECT count(*) FROM sammen.user_account WHERE persona IS NOT NULL"))
    if count == 0:
        return _finding(OK, "Demopersoner", "ingen", "")
    state = FAULT if settings.environment.value == "production" else WARNING
    return _finding(
        state,
        "Demopersoner",
        f"{count} i databasen",
        "Dette er en demo. Lag en ny, tom database for ekte personer.",
    )


CHECKS = (_walls, _rights, _extensions, _archiving, _checksums, _sealing, _told, _personas)
