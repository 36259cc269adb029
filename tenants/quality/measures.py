"""Figures about deviations: opened, closed, and open at a period's end (A17). docs/data/ has their words."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Final

from sqlalchemy import Date, and_, bindparam, func, select
from sqlalchemy.sql import ColumnElement, Select

from sammen.db.raw import Query, compile_query
from sammen.db.unit_of_work import UnitOfWork
from sammen.figures import Dimension, Measure, Reading, counted
from sammen.i18n_mark import N_
from tenants.quality.models import Deviation, DeviationEvent
from tenants.quality.words import KINDS

deviation = Deviation.__table__
event = DeviationEvent.__table__
DEVIATION: Final = Dimension("deviation", N_("Hva slags avvik"), tuple(KINDS.items()))
_START, _END = bindparam("start", type_=Date()), bindparam("end", type_=Date())


def _by_kind(*conditions: ColumnElement[bool]) -> Query:
    found: Select[tuple[str, int]] = select(deviation.c.kind, func.count().label("number"))
    return compile_query(
        found.where(deviation.c.tenant_id == bindparam("tenant"), *conditions).group_by(deviation.c.kind)
    )


_of_it = and_(event.c.tenant_id == deviation.c.tenant_id, event.c.deviation_id == deviation.c.id)
# What it was last, closed or opened again, on the day the period ended: it may be otherwise since.
_last_said = (
    select(event.c.what)
    .where(_of_it, event.c.what.in_(("closed", "reopened")), event.c.happened_on <= _END)
    .order_by(event.c.happened_on.desc(), event.c.id.desc())
    .limit(1)
    .scalar_subquery()
)
_OPENED = _by_kind(deviation.c.found_on.between(_START, _END))
_CLOSED = _by_kind(
    select(event.c.id)
    .where(_of_it, event.c.what == "closed", event.c.happened_on.between(_START, _END))
    .exists()
)
_OPEN = _by_kind(deviation.c.found_on <= _END, func.coalesce(_last_said, "reopened") == "reopened")


async def deviations_opened(uow: UnitOfWork, start: date, end: date) -> list[Reading]:
    """Deviations found in the period, by kind."""
    rows = await uow.rows(_OPENED, tenant=uow.context.tenant, start=start, end=end)
    return counted({(row["kind"],): row["number"] for row in rows})


async def deviations_closed(uow: UnitOfWork, start: date, end: date) -> list[Reading]:
    """Deviations that were closed in the period, by kind; each once, also when it was opened again."""
    rows = await uow.rows(_CLOSED, tenant=uow.context.tenant, start=start, end=end)
    return counted({(row["kind"],): row["number"] for row in rows})


async def deviations_open(uow: UnitOfWork, start: date, end: date) -> list[Reading]:
    """Deviations that were not closed on the last day of the period, by kind."""
    del start
    rows = await uow.rows(_OPEN, tenant=uow.context.tenant, end=end)
    return counted({(row["kind"],): row["number"] for row in rows})


MEASURES: Sequence[Measure] = (
    Measure("deviations_opened", "count", "count", (DEVIATION,), deviations_opened),
    Measure("deviations_closed", "count", "count", (DEVIATION,), deviations_closed),
    Measure("deviations_open", "count", "count", (DEVIATION,), deviations_open),
)
