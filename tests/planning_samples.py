"""What the tests of plans begin with: a group with participants, the first of them with a login."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sammen.clock import today
from sammen.policy.roles import Role
from tenants.groups.api import give_place
from tests.group_samples import in_group, planned
from tests.worlds import World

NAMES = ("Jonas Bergli", "Ida Moe", "Tor Lie", "Anna Ruud")
COORDINATOR = Role.PROVIDER_COORDINATOR


@dataclass
class Group:
    """A group in Horten. `places` and `persons` in the order of NAMES; the first leader is the contact persona."""

    world: World
    id: UUID
    leaders: list[UUID]
    places: list[UUID]
    persons: list[UUID]


async def with_participants(world: World, many: int = 3) -> Group:
    """The walking group with so many participants; Jonas has the service user's login, Marte the contact's."""
    group, leaders = await planned(world, "horten")
    places, persons = [], []
    for name in NAMES[:many]:
        assignment = await in_group(world, "horten", name, leaders[0], born=date(today().year - 30, 1, 14))
        async with world.at("horten", COORDINATOR) as uow:
            places.append(await give_place(uow, group, assignment))
        rows = await world.sql("SELECT person_id FROM assignment WHERE id = $1", assignment)
        persons.append(rows[0]["person_id"])
    await world.sql(
        "UPDATE person SET user_id = $1 WHERE id = $2", world.user("horten", Role.SERVICE_USER), persons[0]
    )
    await world.sql(
        "UPDATE person SET user_id = $1 WHERE id = (SELECT person_id FROM support_contact WHERE id = $2)",
        world.user("horten", Role.CONTACT),
        leaders[0],
    )
    return Group(world, group, leaders, places, persons)
