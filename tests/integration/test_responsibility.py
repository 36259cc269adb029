"""Handovers, the day a case moves, circles and stand-ins, on a real database with two municipalities."""

from __future__ import annotations

import asyncio
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest

from sammen.clock import today
from sammen.errors import Conflict, Forbidden, Invalid, NotFound
from sammen.jobs.queue import enqueue
from sammen.policy.roles import Role
from tenants.cases.api import (
    ApplicationFacts,
    case_card,
    duty,
    name_member,
    register_application,
    shield_by_hand,
    take_responsibility,
    unname_member,
    unshield,
)
from tenants.people.api import PersonFacts
from tenants.responsibility.queries import (
    coming,
    handed_to_me,
    handover_of,
    leaving,
    to_prepare,
    unseen_by_provider,
)
from tenants.responsibility.rules import comes_of_age
from tenants.responsibility.service import (
    AbsenceFacts,
    HandoverFacts,
    cancel_handover,
    confirm_handover,
    end_absence,
    fill_empty_circles,
    pass_the_day,
    possible_stand_ins,
    prepare_handover,
    register_absence,
)
from tests.clocks import stop_clock
from tests.worlds import World

GROUND, WELFARE = "hol-3-2-6b", "bvl-3-1"
CHILD, ADULT, BARNEVERN = Role.PURCHASER_CHILD, Role.PURCHASER_ADULT, Role.PURCHASER_CHILD_WELFARE


def turning(days: int) -> date:
    """A birth date of somebody who comes of age in so many days."""
    day = today() + timedelta(days=days)
    try:
        born = day.replace(year=day.year - 18)
    except ValueError:
        born = date(day.year - 18, 3, 1)
    assert comes_of_age(born) >= day
    return born


async def case_of(
    world: World, born: date, *, role: Role = CHILD, slug: str = "horten", given: str = "Ida", **facts: Any
) -> UUID:
    async with world.at(slug, role) as uow:
        return await register_application(
            uow,
            ApplicationFacts(
                PersonFacts(given, "Moen", birth_date=born, **facts), today(), "letter", "self", "", "",
                WELFARE if role is BARNEVERN else GROUND,
            ),
        )  # fmt: skip


async def opens(
    world: World, role: Role, case_id: UUID, *, second: bool = False, slug: str = "horten"
) -> bool:
    async with world.at(slug, role, second=second) as uow:
        try:
            await case_card(uow, case_id)
        except NotFound:
            return False
        return True


async def prepared(world: World, case_id: UUID, *, role: Role = CHILD, **facts: Any) -> None:
    values = {"receiver_id": world.user("horten", ADULT), "note": "Liker å fiske.", **facts}
    async with world.at("horten", role) as uow:
        await prepare_handover(uow, case_id, HandoverFacts(**values))


async def night(world: World) -> int:
    async with world.job(world.horten) as uow:
        return await pass_the_day(uow)


# Handover at eighteen --------------------------------------------------------------------------------------------------
async def test_before_it_is_prepared_the_adult_purchaser_is_told_a_day_and_a_number_only(
    world: World,
) -> None:
    """A1: the handover stands on both lists beforehand; neither sees the other's cases unless named."""
    case_id = await case_of(world, turning(100))
    await case_of(world, turning(400), given="Ung")
    async with world.at("horten", CHILD) as uow:
        assert [row.case_id for row in await leaving(uow)] == [case_id]
        assert await coming(uow) == []
    async with world.at("horten", ADULT) as uow:
        assert [(one.on, one.cases) for one in await coming(uow)] == [(comes_of_age(turning(100)), 1)]
        assert await leaving(uow) == []
        assert await handed_to_me(uow) == []
        assert await handover_of(uow, case_id) is None
    assert not await opens(world, ADULT, case_id)
    async with world.at("re", ADULT) as uow:
        assert await coming(uow) == []


async def test_shielded_and_protected_people_are_not_even_a_number(world: World) -> None:
    """E5: invisible to anyone not named, also as one more."""
    await case_of(world, turning(100), protection="kode6")
    shielded = await case_of(world, turning(101), given="Ola")
    async with world.at("horten", CHILD) as uow:
        await shield_by_hand(uow, shielded, reason="Truet.")
    async with world.at("horten", ADULT) as uow:
        assert await coming(uow) == []


async def test_the_receiver_reads_the_case_from_when_it_is_prepared_and_the_other_adult_purchasers_do_not(
    world: World,
) -> None:
    case_id = await case_of(world, turning(30))
    await prepared(world, case_id)
    assert await opens(world, ADULT, case_id)
    assert not await opens(world, ADULT, case_id, second=True)
    async with world.at("horten", ADULT) as uow:
        (row,) = await handed_to_me(uow)
        assert (row.name, row.state, row.note) == ("Ida Moen", "prepared", "Liker å fiske.")
        with pytest.raises(Forbidden):
            await prepare_handover(uow, case_id, HandoverFacts(None, "Mitt"))
        await confirm_handover(uow, case_id)
    with pytest.raises(NotFound):
        async with world.at("horten", ADULT, second=True) as uow:
            await confirm_handover(uow, case_id)
    with pytest.raises(Forbidden):
        async with world.at("horten", CHILD) as uow:
            await confirm_handover(uow, case_id)


async def test_another_receiver_takes_the_firsts_place_and_access(world: World) -> None:
    case_id = await case_of(world, turning(30))
    await prepared(world, case_id)
    await prepared(world, case_id, receiver_id=world.user("horten", ADULT, second=True))
    assert not await opens(world, ADULT, case_id)
    assert await opens(world, ADULT, case_id, second=True)
    assert len(await world.sql("SELECT 1 FROM handover WHERE state IN ('prepared', 'confirmed')")) == 1
    async with world.at("horten", CHILD) as uow:
        await cancel_handover(uow, case_id)
        await cancel_handover(uow, case_id)
    assert not await opens(world, ADULT, case_id, second=True)


@pytest.mark.parametrize("receiver", [Role.MANAGER, CHILD])
async def test_only_an_adult_purchaser_of_the_municipality_receives(world: World, receiver: Role) -> None:
    case_id = await case_of(world, turning(30))
    for user in (world.user("horten", receiver), world.user("re", ADULT)):
        with pytest.raises(Invalid) as bad:
            await prepared(world, case_id, receiver_id=user)
        assert list(bad.value.errors) == ["mottaker"]


async def test_a_case_that_is_far_from_eighteen_is_not_handed_over(world: World) -> None:
    case_id = await case_of(world, turning(200))
    with pytest.raises(Conflict):
        await prepared(world, case_id)


async def test_on_the_birthday_the_case_is_the_adult_purchasers_and_the_childs_no_more(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A1: decided by the birth date on the day; vergemålsloven § 2."""
    case_id = await case_of(world, turning(10))
    await prepared(world, case_id)
    async with world.at("horten", ADULT) as uow:
        await confirm_handover(uow, case_id)
    assert await night(world) == 0
    day = today() + timedelta(days=10)
    stop_clock(monkeypatch, day.year, day.month, day.day)
    assert await night(world) == 1
    assert await night(world) == 0
    assert await opens(world, ADULT, case_id)
    assert await opens(world, ADULT, case_id, second=True)
    assert not await opens(world, CHILD, case_id)
    (case,) = await world.sql("SELECT purchaser, responsible_id FROM case_file")
    assert (case["purchaser"], case["responsible_id"]) == ("adult", world.user("horten", ADULT))
    assert await world.sql("SELECT 1 FROM case_member") == []
    (entry,) = await world.sql(
        "SELECT details, persons FROM audit_entry WHERE action = 'case.purchaser_changed'"
    )
    assert '"to": "adult"' in entry["details"]
    assert len(entry["persons"]) == 1


async def test_a_case_nobody_prepared_moves_all_the_same_and_waits_for_somebody_to_take_it(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    case_id = await case_of(world, turning(1))
    day = today() + timedelta(days=1)
    stop_clock(monkeypatch, day.year, day.month, day.day, 0, 10)
    assert await night(world) == 1
    (case,) = await world.sql("SELECT purchaser, responsible_id FROM case_file")
    assert (case["purchaser"], case["responsible_id"]) == ("adult", None)
    async with world.at("horten", ADULT) as uow:
        await take_responsibility(uow, case_id, uow.context.user)
    assert not await opens(world, CHILD, case_id)


async def test_a_leap_day_child_moves_on_the_first_of_march(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    stop_clock(monkeypatch, 2026, 2, 20)
    await case_of(world, date(2008, 2, 29))
    stop_clock(monkeypatch, 2026, 2, 28, 23, 50)
    assert await night(world) == 0
    stop_clock(monkeypatch, 2026, 3, 1, 0, 10)
    assert await night(world) == 1


async def test_a_shielded_case_that_moves_always_has_somebody_who_can_decide_in_its_circle(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """E5 and A1 together: the leaving purchaser's names go, and the receiving ones' come."""
    case_id = await case_of(world, turning(2), protection="kode7")
    assert await opens(world, CHILD, case_id)
    day = today() + timedelta(days=2)
    stop_clock(monkeypatch, day.year, day.month, day.day)
    assert await night(world) == 1
    assert not await opens(world, CHILD, case_id)
    assert await opens(world, ADULT, case_id)
    assert not await opens(world, Role.MANAGER, case_id)


async def test_closed_cases_and_those_of_child_welfare_stay_where_they_are(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A16: child-welfare cases stay theirs past eighteen (ettervern) unless handed over."""
    await case_of(world, turning(1), role=BARNEVERN)
    await case_of(world, turning(1), given="Per")
    await world.sql("UPDATE case_file SET state = 'closed' WHERE purchaser = 'child'")
    day = today() + timedelta(days=1)
    stop_clock(monkeypatch, day.year, day.month, day.day)
    assert await night(world) == 0


async def test_child_welfare_hands_over_by_hand_on_a_day_when_the_receiver_has_confirmed(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    case_id = await case_of(world, turning(-400), role=BARNEVERN)
    soon = today() + timedelta(days=5)
    for wrong in (None, today() - timedelta(days=1), today() + timedelta(days=800)):
        with pytest.raises(Invalid) as bad:
            await prepared(world, case_id, role=BARNEVERN, moves_on=wrong)
        assert list(bad.value.errors) == ["dato"]
    with pytest.raises(Invalid):
        await prepared(world, case_id, role=BARNEVERN, moves_on=soon, receiver_id=None)
    await prepared(world, case_id, role=BARNEVERN, moves_on=soon)
    stop_clock(monkeypatch, soon.year, soon.month, soon.day)
    assert await night(world) == 0
    async with world.at("horten", ADULT) as uow:
        await confirm_handover(uow, case_id)
    assert await night(world) == 1
    assert not await opens(world, BARNEVERN, case_id)
    assert await opens(world, ADULT, case_id, second=True)


async def test_two_who_prepare_at_once_leave_one_handover(world: World) -> None:
    case_id = await case_of(world, turning(30))

    async def attempt(second: bool) -> None:
        async with world.at("horten", CHILD, second=second) as uow:
            receiver = world.user("horten", ADULT, second=second)
            await prepare_handover(uow, case_id, HandoverFacts(receiver, "Notat"))

    await asyncio.gather(attempt(False), attempt(True))
    (row,) = await world.sql("SELECT receiver_id FROM handover WHERE state = 'prepared'")
    members = await world.sql("SELECT user_id FROM case_member")
    assert [one["user_id"] for one in members] == [row["receiver_id"]]


async def test_what_is_not_prepared_stands_on_min_dag_from_sixty_days_before(world: World) -> None:
    soon, later = await case_of(world, turning(50)), await case_of(world, turning(90), given="Ola")
    async with world.at("horten", CHILD) as uow:
        assert [row.case_id for row in await to_prepare(uow)] == [soon]
    await prepared(world, soon, receiver_id=None)
    async with world.at("horten", CHILD) as uow:
        assert await to_prepare(uow) == []
        assert {row.case_id for row in await leaving(uow)} == {soon, later}


# The named circle ------------------------------------------------------------------------------------------------------
async def test_a_naming_opens_the_case_in_its_days_and_its_removal_closes_it_at_once(world: World) -> None:
    case_id = await case_of(world, turning(2000))
    manager = world.user("horten", Role.MANAGER)
    coordinator = world.user("horten", Role.PROVIDER_COORDINATOR)
    async with world.at("horten", CHILD) as uow:
        await shield_by_hand(uow, case_id, reason="Kjent i bygda.")
        for user, start, end in ((manager, 1, None), (coordinator, 0, 5)):
            await name_member(
                uow, case_id, user, reason="Følger opp.", valid_from=today() + timedelta(days=start),
                valid_to=today() + timedelta(days=end) if end is not None else None,
            )  # fmt: skip
    assert not await opens(world, Role.MANAGER, case_id)
    assert await opens(world, Role.PROVIDER_COORDINATOR, case_id)
    await world.sql("UPDATE case_member SET valid_from = $1, valid_to = $1 WHERE user_id = $2",
                    today() - timedelta(days=1), coordinator)  # fmt: skip
    assert not await opens(world, Role.PROVIDER_COORDINATOR, case_id)
    await world.sql("UPDATE case_member SET valid_from = NULL WHERE user_id = $1", manager)
    assert await opens(world, Role.MANAGER, case_id)
    async with world.at("horten", CHILD) as uow:
        await unname_member(uow, case_id, manager)
        await unname_member(uow, case_id, manager)
    assert not await opens(world, Role.MANAGER, case_id)
    actions = {
        row["action"] for row in await world.sql("SELECT action FROM audit_entry WHERE category = 'change'")
    }
    assert {"case.shielded", "case.named", "case.unnamed"} <= actions


async def test_the_last_who_can_decide_in_a_shielded_case_cannot_be_taken_away_nor_given_a_last_day(
    world: World,
) -> None:
    """E5: somebody must always be able to open it."""
    case_id = await case_of(world, turning(2000))
    me, other = world.user("horten", CHILD), world.user("horten", CHILD, second=True)
    async with world.at("horten", CHILD) as uow:
        await shield_by_hand(uow, case_id, reason="Truet.")
        await name_member(
            uow, case_id, world.user("horten", Role.MANAGER), reason="x", valid_from=today(), valid_to=None
        )
    with pytest.raises(Conflict):
        async with world.at("horten", CHILD) as uow:
            await unname_member(uow, case_id, me)
    with pytest.raises(Conflict):
        async with world.at("horten", CHILD) as uow:
            await name_member(uow, case_id, me, reason="x", valid_from=today(), valid_to=today())
    async with world.at("horten", CHILD) as uow:
        await name_member(uow, case_id, other, reason="Overtar", valid_from=today(), valid_to=None)
    async with world.at("horten", CHILD) as uow:
        await unname_member(uow, case_id, me)
    assert not await opens(world, CHILD, case_id)
    assert await opens(world, CHILD, case_id, second=True)


async def test_two_who_take_each_other_out_of_a_circle_at_once_leave_one(world: World) -> None:
    case_id = await case_of(world, turning(2000))
    first, second = (world.user("horten", CHILD, second=one) for one in (False, True))
    async with world.at("horten", CHILD) as uow:
        await shield_by_hand(uow, case_id, reason="Truet.")
        await name_member(uow, case_id, second, reason="x", valid_from=today(), valid_to=None)

    async def attempt(who: bool, gone: UUID) -> bool:
        try:
            async with world.at("horten", CHILD, second=who) as uow:
                await unname_member(uow, case_id, gone)
        except (Conflict, NotFound):
            return False
        return True

    assert sum(await asyncio.gather(attempt(False, second), attempt(True, first))) == 1
    assert len(await world.sql("SELECT 1 FROM case_member")) == 1


async def test_a_circle_whose_last_decider_has_left_is_filled_by_those_the_case_belongs_to(
    world: World,
) -> None:
    """E5: a case that nobody can open has deadlines that nobody sees."""
    case_id = await case_of(world, turning(2000), protection="kode6")
    async with world.job(world.horten) as uow:
        assert await fill_empty_circles(uow) == 0
    assert not await opens(world, CHILD, case_id, second=True)
    await world.sql(
        "UPDATE membership SET valid_to = $1 WHERE user_id = $2",
        today() - timedelta(days=1),
        world.user("horten", CHILD),
    )
    for expected in (1, 0):
        async with world.job(world.horten) as uow:
            assert await fill_empty_circles(uow) == expected
    assert await opens(world, CHILD, case_id, second=True)
    assert not await opens(world, ADULT, case_id)
    assert not await opens(world, Role.MANAGER, case_id)


async def test_the_nights_job_does_both_and_only_once(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    await case_of(world, turning(1))
    day = today() + timedelta(days=1)
    stop_clock(monkeypatch, day.year, day.month, day.day)
    for _ in range(2):
        async with world.at("horten", ADULT) as uow:
            await enqueue(uow, "responsibility.new_day")
    await world.run_jobs()
    assert len(await world.sql("SELECT 1 FROM audit_entry WHERE action = 'case.purchaser_changed'")) == 1


async def test_a_protected_persons_case_is_not_opened_again(world: World) -> None:
    case_id = await case_of(world, turning(2000), protection="kode7")
    with pytest.raises(Conflict):
        async with world.at("horten", CHILD) as uow:
            await unshield(uow, case_id, reason="Trengs ikke.")


async def test_only_colleagues_here_are_named_and_only_by_the_purchaser_whose_case_it_is(
    world: World,
) -> None:
    case_id = await case_of(world, turning(2000))
    with pytest.raises(Invalid):
        async with world.at("horten", CHILD) as uow:
            await name_member(
                uow, case_id, world.user("re", CHILD), reason="x", valid_from=today(), valid_to=None
            )
    for role, error in ((Role.PROVIDER_COORDINATOR, Forbidden), (ADULT, NotFound)):
        with pytest.raises(error):
            async with world.at("horten", role) as uow:
                await name_member(
                    uow, case_id, world.user("horten", role), reason="x", valid_from=today(), valid_to=None
                )


async def test_a_child_welfare_case_that_waits_reminds_its_purchaser_until_a_coordinator_is_named(
    world: World,
) -> None:
    """A16: closed to the others, the provider too; the order is delivered by who is named."""
    case_id = await case_of(world, turning(2000), role=BARNEVERN)
    async with world.at("horten", BARNEVERN) as uow:
        assert await unseen_by_provider(uow) == []
    await world.sql("UPDATE case_file SET state = 'waiting'")
    async with world.at("horten", BARNEVERN) as uow:
        assert [line.id for line in await unseen_by_provider(uow)] == [case_id]
        assert [line.id for line in await unseen_by_provider(uow, case_id)] == [case_id]
        coordinator = world.user("horten", Role.PROVIDER_COORDINATOR)
        await name_member(
            uow, case_id, coordinator, reason="Finner kontakt", valid_from=today(), valid_to=None
        )
        assert await unseen_by_provider(uow) == []
    assert await opens(world, Role.PROVIDER_COORDINATOR, case_id)
    assert not await opens(world, Role.MANAGER, case_id)


# Stand-ins -------------------------------------------------------------------------------------------------------------
async def away(world: World, start: int, end: int, *, second: bool = False) -> UUID:
    async with world.at("horten", CHILD, second=second) as uow:
        stand_in = world.user("horten", CHILD, second=not second)
        days = [today() + timedelta(days=n) for n in (start, end)]
        return await register_absence(uow, AbsenceFacts(days[0], days[1], stand_in))


async def test_while_somebody_is_away_their_work_is_the_stand_ins_and_then_their_own_again(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A15: a stand-in for absent caseworkers; it ends by itself."""
    me = world.user("horten", CHILD)
    async with world.at("horten", CHILD, second=True) as uow:
        assert me in (await duty(uow)).others
    await away(world, 0, 3)
    async with world.at("horten", CHILD, second=True) as uow:
        work = await duty(uow)
        assert me not in work.others
        assert list(work.stands_in_for) == [me]
    day = today() + timedelta(days=4)
    stop_clock(monkeypatch, day.year, day.month, day.day)
    async with world.at("horten", CHILD, second=True) as uow:
        work = await duty(uow)
        assert me in work.others
        assert not work.stands_in_for


async def test_absences_that_overlap_and_stand_ins_who_are_away_are_refused(world: World) -> None:
    await away(world, 2, 5)
    for start, end in ((5, 9), (0, 2), (3, 4), (0, 30)):
        with pytest.raises(Invalid) as bad:
            await away(world, start, end)
        assert list(bad.value.errors) == ["fra"]
    with pytest.raises(Invalid) as bad:
        await away(world, 4, 8, second=True)
    assert list(bad.value.errors) == ["stedfortreder"]
    await away(world, 6, 9)


async def test_ten_absences_registered_at_once_are_one(world: World) -> None:
    answers = await asyncio.gather(*(away(world, 1, 4) for _ in range(10)), return_exceptions=True)
    assert sum(isinstance(one, UUID) for one in answers) == 1
    assert all(isinstance(one, UUID | Invalid) for one in answers)


@pytest.mark.parametrize(("start", "end"), [(-9, -1), (5, 4), (0, 400)])
async def test_days_that_cannot_be_an_absence_are_named(world: World, start: int, end: int) -> None:
    with pytest.raises(Invalid) as bad:
        await away(world, start, end)
    assert list(bad.value.errors) == ["til"]


async def test_a_stand_in_is_a_purchaser_of_every_kind_one_is(world: World) -> None:
    async with world.at("horten", CHILD) as uow:
        assert [user for user, _ in await possible_stand_ins(uow)] == [
            world.user("horten", CHILD, second=True)
        ]
    await world.sql(
        "INSERT INTO membership (id, user_id, kind, municipality_id, role, valid_from, granted_by)"
        " VALUES (gen_random_uuid(), $1, 'municipality', $2, 'purchaser_adult', '2000-01-01', 'test')",
        world.user("horten", CHILD), world.horten,
    )  # fmt: skip
    async with world.at("horten", CHILD) as uow:
        assert await possible_stand_ins(uow) == []


async def test_somebody_is_back_early_and_only_they_may_say_so(world: World) -> None:
    absence = await away(world, 0, 9)
    with pytest.raises(NotFound):
        async with world.at("horten", CHILD, second=True) as uow:
            await end_absence(uow, absence)
    async with world.at("horten", CHILD) as uow:
        await end_absence(uow, absence)
        await register_absence(uow, AbsenceFacts(today(), today(), world.user("horten", CHILD, second=True)))
