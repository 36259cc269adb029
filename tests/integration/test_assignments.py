"""Orders and assignments: from an issued decision to a contact, and the rules on the way."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from decimal import Decimal
from uuid import UUID, uuid4

import pytest

from sammen.clock import today
from sammen.db.unit_of_work import UnitOfWork
from sammen.errors import Conflict, Forbidden, Invalid, NotFound
from sammen.policy.roles import Role
from tenants.assignments.api import (
    OrderFilter,
    accept_order,
    assignment_card,
    end_assignment,
    fill_order,
    link_need,
    open_orders,
    order_card,
    order_of_need,
    record_match_consent,
    record_pool_consent,
    resend_order,
    return_order,
)
from tenants.assignments.service import order_granted
from tenants.cases.api import case_card
from tenants.contacts.api import pause_contact
from tenants.decisions.api import GrantFacts, IssuedGrant
from tests.provider_samples import assigned, case_of, contact, granted_order, granted_orders, individual
from tests.worlds import World

COORDINATOR = Role.PROVIDER_COORDINATOR
IN_THE_GROUP = "Spille brettspill og spise sammen med de andre."


async def test_a_decision_with_two_services_gives_the_provider_one_order_for_each(world: World) -> None:
    group = GrantFacts(
        "group", None, "week", "Annenhver onsdag", today(), today() + timedelta(days=300), IN_THE_GROUP
    )
    orders = await granted_orders(world, "horten", [individual("3"), group])
    async with world.at("horten", COORDINATOR) as uow:
        cards = [await order_card(uow, order) for order in orders]
        assert (await open_orders(uow)).total == 2
    assert [(card.form, card.amount, card.state) for card in cards] == [
        ("individual", Decimal(3), "sent"), ("group", None, "sent"),
    ]  # fmt: skip
    assert cards[0].interests == ["climbing", "building"]


async def test_the_same_grant_told_again_gives_no_second_order(world: World) -> None:
    order = await granted_order(world, "horten")
    async with world.at("horten", COORDINATOR) as uow:
        card = await order_card(uow, order)
        told = IssuedGrant(card.case_id, card.person_id, uuid4(), card.grant_id, card.form, today())
        await order_granted(uow, told)
        assert (await open_orders(uow)).total == 1


async def test_the_provider_accepts_once_and_a_returned_order_comes_again_from_its_purchaser(
    world: World,
) -> None:
    order = await granted_order(world, "horten")
    async with world.at("horten", COORDINATOR) as uow:
        await accept_order(uow, order)
    with pytest.raises(Conflict):
        async with world.at("horten", COORDINATOR) as uow:
            await accept_order(uow, order)
    with pytest.raises(Invalid):
        async with world.at("horten", COORDINATOR) as uow:
            await return_order(uow, order, "  ")
    async with world.at("horten", COORDINATOR) as uow:
        await return_order(uow, order, "Vedtaket sier ikke når.")
    with pytest.raises(Forbidden):
        async with world.at("horten", COORDINATOR) as uow:
            await resend_order(uow, order)
    with pytest.raises(NotFound):
        async with world.at("horten", Role.PURCHASER_ADULT) as uow:
            await resend_order(uow, order)
    async with world.at("horten", Role.PURCHASER_CHILD) as uow:
        await resend_order(uow, order)
        card = await order_card(uow, order)
        assert (card.state, card.return_reason) == ("sent", "Vedtaket sier ikke når.")


async def test_a_filled_order_makes_an_assignment_and_the_case_runs(world: World) -> None:
    order, amund, assignment = await assigned(world, "horten")
    async with world.at("horten", COORDINATOR) as uow:
        card = await assignment_card(uow, assignment)
        assert (card.contact_id, card.amount, card.state, card.source) == (
            amund,
            Decimal(4),
            "running",
            "home",
        )
        assert card.revealed
        assert (await order_card(uow, order)).state == "filled"
        assert (await case_card(uow, card.case_id)).state == "running"


async def test_no_first_meeting_before_politiattest_and_confidentiality_are_in_place_here(
    world: World,
) -> None:
    order = await granted_order(world, "horten")
    unvetted = await contact(world, "horten", vetted=False)
    with pytest.raises(Invalid, match="merket") as refused:
        async with world.at("horten", COORDINATOR) as uow:
            await fill_order(uow, order, unvetted, starts_on=today())
    assert "Politiattest" in refused.value.errors["kontakt"].text()
    assert await world.sql("SELECT 1 FROM assignment") == []


async def test_a_contact_on_pause_or_of_another_municipality_cannot_be_given_an_order(world: World) -> None:
    order = await granted_order(world, "horten")
    amund, stranger = await contact(world, "horten"), await contact(world, "re", "Berit Li")
    async with world.at("horten", COORDINATOR) as uow:
        await pause_contact(uow, amund, paused=True)
    for chosen, refusal in ((amund, Conflict), (stranger, NotFound)):
        with pytest.raises(refusal):
            async with world.at("horten", COORDINATOR) as uow:
                await fill_order(uow, order, chosen, starts_on=today())


@pytest.mark.parametrize("days", [-91, 201])
async def test_an_assignment_starts_within_the_granted_period(world: World, days: int) -> None:
    order, amund = await granted_order(world, "horten"), await contact(world, "horten")
    with pytest.raises(Invalid):
        async with world.at("horten", COORDINATOR) as uow:
            await fill_order(uow, order, amund, starts_on=today() + timedelta(days=days))


async def test_two_who_fill_the_same_order_at_once_make_one_assignment(world: World) -> None:
    order = await granted_order(world, "horten")
    contacts = [await contact(world, "horten", name) for name in ("Amund Vik", "Sara Dahl")]

    async def fill(chosen: UUID) -> str:
        try:
            async with world.at("horten", COORDINATOR) as uow:
                await fill_order(uow, order, chosen, starts_on=today())
        except Conflict:
            return "conflict"
        return "filled"

    assert sorted(await asyncio.gather(*map(fill, contacts))) == ["conflict", "filled"]
    assert len(await world.sql("SELECT 1 FROM assignment")) == 1


async def test_a_match_carried_out_twice_by_its_job_gives_one_assignment(world: World) -> None:
    order, amund, proposal = await granted_order(world, "horten"), await contact(world, "horten"), uuid4()
    made = []
    for _ in range(2):
        async with world.job(world.horten) as uow:
            start = today() - timedelta(days=300)
            made.append(
                await fill_order(uow, order, amund, starts_on=start, source="pool", proposal_id=proposal)
            )
    assert made[0] == made[1]
    row = (await world.sql("SELECT starts_on, source, revealed_at FROM assignment"))[0]
    assert row["starts_on"] == today() - timedelta(days=90)
    assert (row["source"], row["revealed_at"] is not None) == ("pool", True)


async def test_the_order_points_to_its_need_and_keeps_who_said_yes(world: World) -> None:
    order, need = await granted_order(world, "horten"), uuid4()
    with pytest.raises(Invalid):
        async with world.at("horten", COORDINATOR) as uow:
            await record_pool_consent(uow, order, "Mor", today() + timedelta(days=1))
    async with world.at("horten", COORDINATOR) as uow:
        await record_pool_consent(uow, order, "Mor", today())
        await link_need(uow, order, need)
        await record_match_consent(uow, order, today())
    async with world.job(world.horten) as uow:
        assert await order_of_need(uow, need) == order
        card = await order_card(uow, order)
    assert (card.state, card.need_id, card.pool_consent_by, card.match_consent_on) == (
        "accepted",
        need,
        "Mor",
        today(),
    )
    async with world.job(world.re) as uow:
        assert await order_of_need(uow, need) is None
    async with world.at("horten", COORDINATOR) as uow:
        await link_need(uow, order, None)
        assert (await order_card(uow, order)).match_consent_on is None


@pytest.mark.parametrize(("reason", "state"), [("contact_left", "accepted"), ("moved", "ended")])
async def test_an_ended_assignment_leaves_the_order_waiting_only_while_it_is_granted(
    world: World, reason: str, state: str
) -> None:
    order, _, assignment = await assigned(world, "horten")
    ended = today() - timedelta(days=2)
    async with world.at("horten", COORDINATOR) as uow:
        await end_assignment(uow, assignment, ended_on=ended, reason=reason)
        card = await order_card(uow, order)
        case = await case_card(uow, card.case_id)
    assert card.state == state
    assert (card.waits_from == ended) is (state == "accepted")
    assert (case.state, case.deadline_kind) == (
        ("waiting", "start") if state == "accepted" else ("running", "evaluate")
    )
    with pytest.raises(Conflict):
        async with world.at("horten", COORDINATOR) as uow:
            await end_assignment(uow, assignment, ended_on=ended, reason=reason)


@pytest.mark.parametrize(("days", "reason"), [(1, "moved"), (-61, "moved"), (0, "because")])
async def test_an_assignment_cannot_end_ahead_before_it_began_or_without_a_known_reason(
    world: World, days: int, reason: str
) -> None:
    _, _, assignment = await assigned(world, "horten")
    with pytest.raises(Invalid):
        async with world.at("horten", COORDINATOR) as uow:
            await end_assignment(uow, assignment, ended_on=today() + timedelta(days=days), reason=reason)


async def test_the_other_municipality_reaches_neither_order_nor_assignment(world: World) -> None:
    order, amund, assignment = await assigned(world, "horten")
    attempts: list[Callable[[UnitOfWork], Awaitable[object]]] = [
        lambda uow: order_card(uow, order),
        lambda uow: assignment_card(uow, assignment),
        lambda uow: accept_order(uow, order),
        lambda uow: return_order(uow, order, "x"),
        lambda uow: fill_order(uow, order, amund, starts_on=today()),
        lambda uow: end_assignment(uow, assignment, ended_on=today(), reason="moved"),
        lambda uow: link_need(uow, order, uuid4()),
        lambda uow: record_pool_consent(uow, order, "Mor", today()),
        lambda uow: record_match_consent(uow, order, today()),
    ]
    for attempt in attempts:
        with pytest.raises(NotFound):
            async with world.at("re", COORDINATOR) as uow:
                await attempt(uow)
    async with world.at("re", COORDINATOR) as uow:
        assert (await open_orders(uow, OrderFilter(state="all"))).total == 0


async def test_orders_follow_the_wall_between_purchasers_and_child_welfare_is_not_the_coordinators(
    world: World,
) -> None:
    order = (await granted_orders(world, "horten", [individual()], child_welfare=True))[0]
    for role in (COORDINATOR, Role.PURCHASER_CHILD, Role.MANAGER):
        async with world.at("horten", role) as uow:
            assert (await open_orders(uow)).total == 0
            with pytest.raises(NotFound):
                await order_card(uow, order)
    async with world.at("horten", Role.PURCHASER_CHILD_WELFARE) as uow:
        assert (await order_card(uow, order)).name == "Jonas Bergli"


async def test_every_list_and_change_stands_in_the_trail(world: World) -> None:
    order, _, _ = await assigned(world, "horten")
    await case_of(world, "horten", order)
    async with world.at("horten", COORDINATOR) as uow:
        await open_orders(uow, OrderFilter(state="all"))
    actions = {row["action"] for row in await world.sql("SELECT action FROM audit_entry")}
    assert {
        "order.sent",
        "order.list",
        "assignment.made",
        "contact.registered",
        "vetting.recorded",
    } <= actions


async def test_a_case_runs_on_while_another_of_its_services_has_a_contact(world: World) -> None:
    group = GrantFacts(
        "group",
        None,
        "week",
        "Onsdager",
        today() - timedelta(days=30),
        today() + timedelta(days=300),
        IN_THE_GROUP,
    )
    orders = await granted_orders(world, "horten", [individual("3"), group])
    contacts = [await contact(world, "horten", name) for name in ("Amund Vik", "Sara Dahl")]
    made = []
    async with world.at("horten", COORDINATOR) as uow:
        for order, chosen in zip(orders, contacts, strict=True):
            made.append(await fill_order(uow, order, chosen, starts_on=today()))
    for assignment, state in zip(made, ("running", "waiting"), strict=True):
        async with world.at("horten", COORDINATOR) as uow:
            await end_assignment(uow, assignment, ended_on=today(), reason="contact_left")
            card = await order_card(uow, orders[0])
            assert (await case_card(uow, card.case_id)).state == state
