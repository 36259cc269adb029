"""What the tests of people begin with: somebody with a case, and those who act for them, on top of worlds.py."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from sammen.clock import today
from sammen.policy.roles import Role
from tenants.cases.api import ApplicationFacts, register_application
from tenants.people.api import (
    PersonFacts,
    RepresentativeFacts,
    add_representative,
    register_person,
)
from tests.worlds import World

CARE, WELFARE = "hol-3-2-6b", "bvl-3-1"
STREET = "Hemmeligveien 77"


def born(age: int) -> date:
    """The birth date of somebody who has been that old for some weeks."""
    now = today()
    return date(now.year - age, now.month, 1)


async def applied(
    world: World, name: str = "Jonas Bergli", *, age: int = 12, protection: str = "none", ground: str = CARE,
    street: str = STREET, role: Role | None = None,
) -> tuple[UUID, UUID]:  # fmt: skip
    """(case, person) of an application registered in Horten by whose purchaser it is."""
    given, family = name.split(" ", 1)
    role = role or (
        Role.PURCHASER_CHILD_WELFARE
        if ground == WELFARE
        else Role.PURCHASER_ADULT
        if age >= 18
        else Role.PURCHASER_CHILD
    )
    facts = PersonFacts(
        given, family, birth_date=born(age), street=street, postcode="3181", place="Horten", phone="900 00 777",
        protection=protection,
    )  # fmt: skip
    async with world.at("horten", role) as uow:
        case_id = await register_application(
            uow, ApplicationFacts(facts, today(), "letter", "self", "", "Vil klatre.", ground)
        )
    (row,) = await world.sql("SELECT person_id FROM case_file WHERE id = $1", case_id)
    return case_id, row["person_id"]


async def acting_for(
    world: World, person_id: UUID, name: str, role: str = "parent", *, by: Role = Role.PURCHASER_CHILD, **facts: object
) -> UUID:  # fmt: skip
    """Register somebody who acts for the person; the representative's own person id."""
    given, family = name.split(" ", 1)
    async with world.at("horten", by) as uow:
        other = await register_person(uow, PersonFacts(given, family, birth_date=date(1980, 6, 5)))
        values = {"valid_from": date(2020, 1, 1)} | facts
        await add_representative(uow, person_id, other, RepresentativeFacts(role, **values))  # type: ignore[arg-type]  # by name
    return other
