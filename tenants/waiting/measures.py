"""Figures about users, how their contacts stay, and who waits (A10, A12, D8). docs/data/ has their words.

Each runs in one municipality's own context, and everybody counts. A few rows for each service or person are read, and
the rules of waits.py and stability.py say what became of them.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Date, and_, bindparam, func, select

from sammen.clock import today
from sammen.db.raw import compile_query
from sammen.db.unit_of_work import UnitOfWork
from sammen.figures import AGE, FORM, GENDER, Dimension, Measure, Reading, counted
from sammen.i18n_mark import N_
from tenants.assignments.api import assignment, people_under_way, service_order
from tenants.cases.api import TARGET, case_file
from tenants.decisions.api import decision, grant_last_day, service_grant
from tenants.people.api import age_code, person
from tenants.waiting.models import RespiteApplication
from tenants.waiting.stability import Spell, band_of, loss_before, stability
from tenants.waiting.waits import BANDS, Had, Service, wait_band

respite = RespiteApplication.__table__
WAIT: Final = Dimension("wait", N_("Ventetid"), BANDS)
CHANGES: Final = Dimension(
    "changes", N_("Bytter av støttekontakt"),
    (("0", N_("Ingen bytter")), ("1", N_("Ett bytte")), ("2", N_("To bytter")), ("3+", N_("Tre eller flere bytter"))),
)  # fmt: skip
STILL: Final = Dimension(
    "still", N_("Har tilbudet ved periodens slutt"), (("yes", N_("Ja")), ("no", N_("Nei, det er slutt")))
)
_END = bindparam("end", type_=Date())
_age = age_code().label("age")

# Services that wait ---------------------------------------------------------------------------------------------------
# Sent again, an order has a later day; the day its wait began by stays, and the other way about when a contact stopped.
_sent = func.least(service_order.c.sent_on, service_order.c.waits_from)
# Every decided grant by the line it belongs to.
_of_line = (
    select(
        func.coalesce(service_grant.c.line_id, service_grant.c.id).label("line"),
        service_grant.c.valid_from,
        decision.c.decided_on,
    )
    .join_from(
        service_grant,
        decision,
        and_(decision.c.tenant_id == service_grant.c.tenant_id, decision.c.id == service_grant.c.decision_id),
    )
    .where(service_grant.c.tenant_id == bindparam("tenant"))
    .cte("of_line")
)
# The first day an order was granted for: of the grant it was sent for, not of one that has prolonged it since.
_first = (
    select(service_order.c.id, func.min(_of_line.c.valid_from).label("granted_from"))
    .join_from(
        service_order,
        service_grant,
        and_(
            service_grant.c.tenant_id == service_order.c.tenant_id,
            service_grant.c.id == service_order.c.grant_id,
        ),
    )
    .join(
        _of_line,
        and_(
            _of_line.c.line == func.coalesce(service_grant.c.line_id, service_grant.c.id),
            _of_line.c.decided_on >= _sent,
        ),
    )
    .where(service_order.c.tenant_id == bindparam("tenant"))
    .group_by(service_order.c.id)
    .subquery("first")
)
_begins = func.greatest(_sent, _first.c.granted_from)
_SERVICES = compile_query(
    select(
        service_order.c.id,
        service_order.c.form,
        _age,
        _begins.label("begins"),
        grant_last_day.label("until"),
        (service_order.c.state == "ended").label("over"),
    )
    .join_from(
        service_order,
        service_grant,
        and_(
            service_grant.c.tenant_id == service_order.c.tenant_id,
            service_grant.c.id == service_order.c.grant_id,
        ),
    )
    .join(
        person,
        and_(person.c.tenant_id == service_order.c.tenant_id, person.c.id == service_order.c.person_id),
    )
    .outerjoin(_first, _first.c.id == service_order.c.id)
    .where(service_order.c.tenant_id == bindparam("tenant"), _sent <= _END)
)
_CONTACTS = compile_query(
    select(assignment.c.order_id, assignment.c.starts_on, assignment.c.ended_on, assignment.c.end_reason)
    .where(
        assignment.c.tenant_id == bindparam("tenant"),
        # Who stands in, or is there while the service user waits, does not end the wait (B10).
        assignment.c.role == "regular",
        assignment.c.starts_on.is_not(None),
    )
    .order_by(assignment.c.starts_on, assignment.c.id)
)


async def _services(uow: UnitOfWork, end: date) -> list[tuple[str, str, Service]]:
    """Every service ordered by `end`: form, the user's age, and its days."""
    contacts: dict[UUID, list[Had]] = defaultdict(list)
    for row in await uow.rows(_CONTACTS, tenant=uow.context.tenant):
        contacts[row["order_id"]].append(Had(row["starts_on"], row["ended_on"], row["end_reason"]))
    return [
        (
            row["form"],
            row["age"],
            Service(row["begins"], row["until"], row["over"], contacts.get(row["id"], ())),
        )
        for row in await uow.rows(_SERVICES, tenant=uow.context.tenant, end=end)
    ]


async def waiting(uow: UnitOfWork, start: date, end: date) -> list[Reading]:
    """Granted services without a regular contact on the last day of the period, by how long they had waited."""
    del start
    last = min(end, today())
    found: Counter[tuple[str, ...]] = Counter()
    for form, age, service in await _services(uow, last):
        since = service.waiting_since(last)
        if since is not None:
            found[wait_band((last - since).days), form, age] += 1
    return counted(found)


async def waited(uow: UnitOfWork, start: date, end: date) -> list[Reading]:
    """Waits that ended with a contact in the period, by how long they had lasted."""
    last = min(end, today())
    found: Counter[tuple[str, ...]] = Counter()
    for form, age, service in await _services(uow, last):
        for days in service.starts(start, last):
            found[wait_band(days), form, age] += 1
    return counted(found)


# Contacts who change --------------------------------------------------------------------------------------------------
_SPELLS = compile_query(
    select(
        assignment.c.person_id,
        assignment.c.form,
        assignment.c.contact_id,
        assignment.c.starts_on,
        assignment.c.ended_on,
        assignment.c.end_reason,
        grant_last_day.label("granted_to"),
    )
    .join_from(
        assignment,
        service_order,
        and_(
            service_order.c.tenant_id == assignment.c.tenant_id, service_order.c.id == assignment.c.order_id
        ),
    )
    .join(
        service_grant,
        and_(
            service_grant.c.tenant_id == service_order.c.tenant_id,
            service_grant.c.id == service_order.c.grant_id,
        ),
    )
    .join(person, and_(person.c.tenant_id == assignment.c.tenant_id, person.c.id == assignment.c.person_id))
    .where(
        assignment.c.tenant_id == bindparam("tenant"),
        # A substitute for a day is no change of contact.
        assignment.c.role == "regular",
        assignment.c.starts_on <= _END,
    )
    .order_by(assignment.c.person_id, assignment.c.id)
)
_APPLIED = compile_query(
    select(case_file.c.person_id, respite.c.applied_on)
    .join_from(
        respite,
        case_file,
        and_(case_file.c.tenant_id == respite.c.tenant_id, case_file.c.id == respite.c.case_id),
    )
    .where(
        respite.c.tenant_id == bindparam("tenant"),
        respite.c.applied_on.between(bindparam("start"), bindparam("end")),
    )
)


def _spell(row: Any) -> Spell:
    return Spell(
        row["form"], row["contact_id"], row["starts_on"], row["ended_on"], row["end_reason"], row["granted_to"]
    )  # fmt: skip


async def _by_person(uow: UnitOfWork, end: date) -> dict[UUID, list[Spell]]:
    """Every contact's time with each service user, by the user."""
    spells: dict[UUID, list[Spell]] = defaultdict(list)
    for row in await uow.rows(_SPELLS, tenant=uow.context.tenant, end=end):
        spells[row["person_id"]].append(_spell(row))
    return spells


async def users(uow: UnitOfWork, start: date, end: date) -> list[Reading]:
    """People with an assignment under way on some day of the period (assignments.people_under_way), by age, gender,
    target group, whether it still was on the last day, and how many times they changed contact in the period.

    One measure: as several, the difference between two of them would be a count of few that nobody had looked at.
    """
    last = min(end, today())
    spells = await _by_person(uow, last)
    found: Counter[tuple[str, ...]] = Counter()
    for one in await people_under_way(uow, start, end):
        changes = stability(spells.get(one.person_id, ()), start, last).changes
        found[one.age, one.gender, one.target, "yes" if one.still else "no", band_of(changes)] += 1
    return counted(found)


async def respite_after_loss(uow: UnitOfWork, start: date, end: date) -> list[Reading]:
    """People for whom respite was applied for in the period, within a year after they lost a contact."""
    last = min(end, today())
    rows = await uow.rows(_APPLIED, tenant=uow.context.tenant, start=start, end=last)
    spells = await _by_person(uow, last) if rows else {}
    after = set()
    for row in rows:
        found = stability(spells.get(row["person_id"], ()), start - timedelta(days=731), last)
        if loss_before(row["applied_on"], found.losses, found.gaps) is not None:
            after.add(row["person_id"])
    return counted({(): len(after)})


MEASURES: Sequence[Measure] = (
    Measure("users", "count", "count", (AGE, GENDER, TARGET, STILL, CHANGES), users),
    Measure("waiting", "banded", "count", (WAIT, FORM, AGE), waiting),
    Measure("waited", "banded", "count", (WAIT, FORM, AGE), waited),
    Measure("respite_after_loss", "count", "count", (), respite_after_loss),
)
