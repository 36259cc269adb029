"""Substitutes on the pages: a contact is ill, the coordinator asks with one press, a substitute answers on the phone."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from sammen.clock import today
from sammen.norwegian import format_date
from sammen.policy.roles import Role
from tenants.assignments.api import fill_order
from tests.provider_samples import assigned, contact, granted_order
from tests.worlds import Browser, World

COORDINATOR = Role.PROVIDER_COORDINATOR
SOON = today() + timedelta(days=3)


def link(text: str, path: str) -> str:
    found = re.search(rf'href="({path}[^"]*)"', text)
    assert found, f"no link to {path}"
    return found.group(1)


async def values_of(browser: Browser, url: str) -> dict[str, str]:
    """What the form begins with, as the coordinator sends it who changes nothing."""
    shown = (await browser.get(url)).text
    fields = dict(re.findall(r'<input[^>]*name="([a-z_]+)"[^>]*value="([^"]*)"', shown))
    chosen = re.search(r'name="hvem"[^>]*value="(\w+)"[^>]*checked', shown)
    return {k: v for k, v in fields.items() if not k.startswith("_") and k != "hvem"} | (
        {"hvem": chosen.group(1)} if chosen else {}
    )


async def test_from_ill_on_the_phone_to_a_known_substitute_who_says_yes(world: World) -> None:
    order_id = await granted_order(world, "horten")
    regular = await contact(world, "horten", "Ida Moe")
    stand_in = await contact(world, "horten", "Amund Vik", user=world.user("horten", Role.CONTACT))
    async with world.at("horten", COORDINATOR) as uow:
        await fill_order(uow, order_id, regular, starts_on=today() - timedelta(days=60))
    kari = await world.browser("horten", COORDINATOR)
    base = f"/k/horten/bestillinger/{order_id}/vikarer"
    assert "Jonas kjenner ingen vikar ennå." in (await kari.get(f"/k/horten/bestillinger/{order_id}")).text
    answer = await kari.submit(
        f"{base}/kjent",
        {"kontakt": str(stand_in), "traff": format_date(today()), "hvordan": "with_contact", "ja_av": "Jonas og mor",
         "ja_dato": format_date(today())},
        page=f"{base}/kjent",
    )  # fmt: skip
    assert answer.status_code == 303
    assert "Jonas og mor sa ja" in (await kari.get(base)).text
    running = (await world.sql("SELECT id FROM assignment"))[0]["id"]
    noted = await kari.submit(
        f"{base}/fravaer", {"oppdrag": str(running), "fra": format_date(SOON)}, page=f"{base}/fravaer"
    )
    ask_url = noted.headers["location"]
    assert "Ida Moe kan ikke komme til Jonas Bergli" in (await kari.get("/k/horten")).text
    values = await values_of(kari, ask_url)
    assert (values["fra"], values["til"], values["hvem"]) == (format_date(SOON), format_date(SOON), "kjente")
    started = await kari.submit(f"{base}/spor", values, page=ask_url)
    assert started.status_code == 303
    amund = await world.browser("horten", Role.CONTACT)
    own = (await amund.get("/min/horten")).text
    assert "For Jonas, som du kjenner." in own
    url = link(own, "/min/horten/vikar/")
    refused = await amund.submit(url, {"ord": "Kanskje"}, page=url)
    assert refused.status_code == 422
    assert "Velg ja eller nei." in refused.text
    assert "Kanskje" in refused.text
    assert (await amund.submit(url, {"svar": "ja", "ord": "<b>Fint</b>"}, page=url)).status_code == 303
    own = (await amund.get("/min/horten")).text
    assert "Takk! Oppdraget er ditt." in own
    assert "Jonas Bergli" in own
    day = (await kari.get("/k/horten")).text
    assert "Vikar funnet for Jonas Bergli" in day
    round_url = link(day, "/k/horten/vikarer/")
    shown = (await kari.get(round_url)).text
    assert "Amund Vik sa ja." in shown
    assert "&lt;b&gt;Fint" in shown
    assert (await kari.submit(f"{round_url}/sagt-fra", page=round_url)).status_code == 303
    assert (await kari.submit(f"{round_url}/sagt-fra", page=round_url)).status_code == 409
    assert "Vikar funnet for Jonas Bergli" not in (await kari.get("/k/horten")).text
    assert "Jonas Bergli" in (await kari.get("/k/horten/vikarer?vis=tidligere")).text


async def test_the_contact_says_on_the_phone_that_they_cannot_come_and_takes_it_back(world: World) -> None:
    _, _, assignment_id = await assigned(world, "horten")
    amund = await world.browser("horten", Role.CONTACT)
    url = link((await amund.get("/min/horten")).text, "/min/horten/kan-ikke/")
    assert (
        await amund.submit(url, {"fra": SOON.isoformat(), "beskjed": "Vi skulle på kino."}, page=url)
    ).status_code == 303
    twice = await amund.submit(url, {"fra": SOON.isoformat()}, page=url)
    assert twice.status_code == 422
    assert "allerede sagt fra om en av disse dagene" in twice.text
    kari = await world.browser("horten", COORDINATOR)
    assert "Amund Vik kan ikke komme til Jonas Bergli" in (await kari.get("/k/horten")).text
    shown = (await amund.get(url)).text
    back = re.search(rf'action="({url}/[^"]+/likevel)"', shown)
    assert back is not None
    assert (await amund.submit(back.group(1), page=url)).status_code == 303
    assert "kan ikke komme til" not in (await kari.get("/k/horten")).text
    stranger = await world.browser("re", Role.CONTACT)
    assert (await stranger.get(f"/min/re/kan-ikke/{assignment_id}")).status_code == 404


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"fra": ""}, "Skriv den første dagen."),
        ({"fra": "01.01.2020"}, "Dagen har vært."),
        ({"til": ""}, "Skriv den siste dagen vikaren trengs."),
        ({"til": "01.01.2020"}, "Den siste dagen er før den første."),
        ({"hvem": "noen"}, "Velg hvem som skal spørres."),
        ({"ja_fra": ""}, "Skriv hvem som har sagt ja til en ny vikar."),
        ({"samtidig": "9"}, "5 eller mindre"),
        ({"frist": "0"}, "1 eller mer"),
        ({"frist": "snart"}, "Skriv et tall"),
    ],
)
async def test_what_cannot_be_used_is_said_at_the_field_and_nobody_is_asked(
    world: World, changes: dict[str, str], says: str
) -> None:
    order_id, _, _ = await assigned(world, "horten")
    await contact(world, "horten", "Marte Lie")
    kari, url = await world.browser("horten", COORDINATOR), f"/k/horten/bestillinger/{order_id}/vikarer/spor"
    typed = {"fra": format_date(SOON), "til": format_date(SOON), "hvem": "alle", "ja_fra": "Mor", "samtidig": "1",
             "frist": "24", "om": "De skal på kino", **changes}  # fmt: skip
    answer = await kari.submit(url, typed, page=url)
    assert answer.status_code == 422
    assert says in answer.text
    assert "De skal på kino" in answer.text
    assert await world.sql("SELECT 1 FROM substitute_ask") == []


async def test_the_order_of_asking_is_shown_in_words_before_anybody_is_asked(world: World) -> None:
    order_id, _, _ = await assigned(world, "horten")
    await contact(world, "horten", "Marte Lie")
    kari = await world.browser("horten", COORDINATOR)
    shown = (await kari.get(f"/k/horten/bestillinger/{order_id}/vikarer/spor")).text
    assert "Liker det samme og kan på samme tid" in shown
    assert "Marte Lie" in shown
    assert "ikke spurt før" in shown


async def test_empty_pages_say_what_to_do_and_others_are_turned_away(world: World) -> None:
    order_id, _, _ = await assigned(world, "horten")
    kari = await world.browser("horten", COORDINATOR)
    assert "Ingen trenger vikar nå" in (await kari.get("/k/horten/vikarer")).text
    assert (
        "Ingen å spørre akkurat nå."
        in (await kari.get(f"/k/horten/bestillinger/{order_id}/vikarer/spor")).text
    )
    manager = await world.browser("horten", Role.MANAGER)
    assert (await manager.get("/k/horten/vikarer")).status_code == 200
    assert (await manager.get(f"/k/horten/bestillinger/{order_id}/vikarer/spor")).status_code == 403
    payroll = await world.browser("horten", Role.PAYROLL)
    assert (await payroll.get("/k/horten/vikarer")).status_code == 403
    stranger = await world.browser("re", COORDINATOR)
    assert (await stranger.get(f"/k/re/bestillinger/{order_id}/vikarer")).status_code == 404
