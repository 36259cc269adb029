"""The pages of figures: what a municipality approves, and what the steering group sees of it and does not."""

from __future__ import annotations

import io
import re
import zipfile
from datetime import date
from typing import Any

import httpx
import openpyxl
import pytest

import tenants.api
from reporting.definitions import ALL
from reporting.own import ended_periods
from reporting.periods import parse
from sammen.clock import today
from sammen.db.unit_of_work import UnitOfWork
from sammen.errors import Invalid
from sammen.figures import Measure, Reading
from sammen.policy.roles import Role
from tests.figure_samples import HALF, NUMBERS, more_municipalities, people_live, report, told
from tests.worlds import Browser, World

FEW = {"users": 3, "hours": 11_787, "served": 3, "cost": 7_191_933}
OTHER_FEW = {"users": 2, "hours": 24_661, "served": 1, "cost": 5_550_505}
RE = {"users": 42, "hours": 2500, "served": 40, "cost": 700_014}
REGION = "/r/vestfold/tall"
OWN = "/k/horten/tall"


async def steering(world: World) -> Browser:
    return await world.browser("vestfold", Role.STEERING_GROUP_MEMBER)


def steady(page: httpx.Response) -> str:
    """The page without what is new each time it is shown."""
    assert page.status_code == 200
    return re.sub(r'(name="_(?:csrf|key)" value=")[^"]*', r"\1", page.text)


def bars(page: str, figure: str) -> dict[str, tuple[str, ...]]:
    """Rows of the table beside a figure."""
    section = re.search(rf'<section class="fig" aria-labelledby="{figure}">.*?</section>', page, re.DOTALL)
    assert section, f"no figure {figure}"
    rows = re.findall(r'<tr><th scope="row">(.*?)</th>(.*?)</tr>', section[0])
    return {name: tuple(re.findall(r'<td class="num">(.*?)</td>', cells)) for name, cells in rows}


def sheet(download: httpx.Response) -> list[tuple[Any, ...]]:
    assert download.status_code == 200
    book = openpyxl.load_workbook(io.BytesIO(download.content))
    return [tuple(cell.value for cell in row) for row in book.worksheets[0].iter_rows()]


def parts(download: httpx.Response) -> dict[str, bytes]:
    """Every file inside the workbook but the one that holds the time of day."""
    with zipfile.ZipFile(io.BytesIO(download.content)) as archive:
        return {name: archive.read(name) for name in archive.namelist() if name != "docProps/core.xml"}


async def test_the_steering_group_compares_municipalities_by_figure_and_table(world: World) -> None:
    await report(world, "horten", NUMBERS)
    await report(world, "re", RE)
    page = steady(await (await steering(world)).get(REGION))
    assert bars(page, "tall-users") == {"Horten": ("148",), "Re": ("42",)}
    assert bars(page, "tall-hours") == {"Horten": ("9\u00a0431",), "Re": ("2\u00a0500",)}
    assert bars(page, "tall-cost-per-user") == {"Horten": ("26\u00a0254",), "Re": ("16\u00a0667",)}
    assert "Alle 2 kommuner har godkjent tallene sine." in page
    assert "Horten har flest brukere" in page
    assert "Gjennomsnitt 95,0" in page
    assert "Gjennomsnitt 5\u00a0966<" in page
    assert "Hvorfor står det kolon" not in page


async def test_a_hidden_municipality_can_have_any_numbers_and_the_page_and_the_file_stay_the_same(
    world: World,
) -> None:
    places = await more_municipalities(world, ["Hof"])
    await people_live(world, {world.horten: 25_500, world.re: 8600, places["Hof"]: 3000})
    await report(world, "horten", NUMBERS)
    await report(world, "re", RE)
    browser = await steering(world)
    seen = []
    for values in (FEW, OTHER_FEW):
        await report(world, "hof", values)
        page = await browser.get(REGION)
        seen.append((steady(page), parts(await browser.get(f"{REGION}/tall.xlsx"))))
    assert seen[0] == seen[1]
    page_text, files = seen[0]
    assert bars(page_text, "tall-users")["Hof"] == (":",)
    assert bars(page_text, "tall-users-per-1000")["Hof"] == (":",)
    everything = page_text.replace("\u00a0", "") + "".join(
        f.decode("utf-8", "replace") for f in files.values()
    )
    for number in ("11787", "24661", "7191933", "5550505", "2397311", "2775253"):
        assert number not in everything
    assert "skjult" in page_text
    assert "Gjennomsnitt" not in page_text
    assert "Hvorfor står det kolon" in page_text


async def test_a_shown_number_that_changes_changes_the_page_and_the_file(world: World) -> None:
    browser = await steering(world)
    seen = []
    for users in (148, 149):
        await report(world, "horten", {**NUMBERS, "users": users})
        seen.append((steady(await browser.get(REGION)), parts(await browser.get(f"{REGION}/tall.xlsx"))))
    assert seen[0][0] != seen[1][0]
    assert seen[0][1] != seen[1][1]


async def test_the_file_holds_what_the_page_shows_and_nothing_more(world: World) -> None:
    places = await more_municipalities(world, ["Hof", "Tjøme", "Lardal"])
    await people_live(world, {world.horten: 25_000, places["Hof"]: 3000, places["Tjøme"]: 4800})
    await report(world, "horten", NUMBERS)
    await report(world, "hof", FEW)
    await report(world, "tjome", {"users": 6, "hours": 300, "served": 4, "cost": 130_000})
    await report(world, "lardal", {"users": 0, "hours": 0, "served": 0, "cost": 20_000})
    rows = sheet(await (await steering(world)).get(f"{REGION}/tall.xlsx?periode=2026-h1"))
    assert rows[0] == ("Kommune", "Brukere med tilbud", "Godkjente timer", "Kostnad per bruker",
                       "Brukere per 1 000 innbyggere")  # fmt: skip
    assert rows[1:6] == [
        ("Hof", ":", ":", ":", ":"),
        ("Horten", 148, 9431, 26_254, 5.9),
        ("Lardal", 0, 0, "–", "–"),
        ("Tjøme", 6, ":", ":", 1.3),
        ("Re", "ikke levert", "ikke levert", "ikke levert", "ikke levert"),
    ]
    assert any("Statistisk sentralbyrå" in str(row[0]) for row in rows)


async def test_a_municipality_that_has_computed_and_not_approved_is_named_as_missing_and_not_shown(
    world: World,
) -> None:
    await report(world, "horten", NUMBERS)
    await report(world, "re", RE, approved=False)
    page = steady(await (await steering(world)).get(REGION))
    assert "1 av 2 kommuner har godkjent tallene sine." in page
    assert "Vi venter på tall fra Re." in page
    assert bars(page, "tall-users") == {"Horten": ("148",)}
    assert "700" not in page.replace("\u00a0", "")


async def test_without_any_approved_figures_the_page_says_so_and_there_is_no_file(world: World) -> None:
    await report(world, "horten", NUMBERS, approved=False)
    browser = await steering(world)
    page = await browser.get(REGION)
    assert page.status_code == 200
    assert "Ingen kommuner har godkjent tall ennå" in page.text
    assert "Horten og Re" in page.text
    assert (await browser.get(f"{REGION}/tall.xlsx")).status_code == 404


async def test_the_period_is_chosen_among_those_with_approved_figures(world: World) -> None:
    await report(world, "horten", NUMBERS)
    await report(world, "horten", {**NUMBERS, "users": 141}, period=HALF.previous)
    browser = await steering(world)
    assert bars(steady(await browser.get(f"{REGION}?periode=2025-h2")), "tall-users")["Horten"] == ("141",)
    assert bars(steady(await browser.get(REGION)), "tall-users")["Horten"] == ("148",)
    for other in ("2025-h1", "2026", "2026-01", "1990-h1", "tull"):
        assert (await browser.get(f"{REGION}?periode={other}")).status_code == 404


async def test_population_puts_users_per_1000_on_the_map_with_its_source(world: World) -> None:
    await report(world, "horten", NUMBERS)
    browser = await steering(world)
    assert "Statistisk sentralbyrå" not in (await browser.get(REGION)).text
    await people_live(world, {world.horten: 25_000}, year=2025)
    page = steady(await browser.get(REGION))
    assert bars(page, "tall-users-per-1000") == {"Horten": ("5,9",)}
    assert "Folketallet er per 1. januar 2025. Inneholder data fra Statistisk sentralbyrå." in page
    assert '<text class="map-label"' in page


async def test_how_the_figures_are_made_is_told_in_the_words_of_their_definitions(
    shared_world: World,
) -> None:
    page = (await (await steering(shared_world)).get(f"{REGION}/slik")).text
    for measure in ALL.values():
        for words in (measure.name, measure.definition, *measure.computed, measure.hidden):
            assert words in page


async def test_figures_open_only_for_those_who_may_see_them(shared_world: World) -> None:
    world = shared_world
    paths = (REGION, f"{REGION}/slik", f"{REGION}/tall.xlsx")
    for role, status in ((Role.SHARED_COORDINATOR, 403), (Role.COURSE_COORDINATOR, 403)):
        browser = await world.browser("vestfold", role)
        assert [(await browser.get(path)).status_code for path in paths] == [status] * 3
    manager = await world.browser("horten", Role.MANAGER)
    assert [(await manager.get(path)).status_code for path in paths] == [404] * 3
    for path in (OWN, f"{OWN}/2026-h1"):
        assert (await (await steering(world)).get(path)).status_code == 404
        assert (await (await world.browser("re", Role.MANAGER)).get(path)).status_code == 404
        coordinator = await world.browser("horten", Role.PROVIDER_COORDINATOR)
        assert (await coordinator.get(path)).status_code == 403
        assert (await manager.get(path)).status_code == 200


async def test_a_manager_computes_looks_and_approves(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tenants.api, "MEASURES", told(NUMBERS))
    await report(world, "horten", {**NUMBERS, "users": 100}, period=HALF.previous)
    browser = await world.browser("horten", Role.MANAGER)
    path = f"{OWN}/2026-h1"
    assert "Tallene er ikke beregnet ennå" in (await browser.get(path)).text
    started = await browser.submit(f"{path}/beregn", page=path)
    assert started.status_code == 303
    waiting = await browser.get(started.headers["location"])
    assert "Beregner tallene" in waiting.text
    assert "Godkjenn tallene" not in waiting.text
    piece = await browser.get(started.headers["location"], headers={"HX-Request": "true"})
    assert "<html" not in piece.text
    assert "hx-refresh" not in piece.headers
    await world.run_jobs()
    piece = await browser.get(started.headers["location"], headers={"HX-Request": "true"})
    assert piece.headers["hx-refresh"] == "true"
    page = (await browser.get(started.headers["location"])).text
    assert "Endret mer enn 25 prosent: brukere med tilbud og kostnad per bruker." in page
    assert "+48" in page
    assert "får Vestfoldsamarbeidet tallene for 1. halvår 2026" in page
    edition = re.search(r'name="utgave" value="([^"]+)"', page)
    assert edition
    answer = await browser.submit(f"{path}/godkjenn", {"utgave": edition[1]}, page=path)
    assert answer.status_code == 303
    assert "Tallene er godkjent" in (await browser.get(path)).text
    assert "Godkjent" in (await browser.get(OWN)).text
    assert bars(steady(await (await steering(world)).get(REGION)), "tall-users") == {"Horten": ("148",)}


async def test_what_stands_in_the_way_of_computing_is_told_on_the_page_and_leaves_no_edition(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def no_rate(_uow: UnitOfWork, _start: date, _end: date) -> list[Reading]:
        raise Invalid.one("sats", "Det mangler timesats for %(day)s.", day="02.03.2026")

    broken = [Measure("cost", "money", "kroner", (), no_rate) if m.id == "cost" else m for m in told(NUMBERS)]
    monkeypatch.setattr(tenants.api, "MEASURES", broken)
    browser = await world.browser("horten", Role.MANAGER)
    path = f"{OWN}/2026-h1"
    started = await browser.submit(f"{path}/beregn", page=path)
    await world.run_jobs()
    page = (await browser.get(started.headers["location"])).text
    assert "Det mangler timesats for 02.03.2026." in page
    assert "Beregn tallene" in page
    assert await world.sql("SELECT 1 FROM figure_set") == []


async def test_approving_twice_or_an_older_edition_is_refused_in_plain_words(world: World) -> None:
    first = await report(world, "horten", NUMBERS)
    browser = await world.browser("horten", Role.MANAGER)
    again = await browser.submit(f"{OWN}/2026-h1/godkjenn", {"utgave": str(first)}, page=OWN_FORM)
    assert again.status_code == 409
    assert "godkjent allerede" in again.text
    second = await report(world, "horten", RE, approved=False)
    await report(world, "horten", NUMBERS, approved=False)
    older = await browser.submit(f"{OWN}/2026-h1/godkjenn", {"utgave": str(second)}, page=OWN_FORM)
    assert older.status_code == 409
    assert "beregnet på nytt" in older.text
    for nonsense in ("", "1", "00000000-0000-0000-0000-000000000000"):
        answer = await browser.submit(f"{OWN}/2026-h1/godkjenn", {"utgave": nonsense}, page=OWN_FORM)
        assert answer.status_code == 404


OWN_FORM = "/innlogginger"


async def test_a_form_sent_a_hundred_times_approves_once(world: World) -> None:
    made = await report(world, "horten", NUMBERS, approved=False)
    browser = await world.browser("horten", Role.MANAGER)
    answers = {
        (
            await browser.submit(f"{OWN}/2026-h1/godkjenn", {"utgave": str(made)}, page=OWN_FORM, key="one")
        ).status_code
        for _ in range(100)
    }
    assert answers == {303}
    assert len(await world.sql("SELECT 1 FROM approved_figure WHERE measure = 'users'")) == 1


async def test_an_administrator_sees_the_figures_and_can_neither_compute_nor_approve(world: World) -> None:
    made = await report(world, "horten", NUMBERS, approved=False)
    browser = await world.browser("horten", Role.MUNICIPALITY_ADMINISTRATOR)
    page = await browser.get(f"{OWN}/2026-h1")
    assert "148" in page.text
    assert "Lederen godkjenner tallene." in page.text
    for verb in ("godkjenn", "beregn"):
        answer = await browser.submit(f"{OWN}/2026-h1/{verb}", {"utgave": str(made)}, page=OWN_FORM)
        assert answer.status_code == 403


async def test_an_address_that_names_no_ended_period_is_not_found(shared_world: World) -> None:
    browser = await shared_world.browser("horten", Role.MANAGER)
    running = parse(f"{today().year}").slug
    for period in (
        running,
        "2026-3",
        "2026-h3",
        "2026-H1",
        "1. halvår 2026",
        "tull",
        "2026-h1%00",
        "9999-h1",
    ):
        assert (await browser.get(f"{OWN}/{period}")).status_code == 404, period


async def test_the_managers_day_begins_with_figures_that_wait_and_ends_when_they_are_approved(
    world: World,
) -> None:
    browser = await world.browser("horten", Role.MANAGER)
    latest = ended_periods(HALF.kind, today(), 1)[0]
    assert f"/tall/{latest.slug}" in (await browser.get("/k/horten")).text
    await report(world, "horten", NUMBERS, period=latest)
    assert f"/tall/{latest.slug}" not in (await browser.get("/k/horten")).text
    await report(world, "horten", NUMBERS, period=latest.previous, approved=False)
    page = (await browser.get("/k/horten")).text
    assert f"/tall/{latest.previous.slug}" in page
    assert "venter på at du godkjenner dem" in page
    administrator = await world.browser("horten", Role.MUNICIPALITY_ADMINISTRATOR)
    assert "venter på at du godkjenner dem" not in (await administrator.get("/k/horten")).text


async def test_the_pages_speak_nynorsk(world: World) -> None:
    await report(world, "horten", NUMBERS)
    await report(world, "re", FEW)
    browser = await steering(world)
    await browser.submit("/sprak", {"sprak": "nn", "tilbake": "/"}, page=OWN_FORM)
    page = (await browser.get(REGION)).text
    assert 'lang="nn"' in page
    assert "Kvifor står det kolon" in page
