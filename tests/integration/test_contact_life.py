"""A contact's way in and out on a real database: enquiry, interview, vetting, leaving, coming back, suspended, own words."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID

import pytest

from sammen.clock import today
from sammen.errors import Conflict, Forbidden, Invalid, NotFound
from sammen.policy.roles import Role
from shared_pool.recruitment.service import share_contact
from tenants.contacts.api import (
    ContactFacts,
    add_competence,
    before_leaving,
    competences_of,
    contact_card,
    engage,
    leave,
    lift_suspension,
    note_word,
    own_contact,
    pause_contact,
    record_vetting,
    register_contact,
    stays,
    suspend_contact,
)
from tenants.contacts.competences import competence_list, remove_competence
from tenants.contacts.figures import figures_of
from tenants.contacts.hooks import _BEFORE_LEAVING
from tenants.contacts.leaving import come_back, decline, spells_of
from tenants.contacts.listing import ContactFilter, list_contacts
from tenants.contacts.pipeline import (
    EnquiryFacts,
    answer_enquiry,
    hold_interview,
    interviews_of,
    note_enquiry,
    plan_interview,
    steps_of,
)
from tenants.contacts.queries import unanswered_contacts
from tenants.contacts.service import choose_follow_up
from tenants.contacts.vetting import ask_again, ask_for_vetting, requests_of
from tenants.contacts.waiting import interviews_due, unread_words
from tenants.contacts.words import mark_seen, say_oneself, words_of
from tenants.people.api import PersonFacts, register_person
from tests.provider_samples import contact
from tests.worlds import World

COORDINATOR = Role.PROVIDER_COORDINATOR
CALLER = EnquiryFacts("Jon", "Eide", "900 11 222", "", "Har vært fotballtrener.")
# Every table of the slice that could tell one ending from another.
TRACES = ("vetting", "police_request", "contact_step", "contact_spell", "contact_interview", "contact_word")


async def enquiry(world: World, facts: EnquiryFacts = CALLER) -> UUID:
    async with world.at("horten", COORDINATOR) as uow:
        return (await note_enquiry(uow, facts))[0]


async def test_an_enquiry_needs_a_name_and_a_number_and_the_same_caller_is_one(world: World) -> None:
    jon = await enquiry(world)
    async with world.at("horten", COORDINATOR) as uow:
        assert (await contact_card(uow, jon)).state == "enquiry"
        assert await note_enquiry(uow, EnquiryFacts("jon", "eide", "+47 90011222", "")) == (jon, False)
        assert (await note_enquiry(uow, EnquiryFacts("Jon", "Eide", "900 11 333", "")))[1] is True
        assert (await steps_of(uow, jon))[-1].note == "Har vært fotballtrener."
    for facts in (EnquiryFacts("", "Eide", "90011222", ""), EnquiryFacts("Jon", "Eide", "", "")):
        with pytest.raises(Invalid):
            await enquiry(world, facts)


async def test_an_enquiry_nobody_has_answered_in_three_days_is_found_until_somebody_does(
    world: World,
) -> None:
    jon = await enquiry(world)
    async with world.at("horten", COORDINATOR) as uow:
        assert await unanswered_contacts(uow, 3) == []
    await world.sql("UPDATE support_contact SET created_at = now() - interval '4 days' WHERE id = $1", jon)
    async with world.at("horten", COORDINATOR) as uow:
        assert [card.id for card in await unanswered_contacts(uow, 3)] == [jon]
        await answer_enquiry(uow, jon, "Ringer igjen på fredag.")
        assert await unanswered_contacts(uow, 3) == []
    async with world.at("re", COORDINATOR) as uow:
        assert await unanswered_contacts(uow, 0) == []


async def test_every_step_of_the_way_in_has_its_day(world: World) -> None:
    jon = await enquiry(world)
    async with world.at("horten", COORDINATOR) as uow:
        await plan_interview(uow, jon, today())
        assert (await interviews_due(uow))[0].contact_id == jon
        await hold_interview(uow, jon, today(), "Liker å klatre. Har tid om ettermiddagen.", goes_on=True)
        assert await interviews_due(uow) == []
        await ask_for_vetting(uow, jon, police_asked_on=today(), confidentiality_given_on=today())
        await record_vetting(uow, jon, police_shown_on=today(), confidentiality_signed_on=today())
        await engage(uow, jon, "employee", None, today())
        went = [(one.was, one.state) for one in await steps_of(uow, jon) if one.was != one.state]
        assert went == [
            ("", "enquiry"), ("enquiry", "interview"), ("interview", "vetting"), ("vetting", "engaged")
        ]  # fmt: skip
        assert {one.happened_on for one in await steps_of(uow, jon)} == {today()}
        assert (await interviews_of(uow, jon))[0].notes.startswith("Liker å klatre")
        assert (await figures_of(uow)).days_in == 0


@pytest.mark.parametrize("state", ["engaged", "ended"])
async def test_who_has_come_further_is_not_interviewed_again(world: World, state: str) -> None:
    jon = await contact(world, "horten")
    async with world.at("horten", COORDINATOR) as uow:
        if state == "ended":
            await leave(uow, jon, today(), "own_wish")
    with pytest.raises(Conflict):
        async with world.at("horten", COORDINATOR) as uow:
            await plan_interview(uow, jon, today())
    with pytest.raises(Conflict):
        async with world.at("horten", COORDINATOR) as uow:
            await hold_interview(uow, jon, today(), "Mye.", goes_on=True)


async def everything_about(world: World, person: str) -> list[object]:
    """All that stands of a contact in the slice's tables and the trail, without ids and clocks."""
    found: list[object] = []
    for table in ("support_contact", *TRACES):
        key = "id" if table == "support_contact" else "contact_id"
        rows = await world.sql(
            f"SELECT t.* FROM {table} t JOIN support_contact c ON c.id = t.{key}"
            " JOIN person p ON p.id = c.person_id WHERE p.given_name = $1 ORDER BY t.id",
            person,
        )
        hidden = {"id", "contact_id", "person_id", "created_at", "changed_at", "noted_at", "version"}
        found.append([{k: v for k, v in dict(row).items() if k not in hidden} for row in rows])
    trail = await world.sql(
        "SELECT action, why, details, object_kind FROM audit_entry WHERE object_id IN (SELECT c.id FROM support_contact c"
        " JOIN person p ON p.id = c.person_id WHERE p.given_name = $1) ORDER BY id", person,
    )  # fmt: skip
    return [*found, [dict(row) for row in trail]]


async def test_a_politiattest_that_was_not_accepted_leaves_what_any_other_no_leaves(world: World) -> None:
    for name in ("Jon", "Mona"):
        contact_id = await enquiry(world, EnquiryFacts(name, "Eide", f"900{len(name)}1222", ""))
        browser = await world.browser("horten", COORDINATOR)
        async with world.at("horten", COORDINATOR) as uow:
            await ask_for_vetting(uow, contact_id, police_asked_on=today())
        page = f"/k/horten/kontakter/{contact_id}"
        # Mona's is shown and not accepted; Jon has thought better of it. The page offers one way for both.
        assert "Ikke aktuell" in (await browser.get(page)).text
        answer = await browser.submit(f"{page}/ikke-aktuell", {}, page=f"{page}/slutt")
        assert answer.headers["location"] == "/k/horten/kontakter"
    jon, mona = await everything_about(world, "Jon"), await everything_about(world, "Mona")
    assert str(jon).replace("Jon", "X") == str(mona).replace("Mona", "X")
    assert await world.sql("SELECT 1 FROM vetting") == []
    assert "not_relevant" in str(jon)
    assert (await world.sql("SELECT count(*) AS n FROM audit_entry WHERE action LIKE '%declin%'"))[0][
        "n"
    ] == 0


async def test_politiattest_is_asked_for_again_only_on_a_recorded_ground(world: World) -> None:
    jon = await contact(world, "horten")
    with pytest.raises(Conflict):
        async with world.at("horten", COORDINATOR) as uow:
            await record_vetting(uow, jon, police_shown_on=today())
    for ground, words in (("", "Fordi."), ("finnes-ikke", "Fordi."), ("new_offer", "  ")):
        with pytest.raises(Invalid):
            async with world.at("horten", COORDINATOR) as uow:
                await ask_again(uow, jon, ground, words)
    async with world.at("horten", COORDINATOR) as uow:
        await ask_again(uow, jon, "new_offer", "Skal begynne i en barnegruppe.")
        card = await contact_card(uow, jon)
        assert card.vetted, "what was shown counts until the new one is"
        await record_vetting(uow, jon, police_shown_on=today())
        assert [one.shown_on for one in await requests_of(uow, jon)] == [today()]
    with pytest.raises(Conflict):
        async with world.at("horten", COORDINATOR) as uow:
            await record_vetting(uow, jon, police_shown_on=today() - timedelta(days=1))


async def test_nobody_asks_themselves_for_politiattest(world: World) -> None:
    jon = await contact(world, "horten", user=world.user("horten", COORDINATOR))
    with pytest.raises(Forbidden):
        async with world.at("horten", COORDINATOR) as uow:
            await ask_again(uow, jon, "new_offer", "Fordi.")


async def test_who_leaves_and_comes_back_has_two_spells_and_is_vetted_anew(world: World) -> None:
    jon = await contact(world, "horten")
    async with world.at("horten", COORDINATOR) as uow:
        await leave(uow, jon, today() - timedelta(days=1), "studies")
        card = await contact_card(uow, jon)
        assert (card.state, card.end_reason, card.vetted) == ("ended", "studies", False)
        await come_back(uow, jon)
        card = await contact_card(uow, jon)
        assert (card.state, card.since, card.vetted) == ("vetting", None, False)
        await record_vetting(uow, jon, police_shown_on=today(), confidentiality_signed_on=today())
        assert (await contact_card(uow, jon)).state == "vetting", "the old agreement ended with the old spell"
        await engage(uow, jon, "employee", None, today())
        assert (await contact_card(uow, jon)).state == "engaged"
        spell = (await spells_of(uow, jon))[0]
        assert (spell.ended_on, spell.end_reason) == (today() - timedelta(days=1), "studies")
        found = await figures_of(uow)
        assert (found.engaged, found.left, found.by_choice, found.reasons) == (1, 1, 0, [("studies", 1)])


async def test_leaving_by_choice_before_the_promised_time_is_counted_and_other_reasons_are_not(
    world: World,
) -> None:
    for name, reason in (("Amund Vik", "own_wish"), ("Sara Dahl", "illness")):
        one = await contact(world, "horten", name)  # promised a year, began 120 days ago
        async with world.at("horten", COORDINATOR) as uow:
            await leave(uow, one, today(), reason)
    async with world.at("horten", COORDINATOR) as uow:
        found = await figures_of(uow)
    assert (found.left, found.by_choice, found.broken) == (2, 1, 1)


@pytest.mark.parametrize(
    ("on", "reason"), [(1, "own_wish"), (-500, "own_wish"), (0, "finnes-ikke"), (0, "not_relevant")]
)
async def test_leaving_needs_a_day_that_has_been_and_a_reason(world: World, on: int, reason: str) -> None:
    jon = await contact(world, "horten")
    with pytest.raises(Invalid):
        async with world.at("horten", COORDINATOR) as uow:
            await leave(uow, jon, today() + timedelta(days=on), reason)


async def test_what_holds_a_contact_here_stops_every_way_out(world: World) -> None:
    jon = await contact(world, "horten")

    async def held(_uow: object, _contact: UUID) -> None:
        raise Conflict("Avslutt oppdragene først.")

    before_leaving(held)
    try:
        with pytest.raises(Conflict):
            async with world.at("horten", COORDINATOR) as uow:
                await leave(uow, jon, today(), "moved")
        with pytest.raises(Conflict):
            async with world.at("horten", COORDINATOR) as uow:
                await decline(uow, jon)
    finally:
        _BEFORE_LEAVING.remove(held)
    async with world.at("horten", COORDINATOR) as uow:
        assert (await contact_card(uow, jon)).vetted


async def test_a_suspension_takes_a_contact_out_at_once_and_back_to_where_they_were(world: World) -> None:
    jon = await contact(world, "horten")
    async with world.at("horten", COORDINATOR) as uow:
        await pause_contact(uow, jon, paused=True)
        await suspend_contact(uow, jon, today())
        card = await contact_card(uow, jon)
        assert (card.state, card.suspended_on) == ("suspended", today())
    for wrong in (True, False):
        with pytest.raises(Conflict):
            async with world.at("horten", COORDINATOR) as uow:
                await pause_contact(uow, jon, paused=wrong)
    with pytest.raises(Conflict):
        async with world.at("horten", COORDINATOR) as uow:
            await suspend_contact(uow, jon, today())
    async with world.at("horten", COORDINATOR) as uow:
        await record_vetting(uow, jon, confidentiality_signed_on=today())
        assert (await contact_card(uow, jon)).state == "suspended"
        await lift_suspension(uow, jon)
        card = await contact_card(uow, jon)
        assert (card.state, card.suspended_on) == ("paused", None)


async def test_competences_are_the_newest_that_still_count(world: World) -> None:
    jon = await contact(world, "horten")
    async with world.at("horten", COORDINATOR) as uow:
        await add_competence(uow, jon, "first_aid", date(2020, 1, 1), valid_to=date(2022, 1, 1))
        await add_competence(uow, jon, "intro_course", date(2024, 5, 1), place="Horten")
        await add_competence(uow, jon, "intro_course", date(2024, 5, 1))
        held = (await competences_of(uow, [jon]))[jon]
        assert ("first_aid" in held, held["intro_course"]) == (False, date(2024, 5, 1))
        assert await competences_of(uow, [jon], date(2021, 1, 1)) == {jon: {"first_aid": date(2020, 1, 1)}}
        assert [one.code for one in await competence_list(uow, jon)].count("intro_course") == 1
    async with world.at("re", COORDINATOR) as uow:
        assert await competences_of(uow, [jon]) == {}
    mona = await contact(world, "horten", "Mona Lie")
    with pytest.raises(NotFound):  # another's is not hers
        async with world.at("horten", COORDINATOR) as uow:
            await remove_competence(uow, mona, (await competence_list(uow, jon))[0].id)
    for code, done in (("finnes-ikke", today()), ("first_aid", today() + timedelta(days=1))):
        with pytest.raises(Invalid):
            async with world.at("horten", COORDINATOR) as uow:
                await add_competence(uow, jon, code, done)


async def test_what_a_contact_says_is_kept_in_words_and_corrected_beside(world: World) -> None:
    jon = await contact(world, "horten", user=world.user("horten", Role.CONTACT))
    async with world.at("horten", COORDINATOR) as uow:
        noted = await note_word(uow, jon, "going_on", "Vil slutte til sommeren.")
    async with world.at("horten", Role.CONTACT) as uow:
        assert await own_contact(uow) == jon
        await say_oneself(uow, jon, "correction", "Jeg sa at jeg vil fortsette.", answers=noted)
    async with world.at("horten", COORDINATOR) as uow:
        newest, first = await words_of(uow, jon)
        assert (newest.answers_id, newest.by_contact, first.words) == (
            noted,
            True,
            "Vil slutte til sommeren.",
        )
        assert (await stays(uow, [jon]))[jon].words == "Vil slutte til sommeren."
        assert [one.contact_id for one in await unread_words(uow)] == [jon]
        assert await mark_seen(uow, jon) == 1
        assert await unread_words(uow) == []
        with pytest.raises(Invalid):
            await note_word(uow, jon, "correction", "Det er bare støttekontakten som retter.")


async def test_only_a_coordinator_here_is_given_a_contact_to_follow_up(world: World) -> None:
    jon = await contact(world, "horten")
    async with world.at("horten", COORDINATOR) as uow:
        kari = world.user("horten", COORDINATOR)
        assert await choose_follow_up(uow, jon, kari) == "Silje Aune i horten"
        for stranger in (world.user("horten", Role.MANAGER), world.user("re", COORDINATOR)):
            with pytest.raises(Invalid):
                await choose_follow_up(uow, jon, stranger)
        assert (await list_contacts(uow, ContactFilter(mine=True))).total == 1


async def test_a_protected_address_of_a_contact_is_on_no_card(world: World) -> None:
    async with world.at("horten", COORDINATOR) as uow:
        person = await register_person(
            uow, PersonFacts("Jon", "Eide", birth_date=date(1990, 1, 1), postcode="3181", place="Horten", protection="kode7")
        )  # fmt: skip
        card = await contact_card(uow, await register_contact(uow, person, ContactFacts()))
    assert (card.postcode, card.place) == ("", "")


@pytest.mark.parametrize("how", ["left", "suspended"])
async def test_who_leaves_or_is_suspended_is_out_of_the_shared_pool_at_once(world: World, how: str) -> None:
    jon = await contact(world, "horten")
    async with world.at("horten", COORDINATOR) as uow:
        await share_contact(uow, jon, today() + timedelta(days=100), "north")
        await (leave(uow, jon, today(), "moved") if how == "left" else suspend_contact(uow, jon, today()))
    assert [
        row["gone"] for row in await world.sql("SELECT withdrawn_at IS NOT NULL AS gone FROM candidate")
    ] == [True]
    with pytest.raises(Conflict):
        async with world.at("horten", COORDINATOR) as uow:
            await share_contact(uow, jon, today() + timedelta(days=100), "north")
