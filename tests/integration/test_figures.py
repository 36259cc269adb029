"""A municipality's figures: computed, compared, approved in editions, and never another's, on a real database."""

from __future__ import annotations

import asyncio
from datetime import date
from decimal import Decimal
from uuid import UUID

import pytest

from reporting.definitions import HOME, REPORTED
from reporting.frames import figures_of, period_frame
from reporting.jobs import start_computing
from reporting.periods import PeriodKind, parse
from reporting.queries import (
    inhabitants,
    members,
    own_cells,
    own_editions,
    own_values,
    region_reports,
    regions_of,
    shown_periods,
)
from reporting.service import approve, compute
from reporting.sources import measures as measures_of_the_floor
from sammen.clock import today
from sammen.db.unit_of_work import UnitOfWork
from sammen.errors import Conflict, Invalid, NotFound
from sammen.figures import Measure, Reading
from sammen.policy.roles import Role
from tenants.assignments.api import fill_order
from tenants.rates.api import add_simple_table
from tests.figure_samples import HALF, NUMBERS, more_municipalities, people_live, report, told
from tests.provider_samples import assigned, contact, granted_orders, individual
from tests.worlds import World

FEW = {"users": 3, "hours": 117, "served": 3, "cost": 71_919}


async def region_values(world: World) -> dict[str, dict[str, Decimal]]:
    async with world.at("vestfold", Role.STEERING_GROUP_MEMBER) as uow:
        return {report.name: report.values for report in await region_reports(uow, HALF)}


async def test_a_computed_edition_is_the_municipalitys_own_until_it_is_approved(world: World) -> None:
    made = await report(world, "horten", NUMBERS, approved=False)
    assert await region_values(world) == {}
    async with world.at("horten", Role.MANAGER) as uow:
        assert await own_values(uow, made) == {name: Decimal(value) for name, value in NUMBERS.items()}
        await approve(uow, made)
    assert await region_values(world) == {"Horten": {name: Decimal(value) for name, value in NUMBERS.items()}}


async def test_a_correction_is_a_new_edition_and_the_old_numbers_stand(world: World) -> None:
    first = await report(world, "horten", NUMBERS)
    second = await report(world, "horten", {**NUMBERS, "users": 151}, approved=False)
    assert (await region_values(world))["Horten"]["users"] == 148
    async with world.at("horten", Role.MANAGER) as uow:
        await approve(uow, second)
        editions = (await own_editions(uow))[HALF.slug]
        assert [(e.edition, e.state) for e in editions] == [(2, "approved"), (1, "replaced")]
        assert (await own_values(uow, first))["users"] == 148
    assert (await region_values(world))["Horten"]["users"] == 151
    kept = await world.sql(
        "SELECT edition, value FROM approved_figure WHERE measure = 'users' ORDER BY edition"
    )
    assert [tuple(row) for row in kept] == [(1, Decimal(148)), (2, Decimal(151))]


async def test_an_older_edition_cannot_be_approved(world: World) -> None:
    first = await report(world, "horten", NUMBERS, approved=False)
    await report(world, "horten", {**NUMBERS, "users": 151}, approved=False)
    with pytest.raises(Conflict, match="beregnet på nytt"):
        async with world.at("horten", Role.MANAGER) as uow:
            await approve(uow, first)
    assert await world.sql("SELECT 1 FROM approved_figure") == []


async def test_the_same_edition_is_approved_once_even_by_two_at_the_same_time(world: World) -> None:
    made = await report(world, "horten", NUMBERS, approved=False)

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
    assert len(await world.sql("SELECT 1 FROM approved_figure")) == 4


async def test_another_municipalitys_edition_is_not_found_and_stays_as_it_was(world: World) -> None:
    made = await report(world, "horten", NUMBERS, approved=False)
    with pytest.raises(NotFound):
        async with world.at("re", Role.MANAGER) as uow:
            await approve(uow, made)
    assert [row["state"] for row in await world.sql("SELECT state FROM figure_set")] == ["computed"]


async def test_a_municipality_reads_its_own_approved_figures_and_no_others(world: World) -> None:
    made = await report(world, "horten", NUMBERS)
    await report(world, "re", FEW)
    async with world.at("re", Role.MANAGER) as uow:
        assert await own_values(uow, made) == {}
        seen = await uow.call("SELECT DISTINCT reported_by FROM sammen.approved_figure")
        assert [row["reported_by"] for row in seen] == [world.re]
        assert [
            row["tenant_id"] for row in await uow.call("SELECT DISTINCT tenant_id FROM sammen.figure")
        ] == [world.re]
        for read in (region_reports(uow, HALF), shown_periods(uow), members(uow, today())):
            with pytest.raises(LookupError):
                await read


async def test_the_region_sees_approved_figures_and_no_municipalitys_own_editions(world: World) -> None:
    await report(world, "horten", NUMBERS, approved=False)
    await report(world, "re", FEW)
    async with world.at("vestfold", Role.STEERING_GROUP_MEMBER) as uow:
        assert await uow.call("SELECT 1 FROM sammen.figure") == []
        assert await uow.call("SELECT 1 FROM sammen.figure_set") == []
        assert [report.name for report in await region_reports(uow, HALF)] == ["Re"]


async def test_an_approved_value_can_neither_be_changed_nor_removed(world: World) -> None:
    await report(world, "horten", NUMBERS)
    for statement in ("UPDATE sammen.approved_figure SET value = 1", "DELETE FROM sammen.approved_figure"):
        with pytest.raises(Exception, match="permission denied"):
            async with world.at("horten", Role.MANAGER) as uow:
                await uow.call(statement)


async def test_the_trail_tells_who_computed_and_who_approved_and_no_numbers(world: World) -> None:
    await report(world, "horten", NUMBERS)
    rows = await world.sql(
        "SELECT action, actor_id, details::text FROM audit_entry WHERE category = 'change' ORDER BY id"
    )
    assert [row["action"] for row in rows] == ["figures.computed", "figures.approved"]
    assert {row["actor_id"] for row in rows} == {world.user("horten", Role.MANAGER)}
    assert not any("148" in row["details"] or "3885572" in row["details"] for row in rows)


async def test_a_period_that_is_not_over_is_not_computed(world: World) -> None:
    now = parse(f"{today().year}")
    with pytest.raises(Invalid):
        async with world.at("horten", Role.MANAGER) as uow:
            await compute(uow, now, told(NUMBERS))
    assert await world.sql("SELECT 1 FROM figure_set") == []


@pytest.mark.parametrize("wrong", [{"served": 0}, {"users": -1}])
async def test_numbers_that_contradict_one_another_are_not_kept(world: World, wrong: dict[str, int]) -> None:
    with pytest.raises(Invalid):
        async with world.at("horten", Role.MANAGER) as uow:
            await compute(uow, HALF, told({**NUMBERS, **wrong}))
    assert await world.sql("SELECT 1 FROM figure_set") == []


async def test_a_measure_that_is_not_contributed_stops_the_computation(world: World) -> None:
    with pytest.raises(ValueError, match="served"):
        async with world.at("horten", Role.MANAGER) as uow:
            await compute(uow, HALF, [m for m in told(NUMBERS) if m.id != "served"])


async def test_a_job_that_nobody_asked_for_can_compute_and_approve_in_its_own_municipality(
    world: World,
) -> None:
    async with world.job(world.re) as uow:
        await approve(uow, await compute(uow, HALF, told(FEW)))
    assert (await region_values(world))["Re"]["users"] == 3
    assert [row["approved_by"] for row in await world.sql("SELECT approved_by FROM figure_set")] == [None]


async def test_half_years_go_to_the_region_and_a_year_beside_them_does_not(world: World) -> None:
    await report(world, "horten", NUMBERS, period=parse("2025-h1"))
    await report(world, "horten", NUMBERS, period=parse("2025"))
    async with world.at("vestfold", Role.STEERING_GROUP_MEMBER) as uow:
        assert [period.slug for period in await shown_periods(uow)] == ["2025-h1"]
    assert await world.sql("SELECT 1 FROM approved_figure WHERE period = '2025'") == []


async def test_a_region_that_changes_to_years_never_shows_the_year_of_a_half_year_it_has_shown(
    world: World,
) -> None:
    await report(world, "horten", NUMBERS, period=parse("2024-h1"))
    await world.sql('UPDATE region SET settings = \'{"figure_period": "year"}\'')
    await report(world, "horten", NUMBERS, period=parse("2024"))
    await report(world, "horten", NUMBERS, period=parse("2025"))
    async with world.at("horten", Role.MANAGER) as uow:
        assert [region.kind for region in await regions_of(uow)] == [PeriodKind.YEAR]
    async with world.at("vestfold", Role.STEERING_GROUP_MEMBER) as uow:
        assert [period.slug for period in await shown_periods(uow)] == ["2025"]


async def test_a_municipality_outside_every_region_keeps_its_figures_at_home(world: World) -> None:
    await world.sql(
        "UPDATE region_membership SET valid_to = '2020-12-31' WHERE municipality_id = $1", world.horten
    )
    await report(world, "horten", NUMBERS)
    assert await world.sql("SELECT 1 FROM approved_figure") == []
    async with world.at("horten", Role.MANAGER) as uow:
        assert [e.state for e in (await own_editions(uow))[HALF.slug]] == ["approved"]


async def test_the_frame_of_a_period_has_a_row_for_each_whole_report_with_exact_values(world: World) -> None:
    await more_municipalities(world, ["Hof"])
    await report(world, "horten", {**NUMBERS, "hours": "9431.25"})
    await report(world, "re", FEW)
    await report(world, "hof", NUMBERS)
    # As if Hof had reported before hours were asked for: what cannot be judged is not shown.
    await world.sql("DELETE FROM approved_figure WHERE measure = 'served' AND value = 131 AND reported_by"
                    " = (SELECT id FROM municipality WHERE slug = 'hof')")  # fmt: skip
    async with world.at("vestfold", Role.STEERING_GROUP_MEMBER) as uow:
        frame = period_frame(await region_reports(uow, HALF))
    figures = figures_of(frame)
    assert set(figures) == {world.horten, world.re}
    assert figures[world.horten].hours == Decimal("9431.25")
    assert (figures[world.re].users, figures[world.re].served, figures[world.re].cost) == (
        3,
        3,
        Decimal(71_919),
    )


async def test_population_is_of_the_newest_year_up_to_the_periods_own(world: World) -> None:
    await people_live(world, {world.horten: 27_000}, year=2024)
    await people_live(world, {world.horten: 27_500, world.re: 9_500}, year=2025)
    await people_live(world, {world.horten: 99_999}, year=2027)
    async with world.at("vestfold", Role.STEERING_GROUP_MEMBER) as uow:
        assert await inhabitants(uow, [world.horten, world.re], 2026) == (
            2025,
            {world.horten: 27_500, world.re: 9_500},
        )
        assert await inhabitants(uow, [world.horten], 2023) == (None, {})


async def test_one_computation_of_a_period_waits_at_a_time(world: World) -> None:
    async with world.at("horten", Role.MANAGER) as uow:
        assert isinstance(await start_computing(uow, HALF), UUID)
    with pytest.raises(Conflict):
        async with world.at("horten", Role.MANAGER) as uow:
            await start_computing(uow, HALF)
    assert len(await world.sql("SELECT 1 FROM task")) == 1


LINE = (
    "INSERT INTO timesheet_line (tenant_id, id, assignment_id, contact_id, worked_on, hours, activity, state)"
    " SELECT tenant_id, gen_random_uuid(), id, contact_id, $2, $3, 'Tur', $4 FROM assignment WHERE id = $1"
)


async def begin_and_end(world: World, assignment: UUID, starts: date, ends: date | None = None) -> None:
    state = "ended" if ends else "running"
    await world.sql(
        "UPDATE assignment SET starts_on = $2, ended_on = $3, state = $4 WHERE id = $1",
        assignment,
        starts,
        ends,
        state,
    )


async def test_figures_equal_those_computed_by_hand(world: World) -> None:
    """Three people in Horten and one in Re; the numbers below are added up on paper, not by our own code."""
    _order, _contact, first = await assigned(world, "horten", name="Jonas Bergli")
    others = []
    for name in ("Selma Dalen", "Ivar Moen"):
        order = (await granted_orders(world, "horten", [individual()], name=name))[0]
        helper = await contact(world, "horten", f"Hjelper {name.split()[1]}")
        async with world.at("horten", Role.PROVIDER_COORDINATOR) as uow:
            others.append(await fill_order(uow, order, helper, starts_on=today()))
    _order, _contact, foreign = await assigned(world, "re", name="Nora Lie", contact_name="Tor Moe")
    await begin_and_end(world, first, date(2026, 2, 1))
    await begin_and_end(world, others[0], date(2026, 6, 30))
    await begin_and_end(world, others[1], date(2025, 3, 1), date(2025, 12, 31))
    await begin_and_end(world, foreign, date(2026, 1, 1))
    for assignment, day, hours, state in (
        (first, date(2026, 3, 1), "2.50", "approved"),
        (first, date(2026, 6, 30), "1.50", "approved"),
        (first, date(2026, 3, 2), "3.00", "sent"),
        (first, date(2026, 7, 1), "4.00", "approved"),
        (others[1], date(2025, 12, 31), "5.00", "approved"),
        (foreign, date(2026, 3, 1), "8.00", "approved"),
    ):
        await world.sql(LINE, assignment, day, Decimal(hours), state)
    for since, kroner in ((date(2025, 1, 1), 200), (date(2026, 6, 1), 250)):
        async with world.at("horten", Role.PAYROLL) as uow:
            await add_simple_table(uow, since, Decimal(kroner))
    await world.sql(
        "INSERT INTO administration_cost (tenant_id, id, year, kroner) VALUES ($1, gen_random_uuid(), 2026, 365000)",
        world.horten,
    )
    async with world.at("horten", Role.MANAGER) as uow:
        await start_computing(uow, HALF)
    await world.run_jobs()
    async with world.at("horten", Role.MANAGER) as uow:
        edition = (await own_editions(uow))[HALF.slug][0]
        assert await own_values(uow, edition.id) == {
            "users": 2,  # Jonas all along, Selma on the last day; Ivar's ended the day before
            "hours": 4,  # 2,5 + 1,5
            "served": 1,  # Jonas
            "cost": Decimal("181875.00"),  # 2,5 × 200 + 1,5 × 250 + 365 000 × 181 of 365 days
            "respite_after_loss": 0,
        }


async def test_what_a_municipality_computes_for_itself_alone_is_never_copied_to_the_region(
    world: World,
) -> None:
    """A12, D4: few people stand behind changes of contact and respite after a loss."""

    async def few(_uow: UnitOfWork, _start: date, _end: date) -> list[Reading]:
        return [Reading(("1",), Decimal(2)), Reading(("3+",), Decimal(1))]

    measures = [*told(NUMBERS), Measure("contact_changes", "count", "count", (), few)]
    async with world.at("horten", Role.MANAGER) as uow:
        made = await compute(uow, HALF, measures)
        await approve(uow, made)
        cells = await own_cells(uow, made)
    assert cells["contact_changes", "3+"] == 1
    copied = {row["measure"] for row in await world.sql("SELECT measure FROM approved_figure")}
    assert copied == {"users", "hours", "served", "cost"}
    async with world.at("re", Role.MANAGER) as uow:
        assert await own_cells(uow, made) == {}


async def test_every_figure_of_the_tenants_floor_has_a_definition_and_every_definition_a_number() -> None:
    contributed = {measure.id for measure in measures_of_the_floor()}
    assert contributed == {d.id for d in (*REPORTED, *HOME)}
