"""Needs without a name: how many a municipality has posted, and what became of them, in weeks (C3). docs/data/ has the
words. A need knows no time finer than a week, so neither does a figure.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Final

from sqlalchemy import bindparam, case, func, select

from sammen.db.raw import compile_query
from sammen.db.unit_of_work import UnitOfWork
from sammen.figures import Dimension, Measure, Reading, counted
from sammen.i18n_mark import N_
from shared_pool.needs.models import Need

need = Need.__table__
PURPOSE: Final = Dimension(
    "purpose", N_("Hva behovet gjelder"), (("regular", N_("Fast støttekontakt")), ("substitute", N_("Vikar")))
)
NEED_END: Final = Dimension(
    "need_end", N_("Hvordan det gikk"),
    (("filled", N_("Fant støttekontakt")), ("withdrawn", N_("Trukket tilbake")), ("expired", N_("Gikk ut på dato"))),
)  # fmt: skip
NEED_TIME: Final = Dimension(
    "need_time", N_("Tid før det var over"),
    (("0", N_("Under 2 uker")), ("14", N_("2 til 4 uker")), ("28", N_("4 til 13 uker")), ("91", N_("13 uker eller mer"))),
)  # fmt: skip
_POSTED = compile_query(
    select(need.c.purpose, func.count().label("many"))
    .where(
        need.c.posted_by == bindparam("tenant"),
        need.c.posted_week >= bindparam("start"),
        need.c.posted_week <= bindparam("end"),
    )
    .group_by(need.c.purpose)
)
_days = need.c.closed_week - need.c.posted_week
_time = case((_days < 14, "0"), (_days < 28, "14"), (_days < 91, "28"), else_="91").label("time")
_ENDED = compile_query(
    select(need.c.state, _time, func.count().label("many"))
    .where(
        need.c.posted_by == bindparam("tenant"),
        need.c.state != "open",
        need.c.closed_week >= bindparam("start"),
        need.c.closed_week <= bindparam("end"),
    )
    .group_by(need.c.state, _time)
)


async def needs_posted(uow: UnitOfWork, start: date, end: date) -> Sequence[Reading]:
    """Needs posted in weeks whose Monday is in the period, by what they are for."""
    rows = await uow.rows(_POSTED, tenant=uow.context.tenant, start=start, end=end)
    return counted({(row["purpose"],): row["many"] for row in rows})


async def needs_ended(uow: UnitOfWork, start: date, end: date) -> Sequence[Reading]:
    """Needs that were over in weeks whose Monday is in the period, by how they ended and how long they stood."""
    rows = await uow.rows(_ENDED, tenant=uow.context.tenant, start=start, end=end)
    return counted({(row["state"], row["time"]): row["many"] for row in rows})


MEASURES = [
    Measure("needs_posted", "count", "count", (PURPOSE,), needs_posted),
    Measure("needs_ended", "count", "count", (NEED_END, NEED_TIME), needs_ended),
]
