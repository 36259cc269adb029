"""Figures about complaints: how many came, and how they went (A9). docs/data/ has their words."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Final

from sqlalchemy import Date, and_, bindparam, case, func, or_, select

from sammen.db.raw import compile_query
from sammen.db.unit_of_work import UnitOfWork
from sammen.figures import Dimension, Measure, Reading, counted
from sammen.i18n_mark import N_
from tenants.complaints.queries import complaint
from tenants.complaints.rules import APPEAL_RESULTS

WITHDRAWN: Final = "withdrawn"
ANSWER: Final = Dimension(
    "answer", N_("Hvordan det gikk"),
    (("changed", N_("Medhold")), ("partly", N_("Medhold i noe")), ("upheld", N_("Vedtaket står")),
     ("dismissed", N_("Avvist")), (WITHDRAWN, N_("Trukket"))),
)  # fmt: skip
RESULT: Final = Dimension("result", N_("Hva Statsforvalteren bestemte"), tuple(APPEAL_RESULTS.items()))
_START, _END = bindparam("start", type_=Date()), bindparam("end", type_=Date())
_own = complaint.c.tenant_id == bindparam("tenant")
_RECEIVED = compile_query(
    select(func.count()).select_from(complaint).where(_own, complaint.c.received_on.between(_START, _END))
)
_answer = case((complaint.c.concluded_on.is_(None), WITHDRAWN), else_=complaint.c.answer).label("said")
_ANSWERED = compile_query(
    select(_answer, func.count().label("number"))
    .where(
        _own,
        or_(
            and_(complaint.c.answer != "", complaint.c.concluded_on.between(_START, _END)),
            and_(complaint.c.concluded_on.is_(None), complaint.c.withdrawn_on.between(_START, _END)),
        ),
    )
    .group_by(_answer)
)
_APPEALED = compile_query(
    select(complaint.c.appeal_result.label("said"), func.count().label("number"))
    .where(_own, complaint.c.appeal_result != "", complaint.c.appeal_decided_on.between(_START, _END))
    .group_by(complaint.c.appeal_result)
)


async def complaints(uow: UnitOfWork, start: date, end: date) -> list[Reading]:
    """Complaints received in the period."""
    return counted({(): await uow.value(_RECEIVED, tenant=uow.context.tenant, start=start, end=end)})


async def complaints_answered(uow: UnitOfWork, start: date, end: date) -> list[Reading]:
    """Complaints the municipality was done with in the period, by how they went; withdrawn ones among them."""
    rows = await uow.rows(_ANSWERED, tenant=uow.context.tenant, start=start, end=end)
    return counted({(row["said"],): row["number"] for row in rows})


async def complaints_appealed(uow: UnitOfWork, start: date, end: date) -> list[Reading]:
    """Complaints Statsforvalteren decided in the period, by the result."""
    rows = await uow.rows(_APPEALED, tenant=uow.context.tenant, start=start, end=end)
    return counted({(row["said"],): row["number"] for row in rows})


MEASURES: Sequence[Measure] = (
    Measure("complaints", "count", "count", (), complaints),
    Measure("complaints_answered", "count", "count", (ANSWER,), complaints_answered),
    Measure("complaints_appealed", "count", "count", (RESULT,), complaints_appealed),
)
