"""From a need without a name to two people who meet, across two municipalities, with every wall in between."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from decimal import Decimal
from uuid import UUID

import pytest

from sammen.clock import today
from sammen.errors import Conflict, Forbidden, Invalid, NotFound
from sammen.policy.roles import Role
from shared_pool.matching.jobs import carry_out, note_loan
from shared_pool.matching.queries import (
    Settled,
    lent_proposals,
    own_proposals,
    refused_pairs,
    request_to,
    requests_to,
    settled,
)
from shared_pool.matching.service import (
    accept,
    answer,
    decline,
    propose,
    record_pool_vetting,
    record_user_yes,
    retract,
)
from shared_pool.needs.service import post_need
from tenants.api import assignments_of_contact, contact_card, order_card
from tests.pool_samples import (
    CANDIDATE,
    COORDINATOR,
    SHARED,
    USER,
    need_facts,
    posted_need,
    proposed,
    shared_candidate,
    user_of,
)
from tests.provider_samples import contact, granted_order
from tests.worlds import World

SHARED_TABLES = ("need", "candidate", "proposal", "introduction", "region_audit_entry", "job_queue")


async def everything_in(world: World, table: str, where: str = "true") -> str:
    """Every row of a table as text."""
    return str([dict(row) for row in await world.sql(f"SELECT * FROM {table} WHERE {where}")])


async def horten_rows(world: World) -> str:
    """Everything that is Horten's own."""
    tables = await world.sql(
        "SELECT table_name FROM information_schema.columns WHERE table_schema = 'sammen' AND column_name = 'tenant_id'"
    )
    return " ".join([await everything_in(world, row[0], f"tenant_id = '{world.horten}'") for row in tables])


async def re_rows(world: World) -> str:
    """Everything that is Re's own."""
    tables = await world.sql(
        "SELECT table_name FROM information_schema.columns WHERE table_schema = 'sammen' AND column_name = 'tenant_id'"
    )
    return " ".join([await everything_in(world, row[0], f"tenant_id = '{world.re}'") for row in tables])


async def test_with_every_yes_the_assignment_exists_in_horten_and_hours_alone_at_the_lender(
    world: World,
) -> None:
    flow = await proposed(world)
    await flow.accept()
    await flow.candidate_says()
    await flow.home_says_yes()
    await flow.user_yes()
    assert await flow.state() == "accepted"
    await flow.vetted()
    assert await flow.state() == "matched"
    await world.run_jobs()

    async with world.at("horten", COORDINATOR) as uow:
        assert (await order_card(uow, flow.order_id)).state == "filled"
    made = (await world.sql("SELECT * FROM assignment WHERE proposal_id = $1", flow.proposal_id))[0]
    assert (made["tenant_id"], made["source"], made["state"]) == (world.horten, "pool", "planned")
    assert made["starts_on"] is None, "the two are to meet first"
    assert made["revealed_at"] is not None
    async with world.at("horten", COORDINATOR) as uow:
        here = await contact_card(uow, made["contact_id"])
    assert (here.name, here.vetted, here.state, here.phone) == (CANDIDATE, True, "engaged", "900 00 002")
    assert here.user_id == await user_of(world, "re", flow.contact_id)
    assert (await world.sql("SELECT state FROM need WHERE id = $1", flow.need_id))[0]["state"] == "filled"
    assert await world.sql("SELECT 1 FROM introduction") == []
    membership = await world.sql(
        "SELECT role FROM membership WHERE user_id = $1 AND municipality_id = $2 AND kind = 'own'",
        here.user_id,
        world.horten,
    )
    assert [row["role"] for row in membership] == ["contact"]

    async with world.at("re", COORDINATOR) as uow:
        lender = await contact_card(uow, flow.contact_id)
        assert (await assignments_of_contact(uow, flow.contact_id)) == []
    assert lender.lent_hours == Decimal(4)
    candidate = (await world.sql("SELECT hours_now FROM candidate WHERE id = $1", flow.candidate_id))[0]
    assert candidate["hours_now"] == Decimal(4)


async def test_the_service_users_name_is_never_at_the_lender_nor_in_the_pool(world: World) -> None:
    flow = await proposed(world)
    await flow.trial()
    order = (await world.sql("SELECT person_id, case_id FROM service_order WHERE id = $1", flow.order_id))[0]
    secrets = [USER, USER.split()[1], str(order["person_id"]), str(order["case_id"]), str(flow.order_id)]
    for table in SHARED_TABLES:
        found = await everything_in(world, table)
        assert not [secret for secret in secrets if secret in found], table
    at_the_lender = await re_rows(world)
    assert not [secret for secret in secrets if secret in at_the_lender]


async def test_the_candidates_name_is_nowhere_in_horten_nor_in_the_pool_before_the_match(
    world: World,
) -> None:
    flow = await proposed(world)
    await flow.accept()
    await flow.candidate_says()
    await flow.user_yes()
    user = str(await user_of(world, "re", flow.contact_id))
    secrets = [CANDIDATE, CANDIDATE.split()[0], "900 00 002", user, str(flow.contact_id)]
    in_horten = await horten_rows(world)
    assert not [secret for secret in secrets if secret in in_horten]
    for table in SHARED_TABLES:
        found = await everything_in(world, table)
        assert not [secret for secret in secrets if secret in found], table
    assert len(await world.sql("SELECT 1 FROM introduction")) == 1


async def test_an_introduction_cannot_be_read_by_the_region_or_by_a_third_municipality(world: World) -> None:
    flow = await proposed(world)
    await flow.accept()
    await flow.candidate_says()
    async with world.at("vestfold", SHARED) as uow:
        assert await uow.call("SELECT 1 FROM sammen.introduction") == []
    async with world.at("horten", COORDINATOR) as uow:
        assert len(await uow.call("SELECT 1 FROM sammen.introduction")) == 1


async def test_whoever_proposed_cannot_accept(world: World) -> None:
    flow = await proposed(world)
    await world.sql(
        "UPDATE proposal SET proposed_by = $1 WHERE id = $2",
        world.user("horten", COORDINATOR),
        flow.proposal_id,
    )
    with pytest.raises(Forbidden):
        await flow.accept()
    assert await flow.state() == "proposed"


async def test_the_table_itself_refuses_a_proposer_who_accepts_and_a_match_without_every_yes(
    world: World,
) -> None:
    flow = await proposed(world)
    with pytest.raises(Exception, match="four_eyes"):
        await world.sql(
            "UPDATE proposal SET accepted_by = proposed_by, accepted_at = now() WHERE id = $1",
            flow.proposal_id,
        )
    with pytest.raises(Exception, match="every_yes"):
        await world.sql(
            "UPDATE proposal SET state = 'matched', matched_at = now() WHERE id = $1", flow.proposal_id
        )


async def test_two_who_accept_at_once_make_one_acceptance(world: World) -> None:
    flow = await proposed(world)
    outcomes = await asyncio.gather(flow.accept(), flow.accept(), return_exceptions=True)
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["Conflict", "NoneType"]
    entries = await world.sql("SELECT 1 FROM audit_entry WHERE action = 'proposal.accepted'")
    assert len(entries) == 1


async def test_two_last_yeses_at_once_make_one_match_and_one_assignment(world: World) -> None:
    flow = await proposed(world)
    await flow.accept()
    await flow.candidate_says()
    await flow.home_says_yes()
    await asyncio.gather(flow.user_yes(), flow.vetted())
    assert await flow.state() == "matched"
    await world.run_jobs()
    assert len(await world.sql("SELECT 1 FROM assignment")) == 1


async def test_each_job_of_a_match_may_come_again_and_changes_nothing(world: World) -> None:
    flow = await proposed(world)
    await flow.trial()
    before = await world.sql(
        "SELECT (SELECT count(*) FROM person), (SELECT count(*) FROM support_contact), (SELECT count(*) FROM assignment)"
    )
    for _ in range(3):
        async with world.job(world.horten) as uow:
            await carry_out(uow, {"proposal": str(flow.proposal_id)})
        async with world.job(world.re) as uow:
            await note_loan(uow, {"proposal": str(flow.proposal_id)})
    after = await world.sql(
        "SELECT (SELECT count(*) FROM person), (SELECT count(*) FROM support_contact), (SELECT count(*) FROM assignment)"
    )
    assert [tuple(row) for row in before] == [tuple(row) for row in after]
    async with world.at("re", COORDINATOR) as uow:
        assert (await contact_card(uow, flow.contact_id)).lent_hours == Decimal(4)


async def test_a_candidate_is_asked_only_after_the_municipality_has_said_yes(world: World) -> None:
    flow = await proposed(world)
    async with world.at("re", Role.CONTACT) as uow:
        assert await requests_to(uow, flow.candidate_id) == []
        with pytest.raises(NotFound):
            await request_to(uow, flow.candidate_id, flow.proposal_id)
    with pytest.raises(NotFound):
        await flow.candidate_says()


async def test_only_the_candidate_answers(world: World) -> None:
    flow = await proposed(world)
    await flow.accept()
    with pytest.raises(NotFound):
        async with world.at("horten", Role.CONTACT) as uow:
            await answer(uow, flow.proposal_id, yes=True)
    await world.sql("UPDATE person SET user_id = NULL WHERE tenant_id = $1 AND user_id IS NOT NULL", world.re)
    with pytest.raises(NotFound):
        await flow.candidate_says()


async def test_steps_come_in_order_and_dates_that_have_not_been_are_refused(world: World) -> None:
    flow = await proposed(world)
    for step in (flow.user_yes, flow.vetted):
        with pytest.raises(Conflict):
            await step()
    await flow.accept()
    tomorrow = today() + timedelta(days=1)
    with pytest.raises(Invalid):
        async with world.at("horten", COORDINATOR) as uow:
            await record_pool_vetting(
                uow, flow.proposal_id, police_shown_on=tomorrow, confidentiality_signed_on=today()
            )
    with pytest.raises(Invalid):
        async with world.at("horten", COORDINATOR) as uow:
            await record_user_yes(uow, flow.proposal_id, tomorrow)
    await flow.user_yes()
    with pytest.raises(Conflict):
        await flow.user_yes()


async def test_the_lender_can_take_no_step_for_the_need_and_the_region_none_after_its_own(
    world: World,
) -> None:
    flow = await proposed(world)
    for step in (accept,):
        with pytest.raises(NotFound):
            async with world.at("re", COORDINATOR) as uow:
                await step(uow, flow.proposal_id)
    with pytest.raises(NotFound):
        async with world.at("re", COORDINATOR) as uow:
            await decline(uow, flow.proposal_id, "too_far")
    await flow.accept()
    with pytest.raises(Conflict):
        async with world.at("vestfold", SHARED) as uow:
            await retract(uow, flow.proposal_id)


async def test_a_no_needs_a_reason_from_the_municipality_and_none_from_the_candidate(world: World) -> None:
    flow = await proposed(world)
    with pytest.raises(Invalid):
        async with world.at("horten", COORDINATOR) as uow:
            await decline(uow, flow.proposal_id, "  ")
    with pytest.raises(Invalid):
        async with world.at("horten", COORDINATOR) as uow:
            await decline(uow, flow.proposal_id, "other", " ")
    with pytest.raises(Invalid):  # the lender's reason
        async with world.at("horten", COORDINATOR) as uow:
            await decline(uow, flow.proposal_id, "needed_at_home")
    await flow.accept()
    await flow.candidate_says(yes=False)
    row = await flow.row()
    assert (row["state"], row["ended_by"], row["decline_code"]) == ("declined", "candidate", "")
    async with world.at("vestfold", SHARED) as uow:  # both are free again, but not for each other
        assert await refused_pairs(uow) == {(flow.need_id, flow.candidate_id)}
        assert await settled(uow) == Settled(frozenset(), frozenset())
        with pytest.raises(Conflict, match="sagt nei"):
            await propose(uow, flow.need_id, flow.candidate_id, "Et forsøk til.")


async def test_a_candidate_is_held_for_one_need_and_a_need_has_one_live_proposal(world: World) -> None:
    flow = await proposed(world)
    async with world.at("horten", COORDINATOR) as uow:
        found = await own_proposals(uow)
        assert [card.id for card in found] == [flow.proposal_id]
    with pytest.raises(Conflict):
        async with world.at("vestfold", SHARED) as uow:
            await propose(uow, flow.need_id, flow.candidate_id, "En gang til.")


async def test_the_lender_sees_that_its_contact_is_asked_for_and_hours_but_no_need_of_its_own(
    world: World,
) -> None:
    flow = await proposed(world)
    async with world.at("re", COORDINATOR) as uow:
        assert [card.id for card in await lent_proposals(uow)] == [flow.proposal_id]
        assert await own_proposals(uow) == []
        assert await uow.call("SELECT 1 FROM sammen.need") == []
    async with world.at("horten", COORDINATOR) as uow:
        assert await lent_proposals(uow) == []
        assert await uow.call("SELECT 1 FROM sammen.candidate") == []


async def test_a_candidate_without_hours_left_cannot_be_proposed(world: World) -> None:
    flow = await proposed(world)
    await flow.accept()
    await flow.candidate_says(yes=False)
    await world.sql("DELETE FROM proposal")
    await world.sql("UPDATE candidate SET hours_now = hours_wanted WHERE id = $1", flow.candidate_id)
    with pytest.raises(Conflict):
        async with world.at("vestfold", SHARED) as uow:
            await propose(uow, flow.need_id, flow.candidate_id, "Tross alt.")


async def test_a_rare_trait_is_matched_on_and_stands_in_no_proposal(world: World) -> None:
    with pytest.raises(Conflict):  # the candidate does not speak it
        await proposed(world, languages=["so"], skills=["autism"])
    await world.sql("UPDATE candidate SET languages = '{so}', skills = '{autism}'")
    need = (await world.sql("SELECT id FROM need"))[0]["id"]
    candidate = (await world.sql("SELECT id FROM candidate"))[0]["id"]
    async with world.at("vestfold", SHARED) as uow:
        await propose(uow, need, candidate, "Passer.")
    kept = (await world.sql("SELECT need_card, candidate_card, reasons FROM proposal"))[0]
    assert not [word for word in ("so", "autism", "pm") if f'"{word}"' in str(tuple(kept))]
    assert "hidden_met" in kept["reasons"]


async def test_every_step_is_in_the_trail_of_the_place_it_happened_in(world: World) -> None:
    flow = await proposed(world)
    await flow.trial()

    async def actions(table: str, owner: str, place: object) -> set[str]:
        rows = await world.sql(
            f"SELECT action FROM {table} WHERE {owner} = $1 AND category = 'change'", place
        )
        return {row["action"] for row in rows}

    assert await actions("region_audit_entry", "region_id", world.region) == {"proposal.made"}
    assert {
        "need.posted",
        "proposal.accepted",
        "proposal.user_yes",
        "proposal.vetted",
        "match.carried_out",
        "need.filled",
    } <= (await actions("audit_entry", "tenant_id", world.horten))
    assert {"candidate.shared", "proposal.candidate_yes", "contact.lent"} <= await actions(
        "audit_entry", "tenant_id", world.re
    )
    lent = (
        await world.sql(
            "SELECT actor_id, details::text AS details FROM audit_entry WHERE action = 'contact.lent'"
        )
    )[0]
    assert lent["actor_id"] is None
    assert str(flow.need_id) not in lent["details"]


async def test_somebody_with_the_same_name_and_birth_date_is_not_let_in_as_the_candidate(
    world: World,
) -> None:
    namesake = await contact(world, "horten", CANDIDATE)
    flow = await proposed(world)
    await flow.trial()
    made = (await world.sql("SELECT contact_id FROM assignment WHERE proposal_id = $1", flow.proposal_id))[0]
    assert made["contact_id"] != namesake
    async with world.at("horten", COORDINATOR) as uow:
        assert (await contact_card(uow, namesake)).user_id is None


async def test_a_candidate_of_ones_own_is_engaged_at_home_and_lent_to_nobody(world: World) -> None:
    order_id, need_id = await posted_need(world)
    contact_id, candidate_id = await shared_candidate(world, "horten")
    async with world.at("vestfold", SHARED) as uow:
        proposal_id = await propose(uow, need_id, candidate_id, "Bor nær.")
    async with world.at("horten", COORDINATOR) as uow:
        await accept(uow, proposal_id)
        await record_user_yes(uow, proposal_id, today())
        await record_pool_vetting(
            uow, proposal_id, police_shown_on=today(), confidentiality_signed_on=today()
        )
    async with world.at("horten", Role.CONTACT) as uow:
        await answer(uow, proposal_id, yes=True)
    await world.run_jobs()
    async with world.at("horten", COORDINATOR) as uow:
        assert len(await assignments_of_contact(uow, contact_id)) == 1
        assert (await contact_card(uow, contact_id)).lent_hours == 0
        assert (await order_card(uow, order_id)).state == "filled"
    assert (await world.sql("SELECT hours_now FROM candidate"))[0]["hours_now"] == Decimal(4)


async def test_two_coordinators_who_reserve_the_same_candidate_at_once_get_one_and_a_no(world: World) -> None:
    order_id, need_id = await posted_need(world)
    _, candidate_id = await shared_candidate(world)
    other_order = await granted_order(world, "horten", name="Mats Ruud")
    async with world.at("horten", COORDINATOR) as uow:
        other_need = await post_need(uow, other_order, need_facts())

    async def try_it(need: UUID) -> None:
        async with world.at("vestfold", SHARED) as uow:
            await propose(uow, need, candidate_id, "Passer.")

    outcomes = await asyncio.gather(try_it(need_id), try_it(other_need), return_exceptions=True)
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["Conflict", "NoneType"]
    assert order_id != other_order
    assert len(await world.sql("SELECT 1 FROM proposal")) == 1
