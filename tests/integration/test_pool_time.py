"""Time and consent: what is not answered goes back to the pool and says so, and what is taken back leaves nothing behind."""

from __future__ import annotations

from datetime import timedelta

import pytest

from sammen.clock import today
from sammen.db.unit_of_work import plain_transaction
from sammen.errors import Conflict, NotFound
from sammen.policy.roles import Role
from shared_pool.matching.jobs import visit_municipalities, visit_regions
from shared_pool.matching.queries import back_in_pool, refused_pairs
from shared_pool.matching.service import propose
from shared_pool.matching.timing import expire_overdue, forget_lapsed
from shared_pool.needs.service import expire_needs, withdraw_need
from shared_pool.recruitment.service import withdraw_candidate
from tenants.api import order_card
from tests.database import KEYS
from tests.pool_samples import COORDINATOR, SHARED, Flow, proposed
from tests.worlds import World


async def test_withdrawn_consent_hides_at_once_and_ends_what_was_under_way(world: World) -> None:
    flow = await proposed(world)
    await flow.accept()
    await flow.candidate_says()
    async with world.at("re", COORDINATOR) as uow:
        await withdraw_candidate(uow, flow.contact_id)
    row = await flow.row()
    assert (row["state"], row["ended_by"]) == ("withdrawn", "home")
    assert await world.sql("SELECT 1 FROM introduction") == []
    async with world.at("vestfold", SHARED) as uow:
        assert await uow.call("SELECT 1 FROM sammen.candidate") == []
        with pytest.raises(NotFound):
            await propose(uow, flow.need_id, flow.candidate_id, "Prøver likevel.")
    for step in (flow.user_yes, flow.vetted):
        with pytest.raises(Conflict):
            await step()


async def test_a_withdrawn_need_is_gone_from_the_region_and_frees_the_candidate(world: World) -> None:
    flow = await proposed(world)
    await flow.accept()
    async with world.at("horten", COORDINATOR) as uow:
        await withdraw_need(uow, flow.need_id)
        assert (await order_card(uow, flow.order_id)).need_id is None
    assert await flow.state() == "withdrawn"
    async with world.at("vestfold", SHARED) as uow:
        assert await uow.call("SELECT 1 FROM sammen.need") == []
    with pytest.raises(Conflict):
        await flow.candidate_says()


async def _overdue(flow: Flow) -> None:
    await flow.world.sql(
        "UPDATE proposal SET held_until = now() - interval '1 minute' WHERE id = $1", flow.proposal_id
    )


async def test_what_is_not_answered_in_time_expires_and_can_no_longer_be_accepted(world: World) -> None:
    flow = await proposed(world)
    async with world.at("vestfold", SHARED) as uow:
        assert await expire_overdue(uow) == 0  # too early: nothing happens
    await _overdue(flow)
    with pytest.raises(Conflict):
        await flow.accept()
    async with world.at("vestfold", SHARED) as uow:
        assert await expire_overdue(uow) == 1
        assert await expire_overdue(uow) == 0
    row = await flow.row()
    assert (row["state"], row["ended_by"]) == ("expired", "time")


async def test_a_late_clock_does_not_keep_a_candidate_from_the_next_proposal(world: World) -> None:
    flow = await proposed(world)
    await _overdue(flow)
    async with world.at("vestfold", SHARED) as uow:
        again = await propose(uow, flow.need_id, flow.candidate_id, "Fortsatt den beste.")
    states = await world.sql("SELECT id, state FROM proposal")
    assert {row["id"]: row["state"] for row in states} == {flow.proposal_id: "expired", again: "proposed"}


async def test_an_accepted_proposal_that_is_not_completed_expires_in_the_needs_own_municipality(
    world: World,
) -> None:
    flow = await proposed(world)
    await flow.accept()
    await flow.candidate_says()
    await _overdue(flow)
    async with world.at("vestfold", SHARED) as uow:
        assert await expire_overdue(uow) == 0
    async with world.job(world.horten) as uow:
        assert await expire_overdue(uow) == 1
    assert await flow.state() == "expired"
    assert await world.sql("SELECT 1 FROM introduction") == []


async def test_a_need_expires_after_its_last_day(world: World) -> None:
    flow = await proposed(world)
    async with world.job(world.horten) as uow:
        assert await expire_needs(uow) == 0
    await world.sql(
        "UPDATE need SET expires_on = $1 WHERE id = $2", today() - timedelta(days=1), flow.need_id
    )
    async with world.job(world.horten) as uow:
        assert await expire_needs(uow) == 1
        assert await expire_needs(uow) == 0
    assert await flow.state() == "withdrawn"
    with pytest.raises(Conflict):
        async with world.at("vestfold", SHARED) as uow:
            await propose(uow, flow.need_id, flow.candidate_id, "For sent.")


async def test_the_clock_queues_one_job_for_each_place_and_each_closes_its_own(world: World) -> None:
    flow = await proposed(world)
    await _overdue(flow)
    async with plain_transaction(world.engine) as connection:
        await visit_regions(connection, KEYS)
        await visit_regions(connection, KEYS)
        await visit_municipalities(connection, KEYS)
    waiting = await world.sql("SELECT headers ->> 'kind' AS kind FROM job_queue ORDER BY 1")
    assert [row["kind"] for row in waiting] == ["municipality", "municipality", "region"]
    await world.run_jobs()
    assert await flow.state() == "expired"


# What is taken back leaves nothing behind -----------------------------------------------------------------------------
async def cards(world: World) -> str:
    """Everything the proposals keep in words, as the database has it."""
    rows = await world.sql(
        "SELECT need_card::text, candidate_card::text, reasons::text, proposer_note FROM proposal"
    )
    return str([tuple(row) for row in rows])


DESCRIBED = ("climbing", "middle", "Klatrer selv", "hours_free", "decade")
NEEDED = ("10-13", "climbing", "north", "predictability", "Klatrer selv")


async def test_withdrawn_consent_leaves_nothing_of_the_description_in_any_proposal(world: World) -> None:
    flow = await proposed(world)
    await flow.accept()
    await flow.candidate_says(yes=False)
    assert "hours_free" in await cards(world)
    async with world.at("re", COORDINATOR) as uow:
        await withdraw_candidate(uow, flow.contact_id)
    row = await flow.row()
    assert (row["state"], row["ended_by"]) == ("declined", "candidate"), "the step stays"
    kept = str(
        (await world.sql("SELECT candidate_card::text, reasons::text, proposer_note FROM proposal"))[0]
    )
    assert not [word for word in DESCRIBED if word in kept]
    assert await flow.code() in kept
    for slug, role, path in (
        ("horten", COORDINATOR, f"/k/horten/formidling/{flow.proposal_id}"),
        ("horten", COORDINATOR, "/k/horten/formidling"),
        ("re", COORDINATOR, "/k/re/formidling"),
        ("re", Role.CONTACT, f"/min/re/foresporsler/{flow.proposal_id}"),
        ("vestfold", SHARED, f"/r/vestfold/formidling/{flow.need_id}"),
    ):
        shown = await (await world.browser(slug, role)).get(path)
        assert shown.status_code == 200, path
        assert "av 100 poeng" not in shown.text
        assert "Klatrer selv" not in shown.text


async def test_a_consent_that_ran_out_is_forgotten_by_the_next_hour(world: World) -> None:
    flow = await proposed(world)
    await world.sql("UPDATE candidate SET consent_until = $1", today() - timedelta(days=1))
    async with world.job(world.re) as uow:
        assert await forget_lapsed(uow) == 1
        assert await forget_lapsed(uow) == 0
    assert (await flow.state(), (await flow.row())["ended_by"]) == ("withdrawn", "home")
    assert "hours_free" not in await cards(world)


async def test_a_need_that_is_taken_back_leaves_its_code_and_hours_alone(world: World) -> None:
    flow = await proposed(world)
    await flow.accept()
    async with world.at("horten", COORDINATOR) as uow:
        await withdraw_need(uow, flow.need_id)
    kept = (await world.sql("SELECT need_card, reasons::text, proposer_note FROM proposal"))[0]
    assert not [word for word in NEEDED if word in str(tuple(kept))]
    for slug, role, path in (
        ("horten", COORDINATOR, f"/k/horten/formidling/{flow.proposal_id}"),
        ("re", COORDINATOR, f"/k/re/formidling/utlaan/{flow.proposal_id}"),
        ("re", Role.CONTACT, f"/min/re/foresporsler/{flow.proposal_id}"),
    ):
        assert (await (await world.browser(slug, role)).get(path)).status_code == 200, path


async def test_a_loan_that_goes_on_is_counted_also_after_the_consent_is_taken_back(world: World) -> None:
    flow = await proposed(world)
    await flow.begun()
    async with world.at("re", COORDINATOR) as uow:
        await withdraw_candidate(uow, flow.contact_id)
    await world.run_jobs()
    assert await flow.state() == "done"
    assert "hours_free" not in await cards(world)
    lent = await world.sql("SELECT lent_hours FROM support_contact WHERE id = $1", flow.contact_id)
    assert lent[0]["lent_hours"] == 4


# Time says so ---------------------------------------------------------------------------------------------------------
async def test_a_time_that_ran_out_refuses_nobody_and_everybody_is_told(world: World) -> None:
    flow = await proposed(world)
    await flow.accept()
    await flow.candidate_says()
    await _overdue(flow)
    async with world.job(world.horten) as uow:
        assert await expire_overdue(uow) == 1
    await world.run_jobs()
    row = await flow.row()
    assert (row["state"], row["ended_by"], row["decline_code"]) == ("expired", "time", "")
    async with world.at("vestfold", SHARED) as uow:
        assert await refused_pairs(uow) == frozenset()
        assert [card.id for card in await back_in_pool(uow, row["ended_at"])] == [flow.proposal_id]
    assert "Fristen gikk ut for" in (await (await world.browser("horten", COORDINATOR)).get("/k/horten")).text
    candidate = await world.browser("re", Role.CONTACT)
    mine = (await candidate.get(f"/min/re/foresporsler/{flow.proposal_id}")).text
    assert "Det regnes ikke som et nei fra deg" in mine
    async with world.at("vestfold", SHARED) as uow:
        await propose(uow, flow.need_id, flow.candidate_id, "Fortsatt den beste.")


async def test_a_candidate_is_told_by_a_notice_that_says_nothing(world: World) -> None:
    flow = await proposed(world)
    await world.sql("UPDATE person SET email = 'sigvart@example.test' WHERE family_name = 'Kvamme'")
    await flow.accept()
    await world.run_jobs()
    sent = [row["code"] for row in await world.sql("SELECT code FROM outgoing ORDER BY 1")]
    assert sent == ["ask"]
    await _overdue(flow)
    async with world.job(world.horten) as uow:
        await expire_overdue(uow)
    await world.run_jobs()
    sent = [row["code"] for row in await world.sql("SELECT code FROM outgoing ORDER BY 1")]
    assert sent == ["ask", "request"]
