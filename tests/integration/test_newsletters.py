"""Newsletters: each address once, whatever dies; nobody who must not have it; never over a border; off with one click."""

from __future__ import annotations

import asyncio
from typing import Any
from uuid import UUID

import pytest

from deploy.worker import import_jobs
from sammen.errors import Conflict, Invalid, NotFound
from sammen.jobs.order import read
from sammen.jobs.queue import enqueue
from sammen.jobs.registry import JOBS
from sammen.jobs.run import run_order
from sammen.outbox.api import TryLater, Undeliverable, register_sender
from sammen.policy.roles import Role
from shared_pool.newsletters.codes import JOINT, ONE, SEND
from shared_pool.newsletters.content import Content, Line, Part, body_html, mail_of
from shared_pool.newsletters.joint import deliveries, keep_setting, send_joint
from shared_pool.newsletters.queries import by_segment, result
from shared_pool.newsletters.sealing import leave_token, read_leave
from shared_pool.newsletters.sending import send_newsletter
from shared_pool.newsletters.subscribers import AddressFacts, add_address
from shared_pool.newsletters.writing import Block, blocks_of, keep_block, newsletter
from tests.database import KEYS
from tests.integration.test_outbox import Inbox, plain, smtp_server
from tests.message_samples import Carrier, carried, run_waiting
from tests.newsletter_samples import ADDRESS, COORDINATOR, draft, home, said_yes
from tests.people_samples import applied
from tests.worlds import World

SHARED = Role.SHARED_COORDINATOR


@pytest.fixture(autouse=True)
def _jobs() -> None:
    import_jobs()


async def send(world: World, slug: str = "horten", **more: Any) -> UUID:
    """Write a newsletter and send it: frozen, and nothing has left."""
    async with world.at(slug, COORDINATOR) as uow:
        new, version = await draft(uow, **more)
        await send_newsletter(uow, new, version, ADDRESS)
    return new


async def deliver(world: World) -> int:
    """Everything that waits, as the worker would: how many addresses were tried."""
    tried = 0
    for _ in range(4):
        await run_waiting(world, JOINT)
        await run_waiting(world, SEND)
        tried += await run_waiting(world, ONE)
    return tried


async def state_of(world: World, newsletter_id: UUID) -> str:
    (row,) = await world.sql("SELECT state FROM newsletter WHERE id = $1", newsletter_id)
    return str(row["state"])


# By a real server ------------------------------------------------------------------------------------------------------
async def test_a_newsletter_arrives_by_smtp_with_both_parts_and_a_button_to_leave(world: World) -> None:
    await home(world, "horten", "post@solbakken.example.no")
    inbox = Inbox()
    async with smtp_server(inbox) as port:
        with carried():
            register_sender("email", plain(port))
            sent = await send(world)
            assert await deliver(world) == 1
    [mail] = inbox.mails
    assert (mail["To"], mail["Subject"]) == ("post@solbakken.example.no", "Nytt i november")
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    link = mail["List-Unsubscribe"].strip("<>")
    assert link.startswith("https://sammen.example.no/nyhetsbrev/av/")
    parts = {
        part.get_content_type(): bytes(part.get_payload(decode=True)).decode()
        for part in mail.walk()
        if not part.is_multipart()
    }
    assert set(parts) == {"text/plain", "text/html"}
    for part in parts.values():
        assert "Velkommen til høsten." in part
        assert "Horten" in part
        assert "homes" not in part
        assert "Bolig" not in part
    assert link in parts["text/plain"]
    assert f'href="{link}"' in parts["text/html"]
    assert '<a href="https://horten.example.no/host">' in parts["text/html"]
    assert await state_of(world, sent) == "sent"


async def test_what_a_server_refuses_is_told_and_what_it_puts_off_is_tried_again(world: World) -> None:
    await home(world, "horten", "a@example.no", name="A")
    await home(world, "horten", "b@example.no", name="B")
    carrier = Carrier([Undeliverable("550"), TryLater("451")])
    with carried(carrier=carrier):
        sent = await send(world)
        await deliver(world)
        async with world.at("horten", COORDINATOR) as uow:
            found = await result(uow, sent)
        assert (found.sent, found.failed, found.queued) == (0, 1, 1)
        assert await state_of(world, sent) == "sending"
        await world.sql("UPDATE newsletter_recipient SET next_try_at = now() - interval '3 minutes'")
        visited = await world.sql("SELECT what, id FROM newsletters_to_send()")
        assert [(row["what"], row["id"]) for row in visited] == [("newsletter", sent)]
        async with world.at("horten", COORDINATOR) as uow:
            await enqueue(uow, SEND, {"newsletter": sent})
        await deliver(world)
    async with world.at("horten", COORDINATOR) as uow:
        assert (await result(uow, sent)).sent == 1
    assert await state_of(world, sent) == "sent"
    kept = await world.sql("SELECT address, last_error FROM newsletter_recipient ORDER BY last_error")
    assert [row["address"] for row in kept] == [None, None]
    assert {row["last_error"] for row in kept} == {"", "550"}


# Once ------------------------------------------------------------------------------------------------------------------
async def test_a_worker_that_dies_after_handing_over_sends_that_one_address_again_and_no_other(
    world: World,
) -> None:
    for number in range(5):
        await home(world, "horten", f"sted{number}@example.no", name=f"Sted {number}")

    class Dies(Carrier):
        async def send(self, notice: Any) -> None:
            self.notices.append(notice)
            if len(self.notices) == 3:
                raise KeyboardInterrupt  # as kill -9: nothing after the server's yes is written

    carrier = Dies()
    with carried(carrier=carrier):
        await send(world)
        await run_waiting(world, SEND)
        rows = await world.sql("DELETE FROM job_queue WHERE headers ->> 'name' = $1 RETURNING payload", ONE)
        orders = [read(row["payload"], KEYS) for row in rows]
        killed = []
        for order in orders:
            try:
                await run_order(world.engine, KEYS, order, JOBS[order.name])
            except BaseException:
                killed.append(order)
        assert len(killed) == 1
        # The queue gives all of them out again; four find their work done.
        for order in orders:
            await run_order(world.engine, KEYS, order, JOBS[order.name])
    sent_to = [notice.address for notice in carrier.notices]
    assert len(set(sent_to)) == 5
    assert len(sent_to) == 6
    twice = [notice for notice in carrier.notices if sent_to.count(notice.address) == 2]
    assert twice[0].id == twice[1].id  # one Message-ID, by which a mailbox can tell


async def test_two_who_send_at_once_send_one(world: World) -> None:
    await home(world, "horten", "a@example.no")
    async with world.at("horten", COORDINATOR) as uow:
        new, version = await draft(uow)

    async def press() -> bool:
        try:
            async with world.at("horten", COORDINATOR) as uow:
                await send_newsletter(uow, new, version, ADDRESS)
        except Conflict:
            return False
        return True

    assert sorted(await asyncio.gather(press(), press())) == [False, True]
    with carried() as carrier:
        await deliver(world)
    assert len(carrier.notices) == 1


async def test_who_is_in_two_segments_or_shares_a_mailbox_gets_one_mail(world: World) -> None:
    _, jonas = await applied(world)
    await said_yes(world, "horten", jonas, "Felles@example.no")
    await home(world, "horten", "felles@example.no")
    await home(world, "horten", "felles@example.no", segment="units")
    with carried() as carrier:
        await send(world, segments=("homes", "users", "units"))
        await deliver(world)
    assert len(carrier.notices) == 1


# Nobody who must not have it -------------------------------------------------------------------------------------------
async def test_a_protected_address_gets_none_and_is_no_number_either(world: World) -> None:
    _, open_one = await applied(world, "Jonas Bergli")
    _, hidden = await applied(world, "Sara Dahl", age=20)
    await said_yes(world, "horten", open_one, "jonas@example.no")
    await said_yes(world, "horten", hidden, "sara@example.no")
    await world.sql("UPDATE person SET protection = 'kode6' WHERE id = $1", hidden)
    await world.sql("UPDATE case_file SET shielded = true WHERE person_id = $1", hidden)
    with carried() as carrier:
        sent = await send(world)
        await deliver(world)
    assert [notice.address for notice in carrier.notices] == ["jonas@example.no"]
    async with world.at("horten", COORDINATOR) as uow:
        found = await result(uow, sent)
        assert (found.sent, found.unreachable) == (1, 0)
        assert await by_segment(uow) == {"users": 1}


async def test_who_leaves_while_it_is_on_its_way_gets_none(world: World) -> None:
    wanted = await home(world, "horten", "a@example.no")
    with carried() as carrier:
        sent = await send(world)
        await run_waiting(world, SEND)
        await world.sql(
            "UPDATE newsletter_subscriber SET state = 'ended', ended_at = now() WHERE id = $1", wanted
        )
        await deliver(world)
    assert carrier.notices == []
    async with world.at("horten", COORDINATOR) as uow:
        assert (await result(uow, sent)).ended == 1


async def test_one_municipality_sends_to_its_own_alone(world: World) -> None:
    await home(world, "horten", "horten@example.no")
    await home(world, "re", "re@example.no")
    with carried() as carrier:
        await send(world)
        await deliver(world)
    assert [notice.address for notice in carrier.notices] == ["horten@example.no"]
    # Re's list and Horten's job: the job's ticket opens Horten and nothing else.
    async with world.job(world.re) as uow:
        (row,) = await world.sql("SELECT newsletter_id FROM newsletter_recipient")
        with pytest.raises(NotFound):
            await newsletter(uow, row["newsletter_id"])


# The joint one ---------------------------------------------------------------------------------------------------------
async def test_the_joint_newsletter_is_sent_by_each_to_its_own_and_the_region_learns_counts(
    world: World,
) -> None:
    for number in range(6):
        await home(world, "horten", f"h{number}@example.no", name=f"H{number}")
    await home(world, "re", "r@example.no")
    async with world.at("vestfold", SHARED) as uow:
        new, version = await draft(uow, segments=("homes",))
        assert await send_joint(uow, new, version, ADDRESS) == 2
    with carried() as carrier:
        await deliver(world)
        await deliver(world)
    assert len(carrier.notices) == 7
    for notice in carrier.notices:
        found = read_leave(KEYS, notice.leave.rpartition("/")[2])
        assert found is not None
        assert found[0] == (world.re if notice.address == "r@example.no" else world.horten)
        assert ("Re kommune" if notice.address == "r@example.no" else "Horten kommune") in notice.body
    async with world.at("vestfold", SHARED) as uow:
        told = {line.name: (line.state, line.sent, line.failed) for line in await deliveries(uow, new)}
    assert told == {"Horten": ("done", 6, 0), "Re": ("done", None, 0)}
    copies = await world.sql("SELECT tenant_id, count(*) AS n FROM newsletter GROUP BY tenant_id")
    assert {row["tenant_id"]: row["n"] for row in copies} == {world.horten: 1, world.re: 1}


async def test_a_municipality_that_holds_the_joint_one_back_sends_nothing_and_the_region_is_told(
    world: World,
) -> None:
    await home(world, "horten", "h@example.no")
    await home(world, "re", "r@example.no")
    async with world.at("re", COORDINATOR) as uow:
        await keep_setting(uow, joint=False, monthly=False, version=0)
    async with world.at("vestfold", SHARED) as uow:
        new, version = await draft(uow, segments=("homes",))
        await send_joint(uow, new, version, ADDRESS)
    with carried() as carrier:
        await deliver(world)
    assert [notice.address for notice in carrier.notices] == ["h@example.no"]
    async with world.at("vestfold", SHARED) as uow:
        assert {line.name: line.state for line in await deliveries(uow, new)}["Re"] == "held"


# Writing ---------------------------------------------------------------------------------------------------------------
async def test_two_editors_of_one_newsletter_are_told_of_each_other(world: World) -> None:
    async with world.at("horten", COORDINATOR) as uow:
        new, version = await draft(uow)
        [one] = blocks_of((await newsletter(uow, new)).body)
    async with world.at("horten", COORDINATOR) as uow:
        await keep_block(uow, new, Block(one.id, "text", "Kari", "Mitt"), version)
    with pytest.raises(Conflict) as told:
        async with world.at("horten", COORDINATOR) as uow:
            await keep_block(uow, new, Block(one.id, "text", "Leif", "Ditt"), version)
    assert (told.value.yours["Tekst"], told.value.theirs["Tekst"]) == ("Ditt", "Mitt")


async def test_an_empty_newsletter_or_one_to_nobody_is_not_sent(world: World) -> None:
    async with world.at("horten", COORDINATOR) as uow:
        new, version = await draft(uow, segments=())
        with pytest.raises(Invalid):
            await send_newsletter(uow, new, version, ADDRESS)
        new, version = await draft(uow, text="  ")
        with pytest.raises(Invalid):
            await send_newsletter(uow, new, version, ADDRESS)


async def test_an_address_stands_once_in_a_segment_and_the_next_municipality_has_another_mark(
    world: World,
) -> None:
    await home(world, "horten", "a@example.no")
    with pytest.raises(Invalid):
        async with world.at("horten", COORDINATOR) as uow:
            await add_address(uow, AddressFacts("homes", "Igjen", "A@example.no"))
    await home(world, "re", "a@example.no")
    marks = await world.sql("SELECT mark, email_sealed FROM newsletter_subscriber")
    assert len({row["mark"] for row in marks}) == 2
    assert all(b"example.no" not in row["email_sealed"] for row in marks)


# What is typed is text -------------------------------------------------------------------------------------------------
def test_markup_in_a_block_is_shown_as_text_in_both_parts() -> None:
    nasty = '<script>alert("x")</script> <img src=x onerror=y> javascript:alert(1) https://ok.example.no/?a=1&b="2"'
    content = Content(
        f"Emne {nasty}", "nb", [Part(nasty, [nasty], [Line(nasty, nasty, nasty, "javascript:alert(1)")])]
    )
    html = mail_of(content, sender=nasty, leave="https://x/av/1").html
    for tag in ("<script", "<img", 'href="javascript', "onerror=y>"):
        assert tag not in html
    assert "&lt;script&gt;" in html
    assert '<a href="https://ok.example.no/?a=1&amp;b=">' in body_html(content)
    assert nasty.split(maxsplit=1)[0] in mail_of(content, sender="Horten", leave="https://x").plain


def test_a_link_to_leave_is_sealed_and_anything_else_is_none(world: World) -> None:
    token = leave_token(KEYS, world.horten, world.re)
    assert read_leave(KEYS, token) == (world.horten, world.re)
    assert world.horten.hex not in token
    for other in ("", "x", token[:-2], token + "AA", "é" * 40, "A" * 4000):
        assert read_leave(KEYS, other) is None
