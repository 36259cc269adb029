"""The pages of messages, notices and the load: the way through, bad fields, the neighbours, and what a GET leaves alone."""

from __future__ import annotations

import re

import pytest

from sammen.policy.roles import Role
from shared_pool.load.service import count_contact
from tests.load_samples import agreed, numbered_contact
from tests.provider_samples import assigned, contact
from tests.worlds import World

COORDINATOR, CONTACT = Role.PROVIDER_COORDINATOR, Role.CONTACT
OWN, LOAD = "/min/horten/meldinger", "/min/horten/belastning"


def marks(page: str) -> list[str]:
    return re.findall(r'name="sett" value="([^"]+)"', page)


async def test_a_conversation_from_the_bus_to_the_office_and_back(world: World) -> None:
    _, contact_id, assignment_id = await assigned(world, "horten")
    amund, kari = await world.browser("horten", CONTACT), await world.browser("horten", COORDINATOR)
    url = f"/k/horten/meldinger/{contact_id}"
    assert "Ingen meldinger ennå" in (await kari.get("/k/horten/meldinger")).text
    assert "Ingen har skrevet noe ennå" in (await amund.get(OWN)).text
    sent = await amund.submit(
        OWN, {"melding": "Bussen er forsinka.\nSi fra?", "gjelder": str(assignment_id)}, page=OWN
    )
    assert sent.status_code == 303
    assert "Bussen er forsinka." in (await kari.get("/k/horten")).text
    listed = (await kari.get("/k/horten/meldinger?status=venter")).text
    assert "Amund Vik" in listed
    assert "Venter på svar" in listed
    shown = (await kari.get(url)).text
    assert "Om oppdraget med Jonas" in shown
    assert re.search(rf'<option value="{assignment_id}" selected>', shown)
    answer = {"melding": "Jeg sier fra til mor.", "gjelder": str(assignment_id), "sett": marks(shown)}
    assert (await kari.submit(url, answer, page=url)).status_code == 303
    assert "Ikke lest ennå" in (await kari.get(url)).text
    assert "Amund Vik" not in (await kari.get("/k/horten/meldinger?status=venter")).text
    assert "Du har én ny melding" in (await amund.get("/min/horten")).text
    page = (await amund.get(OWN)).text
    assert "Jeg sier fra til mor." in page
    assert (await amund.submit(f"{OWN}/lest", {"sett": marks(page)}, page=OWN)).status_code == 303
    assert "ny melding" not in (await amund.get("/min/horten")).text
    assert "Ikke lest ennå" not in (await kari.get(url)).text
    assert "Jeg sier fra til mor." in (await kari.get(f"/k/horten/kontakter/{contact_id}")).text


async def test_looking_changes_nothing(world: World) -> None:
    contact_id = await contact(world, "horten", user=world.user("horten", CONTACT))
    amund, kari = await world.browser("horten", CONTACT), await world.browser("horten", COORDINATOR)
    await amund.submit(OWN, {"melding": "Hei"}, page=OWN)
    url = f"/k/horten/meldinger/{contact_id}"
    await kari.submit(url, {"melding": "Hei selv"}, page=url)
    before = await world.sql("SELECT * FROM message_thread")
    for _ in range(2):
        await amund.get(OWN)
        await kari.get(url)
    assert await world.sql("SELECT * FROM message_thread") == before


async def test_who_answers_is_seen_by_the_others_and_what_needs_no_answer_is_settled(world: World) -> None:
    contact_id = await contact(world, "horten", user=world.user("horten", CONTACT))
    amund, kari = await world.browser("horten", CONTACT), await world.browser("horten", COORDINATOR)
    await amund.submit(OWN, {"melding": "Takk for i går!"}, page=OWN)
    url = f"/k/horten/meldinger/{contact_id}"
    assert (await kari.submit(f"{url}/svar", {"gjor": "jeg"}, page=url)).status_code == 303
    assert "Du svarer" in (await kari.get("/k/horten/meldinger?status=mine")).text
    shown = (await kari.get(url)).text
    settled = await kari.submit(f"{url}/svar", {"gjor": "ferdig", "sett": marks(shown)}, page=url)
    assert settled.headers["location"] == "/k/horten/meldinger"
    assert "Besvart" in (await kari.get("/k/horten/meldinger")).text


@pytest.mark.parametrize(
    ("typed", "said"),
    [("", "Skriv en melding."), ("x" * 4_001, "Teksten er for lang"), ("Nummeret er 02850199980", None)],
)
async def test_a_message_that_cannot_be_sent_comes_back_as_typed(
    world: World, typed: str, said: str | None
) -> None:
    contact_id = await contact(world, "horten", user=world.user("horten", CONTACT))
    amund, kari = await world.browser("horten", CONTACT), await world.browser("horten", COORDINATOR)
    url = f"/k/horten/meldinger/{contact_id}"
    for browser, where in ((amund, OWN), (kari, url)):
        answer = await browser.submit(where, {"melding": typed, "sett": "tull"}, page=where)
        if said is None:
            assert answer.status_code in (303, 422)
            continue
        assert answer.status_code == 422
        assert said in answer.text
        assert typed in answer.text


async def test_the_same_message_sent_again_is_one_message(world: World) -> None:
    await contact(world, "horten", user=world.user("horten", CONTACT))
    amund = await world.browser("horten", CONTACT)
    for _ in range(3):
        answer = await amund.submit(OWN, {"melding": "Står i heisen"}, page=OWN, key="samme-nokkel")
        assert answer.status_code == 303
    assert len(await world.sql("SELECT 1 FROM message")) == 1


async def test_the_neighbour_and_other_roles_see_no_conversation(world: World) -> None:
    contact_id = await contact(world, "horten", user=world.user("horten", CONTACT))
    url = f"/meldinger/{contact_id}"
    assert (await (await world.browser("re", COORDINATOR)).get(f"/k/re{url}")).status_code == 404
    for role in (Role.MANAGER, Role.PAYROLL, Role.PURCHASER_CHILD):
        assert (await (await world.browser("horten", role)).get(f"/k/horten{url}")).status_code == 403
    assert (await (await world.browser("horten", Role.SERVICE_USER)).get(OWN)).status_code == 403


async def test_a_contact_without_a_login_or_an_address_is_said_so(world: World) -> None:
    contact_id = await contact(world, "horten")
    kari = await world.browser("horten", COORDINATOR)
    assert "kan ikke logge inn ennå" in (await kari.get(f"/k/horten/meldinger/{contact_id}")).text
    await world.sql("UPDATE person SET user_id = gen_random_uuid(), phone = '', email = ''")
    assert "får ikke varsel" in (await kari.get(f"/k/horten/meldinger/{contact_id}")).text


async def test_how_one_is_told_is_chosen_on_ones_own_page(world: World) -> None:
    await contact(world, "horten", user=world.user("horten", CONTACT))
    amund, url = await world.browser("horten", CONTACT), "/min/horten/varsling"
    assert "900 00 002" in (await amund.get(url)).text
    refused = await amund.submit(url, {"kanal": "email"}, page=url)
    assert refused.status_code == 422
    assert "ingen e-postadresse" in refused.text
    assert (await amund.submit(url, {"kanal": "none"}, page=url)).status_code == 303
    assert [row["channel"] for row in await world.sql("SELECT channel FROM notice_choice")] == ["none"]
    assert (await amund.submit(url, {"kanal": "sms"}, page=url)).status_code == 303
    user = await world.browser("horten", Role.SERVICE_USER)
    assert "Ingenting å velge ennå" in (await user.get(url)).text


async def test_the_light_is_switched_on_seen_first_and_then_shown(world: World) -> None:
    contact_id = await numbered_contact(world, "horten")
    amund, kari = await world.browser("horten", CONTACT), await world.browser("horten", COORDINATOR)
    about = f"/k/horten/kontakter/{contact_id}"
    assert "Timer til sammen" not in (await kari.get(about)).text
    assert (await amund.submit(f"{LOAD}/lys", {"gjor": "paa"}, page=LOAD)).status_code == 303
    assert "Timene telles nå" in (await amund.get(LOAD)).text
    async with world.job(world.horten) as uow:
        await count_contact(uow, contact_id)
    await agreed(world, contact_id, "12")
    assert "Lyset ditt er nytt" in (await amund.get("/min/horten")).text
    assert "Gult lys" in (await amund.get(LOAD)).text
    assert "Gult lys" not in (await kari.get(about)).text
    changed = await amund.submit(f"{LOAD}/vis", {"lys": "green"}, page=LOAD)
    assert changed.status_code == 409
    assert (await amund.submit(f"{LOAD}/vis", {"lys": "yellow"}, page=LOAD)).status_code == 303
    assert "Koordinatoren ser dette lyset" in (await amund.get(LOAD)).text
    seen = (await kari.get(about)).text
    assert "Gult lys" in seen
    assert (await amund.submit(f"{LOAD}/lys", {"gjor": "av"}, page=LOAD)).status_code == 303
    assert "Timer til sammen" not in (await kari.get(about)).text


async def test_hours_stated_instead_are_read_as_people_write_them(world: World) -> None:
    contact_id = await contact(world, "horten", user=world.user("horten", CONTACT))
    amund, kari = await world.browser("horten", CONTACT), await world.browser("horten", COORDINATOR)
    assert (await amund.submit(f"{LOAD}/lys", {"gjor": "paa"}, page=LOAD)).status_code == 422
    for wrong in ("mange", "-1", "200"):
        answer = await amund.submit(LOAD, {"timer": wrong}, page=LOAD)
        assert answer.status_code == 422
        assert f'value="{wrong}"' in answer.text
    assert (await amund.submit(LOAD, {"timer": "7,5"}, page=LOAD)).status_code == 303
    assert "7,5\u00a0timer" in (await kari.get(f"/k/horten/kontakter/{contact_id}")).text
    assert (await amund.submit(LOAD, {"timer": ""}, page=LOAD)).status_code == 303
    assert "Timer til sammen" not in (await kari.get(f"/k/horten/kontakter/{contact_id}")).text
