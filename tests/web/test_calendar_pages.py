"""Those who keep a calendar: writing, publishing, calling off, two editors, printed half-years, and what fits a person."""

from __future__ import annotations

import io
import re
from datetime import timedelta
from typing import Any

import pikepdf
import pytest

import shared_pool.calendar.jobs  # noqa: F401 - registers the job that prints
from sammen.clock import today
from sammen.policy.roles import Role
from tests.calendar_samples import facts, filled, published, weekly
from tests.worlds import Browser, World

HERE = "/k/horten/aktivitetskalender"
KEEPER = Role.PROVIDER_COORDINATOR


async def written(browser: Browser, world: World, **changes: Any) -> str:
    """A draft; its path."""
    answer = await browser.submit(f"{HERE}/ny", filled(world, **changes))
    assert answer.status_code == 303, re.findall(r"validation-message[^>]*>([^<]+)", answer.text)
    return str(answer.headers["location"])


async def test_an_event_from_a_draft_to_called_off(world: World) -> None:
    kari = await world.browser("horten", KEEPER)
    assert "Kalenderen er tom" in (await kari.get(HERE)).text
    one = await written(kari, world)
    assert "Utkast" in (await kari.get(one)).text
    assert (await kari.submit(f"{one}/publiser", page=one)).status_code == 303
    assert "Publisert" in (await kari.get(one)).text
    assert (await kari.submit(f"{one}/slett", page=one)).status_code == 409
    without = await kari.submit(f"{one}/avlys", {"grunn": ""}, page=one)
    assert without.status_code == 422
    assert (await kari.submit(f"{one}/avlys", {"grunn": "Sykdom."}, page=one)).status_code == 303
    assert "Kor for alle" in (await kari.get(f"{HERE}?vis=tidligere")).text
    actions = await world.sql("SELECT action FROM audit_entry WHERE action LIKE 'calendar.%' ORDER BY at, id")
    assert [row["action"] for row in actions] == [
        "calendar.written",
        "calendar.published",
        "calendar.cancelled",
    ]


async def test_it_may_be_published_as_it_is_written_but_not_when_it_is_over(world: World) -> None:
    kari = await world.browser("horten", KEEPER)
    one = await written(kari, world, publiser="ja")
    assert "Publisert" in (await kari.get(one)).text
    past = filled(world, publiser="ja", dato=f"{today() - timedelta(days=2):%d.%m.%Y}")
    answer = await kari.submit(f"{HERE}/ny", past)
    assert answer.status_code == 422
    assert "Alle dagene har vært." in answer.text
    assert len(await world.sql("SELECT 1 FROM calendar_event")) == 1


async def test_of_two_editors_the_second_is_told_what_the_first_wrote(world: World) -> None:
    kari, leif = (
        await world.browser("horten", KEEPER),
        await world.browser("horten", Role.MUNICIPALITY_ADMINISTRATOR),
    )
    one = await written(kari, world)
    assert (
        await kari.submit(f"{one}/endre", filled(world, versjon="1", tittel="Kor på mandag"))
    ).status_code == 303
    late = await leif.submit(f"{one}/endre", filled(world, versjon="1", tittel="Kor på fredag"))
    assert late.status_code == 409
    assert "Kor på mandag" in late.text
    assert "Kor på fredag" in late.text


async def test_a_copy_is_a_draft_of_ones_own_with_the_same_words(world: World) -> None:
    await published(world, what=weekly(world.horten))
    kari = await world.browser("horten", KEEPER)
    (row,) = await world.sql("SELECT id FROM calendar_event")
    one = f"{HERE}/{row['id']}"
    answer = await kari.submit(f"{one}/kopier", page=one)
    form = await kari.get(answer.headers["location"])
    assert 'value="Spillkveld"' in form.text
    states = await world.sql("SELECT state, title, weekdays FROM calendar_event ORDER BY created_at")
    assert [(row["state"], row["title"], row["weekdays"]) for row in states] == [
        ("published", "Spillkveld", ["tue"]), ("draft", "Spillkveld", ["tue"])]  # fmt: skip


async def test_each_place_keeps_its_own(world: World) -> None:
    await published(world)
    (row,) = await world.sql("SELECT id FROM calendar_event")
    for slug, role, base in (("re", KEEPER, "/k/re"), ("vestfold", Role.SHARED_COORDINATOR, "/r/vestfold")):
        browser = await world.browser(slug, role)
        assert "Åpen klatrekveld" not in (await browser.get(f"{base}/aktivitetskalender")).text
        for path in ("", "/endre"):
            assert (await browser.get(f"{base}/aktivitetskalender/{row['id']}{path}")).status_code == 404
        for path in ("publiser", "avlys", "avslaa", "kopier", "slett", "endre"):
            answer = await browser.submit(
                f"{base}/aktivitetskalender/{row['id']}/{path}", {"grunn": "x", "versjon": "1"}
            )
            assert answer.status_code == 404, path


@pytest.mark.parametrize(
    ("slug", "role", "base"),
    [("horten", Role.PURCHASER_ADULT, "/k/horten"), ("vestfold", Role.COURSE_COORDINATOR, "/r/vestfold")],
)
async def test_who_does_not_keep_a_calendar_does_not_write_in_it(
    shared_world: World, slug: str, role: Role, base: str
) -> None:
    browser = await shared_world.browser(slug, role)
    assert (await browser.get(f"{base}/aktivitetskalender")).status_code == 403


async def test_the_regions_own_stand_on_the_pages_of_every_municipality(world: World) -> None:
    await published(
        world, slug="vestfold", role=Role.SHARED_COORDINATOR, what=facts(None, title="Felles tur")
    )
    everybody = Browser(world.app)
    for path in ("", "/horten", "/re"):
        assert "Felles tur" in (await everybody.get(f"/aktivitetskalender/vestfold{path}")).text


# Printed half-years ----------------------------------------------------------------------------------------------------
async def test_a_half_year_is_printed_in_large_letters_with_contents_and_tags_for_who_hears_it(
    world: World,
) -> None:
    await published(world)
    await published(world, what=weekly(world.horten))
    kari = await world.browser("horten", KEEPER)
    half = f"{today().year}-{2 if today().month > 7 else 1}"
    answer = await kari.submit(f"{HERE}/utgaver", {"halvaar": half, "gruppe": "youth", "sprak": "nn"})
    assert answer.status_code == 303
    await world.run_jobs()
    page = await kari.get(answer.headers["location"])
    link = re.search(r'href="(/aktivitetskalender/vestfold/utgaver/[^"]+)"', page.text)
    assert link
    file = await Browser(world.app).get(link.group(1))
    assert file.headers["content-type"] == "application/pdf"
    assert "set-cookie" not in file.headers
    again = await Browser(world.app).get(link.group(1), headers={"If-None-Match": file.headers["etag"]})
    assert again.status_code == 304
    with pikepdf.open(io.BytesIO(file.content)) as pdf:
        assert pdf.Root.MarkInfo.Marked
        assert str(pdf.Root.Lang).startswith("nn")
        assert len(pdf.open_outline().root) > 0
    assert link.group(1) in (await Browser(world.app).get("/aktivitetskalender/vestfold/horten")).text


async def test_printed_again_it_replaces_what_was_there(world: World) -> None:
    kari = await world.browser("horten", KEEPER)
    half = f"{today().year}-{2 if today().month > 7 else 1}"
    for _ in range(2):
        await kari.submit(f"{HERE}/utgaver", {"halvaar": half, "gruppe": "all", "sprak": "nb"})
        await world.run_jobs()
    (row,) = await world.sql("SELECT id, events FROM calendar_edition")
    assert row["events"] == 0
    taken = await kari.submit(f"{HERE}/utgaver/{row['id']}/fjern", page=f"{HERE}/utgaver")
    assert taken.status_code == 303
    assert (
        await Browser(world.app).get(f"/aktivitetskalender/vestfold/utgaver/{row['id']}")
    ).status_code == 404


@pytest.mark.parametrize(
    "changes", [{"halvaar": "1999-1"}, {"gruppe": "katter"}, {"sprak": "en"}, {"halvaar": ""}]
)
async def test_a_half_year_group_or_language_there_is_none_of_is_refused(
    shared_world: World, changes: dict[str, str]
) -> None:
    kari = await shared_world.browser("horten", KEEPER)
    whole = {"halvaar": f"{today().year}-{2 if today().month > 7 else 1}", "gruppe": "all", "sprak": "nb"}
    answer = await kari.submit(f"{HERE}/utgaver", {**whole, **changes})
    assert answer.status_code == 422
    assert await shared_world.sql("SELECT 1 FROM task") == []
