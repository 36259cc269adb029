"""Hours, rates and what they add up to, in two municipalities on a real database."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import date, time, timedelta
from decimal import Decimal
from uuid import UUID

import pytest

from reporting.measures.api import measures
from sammen.clock import today
from sammen.db.unit_of_work import UnitOfWork
from sammen.errors import Conflict, Forbidden, Invalid, NotFound
from sammen.policy.roles import Role
from tenants.assignments.api import assignment_card, end_assignment, fill_order
from tenants.people.api import let_in
from tenants.rates.api import add_simple_table, set_administration
from tenants.timesheets.api import (
    LineFacts,
    Month,
    approve_lines,
    register_line,
    return_lines,
    used_in_month,
)
from tenants.timesheets.listing import waiting_groups
from tenants.timesheets.queries import line_card
from tenants.timesheets.service import change_line, drop_line, send_line
from tests.figure_samples import total
from tests.provider_samples import assigned, contact, granted_order, granted_orders, individual
from tests.worlds import World

COORDINATOR, CONTACT = Role.PROVIDER_COORDINATOR, Role.CONTACT
YESTERDAY = today() - timedelta(days=1)
NOT_REACHED = "Mor svarer ikke på telefonen."


def meeting(
    day: date = YESTERDAY, starts: str = "17:00", ends: str = "19:30", activity: str = "Klatret."
) -> LineFacts:
    return LineFacts(
        day, time.fromisoformat(starts), time.fromisoformat(ends), activity, Decimal("86"), Decimal(14)
    )


async def registered(
    world: World, assignment: UUID, facts: LineFacts | None = None, *, send: bool = True, slug: str = "horten"
) -> UUID:
    async with world.at(slug, CONTACT) as uow:
        return await register_line(uow, assignment, facts or meeting(), send=send)


async def approved(world: World, assignment: UUID, facts: LineFacts, *, slug: str = "horten") -> UUID:
    line = await registered(world, assignment, facts, slug=slug)
    async with world.at(slug, COORDINATOR) as uow:
        await approve_lines(uow, [line], unattested=NOT_REACHED)
    return line


async def test_hours_are_saved_sent_approved_and_counted_from_the_clock(world: World) -> None:
    _, _, assignment = await assigned(world, "horten")
    line = await registered(world, assignment, send=False)
    async with world.at("horten", COORDINATOR) as uow:
        assert await waiting_groups(uow) == []
    async with world.at("horten", CONTACT) as uow:
        await send_line(uow, assignment, line)
    async with world.at("horten", COORDINATOR) as uow:
        (group,) = await waiting_groups(uow)
        assert (group.contact_name, group.person_name, group.hours) == (
            "Amund Vik",
            "Jonas Bergli",
            Decimal("2.50"),
        )
        assert await approve_lines(uow, [line], unattested=NOT_REACHED) == 1
        assert await waiting_groups(uow) == []
    row = (await world.sql("SELECT state, hours, decided_by FROM timesheet_line"))[0]
    assert (row["state"], row["hours"]) == ("approved", Decimal("2.50"))
    assert row["decided_by"] == world.user("horten", COORDINATOR)


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        (meeting(today() + timedelta(days=1)), "dato"),
        (meeting(today() - timedelta(days=61)), "dato"),
        (meeting(starts="19:00", ends="17:00"), "til"),  # 22 hours over midnight
        (meeting(starts="17:00", ends="17:00"), "til"),
        (meeting(starts="00:00", ends="00:00"), None),
    ],
)
async def test_hours_are_for_days_within_the_assignment_and_end_after_they_start(
    world: World, facts: LineFacts, field: str | None
) -> None:
    _, _, assignment = await assigned(world, "horten")
    if field is None:
        line = await registered(world, assignment, facts)
        async with world.at("horten", CONTACT) as uow:
            assert (await line_card(uow, assignment, line)).hours == Decimal(24)
        return
    with pytest.raises(Invalid) as refused:
        await registered(world, assignment, facts)
    assert list(refused.value.errors) == [field]


async def test_hours_cannot_be_for_days_after_the_assignment_ended(world: World) -> None:
    _, _, assignment = await assigned(world, "horten")
    async with world.at("horten", COORDINATOR) as uow:
        await end_assignment(uow, assignment, ended_on=today() - timedelta(days=5), reason="moved")
    await registered(world, assignment, meeting(today() - timedelta(days=5)))
    with pytest.raises(Invalid):
        await registered(world, assignment, meeting(today() - timedelta(days=4)))


@pytest.mark.parametrize(
    ("starts", "ends", "fits"),
    [("19:30", "21:00", True), ("15:00", "17:00", True), ("19:00", "20:00", False), ("16:00", "21:00", False),
     ("17:30", "18:00", False), ("17:00", "19:30", False), ("22:00", "00:00", True)],
)  # fmt: skip
async def test_the_same_hour_cannot_be_registered_twice(
    world: World, starts: str, ends: str, fits: bool
) -> None:
    _, _, assignment = await assigned(world, "horten")
    await registered(world, assignment)
    if fits:
        await registered(world, assignment, meeting(starts=starts, ends=ends))
        return
    with pytest.raises(Invalid) as refused:
        await registered(world, assignment, meeting(starts=starts, ends=ends))
    assert "17:00–19:30" in refused.value.errors["fra"].text()


async def test_two_windows_that_register_the_same_hour_at_once_keep_it_once(world: World) -> None:
    _, _, assignment = await assigned(world, "horten")

    async def attempt() -> str:
        try:
            await registered(world, assignment)
        except Invalid:
            return "refused"
        return "kept"

    outcomes = await asyncio.gather(*(attempt() for _ in range(4)))
    assert sorted(outcomes) == ["kept", "refused", "refused", "refused"]
    assert len(await world.sql("SELECT 1 FROM timesheet_line")) == 1


async def test_returned_hours_are_mended_and_sent_again_and_sent_hours_are_left_alone(world: World) -> None:
    _, _, assignment = await assigned(world, "horten")
    line = await registered(world, assignment)
    with pytest.raises(Conflict):
        async with world.at("horten", CONTACT) as uow:
            await change_line(uow, assignment, line, meeting(ends="20:00"), send=True, version=1)
    with pytest.raises(Invalid):
        async with world.at("horten", COORDINATOR) as uow:
            await return_lines(uow, [line], " ")
    async with world.at("horten", COORDINATOR) as uow:
        await return_lines(uow, [line], "Skal være til klokka 19.")
    with pytest.raises(Conflict):
        async with world.at("horten", CONTACT) as uow:
            await change_line(uow, assignment, line, meeting(ends="19:00"), send=True, version=1)
    async with world.at("horten", CONTACT) as uow:
        card = await line_card(uow, assignment, line)
        assert card.return_reason == "Skal være til klokka 19."
        await change_line(uow, assignment, line, meeting(ends="19:00"), send=True, version=card.version)
        assert (await line_card(uow, assignment, line)).hours == Decimal(2)
    for change in (send_line, drop_line):
        with pytest.raises(Conflict):
            async with world.at("horten", CONTACT) as uow:
                await change(uow, assignment, line)


async def test_saved_hours_can_be_dropped(world: World) -> None:
    _, _, assignment = await assigned(world, "horten")
    line = await registered(world, assignment, send=False)
    async with world.at("horten", CONTACT) as uow:
        await drop_line(uow, assignment, line)
    assert (await world.sql("SELECT count(*) AS lines FROM timesheet_line"))[0]["lines"] == 0


async def test_a_contact_reaches_only_her_own_assignments_and_lines(world: World) -> None:
    _, _, mine = await assigned(world, "horten")
    other_order = await granted_order(world, "horten", name="Ivar Dalen")
    sara = await contact(world, "horten", "Sara Dahl")
    async with world.at("horten", COORDINATOR) as uow:
        others = await fill_order(uow, other_order, sara, starts_on=today() - timedelta(days=9))
    line = await registered(world, mine, send=False)
    for attempt in (
        lambda uow: register_line(uow, others, meeting(), send=True),
        lambda uow: send_line(uow, others, line),
        lambda uow: drop_line(uow, others, line),
    ):
        with pytest.raises(NotFound):
            async with world.at("horten", CONTACT) as uow:
                await attempt(uow)
    with pytest.raises(NotFound):
        await registered(world, mine, slug="re")


async def test_two_who_approve_the_same_hours_at_once_approve_them_once(world: World) -> None:
    _, _, assignment = await assigned(world, "horten")
    lines = [
        await registered(world, assignment, meeting(starts=s, ends=e))
        for s, e in (("10:00", "11:00"), ("12:00", "13:00"))
    ]

    async def approve(chosen: list[UUID]) -> str:
        try:
            async with world.at("horten", COORDINATOR) as uow:
                await approve_lines(uow, chosen, unattested=NOT_REACHED)
        except Conflict:
            return "conflict"
        return "approved"

    outcomes = await asyncio.gather(approve(lines), approve(lines[::-1]))
    assert sorted(outcomes) == ["approved", "conflict"]
    trail = await world.sql("SELECT 1 FROM audit_entry WHERE action = 'hours.approved'")
    assert len(trail) == 2


async def test_nobody_approves_or_returns_their_own_hours(world: World) -> None:
    _, amund, assignment = await assigned(world, "horten")
    line = await registered(world, assignment)
    async with world.at("horten", COORDINATOR) as uow:
        person = (await world.sql("SELECT person_id FROM support_contact WHERE id = $1", amund))[0][
            "person_id"
        ]
        await let_in(uow, person, world.user("horten", COORDINATOR), "contact")
    attempts: list[Callable[[UnitOfWork], Awaitable[int]]] = [
        lambda uow: approve_lines(uow, [line]),
        lambda uow: return_lines(uow, [line], "Nei."),
    ]
    for decide in attempts:
        with pytest.raises(Forbidden):
            async with world.at("horten", COORDINATOR) as uow:
                await decide(uow)


async def test_hours_of_the_neighbour_and_of_child_welfare_can_be_neither_seen_nor_approved(
    world: World,
) -> None:
    _, _, assignment = await assigned(world, "horten")
    line = await registered(world, assignment)
    order = (await granted_orders(world, "horten", [individual()], name="Ivar Dalen", child_welfare=True))[0]
    async with world.job(world.horten) as uow:
        amund = (await assignment_card(uow, assignment)).contact_id
        hidden = await fill_order(uow, order, amund, starts_on=today() - timedelta(days=9))
    shielded = await registered(world, hidden, meeting(starts="08:00", ends="09:00"))
    for slug, lines in (("re", [line]), ("horten", [shielded]), ("horten", [line, shielded])):
        with pytest.raises(NotFound):
            async with world.at(slug, COORDINATOR) as uow:
                await approve_lines(uow, lines)
    async with world.at("re", COORDINATOR) as uow:
        assert await waiting_groups(uow) == []
    async with world.at("horten", COORDINATOR) as uow:
        assert [group.person_name for group in await waiting_groups(uow)] == ["Jonas Bergli"]


async def test_payroll_sees_contacts_and_hours_but_neither_service_users_nor_what_they_did(
    world: World,
) -> None:
    _, _, assignment = await assigned(world, "horten")
    await registered(world, assignment)
    async with world.at("horten", Role.PAYROLL) as uow:
        (group,) = await waiting_groups(uow, everybody=True)
    assert (group.contact_name, group.person_name, group.lines[0].activity) == ("Amund Vik", "", "")


async def test_a_months_hours_follow_the_order_when_a_new_contact_takes_over(world: World) -> None:
    order, _, first = await assigned(world, "horten", days_ago=40)
    day = today() - timedelta(days=1)
    await registered(world, first, meeting(day, "10:00", "12:00"))
    async with world.at("horten", COORDINATOR) as uow:
        await end_assignment(uow, first, ended_on=day, reason="contact_left")
    sara = await contact(world, "horten", "Sara Dahl")
    async with world.at("horten", COORDINATOR) as uow:
        second = await fill_order(uow, order, sara, starts_on=day)
        use = await used_in_month(uow, second, Month.of(day))
    assert use.used == Decimal(2)


# Rates and figures ----------------------------------------------------------------------------------------------------
async def figures(world: World, start: date, end: date, *, tenant: UUID | None = None) -> dict[str, Decimal]:
    async with world.job(tenant or world.horten) as uow:
        read = {measure.id: await measure.read(uow, start, end) for measure in measures()}
    return {name: total(cells) for name, cells in read.items()}


async def test_figures_are_those_one_counts_by_hand(world: World) -> None:
    _, _, assignment = await assigned(world, "horten")
    first, second = today() - timedelta(days=20), today() - timedelta(days=10)
    await approved(world, assignment, meeting(first, "17:00", "19:30"))
    await approved(world, assignment, meeting(second, "17:00", "18:00"))
    await registered(world, assignment, meeting(second, "20:00", "21:00"))
    _, _, neighbours = await assigned(world, "re", name="Lise Hagen", contact_name="Berit Li")
    await approved(world, neighbours, meeting(second), slug="re")
    year = second.year
    days = 366 if year % 4 == 0 else 365
    async with world.at("horten", Role.PAYROLL) as uow:
        await add_simple_table(uow, first - timedelta(days=400), Decimal(200))
        await add_simple_table(uow, second, Decimal("210.50"))
        for one in {first.year, year}:
            await set_administration(uow, one, Decimal(days * 10))
    found = await figures(world, second, second)
    assert [found[name] for name in ("users", "hours")] == [Decimal(1)] * 2
    assert found["cost"] == Decimal("210.50") + 10
    found = await figures(world, first, second)
    assert found["hours"] == Decimal("3.5")
    if first.year == year:
        assert found["cost"] == Decimal("2.5") * 200 + Decimal("210.50") + 11 * 10
    before = await figures(world, first - timedelta(days=300), first - timedelta(days=200))
    assert [before[name] for name in ("users", "hours")] == [Decimal(0)] * 2


async def test_an_hour_without_a_rate_gives_no_cost_rather_than_one_too_low(world: World) -> None:
    _, _, assignment = await assigned(world, "horten")
    await approved(world, assignment, meeting())
    with pytest.raises(Invalid):
        await figures(world, YESTERDAY, YESTERDAY)
    async with world.at("re", Role.PAYROLL) as uow:
        await add_simple_table(uow, YESTERDAY, Decimal(500))
    with pytest.raises(Invalid):
        await figures(world, YESTERDAY, YESTERDAY)
