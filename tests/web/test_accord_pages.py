"""The pages of agreements: from a draft with a PDF to a signature, bad fields, who may, and how the gate's no is told."""

from __future__ import annotations

import re
from datetime import timedelta

from sammen.clock import today
from sammen.policy.roles import Role
from tests.integration.test_accords import PDF
from tests.provider_samples import contact
from tests.web.test_candidate_pages import share_form
from tests.worlds import World

REGION, OWN = "/r/vestfold/avtaler", "/k/re/avtaler"
FORM = {"slag": "arrangement", "tittel": "Felles ansvar", "kontaktpunkt": "Telefon 680 50 000"}


def day(after: int) -> str:
    return f"{today() + timedelta(days=after):%d.%m.%Y}"


async def test_an_agreement_goes_from_a_draft_to_a_signature_and_opens_what_was_shut(world: World) -> None:
    await world.sql("""UPDATE region SET settings = '{"accord_required": true}'""")
    coordinator = await world.browser("re", Role.PROVIDER_COORDINATOR)
    keeper, manager = (
        await world.browser("vestfold", Role.PROJECT_MANAGER),
        await world.browser("re", Role.MANAGER),
    )
    assert "Ingen avtaler ennå" in (await manager.get(OWN)).text
    assert "2 kommuner kan ikke dele" in (await keeper.get(REGION)).text
    assert "Samarbeidspartner" in (await manager.get(OWN)).text, "who there can see what is shared"

    form = f"{REGION}/ny"
    bad = await keeper.submit(form, {"slag": "x", "tittel": " ", "fra": day(3), "til": day(1)}, page=form)
    assert bad.status_code == 422
    for sentence in (
        "Velg hva slags",
        "Skriv hva avtalen heter",
        "Skriv hvem som svarer",
        "Skriv en dag som kommer",
    ):
        assert sentence in bad.text
    long = await keeper.submit(form, {**FORM, "fra": day(0), "til": day(2_000)}, page=form)
    assert "høyst fem år" in long.text
    assert "Felles ansvar" in long.text, "what was typed is kept"

    made = await keeper.submit(form, {**FORM, "fra": day(0), "til": day(400)}, page=form)
    assert made.status_code == 303, made.text
    one = made.headers["location"]
    draft = (await keeper.get(one)).text
    assert "Horten, Re" in draft
    assert "Behov uten navn" in draft
    assert (await manager.get(one)).status_code in (403, 404)
    assert (await keeper.get(f"{one}/dokument")).status_code == 404
    sent = await keeper.submit(f"{one}/send", {"versjon": "1"}, page=one)
    assert sent.status_code == 303
    assert (await keeper.submit(f"{one}/send", {"versjon": "1"}, page=one)).status_code == 409
    assert "2 kommuner har ikke signert" in (await keeper.get("/r/vestfold/min-dag")).text

    assert "Les og signer «Felles ansvar»" in (await manager.get("/k/re")).text
    found = re.search(rf'href="({OWN}/[0-9a-f-]+)"', (await manager.get(OWN)).text)
    assert found
    copy = found[1]
    for role in (Role.DATA_PROTECTION_OFFICER, Role.MUNICIPALITY_ADMINISTRATOR):
        reader = await world.browser("re", role)
        assert "Lederen signerer for kommunen" in (await reader.get(copy)).text
        assert (await reader.submit(f"{copy}/signer", {"lest": "ja"}, page=copy)).status_code == 403
    neighbour = await world.browser("horten", Role.MANAGER)
    assert (await neighbour.get(copy.replace("/re/", "/horten/"))).status_code == 404
    assert (await coordinator.get(OWN)).status_code == 403

    text = (await manager.get(copy)).text
    mark = re.search(r'name="tekst" value="([0-9a-f]{64})"', text)
    assert mark
    unread = await manager.submit(f"{copy}/signer", {"tekst": mark[1]}, page=copy)
    assert "Kryss av for at du har lest" in unread.text
    signed = await manager.submit(f"{copy}/signer", {"tekst": mark[1], "lest": "ja"}, page=copy)
    assert signed.status_code == 303
    theirs = re.search(
        r'href="(/k/horten/avtaler/[0-9a-f-]+)"', (await neighbour.get("/k/horten/avtaler")).text
    )
    assert theirs
    assert "1 av 2 har signert" in (await neighbour.get(theirs[1])).text
    assert "Samarbeidet er åpent for kommunen" in (await manager.get(OWN)).text
    assert "1 kommune kan ikke dele" in (await keeper.get(REGION)).text
    wrong = await manager.submit(f"{copy}/si-opp", {"siste": day(-2)}, page=copy)
    assert "Skriv i dag, eller en dag som kommer" in wrong.text
    assert (await manager.submit(f"{copy}/si-opp", {"siste": day(20)}, page=copy)).status_code == 303
    assert "går ut" in (await manager.get("/k/re")).text
    trail = await world.sql("SELECT action FROM audit_entry WHERE action LIKE 'accord.%' ORDER BY at")
    assert [row["action"] for row in trail] == ["accord.signed", "accord.ended"]


async def test_a_coordinator_is_told_in_words_that_nothing_is_signed(world: World) -> None:
    await world.sql("""UPDATE region SET settings = '{"accord_required": true}'""")
    contact_id = await contact(world, "re", "Eva Fram", user=world.user("re", Role.CONTACT))
    browser = await world.browser("re", Role.PROVIDER_COORDINATOR)
    url = f"/k/re/kontakter/{contact_id}/del"
    answer = await browser.submit(url, share_form(), page=url)
    assert answer.status_code == 403, answer.text
    assert "ikke signert en avtale om felles behandlingsansvar" in answer.text
    assert await world.sql("SELECT 1 FROM candidate") == []


async def test_a_file_is_a_pdf_or_is_not_taken_in(world: World) -> None:
    keeper = await world.browser("vestfold", Role.PROJECT_MANAGER)
    form = f"{REGION}/ny"
    fields = {**FORM, "fra": day(0), "til": day(400)}
    no = await keeper.submit(
        form, fields, page=form, files={"fil": ("avtale.pdf", b"MZ not a pdf", "application/pdf")}
    )
    assert "Fila er ikke en PDF" in no.text
    yes = await keeper.submit(form, fields, page=form, files={"fil": ("x.exe", PDF, "text/html")})
    got = await keeper.get(f"{yes.headers['location']}/dokument")
    assert got.content == PDF
    assert got.headers["content-type"] == "application/pdf"
    assert got.headers["content-disposition"].startswith("attachment")
