"""What is overseen in Horten: two cases opened in an emergency, one of them reviewed, and what last week's look found.

The findings are the rules' own, over the demo's own trail: nothing is said of anybody that the rules would not say.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid5

from deploy.demo.chance import at
from deploy.demo.stories import HORTEN
from deploy.demo.town import Colleague, Town
from sammen.audit.models import AuditEntry
from sammen.clock import OSLO
from sammen.policy.roles import Role
from tenants.assignments.models import ServiceOrder
from tenants.cases.models import CaseFile, CaseMember, EmergencyAccess, EmergencyEvent
from tenants.oversight.models import UnusualRead
from tenants.oversight.rules import Known, Look, Week, unusual
from tenants.people.models import Person

NIGHT_CALL = "Legevakta ringer klokka ni om kvelden. Gutten er alene på sykehuset, og de må vite hvem som kan hente ham."
MISSING = "Politiet leter etter en bruker som ikke kom hjem. Jeg må vite hvor hun pleier å være, og hvem som kjenner henne."
FOUND_TO_BE = "Politiet har bekreftet henvendelsen. Bare saken ble lest, og den ble lukket etter et kvarter."
HELPED = "Vikar for en kollega den uka. Fraværet var ikke ført inn. Det er rettet nå."


def write_overseen(town: Town) -> None:
    """Horten's rows; other towns have an empty list, as most have."""
    if town.place.code != HORTEN:
        return
    hidden = [row for row in _own(town, CaseFile) if row["shielded"] and row["state"] != "closed"]
    if not hidden:
        return
    yesterday = town.as_of - timedelta(days=1)
    _opened(
        town, town.named("Kari Lunde"), Role.PROVIDER_COORDINATOR, hidden[0], at(yesterday, 21, 4), NIGHT_CALL
    )
    earlier = at(town.as_of - timedelta(days=24), 17, 20)
    access = _opened(
        town, town.staff[Role.PURCHASER_ADULT][0], Role.PURCHASER_ADULT, hidden[-1], earlier, MISSING
    )
    officer = town.staff[Role.DATA_PROTECTION_OFFICER][0]
    for kind, moment, by, note in (
        ("closed", earlier + timedelta(minutes=15), access[1], ""),
        ("justified", at(town.as_of - timedelta(days=22), 10, 12), officer, FOUND_TO_BE),
    ):
        town.rows.add(
            EmergencyEvent, tenant_id=town.id, id=uuid5(access[0], kind), access_id=access[0], opened_by=access[1].id,
            kind=kind, note=note, at=moment, by_id=by.id, by_name=by.name,
        )  # fmt: skip
    _write_found(town, officer)


def _own(town: Town, model: Any) -> list[Mapping[str, Any]]:
    return [row for row in town.rows.of(model) if row["tenant_id"] == town.id]


def _opened(
    town: Town, who: Colleague, role: Role, case: Mapping[str, Any], moment: datetime, reason: str
) -> tuple[UUID, Colleague]:
    access = uuid5(case["id"], f"emergency {moment}")
    town.rows.add(
        EmergencyAccess, tenant_id=town.id, id=access, case_id=case["id"], user_id=who.id, user_name=who.name,
        roles=[role.value], reason=reason, opened_at=moment, ends_at=moment + timedelta(minutes=60),
    )  # fmt: skip
    for minutes, category, action, why in (
        (0, "change", "emergency.opened", "Åpnet saken i nødstilfelle"), (1, "read", "case.read", "Leste saken"),
        (4, "read", "case.read", "Leste saken"),
    ):  # fmt: skip
        details = {"emergency": str(access)} | ({"minutes": 60} if category == "change" else {})
        _entry(town, uuid5(access, str(minutes)), moment + timedelta(minutes=minutes), category, action, who, role, why,
               case, details)  # fmt: skip
    return access, who


def _entry(town: Town, identity: UUID, moment: datetime, category: str, action: str, who: Colleague, role: Role, why: str,
           case: Mapping[str, Any], details: dict[str, Any]) -> None:  # fmt: skip
    town.rows.add(
        AuditEntry, tenant_id=town.id, id=identity, at=moment, category=category, action=action, actor_id=who.id,
        actor_name=who.name, role=role.value, why=why, persons=[case["person_id"]], object_kind="case",
        object_id=case["id"], details=details,
    )  # fmt: skip


def _write_found(town: Town, officer: Colleague) -> None:
    """Last week's patterns, put into the trail; then what the rules say of it and of the week before."""
    monday = town.as_of - timedelta(days=town.as_of.weekday() + 7)
    _write_patterns(town, monday)
    _write_daily(town, monday - timedelta(weeks=1))
    for start in (monday - timedelta(weeks=1), monday):
        for finding in unusual(_week(town, start)):
            done = start != monday
            identity = uuid5(town.id, f"{start} {finding.rule} {finding.reader} {finding.about}")
            name = next(
                one.name for staff in town.staff.values() for one in staff if one.id == finding.reader
            )
            town.rows.add(
                UnusualRead, tenant_id=town.id, id=identity, week=start, rule=finding.rule, reader_id=finding.reader,
                reader_name=name, about_id=finding.about, count=finding.count, facts=finding.facts,
                entry_ids=list(finding.entries), found_at=at(start + timedelta(days=7), 4, 10),
                **({"outcome": "in_order", "note": HELPED, "reviewed_by": officer.id, "reviewed_by_name": officer.name,
                    "reviewed_at": at(start + timedelta(days=9), 9, 30)} if done else {}),
            )  # fmt: skip


def _running(town: Town, purchaser: str, *, but_for: Colleague) -> list[Mapping[str, Any]]:
    return [
        row for row in _own(town, CaseFile)
        if row["purchaser"] == purchaser and row["state"] == "running" and not row["shielded"]
        and row["responsible_id"] != but_for.id
    ]  # fmt: skip


def _write_daily(town: Town, monday: date) -> None:
    """A caseworker who looks at one adult each day, without having the case."""
    reader = town.staff[Role.PURCHASER_ADULT][-1]
    case = _running(town, "adult", but_for=reader)[0]
    for day in range(4):
        moment = at(monday + timedelta(days=day), 12, 10 + day)
        _entry(town, uuid5(case["id"], f"each {moment}"), moment, "read", "case.read", reader, Role.PURCHASER_ADULT,
               "Leste saken", case, {})  # fmt: skip


def _write_patterns(town: Town, monday: date) -> None:
    """The same again, and another who reads on a Saturday evening."""
    _write_daily(town, monday)
    reader = town.staff[Role.PURCHASER_CHILD][-1]
    for number, case in enumerate(_running(town, "child", but_for=reader)[:6]):
        moment = at(monday + timedelta(days=5), 22, 5 + 3 * number)
        _entry(town, uuid5(case["id"], f"late {moment}"), moment, "read", "case.read", reader, Role.PURCHASER_CHILD,
               "Leste saken", case, {})  # fmt: skip


def _week(town: Town, monday: date) -> Week:
    """The week as tenants.oversight.weekly would read it, out of the rows."""
    entries = _own(town, AuditEntry)
    first, last = (datetime.combine(monday + timedelta(days=n), datetime.min.time(), OSLO) for n in (0, 7))
    staff = {one.id: one.name for people in town.staff.values() for one in people}
    seen = [row for row in entries if row["actor_id"] in staff and "emergency" not in row["details"]]
    looks = [_look(row) for row in seen if first <= row["at"] < last]
    people = _own(town, Person)
    connected = {
        (row["actor_id"], person) for row in seen if row["category"] == "change" for person in row["persons"]
    }
    whose = {row["id"]: row["person_id"] for row in _own(town, CaseFile)}
    connected |= {(row["responsible_id"], row["person_id"]) for row in _own(town, CaseFile)}
    connected |= {(row["user_id"], whose[row["case_id"]]) for row in _own(town, CaseMember)}
    ordered = {whose[row["case_id"]] for row in _own(town, ServiceOrder)}
    connected |= {(one.id, person) for one in town.staff[Role.PROVIDER_COORDINATOR] for person in ordered}
    return Week(
        monday=monday, looks=sorted(looks, key=lambda look: (look.at, look.id)), names=staff,
        people={
            row["id"]: Known(f"{row['given_name']} {row['family_name']}", row["family_name"], "") for row in people
        },
        usual=_usual(seen, first), connected=frozenset(connected),
        surnames=Counter(row["family_name"] for row in people),
    )  # fmt: skip


def _look(row: Mapping[str, Any]) -> Look:
    opened = row["category"] == "read" and row["object_id"] is not None
    return Look(
        row["id"], row["at"], row["category"], row["actor_id"], frozenset({row["role"]}), tuple(row["persons"]),
        row["persons"][0] if opened else None,
    )  # fmt: skip


def _usual(entries: Sequence[Mapping[str, Any]], before: datetime) -> dict[UUID, list[int]]:
    weeks: dict[UUID, dict[date, set[UUID]]] = defaultdict(lambda: defaultdict(set))
    for row in entries:
        if row["category"] == "read" and before - timedelta(weeks=8) <= row["at"] < before:
            day = row["at"].astimezone(OSLO).date()
            weeks[row["actor_id"]][day - timedelta(days=day.weekday())].add(row["persons"][0])
    return {who: [len(people) for _, people in sorted(found.items())] for who, found in weeks.items()}
