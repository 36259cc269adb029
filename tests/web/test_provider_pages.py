"""The provider's pages over HTTP: contacts, orders, the contact's own pages and hours; and how they can go wrong."""

from __future__ import annotations

from datetime import timedelta

import pytest

from sammen.clock import today
from sammen.norwegian import format_date
from sammen.policy.roles import Role
from tenants.people.api import make_synthetic
from tests.provider_samples import contact
from tests.worlds import World

COORDINATOR = Role.PROVIDER_COORDINATOR
JON = make_synthetic(today().replace(year=1990, day=1), "M", 4)


def new_contact(**changes: str) -> dict[str, str]:
    return {
        "fornavn": "Jon", "etternavn": "Eide", "fodselsnummer": JON, "telefon": "900 00 003", "interesser": "music",
        "tider": "tue-pm", "timer": "6,5", "binder_seg": "12", **changes,
    }  # fmt: skip


# Contacts -------------------------------------------------------------------------------------------------------------
async def test_a_contact_is_registered_vetted_and_engaged_on_the_pages(world: World) -> None:
    browser = await world.browser("horten", COORDINATOR)
    assert "Ingen støttekontakter ennå" in (await browser.get("/k/horten/kontakter")).text
    answer = await browser.submit("/k/horten/kontakter/ny", new_contact(), page="/k/horten/kontakter/ny")
    assert answer.status_code == 303
    url = answer.headers["location"]
    shown = (await browser.get(url)).text
    assert "Jon Eide mangler politiattest og taushetserklæring." in shown
    assert "Jon Eide mangler politiattest og taushetserklæring." in (await browser.get("/k/horten")).text
    dates = {"politiattest": format_date(today()), "taushet": ""}
    assert (await browser.submit(f"{url}/godkjenning", dates, page=url)).status_code == 303
    assert "Jon Eide mangler taushetserklæring." in (await browser.get(url)).text
    assert (
        await browser.submit(f"{url}/godkjenning", {"taushet": format_date(today())}, page=url)
    ).status_code == 303
    agreed = {"avtale": "employee", "timer": "6,5", "fra": format_date(today())}
    assert (await browser.submit(f"{url}/avtale", agreed, page=url)).status_code == 303
    shown = (await browser.get(url)).text
    assert "mangler" not in shown
    assert f"{url}/del" in shown
    listed = (await browser.get("/k/horten/kontakter?interesse=music")).text
    assert "Jon Eide" in listed
    assert "På plass" in listed


@pytest.mark.parametrize(
    ("field", "typed", "says"),
    [
        ("fornavn", "", "Skriv fornavnet"),
        ("fodselsnummer", JON[:-1] + str((int(JON[-1]) + 1) % 10), "stemmer ikke"),
        ("fodselsnummer", "", "Er det ukjent"),
        ("fodselsdato", "31.02.1990", "Februar 1990 har 28 dager"),
        ("fodselsdato", format_date(today() + timedelta(days=3)), "framtida"),
        ("timer", "mange", "Skriv timer som tall"),
        ("timer", "51", "mellom 0,5 og 50"),
        ("epost", "ikke en adresse", "navn@eksempel.no"),
        ("fornavn", "x" * 101, "høyst 100 tegn"),
    ],
)
async def test_what_cannot_be_used_is_said_at_the_field_and_nothing_is_kept(
    shared_world: World, field: str, typed: str, says: str
) -> None:
    browser = await shared_world.browser("horten", COORDINATOR)
    page = "/k/horten/kontakter/ny"
    answer = await browser.submit(page, new_contact(**{field: typed}), page=page)
    assert answer.status_code == 422
    assert says in answer.text
    assert 'value="Eide"' in answer.text
    assert await shared_world.sql("SELECT 1 FROM support_contact") == []


async def test_text_that_looks_like_code_or_sql_is_only_text(world: World) -> None:
    browser = await world.browser("horten", COORDINATOR)
    name = "Robert'); DROP TABLE person;-- 🎣<script>alert(1)</script>"
    page = "/k/horten/kontakter/ny"
    answer = await browser.submit(page, new_contact(fornavn=name), page=page)
    shown = (await browser.get(answer.headers["location"])).text
    assert "<script>alert" not in shown
    assert "🎣" in shown


@pytest.mark.parametrize("typed", ["", "i morgen", format_date(today() + timedelta(days=1))])
async def test_vetting_needs_a_day_that_has_been(world: World, typed: str) -> None:
    jon = await contact(world, "horten", "Jon Eide", vetted=False)
    browser = await world.browser("horten", COORDINATOR)
    url = f"/k/horten/kontakter/{jon}"
    answer = await browser.submit(f"{url}/godkjenning", {"politiattest": typed, "taushet": ""}, page=url)
    assert answer.status_code == 422
    assert "Politiattest mangler" in answer.text


async def test_two_who_change_a_contact_meet_a_conflict(world: World) -> None:
    jon = await contact(world, "horten", "Jon Eide")
    url = f"/k/horten/kontakter/{jon}"
    browser = await world.browser("horten", COORDINATOR)
    assert 'name="versjon"' in (await browser.get(f"{url}/endre")).text
    version = (await world.sql("SELECT version FROM support_contact"))[0]["version"]
    typed = {"interesser": "dance", "versjon": str(version)}
    assert (await browser.submit(f"{url}/endre", typed, page=f"{url}/endre")).status_code == 303
    assert (await browser.submit(f"{url}/endre", typed, page=f"{url}/endre")).status_code == 409


async def test_a_contact_on_pause_can_be_taken_in_again(world: World) -> None:
    url = f"/k/horten/kontakter/{await contact(world, 'horten')}"
    browser = await world.browser("horten", COORDINATOR)
    assert (await browser.submit(f"{url}/pause", page=url)).status_code == 303
    assert "Har pause" in (await browser.get(url)).text
    assert (await browser.submit(f"{url}/pause", page=url)).status_code == 303
    assert "Har pause" not in (await browser.get(url)).text


async def test_the_neighbour_gets_the_same_404_as_for_nothing_and_a_purchaser_is_refused(
    world: World,
) -> None:
    jon = await contact(world, "horten")
    stranger = await world.browser("re", COORDINATOR)
    nothing = (await stranger.get("/finnes-ikke")).content
    for slug in ("horten", "re"):
        answer = await stranger.get(f"/k/{slug}/kontakter/{jon}")
        assert (answer.status_code, answer.content) == (404, nothing)
    purchaser = await world.browser("horten", Role.PURCHASER_CHILD)
    assert (await purchaser.get("/k/horten/kontakter")).status_code == 403
