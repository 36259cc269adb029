"""What must be in order before a municipality's data may go (E1). Each line says what is lacking, with a number."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final, TypeAlias
from uuid import UUID

import asyncpg

from sammen.i18n_mark import N_
from tenants.retention.plan import DOCUMENTS

Connection: TypeAlias = "asyncpg.Connection[asyncpg.Record]"


@dataclass(frozen=True, slots=True)
class Check:
    """One condition. `count` is how many things stand in the way; `said` is the Bokmål sentence for the state it is in."""

    code: str
    count: int
    said: str

    @property
    def met(self) -> bool:
        return self.count == 0

    def line(self) -> str:
        """As the command line shows it."""
        return f"{'  ok   ' if self.met else 'MANGLER'}  {self.said}"


# Conditions over one municipality ($1) on a day ($2): SQL that counts what stands in the way, what to say when nothing
# does, and what otherwise. Shared rows by their party columns.
COUNTED: Final[Mapping[str, tuple[str, str, str]]] = {
    "holds": (
        "SELECT count(*) FROM legal_hold WHERE tenant_id = $1 AND lifted_on IS NULL AND (valid_to IS NULL OR valid_to >= $2)",
        N_("Ingenting er stanset fra sletting."),
        "{n} saker eller personer er stanset fra sletting. Opphev dem, eller vent.",
    ),
    "requests": (
        "SELECT count(*) FROM rights_request WHERE tenant_id = $1 AND state = 'open' AND $2::date IS NOT NULL",
        N_("Alle krav om innsyn, retting og sletting er besvart."),
        "{n} krav om innsyn, retting eller sletting er ikke besvart.",
    ),
    "hours": (
        "SELECT (SELECT count(*) FROM timesheet_line l WHERE l.tenant_id = $1 AND l.replaced_at IS NULL AND (l.state = 'sent'"
        " OR (l.state = 'approved' AND NOT EXISTS (SELECT 1 FROM pay_item i JOIN payroll_run r ON r.tenant_id = i.tenant_id"
        " AND r.id = i.run_id WHERE i.tenant_id = l.tenant_id AND i.line_id = l.id AND r.state = 'closed'))))"
        " + (SELECT count(*) FROM payroll_run WHERE tenant_id = $1 AND state IN ('computing', 'ready'))"
        " WHERE $2::date IS NOT NULL",
        N_("Alle timer er lønnet."),
        "{n} timelinjer eller lønnskjøringer er ikke gjort opp.",
    ),
    "settlement": (
        "SELECT count(*) FROM settlement_statement WHERE (a_id = $1 OR b_id = $1) AND state = 'open' AND $2::date IS NOT NULL",
        N_("Alle oppgjør med andre kommuner er låst."),
        "{n} oppgjør med andre kommuner er ikke låst.",
    ),
    "shared": (
        "SELECT (SELECT count(*) FROM need WHERE posted_by = $1 AND state = 'open')"
        " + (SELECT count(*) FROM joint_group WHERE host_id = $1 AND state = 'open')"
        " + (SELECT count(*) FROM joint_seat WHERE home_id = $1 AND state <> 'ended')"
        " + (SELECT count(*) FROM course WHERE host_id = $1 AND state = 'open' AND ends_at::date >= $2)"
        " + (SELECT count(*) FROM course_wait WHERE home_id = $1 AND state IN ('waiting', 'offered') AND expires_at > now())"
        " + (SELECT count(*) FROM booking WHERE (owner_id = $1 OR booker_id = $1) AND ends_at::date >= $2"
        " AND state IN ('booked', 'asked', 'handed_out'))",
        N_("Kommunen har ingenting i gang sammen med andre."),
        "{n} behov, felles grupper, kurs eller lån er ikke avsluttet.",
    ),
    "waiting": (
        "SELECT (SELECT count(*) FROM outgoing WHERE tenant_id = $1 AND state = 'queued')"
        " + (SELECT count(*) FROM letter WHERE tenant_id = $1 AND state = 'ready')"
        " + (SELECT count(*) FROM task WHERE tenant_id = $1 AND state IN ('waiting', 'running')) WHERE $2::date IS NOT NULL",
        N_("Ingen brev, varsler eller oppgaver venter."),
        "{n} brev, varsler eller oppgaver venter på å bli gjort ferdige.",
    ),
}


def _documents(condition: str) -> str:
    """How many documents lack what `condition` says of their mark (alias m)."""
    lacking = [
        f"(SELECT count(*) FROM {table} d WHERE d.tenant_id = $1 AND {when} AND NOT EXISTS ("  # noqa: S608 - from plan.py
        f"SELECT 1 FROM document_mark m WHERE m.tenant_id = d.tenant_id AND m.object_kind = '{table}'"
        f" AND m.object_id = d.id AND {condition}))"
        for table, when in DOCUMENTS.items()
    ]
    return "SELECT " + " + ".join(lacking)


async def checklist(admin: Connection, tenant: UUID, today: date, controller: str = "") -> list[Check]:
    """Every condition, as the tables' owner sees them. `controller`: who answers for the data from now on."""
    found = [await _archive(admin, tenant)]
    journal = int(await admin.fetchval(_documents("true"), tenant))
    receipt = int(await admin.fetchval(_documents("m.archive_receipt <> ''"), tenant))
    found.append(
        _said(
            "journal", journal, N_("Alle dokumenter er journalført."), "{n} dokumenter er ikke journalført."
        )
    )
    found.append(_said("receipt", receipt, N_("Arkivet har kvittert for alle dokumenter."),
                       "{n} dokumenter mangler kvittering fra arkivet."))  # fmt: skip
    for code, (sql, well, ill) in COUNTED.items():
        found.append(_said(code, int(await admin.fetchval(sql, tenant, today) or 0), well, ill))
    found.append(await _retention(admin, tenant, controller))
    return found


def _said(code: str, count: int, well: str, ill: str) -> Check:
    return Check(code, count, well if count == 0 else ill.format(n=count))


async def told_at_home(connection: Connection, tenant: UUID, today: date) -> list[Check]:
    """The conditions that a page in the municipality may show: those that say nothing of single people's cases.

    A count of letters, hours or holds counts shielded people too, and would tell its readers that there are any.
    """
    return [await _archive(connection, tenant, counted=False), *await together(connection, tenant, today)]


async def together(connection: Connection, tenant: UUID, today: date) -> list[Check]:
    """What a municipality has going on with others: settlements that are open, and needs, groups, courses and loans."""
    found = []
    for code in ("settlement", "shared"):
        sql, well, ill = COUNTED[code]
        found.append(_said(code, int(await connection.fetchval(sql, tenant, today) or 0), well, ill))
    return found


async def newest_confirmed(admin: Connection, tenant: UUID) -> Any:
    """The newest archive that the municipality has said it can open, or None."""
    return await admin.fetchrow(
        "SELECT id, as_of, fingerprint, confirmed_at, confirmed_by_name FROM archive_export WHERE tenant_id = $1"
        " AND confirmed_at IS NOT NULL ORDER BY as_of DESC, id DESC LIMIT 1",
        tenant,
    )


async def _archive(admin: Connection, tenant: UUID, *, counted: bool = True) -> Check:
    """An archive is confirmed, and nothing has been changed since it was taken: reading is no change, nor is the archive."""
    held = await newest_confirmed(admin, tenant)
    if held is None:
        return Check(
            "archive", 1, "Kommunen har ikke bekreftet noe arkiv. De skriver fingeravtrykket på siden Arkiv."
        )
    since = int(await admin.fetchval(
        "SELECT count(*) FROM audit_entry WHERE tenant_id = $1 AND at > $2 AND category = 'change'"
        " AND action NOT LIKE 'archive.%'", tenant, held["as_of"],
    ))  # fmt: skip
    if since and not counted:
        return Check(
            "archive",
            1,
            "Noe er endret etter at det bekreftede arkivet ble tatt. Ta et nytt før dere slutter.",
        )
    well = f"Arkivet fra {held['as_of']:%d.%m.%Y} er bekreftet av {held['confirmed_by_name']}."
    return _said(
        "archive", since, well, "{n} endringer er gjort etter at det bekreftede arkivet ble tatt. Ta et nytt."
    )


async def _retention(admin: Connection, tenant: UUID, controller: str) -> Check:
    """The retention class is met when nothing is left that must be kept, or when another has taken over answering for it."""
    cases = int(await admin.fetchval("SELECT count(*) FROM case_file WHERE tenant_id = $1", tenant))
    if controller.strip():
        return Check("controller", 0, f"{controller.strip()} er ny behandlingsansvarlig.")
    return _said("controller", cases, N_("Ingen saker er igjen."),
                 "{n} saker er igjen. Si hvem som er ny behandlingsansvarlig (--ansvarlig).")  # fmt: skip


REGRET: Final = timedelta(days=30)
"""From closing to deletion: so long it can be undone."""
