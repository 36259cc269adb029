"""Concerns: told from the phone, read by whoever may see the case, followed to their end; suspension at once (B19)."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest

from sammen.clock import today
from sammen.errors import Conflict, Forbidden, Invalid, NotFound
from sammen.policy.roles import Role
from tenants.assignments.api import assignment_card, end_assignment, fill_order
from tenants.concerns.own import own_subjects
from tenants.concerns.queries import (
    ConcernFilter,
    concern_card,
    concerns_about,
    leaving_contacts,
    list_concerns,
    own_concern,
    own_concerns,
    steps_of,
    suspensions_of,
)
from tenants.concerns.service import (
    OwnWords,
    StaffWords,
    add_step,
    close_concern,
    end_suspension,
    note_concern,
    suspend,
    take_concern,
    tell_concern,
)
from tenants.contacts.api import contact_card, leave
from tests.provider_samples import assigned, contact, granted_orders, individual
from tests.worlds import World

COORDINATOR = Role.PROVIDER_COORDINATOR
WORDS = "Han hadde blåmerker og ville ikke si hvorfor."


async def told(world: World, *, danger: bool = True) -> tuple[UUID, UUID, UUID]:
    """(concern, contact, assignment): the contact has told about the user of their assignment."""
    _, amund, assignment = await assigned(world, "horten")
    async with world.at("horten", Role.CONTACT) as uow:
        subject = (await own_subjects(uow))[0]
        return await tell_concern(uow, OwnWords(subject.key, WORDS, danger)), amund, assignment


async def test_what_a_contact_tells_reaches_coordinator_and_manager_at_once_and_the_teller_sees_who_follows_up(
    world: World,
) -> None:
    made, _, _ = await told(world)
    for role in (COORDINATOR, Role.MANAGER, Role.PURCHASER_CHILD):
        async with world.at("horten", role) as uow:
            found = await list_concerns(uow, ConcernFilter())
            assert [(one.id, one.name, one.danger) for one in found.rows] == [(made, "Jonas Bergli", True)]
    async with world.at("horten", COORDINATOR) as uow:
        await take_concern(uow, made)
        await add_step(uow, made, "child_welfare", today(), "Meldt skriftlig.")
    async with world.at("horten", Role.CONTACT) as uow:
        one = await own_concern(uow, made)
        assert one.state == "taken"
        assert one.taken_by_name
    async with world.at("horten", COORDINATOR) as uow:
        await close_concern(uow, made, "passed_on", "Barnevernet undersøker.")
        assert [one.kind for one in await steps_of(uow, made)] == ["child_welfare"]
        assert (await list_concerns(uow, ConcernFilter())).total == 0
    with pytest.raises(Conflict):
        async with world.at("horten", COORDINATOR) as uow:
            await add_step(uow, made, "talked", today(), "")


async def test_a_concern_is_read_by_nobody_who_may_not_see_its_case(world: World) -> None:
    made, _, _ = await told(world)
    for slug, role in (("horten", Role.PURCHASER_ADULT), ("re", COORDINATOR), ("re", Role.MANAGER)):
        async with world.at(slug, role) as uow:
            assert (await list_concerns(uow, ConcernFilter(state="all"))).total == 0
        for attempt in (concern_card, take_concern):
            with pytest.raises(NotFound):
                async with world.at(slug, role) as uow:
                    await attempt(uow, made)
    async with world.at("re", Role.CONTACT) as uow:
        assert await own_concerns(uow) == []


async def test_a_concern_in_a_child_welfare_case_reaches_its_own_purchaser_and_not_the_coordinator(
    world: World,
) -> None:
    order = (await granted_orders(world, "horten", [individual()], child_welfare=True))[0]
    amund = await contact(world, "horten", user=world.user("horten", Role.CONTACT))
    async with world.at("horten", Role.PURCHASER_CHILD_WELFARE) as uow:
        await fill_order(uow, order, amund, starts_on=today())
    async with world.at("horten", Role.CONTACT) as uow:
        made = await tell_concern(uow, OwnWords((await own_subjects(uow))[0].key, WORDS, False))
    async with world.at("horten", COORDINATOR) as uow:
        assert (await list_concerns(uow, ConcernFilter())).total == 0
    async with world.at("horten", Role.PURCHASER_CHILD_WELFARE) as uow:
        assert [one.id for one in (await list_concerns(uow, ConcernFilter())).rows] == [made]


async def test_the_purchaser_of_a_hidden_case_tells_the_coordinators_of_the_contact_and_nothing_of_the_case(
    world: World,
) -> None:
    order = (await granted_orders(world, "horten", [individual()], child_welfare=True))[0]
    amund = await contact(world, "horten", user=world.user("horten", Role.CONTACT))
    async with world.at("horten", Role.PURCHASER_CHILD_WELFARE) as uow:
        assignment = await fill_order(uow, order, amund, starts_on=today())
        made = await note_concern(uow, StaffWords("contact", assignment, None, WORDS, False))
    browser = await world.browser("horten", Role.PURCHASER_CHILD_WELFARE)
    concern, form = f"/k/horten/bekymringer/{made}", f"/k/horten/bekymringer/ny?fra={made}"
    assert f'href="{form}"' in (await browser.get(concern)).text
    said = {"gjelder": "contact", "fare": "ja", "hendelse": "La ingen møte ham nå."}
    assert (await browser.submit(form, {**said, "hendelse": ""}, page=form)).status_code == 422
    sent = await browser.submit(form, said, page=form)
    assert sent.headers["location"] == concern
    assert "Koordinatoren har fått vite" in (await browser.get(concern)).text
    coordinator = await world.browser("horten", COORDINATOR)
    assert (await coordinator.get(form)).status_code == 404
    async with world.at("horten", COORDINATOR) as uow:
        found = (await list_concerns(uow, ConcernFilter())).rows
        assert [(one.contact_id, one.case_id, one.happened) for one in found] == [
            (amund, None, "La ingen møte ham nå.")
        ]
        await suspend(uow, amund, "Barnevernet ringte.", found[0].id)


async def test_what_is_about_nobody_in_particular_is_for_those_who_answer_for_the_contacts(
    world: World,
) -> None:
    await assigned(world, "horten")
    async with world.at("horten", Role.CONTACT) as uow:
        await tell_concern(uow, OwnWords("", "Lyset i hallen virker ikke.", False))
    for role, total in ((COORDINATOR, 1), (Role.MANAGER, 1), (Role.PURCHASER_CHILD, 0)):
        async with world.at("horten", role) as uow:
            assert (await list_concerns(uow, ConcernFilter())).total == total


async def test_nobody_is_worried_about_but_ones_own_and_nothing_is_said_without_words(world: World) -> None:
    _, _, assignment = await assigned(world, "horten")
    for words in (OwnWords("", "", False), OwnWords(f"o{assignment}x", WORDS, False)):
        with pytest.raises(Invalid):
            async with world.at("horten", Role.CONTACT) as uow:
                await tell_concern(uow, words)
    with pytest.raises(Invalid):
        async with world.at("horten", Role.SERVICE_USER) as uow:
            await tell_concern(uow, OwnWords(f"o{assignment}", WORDS, False))
    with pytest.raises(NotFound):
        async with world.at("re", COORDINATOR) as uow:
            await note_concern(uow, StaffWords("user", assignment, None, WORDS, False))


async def test_a_concern_about_a_contact_is_never_theirs_to_read_whatever_else_they_are(world: World) -> None:
    _, _, assignment = await assigned(world, "horten")
    # The contact works as a coordinator too.
    await world.sql(
        "UPDATE person SET user_id = $1 WHERE user_id = $2", world.user("horten", COORDINATOR),
        world.user("horten", Role.CONTACT),
    )  # fmt: skip
    async with world.at("horten", Role.MANAGER) as uow:
        made = await note_concern(uow, StaffWords("contact", assignment, None, WORDS, False))
        card = await concern_card(uow, made)
        assert (card.contact_name, len(await concerns_about(uow, card.contact_id or UUID(int=0)))) == (
            "Amund Vik",
            1,
        )
    async with world.at("horten", COORDINATOR) as uow:
        assert (await list_concerns(uow, ConcernFilter())).total == 0
    with pytest.raises(NotFound):
        async with world.at("horten", COORDINATOR) as uow:
            await concern_card(uow, made)


async def test_a_contact_is_taken_out_at_once_and_the_reason_stays_with_those_who_follow_up(
    world: World,
) -> None:
    made, amund, assignment = await told(world)
    with pytest.raises(Invalid):
        async with world.at("horten", COORDINATOR) as uow:
            await suspend(uow, amund, "", made)
    async with world.at("horten", COORDINATOR) as uow:
        await suspend(uow, amund, "Mistanke om tyveri.", made)
        assert (await contact_card(uow, amund)).state == "suspended"
        assert (await assignment_card(uow, assignment)).state == "paused"
        assert (await suspensions_of(uow, amund))[0].reason == "Mistanke om tyveri."
    with pytest.raises(Conflict):
        async with world.at("horten", COORDINATOR) as uow:
            await suspend(uow, amund, "En gang til.")
    rows = await world.sql("SELECT details::text FROM audit_entry")
    assert not [row for row in rows if "tyveri" in row["details"] or "blåmerker" in row["details"]]
    assert not await world.sql("SELECT 1 FROM contact_step WHERE note LIKE '%tyveri%'")
    async with world.at("horten", COORDINATOR) as uow:
        await end_suspension(uow, amund, "lifted", "Det var en misforståelse.")
        assert (await contact_card(uow, amund)).state == "engaged"
        assert (await assignment_card(uow, assignment)).state == "running"
    with pytest.raises(Conflict):
        async with world.at("horten", COORDINATOR) as uow:
            await end_suspension(uow, amund, "lifted", "Igjen.")


async def test_who_leaves_after_a_suspension_stands_on_min_dag_until_their_assignments_and_they_are_ended(
    world: World,
) -> None:
    made, amund, assignment = await told(world)
    async with world.at("horten", COORDINATOR) as uow:
        await suspend(uow, amund, "Mistanke om tyveri.", made)
        assert await leaving_contacts(uow) == []
        await end_suspension(uow, amund, "left", "Hen slutter hos oss.")
        assert [(one.name, one.assignments) for one in await leaving_contacts(uow)] == [("Amund Vik", 1)]
    coordinator = await world.browser("horten", COORDINATOR)
    today_page = (await coordinator.get("/k/horten")).text
    assert f"/k/horten/kontakter/{amund}#oppdragene" in today_page
    assert "tyveri" not in today_page
    for page in (f"/k/horten/kontakter/{amund}", f"/k/horten/kontakter/{amund}/suspensjon"):
        assert "Avslutt oppdragene først, hvert med sin grunn." in (await coordinator.get(page)).text
    async with world.at("horten", COORDINATOR) as uow:
        await end_assignment(uow, assignment, ended_on=today(), reason="municipality")
        assert [one.assignments for one in await leaving_contacts(uow)] == [0]
        await leave(uow, amund, today(), "municipality")
        assert await leaving_contacts(uow) == []


async def test_a_purchaser_takes_no_contact_out_of_service(world: World) -> None:
    _, amund, _ = await told(world)
    with pytest.raises(Forbidden):
        async with world.at("horten", Role.PURCHASER_CHILD) as uow:
            await suspend(uow, amund, "Mistanke.")


@pytest.mark.parametrize(("kind", "days"), [("gossip", 0), ("talked", 1)])
async def test_a_step_is_of_a_known_kind_and_has_been_done(world: World, kind: str, days: int) -> None:
    made, _, _ = await told(world)
    with pytest.raises(Invalid):
        async with world.at("horten", COORDINATOR) as uow:
            await add_step(uow, made, kind, today() + timedelta(days=days), "")
