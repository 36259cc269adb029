"""The steps of a group across borders (test_group_job.py), each as the one who takes it: what is clicked, what must be seen."""

from __future__ import annotations

import re
from datetime import timedelta
from uuid import UUID

from playwright.async_api import Page, expect

from sammen.clock import today
from sammen.norwegian import format_date
from tests.web.pool_steps import well_made
from tests.web.steps import fill
from tests.web.together import Together, idle
from tests.worlds import World

GROUP, PHONE, NEEDS = "Bowlinggruppa", "33 08 50 00", "Tåler ikke nøtter"
OWN = {
    "horten": ("Jonas Bergheim", "Solveig Moldvik", "Sindre Lindby"),
    "re": ("Trym Solvang", "Odd Linnestad"),
}
"""Who takes part. Jonas and Trym log in themselves."""
LEADERS = ("Marte Lien", "Amund Viksund", "Tuva Skogly")
"""Marte and Amund lead the group; Tuva stands in."""
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
BASE = "/k/horten/grupper"


async def says_nothing_of(page: Page, slug: str, *, given: bool = True) -> None:
    """The page names nobody of this municipality, by no name of theirs."""
    shown = await page.content()
    words = [word for name in OWN[slug] for word in (name.split() if given else name.split()[1:])]
    assert not [word for word in words if re.search(rf"\b{word}\b", shown)], page.url


async def start_in_an_hour(world: World, session: str) -> None:
    """Time goes until a meeting begins in an hour, with what is booked for it."""
    for table, mine in (("group_session", "id"), ("booking", "purpose_id")):
        await world.sql(
            f"UPDATE {table} SET starts_at = date_trunc('hour', now()) + interval '1 hour',"
            f" ends_at = date_trunc('hour', now()) + interval '3 hours' WHERE {mine} = $1",
            UUID(session),
        )


async def a_day_later(world: World, session: str) -> None:
    """The meeting was yesterday, and who took part had places by then."""
    await world.sql(
        "UPDATE group_session SET starts_at = starts_at - interval '1 day', ends_at = ends_at - interval '1 day'"
        " WHERE id = $1", UUID(session),
    )  # fmt: skip
    await world.sql("UPDATE group_place SET valid_from = valid_from - 1")


# The season -----------------------------------------------------------------------------------------------------------
async def plan(walk: Together, page: Page) -> None:
    """Kari makes a group with two leaders for half a year, and sees which days it rests and why."""
    await page.get_by_role("link", name="Grupper", exact=True).first.click()
    await page.get_by_role("link", name="Ny gruppe").first.click()
    first = today() + timedelta(days=2)
    await page.locator("[name='aktivitet']").select_option("bowling")
    await page.locator("[name='ukedag']").select_option(WEEKDAYS[first.weekday()])
    await page.locator("[name='paske']").check()
    for field, name in (("leder", LEADERS[0]), ("leder_to", LEADERS[1])):
        await page.locator(f"[name='{field}']").select_option(label=name)
    await fill(page, navn=GROUP, begynner="17:30", slutter="19:30", sted="Bowlinghallen", transport="Buss fra torget",
               fra=format_date(today()), til=format_date(today() + timedelta(weeks=26)), hostferie="40", vinterferie="8",
               plasser="8")  # fmt: skip
    await well_made(page)
    await (
        page.get_by_role("button", name="Lagre gruppa")
        .or_(page.locator("main form button[type='submit']").last)
        .first.click()
    )
    await expect(page.get_by_role("heading", level=1)).to_contain_text(GROUP)
    await well_made(page)
    walk.group = page.url.rsplit("/", 1)[1]
    await page.get_by_role("link", name="Alle treff").click()
    await expect(page.get_by_text("Fri:").first).to_be_visible()
    assert await page.get_by_role("link", name=re.compile("^(Man|Tirs|Ons|Tors|Fre|Lør|Søn)dag")).count() > 18
    await well_made(page)


async def invite(walk: Together, page: Page) -> None:
    """Kari opens the group, and keeps three seats for Re; nine of eight are refused."""
    await page.goto(f"{walk.site.url}{BASE}/{walk.group}")
    await page.get_by_role("button", name="Åpne for andre kommuner").click()
    await page.goto(f"{walk.site.url}{BASE}/felles")
    await page.get_by_role("link", name=GROUP).click()
    walk.found["joint"] = page.url.removeprefix(f"{walk.site.url}/k/horten")
    for seats in ("9", "3"):
        await page.locator("[name='kommune']").select_option(label="Re")
        await fill(page, plasser=seats)
        await page.get_by_role("button", name="Hold av plassene").click()
        if seats == "9":
            await expect(page.locator(".ds-error-summary")).to_be_visible()
    await expect(page.get_by_role("table", name="Kommuner som er invitert").locator("tr", has_text="Re")).to_contain_text(
        "3 plasser"
    )  # fmt: skip
    await well_made(page)


async def join(walk: Together, page: Page) -> None:
    """Re's coordinator finds the invitation on Min dag, and says yes with a number that somebody answers."""
    await walk.has(page, GROUP)
    await page.locator("main").get_by_role("link", name=GROUP).first.click()
    await well_made(page)
    await page.get_by_role("button", name="Ja, vi vil ha plassene").click()
    await expect(page.locator(".ds-error-summary")).to_be_visible()
    await fill(page, vakt=PHONE)
    await page.get_by_role("button", name="Ja, vi vil ha plassene").click()
    await idle(walk.world, page)
    await page.goto(f"{walk.site.url}/k/re{walk.found['joint']}")
    await page.get_by_role("link", name="Se gruppa og gi noen plass").click()
    await expect(page.get_by_role("heading", level=1)).to_contain_text(GROUP)
    walk.found["copy"] = page.url.removeprefix(walk.site.url)


async def give_places(walk: Together, page: Page, slug: str) -> None:
    """Each municipality gives its own places; over a border only with somebody's yes."""
    here = f"{BASE}/{walk.group}" if slug == "horten" else walk.found["copy"]
    await page.goto(f"{walk.site.url}{here}")
    for number, name in enumerate(OWN[slug]):
        choice = page.locator("[name='deltaker'] option", has_text=name)
        await page.locator("[name='deltaker']").select_option(value=await choice.get_attribute("value") or "")
        await page.locator("[name='slag']").first.select_option("member")
        await fill(page, behov=NEEDS if number == 0 else "", nodnummer="Mor, 900 00 111")
        if slug == "re" and number == 0:
            await page.get_by_role("button", name="Gi plass i gruppa").click()
            await expect(page.locator(".ds-error-summary")).to_be_visible()
        if slug == "re":
            await fill(page, sagt_ja="Brukeren selv")
        await page.get_by_role("button", name="Gi plass i gruppa").click()
        await expect(page.get_by_role("table", name="Deltakere")).to_contain_text(name)
    await says_nothing_of(page, "re" if slug == "horten" else "horten")
    await expect(page.get_by_text("færre enn 3") if slug == "horten" else page.get_by_text("Vi har ")).to_have_count(
        1 if slug == "horten" else 0
    )  # fmt: skip
    await well_made(page)
    await idle(walk.world, page)


# A meeting that is called off -----------------------------------------------------------------------------------------
async def another(walk: Together, page: Page, ahead: int, activity: str) -> str:
    """Kari adds a meeting so many days ahead that lasts all day; its id."""
    await page.goto(f"{walk.site.url}{BASE}/{walk.group}/treff")
    await page.get_by_role("link", name="Ekstra treff").click()
    await fill(page, dag=format_date(today() + timedelta(days=ahead)), begynner="00:01", slutter="23:59",
               sted="Kinoen", aktivitet=activity)  # fmt: skip
    await page.get_by_role("button", name="Lagre og si fra").click()
    await expect(page.get_by_text(activity).first).to_be_visible()
    await idle(walk.world, page)
    return page.url.rsplit("/", 1)[1]


async def reserve(walk: Together, page: Page) -> None:
    """Kari books the minibus for a meeting, from the meeting's page."""
    walk.found["trip"] = await another(walk, page, 1, "Tur til Oslo")
    await page.get_by_role("link", name="Reserver Minibussen").click()
    await well_made(page)
    await page.get_by_role("button", name="Reserver", exact=True).click()
    await page.goto(f"{walk.site.url}{BASE}/{walk.group}/treff/{walk.found['trip']}")
    await expect(page.locator("section", has_text="Bil, rom og utstyr")).to_contain_text("Minibussen")
    await well_made(page)


async def call_off(walk: Together, page: Page) -> None:
    """An hour before, Kari calls it off. The car is free at once."""
    await start_in_an_hour(walk.world, walk.found["trip"])
    await page.goto(f"{walk.site.url}{BASE}/{walk.group}/treff/{walk.found['trip']}")
    await page.get_by_text("Avlys treffet").first.click()
    await fill(page, grunn="Veien er stengt av snø")
    await page.get_by_role("button", name="Avlys og si fra").click()
    await expect(page.get_by_text("Treffet er avlyst").first).to_be_visible()
    (booking,) = await walk.world.sql("SELECT state FROM booking")
    assert booking["state"] == "cancelled"
    await idle(walk.world, page)


async def read_called_off(walk: Together, page: Page, slug: str) -> None:
    """Participants of both sides read it and why on their own page."""
    await page.goto(f"{walk.site.url}/min/{slug}/grupper")
    await expect(page.get_by_text("Veien er stengt av snø")).to_be_visible()
    await well_made(page)


# A meeting without two leaders ----------------------------------------------------------------------------------------
async def cannot(walk: Together, page: Page, session: str) -> None:
    """Amund says on the phone that he cannot, without having to say why."""
    await page.goto(f"{walk.site.url}/min/horten/treff/{session}")
    await page.get_by_text("Jeg kan ikke lede dette treffet").click()
    await page.get_by_role("button", name="Si fra at jeg ikke kan").click()
    await idle(walk.world, page)


async def answer_ask(walk: Together, page: Page, *, yes: bool) -> None:
    """Tuva is asked, and answers."""
    await page.goto(f"{walk.site.url}/min/horten")
    await page.get_by_role("link", name="Se og svar").first.click()
    await well_made(page)
    await page.get_by_label("Ja" if yes else "Nei", exact=False).first.check()
    await page.get_by_role("button", name="Send svaret").click()
    await page.wait_for_load_state()
    await idle(walk.world, page)


async def first_weekly(walk: Together) -> str:
    """The id of the first meeting the series gives."""
    (row,) = await walk.world.sql(
        "SELECT id FROM group_session WHERE tenant_id = $1 AND series_day IS NOT NULL AND state = 'planned'"
        " ORDER BY starts_at LIMIT 1", walk.world.horten,
    )  # fmt: skip
    return str(row["id"])


async def blocked(walk: Together, page: Page, session: str) -> None:
    """Kari reads that nobody could, and that it cannot start."""
    await page.goto(f"{walk.site.url}{BASE}/{walk.group}/treff/{session}")
    await expect(page.get_by_text("Treffet mangler gruppeleder")).to_be_visible()
    await expect(page.get_by_text("Ingen av dem vi spurte, kunne.")).to_be_visible()
    await well_made(page)


async def one_leader(walk: Together, page: Page, session: str) -> None:
    """On the day, with one leader: no start."""
    await page.goto(f"{walk.site.url}/min/horten/treff/{session}")
    await expect(page.get_by_text("Det mangler en gruppeleder").first).to_be_visible()
    await expect(page.get_by_role("button", name="Start treffet")).to_have_count(0)


# The plan -------------------------------------------------------------------------------------------------------------
async def suggest(walk: Together, page: Page) -> None:
    """Jonas has an idea. One that names somebody is sent back."""
    await page.goto(f"{walk.site.url}/min/horten")
    await page.get_by_role("link", name=f"Velg hva {GROUP} skal gjøre").click()
    await fill(page, forslag="Besøke Solveig Moldvik")
    await page.get_by_role("button", name="Send forslaget").click()
    await expect(page.locator(".ds-error-summary")).to_be_visible()
    await fill(page, forslag="Lage pizza")
    await page.get_by_role("button", name="Send forslaget").click()
    await expect(page.get_by_role("heading", name="Lage pizza")).to_be_visible()
    await well_made(page)
    await idle(walk.world, page)


async def choose(walk: Together, page: Page, slug: str) -> None:
    """A participant wants it, wherever they live."""
    await page.goto(f"{walk.site.url}/min/{slug}")
    await (
        page.get_by_role("link", name=re.compile(f"{GROUP}"))
        .filter(has_text=re.compile("Velg hva|Se planen"))
        .click()
    )
    idea = page.locator("div", has=page.get_by_role("heading", name="Lage pizza")).last
    wants = idea.get_by_role("button", name="Jeg vil dette")
    if await wants.count():
        await wants.click()
    await expect(page.locator("h3", has_text="Lage pizza")).to_contain_text("Valgt")
    await says_nothing_of(page, "re" if slug == "horten" else "horten")
    await well_made(page)
    await idle(walk.world, page)


async def put_on_plan(walk: Together, page: Page, session: str) -> None:
    """Kari puts what was chosen on the next meeting."""
    await page.goto(f"{walk.site.url}{BASE}/{walk.group}/plan")
    row = page.get_by_role("table", name="Forslag").locator("tr", has_text="Lage pizza")
    await row.locator("[name='treff']").select_option(session)
    await row.get_by_role("button", name="Sett på planen").click()
    await expect(page.locator("#planlagt, section", has_text="På planen").first).to_contain_text("Lage pizza")
    await says_nothing_of(page, "re")
    await well_made(page)
    await idle(walk.world, page)


async def read_plan(walk: Together, page: Page) -> None:
    """What was chosen is on the plan in the other municipality too."""
    await page.get_by_role("link", name=re.compile(f"^(Velg hva|Se planen til) {GROUP}")).click()
    await expect(page.locator("section", has_text="Dette skal vi").first).to_contain_text("Lage pizza")
    await says_nothing_of(page, "horten")


# The day --------------------------------------------------------------------------------------------------------------
async def not_yet(walk: Together, page: Page, session: str) -> None:
    """Before the day a leader reads where and what, and nobody's name."""
    await page.goto(f"{walk.site.url}/min/horten/treff/{session}")
    await expect(page.get_by_text("ser du her samme dag")).to_be_visible()
    await says_nothing_of(page, "re")
    await says_nothing_of(page, "horten")


async def lead(walk: Together, page: Page, session: str) -> None:
    """On the day Marte reads first names, what they need and whom to ring; starts with Tuva beside her, ticks, and ends."""
    await page.goto(f"{walk.site.url}/min/horten/treff/{session}")
    for text in ("Trym", "Odd", "Jonas", "Solveig", "Sindre", NEEDS, PHONE, "Mor, 900 00 111"):
        await expect(page.get_by_text(text).first).to_be_visible()
    await says_nothing_of(page, "re", given=False)
    await well_made(page)
    boxes = page.locator("[name='ledere']")
    await boxes.first.check()
    await page.get_by_role("button", name="Start treffet").click()
    await expect(page.locator(".ds-error-summary")).to_be_visible()
    for box in await boxes.all():
        await box.check()
    await page.get_by_role("button", name="Start treffet").click()
    for name in ("Trym", "Jonas", "Solveig", "Sindre"):
        line = page.locator("fieldset", has=page.locator("legend", has_text=name)).last
        await line.locator("input[value='present']").check()
    odd = page.locator("fieldset", has=page.locator("legend", has_text="Odd")).last
    await odd.locator("input[value='absent']").check()
    jonas = page.locator("fieldset", has=page.locator("legend", has_text="Jonas")).last
    await jonas.get_by_label("Med egen støttekontakt").check()
    await well_made(page)
    await page.get_by_role("button", name="Ferdig: avslutt treffet").click()
    await expect(page.get_by_role("link", name="Før timer")).to_be_visible()
    await idle(walk.world, page)


async def not_any_more(walk: Together, page: Page, session: str) -> None:
    """The day after, the names from elsewhere are gone from the leader's page."""
    await page.goto(f"{walk.site.url}/min/horten/treff/{session}")
    await says_nothing_of(page, "re")


async def read_presence(walk: Together, page: Page, slug: str, session: str) -> None:
    """Each home reads how its own were there, and the host nothing of the others."""
    here = f"{BASE}/{walk.group}" if slug == "horten" else walk.found["copy"]
    await page.goto(f"{walk.site.url}{here}/treff/{session}")
    for name in OWN[slug]:
        await expect(page.get_by_text(name).first).to_be_visible()
    if slug == "horten":
        kept = page.locator("input[type='radio']:checked")
        assert [await one.get_attribute("value") for one in await kept.all()] == ["present"] * 3
    else:  # what the host's leaders noted is read here, and not changed
        for name, said in zip(OWN[slug], ("Kom", "Kom ikke"), strict=True):
            told = page.get_by_role("table", name="Deltakere").locator("tr", has_text=name).locator("td")
            await expect(told).to_have_text(said)
    await says_nothing_of(page, "re" if slug == "horten" else "horten")
    await well_made(page)


# How it has been ------------------------------------------------------------------------------------------------------
async def say(walk: Together, page: Page, slug: str, words: str) -> None:
    """A participant answers five plain questions."""
    await page.goto(f"{walk.site.url}/min/{slug}")
    await page.get_by_role("link", name=f"Fortell hvordan {GROUP} er").click()
    await well_made(page)
    for code in ("likes", "doing", "company", "deciding", "safe"):
        await page.locator(f"[name='{code}'][value='yes']").check()
    await fill(page, ord=words)
    await page.get_by_role("button", name="Send svarene").click()
    await page.wait_for_load_state()
    await expect(page.locator(".ds-error-summary")).to_have_count(0)
    await idle(walk.world, page)


async def evaluate(walk: Together, page: Page) -> None:
    """Kari reads what Jonas said, that fewer than three elsewhere have answered, and sums up."""
    await page.goto(f"{walk.site.url}{BASE}/{walk.group}/evaluering")
    await page.locator("tr", has_text="Begynt").get_by_role("link").first.click()
    await expect(page.get_by_text("Pizza er best.")).to_be_visible()
    await expect(page.get_by_text("Færre enn 3 fra andre kommuner har svart.")).to_be_visible()
    await expect(page.get_by_text("Buss er kjedelig.")).to_have_count(0)
    await says_nothing_of(page, "re")
    await fill(page, oppsummering="De trives, og vil bestemme mer.", endringer="Vi lager mat hver måned.")
    await page.get_by_role("button", name="Lagre og avslutt evalueringen").click()
    await expect(page.get_by_text("Vi lager mat hver måned.").first).to_be_visible()
    await well_made(page)
    await idle(walk.world, page)
