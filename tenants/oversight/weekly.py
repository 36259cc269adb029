"""A municipality's week of look-ups, read out of the trail and what the rules need beside it. Runs as a job."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert

from sammen.audit.trail import record_change
from sammen.clock import OSLO
from sammen.db.unit_of_work import UnitOfWork
from sammen.ids import uuid7
from sammen.policy.roles import ROLE_PLACE, Role
from tenants.oversight.models import UnusualRead
from tenants.oversight.rules import Finding, Known, Look, Week, unusual

WEEKS_BEFORE = 8
MEMORY = timedelta(days=365)
"""For how long a change of the reader's own connects them with a person."""
ROLES = sorted(role.value for role, kind in ROLE_PLACE.items() if kind == "municipality")
_LOOKS = """
SELECT id, at, category, actor_id, actor_name, role, persons,
       CASE WHEN category = 'read' AND object_id IS NOT NULL AND cardinality(persons) > 0 THEN persons[1] END AS subject,
       object_id
  FROM sammen.audit_entry
 WHERE tenant_id = $1 AND at >= $2 AND at < $3 AND actor_id = ANY ($4::uuid[]) AND NOT details ? 'emergency'
   AND (category = 'refusal' OR string_to_array(role, ',') && $5::text[])
 ORDER BY at, id
"""
_READERS = """
SELECT DISTINCT actor_id FROM sammen.audit_entry
 WHERE tenant_id = $1 AND at >= $2 AND at < $3 AND actor_id IS NOT NULL AND string_to_array(role, ',') && $4::text[]
"""
_USUAL = """
SELECT actor_id, date_trunc('week', at AT TIME ZONE 'Europe/Oslo') AS week, count(DISTINCT persons[1]) AS opened
  FROM sammen.audit_entry
 WHERE tenant_id = $1 AND at >= $2 AND at < $3 AND category = 'read' AND object_id IS NOT NULL
   AND cardinality(persons) > 0 AND actor_id = ANY ($4::uuid[])
 GROUP BY 1, 2 ORDER BY 1, 2
"""
_REFUSED = """
SELECT id AS object, person_id AS person FROM sammen.case_file WHERE tenant_id = $1 AND id = ANY ($2::uuid[])
 UNION SELECT id, id FROM sammen.person WHERE tenant_id = $1 AND id = ANY ($2::uuid[])
"""
_PEOPLE = """
SELECT id, given_name || ' ' || family_name AS name, family_name, user_id,
       CASE WHEN street = '' THEN '' ELSE lower(street || '|' || postcode) END AS address
  FROM sammen.person WHERE tenant_id = $1 AND (id = ANY ($2::uuid[]) OR user_id = ANY ($3::uuid[]))
"""
_SURNAMES = """
SELECT family_name, count(*) AS registered FROM sammen.person
 WHERE tenant_id = $1 AND merged_into IS NULL AND family_name = ANY ($2::text[]) GROUP BY 1
"""
# Responsible, named, standing in for who is responsible, having changed something, or coordinating what was ordered: then
# it is the reader's work.
_CONNECTED = """
SELECT responsible_id AS reader, person_id AS person FROM sammen.case_file
 WHERE tenant_id = $1 AND person_id = ANY ($2::uuid[]) AND responsible_id = ANY ($3::uuid[])
 UNION SELECT m.user_id, c.person_id FROM sammen.case_member m
  JOIN sammen.case_file c ON c.tenant_id = m.tenant_id AND c.id = m.case_id
 WHERE m.tenant_id = $1 AND c.person_id = ANY ($2::uuid[]) AND m.user_id = ANY ($3::uuid[])
   AND (m.valid_from IS NULL OR m.valid_from < $5::date) AND (m.valid_to IS NULL OR m.valid_to >= $4::date)
 UNION SELECT a.stand_in_id, c.person_id FROM sammen.absence a
  JOIN sammen.case_file c ON c.tenant_id = a.tenant_id AND c.responsible_id = a.user_id
 WHERE a.tenant_id = $1 AND c.person_id = ANY ($2::uuid[]) AND a.stand_in_id = ANY ($3::uuid[])
   AND a.starts_on < $5::date AND a.ends_on >= $4::date
 UNION SELECT e.actor_id, p FROM sammen.audit_entry e, unnest(e.persons) p
 WHERE e.tenant_id = $1 AND e.at >= $6 AND e.at < $7 AND e.category = 'change' AND e.actor_id = ANY ($3::uuid[])
   AND p = ANY ($2::uuid[])
 UNION SELECT u, c.person_id FROM unnest($8::uuid[]) u CROSS JOIN sammen.case_file c
 WHERE c.tenant_id = $1 AND c.person_id = ANY ($2::uuid[])
   AND EXISTS (SELECT 1 FROM sammen.service_order o WHERE o.tenant_id = c.tenant_id AND o.case_id = c.id)
"""
_MISSED = """
SELECT user_id, count(*) AS tries FROM sammen.emergency_try
 WHERE tenant_id = $1 AND at >= $2 AND at < $3 AND NOT found GROUP BY 1
"""


def monday_of(day: date) -> date:
    """The Monday of the day's week."""
    return day - timedelta(days=day.weekday())


def _start(day: date) -> datetime:
    return datetime.combine(day, time(), OSLO)


async def read_week(uow: UnitOfWork, monday: date) -> Week:
    """The week that begins on `monday`, with what the rules ask of it. Reads of emergencies are left out: they have a review
    of their own. Whoever works here is a reader, also who has left since.
    """
    tenant, first, last = uow.context.tenant, _start(monday), _start(monday + timedelta(days=7))
    readers = [row["actor_id"] for row in await uow.call(_READERS, tenant, first, last, ROLES)]
    rows = await uow.call(_LOOKS, tenant, first, last, readers, ROLES)
    refused = [row["object_id"] for row in rows if row["category"] == "refusal" and row["object_id"]]
    whom = {row["object"]: row["person"] for row in await uow.call(_REFUSED, tenant, refused)}
    looks = [
        Look(
            row["id"], row["at"], row["category"], row["actor_id"], frozenset(filter(None, row["role"].split(","))),
            (whom[row["object_id"]],) if row["object_id"] in whom and row["category"] == "refusal"
            else tuple(row["persons"]),
            row["subject"],
        )
        for row in rows
    ]  # fmt: skip
    subjects = {look.subject for look in looks if look.subject is not None}
    known = await uow.call(_PEOPLE, tenant, subjects, readers)
    names = {row["actor_id"]: row["actor_name"] for row in rows}
    own: dict[UUID, set[UUID]] = defaultdict(set)
    for row in known:
        if row["user_id"] in names:
            own[row["user_id"]].add(row["id"])
    coordinators = {look.reader for look in looks if Role.PROVIDER_COORDINATOR in look.roles}
    connected = await uow.call(
        _CONNECTED,
        tenant,
        subjects,
        readers,
        monday,
        monday + timedelta(days=7),
        first - MEMORY,
        last,
        coordinators,
    )
    return Week(
        monday=monday, looks=looks, names=names,
        people={row["id"]: Known(row["name"], row["family_name"], row["address"]) for row in known},
        usual=await _usual(uow, monday, readers),
        own={who: frozenset(ids) for who, ids in own.items()},
        connected=frozenset((row["reader"], row["person"]) for row in connected),
        surnames=await _surnames(uow, {row["family_name"] for row in known}),
        missed={row["user_id"]: row["tries"] for row in await uow.call(_MISSED, tenant, first, last)},
    )  # fmt: skip


async def _usual(uow: UnitOfWork, monday: date, readers: Sequence[UUID]) -> dict[UUID, list[int]]:
    before = _start(monday - timedelta(weeks=WEEKS_BEFORE))
    found: dict[UUID, list[int]] = defaultdict(list)
    for row in await uow.call(_USUAL, uow.context.tenant, before, _start(monday), readers):
        found[row["actor_id"]].append(row["opened"])
    return found


async def _surnames(uow: UnitOfWork, names: Collection[str]) -> dict[str, int]:
    rows: list[Any] = await uow.call(_SURNAMES, uow.context.tenant, list(names))
    return {row["family_name"]: row["registered"] for row in rows}


async def look_through(uow: UnitOfWork, monday: date) -> int:
    """Find what is unusual in a week and keep what is new. Returns how many; the same week again adds nothing."""
    week = await read_week(uow, monday)
    found = unusual(week)
    at_work = await uow.call("SELECT user_id, display_name FROM sammen.colleagues()")
    names = {row["user_id"]: row["display_name"] for row in at_work} | dict(week.names)
    kept = 0
    for finding in found:
        kept += await _keep(uow, monday, finding, names.get(finding.reader, ""))
    if kept:
        await record_change(uow, "oversight.found", "unusual_read", uuid7(), week=monday, count=kept)
    return kept


async def _keep(uow: UnitOfWork, monday: date, finding: Finding, name: str) -> int:
    row = {
        "tenant_id": uow.context.tenant, "id": uuid7(), "week": monday, "rule": finding.rule,
        "reader_id": finding.reader, "reader_name": name, "about_id": finding.about, "count": finding.count,
        "facts": finding.facts, "entry_ids": list(finding.entries),
    }  # fmt: skip
    done = await uow.session.execute(
        insert(UnusualRead).values(row).on_conflict_do_nothing().returning(UnusualRead.id)
    )
    return 1 if done.first() else 0
