"""What a municipality does by itself: cards for the day, certificates that are earned, and what soon counts no more."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import asyncpg
from sqlalchemy import bindparam, update

from sammen.audit.trail import record_change
from sammen.db.unit_of_work import UnitOfWork
from sammen.jobs.order import Order
from sammen.jobs.queue import put
from sammen.jobs.registry import job, visitor
from sammen.keys import Keys
from sammen.tenancy.context import PlaceKind
from shared_pool.coursework.cards import CARDS, DAY, put_course_cards
from shared_pool.coursework.completing import complete_ready
from shared_pool.coursework.models import RecognisedCertificate
from shared_pool.coursework.queries import expiring
from tenants.api import notify_person

_MUNICIPALITIES = """
SELECT DISTINCT municipality_id AS id FROM sammen.region_membership
 WHERE valid_from <= sammen.norwegian_day() AND (valid_to IS NULL OR valid_to >= sammen.norwegian_day())
"""
_NOW = "SELECT code, state FROM sammen.certificates_now()"
_SET = (
    update(RecognisedCertificate)
    .where(
        RecognisedCertificate.tenant_id == bindparam("tenant"), RecognisedCertificate.code == bindparam("which")
    )
    .values(state=bindparam("now"), seen_on=None)
)  # fmt: skip


@job(CARDS)
async def cards_of_course(uow: UnitOfWork, args: dict[str, Any]) -> None:
    """In a municipality: its cards for a course's sessions today and tomorrow. Again: nothing changes."""
    await put_course_cards(uow, UUID(args["course"]))


@job(DAY)
async def day(uow: UnitOfWork, _args: dict[str, Any]) -> None:
    """In a municipality: cards for the day and the next, certificates that are earned, what soon counts no more told to
    whose it is, and certificates from elsewhere that no longer stand. Again: nothing changes.
    """
    await put_course_cards(uow)
    await complete_ready(uow)
    for one in await expiring(uow):
        await notify_person(uow, one.person_id, "renew", once=f"renew:{one.id}")
    for row in await uow.call(_NOW):
        await uow.session.execute(
            _SET, {"tenant": uow.context.tenant, "which": row["code"], "now": row["state"]}
        )
        await record_change(
            uow, "certificate.no_longer", "municipality", uow.context.tenant, state=row["state"]
        )


@visitor("coursework.municipalities", "20 4,17,21 * * *")
async def visit_municipalities(connection: asyncpg.Connection[asyncpg.Record], keys: Keys) -> None:
    """Before the day, before the evening and at night: one job for each municipality of a region."""
    for row in await connection.fetch(_MUNICIPALITIES):
        order = Order(DAY, {}, PlaceKind.MUNICIPALITY, row["id"])
        await put(connection, keys, order, once=f"{DAY}:{row['id']}")
