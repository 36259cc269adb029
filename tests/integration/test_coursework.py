"""What comes of a course on a real database: who came, what was made up for, exams, certificates and what they count as."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from decimal import Decimal
from uuid import UUID, uuid4

import asyncpg
import pytest

from sammen.clock import today
from sammen.db.unit_of_work import UnitOfWork
from sammen.errors import Conflict, Invalid, NotFound
from sammen.policy.roles import Role
from shared_pool.courses.api import course_card, sign_up
from shared_pool.coursework.cards import put_course_cards
from shared_pool.coursework.certificates import recognise, replace, withdraw
from shared_pool.coursework.checking import Asker
from shared_pool.coursework.codes import door_code
from shared_pool.coursework.completing import (
    MakeupFacts,
    complete,
    complete_ready,
    make_up,
    note_missed,
    participants,
    reopen,
)
from shared_pool.coursework.door import (
    Door,
    doors,
    exam_seats,
    note_came,
    note_exam,
    note_presence,
    note_rest_absent,
    seats_at,
    voices,
)
from shared_pool.coursework.gates import gates_of
from shared_pool.coursework.jobs import day
from shared_pool.coursework.own import check_in, own_course, say
from shared_pool.coursework.queries import certificates, expiring, recognised_here
from tenants.contacts.api import add_competence, competences_of
from tests.course_samples import begin, crowd, hosted, planned
from tests.database import KEYS
from tests.provider_samples import contact
from tests.worlds import World


@contextmanager
def refused(words: str) -> Iterator[None]:
    """What follows is refused with a sentence that has these words."""
    with pytest.raises(Invalid) as bad:
        yield
    said = " ".join(error.message % error.params for error in bad.value.errors.values())
    assert words in said


COORDINATOR, HOLDER = Role.PROVIDER_COORDINATOR, Role.COURSE_COORDINATOR


async def on_course(
    world: World, course: UUID, slug: str, name: str = "Amund Vik", **more: object
) -> tuple[UUID, UUID]:
    """(contact, sign-up) of somebody with a seat."""
    who = await contact(world, slug, name, **more)  # type: ignore[arg-type]  # as contact takes it
    async with world.at(slug, COORDINATOR) as uow:
        return who, await sign_up(uow, course, who)


async def seat_of(world: World, signup: UUID) -> UUID:
    found: UUID = (await world.sql("SELECT enrolment_id FROM course_signup WHERE id = $1", signup))[0][
        "enrolment_id"
    ]
    return found


async def only_door(uow: UnitOfWork, course: UUID) -> Door:
    (found,) = await doors(uow, course)
    return found


async def attended(world: World, course: UUID, *signups: UUID) -> None:
    """Somebody of the region notes that these came, and the course is over."""
    await begin(world, course)
    async with world.at("vestfold", HOLDER) as uow:
        here = await only_door(uow, course)
        for signup in signups:
            await note_presence(uow, here, await seat_of(world, signup), "present")
    await begin(world, course, over=True)


async def certified(
    world: World, kind: str = "intro", slug: str = "horten", name: str = "Amund Vik"
) -> tuple[UUID, UUID]:
    """(contact, certificate) of somebody who has completed a joint course."""
    course = await planned(world, kind=kind)
    who, signup = await on_course(world, course, slug, name)
    await attended(world, course, signup)
    async with world.at(slug, COORDINATOR) as uow:
        made = await complete(uow, signup)
    assert made is not None
    return who, made


async def code_of(world: World, certificate: UUID) -> str:
    return str((await world.sql("SELECT code FROM course_certificate WHERE id = $1", certificate))[0]["code"])


# At the door ---------------------------------------------------------------------------------------------------------------
async def test_the_holder_reads_names_on_the_day_alone_and_each_home_sees_that_they_were_read(
    world: World,
) -> None:
    course = await planned(world)
    await on_course(world, course, "horten")
    await on_course(world, course, "re", "Liv Haug")
    async with world.at("vestfold", HOLDER) as uow:
        assert [one.name for one in await seats_at(uow, await only_door(uow, course))] == ["", ""]
    await begin(world, course)
    for tenant in (world.horten, world.re):
        async with world.job(tenant) as uow:
            await put_course_cards(uow, course)
    async with world.at("vestfold", HOLDER) as uow:
        seats = await seats_at(uow, await only_door(uow, course))
    assert [(one.name, one.home) for one in seats] == [("Amund Vik", "Horten"), ("Liv Haug", "Re")]
    trail = await world.sql("SELECT tenant_id, why FROM audit_entry WHERE action = 'day_list.read'")
    assert {row["tenant_id"] for row in trail} == {world.horten, world.re}
    assert {row["why"] for row in trail} == {"Kursholderen leste dagslista for kurset"}


async def test_a_protected_address_is_on_no_list_and_is_counted(world: World) -> None:
    course = await planned(world)
    who, _ = await on_course(world, course, "horten")
    await world.sql(
        "UPDATE person SET protection = 'kode6' WHERE id = (SELECT person_id FROM support_contact WHERE id = $1)",
        who,
    )
    await begin(world, course)
    async with world.job(world.horten) as uow:
        await put_course_cards(uow, course)
    async with world.at("vestfold", HOLDER) as uow:
        assert [one.name for one in await seats_at(uow, await only_door(uow, course))] == [""]


async def test_nobody_but_the_holder_finds_a_door_and_others_note_nothing(world: World) -> None:
    course = await hosted(world, "horten")
    _, signup = await on_course(world, course, "re", "Liv Haug")
    await begin(world, course)
    seat = await seat_of(world, signup)
    async with world.at("horten", COORDINATOR) as uow:
        here = await only_door(uow, course)
        await note_presence(uow, here, seat, "present")
    for slug, role in (
        ("re", COORDINATOR),
        ("vestfold", HOLDER),
        ("horten", Role.PAYROLL),
        ("vestfold", Role.PARTNER),
    ):
        async with world.at(slug, role) as uow:
            with pytest.raises(NotFound):
                await doors(uow, course)
            with pytest.raises(NotFound):
                await note_presence(uow, here, seat, "absent")
            assert not await uow.call("SELECT * FROM sammen.course_seats_at($1)", here.id)
            assert not await uow.call("SELECT * FROM sammen.course_day_list($1)", here.id)
            assert not await uow.call("SELECT * FROM sammen.course_voices($1)", course)
    assert [row["state"] for row in await world.sql("SELECT state FROM course_presence")] == ["present"]


async def test_whoever_is_named_for_a_session_holds_its_list_whatever_their_role(world: World) -> None:
    course = await hosted(world, "horten")
    await on_course(world, course, "horten")
    await begin(world, course)
    trainer = world.user("horten", Role.PAYROLL)
    await world.sql("UPDATE course_session SET trainer_ids = $1 WHERE course_id = $2", [trainer], course)
    async with world.at("horten", Role.PAYROLL) as uow:
        assert [one.name for one in await seats_at(uow, await only_door(uow, course))] == ["Amund Vik"]


async def test_what_is_noted_twice_is_there_once_and_a_hundred_at_once_do_not_quarrel(world: World) -> None:
    course = await planned(world, 30)
    made = []
    for who in await crowd(world, "horten", 10):
        async with world.at("horten", COORDINATOR) as uow:
            made.append(await sign_up(uow, course, who))
    await begin(world, course)
    seats = [await seat_of(world, one) for one in made]

    async def tick(seat: UUID) -> None:
        async with world.at("vestfold", HOLDER) as uow:
            await note_came(uow, await only_door(uow, course), [seat])

    await asyncio.gather(*(tick(seat) for seat in seats for _ in range(3)))
    rows = await world.sql("SELECT state, minutes, version FROM course_presence")
    assert [row["state"] for row in rows] == ["present"] * 10
    async with world.at("vestfold", HOLDER) as uow:
        assert [(one.noted, one.came) for one in await doors(uow, course)] == [(10, 10)]


async def test_a_list_kept_in_the_break_takes_hours_from_nobody_but_those_who_come_then(world: World) -> None:
    course = await planned(world, 30)
    made = []
    for who in await crowd(world, "horten", 2):
        async with world.at("horten", COORDINATOR) as uow:
            made.append(await sign_up(uow, course, who))
    await world.sql(
        "UPDATE course_session SET starts_at = now() - interval '1 hour', ends_at = now() + interval '1 hour'"
        " WHERE course_id = $1",
        course,
    )
    for signup, late in zip(made, (False, True), strict=True):
        async with world.at("vestfold", HOLDER) as uow:
            await note_came(uow, await only_door(uow, course), [await seat_of(world, signup)], late=late)
    rows = await world.sql("SELECT state, minutes FROM course_presence ORDER BY minutes")
    assert [(row["state"], row["minutes"]) for row in rows] == [("late", 60), ("present", 120)]


async def test_the_rest_are_noted_as_absent_when_it_has_begun_and_not_before(world: World) -> None:
    course = await planned(world)
    await on_course(world, course, "horten")
    await begin(world, course)
    async with world.at("vestfold", HOLDER) as uow:
        here = await only_door(uow, course)
        with pytest.raises(Invalid):
            await note_rest_absent(uow, here)
    await world.sql(
        "UPDATE course_session SET starts_at = now() - interval '20 minutes' WHERE course_id = $1", course
    )
    async with world.at("vestfold", HOLDER) as uow:
        assert await note_rest_absent(uow, await only_door(uow, course)) == 1
        assert await note_rest_absent(uow, await only_door(uow, course)) == 0


async def test_a_session_is_noted_neither_days_before_nor_a_month_after(world: World) -> None:
    course = await planned(world)
    _, signup = await on_course(world, course, "horten")
    seat = await seat_of(world, signup)
    async with world.at("vestfold", HOLDER) as uow:
        with refused("begynt"):
            await note_presence(uow, await only_door(uow, course), seat, "present")
    await world.sql(
        "UPDATE course_session SET starts_at = now() - interval '41 days', ends_at = now() - interval '40 days'"
    )
    async with world.at("vestfold", HOLDER) as uow:
        with refused("30 dager"):
            await note_presence(uow, await only_door(uow, course), seat, "present")


# Coming, told by oneself -----------------------------------------------------------------------------------------------------
async def test_a_contact_checks_in_with_the_code_at_the_door_and_the_holder_has_the_last_word(
    world: World,
) -> None:
    course = await planned(world)
    _, signup = await on_course(world, course, "horten", user=world.user("horten", Role.CONTACT))
    await begin(world, course)
    async with world.at("horten", Role.CONTACT) as uow:
        own = await own_course(uow, course)
        assert own.open_now is not None
        assert not await check_in(
            uow, own, "000000" if door_code(KEYS, own.open_now.id) != "000000" else "111111"
        )
        right = door_code(KEYS, own.open_now.id)
        assert await check_in(uow, own, f"{right[:3]} {right[3:]}")
    async with world.at("vestfold", HOLDER) as uow:
        here = await only_door(uow, course)
        (seat,) = await seats_at(uow, here)
        assert (seat.state, seat.by_self) == ("present", True)
        await note_presence(uow, here, seat.id, "absent")
    async with world.at("horten", Role.CONTACT) as uow:
        assert await check_in(uow, await own_course(uow, course), right)
    assert [row["state"] for row in await world.sql("SELECT state FROM course_presence")] == ["absent"]
    assert await seat_of(world, signup) == seat.id


async def test_codes_are_tried_ten_times_an_hour_and_only_while_the_session_is_on(world: World) -> None:
    course = await planned(world)
    await on_course(world, course, "horten", user=world.user("horten", Role.CONTACT))
    async with world.at("horten", Role.CONTACT) as uow:
        with pytest.raises(Conflict):
            await check_in(uow, await own_course(uow, course), "123456")
    await begin(world, course)
    for _ in range(10):
        async with world.at("horten", Role.CONTACT) as uow:
            assert not await check_in(uow, await own_course(uow, course), "x")
    async with world.at("horten", Role.CONTACT) as uow:
        own = await own_course(uow, course)
        assert own.open_now is not None
        with pytest.raises(Conflict, match="mange ganger"):
            await check_in(uow, own, door_code(KEYS, own.open_now.id))


async def test_checking_in_without_the_programs_proof_is_refused(world: World) -> None:
    course = await planned(world)
    _, signup = await on_course(world, course, "horten", user=world.user("horten", Role.CONTACT))
    await begin(world, course)
    session = (await world.sql("SELECT id FROM course_session"))[0]["id"]
    with pytest.raises(Exception, match="proof refused"):
        async with world.at("horten", Role.CONTACT) as uow:
            await uow.call(
                "SELECT sammen.check_in($1, $2, 0, $3)", session, await seat_of(world, signup), b"x" * 32
            )


# Completing ------------------------------------------------------------------------------------------------------------------
async def test_who_came_gets_a_certificate_by_night_and_the_course_counts_at_home(world: World) -> None:
    course = await planned(world, kind="first_aid")
    who, signup = await on_course(world, course, "horten")
    other, _ = await on_course(world, course, "horten", "Sara Dahl")
    await attended(world, course, signup)
    async with world.job(world.horten) as uow:
        assert await complete_ready(uow) == 1
        assert await complete_ready(uow) == 0
        held = await competences_of(uow, [who, other])
        assert [one for one in held if "first_aid" in held[one]] == [who]
        (one,) = await certificates(uow, who)
    assert (one.name, one.hours, one.state) == ("Amund Vik", Decimal("2.98"), "valid")
    assert one.valid_to is not None
    assert one.valid_to.year == today().year + 2
    assert len(one.code) == 15


async def test_who_missed_something_needs_it_made_up_for_or_a_reason(world: World) -> None:
    course = await planned(world)
    who, signup = await on_course(world, course, "horten")
    other, second = await on_course(world, course, "horten", "Sara Dahl")
    await attended(world, course, second)
    async with world.at("vestfold", HOLDER) as uow:
        here = await only_door(uow, course)
        await note_presence(
            uow, here, await seat_of(world, signup), "late", here.starts_at + timedelta(hours=2)
        )
    await world.sql("UPDATE course SET min_hours = 2")
    async with world.at("horten", COORDINATOR) as uow:
        card = await course_card(uow, course)
        stand = {one.contact_id: one.standing for one in await participants(uow, card)}
        assert (stand[who].hours, stand[who].lacks, stand[other].lacks) == (Decimal("0.98"), ["hours"], [])
        with refused("likevel"):
            await complete(uow, signup)
    async with world.at("horten", COORDINATOR) as uow:
        session = stand[who].meetings[0].session_id
        with refused("høyst"):
            await make_up(uow, signup, MakeupFacts(session, "noted", Decimal(9), today(), "Leste heftet"))
        await make_up(
            uow, signup, MakeupFacts(session, "noted", Decimal("2.5"), today(), "Leste heftet med Kari")
        )
        with pytest.raises(Conflict):
            await make_up(uow, signup, MakeupFacts(session, "noted", Decimal(1), today(), "En gang til"))
        assert await complete(uow, signup) is not None


async def test_a_session_of_another_course_of_the_same_kind_may_stand_for_one_that_was_missed(
    world: World,
) -> None:
    first = await planned(world)
    who, signup = await on_course(world, first, "horten")
    await attended(world, first, signup)
    second = await planned(world)
    async with world.at("horten", COORDINATOR) as uow:
        again = await sign_up(uow, second, who)
    await begin(world, second, over=True)
    async with world.at("horten", COORDINATOR) as uow:
        there = (await participants(uow, await course_card(uow, first)))[0].standing.meetings[0].session_id
        here = (await participants(uow, await course_card(uow, second)))[0].standing.meetings[0].session_id
        with pytest.raises(Invalid):
            await make_up(
                uow, again, MakeupFacts(here, "other_course", Decimal(0), today(), other_session_id=uuid4())
            )
        await make_up(
            uow, again, MakeupFacts(here, "other_course", Decimal(0), today(), other_session_id=there)
        )
        assert (await participants(uow, await course_card(uow, second)))[0].standing.lacks == []


async def test_nothing_is_completed_before_the_course_is_over_or_by_another_municipality(
    world: World,
) -> None:
    course = await planned(world)
    _, signup = await on_course(world, course, "horten")
    async with world.at("horten", COORDINATOR) as uow:
        with pytest.raises(Conflict):
            await complete(uow, signup)
        with pytest.raises(Conflict):
            await note_missed(uow, signup)
    await begin(world, course, over=True)
    async with world.at("re", COORDINATOR) as uow:
        with pytest.raises(NotFound):
            await complete(uow, signup)
    async with world.at("horten", COORDINATOR) as uow:
        await note_missed(uow, signup)
        assert await complete(uow, signup) is not None  # nobody kept a list: the coordinator's word
        with pytest.raises(Conflict):
            await note_missed(uow, signup)


# Exams -----------------------------------------------------------------------------------------------------------------------
async def test_a_training_course_needs_its_exam_and_two_weeks_go_between_two_tries(world: World) -> None:
    course = await planned(world, kind="training")
    who, signup = await on_course(world, course, "horten")
    await attended(world, course, signup)
    await world.sql("UPDATE course SET starts_at = now() - interval '40 days'")
    seat = await seat_of(world, signup)
    async with world.at("horten", COORDINATOR) as uow:
        with pytest.raises(Conflict, match="eksamen"):
            await complete(uow, signup, why="Jeg vil")
    async with world.at("vestfold", HOLDER) as uow:
        failed = today() - timedelta(days=10)
        await note_exam(uow, course, seat, "failed", failed, retake_days=14)
        with refused("14"):
            await note_exam(uow, course, seat, "passed", today(), retake_days=14)
        with pytest.raises(Invalid):
            await note_exam(uow, course, seat, "passed", today() + timedelta(days=1), retake_days=14)
    await world.sql("UPDATE course_exam SET taken_on = taken_on - 10")
    async with world.at("vestfold", HOLDER) as uow:
        await note_exam(uow, course, seat, "passed", today(), retake_days=14)
        (one,) = await exam_seats(uow, course)
        assert (one.result, one.tries) == ("passed", 2)
    async with world.at("re", COORDINATOR) as uow:
        assert not await uow.call("SELECT * FROM sammen.course_exam")
        with pytest.raises(NotFound):
            await note_exam(uow, course, seat, "failed", today(), retake_days=14)
    async with world.at("horten", COORDINATOR) as uow:
        made = await complete(uow, signup)
        assert made is not None
        assert "training_course" in (await competences_of(uow, [who]))[who]


# Certificates ----------------------------------------------------------------------------------------------------------------
def asker(world: World, address: str = "192.0.2.1") -> Asker:
    return Asker(world.engine, KEYS, address)


async def test_anybody_with_the_code_learns_of_the_course_and_the_name_is_for_who_knows_it(
    world: World,
) -> None:
    _, made = await certified(world)
    code = await code_of(world, made)
    found = await asker(world).check(f"{code[:5]}-{code[5:10].lower()} {code[10:]}")
    assert found is not None
    assert (found.title, found.state, found.name) == ("Innføringskurs", "valid", "")
    named = await asker(world).check(code, " vik ")
    wrong = await asker(world).check(code, "Berg")
    assert named is not None
    assert wrong is not None
    assert (named.name, wrong.name) == ("Amund Vik", "")
    assert await asker(world).check("A" * 15) is None
    assert await asker(world).check("tull") is None


async def test_thirty_tries_in_an_hour_and_then_one_waits(world: World) -> None:
    for _ in range(30):
        assert await asker(world).check("A" * 15) is None
    with refused("Vent litt"):
        await asker(world).check("A" * 15)
    assert await asker(world, "192.0.2.77").check("A" * 15) is None


async def test_a_door_without_a_proof_is_closed(world: World) -> None:
    with pytest.raises(asyncpg.PostgresError, match="proof refused"):
        async with world.at("horten", COORDINATOR) as uow:
            await uow.raw.fetch(
                "SELECT * FROM sammen.certificate_check($1, '', $2, 0, $3)", "A" * 15, b"x" * 32, b"x" * 32
            )


async def test_another_municipality_recognises_a_certificate_once_and_only_for_who_has_the_name(
    world: World,
) -> None:
    _, made = await certified(world)
    code = await code_of(world, made)
    same = await contact(world, "re", "Amund Vik")
    other = await contact(world, "re", "Liv Haug")
    async with world.at("re", COORDINATOR) as uow:
        with pytest.raises(Invalid):
            await recognise(uow, same, "tull")
        with refused("legitimasjon"):
            await recognise(uow, other, code)
        await recognise(uow, same, code.lower())
        with pytest.raises(Conflict):
            await recognise(uow, same, code)
        assert "intro_course" in (await competences_of(uow, [same]))[same]
    async with world.at("horten", COORDINATOR) as uow:
        here = await contact(world, "horten", "Sara Dahl")
        with refused("utstedt her"):
            await recognise(uow, here, code)


async def test_a_replaced_certificate_says_so_and_a_withdrawn_one_takes_what_it_gave(world: World) -> None:
    who, made = await certified(world)
    code = await code_of(world, made)
    same = await contact(world, "re", "Amund Vik")
    async with world.at("re", COORDINATOR) as uow:
        await recognise(uow, same, code)
    await world.sql("UPDATE person SET family_name = 'Berg' WHERE tenant_id = $1", world.horten)
    async with world.at("horten", COORDINATOR) as uow:
        with pytest.raises(Invalid):
            await replace(uow, made, "")
        new = await replace(uow, made, "Gift")
        with pytest.raises(Conflict):
            await replace(uow, made, "En gang til")
    old, fresh = await asker(world).check(code), await asker(world).check(await code_of(world, new), "berg")
    assert old is not None
    assert fresh is not None
    assert (old.state, fresh.state, fresh.name) == ("replaced", "valid", "Amund Berg")
    async with world.at("horten", COORDINATOR) as uow:
        await reopen(uow, *await withdraw(uow, new, "Feil person"))
        assert "intro_course" not in (await competences_of(uow, [who])).get(who, {})
    assert (await world.sql("SELECT outcome FROM course_signup"))[0]["outcome"] == ""
    async with world.job(world.re) as uow:
        await day(uow, {})
        assert [one.state for one in await recognised_here(uow)] == ["replaced"]


async def test_what_soon_counts_no_more_is_due_and_the_contact_is_told_once(world: World) -> None:
    who = await contact(world, "horten")
    async with world.at("horten", COORDINATOR) as uow:
        await add_competence(
            uow, who, "first_aid", today() - timedelta(days=700), valid_to=today() + timedelta(days=30)
        )
        (due,) = await expiring(uow)
        assert (due.contact_id, due.code) == (who, "first_aid")
        await add_competence(uow, who, "first_aid", today(), valid_to=today() + timedelta(days=730))
        assert not await expiring(uow)


# What participants thought -----------------------------------------------------------------------------------------------
async def test_answers_are_shown_in_whole_fives_and_nothing_tells_whose_they_are(world: World) -> None:
    course = await planned(world, 30)
    _, signup = await on_course(world, course, "horten", user=world.user("horten", Role.CONTACT))
    await attended(world, course, signup)
    async with world.at("horten", Role.CONTACT) as uow:
        own = await own_course(uow, course)
        assert own.asked
        await say(uow, own, 5, 4, "Nyttig")
        with pytest.raises(Conflict):
            await say(uow, own, 1, 1, "")
    assert set((await world.sql("SELECT * FROM course_voice"))[0].keys()) == {
        "id", "region_id", "course_id", "number", "useful", "teaching", "words",
    }  # fmt: skip

    async def more(count: int) -> None:
        await world.sql(
            "INSERT INTO course_voice (id, region_id, course_id, number, useful, teaching, words) SELECT gen_random_uuid(), $1,"
            " $2, (SELECT max(number) FROM course_voice) + g, 3, 3, 'ord' FROM generate_series(1, $3) g",
            world.region, course, count,
        )  # fmt: skip

    async def shown() -> int:
        async with world.at("vestfold", HOLDER) as uow:
            found = await voices(uow, course)
        return found.count if found else 0

    await more(3)
    assert await shown() == 0
    await more(3)
    assert await shown() == 5
    await more(3)
    assert await shown() == 10
    await world.sql(
        "UPDATE course SET ends_at = now() - interval '22 days', starts_at = now() - interval '23 days'"
    )
    await more(2)
    assert await shown() == 12


# Gates -----------------------------------------------------------------------------------------------------------------
async def test_who_lacks_a_course_is_shown_the_next_free_seat_and_then_that_they_are_signed_up(
    world: World,
) -> None:
    who = await contact(world, "horten", guided=False)
    async with world.at("horten", COORDINATOR) as uow:
        (one,) = await gates_of(uow, who)
        assert (one.code, one.free) == ("guidance", None)
    course = await planned(world)
    async with world.at("horten", COORDINATOR) as uow:
        (one,) = await gates_of(uow, who)
        assert one.free is not None
        assert one.free.id == course
        await sign_up(uow, course, who)
        (one,) = await gates_of(uow, who)
        assert one.signed_up is not None
        await add_competence(uow, who, "intro_course", today())
        assert not await gates_of(uow, who)
