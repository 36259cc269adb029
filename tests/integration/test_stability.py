"""What is said of how a contact stays (B12): seen by them first, objected to, answered, and never what is nobody's choice."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sammen.clock import today
from sammen.errors import Conflict, Invalid, NotFound
from sammen.policy.roles import Role
from shared_pool.recruitment.keeping import refresh_candidate
from shared_pool.recruitment.queries import CandidateCard, own_candidate
from shared_pool.recruitment.service import share_contact
from shared_pool.recruitment.stability import (
    answer_objection,
    is_broken,
    mark_seen,
    object_to,
    stability_of,
)
from tenants.api import LEFT_BY_CHOICE, AssignmentCard, contact_card, end_assignment
from tenants.assignments.ending import END_REASONS
from tenants.cases.circle import name_on_case, shield_by_hand
from tests.pool_samples import COORDINATOR
from tests.provider_samples import assigned
from tests.worlds import World


def held(reason: str, *, began: date | None, ended: date, role: str = "regular") -> AssignmentCard:
    nobody = uuid4()
    return AssignmentCard(
        nobody, nobody, nobody, nobody, nobody, "individual", "ended", "own", Decimal(4), "week", began, ended, reason,
        role, True, 1,
    )  # fmt: skip


async def row_of(world: World, contact_id: UUID) -> CandidateCard:
    async with world.at("re", COORDINATOR) as uow:
        found = await own_candidate(uow, (await contact_card(uow, contact_id)).candidate_id)
    assert found is not None
    return found


async def shared_with_assignment(world: World) -> tuple[UUID, UUID]:
    """(contact, assignment): promised a year, two months ago, in the pool and having seen what is said."""
    _, contact_id, assignment_id = await assigned(world, "re")
    async with world.at("re", COORDINATOR) as uow:
        await share_contact(uow, contact_id, today() + timedelta(days=90), "middle", seen=True)
    return contact_id, assignment_id


async def ended(world: World, assignment_id: UUID, reason: str) -> None:
    async with world.at("re", COORDINATOR) as uow:
        await end_assignment(uow, assignment_id, ended_on=today(), reason=reason)


@given(
    st.sampled_from(sorted(END_REASONS)),
    st.integers(0, 36),
    st.integers(0, 1500),
    st.sampled_from(("regular", "substitute", "bridge")),
)
def test_only_the_contacts_own_choice_before_what_was_promised_breaks_anything(
    reason: str, promised: int, days: int, role: str
) -> None:
    began = date(2024, 1, 31)
    found = is_broken(held(reason, began=began, ended=began + timedelta(days=days), role=role), promised)
    if found:
        assert reason in LEFT_BY_CHOICE
        assert role == "regular"
        assert days < promised * 31
    if reason in LEFT_BY_CHOICE and role == "regular" and days < promised * 28:
        assert found


def test_a_trial_that_never_began_breaks_nothing() -> None:
    assert not is_broken(held("contact_left", began=None, ended=today()), 12)


@pytest.mark.parametrize("reason", sorted(END_REASONS))
async def test_what_is_nobodys_choice_is_not_in_the_data_at_all(world: World, reason: str) -> None:
    contact_id, assignment_id = await shared_with_assignment(world)
    await ended(world, assignment_id, reason)
    rows = await world.sql("SELECT promised_months, lasted_months FROM broken_commitment")
    assert [tuple(row) for row in rows] == ([(12, 2)] if reason == "contact_left" else [])
    card = await row_of(world, contact_id)
    assert (card.broken_by_choice, card.longest_months) == (len(rows), 2)
    assert card.stability_counts is (reason != "contact_left")  # one more than they saw is seen anew


async def test_a_longer_promise_later_changes_nothing_of_what_has_been(world: World) -> None:
    contact_id, assignment_id = await shared_with_assignment(world)
    await world.sql("UPDATE support_contact SET commits_months = 1")
    await ended(world, assignment_id, "contact_left")
    await world.sql("UPDATE support_contact SET commits_months = 24")
    async with world.at("re", COORDINATOR) as uow:
        await refresh_candidate(uow, contact_id)
        assert (await stability_of(uow, contact_id)).broken == []


async def test_it_counts_when_they_have_seen_it_and_not_before(world: World) -> None:
    _, contact_id, _ = await assigned(world, "re")
    async with world.at("re", COORDINATOR) as uow:
        await share_contact(uow, contact_id, today() + timedelta(days=90), "middle")
    assert not (await row_of(world, contact_id)).stability_counts
    me = await world.browser("re", Role.CONTACT)
    page = await me.get("/min/re/banken")
    assert "Det teller ikke før du har sett det" in page.text
    answer = await me.submit("/min/re/banken/sett", {"brutt": "0"}, page="/min/re/banken")
    assert answer.status_code == 303
    assert (await row_of(world, contact_id)).stability_counts


async def test_what_says_more_than_the_page_they_saw_is_not_seen(world: World) -> None:
    contact_id, assignment_id = await shared_with_assignment(world)
    await ended(world, assignment_id, "contact_left")
    async with world.at("re", Role.CONTACT) as uow:
        with pytest.raises(Conflict):
            await mark_seen(uow, contact_id, broken_shown=0)
        await mark_seen(uow, contact_id, broken_shown=1)


async def test_what_is_objected_to_does_not_count_until_answered_and_the_answer_read(world: World) -> None:
    contact_id, assignment_id = await shared_with_assignment(world)
    await ended(world, assignment_id, "contact_left")
    me, kari = await world.browser("re", Role.CONTACT), await world.browser("re", COORDINATOR)
    await me.submit("/min/re/banken/sett", {"brutt": "1"}, page="/min/re/banken")
    assert (await row_of(world, contact_id)).stability_counts
    async with world.at("re", Role.CONTACT) as uow:
        broken = (await stability_of(uow, contact_id)).broken[0]
    said = await me.submit(
        "/min/re/banken/stemmer-ikke", {"om": str(broken.id), "ord": "Jeg ble syk."}, page="/min/re/banken"
    )
    assert said.status_code == 303
    assert not (await row_of(world, contact_id)).stability_counts
    assert "sier at noe om stabilitet ikke stemmer" in (await kari.get("/k/re")).text
    objection = (await world.sql("SELECT id FROM pool_objection"))[0]["id"]
    share = f"/k/re/kontakter/{contact_id}/del"
    bad = await kari.submit(f"{share}/innsigelse/{objection}", {"rett": "ja"}, page=share)
    assert (bad.status_code, "Skriv et svar" in bad.text) == (422, True)
    await kari.submit(
        f"{share}/innsigelse/{objection}", {"rett": "ja", "svar": "Du har rett, det var sykdom."}, page=share
    )
    card = await row_of(world, contact_id)
    assert (card.broken_by_choice, card.stability_counts) == (0, False)
    assert "Du har fått svar" in (await me.get("/min/re")).text
    assert "Du har rett, det var sykdom." in (await me.get("/min/re/banken")).text
    await me.submit("/min/re/banken/sett", {"brutt": "0"}, page="/min/re/banken")
    assert (await row_of(world, contact_id)).stability_counts


async def test_the_longest_is_corrected_in_months_by_whoever_answers(world: World) -> None:
    contact_id, _ = await shared_with_assignment(world)
    async with world.at("re", Role.CONTACT) as uow:
        objection = await object_to(uow, contact_id, "longest", None, "Jeg var i Tønsberg i tre år før.")
        with pytest.raises(Conflict):
            await object_to(uow, contact_id, "longest", None, "Igjen.")
    async with world.at("re", COORDINATOR) as uow:
        with pytest.raises(Invalid):
            await answer_objection(uow, contact_id, objection, upheld=True, answer="Ja.")
        await answer_objection(uow, contact_id, objection, upheld=True, answer="Ja.", months=36)
        await refresh_candidate(uow, contact_id)
        with pytest.raises(Conflict):
            await answer_objection(uow, contact_id, objection, upheld=False, answer="Nei.")
    assert (await row_of(world, contact_id)).longest_months == 36


async def test_nobody_objects_for_another_or_answers_in_another_municipality(world: World) -> None:
    contact_id, _ = await shared_with_assignment(world)
    async with world.at("re", Role.CONTACT) as uow:
        objection = await object_to(uow, contact_id, "longest", None, "Feil.")
        with pytest.raises(NotFound):
            await object_to(uow, contact_id, "broken", uuid4(), "Feil.")
    async with world.at("horten", COORDINATOR) as uow:
        with pytest.raises(NotFound):
            await answer_objection(uow, contact_id, objection, upheld=False, answer="Nei.")
    with pytest.raises(NotFound):
        async with world.at("re", COORDINATOR) as uow:
            await answer_objection(uow, uuid4(), objection, upheld=False, answer="Nei.")


@pytest.mark.parametrize("later", [False, True])
async def test_an_ending_with_somebody_shielded_is_not_kept_nor_one_whose_case_is_shielded_later(
    world: World, later: bool
) -> None:
    contact_id, assignment_id = await shared_with_assignment(world)
    case_id = (await world.sql("SELECT case_id FROM assignment WHERE id = $1", assignment_id))[0]["case_id"]
    if later:
        await ended(world, assignment_id, "contact_left")
        broken_id = (await world.sql("SELECT id FROM broken_commitment"))[0]["id"]
        async with world.at("re", Role.CONTACT) as uow:
            await object_to(uow, contact_id, "broken", broken_id, "Jeg flyttet.")
    async with world.at("re", Role.PURCHASER_CHILD) as uow:
        await shield_by_hand(uow, case_id, reason="Skjult adresse i familien")
        await name_on_case(uow, case_id, world.user("re", COORDINATOR))
    if not later:
        await ended(world, assignment_id, "contact_left")
    assert await world.sql("SELECT 1 FROM broken_commitment UNION ALL SELECT 1 FROM pool_objection") == []
