"""What ends with what: a loan with its assignment, a need with its order, orders and cases with the decision."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID

import asyncpg
import pytest
from sqlalchemy.exc import DBAPIError

from sammen.clock import today
from sammen.db.unit_of_work import plain_transaction
from sammen.errors import Conflict, NotFound
from sammen.policy.roles import Role
from shared_pool.matching.jobs import carry_out, note_loan
from shared_pool.matching.queries import request_to
from shared_pool.matching.views import proposal_view
from shared_pool.needs.service import withdraw_need
from tenants.api import contact_card, end_assignment, fill_order, order_card
from tenants.assignments.jobs import new_day, visit_municipalities
from tenants.assignments.service import return_order
from tenants.waiting.measures import users
from tests.database import KEYS
from tests.figure_samples import total
from tests.imported_lists import bring_in_rows, row
from tests.pool_samples import COORDINATOR, Flow, posted_need, proposed
from tests.provider_samples import assigned, case_of, contact, granted_orders, individual
from tests.worlds import World

YESTERDAY = today() - timedelta(days=1)
TO = "Vedtak_t.o.m."


async def matched(world: World) -> Flow:
    """Every yes is given; the jobs that follow have not run."""
    flow = await proposed(world)
    await flow.matched()
    return flow


async def lender_hours(flow: Flow) -> tuple[Decimal, Decimal]:
    """(the contact's lent hours, the candidate's hours now) at Re."""
    lent = await flow.world.sql("SELECT lent_hours FROM support_contact WHERE id = $1", flow.contact_id)
    now = await flow.world.sql("SELECT hours_now FROM candidate WHERE id = $1", flow.candidate_id)
    return lent[0]["lent_hours"], now[0]["hours_now"]


async def one(world: World, table: str, found: UUID) -> dict[str, object]:
    """A row by its id, past every wall."""
    return dict((await world.sql(f"SELECT * FROM {table} WHERE id = $1", found))[0])


async def run_out(world: World, order_id: UUID, last_day: date = YESTERDAY) -> None:
    """The order's grant was for no longer than that."""
    await world.sql(
        "UPDATE service_grant SET valid_from = least(valid_from, $2), valid_to = $2"
        " WHERE id = (SELECT grant_id FROM service_order WHERE id = $1)",
        order_id, last_day,
    )  # fmt: skip


async def night(world: World) -> None:
    """The night's job in Horten."""
    async with world.job(world.horten) as uow:
        await new_day(uow, {})


# Loans ----------------------------------------------------------------------------------------------------------------
async def test_the_lenders_hours_go_back_when_the_assignment_ends_and_nothing_is_told_of_why(
    world: World,
) -> None:
    flow = await proposed(world)
    made = await flow.begun()
    assert await lender_hours(flow) == (Decimal(4), Decimal(4))
    async with world.at("horten", COORDINATOR) as uow:
        await end_assignment(uow, made, ended_on=today(), reason="no_fit")
    await world.run_jobs()
    assert await lender_hours(flow) == (Decimal(0), Decimal(0))
    proposal = await flow.row()
    assert (proposal["state"], proposal["ended_by"], proposal["end_reason"]) == ("done", "need", "")
    async with world.job(world.re) as uow:
        await note_loan(uow, {"proposal": str(flow.proposal_id)})
    assert await lender_hours(flow) == (Decimal(0), Decimal(0))
    said = await world.sql(
        "SELECT string_agg(e::text, ' ') AS text FROM audit_entry e WHERE tenant_id = $1", world.re
    )
    assert "contact.lent" in said[0]["text"]
    assert "no_fit" not in said[0]["text"]


async def test_a_candidates_hours_in_the_pool_follow_what_they_do_at_home(world: World) -> None:
    order_id = (await granted_orders(world, "re", [individual("3")], name="Elin Sand"))[0]
    flow = await proposed(world)
    async with world.at("re", COORDINATOR) as uow:
        made = await fill_order(uow, order_id, flow.contact_id, starts_on=today())
    assert await lender_hours(flow) == (Decimal(0), Decimal(3))
    async with world.at("re", COORDINATOR) as uow:
        await end_assignment(uow, made, ended_on=today(), reason="user_wish")
    assert await lender_hours(flow) == (Decimal(0), Decimal(0))


# An order and its need ------------------------------------------------------------------------------------------------
async def test_an_order_filled_at_home_takes_its_need_back_and_the_region_may_read_why(
    world: World,
) -> None:
    flow = await proposed(world)
    await flow.accept()
    await flow.candidate_says()
    at_home = await contact(world, "horten", "Amund Vik")
    async with world.at("horten", COORDINATOR) as uow:
        await fill_order(uow, flow.order_id, at_home, starts_on=today())
    assert (await one(world, "need", flow.need_id))["state"] == "withdrawn"
    assert await flow.state() == "withdrawn"
    assert await world.sql("SELECT 1 FROM introduction") == []
    async with world.at("horten", COORDINATOR) as uow:
        assert (await order_card(uow, flow.order_id)).need_id is None
    async with world.at("re", Role.CONTACT) as uow:
        card = await request_to(uow, flow.candidate_id, flow.proposal_id)
    shown = proposal_view(card, lambda text, **values: text % values if values else text, "nb")
    assert shown["end_reason"] == "Brukeren har fått en støttekontakt på en annen måte."
    page = await (await world.browser("re", Role.CONTACT)).get(f"/min/re/foresporsler/{flow.proposal_id}")
    assert "på en annen måte" not in page.text, "a reason here would make a no of every silence"
    assert "Det ble ikke noe av denne gangen" in page.text


async def test_an_order_sent_back_to_the_purchaser_takes_its_need_back(world: World) -> None:
    order_id, need_id = await posted_need(world)
    async with world.at("horten", COORDINATOR) as uow:
        await return_order(uow, order_id, "Timene stemmer ikke.")
    assert (await one(world, "need", need_id))["state"] == "withdrawn"
    assert (await one(world, "service_order", order_id))["need_id"] is None


async def test_an_order_filled_at_home_after_the_last_yes_ends_the_match_and_the_loan(world: World) -> None:
    flow = await matched(world)
    at_home = await contact(world, "horten", "Amund Vik")
    async with world.at("horten", COORDINATOR) as uow:
        mine = await fill_order(uow, flow.order_id, at_home, starts_on=today())
    assert await world.run_jobs() == []
    found = await world.sql("SELECT id FROM assignment WHERE tenant_id = $1", world.horten)
    assert [made["id"] for made in found] == [mine]
    assert await flow.state() == "withdrawn"
    assert await lender_hours(flow) == (Decimal(0), Decimal(0))
    assert await world.sql("SELECT 1 FROM introduction") == []


async def test_who_fills_at_home_after_the_match_was_carried_out_is_told_so(world: World) -> None:
    flow = await matched(world)
    await world.run_jobs()
    at_home = await contact(world, "horten", "Amund Vik")
    async with world.at("horten", COORDINATOR) as uow:
        with pytest.raises(Conflict):
            await fill_order(uow, flow.order_id, at_home, starts_on=today())
    assert await flow.state() == "matched"
    assert await lender_hours(flow) == (Decimal(4), Decimal(4))


async def test_filling_at_home_and_the_match_at_once_give_one_assignment_and_hours_that_agree(
    world: World,
) -> None:
    flow = await matched(world)
    at_home = await contact(world, "horten", "Amund Vik")

    async def home() -> None:
        async with world.at("horten", COORDINATOR) as uow:
            await fill_order(uow, flow.order_id, at_home, starts_on=today())

    async def pool() -> None:
        async with world.job(world.horten) as uow:
            await carry_out(uow, {"proposal": str(flow.proposal_id)})

    outcomes = await asyncio.gather(home(), pool(), return_exceptions=True)
    assert {type(outcome) for outcome in outcomes} <= {type(None), Conflict}
    assert await world.run_jobs() == []
    made = await world.sql("SELECT source FROM assignment WHERE tenant_id = $1", world.horten)
    assert len(made) == 1
    lent = Decimal(4) if made[0]["source"] == "pool" else Decimal(0)
    assert await lender_hours(flow) == (lent, lent)
    assert await flow.state() == ("matched" if lent else "withdrawn")


async def test_the_last_yes_and_filling_at_home_at_once_leave_neither_two_contacts_nor_a_loan(
    world: World,
) -> None:
    flow = await proposed(world)
    await flow.accept()
    await flow.candidate_says()
    await flow.home_says_yes()
    await flow.vetted()
    at_home = await contact(world, "horten", "Amund Vik")

    async def home() -> None:
        async with world.at("horten", COORDINATOR) as uow:
            await fill_order(uow, flow.order_id, at_home, starts_on=today())

    outcomes = await asyncio.gather(home(), flow.user_yes(), return_exceptions=True)
    assert {type(outcome) for outcome in outcomes} <= {type(None), Conflict}
    assert outcomes[0] is None, "nothing was carried out yet: home comes first or second, and wins"
    assert await world.run_jobs() == []
    assert len(await world.sql("SELECT 1 FROM assignment WHERE tenant_id = $1", world.horten)) == 1
    assert await lender_hours(flow) == (Decimal(0), Decimal(0))


async def test_a_need_taken_back_and_accepted_at_once_ends_one_way(world: World) -> None:
    flow = await proposed(world)

    async def take_back() -> None:
        async with world.at("horten", COORDINATOR) as uow:
            await withdraw_need(uow, flow.need_id)

    async def patiently(attempt: Callable[[], Awaitable[None]]) -> None:
        """As a person would who is told to wait a little and try again: on a busy machine a lock may be held long."""
        for _ in range(10):
            try:
                return await attempt()
            except asyncpg.LockNotAvailableError:
                continue
            except DBAPIError as error:
                if "LockNotAvailable" not in str(error.orig):
                    raise
        raise AssertionError("the other never ended")

    outcomes = await asyncio.gather(patiently(take_back), patiently(flow.accept), return_exceptions=True)
    assert outcomes[0] is None
    assert isinstance(outcomes[1], Conflict | NotFound | None)
    assert await flow.state() == "withdrawn"


async def test_a_match_whose_decision_has_run_out_comes_to_nothing_without_a_dead_letter(
    world: World,
) -> None:
    flow = await matched(world)
    await run_out(world, flow.order_id)
    assert await world.run_jobs() == []
    assert await flow.state() == "withdrawn"
    assert await world.sql("SELECT 1 FROM assignment WHERE tenant_id = $1", world.horten) == []
    assert (
        await world.sql("SELECT 1 FROM person WHERE family_name = 'Kvamme' AND tenant_id = $1", world.horten)
        == []
    )
    assert await lender_hours(flow) == (Decimal(0), Decimal(0))


# What time ends -------------------------------------------------------------------------------------------------------
async def test_an_assignment_ends_with_its_decision_and_the_case_stands_for_evaluation(world: World) -> None:
    order_id, _, made = await assigned(world, "horten")
    case_id = await case_of(world, "horten", order_id)
    await night(world)
    assert (await one(world, "assignment", made))["state"] == "running", "the decision holds today"
    await run_out(world, order_id)
    await night(world)
    ended = await one(world, "assignment", made)
    assert (ended["state"], ended["ended_on"], ended["end_reason"]) == ("ended", YESTERDAY, "grant_ended")
    assert (await one(world, "service_order", order_id))["state"] == "ended"
    case = await one(world, "case_file", case_id)
    assert (case["state"], case["deadline_kind"]) == ("evaluating", "evaluate")
    before = await one(world, "assignment", made), case
    await night(world)
    assert (await one(world, "assignment", made), await one(world, "case_file", case_id)) == before
    page = await (await world.browser("horten", COORDINATOR)).get(f"/k/horten/bestillinger/{order_id}")
    assert "Vedtaket er gått ut" in page.text


async def test_an_open_order_ends_with_its_decision_and_so_do_its_need_and_proposal(world: World) -> None:
    flow = await proposed(world)
    await run_out(world, flow.order_id)
    await night(world)
    assert (await one(world, "service_order", flow.order_id))["state"] == "ended"
    assert (await one(world, "need", flow.need_id))["state"] == "withdrawn"
    assert await flow.state() == "withdrawn"


async def test_a_loan_ends_with_the_decision(world: World) -> None:
    flow = await matched(world)
    await world.run_jobs()
    await world.sql("UPDATE assignment SET starts_on = $1", today() - timedelta(days=3))
    await run_out(world, flow.order_id)
    await night(world)
    assert await world.run_jobs() == []
    assert await lender_hours(flow) == (Decimal(0), Decimal(0))


async def test_a_case_waits_when_one_of_its_services_has_run_out_and_another_has_nobody(world: World) -> None:
    order_id, other = await granted_orders(world, "horten", [individual(), individual("2")])
    at_home = await contact(world, "horten")
    async with world.at("horten", COORDINATOR) as uow:
        await fill_order(uow, order_id, at_home, starts_on=today())
    await run_out(world, order_id)
    await night(world)
    assert (await one(world, "service_order", other))["state"] == "sent"
    case = await one(world, "case_file", await case_of(world, "horten", other))
    assert (case["state"], case["deadline_kind"]) == ("waiting", "start")


async def test_a_case_runs_from_the_first_day_and_not_from_the_day_it_was_agreed(world: World) -> None:
    order_id = (await granted_orders(world, "horten", [individual()]))[0]
    case_id = await case_of(world, "horten", order_id)
    at_home = await contact(world, "horten")
    async with world.at("horten", COORDINATOR) as uow:
        made = await fill_order(uow, order_id, at_home, starts_on=today() + timedelta(days=5))
    await night(world)
    assert (await one(world, "case_file", case_id))["state"] == "waiting"
    await world.sql("UPDATE assignment SET starts_on = $1 WHERE id = $2", today(), made)
    await night(world)
    assert (await one(world, "assignment", made))["state"] == "running"
    case = await one(world, "case_file", case_id)
    assert (case["state"], case["deadline_kind"]) == ("running", "evaluate")


async def test_a_service_user_is_not_counted_after_the_decisions_last_day(world: World) -> None:
    order_id, _, _ = await assigned(world, "horten", days_ago=60)
    await run_out(world, order_id, today() - timedelta(days=10))

    async def counted(start: int, end: int) -> Decimal:
        async with world.at("horten", Role.MANAGER) as uow:
            days = today() - timedelta(days=start), today() - timedelta(days=end)
            return total(await users(uow, *days))

    assert await counted(30, 0) == 1
    assert await counted(10, 0) == 1
    assert await counted(9, 0) == 0
    assert await counted(90, 61) == 0


async def test_the_night_queues_one_job_for_each_municipality_and_only_once(world: World) -> None:
    for _ in range(2):
        async with plain_transaction(world.engine) as connection:
            await visit_municipalities(connection, KEYS)
    queued = await world.sql("SELECT count(*) AS n FROM job_queue WHERE status = 'queued'")
    assert queued[0]["n"] == 2
    assert await world.run_jobs() == []


# A list that shortens a decision --------------------------------------------------------------------------------------
async def test_a_list_that_moves_the_end_into_the_past_takes_the_order_and_its_case_with_it(
    world: World,
) -> None:
    await bring_in_rows(world, row())
    order = (await world.sql("SELECT id, case_id, state FROM service_order"))[0]
    assert order["state"] == "sent"
    gone = f"{YESTERDAY:%d.%m.%Y}"
    result = await bring_in_rows(world, row(**{TO: gone}))
    assert result.changed == 1
    assert (await one(world, "service_order", order["id"]))["state"] == "ended"
    assert (await one(world, "case_file", order["case_id"]))["state"] == "evaluating"
    ahead = f"{today() + timedelta(days=90):%d.%m.%Y}"
    await bring_in_rows(world, row(**{TO: ahead}))
    assert (await one(world, "service_order", order["id"]))["state"] == "sent", (
        "prolonged, it is asked for again"
    )
    assert (await one(world, "case_file", order["case_id"]))["state"] == "waiting"
    assert len(await world.sql("SELECT 1 FROM service_order")) == 1


async def test_a_list_that_ends_a_filled_order_ends_its_assignment(world: World) -> None:
    await bring_in_rows(world, row())
    order_id = (await world.sql("SELECT id FROM service_order"))[0]["id"]
    at_home = await contact(world, "horten")
    await world.sql("UPDATE service_grant SET valid_from = $1", today() - timedelta(days=200))
    async with world.at("horten", COORDINATOR) as uow:
        made = await fill_order(uow, order_id, at_home, starts_on=today() - timedelta(days=20))
        assert (await contact_card(uow, at_home)).name == "Amund Vik"
    await bring_in_rows(world, row(**{TO: f"{YESTERDAY:%d.%m.%Y}"}))
    ended = await one(world, "assignment", made)
    assert (ended["state"], ended["ended_on"]) == ("ended", YESTERDAY)
