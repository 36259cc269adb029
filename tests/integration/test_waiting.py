"""The waiting list and stability on a real database: who is on them, from when, and who may see it (A10, A12)."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID

import pytest

from sammen.clock import today
from sammen.errors import Conflict, Forbidden, Invalid, NotFound
from sammen.policy.roles import Role
from tenants.assignments.api import accept_order, end_assignment, fill_order, return_order
from tenants.cases.circle import shield_by_hand
from tenants.waiting.changes import stability_list, stability_of
from tenants.waiting.measures import respite_after_loss, users
from tenants.waiting.queries import WaitingFilter, late_starts, waiting_list, weekly
from tenants.waiting.service import RespiteFacts, change_respite, note_respite, remove_respite
from tests.figure_samples import total
from tests.provider_samples import assigned, case_of, contact, granted_order, granted_orders, individual
from tests.worlds import World

COORDINATOR = Role.PROVIDER_COORDINATOR
ALL = WaitingFilter()


async def aged(world: World, order: UUID, days: int) -> None:
    """Let an order have waited so many days."""
    day = today() - timedelta(days=days)
    await world.sql("UPDATE service_order SET waits_from = $2, sent_on = $2 WHERE id = $1", order, day)


async def waits(
    world: World, role: Role = COORDINATOR, wanted: WaitingFilter = ALL, slug: str = "horten"
) -> list[int]:
    """The days waited, as the role sees the list."""
    async with world.at(slug, role) as uow:
        return [row.wait.days for row in (await waiting_list(uow, wanted)).rows]


async def test_a_granted_service_waits_until_its_contact_has_begun(world: World) -> None:
    """A10: decided but not in effect, also when somebody is found who has not begun yet."""
    order = await granted_order(world, "horten")
    await aged(world, order, 12)
    amund = await contact(world, "horten")
    async with world.at("horten", COORDINATOR) as uow:
        before = await waiting_list(uow, ALL)
        await accept_order(uow, order)
        await fill_order(uow, order, amund, starts_on=today() + timedelta(days=3))
        agreed = await waiting_list(uow, ALL)
    assert [(row.wait.days, row.state, row.starts_on) for row in before.rows] == [(12, "sent", None)]
    assert [row.starts_on for row in agreed.rows] == [today() + timedelta(days=3)]
    await world.sql("UPDATE assignment SET state = 'running', starts_on = $1", today())
    assert await waits(world) == []


async def test_an_order_sent_back_still_waits(world: World) -> None:
    order = await granted_order(world, "horten")
    async with world.at("horten", COORDINATOR) as uow:
        await return_order(uow, order, "Vedtaket sier ikke når.")
        assert [row.state for row in (await waiting_list(uow, ALL)).rows] == ["returned"]


async def test_who_loses_the_contact_waits_again_from_that_day(world: World) -> None:
    _, _, assignment = await assigned(world, "horten")
    assert await waits(world) == []
    async with world.at("horten", COORDINATOR) as uow:
        await end_assignment(uow, assignment, ended_on=today() - timedelta(days=4), reason="contact_left")
        rows = (await waiting_list(uow, ALL)).rows
    assert [(row.wait.days, row.again) for row in rows] == [(4, True)]


async def test_the_limit_is_the_municipalitys_own_and_never_longer_than_the_regions(world: World) -> None:
    """A10: the own limit from its day on; a region's maximum is stricter than any of them."""
    order = await granted_order(world, "horten")
    await aged(world, order, 25)
    async with world.at("horten", COORDINATOR) as uow:
        assert [row.wait.limit for row in (await waiting_list(uow, ALL)).rows] == [30]
    await world.sql(
        "INSERT INTO allocation_rule (tenant_id, id, valid_from, start_limit_days) VALUES ($1, gen_random_uuid(), $2, 20)",
        world.horten, date(2020, 1, 1),
    )  # fmt: skip
    async with world.at("horten", COORDINATOR) as uow:
        found = await waiting_list(uow, ALL)
    assert [(row.wait.limit, row.wait.over) for row in found.rows] == [(20, True)]
    await world.sql("""UPDATE region SET settings = '{"start_limit_days": 14}'""")
    async with world.at("horten", COORDINATOR) as uow:
        assert [row.wait.limit for row in (await waiting_list(uow, ALL)).rows] == [14]
    async with world.job(world.horten) as uow:
        assert [late.order_id for late in await late_starts(uow)] == [order]
    async with world.job(world.re) as uow:
        assert await late_starts(uow) == []


async def test_the_longest_waiting_stand_first_and_filters_choose_among_them(world: World) -> None:
    child = await granted_order(world, "horten")
    old = (await granted_orders(world, "horten", [individual()], name="Olga Moe", born=date(1940, 3, 1)))[0]
    await aged(world, child, 40)
    await aged(world, old, 26)
    async with world.at("horten", COORDINATOR) as uow:
        found = await waiting_list(uow, ALL)
    assert [row.name for row in found.rows] == ["Jonas Bergli", "Olga Moe"]
    assert (found.everybody, found.over, found.near, found.longest) == (2, 1, 1, 40)
    chosen = {
        "over": WaitingFilter(limit="over"), "near": WaitingFilter(limit="near"), "80": WaitingFilter(band="80"),
        "group": WaitingFilter(form="group"), "adult": WaitingFilter(purchaser="adult"),
    }  # fmt: skip
    assert {name: await waits(world, wanted=wanted) for name, wanted in chosen.items()} == {
        "over": [40], "near": [26], "80": [26], "group": [], "adult": [26],
    }  # fmt: skip


async def test_each_sees_those_whose_cases_they_see_and_the_counts_are_of_the_same(world: World) -> None:
    """A1, A16, E5: a shielded case is on nobody's list outside its circle, and in no count."""
    child = await granted_order(world, "horten")
    await granted_orders(world, "horten", [individual()], name="Olga Moe", born=date(1940, 3, 1))
    await granted_orders(world, "horten", [individual()], name="Mia Lund", child_welfare=True)
    roles = {
        Role.PURCHASER_CHILD: 1, Role.PURCHASER_ADULT: 1, Role.PURCHASER_CHILD_WELFARE: 1, COORDINATOR: 2,
        Role.MANAGER: 2,
    }  # fmt: skip
    for role, count in roles.items():
        async with world.at("horten", role) as uow:
            found = await waiting_list(uow, ALL)
            assert (len(found.rows), found.everybody) == (count, count), role
    case = await case_of(world, "horten", child)
    async with world.at("horten", Role.PURCHASER_CHILD) as uow:
        await shield_by_hand(uow, case, reason="Kjent i bygda.")
    for role, count in {Role.PURCHASER_CHILD: 1, COORDINATOR: 1, Role.MANAGER: 1}.items():
        async with world.at("horten", role) as uow:
            assert (await waiting_list(uow, ALL)).everybody == count, role
    async with world.at("horten", Role.PURCHASER_CHILD, second=True) as uow:
        assert (await waiting_list(uow, ALL)).everybody == 0
    assert await waits(world, slug="re") == []


async def test_weeks_count_who_came_and_who_began_among_those_the_reader_sees(world: World) -> None:
    order, _, assignment = await assigned(world, "horten")
    last_week = today() - timedelta(days=today().weekday() + 3)
    await world.sql("UPDATE service_order SET sent_on = $1", today() - timedelta(days=80))
    await world.sql("UPDATE service_grant SET valid_from = $1", today() - timedelta(days=80))
    await world.sql(
        "UPDATE assignment SET starts_on = $2, ended_on = $3, end_reason = 'no_fit', state = 'ended' WHERE id = $1",
        assignment, last_week - timedelta(days=14), last_week,
    )  # fmt: skip
    since = today() - timedelta(days=98)
    async with world.at("horten", COORDINATOR) as uow:
        weeks = await weekly(uow, since)
    assert (sum(week.arrivals for week in weeks), sum(week.starts for week in weeks)) == (1, 1)
    assert weeks[-1].arrivals == 1
    async with world.at("horten", Role.PURCHASER_ADULT) as uow:
        assert await weekly(uow, since) == []
    del order


# Stability ------------------------------------------------------------------------------------------------------------
async def changed_contact(world: World, slug: str = "horten") -> UUID:
    """A case whose first contact left 100 days ago, and whose second began 60 days ago; its id."""
    order, _, first = await assigned(world, slug, days_ago=90)
    sara = await contact(world, slug, "Sara Dahl")
    async with world.at(slug, COORDINATOR) as uow:
        await end_assignment(uow, first, ended_on=today() - timedelta(days=70), reason="contact_left")
        await fill_order(uow, order, sara, starts_on=today() - timedelta(days=60))
    return await case_of(world, slug, order)


async def noted(world: World, case: UUID, days_ago: int, outcome: str = "pending") -> UUID:
    facts = RespiteFacts(today() - timedelta(days=days_ago), outcome, None, "Mor er sliten.")
    async with world.at("horten", Role.PURCHASER_CHILD) as uow:
        return await note_respite(uow, case, facts)


async def test_a_change_of_contact_and_the_days_without_stand_on_the_list(world: World) -> None:
    case = await changed_contact(world)
    async with world.at("horten", COORDINATOR) as uow:
        found = await stability_list(uow, {})
        assert await stability_list(uow, {"vis": "flere"}) is not None
    assert [(row.case_id, row.found.changes, row.found.days_without) for row in found.rows] == [(case, 1, 9)]
    assert found.counts == {"alle": 1, "flere": 0, "uten": 0, "avlastning": 0}
    async with world.at("re", COORDINATOR) as uow:
        assert (await stability_list(uow, {})).total == 0
    async with world.at("horten", Role.PURCHASER_ADULT) as uow:
        assert (await stability_list(uow, {})).counts["alle"] == 0


async def test_respite_after_a_loss_is_told_to_those_who_allocate_and_to_nobody_else(world: World) -> None:
    """A12: later applications for respite after contact loss."""
    case = await changed_contact(world)
    await noted(world, case, 30)
    await noted(world, case, 85)
    async with world.at("horten", Role.PURCHASER_CHILD) as uow:
        rows = (await stability_list(uow, {"vis": "avlastning"})).rows
        assert [len(row.after_loss) for row in rows] == [1]
        _, cards = await stability_of(uow, case)
        assert [card.after for card in cards] == [today() - timedelta(days=70), None]
    async with world.at("horten", COORDINATOR) as uow:
        found = await stability_list(uow, {})
        assert [len(row.respite) for row in found.rows] == [0]
        assert found.counts["avlastning"] == 0
    for role in (COORDINATOR, Role.MANAGER):
        with pytest.raises(Forbidden):
            async with world.at("horten", role) as uow:
                await note_respite(uow, case, RespiteFacts(today(), "pending", None, ""))
    with pytest.raises(NotFound):
        async with world.at("horten", Role.PURCHASER_ADULT) as uow:
            await note_respite(uow, case, RespiteFacts(today(), "pending", None, ""))


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        (RespiteFacts(today() + timedelta(days=1), "pending", None, ""), "sokt"),
        (RespiteFacts(today(), "granted", None, ""), "svart"),
        (RespiteFacts(today(), "refused", today() - timedelta(days=1), ""), "svart"),
        (RespiteFacts(today(), "granted", today() + timedelta(days=1), ""), "svart"),
    ],
)
async def test_days_of_respite_must_be_possible(world: World, facts: RespiteFacts, field: str) -> None:
    case = await case_of(world, "horten", await granted_order(world, "horten"))
    with pytest.raises(Invalid) as refused:
        async with world.at("horten", Role.PURCHASER_CHILD) as uow:
            await note_respite(uow, case, facts)
    assert list(refused.value.errors) == [field]


async def test_a_note_is_corrected_by_one_at_a_time_and_taken_away_with_a_trace(world: World) -> None:
    case = await case_of(world, "horten", await granted_order(world, "horten"))
    other = await case_of(
        world, "horten", (await granted_orders(world, "horten", [individual()], name="Mia Lie"))[0]
    )
    note = await noted(world, case, 30)
    facts = RespiteFacts(today() - timedelta(days=30), "granted", today(), "To helger i måneden.")
    async with world.at("horten", Role.PURCHASER_CHILD) as uow:
        await change_respite(uow, case, note, facts, version=1)
    with pytest.raises(Conflict) as stale:
        async with world.at("horten", Role.PURCHASER_CHILD, second=True) as uow:
            await change_respite(uow, case, note, facts, version=1)
    assert stale.value.theirs
    with pytest.raises(NotFound):
        async with world.at("horten", Role.PURCHASER_CHILD) as uow:
            await change_respite(uow, other, note, facts, version=2)
    async with world.at("horten", Role.PURCHASER_CHILD) as uow:
        await remove_respite(uow, case, note)
    assert await world.sql("SELECT 1 FROM respite_application") == []
    actions = {row["action"] for row in await world.sql("SELECT action FROM audit_entry")}
    assert {"respite.noted", "respite.changed", "respite.removed"} <= actions


async def test_figures_count_people_by_changes_and_respite_after_a_loss(world: World) -> None:
    case = await changed_contact(world)
    await noted(world, case, 30)
    start, end = today() - timedelta(days=365), today()
    async with world.job(world.horten) as uow:
        found = await users(uow, start, end)
        assert [reading.key[-1] for reading in found] == ["1"]
        assert total(found) == 1
        assert total(await respite_after_loss(uow, start, end)) == 1
        before = start - timedelta(days=1)
        assert total(await respite_after_loss(uow, before - timedelta(days=365), before)) == 0
    async with world.job(world.re) as uow:
        assert await users(uow, start, end) == []
        assert total(await respite_after_loss(uow, start, end)) == 0


async def test_every_showing_of_the_lists_stands_in_the_access_log(world: World) -> None:
    await changed_contact(world)
    await granted_orders(world, "horten", [individual()], name="Mia Lie")
    async with world.at("horten", COORDINATOR) as uow:
        await waiting_list(uow, ALL)
        await waiting_list(uow, ALL, export=True)
        await stability_list(uow, {})
    rows = await world.sql(
        "SELECT action, cardinality(persons) AS n FROM audit_entry WHERE category = 'read' AND action ~ '^(wait|stab)'"
    )
    assert {(row["action"], row["n"]) for row in rows} == {
        ("waiting.list", 1), ("waiting.export", 1), ("stability.list", 1),
    }  # fmt: skip
