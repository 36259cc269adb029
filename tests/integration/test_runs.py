"""Runs over all needs and candidates: whole or not there, gone with a consent, and what the what-if promised."""

from __future__ import annotations

import asyncio
import threading
from typing import Any
from uuid import UUID

import pytest

from sammen.db.unit_of_work import plain_transaction
from sammen.errors import Conflict, Invalid, NotFound, SammenError
from sammen.policy.roles import Role
from sammen.tenancy.context import PlaceKind
from sammen.tenancy.enter import enter_job
from shared_pool.engine.api import DEFAULT, Plan, Weights
from shared_pool.matching.api import propose, retract
from shared_pool.runs import service
from shared_pool.runs.jobs import visit_regions
from shared_pool.runs.plan import todays_plan
from shared_pool.runs.queries import newest_run, runs, suggestions_of
from shared_pool.runs.service import ask_for_run, run_plan
from shared_pool.runs.snapshot import Progress, Snapshot, plan_of, read_pool
from shared_pool.runs.what_if import compare
from shared_pool.weighing.api import adopt, adopted_versions, try_weights, version_card, weights_in_force
from tests.database import KEYS
from tests.pool_samples import SHARED, posted_need, proposed, shared_candidate
from tests.worlds import World

# Far first: only distance counts, as far as the rules let it.
OTHERS = Weights(
    {
        level: {"interests": 0, "times": 0, "stability": 0, "distance": 100, "courses": 0}
        for level in DEFAULT.points
    },
    own_first=True,
    max_km=50,
)


async def ran(world: World) -> UUID:
    """A run as the coordinator asks for it."""
    async with world.at("vestfold", SHARED) as uow:
        return await run_plan(uow)


async def test_a_run_names_a_candidate_for_a_need_and_is_found_again(world: World) -> None:
    _, need_id = await posted_need(world)
    _, candidate_id = await shared_candidate(world)
    run_id = await ran(world)
    async with world.at("vestfold", SHARED) as uow:
        run = await newest_run(uow)
        assert run is not None
        assert (run.id, run.needs, run.candidates, run.matched) == (run_id, 1, 1, 1)
        assert (await suggestions_of(uow, run_id))[need_id].best == candidate_id
        plan = await todays_plan(uow)
    assert [need.id for need in plan.suggested] == [need_id]
    found = plan.suggestion(plan.suggested[0])
    assert found is not None
    assert found.best.candidate_id == candidate_id


async def test_a_run_is_a_job_that_tells_how_far_it_has_come_and_has_its_effect_once(world: World) -> None:
    await posted_need(world)
    await shared_candidate(world)
    async with world.at("vestfold", SHARED) as uow:
        task = await ask_for_run(uow)
    with pytest.raises(Conflict, match="allerede i gang"):
        async with world.at("vestfold", SHARED) as uow:
            await ask_for_run(uow)
    await world.run_jobs()
    done = (await world.sql("SELECT * FROM region_task WHERE id = $1", task))[0]
    assert (done["state"], done["result_url"]) == ("done", "/r/vestfold/formidling")
    assert len(await world.sql("SELECT 1 FROM match_run")) == 1
    asked = (await world.sql("SELECT asked_by FROM match_run"))[0]["asked_by"]
    assert asked == world.user("vestfold", SHARED)


async def test_the_night_asks_for_one_run_of_each_region_and_nobody_is_named_for_it(world: World) -> None:
    await posted_need(world)
    for _ in range(2):
        async with plain_transaction(world.engine) as raw:
            await visit_regions(raw, KEYS)
    await world.run_jobs()
    assert [row["asked_by"] for row in await world.sql("SELECT asked_by FROM match_run")] == [None]
    assert not await world.sql("SELECT 1 FROM region_task")


async def test_a_run_that_takes_its_time_shows_how_far_it_has_come(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    started, go_on = threading.Event(), threading.Event()

    def slowly(pool: Snapshot, weights: Weights, note: Progress | None = None) -> Plan:
        assert note is not None
        note(3, 10)
        started.set()
        go_on.wait(20)
        return plan_of(pool, weights, note)

    monkeypatch.setattr(service, "plan_of", slowly)
    monkeypatch.setattr(service, "SECONDS_BETWEEN_STEPS", 0.05)
    await posted_need(world)
    async with world.at("vestfold", SHARED) as uow:
        task = await ask_for_run(uow)
    work = asyncio.create_task(world.run_jobs())
    await asyncio.to_thread(started.wait, 20)
    shown: list[Any] = []
    while not shown:
        shown = await world.sql("SELECT state, total FROM region_task WHERE id = $1 AND done = 3", task)
        await asyncio.sleep(0.05)
    go_on.set()
    await work
    assert (shown[0]["state"], shown[0]["total"]) == ("running", 10)


async def test_a_run_that_is_cut_off_leaves_the_one_before_as_it_was(world: World) -> None:
    await posted_need(world)
    await shared_candidate(world)
    first = await ran(world)
    before = await world.sql("SELECT * FROM match_suggestion ORDER BY id")
    uow = await enter_job(world.engine, KEYS, PlaceKind.REGION, world.region, job="runs.match")
    await run_plan(uow)
    await uow.rollback()
    assert await world.sql("SELECT * FROM match_suggestion ORDER BY id") == before
    assert [row["id"] for row in await world.sql("SELECT id FROM match_run")] == [first]


async def test_the_next_run_takes_the_pairs_of_the_one_before_away_and_keeps_its_counts(world: World) -> None:
    await posted_need(world)
    await shared_candidate(world)
    await ran(world)
    second = await ran(world)
    async with world.at("vestfold", SHARED) as uow:
        assert [run.changed for run in await runs(uow)] == [0, 0]
    assert {row["run_id"] for row in await world.sql("SELECT run_id FROM match_suggestion")} == {second}


async def test_who_withdraws_is_gone_from_the_plan_at_once_without_a_new_run(world: World) -> None:
    await posted_need(world)
    _, candidate_id = await shared_candidate(world)
    await ran(world)
    await world.sql("UPDATE candidate SET withdrawn_at = now()")
    async with world.at("vestfold", SHARED) as uow:
        plan = await todays_plan(uow)
    assert not plan.suggested
    assert candidate_id not in plan.pool.everyone
    assert [need.id in plan.named for need in plan.unseen] == [True]
    assert plan.new_needs == 0


async def test_who_changes_their_mind_is_no_longer_suggested_for_it(world: World) -> None:
    await posted_need(world)
    await shared_candidate(world)
    await ran(world)
    await world.sql("UPDATE candidate SET will_not = '{climbing}', interests = '{}'")
    async with world.at("vestfold", SHARED) as uow:
        assert not (await todays_plan(uow)).suggested


async def test_a_need_that_is_withdrawn_is_gone_from_the_plan(world: World) -> None:
    await posted_need(world)
    await shared_candidate(world)
    await ran(world)
    await world.sql("UPDATE need SET state = 'withdrawn'")
    async with world.at("vestfold", SHARED) as uow:
        plan = await todays_plan(uow)
    assert [*plan.suggested, *plan.lacking, *plan.unseen] == []


async def test_live_proposals_stay_out_of_a_run_and_come_back_when_they_are_taken_back(world: World) -> None:
    flow = await proposed(world)
    await ran(world)
    assert not await world.sql("SELECT 1 FROM match_suggestion")
    async with world.at("vestfold", SHARED) as uow:
        await retract(uow, flow.proposal_id)
    await ran(world)
    assert len(await world.sql("SELECT 1 FROM match_suggestion WHERE place = 'best'")) == 1


async def test_a_pair_that_was_refused_never_comes_again(world: World) -> None:
    flow = await proposed(world)
    await world.sql(
        "UPDATE proposal SET state = 'declined', ended_at = now(), ended_by = 'need', decline_code = 'too_far'"
        " WHERE id = $1",
        flow.proposal_id,
    )
    await ran(world)
    assert not await world.sql("SELECT 1 FROM match_suggestion")
    lack = (await world.sql("SELECT why, alone FROM match_lack"))[0]
    assert lack["why"] == "no_candidate"
    assert '"before": 1' in str(lack["alone"])


async def test_a_need_nobody_fits_is_kept_with_what_alone_is_in_the_way(world: World) -> None:
    await posted_need(world)
    await shared_candidate(world)
    await world.sql("UPDATE candidate SET slots = '{sat-am}'")
    await ran(world)
    assert '"times": 1' in str((await world.sql("SELECT alone FROM match_lack"))[0]["alone"])


async def test_two_coordinators_propose_one_candidate_at_once_and_the_second_is_told(world: World) -> None:
    _, first = await posted_need(world)
    second = await another_need(world, first)
    _, candidate_id = await shared_candidate(world)

    async def take(need_id: UUID) -> str:
        try:
            async with world.at("vestfold", SHARED) as uow:
                await propose(uow, need_id, candidate_id, "Klatrer selv.")
        except Conflict as told:
            return told.message
        return ""

    told = sorted(await asyncio.gather(take(first), take(second)))
    assert told == ["", "Kandidaten holdes av for et annet behov."]
    assert len(await world.sql("SELECT 1 FROM proposal")) == 1


async def another_need(world: World, need_id: UUID) -> UUID:
    """A second need like the first, as if another order had been posted."""
    made = await world.sql(
        "INSERT INTO need SELECT (jsonb_populate_record(n, jsonb_build_object('id', gen_random_uuid(), 'code', 'ZZ9'))).*"
        " FROM need n WHERE id = $1 RETURNING id",
        need_id,
    )
    return UUID(str(made[0]["id"]))


# Weights ---------------------------------------------------------------------------------------------------------------
async def test_weights_that_are_tried_change_nothing_and_what_is_adopted_comes_to_what_the_what_if_said(
    world: World,
) -> None:
    _, need_id = await posted_need(world)
    await shared_candidate(world)
    await shared_candidate(world, "re", "Marte Lie")
    await world.sql("UPDATE candidate SET interests = '{}' WHERE code = (SELECT min(code) FROM candidate)")
    async with world.at("vestfold", SHARED) as uow:
        tried = await try_weights(uow, OTHERS)
        pool = await read_pool(uow)
        promised = await compare(pool, (await weights_in_force(uow, world.region)).weights, OTHERS)
        assert (await weights_in_force(uow, world.region)).number == 0
    assert not await world.sql("SELECT 1 FROM match_run")
    assert not await world.sql("SELECT 1 FROM proposal")
    async with world.at("vestfold", SHARED) as uow:
        assert await adopt(uow, tried, "Reisen er for lang.", 0) == 1
    run_id = await ran(world)
    async with world.at("vestfold", SHARED) as uow:
        assert not (await todays_plan(uow)).outdated
        found = await suggestions_of(uow, run_id)
        run = await newest_run(uow)
    assert run is not None
    assert (run.weights, run.weights_number) == (OTHERS, 1)
    assert {need: one.best for need, one in found.items()} == dict(promised.then.pairs) != {}
    assert need_id in found


async def test_two_who_adopt_at_once_are_not_both_right(world: World) -> None:
    async with world.at("vestfold", SHARED) as uow:
        first, second = await try_weights(uow, OTHERS), await try_weights(uow, Weights(DEFAULT.points, True))

    async def take(weights_id: UUID) -> str:
        try:
            async with world.at("vestfold", SHARED) as uow:
                await adopt(uow, weights_id, "Prøvd og funnet bedre.", 0)
        except Conflict as told:
            return told.message
        return ""

    told = sorted(await asyncio.gather(take(first), take(second)))
    assert told[0] == ""
    assert told[1].startswith("Noen har vedtatt nye vekter")
    async with world.at("vestfold", SHARED) as uow:
        assert [card.number for card in await adopted_versions(uow)] == [1]


@pytest.mark.parametrize(
    ("why", "shown_with", "error"),
    [("", 0, Invalid), ("x" * 501, 0, Invalid), ("Bedre.", 3, Conflict)],
)
async def test_adopting_takes_a_reason_and_a_form_that_is_not_stale(
    world: World, why: str, shown_with: int, error: type[SammenError]
) -> None:
    async with world.at("vestfold", SHARED) as uow:
        tried = await try_weights(uow, OTHERS)
    with pytest.raises(error):
        async with world.at("vestfold", SHARED) as uow:
            await adopt(uow, tried, why, shown_with)
    assert not await world.sql("SELECT 1 FROM matching_weights WHERE state = 'adopted'")


async def test_what_holds_already_is_not_adopted_once_more(world: World) -> None:
    async with world.at("vestfold", SHARED) as uow:
        same = await try_weights(uow, DEFAULT)
    with pytest.raises(Conflict, match="gjelder allerede"):
        async with world.at("vestfold", SHARED) as uow:
            await adopt(uow, same, "Likevel.", 0)


# Doors -----------------------------------------------------------------------------------------------------------------
TABLES = ("match_run", "match_suggestion", "match_lack", "matching_weights")


@pytest.mark.parametrize(
    "role", [Role.STEERING_GROUP_MEMBER, Role.PARTNER, Role.PROJECT_MANAGER, Role.COURSE_COORDINATOR]
)
async def test_others_of_the_region_find_no_row_of_it(world: World, role: Role) -> None:
    await posted_need(world)
    await shared_candidate(world)
    await ran(world)
    async with world.at("vestfold", SHARED) as uow:
        await try_weights(uow, OTHERS)
    async with world.at("vestfold", role) as uow:
        for table in TABLES:
            assert await count(uow, table) == 0, table
        with pytest.raises(NotFound):
            await version_card(uow, (await world.sql("SELECT id FROM matching_weights"))[0]["id"])


async def count(uow: Any, table: str) -> int:
    """Rows of a table as the context sees them."""
    return int((await uow.call(f"SELECT count(*) AS n FROM sammen.{table}"))[0]["n"])
