"""Figures about evaluations: whether they are held in time, and what they say (A7). docs/data/ has their words."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Final

from sqlalchemy import Date, and_, bindparam, case, cast, func, or_, select, union_all
from sqlalchemy.types import Integer

from sammen.db.raw import compile_query
from sammen.db.unit_of_work import UnitOfWork
from sammen.figures import AGE, UNKNOWN, Dimension, Measure, Reading, counted
from sammen.i18n_mark import N_
from tenants.cases.api import allocation_rules, case_file
from tenants.decisions.api import GIVES, decision, grant_last_day, service_grant
from tenants.evaluations.queries import evaluation
from tenants.evaluations.rules import LONGEST_MONTHS
from tenants.people.api import age_code, person

TIMELY: Final = Dimension(
    "timely", N_("Om den ble holdt i tide"),
    (("in_time", N_("I tide")), ("late", N_("For sent")), ("not_done", N_("Ikke holdt"))),
)  # fmt: skip
_NOT_SAID: Final = (UNKNOWN, N_("Ikke svart"))
REACHED: Final = Dimension(
    "reached", N_("Om målet er nådd"),
    (("yes", N_("Ja")), ("partly", N_("Delvis")), ("no", N_("Nei")), _NOT_SAID),
)  # fmt: skip
FIT: Final = Dimension(
    "fit", N_("Om timene passer"),
    (("fits", N_("Passer")), ("too_few", N_("For få")), ("too_many", N_("For mange")), _NOT_SAID),
)  # fmt: skip
SUITS: Final = Dimension(
    "suits", N_("Om tjenesten passer"), (("yes", N_("Ja")), ("no", N_("Nei")), _NOT_SAID)
)
LONELY: Final = Dimension(
    "lonely", N_("Om brukeren er ensom"),
    (("no", N_("Nei")), ("unsure", N_("Usikkert")), ("yes", N_("Ja")), _NOT_SAID),
)  # fmt: skip

_START, _END = bindparam("start", type_=Date()), bindparam("end", type_=Date())
_age = age_code().label("age")
_STEP = func.make_interval(0, bindparam("months", type_=Integer()))

# When decisions fell due, and what became of it -----------------------------------------------------------------------
_held = (
    select(
        evaluation.c.decision_id,
        evaluation.c.held_on,
        evaluation.c.next_on,
        func.row_number()
        .over(partition_by=evaluation.c.decision_id, order_by=(evaluation.c.held_on, evaluation.c.id))
        .label("nth"),
        func.lead(evaluation.c.held_on)
        .over(partition_by=evaluation.c.decision_id, order_by=(evaluation.c.held_on, evaluation.c.id))
        .label("followed_on"),
    )
    .where(
        evaluation.c.tenant_id == bindparam("tenant"),
        evaluation.c.state == "done",
        evaluation.c.held_on <= _END,
    )
    .cte("held")
)
_granted = (
    select(
        service_grant.c.decision_id,
        func.min(service_grant.c.valid_from).label("first_day"),
        case((func.count() == func.count(grant_last_day), func.max(grant_last_day))).label("last_day"),
    )
    .where(service_grant.c.tenant_id == bindparam("tenant"))
    .group_by(service_grant.c.decision_id)
    .subquery("granted")
)
_decided = (
    select(
        decision.c.id,
        decision.c.case_id,
        decision.c.evaluate_on,
        func.greatest(decision.c.decided_on, _granted.c.first_day).label("since"),
        # least() looks past what is NULL: without either day it has no last one.
        func.least(_granted.c.last_day, decision.c.ended_on).label("last_day"),
    )
    .join_from(decision, _granted, _granted.c.decision_id == decision.c.id)
    .where(
        decision.c.tenant_id == bindparam("tenant"),
        decision.c.kind.in_(sorted(GIVES)),
        decision.c.state.in_(("issued", "ended", "replaced")),
        decision.c.decided_on <= _END,
    )
    .cte("decided")
)
# The same rule as rules.next_due: the day that was agreed, and never later than the yearly rule.
_due = union_all(
    select(
        _decided.c.case_id,
        _decided.c.last_day,
        func.least(_decided.c.evaluate_on, cast(_decided.c.since + _STEP, Date)).label("due_on"),
        _held.c.held_on.label("answered_on"),
    ).outerjoin_from(_decided, _held, and_(_held.c.decision_id == _decided.c.id, _held.c.nth == 1)),
    select(
        _decided.c.case_id,
        _decided.c.last_day,
        func.least(_held.c.next_on, cast(_held.c.held_on + _STEP, Date)),
        _held.c.followed_on,
    ).join_from(_decided, _held, _held.c.decision_id == _decided.c.id),
).subquery("due")
_timely = case(
    (_due.c.answered_on.is_(None), "not_done"), (_due.c.answered_on <= _due.c.due_on, "in_time"), else_="late"
).label("timely")
_DUE = compile_query(
    select(_timely, _age, func.count().label("number"))
    .join_from(
        _due,
        case_file,
        and_(case_file.c.tenant_id == bindparam("tenant"), case_file.c.id == _due.c.case_id),
    )
    .join(person, and_(person.c.tenant_id == case_file.c.tenant_id, person.c.id == case_file.c.person_id))
    .where(
        _due.c.due_on.between(_START, _END),
        # What had ended by the day it was due, and was not evaluated, was not due any more.
        or_(_due.c.answered_on.is_not(None), _due.c.last_day.is_(None), _due.c.last_day >= _due.c.due_on),
    )
    .group_by(_timely, _age)
)


async def evaluations(uow: UnitOfWork, start: date, end: date) -> list[Reading]:
    """Evaluations that fell due in the period, by whether they were held in time as it stood at its end, and by age."""
    rules = await allocation_rules(uow, end)
    months = min(rules.evaluation_months, LONGEST_MONTHS)
    rows = await uow.rows(_DUE, tenant=uow.context.tenant, start=start, end=end, months=months)
    return counted({(row["timely"], row["age"]): row["number"] for row in rows})


# What was said --------------------------------------------------------------------------------------------------------
_SAID: Final = tuple(
    func.coalesce(func.nullif(column, ""), UNKNOWN).label(dimension.id)
    for dimension, column in (
        (REACHED, evaluation.c.goal_reached),
        (FIT, evaluation.c.hours_fit),
        (SUITS, evaluation.c.form_fits),
        (LONELY, evaluation.c.lonely),
    )
)
_EVALUATED = compile_query(
    select(*_SAID, _age, func.count().label("number"))
    .join_from(
        evaluation,
        case_file,
        and_(case_file.c.tenant_id == evaluation.c.tenant_id, case_file.c.id == evaluation.c.case_id),
    )
    .join(person, and_(person.c.tenant_id == case_file.c.tenant_id, person.c.id == case_file.c.person_id))
    .where(
        evaluation.c.tenant_id == bindparam("tenant"),
        evaluation.c.state == "done",
        evaluation.c.held_on.between(_START, _END),
    )
    .group_by(*_SAID, _age)
)


async def evaluated(uow: UnitOfWork, start: date, end: date) -> list[Reading]:
    """Evaluations held in the period, by what they say of goal, hours, service and loneliness, and by age.

    One measure: as four, each would tell what the others hide, since they count the same evaluations.
    """
    rows = await uow.rows(_EVALUATED, tenant=uow.context.tenant, start=start, end=end)
    return counted({tuple(row.values())[:-1]: row["number"] for row in rows})


MEASURES: Sequence[Measure] = (
    Measure("evaluations", "count", "count", (TIMELY, AGE), evaluations),
    Measure("evaluated", "count", "count", (REACHED, FIT, SUITS, LONELY, AGE), evaluated),
)
