"""What others send in to the activity calendar: confirmed by e-mail, answered by its host, mended by its sender's own link."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import httpx
import pytest

import shared_pool.calendar.jobs  # noqa: F401 - registers the job that carries mail
from sammen.clock import today
from sammen.policy.roles import Role
from shared_pool.calendar import shelf
from shared_pool.calendar.codes import MAIL
from tests.calendar_samples import filled
from tests.message_samples import Carrier, carried, run_waiting
from tests.worlds import Browser, World

BASE = "/aktivitetskalender/vestfold"
FORM = f"{BASE}/meld-inn"
KEEPER = Role.PROVIDER_COORDINATOR


@pytest.fixture(autouse=True)
def always_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    """The tests do not wait the second that a process does before it asks again."""
    monkeypatch.setattr(shelf, "CHECK_SECONDS", 0.0)


async def sent(world: World, **changes: Any) -> httpx.Response:
    return await Browser(world.app).post(FORM, data=filled(world, **{"_key": "the-page", **changes}))


async def mailed(world: World) -> Carrier:
    with carried() as carrier:
        await run_waiting(world, MAIL)
    return carrier


def link_in(carrier: Carrier, path: str) -> str:
    """The path of the link in the newest mail."""
    found = re.findall(rf"https://sammen\.example\.no({re.escape(path)}\S+)", carrier.notices[-1].body)
    assert found, carrier.notices[-1].body
    return str(found[-1])


async def confirmed(world: World, **changes: Any) -> str:
    """Sent in and confirmed; the path of the sender's own link."""
    answer = await sent(world, **changes)
    assert answer.status_code == 303, re.findall(r"validation-message[^>]*>([^<]+)", answer.text)
    pressed = await Browser(world.app).post(link_in(await mailed(world), "/aktivitetskalender/bekreft/"))
    assert pressed.status_code == 303
    return str(pressed.headers["location"])


async def event_id(world: World) -> str:
    (row,) = await world.sql("SELECT id FROM calendar_event")
    return str(row["id"])


async def test_nobody_sees_what_is_sent_in_before_its_address_is_confirmed_and_its_host_has_said_yes(
    world: World,
) -> None:
    assert (await sent(world)).status_code == 303
    assert await world.sql("SELECT 1 FROM calendar_event") == []
    keeper = await world.browser("horten", KEEPER)
    assert "Kor for alle" not in (await keeper.get("/k/horten/aktivitetskalender")).text

    confirm = link_in(await mailed(world), "/aktivitetskalender/bekreft/")
    assert (
        await Browser(world.app).get(confirm)
    ).status_code == 200  # a mail scanner opens it, and nothing happens
    assert await world.sql("SELECT 1 FROM calendar_event") == []
    own = (await Browser(world.app).post(confirm)).headers["location"]
    assert "Venter på svar" in (await Browser(world.app).get(own)).text

    assert "Svar på «Kor for alle»" in (await keeper.get("/k/horten")).text
    assert "Kor for alle" not in (await Browser(world.app).get(BASE)).text
    one = f"/k/horten/aktivitetskalender/{await event_id(world)}"
    assert (await keeper.submit(f"{one}/publiser", page=one)).status_code == 303
    assert "Kor for alle" in (await Browser(world.app).get(BASE)).text
    assert (
        "kor@example.no"
        not in (await Browser(world.app).get(f"{BASE}/hendelse/{await event_id(world)}")).text
    )
    carrier = await mailed(world)
    assert "står nå i aktivitetskalenderen" in carrier.notices[-1].body
    new = link_in(carrier, "/aktivitetskalender/min/")
    assert (await Browser(world.app).get(own)).status_code == 404
    assert "Står i kalenderen" in (await Browser(world.app).get(new)).text


async def test_only_its_host_is_asked(world: World) -> None:
    await confirmed(world)
    neighbour = await world.browser("re", KEEPER)
    region = await world.browser("vestfold", Role.SHARED_COORDINATOR)
    found = await event_id(world)
    assert "Kor for alle" not in (await neighbour.get("/k/re/aktivitetskalender?vis=venter")).text
    for browser, base in ((neighbour, "/k/re"), (region, "/r/vestfold")):
        assert (await browser.get(f"{base}/aktivitetskalender/{found}")).status_code == 404
        answer = await browser.submit(f"{base}/aktivitetskalender/{found}/publiser")
        assert answer.status_code == 404


async def test_what_is_in_several_municipalities_is_the_regions_to_answer(world: World) -> None:
    await confirmed(world, kommune="alle")
    eirik = await world.browser("vestfold", Role.SHARED_COORDINATOR)
    assert "Kor for alle" in (await eirik.get("/r/vestfold/aktivitetskalender")).text
    one = f"/r/vestfold/aktivitetskalender/{await event_id(world)}"
    assert (await eirik.submit(f"{one}/publiser", page=one)).status_code == 303
    assert "Kor for alle" in (await Browser(world.app).get(f"{BASE}/re")).text


async def test_a_no_needs_a_reason_which_the_sender_is_told_and_may_answer_by_mending(world: World) -> None:
    await confirmed(world)
    keeper = await world.browser("horten", KEEPER)
    one = f"/k/horten/aktivitetskalender/{await event_id(world)}"
    without = await keeper.submit(f"{one}/avslaa", {"grunn": ""}, page=one)
    assert without.status_code == 422
    assert "Skriv hvorfor." in without.text
    assert (
        await keeper.submit(f"{one}/avslaa", {"grunn": "Skriv hvem det er for."}, page=one)
    ).status_code == 303
    carrier = await mailed(world)
    assert "Skriv hvem det er for." in carrier.notices[-1].body
    own = link_in(carrier, "/aktivitetskalender/min/")
    assert "Skriv hvem det er for." in (await Browser(world.app).get(own)).text
    assert (await Browser(world.app).post(own, data=filled(world, tittel="Kor for eldre"))).status_code == 303
    assert "Kor for eldre" in (await keeper.get("/k/horten/aktivitetskalender?vis=venter")).text


async def test_what_its_sender_mends_is_off_the_pages_until_it_is_said_yes_to_again(world: World) -> None:
    await confirmed(world)
    keeper = await world.browser("horten", KEEPER)
    one = f"/k/horten/aktivitetskalender/{await event_id(world)}"
    await keeper.submit(f"{one}/publiser", page=one)
    own = link_in(await mailed(world), "/aktivitetskalender/min/")
    assert (await Browser(world.app).post(own, data=filled(world, om="Kjøp piller her"))).status_code == 303
    everybody = Browser(world.app)
    assert "Kor for alle" not in (await everybody.get(BASE)).text
    assert "piller" not in (await everybody.get(f"{BASE}.ics")).text


async def test_its_sender_calls_it_off_and_the_pages_say_so_at_once(world: World) -> None:
    await confirmed(world)
    keeper = await world.browser("horten", KEEPER)
    one = f"/k/horten/aktivitetskalender/{await event_id(world)}"
    await keeper.submit(f"{one}/publiser", page=one)
    own = link_in(await mailed(world), "/aktivitetskalender/min/")
    path, _, query = own.partition("?")
    asked = await Browser(world.app).get(f"{path}/avlys?{query}")
    assert "Avlys «Kor for alle»?" in asked.text
    assert (await Browser(world.app).post(f"{path}/avlys?{query}")).status_code == 303
    assert "Avlyst" in (await Browser(world.app).get(BASE)).text
    assert (await Browser(world.app).post(f"{path}/avlys?{query}")).status_code == 303  # twice is once
    assert (await keeper.submit(f"{one}/publiser", page=one)).status_code == 409


async def test_no_answer_to_who_sends_in_sets_a_cookie(world: World) -> None:
    answers = [await Browser(world.app).get(FORM), await sent(world), await sent(world, tittel="")]
    answers.append(await Browser(world.app).get(str(answers[1].headers["location"])))
    confirm = link_in(await mailed(world), "/aktivitetskalender/bekreft/")
    answers += [await Browser(world.app).get(confirm), await Browser(world.app).post(confirm)]
    answers.append(await Browser(world.app).get(str(answers[-1].headers["location"])))
    assert [answer.headers.get("set-cookie") for answer in answers] == [None] * len(answers)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"avsender": ""}, "avsender"), ({"avsender": "ola"}, "avsender"), ({"tittel": ""}, "tittel"),
        ({"arrangor": ""}, "arrangor"), ({"lenke": "http://a.no"}, "lenke"), ({"nettsted": "https://spam.example"}, "nettsted"),
        ({"dato": f"{today() - timedelta(days=3):%d.%m.%Y}"}, "naar"), ({"kommune": "Skien"}, "kommune"),
    ],
)  # fmt: skip
async def test_bad_input_is_told_at_its_field_and_what_was_typed_is_kept(
    shared_world: World, changes: dict[str, str], field: str
) -> None:
    answer = await sent(shared_world, **changes)
    assert answer.status_code == 422
    assert f'href="#{field}"' in answer.text
    assert "Vi synger kjente sanger." in answer.text
    assert await shared_world.sql("SELECT 1 FROM calendar_submission") == []


async def test_the_same_page_sent_again_is_the_same(world: World) -> None:
    first, second = await sent(world), await sent(world)
    assert first.headers["location"] == second.headers["location"]
    assert len(await world.sql("SELECT 1 FROM calendar_submission")) == 1


async def test_who_sends_too_much_waits_and_a_mailbox_is_not_filled(world: World) -> None:
    answers = [await sent(world, _key=f"k{n}", avsender="en@example.no") for n in range(4)]
    assert [answer.status_code for answer in answers] == [303, 303, 303, 422]
    many = [await sent(world, _key=f"m{n}", avsender=f"a{n}@example.no") for n in range(9)]
    assert many[-1].status_code == 422
    assert "Vent litt" in many[-1].text


async def test_a_form_from_another_site_is_refused(world: World) -> None:
    answer = await Browser(world.app).post(FORM, data=filled(world), headers={"Sec-Fetch-Site": "cross-site"})
    assert answer.status_code == 403


async def test_a_link_that_is_wrong_used_or_old_opens_nothing_and_says_no_more(world: World) -> None:
    await sent(world)
    confirm = link_in(await mailed(world), "/aktivitetskalender/bekreft/")
    assert (await Browser(world.app).post(confirm)).status_code == 303
    pages = [
        await Browser(world.app).post(confirm),
        await Browser(world.app).post("/aktivitetskalender/bekreft/nothing?sprak=nb"),
        await Browser(world.app).get("/aktivitetskalender/min/nothing"),
        await Browser(world.app).post("/aktivitetskalender/min/nothing", data=filled(world)),
    ]
    assert [page.status_code for page in pages] == [404] * 4
    assert len({re.sub(r'value="[^"]*"', "", page.text) for page in pages}) == 1


async def test_what_is_not_confirmed_in_seven_days_is_deleted(world: World) -> None:
    await sent(world)
    await world.sql("UPDATE calendar_submission SET expires_at = now() - interval '1 minute'")
    await world.sql("SELECT sammen.sweep()")
    assert await world.sql("SELECT 1 FROM calendar_submission") == []


async def test_the_address_of_a_sender_is_nowhere_in_clear(world: World) -> None:
    await confirmed(world)
    (row,) = await world.sql("SELECT * FROM calendar_submission")
    (event,) = await world.sql("SELECT * FROM calendar_event")
    assert "kor@example" not in f"{dict(row)}{dict(event)}"
    assert row["document"] == "{}"
