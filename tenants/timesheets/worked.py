"""Approved meetings of a time, as the engine of rates wants them: for sums, and for trying other rates on them."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from sqlalchemy import bindparam

from sammen.db.unit_of_work import UnitOfWork
from tenants.rates.api import Worked
from tenants.timesheets.paying import line, pay_query

_BETWEEN = pay_query(line.c.worked_on >= bindparam("first"), line.c.hours > 0)


async def worked_between(uow: UnitOfWork, first: date, last: date) -> dict[UUID, list[Worked]]:
    """Contact → approved meetings that count, held from `first` to `last`, both included. By tenant, without asking who
    reads: only sums of it are for people.
    """
    found: dict[UUID, list[Worked]] = {}
    for row in await uow.rows(_BETWEEN, tenant=uow.context.tenant, first=first, until=last):
        found.setdefault(row["contact_id"], []).append(
            Worked(
                row["id"], row["assignment_id"], row["worked_on"], row["hours"], row["form"], row["expenses"],
                row["kilometres"], row["commute_kilometres"], row["trips"],
            )
        )  # fmt: skip
    return found
