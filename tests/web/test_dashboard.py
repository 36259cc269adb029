"""The pages of what is published: the region's, one municipality's, reports, files and targets, as each role sees them."""

from __future__ import annotations

import io
import re
from dataclasses import replace
from typing import Any

import httpx
import openpyxl
import pytest
import pytest_asyncio

from reporting.releases.api import HIDDEN
from sammen.policy.roles import Role
from tests.figure_samples import more_municipalities
from tests.released_samples import HALF, made_up, publish
from tests.worlds import Browser, World

REGION, BESIDE, TARGETS = "/r/vestfold/tall", "/k/horten/tall/sammenlign", "/r/vestfold/maal"
HORTEN: dict[str, int | None] = {
    "users": 148,
    "hours": 9431,
    "cost": 3_885_572,
    "waiting": 4,
    "deviations_open": 0,
    "services": 160,
}
RE: dict[str, int | None] = {
    "users": 42,
    "hours": 2500,
    "cost": 700_014,
    "waiting": 12,
    "deviations_open": 6,
    "services": 44,
}
HOF: dict[str, int | None] = dict.fromkeys(HORTEN)
BEFORE: dict[str, int | None] = {
    "users": 139,
    "hours": 9000,
    "cost": 3_700_000,
    "waiting": 11,
    "deviations_open": 2,
    "services": 150,
}


async def steering(world: World) -> Browser:
    return await world.browser("vestfold", Role.STEERING_GROUP_MEMBER)


async def filled(world: World, *, tjome: bool = True) -> None:
    """Two half-years: Horten and Re shown, Hof hidden, Tjøme without figures."""
    places = await more_municipalities(world, ["Hof", *(["Tjøme"] if tjome else [])])
    ids = {name: str(place) for name, place in {"Horten": world.horten, "Re": world.re, **places}.items()}
    missing = ["Tjøme"] if tjome else []
    earlier = {"Horten": BEFORE, "Re": RE, "Hof": HOF}
    await publish(
        world, made_up(earlier, period=HALF.previous, missing=missing, ids=ids, region_hidden=list(HOF))
    )
    now = {"Horten": HORTEN, "Re": RE, "Hof": HOF}
    await publish(world, made_up(now, missing=missing, ids=ids, region_hidden=list(HOF)))


@pytest_asyncio.fixture(scope="module")
async def published(shared_world: World) -> World:
    await filled(shared_world)
    return shared_world


def rows(page: str, caption: str) -> dict[str, tuple[str, ...]]:
    """Rows of the table with that caption."""
    table = re.search(rf"<caption[^>]*>{re.escape(caption)}</caption>.*?</table>", page, re.DOTALL)
    assert table, f"no table {caption}"
    found = re.findall(r'<th scope="row">(?:<a[^>]*>)?(.*?)(?:</a>)?</th>(.*?)</tr>', table[0])
    return {name: tuple(re.findall(r'<td class="num">(.*?)</td>', cells)) for name, cells in found}


def sheet(download: httpx.Response) -> list[tuple[Any, ...]]:
    assert download.status_code == 200
    book = openpyxl.load_workbook(io.BytesIO(download.content))
    return [tuple(cell.value for cell in row) for row in book.worksheets[0].iter_rows()]


async def test_before_anything_is_published_the_page_says_who_does_what_next(world: World) -> None:
    page = await (await steering(world)).get(REGION)
    assert page.status_code == 200
    assert "Ingen tall er publisert ennå" in page.text
    assert "Horten og Re" in page.text
    own = await (await world.browser("horten", Role.MANAGER)).get(BESIDE)
    assert "Godkjenn kommunens egne tall." in own.text
    browser = await steering(world)
    for path in ("tall.xlsx", "tall.pdf", "sammenlign", "tema/users", "kommune/horten", "rapport/brukere"):
        assert (await browser.get(f"{REGION}/{path}")).status_code == 404
    assert "Samarbeidet har ikke satt noen mål ennå" in (await browser.get(TARGETS)).text


async def test_a_municipality_without_figures_is_named_and_one_that_is_hidden_has_a_colon(
    published: World,
) -> None:
    page = (await (await steering(published)).get(f"{REGION}/rapport/brukere")).text
    table = rows(page, "Brukere med tilbud")
    assert table["Horten"][:2] == ("148", "139")
    assert table["Hof"][:2] == (":", ":")
    assert table["Tjøme"][:2] == ("–", "–")
    assert table["Samarbeidet"][0] == ":"
    assert "Uten tall: Tjøme." in page
    assert "Det er ikke det samme som null." in page
    assert list(table)[:4] == ["Hof", "Horten", "Re", "Tjøme"]


async def test_an_order_by_value_is_not_made_while_a_number_is_hidden(published: World) -> None:
    page = (await (await steering(published)).get(f"{REGION}/rapport/brukere?sorter=verdi")).text
    assert list(rows(page, "Brukere med tilbud"))[:4] == ["Hof", "Horten", "Re", "Tjøme"]
    assert "Kommunene står etter navn" in page


async def test_two_pages_and_a_file_that_show_a_figure_show_the_same(published: World) -> None:
    browser = await steering(published)
    report = rows((await browser.get(f"{REGION}/rapport/kostnad-per-time")).text, "Kostnad per time")
    compared = rows((await browser.get(f"{REGION}/sammenlign")).text, "Kostnad")
    own = rows((await (await published.browser("horten", Role.MANAGER)).get(BESIDE)).text, "Kostnad")
    file = {row[0]: row for row in sheet(await browser.get(f"{REGION}/rapport/kostnad-per-time/tall.xlsx"))}
    whole = {row[0]: row for row in sheet(await browser.get(f"{REGION}/tall.xlsx"))}
    at = whole["Kommune"].index("Kostnad per time")
    for name in ("Horten", "Re", "Hof", "Tjøme", "Samarbeidet"):
        shown = report[name][0]
        assert compared[name][0].partition("<")[0] == own[name][0].partition("<")[0] == shown
        assert str(file[name][1]) == str(whole[name][at]) == shown
    assert report["Horten"][0] == "412"


async def test_each_page_opens_and_says_what_the_figures_say(published: World) -> None:
    browser = await steering(published)
    front = (await browser.get(REGION)).text
    assert "Tall for 1. halvår 2026" in front
    assert "Uten tall: Tjøme." in front
    place = (await browser.get(f"{REGION}/kommune/horten")).text
    assert "Horten og samarbeidet, 1. halvår 2026" in place
    assert "Færre venter på å komme i gang enn for et halvt år siden." in place
    assert "7 færre enn for et halvt år siden" in place
    for theme in ("users", "waiting", "hours", "quality", "cost"):
        assert (await browser.get(f"{REGION}/tema/{theme}")).status_code == 200
    assert (await browser.get(f"{REGION}/tema/courses")).status_code == 404, "the release has none of it"
    assert "Tall for 2. halvår 2025" in (await browser.get(f"{REGION}?periode=2025-h2")).text


async def test_bad_choices_are_told_in_words_and_unknown_addresses_are_not_found(published: World) -> None:
    browser = await steering(published)
    report = f"{REGION}/rapport/brukere"
    for query, words in (
        ("alder=tull", "Dette valget finnes ikke i rapporten."),
        ("sorter=tull", "Tabellen kan ordnes etter navn eller verdi."),
        ("form=group", "Tallene i denne rapporten er ikke delt slik."),
        ("alder=0-17&kjonn=F", "Tallene er ikke publisert for disse valgene sammen."),
    ):
        answer = await browser.get(f"{report}?{query}")
        assert (answer.status_code, words in answer.text) == (422, True), query
        assert (await browser.get(f"{report}/tall.xlsx?{query}")).status_code == 422
    for path in ("rapport/tull", "rapport/brukere?kommune=oslo", "rapport/brukere?periode=2026", "tema/tull",
                 "kommune/oslo", "?periode=1. halvår 2026", "sammenlign?periode=2030-h1"):  # fmt: skip
        assert (await browser.get(f"{REGION}/{path}".replace("/?", "?"))).status_code == 404, path
    young = await browser.get(f"{report}?alder=0-17&kommune=re")
    assert young.status_code == 200
    assert "Brukere med tilbud: 0–17 år" in young.text


async def test_pages_open_only_for_those_who_may_compare(published: World) -> None:
    world = published
    for role in (Role.SHARED_COORDINATOR, Role.COURSE_COORDINATOR):
        browser = await world.browser("vestfold", role)
        for path in (REGION, f"{REGION}/rapport/brukere", f"{REGION}/tall.xlsx", TARGETS):
            assert (await browser.get(path)).status_code == 403
    coordinator = await world.browser("horten", Role.PROVIDER_COORDINATOR)
    assert (await coordinator.get(BESIDE)).status_code == 403
    assert (await (await world.browser("re", Role.MANAGER)).get(BESIDE)).status_code == 404
    for path in (BESIDE, f"{BESIDE}/rapport/brukere", f"{BESIDE}/tall.xlsx"):
        assert (await (await world.browser("horten", Role.MANAGER)).get(path)).status_code == 200


async def test_the_pdf_carries_the_same_signs_and_says_which_release_it_is(published: World) -> None:
    answer = await (await steering(published)).get(f"{REGION}/rapport/brukere/rapport.pdf")
    assert answer.status_code == 200
    assert answer.content.startswith(b"%PDF")
    notes = [
        str(row[0])
        for row in sheet(await (await steering(published)).get(f"{REGION}/rapport/brukere/tall.xlsx"))
    ]
    assert any("publisering 1 for 1. halvår 2026" in note for note in notes)
    assert any("Kolon betyr ikke null" in note for note in notes)


async def test_a_hidden_municipality_can_have_any_numbers_and_nothing_shown_changes(published: World) -> None:
    """The pages are made from released cells alone; a hidden cell has no value to begin with."""
    made = made_up({"Horten": HORTEN, "Hof": HOF})
    assert {
        shown.value for (_m, _b, where, _k), shown in made.cells.items() if where == made.places[0].id
    } == {None}
    with pytest.raises(ValueError, match="not shown"):
        replace(HIDDEN, value=made.cells["users", (), made.places[1].id, ()].value)


async def test_a_target_is_set_seen_as_a_light_with_words_and_kept_as_history(world: World) -> None:
    await filled(world, tjome=False)
    manager = await world.browser("vestfold", Role.PROJECT_MANAGER)
    facts = {"maaltall": "waiting", "retning": "most", "verdi": "0", "fra": "01.01.2026", "hvorfor": "Møte 3"}
    assert (await manager.submit(TARGETS, facts, page=TARGETS)).status_code == 303
    page = (await manager.get(TARGETS)).text
    assert "Mål: null. Ikke nådd, men nærmere" in page, "Horten's queue has shrunk"
    assert "0 av 2 kommuner som vises, har nådd målet. 1 vises ikke." in page
    assert "Møte 3" in page
    front = (await (await steering(world)).get(f"{REGION}/kommune/horten")).text
    assert "Mål: null. Ikke nådd, men nærmere" in front
    own = (await (await world.browser("horten", Role.MANAGER)).get(BESIDE)).text
    assert "Mål: null. Ikke nådd, men nærmere" in own
    hidden = (await (await steering(world)).get(f"{REGION}/kommune/hof")).text
    assert "Mål: null" not in hidden
    ended = {**facts, "verdi": "", "fra": "02.01.2026"}
    assert (await manager.submit(TARGETS, ended, page=TARGETS)).status_code == 303
    page = (await manager.get(TARGETS)).text
    assert "Samarbeidet har ikke satt noen mål ennå" in page
    assert page.count("02.01.2026") == 1
    assert "avsluttet" in page
    assert len(await world.sql("SELECT 1 FROM target")) == 2
    trail = await world.sql("SELECT count(*) AS n FROM region_audit_entry WHERE action = 'target.set'")
    assert trail[0]["n"] == 2


async def test_a_bad_target_comes_back_with_what_was_typed_and_only_the_project_manager_sets_one(
    world: World,
) -> None:
    manager = await world.browser("vestfold", Role.PROJECT_MANAGER)
    bad = {"maaltall": "tull", "retning": "", "verdi": "-3", "fra": "31.02.2026", "hvorfor": "x" * 301}
    answer = await manager.submit(TARGETS, bad, page=TARGETS)
    assert answer.status_code == 422
    for words in (
        "Velg hvilket tall målet gjelder.",
        "Skriv et tall fra null og oppover",
        "Februar 2026 har 28 dager.",
        "Skriv høyst 300 tegn.",
    ):
        assert words in answer.text, words
    assert 'value="-3"' in answer.text
    none_to_end = {"maaltall": "waiting", "retning": "most", "verdi": "", "fra": "01.01.2026"}
    assert "ikke noe mål å avslutte" in (await manager.submit(TARGETS, none_to_end, page=TARGETS)).text
    member = await steering(world)
    assert (await member.submit(TARGETS, bad, page=TARGETS)).status_code == 403
    assert await world.sql("SELECT 1 FROM target") == []
    answers = {
        (await manager.submit(TARGETS, {**none_to_end, "verdi": "0"}, page=TARGETS, key="one")).status_code
        for _ in range(20)
    }
    assert answers == {303}
    assert len(await world.sql("SELECT 1 FROM target")) == 1
