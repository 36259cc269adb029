"""Settlement between Horten, which borrows, and Re, whose contact it is: told, opened, checked, accepted, corrected."""

from __future__ import annotations

import asyncio
from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID

import asyncpg
import pytest
from sqlalchemy.exc import DBAPIError

from sammen.clock import today
from sammen.errors import Conflict, Forbidden, Invalid, NotFound
from sammen.policy.roles import Role
from shared_pool.settlement.books import StatementCard, statement_card
from shared_pool.settlement.facts import tell_facts
from shared_pool.settlement.reckoning import Line
from shared_pool.settlement.service import accept_statement, check_statement, disagree
from tests.clocks import stop_clock
from tests.settlement_samples import (
    AUGUST,
    CONTACT,
    JULY,
    OCTOBER,
    SEPTEMBER,
    USER,
    accepted,
    agreed,
    checked,
    hours,
    lent,
    lent_pair,
    locked,
    places_held,
    reported,
    statements,
    third_municipality,
)
from tests.worlds import World

KINDS = ("hours", "recruited", "trained", "seats", "places")


def said(lines: list[Line] | tuple[Line, ...]) -> list[tuple[str, int, str, int, int | None]]:
    """(kind, month, quantity, øre, which statement it corrects) of each line."""
    return [
        (line.key.kind, line.key.month.month, str(line.quantity), line.amount_ore, line.corrects)
        for line in lines
    ]


async def third_quarter(world: World, slug: str = "horten") -> StatementCard:
    return next(card for card in await statements(world, slug) if card.first == date(2026, 7, 1))


async def ready(world: World) -> tuple[UUID, StatementCard]:
    """(assignment, statement) of a quarter with 3 hours in July and 4.5 in September."""
    await agreed(world)
    assignment = await lent(world)
    await hours(world, assignment, JULY, "3")
    await hours(world, assignment, SEPTEMBER, "4.5")
    await reported(world)
    return assignment, await third_quarter(world)


# From hours to a locked statement -----------------------------------------------------------------------------------
async def test_hours_become_lines_by_contact_and_month_and_both_sides_come_to_the_same_ore(
    world: World,
) -> None:
    _, card = await ready(world)
    theirs = await third_quarter(world, "re")
    assert said([*card.lines]) == [
        ("hours", 7, "3.00", 13650, None), ("hours", 9, "4.50", 20475, None), ("recruited", 7, "1.00", 150000, None),
        ("trained", 7, "1.00", 80000, None),
    ]  # fmt: skip
    assert card.lines == theirs.lines
    assert card.digest == theirs.digest
    assert card.owed_by(world.horten) == theirs.owed_by(world.horten) == 264125
    assert card.net(world.horten) == -card.net(world.re) == 264125
    assert {line.name for line in card.lines} == {CONTACT}
    assert (card.first, card.last, card.state) == (date(2026, 7, 1), date(2026, 9, 30), "open")


async def test_two_yeses_after_two_checks_lock_it_with_a_number_and_it_stands(world: World) -> None:
    assignment, card = await ready(world)
    assert await accepted(world, "horten", card.id) is None
    assert await accepted(world, "re", card.id) == 1
    rows = await world.sql("SELECT * FROM settlement_statement")
    assert (rows[0]["state"], rows[0]["number"], rows[0]["a_owes_ore"] + rows[0]["b_owes_ore"]) == (
        "locked",
        1,
        264125,
    )
    await hours(world, assignment, AUGUST, "9")
    await reported(world)
    assert (await third_quarter(world)).lines == card.lines
    for slug in ("horten", "re"):
        with pytest.raises(Conflict, match="låst"):
            await checked(world, slug, card.id)
    for sql in (
        "UPDATE settlement_statement SET document = '{}'",
        "UPDATE settlement_statement SET state = 'open', number = NULL, locked_at = NULL, digest = NULL",
    ):
        with pytest.raises(DBAPIError, match="stands"):
            async with world.job(world.horten) as uow:
                await (await uow.session.connection()).exec_driver_sql(sql)


async def test_a_correction_afterwards_is_a_line_of_its_own_in_the_next_statement(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    assignment, card = await ready(world)
    number = await locked(world, card.id)
    line = (await world.sql("SELECT id FROM timesheet_line WHERE worked_on = $1", SEPTEMBER))[0]["id"]
    await hours(world, assignment, SEPTEMBER, "3", corrects=line)
    await hours(world, assignment, date(2026, 8, 4), "2")
    await reported(world)
    stop_clock(monkeypatch, 2027, 1, 4)
    await reported(world)
    found = next(one for one in await statements(world, "re") if one.first > card.first)
    assert said([*found.lines]) == [("hours", 8, "2.00", 9100, number), ("hours", 9, "-1.50", -6825, number)]
    assert (await third_quarter(world)).lines == card.lines
    await reported(world)
    again = next(one for one in await statements(world, "re") if one.first > card.first)
    assert again.digest == found.digest
    assert await locked(world, again.id) == number + 1
    whole = sum(line.amount_ore for one in await statements(world, "horten") for line in one.lines)
    assert whole == 4550 * (3 + 3 + 2) + 150000 + 80000
    await reported(world)
    assert len(await statements(world, "horten")) == 2


async def test_a_contact_who_turns_out_not_to_have_worked_gives_the_shares_back(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    await agreed(world)
    assignment = await lent(world)
    line = await hours(world, assignment, JULY, "3")
    await reported(world)
    await locked(world, (await third_quarter(world)).id)
    await hours(world, assignment, JULY, "0", corrects=line)
    stop_clock(monkeypatch, 2027, 1, 4)
    await reported(world)
    after = (await statements(world, "horten"))[0]
    assert {one.key.kind: one.amount_ore for one in after.lines} == {
        "hours": -13650, "recruited": -150000, "trained": -80000,
    }  # fmt: skip
    assert sum(one.owed_by(world.horten) for one in await statements(world, "re")) == 0


async def test_a_price_that_changes_within_the_quarter_splits_it_by_month(world: World) -> None:
    await agreed(world, recruiting_ore=0, course_ore=0)
    await agreed(world, valid_from=date(2026, 9, 1), hour_ore=5000, recruiting_ore=0, course_ore=0)
    assignment = await lent(world)
    for day in (JULY, SEPTEMBER):
        await hours(world, assignment, day, "2")
    await reported(world)
    assert [line.amount_ore for line in (await third_quarter(world)).lines] == [9100, 10000]


async def test_hours_without_an_agreement_are_listed_at_nothing_and_cannot_be_accepted_until_it_is_agreed(
    world: World,
) -> None:
    assignment = await lent(world)
    await hours(world, assignment, JULY, "3")
    await reported(world)
    card = await third_quarter(world)
    assert said([*card.lines]) == [("hours", 7, "3.00", 0, None)]
    assert card.unagreed
    with pytest.raises(Conflict, match="ingen avtalt pris"):
        await accepted(world, "horten", card.id)
    await agreed(world, valid_from=date(2026, 7, 1), valid_to=date(2026, 9, 30))
    assert not (await third_quarter(world)).unagreed
    assert await locked(world, card.id) == 1


async def test_debts_both_ways_stand_in_one_statement_and_one_sum_is_to_be_paid(world: World) -> None:
    await agreed(world, recruiting_ore=0, course_ore=0)
    await hours(world, await lent(world), JULY, "10")
    there = await lent(world, home="horten", to="re", name="Amund Vik", user="Ane Moe")
    await hours(world, there, AUGUST, "4")
    await reported(world)
    card = await third_quarter(world)
    assert (card.owed_by(world.horten), card.owed_by(world.re)) == (45500, 18200)
    assert card.net(world.horten) == 27300
    assert (await third_quarter(world, "re")).net(world.re) == -27300


async def test_two_service_users_of_one_contact_are_one_line_so_that_neither_is_told_of(world: World) -> None:
    await agreed(world)
    first, candidate, at_home = await lent_pair(world)
    here = (await world.sql("SELECT contact_id FROM assignment WHERE id = $1", first))[0]["contact_id"]
    second, _, _ = await lent_pair(
        world, user="Ane Moe", candidate=candidate, contact_id=at_home, contact_here=here
    )
    await hours(world, first, JULY, "3")
    await hours(world, second, JULY, "2")
    await reported(world)
    assert [one for one in said([*(await third_quarter(world, "re")).lines]) if one[0] == "hours"] == [
        ("hours", 7, "5.00", 22750, None)
    ]


# Steps --------------------------------------------------------------------------------------------------------------
async def test_who_checked_does_not_accept_and_nobody_accepts_what_is_not_checked(world: World) -> None:
    _, card = await ready(world)
    with pytest.raises(Conflict, match="kontrolleres"):
        async with world.at("horten", Role.MANAGER) as uow:
            await accept_statement(uow, card.id, digest=card.digest)
    async with world.at("horten", Role.MANAGER) as uow:
        await check_statement(uow, card.id, digest=card.digest)
    with pytest.raises(Forbidden, match="selv kontrollert"):
        async with world.at("horten", Role.MANAGER) as uow:
            await accept_statement(uow, card.id, digest=card.digest)
    with pytest.raises(asyncpg.CheckViolationError, match="four_eyes"):
        await world.sql("UPDATE settlement_act SET checked_by = user_id, kind = 'accepted'")


async def test_payroll_may_check_and_not_accept(world: World) -> None:
    _, card = await ready(world)
    await checked(world, "horten", card.id)
    with pytest.raises(Forbidden):
        async with world.at("horten", Role.PAYROLL) as uow:
            await accept_statement(uow, card.id, digest=card.digest)


async def test_a_yes_to_lines_that_have_changed_meanwhile_is_refused_and_an_earlier_one_is_overtaken(
    world: World,
) -> None:
    assignment, card = await ready(world)
    await accepted(world, "re", card.id)
    await hours(world, assignment, AUGUST, "1")
    await reported(world)
    with pytest.raises(Conflict, match="endret"):
        async with world.at("horten", Role.PAYROLL) as uow:
            await check_statement(uow, card.id, digest=card.digest)
    changed = await third_quarter(world, "re")
    assert world.re in changed.standing.overtaken
    assert not changed.standing.accepted
    assert await accepted(world, "horten", card.id) is None
    assert await accepted(world, "re", card.id) == 1


async def test_disagreement_takes_words_and_undoes_every_yes(world: World) -> None:
    _, card = await ready(world)
    await accepted(world, "re", card.id)
    for words, error in (("", Invalid), ("Timene i juli er ført to ganger.", None)):
        async with world.at("horten", Role.PAYROLL) as uow:
            if error is not None:
                with pytest.raises(error):
                    await disagree(uow, card.id, words, digest=card.digest)
            else:
                await disagree(uow, card.id, words, digest=card.digest)
    await world.run_jobs()
    after = await third_quarter(world, "re")
    assert not after.standing.accepted
    assert after.standing.disagreed is not None
    assert after.standing.disagreed.words == "Timene i juli er ført to ganger."
    assert await locked(world, card.id) == 1


async def test_two_managers_who_accept_at_once_lock_it_once(world: World) -> None:
    _, card = await ready(world)
    for slug in ("horten", "re"):
        await checked(world, slug, card.id)

    async def yes(slug: str) -> int | None:
        async with world.at(slug, Role.MANAGER) as uow:
            return await accept_statement(uow, card.id, digest=card.digest)

    answers = await asyncio.gather(yes("horten"), yes("re"))
    assert sorted(answers, key=str) == [1, None]
    acts = await world.sql("SELECT step, kind FROM settlement_act ORDER BY step")
    assert [tuple(one) for one in acts] == [(1, "checked"), (2, "checked"), (3, "accepted"), (4, "accepted")]


async def test_two_jobs_at_once_open_one_statement_and_tell_each_fact_once(world: World) -> None:
    await agreed(world)
    await hours(world, await lent(world), JULY, "3")
    await asyncio.gather(reported(world, world.horten), reported(world, world.re), reported(world, world.re))
    await reported(world)
    await reported(world)
    assert len(await statements(world, "horten")) == 1
    told = await world.sql("SELECT kind, revision FROM settlement_fact ORDER BY kind")
    assert [tuple(one) for one in told] == [("hours", 1), ("recruited", 1), ("trained", 1)]


async def test_a_job_that_died_half_way_has_told_nothing_and_the_next_tells_all(world: World) -> None:
    await agreed(world)
    await hours(world, await lent(world), JULY, "3")

    async def killed() -> None:
        async with world.job(world.horten, name="settlement.report") as uow:
            assert await tell_facts(uow) == 3
            raise RuntimeError("killed")

    with pytest.raises(RuntimeError, match="killed"):
        await killed()
    assert not await world.sql("SELECT 1 FROM settlement_fact")
    await reported(world)
    assert (await third_quarter(world)).owed_by(world.horten) == 243650


async def test_a_period_that_is_not_over_has_no_statement(world: World) -> None:
    await agreed(world)
    assignment = await lent(world)
    await hours(world, assignment, today().replace(day=1), "3")
    await reported(world)
    assert not await statements(world, "horten")
    assert await world.sql("SELECT 1 FROM settlement_fact")


# Seats and places ---------------------------------------------------------------------------------------------------
async def test_seats_in_a_course_that_the_other_held_are_counted_and_in_the_regions_own_are_free(
    world: World,
) -> None:
    await agreed(world)
    for host in (world.re, None):
        made = (
            await world.sql(
                "INSERT INTO course (region_id, id, title, kind, starts_at, ends_at, seats, host_id, joint, reach, state)"
                " VALUES ($1, gen_random_uuid(), 'Grunnkurs', 'intro', '2026-08-31 23:30+02', '2026-09-01 01:00+02', 20, $2,"
                " true, 'region', 'open')"
                " RETURNING id", world.region, host,
            )
        )[0]["id"]  # fmt: skip
        for _ in range(2):
            await world.sql(
                "INSERT INTO enrolment (region_id, id, course_id, home_id) VALUES ($1, gen_random_uuid(), $2, $3)",
                world.region, made, world.horten,
            )  # fmt: skip
    await reported(world)
    assert said([*(await third_quarter(world)).lines]) == [("seats", 8, "2.00", 120000, None)]


async def test_places_in_the_others_groups_are_counted_for_each_month_a_member_had_one(world: World) -> None:
    await ready(world)
    # From the last day of July into September: three months, however few days there were in the first.
    await places_held(world, date(2026, 7, 31), date(2026, 9, 2), places=2, home="horten", host="re")
    await reported(world)
    lines = (await third_quarter(world, "re")).lines
    assert [one for one in said([*lines]) if one[0] == "places"] == [
        ("places", month, "2.00", 50000, None) for month in (7, 8, 9)
    ]
    await reported(world)
    assert (await third_quarter(world)).lines == lines


async def test_trials_and_places_of_a_day_cost_nothing_and_what_was_a_mistake_is_taken_back(
    world: World,
) -> None:
    await ready(world)
    day = date(2026, 8, 4)
    group = await places_held(world, day, date(2026, 8, 20), home="horten", host="re")
    await reported(world)
    assert [one[:3] for one in said([*(await third_quarter(world)).lines]) if one[0] == "places"] == [
        ("places", 8, "1.00")
    ]
    await world.sql("UPDATE joint_seat SET ended_on = $1 WHERE joint_group_id = $2", day, group)
    await world.sql(
        "INSERT INTO joint_seat (region_id, id, joint_group_id, home_id, state, taken_on)"
        " VALUES ($1, gen_random_uuid(), $2, $3, 'trial', $4)",
        world.region, group, world.horten, day,
    )  # fmt: skip
    await reported(world)
    assert not [one for one in said([*(await third_quarter(world)).lines]) if one[0] == "places"]


# Who sees, and who has left -----------------------------------------------------------------------------------------
async def test_a_third_municipality_and_the_region_see_nothing_of_it(world: World) -> None:
    third = await third_municipality(world)
    _, card = await ready(world)
    tables = ("settlement_agreement", "settlement_fact", "settlement_statement", "settlement_act")
    async with world.job(third) as uow:
        for table in tables:
            assert not await uow.call(f"SELECT 1 FROM sammen.{table}")
        with pytest.raises(NotFound):
            await statement_card(uow, card.id)
    for role in (Role.SHARED_COORDINATOR, Role.PROJECT_MANAGER):
        async with world.at("vestfold", role) as uow:
            for table in tables:
                assert not await uow.call(f"SELECT 1 FROM sammen.{table}")


async def test_nothing_of_the_service_user_is_in_any_row_of_settlement(world: World) -> None:
    assignment, card = await ready(world)
    await locked(world, card.id)
    hidden = {USER, USER.split()[0], USER.split()[1], str(assignment)}
    known = await world.sql(
        "SELECT case_id, person_id, order_id, proposal_id FROM assignment WHERE id = $1", assignment
    )
    hidden |= {str(value) for value in known[0].values()}
    hidden |= {str(row["id"]) for row in await world.sql("SELECT id FROM timesheet_line")}
    for table in ("settlement_agreement", "settlement_fact", "settlement_statement", "settlement_act"):
        for row in await world.sql(f"SELECT to_jsonb(t)::text AS text FROM {table} t"):
            assert not [word for word in hidden if word in row["text"]]
    days = await world.sql("SELECT DISTINCT EXTRACT(day FROM month)::int AS day FROM settlement_fact")
    assert [row["day"] for row in days] == [1]


async def test_a_shielded_users_hours_are_the_contacts_like_all_others(world: World) -> None:
    """As in payroll: leaving them out would be what told."""
    await agreed(world)
    assignment = await lent(world)
    await hours(world, assignment, JULY, "3")
    await world.sql(
        "UPDATE person SET protection = 'kode6' WHERE id IN (SELECT person_id FROM assignment WHERE id = $1)",
        assignment,
    )
    await reported(world)
    assert said([*(await third_quarter(world, "re")).lines])[0] == ("hours", 7, "3.00", 13650, None)


async def test_one_cannot_tell_of_anothers_debt_nor_of_a_candidate_one_has_not_been_lent(
    world: World,
) -> None:
    _, candidate, _ = await lent_pair(world)
    insert = (
        "INSERT INTO sammen.settlement_fact (region_id, id, debtor_id, creditor_id, kind, month, candidate_id, quantity,"
        " revision, told_on) VALUES ($1, gen_random_uuid(), $2, $3, $4, '2026-07-01', $5, 1, 9, '2026-10-01')"
    )
    third = await third_municipality(world)
    for tenant, debtor, creditor, kind, who in (
        (world.re, world.horten, world.re, "hours", candidate),
        (world.re, world.horten, world.re, "seats", None),
        (third, third, world.re, "hours", candidate),
        (world.re, world.re, world.horten, "hours", candidate),
    ):
        with pytest.raises(Exception, match="row-level security"):
            async with world.job(tenant) as uow:
                await uow.call(insert, world.region, debtor, creditor, kind, who)


async def test_a_municipality_that_has_left_settles_what_was_before_and_owes_nothing_for_later(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    await agreed(world)
    assignment = await lent(world)
    await hours(world, assignment, JULY, "3")
    await hours(world, assignment, OCTOBER, "3")
    await world.sql(
        "UPDATE region_membership SET valid_to = '2026-08-15' WHERE municipality_id = $1", world.horten
    )
    await reported(world)
    card = await third_quarter(world)
    assert [one for one in said([*card.lines]) if one[0] == "hours"] == [("hours", 7, "3.00", 13650, None)]
    assert await locked(world, card.id) == 1
    line = (await world.sql("SELECT id FROM timesheet_line WHERE worked_on = $1", JULY))[0]["id"]
    await hours(world, assignment, JULY, "2", corrects=line)
    stop_clock(monkeypatch, 2027, 1, 4)
    await reported(world)
    assert len(await statements(world, "re")) == 1


async def test_each_step_is_in_the_trail_of_both_and_the_others_name_in_neither(world: World) -> None:
    _, card = await ready(world)
    await accepted(world, "horten", card.id)
    await world.run_jobs()
    rows = await world.sql(
        "SELECT action, actor_name FROM audit_entry WHERE tenant_id = $1 AND action LIKE 'settlement.other%'"
        " ORDER BY id", world.re,
    )  # fmt: skip
    assert {"settlement.other_checked", "settlement.other_accepted"} <= {row["action"] for row in rows}
    assert not any("i horten" in row["actor_name"] for row in rows)


async def test_two_contacts_lent_to_the_same_municipality_have_a_line_each(world: World) -> None:
    await agreed(world)
    assignment, candidate, _ = await lent_pair(world)
    await hours(world, assignment, JULY, "3")
    other = await lent(world, name="Cato Ruud", user="Dina Foss")
    await hours(world, other, JULY + timedelta(days=1), "2")
    await reported(world)
    lines = [line for line in (await third_quarter(world, "re")).lines if line.key.kind == "hours"]
    assert sorted((line.name, line.quantity) for line in lines) == [
        ("Cato Ruud", Decimal("2.00")), (CONTACT, Decimal("3.00")),
    ]  # fmt: skip
    assert candidate in {line.key.candidate for line in lines}
