"""The trail of the last weeks: what was done and who has read whom, as the pages would have written it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from deploy.demo.chance import Chance, at
from deploy.demo.stories import HORTEN
from deploy.demo.town import Colleague, Making, Town
from sammen.audit.models import AuditEntry, RegionAuditEntry
from sammen.i18n_mark import N_
from sammen.policy.roles import Role
from shared_pool.matching.models import Proposal
from tenants.cases.models import CaseFile
from tenants.decisions.models import Decision
from tenants.people.models import Person

WEEKS = 9
READS_A_CASE = 1.2
WHYS = (
    (N_("Leste saken"), 0.6), (N_("Skrev vedtak"), 0.1), (N_("Kartlegging"), 0.1), (N_("Ansvarlig for oppdraget"), 0.2),
)  # fmt: skip


def write_trail(making: Making, towns: Sequence[Town]) -> None:
    """Entries of every town and of the region."""
    cases = _by_tenant(making.rows.of(CaseFile))
    decisions = _by_tenant(making.rows.of(Decision))
    for town in towns:
        own = cases.get(town.id, [])
        _write_changes(town, own, decisions.get(town.id, []))
        _write_reads(town, own)
        if town.place.code == HORTEN:
            _write_reads_of_jonas(town)
    for proposal in making.rows.of(Proposal):
        made = proposal["created_at"]
        making.rows.add(
            RegionAuditEntry, region_id=making.region_id, id=making.chance.id_at(made), at=made, category="change",
            action="proposal.made", actor_id=proposal["proposed_by"], actor_name="Eirik Fossum",
            role=Role.SHARED_COORDINATOR.value, why="", persons=[proposal["candidate_id"]], object_kind="proposal",
            object_id=proposal["id"], details={"score": proposal["score"]},
        )  # fmt: skip


def _by_tenant(rows: Sequence[Mapping[str, Any]]) -> dict[UUID, list[Mapping[str, Any]]]:
    found: dict[UUID, list[Mapping[str, Any]]] = {}
    for row in rows:
        found.setdefault(row["tenant_id"], []).append(row)
    return found


def _entry(town: Town, moment: datetime, category: str, action: str, who: Colleague, role: Role, why: str,
           person: UUID, case: UUID, details: dict[str, Any]) -> None:  # fmt: skip
    town.rows.add(
        AuditEntry, tenant_id=town.id, id=town.chance.id_at(moment), at=moment, category=category, action=action,
        actor_id=who.id, actor_name=who.name, role=role.value, why=why, persons=[person], object_kind="case",
        object_id=case, details=details,
    )  # fmt: skip


def _workday(chance: Chance, first: date, last: date) -> datetime:
    return at(chance.workday(first, last), chance.randint(8, 15), chance.randint(0, 59))


def _write_changes(
    town: Town, cases: Sequence[Mapping[str, Any]], decisions: Sequence[Mapping[str, Any]]
) -> None:
    """Cases opened and decisions issued within the weeks shown."""
    since = town.as_of - timedelta(weeks=WEEKS)
    by_id = {case["id"]: case for case in cases}
    for case in cases:
        opened = case["created_at"]
        if opened.date() >= since:
            role = Role(f"purchaser_{case['purchaser']}")
            _entry(town, opened, "change", "case.opened", town.colleague(role), role, "", case["person_id"], case["id"],
                   {"case_no": case["case_no"]})  # fmt: skip
    for decision in decisions:
        if decision.get("decided_on") is not None and since <= decision["decided_on"] <= town.as_of:
            case = by_id[decision["case_id"]]
            who = Colleague(decision["decided_by"], decision["decided_by_name"])
            role = Role(f"purchaser_{case['purchaser']}")
            role = role if who in town.staff[role] else Role.MANAGER
            _entry(town, decision["issued_at"], "change", "decision.issued", who, role, "", case["person_id"], case["id"],
                   {"kind": decision["kind"]})  # fmt: skip


def _write_reads(town: Town, cases: Sequence[Mapping[str, Any]]) -> None:
    """Look-ups of open cases by those who work with them."""
    chance, since = town.chance, town.as_of - timedelta(weeks=WEEKS)
    settled = town.as_of - timedelta(days=5)
    readable = [
        case
        for case in cases
        if case["state"] != "closed" and not case["shielded"] and case["created_at"].date() <= settled
    ]
    for _ in range(round(len(readable) * READS_A_CASE)):
        case = chance.choice(readable)
        role = Role(f"purchaser_{case['purchaser']}")
        if case["purchaser"] != "child_welfare" and chance.often(0.4):
            role = Role.PROVIDER_COORDINATOR
        moment = _workday(
            chance, max(since, case["created_at"].date() + timedelta(days=3)), town.as_of - timedelta(days=1)
        )
        who, why = town.colleague(role), chance.one(WHYS)
        _entry(town, moment, "read", "case.read", who, role, why, case["person_id"], case["id"], {})


def _write_reads_of_jonas(town: Town) -> None:
    """The three the case page shows: his coordinator, his caseworker, his mother."""
    people = {row["given_name"] + " " + row["family_name"]: row for row in _own(town, Person)}
    jonas, mother = people["Jonas Bergli"], people["Trine Bergli"]
    case = next(row for row in _own(town, CaseFile) if row["person_id"] == jonas["id"])
    told = (
        (Colleague(mother["user_id"], "Trine Bergli"), Role.REPRESENTATIVE, N_("Leste planen"), 19, 20, 17),
        (town.named("Hanne Myhre"), Role.PURCHASER_CHILD, N_("Forberedte evaluering"), 3, 14, 5),
        (town.named("Kari Lunde"), Role.PROVIDER_COORDINATOR, N_("Ansvarlig for oppdraget"), 1, 8, 41),
    )
    for who, role, why, days, hour, minute in told:
        moment = at(town.as_of - timedelta(days=days), hour, minute)
        _entry(town, moment, "read", "case.read", who, role, why, jonas["id"], case["id"], {})


def _own(town: Town, model: Any) -> list[Mapping[str, Any]]:
    return [row for row in town.rows.of(model) if row["tenant_id"] == town.id]
