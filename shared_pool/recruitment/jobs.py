"""What the night does: consents are warned of and lapse, and every candidate's row is derived anew from home."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import asyncpg
from sqlalchemy import bindparam, func, select, update

from sammen.audit.trail import record_change
from sammen.clock import now, today
from sammen.db.raw import compile_query
from sammen.db.unit_of_work import UnitOfWork
from sammen.jobs.order import Order
from sammen.jobs.queue import put
from sammen.jobs.registry import job, visitor
from sammen.keys import Keys
from sammen.tenancy.context import PlaceKind
from shared_pool.recruitment.consents import WARN_DAYS
from shared_pool.recruitment.keeping import refresh_candidate
from shared_pool.recruitment.models import Candidate, PoolConsent
from tenants.api import contact_card, notify_person, support_contact

NIGHT = "recruitment.night"
consent, candidate = PoolConsent.__table__, Candidate.__table__
_ENDING = compile_query(
    select(consent.c.contact_id, func.min(consent.c.until).label("until"))
    .where(
        consent.c.tenant_id == bindparam("tenant"),
        consent.c.ended_at.is_(None),
        consent.c.warned_on.is_(None),
        consent.c.until >= bindparam("day"),
        consent.c.until <= bindparam("last"),
    )
    .group_by(consent.c.contact_id)
    .order_by(consent.c.contact_id)
)
_SHARED = compile_query(
    select(support_contact.c.id)
    .join(candidate, candidate.c.id == support_contact.c.candidate_id)
    .where(
        support_contact.c.tenant_id == bindparam("tenant"),
        candidate.c.home_id == bindparam("tenant"),
        candidate.c.withdrawn_at.is_(None),
    )
    .order_by(support_contact.c.id)
)
_MUNICIPALITIES = """
SELECT DISTINCT municipality_id AS id FROM sammen.region_membership
 WHERE valid_from <= sammen.norwegian_day() AND (valid_to IS NULL OR valid_to >= sammen.norwegian_day() - 1)
"""


async def warn(uow: UnitOfWork) -> int:
    """Tell those whose yes ends within a fortnight, once; how many. What it is about stands on their own page."""
    rows = await uow.rows(
        _ENDING, tenant=uow.context.tenant, day=today(), last=today() + timedelta(days=WARN_DAYS)
    )
    for row in rows:
        card = await contact_card(uow, row["contact_id"])
        if card.state != "ended":
            await notify_person(uow, card.person_id, "pool", once=f"pool_until:{card.id}:{row['until']}")
        await uow.session.execute(
            update(PoolConsent)
            .where(
                PoolConsent.tenant_id == uow.context.tenant,
                PoolConsent.contact_id == card.id,
                PoolConsent.ended_at.is_(None),
                PoolConsent.until <= today() + timedelta(days=WARN_DAYS),
            )
            .values(warned_on=today())
        )
    return len(rows)


async def lapse(uow: UnitOfWork) -> int:
    """Consents whose last day has been are over; how many. The policy has hidden whoever they were for since midnight."""
    ended = await uow.session.execute(
        update(PoolConsent)
        .where(
            PoolConsent.tenant_id == uow.context.tenant,
            PoolConsent.ended_at.is_(None),
            PoolConsent.until < today(),
        )
        .values(ended_at=now(), ended_how="lapsed")
        .returning(PoolConsent.contact_id)
    )
    lapsed = list(ended.scalars())
    for contact_id in sorted(set(lapsed), key=str):
        card = await contact_card(uow, contact_id)
        await record_change(uow, "candidate.consent_lapsed", "contact", contact_id, persons=[card.person_id])
    return len(lapsed)


@job(NIGHT)
async def keep_current(uow: UnitOfWork, _args: dict[str, Any]) -> None:
    """In a municipality: warn, lapse, and derive each candidate anew. Again the same night: nothing more happens."""
    await lapse(uow)
    await warn(uow)
    for row in await uow.rows(_SHARED, tenant=uow.context.tenant):
        await refresh_candidate(uow, row["id"])


@visitor("recruitment.municipalities", "35 0 * * *")
async def visit_municipalities(connection: asyncpg.Connection[asyncpg.Record], keys: Keys) -> None:
    """Soon after midnight, when consents have run out: one job for each municipality of a region."""
    for row in await connection.fetch(_MUNICIPALITIES):
        order = Order(NIGHT, {}, PlaceKind.MUNICIPALITY, row["id"])
        await put(connection, keys, order, once=f"{NIGHT}:{row['id']}")
