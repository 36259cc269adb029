"""Open offers on a real database: days without holidays, counts of nobody, and what was tried before a decision."""

from __future__ import annotations

from datetime import date, time, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from sammen.clock import today
from sammen.errors import Conflict, Forbidden, Invalid, NotFound
from sammen.policy.roles import Role
from tenants.offers.jobs import lay_out_days
from tenants.offers.queries import days_of, half_year, offers, tried_in
from tenants.offers.rules import half_of, planned_days
from tenants.offers.service import (
    CountFacts,
    OfferFacts,
    TriedFacts,
    add_day,
    cancel_day,
    change_offer,
    count_day,
    make_offer,
    note_tried,
    withdraw_tried,
)
from tests.allocation_samples import decided
from tests.worlds import World

COORDINATOR, CHILD = Role.PROVIDER_COORDINATOR, Role.PURCHASER_CHILD


def facts(**changes: Any) -> OfferFacts:
    values: dict[str, Any] = {
        "kind": "cafe", "name": "Åpen kafé", "about": "", "place": "Biblioteket", "weekday": "thu", "starts": time(0, 0),
        "ends": time(23, 45), "valid_from": today(), **changes,
    }  # fmt: skip
    return OfferFacts(**values)


async def cafe(world: World, slug: str = "horten", **changes: Any) -> UUID:
    async with world.at(slug, COORDINATOR) as uow:
        return await make_offer(uow, facts(**changes))


def test_a_weekly_offer_leaves_out_holidays_and_the_easter_week() -> None:
    days = planned_days("thu", date(2027, 3, 1), date(2027, 5, 31), date(2027, 12, 31))
    assert date(2027, 3, 25) not in days  # Maundy Thursday
    assert date(2027, 5, 6) not in days  # Ascension Day
    assert date(2027, 4, 1) in days
    assert {day.weekday() for day in days} == {3}
    assert planned_days("", date(2027, 7, 1), date(2027, 7, 3), date(2027, 12, 31)) == [
        date(2027, 7, n) for n in (1, 2, 3)
    ]
    assert half_of(date(2026, 7, 1)) == (date(2026, 7, 1), date(2026, 12, 31))


async def test_days_are_laid_out_once_however_often_the_job_runs(world: World) -> None:
    made = await cafe(world)
    count = "SELECT count(*) AS n FROM offer_day"
    before = (await world.sql(count))[0]["n"]
    assert 20 <= before <= 27
    async with world.job(world.horten) as uow:
        await lay_out_days(uow, {})
    assert (await world.sql(count))[0]["n"] == before
    async with world.at("horten", COORDINATOR) as uow:
        extra = today() + timedelta(days=1 if (today() + timedelta(days=1)).weekday() != 3 else 2)
        await add_day(uow, made, extra)
        with pytest.raises(Invalid):
            await add_day(uow, made, extra)


async def test_a_count_is_kept_by_age_corrected_by_version_and_summed_for_the_half_year(world: World) -> None:
    made = await cafe(world, weekday="", valid_to=today())
    async with world.at("horten", COORDINATOR) as uow:
        day = (await days_of(uow, made, today(), today()))[0]
        counted = CountFacts(
            {"0-12": 3, "67+": 4}, volunteers=2, contacts=1, talks=2, guidance="Hvordan søke"
        )
        await count_day(uow, made, day.id, counted, version=day.version)
    with pytest.raises(Conflict):
        async with world.at("horten", COORDINATOR) as uow:
            await count_day(uow, made, day.id, CountFacts({"0-12": 9}), version=day.version)
    with pytest.raises(Invalid):
        async with world.at("horten", COORDINATOR) as uow:
            await count_day(uow, made, day.id, CountFacts({}, guidance="Gjelder 01018012345"), version=2)
    async with world.at("horten", COORDINATOR) as uow:
        await count_day(uow, made, day.id, CountFacts({"0-12": 5, "67+": 4}, volunteers=2), version=2)
        total = (await half_year(uow, *half_of(today())))[0]
        assert (total.days, total.total, total.came["0-12"], total.volunteers) == (1, 9, 5, 2)
        with pytest.raises(Conflict):
            await cancel_day(uow, made, day.id, "Syk")
    async with world.at("re", COORDINATOR) as uow:
        assert not await half_year(uow, *half_of(today()))
        assert not await offers(uow)
        with pytest.raises(NotFound):
            await cancel_day(uow, made, day.id, "Herfra")


async def test_a_day_that_has_not_begun_is_not_counted_and_one_called_off_has_a_reason(world: World) -> None:
    made = await cafe(
        world, weekday="", valid_from=today() + timedelta(days=3), valid_to=today() + timedelta(days=4)
    )
    async with world.at("horten", COORDINATOR) as uow:
        first, second = await days_of(uow, made, today(), today() + timedelta(days=9))
        with pytest.raises(Conflict):
            await count_day(uow, made, first.id, CountFacts({}), version=1)
        with pytest.raises(Invalid):
            await cancel_day(uow, made, first.id, "")
        await cancel_day(uow, made, first.id, "Stengt")
        await cancel_day(uow, made, first.id, "Stengt")
        await change_offer(uow, made, facts(weekday="", valid_to=today() + timedelta(days=4)), version=1)
        days = {one.day: one.state for one in await days_of(uow, made, today(), today() + timedelta(days=9))}
        assert days[first.day] == "cancelled"
        assert days[second.day] == "planned"
        assert len(days) == 5


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"ends": time(0, 0)}, "slutter"),
        ({"valid_to": date(2020, 1, 1)}, "til"),
        ({"kind": "holiday_trip"}, "til"),
        ({"weekday": ""}, "ukedag"),
        ({"weekday": "", "valid_to": date(2099, 1, 1)}, "til"),
    ],
)
async def test_an_offer_that_cannot_be_says_which_field(
    world: World, changes: dict[str, Any], field: str
) -> None:
    with pytest.raises(Invalid) as bad:
        await cafe(world, price_kroner=Decimal(0), **changes)
    assert set(bad.value.errors) == {field}


async def test_what_was_tried_is_the_cases_and_nobody_elses(world: World) -> None:
    made = await cafe(world)
    case, _ = await decided(world, running=False)
    tried = TriedFacts(
        made, "", today() - timedelta(days=60), None, 6, "not_enough", "Det var for mange folk."
    )
    with pytest.raises((NotFound, Forbidden)):
        async with world.at("horten", Role.PURCHASER_ADULT) as uow:
            await note_tried(uow, case, tried)
    async with world.at("horten", CHILD) as uow:
        one = await note_tried(uow, case, tried)
        assert [(card.name, card.own_words) for card in await tried_in(uow, case)] == [
            ("Åpen kafé", "Det var for mange folk.")
        ]
    for slug, role in (("horten", Role.PURCHASER_ADULT), ("re", CHILD)):
        async with world.at(slug, role) as uow:
            with pytest.raises(NotFound):
                await tried_in(uow, case)
    async with world.at("horten", CHILD) as uow:
        await withdraw_tried(uow, case, one)
        await withdraw_tried(uow, case, one)
        assert not await tried_in(uow, case)
