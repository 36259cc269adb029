"""Hours attested on the pages: a parent on their own, a code typed on the contact's phone, a list on paper."""

from __future__ import annotations

import re
from uuid import UUID

from sammen.clock import today
from sammen.norwegian import format_date
from sammen.policy.roles import Role
from tests.integration.test_attestation import hours_sent
from tests.worlds import Browser, World


def fields(text: str, name: str) -> list[str]:
    return re.findall(rf'name="{name}"[^>]*value="([^"]*)"', text)


async def test_a_parent_reads_what_was_done_without_money_and_says_yes_to_one_and_no_to_another(
    world: World,
) -> None:
    await hours_sent(world)
    await world.sql("UPDATE timesheet_line SET expenses = 437")
    hege = await world.browser("horten", Role.REPRESENTATIVE)
    assert "4\u00a0timer venter på at du bekrefter" in (await hege.get("/min/horten")).text
    shown = (await hege.get("/min/horten/bekreft")).text
    assert "Amund Vik med Jonas" in shown
    assert "Klatret 0" in shown
    assert "437" not in shown
    lines, seen, group = fields(shown, "linje"), fields(shown, "sett"), fields(shown, "gruppe")[0]
    assert len(lines) == 2
    nothing = await hege.submit(
        "/min/horten/bekreft", {"gruppe": group, "sett": seen, "gjor": "bekreft"}, page="/min/horten/bekreft"
    )
    assert nothing.status_code == 422
    assert "Velg minst én føring." in nothing.text
    wordless = await hege.submit(
        "/min/horten/bekreft", {"gruppe": group, "sett": seen, "linje": lines[:1], "gjor": "feil"}, page="/min/horten/bekreft"
    )  # fmt: skip
    assert wordless.status_code == 422
    assert "Skriv hva som ikke stemmer." in wordless.text
    for line, gjor, ord_ in ((lines[0], "bekreft", ""), (lines[1], "feil", "De gikk klokka fem.")):
        answer = await hege.submit(
            "/min/horten/bekreft", {"gruppe": group, "sett": seen, "linje": [line], "gjor": gjor, "ord": ord_},
            page="/min/horten/bekreft",
        )  # fmt: skip
        assert answer.status_code == 303
    assert "Ingen timer venter på deg" in (await hege.get("/min/horten/bekreft")).text
    amund = await world.browser("horten", Role.CONTACT)
    assignment = (await world.sql("SELECT id FROM assignment"))[0]["id"]
    assert "De gikk klokka fem." in (await amund.get(f"/min/horten/timer/{assignment}")).text


async def read_code(world: World) -> str:
    (row,) = await world.sql(
        "SELECT id, sealed FROM outgoing WHERE code = 'attest_code' ORDER BY queued_at DESC LIMIT 1"
    )
    return world.house.keys.unseal(row["sealed"], bound_to=UUID(str(row["id"])).bytes)


async def typed(browser: Browser, url: str, code: str) -> str:
    answer = await browser.submit(url, {"kode": code}, page=url)
    assert answer.status_code == 303
    return str(answer.headers["location"])


async def test_the_code_is_sent_read_out_and_typed_on_the_contacts_phone(world: World) -> None:
    assignment_id, _, mother = await hours_sent(world)
    amund = await world.browser("horten", Role.CONTACT)
    assert "2 føringer med Jonas er ikke bekreftet." in (await amund.get("/min/horten")).text
    url = f"/min/horten/timer/{assignment_id}/kode"
    shown = (await amund.get(url)).text
    assert "Hege Bergli (E-post)" in shown
    assert "mor@eksempel.test" not in shown
    refused = await amund.submit(url, {"sett": fields(shown, "sett")}, page=url)
    assert refused.status_code == 422
    assert "Velg hvem som skal få koden." in refused.text
    sent = await amund.submit(url, {"til": str(mother), "sett": fields(shown, "sett")}, page=url)
    code_url = str(sent.headers["location"])
    number = await read_code(world)
    for slip in ("", "12", "kode"):  # a slip of the thumb is no try
        assert "Skriv de seks sifrene" in (await amund.submit(code_url, {"kode": slip}, page=code_url)).text
    assert await typed(amund, code_url, f"{(int(number) + 1) % 1_000_000:06d}") == code_url
    again = (await amund.get(code_url)).text
    assert "4 forsøk igjen." in again
    assert "Koden er ikke riktig." in again
    assert await typed(amund, code_url, number) == f"/min/horten/timer/{assignment_id}"
    assert "Timene er bekreftet" in (await amund.get(code_url)).text
    stranger = await world.browser("re", Role.CONTACT)
    assert (await stranger.get(code_url.replace("horten", "re"))).status_code == 404


async def test_a_coordinator_notes_a_signed_list_and_may_then_approve(world: World) -> None:
    assignment_id, _, mother = await hours_sent(world)
    kari = await world.browser("horten", Role.PROVIDER_COORDINATOR)
    url = f"/k/horten/oppdrag/{assignment_id}/bekreftelse"
    assert (
        "2 føringer er sendt og ikke bekreftet" in (await kari.get(f"/k/horten/oppdrag/{assignment_id}")).text
    )
    shown = (await kari.get(url)).text
    form = {"sett": fields(shown, "sett"), "linje": fields(shown, "linje")}
    bad = await kari.submit(url, {**form, "dato": "31.02.2026"}, page=url)
    assert bad.status_code == 422
    assert "Velg hvem som har skrevet under." in bad.text
    assert "Februar 2026 har 28 dager" in bad.text
    done = await kari.submit(url, {**form, "av": str(mother), "dato": format_date(today())}, page=url)
    assert done.status_code == 303
    assert "Ingen timer venter på å bli bekreftet" in (await kari.get(url)).text
    payroll = await world.browser("horten", Role.PAYROLL)
    assert (await payroll.get(url)).status_code == 403
    stranger = await world.browser("re", Role.PROVIDER_COORDINATOR)
    assert (await stranger.get(url.replace("horten", "re"))).status_code == 404
