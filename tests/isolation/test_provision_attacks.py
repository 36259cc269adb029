"""What somebody tries in the provider's part who knows the addresses and sends what no page offers: hours, attesting,
concerns, asks and pay.
"""

from __future__ import annotations

import asyncio
from datetime import date, time, timedelta
from uuid import UUID

import pytest

from sammen.clock import today
from sammen.errors import Conflict, Forbidden, Invalid, NotFound
from sammen.policy.roles import Role
from tenants.assignments.api import assignment_card, fill_order
from tenants.attestation.service import ask_for_code, confirm_own, dispute_own, paper_seen, use_code
from tenants.attestation.who import own_to_attest
from tenants.cases.circle import name_on_case
from tenants.concerns.queries import suspensions_of
from tenants.concerns.service import StaffWords, end_suspension, note_concern, suspend
from tenants.contacts.api import contact_card
from tenants.people.api import (
    PersonFacts,
    RepresentativeFacts,
    add_representative,
    let_in,
    register_person,
)
from tenants.substitutes.own import answer_ask, own_ask, own_asks
from tenants.substitutes.rounds import RoundFacts, let_go, start_round
from tenants.timesheets.api import (
    LineFacts,
    approve_lines,
    correct_line,
    correct_own_line,
    lines_to_attest,
    register_line,
)
from tests.people_samples import born
from tests.provider_samples import assigned, case_of, contact, granted_order
from tests.worlds import Browser, World

COORDINATOR, CONTACT, PARENT, PAYROLL = (
    Role.PROVIDER_COORDINATOR, Role.CONTACT, Role.REPRESENTATIVE, Role.PAYROLL,
)  # fmt: skip
DAY = today() - timedelta(days=2)
SECRET = "Hemmelige Henrik"


def meeting(ends: int = 18, day: date = DAY) -> LineFacts:
    return LineFacts(day, time(16), time(ends), f"Kino med {SECRET}")


async def with_parent(
    world: World, *, scopes: tuple[str, ...] = (), role: str = "parent", age: int = 12
) -> tuple[UUID, UUID, UUID]:
    """(assignment, one sent line, the parent's person): the parent can sign in, and so can the contact."""
    order = await granted_order(world, "horten", born=born(age))
    who = await contact(world, "horten", user=world.user("horten", CONTACT))
    async with world.at("horten", COORDINATOR) as uow:
        assignment = await fill_order(uow, order, who, starts_on=today() - timedelta(days=30))
        child = (await assignment_card(uow, assignment)).person_id
    async with world.at("horten", Role.PURCHASER_ADULT if age >= 18 else Role.PURCHASER_CHILD) as uow:
        parent = await register_person(
            uow, PersonFacts("Hege", "Bergli", birth_date=date(1980, 6, 5), email="hege@eksempel.test")
        )
        await add_representative(
            uow, child, parent, RepresentativeFacts(role, valid_from=date(2020, 1, 1), scopes=scopes)
        )
        await let_in(uow, parent, world.user("horten", PARENT), "representative")
    async with world.at("horten", CONTACT) as uow:
        line = await register_line(uow, assignment, meeting(), send=True)
    return assignment, line, parent


async def seen(world: World, assignment: UUID) -> dict[str, str]:
    async with world.job(world.horten) as uow:
        return {str(one.id): str(one.version) for one in await lines_to_attest(uow, [assignment])}


async def code_sent(world: World, assignment: UUID, parent: UUID) -> tuple[UUID, str]:
    shown = await seen(world, assignment)
    async with world.at("horten", CONTACT) as uow:
        code = await ask_for_code(uow, assignment, parent, shown)
    (row,) = await world.sql("SELECT id, sealed FROM outgoing WHERE code = 'attest_code'")
    return code, world.house.keys.unseal(row["sealed"], bound_to=UUID(str(row["id"])).bytes)


# Attesting after the right to is over -----------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "ending",
    [
        "UPDATE representative SET valid_to = current_date - 1",
        "UPDATE representative SET parental_responsibility = false",
        "UPDATE person SET birth_date = current_date - interval '16 years' WHERE given_name = 'Jonas'",
    ],
)
async def test_neither_page_nor_code_attests_for_a_parent_whose_right_is_over(
    world: World, ending: str
) -> None:
    assignment, line, parent = await with_parent(world)
    code, number = await code_sent(world, assignment, parent)
    await world.sql(ending)
    async with world.at("horten", PARENT) as uow:
        assert (await own_to_attest(uow))[1] == []
        with pytest.raises(NotFound):
            await confirm_own(uow, [line], {str(line): "1"})
    async with world.at("horten", CONTACT) as uow:
        assert await use_code(uow, assignment, code, number) == "over"
    assert [row["how"] for row in await world.sql("SELECT attested_how AS how FROM timesheet_line")] == [""]


async def test_who_may_only_have_the_letters_attests_nothing(world: World) -> None:
    assignment, line, parent = await with_parent(world, role="power_of_attorney", scopes=("letters",), age=30)
    shown = await seen(world, assignment)
    async with world.at("horten", PARENT) as uow:
        assert (await own_to_attest(uow))[1] == []
        with pytest.raises(NotFound):
            await confirm_own(uow, [line], shown)
    async with world.at("horten", CONTACT) as uow:
        with pytest.raises(Invalid):
            await ask_for_code(uow, assignment, parent, shown)


async def test_a_contact_who_is_the_parent_too_attests_no_hours_of_their_own(world: World) -> None:
    assignment, line, _ = await with_parent(world)
    await world.sql(
        "UPDATE support_contact SET person_id = (SELECT person_id FROM representative LIMIT 1) WHERE tenant_id = $1",
        world.horten,
    )
    await world.sql("UPDATE person SET user_id = NULL WHERE user_id = $1", world.user("horten", CONTACT))
    async with world.at("horten", PARENT) as uow:
        assert (await own_to_attest(uow))[1] == []
        with pytest.raises(NotFound):
            await confirm_own(uow, [line], {str(line): "1"})
    (parent,) = await world.sql("SELECT person_id FROM representative")
    with pytest.raises(Invalid):
        async with world.at("horten", COORDINATOR) as uow:
            await paper_seen(
                uow,
                assignment,
                [line],
                by_person=parent["person_id"],
                signed_on=today(),
                seen={str(line): "1"},
            )


async def test_of_two_who_use_a_code_at_once_one_attests(world: World) -> None:
    assignment, _, parent = await with_parent(world)
    code, number = await code_sent(world, assignment, parent)

    async def use() -> str:
        async with world.at("horten", CONTACT) as uow:
            return await use_code(uow, assignment, code, number)

    assert sorted(await asyncio.gather(use(), use(), use())) == ["over", "over", "right"]


async def test_a_thousand_guesses_at_once_are_five(world: World) -> None:
    assignment, _, parent = await with_parent(world)
    code, number = await code_sent(world, assignment, parent)
    guesses = [f"{(int(number) + n) % 1_000_000:06d}" for n in range(1, 21)]

    async def guess(text: str) -> str:
        async with world.at("horten", CONTACT) as uow:
            return await use_code(uow, assignment, code, text)

    outcomes = await asyncio.gather(*(guess(text) for text in guesses))
    assert sorted(outcomes) == ["over"] * 16 + ["wrong"] * 4
    async with world.at("horten", CONTACT) as uow:
        assert await use_code(uow, assignment, code, number) == "over"


# One person alone -------------------------------------------------------------------------------------------------------
async def test_a_coordinator_does_not_enter_note_as_attested_and_approve_the_same_hours(world: World) -> None:
    assignment, line, parent = await with_parent(world)
    async with world.at("horten", COORDINATOR) as uow:
        await approve_lines(uow, [line], unattested="Ingen svarer.")
        more = await correct_line(uow, line, meeting(23), "Lenger.")
    shown = await seen(world, assignment)
    with pytest.raises(Forbidden):
        async with world.at("horten", COORDINATOR) as uow:
            await paper_seen(uow, assignment, [more], by_person=parent, signed_on=today(), seen=shown)
    with pytest.raises(Forbidden):
        async with world.at("horten", COORDINATOR) as uow:
            await approve_lines(uow, [more], unattested="Ingen svarer.")


async def test_two_who_correct_the_same_hours_at_once_correct_them_once(world: World) -> None:
    assignment, line, _ = await with_parent(world)
    async with world.at("horten", COORDINATOR) as uow:
        await approve_lines(uow, [line], unattested="Ingen svarer.")

    async def from_desk() -> str:
        try:
            async with world.at("horten", COORDINATOR) as uow:
                await correct_line(uow, line, meeting(17), "Kortere.")
        except Conflict:
            return "told"
        return "kept"

    async def from_phone() -> str:
        try:
            async with world.at("horten", CONTACT) as uow:
                await correct_own_line(uow, assignment, line, meeting(17), "Kortere.")
        except Conflict:
            return "told"
        return "kept"

    outcomes = await asyncio.gather(from_desk(), from_phone(), from_desk(), from_phone())
    assert sorted(outcomes) == ["kept", "told", "told", "told"]


async def test_hours_sent_with_the_key_of_another_assignments_form_are_kept_for_their_own(
    world: World,
) -> None:
    assignment, _, _ = await with_parent(world)
    order = await granted_order(world, "horten", name="Ivar Dalen")
    async with world.at("horten", COORDINATOR) as uow:
        who = (await assignment_card(uow, assignment)).contact_id
        other = await fill_order(uow, order, who, starts_on=today() - timedelta(days=30))
    day = today() - timedelta(days=5)
    async with world.at("horten", CONTACT) as uow:
        first = await register_line(uow, assignment, meeting(day=day), send=True, key="k1")
    with pytest.raises(Invalid):
        # The hour is taken, and it says so: the line of the other assignment is no answer.
        async with world.at("horten", CONTACT) as uow:
            assert await register_line(uow, other, meeting(day=day), send=True, key="k1") != first


# Payroll ----------------------------------------------------------------------------------------------------------------
async def test_payroll_is_shown_no_words_about_a_meeting_whatever_became_of_it(world: World) -> None:
    assignment, line, _ = await with_parent(world)
    shown = await seen(world, assignment)
    await world.sql(
        "INSERT INTO receipt (tenant_id, id, contact_id, assignment_id, line_id, kroner, what, size)"
        " SELECT tenant_id, gen_random_uuid(), contact_id, assignment_id, id, 50, $1, 0 FROM timesheet_line",
        f"Is til {SECRET}",
    )
    async with world.at("horten", PARENT) as uow:
        await dispute_own(uow, [line], f"{SECRET} var syk.", shown)
    browser = await world.browser("horten", PAYROLL)
    await _no_word(browser, "?status=returned")
    await world.sql("UPDATE timesheet_line SET state = 'sent', over_reason = $1, attested_note = $1", SECRET)
    await _no_word(browser, "")
    await world.sql("UPDATE timesheet_line SET state = 'approved'")
    async with world.at("horten", COORDINATOR) as uow:
        await correct_line(uow, line, meeting(17), f"{SECRET} gikk før.")
    await _no_word(browser, "")
    await _no_word(browser, f"?status=approved&maned={DAY:%Y-%m}")


async def _no_word(browser: Browser, query: str) -> None:
    page = (await browser.get(f"/k/horten/timelister{query}")).text
    assert "Amund Vik" in page
    for word in (SECRET, "Bergli", "Jonas"):
        assert word not in page, (query, word)


# Concerns and suspension ------------------------------------------------------------------------------------------------
async def test_why_a_contact_is_out_is_told_with_the_concern_and_never_to_the_contact(world: World) -> None:
    order, who, assignment = await assigned(world, "horten")
    case = await case_of(world, "horten", order)
    async with world.at("horten", Role.PURCHASER_CHILD) as uow:
        await name_on_case(uow, case, world.user("horten", Role.MANAGER))
    async with world.at("horten", Role.MANAGER) as uow:
        made = await note_concern(uow, StaffWords("contact", assignment, None, "Blåmerker.", False))
        await suspend(uow, who, f"Mistanke om vold mot {SECRET}.", made)
    await world.sql("UPDATE case_file SET shielded = true")
    async with world.at("horten", COORDINATOR) as uow:
        assert await suspensions_of(uow, who) == []
        assert (await contact_card(uow, who)).state == "suspended"
    with pytest.raises(Forbidden):
        async with world.at("horten", COORDINATOR) as uow:
            await end_suspension(uow, who, "lifted", "Det var ingenting.")
    coordinator = await world.browser("horten", COORDINATOR)
    for path in (f"/k/horten/kontakter/{who}", f"/k/horten/kontakter/{who}/suspensjon"):
        page = (await coordinator.get(path)).text
        assert SECRET not in page
        assert str(made) not in page
    async with world.at("horten", Role.MANAGER) as uow:
        assert [one.reason for one in await suspensions_of(uow, who)] == [f"Mistanke om vold mot {SECRET}."]


async def test_a_coordinator_who_is_a_contact_reads_nothing_of_their_own_suspension(world: World) -> None:
    _, who, _ = await assigned(world, "horten")
    async with world.at("horten", COORDINATOR) as uow:
        await suspend(uow, who, f"Mistanke om tyveri fra {SECRET}.")
    await world.sql(
        "UPDATE person SET user_id = $1 WHERE user_id = $2", world.user("horten", COORDINATOR),
        world.user("horten", CONTACT),
    )  # fmt: skip
    browser = await world.browser("horten", COORDINATOR)
    for path in (f"/k/horten/kontakter/{who}", f"/k/horten/kontakter/{who}/suspensjon"):
        assert SECRET not in (await browser.get(path)).text
    assert (await browser.get(f"/k/horten/kontakter/{who}/suspensjon")).status_code == 403


async def test_who_is_suspended_steps_in_for_nobody_and_rings_no_parents_telephone(world: World) -> None:
    assignment, _, parent = await with_parent(world)
    shown = await seen(world, assignment)
    order = await granted_order(world, "horten", name="Ivar Dalen")
    regular = await contact(world, "horten", "Tor Lie")
    async with world.at("horten", COORDINATOR) as uow:
        await fill_order(uow, order, regular, starts_on=today() - timedelta(days=30))
        soon = today() + timedelta(days=3)
        await start_round(uow, order, RoundFacts(soon, soon, 5, 24, "Mor"))
        who = (await assignment_card(uow, assignment)).contact_id
        await suspend(uow, who, "Mistanke.")
    async with world.job(world.horten) as uow:
        await let_go(uow, who)
    (row,) = await world.sql("SELECT id FROM substitute_ask WHERE contact_id = $1", who)
    async with world.at("horten", CONTACT) as uow:
        assert await own_asks(uow) == []
        assert not (await own_ask(uow, row["id"])).open
        assert await answer_ask(uow, row["id"], yes=True) == "closed"
    assert not await world.sql("SELECT 1 FROM assignment WHERE role = 'substitute'")
    with pytest.raises(Conflict):
        async with world.at("horten", CONTACT) as uow:
            await ask_for_code(uow, assignment, parent, shown)


async def test_who_has_left_as_a_contact_still_deals_with_no_hours_of_their_own(world: World) -> None:
    assignment, line, parent = await with_parent(world)
    shown = await seen(world, assignment)
    await world.sql(
        "UPDATE person SET user_id = $1 WHERE user_id = $2", world.user("horten", COORDINATOR),
        world.user("horten", CONTACT),
    )  # fmt: skip
    await world.sql("UPDATE support_contact SET state = 'ended', ended_on = current_date")
    with pytest.raises(Forbidden):
        async with world.at("horten", COORDINATOR) as uow:
            await paper_seen(uow, assignment, [line], by_person=parent, signed_on=today(), seen=shown)
    with pytest.raises(Forbidden):
        async with world.at("horten", COORDINATOR) as uow:
            await approve_lines(uow, [line], unattested="Ingen svarer.")
    await world.sql("UPDATE timesheet_line SET state = 'approved'")
    with pytest.raises(Forbidden):
        async with world.at("horten", COORDINATOR) as uow:
            await correct_line(uow, line, meeting(17), "Kortere.")


async def test_a_contact_is_sent_no_more_than_fifteen_codes_a_day(world: World) -> None:
    assignment, _, parent = await with_parent(world)
    for _ in range(3):
        for _ in range(5):
            shown = await seen(world, assignment)
            async with world.at("horten", CONTACT) as uow:
                await ask_for_code(uow, assignment, parent, shown)
        await world.sql("UPDATE attest_code SET created_at = created_at - interval '61 minutes'")
    with pytest.raises(Conflict):
        async with world.at("horten", CONTACT) as uow:
            await ask_for_code(uow, assignment, parent, await seen(world, assignment))
