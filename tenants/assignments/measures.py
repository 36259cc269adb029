"""Who has a contact, and in what: what figures about users are made of. In one municipality's own context."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Date, Select, and_, bindparam, func, or_, select

from sammen.clock import today
from sammen.db.raw import compile_query
from sammen.db.unit_of_work import UnitOfWork
from sammen.figures import FORM, UNKNOWN, Measure, Reading, counted
from tenants.assignments.models import Assignment, ServiceOrder
from tenants.cases.api import target_of_person
from tenants.decisions.api import grant_last_day, service_grant
from tenants.people.api import age_code, gender_code, person

assignment = Assignment.__table__
service_order = ServiceOrder.__table__

# least() looks past what is NULL: without either day there is no last one.
_LAST_DAY = func.least(assignment.c.ended_on, grant_last_day)
_START, _END = bindparam("start", type_=Date()), bindparam("end", type_=Date())
_SOURCE = assignment.join(
    service_order,
    and_(service_order.c.tenant_id == assignment.c.tenant_id, service_order.c.id == assignment.c.order_id),
).join(
    service_grant,
    and_(
        service_grant.c.tenant_id == service_order.c.tenant_id,
        service_grant.c.id == service_order.c.grant_id,
    ),
)
_IN_PERIOD = and_(
    assignment.c.tenant_id == bindparam("tenant"),
    assignment.c.starts_on <= _END,
    or_(_LAST_DAY.is_(None), and_(_START <= _LAST_DAY, assignment.c.starts_on <= _LAST_DAY)),
)


def _people() -> Select[Any]:
    """Everybody with an assignment under way in the period, with what figures divide people by."""
    each = (
        select(
            assignment.c.person_id,
            func.bool_or(or_(_LAST_DAY.is_(None), _LAST_DAY >= _END)).label("still"),
        )
        .select_from(_SOURCE)
        .where(_IN_PERIOD)
        .group_by(assignment.c.person_id)
        .subquery("each")
    )
    target = target_of_person()
    return (
        select(
            each.c.person_id,
            each.c.still,
            age_code().label("age"),
            gender_code().label("gender"),
            func.coalesce(target.c.target, UNKNOWN).label("target"),
        )
        .join_from(
            each, person, and_(person.c.tenant_id == bindparam("tenant"), person.c.id == each.c.person_id)
        )
        .outerjoin(target, target.c.person_id == each.c.person_id)
    )


_PEOPLE = compile_query(_people())
_form = assignment.c.form.label("form")
_SERVICES = compile_query(
    select(_form, func.count(assignment.c.person_id.distinct()).label("number"))
    .select_from(_SOURCE)
    .where(_IN_PERIOD)
    .group_by(_form)
)


@dataclass(frozen=True, slots=True)
class UnderWay:
    """Somebody who had an assignment under way in a period, by the codes of AGE, GENDER and TARGET; `still`: on its
    last day too.
    """

    person_id: UUID
    still: bool
    age: str
    gender: str
    target: str


async def people_under_way(uow: UnitOfWork, start: date, end: date) -> list[UnderWay]:
    """People with an assignment under way on some day from `start` to `end`, both included, and not after today.

    An assignment is under way from its first day to its last, and never after the grant's last day. Hours can only be
    registered on such days, so everybody with an approved hour in the period is among them.
    """
    rows = await uow.rows(_PEOPLE, tenant=uow.context.tenant, start=start, end=min(end, today()))
    return [UnderWay(**dict(row)) for row in rows]


async def services(uow: UnitOfWork, start: date, end: date) -> list[Reading]:
    """People with an assignment under way in the period, by its form; who has two forms is in both."""
    rows = await uow.rows(_SERVICES, tenant=uow.context.tenant, start=start, end=min(end, today()))
    return counted({(row["form"],): row["number"] for row in rows})


MEASURES = [Measure("services", "count", "count", (FORM,), services)]
