"""When the names are shown: the two meet, and go on, or do not; and what each of the ways costs nobody."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from uuid import UUID, uuid4

import pytest

from sammen.clock import today
from sammen.errors import Conflict, Invalid, NotFound
from sammen.policy.roles import Role
from shared_pool.matching.jobs import carry_out
from shared_pool.matching.queries import Settled, back_in_pool, own_proposal, refused_pairs, settled
from shared_pool.matching.service import propose
from shared_pool.matching.trial import drags_on, end_trial, trial_of
from tenants.api import agreement_of, contact_card, counts_by_source, end_assignment, order_card
from tenants.assignments.meetings import MeetingFacts, agree_meeting, agree_start, settle_meeting
from tests.pool_samples import COORDINATOR, SHARED, Flow, proposed
from tests.worlds import World


async def met(flow: Flow) -> UUID:
    """The two have met on trial; the assignment's id."""
    made = await flow.trial()
    async with flow.world.at("horten", COORDINATOR) as uow:
        meeting = await agree_meeting(uow, made, MeetingFacts("trial", today(), None, "Biblioteket", "Mor"))
        await settle_meeting(uow, made, meeting, "held", "Fin stemning.")
    return made


async def lent(flow: Flow) -> tuple[Decimal, Decimal]:
    """(the contact's lent hours, the candidate's hours now) at Re."""
    rows = await flow.world.sql(
        "SELECT s.lent_hours, c.hours_now FROM support_contact s, candidate c WHERE s.id = $1 AND c.id = $2",
        flow.contact_id, flow.candidate_id,
    )  # fmt: skip
    return rows[0]["lent_hours"], rows[0]["hours_now"]


async def test_the_match_makes_an_assignment_that_waits_for_a_meeting_and_is_done_when_they_go_on(
    world: World,
) -> None:
    flow = await proposed(world)
    made = await met(flow)
    async with world.at("horten", COORDINATOR) as uow:
        tried = await trial_of(uow, flow.proposal_id)
        assert tried is not None
        assert (tried.assignment.id, tried.met, tried.agreed) == (made, True, None)
        assert await flow.state() == "matched"
        await agree_start(uow, made, today())
    assert await flow.state() == "done"
    assert (await flow.row())["ended_at"] is None
    assert await lent(flow) == (Decimal(4), Decimal(4))
    async with world.at("horten", COORDINATOR) as uow:
        await end_assignment(uow, made, ended_on=today(), reason="user_wish")
    await world.run_jobs()
    row = await flow.row()
    assert (row["state"], row["ended_by"], row["learned"]) == ("done", "need", "")
    assert await lent(flow) == (Decimal(0), Decimal(0))


async def test_who_came_from_a_poster_and_begins_in_the_next_municipality_is_counted_as_begun_at_home(
    world: World,
) -> None:
    flow = await proposed(world)
    await world.sql(
        "DELETE FROM contact_step WHERE contact_id = $1", flow.contact_id
    )  # never engaged at home
    await world.sql("UPDATE support_contact SET came_from = $1 WHERE id = $2", uuid4(), flow.contact_id)

    async def begun() -> int:
        await world.run_jobs()
        async with world.job(world.re) as uow:
            return sum(one.engaged for one in await counts_by_source(uow))

    made = await met(flow)
    assert await begun() == 0
    async with world.at("horten", COORDINATOR) as uow:
        await agree_start(uow, made, today())
    assert await begun() == 1
    async with world.at("horten", COORDINATOR) as uow:
        await end_assignment(uow, made, ended_on=today(), reason="user_wish")
    assert await begun() == 1


async def test_courses_taken_at_home_count_where_the_two_begin(world: World) -> None:
    flow = await proposed(world)
    made = await flow.begun()
    contact_id = (await world.sql("SELECT contact_id FROM assignment WHERE id = $1", made))[0]["contact_id"]
    known = await world.sql("SELECT code FROM contact_competence WHERE contact_id = $1", contact_id)
    assert [row["code"] for row in known] == ["guidance"]


async def test_a_trial_that_was_not_right_gives_everything_back_and_counts_against_nobody(
    world: World,
) -> None:
    flow = await proposed(world)
    before = (await world.sql("SELECT waits_from FROM service_order WHERE id = $1", flow.order_id))[0]
    week = (await world.sql("SELECT posted_week FROM need WHERE id = $1", flow.need_id))[0]["posted_week"]
    made = await met(flow)
    async with world.at("horten", COORDINATOR) as uow:
        await end_trial(uow, flow.proposal_id, "times")
    await world.run_jobs()

    row = await flow.row()
    assert (row["state"], row["learned"], row["ended_by"], row["end_reason"]) == (
        "learned",
        "times",
        "need",
        "",
    )
    ended = (await world.sql("SELECT state, starts_on, end_reason FROM assignment WHERE id = $1", made))[0]
    assert tuple(ended) == ("ended", None, "no_fit")
    async with world.at("horten", COORDINATOR) as uow:
        order = await order_card(uow, flow.order_id)
        assert (order.state, order.need_id, order.match_consent_on) == ("accepted", flow.need_id, None)
        assert order.pool_consent_on == today()
        assert order.waits_from == before["waits_from"]
        assert await agreement_of(uow, await contact_in_horten(world), today() + timedelta(days=1)) is None
    need = (await world.sql("SELECT state, posted_week FROM need WHERE id = $1", flow.need_id))[0]
    assert tuple(need) == ("open", week)
    assert await lent(flow) == (Decimal(0), Decimal(0))
    candidate = (await world.sql("SELECT broken_by_choice, longest_months FROM candidate"))[0]
    assert tuple(candidate) == (0, 0)
    async with world.at("vestfold", SHARED) as uow:
        assert await settled(uow) == Settled(frozenset(), frozenset())
        assert await refused_pairs(uow) == {(flow.need_id, flow.candidate_id)}
        since = row["ended_at"] - timedelta(minutes=1)
        assert [card.learned for card in await back_in_pool(uow, since)] == ["times"]
        with pytest.raises(Conflict, match="sagt nei"):
            await propose(uow, flow.need_id, flow.candidate_id, "En gang til.")


async def contact_in_horten(world: World) -> UUID:
    """The contact the match made in Horten."""
    found: UUID = (
        await world.sql(
            "SELECT contact_id FROM assignment WHERE tenant_id = $1 ORDER BY created_at DESC LIMIT 1",
            world.horten,
        )
    )[0]["contact_id"]
    return found


async def test_an_assignment_ended_on_its_own_page_before_it_began_was_a_trial_too(world: World) -> None:
    flow = await proposed(world)
    made = await flow.trial()
    async with world.at("horten", COORDINATOR) as uow:
        await end_assignment(uow, made, ended_on=today(), reason="contact_left")
    assert ((await flow.row())["state"], (await flow.row())["learned"]) == ("learned", "changed_mind")
    assert (await world.sql("SELECT state FROM need"))[0]["state"] == "open"
    await world.run_jobs()
    assert (await world.sql("SELECT broken_by_choice FROM candidate"))[0]["broken_by_choice"] == 0


async def test_a_start_that_was_agreed_and_never_came_gives_the_need_back(world: World) -> None:
    flow = await proposed(world)
    made = await flow.trial()
    async with world.at("horten", COORDINATOR) as uow:
        await agree_start(uow, made, today() + timedelta(days=10))
    assert await flow.state() == "done"
    async with world.at("horten", COORDINATOR) as uow:
        await end_assignment(uow, made, ended_on=today(), reason="user_wish")
    assert await flow.state() == "learned"
    assert (await world.sql("SELECT state FROM need"))[0]["state"] == "open"
    assert (await world.sql("SELECT starts_on FROM assignment WHERE id = $1", made))[0]["starts_on"] is None


async def test_a_service_that_ends_during_the_trial_opens_no_need_again(world: World) -> None:
    flow = await proposed(world)
    made = await flow.trial()
    async with world.at("horten", COORDINATOR) as uow:
        await end_assignment(uow, made, ended_on=today(), reason="service_ended")
    assert await flow.state() == "learned"
    assert (await world.sql("SELECT state FROM need"))[0]["state"] == "filled"
    await world.run_jobs()
    assert await lent(flow) == (Decimal(0), Decimal(0))


async def test_a_trial_is_ended_once_by_those_who_may_see_it_and_with_words_from_the_list(
    world: World,
) -> None:
    flow = await proposed(world)
    await flow.matched()
    with pytest.raises(Conflict, match="ikke vist ennå"):
        async with world.at("horten", COORDINATOR) as uow:
            await end_trial(uow, flow.proposal_id, "times")
    await world.run_jobs()
    for learned in ("", "Han er vanskelig", "not_begun"):
        with pytest.raises(Invalid):
            async with world.at("horten", COORDINATOR) as uow:
                await end_trial(uow, flow.proposal_id, learned)
    for place in (("re", COORDINATOR), ("horten", Role.PURCHASER_ADULT)):
        with pytest.raises(NotFound):
            async with world.at(*place) as uow:
                await end_trial(uow, flow.proposal_id, "times")
    async with world.at("horten", COORDINATOR) as uow:
        await end_trial(uow, flow.proposal_id, "no_click")
    with pytest.raises(Conflict):
        async with world.at("horten", COORDINATOR) as uow:
            await end_trial(uow, flow.proposal_id, "no_click")


async def test_after_a_failed_trial_the_same_need_may_be_matched_with_another_and_the_jobs_may_come_again(
    world: World,
) -> None:
    flow = await proposed(world)
    await flow.trial()
    async with world.at("horten", COORDINATOR) as uow:
        await end_trial(uow, flow.proposal_id, "interests")
    async with world.job(world.horten) as uow:
        await carry_out(uow, {"proposal": str(flow.proposal_id)})
    assert len(await world.sql("SELECT 1 FROM assignment")) == 1
    assert await flow.state() == "learned"


async def test_two_who_have_not_met_in_a_month_are_reminded_of(world: World) -> None:
    flow = await proposed(world)
    await flow.trial()
    async with world.at("horten", COORDINATOR) as uow:
        assert not drags_on(await own_proposal(uow, flow.proposal_id))
    await world.sql("UPDATE proposal SET matched_at = now() - interval '31 days'")
    async with world.at("horten", COORDINATOR) as uow:
        assert drags_on(await own_proposal(uow, flow.proposal_id))
    page = await (await world.browser("horten", COORDINATOR)).get("/k/horten")
    assert "er ikke i gang" in page.text


async def test_an_agreement_somebody_has_signed_outlives_a_trial(world: World) -> None:
    flow = await proposed(world)
    await flow.trial()
    await world.sql(
        "UPDATE engagement SET signed_by_contact_on = $1 WHERE tenant_id = $2", today(), world.horten
    )
    async with world.at("horten", COORDINATOR) as uow:
        await end_trial(uow, flow.proposal_id, "distance")
        kept = await agreement_of(uow, await contact_in_horten(world), today())
        assert kept is not None
        assert kept.valid_to is None


async def test_the_contacts_state_in_the_needs_municipality_is_that_of_an_engaged_one(world: World) -> None:
    flow = await proposed(world)
    await flow.trial()
    async with world.at("horten", COORDINATOR) as uow:
        here = await contact_card(uow, await contact_in_horten(world))
    assert (here.state, here.vetted, here.candidate_id) == ("engaged", True, None)
