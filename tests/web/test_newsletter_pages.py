"""The pages of newsletters and service letters: the way through, bad fields, two editors, the region, and other roles."""

from __future__ import annotations

import re

import pytest

from deploy.worker import import_jobs
from sammen.policy.roles import Role
from shared_pool.newsletters.codes import LETTER, ONE, SEND, TEST
from shared_pool.newsletters.joint import keep_setting
from tests.clocks import stop_clock
from tests.message_samples import carried, run_waiting
from tests.newsletter_samples import COORDINATOR, draft, home
from tests.people_samples import applied
from tests.worlds import Browser, World

K, R = "/k/horten/nyhetsbrev", "/r/vestfold/nyhetsbrev"
FACTS = {"emne": "Nytt i november", "maned": "", "malform": "nb", "segmenter": ["homes"]}


async def begun(browser: Browser, base: str = K, **changes: object) -> str:
    """A newsletter's address, made through the form."""
    page = (await browser.get(f"{base}/nytt")).text
    found = re.search(r'<option value="(\d{4}-\d\d-01)" selected', page)
    assert found
    made = await browser.submit(
        f"{base}/nytt", {**FACTS, "maned": found.group(1), **changes}, page=f"{base}/nytt"
    )
    assert made.status_code == 303
    return str(made.headers["location"])


def version(page: str) -> str:
    found = re.search(r'name="versjon" value="(\d+)"', page)
    assert found
    return found.group(1)


def first_block(page: str) -> str:
    found = re.search(r'/blokk/([0-9a-f-]{32,36})"', page)
    assert found
    return found.group(1)


async def test_from_an_empty_list_to_a_newsletter_that_is_sent(world: World) -> None:
    import_jobs()
    kari = await world.browser("horten", COORDINATOR)
    assert "Ingen nyhetsbrev ennå" in (await kari.get(K)).text
    await home(world, "horten", "post@solbakken.example.no")
    url = await begun(kari)
    page = (await kari.get(url)).text
    block = f"{url}/blokk/{first_block(page)}"
    text = {
        "versjon": version(page),
        "slag": "text",
        "overskrift": "Hei",
        "tekst": "<b>Velkommen</b>\n\nTil høsten.",
    }
    assert (await kari.submit(block, text, page=url)).status_code == 303
    page = (await kari.get(url)).text
    assert "&lt;b&gt;Velkommen&lt;/b&gt;" in page
    assert "<b>Velkommen" not in page
    mail = await kari.get(f"{url}/epost")
    assert "&lt;b&gt;Velkommen" in mail.text
    assert "Horten kommune" in mail.text
    asking = (await kari.get(f"{url}/send")).text
    assert "Boliger" in asking
    with carried() as carrier:
        assert (await kari.submit(f"{url}/prov", {}, page=url)).status_code == 303
        await run_waiting(world, TEST)
        assert carrier.notices.pop().subject == "Prøve: Nytt i november"
        sent = await kari.submit(f"{url}/send", {"versjon": version(asking)}, page=f"{url}/send")
        assert sent.headers["location"] == url
        await run_waiting(world, SEND)
        await run_waiting(world, ONE)
        await run_waiting(world, SEND)
        assert [notice.address for notice in carrier.notices] == ["post@solbakken.example.no"]
    page = (await kari.get(url)).text
    assert "Slik gikk det" in page
    assert (await kari.get(f"{url}/send")).status_code == 303
    again = await kari.submit(f"{url}/endre", {**FACTS, "maned": "2026-11-01", "versjon": "9"}, page=url)
    assert again.status_code in (409, 422)


async def test_each_bad_field_of_a_newsletter_says_how_to_mend_it(world: World) -> None:
    kari = await world.browser("horten", COORDINATOR)
    answer = await kari.submit(
        f"{K}/nytt", {"emne": "", "maned": "2020-01-01", "malform": "en"}, page=f"{K}/nytt"
    )
    assert answer.status_code == 422
    for said in ("Skriv hva nyhetsbrevet heter", "Velg hvilken måned", "Velg målform"):
        assert said in answer.text
    url = await begun(kari)
    page = (await kari.get(url)).text
    empty = await kari.submit(
        f"{url}/blokk", {"slag": "text", "tekst": "", "versjon": version(page)}, page=url
    )
    assert empty.status_code == 422
    assert "Skriv teksten, eller ta bort blokka." in empty.text
    stale = await kari.submit(f"{url}/blokk", {"slag": "text", "tekst": "Hei", "versjon": "99"}, page=url)
    assert stale.status_code == 409


async def test_blocks_are_moved_and_taken_away(world: World) -> None:
    kari = await world.browser("horten", COORDINATOR)
    url = await begun(kari)
    page = (await kari.get(url)).text
    ids = list(dict.fromkeys(re.findall(r"/blokk/([0-9a-f]{32})/flytt", page)))
    assert len(ids) == 3
    for where, at in (("ned", 0), ("bort", 2)):
        page = (await kari.get(url)).text
        moved = await kari.submit(
            f"{url}/blokk/{ids[at]}/flytt", {"versjon": version(page), "hvor": where}, page=url
        )
        assert moved.status_code == 303
    page = (await kari.get(url)).text
    assert list(dict.fromkeys(re.findall(r"/blokk/([0-9a-f]{32})/flytt", page))) == [ids[1], ids[0]]


async def test_the_region_writes_the_joint_one_and_sees_no_address_of_anybody(world: World) -> None:
    import_jobs()
    await home(world, "horten", "post@solbakken.example.no")
    eirik = await world.browser("vestfold", Role.SHARED_COORDINATOR)
    assert "Ingen nyhetsbrev ennå" in (await eirik.get(R)).text
    url = await begun(eirik, R)
    page = (await eirik.get(url)).text
    text = {"versjon": version(page), "slag": "text", "overskrift": "", "tekst": "Felles nytt."}
    await eirik.submit(f"{url}/blokk/{first_block(page)}", text, page=url)
    asking = (await eirik.get(f"{url}/send")).text
    assert "Horten" in asking
    assert "Re" in asking
    with carried():
        assert (
            await eirik.submit(f"{url}/send", {"versjon": version(asking)}, page=f"{url}/send")
        ).status_code == 303
        await world.run_jobs()
    page = (await eirik.get(url)).text
    assert "færre enn 5" in page
    assert "solbakken" not in page
    assert (await eirik.get(f"{R}/mottakere")).status_code == 404
    # The project manager writes too; the steering group does not.
    assert (await (await world.browser("vestfold", Role.PROJECT_MANAGER)).get(url)).status_code == 200
    assert (await (await world.browser("vestfold", Role.STEERING_GROUP_MEMBER)).get(url)).status_code == 403


async def test_the_neighbour_and_the_wrong_role_see_nothing_of_it(world: World) -> None:
    kari = await world.browser("horten", COORDINATOR)
    url = await begun(kari)
    re_kari = await world.browser("re", COORDINATOR)
    assert (await re_kari.get(url.replace("horten", "re"))).status_code == 404
    assert (await re_kari.get(url)).status_code == 404
    for role in (Role.PURCHASER_CHILD, Role.CONTACT):
        assert (await (await world.browser("horten", role)).get(url)).status_code in (403, 404)
    # The administrator writes newsletters, and sees nobody's name among those who get them.
    leif = await world.browser("horten", Role.MUNICIPALITY_ADMINISTRATOR)
    assert (await leif.get(url)).status_code == 200
    assert (await leif.get(f"{K}/tjenestebrev")).status_code == 403


async def test_the_register_and_a_yes_that_a_coordinator_notes(world: World) -> None:
    kari = await world.browser("horten", COORDINATOR)
    new = f"{K}/mottakere/ny"
    bad = await kari.submit(new, {"segment": "x", "epost": "nei"}, page=new)
    assert bad.status_code == 422
    assert "Skriv hva stedet heter." in bad.text
    made = await kari.submit(
        new, {"segment": "homes", "navn": "Solbakken", "epost": "post@example.no", "malform": "nb"}, page=new
    )
    assert made.status_code == 303
    listed = (await kari.get(f"{K}/mottakere")).text
    assert "Solbakken" in listed
    found = re.search(rf'{K}/mottakere/([0-9a-f-]+)"', listed)
    assert found
    one = f"{K}/mottakere/{found.group(1)}"
    saved = await kari.submit(
        one,
        {"segment": "units", "navn": "Sola", "epost": "ny@example.no", "malform": "nb", "versjon": "1"},
        page=one,
    )
    assert saved.status_code == 303
    stale = await kari.submit(
        one,
        {"segment": "units", "navn": "Sol", "epost": "ny@example.no", "malform": "nb", "versjon": "1"},
        page=one,
    )
    assert stale.status_code == 409
    assert (await kari.submit(f"{one}/av", {}, page=f"{K}/mottakere")).status_code == 303
    assert "Har meldt seg av" in (await kari.get(f"{K}/mottakere")).text
    case_id, jonas = await applied(world)
    await world.sql("UPDATE person SET email = 'j@example.no' WHERE id = $1", jonas)
    url = f"/k/horten/saker/{case_id}/nyhetsbrev"
    assert (
        "Skriv hvem som sa ja."
        in (await kari.submit(url, {"person": str(jonas), "dato": "1.11.2026"}, page=url)).text
    )
    kept = await kari.submit(url, {"person": str(jonas), "dato": "1.11.2026", "hvem": "mor"}, page=url)
    assert kept.status_code == 303
    assert "Jonas Bergli" in (await kari.get(f"{K}/mottakere")).text
    leif = await world.browser("horten", Role.MUNICIPALITY_ADMINISTRATOR)
    assert "Jonas" not in (await leif.get(f"{K}/mottakere")).text


async def test_my_day_reminds_of_the_month_until_somebody_has_begun(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    kari = await world.browser("horten", COORDINATOR)
    stop_clock(monkeypatch, 2026, 11, 22)
    assert "Skriv nyhetsbrevet" not in (await kari.get("/k/horten")).text
    async with world.at("horten", COORDINATOR) as uow:
        await keep_setting(uow, joint=True, monthly=True, version=0)
    assert "Skriv nyhetsbrevet for november 2026" in (await kari.get("/k/horten")).text
    async with world.at("horten", COORDINATOR) as uow:
        await draft(uow)
    assert "Skriv nyhetsbrevet" not in (await kari.get("/k/horten")).text


async def test_a_service_letter_from_the_form_to_ones_own_page(world: World) -> None:
    import_jobs()
    kari = await world.browser("horten", COORDINATOR)
    case_id, mina = await applied(world, "Mina Haug", age=19)
    await world.sql("UPDATE case_file SET state = 'running' WHERE id = $1", case_id)
    await world.sql(
        "UPDATE person SET user_id = $2 WHERE id = $1", mina, world.user("horten", Role.SERVICE_USER)
    )
    base, new = f"{K}/tjenestebrev", f"{K}/tjenestebrev/nytt"
    assert "Ingen tjenestebrev ennå" in (await kari.get(base)).text
    bad = await kari.submit(new, {"hvem": "group"}, page=new)
    for said in ("Skriv hva brevet handler om.", "Skriv brevet.", "Velg gruppa.", "Velg minst én"):
        assert said in bad.text
    form = {"emne": "Nye satser", "tekst": "Satsene øker.\n\nHilsen oss.", "malform": "nb", "hvem": "everybody",
            "til": ["brukere", "kontakter"], "bekreft": "ja"}  # fmt: skip
    made = await kari.submit(new, form, page=new)
    assert made.status_code == 303
    url = made.headers["location"]
    edit = f"{url}/endre"
    assert (await kari.submit(edit, {**form, "versjon": "7"}, page=edit)).status_code == 409
    assert (await kari.submit(edit, {**form, "versjon": "1"}, page=edit)).status_code == 303
    assert (await kari.submit(f"{url}/send", {"versjon": "2"}, page=url)).status_code == 303
    await run_waiting(world, LETTER)
    page = (await kari.get(url)).text
    assert "Mina Haug" in page
    assert "Ikke åpnet" in page
    user = await world.browser("horten", Role.SERVICE_USER)
    assert "Du har et nytt brev" in (await user.get("/min/horten")).text
    own = re.search(r"/min/horten/brev/[0-9a-f-]+", (await user.get("/min/horten/brev")).text)
    assert own
    assert "Satsene øker." in (await user.get(own.group())).text
    assert "Åpnet" in (await kari.get(url)).text
    assert (await user.submit(f"{own.group()}/lest", {}, page=own.group())).status_code == 303
    assert "Bekreftet" in (await kari.get(url)).text
    assert "Du har et nytt brev" not in (await user.get("/min/horten")).text
    assert (
        "Nye satser"
        in (
            await (await world.browser("horten", Role.PURCHASER_ADULT)).get(f"/k/horten/saker/{case_id}")
        ).text
    )


async def test_letters_on_paper_are_printed_and_marked(world: World) -> None:
    import_jobs()
    kari = await world.browser("horten", COORDINATOR)
    case_id, _ = await applied(world, "Mina Haug", age=19)
    await world.sql("UPDATE case_file SET state = 'running' WHERE id = $1", case_id)
    new = f"{K}/tjenestebrev/nytt"
    form = {"emne": "Stengt", "tekst": "Stengt i juli.", "malform": "nn", "hvem": "purchaser", "enhet": "adult",
            "til": ["brukere"]}  # fmt: skip
    url = (await kari.submit(new, form, page=new)).headers["location"]
    await kari.submit(f"{url}/send", {"versjon": "1"}, page=url)
    await run_waiting(world, LETTER)
    assert "Ett brev skal skrives ut." in (await kari.get("/k/horten")).text
    shown = (await kari.get(f"{url}?vis=utskrift")).text
    pdf = await kari.get(f"{url}/utskrift")
    assert pdf.content.startswith(b"%PDF")
    marks = re.findall(r'name="kvittering" value="([^"]+)"', shown)
    assert len(marks) == 1
    assert (await kari.submit(f"{url}/utskrift", {"kvittering": marks}, page=url)).status_code == 303
    assert "Ingen i denne lista." in (await kari.get(f"{url}?vis=utskrift")).text
    assert (await kari.get(f"{url}/utskrift")).status_code == 303
