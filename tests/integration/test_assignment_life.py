"""An assignment's life: the first meeting and its gate, the plan, pauses, meetings that come to nothing, stopping."""

from __future__ import annotations

from datetime import time, timedelta
from uuid import UUID

import pytest

from sammen.clock import today
from sammen.errors import Conflict, Invalid, NotFound
from sammen.policy.roles import Role
from tenants.assignments.api import (
    assignment_card,
    end_assignment,
    fill_order,
    order_card,
    own_assignments,
    pause_on,
)
from tenants.assignments.ending import pass_the_day
from tenants.assignments.listing import AssignmentFilter, list_assignments
from tenants.assignments.meetings import MeetingFacts, agree_meeting, agree_start, meetings_of, settle_meeting
from tenants.assignments.noshows import (
    NoShowFacts,
    clear_run,
    no_show_runs,
    no_shows_of,
    note_no_show,
    note_own_no_show,
)
from tenants.assignments.pausing import pause_assignment, pauses_of, resume_assignment
from tenants.assignments.plan import PlanFacts, add_own_item, mark_own_item, plans_of, write_plan
from tenants.assignments.readiness import lacks_before_start
from tenants.assignments.stopping import goes_on, stop_wishes, wish_to_stop
from tenants.cases.api import case_card
from tenants.contacts.api import add_competence, leave, lift_suspension, suspend_contact
from tests.provider_samples import assigned, contact, granted_order, granted_orders, individual
from tests.worlds import World

COORDINATOR = Role.PROVIDER_COORDINATOR
DAY = timedelta(days=1)


def meeting(days: int = 2, *, kind: str = "first", place: str = "Biblioteket") -> MeetingFacts:
    return MeetingFacts(kind, today() + days * DAY, time(17, 30), place, "Mor")


async def unstarted(
    world: World, *, guided: bool = True, protection: str = "none", user: UUID | None = None
) -> tuple[UUID, UUID]:
    """(contact, assignment) of an order that has a contact but no first day."""
    order = (await granted_orders(world, "horten", [individual()], protection=protection))[0]
    chosen = await contact(world, "horten", guided=guided, user=user)
    async with world.at("horten", COORDINATOR) as uow:
        return chosen, await fill_order(uow, order, chosen, starts_on=None)


async def test_a_contact_is_found_first_then_they_meet_and_then_it_begins(world: World) -> None:
    _, assignment = await unstarted(world, user=world.user("horten", Role.CONTACT))
    async with world.at("horten", COORDINATOR) as uow:
        card = await assignment_card(uow, assignment)
        assert (card.state, card.starts_on) == ("planned", None)
        assert (await case_card(uow, card.case_id)).state == "waiting"
        made = await agree_meeting(uow, assignment, meeting(0))
        await settle_meeting(uow, assignment, made, "held", "De vil klatre.")
        await agree_start(uow, assignment, today())
        assert (await assignment_card(uow, assignment)).state == "running"
        assert (await case_card(uow, card.case_id)).state == "running"
        assert [one.state for one in await meetings_of(uow, [assignment])] == ["held"]
    async with world.at("horten", Role.CONTACT) as uow:
        assert [own.id for own in await own_assignments(uow)] == [assignment]


async def test_an_agreed_meeting_is_moved_and_not_doubled_and_only_what_has_been_is_noted(
    world: World,
) -> None:
    _, assignment = await unstarted(world)
    async with world.at("horten", COORDINATOR) as uow:
        first = await agree_meeting(uow, assignment, meeting(2, kind="trial"))
        assert await agree_meeting(uow, assignment, meeting(5)) == first
        assert [one.on_day for one in await meetings_of(uow, [assignment])] == [today() + 5 * DAY]
    with pytest.raises(Invalid):
        async with world.at("horten", COORDINATOR) as uow:
            await settle_meeting(uow, assignment, first, "held", "")
    with pytest.raises(Invalid):
        async with world.at("horten", COORDINATOR) as uow:
            await agree_start(uow, assignment, today())
    async with world.at("horten", COORDINATOR) as uow:
        await settle_meeting(uow, assignment, first, "cancelled", "")
    with pytest.raises(Conflict):
        async with world.at("horten", COORDINATOR) as uow:
            await settle_meeting(uow, assignment, first, "cancelled", "")


async def test_nobody_meets_before_vetting_and_nobody_begins_before_guidance(world: World) -> None:
    chosen, assignment = await unstarted(world, guided=False)
    async with world.at("horten", COORDINATOR) as uow:
        assert list(await lacks_before_start(uow, chosen, today())) == ["guidance"]
        await agree_meeting(uow, assignment, meeting(0))
    with pytest.raises(Invalid) as refused:
        async with world.at("horten", COORDINATOR) as uow:
            await agree_start(uow, assignment, today() + DAY)
    assert "veiledning" in refused.value.errors["start"].text()
    await world.sql("UPDATE vetting SET police_shown_on = NULL")
    with pytest.raises(Invalid) as refused:
        async with world.at("horten", COORDINATOR) as uow:
            await agree_meeting(uow, assignment, meeting())
    assert "Politiattesten" in refused.value.errors["mote_dag"].text()
    await world.sql("UPDATE vetting SET police_shown_on = $1", today() - 5 * DAY)
    async with world.at("horten", COORDINATOR) as uow:
        await add_competence(uow, chosen, "intro_course", today())
        await agree_start(uow, assignment, today() + DAY)


async def test_guidance_is_asked_for_before_the_first_assignment_and_not_where_the_rule_does_not(
    world: World,
) -> None:
    chosen = await contact(world, "horten", guided=False)
    await world.sql(
        "INSERT INTO provision_rule (tenant_id, id, valid_from, guidance_before_start)"
        " VALUES ($1, gen_random_uuid(), '2020-01-01', false)",
        world.horten,
    )
    async with world.at("horten", COORDINATOR) as uow:
        assert list(await lacks_before_start(uow, chosen, today())) == []
    await world.sql("UPDATE provision_rule SET guidance_before_start = true")
    order = await granted_order(world, "horten")
    async with world.at("horten", COORDINATOR) as uow:
        assert list(await lacks_before_start(uow, chosen, today())) == ["guidance"]
        await fill_order(uow, order, chosen, starts_on=today() - 40 * DAY)
        assert list(await lacks_before_start(uow, chosen, today())) == []


async def test_where_somebody_with_a_protected_address_meets_is_never_written(world: World) -> None:
    _, assignment = await unstarted(world, protection="kode6")
    with pytest.raises(Invalid) as refused:
        async with world.at("horten", COORDINATOR) as uow:
            await agree_meeting(uow, assignment, meeting())
    assert "mote_sted" in refused.value.errors
    async with world.at("horten", COORDINATOR) as uow:
        await agree_meeting(uow, assignment, meeting(place=""))


async def test_the_plan_is_the_users_words_and_the_contact_ticks_it_off_and_adds(world: World) -> None:
    _, _, assignment = await assigned(world, "horten")
    facts = PlanFacts("Jeg vil klatre helt opp.", today(), "Jonas, mor og Amund")
    async with world.at("horten", COORDINATOR) as uow:
        await write_plan(uow, assignment, facts, version=0)
    with pytest.raises(Conflict):
        async with world.at("horten", COORDINATOR) as uow:
            await write_plan(uow, assignment, facts, version=0)
    async with world.at("horten", Role.CONTACT) as uow:
        made = await add_own_item(uow, assignment, "Klatre i hallen", "før jul")
        await mark_own_item(uow, assignment, made, done=True)
    async with world.at("horten", COORDINATOR) as uow:
        plan = (await plans_of(uow, [assignment]))[assignment]
    assert (plan.own_words, [one.done_on for one in plan.items]) == (facts.own_words, [today()])
    with pytest.raises(NotFound):
        async with world.at("re", Role.CONTACT) as uow:
            await mark_own_item(uow, assignment, made, done=False)


async def test_a_pause_begins_and_ends_by_itself_and_by_hand(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, _, assignment = await assigned(world, "horten")
    async with world.at("horten", COORDINATOR) as uow:
        await pause_assignment(uow, assignment, today(), today() + 3 * DAY, "holiday")
        assert (await assignment_card(uow, assignment)).state == "paused"
        ahead = await pause_assignment(uow, assignment, today() + 10 * DAY, None, "hospital")
        assert (await pause_on(uow, assignment, today() + 3 * DAY)) is not None
        assert (await pause_on(uow, assignment, today() + 4 * DAY)) is None
    for first, last in ((2, 5), (12, 14), (5, 10), (5, None)):
        with pytest.raises(Invalid):
            async with world.at("horten", COORDINATOR) as uow:
                await pause_assignment(
                    uow, assignment, today() + first * DAY, None if last is None else today() + last * DAY, "holiday"
                )  # fmt: skip
    await world.sql("UPDATE assignment_pause SET first_day = $1, last_day = $2 WHERE reason = 'holiday'",
                    today() - 4 * DAY, today() - DAY)  # fmt: skip
    async with world.job(world.horten) as uow:
        await pass_the_day(uow)
    async with world.at("horten", COORDINATOR) as uow:
        assert (await assignment_card(uow, assignment)).state == "running"
        await resume_assignment(uow, assignment, ahead)
        assert [one.reason for one in await pauses_of(uow, [assignment])] == ["holiday"]


async def test_a_pause_that_begins_today_is_seen_by_the_nights_job_once(world: World) -> None:
    _, _, assignment = await assigned(world, "horten")
    async with world.at("horten", COORDINATOR) as uow:
        await pause_assignment(uow, assignment, today() + DAY, None, "user_wish")
        assert (await assignment_card(uow, assignment)).state == "running"
    await world.sql("UPDATE assignment_pause SET first_day = $1", today())
    for _ in range(2):
        async with world.job(world.horten) as uow:
            await pass_the_day(uow)
    assert [row["state"] for row in await world.sql("SELECT state FROM assignment")] == ["paused"]
    paused = await world.sql("SELECT 1 FROM audit_entry WHERE action = 'assignment.paused'")
    assert len(paused) == 2  # agreed, and begun


async def test_three_meetings_that_come_to_nothing_stand_on_min_dag_until_somebody_has_talked(
    world: World,
) -> None:
    _, _, assignment = await assigned(world, "horten")
    async with world.at("horten", Role.CONTACT) as uow:
        await note_own_no_show(uow, assignment, NoShowFacts(today() - 9 * DAY, "user", False, ""))
        await note_own_no_show(uow, assignment, NoShowFacts(today() - 5 * DAY, "user", True, "Han var syk."))
    async with world.at("horten", COORDINATOR) as uow:
        assert await no_show_runs(uow) == []
        await note_no_show(uow, assignment, NoShowFacts(today() - DAY, "contact", False, ""))
        runs = await no_show_runs(uow)
        assert [(run.assignment_id, run.number) for run in runs] == [(assignment, 3)]
        assert len(await no_shows_of(uow, [assignment])) == 3
        await clear_run(uow, assignment)
        assert await no_show_runs(uow) == []
    with pytest.raises(Invalid):
        async with world.at("horten", Role.CONTACT) as uow:
            await note_own_no_show(uow, assignment, NoShowFacts(today() - DAY, "contact", False, ""))


@pytest.mark.parametrize("days", [1, -61, -400])
async def test_a_meeting_that_came_to_nothing_was_on_a_day_of_the_assignment(world: World, days: int) -> None:
    _, _, assignment = await assigned(world, "horten")
    with pytest.raises(Invalid):
        async with world.at("horten", COORDINATOR) as uow:
            await note_no_show(uow, assignment, NoShowFacts(today() + days * DAY, "user", False, ""))


async def test_a_contact_who_wants_to_stop_ends_nothing_and_a_coordinator_is_told(world: World) -> None:
    order, _, assignment = await assigned(world, "horten")
    async with world.at("horten", Role.CONTACT) as uow:
        await wish_to_stop(uow, assignment, "contact_study", "Jeg skal til Bergen.")
    async with world.at("horten", COORDINATOR) as uow:
        assert [one.id for one in await stop_wishes(uow)] == [assignment]
        assert (await assignment_card(uow, assignment)).state == "running"
        await goes_on(uow, assignment)
        assert list(await stop_wishes(uow)) == []
        await end_assignment(
            uow, assignment, ended_on=today(), reason="contact_study", last_words="Takk for to fine år."
        )
        assert (await order_card(uow, order)).state == "accepted"
    rows = await world.sql("SELECT last_words FROM assignment")
    assert rows[0]["last_words"] == "Takk for to fine år."


async def test_the_list_keeps_the_wall_between_purchasers_and_finds_both_names(world: World) -> None:
    await assigned(world, "horten")
    async with world.at("horten", COORDINATOR) as uow:
        for text, total in (("", 1), ("Bergli", 1), ("Amund", 1), ("Finnes ikke", 0), ("!", 0)):
            assert (await list_assignments(uow, AssignmentFilter(text=text))).total == total
        assert (await list_assignments(uow, AssignmentFilter(silent=True))).total == 1
        assert (await list_assignments(uow, AssignmentFilter(state="ended"))).total == 0
    for slug, role in (("horten", Role.PURCHASER_ADULT), ("re", COORDINATOR)):
        async with world.at(slug, role) as uow:
            assert (await list_assignments(uow, AssignmentFilter(state="all"))).total == 0


async def test_a_suspension_pauses_everything_at_once_and_the_lifting_takes_up_what_it_stopped(
    world: World,
) -> None:
    _, amund, assignment = await assigned(world, "horten")
    async with world.at("horten", COORDINATOR) as uow:
        await suspend_contact(uow, amund, today())
        assert (await assignment_card(uow, assignment)).state == "paused"
        stopped = (await pauses_of(uow, [assignment]))[0]
    with pytest.raises(Conflict):
        async with world.at("horten", COORDINATOR) as uow:
            await resume_assignment(uow, assignment, stopped.id)
    async with world.at("horten", Role.CONTACT) as uow:
        own = (await own_assignments(uow))[0]
        assert (own.suspended, own.phone, own.address) == (True, "", "")
    async with world.at("horten", COORDINATOR) as uow:
        await lift_suspension(uow, amund)
        assert (await assignment_card(uow, assignment)).state == "running"


async def test_nobody_leaves_while_they_have_assignments(world: World) -> None:
    _, amund, _ = await assigned(world, "horten")
    with pytest.raises(Conflict):
        async with world.at("horten", COORDINATOR) as uow:
            await leave(uow, amund, today(), "studies")
