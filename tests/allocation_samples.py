"""What the tests of evaluations and complaints begin with: a decision made some time ago, in force in a running case."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from uuid import UUID

from deploy.database import administrator
from sammen.clock import today
from sammen.policy.roles import Role
from tenants.assignments.api import fill_order
from tests.provider_samples import contact, granted_orders, individual
from tests.worlds import World


async def past_the_walls(world: World, *statements: tuple[str, tuple[Any, ...]]) -> None:
    """SQL as administrator with triggers off: moves in time what the application would never move."""
    async with administrator(world.database.admin_url) as admin:
        await admin.execute("SET search_path = sammen")
        await admin.execute("SET session_replication_role = replica")
        for statement, arguments in statements:
            await admin.execute(statement, *arguments)


async def decided(
    world: World, slug: str = "horten", *, days_ago: int = 100, evaluate_in: int | None = 30, name: str = "Jonas Bergli",
    born: date | None = None, ends_in: int | None = 200, running: bool = True, child_welfare: bool = False,
    protection: str = "none",
) -> tuple[UUID, UUID]:  # fmt: skip
    """(case, decision): made so long ago, to be evaluated and to end in so many days, with a contact when running.

    `ends_in` None has no end. Its letter was sent the day it was made.
    """
    order = (
        await granted_orders(world, slug, [individual()], name=name, born=born, child_welfare=child_welfare,
                             protection=protection)
    )[0]  # fmt: skip
    if running:
        contact_id = await contact(world, slug, f"Kontakt for {name.split(maxsplit=1)[0]}")
        async with world.at(slug, Role.PROVIDER_COORDINATOR) as uow:
            await fill_order(uow, order, contact_id, starts_on=today() - timedelta(days=60))
    case_id: UUID = (await world.sql("SELECT case_id FROM service_order WHERE id = $1", order))[0]["case_id"]
    decision_id: UUID = (await world.sql("SELECT id FROM decision WHERE case_id = $1", case_id))[0]["id"]
    made = today() - timedelta(days=days_ago)
    due = today() + timedelta(days=evaluate_in) if evaluate_in is not None else None
    end = today() + timedelta(days=ends_in) if ends_in is not None else None
    await past_the_walls(
        world,
        ("UPDATE decision SET decided_on = $2, evaluate_on = $3 WHERE id = $1", (decision_id, made, due)),
        (
            "UPDATE service_grant SET valid_from = $2, valid_to = $3 WHERE decision_id = $1",
            (decision_id, made, end),
        ),
        ("UPDATE case_file SET deadline = $2 WHERE id = $1 AND deadline_kind = 'evaluate'", (case_id, due)),
        ("UPDATE letter SET state = 'sent', dated = $2, sent_on = $2 WHERE about = $1", (decision_id, made)),
    )
    return case_id, decision_id
