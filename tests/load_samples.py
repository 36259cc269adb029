"""What the tests of the load over municipalities begin with: one person who is a contact in Horten and in Re."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from uuid import UUID

from sammen.policy.roles import Role
from shared_pool.load.service import count_contact, own_light, show_light, switch_light
from tenants.people.api import NationalNumber, keep_number, make_synthetic
from tests.provider_samples import contact
from tests.worlds import World

CONTACT = Role.CONTACT


def number_of(serial: int = 0) -> NationalNumber:
    """A synthetic number for the birth date the sample contacts have."""
    return NationalNumber.parse(make_synthetic(date(2001, 5, 2), "M", serial), accept_synthetic=True)


async def numbered_contact(world: World, slug: str, *, serial: int = 0, name: str = "Amund Vik") -> UUID:
    """An engaged contact with a login and a national number; the same `serial` is the same person everywhere."""
    contact_id = await contact(world, slug, name, user=world.user(slug, CONTACT))
    [row] = await world.sql("SELECT person_id FROM support_contact WHERE id = $1", contact_id)
    async with world.at(slug, Role.PROVIDER_COORDINATOR) as uow:
        await keep_number(uow, row["person_id"], number_of(serial))
    return contact_id


async def agreed(world: World, contact_id: UUID, hours: str) -> None:
    """So many hours a week in the contact's municipality, counted as the night's job would on a new day."""
    await world.sql(
        "UPDATE load_entry SET hours = $2, counted_on = current_date - 1 WHERE contact_id = $1",
        contact_id,
        Decimal(hours),
    )


async def switched_on(world: World, slug: str, hours: str, *, serial: int = 0) -> UUID:
    """A contact who has switched the light on here, with so many hours a week counted."""
    contact_id = await numbered_contact(world, slug, serial=serial)
    async with world.at(slug, CONTACT) as uow:
        await switch_light(uow, on=True)
    async with world.job(world.horten if slug == "horten" else world.re) as uow:
        await count_contact(uow, contact_id)
    await agreed(world, contact_id, hours)
    return contact_id


async def let_see(world: World, slug: str, contact_id: UUID) -> None:
    """The contact looks at their light and lets the coordinator see it."""
    async with world.at(slug, CONTACT) as uow:
        light = await own_light(uow, contact_id)
        assert light is not None
        assert light.light is not None
        await show_light(uow, light.light)
