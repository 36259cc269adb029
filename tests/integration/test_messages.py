"""Messages between coordinators and a contact: who sees, who answers, what is read, and the notice that leaves the house."""

from __future__ import annotations

import asyncio
from uuid import UUID

import asyncpg
import pytest

from sammen.errors import Invalid, NotFound
from sammen.policy.roles import Role
from tenants.contacts.api import own_contact
from tenants.messages.api import notify_person, write_to_contact
from tenants.messages.notices import choose_channel
from tenants.messages.queries import (
    MessageFilter,
    conversation,
    conversation_row,
    list_conversations,
    own_conversation,
    unread_by_contact,
    waiting_conversations,
)
from tenants.messages.service import mark_read, settle_threads, take_threads, write_as_contact
from tenants.people.api import make_synthetic, person_card
from tests.message_samples import give_address
from tests.provider_samples import assigned, contact, granted_orders, individual
from tests.worlds import World

COORDINATOR, CONTACT = Role.PROVIDER_COORDINATOR, Role.CONTACT


async def person_of(world: World, contact_id: UUID) -> UUID:
    rows = await world.sql("SELECT person_id FROM support_contact WHERE id = $1", contact_id)
    found: UUID = rows[0]["person_id"]
    return found


async def notices(world: World) -> list[tuple[str, str, str]]:
    rows = await world.sql("SELECT channel, address, code FROM outgoing ORDER BY queued_at, id")
    return [(row["channel"], row["address"], row["code"]) for row in rows]


async def amund(world: World, email: str = "amund@example.no") -> UUID:
    contact_id = await contact(world, "horten", user=world.user("horten", CONTACT))
    await give_address(world, await person_of(world, contact_id), email=email, phone="900 00 002")
    return contact_id


async def test_a_message_is_read_by_the_contact_and_answered_by_the_municipality(world: World) -> None:
    contact_id = await amund(world)
    async with world.at("horten", COORDINATOR) as uow:
        await write_to_contact(uow, contact_id, "Kan du på torsdag?", from_system=False)
    async with world.at("horten", CONTACT) as uow:
        assert await unread_by_contact(uow, contact_id) == 1
        found = await own_conversation(uow, contact_id)
        await write_as_contact(uow, "Ja, det går fint.", seen=found.shown)
        assert await unread_by_contact(uow, contact_id) == 0
    async with world.at("horten", COORDINATOR) as uow:
        [row] = await waiting_conversations(uow)
        assert row.name == "Amund Vik"
        found = await conversation(uow, contact_id)
        assert [(line.author, line.text) for line in found.lines] == [
            ("contact", "Ja, det går fint."), ("municipality", "Kan du på torsdag?"),
        ]  # fmt: skip
        assert found.lines[1].new_to_contact is False
        await write_to_contact(uow, contact_id, "Takk!", from_system=False, seen=found.shown)
        assert await waiting_conversations(uow) == []


async def test_a_message_that_came_while_one_wrote_still_waits(world: World) -> None:
    contact_id = await amund(world)
    async with world.at("horten", CONTACT) as uow:
        await write_as_contact(uow, "Jeg er syk.")
    async with world.at("horten", COORDINATOR) as uow:
        shown = (await conversation(uow, contact_id)).shown
    async with world.at("horten", CONTACT) as uow:
        await write_as_contact(uow, "Og bilen er på verksted.")
    async with world.at("horten", COORDINATOR) as uow:
        await write_to_contact(uow, contact_id, "God bedring!", from_system=False, seen=shown)
        found = await conversation(uow, contact_id)
        assert [line.waits for line in found.lines] == [False, True, False]
        [row] = await waiting_conversations(uow)
        assert row.waiting_since == found.lines[1].sent_at
        await settle_threads(uow, contact_id, found.shown)
        assert await waiting_conversations(uow) == []


async def test_one_answer_answers_everything_that_stood_on_the_page(world: World) -> None:
    _, contact_id, assignment_id = await assigned(world, "horten")
    async with world.at("horten", CONTACT) as uow:
        await write_as_contact(uow, "Vi er forsinka.", assignment_id=assignment_id)
        await write_as_contact(uow, "Når kommer pengene?")
    async with world.at("horten", COORDINATOR) as uow:
        shown = (await conversation(uow, contact_id)).shown
        await write_to_contact(uow, contact_id, "Jeg sier fra. Den 12.", from_system=False, seen=shown)
        assert await waiting_conversations(uow) == []


async def test_what_sammen_writes_answers_nothing(world: World) -> None:
    contact_id = await amund(world)
    async with world.at("horten", CONTACT) as uow:
        await write_as_contact(uow, "Når kommer pengene?")
    async with world.job(world.horten) as uow:
        await write_to_contact(uow, contact_id, "Timene dine er godkjent.", from_system=True)
    async with world.at("horten", COORDINATOR) as uow:
        assert len(await waiting_conversations(uow)) == 1
        assert (await conversation(uow, contact_id)).lines[0].author_name == ""


async def test_who_has_said_that_they_answer_keeps_it_from_the_others_day(world: World) -> None:
    contact_id = await amund(world)
    async with world.at("horten", CONTACT) as uow:
        await write_as_contact(uow, "Hei")
    async with world.at("horten", COORDINATOR) as uow:
        await take_threads(uow, contact_id)
        assert len(await waiting_conversations(uow)) == 1
        mine, total = await list_conversations(uow, MessageFilter(state="mine"))
        assert (total, mine[0].responder_id) == (1, uow.context.user_id)
    await world.sql("UPDATE message_thread SET responder_id = gen_random_uuid()")
    async with world.at("horten", COORDINATOR) as uow:
        assert await waiting_conversations(uow) == []
        assert (await list_conversations(uow, MessageFilter(state="venter")))[1] == 1


async def test_messages_about_a_shielded_case_are_for_its_circle(world: World) -> None:
    """Kari is named on the case of somebody with a protected address; without her name on it she reads nothing of it."""
    [order] = await granted_orders(world, "horten", [individual()], name="Nora Skogly", protection="kode6")
    contact_id = await amund(world)
    person_id = (await world.sql("SELECT person_id FROM service_order WHERE id = $1", order))[0]["person_id"]
    case_id = (await world.sql("SELECT case_id FROM service_order WHERE id = $1", order))[0]["case_id"]
    [made] = await world.sql(
        "INSERT INTO assignment (tenant_id, id, order_id, case_id, person_id, contact_id, form, state)"
        " VALUES ($1, gen_random_uuid(), $2, $3, $4, $5, 'individual', 'running') RETURNING id",
        world.horten, order, case_id, person_id, contact_id,
    )  # fmt: skip
    async with world.at("horten", CONTACT) as uow:
        await write_as_contact(uow, "Nora og jeg venter i hallen.", assignment_id=made["id"])
    async with world.at("horten", COORDINATOR) as uow:
        assert len((await conversation(uow, contact_id)).lines) == 1
        assert len(await waiting_conversations(uow)) == 1
    await world.sql("DELETE FROM case_member WHERE case_id = $1", case_id)
    async with world.at("horten", COORDINATOR) as uow:
        assert (await conversation(uow, contact_id)).lines == []
        assert await waiting_conversations(uow) == []
        assert await conversation_row(uow, contact_id) is None
        assert (await list_conversations(uow, MessageFilter(text="Amund"))) == ([], 0)
        with pytest.raises(NotFound):
            await write_to_contact(uow, contact_id, "Hei", from_system=False, assignment_id=made["id"])
        await settle_threads(uow, contact_id, {})
    async with world.at("horten", CONTACT) as uow:
        assert len((await own_conversation(uow, contact_id)).lines) == 1


async def test_a_contact_writes_only_about_their_own_assignments(world: World) -> None:
    _, _, theirs = await assigned(world, "re")
    await amund(world)
    async with world.at("horten", CONTACT) as uow:
        with pytest.raises(NotFound):
            await write_as_contact(uow, "Hei", assignment_id=theirs)
    async with world.at("horten", COORDINATOR) as uow:
        other = (await world.sql("SELECT contact_id FROM assignment WHERE id = $1", theirs))[0]["contact_id"]
        with pytest.raises(NotFound):
            await write_to_contact(uow, other, "Hei", from_system=False)


async def test_two_who_write_at_once_follow_each_other(world: World) -> None:
    contact_id = await amund(world)

    async def ours(n: int) -> None:
        async with world.at("horten", COORDINATOR) as uow:
            await write_to_contact(uow, contact_id, f"Nummer {n}", from_system=False)

    async def theirs(n: int) -> None:
        async with world.at("horten", CONTACT) as uow:
            await write_as_contact(uow, f"Svar {n}")

    await asyncio.gather(*(who(n) for n in range(4) for who in (ours, theirs)))
    rows = await world.sql("SELECT number FROM message ORDER BY number")
    assert [row["number"] for row in rows] == list(range(1, 9))
    assert (await world.sql("SELECT count(*) AS n FROM message_thread"))[0]["n"] == 1


@pytest.mark.parametrize("written", ["", "   \n ", "x" * 4_001])
async def test_an_empty_or_far_too_long_message_is_refused(world: World, written: str) -> None:
    contact_id = await amund(world)
    async with world.at("horten", COORDINATOR) as uow:
        with pytest.raises(Invalid):
            await write_to_contact(uow, contact_id, written, from_system=False)
    assert await notices(world) == []


async def test_a_national_number_is_refused_and_an_account_number_is_not(world: World) -> None:
    contact_id = await amund(world)
    async with world.at("horten", COORDINATOR) as uow:
        born = (await person_card(uow, await person_of(world, contact_id))).birth_date
        assert born is not None
        number = make_synthetic(born, "M", 0)
        with pytest.raises(Invalid) as refused:
            await write_to_contact(uow, contact_id, f"Han er {number[:6]} {number[6:]}.", from_system=False)
        assert "fødselsnummer" in refused.value.errors["melding"].message
        await write_to_contact(uow, contact_id, "Kontoen er 1234 56 78903.", from_system=False)


@pytest.mark.parametrize("statement", ["UPDATE message SET text = 'x'", "DELETE FROM message"])
async def test_what_is_sent_is_neither_changed_nor_removed(world: World, statement: str) -> None:
    contact_id = await amund(world)
    async with world.at("horten", COORDINATOR) as uow:
        await write_to_contact(uow, contact_id, "Hei", from_system=False)
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        async with world.at("horten", COORDINATOR) as uow:
            await uow.call(statement)


async def test_a_notice_goes_once_a_day_until_the_contact_has_read(world: World) -> None:
    contact_id = await amund(world)
    async with world.at("horten", COORDINATOR) as uow:
        for n in range(3):
            await write_to_contact(uow, contact_id, f"Nummer {n}", from_system=False)
    assert await notices(world) == [("email", "amund@example.no", "message")]
    async with world.at("horten", CONTACT) as uow:
        found = await own_conversation(uow, contact_id)
        await mark_read(uow, found.shown)
        assert await own_contact(uow) == contact_id
    async with world.at("horten", COORDINATOR) as uow:
        await write_to_contact(uow, contact_id, "En til", from_system=False)
    assert len(await notices(world)) == 2


async def test_a_message_that_is_rolled_back_sends_no_notice(world: World) -> None:
    contact_id = await amund(world)

    async def interrupted() -> None:
        async with world.at("horten", COORDINATOR) as uow:
            await write_to_contact(uow, contact_id, "Hei", from_system=False)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        await interrupted()
    assert await notices(world) == []
    assert await world.sql("SELECT 1 FROM job_queue WHERE headers ->> 'name' = 'outbox.send'") == []


async def test_a_person_is_told_as_they_chose(world: World) -> None:
    contact_id = await amund(world)
    person_id = await person_of(world, contact_id)
    for channel in ("sms", "none"):
        async with world.at("horten", CONTACT) as uow:
            await choose_channel(uow, await person_card(uow, person_id), channel)
        async with world.at("horten", COORDINATOR) as uow:
            await notify_person(uow, person_id, "paid", once=f"paid:{channel}")
    assert await notices(world) == [("sms", "900 00 002", "paid")]


async def test_nobody_is_told_without_an_address_nor_after_death(world: World) -> None:
    contact_id = await amund(world, email="")
    person_id = await person_of(world, contact_id)
    await give_address(world, person_id)
    async with world.at("horten", COORDINATOR) as uow:
        await notify_person(uow, person_id, "paid", once="a")
        with pytest.raises(Invalid):
            await choose_channel(uow, await person_card(uow, person_id), "email")
        with pytest.raises(Invalid):
            await choose_channel(uow, await person_card(uow, person_id), "brevdue")
        with pytest.raises(ValueError, match="no such notice"):
            await notify_person(uow, person_id, "secret", once="b")
    await give_address(world, person_id, email="amund@example.no")
    await world.sql("UPDATE person SET died_on = current_date WHERE id = $1", person_id)
    async with world.at("horten", COORDINATOR) as uow:
        await notify_person(uow, person_id, "paid", once="c")
    assert await notices(world) == []


async def test_somebody_elses_threads_are_passed_by_when_one_says_that_one_has_read(world: World) -> None:
    contact_id = await amund(world)
    other = await contact(world, "horten", "Berit Aasen")
    async with world.at("horten", COORDINATOR) as uow:
        await write_to_contact(uow, other, "Til Berit", from_system=False)
        shown = (await conversation(uow, other)).shown
    async with world.at("horten", CONTACT) as uow:
        await mark_read(uow, shown)
        assert (await own_conversation(uow, contact_id)).lines == []
    async with world.at("horten", COORDINATOR) as uow:
        assert (await conversation(uow, other)).lines[0].new_to_contact
