"""The public form over HTTP, as somebody without a session meets it."""

from __future__ import annotations

import asyncio
import json
import re
from datetime import timedelta

import pytest

from sammen.clock import today
from sammen.norwegian import format_date
from sammen.policy.roles import Role
from sammen.web.formats import date_long
from tenants.cases.api import decide_by
from tenants.people.api import make_synthetic
from tests.worlds import Browser, World

START, FORM = "/sok/horten", "/sok/horten/skjema"
BORN = today() - timedelta(days=365 * 11)


def whole(**changes: str) -> dict[str, str]:
    return {
        "soker": "parent", "soker_navn": "Mari Dalen", "vet_om": "ja", "telefon": "912 34 567", "sperret": "nei",
        "fornavn": "Ivar", "etternavn": "Dalen", "fodselsdato": format_date(BORN), "onsker": "Vil fiske.", "tolk": "nei",
        "brev": "nb", "_key": "the-page", "gjor": "send", **changes,
    }  # fmt: skip


async def test_somebody_applies_and_gets_a_receipt_with_the_day_of_the_answer(world: World) -> None:
    """Fvl. § 11 a: the answer, or a letter about it, within a month of the day it was sent."""
    visitor = Browser(world.app)
    assert "Horten" in (await visitor.get("/sok")).text
    start = await visitor.get(START)
    assert "Start søknaden" in start.text
    assert (await visitor.get(FORM)).status_code == 200
    answer = await visitor.post(FORM, data=whole())
    assert answer.status_code == 303, re.findall(r"validation-message[^>]*>([^<]+)", answer.text)
    receipt = await visitor.get(answer.headers["location"])
    assert date_long(decide_by(today())) in receipt.text
    (row,) = await world.sql("SELECT reference, received_on FROM incoming_form")
    assert f"{row['reference'][:4]}-{row['reference'][4:]}" in receipt.text
    assert "Ivar" not in receipt.text
    again = await visitor.post(FORM, data=whole())
    assert again.headers["location"] == answer.headers["location"]


async def test_whom_to_ring_stands_on_the_form_the_receipt_and_ones_own_pages(world: World) -> None:
    visitor, contact = Browser(world.app), await world.browser("horten", Role.CONTACT)
    # Who has not said where they are rung, is not shown with an empty number.
    assert "tel:" not in (await visitor.get(START)).text + (await contact.get("/min/horten")).text
    lines = {"linjer": ["Postboks 10, 3191 Horten", "Telefon 680 50 701"]}
    await world.sql(
        "UPDATE municipality SET settings = settings || $1::jsonb WHERE slug = 'horten'",
        json.dumps({"brev": lines}),
    )
    sent = await visitor.post(FORM, data=whole())
    for page in (
        await visitor.get(START),
        await visitor.get(sent.headers["location"]),
        await contact.get("/min/horten"),
    ):
        assert 'href="tel:68050701">680 50 701</a>' in page.text
        assert "3191" not in page.text  # a postcode is no number to ring
    assert "tel:" not in (await visitor.get("/sok/re")).text


async def test_a_receipt_nobody_was_given_is_not_shown(shared_world: World) -> None:
    visitor = Browser(shared_world.app)
    for query in ("", "?nr=ABCD1234&dag=2026-11-22&merke=x", "?nr=<b>&dag=x&merke=", "?nr=" + "A" * 400):
        answer = await visitor.get("/sok/horten/mottatt" + query)
        assert (answer.status_code, answer.headers["location"]) == (303, START)


async def test_a_form_is_saved_resumed_changed_and_sent_without_logging_in(world: World) -> None:
    visitor = Browser(world.app)
    saved = await visitor.post(
        FORM, data={"fornavn": "Ivar", "onsker": "Vil fi", "gjor": "lagre", "sperret": ""}
    )
    assert saved.status_code == 303
    assert saved.headers["location"] == "/sok/horten/lagret"
    shown = await visitor.get("/sok/horten/lagret")
    code = re.search(r'class="code">([0-9A-Z-]{29})<', shown.text)
    assert code
    assert date_long(today() + timedelta(days=30)) in shown.text
    # Shown once.
    assert (await visitor.get("/sok/horten/lagret")).headers["location"] == START
    elsewhere = Browser(world.app)
    typed = code.group(1).lower().replace("-", " ")
    opened = await elsewhere.post("/sok/horten/hent", data={"kode": typed})
    assert opened.status_code == 200
    assert 'value="Ivar"' in opened.text
    assert "Vil fi" in opened.text
    hidden = re.search(r'name="kode" value="([0-9A-Z]{25})"', opened.text)
    assert hidden
    sent = await elsewhere.post(FORM, data=whole(kode=hidden.group(1)))
    assert sent.status_code == 303
    assert await world.sql("SELECT 1 FROM form_draft") == []
    gone = await elsewhere.post("/sok/horten/hent", data={"kode": typed})
    assert gone.status_code == 422
    assert "Vi finner ikke noe lagret skjema" in gone.text


@pytest.mark.parametrize("code", ["", "x", "A" * 25, "A" * 5_000, "٣" * 25, "' OR 1=1 --"])
async def test_a_code_that_opens_nothing_says_so_and_keeps_what_was_typed(
    shared_world: World, code: str
) -> None:
    answer = await Browser(shared_world.app).post("/sok/horten/hent", data={"kode": code})
    assert answer.status_code == 422
    assert "Vi finner ikke noe lagret skjema" in answer.text


FIELDS = [
    ("soker", "", "Velg hvem som søker"),
    ("soker_navn", "", "Skriv navnet ditt"),
    ("vet_om", "", "Snakk med personen"),
    ("telefon", "", "telefonnummer eller en e-postadresse"),
    ("telefon", "ring meg", "Skriv telefonnummeret med sifre"),
    ("epost", "mari", "navn@eksempel.no"),
    ("sperret", "", "Svar på om adressen er sperret"),
    ("fornavn", "", "Skriv fornavnet"),
    ("etternavn", "", "Skriv etternavnet"),
    ("fodselsdato", "", "Skriv fødselsdatoen"),
    ("fodselsdato", "31.02.2015", "Februar 2015 har 28 dager"),
    ("fodselsdato", format_date(today() + timedelta(days=400)), "Sjekk årstallet"),
    ("fodselsdato", "01.01.1851", "Sjekk årstallet"),
    ("fodselsnummer", "11111111111", "sifre er feil"),
    ("fodselsnummer", make_synthetic(today().replace(year=1990, day=1), "F", 1), "passer ikke sammen"),
    ("postnummer", "31", "fire sifre"),
    ("onsker", "", "Skriv hva personen ønsker"),
    ("onsker", "x" * 4_001, "for lang"),
    ("tolk", "", "Svar på om dere trenger tolk"),
    ("tolk", "ja", "hvilket språk"),
    ("brev", "en", "Velg bokmål eller nynorsk"),
    ("nettsted", "https://spam.example", "La dette feltet stå tomt"),
]


@pytest.mark.parametrize(("field", "typed", "says"), FIELDS)
async def test_a_bad_field_is_named_what_was_typed_is_kept_and_nothing_is_stored(
    shared_world: World, field: str, typed: str, says: str
) -> None:
    answer = await Browser(shared_world.app).post(FORM, data=whole(**{field: typed}))
    assert answer.status_code == 422
    assert says in answer.text
    assert f'href="#{field}' in answer.text
    assert field == "etternavn" or 'value="Dalen"' in answer.text
    assert "<title>Feil:" in answer.text
    assert not await shared_world.sql("SELECT 1 FROM incoming_form UNION ALL SELECT 1 FROM form_draft")


@pytest.mark.parametrize("does", ["send", "lagre"])
async def test_who_has_a_protected_address_is_asked_to_ring_and_nothing_is_kept(
    shared_world: World, does: str
) -> None:
    kept = "SELECT id FROM form_knock UNION ALL SELECT id FROM form_draft ORDER BY id"
    before = await shared_world.sql(kept)
    answer = await Browser(shared_world.app).post(
        FORM, data=whole(sperret="ja", adresse="Skjult vei 1", gjor=does)
    )
    assert answer.status_code == 422
    assert "Ring kommunen i stedet" in answer.text
    assert await shared_world.sql(kept) == before


async def test_an_unknown_municipality_is_the_same_page_as_any_other_absent_one(shared_world: World) -> None:
    visitor = Browser(shared_world.app)
    absent = await visitor.get("/finnes-ikke")
    for slug in ("atlantis", "%00", "..%2f", "HORTEN", "horten ", "x" * 150):
        for path in ("", "/skjema", "/lagret", "/mottatt"):
            answer = await visitor.get(f"/sok/{slug}{path}")
            assert (answer.status_code, answer.content) == (404, absent.content), (slug, path)
        for path in ("/skjema", "/hent"):
            assert (await visitor.post(f"/sok/{slug}{path}", data=whole())).status_code == 404


async def test_a_form_from_another_site_is_refused(shared_world: World) -> None:
    visitor = Browser(shared_world.app)
    for headers in (
        {"sec-fetch-site": "cross-site"},
        {"origin": "https://elsewhere.example"},
        {"origin": "null"},
    ):
        for path in (FORM, "/sok/horten/hent"):
            assert (await visitor.post(path, data=whole(), headers=headers)).status_code == 403
    assert not await shared_world.sql("SELECT 1 FROM incoming_form")


async def test_the_cap_is_a_sentence_and_what_was_typed_is_kept(world: World) -> None:
    visitor = Browser(world.app)
    for n in range(10):
        assert (await visitor.post(FORM, data=whole(_key=f"page {n}"))).status_code == 303
    answer = await visitor.post(FORM, data=whole(_key="one too many"))
    assert answer.status_code == 422
    assert "Vent litt" in answer.text
    assert 'value="Dalen"' in answer.text


async def test_a_form_sent_a_hundred_times_at_once_is_one_form_and_one_answer(world: World) -> None:
    visitor = Browser(world.app)
    answers = await asyncio.gather(*(visitor.post(FORM, data=whole()) for _ in range(100)))
    assert {answer.status_code for answer in answers} == {303}
    assert len({answer.headers["location"] for answer in answers}) == 1
    assert len(await world.sql("SELECT 1 FROM incoming_form")) == 1


async def test_hostile_text_comes_to_the_caseworker_as_text(world: World) -> None:
    visitor = Browser(world.app)
    sent = await visitor.post(
        FORM, data=whole(fornavn="<script>alert(1)</script>", onsker="{{ 7*7 }} =1+1 😀")
    )
    assert sent.status_code == 303
    (row,) = await world.sql("SELECT id FROM incoming_form")
    browser = await world.browser("horten", Role.PURCHASER_CHILD)
    shown = (await browser.get(f"/k/horten/soknader/skjema/{row['id']}")).text
    assert "<script>alert" not in shown
    assert "&lt;script&gt;alert(1)" in shown
    assert "{{ 7*7 }} =1+1 😀" in shown


@pytest.mark.parametrize(
    ("language", "word"), [("nb", "Søk om støttekontakt"), ("nn", "støttekontakt"), ("en", "Horten")]
)
async def test_a_visitor_chooses_the_language_and_the_form_says_which(
    world: World, language: str, word: str
) -> None:
    visitor = Browser(world.app)
    chosen = await visitor.post("/sprak", data={"sprak": language, "tilbake": START})
    assert chosen.headers["location"] == START
    start = await visitor.get(START)
    assert f'<html lang="{language}"' in start.text
    assert word in start.text
    assert (await visitor.post(FORM, data=whole())).status_code == 303
    assert (await world.sql("SELECT language FROM incoming_form"))[0]["language"] == language
