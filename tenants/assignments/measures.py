"""Figures about who has a contact. Each runs in one municipality's own context; docs/data/ has their words."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import Date, Select, and_, bindparam, case, func, or_, select

from sammen.clock import today
from sammen.db.raw import compile_query
from sammen.db.unit_of_work import UnitOfWork
from sammen.figures import AGE, FORM, GENDER, SEVERAL, UNKNOWN, USER_FORM, Measure, Reading, counted
from tenants.assignments.models import Assignment, ServiceOrder
from tenants.cases.api import TARGET, target_of_person
from tenants.decisions.api import grant_last_day, service_grant
from tenants.people.api import age_code, gender_code, person

assignment = Assignment.__table__
service_order = ServiceOrder.__table__

# least() looks past what is NULL: without either day there is no last one.
_LAST_DAY = func.least(assignment.c.ended_on, grant_last_day)
_START, _END = bindparam("start", type_=Date()), bindparam("end", type_=Date())
# Each person once for each form they have a contact in: who is a user, and of what.
_UNDER_WAY = (
    select(assignment.c.person_id, assignment.c.form)
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
    .where(
        assignment.c.tenant_id == bindparam("tenant"),
        assignment.c.starts_on <= _END,
        or_(_LAST_DAY.is_(None), and_(_START <= _LAST_DAY, assignment.c.starts_on <= _LAST_DAY)),
    )
    .distinct()
    .subquery("under_way")
)


def _of_people() -> Select[Any]:
    """How many people there are by age, gender, form and target group; each person in one cell."""
    each = (
        select(
            _UNDER_WAY.c.person_id,
            case((func.count() > 1, SEVERAL), else_=func.min(_UNDER_WAY.c.form)).label("form"),
        )
        .group_by(_UNDER_WAY.c.person_id)
        .subquery("each")
    )
    target = target_of_person()
    key = (
        age_code().label("age"),
        gender_code().label("gender"),
        each.c.form.label("user_form"),
        func.coalesce(target.c.target, UNKNOWN).label("target"),
    )
    return (
        select(*key, func.count().label("number"))
        .join_from(
            each, person, and_(person.c.tenant_id == bindparam("tenant"), person.c.id == each.c.person_id)
        )
        .outerjoin(target, target.c.person_id == each.c.person_id)
        .group_by(*key)
    )


_USERS = compile_query(_of_people())
_form, _age = _UNDER_WAY.c.form.label("form"), age_code().label("age")
_SERVICES = compile_query(
    select(_form, _age, func.count().label("number"))
    .join_from(
        _UNDER_WAY,
        person,
        and_(person.c.tenant_id == bindparam("tenant"), person.c.id == _UNDER_WAY.c.person_id),
    )
    .group_by(_form, _age)
)


async def users(uow: UnitOfWork, start: date, end: date) -> list[Reading]:
    """People with an assignment under way on some day from `start` to `end`, both included, and not after today.

    An assignment is under way from its first day to its last, and never after the grant's last day. Hours can only be
    registered on such days, so everybody with an approved hour in the period is counted too.
    """
    rows = await uow.rows(_USERS, tenant=uow.context.tenant, start=start, end=min(end, today()))
    return counted(
        {(row["age"], row["gender"], row["user_form"], row["target"]): row["number"] for row in rows}
    )


async def users_end(uow: UnitOfWork, start: date, end: date) -> list[Reading]:
    """People with an assignment under way on the last day of the period."""
    del start
    return await users(uow, end, end)


async def services(uow: UnitOfWork, start: date, end: date) -> list[Reading]:
    """Services (a person's contacts in one form) under way on some day of the period."""
    rows = await uow.rows(_SERVICES, tenant=uow.context.tenant, start=start, end=min(end, today()))
    return counted({(row["form"], row["age"]): row["number"] for row in rows})


MEASURES = [
    Measure("users", "count", "count", (AGE, GENDER, USER_FORM, TARGET), users),
    Measure("users_end", "count", "count", (AGE, GENDER, USER_FORM, TARGET), users_end),
    Measure("services", "count", "count", (FORM, AGE), services),
]
