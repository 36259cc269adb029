"""A substitute from another municipality (B10, C4): asked for without a name, known to the user before anything, and paid
for as any other hours.
"""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from uuid import UUID

import pytest

from sammen.clock import today
from sammen.errors import Conflict, Invalid, NotFound
from shared_pool.matching.queries import refused_pairs
from shared_pool.matching.service import propose
from shared_pool.matching.standing_in import known_now, not_known, stand_in_of
from shared_pool.needs.service import post_need
from shared_pool.recruitment.api import PoolWishes
from shared_pool.recruitment.service import share_contact
from shared_pool.settlement.facts import tell_facts
from tenants.api import IntroductionFacts, agreement_of, end_assignment, fill_order, introduce, order_card
from tenants.assignments.substituting import substitute_order
from tenants.substitutes.known import end_introduction
from tests.need_samples import NEED_FORM
from tests.payroll_samples import hours
from tests.pool_samples import CANDIDATE, COORDINATOR, CROWD, SHARED, USER, Flow, need_facts, shared_candidate
from tests.provider_samples import contact, granted_order
from tests.worlds import World

YESTERDAY = today() - timedelta(days=1)


async def filled_order(world: World) -> UUID:
    """An order in Horten that has its contact, among others alike who have theirs."""
    orders = [await granted_order(world, "horten", name=name) for name in (*CROWD, USER)]
    regular = await contact(world, "horten", "Sara Dahl")
    async with world.at("horten", COORDINATOR) as uow:
        for order_id in orders:
            await fill_order(uow, order_id, regular, starts_on=today() - timedelta(days=20))
    return orders[-1]


async def willing(world: World, contact_id: UUID, *uses: str) -> None:
    """The contact at Re says yes to these uses."""
    async with world.at("re", COORDINATOR) as uow:
        await share_contact(
            uow, contact_id, today() + timedelta(days=180), "middle", wishes=PoolWishes(uses=tuple(uses)), seen=True
        )  # fmt: skip


async def asked_for(world: World) -> Flow:
    """A candidate from Re proposed as a substitute in Horten."""
    order_id = await filled_order(world)
    async with world.at("horten", COORDINATOR) as uow:
        need_id = await post_need(uow, order_id, need_facts(purpose="substitute"))
    contact_id, candidate_id = await shared_candidate(world)
    await willing(world, contact_id, "pool", "substitute")
    async with world.at("vestfold", SHARED) as uow:
        proposal_id = await propose(uow, need_id, candidate_id, "Klatrer selv.")
    return Flow(world, order_id, need_id, contact_id, candidate_id, proposal_id)


async def shown(world: World) -> tuple[Flow, UUID]:
    """Every yes is given and the names are shown; (the flow, the substitute as Horten's contact)."""
    flow = await asked_for(world)
    await flow.matched()
    await world.run_jobs()
    async with world.at("horten", COORDINATOR) as uow:
        found = await stand_in_of(uow, flow.proposal_id)
    assert found is not None
    return flow, found.contact_id


async def test_an_order_that_has_its_contact_may_ask_for_a_substitute_once_and_keeps_its_own_need_apart(
    world: World,
) -> None:
    order_id = await filled_order(world)
    async with world.at("horten", COORDINATOR) as uow:
        need_id = await post_need(uow, order_id, need_facts(purpose="substitute"))
        card = await order_card(uow, order_id)
        assert (card.need_id, card.substitute_need_id, card.state) == (None, need_id, "filled")
    for purpose in ("substitute", "regular"):
        with pytest.raises(Conflict):
            async with world.at("horten", COORDINATOR) as uow:
                await post_need(uow, order_id, need_facts(purpose=purpose))


async def test_only_who_said_yes_to_being_a_substitute_is_proposed(world: World) -> None:
    order_id = await filled_order(world)
    async with world.at("horten", COORDINATOR) as uow:
        need_id = await post_need(uow, order_id, need_facts(purpose="substitute"))
    contact_id, candidate_id = await shared_candidate(world)
    with pytest.raises(Conflict):
        async with world.at("vestfold", SHARED) as uow:
            await propose(uow, need_id, candidate_id, "Klatrer selv.")
    await willing(world, contact_id, "pool", "substitute")
    async with world.at("vestfold", SHARED) as uow:
        await propose(uow, need_id, candidate_id, "Klatrer selv.")


async def test_a_known_substitute_steps_in_is_charged_to_the_decision_and_owed_for(world: World) -> None:
    flow, contact_id = await shown(world)
    made = await world.sql("SELECT role FROM assignment WHERE order_id = $1", flow.order_id)
    assert [row["role"] for row in made] == ["regular"]
    async with world.at("horten", COORDINATOR) as uow:
        await known_now(uow, flow.proposal_id, met_on=YESTERDAY, said_yes_by="Mor")
    assert await flow.state() == "done"
    async with world.at("horten", COORDINATOR) as uow:
        stepped_in = await substitute_order(
            uow, flow.order_id, contact_id, role="substitute", starts_on=YESTERDAY, ends_on=YESTERDAY
        )
    await hours(world, stepped_in, YESTERDAY, "2.5")
    async with world.job(world.horten, name="settlement.report") as uow:
        await tell_facts(uow)
    owed = await world.sql("SELECT quantity FROM settlement_fact WHERE kind = 'hours'")
    assert [row["quantity"] for row in owed] == [Decimal("2.5")]
    # No hours of every week are lent, so the candidate is as free as before.
    rows = await world.sql("SELECT hours_now FROM candidate WHERE id = $1", flow.candidate_id)
    assert rows[0]["hours_now"] == 0


async def test_hours_of_a_substitute_of_ones_own_are_owed_to_nobody(world: World) -> None:
    flow, _ = await shown(world)
    async with world.at("horten", COORDINATOR) as uow:
        await known_now(uow, flow.proposal_id, met_on=YESTERDAY, said_yes_by="Mor")
    own = await contact(world, "horten", "Per Aune")
    async with world.at("horten", COORDINATOR) as uow:
        await introduce(uow, flow.order_id, IntroductionFacts(own, YESTERDAY, "earlier", YESTERDAY, "Mor"))
        stepped_in = await substitute_order(
            uow, flow.order_id, own, role="substitute", starts_on=YESTERDAY, ends_on=YESTERDAY
        )
    await hours(world, stepped_in, YESTERDAY, "2")
    async with world.job(world.horten, name="settlement.report") as uow:
        await tell_facts(uow)
    assert await world.sql("SELECT 1 FROM settlement_fact WHERE kind = 'hours'") == []


async def test_what_was_not_right_gives_the_need_back_and_the_two_are_not_proposed_again(
    world: World,
) -> None:
    flow, contact_id = await shown(world)
    async with world.at("horten", COORDINATOR) as uow:
        await not_known(uow, flow.proposal_id, "times")
    assert await flow.state() == "learned"
    need = await world.sql("SELECT state FROM need WHERE id = $1", flow.need_id)
    assert need[0]["state"] == "open"
    async with world.at("vestfold", SHARED) as uow:
        assert (flow.need_id, flow.candidate_id) in await refused_pairs(uow)
    async with world.at("horten", COORDINATOR) as uow:
        assert await agreement_of(uow, contact_id, today() + timedelta(days=1)) is None
        with pytest.raises(Conflict):
            await known_now(uow, flow.proposal_id, met_on=YESTERDAY, said_yes_by="Mor")


async def test_a_day_ahead_nobody_named_and_those_who_may_not_are_refused(world: World) -> None:
    flow, _ = await shown(world)
    for met_on, by, field in ((today() + timedelta(days=1), "Mor", "traff"), (today(), " ", "ja_av")):
        with pytest.raises(Invalid) as bad:
            async with world.at("horten", COORDINATOR) as uow:
                await known_now(uow, flow.proposal_id, met_on=met_on, said_yes_by=by)
        assert field in bad.value.errors
    with pytest.raises(NotFound):
        async with world.at("re", COORDINATOR) as uow:
            await known_now(uow, flow.proposal_id, met_on=today(), said_yes_by="Mor")
    assert await flow.state() == "matched"


async def test_a_substitute_who_is_one_no_longer_ends_the_loan(world: World) -> None:
    flow, _ = await shown(world)
    async with world.at("horten", COORDINATOR) as uow:
        await known_now(uow, flow.proposal_id, met_on=YESTERDAY, said_yes_by="Mor")
    known = (await world.sql("SELECT id FROM introduced_substitute WHERE ended_on IS NULL"))[0]["id"]
    async with world.at("horten", COORDINATOR) as uow:
        await end_introduction(uow, known)
    row = await flow.row()
    assert (row["state"], row["ended_by"]) == ("done", "need")
    assert row["ended_at"] is not None


async def test_the_need_for_a_substitute_goes_with_the_order_and_with_a_case_that_is_shielded(
    world: World,
) -> None:
    flow = await asked_for(world)
    running = (await world.sql("SELECT id FROM assignment WHERE order_id = $1", flow.order_id))[0]["id"]
    page = await (await world.browser("horten", COORDINATOR)).get(f"/k/horten/bestillinger/{flow.order_id}")
    assert "for en vikar er lagt ut uten navn" in page.text
    async with world.at("horten", COORDINATOR) as uow:
        await end_assignment(uow, running, ended_on=today(), reason="service_ended")
    need = await world.sql("SELECT state FROM need WHERE id = $1", flow.need_id)
    assert need[0]["state"] == "withdrawn"
    assert await flow.state() == "withdrawn"


async def test_the_page_shows_the_name_takes_the_day_they_met_and_keeps_what_was_typed_wrongly(
    world: World,
) -> None:
    flow, _ = await shown(world)
    browser = await world.browser("horten", COORDINATOR)
    address = f"/k/horten/formidling/{flow.proposal_id}"
    page = (await browser.get(address)).text
    assert f"Vikaren heter {CANDIDATE}" in page
    wrong = await browser.submit(f"{address}/kjent", {"traff": "31.02.2026", "ja_av": "Mor"}, page=address)
    assert wrong.status_code == 422
    assert 'value="Mor"' in wrong.text
    assert 'href="#traff' in wrong.text
    done = await browser.submit(
        f"{address}/kjent", {"traff": YESTERDAY.strftime("%d.%m.%Y"), "ja_av": "Mor"}, page=address
    )
    assert done.status_code == 303
    assert f"{CANDIDATE} er en kjent vikar" in (await browser.get(address)).text
    known = await world.sql("SELECT user_said_yes_by FROM introduced_substitute")
    assert [row["user_said_yes_by"] for row in known] == ["Mor"]


async def test_the_form_for_a_substitute_posts_one_and_is_not_there_twice(world: World) -> None:
    order_id = await filled_order(world)
    browser = await world.browser("horten", COORDINATOR)
    order = f"/k/horten/bestillinger/{order_id}"
    assert f'href="{order}/vikarbehov"' in (await browser.get(order)).text
    form = {**NEED_FORM, "steg": "legg_ut"}
    answer = await browser.submit(f"{order}/vikarbehov", form, page=f"{order}/vikarbehov")
    assert answer.status_code == 303, answer.text
    rows = await world.sql("SELECT purpose, state FROM need")
    assert [(row["purpose"], row["state"]) for row in rows] == [("substitute", "open")]
    assert "for en vikar er lagt ut uten navn" in (await browser.get(order)).text
    assert (await browser.get(f"{order}/vikarbehov")).status_code == 409
