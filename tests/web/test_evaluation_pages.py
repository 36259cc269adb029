"""Evaluations over HTTP: the way through, each bad field, two editors, who may, and what was typed is kept."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from sammen.clock import today
from sammen.norwegian import format_date
from sammen.policy.roles import Role
from tests.allocation_samples import decided
from tests.worlds import World

CHILD = Role.PURCHASER_CHILD


def form(decision: object, **changes: object) -> dict[str, object]:
    """The whole form, full, of a conversation held today."""
    return {
        "vedtak": str(decision), "versjon": "0", "omfang": "full", "dato": format_date(today()), "deltok": ["self", "contact"],
        "egne_ord": "Jeg vil klatre mer.", "ordene": "said", "kontakt": "Tryggere nå.", "maal": "partly",
        "maal_ser": "Tar bussen selv.", "passer": "yes", "timer": "fits", "ensom": "no", "videre": "Vi fortsetter.",
        "utfall": "continue", "neste": format_date(today() + timedelta(days=150)), "enig": "yes", "brev": "ja",
        "gjor": "ferdig", **changes,
    }  # fmt: skip


async def test_the_case_says_when_and_leads_through_the_form_to_the_next_day(world: World) -> None:
    case, decision = await decided(world, name="Jonas Bergli")
    browser = await world.browser("horten", CHILD)
    url = f"/k/horten/saker/{case}"
    page = (await browser.get(url)).text
    assert "Neste: evaluering innen" in page
    assert "Start evalueringen" in page
    assert "Avtal tidspunkt" in page
    shown = (await browser.get(f"{url}/evaluering")).text
    assert "Full evaluering" in shown
    assert "ikke evaluert før" in shown
    answer = await browser.submit(f"{url}/evaluering", form(decision), page=f"{url}/evaluering")
    assert answer.status_code == 303, re.findall(r"validation-message[^>]*>([^<]+)", answer.text)
    assert answer.headers["location"] == url
    page = (await browser.get(url)).text
    assert "«Jeg vil klatre mer.»" in page
    assert "Delvis nådd" in page
    assert "Fortsetter som nå. Neste evaluering innen" in page
    done = re.search(r"/evalueringer/[0-9a-f-]{36}", page)
    assert done
    read = (await browser.get(url + done.group(0))).text
    assert "Tar bussen selv." in read
    assert [r["kind"] for r in await world.sql("SELECT kind FROM letter WHERE state = 'ready'")] == [
        "evaluation"
    ]


async def test_an_agreed_time_is_on_the_case_and_in_a_letter(world: World) -> None:
    case, decision = await decided(world)
    browser = await world.browser("horten", CHILD)
    url = f"/k/horten/saker/{case}/evaluering/tidspunkt"
    day = format_date(today() + timedelta(days=9))
    values = {
        "vedtak": str(decision),
        "versjon": "0",
        "dag": day,
        "klokka": "14.30",
        "sted": "Rådhuset",
        "brev": "ja",
    }
    assert (await browser.submit(url, values, page=url)).status_code == 303
    assert "Dere møtes" in (await browser.get(f"/k/horten/saker/{case}")).text
    listed = (await browser.get("/k/horten/evalueringer")).text
    assert "Avtalt" in listed
    assert (await world.sql("SELECT title FROM letter WHERE state = 'ready'"))[0][
        "title"
    ] == "Vi vil snakke om hvordan det går"
    for name, typed, says in (
        ("dag", "", "Skriv dagen"), ("dag", "31.02.2026", "Februar"), ("dag", "01.01.2020", "passert"),
        ("klokka", "25:00", "klokkeslett"),
    ):  # fmt: skip
        answer = await browser.submit(url, {**values, "versjon": "1", name: typed}, page=url)
        assert answer.status_code == 422, name
        assert says in answer.text
        assert 'value="Rådhuset"' in answer.text


@pytest.mark.parametrize(
    ("field", "typed", "says"),
    [
        ("dato", "", "Skriv dagen dere snakket"),
        ("dato", "31.11.2026", "November 2026 har 30 dager"),
        ("dato", format_date(today() + timedelta(days=1)), "framtida"),
        ("deltok", "brevdue", "Velg hvem som var med"),
        ("egne_ord", "", "Skriv hva personen selv sier"),
        ("egne_ord", "x" * 4001, "høyst 4000"),
        ("maal", "kanskje", "Velg om målet er nådd"),
        ("passer", "", "Velg om tilbudet passer"),
        ("utfall", "", "Velg hva som skjer videre"),
        ("neste", "i morgen", "dag.måned.år"),
        ("neste", format_date(today() + timedelta(days=800)), "minst én gang i året"),
    ],
)
async def test_a_bad_field_is_named_what_was_typed_is_kept_and_nothing_changes(
    shared_world: World, field: str, typed: str, says: str
) -> None:
    known = await shared_world.sql("SELECT id, case_id FROM decision")
    case, decision = (known[0]["case_id"], known[0]["id"]) if known else await decided(shared_world)
    browser = await shared_world.browser("horten", CHILD)
    url = f"/k/horten/saker/{case}/evaluering"
    answer = await browser.submit(url, form(decision, **{field: typed}), page=url)
    assert answer.status_code == 422
    assert says in answer.text
    assert "Tar bussen selv." in answer.text
    assert "<title>Feil:" in answer.text
    assert not await shared_world.sql("SELECT 1 FROM evaluation")


async def test_a_draft_is_kept_and_a_second_editor_is_told(world: World) -> None:
    case, decision = await decided(world)
    browser = await world.browser("horten", CHILD)
    other = await world.browser("horten", CHILD, second=True)
    url = f"/k/horten/saker/{case}/evaluering"
    kept = await browser.submit(url, form(decision, gjor="lagre", utfall=""), page=url)
    assert kept.status_code == 303
    assert "Jeg vil klatre mer." in (await browser.get(url)).text
    assert "gjør ferdig evalueringen" in (await browser.get(f"/k/horten/saker/{case}")).text
    answer = await other.submit(url, form(decision, egne_ord="Noe helt annet."), page=url)
    assert answer.status_code == 409
    assert "Jeg vil klatre mer." in answer.text
    assert "Noe helt annet." in answer.text


async def test_what_is_due_waits_on_the_first_page_and_the_backlog_is_one_line(world: World) -> None:
    await decided(world, name="Snart Sund", days_ago=330, evaluate_in=10)
    for n in range(3):
        await decided(world, name=f"Eldre Eng{n}", days_ago=900, evaluate_in=None)
    browser = await world.browser("horten", CHILD)
    page = (await browser.get("/k/horten")).text
    assert "Snart Sund" in page
    assert "3 eldre vedtak er aldri evaluert" in page
    assert "Eldre Eng1" not in page
    old = (await browser.get("/k/horten/evalueringer?vis=etterslep")).text
    assert old.count("Eldre Eng") == 3
    assert "Snart Sund" not in old


async def test_who_may_and_who_sees_nothing(world: World) -> None:
    case, decision = await decided(world)
    url = f"/k/horten/saker/{case}/evaluering"
    for slug, role, code in (
        ("horten", Role.PURCHASER_ADULT, 404), ("re", CHILD, 404), ("horten", Role.PROVIDER_COORDINATOR, 403),
        ("horten", Role.MANAGER, 403), ("horten", Role.PAYROLL, 403),
    ):  # fmt: skip
        browser = await world.browser(slug, role)
        assert (await browser.get(url)).status_code == code, role
        assert (await browser.submit(url, form(decision))).status_code in (403, 404), role
    adult = await world.browser("horten", Role.PURCHASER_ADULT)
    assert "Bergli" not in (await adult.get("/k/horten/evalueringer?vis=alle")).text
    manager = await world.browser("horten", Role.MANAGER)
    assert "Bergli" in (await manager.get("/k/horten/evalueringer?vis=alle")).text
    coordinator = await world.browser("horten", Role.PROVIDER_COORDINATOR)
    assert (await coordinator.get("/k/horten/evalueringer")).status_code == 403
    mine = await world.browser("horten", CHILD)
    for wrong in (f"{url}?vedtak=tull", f"{url}?vedtak={case}"):
        assert (await mine.get(wrong)).status_code == 404
    assert (await mine.submit(url, form("tull"), page=url)).status_code == 404


async def test_any_address_of_the_list_shows_a_list_and_an_empty_one_says_what_comes(world: World) -> None:
    browser = await world.browser("horten", CHILD)
    for query in ("", "?vis=tull", "?maaned=2026-13", "?maaned=tull", "?side=-1&hvem=x", "?q=%00"):
        answer = await browser.get(f"/k/horten/evalueringer{query}")
        assert answer.status_code == 200, query
        assert "Ingen vedtak å evaluere ennå" in answer.text
