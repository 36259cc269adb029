"""The public way onto a list and off it: confirmed by mail, one click, constant answers, and a scanner that changes nothing."""

from __future__ import annotations

import re
from typing import Any
from uuid import UUID

import pytest

from deploy.worker import import_jobs
from sammen.policy.roles import Role
from shared_pool.newsletters.codes import SIGNUP
from shared_pool.newsletters.sealing import leave_token
from shared_pool.recruitment.consents import give, holding
from shared_pool.recruitment.service import withdraw_everything
from tests.database import KEYS
from tests.message_samples import carried, run_waiting
from tests.newsletter_samples import COORDINATOR, home, said_yes
from tests.people_samples import applied
from tests.provider_samples import contact
from tests.worlds import Browser, World

FORM = {"hvem": "users", "epost": "mor@example.no"}


@pytest.fixture(autouse=True)
def _jobs() -> None:
    import_jobs()


def said(page: str) -> str:
    """What a page says, without the frame's own address of it."""
    return page[page.index("<main") : page.index("</main>")]


async def subscribers(world: World) -> list[Any]:
    return await world.sql("SELECT * FROM newsletter_subscriber ORDER BY created_at")


async def asked(world: World, **changes: str) -> str:
    """Sign up in Horten; the confirmation's path."""
    visitor = Browser(world.app)
    with carried() as carrier:
        answer = await visitor.post("/nyhetsbrev/horten", data={**FORM, **changes})
        assert answer.status_code == 200
        await run_waiting(world, SIGNUP)
    [notice] = carrier.notices
    assert "users" not in notice.body
    found = re.search(r"https://sammen\.example\.no(/nyhetsbrev/bekreft/\S+)", notice.body)
    assert found
    return found.group(1)


async def test_somebody_signs_up_confirms_and_is_on_the_list_with_a_sealed_address(world: World) -> None:
    visitor = Browser(world.app)
    page = await visitor.get("/nyhetsbrev/horten")
    assert "Nyhetsbrev fra Horten" in page.text
    path = await asked(world)
    assert await subscribers(world) == []
    # A mail scanner opens the link: nothing happens, however often.
    for _ in range(3):
        assert (await visitor.get(path)).status_code == 200
    assert await subscribers(world) == []
    done = await visitor.post(path)
    assert "Neste nyhetsbrev fra Horten" in done.text
    [row] = await subscribers(world)
    assert (row["segment"], row["source"], row["state"], row["tenant_id"]) == (
        "users",
        "public",
        "active",
        world.horten,
    )
    assert (row["person_id"], row["name"]) == (None, "")
    assert b"mor@example.no" not in row["email_sealed"]
    # Pressed again: on the list still, once.
    await visitor.post(path)
    assert len(await subscribers(world)) == 1


async def test_the_answer_is_the_same_for_who_is_on_the_list_and_who_is_not(world: World) -> None:
    visitor = Browser(world.app)
    await visitor.post(await asked(world))
    first = await visitor.post("/nyhetsbrev/horten", data=FORM)
    other = await visitor.post("/nyhetsbrev/horten", data={**FORM, "epost": "ingen@example.no"})
    assert first.text == other.text


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"epost": ""}, "Skriv e-postadressen din."),
        ({"epost": "uten krøll"}, "Skriv e-postadressen slik"),
        ({"epost": "a@b.no\r\nBcc: alle@example.no"}, "Skriv e-postadressen slik"),
        ({"hvem": "alle"}, "Velg hvem du er."),
        ({"nettsted": "http://x"}, "La dette feltet stå tomt."),
    ],
)
async def test_a_form_that_must_be_mended_says_how(world: World, changes: dict[str, str], said: str) -> None:
    answer = await Browser(world.app).post("/nyhetsbrev/horten", data={**FORM, **changes})
    assert answer.status_code == 422
    assert said in answer.text
    assert await world.sql("SELECT id FROM newsletter_signup") == []


async def test_a_mailbox_is_not_filled_by_somebody_who_keeps_asking(world: World) -> None:
    visitor = Browser(world.app)
    answers = [(await visitor.post("/nyhetsbrev/horten", data=FORM)).status_code for _ in range(4)]
    assert answers == [200, 200, 200, 422]


async def test_one_click_takes_one_off_and_a_scanner_does_not(world: World) -> None:
    wanted = await home(world, "horten", "a@example.no")
    stays = await home(world, "re", "a@example.no")
    visitor, path = Browser(world.app), f"/nyhetsbrev/av/{leave_token(KEYS, world.horten, wanted)}"
    for _ in range(3):
        shown = await visitor.get(path)
        assert shown.status_code == 200
    assert [row["state"] for row in await subscribers(world)] == ["active", "active"]
    # As a mail provider's server does it (RFC 8058): no page, no cookie, no origin.
    answer = await visitor.post(path, data={"List-Unsubscribe": "One-Click"})
    assert answer.status_code == 200
    assert "set-cookie" not in answer.headers
    states = {row["id"]: (row["state"], row["ended_how"]) for row in await subscribers(world)}
    assert states == {wanted: ("ended", "link"), stays: ("active", "")}
    # Again, and with links that are nobody's: the same words.
    nobody = leave_token(KEYS, world.horten, UUID(int=7))
    for other in (path, f"/nyhetsbrev/av/{nobody}", "/nyhetsbrev/av/tull"):
        again = await visitor.post(other)
        assert (again.status_code, said(again.text)) == (200, said(answer.text))


async def test_leaving_takes_a_person_out_of_both_segments_and_the_pools_consent_with_it(
    world: World,
) -> None:
    contact_id = await contact(world, "horten", user=world.user("horten", Role.CONTACT))
    (row,) = await world.sql("SELECT person_id FROM support_contact WHERE id = $1", contact_id)
    async with world.at("horten", COORDINATOR) as uow:
        await give(uow, contact_id, "newsletter", until=None, how="form")
    [listed] = await subscribers(world)
    assert (listed["segment"], listed["state"], listed["person_id"]) == (
        "contacts",
        "active",
        row["person_id"],
    )
    token = leave_token(KEYS, world.horten, listed["id"])
    await Browser(world.app).post(f"/nyhetsbrev/av/{token}")
    async with world.at("horten", COORDINATOR) as uow:
        assert "newsletter" not in await holding(uow, contact_id)
        await give(uow, contact_id, "newsletter", until=None, how="form")
        await withdraw_everything(uow, contact_id)
    assert [one["state"] for one in await subscribers(world)] == ["ended"]


async def test_ones_own_page_holds_in_both_places(world: World) -> None:
    contact_id = await contact(world, "horten", user=world.user("horten", Role.CONTACT))
    await world.sql(
        "UPDATE person SET email = 'amund@example.no' WHERE id = (SELECT person_id FROM support_contact WHERE id = $1)",
        contact_id,
    )
    amund = await world.browser("horten", Role.CONTACT)
    url = "/min/horten/nyhetsbrev"
    assert (await amund.submit(url, {"nyhetsbrev": "contacts"}, page=url)).status_code == 303
    async with world.at("horten", COORDINATOR) as uow:
        assert "newsletter" in await holding(uow, contact_id)
    assert (await amund.submit(url, {}, page=url)).status_code == 303
    async with world.at("horten", COORDINATOR) as uow:
        assert "newsletter" not in await holding(uow, contact_id)


async def test_a_no_that_was_never_a_yes_is_nothing(world: World) -> None:
    _, jonas = await applied(world)
    await said_yes(world, "horten", jonas, "jonas@example.no")
    await said_yes(world, "horten", jonas, "jonas@example.no")
    assert len(await subscribers(world)) == 1
