"""Complaints on a real database: deadlines by ground, two hands, Statsforvalteren, and who may (A9)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from uuid import UUID

import pytest

from sammen.clock import today
from sammen.errors import Conflict, Forbidden, Invalid, NotFound
from sammen.policy.roles import Role
from sammen.workdays import next_workday
from tenants.cases.api import add_months
from tenants.complaints.happenings import (
    AppealFacts,
    note_interim,
    record_appeal,
    set_reached,
    withdraw_complaint,
)
from tenants.complaints.queries import ComplaintFilter, complaint_card, complaints_of, list_complaints
from tenants.complaints.rules import DECIDED_IT, WROTE_IT, reached_by_post
from tenants.complaints.service import (
    AnswerFacts,
    ReceivedFacts,
    conclude,
    prepare_answer,
    register_complaint,
    return_answer,
)
from tests.allocation_samples import decided
from tests.worlds import World

CHILD, ADULT, WELFARE = Role.PURCHASER_CHILD, Role.PURCHASER_ADULT, Role.PURCHASER_CHILD_WELFARE
ANSWER = AnswerFacts("upheld", "Timene er nok til målet.", "", "", "", "none", "")


def received(decision: UUID, **changes: object) -> ReceivedFacts:
    """A complaint that came today, brought by hand."""
    whole = ReceivedFacts(
        decision, today(), None, "form", "parent", "Trine Bergli", "Vi vil ha flere timer.", None, False
    )
    return replace(whole, **changes)  # type: ignore[arg-type]  # fields by name


async def registered(
    world: World, *, role: Role = CHILD, days_ago: int = 14, name: str = "Jonas Bergli", **changes: object
) -> UUID:
    """A complaint on a decision made so long ago."""
    case, decision = await decided(
        world, days_ago=days_ago, child_welfare=role is WELFARE, name=name, running=False
    )
    async with world.at("horten", role) as uow:
        return await register_complaint(uow, case, received(decision, **changes))


async def proposed(world: World, complaint: UUID, **changes: object) -> None:
    """Hanne writes the answer. (The sample's decision was written by her and made by the second one.)"""
    async with world.at("horten", CHILD, second=True) as uow:
        version = (await complaint_card(uow, complaint)).version
        await prepare_answer(uow, complaint, replace(ANSWER, **changes), version=version, propose=True)  # type: ignore[arg-type]  # fields by name


async def concluded(world: World, complaint: UUID) -> str:
    async with world.at("horten", CHILD) as uow:
        return await conclude(uow, complaint, version=(await complaint_card(uow, complaint)).version)


@pytest.mark.parametrize(("role", "weeks"), [(CHILD, 4), (WELFARE, 3)])
async def test_the_deadline_follows_the_decisions_own_ground(world: World, role: Role, weeks: int) -> None:
    """Pasient- og brukerrettighetsloven § 7-5: four weeks; child welfare by fvl. § 29: three. From when it came."""
    complaint = await registered(world, role=role, days_ago=7)
    async with world.at("horten", role) as uow:
        card = await complaint_card(uow, complaint)
    reached = reached_by_post(today() - timedelta(days=7))
    assert (card.reached_on, card.reached_by_post, card.weeks) == (reached, True, weeks)
    assert card.deadline_on == next_workday(reached + timedelta(weeks=weeks))
    assert not card.late


async def test_the_ground_is_dated_data_and_a_registered_complaint_keeps_what_held_then(world: World) -> None:
    """A9, A13: a changed law changes no complaint that has come."""
    first = await registered(world)
    await world.sql("UPDATE legal_ground SET complaint_weeks = 6 WHERE code = 'hol-3-2-6b'")
    async with world.at("horten", CHILD) as uow:
        card = await complaint_card(uow, first)
        again = await register_complaint(uow, card.case_id, received(card.decision_id))
        assert (card.weeks, (await complaint_card(uow, again)).weeks) == (4, 6)


async def test_while_the_letter_waits_to_be_sent_no_deadline_runs(world: World) -> None:
    """Fvl. § 29: from when word came to the party."""
    case, decision = await decided(world, days_ago=60)
    await world.sql("ALTER TABLE letter DISABLE TRIGGER USER")
    await world.sql("UPDATE letter SET state = 'ready', sent_on = NULL WHERE about = $1", decision)
    async with world.at("horten", CHILD) as uow:
        card = await complaint_card(uow, await register_complaint(uow, case, received(decision)))
    assert (card.deadline_on, card.late) == (None, False)


async def test_a_late_one_is_treated_only_with_a_ground_and_never_after_a_year(world: World) -> None:
    """Fvl. § 31: no blame or special reasons, and not more than a year after the decision."""
    late = await registered(world, days_ago=90)
    async with world.at("horten", CHILD) as uow:
        assert (await complaint_card(uow, late)).late
    with pytest.raises(Invalid) as refused:
        await proposed(world, late)
    assert {"for_sent", "for_sent_grunn"} <= refused.value.errors.keys()
    await proposed(world, late, late_ground="no_blame", late_reason="Brevet gikk til gammel adresse.")
    old = await registered(world, days_ago=400, name="Gammel Gran")
    with pytest.raises(Invalid) as refused:
        await proposed(world, old, late_ground="special", late_reason="Fordi.")
    assert "svar" in refused.value.errors
    await proposed(world, old, answer="dismissed", dismiss_ground="late", reasons="For sent.")
    assert await concluded(world, old) == "dismissed"


async def test_who_knows_the_day_it_came_has_the_deadline_counted_again(world: World) -> None:
    complaint = await registered(world, days_ago=60)
    async with world.at("horten", CHILD) as uow:
        assert (await complaint_card(uow, complaint)).late
        assert not await set_reached(uow, complaint, today() - timedelta(days=10), version=1)
        card = await complaint_card(uow, complaint)
    assert (card.reached_by_post, card.late) == (False, False)


async def test_the_day_it_was_posted_saves_a_complaint_that_came_after(world: World) -> None:
    """Fvl. § 30: handed to the post in time."""
    case, decision = await decided(world, days_ago=60)
    reached = today() - timedelta(days=28)
    last = next_workday(reached + timedelta(weeks=4))
    came = received(decision, channel="letter", reached_on=reached, posted_on=min(last, today()))
    async with world.at("horten", CHILD) as uow:
        assert not (await complaint_card(uow, await register_complaint(uow, case, came))).late


async def test_limits_stand_and_an_interim_reply_moves_them(world: World) -> None:
    """Fvl. § 11 a: one month, or a reason and a new day; § 33: the municipality's own limit before that."""
    complaint = await registered(world)
    async with world.at("horten", CHILD) as uow:
        card = await complaint_card(uow, complaint)
        assert card.answer_by == today() + timedelta(days=28)
        assert card.interim_by == add_months(today(), 1)
        assert card.due_on == card.answer_by
        later = today() + timedelta(days=50)
        with pytest.raises(Invalid):
            await note_interim(uow, complaint, "Vi venter på legen.", today(), version=1)
        await note_interim(uow, complaint, "Vi venter på legen.", later, version=1)
        assert (await complaint_card(uow, complaint)).due_on == later


async def test_neither_the_writer_nor_who_decided_concludes(world: World) -> None:
    """Fvl. § 6 and the municipality's rule of four eyes; the manager may where there are only two."""
    complaint = await registered(world)
    async with world.at("horten", CHILD) as uow:
        await prepare_answer(uow, complaint, ANSWER, version=1, propose=True)
    with pytest.raises(Forbidden) as refused:
        await concluded(world, complaint)
    assert refused.value.message == WROTE_IT
    with pytest.raises(Forbidden) as refused:
        async with world.at("horten", CHILD, second=True) as uow:
            await conclude(uow, complaint, version=2)
    assert refused.value.message == DECIDED_IT
    async with world.at("horten", Role.MANAGER) as uow:
        assert await conclude(uow, complaint, version=2) == "upheld"


async def test_an_upheld_decision_goes_to_statsforvalteren_with_our_view(world: World) -> None:
    """Fvl. § 33 fourth paragraph."""
    complaint = await registered(world)
    await proposed(world, complaint)
    assert await concluded(world, complaint) == "upheld"
    async with world.at("horten", CHILD) as uow:
        card = await complaint_card(uow, complaint)
        assert (card.state, card.appealed_on, card.due_on) == ("appealed", today(), None)
        found = await list_complaints(uow, ComplaintFilter(view="statsforvalteren"))
        assert dict(found.counts) == {"hos-oss": 0, "statsforvalteren": 1, "avsluttet": 0}


async def test_a_complainant_who_is_right_gets_a_draft_of_a_new_decision_that_stays_on_the_list(
    world: World,
) -> None:
    complaint = await registered(world)
    await proposed(world, complaint, answer="changed", reasons="Vi er enige.")
    assert await concluded(world, complaint) == "changed"
    async with world.at("horten", CHILD) as uow:
        card = await complaint_card(uow, complaint)
        assert (card.state, card.decide_by) == ("closed", add_months(today(), 1))
        assert (await list_complaints(uow, ComplaintFilter())).counts["hos-oss"] == 1
    draft = (await world.sql("SELECT replaces_id FROM decision WHERE state = 'draft'"))[0]
    assert draft["replaces_id"] == card.decision_id


@pytest.mark.parametrize("result", ["confirmed", "dismissed"])
async def test_a_confirmed_decision_closes_the_complaint(world: World, result: str) -> None:
    complaint = await registered(world)
    await proposed(world, complaint)
    await concluded(world, complaint)
    async with world.at("horten", CHILD) as uow:
        with pytest.raises(Invalid):
            await record_appeal(
                uow, complaint, AppealFacts(result, today() - timedelta(days=1), ""), version=3
            )
        await record_appeal(uow, complaint, AppealFacts(result, today(), "Riktig."), version=3)
        card = await complaint_card(uow, complaint)
    assert (card.state, card.appeal_result, card.decide_by) == ("closed", result, None)
    assert not await world.sql("SELECT 1 FROM decision WHERE state = 'draft'")


async def test_an_annulled_refusal_opens_the_case_again_until_a_decision_is_made(world: World) -> None:
    """Fvl. § 34: annulled and sent back to be decided anew; a refusal had closed the case."""
    complaint = await registered(world)
    await proposed(world, complaint)
    await concluded(world, complaint)
    async with world.at("horten", CHILD) as uow:
        case = (await complaint_card(uow, complaint)).case_id
    await world.sql("ALTER TABLE decision DISABLE TRIGGER USER")
    await world.sql("UPDATE decision SET kind = 'refusal'")
    await world.sql(
        "UPDATE case_file SET state = 'closed', deadline = NULL, closed_on = now(), outcome = 'refused'"
    )
    async with world.at("horten", CHILD) as uow:
        await record_appeal(
            uow, complaint, AppealFacts("annulled", today(), "For dårlig begrunnet."), version=3
        )
    row = (await world.sql("SELECT state, deadline, closed_on, outcome FROM case_file WHERE id = $1", case))[
        0
    ]
    assert tuple(row) == ("mapping", add_months(today(), 1), None, "")


async def test_an_answer_may_be_sent_back_and_written_again(world: World) -> None:
    complaint = await registered(world)
    await proposed(world, complaint)
    async with world.at("horten", CHILD) as uow:
        with pytest.raises(Invalid):
            await return_answer(uow, complaint, " ", version=2)
        await return_answer(uow, complaint, "Svar på det om bussen.", version=2)
        card = await complaint_card(uow, complaint)
    assert (card.state, card.return_note) == ("received", "Svar på det om bussen.")
    await proposed(world, complaint)
    assert await concluded(world, complaint) == "upheld"


async def test_a_complaint_taken_back_is_closed_wherever_it_is(world: World) -> None:
    complaint = await registered(world)
    await proposed(world, complaint)
    await concluded(world, complaint)
    async with world.at("horten", CHILD) as uow:
        for day in (today() + timedelta(days=1), today() - timedelta(days=1)):
            with pytest.raises(Invalid):
                await withdraw_complaint(uow, complaint, day, "", version=3)
        await withdraw_complaint(uow, complaint, today(), "Fornøyd nå.", version=3)
        with pytest.raises(Conflict):
            await withdraw_complaint(uow, complaint, today(), "", version=4)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"received_on": date(2100, 1, 1)}, "mottatt"),
        ({"received_on": date(2000, 1, 1)}, "mottatt"),
        ({"posted_on": date(2100, 1, 1), "channel": "letter"}, "postlagt"),
        ({"reached_on": date(2000, 1, 1)}, "framme"),
        ({"reached_on": date(2100, 1, 1)}, "framme"),
    ],
)
async def test_days_that_cannot_be_are_named_by_their_field(
    world: World, changes: dict[str, object], field: str
) -> None:
    case, decision = await decided(world, days_ago=10)
    with pytest.raises(Invalid) as refused:
        async with world.at("horten", CHILD) as uow:
            await register_complaint(uow, case, received(decision, **changes))
    assert field in refused.value.errors
    assert not await world.sql("SELECT 1 FROM complaint")


async def test_two_who_answer_at_once_have_one_effect_and_the_other_is_told(world: World) -> None:
    complaint = await registered(world)
    async with world.at("horten", CHILD) as uow:
        await prepare_answer(uow, complaint, replace(ANSWER, reasons="Første."), version=1, propose=False)
    with pytest.raises(Conflict) as refused:
        async with world.at("horten", CHILD, second=True) as uow:
            await prepare_answer(uow, complaint, replace(ANSWER, reasons="Andre."), version=1, propose=True)
    assert "Første." in refused.value.theirs.values()
    assert "Andre." in refused.value.yours.values()


async def test_other_purchasers_and_municipalities_see_nothing_of_it(world: World) -> None:
    complaint = await registered(world)
    async with world.at("horten", CHILD) as uow:
        card = await complaint_card(uow, complaint)
    for slug, role in (("horten", ADULT), ("horten", WELFARE), ("re", CHILD)):
        async with world.at(slug, role) as uow:
            with pytest.raises(NotFound):
                await complaint_card(uow, complaint)
            assert not await complaints_of(uow, card.case_id)
            assert sum((await list_complaints(uow, ComplaintFilter())).counts.values()) == 0
    with pytest.raises(Forbidden):
        async with world.at("horten", Role.MANAGER) as uow:
            await prepare_answer(uow, complaint, ANSWER, version=1, propose=True)
    other, _ = await decided(world, name="Annen Aas")
    with pytest.raises(NotFound):
        async with world.at("horten", CHILD) as uow:
            await register_complaint(uow, other, received(card.decision_id))


async def test_a_shielded_case_is_in_no_list_and_no_count(world: World) -> None:
    """E5: as if the person were not there, for whoever is outside the circle."""
    complaint = await registered(world)
    await world.sql("UPDATE case_file SET shielded = true")
    for role in (CHILD, Role.MANAGER):
        async with world.at("horten", role) as uow:
            found = await list_complaints(uow, ComplaintFilter())
            assert (len(found.rows), sum(found.counts.values()), found.overdue) == (0, 0, 0)
            with pytest.raises(NotFound):
                await complaint_card(uow, complaint)
