"""The import's pages over HTTP: upload, preview, confirm, the faulty rows, and what cannot be read."""

from __future__ import annotations

import html
import io
import re
import zipfile
from collections.abc import Callable
from datetime import date

import httpx
import pytest

from sammen.documents.tables_out import write_xlsx
from sammen.policy.roles import Role
from tenants.people.api import make_synthetic
from tests.imported_lists import HORTEN, everything, list_of, row
from tests.unit.case_lists import GOOD, NUMBER
from tests.worlds import Browser, World

CHILD = Role.PURCHASER_CHILD
PAGE = "/k/horten/import"


async def send(browser: Browser, content: bytes, name: str = "liste.csv") -> httpx.Response:
    return await browser.submit(PAGE, page=PAGE, files={"fil": (name, content)})


async def uploaded(browser: Browser, content: bytes, name: str = "liste.csv") -> str:
    """The address of the list's page."""
    answer = await send(browser, content, name)
    assert answer.status_code == 303, answer.text
    return answer.headers["location"]


def rows_shown(page: str) -> int:
    return len(re.findall(r'<tr role="row"><td role="cell" class="num"', page))


async def test_a_caseworker_sees_every_row_confirms_and_finds_the_cases(world: World) -> None:
    browser = await world.browser("horten", CHILD)
    url = await uploaded(browser, HORTEN.read_bytes(), HORTEN.name)
    shown = await browser.get(url)
    assert "Hent inn 52 rader" in shown.text
    assert "60 rader i lista" in shown.text
    assert rows_shown(shown.text) == 50
    assert "258772 *****" in shown.text
    assert "22260" not in shown.text
    answer = await browser.submit(f"{url}/hent", page=url)
    assert answer.status_code == 303
    done = await browser.get(url)
    assert "Nye saker: 52. Endret: 0. Som før: 1. Må rettes: 7." in done.text
    assert "Hent inn 52 rader" not in done.text
    cases = await browser.get("/k/horten/saker")
    child = "SELECT family_name FROM person p JOIN case_file c ON c.person_id = p.id WHERE purchaser = 'child' LIMIT 1"
    (found,) = await world.sql(child)
    assert found["family_name"] in html.unescape(cases.text)


async def test_a_filter_shows_only_the_rows_that_must_be_put_right(world: World) -> None:
    browser = await world.browser("horten", CHILD)
    url = await uploaded(browser, HORTEN.read_bytes(), HORTEN.name)
    shown = await browser.get(f"{url}?vurdering=error")
    assert rows_shown(shown.text) == 7
    assert "Velg en dato som finnes. Februar 2026 har 28 dager." in shown.text
    file = await browser.get(f"{url}/maa-rettes.csv")
    assert file.headers["content-disposition"] == 'attachment; filename="maa-rettes.csv"'
    assert len(file.content.decode("utf-8-sig").splitlines()) == 8


async def test_an_odd_page_number_or_filter_shows_the_list_and_no_error(world: World) -> None:
    browser = await world.browser("horten", CHILD)
    url = await uploaded(browser, list_of(row()))
    for query in ("side=0", "side=999", "side=x", "side=²", "vurdering=alt", "vurdering=same"):
        assert (await browser.get(f"{url}?{query}")).status_code == 200


async def test_the_same_list_again_has_nothing_to_bring_in(world: World) -> None:
    browser = await world.browser("horten", CHILD)
    url = await uploaded(browser, list_of(row()))
    await browser.submit(f"{url}/hent", page=url)
    again = await browser.get(await uploaded(browser, list_of(row())))
    assert "Alle radene er hentet inn før, og ingenting er endret." in again.text
    assert "/hent" not in again.text


async def test_a_changed_row_says_what_changes(world: World) -> None:
    browser = await world.browser("horten", CHILD)
    url = await uploaded(browser, list_of(row()))
    await browser.submit(f"{url}/hent", page=url)
    shown = await browser.get(await uploaded(browser, list_of(row(Timer="6 t/uke"))))
    assert "Timer: fra 4,5 t/uke til 6 t/uke." in shown.text
    assert "Hent inn én rad" in shown.text


async def test_a_dropped_list_is_gone_and_the_upload_page_says_so(world: World) -> None:
    browser = await world.browser("horten", CHILD)
    url = await uploaded(browser, list_of(row()))
    assert (await browser.submit(f"{url}/dropp", page=url)).status_code == 303
    assert "Forkastet" in (await browser.get(PAGE)).text
    shown = await browser.get(url)
    assert "Ingenting av den er lagret." in shown.text
    assert "Liv" not in shown.text
    assert (await browser.submit(f"{url}/hent", page=PAGE)).status_code == 409


async def test_only_the_one_who_uploaded_a_list_may_open_it(world: World) -> None:
    url = await uploaded(await world.browser("horten", CHILD), list_of(row()))
    for slug, role in (("horten", Role.PURCHASER_ADULT), ("re", CHILD)):
        other = await world.browser(slug, role)
        there = url.replace("/horten/", f"/{slug}/")
        for path in (there, f"{there}/maa-rettes.csv", f"{there}/framdrift"):
            assert (await other.get(path)).status_code == 404
        for path in (f"{there}/hent", f"{there}/dropp"):
            assert (await other.submit(path, page=f"/k/{slug}/import")).status_code == 404
    provider = await world.browser("horten", Role.PROVIDER_COORDINATOR)
    assert (await provider.get(PAGE)).status_code == 403


def bomb() -> bytes:
    """A workbook of a few kilobytes that unpacks to half a gigabyte."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        for name in ("[Content_Types].xml", "xl/workbook.xml"):
            made.writestr(name, "<x/>")
        with made.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as sheet:
            for _ in range(500):
                sheet.write(b" " * 1_000_000)
    return out.getvalue()


@pytest.mark.parametrize(
    ("content", "name", "sentence"),
    [
        (b"", "tom.csv", "Velg en fil. Den kan ikke være tom."),
        (b"%PDF-1.7 hei", "liste.pdf", "Dette er en PDF."),
        (bytes(range(256)) * 20, "liste.csv", None),
        (bomb, "liste.xlsx", None),
        (b"Navn;Adresse;Timer\nMoen, Liv;Storgata 1;4\n", "liste.csv", "mangler kolonnen"),
    ],
    ids=["empty", "pdf", "garbage", "zip bomb", "wrong columns"],
)
async def test_a_file_that_is_no_case_list_is_refused_in_words_and_nothing_is_kept(
    shared_world: World, content: bytes | Callable[[], bytes], name: str, sentence: str | None
) -> None:
    browser = await shared_world.browser("horten", CHILD)
    answer = await send(browser, content if isinstance(content, bytes) else content(), name)
    assert answer.status_code == 422
    assert 'id="fil-f"' in answer.text
    assert sentence is None or sentence in answer.text
    assert (await shared_world.sql("SELECT count(*) AS n FROM case_import"))[0]["n"] == 0


async def test_twenty_megabytes_get_the_page_for_too_large_files(shared_world: World) -> None:
    browser = await shared_world.browser("horten", CHILD)
    answer = await send(browser, b"a;b\n" * 5_000_000)
    assert answer.status_code == 413
    assert "<h1" in answer.text


async def test_a_form_without_a_file_says_so(shared_world: World) -> None:
    browser = await shared_world.browser("horten", CHILD)
    answer = await browser.submit(PAGE, page=PAGE)
    assert answer.status_code == 422
    assert "Velg en fil. Den kan ikke være tom." in answer.text


async def test_a_confirmation_sent_many_times_brings_the_list_in_once(world: World) -> None:
    browser = await world.browser("horten", CHILD)
    url = await uploaded(browser, list_of(row()))
    answers = [await browser.submit(f"{url}/hent", page=PAGE, key="samme") for _ in range(5)]
    assert {answer.status_code for answer in answers} == {303}
    assert (await everything(world, world.horten))["case_file"] == 1


async def test_a_long_list_goes_on_in_the_background_and_shows_how_far_it_has_come(world: World) -> None:
    browser = await world.browser("horten", CHILD)
    names = [row(Fødselsnr=make_synthetic(date(1990, 1, 1 + n % 28), "F", n // 28)) for n in range(150)]
    url = await uploaded(browser, write_xlsx(list(GOOD), [list(one.values()) for one in names]), "lang.xlsx")
    await browser.submit(f"{url}/hent", page=url)
    waiting = await browser.get(url)
    assert "Du kan gå fra siden og komme tilbake." in waiting.text
    assert (await browser.submit(f"{url}/hent", page=PAGE)).status_code == 409
    await world.run_jobs()
    assert "Se hva som ble hentet inn" in (await browser.get(f"{url}/framdrift")).text
    assert "Nye saker: 150." in (await browser.get(url)).text
    cases = await world.sql("SELECT DISTINCT responsible_id FROM case_file")
    assert [found["responsible_id"] for found in cases] == [None], (
        "adults' cases are not the child purchaser's"
    )


async def test_a_long_list_that_fails_leaves_nothing_behind_and_can_be_tried_again(world: World) -> None:
    browser = await world.browser("horten", CHILD)
    people = [row(Fødselsnr=make_synthetic(date(1990, 1, 1 + n % 28), "F", n // 28)) for n in range(70)]
    url = await uploaded(browser, list_of(*people))
    await browser.submit(f"{url}/hent", page=url)
    (last,) = await world.sql("SELECT id, sealed FROM case_import_row ORDER BY row_no DESC LIMIT 1")
    await world.sql("UPDATE case_import_row SET sealed = 'broken' WHERE id = $1", last["id"])
    await world.run_jobs(may_fail=True)
    failed = await browser.get(url)
    assert "Lista ble ikke hentet inn" in failed.text
    assert (await everything(world, world.horten))["case_file"] == 0
    await world.sql("UPDATE case_import_row SET sealed = $2 WHERE id = $1", last["id"], last["sealed"])
    await world.sql("DELETE FROM job_queue")
    assert (await browser.submit(f"{url}/hent", page=PAGE)).status_code == 303
    await world.run_jobs()
    assert "Nye saker: 70." in (await browser.get(url)).text


async def test_a_municipality_without_cases_is_shown_the_way_to_its_list(shared_world: World) -> None:
    browser = await shared_world.browser("re", CHILD)
    assert 'href="/k/re/import"' in (await browser.get("/k/re/saker")).text.split("<main")[1]


async def test_what_the_list_said_stands_on_the_case(world: World) -> None:
    browser = await world.browser("horten", CHILD)
    child = row(
        Fødselsnr=make_synthetic(date(2015, 3, 3), "F", 1),
        Støttekontakt="Kari Ødegård",
        Merknad="ring mor før kl 15",
    )
    url = await uploaded(browser, list_of(child))
    await browser.submit(f"{url}/hent", page=url)
    (case,) = await world.sql("SELECT id FROM case_file")
    shown = await browser.get(f"/k/horten/saker/{case['id']}")
    assert "Fra kommunens liste" in shown.text
    assert "Kari Ødegård" in shown.text
    assert "ring mor før kl 15" in shown.text


async def test_script_in_a_name_is_shown_as_text(world: World) -> None:
    browser = await world.browser("horten", CHILD)
    nasty = row(**{"Etternavn, fornavn": "<script>alert(1)</script>, Per 🧗"})
    shown = await browser.get(await uploaded(browser, list_of(nasty), "<b>liste</b>.csv"))
    assert "<script>alert(1)</script>" not in shown.text
    assert "&lt;script&gt;" in shown.text
    assert NUMBER not in shown.text
