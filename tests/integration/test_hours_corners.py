"""Hours where it is narrow: nights, clock changes, two users at once, pauses, suspension, attestation, corrections, pay,
reminders. Two municipalities on a real database.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import date, time, timedelta
from decimal import Decimal
from uuid import UUID

import pytest

from sammen.clock import today
from sammen.db.unit_of_work import UnitOfWork
from sammen.errors import Conflict, Forbidden, Invalid, NotFound
from sammen.policy.roles import Role
from tenants.assignments.api import fill_order
from tenants.contacts.api import suspend_contact
from tenants.decisions.api import GrantFacts
from tenants.people.api import PersonFacts, register_person
from tenants.timesheets.api import (
    LineFacts,
    Month,
    approve_lines,
    correct_line,
    correct_own_line,
    lines_to_attest,
    lines_to_pay,
    mark_attested,
    register_line,
    return_lines,
    used_in_month,
)
from tenants.timesheets.jobs import new_day
from tenants.timesheets.queries import line_card
from tenants.timesheets.service import change_line
from tests.clocks import stop_clock
from tests.provider_samples import assigned, contact, granted_orders, individual
from tests.worlds import World

COORDINATOR, CONTACT = Role.PROVIDER_COORDINATOR, Role.CONTACT
DAY = today() - timedelta(days=3)
PHONE = "Mor svarer ikke på telefonen."


def meeting(starts: str = "17:00", ends: str = "19:00", day: date = DAY) -> LineFacts:
    return LineFacts(day, time.fromisoformat(starts), time.fromisoformat(ends), "Klatret.")


async def registered(
    world: World, assignment: UUID, facts: LineFacts | None = None, *, send: bool = True
) -> UUID:
    async with world.at("horten", CONTACT) as uow:
        return await register_line(uow, assignment, facts or meeting(), send=send)


async def approved(world: World, line: UUID) -> None:
    async with world.at("horten", COORDINATOR) as uow:
        await approve_lines(uow, [line], unattested=PHONE)


async def second_user(world: World, contact_id: UUID, grant: GrantFacts | None = None) -> UUID:
    """The same contact's assignment with another service user."""
    order = (await granted_orders(world, "horten", [grant or individual()], name="Ivar Dalen"))[0]
    async with world.at("horten", COORDINATOR) as uow:
        return await fill_order(uow, order, contact_id, starts_on=today() - timedelta(days=60))


async def test_a_night_belongs_to_the_day_it_began_and_overlaps_the_morning_after(world: World) -> None:
    _, _, assignment = await assigned(world, "horten")
    line = await registered(world, assignment, meeting("22:00", "06:00"))
    async with world.at("horten", CONTACT) as uow:
        card = await line_card(uow, assignment, line)
    assert (card.worked_on, card.hours, card.over_midnight) == (DAY, Decimal(8), True)
    with pytest.raises(Invalid) as refused:
        await registered(world, assignment, meeting("05:00", "07:00", DAY + timedelta(days=1)))
    assert "22:00–06:00" in refused.value.errors["fra"].text()
    await registered(world, assignment, meeting("06:00", "07:00", DAY + timedelta(days=1)))


async def test_hours_alone_are_enough_and_a_day_holds_no_more_than_it_has(world: World) -> None:
    _, _, assignment = await assigned(world, "horten")
    alone = LineFacts(DAY, None, None, "Hytta.", hours=Decimal("20.5"))
    await registered(world, assignment, alone)
    with pytest.raises(Invalid) as refused:
        await registered(world, assignment, replace(alone, hours=Decimal(5)))
    assert "mer enn et døgn" in refused.value.errors["timer"].text()


async def test_two_users_at_once_are_refused_unless_both_are_in_a_group(world: World) -> None:
    _, amund, first = await assigned(world, "horten")
    second = await second_user(world, amund)
    await registered(world, first)
    with pytest.raises(Invalid) as refused:
        await registered(world, second, meeting("18:00", "20:00"))
    assert "17:00–19:00" in refused.value.errors["fra"].text()
    await world.sql("UPDATE assignment SET form = 'group'")
    await registered(world, second, meeting("18:00", "20:00"))


async def test_two_different_groups_cannot_be_led_at_once(world: World) -> None:
    _, amund, first = await assigned(world, "horten")
    second = await second_user(world, amund)
    await world.sql("UPDATE assignment SET form = 'group'")
    for name, assignment in (("Klatring", first), ("Bading", second)):
        await world.sql(
            "WITH made AS (INSERT INTO activity_group (tenant_id, id, name, activity, weekday, starts, ends, leader_id,"
            " seats, valid_from) VALUES ($1, gen_random_uuid(), $2, 'climbing', 'tue', '17:00', '19:00', $3, 6, $4)"
            " RETURNING id) INSERT INTO group_place (tenant_id, id, group_id, assignment_id, valid_from)"
            " SELECT $1, gen_random_uuid(), id, $5, $4 FROM made",
            world.horten, name, amund, today() - timedelta(days=60), assignment,
        )  # fmt: skip
    await registered(world, first)
    with pytest.raises(Invalid):
        await registered(world, second)


async def test_from_the_day_of_a_suspension_no_hours_can_be_registered(world: World) -> None:
    _, amund, assignment = await assigned(world, "horten")
    async with world.at("horten", COORDINATOR) as uow:
        await suspend_contact(uow, amund, DAY)
    with pytest.raises(Invalid) as refused:
        await registered(world, assignment)
    assert list(refused.value.errors) == ["dato"]
    await registered(world, assignment, meeting(day=DAY - timedelta(days=1)))


# Attested -------------------------------------------------------------------------------------------------------------
async def test_hours_are_attested_once_as_they_were_seen_and_a_change_takes_it_back(world: World) -> None:
    _, _, assignment = await assigned(world, "horten")
    line = await registered(world, assignment)
    async with world.job(world.horten) as uow:
        (waiting,) = await lines_to_attest(uow, [assignment])
        mother = await register_person(uow, PersonFacts("Trine", "Bergli", birth_date=date(1985, 1, 1)))
    attempts: list[tuple[type[Exception], Callable[[UnitOfWork], Awaitable[int]]]] = [
        (
            Conflict,
            lambda uow: mark_attested(uow, [line], seen={str(line): "9"}, by_person=mother, how="own_page"),
        ),
        (Invalid, lambda uow: mark_attested(uow, [], seen={}, by_person=mother, how="own_page")),
        (Invalid, lambda uow: mark_attested(uow, [line], seen={}, by_person=None, how="not_reached")),
        (NotFound, lambda uow: mark_attested(uow, [mother], seen={}, by_person=mother, how="code")),
        (ValueError, lambda uow: mark_attested(uow, [line], seen={}, by_person=mother, how="guess")),
    ]
    for refused, attempt in attempts:
        with pytest.raises(refused):
            async with world.job(world.horten) as uow:
                await attempt(uow)
    seen = {str(line): str(waiting.version)}
    async with world.job(world.horten) as uow:
        assert await mark_attested(uow, [line], seen=seen, by_person=mother, how="own_page") == 1
        assert await lines_to_attest(uow, [assignment]) == []
    with pytest.raises(Conflict):
        async with world.job(world.horten) as uow:
            await mark_attested(uow, [line], seen=seen, by_person=mother, how="own_page")
    async with world.at("horten", COORDINATOR) as uow:
        await return_lines(uow, [line], "Skal være til 18.", seen=seen)
    async with world.at("horten", CONTACT) as uow:
        await change_line(uow, assignment, line, meeting("17:00", "18:00"), send=True, version=2)
        card = await line_card(uow, assignment, line)
    assert (card.attested_at, card.standing) == (None, "sent")
    # Attested again, they need no reason from the coordinator.
    async with world.job(world.horten) as uow:
        await mark_attested(uow, [line], seen={str(line): "3"}, by_person=mother, how="code")
    async with world.at("horten", COORDINATOR) as uow:
        assert await approve_lines(uow, [line]) == 1


# Corrected, and paid --------------------------------------------------------------------------------------------------
async def test_what_is_to_be_paid_follows_a_chain_of_corrections(world: World) -> None:
    _, amund, assignment = await assigned(world, "horten")
    first = await registered(world, assignment)
    await approved(world, first)
    other = await registered(world, assignment, meeting("20:00", "21:00"))
    await approved(world, other)
    async with world.at("horten", CONTACT) as uow:
        second = await correct_own_line(uow, assignment, first, meeting("17:00", "20:00"), "En time lenger.")
        assert (await used_in_month(uow, assignment, Month.of(DAY))).used == Decimal(3)
    async with world.job(world.horten) as uow:
        assert {line.id for line in await lines_to_pay(uow, until=today())} == {first, other}
    await approved(world, second)
    async with world.at("horten", COORDINATOR) as uow:
        third = await correct_line(uow, second, None, "De møttes ikke.")
        assert (await used_in_month(uow, assignment, Month.of(DAY))).used == Decimal(4)
    with pytest.raises(Conflict):
        async with world.at("horten", CONTACT) as uow:
            await correct_own_line(uow, assignment, second, meeting(), "Jo.")
    await approved(world, third)
    async with world.job(world.horten) as uow:
        lines = {line.id: line for line in await lines_to_pay(uow, until=today())}
        assert (await used_in_month(uow, assignment, Month.of(DAY))).used == Decimal(1)
        assert await lines_to_pay(uow, until=DAY - timedelta(days=1)) == []
    assert set(lines) == {third, other}
    assert (lines[third].hours, lines[third].replaces) == (Decimal(0), (second, first))
    assert (lines[other].contact_id, lines[other].replaces) == (amund, ())
    async with world.job(world.re) as uow:
        assert await lines_to_pay(uow, until=today()) == []


async def test_a_coordinator_does_not_approve_alone_a_correction_of_hers_that_gives_more(
    world: World,
) -> None:
    _, _, assignment = await assigned(world, "horten")
    line = await registered(world, assignment)
    await approved(world, line)
    async with world.at("horten", COORDINATOR) as uow:
        more = await correct_line(uow, line, meeting("17:00", "21:00"), "Lenger.")
    with pytest.raises(Forbidden):
        await approved(world, more)
    async with world.job(world.horten) as uow:
        (waiting,) = await lines_to_attest(uow, [assignment])
        mother = await register_person(uow, PersonFacts("Trine", "Bergli", birth_date=date(1985, 1, 1)))
        await mark_attested(
            uow, [more], seen={str(more): str(waiting.version)}, by_person=mother, how="paper"
        )
    await approved(world, more)


async def test_corrections_reach_only_what_one_may_see_and_only_what_is_approved(world: World) -> None:
    _, _, assignment = await assigned(world, "horten")
    line = await registered(world, assignment)
    with pytest.raises(Conflict):
        async with world.at("horten", CONTACT) as uow:
            await correct_own_line(uow, assignment, line, meeting(), "Feil.")
    await approved(world, line)
    with pytest.raises(NotFound):
        async with world.at("re", COORDINATOR) as uow:
            await correct_line(uow, line, None, "Feil.")
    await contact(world, "re", "Berit Li", user=world.user("re", CONTACT))
    with pytest.raises(NotFound):
        async with world.at("re", CONTACT) as uow:
            await correct_own_line(uow, assignment, line, None, "Feil.")


# Carried over, and reminded -------------------------------------------------------------------------------------------
async def test_hours_not_used_last_month_may_be_used_this_month(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    stop_clock(monkeypatch, 2026, 11, 22)
    grant = individual("16", unit="month", start=date(2026, 10, 1), end=date(2027, 6, 30))
    order = (await granted_orders(world, "horten", [grant]))[0]
    amund = await contact(world, "horten", user=world.user("horten", CONTACT))
    async with world.at("horten", COORDINATOR) as uow:
        assignment = await fill_order(uow, order, amund, starts_on=date(2026, 10, 5))
    await registered(world, assignment, meeting("08:00", "20:00", date(2026, 10, 10)))
    await registered(world, assignment, meeting("08:00", "23:00", date(2026, 11, 10)))
    async with world.at("horten", CONTACT) as uow:
        use = await used_in_month(uow, assignment, Month(2026, 11))
    assert (use.used, use.given, use.carried, use.left) == (Decimal(15), Decimal(16), Decimal(4), Decimal(5))


async def test_a_contact_is_reminded_once_before_the_deadline_and_once_after(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    stop_clock(monkeypatch, 2026, 11, 17)
    _, amund, assignment = await assigned(world, "horten", days_ago=60)
    await world.sql("UPDATE person p SET email = 'amund@example.org' FROM support_contact s"
                    " WHERE s.person_id = p.id AND s.id = $1", amund)  # fmt: skip
    codes = "SELECT code FROM outgoing ORDER BY id"

    async def night() -> list[str]:
        for _ in range(2):
            async with world.job(world.horten) as uow:
                await new_day(uow, {})
        return [row["code"] for row in await world.sql(codes)]

    stop_clock(monkeypatch, 2026, 11, 16)
    assert await night() == []
    stop_clock(monkeypatch, 2026, 11, 18)
    assert await night() == ["hours_due"]
    stop_clock(monkeypatch, 2026, 11, 21)
    assert await night() == ["hours_due"], "nobody who has nothing lying is reminded after the deadline"
    await registered(world, assignment, meeting(day=date(2026, 10, 28)), send=False)
    assert await night() == ["hours_due", "hours_late"]
    stop_clock(monkeypatch, 2026, 12, 1)
    assert await night() == ["hours_due", "hours_late"]


async def test_late_hours_are_taken_and_marked(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    stop_clock(monkeypatch, 2026, 11, 22)
    _, _, assignment = await assigned(world, "horten")
    late = await registered(world, assignment, meeting(day=date(2026, 10, 30)))
    timely = await registered(world, assignment, meeting(day=date(2026, 11, 3)))
    async with world.at("horten", CONTACT) as uow:
        assert (await line_card(uow, assignment, late)).late is True
        assert (await line_card(uow, assignment, timely)).late is False
