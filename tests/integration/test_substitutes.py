"""Substitutes on a real database: asked in turn, one yes that counts, a bridge that does not end the wait (B10)."""

from __future__ import annotations

import asyncio
from datetime import date, timedelta
from uuid import UUID

import pytest

from sammen.clock import now, today
from sammen.errors import Conflict, Invalid, NotFound
from sammen.policy.roles import Role
from sammen.tenancy.context import PlaceKind
from tenants.assignments.api import (
    assignments_of_order,
    fill_order,
    order_card,
    own_assignments,
    substitute_order,
)
from tenants.assignments.ending import end_assignment, pass_the_day
from tenants.substitutes.absences import (
    AbsenceFacts,
    cancel_meetings,
    note_absence,
    report_own_absence,
    withdraw_own_absence,
)
from tenants.substitutes.known import IntroductionFacts, end_introduction, introduce
from tenants.substitutes.own import answer_ask, own_ask, own_asks
from tenants.substitutes.queries import absences, asks_of, known_to, round_card, rounds
from tenants.substitutes.rounds import RoundFacts, agreed_by_phone, go_on, note_told, start_round, stop_round
from tenants.timesheets.api import LineFacts
from tenants.waiting.queries import everybody_waiting
from tests.provider_samples import assigned, contact, granted_order
from tests.worlds import World

COORDINATOR = Role.PROVIDER_COORDINATOR
TOMORROW = today() + timedelta(days=1)
SOON = today() + timedelta(days=3)


def facts(
    first: date = SOON, last: date | None = SOON, *, at_once: int = 1, newcomers: str = "Mor",
    absence: UUID | None = None,
) -> RoundFacts:  # fmt: skip
    return RoundFacts(first, last, at_once, 24, newcomers, "De skal klatre.", absence)


async def knows(world: World, order_id: UUID, contact_id: UUID) -> UUID:
    async with world.at("horten", COORDINATOR) as uow:
        return await introduce(
            uow, order_id, IntroductionFacts(contact_id, today() - timedelta(days=5), "with_contact", today(), "Jonas selv")
        )  # fmt: skip


async def second_login(world: World, contact_id: UUID) -> UUID:
    """Give a contact a login of their own, beside the municipality's contact persona."""
    user = (
        await world.sql(
            "INSERT INTO user_account (id, email, display_name) VALUES (gen_random_uuid(), $1, 'Vikar') RETURNING id",
            f"{contact_id}@horten.test",
        )
    )[0]["id"]
    await world.sql(
        "INSERT INTO membership (id, user_id, kind, municipality_id, role, valid_from, granted_by)"
        " VALUES (gen_random_uuid(), $1, 'own', $2, 'contact', '2000-01-01', 'test')",
        user, world.horten,
    )  # fmt: skip
    await world.sql(
        "UPDATE person SET user_id = $1 WHERE id = (SELECT person_id FROM support_contact WHERE id = $2)",
        user, contact_id,
    )  # fmt: skip
    world.users["horten", str(contact_id)] = user
    return UUID(str(user))


class As:
    """A unit of work on the own pages of a contact with a login from `second_login`."""

    def __init__(self, world: World, contact_id: UUID) -> None:
        self.world, self.contact_id = world, contact_id

    async def answer(self, *, yes: bool) -> str:
        from uuid import uuid4

        from sammen.keys import token_hash
        from sammen.tenancy.enter import enter_web
        from tests.database import KEYS

        asks = await self.world.sql("SELECT id FROM substitute_ask WHERE contact_id = $1", self.contact_id)
        token = await self.world.token(self.world.users["horten", str(self.contact_id)])
        uow = await enter_web(
            self.world.engine, KEYS, token_hash(token), PlaceKind.OWN, "horten", request_id=uuid4()
        )
        try:
            outcome = await answer_ask(uow, asks[0]["id"], yes=yes)
        except BaseException:
            await uow.rollback()
            raise
        await uow.commit()
        return outcome


async def asked_names(world: World, round_id: UUID) -> list[tuple[str, str]]:
    async with world.at("horten", COORDINATOR) as uow:
        return [(ask.name, ask.state) for ask in await asks_of(uow, round_id)]


async def test_a_known_substitute_is_asked_first_says_yes_and_has_the_assignment_for_those_days(
    world: World,
) -> None:
    order_id, _, assignment_id = await assigned(world, "horten")
    known, _other = await contact(world, "horten", "Marte Lie"), await contact(world, "horten", "Ida Moe")
    await second_login(world, known)
    await knows(world, order_id, known)
    async with world.at("horten", COORDINATOR) as uow:
        absence = await note_absence(uow, assignment_id, AbsenceFacts(SOON, SOON))
        round_id = await start_round(uow, order_id, facts(absence=absence))
    assert await asked_names(world, round_id) == [("Marte Lie", "asked")]
    assert await As(world, known).answer(yes=True) == "yes"
    async with world.at("horten", COORDINATOR) as uow:
        card = await round_card(uow, round_id)
        assert (card.state, card.to_tell) == ("filled", True)
        made = next(a for a in await assignments_of_order(uow, order_id) if a.role == "substitute")
        assert (made.contact_id, made.starts_on, made.ended_on, made.state) == (known, SOON, SOON, "planned")
        assert (await order_card(uow, order_id)).state == "filled"
        assert [one.state for one in await absences(uow, "order", order=order_id)] == ["covered"]
        await note_told(uow, round_id)
        with pytest.raises(Conflict):
            await note_told(uow, round_id)


async def test_who_says_no_is_not_asked_again_for_the_day_and_the_next_one_is(world: World) -> None:
    order_id, _, _ = await assigned(world, "horten")
    first = await contact(world, "horten", "Marte Lie")
    await contact(world, "horten", "Ida Moe")
    await second_login(world, first)
    async with world.at("horten", COORDINATOR) as uow:
        round_id = await start_round(uow, order_id, facts())
    assert await asked_names(world, round_id) == [("Marte Lie", "asked")]
    assert await As(world, first).answer(yes=False) == "no"
    async with world.job(world.horten) as uow:
        await go_on(uow, round_id)
        await go_on(uow, round_id)
    assert await asked_names(world, round_id) == [("Marte Lie", "no"), ("Ida Moe", "asked")]
    async with world.at("horten", COORDINATOR) as uow:
        await stop_round(uow, round_id)
    async with world.at("horten", COORDINATOR) as uow:
        again = await start_round(uow, order_id, facts(at_once=5))
    # Marte has said no to the day; Ida was only let off.
    assert await asked_names(world, again) == [("Ida Moe", "asked")]


async def test_of_two_yeses_at_once_one_counts_and_the_other_is_told_kindly(world: World) -> None:
    order_id, _, _ = await assigned(world, "horten")
    both = [await contact(world, "horten", name) for name in ("Marte Lie", "Ida Moe")]
    for one in both:
        await second_login(world, one)
    async with world.at("horten", COORDINATOR) as uow:
        round_id = await start_round(uow, order_id, facts(at_once=2))
    outcomes = await asyncio.gather(*(As(world, one).answer(yes=True) for one in both))
    assert sorted(outcomes) == ["taken", "yes"]
    assert sorted(state for _, state in await asked_names(world, round_id)) == ["taken", "yes"]
    made = await world.sql("SELECT count(*) AS n FROM assignment WHERE role = 'substitute'")
    assert made[0]["n"] == 1


async def test_who_does_not_answer_in_time_makes_room_for_the_next_and_may_still_say_yes(
    world: World,
) -> None:
    order_id, _, _ = await assigned(world, "horten")
    slow = await contact(world, "horten", "Marte Lie")
    await contact(world, "horten", "Ida Moe")
    await second_login(world, slow)
    async with world.at("horten", COORDINATOR) as uow:
        round_id = await start_round(uow, order_id, facts())
    await world.sql("UPDATE substitute_ask SET answer_by = $1", now() - timedelta(minutes=1))
    async with world.job(world.horten) as uow:
        await go_on(uow, round_id)
    assert await asked_names(world, round_id) == [("Marte Lie", "expired"), ("Ida Moe", "asked")]
    assert await As(world, slow).answer(yes=True) == "yes"
    assert dict(await asked_names(world, round_id))["Ida Moe"] == "taken"


async def test_a_round_where_nobody_can_ends_by_itself_and_stands_on_min_dag(world: World) -> None:
    order_id, _, assignment_id = await assigned(world, "horten")
    only = await contact(world, "horten", "Marte Lie")
    await second_login(world, only)
    async with world.at("horten", COORDINATOR) as uow:
        absence = await note_absence(uow, assignment_id, AbsenceFacts(SOON, SOON))
        round_id = await start_round(uow, order_id, facts(absence=absence))
    await As(world, only).answer(yes=False)
    async with world.job(world.horten) as uow:
        await go_on(uow, round_id)
    async with world.at("horten", COORDINATOR) as uow:
        assert (await round_card(uow, round_id)).state == "nobody"
    day = await (await world.browser("horten", COORDINATOR)).get("/k/horten")
    assert "Ingen av dem som ble spurt, kunne." in day.text


async def test_the_job_that_a_round_queues_for_its_deadline_is_there(world: World) -> None:
    order_id, _, _ = await assigned(world, "horten")
    await contact(world, "horten", "Marte Lie")
    async with world.at("horten", COORDINATOR) as uow:
        await start_round(uow, order_id, facts())
    queued = await world.sql(
        "SELECT execute_after > now() + interval '50 minutes' AS later FROM job_queue"
        " WHERE headers::jsonb ->> 'name' = 'substitutes.ask_next'"
    )
    assert [row["later"] for row in queued] == [True]


async def test_who_is_away_paused_or_unvetted_is_not_asked(world: World) -> None:
    order_id, _, _ = await assigned(world, "horten")
    away = await contact(world, "horten", "Marte Lie")
    await contact(world, "horten", "Ida Moe", vetted=False)
    paused = await contact(world, "horten", "Tor Lie")
    await world.sql("UPDATE support_contact SET state = 'paused' WHERE id = $1", paused)
    other = await granted_order(world, "horten", name="Per Berg")
    async with world.at("horten", COORDINATOR) as uow:
        theirs = await fill_order(uow, other, away, starts_on=today() - timedelta(days=3))
        await note_absence(uow, theirs, AbsenceFacts(SOON, SOON))
    async with world.at("horten", COORDINATOR) as uow:
        with pytest.raises(Invalid, match="Rett feltene"):
            await start_round(uow, order_id, facts())


async def test_a_substitute_who_is_not_known_needs_somebodys_yes(world: World) -> None:
    order_id, _, _ = await assigned(world, "horten")
    new = await contact(world, "horten", "Marte Lie")
    async with world.at("horten", COORDINATOR) as uow:
        with pytest.raises(Invalid):
            await start_round(uow, order_id, facts(newcomers=""))
    async with world.at("horten", COORDINATOR) as uow:
        with pytest.raises(Invalid) as bad:
            await agreed_by_phone(uow, order_id, new, facts(newcomers=""))
    assert "ja_fra" in bad.value.errors
    async with world.at("horten", COORDINATOR) as uow:
        await agreed_by_phone(uow, order_id, new, facts())


async def test_a_bridge_leaves_the_wait_as_it_was_and_ends_the_day_before_a_contact_begins(
    world: World,
) -> None:
    order_id = await granted_order(world, "horten")
    bridge, regular = await contact(world, "horten", "Marte Lie"), await contact(world, "horten", "Ida Moe")
    async with world.at("horten", COORDINATOR) as uow:
        before = await order_card(uow, order_id)
        made = await substitute_order(uow, order_id, bridge, role="bridge", starts_on=today(), ends_on=None)
        after = await order_card(uow, order_id)
        assert (after.waits_from, after.open) == (before.waits_from, True)
        assert [row.order_id for row in await everybody_waiting(uow)] == [order_id]
    await world.run_jobs()
    async with world.at("horten", COORDINATOR) as uow:
        await fill_order(uow, order_id, regular, starts_on=SOON)
        found = {a.id: a for a in await assignments_of_order(uow, order_id)}
        assert (found[made].ended_on, found[made].state) == (SOON - timedelta(days=1), "running")
    state = await world.sql("SELECT state FROM case_file")
    assert state[0]["state"] == "waiting"


async def test_a_bridge_that_was_not_to_begin_before_the_contact_is_dropped(world: World) -> None:
    order_id = await granted_order(world, "horten")
    bridge, regular = await contact(world, "horten", "Marte Lie"), await contact(world, "horten", "Ida Moe")
    async with world.at("horten", COORDINATOR) as uow:
        made = await substitute_order(uow, order_id, bridge, role="bridge", starts_on=SOON, ends_on=None)
        await fill_order(uow, order_id, regular, starts_on=TOMORROW)
        found = {a.id: a for a in await assignments_of_order(uow, order_id)}
        assert found[made].state == "ended"


async def test_the_night_ends_a_substitute_whose_last_day_has_passed_and_the_order_is_as_it_was(
    world: World,
) -> None:
    order_id, regular, _ = await assigned(world, "horten")
    stand_in = await contact(world, "horten", "Marte Lie")
    async with world.at("horten", COORDINATOR) as uow:
        made = await substitute_order(
            uow, order_id, stand_in, role="substitute", starts_on=today(), ends_on=today()
        )
        with pytest.raises(Conflict):
            await substitute_order(
                uow, order_id, regular, role="substitute", starts_on=today(), ends_on=today()
            )
    await world.sql(
        "UPDATE assignment SET starts_on = $2, ended_on = $2 WHERE id = $1", made, today() - timedelta(days=1)
    )
    async with world.job(world.horten) as uow:
        await pass_the_day(uow)
        await pass_the_day(uow)
    rows = await world.sql("SELECT state, end_reason FROM assignment WHERE id = $1", made)
    assert (rows[0]["state"], rows[0]["end_reason"]) == ("ended", "stood_in")
    async with world.at("horten", COORDINATOR) as uow:
        assert (await order_card(uow, order_id)).state == "filled"


async def test_to_end_a_substitute_early_opens_no_order_and_the_end_of_a_service_ends_them_too(
    world: World,
) -> None:
    order_id, _, assignment_id = await assigned(world, "horten")
    one, two = await contact(world, "horten", "Marte Lie"), await contact(world, "horten", "Ida Moe")
    async with world.at("horten", COORDINATOR) as uow:
        made = await substitute_order(uow, order_id, one, role="substitute", starts_on=today(), ends_on=SOON)
        await end_assignment(uow, made, ended_on=today(), reason="contact_left")
        assert (await order_card(uow, order_id)).state == "filled"
        await substitute_order(uow, order_id, two, role="substitute", starts_on=today(), ends_on=SOON)
        await end_assignment(uow, assignment_id, ended_on=today(), reason="service_ended")
        assert {a.state for a in await assignments_of_order(uow, order_id)} == {"ended"}


async def test_a_substitute_registers_hours_for_their_days_on_the_same_decision(world: World) -> None:
    from datetime import time

    from tenants.timesheets.api import register_line

    order_id = await granted_order(world, "horten")
    regular = await contact(world, "horten", "Ida Moe")
    stand_in = await contact(world, "horten", "Marte Lie", user=world.user("horten", Role.CONTACT))
    async with world.at("horten", COORDINATOR) as uow:
        await fill_order(uow, order_id, regular, starts_on=today() - timedelta(days=60))
        made = await substitute_order(
            uow, order_id, stand_in, role="substitute", starts_on=today(), ends_on=today()
        )
    async with world.at("horten", Role.CONTACT) as uow:
        assert [(own.id, own.role) for own in await own_assignments(uow)] == [(made, "substitute")]
        await register_line(uow, made, LineFacts(today(), time(0, 5), time(0, 10), "Klatret"), send=True)


async def test_a_contact_says_from_the_phone_that_they_cannot_come_and_can_take_it_back(world: World) -> None:
    _, _, assignment_id = await assigned(world, "horten")
    async with world.at("horten", Role.CONTACT) as uow:
        absence = await report_own_absence(
            uow, assignment_id, AbsenceFacts(SOON, SOON, "Kinobilletter i skuffen.")
        )
        with pytest.raises(Invalid):
            await report_own_absence(uow, assignment_id, AbsenceFacts(SOON, SOON))
    async with world.at("horten", COORDINATOR) as uow:
        assert [(a.contact_name, a.note) for a in await absences(uow, "waiting")] == [
            ("Amund Vik", "Kinobilletter i skuffen.")
        ]
    async with world.at("horten", Role.CONTACT) as uow:
        await withdraw_own_absence(uow, assignment_id, absence)
        with pytest.raises(Conflict):
            await withdraw_own_absence(uow, assignment_id, absence)
    async with world.at("horten", COORDINATOR) as uow:
        assert await absences(uow, "waiting") == []


async def test_to_cancel_stops_the_round_that_asks_for_the_days(world: World) -> None:
    order_id, _, assignment_id = await assigned(world, "horten")
    await contact(world, "horten", "Marte Lie")
    async with world.at("horten", COORDINATOR) as uow:
        absence = await note_absence(uow, assignment_id, AbsenceFacts(SOON, SOON))
        round_id = await start_round(uow, order_id, facts(absence=absence))
    with pytest.raises(Conflict):
        async with world.at("horten", COORDINATOR) as uow:
            await start_round(uow, order_id, facts(absence=absence))
    async with world.at("horten", COORDINATOR) as uow:
        await cancel_meetings(uow, absence)
        assert (await round_card(uow, round_id)).state == "stopped"
        with pytest.raises(Conflict):
            await cancel_meetings(uow, absence)
    assert await asked_names(world, round_id) == [("Marte Lie", "stopped")]


async def test_only_those_who_are_known_are_asked_for_somebody_whose_address_is_protected(
    world: World,
) -> None:
    order_id = await granted_order(world, "horten", protection="kode7")
    regular, known = await contact(world, "horten", "Ida Moe"), await contact(world, "horten", "Marte Lie")
    async with world.at("horten", COORDINATOR) as uow:
        await fill_order(uow, order_id, regular, starts_on=today() - timedelta(days=30))
    stranger = await contact(world, "horten", "Tor Lie")
    async with world.at("horten", COORDINATOR) as uow:
        with pytest.raises(Invalid):
            await agreed_by_phone(uow, order_id, stranger, facts())
    await knows(world, order_id, known)
    async with world.at("horten", COORDINATOR) as uow:
        round_id = await start_round(uow, order_id, facts(at_once=5))
    assert await asked_names(world, round_id) == [("Marte Lie", "asked")]


async def test_the_next_municipality_and_those_outside_the_circle_find_none_of_it(world: World) -> None:
    order_id = await granted_order(world, "horten", protection="kode7")
    regular, known = await contact(world, "horten", "Ida Moe"), await contact(world, "horten", "Marte Lie")
    async with world.at("horten", COORDINATOR) as uow:
        await fill_order(uow, order_id, regular, starts_on=today() - timedelta(days=30))
    known_id = await knows(world, order_id, known)
    async with world.at("horten", COORDINATOR) as uow:
        round_id = await start_round(uow, order_id, facts())
    async with world.at("horten", Role.MANAGER) as uow:
        assert await rounds(uow, "now") == []
        with pytest.raises(NotFound):
            await round_card(uow, round_id)
        with pytest.raises(NotFound):
            await end_introduction(uow, known_id)
    async with world.at("re", COORDINATOR) as uow:
        with pytest.raises(NotFound):
            await stop_round(uow, round_id)
        with pytest.raises(NotFound):
            await start_round(uow, order_id, facts())


async def test_an_ask_tells_no_name_of_somebody_one_has_not_met_and_the_first_name_of_whom_one_knows(
    world: World,
) -> None:
    user = world.user("horten", Role.CONTACT)
    order_id = await granted_order(world, "horten")
    regular = await contact(world, "horten", "Ida Moe")
    me = await contact(world, "horten", "Marte Lie", user=user)
    async with world.at("horten", COORDINATOR) as uow:
        await fill_order(uow, order_id, regular, starts_on=today() - timedelta(days=30))
        await start_round(uow, order_id, facts())
    browser = await world.browser("horten", Role.CONTACT)
    async with world.at("horten", Role.CONTACT) as uow:
        ask = (await own_asks(uow))[0]
    shown = (await browser.get(f"/min/horten/vikar/{ask.id}")).text
    assert "Jonas" not in shown
    assert "Bergli" not in shown
    assert "10–13 år" in shown
    await knows(world, order_id, me)
    async with world.at("horten", COORDINATOR) as uow:
        again = await start_round(uow, order_id, facts(TOMORROW, TOMORROW))
    ask_id = (await world.sql("SELECT id FROM substitute_ask WHERE round_id = $1", again))[0]["id"]
    shown = (await browser.get(f"/min/horten/vikar/{ask_id}")).text
    assert "Jonas" in shown
    assert "Bergli" not in shown
    async with world.at("re", Role.CONTACT) as uow:
        with pytest.raises(NotFound):
            await own_ask(uow, ask_id)


async def test_known_substitutes_are_listed_once_and_ended(world: World) -> None:
    order_id, _, _ = await assigned(world, "horten")
    unvetted = await contact(world, "horten", "Tor Lie", vetted=False)
    known = await contact(world, "horten", "Marte Lie")
    known_id = await knows(world, order_id, known)
    for who, error in ((known, Conflict), (unvetted, Invalid)):
        with pytest.raises(error):
            await knows(world, order_id, who)
    async with world.at("horten", COORDINATOR) as uow:
        case = await end_introduction(uow, known_id)
        assert await known_to(uow, case) == []
        with pytest.raises(NotFound):
            await end_introduction(uow, known_id)
