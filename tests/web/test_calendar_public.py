"""The activity calendar as anybody reads it: no cookie, kept for a minute, told again by its mark, filtered without script."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from sammen.clock import today
from sammen.policy.roles import Role
from shared_pool.calendar import shelf
from shared_pool.calendar.service import cancel_event, change_event
from tests.calendar_samples import entries, facts, published, weekly
from tests.worlds import Browser, World

BASE = "/aktivitetskalender/vestfold"
NOBODY = "5d2c2a0e-6c1b-4d0e-9f3a-000000000001"


@pytest.fixture(autouse=True)
def always_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    """The tests do not wait the second that a process does before it asks again."""
    monkeypatch.setattr(shelf, "CHECK_SECONDS", 0.0)


async def test_a_published_event_stands_on_the_pages_of_its_region_and_its_municipality_alone(
    world: World,
) -> None:
    made = await published(world)
    await published(world, what=weekly(world.re), slug="re")
    everybody = Browser(world.app)
    for path, seen, unseen in (
        (BASE, ("Åpen klatrekveld", "Spillkveld"), ()),
        (f"{BASE}/horten", ("Åpen klatrekveld",), ("Spillkveld",)),
        (f"{BASE}/re", ("Spillkveld",), ("Åpen klatrekveld",)),
    ):
        page = await everybody.get(path)
        assert page.status_code == 200
        assert all(word in page.text for word in seen)
        assert not any(word in page.text for word in unseen)
    own = await everybody.get(f"{BASE}/hendelse/{made}")
    assert "Rullestol kommer fram" in own.text
    assert "Ledsagerbevis gjelder" in own.text


async def test_a_draft_is_nowhere(world: World) -> None:
    browser = await world.browser("horten", Role.PROVIDER_COORDINATOR)
    made = await browser.submit(
        "/k/horten/aktivitetskalender/ny",
        {"tittel": "Hemmelig utkast", "naar": "once", "dato": f"{today():%d.%m.%Y}", "begynner": "18", "sted": "Her",
         "kommune": str(world.horten)},
    )  # fmt: skip
    assert made.status_code == 303
    event_id = made.headers["location"].rpartition("/")[2]
    everybody = Browser(world.app)
    for path in (BASE, f"{BASE}.ics", f"{BASE}/horten.ics", f"{BASE}/horten"):
        assert "Hemmelig" not in (await everybody.get(path)).text
    assert (await everybody.get(f"{BASE}/hendelse/{event_id}")).status_code == 404


@pytest.mark.parametrize("path", ["", "/horten", ".ics", "/horten.ics", "?gratis=ja&sprak=en"])
async def test_no_page_sets_a_cookie_and_each_may_be_kept_and_is_told_again(world: World, path: str) -> None:
    await published(world)
    signed_in = await world.browser("horten", Role.PROVIDER_COORDINATOR)
    answers = [await browser.get(BASE + path) for browser in (Browser(world.app), signed_in)]
    first = answers[0]
    assert {answer.content for answer in answers} == {first.content}
    assert all("set-cookie" not in answer.headers for answer in answers)
    assert first.headers["cache-control"] == "public, max-age=60"
    mark = first.headers["etag"]
    assert re.fullmatch(r'"[0-9a-f]{32}"', mark)
    again = await Browser(world.app).get(BASE + path, headers={"If-None-Match": f'"x", {mark}'})
    assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", mark)


async def test_a_change_is_another_page_and_what_is_called_off_says_so(world: World) -> None:
    made = await published(world)
    everybody = Browser(world.app)
    before = await everybody.get(BASE)
    async with world.at("horten", Role.PROVIDER_COORDINATOR) as uow:
        await change_event(uow, made, facts(world.horten, title="Klatring for alle"), version=2)
    after = await everybody.get(BASE, headers={"If-None-Match": before.headers["etag"]})
    assert after.status_code == 200
    assert "Klatring for alle" in after.text
    async with world.at("horten", Role.PROVIDER_COORDINATOR) as uow:
        await cancel_event(uow, made, "Hallen er stengt.")
    assert "Avlyst" in (await everybody.get(BASE)).text
    assert "Hallen er stengt." in (await everybody.get(f"{BASE}/hendelse/{made}")).text
    (entry,) = entries((await everybody.get(f"{BASE}.ics")).content)
    assert (entry["status"], entry["sequence"]) == ("CANCELLED", 2)


async def test_what_was_called_off_a_month_ago_is_gone(world: World) -> None:
    made = await published(world)
    async with world.at("horten", Role.PROVIDER_COORDINATOR) as uow:
        await cancel_event(uow, made, "Stengt.")
    await world.sql(
        "UPDATE calendar_event SET cancelled_at = now() - interval '31 days', version = version + 1"
    )
    assert "Åpen klatrekveld" not in (await Browser(world.app).get(f"{BASE}.ics")).text


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("alder=15", ["Åpen klatrekveld"]), ("gruppe=elders", ["Spillkveld"]), ("interesse=boardgames", ["Spillkveld"]),
        ("gratis=ja", ["Åpen klatrekveld"]), ("tilgang=wheelchair&tilgang=loop", ["Spillkveld"]),
        ("dag=tue&interesse=boardgames", ["Spillkveld"]), ("kommune=horten", ["Åpen klatrekveld"]),
        ("alder=15&gruppe=elders", []), ("sok=%00%FF&alder=-1&gruppe=<b>&maaned=2026-99", ["Åpen klatrekveld", "Spillkveld"]),
    ],
)  # fmt: skip
async def test_filters_in_the_address_find_the_same_on_the_page_and_in_the_feed(
    world: World, query: str, found: list[str]
) -> None:
    await published(world)
    other = weekly(
        world.re, age_from=60, age_to=None, targets=["elders"], price_ore=5000, access=["wheelchair", "loop"]
    )
    await published(world, slug="re", what=other)
    everybody = Browser(world.app)
    page, feed = await everybody.get(f"{BASE}?{query}"), await everybody.get(f"{BASE}.ics?{query}")
    assert sorted(re.findall(r'itemprop="name">(Åpen klatrekveld|Spillkveld)<', page.text)) == sorted(found)
    assert sorted(str(entry["summary"]) for entry in entries(feed.content)) == sorted(found)
    if not found:
        assert "Ingenting passer med det du har valgt" in page.text


async def test_an_empty_calendar_asks_for_something_to_put_in_it(world: World) -> None:
    page = await Browser(world.app).get(f"{BASE}/horten")
    assert "Ingenting står i kalenderen ennå" in page.text
    assert "/aktivitetskalender/vestfold/meld-inn?kommune=horten" in page.text


@pytest.mark.parametrize(
    "path",
    ["/aktivitetskalender/nowhere", f"{BASE}/nowhere", f"{BASE}/nowhere.ics", "/aktivitetskalender/nowhere.ics",
     f"{BASE}/hendelse/{NOBODY}", f"{BASE}/hendelse/{NOBODY}/kalender.ics", f"{BASE}/utgaver/{NOBODY}",
     "/aktivitetskalender/nowhere/meld-inn", f"{BASE}/hendelse/x"],
)  # fmt: skip
async def test_what_there_is_none_of_is_not_found(world: World, path: str) -> None:
    assert (await Browser(world.app).get(path)).status_code == 404


@pytest.mark.parametrize(
    ("language", "words"), [("nn", "Aktivitetskalender"), ("en", "2026"), ("xx", "Aktivitetskalender")]
)
async def test_the_language_is_the_addresss_own_whatever_the_cookie_says(
    world: World, language: str, words: str
) -> None:
    everybody = Browser(world.app)
    everybody.cookies.set("sprak", "en")
    page = await everybody.get(f"{BASE}?sprak={language}")
    assert f'<html lang="{language if language != "xx" else "nb"}"' in page.text
    assert words in page.text or language == "en"


async def test_the_page_says_in_schema_orgs_words_what_it_says(world: World) -> None:
    made = await published(world, what=weekly(world.horten, price_ore=15000))
    page = (await Browser(world.app).get(f"{BASE}/hendelse/{made}")).text
    for part in (
        'itemtype="https://schema.org/Event"', 'itemprop="startDate" content="20', 'href="https://schema.org/Tuesday"',
        'itemprop="repeatFrequency" content="P1W"', 'itemprop="price" content="150.00"', "https://schema.org/EventScheduled",
        'itemprop="scheduleTimezone" content="Europe/Oslo"', 'itemprop="location"',
    ):  # fmt: skip
        assert part in page, part
    assert "<script type=" not in page


async def test_markup_in_what_people_write_is_only_text(world: World) -> None:
    odd = facts(
        world.horten,
        title="<script>alert(1)</script>",
        about="<img src=x>",
        place='" onload="x',
        organiser="<b>Vi</b>",
    )
    made = await published(world, what=odd)
    for path in (BASE, f"{BASE}/hendelse/{made}"):
        page = (await Browser(world.app).get(path)).text
        assert "<script>alert" not in page
        assert "<img src=x" not in page
        assert 'onload="x"' not in page


async def test_a_flood_of_addresses_keeps_a_bounded_number_of_pages(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shelf, "MOST_PAGES", 10)
    monkeypatch.setattr(shelf, "CHECK_SECONDS", 60.0)
    await published(world)
    everybody = Browser(world.app)
    for number in range(30):
        await everybody.get(f"{BASE}?alder={number}")
        await everybody.get(f"{BASE}?nonsense={number}&x={'y' * number}")
    pages, size = shelf.shelf_of(world.house.engine).size
    assert pages <= 10
    assert size == sum(len(kept.body) for kept in shelf.shelf_of(world.house.engine)._pages.values())


async def test_a_client_that_asks_every_minute_asks_the_database_at_most_once_a_second(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shelf, "CHECK_SECONDS", 60.0)
    await published(world)
    asked = 0
    ask = shelf.Shelf._ask

    async def counted(self: shelf.Shelf) -> None:
        nonlocal asked
        asked += 1
        await ask(self)

    monkeypatch.setattr(shelf.Shelf, "_ask", counted)
    everybody = Browser(world.app)
    for path in (f"{BASE}.ics", BASE, "/aktivitetskalender/nowhere", f"{BASE}/horten") * 10:
        await everybody.get(path)
    assert asked == 1


async def test_the_page_stands_while_the_database_is_away(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    await published(world)
    everybody = Browser(world.app)
    before = await everybody.get(BASE)

    def gone(*_: object) -> None:
        raise OSError("away")

    monkeypatch.setattr("sammen.web.visitor.plain_transaction", gone)
    after = await everybody.get(BASE)
    assert (after.status_code, after.content) == (200, before.content)


async def test_the_dates_come_a_page_at_a_time_and_a_page_past_the_last_is_the_last(world: World) -> None:
    days = [today() + timedelta(days=n) for n in range(1, 51)]
    for number in range(2):
        await published(
            world,
            what=facts(
                world.horten,
                title=f"Turdag {number}",
                kind="dates",
                dates=days,
                first_day=days[0],
                last_day=days[-1],
            ),
        )
    everybody = Browser(world.app)
    first, second, far = [await everybody.get(f"{BASE}?side={side}") for side in (1, 2, 99)]
    assert first.text.count('itemprop="name">Turdag') == 60
    assert second.text.count('itemprop="name">Turdag') == 40
    assert far.text.count('itemprop="name">Turdag') == 40
