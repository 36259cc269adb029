"""Figures about what participants say of their groups (C10). docs/data/ has their words."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Final

from sqlalchemy import Date, bindparam, func, select

from sammen.db.raw import compile_query
from sammen.db.unit_of_work import UnitOfWork
from sammen.figures import Dimension, Measure, Reading, counted
from sammen.i18n_mark import N_
from tenants.planning.models import GroupVoice
from tenants.planning.rules import ANSWERS

voice = GroupVoice.__table__
_MARKS: Final = tuple(ANSWERS.items())
VOICES: Final = (
    Dimension("likes", N_("Har det fint i gruppa"), _MARKS),
    Dimension("doing", N_("Gjør ting de liker"), _MARKS),
    Dimension("company", N_("Har noen å være sammen med"), _MARKS),
    Dimension("deciding", N_("Får være med og bestemme"), _MARKS),
    Dimension("safe", N_("Føler seg trygg"), _MARKS),
)
"""rules.QUESTIONS as figures divide by them."""
_questions = tuple(voice.c[one.id] for one in VOICES)
_SAID = compile_query(
    select(*_questions, func.count().label("number"))
    .where(
        voice.c.tenant_id == bindparam("tenant"),
        voice.c.said_on.between(bindparam("start", type_=Date()), bindparam("end", type_=Date())),
    )
    .group_by(*_questions)
)


async def voices(uow: UnitOfWork, start: date, end: date) -> list[Reading]:
    """What own participants said in the period, by the answer to each question. One measure: they are the same voices."""
    rows = await uow.rows(_SAID, tenant=uow.context.tenant, start=start, end=end)
    return counted({tuple(row.values())[:-1]: row["number"] for row in rows})


MEASURES: Sequence[Measure] = (Measure("voices", "count", "count", VOICES, voices),)
