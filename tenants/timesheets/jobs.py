"""What the new day does to hours: reminders around a period's deadline, and photos nobody came back for (B8)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import asyncpg

from sammen.clock import today
from sammen.db.unit_of_work import UnitOfWork
from sammen.jobs.order import Order
from sammen.jobs.queue import put
from sammen.jobs.registry import job, visitor
from sammen.keys import Keys
from sammen.tenancy.context import PlaceKind
from tenants.messages.api import notify_person
from tenants.provision.api import PayPeriod, provision_rules
from tenants.timesheets.missing import missing_in_municipality
from tenants.timesheets.receipts import drop_loose

DAYS_BEFORE = timedelta(days=3)
DAYS_AFTER = timedelta(days=7)
"""How long after the deadline somebody is reminded; later it is the coordinator's to ring."""
_MUNICIPALITIES = """
SELECT id FROM sammen.municipality
 WHERE valid_from <= sammen.norwegian_day() AND (valid_to IS NULL OR valid_to >= sammen.norwegian_day())
"""


@job("timesheets.new_day")
async def new_day(uow: UnitOfWork, _args: dict[str, Any]) -> None:
    """In a municipality: remind those who have not handed in, once before and once after the deadline. Doing it again
    tells nobody twice: the outbox knows the notice by its mark.
    """
    await drop_loose(uow)
    rules, day = await provision_rules(uow, today()), today()
    period = PayPeriod.of(day, rules.period_from_day).before
    deadline = period.deadline(rules.hand_in_day)
    before, after = deadline - DAYS_BEFORE <= day <= deadline, deadline < day <= deadline + DAYS_AFTER
    if not before and not after:
        return
    code = "hours_due" if before else "hours_late"
    for one in await missing_in_municipality(uow, period):
        # After the deadline only those who have something lying: others may simply not have met.
        if before or one.unsent:
            await notify_person(uow, one.contact_person_id, code, once=f"{code}:{one.contact_id}:{period}")


@visitor("timesheets.municipalities", "10 6 * * *")
async def visit_municipalities(connection: asyncpg.Connection[asyncpg.Record], keys: Keys) -> None:
    """Every morning, when a phone may make a sound: one job for each municipality."""
    for row in await connection.fetch(_MUNICIPALITIES):
        order = Order("timesheets.new_day", {}, PlaceKind.MUNICIPALITY, row["id"])
        await put(connection, keys, order, once=f"timesheets.new_day:{row['id']}")
