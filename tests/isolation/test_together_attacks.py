"""What municipalities do together, attacked: numbers told by asking for other numbers, codes tried one after another, a
mailbox filled from many places, and words that mean to be markup.
"""

from __future__ import annotations

import time
from datetime import timedelta
from uuid import UUID, uuid4

import asyncpg
import pytest

from sammen.clock import today
from sammen.db.unit_of_work import plain_transaction
from sammen.errors import Conflict, Invalid
from sammen.outbox.senders import Notice, Undeliverable, mail
from sammen.policy.roles import ROLE_PLACE, Role
from shared_pool.assemblies.attending import check_in
from shared_pool.assemblies.queries import meeting_card
from shared_pool.groups.cards import room_in
from shared_pool.groups.hosting import promise
from shared_pool.newsletters.content import Content, Line, Part, mail_of
from shared_pool.newsletters.door import NewsVisitor
from tenants.sessions.copies import PresenceCopy, put_presence
from tenants.sessions.nightly import forget_guests
from tests import assembly_samples
from tests.database import KEYS
from tests.joint_samples import COORDINATOR, PHONE, joined, leads, meeting, placed
from tests.provider_samples import contact
from tests.settlement_samples import third_municipality
from tests.worlds import World


# Places in groups, by promising others -------------------------------------------------------------------------------------
async def promised(world: World, joint: UUID, partner: UUID, quota: int) -> str:
    """What the host is told when it promises so many places: "" for yes, else the sentence."""
    try:
        async with world.at("horten", COORDINATOR) as uow:
            await promise(uow, joint, partner, quota, None)
    except Invalid as bad:
        return " ".join(one.message for one in bad.errors.values())
    return ""


async def all_answers(world: World, guests: int, *, released: bool) -> list[object]:
    """Everything a host hears who lowers one partner's promise, and then offers another as much as there may be."""
    group, joint, _ = await joined(world, seats=8, quota=3)
    third = await third_municipality(world)
    assert await promised(world, joint, third, 1) == ""
    for name in ("Trym Solvang", "Odd Linnestad")[:guests]:
        await placed(world, "re", joint, name)
    for number in range(2):
        await placed(world, "horten", group, f"Deltaker{number} Moe")
    if released:
        await world.sql("UPDATE joint_partner SET release_on = $1", today() - timedelta(days=1))
    heard: list[object] = [await promised(world, joint, world.re, quota) for quota in (2, 1)]
    for quota in range(2, 9):
        heard.append((quota, await promised(world, joint, third, quota)))
        async with world.at("horten", COORDINATOR) as uow:
            heard.append(repr(await room_in(uow, joint)))
    return heard


@pytest.mark.parametrize("released", [False, True], ids=["kept", "released"])
@pytest.mark.parametrize("guests", [0, 1, 2])
async def test_a_host_who_tries_promises_hears_the_same_with_none_one_and_two_there(
    world: World, guests: int, released: bool
) -> None:
    heard = await all_answers(world, guests, released=released)
    assert heard == EXPECTED.setdefault(released, heard)
    assert "" not in heard[:2], "a promise that was said yes to was made less"


EXPECTED: dict[bool, list[object]] = {}
"""What was heard in the first world, for the next ones to be held up to."""


async def test_who_used_a_released_place_is_not_told_of_by_keeping_promises_anew(world: World) -> None:
    """Two partners of one place each, let go: whoever took the other's too is there twice, and that must not show."""
    heard = []
    group, joint, _ = await joined(world, seats=8, quota=1)
    third = await third_municipality(world)
    await promised(world, joint, third, 1)
    await world.sql("UPDATE joint_partner SET state = 'yes', duty_phone = $1", PHONE)
    for number in range(5):
        await placed(world, "horten", group, f"Deltaker{number} Moe")
    for extra in range(3):
        await world.sql("UPDATE joint_partner SET release_on = $1", today() - timedelta(days=1))
        if extra:
            async with world.job(world.re) as uow:
                taken = await uow.call("SELECT answer FROM sammen.joint_seat($1, NULL, 'member')", joint)
            assert taken[0]["answer"] == "done"
        heard.append([await promised(world, joint, third, quota) for quota in (1, 2, 3)])
        await world.sql("UPDATE joint_partner SET quota = 1")
    assert heard[0] == heard[1] == heard[2]


# Codes -----------------------------------------------------------------------------------------------------------------------
async def test_the_code_on_the_board_is_tried_ten_times_an_hour_and_wrong_ones_count(world: World) -> None:
    marte = await contact(world, "horten", "Marte Lie")
    assembly = await assembly_samples.planned(world)
    await assembly_samples.invited(world, "horten", assembly, [marte])
    card = (await assembly_samples.meetings_of(world, "horten", assembly))[0]
    await assembly_samples.begin(world, card.id)
    for _ in range(10):
        async with world.at("horten", COORDINATOR) as uow:
            assert not await check_in(uow, card.id, marte, "AAAAA")
    with pytest.raises(Conflict):
        async with world.at("horten", COORDINATOR) as uow:
            await check_in(uow, card.id, marte, card.door_code)
    async with world.at("horten", COORDINATOR) as uow:
        assert (await meeting_card(uow, card.id)).came == 0


async def test_another_municipality_uses_up_nobodys_tries(world: World) -> None:
    marte = await contact(world, "horten", "Marte Lie")
    assembly = await assembly_samples.planned(world)
    await assembly_samples.invited(world, "horten", assembly, [marte])
    (guest, *_) = await world.sql("SELECT id FROM assembly_guest")
    async with world.at("re", COORDINATOR) as uow:
        assert not (await uow.call("SELECT sammen.meeting_try($1) AS free", guest["id"]))[0]["free"]
    assert await world.sql("SELECT 1 FROM course_knock") == []


# Mail ------------------------------------------------------------------------------------------------------------------------
async def test_a_mailbox_is_not_filled_by_going_from_municipality_to_municipality(world: World) -> None:
    await third_municipality(world)
    slugs = ("horten", "re", "tonsberg")
    sent = 0
    for n, slug in enumerate(slugs * 4):
        visitor = NewsVisitor(world.engine, KEYS, f"192.0.2.{n}")
        place, _ = await visitor.place(slug)
        try:
            await visitor.sign_up(place, "users", "nb", "Nabo@example.no" if n % 2 else " nabo@example.no")
        except Invalid:
            continue
        sent += 1
    assert sent == 3
    # The lists themselves know the mailbox by unlike marks.
    marks = await world.sql(
        "SELECT count(DISTINCT mark) AS n, count(DISTINCT municipality_id) AS m FROM newsletter_signup"
    )
    assert marks[0]["n"] == marks[0]["m"] == 3


async def test_signing_up_wants_a_proof_of_the_very_mailbox_that_is_counted(world: World) -> None:
    mark, expires = b"m" * 32, int(time.time()) + 60
    proof = KEYS.door_proof(f"newsletter.sign_up|{expires}")
    with pytest.raises(asyncpg.InvalidAuthorizationSpecificationError):
        async with plain_transaction(world.engine) as raw:
            await raw.fetchval(
                "SELECT sammen.newsletter_sign_up($1, $2, 'users', 'nb', $3, $4, $3, $4, $3, $3, $5, $6)",
                uuid4(), world.horten, mark, b"s" * 40, expires, proof,
            )  # fmt: skip


MARKUP = '"><script>alert(1)</script><img src=x onerror=alert(1)>'


def test_a_newsletters_words_are_words_in_the_mail() -> None:
    line = Line(MARKUP, MARKUP, MARKUP, f"https://x.no/{MARKUP}")
    content = Content(
        MARKUP, "nb", [Part(MARKUP, [MARKUP, f"https://x.no/{MARKUP}", "javascript:alert(1)"], [line])]
    )
    made = mail_of(content, sender=MARKUP, leave="https://sammen.example.no/av")
    assert "<script" not in made.html
    assert "<img" not in made.html
    assert 'href="javascript' not in made.html


@pytest.mark.parametrize(
    "notice",
    [
        Notice(uuid4(), "a@example.no", "Nytt\r\nBcc: alle@example.no", "Hei"),
        Notice(uuid4(), "a@example.no", "Nytt", "Hei", "", "https://x.no/\r\nBcc: alle@example.no"),
        Notice(uuid4(), "a@example.no\r\nBcc: alle@example.no", "Nytt", "Hei"),
    ],
    ids=["subject", "leave", "address"],
)
def test_no_field_of_a_mail_writes_a_header_of_its_own(notice: Notice) -> None:
    with pytest.raises((ValueError, Undeliverable)):
        mail(notice, "post@sammen.example.no")


# Day lists -------------------------------------------------------------------------------------------------------------------
async def test_cards_and_seats_of_a_home_are_read_by_no_role_elsewhere_with_any_statement(
    world: World,
) -> None:
    group, joint, leaders = await joined(world)
    await leads(world, leaders[0])
    await placed(world, "re", joint, "Trym Solvang")
    await meeting(world, group)
    tables = ("day_card", "joint_seat")
    for table in tables:
        assert await world.sql(f"SELECT 1 FROM {table}"), f"nothing to find in {table}"
    for role in (role for role in Role if ROLE_PLACE[role] in ("municipality", "own")):
        async with world.at("horten", role) as uow:
            for table in tables:
                assert await uow.call(f"SELECT 1 FROM sammen.{table}") == [], (role, table)


@pytest.mark.parametrize("table", ["course_voice", "certificate_mark", "course_knock"])
async def test_answers_codes_and_tries_are_behind_functions_alone(shared_world: World, table: str) -> None:
    for role in (role for role in Role if ROLE_PLACE[role] in ("municipality", "own")):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            async with shared_world.at("horten", role) as uow:
                await uow.call(f"SELECT 1 FROM sammen.{table}")


async def test_guests_of_yesterday_are_in_no_row_of_the_hosts(world: World) -> None:
    group, joint, leaders = await joined(world)
    await leads(world, leaders[0])
    await placed(world, "re", joint, "Trym Solvang")
    session = await meeting(world, group)
    seat = (await world.sql("SELECT id FROM joint_seat"))[0]["id"]
    async with world.job(world.horten) as uow:
        await put_presence(uow, session, PresenceCopy("present"), seat_id=seat)
    of_guests = "SELECT 1 FROM session_presence WHERE tenant_id = $1 AND seat_id IS NOT NULL"
    async with world.job(world.horten) as uow:
        await forget_guests(uow)
    assert len(await world.sql(of_guests, world.horten)) == 1
    await world.sql(
        "UPDATE group_session SET starts_at = starts_at - interval '1 day', ends_at = ends_at - interval '1 day'"
    )
    async with world.job(world.horten) as uow:
        await forget_guests(uow)
    assert await world.sql(of_guests, world.horten) == []
