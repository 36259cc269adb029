"""Complaints over HTTP: received, answered by one and concluded by another, sent on, decided; and each bad field."""

from __future__ import annotations

import re
from datetime import timedelta
from io import BytesIO

import pikepdf
import pytest

from sammen.clock import today
from sammen.norwegian import format_date
from sammen.policy.roles import Role
from tests.allocation_samples import decided
from tests.worlds import Browser, World

CHILD = Role.PURCHASER_CHILD


def form(decision: object, **changes: str) -> dict[str, str]:
    """A complaint brought by hand today."""
    return {
        "vedtak": str(decision), "mottatt": format_date(today()), "kanal": "form", "onsker": "Vi vil ha flere timer.",
        "klager": "parent", "klager_navn": "Trine Bergli", "brev": "ja", **changes,
    }  # fmt: skip


async def registered(world: World, browser: Browser, *, days_ago: int = 14, **changes: str) -> str:
    """The address of a newly registered complaint."""
    case, decision = await decided(world, days_ago=days_ago, running=False)
    url = f"/k/horten/saker/{case}/klage"
    answer = await browser.submit(url, form(decision, **changes), page=url)
    assert answer.status_code == 303, re.findall(r"validation-message[^>]*>([^<]+)", answer.text)
    return str(answer.headers["location"])


async def answered(browser: Browser, url: str, **changes: str) -> int:
    """Write the answer and send it on to somebody else."""
    version = re.search(r'name="versjon" value="(\d+)"', (await browser.get(f"{url}/svar")).text)
    assert version
    values = {
        "versjon": version.group(1),
        "svar": "upheld",
        "begrunnelse": "Timene er nok til målet.",
        "gjor": "send",
    }
    return (await browser.submit(f"{url}/svar", {**values, **changes}, page=f"{url}/svar")).status_code


async def test_from_received_through_two_hands_to_statsforvalteren_and_back(world: World) -> None:
    writer, other = await world.browser("horten", CHILD, second=True), await world.browser("horten", CHILD)
    url = await registered(world, other)
    page = (await other.get(url)).text
    assert "«Vi vil ha flere timer.»" in page
    assert "Kom i tide" in page
    assert "4 uker etter at vedtaket kom fram" in page
    assert "Vi har fått klagen" in page
    assert await answered(writer, url) == 303
    assert "Du har skrevet svaret på klagen" in (await writer.get(f"{url}/avgjorelse")).text
    assert "Avgjør klagen innen" in (await other.get("/k/horten")).text
    values = {"versjon": "2", "habil": "ja", "gjor": "avgjor"}
    assert (await writer.submit(f"{url}/avgjorelse", values, page=f"{url}/avgjorelse")).status_code == 403
    answer = await other.submit(f"{url}/avgjorelse", {**values, "habil": ""}, page=f"{url}/avgjorelse")
    assert answer.status_code == 422
    assert "habil" in answer.text
    assert (await other.submit(f"{url}/avgjorelse", values, page=f"{url}/avgjorelse")).status_code == 303
    page = (await other.get(url)).text
    assert "Klagen er hos Statsforvalteren" in page
    file = await other.get(f"{url}/oversendelse.pdf")
    assert file.headers["content-type"] == "application/pdf"
    assert file.content == (await other.get(f"{url}/oversendelse.pdf")).content
    with pikepdf.open(BytesIO(file.content)) as pdf:
        assert pdf.Root.MarkInfo.Marked
    outcome = {
        "versjon": "3",
        "utfall": "annulled",
        "dato": format_date(today()),
        "merknad": "For dårlig begrunnet.",
    }
    done = await other.submit(f"{url}/statsforvalteren", outcome, page=f"{url}/statsforvalteren")
    assert done.status_code == 303
    assert "Nytt vedtak mangler" in (await other.get("/k/horten/klager")).text
    case = (await other.get(done.headers["location"])).text
    assert "Statsforvalteren har avgjort klagen" in case
    assert "Opphevet" in case


async def test_the_case_says_until_when_one_may_complain(world: World) -> None:
    case, _ = await decided(world, days_ago=14)
    browser = await world.browser("horten", CHILD)
    page = (await browser.get(f"/k/horten/saker/{case}")).text
    assert "Ingen klage på vedtaket. Klagefristen går ut" in page
    assert "Registrer klage" in page


async def test_a_late_one_says_so_and_is_dismissed_with_a_letter(world: World) -> None:
    browser, other = await world.browser("horten", CHILD, second=True), await world.browser("horten", CHILD)
    url = await registered(world, other, days_ago=90)
    assert "Kom for sent" in (await other.get(url)).text
    assert await answered(browser, url) == 422
    assert await answered(browser, url, svar="dismissed", avvist="late") == 303
    values = {"versjon": "2", "habil": "ja", "gjor": "avgjor"}
    assert (await other.submit(f"{url}/avgjorelse", values, page=f"{url}/avgjorelse")).status_code == 303
    titles = [
        r["title"] for r in await world.sql("SELECT title FROM letter WHERE kind = 'complaint' ORDER BY id")
    ]
    assert titles == ["Vi har fått klagen", "Vi kan ikke behandle klagen"]


@pytest.mark.parametrize(
    ("field", "typed", "says"),
    [
        ("mottatt", "", "Skriv dagen klagen kom"),
        ("mottatt", "30.02.2026", "Februar 2026 har 28 dager"),
        ("mottatt", format_date(today() + timedelta(days=1)), "framtida"),
        ("mottatt", "01.01.2020", "før vedtaket ble fattet"),
        ("kanal", "brevdue", "Velg hvordan klagen kom"),
        ("onsker", "", "Skriv hva klageren er uenig i"),
        ("onsker", "x" * 4001, "høyst 4000"),
        ("klager", "tull", "Velg hvem som klager"),
        ("klager_navn", "", "Skriv navnet på den som klager"),
        ("framme", "i går", "dag.måned.år"),
    ],
)
async def test_a_bad_field_is_named_what_was_typed_is_kept_and_nothing_changes(
    shared_world: World, field: str, typed: str, says: str
) -> None:
    known = await shared_world.sql("SELECT id, case_id FROM decision")
    case, decision = (
        (known[0]["case_id"], known[0]["id"]) if known else await decided(shared_world, running=False)
    )
    browser = await shared_world.browser("horten", CHILD)
    url = f"/k/horten/saker/{case}/klage"
    kept = "Trine Bergli" if field == "onsker" else "Vi vil ha flere timer."
    answer = await browser.submit(url, form(decision, **{field: typed}), page=url)
    assert answer.status_code == 422
    assert says in answer.text
    assert kept in answer.text
    assert "<title>Feil:" in answer.text
    assert not await shared_world.sql("SELECT 1 FROM complaint")


async def test_each_small_form_names_what_is_wrong_and_does_its_work(world: World) -> None:
    browser = await world.browser("horten", CHILD)
    url = await registered(world, browser)
    for step, values, says in (
        ("frist", {"framme": ""}, "Skriv en dato"),
        ("frist", {"framme": "01.01.2020"}, "før vedtaket"),
        ("frist", {"framme": format_date(today() + timedelta(days=2))}, "før klagen kom"),
        (
            "forelopig",
            {"grunn": "", "svar_innen": format_date(today() + timedelta(days=30))},
            "hvorfor svaret tar",
        ),
        ("forelopig", {"grunn": "Ferie.", "svar_innen": format_date(today())}, "dag som kommer"),
        ("trukket", {"dato": format_date(today() + timedelta(days=1))}, "framtida"),
    ):
        answer = await browser.submit(f"{url}/{step}", {"versjon": "1", **values}, page=f"{url}/{step}")
        assert answer.status_code == 422, (step, values)
        assert says in answer.text, (step, says)
    assert (await browser.get(f"{url}/statsforvalteren")).status_code == 409
    assert (await browser.get(f"{url}/oversendelse.pdf")).status_code == 409
    later = {
        "versjon": "1",
        "grunn": "Vi venter på legen.",
        "svar_innen": format_date(today() + timedelta(days=40)),
    }
    assert (await browser.submit(f"{url}/forelopig", later, page=f"{url}/forelopig")).status_code == 303
    stale = await browser.submit(f"{url}/forelopig", later, page=f"{url}/forelopig")
    assert stale.status_code == 409
    assert "Svaret på klagen tar lengre tid" in (await browser.get(url)).text
    back = {"versjon": "2", "dato": format_date(today()), "merknad": "Fornøyd nå."}
    assert (await browser.submit(f"{url}/trukket", back, page=f"{url}/trukket")).status_code == 303
    assert (await browser.get(f"{url}/svar")).status_code == 409
    assert "Trukket" in (await browser.get("/k/horten/klager?vis=avsluttet")).text


async def test_who_may_and_who_sees_nothing(world: World) -> None:
    browser = await world.browser("horten", CHILD)
    url = await registered(world, browser)
    paths = ("", "/svar", "/frist", "/forelopig", "/trukket", "/avgjorelse")
    for slug, role, seen in (
        ("horten", Role.PURCHASER_ADULT, {404}), ("re", CHILD, {404}), ("horten", Role.PAYROLL, {403}),
        ("horten", Role.PROVIDER_COORDINATOR, {403}), ("horten", Role.MANAGER, {200, 403, 409}),
    ):  # fmt: skip
        reader = await world.browser(slug, role)
        assert {(await reader.get(url + path)).status_code for path in paths} <= seen, role
    adult = await world.browser("horten", Role.PURCHASER_ADULT)
    assert "Bergli" not in (await adult.get("/k/horten/klager")).text
    assert "Ingen klager venter på oss" in (await adult.get("/k/horten/klager?vis=tull&side=x")).text
    manager = await world.browser("horten", Role.MANAGER)
    assert "Bergli" in (await manager.get("/k/horten/klager")).text
    assert (await manager.get(f"{url}/svar")).status_code == 403


async def test_the_form_sent_again_makes_one_complaint(world: World) -> None:
    case, decision = await decided(world, running=False)
    browser = await world.browser("horten", CHILD)
    url = f"/k/horten/saker/{case}/klage"
    for _ in range(2):
        assert (await browser.submit(url, form(decision), page=url, key="en-gang")).status_code == 303
    assert len(await world.sql("SELECT 1 FROM complaint")) == 1
