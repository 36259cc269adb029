"""What somebody tries with a round of asking and with a suspension: names in words, two at once, a way around."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from sammen.clock import today
from sammen.errors import Conflict, Invalid
from sammen.policy.roles import Role
from tenants.concerns.service import end_suspension, suspend
from tenants.contacts.api import LEAVING_REASONS, leave, suspend_contact
from tenants.contacts.leaving import come_back, decline
from tenants.substitutes.absences import AbsenceFacts, cancel_meetings, note_absence
from tenants.substitutes.own import answer_ask
from tenants.substitutes.rounds import RoundFacts, start_round
from tests.provider_samples import assigned, contact
from tests.worlds import World

COORDINATOR, CONTACT = Role.PROVIDER_COORDINATOR, Role.CONTACT


async def test_a_yes_and_a_cancelling_at_once_wait_for_each_other(world: World) -> None:
    order, _, assignment = await assigned(world, "horten", contact_name="Tor Lie")
    stand_in = await contact(world, "horten", "Amund Vik")
    soon = today() + timedelta(days=3)
    async with world.at("horten", COORDINATOR) as uow:
        away = await note_absence(uow, assignment, AbsenceFacts(soon, soon))
        await start_round(uow, order, RoundFacts(soon, soon, 1, 24, "Mor", away_id=away))
    await world.sql("UPDATE person SET user_id = NULL WHERE user_id = $1", world.user("horten", CONTACT))
    await world.sql(
        "UPDATE person SET user_id = $1 WHERE id = (SELECT person_id FROM support_contact WHERE id = $2)",
        world.user("horten", CONTACT), stand_in,
    )  # fmt: skip
    (row,) = await world.sql("SELECT id FROM substitute_ask")

    async def say_yes() -> str:
        async with world.at("horten", CONTACT) as uow:
            return await answer_ask(uow, row["id"], yes=True)

    async def cancel() -> str:
        try:
            async with world.at("horten", COORDINATOR) as uow:
                await cancel_meetings(uow, away)
        except Conflict:
            return "told"
        return "cancelled"

    outcomes = tuple(await asyncio.gather(say_yes(), cancel()))
    assert outcomes in {("yes", "told"), ("closed", "cancelled")}


async def test_a_round_among_strangers_says_no_name_in_its_words(world: World) -> None:
    order, _, _ = await assigned(world, "horten", contact_name="Tor Lie")
    asked = await contact(world, "horten", "Amund Vik")
    soon = today() + timedelta(days=3)
    with pytest.raises(Invalid) as refused:
        async with world.at("horten", COORDINATOR) as uow:
            await start_round(uow, order, RoundFacts(soon, soon, 1, 24, "Mor", "Jonas' mor kjører."))
    assert set(refused.value.errors) == {"om"}
    await world.sql("UPDATE service_grant SET times = 'Tirsdager hjemme hos Bergli'")
    async with world.at("horten", COORDINATOR) as uow:
        await start_round(uow, order, RoundFacts(soon, soon, 1, 24, "Mor", "Mor kjører."))
    await world.sql("UPDATE person SET user_id = NULL WHERE user_id = $1", world.user("horten", CONTACT))
    await world.sql(
        "UPDATE person SET user_id = $1 WHERE id = (SELECT person_id FROM support_contact WHERE id = $2)",
        world.user("horten", CONTACT), asked,
    )  # fmt: skip
    (row,) = await world.sql("SELECT id FROM substitute_ask")
    page = (await (await world.browser("horten", CONTACT)).get(f"/min/horten/vikar/{row['id']}")).text
    assert "Mor kjører." in page
    assert "Bergli" not in page


async def test_a_yes_and_a_suspension_at_once_give_nobody_who_is_out_an_assignment(world: World) -> None:
    order, _, _ = await assigned(world, "horten", contact_name="Tor Lie")
    asked = await contact(world, "horten", "Amund Vik")
    soon = today() + timedelta(days=3)
    async with world.at("horten", COORDINATOR) as uow:
        await start_round(uow, order, RoundFacts(soon, soon, 1, 24, "Mor"))
    await world.sql("UPDATE person SET user_id = NULL WHERE user_id = $1", world.user("horten", CONTACT))
    await world.sql(
        "UPDATE person SET user_id = $1 WHERE id = (SELECT person_id FROM support_contact WHERE id = $2)",
        world.user("horten", CONTACT), asked,
    )  # fmt: skip
    (row,) = await world.sql("SELECT id FROM substitute_ask")

    async def take_out() -> None:
        async with world.at("horten", COORDINATOR) as uow:
            await suspend_contact(uow, asked, today())
            await asyncio.sleep(0.4)

    async def say_yes() -> str:
        await asyncio.sleep(0.1)
        async with world.at("horten", CONTACT) as uow:
            return await answer_ask(uow, row["id"], yes=True)

    _, said = await asyncio.gather(take_out(), say_yes())
    assert said == "closed"
    assert not await world.sql("SELECT 1 FROM assignment WHERE role = 'substitute'")


async def test_who_is_out_does_not_leave_and_come_back_before_it_is_settled_why(world: World) -> None:
    who = await contact(world, "horten", "Amund Vik")
    async with world.at("horten", COORDINATOR) as uow:
        await suspend(uow, who, "Mistanke.")
    with pytest.raises(Conflict):
        async with world.at("horten", COORDINATOR) as uow:
            await leave(uow, who, today(), next(iter(LEAVING_REASONS)))
    with pytest.raises(Conflict):
        async with world.at("horten", COORDINATOR) as uow:
            await decline(uow, who)
    async with world.at("horten", COORDINATOR) as uow:
        await end_suspension(uow, who, "left", "Politiet er varslet.")
        await leave(uow, who, today(), next(iter(LEAVING_REASONS)))
        await come_back(uow, who)
        await suspend(uow, who, "Mistanke igjen.")
