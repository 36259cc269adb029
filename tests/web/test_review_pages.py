"""Status reviews over HTTP: planned, written, held, printed; bad fields; two at once; who may (A8)."""

from __future__ import annotations

import io
import re
from datetime import timedelta

import pikepdf
import pytest

from sammen.clock import today
from sammen.norwegian import format_date
from sammen.policy.roles import Role
from tenants.cases.circle import shield_by_hand
from tests.provider_samples import case_of, granted_order
from tests.worlds import Browser, World

LIST = "/k/horten/statusmoter"
CHILD, COORDINATOR, MANAGER = Role.PURCHASER_CHILD, Role.PROVIDER_COORDINATOR, Role.MANAGER


async def planned(browser: Browser) -> str:
    """The address of a review planned for today."""
    answer = await browser.submit(f"{LIST}/nytt", {"dato": format_date(today())}, page=LIST)
    assert answer.status_code == 303
    return str(answer.headers["location"])


def minutes(page: str, **changes: str) -> dict[str, str]:
    """The minutes' form as shown on a page, filled in."""
    fields = re.findall(r'name="(referat_[^"]+)"', page)
    return {
        "dato": format_date(today()), "til_stede": "Kari og Ole", "annet": "", "versjon": "1",
        **dict.fromkeys(fields, "Prøver gruppe."), **changes,
    }  # fmt: skip


async def test_a_review_from_planned_to_held_with_an_action_that_is_done_after(world: World) -> None:
    await granted_order(world, "horten")
    browser = await world.browser("horten", MANAGER)
    review = await planned(browser)
    page = (await browser.get(review)).text
    assert "Vedtak uten støttekontakt" in page
    assert "Jonas Bergli" in page
    assert (await browser.submit(f"{review}/referat", minutes(page), page=review)).status_code == 303
    action = {
        "oppgave": "Ring mor", "oppgave_eier": str(world.user("horten", COORDINATOR)), "oppgave_punkt": "",
        "oppgave_frist": format_date(today() + timedelta(days=5)),
    }  # fmt: skip
    assert (await browser.submit(f"{review}/oppgave", action, page=review)).status_code == 303
    assert (await browser.submit(f"{review}/oppdater", page=review)).status_code == 303
    assert (await browser.submit(f"{review}/avslutt", {"versjon": "2"}, page=review)).status_code == 303
    page = (await browser.get(review)).text
    assert "Referatet kan ikke endres" in page
    assert "Prøver gruppe." in page
    assert "<textarea" not in page
    answer = await browser.submit(f"{review}/referat", minutes("", versjon="3"), page=LIST)
    assert answer.status_code == 409
    owner = await world.browser("horten", COORDINATOR)
    assert "Ring mor" in (await owner.get("/k/horten")).text
    done = (await world.sql("SELECT id FROM review_action"))[0]["id"]
    assert (await owner.submit(f"{review}/oppgave/{done}/gjort", page=review)).status_code == 303
    assert "Ring mor" not in (await owner.get("/k/horten")).text
    assert "Gjort" in (await owner.get(review)).text
    assert "Ring mor" not in (await owner.get(LIST)).text


async def test_the_minutes_are_a_tagged_pdf_with_what_the_reader_may_see(world: World) -> None:
    order = await granted_order(world, "horten")
    manager = await world.browser("horten", MANAGER)
    review = await planned(manager)
    page = (await manager.get(review)).text
    await manager.submit(f"{review}/referat", minutes(page), page=review)
    async with world.at("horten", CHILD) as uow:
        await shield_by_hand(uow, await case_of(world, "horten", order), reason="Kjent i bygda.")
    sizes = {}
    for role in (CHILD, MANAGER):
        answer = await (await world.browser("horten", role)).get(f"{review}/referat.pdf")
        assert answer.status_code == 200
        assert "attachment" in answer.headers["content-disposition"]
        with pikepdf.open(io.BytesIO(answer.content)) as pdf:
            assert bool(pdf.Root.MarkInfo.Marked)
            assert str(pdf.Root.Lang).startswith("nb")
            sizes[role] = len(answer.content)
    assert sizes[CHILD] > sizes[MANAGER]
    assert "Jonas" not in (await manager.get(review)).text
    assert "Prøver gruppe." not in (await manager.get(review)).text
    assert "Jonas" not in (await manager.get(LIST)).text


@pytest.mark.parametrize(
    ("path", "changes", "says"),
    [
        ("referat", {"dato": ""}, "Skriv dagen dere møttes."),
        ("referat", {"dato": "32.01.2026"}, "Januar 2026 har 31 dager"),
        ("referat", {"til_stede": "x" * 501}, "for lang"),
        ("referat", {"versjon": "ny"}, "Skjemaet er for gammelt"),
        ("oppgave", {"oppgave": ""}, "Skriv hva som skal gjøres."),
        ("oppgave", {"oppgave_eier": ""}, "Velg hvem som gjør det."),
        ("oppgave", {"oppgave_eier": "00000000-0000-4000-8000-000000000000"}, "må kunne se saken"),
        ("oppgave", {"oppgave_frist": "01.01.2020"}, "Fristen har allerede vært"),
        (
            "oppgave",
            {"oppgave_punkt": "00000000-0000-4000-8000-000000000000"},
            "Velg et punkt fra sakslista.",
        ),
        ("avslutt", {"versjon": "1"}, "Skriv hvem som var til stede"),
    ],
)
async def test_a_bad_field_is_named_what_was_typed_is_kept_and_nothing_changes(
    world: World, path: str, changes: dict[str, str], says: str
) -> None:
    browser = await world.browser("horten", MANAGER)
    review = await planned(browser)
    first = {
        "referat": minutes("", annet="Husk dette."),
        "oppgave": {"oppgave": "Ring", "oppgave_eier": str(world.user("horten", MANAGER)), "oppgave_punkt": "",
                    "oppgave_frist": format_date(today())},
        "avslutt": {},
    }[path]  # fmt: skip
    answer = await browser.submit(f"{review}/{path}", {**first, **changes}, page=review)
    assert answer.status_code == 422
    assert says in answer.text
    assert path != "referat" or "Husk dette." in answer.text
    assert not await world.sql("SELECT 1 FROM review_action")
    row = (await world.sql("SELECT notes, held_at FROM status_review"))[0]
    assert (row["notes"], row["held_at"]) == ("", None)


@pytest.mark.parametrize(
    ("day", "says"), [("", "Skriv dagen dere skal møtes."), ("01.01.2199", "innen et år")]
)
async def test_a_day_that_cannot_be_is_named_on_the_list(world: World, day: str, says: str) -> None:
    browser = await world.browser("horten", MANAGER)
    answer = await browser.submit(f"{LIST}/nytt", {"dato": day}, page=LIST)
    assert answer.status_code == 422
    assert says in answer.text


async def test_two_who_write_are_told_and_neither_text_is_lost(world: World) -> None:
    manager, child = await world.browser("horten", MANAGER), await world.browser("horten", CHILD)
    review = await planned(manager)
    assert (
        await manager.submit(f"{review}/referat", minutes("", annet="Mitt"), page=review)
    ).status_code == 303
    answer = await child.submit(f"{review}/referat", minutes("", annet="Ditt"), page=review)
    assert answer.status_code == 409
    assert "Mitt" in answer.text
    assert "Ditt" in answer.text


async def test_a_coordinator_reads_and_only_who_allocates_writes(world: World) -> None:
    manager = await world.browser("horten", MANAGER)
    review = await planned(manager)
    coordinator = await world.browser("horten", COORDINATOR)
    page = (await coordinator.get(review)).text
    assert "<textarea" not in page
    assert "Avslutt møtet" not in page
    for path in ("referat", "oppgave", "oppdater", "avslutt", "avlys"):
        assert (await coordinator.submit(f"{review}/{path}", {}, page=review)).status_code == 403
    for role in (Role.PAYROLL, Role.DATA_PROTECTION_OFFICER):
        assert (await (await world.browser("horten", role)).get(LIST)).status_code == 403
    stranger = await world.browser("re", MANAGER)
    assert (await stranger.get(review.replace("horten", "re"))).status_code == 404
    assert (await stranger.get(f"{review.replace('horten', 're')}/referat.pdf")).status_code == 404
    assert (await manager.submit(f"{review}/avlys", page=review)).status_code == 303
    assert (await manager.get(review)).status_code == 404
