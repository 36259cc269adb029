"""Figures about what participants say of their groups, question by question (C10). docs/data/ has their words."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from datetime import date
from typing import Final

from sqlalchemy import Date, bindparam, func, select

from sammen.db.raw import compile_query
from sammen.db.unit_of_work import UnitOfWork
from sammen.figures import Dimension, Measure, Reading, counted
from sammen.i18n_mark import N_
from tenants.planning.models import GroupVoice
from tenants.planning.rules import ANSWERS, QUESTIONS

voice = GroupVoice.__table__
MARK: Final = Dimension("mark", N_("Svar"), tuple(ANSWERS.items()))


def _said(question: str) -> Callable[[UnitOfWork, date, date], Awaitable[list[Reading]]]:
    """A reader of the answers to one question that were given in the period."""
    query = compile_query(
        select(voice.c[question].label("said"), func.count().label("number"))
        .where(
            voice.c.tenant_id == bindparam("tenant"),
            voice.c.said_on.between(bindparam("start", type_=Date()), bindparam("end", type_=Date())),
        )
        .group_by(voice.c[question])
    )

    async def read(uow: UnitOfWork, start: date, end: date) -> list[Reading]:
        rows = await uow.rows(query, tenant=uow.context.tenant, start=start, end=end)
        return counted({(row["said"],): row["number"] for row in rows})

    return read


MEASURES: Sequence[Measure] = tuple(
    Measure(f"voice_{question}", "count", "count", (MARK,), _said(question)) for question in QUESTIONS
)
