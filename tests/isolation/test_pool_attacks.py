"""The shared pool, attacked: what somebody learns or changes who asks beside the pages, or just after somebody's no."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from uuid import UUID, uuid4

import asyncpg
import pytest

from sammen.db.unit_of_work import plain_transaction
from sammen.errors import Conflict, Invalid
from sammen.policy.roles import Role
from shared_pool.engine.api import DEFAULT, rank
from shared_pool.gathering.clusters import GatherNeed, clusters
from shared_pool.matching.lending import refuse_loan
from shared_pool.matching.service import accept, decline, propose
from shared_pool.recruitment.service import PoolWishes, say_yes_oneself
from tests.isolation.conftest import Filled
from tests.pool_samples import COORDINATOR, SHARED, Flow, posted_need, proposed, shared_candidate
from tests.unit.matching_samples import NEED_3F9, VESTFOLD, candidate
from tests.worlds import Browser, World

HIDDEN = "hidden_missing"


# What stands in the way tells nothing hidden ---------------------------------------------------------------------------
def test_no_obstacle_no_reason_and_no_points_tell_on_which_hidden_day_it_is() -> None:
    need = replace(
        NEED_3F9, days_told=frozenset({"workdays"}), slots=frozenset({"wed-pm"}), exact_times=frozenset(),
        skills=frozenset(), languages=frozenset(),
    )  # fmt: skip
    by_day = {
        day: replace(
            candidate(1, interests=frozenset()),
            id=uuid4(),
            code=f"K-{day}",
            slots=frozenset({f"{day}-pm"}),
            alternate_slots=frozenset(),
        )
        for day in ("mon", "tue", "thu", "fri")
    }
    told = {
        (
            tuple(reason.code for reason in fit.obstacles), tuple(reason.code for reason in fit.reasons),
            tuple((part.code, part.points) for part in fit.parts),
        )
        for fit in rank(need, by_day.values(), DEFAULT, VESTFOLD)
    }  # fmt: skip
    assert len(told) == 1
    ((obstacles, reasons, _),) = told
    assert obstacles == (HIDDEN,)
    assert "not_free" not in reasons
    # A language they lack looks just like a day they lack, and both together like one.
    lacking = replace(need, slots=frozenset({"tue-pm"}), languages=frozenset({"so"}))
    assert rank(lacking, [by_day["tue"]], DEFAULT, VESTFOLD)[0].obstacles == (
        rank(need, [by_day["tue"]], DEFAULT, VESTFOLD)[0].obstacles
    )
    both = rank(replace(need, languages=frozenset({"so"})), [by_day["tue"]], DEFAULT, VESTFOLD)[0]
    assert [reason.code for reason in both.obstacles] == [HIDDEN]


def test_a_suggested_group_tells_no_day_that_one_of_its_needs_keeps_back() -> None:
    # Who knows which five needs like climbing in the north would else read the hidden day of each of them.
    def day(*told: tuple[str, ...]) -> str:
        needs = [
            GatherNeed(
                uuid4(), UUID(int=number), "10-13", "north", frozenset({"climbing"}), frozenset({"tue-pm"}),
                days=frozenset(days),
            )
            for number, days in enumerate(told)
        ]  # fmt: skip
        (group,) = clusters(needs, len(needs), {})
        return group.told_day

    assert day(("tue",), ("tue", "wed")) == "tue"
    assert day(("tue",), ("workdays",)) == "workdays"
    assert day(("tue",), ("workdays", "weekend"), ()) == ""


async def test_the_form_to_propose_does_not_say_for_whom_the_list_is_silent(world: World) -> None:
    # Not to be proposed in Horten: to say so beside one need after the other would tell which are Horten's.
    _, need_id = await posted_need(world)
    _, candidate_id = await shared_candidate(world)
    page = f"/r/vestfold/formidling/{need_id}/foresla/"
    eirik = await world.browser("vestfold", SHARED)
    assert (await eirik.get(page + str(candidate_id))).status_code == 200
    await world.sql("UPDATE candidate SET visible_to = array_remove(visible_to, $1)", world.horten)
    silent, absent = await eirik.get(page + str(candidate_id)), await eirik.get(page + str(uuid4()))
    assert (silent.status_code, silent.text) == (404, absent.text)
    posted = await eirik.submit(
        page + str(candidate_id), page="/r/vestfold/formidling", data={"grunn": "Klatrer."}
    )
    assert posted.status_code == 404
    assert await world.sql("SELECT 1 FROM proposal") == []


# A no in words -----------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "words",
    [
        "Jonas vil heller ha en annen.", "Familien Storli har flyttet.", "Brukeren snakker somali.",
        "Kan bare tirsdager.", "Har autisme.", "Går på Granly skole.", "Ane Moe har sagt ja.", "jonas.storli@example.no",
    ],
)  # fmt: skip
async def test_why_a_municipality_says_no_never_names_anybody_or_tells_what_the_need_kept_back(
    world: World, words: str
) -> None:
    flow = await proposed(world)
    with pytest.raises(Invalid) as refused:
        async with world.at("horten", COORDINATOR) as uow:
            await decline(uow, flow.proposal_id, "other", words)
    assert list(refused.value.errors) == ["ord"]
    assert await flow.state() == "proposed"
    async with world.at("horten", COORDINATOR) as uow:
        await decline(uow, flow.proposal_id, "other", "Vi vil prøve i egen kommune først.")
    assert await flow.state() == "declined"


async def test_why_a_lender_says_no_never_names_the_contact(world: World) -> None:
    flow = await proposed(world)
    await world.sql("UPDATE proposal SET asks_home = true")
    await flow.accept()
    for words in ("Sigvart Kvamme er sliten.", "Har angst for tida."):
        with pytest.raises(Invalid):
            async with world.at("re", COORDINATOR) as uow:
                await refuse_loan(uow, flow.proposal_id, "other", words)
    async with world.at("re", COORDINATOR) as uow:
        await refuse_loan(uow, flow.proposal_id, "other", "Trengs her på tirsdager.")
    assert await flow.state() == "declined"


# Said yes to less --------------------------------------------------------------------------------------------------------
async def _say(flow: Flow, **wishes: object) -> None:
    known = await flow.world.sql(
        "SELECT max(until) AS until FROM pool_consent WHERE contact_id = $1 AND ended_at IS NULL",
        flow.contact_id,
    )
    async with flow.world.at("re", Role.CONTACT) as uow:
        await say_yes_oneself(
            uow, flow.contact_id, PoolWishes(how="own_page", **wishes),  # type: ignore[arg-type]
            known[0]["until"], newsletter=False, light=False,
        )  # fmt: skip


async def test_who_is_no_longer_seen_by_a_municipality_is_gone_from_its_proposals_at_once(
    world: World,
) -> None:
    for wishes in ({"visible_to": [world.re]}, {"not_in": [world.horten]}):
        await world.sql("TRUNCATE need, service_order, candidate, proposal, person CASCADE")
        flow = await proposed(world)
        await flow.accept()
        kari = await world.browser("horten", COORDINATOR)
        page = f"/k/horten/formidling/{flow.proposal_id}"
        code = await flow.code()
        assert code in (await kari.get(page)).text
        await _say(flow, **wishes)
        told = await kari.get(page)
        assert (told.status_code, code in told.text) == (200, False)
        row = await flow.row()
        assert (row["state"], row["proposer_note"], row["reasons"]) == ("withdrawn", "", "[]")
        assert set(json.loads(row["candidate_card"])) == {"code", "home", "gone"}


async def test_who_no_longer_wants_one_user_is_gone_from_what_is_under_way(world: World) -> None:
    flow = await proposed(world)
    await _say(flow, uses=["substitute"])
    assert await flow.state() == "withdrawn"


async def test_a_yes_that_is_renewed_or_widened_ends_nothing(world: World) -> None:
    flow = await proposed(world)
    await _say(flow)
    await _say(flow, uses=["pool", "substitute"])
    assert await flow.state() == "proposed"
    assert "gone" not in (await flow.row())["candidate_card"]


async def test_the_applicants_own_link_takes_the_words_away_before_any_job_has_run(world: World) -> None:
    flow = await proposed(world)
    hide = "SELECT candidate_hide($1, $2, $3::jsonb)"
    said = f'{{"pool": true, "municipalities": ["{world.horten}", "{world.re}"], "substitute": false, "group": false}}'
    await world.sql(hide, world.re, flow.contact_id, said)
    assert "gone" not in (await flow.row())["candidate_card"]
    await world.sql(hide, world.re, flow.contact_id, said.replace(f'"{world.horten}", ', ""))
    row = await flow.row()
    assert set(json.loads(row["candidate_card"])) == {"code", "home", "gone"}
    assert (row["score"], row["proposer_note"], row["reasons"]) == (0, "", "[]")
    kari = await world.browser("horten", COORDINATOR)
    assert (await flow.code()) not in (await kari.get(f"/k/horten/formidling/{flow.proposal_id}")).text


# The table itself --------------------------------------------------------------------------------------------------------
_PUT = """
INSERT INTO sammen.proposal (region_id, id, need_id, candidate_id, need_tenant_id, home_id, need_card, candidate_card, score,
  proposed_by, held_until) VALUES ($1, $2, $3, $4, $5, $6, '{}', '{}', 1, $7, now() + interval '3 days')
"""


async def test_an_injected_proposal_needs_the_candidates_yes_and_the_needs_own_municipality(
    world: World,
) -> None:
    _, need_id = await posted_need(world)
    _, candidate_id = await shared_candidate(world)

    async def put(need_tenant: UUID, home: UUID) -> None:
        async with world.at("vestfold", SHARED) as uow:
            await uow.call(
                _PUT, world.region, uuid4(), need_id, candidate_id, need_tenant, home, uow.context.user
            )
            raise Conflict("kept nowhere")

    with pytest.raises(Conflict):  # the statement itself is lawful
        await put(world.horten, world.re)
    for need_tenant, home in ((world.re, world.re), (world.horten, world.horten), (world.re, world.horten)):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await put(need_tenant, home)
    for change in (
        "visible_to = '{}'", f"not_in = ARRAY['{world.horten}']::uuid[]", "paused = true", "withdrawn_at = now()",
        "consent_until = '2020-01-01'",
    ):  # fmt: skip
        (row,) = await world.sql("SELECT * FROM candidate WHERE id = $1", candidate_id)
        await world.sql(f"UPDATE candidate SET {change}")
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await put(world.horten, world.re)
        await world.sql(
            "UPDATE candidate SET visible_to = $1, not_in = $2, paused = false, withdrawn_at = NULL, consent_until = $3",
            row["visible_to"], row["not_in"], row["consent_until"],
        )  # fmt: skip


async def test_two_coordinators_reserve_the_same_candidate_and_one_is_told(world: World) -> None:
    _, first = await posted_need(world)
    await world.sql(
        "INSERT INTO need SELECT (jsonb_populate_record(n, jsonb_build_object('id', gen_random_uuid(), 'code', 'ZZ9'))).*"
        " FROM need n"
    )
    second = (await world.sql("SELECT id FROM need WHERE code = 'ZZ9'"))[0]["id"]
    await world.sql(
        "INSERT INTO need_requirement (region_id, id, posted_by, need_id, slots)"
        " SELECT region_id, gen_random_uuid(), posted_by, $1, slots FROM need_requirement", second
    )  # fmt: skip
    _, candidate_id = await shared_candidate(world)
    reads = asyncio.Barrier(2)

    async def reserve(need_id: UUID) -> str:
        try:
            async with world.at("vestfold", SHARED) as uow:
                await uow.call("SELECT 1 FROM sammen.candidate")
                await reads.wait()
                await propose(uow, need_id, candidate_id, "Passer godt.")
        except Conflict as told:
            return str(told)
        return "held"

    answers = await asyncio.gather(reserve(first), reserve(second))
    assert sorted(answers)[-1] == "held"
    assert sorted(answers)[0].startswith("Kandidaten holdes av")
    assert len(await world.sql("SELECT 1 FROM proposal WHERE state = 'proposed'")) == 1


async def test_nobody_accepts_what_they_proposed_with_a_role_in_the_region_too(world: World) -> None:
    flow = await proposed(world)
    eirik = world.user("vestfold", SHARED)
    with pytest.raises(asyncpg.CheckViolationError):
        await world.sql(
            "UPDATE proposal SET accepted_by = $1, accepted_at = now(), state = 'accepted'", eirik
        )
    await world.sql("UPDATE proposal SET held_until = now() - interval '1 second'")
    with pytest.raises(Conflict):
        async with world.at("horten", COORDINATOR) as uow:
            await accept(uow, flow.proposal_id)


# Whose tickets open what ---------------------------------------------------------------------------------------------------
PROJECT = {"campaign", "campaign_source", "campaign_tally", "campaign_result", "atlas_count"}
POOL = {
    "need", "need_requirement", "candidate", "proposal", "match_run", "match_suggestion", "match_lack", "matching_weights",
    "group_suggestion", "group_ask", "settlement_agreement", "settlement_fact", "settlement_statement", "settlement_act",
    "introduction",
}  # fmt: skip


@pytest.mark.parametrize(
    ("role", "opens"),
    [
        (Role.PARTNER, {"need"}),
        (Role.STEERING_GROUP_MEMBER, set()),
        (Role.COURSE_COORDINATOR, set()),
        (Role.PROJECT_MANAGER, PROJECT),
        (
            Role.SHARED_COORDINATOR,
            PROJECT | {table for table in POOL if not table.startswith(("settlement", "intro"))},
        ),
    ],
)
async def test_each_role_of_the_region_reads_the_pools_rows_it_works_with_and_no_others(
    filled: Filled, role: Role, opens: set[str]
) -> None:
    found = set()
    for table in POOL | PROJECT:
        assert await filled.world.sql(f"SELECT 1 FROM {table}"), table
        async with filled.world.at("vestfold", role) as uow:
            if await uow.call(f"SELECT 1 FROM sammen.{table}"):
                found.add(table)
    assert found == opens
    async with filled.world.at("vestfold", role) as uow:
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await uow.call("SELECT 1 FROM sammen.region_audit_entry")


# The mailbox of somebody else ------------------------------------------------------------------------------------------------
async def test_nobodys_mailbox_is_filled_by_coming_back_each_hour(world: World) -> None:
    email = "decode(repeat('ab', 32), 'hex')"
    let_in = 0
    for _hour in range(5):
        for _ in range(4):
            (row,) = await world.sql(f"SELECT campaign_mailbox({email}) AS yes")
            let_in += row["yes"]
        await world.sql("UPDATE campaign_knock SET at = at - interval '61 minutes'")
    assert let_in == 6
    await world.sql("UPDATE campaign_knock SET at = at - interval '1 day'")
    assert (await world.sql(f"SELECT campaign_mailbox({email}) AS yes"))[0]["yes"]


@pytest.mark.parametrize(
    "path",
    [
        "/b/%00",
        "/bli-med/%00",
        "/bli-med/vestfold/%00",
        "/bli-med/bekreft/%00",
        "/bli-med/min/%ED%A0%80",
        "/bli-med/x/mistet",
    ],
)
async def test_an_address_nobody_made_is_not_found(shared_world: World, path: str) -> None:
    answer = await Browser(shared_world.app).get(path)
    assert answer.status_code in (200, 404), answer.text[:200]


async def test_the_doors_helpers_are_nobodys_to_call(shared_world: World) -> None:
    for call in (
        "campaign_mailbox('x')", "campaign_let_in('x', 'mail', 3)", f"candidate_hide('{uuid4()}', '{uuid4()}', '{{}}')",
    ):  # fmt: skip
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            async with plain_transaction(shared_world.engine) as raw:
                await raw.execute(f"SELECT sammen.{call}")
