"""The log a person gets of who has read about them (E4): a page at a time from the newest, however long it is.

Sealed entries are found through the index that sealing makes (`access_index`, by person and time), what is not sealed yet
through the few that are not, and refusals by what was asked for. Emergencies are few, and each is found by its hour. So a page
costs the same however long the log is.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from uuid import UUID

from sqlalchemy import select

from sammen.audit.trail import record_change
from sammen.clock import OSLO
from sammen.db.unit_of_work import UnitOfWork
from sammen.errors import BadInput, Conflict
from sammen.i18n_mark import N_
from sammen.ids import uuid7
from sammen.norwegian import parse_date
from sammen.policy.permissions import Permission
from sammen.tenancy.context import PlaceKind
from tenants.oversight.models import LogRule
from tenants.oversight.words import FILTERS

PAGE = 50
ON_PAPER = 2_000
"""Lines in the file; who needs more asks for a shorter period."""
_END_OF_TIME = datetime(9999, 1, 1, tzinfo=OSLO)
_BEGINNING = datetime(1970, 1, 1, tzinfo=OSLO)
_LAST_ID = UUID(int=2**128 - 1)
# $1 tenant, $2 person ids, $3 ids a refusal may have asked for, $4 from, $5 cursor's moment, $6 cursor's id, $7 how many,
# $8 category, $9 in emergencies only, $10 to, $11 for the person themselves
# The hits are found once: after a burst of readings, before the planner has counted them, it would look for them again for
# every entry there is, and twenty thousand that were not sealed yet took longer than a page may.
_TOLD = "AND NOT ($11 AND starts_with(e.action, 'concern.'))"
_ENTRIES = f"""
WITH hit AS MATERIALIZED (
  SELECT f.entry_id AS id FROM unnest($2::uuid[]) AS wanted (person_id) CROSS JOIN LATERAL (
    SELECT a.entry_id, a.at FROM sammen.access_index a
      JOIN sammen.audit_entry e ON e.tenant_id = a.tenant_id AND e.id = a.entry_id
     WHERE $8 <> 'refusal' AND NOT $9 AND a.tenant_id = $1 AND a.person_id = wanted.person_id AND a.at >= $4 AND a.at < $10
       AND a.at <= $5 AND (a.at, a.entry_id) < ($5, $6) AND ($8 = '' OR e.category = $8) {_TOLD}
     ORDER BY a.at DESC, a.entry_id DESC LIMIT $7) f
  UNION
  SELECT e.id FROM sammen.audit_entry e
   WHERE NOT $9 AND e.tenant_id = $1 AND e.seal_no IS NULL AND e.persons && $2::uuid[] AND e.at >= $4 AND e.at < $10
     AND (e.at, e.id) < ($5, $6) AND ($8 = '' OR e.category = $8) {_TOLD}
  UNION
  SELECT e.id FROM sammen.audit_entry e
   WHERE NOT $9 AND e.tenant_id = $1 AND e.object_id = ANY ($3::uuid[]) AND e.category = 'refusal' AND e.at >= $4
     AND e.at < $10 AND (e.at, e.id) < ($5, $6) AND $8 IN ('', 'refusal') {_TOLD}
  UNION
  SELECT e.id FROM sammen.emergency_access x
    JOIN sammen.case_file c ON c.tenant_id = x.tenant_id AND c.id = x.case_id
    JOIN sammen.audit_entry e ON e.tenant_id = x.tenant_id AND e.at >= x.opened_at AND e.at < x.ends_at
   WHERE $9 AND x.tenant_id = $1 AND c.person_id = ANY ($2::uuid[]) AND e.details ->> 'emergency' = x.id::text
     AND e.persons && $2::uuid[] AND e.at >= $4 AND e.at < $10 AND (e.at, e.id) < ($5, $6) {_TOLD}
)
SELECT e.id, e.at, e.category, e.action, e.actor_id, e.actor_name, e.role, e.why, e.object_kind,
       cardinality(e.persons) AS persons, a.reason, a.id AS emergency, a.address_reason <> '' AS address
  FROM hit JOIN sammen.audit_entry e ON e.tenant_id = $1 AND e.id = hit.id
  LEFT JOIN sammen.emergency_access a
    ON a.tenant_id = e.tenant_id AND a.id = CASE WHEN e.details ? 'emergency' THEN (e.details ->> 'emergency')::uuid END
 ORDER BY e.at DESC, e.id DESC LIMIT $7
"""  # noqa: S608 - constants only
# A registration that was merged into the person's keeps what was read under its own id.
_IDS = "SELECT id FROM sammen.person WHERE tenant_id = $1 AND (id = $2 OR merged_into = $2)"
_ASKED_FOR = """
SELECT id FROM sammen.case_file WHERE tenant_id = $1 AND person_id = ANY ($2::uuid[])
 UNION SELECT d.id FROM sammen.decision d JOIN sammen.case_file c ON c.tenant_id = d.tenant_id AND c.id = d.case_id
  WHERE c.tenant_id = $1 AND c.person_id = ANY ($2::uuid[])
 UNION SELECT o.id FROM sammen.service_order o JOIN sammen.case_file c ON c.tenant_id = o.tenant_id AND c.id = o.case_id
  WHERE c.tenant_id = $1 AND c.person_id = ANY ($2::uuid[])
 UNION SELECT s.id FROM sammen.assignment s JOIN sammen.case_file c ON c.tenant_id = s.tenant_id AND c.id = s.case_id
  WHERE c.tenant_id = $1 AND c.person_id = ANY ($2::uuid[])
"""


@dataclass(frozen=True, slots=True)
class LogEntry:
    """A line: who, when, what and why. `why` is a msgid or what somebody wrote; `reason` is that of an emergency, "" else.

    `actor` is "" where the municipality tells roles only.
    """

    id: UUID
    at: datetime
    category: str
    action: str
    actor: str
    oneself: bool
    roles: tuple[str, ...]
    why: str
    object_kind: str
    persons: int
    reason: str
    address: bool


@dataclass(frozen=True, slots=True)
class Wanted:
    """What of the log is asked for: a period (both days included), a kind, and from which line on."""

    first: date | None = None
    last: date | None = None
    kind: str = ""
    before: tuple[datetime, UUID] | None = None

    @classmethod
    def of(cls, query: Mapping[str, str]) -> Wanted:
        """From an address. What cannot be read counts as not asked for, so that any address shows a list."""
        kind = query.get("type", "")
        return cls(
            _day(query, "fra"),
            _day(query, "til"),
            kind if kind in FILTERS else "",
            _cursor(query.get("for", "")),
        )

    @property
    def narrowed(self) -> int:
        """How many filters are chosen."""
        return sum(1 for one in (self.first, self.last, self.kind) if one)


def _day(query: Mapping[str, str], name: str) -> date | None:
    try:
        return parse_date(query[name], field=name) if query.get(name) else None
    except BadInput:
        return None


def cursor_of(entry: LogEntry) -> str:
    """Where the next page begins, for an address."""
    return f"{entry.at.isoformat()}_{entry.id}"


def _cursor(text: str) -> tuple[datetime, UUID] | None:
    moment, _, identity = text.replace(" ", "+").partition("_")
    try:
        at, last = datetime.fromisoformat(moment), UUID(identity)
    except ValueError:
        return None
    return (at, last) if at.tzinfo is not None else None


async def read_log(
    uow: UnitOfWork,
    person_id: UUID,
    wanted: Wanted,
    *,
    most: int = PAGE,
    names: bool = True,
    told: bool = False,
) -> tuple[Sequence[LogEntry], str]:
    """(lines about a person, newest first; where the next page begins, "" at the end). The caller has asked who may see it.

    `told`: what is given to the person. Readings of a concern are not in it: that somebody has one is not told while it is
    looked into (fvl. § 19). The officer sees them, and says when they may be told.
    """
    tenant = uow.context.tenant
    known = [row["id"] for row in await uow.call(_IDS, tenant, person_id)]
    # Of an id that is nobody's here, a refusal says only that somebody asked for it: that makes it no person.
    asked = [*known, *(row["id"] for row in await uow.call(_ASKED_FOR, tenant, known))]
    ids = known or [person_id]
    at, last = wanted.before or (_END_OF_TIME, _LAST_ID)
    first = datetime.combine(wanted.first, time(), OSLO) if wanted.first else _BEGINNING
    end = datetime.combine(wanted.last + timedelta(days=1), time(), OSLO) if wanted.last else _END_OF_TIME
    emergencies = wanted.kind == "emergency"
    rows = await uow.call(
        _ENTRIES, tenant, ids, asked, first, at, last, most + 1, "" if emergencies else wanted.kind, emergencies, end, told
    )  # fmt: skip
    mine = uow.context.user_id if uow.context.kind is PlaceKind.OWN else None
    found = [
        LogEntry(
            row["id"], row["at"], row["category"], row["action"], row["actor_name"] if names else "",
            mine is not None and row["actor_id"] == mine, tuple(filter(None, row["role"].split(","))), row["why"],
            row["object_kind"] or "", row["persons"], row["reason"] or "", bool(row["address"]),
        )
        for row in rows
    ]  # fmt: skip
    return found[:most], cursor_of(found[most - 1]) if len(found) > most else ""


async def has_case(uow: UnitOfWork, person_id: UUID) -> bool:
    """Whether the person has a case here: then the rules of their age say who sees the log."""
    return bool(
        await uow.call(
            "SELECT 1 FROM sammen.case_file WHERE tenant_id = $1 AND person_id = $2 LIMIT 1",
            uow.context.tenant,
            person_id,
        )
    )


async def log_names(uow: UnitOfWork) -> tuple[bool, int]:
    """(whether the log names those who work here, the rule's version). Names, where nothing else is said."""
    row = await uow.session.scalar(select(LogRule).where(LogRule.tenant_id == uow.context.tenant))
    return (row.names, row.version) if row else (True, 0)


async def set_log_names(uow: UnitOfWork, *, names: bool, version: int) -> None:
    """Whether the log a person gets names those who work here, or their roles only. Raises Conflict, Forbidden."""
    uow.context.require(Permission.RULES_WRITE)
    row = await uow.session.scalar(
        select(LogRule).where(LogRule.tenant_id == uow.context.tenant).with_for_update()
    )
    if version != (row.version if row else 0):
        raise Conflict(N_("Noen andre har endret reglene imens. Det du skrev, er ikke lagret."))
    if row is None:
        row = LogRule(tenant_id=uow.context.tenant, id=uuid7(), version=0)
        uow.session.add(row)
    row.names, row.changed_by_name = names, uow.context.user_name
    row.version += 1
    await uow.session.flush()
    await record_change(uow, "oversight.log_names", "log_rule", row.id, names=names)
