"""Figures about decisions: new ones, what was decided, how they ended, and the hours they give. docs/data/ has the words."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Date, and_, bindparam, case, func, not_, or_, select
from sqlalchemy.sql import ColumnElement, FromClause

from sammen.db.raw import compile_query
from sammen.db.unit_of_work import UnitOfWork
from sammen.figures import (
    AGE,
    FORM,
    SEVERAL,
    UNKNOWN,
    USER_FORM,
    Dimension,
    Measure,
    Reading,
    counted,
    summed,
)
from sammen.i18n_mark import N_
from tenants.cases.api import case_file
from tenants.decisions.queries import decision, grant_last_day, service_grant
from tenants.decisions.rules import hours_between
from tenants.decisions.settling import CHANGED, GIVES, OUTCOMES
from tenants.people.api import age_code, person

DECISION: Final = Dimension(
    "decision", N_("Hva som ble bestemt"),
    (("change", N_("Endret")), ("refusal", N_("Avslått")), ("withdrawal", N_("Søknaden ble trukket")),
     ("ending", N_("Avsluttet"))),
)  # fmt: skip
"""What a decision is when it gives nothing new."""
OUTCOME: Final = Dimension(
    "outcome", N_("Hvorfor vedtaket sluttet"), (*OUTCOMES.items(), (UNKNOWN, N_("Ikke svart")))
)
MADE: Final = ("issued", "ended", "replaced")
"""A decision in one of these states has been decided; the others are drafts and proposals."""
CENT: Final = Decimal("0.01")

_START, _END = bindparam("start", type_=Date()), bindparam("end", type_=Date())
_age = age_code().label("age")


def with_person(source: FromClause, case_id: ColumnElement[Any]) -> FromClause:
    """`source` joined to whose case it is, so that it can be divided by age."""
    return source.join(
        case_file, and_(case_file.c.tenant_id == bindparam("tenant"), case_file.c.id == case_id)
    ).join(person, and_(person.c.tenant_id == case_file.c.tenant_id, person.c.id == case_file.c.person_id))


def _made(*conditions: ColumnElement[bool]) -> tuple[ColumnElement[bool], ...]:
    return (
        decision.c.tenant_id == bindparam("tenant"),
        decision.c.state.in_(MADE),
        decision.c.decided_on.between(_START, _END),
        *conditions,
    )


_forms = (
    select(
        service_grant.c.decision_id,
        case(
            (func.count(service_grant.c.form.distinct()) > 1, SEVERAL), else_=func.min(service_grant.c.form)
        ).label("form"),
    )
    .where(service_grant.c.tenant_id == bindparam("tenant"))
    .group_by(service_grant.c.decision_id)
    .subquery("forms")
)
_is_new = and_(decision.c.kind.in_(("grant", "partial")), decision.c.replaces_id.is_(None))
_NEW = compile_query(
    select(_forms.c.form, _age, func.count().label("number"))
    .select_from(
        with_person(decision.join(_forms, _forms.c.decision_id == decision.c.id), decision.c.case_id)
    )
    .where(*_made(_is_new))
    .group_by(_forms.c.form, _age)
)
_kind = case((decision.c.kind.in_(sorted(GIVES)), "change"), else_=decision.c.kind).label("kind")
_OTHERS = compile_query(
    select(_kind, _age, func.count().label("number"))
    .select_from(with_person(decision, decision.c.case_id))
    .where(*_made(not_(_is_new)))
    .group_by(_kind, _age)
)
_outcome = case((decision.c.outcome.in_(sorted(OUTCOMES)), decision.c.outcome), else_=UNKNOWN).label("why")
_ENDED = compile_query(
    select(_outcome, _age, func.count().label("number"))
    .select_from(with_person(decision, decision.c.case_id))
    .where(
        decision.c.tenant_id == bindparam("tenant"),
        decision.c.kind.in_(sorted(GIVES)),
        decision.c.state.in_(("ended", "replaced")),
        decision.c.outcome != CHANGED,
        decision.c.ended_on.between(_START, _END),
    )
    .group_by(_outcome, _age)
)


_begins = func.coalesce(service_grant.c.valid_from, decision.c.decided_on)
_HOURS = compile_query(
    select(
        service_grant.c.form,
        _age,
        case_file.c.person_id,
        service_grant.c.amount,
        service_grant.c.unit,
        func.greatest(_begins, _START).label("first"),
        func.least(grant_last_day, _END).label("last"),
    )
    .select_from(
        with_person(
            service_grant.join(
                decision,
                and_(
                    decision.c.tenant_id == service_grant.c.tenant_id,
                    decision.c.id == service_grant.c.decision_id,
                ),
            ),
            decision.c.case_id,
        )
    )
    .where(
        service_grant.c.tenant_id == bindparam("tenant"),
        service_grant.c.amount.is_not(None),
        decision.c.state.in_(MADE),
        decision.c.kind.in_(sorted(GIVES)),
        _begins <= _END,
        or_(grant_last_day.is_(None), grant_last_day >= _START),
    )
)


async def new_decisions(uow: UnitOfWork, start: date, end: date) -> list[Reading]:
    """Decisions of the period that give a service and replace none, by the forms they give and the user's age."""
    rows = await uow.rows(_NEW, tenant=uow.context.tenant, start=start, end=end)
    return counted({(row["form"], row["age"]): row["number"] for row in rows})


async def other_decisions(uow: UnitOfWork, start: date, end: date) -> list[Reading]:
    """Every other decision of the period, by what was decided and the user's age: none is in both measures."""
    rows = await uow.rows(_OTHERS, tenant=uow.context.tenant, start=start, end=end)
    return counted({(row["kind"], row["age"]): row["number"] for row in rows})


async def ended_decisions(uow: UnitOfWork, start: date, end: date) -> list[Reading]:
    """Decisions whose services ended in the period, by why and by age. What another took the place of has not ended."""
    rows = await uow.rows(_ENDED, tenant=uow.context.tenant, start=start, end=end)
    return counted({(row["why"], row["age"]): row["number"] for row in rows})


async def hours_granted(uow: UnitOfWork, start: date, end: date) -> list[Reading]:
    """Hours that decisions give in the period, by form and age; users stand behind them, each rounded to a hundredth."""
    rows = await uow.rows(_HOURS, tenant=uow.context.tenant, start=start, end=end)
    found: dict[tuple[str, str, UUID], Decimal] = defaultdict(Decimal)
    for row in rows:
        hours = hours_between(row["amount"], row["unit"], row["first"], row["last"])
        found[row["form"], row["age"], row["person_id"]] += hours
    return summed(
        ((form, age), who, hours.quantize(CENT, ROUND_HALF_UP)) for (form, age, who), hours in found.items()
    )


MEASURES: Sequence[Measure] = (
    Measure("new_decisions", "count", "count", (USER_FORM, AGE), new_decisions),
    Measure("other_decisions", "count", "count", (DECISION, AGE), other_decisions),
    Measure("ended_decisions", "count", "count", (OUTCOME, AGE), ended_decisions),
    Measure("hours_granted", "sum", "hours", (FORM, AGE), hours_granted),
)
