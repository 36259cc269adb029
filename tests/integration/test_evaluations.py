"""Evaluations on a real database: what is due, what an outcome does, and who may (A7, A11)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from uuid import UUID

import pytest

from sammen.clock import today
from sammen.errors import Conflict, Forbidden, Invalid, NotFound
from sammen.policy.roles import Role
from tenants.assignments.ending import pass_the_day
from tenants.cases.api import add_months
from tenants.evaluations.api import DueFilter, due_of_case, list_due, next_due, workload
from tenants.evaluations.queries import evaluations_of
from tenants.evaluations.service import (
    EvaluationFacts,
    PlanFacts,
    finish_evaluation,
    plan_evaluation,
    save_evaluation,
)
from tests.allocation_samples import decided, past_the_walls
from tests.worlds import World

CHILD, ADULT = Role.PURCHASER_CHILD, Role.PURCHASER_ADULT
WORDS = "Jeg vil klatre to ganger i uka."


def facts(**changes: object) -> EvaluationFacts:
    """A whole evaluation, held today, that goes on as before."""
    whole = EvaluationFacts(
        scope="full", held_on=today(), participants=["self", "contact"], own_words=WORDS, words_by="said",
        no_words_reason="", representative_words="", contact_view="Han har blitt tryggere.", goal_reached="partly",
        goal_seen="Han tar bussen selv.", form_fits="yes", hours_fit="fits", lonely="no", next_step="Vi fortsetter.",
        outcome="continue", next_on=today() + timedelta(days=150), end_reason="", end_note="", ends_on=None, agrees=True,
    )  # fmt: skip
    return replace(whole, **changes)  # type: ignore[arg-type]  # fields by name


async def finish(world: World, case: UUID, decision: UUID, **changes: object) -> str:
    """Finish an evaluation as the child purchaser of Horten; its outcome."""
    async with world.at("horten", CHILD) as uow:
        return (await finish_evaluation(uow, case, decision, facts(**changes), version=0)).outcome


async def state(world: World, case: UUID) -> tuple[str, str, date | None]:
    row = (await world.sql("SELECT state, deadline_kind, deadline FROM case_file WHERE id = $1", case))[0]
    return row["state"], row["deadline_kind"], row["deadline"]


@pytest.mark.parametrize("days_ago", [10, 100, 364, 366, 900])
@pytest.mark.parametrize("evaluate_in", [None, -40, 20, 700])
async def test_the_list_says_what_the_rule_says(
    shared_world: World, days_ago: int, evaluate_in: int | None
) -> None:
    """A7: the SQL of the due list and rules.next_due are the same rule."""
    case, decision = await decided(
        shared_world, days_ago=days_ago, evaluate_in=evaluate_in, name=f"Ane A{days_ago}b{evaluate_in or 0}",
        running=False,
    )  # fmt: skip
    made = today() - timedelta(days=days_ago)
    own = today() + timedelta(days=evaluate_in) if evaluate_in is not None else None
    async with shared_world.at("horten", CHILD) as uow:
        (due,) = await due_of_case(uow, case)
    assert due.decision_id == decision
    assert due.due_on == next_due(since=made, evaluate_on=own, held_on=None, next_on=None, months=12)
    assert due.backlog is (add_months(made, 12) < today())


async def test_the_year_runs_from_the_first_service_day_when_that_is_later(world: World) -> None:
    """A7: as the decision's own checklist counts, so that a decision is never due before it says itself."""
    case, decision = await decided(world, days_ago=20, evaluate_in=None, running=False)
    begins = today() + timedelta(days=12)
    await past_the_walls(
        world, ("UPDATE service_grant SET valid_from = $2 WHERE decision_id = $1", (decision, begins))
    )
    async with world.at("horten", CHILD) as uow:
        assert (await due_of_case(uow, case))[0].due_on == add_months(begins, 12)


async def test_the_backlog_stands_apart_from_what_is_due_and_from_the_months(world: World) -> None:
    """A7: older decisions nobody has evaluated are worked down; they do not drown what is due now."""
    await decided(world, name="Ny Nilsen", days_ago=30, evaluate_in=150)
    await decided(world, name="Snart Sund", days_ago=330, evaluate_in=20)
    await decided(world, name="Over Olsen", days_ago=200, evaluate_in=-3)
    await decided(world, name="Eldre Eng", days_ago=900, evaluate_in=None)
    async with world.at("horten", CHILD) as uow:
        work = await workload(uow)
        now = await list_due(uow, DueFilter())
        old = await list_due(uow, DueFilter(view="etterslep"))
        month = (today() + timedelta(days=150)).replace(day=1)
        monthly = await list_due(uow, DueFilter(view="alle", month=month))
        found = await list_due(uow, DueFilter(view="alle", text="olsen"))
    assert (work.overdue, work.now, work.backlog, work.all) == (1, 2, 1, 4)
    assert [row.name for row in now.rows] == ["Over Olsen", "Snart Sund"]
    assert [row.name for row in old.rows] == ["Eldre Eng"]
    assert "Ny Nilsen" in [row.name for row in monthly.rows]
    assert dict(work.months)[month] == monthly.total
    assert [row.name for row in found.rows] == ["Over Olsen"]


async def test_a_municipality_that_evaluates_twice_a_year_has_its_own_limit(world: World) -> None:
    case, _ = await decided(world, days_ago=100, evaluate_in=200)
    await world.sql(
        "INSERT INTO allocation_rule (tenant_id, id, valid_from, evaluation_months)"
        " VALUES ($1, gen_random_uuid(), '2000-01-01', 6)", world.horten,
    )  # fmt: skip
    async with world.at("horten", CHILD) as uow:
        assert (await due_of_case(uow, case))[0].due_on == add_months(today() - timedelta(days=100), 6)


async def test_from_an_agreed_time_through_a_draft_to_a_service_that_goes_on(world: World) -> None:
    case, decision = await decided(world)
    text = await world.sql(
        "SELECT goal, own_words, reasons, evaluate_on FROM decision WHERE id = $1", decision
    )
    async with world.at("horten", CHILD) as uow:
        await plan_evaluation(uow, case, decision, PlanFacts(today(), None, "Hjemme hos Jonas"), version=0)
    assert (await state(world, case))[0] == "running"
    async with world.at("horten", CHILD) as uow:
        await save_evaluation(uow, case, decision, facts(outcome="", next_on=None), version=1)
    assert (await state(world, case))[0] == "evaluating"
    following = today() + timedelta(days=150)
    async with world.at("horten", CHILD) as uow:
        row = await finish_evaluation(uow, case, decision, facts(next_on=following), version=2)
        assert row.outcome == "continue"
        assert (await due_of_case(uow, case))[0].due_on == following
    assert await state(world, case) == ("running", "evaluate", following)
    assert (
        await world.sql("SELECT goal, own_words, reasons, evaluate_on FROM decision WHERE id = $1", decision)
        == text
    )
    assert not await world.sql("SELECT 1 FROM decision WHERE state = 'draft'")


async def test_to_go_on_past_the_decisions_end_begins_a_new_one_with_the_users_words(world: World) -> None:
    """A7, A11: no application; the decision in force stays until the new one is made."""
    case, decision = await decided(world, ends_in=80)
    assert await finish(world, case, decision) == "prolong"
    drafts = await world.sql("SELECT kind, own_words, replaces_id FROM decision WHERE state = 'draft'")
    assert [(d["kind"], d["own_words"], d["replaces_id"]) for d in drafts] == [("change", WORDS, decision)]
    assert (await world.sql("SELECT state FROM decision WHERE id = $1", decision))[0]["state"] == "issued"
    assert (await state(world, case))[0] == "running"


async def test_a_change_begins_a_draft_that_replaces_the_decision(world: World) -> None:
    case, decision = await decided(world)
    assert await finish(world, case, decision, outcome="change", next_step="Flere timer.") == "change"
    draft = (await world.sql("SELECT own_words, replaces_id FROM decision WHERE state = 'draft'"))[0]
    assert (draft["own_words"], draft["replaces_id"]) == (WORDS, decision)


async def test_an_ending_the_user_agrees_to_ends_services_assignment_and_case(world: World) -> None:
    case, decision = await decided(world)
    outcome = await finish(
        world, case, decision, outcome="end", end_reason="ordinary_member", ends_on=today(), next_on=None
    )
    assert outcome == "end"
    row = (await world.sql("SELECT state, outcome, closed_on FROM case_file WHERE id = $1", case))[0]
    assert (row["state"], row["outcome"], row["closed_on"]) == ("closed", "ordinary_member", today())
    grant = (await world.sql("SELECT ended_on, outcome FROM service_grant WHERE decision_id = $1", decision))[
        0
    ]
    assert (grant["ended_on"], grant["outcome"]) == (today(), "ordinary_member")
    assert {r["state"] for r in await world.sql("SELECT state FROM assignment")} == {"ended"}
    async with world.at("horten", CHILD) as uow:
        assert not await due_of_case(uow, case)
        assert (await workload(uow)).all == 0


async def test_an_ending_against_the_users_wish_is_only_a_draft(world: World) -> None:
    """Fvl. § 16: notice first; nothing is taken away by an evaluation."""
    case, decision = await decided(world)
    outcome = await finish(
        world, case, decision, outcome="end", end_reason="not_needed", agrees=False, next_on=None
    )
    assert outcome == "end_contested"
    assert (await world.sql("SELECT kind FROM decision WHERE state = 'draft'"))[0]["kind"] == "ending"
    assert (await world.sql("SELECT state FROM decision WHERE id = $1", decision))[0]["state"] == "issued"
    assert (await state(world, case))[0] == "running"


async def test_when_the_contact_left_while_it_was_written_the_case_waits_afterwards(world: World) -> None:
    case, decision = await decided(world)
    async with world.at("horten", CHILD) as uow:
        await save_evaluation(uow, case, decision, facts(), version=0)
    await past_the_walls(
        world,
        ("UPDATE assignment SET state = 'ended', ended_on = $1, end_reason = 'contact_left'", (today(),)),
    )
    async with world.at("horten", CHILD) as uow:
        await finish_evaluation(uow, case, decision, facts(), version=1)
    assert (await state(world, case))[:2] == ("waiting", "start")


async def test_a_decision_that_has_run_out_is_answered_and_decided_anew(world: World) -> None:
    """A11: services that ran out stand for evaluation; to go on is a new decision, within a month."""
    case, decision = await decided(world, days_ago=300, ends_in=-5)
    async with world.job(world.horten) as uow:
        await pass_the_day(uow)
    assert (await state(world, case))[0] == "evaluating"
    async with world.at("horten", CHILD) as uow:
        (due,) = await due_of_case(uow, case)
        assert due.ran_out
        assert (await finish_evaluation(uow, case, decision, facts(), version=0)).outcome == "prolong"
    assert await state(world, case) == ("deciding", "decide", add_months(today(), 1))
    draft = (await world.sql("SELECT kind, own_words, replaces_id FROM decision WHERE state = 'draft'"))[0]
    assert (draft["kind"], draft["own_words"], draft["replaces_id"]) == ("grant", WORDS, None)
    async with world.at("horten", CHILD) as uow:
        assert not await due_of_case(uow, case)


async def test_two_who_write_at_once_are_told_and_neither_text_is_lost(world: World) -> None:
    case, decision = await decided(world)
    async with world.at("horten", CHILD) as uow:
        await save_evaluation(uow, case, decision, facts(own_words="Mine ord."), version=0)
    with pytest.raises(Conflict) as refused:
        async with world.at("horten", CHILD, second=True) as uow:
            await save_evaluation(uow, case, decision, facts(own_words="Andre ord."), version=0)
    assert "Mine ord." in refused.value.theirs.values()
    assert "Andre ord." in refused.value.yours.values()


async def test_a_done_evaluation_is_not_written_over(world: World) -> None:
    case, decision = await decided(world)
    await finish(world, case, decision)
    with pytest.raises(Conflict):
        async with world.at("horten", CHILD) as uow:
            await save_evaluation(uow, case, decision, facts(own_words="Noe annet."), version=1)
    async with world.at("horten", CHILD) as uow:
        assert [card.own_words for card in await evaluations_of(uow, case)] == [WORDS]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"held_on": None}, "dato"),
        ({"held_on": date(2100, 1, 1)}, "dato"),
        ({"held_on": date(2000, 1, 1)}, "dato"),
        ({"participants": []}, "deltok"),
        ({"own_words": ""}, "egne_ord"),
        ({"goal_reached": ""}, "maal"),
        ({"goal_seen": ""}, "maal_ser"),
        ({"form_fits": ""}, "passer"),
        ({"hours_fit": ""}, "timer"),
        ({"lonely": ""}, "ensom"),
        ({"outcome": ""}, "utfall"),
        ({"next_on": None}, "neste"),
        ({"next_on": date(2000, 1, 1)}, "neste"),
        ({"next_on": date(2100, 1, 1)}, "neste"),
        ({"outcome": "change", "next_step": ""}, "videre"),
        ({"outcome": "end"}, "grunn"),
        ({"outcome": "end", "end_reason": "other", "ends_on": date(2026, 1, 1)}, "grunn_tekst"),
        ({"outcome": "end", "end_reason": "not_needed"}, "slutt"),
        ({"outcome": "end", "end_reason": "not_needed", "ends_on": date(2100, 1, 1)}, "slutt"),
        ({"outcome": "end", "end_reason": "not_needed", "ends_on": date(2000, 1, 1)}, "slutt"),
    ],
)
async def test_what_is_missing_or_wrong_is_named_by_its_field(
    shared_world: World, changes: dict[str, object], field: str
) -> None:
    known = await shared_world.sql(
        "SELECT d.id, d.case_id FROM decision d JOIN case_file c ON c.id = d.case_id JOIN person p ON p.id = c.person_id"
        " WHERE p.family_name = 'Feilfelt'"
    )
    case, decision = (
        (known[0]["case_id"], known[0]["id"]) if known else await decided(shared_world, name="Una Feilfelt")
    )
    with pytest.raises(Invalid) as refused:
        async with shared_world.at("horten", CHILD) as uow:
            await finish_evaluation(uow, case, decision, facts(**changes), version=0)
    assert field in refused.value.errors
    assert not await shared_world.sql("SELECT 1 FROM evaluation WHERE case_id = $1", case)


async def test_a_light_one_asks_for_less_and_no_answer_is_an_answer(world: World) -> None:
    case, decision = await decided(world)
    outcome = await finish(
        world, case, decision, scope="light", own_words="", no_words_reason="Ville ikke snakke i dag.", goal_seen="",
        form_fits="", hours_fit="", lonely="",
    )  # fmt: skip
    assert outcome == "continue"


async def test_only_the_purchaser_whose_case_it_is_evaluates(world: World) -> None:
    case, decision = await decided(world)
    for slug, role, error in (
        ("horten", ADULT, NotFound), ("re", CHILD, NotFound), ("horten", Role.PROVIDER_COORDINATOR, Forbidden),
        ("horten", Role.MANAGER, Forbidden),
    ):  # fmt: skip
        with pytest.raises(error):
            async with world.at(slug, role) as uow:
                await save_evaluation(uow, case, decision, facts(), version=0)
    other_case, _ = await decided(world, name="Annen Aas")
    with pytest.raises(NotFound):
        async with world.at("horten", CHILD) as uow:
            await save_evaluation(uow, other_case, decision, facts(), version=0)


async def test_a_shielded_case_is_in_no_list_and_no_count(world: World) -> None:
    """E5: outside the circle the due list, the backlog and the months are as if the person were not there."""
    case, _ = await decided(world, name="Skjermet Skog", days_ago=330, evaluate_in=10)
    await decided(world, name="Gammel Skjermet", days_ago=900, evaluate_in=None)
    await world.sql("UPDATE case_file SET shielded = true")
    await world.sql("DELETE FROM case_member")
    for role in (CHILD, Role.MANAGER):
        async with world.at("horten", role) as uow:
            work = await workload(uow)
            assert (work.all, work.now, work.backlog, work.overdue) == (0, 0, 0, 0)
            assert sum(count for _, count in work.months) == 0
            for view in ("naa", "etterslep", "alle"):
                assert (await list_due(uow, DueFilter(view=view))).total == 0
            assert not await due_of_case(uow, case)
    await world.sql(
        "INSERT INTO case_member (tenant_id, id, case_id, user_id) VALUES ($1, gen_random_uuid(), $2, $3)",
        world.horten, case, world.user("horten", CHILD),
    )  # fmt: skip
    async with world.at("horten", CHILD) as uow:
        assert [row.name for row in (await list_due(uow, DueFilter())).rows] == ["Skjermet Skog"]
