"""The pages of groups across borders: from an invitation to the day, from each side (C10)."""

from __future__ import annotations

import re
from datetime import timedelta
from uuid import uuid4

import pytest

from sammen.clock import today
from sammen.norwegian import format_date
from sammen.policy.roles import Role
from tests.group_samples import planned
from tests.joint_samples import COORDINATOR, PHONE, joined, leads, meeting, opened, placed
from tests.settlement_samples import agreed
from tests.worlds import World

LIST = "/k/{}/grupper/felles"
NAMES = ("Solvang", "Linnestad", "Trym", "Odd")


async def test_a_group_is_opened_promised_answered_and_left(world: World) -> None:
    await agreed(world)
    group, _ = await planned(world, "horten")
    kari, other = await world.browser("horten", COORDINATOR), await world.browser("re", COORDINATOR)
    page = f"/k/horten/grupper/{group}"
    assert "Åpne for andre kommuner" in (await kari.get(page)).text
    made = await kari.submit(f"{page}/apne", page=page)
    assert made.status_code == 303
    host = made.headers["location"]
    sent = await kari.submit(
        f"{host}/inviter", {"kommune": str(world.re), "plasser": "3", "frigis": ""}, page=host
    )
    assert sent.status_code == 303, sent.text
    shown = (await kari.get(host)).text
    assert "Venter på svar" in shown
    assert "250,00\xa0kr" in shown
    await world.run_jobs()
    # Re finds it on Min dag.
    day = (await other.get("/k/re")).text
    address = re.search(r'href="(/k/re/grupper/felles/[^"]+)"', day)
    assert address, "no invitation on Min dag"
    there = address[1]
    assert "Horten holder av 3 plasser til dere." in (await other.get(there)).text
    assert (await other.submit(f"{there}/svar", {"svar": "ja", "vakt": PHONE}, page=there)).status_code == 303
    await world.run_jobs()
    assert "Turgruppa" in (await other.get("/k/re/grupper")).text
    assert "Horten er vert" in (await other.get(there)).text
    assert "Er med" in (await kari.get(host)).text
    left = await other.submit(f"{there}/slutt", {"siste_dag": format_date(today())}, page=there)
    assert left.status_code == 303
    assert "Slutter" in (await kari.get(host)).text


async def test_what_is_wrong_is_said_beside_it_and_what_was_typed_is_kept(world: World) -> None:
    _, joint, _ = await opened(world)
    kari = await world.browser("horten", COORDINATOR)
    host = f"/k/horten/grupper/felles/{joint}"
    for form in (
        {}, {"kommune": "x", "plasser": "2"}, {"kommune": str(world.re), "plasser": "99"},
        {"kommune": str(world.re), "plasser": "to"},
        {"kommune": str(world.re), "plasser": "9"}, {"kommune": str(world.horten), "plasser": "1"},
        {"kommune": str(world.re), "plasser": "2", "frigis": format_date(today())},
    ):  # fmt: skip
        answer = await kari.submit(f"{host}/inviter", form, page=host)
        assert answer.status_code == 422, form
        assert "error-summary" in answer.text or "Rett" in answer.text, form
    await kari.submit(f"{host}/inviter", {"kommune": str(world.re), "plasser": "2"}, page=host)
    other = await world.browser("re", COORDINATOR)
    there = f"/k/re/grupper/felles/{joint}"
    for phone in ("", "ring meg", "12"):
        answer = await other.submit(f"{there}/svar", {"svar": "ja", "vakt": phone}, page=there)
        assert answer.status_code == 422, phone
    assert (await other.submit(f"{there}/svar", {"svar": "nei"}, page=there)).status_code == 303
    assert (await other.get(there)).status_code == 404


async def test_who_may_not_meets_a_shut_door(world: World) -> None:
    group, joint, _ = await joined(world)
    for slug, role in (
        ("horten", Role.PURCHASER_CHILD),
        ("horten", Role.PAYROLL),
        ("re", Role.PURCHASER_ADULT),
    ):
        browser = await world.browser(slug, role)
        assert (await browser.get(f"/k/{slug}/grupper/felles/{joint}")).status_code in (403, 404)
    kari, other = await world.browser("horten", COORDINATOR), await world.browser("re", COORDINATOR)
    assert (await kari.get(f"/k/horten/grupper/felles/{uuid4()}")).status_code == 404
    # Neither side does what is the other's.
    there, host = f"/k/re/grupper/felles/{joint}", f"/k/horten/grupper/felles/{joint}"
    wrong = await other.submit(f"{there}/inviter", {"kommune": str(world.horten), "plasser": "1"}, page=there)
    assert wrong.status_code == 404
    assert (
        await kari.submit(f"{host}/slutt", {"siste_dag": format_date(today())}, page=host)
    ).status_code == 404
    assert (await other.submit(f"/k/re/grupper/{group}/apne", page=there)).status_code == 404


@pytest.mark.parametrize("guests", [1, 2])
async def test_one_or_two_foreign_participants_are_fewer_than_three_on_every_page_of_the_host(
    world: World, guests: int
) -> None:
    group, joint, leaders = await joined(world, quota=3)
    await leads(world, leaders[0])
    for name in ("Trym Solvang", "Odd Linnestad")[:guests]:
        await placed(world, "re", joint, name)
    session = await meeting(world, group)
    await placed(world, "horten", group, "Jonas Storli")
    kari = await world.browser("horten", COORDINATOR)
    pages = [
        "/k/horten", "/k/horten/grupper", f"/k/horten/grupper/{group}", LIST.format("horten"),
        f"/k/horten/grupper/felles/{joint}", f"/k/horten/treff/{session}", f"/k/horten/grupper/{group}/treff",
        f"/k/horten/grupper/{group}/treff/{session}", f"/k/horten/grupper/{group}/maaned",
    ]  # fmt: skip
    told = 0
    for page in pages:
        answer = await kari.get(page)
        assert not [name for name in NAMES if name in answer.text], page
        told += answer.status_code == 200
    assert told >= 5
    for page in (f"/k/horten/grupper/{group}", f"/k/horten/grupper/felles/{joint}"):
        shown = (await kari.get(page)).text
        assert "færre enn 3" in shown, page
        assert "av 8 plasser" not in shown, page
    shared = await world.browser("vestfold", Role.SHARED_COORDINATOR)
    counts = (await shared.get("/r/vestfold/grupper")).text
    assert ("færre enn 3" in counts) is (guests == 1)
    # And the other way: Re sees one of Horten's as fewer than three, and its own by name.
    other = await world.browser("re", COORDINATOR)
    theirs = (await other.get(f"/k/re/grupper/{joint}")).text
    assert "færre enn 3" in theirs
    assert "Trym Solvang" in theirs
    for page in ("/k/re", "/k/re/grupper", f"/k/re/grupper/{joint}", f"/k/re/grupper/felles/{joint}"):
        assert "Storli" not in (await other.get(page)).text, page


async def test_the_region_counts_groups_and_others_of_it_do_not(world: World) -> None:
    await joined(world)
    shared = await world.browser("vestfold", Role.SHARED_COORDINATOR)
    shown = (await shared.get("/r/vestfold/grupper")).text
    assert "Turgruppa" in shown
    assert "færre enn 3" in shown
    for role in (Role.STEERING_GROUP_MEMBER, Role.PARTNER, Role.COURSE_COORDINATOR):
        browser = await world.browser("vestfold", role)
        assert (await browser.get("/r/vestfold/grupper")).status_code == 403


async def test_a_stale_page_after_the_other_side_has_acted_says_so(world: World) -> None:
    _, joint, _ = await joined(world)
    other = await world.browser("re", COORDINATOR)
    there = f"/k/re/grupper/felles/{joint}"
    day = format_date(today() + timedelta(days=10))
    assert (await other.submit(f"{there}/slutt", {"siste_dag": day}, page=there)).status_code == 303
    again = await other.submit(f"{there}/slutt", {"siste_dag": day}, page=there)
    assert again.status_code == 409
