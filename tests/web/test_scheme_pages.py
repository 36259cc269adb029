"""The survey of schemes: a municipality answers, the region sees who has what, and not answered is never a no."""

from __future__ import annotations

from datetime import timedelta

from reporting.schemes.catalogue import asked
from sammen.clock import today
from sammen.norwegian import format_date
from sammen.policy.roles import Role
from tests.web.test_own_figures_pages import said
from tests.worlds import World

OWN, THEIRS = "/k/horten/ordninger", "/r/vestfold/ordninger"


async def test_a_municipality_answers_and_the_steering_group_sees_it_with_its_history(
    shared_world: World,
) -> None:
    world = shared_world
    browser = await world.browser("horten", Role.PROVIDER_COORDINATOR)
    member = await world.browser("vestfold", Role.STEERING_GROUP_MEMBER)
    assert "Ingen kommuner har svart ennå" in (await member.get(THEIRS)).text
    assert f"{len(asked())} ordninger er ikke svart på" in said((await browser.get(OWN)).text)
    last_year = today().replace(year=today().year - 1)
    first = {"svar-individual": "has", "svar-group": "planned", "fra": format_date(last_year)}
    assert (await browser.submit(OWN, first, page=OWN)).status_code == 303
    now = {"svar": "has", "fra": format_date(today()), "merknad": "To kvelder i uka.", "sporre": "Kari Lunde"}
    assert (await browser.submit(f"{OWN}/group", now, page=f"{OWN}/group")).status_code == 303
    # Saved again without a change, nothing is written, and the note stands.
    await browser.submit(OWN, {"svar-group": "has", "fra": format_date(today())}, page=OWN)
    rows = await world.sql("SELECT scheme, state, note FROM scheme_answer ORDER BY created_at, scheme")
    assert [tuple(row) for row in rows] == [
        ("group", "planned", ""), ("individual", "has", ""), ("group", "has", "To kvelder i uka."),
    ]  # fmt: skip
    page = said((await member.get(THEIRS)).text)
    assert "Aktivitetsgruppe 1 av 1 Har ikke svart" in page
    assert "Treningskontakt ingen svar ikke svart ikke svart" in page
    assert "Aktivitetsgruppe 0 av 1 Planlegger ikke svart" in said(
        (await member.get(f"{THEIRS}?aar={last_year.year}")).text
    )
    one = said((await member.get(f"{THEIRS}/group")).text)
    assert "To kvelder i uka. Kari Lunde Re ikke svart" in one
    assert (await member.get(f"{THEIRS}/ordninger.xlsx")).content[:2] == b"PK"
    assert "Planlegger" in (await browser.get(f"{OWN}/group")).text


async def test_bad_answers_come_back_in_words_and_others_stay_out(shared_world: World) -> None:
    browser = await shared_world.browser("horten", Role.MANAGER)
    ahead = format_date(today() + timedelta(days=1))
    for typed, told in (
        ({"svar-group": "kanskje", "fra": "1.1.2026"}, "Velg et svar fra lista."),
        ({"svar-group": "no", "fra": ""}, "Skriv fra hvilken dag svaret gjelder."),
        ({"svar-group": "no", "fra": ahead}, "Dagen er i framtida."),
        ({"fra": "1.1.2026"}, "Svar på minst én ordning."),
    ):
        answer = await browser.submit(OWN, typed, page=OWN)
        assert answer.status_code == 422, typed
        assert told in answer.text, typed
    kept = {"svar": "", "fra": "1.1.2026", "merknad": "x" * 301}
    answer = await browser.submit(f"{OWN}/group", kept, page=f"{OWN}/group")
    assert answer.status_code == 422
    assert "Velg om kommunen har ordningen." in answer.text
    assert "x" * 301 in answer.text
    assert (await browser.get(f"{OWN}/finnes-ikke")).status_code == 404
    assert (await (await shared_world.browser("horten", Role.CONTACT)).get(OWN)).status_code in (403, 404)
    other = await shared_world.browser("re", Role.MANAGER)
    assert "To kvelder" not in (await other.get(f"/k/re{OWN.removeprefix('/k/horten')}/group")).text
