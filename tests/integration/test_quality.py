"""Deviations on a real database: opened by rule and by hand, followed up, closed, and seen by those who may (A10, A17)."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest

from sammen.clock import today
from sammen.db.unit_of_work import UnitOfWork
from sammen.errors import Conflict, Invalid, NotFound
from sammen.policy.roles import Role
from tenants.assignments.api import fill_order
from tenants.cases.api import ApplicationFacts, register_application
from tenants.cases.circle import name_on_case, shield_by_hand
from tenants.people.api import PersonFacts
from tenants.quality import watch
from tenants.quality.contributions import TODAY
from tenants.quality.queries import (
    DeviationFilter,
    deviation_card,
    deviations_of,
    events_of,
    late_measures,
    list_deviations,
    measures_of,
)
from tenants.quality.service import (
    ClosingFacts,
    DeviationFacts,
    FollowUpFacts,
    MeasureFacts,
    add_measure,
    close_deviation,
    finish_measure,
    follow_up,
    open_deviation,
    reopen_deviation,
)
from tests.provider_samples import GROUND, case_of, contact, granted_order, granted_orders, individual
from tests.worlds import World

COORDINATOR, CHILD, MANAGER = Role.PROVIDER_COORDINATOR, Role.PURCHASER_CHILD, Role.MANAGER
ROUTINE = DeviationFacts(
    kind="routine", title="Nøkkelskap sto åpent", description="Skapet på kontoret sto åpent."
)


async def look(world: World, slug: str = "horten") -> tuple[int, int, int]:
    """One night's look: how many opened, put right, late once more."""
    async with world.job(world.horten if slug == "horten" else world.re) as uow:
        found = await watch.look(uow)
        return found.opened, found.put_right, found.late_again


async def late_order(world: World, days: int = 31) -> UUID:
    order = await granted_order(world, "horten")
    day = today() - timedelta(days=days)
    await world.sql("UPDATE service_order SET waits_from = $2, sent_on = $2 WHERE id = $1", order, day)
    return order


async def all_of(uow: UnitOfWork, **wanted: str) -> list[str]:
    """Titles or rules of what a filter shows."""
    found = await list_deviations(uow, DeviationFilter(**wanted))  # type: ignore[arg-type]  # texts only
    return [card.rule or card.title for card in found.rows]


# By rule --------------------------------------------------------------------------------------------------------------
async def test_a_service_past_its_limit_is_a_deviation_once_however_often_the_job_looks(world: World) -> None:
    """A10: not put into effect within the municipality's limit, here 30 days. The job twice is as the job once."""
    await late_order(world, 30)
    assert await look(world) == (0, 0, 0)
    await world.sql("UPDATE service_order SET waits_from = waits_from - 1")
    assert await look(world) == (1, 0, 0)
    assert await look(world) == (0, 0, 0)
    assert await look(world, "re") == (0, 0, 0)
    async with world.at("horten", COORDINATOR) as uow:
        found = await list_deviations(uow, DeviationFilter())
        assert [(card.rule, card.kind, card.due_on) for card in found.rows] == [
            ("not_started", "service", today() + timedelta(days=14)),
        ]  # fmt: skip
        assert found.by_rule == {"not_started": 1}
        assert found.rows[0].responsible_name.endswith("i horten")
    async with world.at("re", COORDINATOR) as uow:
        assert await all_of(uow) == []


async def test_what_is_put_right_says_so_and_stays_open_until_a_person_closes_it(world: World) -> None:
    order = await late_order(world)
    await look(world)
    amund = await contact(world, "horten")
    async with world.at("horten", COORDINATOR) as uow:
        await fill_order(uow, order, amund, starts_on=today())
    assert await look(world) == (0, 1, 0)
    assert await look(world) == (0, 0, 0)
    async with world.at("horten", CHILD) as uow:
        card = (await list_deviations(uow, DeviationFilter())).rows[0]
        assert (card.put_right_on, card.closed_on) == (today(), None)
        await close_deviation(uow, card.id, ClosingFacts("Amund begynte."), version=card.version)
    await world.sql("UPDATE assignment SET state = 'ended', ended_on = starts_on")
    await world.sql("UPDATE service_order SET state = 'accepted'")
    assert await look(world) == (0, 0, 0), "closed by a person, who knew"


async def test_what_was_put_right_and_is_late_once_more_says_that_too(world: World) -> None:
    order = await late_order(world)
    await look(world)
    await world.sql("UPDATE service_order SET state = 'ended' WHERE id = $1", order)
    assert await look(world) == (0, 1, 0)
    await world.sql("UPDATE service_order SET state = 'accepted' WHERE id = $1", order)
    assert await look(world) == (0, 0, 1)
    async with world.at("horten", CHILD) as uow:
        card = (await list_deviations(uow, DeviationFilter())).rows[0]
        assert card.put_right_on is None
        assert [one.what for one in await events_of(uow, card.id)] == ["opened", "put_right", "late_again"]


async def test_another_wait_of_the_same_order_is_another_deviation(world: World) -> None:
    order = await late_order(world, 100)
    await look(world)
    day = today() - timedelta(days=40)
    await world.sql("UPDATE service_order SET waits_from = $2 WHERE id = $1", order, day)
    assert await look(world) == (1, 1, 0)


@pytest.mark.parametrize(("promised", "rule"), [(False, "month_limit"), (True, "promised_day")])
async def test_a_month_without_an_answer_and_a_promise_not_kept_are_deviations(
    world: World, promised: bool, rule: str
) -> None:
    """Fvl. § 11 a, A5: a decision or an interim reply within one month; then within the day that was promised."""
    async with world.at("horten", CHILD) as uow:
        facts = PersonFacts("Selma", "Rønning", birth_date=today() - timedelta(days=9 * 365))
        await register_application(
            uow, ApplicationFacts(facts, today() - timedelta(days=28), "letter", "self", "", "", GROUND)
        )
    assert await look(world) == (0, 0, 0)
    await world.sql("UPDATE application SET received_on = $1", today() - timedelta(days=32))
    if promised:
        await world.sql("UPDATE application SET expected_on = $1", today())
        assert await look(world) == (0, 0, 0)
        await world.sql("UPDATE application SET expected_on = $1", today() - timedelta(days=1))
    assert (await look(world))[0] == 1
    async with world.at("horten", CHILD) as uow:
        assert await all_of(uow) == [rule]
    await world.sql("UPDATE application SET state = 'decided'")
    assert await look(world) == (0, 1, 0)


async def test_the_nightly_visitor_starts_one_look_in_each_municipality(world: World) -> None:
    from sammen.db.unit_of_work import plain_transaction
    from tenants.quality.jobs import visit_municipalities
    from tests.database import KEYS

    await late_order(world)
    for _ in range(2):
        async with plain_transaction(world.engine) as connection:
            await visit_municipalities(connection, KEYS)
    assert (await world.sql("SELECT count(*) AS n FROM job_queue"))[0]["n"] == 2
    await world.run_jobs()
    assert len(await world.sql("SELECT 1 FROM deviation")) == 1


# Who may see ----------------------------------------------------------------------------------------------------------
async def test_a_shielded_cases_deviation_is_for_its_circle_and_in_no_count(world: World) -> None:
    """E5: not in the list, not in counts by rule, not by its address, not in who may be responsible."""
    case = await case_of(world, "horten", await late_order(world))
    async with world.at("horten", CHILD) as uow:
        await shield_by_hand(uow, case, reason="Kjent i bygda.")
    assert await look(world) == (1, 0, 0)
    async with world.at("horten", CHILD) as uow:
        found = await list_deviations(uow, DeviationFilter())
        assert (found.total, found.open, found.by_rule) == (1, 1, {"not_started": 1})
        deviation = found.rows[0].id
    for role in (COORDINATOR, MANAGER, Role.PURCHASER_ADULT):
        async with world.at("horten", role) as uow:
            found = await list_deviations(uow, DeviationFilter(state="all"))
            assert (found.total, found.open, found.by_rule) == (0, 0, {})
            assert await deviations_of(uow, case) == []
            for source in TODAY:
                assert list(await source.read(uow, "nb")) == []
        with pytest.raises(NotFound):
            async with world.at("horten", role) as uow:
                await deviation_card(uow, deviation)
        with pytest.raises(NotFound):
            async with world.at("horten", role) as uow:
                await close_deviation(uow, deviation, ClosingFacts("x"), version=1)
    async with world.at("horten", CHILD) as uow:
        card = await deviation_card(uow, deviation)
        facts = FollowUpFacts("", "", "Ingen ledige.", world.user("horten", COORDINATOR), None)
        with pytest.raises(Invalid) as refused:
            await follow_up(uow, deviation, facts, version=card.version)
        assert list(refused.value.errors) == ["ansvarlig"]
        await name_on_case(uow, case, world.user("horten", COORDINATOR))
        await follow_up(uow, deviation, facts, version=card.version)
    async with world.at("horten", COORDINATOR) as uow:
        assert (await list_deviations(uow, DeviationFilter())).total == 1


async def test_one_of_no_case_is_for_all_with_the_right_and_none_next_door(world: World) -> None:
    async with world.at("horten", COORDINATOR) as uow:
        made = await open_deviation(uow, ROUTINE)
    for role in (CHILD, Role.PURCHASER_CHILD_WELFARE, MANAGER):
        async with world.at("horten", role) as uow:
            assert (await deviation_card(uow, made)).title == "Nøkkelskap sto åpent"
    with pytest.raises(NotFound):
        async with world.at("re", MANAGER) as uow:
            await deviation_card(uow, made)


async def test_nobody_reports_on_a_case_they_may_not_see(world: World) -> None:
    case = await case_of(world, "horten", await granted_order(world, "horten"))
    for slug, role in (("horten", Role.PURCHASER_ADULT), ("re", CHILD)):
        with pytest.raises(NotFound):
            async with world.at(slug, role) as uow:
                await open_deviation(uow, DeviationFacts(kind="incident", title="x", case_id=case))
    async with world.at("horten", COORDINATOR) as uow:
        await open_deviation(uow, DeviationFacts(kind="incident", title="Falt på tur", case_id=case))


# By hand --------------------------------------------------------------------------------------------------------------
async def test_a_deviation_is_followed_up_with_measures_closed_and_opened_again(world: World) -> None:
    mine = world.user("horten", CHILD)
    async with world.at("horten", CHILD) as uow:
        made = await open_deviation(uow, ROUTINE)
        due = today() + timedelta(days=5)
        await follow_up(
            uow, made, FollowUpFacts("Nøkkelskap", "Det sto åpent.", "Ingen rutine.", mine, due), version=1
        )
        measure = await add_measure(uow, made, MeasureFacts("long", "Skrive rutine", mine, due))
        card = await deviation_card(uow, made)
        assert (card.cause, card.measures_open, card.days_left) == ("Ingen rutine.", 1, 5)
        with pytest.raises(Invalid) as refused:
            await close_deviation(uow, made, ClosingFacts("Låst."), version=card.version)
        assert "tiltak igjen" in refused.value.errors["lukket_med"].text()
        await finish_measure(uow, made, measure)
        await finish_measure(uow, made, measure)
        await close_deviation(uow, made, ClosingFacts("Låst."), version=card.version)
        with pytest.raises(Conflict):
            await close_deviation(uow, made, ClosingFacts("Låst."), version=card.version + 1)
        with pytest.raises(Conflict):
            await add_measure(uow, made, MeasureFacts("long", "Mer", mine, due))
        await reopen_deviation(uow, made, "Det skjedde igjen.")
        assert [one.what for one in await events_of(uow, made)] == ["opened", "closed", "reopened"]
        assert [one.words for one in await events_of(uow, made)] == ["", "Låst.", "Det skjedde igjen."]
        assert [one.done_on for one in await measures_of(uow, made)] == [today()]
    actions = {row["action"] for row in await world.sql("SELECT action FROM audit_entry")}
    assert {
        "deviation.opened", "deviation.followed_up", "deviation.measure_added", "deviation.measure_done",
        "deviation.closed", "deviation.reopened",
    } <= actions  # fmt: skip


async def test_supervision_is_answered_and_ended_by_its_letter_before_it_is_closed(world: World) -> None:
    """A17: a deviation from tilsyn has a reply deadline and a closing letter."""
    reply_by = today() + timedelta(days=3)
    facts = DeviationFacts(
        kind="deadline", title="Kritikk for ventetid", description="Brev fra tilsynet.", source="supervision",
        found_on=today() - timedelta(days=5), authority="Statsforvalteren", reply_by=reply_by,
        due_on=today() + timedelta(days=60),
    )  # fmt: skip
    async with world.at("horten", MANAGER) as uow:
        made = await open_deviation(uow, facts)
        card = await deviation_card(uow, made)
        assert (card.next_day, card.days_left) == (reply_by, 3)
        letter = ClosingFacts("Alt er rettet.", today(), "Tilsynet er avsluttet.")
        with pytest.raises(Invalid):
            await close_deviation(uow, made, letter, version=1)
        replied = FollowUpFacts(
            "Kritikk", "Brev.", "For få.", None, card.due_on, "Statsforvalteren", reply_by, today()
        )
        await follow_up(uow, made, replied, version=1)
        assert (await deviation_card(uow, made)).next_day == card.due_on
        with pytest.raises(Invalid) as refused:
            await close_deviation(uow, made, ClosingFacts("Alt er rettet."), version=2)
        assert list(refused.value.errors) == ["brev_dato"]
        await close_deviation(uow, made, letter, version=2)
        assert (await deviation_card(uow, made)).closing_letter == "Tilsynet er avsluttet."


async def test_two_who_follow_up_at_once_are_told_and_neither_text_is_lost(world: World) -> None:
    async with world.at("horten", CHILD) as uow:
        made = await open_deviation(uow, ROUTINE)
        await follow_up(uow, made, FollowUpFacts("A", "B", "Min årsak", None, None), version=1)
    with pytest.raises(Conflict) as stale:
        async with world.at("horten", MANAGER) as uow:
            await follow_up(uow, made, FollowUpFacts("A", "B", "Din årsak", None, None), version=1)
    assert "Min årsak" in stale.value.theirs.values()
    assert "Din årsak" in stale.value.yours.values()


async def test_what_waits_stands_on_the_day_of_whoever_is_responsible_and_nobodys_on_the_managers(
    world: World,
) -> None:
    async with world.at("horten", CHILD) as uow:
        made = await open_deviation(uow, ROUTINE)
        mine = world.user("horten", COORDINATOR)
        await add_measure(uow, made, MeasureFacts("short", "Bytte lås", mine, today()))

    async def waiting(role: Role, slug: str = "horten") -> list[str]:
        async with world.at(slug, role) as uow:
            return [item.title for source in TODAY for item in await source.read(uow, "nb")]

    assert await waiting(MANAGER) == ["Nøkkelskap sto åpent"]
    assert await waiting(COORDINATOR) == ["Bytte lås"]
    assert await waiting(CHILD) == []
    assert await waiting(MANAGER, "re") == []
    await world.sql("UPDATE deviation_measure SET due_on = $1", today() - timedelta(days=1))
    async with world.at("horten", MANAGER) as uow:
        assert [one.what for one in await late_measures(uow)] == ["Bytte lås"]


async def test_who_stands_in_has_the_absent_ones_deviations_on_their_day(world: World) -> None:
    """A15: a stand-in for absent caseworkers."""
    away, instead = world.user("horten", CHILD), world.user("horten", CHILD, second=True)
    async with world.at("horten", CHILD) as uow:
        await open_deviation(uow, DeviationFacts(kind="routine", title="Nøkkelskap", responsible_id=away))
    await world.sql(
        "INSERT INTO absence (tenant_id, id, user_id, user_name, stand_in_id, stand_in_name, starts_on, ends_on)"
        " VALUES ($1, gen_random_uuid(), $2, 'Kari', $3, 'Ingrid', $4, $4)",
        world.horten, away, instead, today(),
    )  # fmt: skip
    async with world.at("horten", CHILD, second=True) as uow:
        items = [item for source in TODAY for item in await source.read(uow, "nb")]
    assert [item.title for item in items] == ["Nøkkelskap"]
    assert "stedfortreder for Kari" in items[0].meta


async def test_filters_choose_by_state_source_kind_rule_and_whose(world: World) -> None:
    await late_order(world)
    await granted_orders(world, "horten", [individual()], name="Mia Lie")
    await look(world)
    async with world.at("horten", CHILD) as uow:
        await open_deviation(uow, ROUTINE)
        told = DeviationFacts(
            kind="incident", title="Kom ikke", source="user", responsible_id=world.user("horten", CHILD)
        )
        closed = await open_deviation(uow, told)
        await close_deviation(uow, closed, ClosingFacts("Snakket med dem."), version=1)
        assert sorted(await all_of(uow)) == ["Nøkkelskap sto åpent", "not_started"]
        assert await all_of(uow, state="closed") == ["Kom ikke"]
        assert len(await all_of(uow, state="all")) == 3
        assert await all_of(uow, state="all", source="user") == ["Kom ikke"]
        assert await all_of(uow, kind="routine") == ["Nøkkelskap sto åpent"]
        assert await all_of(uow, rule="not_started") == ["not_started"]
        assert await all_of(uow, rule="hand") == ["Nøkkelskap sto åpent"]
        assert await all_of(uow, state="overdue") == []
    await world.sql("UPDATE deviation SET due_on = $1 WHERE rule <> ''", today() - timedelta(days=1))
    async with world.at("horten", CHILD) as uow:
        assert await all_of(uow, state="overdue") == ["not_started"]
        assert (await list_deviations(uow, DeviationFilter())).overdue == 1


async def test_an_evaluation_and_a_complaint_past_their_day_are_deviations_until_they_are_done(
    world: World,
) -> None:
    """A7: yearly evaluation, with two weeks of grace for the meeting. A9: the day that binds a complaint."""
    case = await case_of(world, "horten", await granted_order(world, "horten"))
    await world.sql("ALTER TABLE decision DISABLE TRIGGER USER")
    await world.sql(
        "UPDATE decision SET decided_on = $1, evaluate_on = $2", today() - timedelta(days=200),
        today() - timedelta(days=14),
    )  # fmt: skip
    decision = (await world.sql("SELECT id FROM decision"))[0]["id"]
    late = (today() - timedelta(days=1), today() - timedelta(days=30))
    await world.sql(
        "INSERT INTO complaint (tenant_id, id, case_id, decision_id, received_on, channel, complainant, wants, weeks,"
        " answer_by, interim_by, due_on) VALUES ($1, gen_random_uuid(), $2, $3, $5, 'letter', 'self', 'Mer', 4, $4, $4, $4)",
        world.horten, case, decision, *late,
    )  # fmt: skip
    assert (await look(world))[0] == 2  # the day 14 days ago, and the complaint
    async with world.at("horten", CHILD) as uow:
        assert sorted(await all_of(uow)) == ["complaint", "evaluation"]
    await world.sql("UPDATE complaint SET due_on = NULL")
    await world.sql("UPDATE decision SET evaluate_on = $1", today() - timedelta(days=13))
    assert await look(world) == (0, 2, 0)
