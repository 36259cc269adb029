"""Reads of answers about schemes: a municipality's own, and in the region everybody's. No object rule: none hangs on a case."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import bindparam, select

from reporting.schemes.models import SchemeAnswer
from sammen.db.raw import compile_query
from sammen.db.unit_of_work import UnitOfWork

answer = SchemeAnswer.__table__


@dataclass(frozen=True, slots=True)
class AnswerCard:
    """One answer as it was given."""

    municipality_id: UUID
    region_id: UUID
    scheme: str
    state: str
    valid_from: date
    note: str = field(repr=False)
    ask: str
    answered_by_name: str
    created_at: datetime


_COLUMNS = tuple(answer.c[name] for name in AnswerCard.__dataclass_fields__)
_ORDER = (answer.c.valid_from.desc(), answer.c.created_at.desc(), answer.c.id.desc())
_OWN = compile_query(
    select(*_COLUMNS).where(answer.c.municipality_id == bindparam("tenant")).order_by(*_ORDER)
)
_REGIONS_ALL = compile_query(
    select(*_COLUMNS).where(answer.c.region_id == bindparam("region")).order_by(*_ORDER)
)


async def own_answers(uow: UnitOfWork) -> list[AnswerCard]:
    """Everything the caller's municipality has answered in any region, what counts first."""
    return [AnswerCard(**dict(row)) for row in await uow.rows(_OWN, tenant=uow.context.tenant)]


async def all_answers(uow: UnitOfWork) -> list[AnswerCard]:
    """Everything answered in the caller's region, in the region's own context, what counts first."""
    return [AnswerCard(**dict(row)) for row in await uow.rows(_REGIONS_ALL, region=uow.context.region)]


def standing(answers: Iterable[AnswerCard], day: date) -> Mapping[tuple[UUID, str], AnswerCard]:
    """What holds on a day, by (municipality, scheme). `answers`: what counts first. What is not answered is not there."""
    found: dict[tuple[UUID, str], AnswerCard] = {}
    for one in answers:
        if one.valid_from <= day:
            found.setdefault((one.municipality_id, one.scheme), one)
    return found
