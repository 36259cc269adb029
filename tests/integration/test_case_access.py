"""Within one municipality: who sees which cases, and a shielded case that opens only for those named on it (A1, A16, E5)."""

from __future__ import annotations

from uuid import UUID

import pytest

from sammen.errors import Forbidden, NotFound
from sammen.policy.roles import Role
from tenants.cases.access import SEES
from tenants.cases.circle import name_on_case
from tenants.cases.listing import CaseFilter, list_cases
from tenants.cases.queries import case_card
from tests.provider_samples import case_of, granted_order, granted_orders, individual
from tests.worlds import World


@pytest.fixture
async def case_id(world: World) -> UUID:
    """A child's running case in Horten."""
    return await case_of(world, "horten", await granted_order(world, "horten"))


async def listed(world: World, role: Role) -> set[UUID]:
    """The cases on the reader's list, closed ones too."""
    async with world.at("horten", role) as uow:
        return {row.id for row in (await list_cases(uow, CaseFilter(state="all"))).rows}


async def opens(world: World, role: Role, case: UUID) -> bool:
    async with world.at("horten", role) as uow:
        try:
            return (await case_card(uow, case)).id == case
        except NotFound:
            return False


@pytest.mark.parametrize("role", list(SEES), ids=str)
async def test_the_list_shows_exactly_the_cases_that_open(world: World, case_id: UUID, role: Role) -> None:
    seen = "child" in SEES[role]
    assert await opens(world, role, case_id) is seen
    assert await listed(world, role) == ({case_id} if seen else set())


async def test_the_provider_sees_no_child_welfare_case_unless_named_on_it(world: World) -> None:
    await granted_orders(world, "horten", [individual()], child_welfare=True)
    (row,) = await world.sql("SELECT id FROM case_file")
    assert await opens(world, Role.PURCHASER_CHILD_WELFARE, row["id"])
    assert not await opens(world, Role.PROVIDER_COORDINATOR, row["id"])
    async with world.at("horten", Role.PURCHASER_CHILD_WELFARE) as uow:
        await name_on_case(uow, row["id"], world.user("horten", Role.PROVIDER_COORDINATOR))
    assert await opens(world, Role.PROVIDER_COORDINATOR, row["id"])
    assert await listed(world, Role.PROVIDER_COORDINATOR) == {row["id"]}
    assert not await opens(world, Role.MANAGER, row["id"])


async def test_a_shielded_case_opens_for_those_named_on_it_and_for_nobody_else(
    world: World, case_id: UUID
) -> None:
    async with world.at("horten", Role.PURCHASER_CHILD) as uow:
        await name_on_case(uow, case_id, world.user("horten", Role.PURCHASER_CHILD))
    await world.sql("UPDATE case_file SET shielded = true WHERE id = $1", case_id)
    assert await opens(world, Role.PURCHASER_CHILD, case_id)
    for role in (Role.PROVIDER_COORDINATOR, Role.MANAGER, Role.PURCHASER_ADULT):
        assert not await opens(world, role, case_id)
        assert await listed(world, role) == set()
    browser = await world.browser("horten", Role.MANAGER)
    assert (await browser.get(f"/k/horten/saker/{case_id}")).content == (
        await browser.get("/finnes-ikke")
    ).content


async def test_only_the_purchaser_whose_case_it_is_names_others_on_it(world: World, case_id: UUID) -> None:
    with pytest.raises(Forbidden):
        async with world.at("horten", Role.PROVIDER_COORDINATOR) as uow:
            await name_on_case(uow, case_id, world.user("horten", Role.PAYROLL))
    assert await world.sql("SELECT 1 FROM case_member") == []
