"""Courses on a real database: exactly as many seats as there are, and names that stay at home."""

from __future__ import annotations

import asyncio
import dataclasses
from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from sammen.clock import now, today
from sammen.errors import Conflict, Invalid, NotFound
from sammen.policy.roles import Role
from shared_pool.courses.queries import courses, seats_by_home, signups
from shared_pool.courses.service import CourseFacts, make_course, sign_up, withdraw
from tests.provider_samples import contact
from tests.worlds import World

COORDINATOR = Role.PROVIDER_COORDINATOR


def facts(seats: int = 12) -> CourseFacts:
    starts = now() + timedelta(days=20)
    return CourseFacts(
        "Grunnkurs", "basic", "", "Tønsberg", starts, starts + timedelta(hours=3), seats, "Jostein Ravn"
    )


async def planned(world: World, seats: int = 12) -> UUID:
    async with world.at("vestfold", Role.COURSE_COORDINATOR) as uow:
        return await make_course(uow, facts(seats))


async def crowd(world: World, slug: str, count: int) -> list[UUID]:
    """Contacts, made past the services since nothing but their being there matters."""
    tenant, made = getattr(world, slug), []
    for number in range(count):
        person, found = uuid4(), uuid4()
        await world.sql(
            "INSERT INTO person (tenant_id, id, given_name, family_name) VALUES ($1, $2, $3, $4)",
            tenant, person, f"Nummer{number}", slug.capitalize(),
        )  # fmt: skip
        await world.sql(
            "INSERT INTO support_contact (tenant_id, id, person_id, state) VALUES ($1, $2, $3, 'engaged')",
            tenant, found, person,
        )  # fmt: skip
        made.append(found)
    return made


async def test_sixty_at_once_from_two_municipalities_on_twelve_seats_take_twelve(world: World) -> None:
    course = await planned(world, 12)
    takers = [(slug, one) for slug in ("horten", "re") for one in await crowd(world, slug, 30)]

    async def take(slug: str, who: UUID) -> bool:
        try:
            async with world.at(slug, COORDINATOR) as uow:
                await sign_up(uow, course, who)
        except Invalid:
            return False
        return True

    assert sum(await asyncio.gather(*(take(*taker) for taker in takers))) == 12
    rows = await world.sql(
        "SELECT (SELECT count(*) FROM enrolment) AS a, (SELECT count(*) FROM course_signup) AS b"
    )
    assert (rows[0]["a"], rows[0]["b"]) == (12, 12)
    async with world.at("vestfold", Role.SHARED_COORDINATOR) as uow:
        card = (await courses(uow))[0]
        assert (card.taken, card.free) == (12, 0)
        assert sum(seats for _, seats in (await seats_by_home(uow))[course]) == 12


async def test_a_contact_has_one_seat_and_a_seat_given_back_is_free(world: World) -> None:
    course, amund = await planned(world, 1), await contact(world, "horten")
    liv = await contact(world, "re", "Liv Haug")
    async with world.at("horten", COORDINATOR) as uow:
        mine = await sign_up(uow, course, amund)
    with pytest.raises(Invalid):
        async with world.at("re", COORDINATOR) as uow:
            await sign_up(uow, course, liv)
    async with world.at("horten", COORDINATOR) as uow:
        await withdraw(uow, mine)
    with pytest.raises(Conflict):
        async with world.at("horten", COORDINATOR) as uow:
            await withdraw(uow, mine)
    async with world.at("re", COORDINATOR) as uow:
        await sign_up(uow, course, liv)
    with pytest.raises(Invalid):
        async with world.at("horten", COORDINATOR) as uow:
            await sign_up(uow, course, amund)


async def test_the_same_contact_signed_up_ten_times_at_once_has_one_seat(world: World) -> None:
    course, amund = await planned(world, 12), await contact(world, "horten")

    async def take() -> bool:
        try:
            async with world.at("horten", COORDINATOR) as uow:
                await sign_up(uow, course, amund)
        except Conflict:
            return False
        return True

    assert sum(await asyncio.gather(*(take() for _ in range(10)))) == 1
    async with world.at("horten", COORDINATOR) as uow:
        assert [card.taken for card in await courses(uow)] == [1]


async def test_names_stay_at_home_and_others_are_a_number(world: World) -> None:
    course = await planned(world)
    amund, liv = await contact(world, "horten"), await contact(world, "re", "Liv Haug")
    async with world.at("horten", COORDINATOR) as uow:
        mine = await sign_up(uow, course, amund)
    async with world.at("re", COORDINATOR) as uow:
        await sign_up(uow, course, liv)
        assert [one.name for one in await signups(uow)] == ["Liv Haug"]
        card = (await courses(uow))[0]
        assert (card.taken, card.ours) == (2, 1)
        with pytest.raises(NotFound):
            await withdraw(uow, mine)
        with pytest.raises(NotFound):
            await sign_up(uow, course, amund)
    shared = (await world.sql("SELECT * FROM enrolment WHERE home_id = $1", world.horten))[0]
    assert set(dict(shared)) == {
        "region_id", "id", "course_id", "home_id", "state", "created_at", "changed_at", "version",
    }  # fmt: skip


async def test_the_foreign_seat_cannot_be_given_back_by_its_id(world: World) -> None:
    course = await planned(world)
    async with world.at("horten", COORDINATOR) as uow:
        await sign_up(uow, course, await contact(world, "horten"))
    seat = (await world.sql("SELECT id FROM enrolment"))[0]["id"]
    for slug, role in (("re", COORDINATOR), ("vestfold", Role.COURSE_COORDINATOR)):
        async with world.at(slug, role) as uow:
            assert (await uow.call("SELECT sammen.give_back_seat($1) AS done", seat))[0]["done"] is False


async def test_a_municipality_outside_the_region_sees_no_course_and_takes_no_seat(world: World) -> None:
    course, liv = await planned(world), await contact(world, "re", "Liv Haug")
    await world.sql(
        "UPDATE region_membership SET valid_to = $2 WHERE municipality_id = $1",
        world.re,
        today() - timedelta(days=1),
    )
    async with world.at("re", COORDINATOR) as uow:
        assert await courses(uow) == []
        with pytest.raises(Invalid):
            await sign_up(uow, course, liv)


async def test_a_course_that_has_begun_takes_nobody_and_lets_nobody_go(world: World) -> None:
    course, amund = await planned(world), await contact(world, "horten")
    async with world.at("horten", COORDINATOR) as uow:
        mine = await sign_up(uow, course, amund)
    await world.sql("UPDATE course SET starts_at = now() - interval '1 minute'")
    with pytest.raises(Conflict):
        async with world.at("horten", COORDINATOR) as uow:
            await withdraw(uow, mine)
    sara = await contact(world, "horten", "Sara Dahl")
    with pytest.raises(Invalid, match="Rett feltene"):
        async with world.at("horten", COORDINATOR) as uow:
            await sign_up(uow, course, sara)


async def test_the_steering_group_reads_no_seat_even_by_sql(world: World) -> None:
    course = await planned(world)
    async with world.at("horten", COORDINATOR) as uow:
        await sign_up(uow, course, await contact(world, "horten"))
    async with world.at("vestfold", Role.STEERING_GROUP_MEMBER) as uow:
        assert await uow.call("SELECT id FROM sammen.enrolment") == []
        assert [card.taken for card in await courses(uow)] == [1]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"ends_at": now() + timedelta(days=19)}, "slutter"),
        ({"starts_at": now() - timedelta(hours=1)}, "dato"),
    ],
)
async def test_a_course_lies_ahead_and_ends_after_it_begins(
    world: World, changes: dict[str, object], field: str
) -> None:
    with pytest.raises(Invalid) as found:
        async with world.at("vestfold", Role.COURSE_COORDINATOR) as uow:
            await make_course(uow, dataclasses.replace(facts(), **changes))  # type: ignore[arg-type]  # by name
    assert list(found.value.errors) == [field]
