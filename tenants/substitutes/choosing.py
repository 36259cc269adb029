"""Who may be asked for some days, and in which order: rules.py with what the database knows."""

from __future__ import annotations

from datetime import date
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import and_, bindparam, func, or_, select, union
from sqlalchemy.sql import ColumnElement
from sqlalchemy.types import Date

from sammen.db.raw import Query, compile_query
from sammen.db.unit_of_work import UnitOfWork
from tenants.assignments.api import OrderCard, assignment, available_contacts
from tenants.cases.api import case_file, visible
from tenants.substitutes.queries import FOREVER, absence, ask, ask_round, known, of_case, reader, same
from tenants.substitutes.rules import Candidate, Wanted, candidates


@cache
def _asked_last_query(*, seen: bool) -> Query:
    condition = visible() if seen else ask.c.tenant_id == bindparam("tenant")
    return compile_query(
        select(ask.c.contact_id, func.max(ask.c.asked_at).label("asked_at"))
        .select_from(of_case(ask) if seen else ask)
        .where(condition)
        .group_by(ask.c.contact_id)
    )


@cache
def _out_query(*, seen: bool) -> Query:
    """Who cannot be asked for the days: asked for one of them and waiting, or answered; away; or there already."""
    first, last = bindparam("first", type_=Date()), bindparam("last", type_=Date())

    def mine(table: Any) -> ColumnElement[bool]:
        return visible() if seen else table.c.tenant_id == bindparam("tenant")

    asks: Any = ask.join(ask_round, same(ask_round, ask.c.round_id, ask))
    away: Any = absence
    if seen:
        asks = asks.join(case_file, same(case_file, ask.c.case_id, ask))
        away = of_case(absence)
    overlapping = and_(ask_round.c.first_day <= last, func.coalesce(ask_round.c.last_day, FOREVER) >= first)
    return compile_query(
        union(
            select(ask.c.contact_id)
            .select_from(asks)
            .where(
                mine(ask),
                or_(
                    ask.c.round_id == bindparam("round"),
                    and_(overlapping, ask.c.state.in_(("asked", "no", "yes"))),
                ),
            ),
            select(absence.c.contact_id)
            .select_from(away)
            .where(
                mine(absence),
                absence.c.state != "withdrawn",
                absence.c.first_day <= last,
                absence.c.last_day >= first,
            ),
            select(assignment.c.contact_id).where(
                assignment.c.tenant_id == bindparam("tenant"),
                assignment.c.order_id == bindparam("order"),
                assignment.c.state != "ended",
                or_(assignment.c.ended_on.is_(None), assignment.c.ended_on >= first),
            ),
        )
    )


_KNOWN_IDS = compile_query(
    select(known.c.contact_id).where(
        known.c.tenant_id == bindparam("tenant"),
        known.c.case_id == bindparam("case"),
        known.c.ended_on.is_(None),
    )
)
NO_ROUND = UUID(int=0)


async def candidates_for(
    uow: UnitOfWork, order: OrderCard, first: date, last: date | None, *, only_known: bool,
    round_id: UUID = NO_ROUND, seen: bool,
) -> list[Candidate]:  # fmt: skip
    """Who is asked for these days, first to last.

    `seen` keeps what the reader may not know of out of it: for showing. Who is really asked is found without, since
    somebody who has said no to another for the day is not asked again; a page shows only whom a round has asked.
    """
    values: dict[str, Any] = {"tenant": uow.context.tenant}
    readers = reader(uow) if seen else values
    last_asked = {
        row["contact_id"]: row["asked_at"] for row in await uow.rows(_asked_last_query(seen=seen), **readers)
    }
    out = {
        row["contact_id"]
        for row in await uow.rows(
            _out_query(seen=seen),
            **readers,
            first=first,
            last=last or FOREVER,
            round=round_id,
            order=order.id,
        )
    }
    knows = {row["contact_id"] for row in await uow.rows(_KNOWN_IDS, **values, case=order.case_id)}
    wanted = Wanted(order.person_id, order.amount, order.unit, order.interests, order.slots)
    return candidates(
        wanted, await available_contacts(uow), known=knows, asked_last=last_asked, out=out,
        only_known=only_known or order.protection != "none" or order.shielded,
    )  # fmt: skip
