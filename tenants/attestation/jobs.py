"""Those who attest are told that hours wait: at most once a week each, in the afternoon (B8)."""

from __future__ import annotations

from typing import Any

import asyncpg
from sqlalchemy import bindparam, select

from sammen.clock import today
from sammen.db.raw import compile_query
from sammen.db.unit_of_work import UnitOfWork
from sammen.jobs.order import Order
from sammen.jobs.queue import put
from sammen.jobs.registry import job, visitor
from sammen.keys import Keys
from sammen.tenancy.context import PlaceKind
from tenants.assignments.api import assignment_card
from tenants.attestation.service import attesters_for
from tenants.messages.api import notify_person
from tenants.provision.api import provision_rules
from tenants.timesheets.api import timesheet_line as line

_WAITING = compile_query(
    select(line.c.assignment_id)
    .where(line.c.tenant_id == bindparam("tenant"), line.c.state == "sent", line.c.attested_at.is_(None))
    .distinct()
    .order_by(line.c.assignment_id)
)
_MUNICIPALITIES = """
SELECT id FROM sammen.municipality
 WHERE valid_from <= sammen.norwegian_day() AND (valid_to IS NULL OR valid_to >= sammen.norwegian_day())
"""


@job("attestation.tell")
async def tell(uow: UnitOfWork, _args: dict[str, Any]) -> None:
    """In a municipality: each who attests is told, once a week. Again the same week tells nobody twice (the mark)."""
    if not (await provision_rules(uow, today())).attest_required:
        return
    year, week, _ = today().isocalendar()
    told = set()
    for row in await uow.rows(_WAITING, tenant=uow.context.tenant):
        card = await assignment_card(uow, row["assignment_id"])
        told |= {one.person_id for one in await attesters_for(uow, card)}
    for person_id in sorted(told):
        await notify_person(uow, person_id, "attest", once=f"attest:{person_id}:{year}-{week}")


@visitor("attestation.municipalities", "10 15 * * *")
async def visit_municipalities(connection: asyncpg.Connection[asyncpg.Record], keys: Keys) -> None:
    """Every afternoon: one job for each municipality."""
    for row in await connection.fetch(_MUNICIPALITIES):
        order = Order("attestation.tell", {}, PlaceKind.MUNICIPALITY, row["id"])
        await put(connection, keys, order, once=f"attestation.tell:{row['id']}")
