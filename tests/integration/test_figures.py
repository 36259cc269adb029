"""A municipality's figures: computed, commented, approved in editions, asked for, and never another's, on a real database.

The world is shared: each test has a period of its own.
"""

from __future__ import annotations

import asyncio
from datetime import date, timedelta
from decimal import Decimal

import pytest

from reporting.figures.collecting import collected, remind
from reporting.figures.jobs import NIGHT, due_by_itself, start_computing
from reporting.figures.own import ended_periods
from reporting.figures.queries import comments_of, own_editions, own_totals, own_values, regions_of, reminded
from reporting.figures.regional import approvals, approved_sets
from reporting.figures.service import approve, comment, compute
from reporting.measures.api import measures
from reporting.periods import Period, PeriodKind, parse
from sammen.clock import today
from sammen.db.unit_of_work import UnitOfWork
from sammen.errors import BadInput, Conflict, Invalid, NotFound
from sammen.figures import Measure, Reading
from sammen.policy.roles import Role
from sammen.tenancy.context import PlaceKind
from sammen.tenancy.enter import enter_job
from tests.database import KEYS
from tests.figure_samples import NUMBERS, report, told
from tests.worlds import World

CORRECTED = {**NUMBERS, "users": 151}


async def raw(world: World, period: Period) -> dict[str, dict[str, Decimal]]:
    """What the region's own job reads, as measure → sum, by municipality."""
    uow = await enter_job(world.engine, KEYS, PlaceKind.REGION, world.region, job="test")
    try:
        return {
            one.name: {
                measure: sum((c.value for c in cells), Decimal(0)) for measure, cells in one.values.items()
            }
            for one in await approved_sets(uow, period)
        }
    finally:
        await uow.rollback()


async def test_a_computed_edition_is_the_municipalitys_own_until_it_is_approved(shared_world: World) -> None:
    world, period = shared_world, parse("2019-h1")
    made = await report(world, "horten", NUMBERS, period=period, approved=False)
    assert await raw(world, period) == {}
    async with world.at("horten", Role.MANAGER) as uow:
        assert await own_totals(uow, made) == {name: Decimal(value) for name, value in NUMBERS.items()}
        await approve(uow, made, note="Vi mangler tre timelister fra desember.")
    assert await raw(world, period) == {"Horten": {name: Decimal(value) for name, value in NUMBERS.items()}}
    async with world.at("vestfold", Role.PROJECT_MANAGER) as uow:
        told_, *rest = await approvals(uow, period)
        assert (told_.name, told_.note, rest) == ("Horten", "Vi mangler tre timelister fra desember.", [])


async def test_a_correction_needs_a_reason_and_the_old_numbers_stand(shared_world: World) -> None:
    world, period = shared_world, parse("2018-h1")
    first = await report(world, "horten", NUMBERS, period=period)
    second = await report(world, "horten", CORRECTED, period=period, approved=False)
    assert (await raw(world, period))["Horten"]["users"] == 148
    with pytest.raises(Invalid) as refused:
        async with world.at("horten", Role.MANAGER) as uow:
            await approve(uow, second)
    assert list(refused.value.errors) == ["grunn"]
    async with world.at("horten", Role.MANAGER) as uow:
        await approve(uow, second, reason="Tre oppdrag manglet.")
        editions = (await own_editions(uow))[period.slug]
        assert [(e.edition, e.state, e.reason) for e in editions] == [
            (2, "approved", "Tre oppdrag manglet."), (1, "replaced", "")
        ]  # fmt: skip
        assert (await own_totals(uow, first))["users"] == 148
    assert (await raw(world, period))["Horten"]["users"] == 151
    kept = await world.sql(
        "SELECT edition, value FROM approved_figure WHERE measure = 'users' AND period = '2018-h1' ORDER BY edition"
    )
    assert [tuple(row) for row in kept] == [(1, Decimal(148)), (2, Decimal(151))]


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE sammen.figure_set SET note = 'x' WHERE state = 'approved'",
        "UPDATE sammen.figure_set SET measures = '{}' WHERE period = '2017-h1'",
        "UPDATE sammen.figure_set SET state = 'computed' WHERE period = '2017-h1'",
        "DELETE FROM sammen.figure_set",
        "UPDATE sammen.figure SET value = 1",
        "DELETE FROM sammen.figure",
        "UPDATE sammen.approved_figure SET value = 1",
        "DELETE FROM sammen.approved_figure",
        "UPDATE sammen.figure_approval SET note = 'x'",
    ],
)
async def test_what_is_approved_can_neither_be_changed_nor_removed(
    shared_world: World, statement: str
) -> None:
    if not await shared_world.sql("SELECT 1 FROM figure_set WHERE period = '2017-h1'"):
        await report(shared_world, "horten", NUMBERS, period=parse("2017-h1"))
    with pytest.raises(Exception, match=r"permission denied|computed anew"):
        async with shared_world.at("horten", Role.MANAGER) as uow:
            await uow.call(statement)


async def test_an_older_edition_cannot_be_approved(shared_world: World) -> None:
    world, period = shared_world, parse("2016-h1")
    first = await report(world, "horten", NUMBERS, period=period, approved=False)
    await report(world, "horten", CORRECTED, period=period, approved=False)
    with pytest.raises(Conflict, match="beregnet på nytt"):
        async with world.at("horten", Role.MANAGER) as uow:
            await approve(uow, first)
    assert await raw(world, period) == {}


async def test_the_same_edition_is_approved_once_even_by_several_at_the_same_time(
    shared_world: World,
) -> None:
    world, period = shared_world, parse("2015-h1")
    made = await report(world, "horten", NUMBERS, period=period, approved=False)

    async def one() -> str:
        try:
            async with world.at("horten", Role.MANAGER) as uow:
                await approve(uow, made)
        except Conflict as conflict:
            return conflict.message
        return "approved"

    answers = sorted(await asyncio.gather(one(), one(), one()))
    assert answers[2] == "approved"
    assert answers[0] == answers[1]
    assert "godkjent allerede" in answers[0]
    assert len(await world.sql("SELECT 1 FROM figure_approval WHERE period = '2015-h1'")) == 1


async def test_another_municipalitys_edition_is_not_found_and_its_figures_not_read(
    shared_world: World,
) -> None:
    world, period = shared_world, parse("2014-h1")
    made = await report(world, "horten", NUMBERS, period=period, approved=False)
    for attempt in (approve, lambda uow, one: comment(uow, one, "Hei")):
        with pytest.raises(NotFound):
            async with world.at("re", Role.MANAGER) as uow:
                await attempt(uow, made)
    await report(world, "re", {"users": 3}, period=period)
    async with world.at("re", Role.MANAGER) as uow:
        assert await own_totals(uow, made) == {}
        for table, owner in (("approved_figure", "reported_by"), ("figure_approval", "reported_by"),
                             ("figure", "tenant_id"), ("figure_comment", "tenant_id")):  # fmt: skip
            seen = await uow.call(f"SELECT DISTINCT {owner} AS owner FROM sammen.{table}")
            assert {row["owner"] for row in seen} <= {world.re}, table
        with pytest.raises(LookupError):
            await approved_sets(uow, period)


@pytest.mark.parametrize("role", [Role.STEERING_GROUP_MEMBER, Role.PROJECT_MANAGER])
async def test_no_person_in_the_region_reads_a_number_not_even_with_sql_of_ones_own(
    shared_world: World, role: Role
) -> None:
    await report(
        shared_world,
        "horten",
        NUMBERS,
        period=parse("2013-h1" if role is Role.PROJECT_MANAGER else "2013-h2"),
    )
    async with shared_world.at("vestfold", role) as uow:
        for table in ("approved_figure", "figure", "figure_set", "figure_comment"):
            assert await uow.call(f"SELECT 1 FROM sammen.{table}") == []
        assert [one.name for one in await approvals(uow, parse("2013-h1"))] in ([], ["Horten"])


async def test_the_trail_tells_who_computed_and_who_approved_and_no_numbers(shared_world: World) -> None:
    made = await report(shared_world, "horten", NUMBERS, period=parse("2012-h1"))
    rows = await shared_world.sql(
        "SELECT action, details::text AS details FROM audit_entry WHERE object_id = $1 ORDER BY at", made
    )
    assert [row["action"] for row in rows] == ["figures.computed", "figures.approved"]
    assert not any("148" in row["details"] for row in rows)


async def test_a_period_that_is_not_over_is_not_computed(shared_world: World) -> None:
    with pytest.raises(Invalid, match="Rett feltene"):
        async with shared_world.at("horten", Role.MANAGER) as uow:
            await compute(uow, Period.of(PeriodKind.MONTH, today()), told(NUMBERS))


async def test_an_edition_is_whole_or_not_at_all_and_every_measure_in_the_way_is_told(
    shared_world: World,
) -> None:
    world, period = shared_world, parse("2011-h1")

    async def no_rate(_uow: UnitOfWork, _start: date, _end: date) -> list[Reading]:
        raise Invalid.one("sats", "Det mangler timesats for 02.03.2011.")

    async def no_terms(_uow: UnitOfWork, _start: date, _end: date) -> list[Reading]:
        raise Invalid(
            {"vilkar": BadInput("vilkar", "Vilkårene mangler."), "sats": BadInput("sats", "En til.")}
        )

    broken = [
        *told(NUMBERS),
        Measure("a", "money", "kroner", (), no_rate),
        Measure("b", "money", "kroner", (), no_terms),
    ]
    with pytest.raises(Invalid) as refused:
        async with world.at("horten", Role.MANAGER) as uow:
            await compute(uow, period, broken)
    assert [error.text() for error in refused.value.errors.values()] == [
        "Det mangler timesats for 02.03.2011.", "Vilkårene mangler."
    ]  # fmt: skip
    assert await world.sql("SELECT 1 FROM figure_set WHERE period = '2011-h1'") == []


async def test_a_comment_stays_with_its_edition_at_home(shared_world: World) -> None:
    world, period = shared_world, parse("2010-h1")
    first = await report(world, "horten", NUMBERS, period=period, approved=False)
    async with world.at("horten", Role.MUNICIPALITY_ADMINISTRATOR) as uow:
        await comment(uow, first, "Timene for mai kom sent.", measure="hours")
    second = await report(world, "horten", NUMBERS, period=period, approved=False)
    async with world.at("horten", Role.MANAGER) as uow:
        await comment(uow, second, "Nå er de med.")
        found = await comments_of(uow, period)
        assert [(one.set_id, one.measure, one.body) for one in found] == [
            (first, "hours", "Timene for mai kom sent."), (second, "", "Nå er de med.")
        ]  # fmt: skip
        for text, measure, error in (("", "", Invalid), ("x" * 1001, "", Invalid), ("x", "tull", NotFound)):
            with pytest.raises(error):
                await comment(uow, second, text, measure=measure)


async def test_half_years_go_to_the_region_and_a_year_beside_them_does_not(shared_world: World) -> None:
    await report(shared_world, "horten", NUMBERS, period=parse("2009"))
    assert await raw(shared_world, parse("2009")) == {}
    assert await shared_world.sql("SELECT 1 FROM figure_approval WHERE period = '2009'") == []


async def test_what_stays_at_home_is_never_copied_to_the_region(shared_world: World) -> None:
    world, period = shared_world, parse("2008-h1")
    await report(world, "horten", {**NUMBERS, "respite_after_loss": 7}, period=period)
    assert set((await raw(world, period))["Horten"]) == set(NUMBERS)
    assert (
        len(await world.sql("SELECT 1 FROM figure WHERE measure = 'respite_after_loss' AND value = 7")) == 1
    )


async def test_nought_is_told_from_missing(shared_world: World) -> None:
    world, period = shared_world, parse("2007-h1")
    await report(world, "horten", {**NUMBERS, "users": 0}, period=period)
    values = (await raw(world, period))["Horten"]
    assert values["users"] == 0
    assert "waiting" not in values


async def test_who_is_missing_is_named_asked_once_and_reminded_at_home(shared_world: World) -> None:
    world, period = shared_world, parse("2025-h1")
    await report(world, "horten", NUMBERS, period=period)
    async with world.at("vestfold", Role.PROJECT_MANAGER) as uow:
        found = await collected(uow, period)
        assert found.late
        assert [one.member.name for one in found.missing] == ["Re"]
        assert await remind(uow, period) == 1
    await world.run_jobs()
    async with world.at("re", Role.MANAGER) as uow:
        assert list(await reminded(uow)) == [period.slug]
    mails = await world.sql(
        "SELECT address, code FROM outgoing WHERE tenant_id = $1 AND code = 'figures_wanted'", world.re
    )
    assert len(mails) == 1
    assert not await world.sql(
        "SELECT 1 FROM outgoing WHERE tenant_id = $1 AND code = 'figures_wanted'", world.horten
    )
    with pytest.raises(Conflict, match="spurt de siste dagene"):
        async with world.at("vestfold", Role.PROJECT_MANAGER) as uow:
            await remind(uow, period)
    with pytest.raises(Exception, match=r"row-level security|permission denied"):
        async with world.at("horten", Role.MANAGER) as uow:
            await uow.call(
                "INSERT INTO sammen.figure_reminder (region_id, id, municipality_id, period, asked_at, asked_by)"
                " VALUES ($1, gen_random_uuid(), $2, '2025-h1', now(), gen_random_uuid())", world.region, world.re,
            )  # fmt: skip


async def test_one_computation_of_a_period_waits_at_a_time(shared_world: World) -> None:
    async with shared_world.at("horten", Role.MANAGER) as uow:
        await start_computing(uow, parse("2024-h1"))
    with pytest.raises(Conflict, match="akkurat nå"):
        async with shared_world.at("horten", Role.MANAGER) as uow:
            await start_computing(uow, parse("2024-h1"))


def test_a_period_is_computed_by_itself_ten_days_after_its_end_and_only_once() -> None:
    ended = ended_periods(PeriodKind.MONTH, today(), 12)
    fitting = [one for one in ended if 10 <= (today() - one.end).days <= 60]
    assert [one for one in ended if due_by_itself(one, computed=False)] == fitting
    assert not any(due_by_itself(one, computed=True) for one in ended)


async def test_the_nights_job_computes_with_the_measures_there_are_and_again_does_nothing(
    shared_world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = shared_world
    monkeypatch.setattr("reporting.figures.jobs.SETTLED_DAYS", 0)
    monkeypatch.setattr("reporting.figures.jobs.GIVEN_UP_DAYS", 400)
    from reporting.figures.jobs import compute_what_is_over

    for _ in range(2):
        async with world.job(world.re, name=NIGHT) as uow:
            await compute_what_is_over(uow, {})
    last = ended_periods(PeriodKind.HALF_YEAR, today(), 1)[0]
    rows = await world.sql(
        "SELECT state, measures FROM figure_set WHERE tenant_id = $1 AND period = $2", world.re, last.slug
    )
    assert [row["state"] for row in rows] == ["computed"]
    assert rows[0]["measures"] == sorted(one.id for one in measures())


async def test_a_municipality_outside_every_region_keeps_its_figures_at_home(world: World) -> None:
    await world.sql("UPDATE region_membership SET valid_to = $1", today() - timedelta(days=1))
    made = await report(world, "horten", NUMBERS)
    async with world.at("horten", Role.MANAGER) as uow:
        assert await regions_of(uow) == []
        assert (await own_values(uow, made))["users"]
    assert await world.sql("SELECT 1 FROM approved_figure") == []
