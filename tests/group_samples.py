"""What the tests of groups begin with: group assignments, on top of provider_samples.py."""

from __future__ import annotations

from datetime import date, time, timedelta
from typing import Any
from uuid import UUID

from sammen.clock import today
from sammen.policy.roles import Role
from tenants.assignments.api import fill_order
from tenants.decisions.api import GrantFacts
from tenants.groups.queries import GroupCard
from tenants.groups.service import GroupFacts, make_group
from tests.provider_samples import contact, granted_orders
from tests.worlds import World


async def in_group(world: World, slug: str, name: str, leader: UUID, **more: Any) -> UUID:
    """Somebody with a running group assignment; the assignment's id. `more` as granted_orders takes it."""
    begins = today() - timedelta(days=90)
    grant = GrantFacts(
        "group",
        None,
        "week",
        "Tirsdager",
        begins,
        today() + timedelta(days=200),
        "Gå turer sammen med andre.",
    )
    order = (await granted_orders(world, slug, [grant], name=name, **more))[0]
    role = Role.PURCHASER_CHILD_WELFARE if more.get("child_welfare") else Role.PROVIDER_COORDINATOR
    async with world.at(slug, role) as uow:
        return await fill_order(uow, order, leader, starts_on=today() - timedelta(days=30))


async def planned(world: World, slug: str, *, seats: int = 8, leaders: int = 2) -> tuple[UUID, list[UUID]]:
    """(group, leaders): the walking group on Tuesdays."""
    names = ("Marte Lie", "Amund Vik")[:leaders]
    ids = [await contact(world, slug, name) for name in names]
    facts = GroupFacts(
        "Turgruppa", "walking", "tue", time(17), time(19), "Frivilligsentralen", ids[0],
        ids[1] if leaders > 1 else None, seats, date(2026, 1, 6),
    )  # fmt: skip
    async with world.at(slug, Role.PROVIDER_COORDINATOR) as uow:
        return await make_group(uow, facts), ids


def facts_of(card: GroupCard, **changes: Any) -> GroupFacts:
    """A group's facts as they stand, with changes: what the form for editing sends."""
    leaders = [one.id for one in card.leaders]
    known = {name: getattr(card, name) for name in GroupFacts.__dataclass_fields__ if hasattr(card, name)}
    return GroupFacts(
        **{
            **known,
            "leader_id": leaders[0],
            "second_leader_id": leaders[1] if len(leaders) > 1 else None,
            **changes,
        }
    )
