"""The light over municipalities (C6): the contact's own choice, seen by them first; or hours stated instead."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from sammen.clock import today
from sammen.db.unit_of_work import UnitOfWork
from sammen.errors import Conflict, Invalid, NotFound
from sammen.policy.roles import Role
from shared_pool.load.service import (
    agreed_hours,
    count_all,
    own_light,
    show_light,
    shown_light,
    switch_light,
)
from tenants.contacts.api import state_hours, stated_hours
from tests.load_samples import agreed, let_see, numbered_contact, switched_on
from tests.message_samples import give_address
from tests.provider_samples import assigned, contact
from tests.worlds import World

COORDINATOR, CONTACT = Role.PROVIDER_COORDINATOR, Role.CONTACT


@pytest.mark.parametrize(
    ("here", "there", "light"),
    [("4", "6", "green"), ("4", "6.01", "yellow"), ("10", "10", "yellow"), ("10", "10.01", "red")],
)
async def test_the_light_is_of_the_hours_in_both_municipalities(
    world: World, here: str, there: str, light: str
) -> None:
    contact_id = await switched_on(world, "horten", here)
    await switched_on(world, "re", there)
    async with world.at("horten", CONTACT) as uow:
        found = await own_light(uow, contact_id)
    assert found is not None
    assert (found.light, found.shown, found.news) == (light, None, True)


async def test_somebody_else_with_another_number_is_not_counted(world: World) -> None:
    contact_id = await switched_on(world, "horten", "4")
    await switched_on(world, "re", "30", serial=1)
    async with world.at("horten", CONTACT) as uow:
        found = await own_light(uow, contact_id)
    assert found is not None
    assert found.light == "green"


async def test_the_coordinator_sees_nothing_before_the_contact_has_seen_it_and_said_yes(world: World) -> None:
    contact_id = await switched_on(world, "horten", "12")
    async with world.at("horten", COORDINATOR) as uow:
        assert await shown_light(uow, contact_id) is None
    await let_see(world, "horten", contact_id)
    async with world.at("horten", COORDINATOR) as uow:
        seen = await shown_light(uow, contact_id)
    assert seen is not None
    assert (seen.light, seen.on) == ("yellow", today())


async def test_a_new_colour_is_the_contacts_alone_until_they_have_seen_it(world: World) -> None:
    contact_id = await switched_on(world, "horten", "4")
    await let_see(world, "horten", contact_id)
    await switched_on(world, "re", "30")
    async with world.at("horten", COORDINATOR) as uow:
        seen = await shown_light(uow, contact_id)
        assert seen is not None
        assert seen.light == "green"
    async with world.at("horten", CONTACT) as uow:
        with pytest.raises(Conflict):
            await show_light(uow, "green")
    await let_see(world, "horten", contact_id)
    async with world.at("horten", COORDINATOR) as uow:
        seen = await shown_light(uow, contact_id)
        assert seen is not None
        assert seen.light == "red"


async def test_switched_off_everything_is_forgotten_at_once(world: World) -> None:
    contact_id = await switched_on(world, "horten", "4")
    await let_see(world, "horten", contact_id)
    async with world.at("horten", CONTACT) as uow:
        await switch_light(uow, on=False)
        assert await own_light(uow, contact_id) is None
    async with world.at("horten", COORDINATOR) as uow:
        assert await shown_light(uow, contact_id) is None
    assert await world.sql("SELECT 1 FROM load_entry") == []


async def test_a_contact_who_has_stopped_counts_no_more_anywhere(world: World) -> None:
    contact_id = await switched_on(world, "horten", "4")
    elsewhere = await switched_on(world, "re", "30")
    await world.sql("UPDATE support_contact SET state = 'ended' WHERE id = $1", elsewhere)
    async with world.at("horten", CONTACT) as uow:
        found = await own_light(uow, contact_id)
    assert found is not None
    assert found.light == "green"


async def test_a_municipality_that_has_left_the_region_counts_no_more(world: World) -> None:
    contact_id = await switched_on(world, "horten", "4")
    await switched_on(world, "re", "30")
    await world.sql(
        "UPDATE region_membership SET valid_to = $2 WHERE municipality_id = $1",
        world.re,
        today() - timedelta(days=1),
    )
    async with world.at("horten", CONTACT) as uow:
        found = await own_light(uow, contact_id)
    assert found is not None
    assert found.light == "green"


async def test_a_regions_own_limits_are_data_and_dated(world: World) -> None:
    contact_id = await switched_on(world, "horten", "7")
    insert = "INSERT INTO load_limit (id, region_id, valid_from, green_to, yellow_to) VALUES (gen_random_uuid(), $1, $2, 5, 6)"
    await world.sql(insert, world.region, today() + timedelta(days=1))
    async with world.at("horten", CONTACT) as uow:
        found = await own_light(uow, contact_id)
        assert found is not None
        assert found.light == "green"
    await world.sql(insert, world.region, today())
    async with world.at("horten", CONTACT) as uow:
        found = await own_light(uow, contact_id)
        assert found is not None
        assert found.light == "red"


async def test_the_hours_are_those_of_running_assignments_with_a_months_spread_over_its_weeks(
    world: World,
) -> None:
    _, contact_id, assignment_id = await assigned(world, "horten", hours="6")
    async with world.job(world.horten) as uow:
        assert await agreed_hours(uow, contact_id) == Decimal("6.00")
    await world.sql("UPDATE assignment SET unit = 'month', amount = 26 WHERE id = $1", assignment_id)
    async with world.job(world.horten) as uow:
        assert await agreed_hours(uow, contact_id) == Decimal("6.00")
    await world.sql("UPDATE assignment SET state = 'paused' WHERE id = $1", assignment_id)
    async with world.job(world.horten) as uow:
        assert await agreed_hours(uow, contact_id) == 0


async def test_the_night_counts_once_a_day_and_tells_the_contact_of_a_new_colour_once(world: World) -> None:
    contact_id = await switched_on(world, "horten", "30")
    [row] = await world.sql("SELECT person_id FROM support_contact WHERE id = $1", contact_id)
    await give_address(world, row["person_id"], email="amund@example.no")
    # What came when it was switched on: the first count is a colour to be told of, too.
    assert len(await world.sql("DELETE FROM outgoing RETURNING code")) == 1
    for _ in range(3):
        async with world.job(world.horten) as uow:
            assert await count_all(uow) == 1
    [entry] = await world.sql("SELECT hours, counted_on FROM load_entry")
    assert (entry["hours"], entry["counted_on"]) == (0, today())
    # Counted anew it is green, as when it was switched on.
    assert await world.sql("SELECT 1 FROM outgoing") == []
    await agreed(world, contact_id, "0")
    await switched_on(world, "re", "30")

    async def told() -> list[Any]:
        return await world.sql("SELECT code FROM outgoing WHERE tenant_id = $1", world.horten)

    for _ in range(2):
        async with world.job(world.horten) as uow:
            await count_all(uow)
    assert [r["code"] for r in await told()] == ["load"]


async def refused(uow: UnitOfWork, word: str) -> None:
    with pytest.raises(Invalid) as bad:
        await switch_light(uow, on=True)
    assert word in bad.value.errors[""].message


async def test_the_light_needs_a_number_a_region_and_an_agreement_here(world: World) -> None:
    await contact(world, "horten", user=world.user("horten", CONTACT))
    async with world.at("horten", CONTACT) as uow:
        await refused(uow, "fødselsnummeret")
    unvetted = await numbered_contact(world, "re")
    await world.sql("UPDATE support_contact SET state = 'vetting' WHERE id = $1", unvetted)
    async with world.at("re", CONTACT) as uow:
        await refused(uow, "godkjent")
    await world.sql("UPDATE support_contact SET state = 'engaged' WHERE id = $1", unvetted)
    await world.sql("DELETE FROM region_membership")
    async with world.at("re", CONTACT) as uow:
        await refused(uow, "samarbeid")


async def test_who_is_no_contact_has_no_light(world: World) -> None:
    async with world.at("horten", Role.SERVICE_USER) as uow:
        with pytest.raises(NotFound):
            await switch_light(uow, on=True)
        with pytest.raises(NotFound):
            await show_light(uow, "green")


async def test_hours_may_be_stated_instead_and_taken_back(world: World) -> None:
    contact_id = await contact(world, "horten", user=world.user("horten", CONTACT))
    async with world.at("horten", CONTACT) as uow:
        await state_hours(uow, contact_id, Decimal("7.5"))
    async with world.at("horten", COORDINATOR) as uow:
        said = await stated_hours(uow, contact_id)
        assert said is not None
        assert (said.hours, said.on) == (Decimal("7.5"), today())
    async with world.at("horten", CONTACT) as uow:
        await state_hours(uow, contact_id, None)
        assert await stated_hours(uow, contact_id) is None
        for wrong in (Decimal(-1), Decimal(81)):
            with pytest.raises(Invalid):
                await state_hours(uow, contact_id, wrong)
