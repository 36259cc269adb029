"""The monthly status review on a real database: its agenda, its minutes, and what nobody may change or see (A8)."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from uuid import UUID

import asyncpg
import pytest

from sammen.clock import today
from sammen.db.unit_of_work import UnitOfWork
from sammen.errors import Conflict, Forbidden, Invalid, NotFound
from sammen.policy.roles import Role
from tenants.cases.circle import shield_by_hand
from tenants.quality.api import DeviationFacts, open_deviation
from tenants.reviews.contributions import TODAY
from tenants.reviews.queries import (
    actions_of,
    items_of,
    my_actions,
    open_actions,
    review_card,
    reviews,
    said_of,
)
from tenants.reviews.service import (
    ActionFacts,
    MinutesFacts,
    add_action,
    call_off,
    finish_action,
    hold_review,
    plan_review,
    refresh_agenda,
    write_minutes,
)
from tenants.reviews.views import document
from tests.provider_samples import case_of, granted_order, granted_orders, individual
from tests.worlds import World

CHILD, MANAGER, COORDINATOR = Role.PURCHASER_CHILD, Role.MANAGER, Role.PROVIDER_COORDINATOR


async def planned(world: World, slug: str = "horten", role: Role = MANAGER) -> UUID:
    async with world.at(slug, role) as uow:
        return await plan_review(uow, today())


async def kinds(uow: UnitOfWork, review: UUID) -> list[str]:
    return [item.kind for item in await items_of(uow, review)]


async def item_of(uow: UnitOfWork, review: UUID, kind: str) -> UUID:
    return next(item.id for item in await items_of(uow, review) if item.kind == kind)


async def written(uow: UnitOfWork, review: UUID, **words: str) -> None:
    """Write that somebody was there, and `words` on the first item of each kind."""
    card = await review_card(uow, review)
    items = {await item_of(uow, review, kind): text for kind, text in words.items()}
    await write_minutes(uow, review, MinutesFacts(today(), "Kari og Ole", "", items), version=card.version)


async def test_the_agenda_makes_itself(world: World) -> None:
    """A8: all new applications, decisions without a contact, decisions that run out, deviations, what was not done."""
    await granted_orders(world, "horten", [individual(end=today() + timedelta(days=60))])
    await world.sql("UPDATE application SET received_on = $1", today() - timedelta(days=10))
    async with world.at("horten", COORDINATOR) as uow:
        await open_deviation(uow, DeviationFacts(kind="routine", title="Nøkkelskap"))
    review = await planned(world)
    async with world.at("horten", MANAGER) as uow:
        assert await kinds(uow, review) == ["application", "no_contact", "expiring", "deviation"]
        items = {item.kind: item for item in await items_of(uow, review)}
    assert items["no_contact"].form == "individual"
    assert items["application"].due_on is None, "decided, so that no day binds"
    assert items["expiring"].due_on == today() + timedelta(days=60)
    assert items["deviation"].title == "Nøkkelskap"
    async with world.at("re", MANAGER) as uow:
        assert await reviews(uow) == []
        with pytest.raises(NotFound):
            await review_card(uow, review)


async def test_each_sees_the_points_of_cases_they_see_and_no_count_of_the_others(world: World) -> None:
    """A1, A16, E5: one agenda; what each may not see is neither listed, counted nor in their copy."""
    order = await granted_order(world, "horten")
    await granted_orders(world, "horten", [individual()], name="Mia Lund", child_welfare=True)
    case = await case_of(world, "horten", order)
    async with world.at("horten", CHILD) as uow:
        await shield_by_hand(uow, case, reason="Kjent i bygda.")
    review = await planned(world)
    seen = {CHILD: 1, Role.PURCHASER_CHILD_WELFARE: 1, MANAGER: 0, COORDINATOR: 0, Role.PURCHASER_ADULT: 0}
    for role, count in seen.items():
        async with world.at("horten", role) as uow:
            items = await items_of(uow, review)
            assert len(items) == count, role
            assert [found for _, found in await reviews(uow)] == [count], role
            made = document(
                await review_card(uow, review),
                items,
                await actions_of(uow, review),
                municipality="Horten",
                language="nb",
            )
            assert ("Jonas" in str(made.as_json())) is (role is CHILD)
    async with world.at("horten", CHILD) as uow:
        item = await item_of(uow, review, "no_contact")
        await written(uow, review, no_contact="Prøver gruppe.")
        await add_action(uow, review, ActionFacts("Ring mor", world.user("horten", CHILD), today(), item))
    for role in (MANAGER, COORDINATOR):
        async with world.at("horten", role) as uow:
            assert list(await actions_of(uow, review)) == []
            assert list(await open_actions(uow)) == []
    async with world.at("horten", MANAGER) as uow:
        card = await review_card(uow, review)
        facts = MinutesFacts(today(), "Alle", "", {item: "Skrevet av en utenfor."})
        await write_minutes(uow, review, facts, version=card.version)
        await hold_review(uow, review, version=card.version + 1)
    async with world.at("horten", CHILD) as uow:
        assert [one.minutes for one in await items_of(uow, review)] == ["Prøver gruppe."]
        assert [words for _, _, words in await said_of(uow, case)] == ["Prøver gruppe."]


async def test_only_one_who_sees_the_case_can_be_given_its_action(world: World) -> None:
    order = await granted_order(world, "horten")
    review = await planned(world)
    case = await case_of(world, "horten", order)
    async with world.at("horten", CHILD) as uow:
        await shield_by_hand(uow, case, reason="Kjent i bygda.")
        item = await item_of(uow, review, "no_contact")
        facts = ActionFacts("Ring mor", world.user("horten", COORDINATOR), today(), item)
        with pytest.raises(Invalid) as refused:
            await add_action(uow, review, facts)
        assert list(refused.value.errors) == ["oppgave_eier"]
    with pytest.raises(Invalid) as refused:
        async with world.at("horten", MANAGER) as uow:
            await add_action(uow, review, facts)
    assert list(refused.value.errors) == ["oppgave_punkt"], "a point one cannot see is no point"


async def test_a_planned_review_looks_again_and_keeps_what_is_written(world: World) -> None:
    order = await granted_order(world, "horten")
    review = await planned(world)
    async with world.at("horten", CHILD) as uow:
        assert await kinds(uow, review) == ["no_contact"]
        await written(uow, review, no_contact="Prøver gruppe.")
        await open_deviation(uow, DeviationFacts(kind="routine", title="Nøkkelskap"))
        await refresh_agenda(uow, review)
        assert await kinds(uow, review) == ["no_contact", "deviation"]
    await world.sql("UPDATE service_order SET state = 'ended' WHERE id = $1", order)
    await world.sql("UPDATE deviation SET closed_on = found_on, closing_text = 'x', found_on = found_on - 90")
    async with world.at("horten", CHILD) as uow:
        await refresh_agenda(uow, review)
        assert await kinds(uow, review) == ["no_contact"], (
            "written about, so it stays; the other had no words"
        )


async def test_a_held_review_cannot_be_changed_by_anybody_not_even_past_the_service(world: World) -> None:
    await granted_order(world, "horten")
    review = await planned(world)
    async with world.at("horten", CHILD) as uow:
        with pytest.raises(Invalid):
            await hold_review(uow, review, version=1)
        await written(uow, review, no_contact="Prøver gruppe.")
        made = await add_action(uow, review, ActionFacts("Ring mor", world.user("horten", CHILD), today()))
        await hold_review(uow, review, version=2)
    facts = MinutesFacts(today(), "Andre", "", {})
    async with world.at("horten", CHILD) as uow:
        for attempt in (
            write_minutes(uow, review, facts, version=3),
            refresh_agenda(uow, review),
            add_action(uow, review, ActionFacts("Mer", world.user("horten", CHILD), today())),
            hold_review(uow, review, version=3),
            call_off(uow, review),
        ):
            with pytest.raises(Conflict):
                await attempt
    for statement in (
        "UPDATE sammen.status_review SET notes = 'annet'",
        "UPDATE sammen.review_item SET minutes = 'annet'",
        "UPDATE sammen.review_item SET closed = false",
        "DELETE FROM sammen.review_item",
        "UPDATE sammen.review_action SET what = 'annet'",
        "DELETE FROM sammen.review_action",
    ):
        with pytest.raises(asyncpg.CheckViolationError):
            async with world.at("horten", CHILD) as uow:
                await uow.call(statement)
    async with world.at("horten", CHILD) as uow:
        await finish_action(uow, review, made)
        assert [one.done_on for one in await actions_of(uow, review)] == [today()]


async def test_what_was_not_done_is_on_the_next_agenda_and_on_its_owners_day(world: World) -> None:
    review = await planned(world)
    mine = world.user("horten", COORDINATOR)
    async with world.at("horten", MANAGER) as uow:
        made = await add_action(
            uow, review, ActionFacts("Ring kommuneadvokaten", mine, today() + timedelta(days=3))
        )
        await written(uow, review)
        await hold_review(uow, review, version=2)
        following = await plan_review(uow, today())
        assert [(i.kind, i.action_what) for i in await items_of(uow, following)] == [
            ("action", "Ring kommuneadvokaten")
        ]
        assert (await review_card(uow, following)).since == today()
    async with world.at("horten", COORDINATOR) as uow:
        assert [item.title for item in await TODAY[0].read(uow, "nb")] == ["Ring kommuneadvokaten"]
        await finish_action(uow, review, made)
        assert list(await my_actions(uow, [mine], today() + timedelta(days=14))) == []
    with pytest.raises(NotFound):
        async with world.at("re", MANAGER) as uow:
            await finish_action(uow, review, made)


async def test_only_the_owner_or_who_leads_says_that_an_action_is_done(world: World) -> None:
    review = await planned(world)
    async with world.at("horten", MANAGER) as uow:
        made = await add_action(uow, review, ActionFacts("Ring", world.user("horten", MANAGER), today()))
    with pytest.raises(Forbidden):
        async with world.at("horten", COORDINATOR) as uow:
            await finish_action(uow, review, made)
    async with world.at("horten", CHILD) as uow:
        await finish_action(uow, review, made)


async def test_two_who_plan_at_once_make_one_review(world: World) -> None:
    async def plan(role: Role) -> str:
        try:
            await planned(world, role=role)
        except Conflict:
            return "conflict"
        return "planned"

    assert sorted(await asyncio.gather(plan(MANAGER), plan(CHILD))) == ["conflict", "planned"]
    assert len(await world.sql("SELECT 1 FROM status_review")) == 1


async def test_two_who_write_at_once_are_told_and_neither_text_is_lost(world: World) -> None:
    review = await planned(world)
    async with world.at("horten", CHILD) as uow:
        await write_minutes(uow, review, MinutesFacts(today(), "Kari", "Mitt", {}), version=1)
    with pytest.raises(Conflict) as stale:
        async with world.at("horten", MANAGER) as uow:
            await write_minutes(uow, review, MinutesFacts(today(), "Kari", "Ditt", {}), version=1)
    assert "Mitt" in stale.value.theirs.values()
    assert "Ditt" in stale.value.yours.values()


async def test_days_must_be_possible_and_an_empty_review_can_be_called_off(world: World) -> None:
    async with world.at("horten", MANAGER) as uow:
        with pytest.raises(Invalid):
            await plan_review(uow, today() + timedelta(days=400))
        review = await plan_review(uow, today() + timedelta(days=7))
        facts = MinutesFacts(today() + timedelta(days=7), "Kari", "", {})
        await write_minutes(uow, review, facts, version=1)
        with pytest.raises(Invalid) as refused:
            await hold_review(uow, review, version=2)
        assert list(refused.value.errors) == ["dato"]
        with pytest.raises(Invalid):
            await add_action(
                uow, review, ActionFacts("x", world.user("horten", MANAGER), today() - timedelta(days=1))
            )
        await call_off(uow, review)
        assert await reviews(uow) == []
        again = await plan_review(uow, today())
        await add_action(uow, again, ActionFacts("x", world.user("horten", MANAGER), today()))
        with pytest.raises(Conflict):
            await call_off(uow, again)
