"""Who answers for a municipality, why it says no, and the lender's own yes."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from uuid import UUID

import pytest

from sammen.clock import today
from sammen.errors import Conflict, Forbidden, Invalid, NotFound
from sammen.policy.roles import Role
from shared_pool.matching.deciders import deciders, eligible, may_decide, name_deciders, namings
from shared_pool.matching.lending import lend, refuse_loan
from shared_pool.matching.queries import loan_asked, own_proposal, refused_pairs
from shared_pool.matching.service import accept, decline, propose, record_user_no
from tests.pool_samples import COORDINATOR, SHARED, posted_need, proposed, shared_candidate
from tests.worlds import World

OTHER = Role.PAYROLL
"""Somebody in payroll who is a coordinator too."""


async def other_coordinator(world: World, slug: str = "horten") -> UUID:
    """The municipality's other coordinator, who may be named."""
    user = world.user(slug, OTHER)
    await world.sql(
        "INSERT INTO membership (id, user_id, kind, municipality_id, role, valid_from, granted_by)"
        " SELECT gen_random_uuid(), $1, 'municipality', m.id, $2, $3, 'test' FROM municipality m WHERE m.slug = $4"
        " AND NOT EXISTS (SELECT 1 FROM membership b WHERE b.user_id = $1 AND b.role = $2)",
        user, COORDINATOR.value, today() - timedelta(days=90), slug,
    )  # fmt: skip
    return user


async def named(world: World, *, deputy: bool = False, slug: str = "horten") -> UUID:
    """Name the other coordinator the decider, and the first the deputy, if asked; the decider."""
    decider = await other_coordinator(world, slug)
    async with world.at(slug, Role.MANAGER) as uow:
        await name_deciders(uow, decider, world.user(slug, COORDINATOR) if deputy else None)
    return decider


async def test_while_nobody_is_named_any_coordinator_may_answer(world: World) -> None:
    async with world.at("horten", COORDINATOR) as uow:
        assert await may_decide(uow)
        assert await deciders(uow) == []
    async with world.at("horten", Role.PURCHASER_CHILD) as uow:
        assert not await may_decide(uow)


async def test_only_those_who_are_named_answer_and_the_deputy_always_may(world: World) -> None:
    flow = await proposed(world)
    await named(world)
    with pytest.raises(Forbidden, match="valgt hvem"):
        await flow.accept()
    with pytest.raises(Forbidden):
        async with world.at("horten", COORDINATOR) as uow:
            await decline(uow, flow.proposal_id, "too_far")
    await named(world, deputy=True)
    await flow.accept()
    async with world.at("horten", OTHER) as uow:
        assert await may_decide(uow)
        await decline(uow, flow.proposal_id, "has_one")
    assert (await flow.row())["decline_code"] == "has_one"


async def test_naming_is_dated_and_says_who_decided_when(world: World) -> None:
    await named(world)
    await world.sql("UPDATE pool_decider SET valid_from = $1", today() - timedelta(days=10))
    async with world.at("horten", Role.MUNICIPALITY_ADMINISTRATOR) as uow:
        await name_deciders(uow, world.user("horten", COORDINATOR), None)
        await name_deciders(uow, world.user("horten", COORDINATOR), None)  # again: nothing happens
        (now,) = await deciders(uow)
        assert (now.user_id, now.deputy, now.valid_from) == (
            world.user("horten", COORDINATOR),
            False,
            today(),
        )
        past = await namings(uow)
    assert [(one.valid_from, one.valid_to) for one in past] == [
        (today(), None),
        (today() - timedelta(days=10), today() - timedelta(days=1)),
    ]
    actions = await world.sql("SELECT action FROM audit_entry WHERE action LIKE 'pool.decider%'")
    assert sorted(row["action"] for row in actions) == [
        "pool.decider_named", "pool.decider_named", "pool.decider_released",
    ]  # fmt: skip


async def test_who_may_be_named_are_those_who_decide_here_and_two_of_them(world: World) -> None:
    await other_coordinator(world)
    async with world.at("horten", Role.MANAGER) as uow:
        may = {user for user, _ in await eligible(uow)}
        assert may == {
            world.user("horten", COORDINATOR),
            world.user("horten", OTHER),
        }
        for wrong in (
            world.user("re", COORDINATOR),
            world.user("horten", Role.MANAGER),
            world.user("vestfold", SHARED),
        ):
            with pytest.raises(Invalid):
                await name_deciders(uow, wrong, None)
        with pytest.raises(Invalid, match=r"Rett"):
            await name_deciders(uow, world.user("horten", COORDINATOR), world.user("horten", COORDINATOR))


async def test_a_decider_who_is_no_coordinator_any_longer_holds_nobody_up(world: World) -> None:
    flow = await proposed(world)
    await named(world)
    await world.sql(
        "UPDATE membership SET valid_to = $1 WHERE user_id = $2 AND role = $3",
        today() - timedelta(days=1),
        world.user("horten", OTHER),
        COORDINATOR.value,
    )
    async with world.at("horten", COORDINATOR) as uow:
        assert [one.active for one in await deciders(uow)] == [False]
    await flow.accept()
    assert await flow.state() == "accepted"


async def test_two_who_name_at_once_leave_one_decider(world: World) -> None:
    decider = await other_coordinator(world)
    outcomes = await asyncio.gather(named(world), named(world), return_exceptions=True)
    assert {type(outcome) for outcome in outcomes} <= {UUID, Conflict}
    assert decider in outcomes
    assert len(await world.sql("SELECT 1 FROM pool_decider WHERE valid_to IS NULL")) == 1


# Four eyes ------------------------------------------------------------------------------------------------------------
async def test_who_proposed_in_the_region_says_yes_for_no_municipality(world: World) -> None:
    flow = await proposed(world)
    same = "UPDATE proposal SET proposed_by = $1 WHERE id = $2"
    await world.sql(same, world.user("horten", COORDINATOR), flow.proposal_id)
    with pytest.raises(Forbidden, match="foreslo kandidaten selv"):
        await flow.accept()
    await other_coordinator(world)
    async with world.at("horten", OTHER) as uow:
        await accept(uow, flow.proposal_id)
    await world.sql(same, world.user("re", COORDINATOR), flow.proposal_id)
    with pytest.raises(Forbidden, match="foreslo kandidaten selv"):
        await flow.home_says_yes()
    with pytest.raises(Exception, match="home_four_eyes"):
        await world.sql(
            "UPDATE proposal SET home_yes_by = proposed_by, home_yes_at = now() WHERE id = $1",
            flow.proposal_id,
        )


# Each no --------------------------------------------------------------------------------------------------------------
async def test_a_service_users_no_needs_no_reason_and_the_two_are_not_proposed_again(world: World) -> None:
    flow = await proposed(world)
    with pytest.raises(Conflict):
        async with world.at("horten", COORDINATOR) as uow:
            await record_user_no(uow, flow.proposal_id)  # the municipality has not answered
    await flow.accept()
    await flow.candidate_says()
    async with world.at("horten", COORDINATOR) as uow:
        await record_user_no(uow, flow.proposal_id)
    row = await flow.row()
    assert (row["state"], row["ended_by"], row["decline_code"], row["end_reason"]) == (
        "declined", "user", "", "",
    )  # fmt: skip
    assert await world.sql("SELECT 1 FROM introduction") == []
    assert (await world.sql("SELECT state FROM need"))[0]["state"] == "open"
    async with world.at("vestfold", SHARED) as uow:
        assert await refused_pairs(uow) == {(flow.need_id, flow.candidate_id)}


async def test_a_candidate_reads_the_same_whoever_said_no(world: World) -> None:
    pages: list[str] = []
    flow = await proposed(world)
    for how in ("user", "need", "home"):
        if pages:
            await world.sql("DELETE FROM proposal")
            async with world.at("vestfold", SHARED) as uow:
                flow.proposal_id = await propose(uow, flow.need_id, flow.candidate_id, "Passer.")
        await flow.accept()
        if how == "user":
            async with world.at("horten", COORDINATOR) as uow:
                await record_user_no(uow, flow.proposal_id)
        elif how == "need":
            async with world.at("horten", COORDINATOR) as uow:
                await decline(uow, flow.proposal_id, "other", "Det ble visst en annen.")
        else:
            async with world.at("re", COORDINATOR) as uow:
                await refuse_loan(uow, flow.proposal_id, "needed_at_home")
        browser = await world.browser("re", Role.CONTACT)
        shown = (await browser.get(f"/min/re/foresporsler/{flow.proposal_id}")).text
        pages.append(shown.replace(str(flow.proposal_id), "").split("<main")[1].split("</main")[0])
    assert pages[0] == pages[1] == pages[2]
    assert "Det ble ikke noe av" in pages[0]


# The lender -----------------------------------------------------------------------------------------------------------
async def test_a_lender_is_asked_after_the_needs_municipality_has_said_yes_and_the_match_waits_for_it(
    world: World,
) -> None:
    flow = await proposed(world)
    async with world.at("re", COORDINATOR) as uow:
        with pytest.raises(NotFound):
            await loan_asked(uow, flow.proposal_id)
        with pytest.raises(NotFound):
            await lend(uow, flow.proposal_id)
    await flow.accept()
    await flow.candidate_says()
    await flow.user_yes()
    await flow.vetted()
    assert await flow.state() == "accepted", "the lender has not answered"
    with pytest.raises(Exception, match="every_yes"):
        await world.sql("UPDATE proposal SET state = 'matched', matched_at = now()")
    async with world.at("re", COORDINATOR) as uow:
        assert (await loan_asked(uow, flow.proposal_id)).id == flow.proposal_id
    await flow.home_says_yes()
    assert await flow.state() == "matched"
    with pytest.raises(Conflict):
        await flow.home_says_yes()


async def test_a_lenders_no_has_a_reason_of_its_own_and_frees_both(world: World) -> None:
    flow = await proposed(world)
    await flow.accept()
    for code, words in (("too_far", ""), ("", ""), ("other", "  "), ("other", "x" * 301)):
        with pytest.raises(Invalid):
            async with world.at("re", COORDINATOR) as uow:
                await refuse_loan(uow, flow.proposal_id, code, words)
    async with world.at("re", COORDINATOR) as uow:
        await refuse_loan(uow, flow.proposal_id, "too_much")
    row = await flow.row()
    assert (row["state"], row["ended_by"], row["decline_code"]) == ("declined", "home", "too_much")
    assert (await world.sql("SELECT state FROM need"))[0]["state"] == "open"


async def test_a_lender_is_not_asked_about_a_need_of_its_own_nor_for_a_candidate_nobody_engages(
    world: World,
) -> None:
    _, need_id = await posted_need(world)
    _, own = await shared_candidate(world, "horten", "Tor Haug")
    _, free = await shared_candidate(world)
    await world.sql("UPDATE candidate SET engaged_at_home = false WHERE id = $1", free)
    for candidate in (own, free):
        async with world.at("vestfold", SHARED) as uow:
            made = await propose(uow, need_id, candidate, "Passer.")
        assert not (await world.sql("SELECT asks_home FROM proposal WHERE id = $1", made))[0]["asks_home"]
        async with world.at("horten", COORDINATOR) as uow:
            await accept(uow, made)
            assert "home" not in (await own_proposal(uow, made)).waits_for
        async with world.at("re", COORDINATOR) as uow:
            with pytest.raises(NotFound):
                await lend(uow, made)
        await world.sql("DELETE FROM proposal")


async def test_a_third_municipality_and_the_needs_own_answer_for_no_lender(world: World) -> None:
    flow = await proposed(world)
    await flow.accept()
    with pytest.raises(NotFound):
        async with world.at("horten", COORDINATOR) as uow:
            await lend(uow, flow.proposal_id)


async def test_the_lenders_named_decider_answers_for_it(world: World) -> None:
    flow = await proposed(world)
    await flow.accept()
    await named(world, slug="re")
    with pytest.raises(Forbidden):
        await flow.home_says_yes()
    async with world.at("re", OTHER) as uow:
        await lend(uow, flow.proposal_id)
    assert (await flow.row())["home_yes_by"] == world.user("re", OTHER)
