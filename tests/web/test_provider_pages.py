"""The provider's pages over HTTP: contacts, orders, the contact's own pages and hours; and how they can go wrong."""

from __future__ import annotations

from datetime import timedelta

import pytest

from sammen.clock import today
from sammen.norwegian import format_date
from sammen.policy.roles import Role
from tenants.assignments.api import fill_order, order_card
from tenants.people.api import PersonFacts, appoint_representative, let_in, make_synthetic, register_person
from tests.provider_samples import assigned, contact, granted_order, granted_orders, individual
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


# Orders ---------------------------------------------------------------------------------------------------------------
async def test_an_order_is_accepted_and_given_to_somebody_who_fits(world: World) -> None:
    order, amund = await granted_order(world, "horten"), await contact(world, "horten")
    await contact(world, "horten", "Sara Dahl", interests=["dance"], slots=["mon-am"])
    await contact(world, "horten", "Jon Eide", vetted=False)
    browser = await world.browser("horten", COORDINATOR)
    url = f"/k/horten/bestillinger/{order}"
    assert "Jonas Bergli: Individuell støttekontakt" in (await browser.get("/k/horten")).text
    assert "Jonas Bergli" in (await browser.get("/k/horten/bestillinger")).text
    assert (await browser.submit(f"{url}/ta-imot", page=url)).status_code == 303
    shown = (await browser.get(url)).text
    assert "Liker også klatring · kan tirsdager ettermiddag · har 8 timer ledig i uka" in shown
    assert "Kan passe, men mangler godkjenning" in shown
    assert f"{url}/behov" in shown
    chosen = {"kontakt": str(amund), "start": format_date(today())}
    answer = await browser.submit(f"{url}/stottekontakt", chosen, page=url)
    assert answer.status_code == 303
    case = (await browser.get(answer.headers["location"])).text
    assert "Amund Vik" in case
    assert "Oppstart" in case
    assert "Jonas Bergli" in (await browser.get(f"/k/horten/kontakter/{amund}")).text
    assert "I gang siden" in (await browser.get(url)).text


async def test_somebody_without_anything_in_common_can_still_be_chosen(world: World) -> None:
    order = await granted_order(world, "horten")
    sara = await contact(world, "horten", "Sara Dahl", interests=["dance"], slots=["mon-am"])
    browser = await world.browser("horten", COORDINATOR)
    url = f"/k/horten/bestillinger/{order}"
    chosen = {"annen": str(sara), "start": format_date(today())}
    assert (await browser.submit(f"{url}/stottekontakt", chosen, page=url)).status_code == 303


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"kontakt": ""}, "Velg en støttekontakt."),
        ({"kontakt": "1 OR 1=1"}, "Velg en støttekontakt."),
        ({"start": "31.11.2026"}, "November 2026 har 30 dager"),
        ({"start": ""}, "Skriv dagen de begynner."),
        ({"start": format_date(today() + timedelta(days=400))}, "Vedtaket er gått ut"),
        ({"kontakt": "unvetted"}, "Politiattest og taushetserklæring må være på plass"),
    ],
)
async def test_an_assignment_that_cannot_be_made_says_why(
    world: World, changes: dict[str, str], says: str
) -> None:
    order, amund = await granted_order(world, "horten"), await contact(world, "horten")
    unvetted = await contact(world, "horten", "Jon Eide", vetted=False)
    browser = await world.browser("horten", COORDINATOR)
    url = f"/k/horten/bestillinger/{order}"
    typed = {"kontakt": str(amund), "start": format_date(today()), **changes}
    if typed["kontakt"] == "unvetted":
        typed["kontakt"] = str(unvetted)
    answer = await browser.submit(f"{url}/stottekontakt", typed, page=url)
    assert answer.status_code == 422
    assert says in answer.text
    assert await world.sql("SELECT 1 FROM assignment") == []


async def test_a_returned_order_waits_for_its_purchaser_who_sends_it_again(world: World) -> None:
    order = await granted_order(world, "horten")
    coordinator = await world.browser("horten", COORDINATOR)
    url = f"/k/horten/bestillinger/{order}"
    assert (await coordinator.submit(f"{url}/send-tilbake", {"grunn": ""}, page=url)).status_code == 422
    reason = {"grunn": "Vi har ingen som kan tirsdager."}
    assert (await coordinator.submit(f"{url}/send-tilbake", reason, page=url)).status_code == 303
    purchaser = await world.browser("horten", Role.PURCHASER_CHILD)
    assert "Vi har ingen som kan tirsdager." in (await purchaser.get("/k/horten")).text
    assert (await purchaser.submit(f"{url}/send-igjen", page=url)).status_code == 303
    assert "Ny bestilling" in (await coordinator.get("/k/horten/bestillinger")).text


async def test_an_assignment_ends_with_its_reason_and_the_order_waits_again(world: World) -> None:
    order, _, assignment = await assigned(world, "horten")
    browser = await world.browser("horten", COORDINATOR)
    url, end = f"/k/horten/bestillinger/{order}", f"/k/horten/oppdrag/{assignment}/avslutt"
    refused = await browser.submit(end, {"grunn_slutt": "", "sluttdato": "i går"}, page=url)
    assert refused.status_code == 422
    assert "Velg hvorfor oppdraget avsluttes." in refused.text
    done = {"grunn_slutt": "contact_left", "sluttdato": format_date(today())}
    assert (await browser.submit(end, done, page=url)).status_code == 303
    shown = (await browser.get(url)).text
    assert "Støttekontakten slutter" in shown
    assert "Leter etter støttekontakt" in shown


async def test_a_protected_address_is_never_offered_to_the_pool(world: World) -> None:
    order = (await granted_orders(world, "horten", [individual()], protection="kode7"))[0]
    browser = await world.browser("horten", COORDINATOR)
    shown = (await browser.get(f"/k/horten/bestillinger/{order}")).text
    assert "Sperret adresse" in shown
    assert "/behov" not in shown


async def test_an_order_of_ours_is_404_next_door_in_every_way(world: World) -> None:
    order, amund, assignment = await assigned(world, "horten")
    stranger = await world.browser("re", COORDINATOR)
    nothing = (await stranger.get("/finnes-ikke")).content
    for slug in ("horten", "re"):
        url = f"/k/{slug}/bestillinger/{order}"
        answer = await stranger.get(url)
        assert (answer.status_code, answer.content) == (404, nothing)
        for post in (f"{url}/ta-imot", f"{url}/send-tilbake", f"{url}/stottekontakt"):
            typed = {"grunn": "x", "kontakt": str(amund), "start": format_date(today())}
            assert (await stranger.submit(post, typed)).status_code == 404
        end = {"grunn_slutt": "moved", "sluttdato": format_date(today())}
        assert (await stranger.submit(f"/k/{slug}/oppdrag/{assignment}/avslutt", end)).status_code == 404


# One's own page -------------------------------------------------------------------------------------------------------
async def test_a_contact_sees_her_own_assignments_and_nobody_elses(world: World) -> None:
    await assigned(world, "horten")
    other = await granted_order(world, "horten", name="Ivar Dalen")
    sara = await contact(world, "horten", "Sara Dahl")
    async with world.at("horten", COORDINATOR) as uow:
        await fill_order(uow, other, sara, starts_on=today())
    shown = (await (await world.browser("horten", Role.CONTACT)).get("/min/horten")).text
    assert "Jonas Bergli" in shown
    assert "Ivar Dalen" not in shown
    empty = (await (await world.browser("re", Role.CONTACT)).get("/min/re")).text
    assert "Ingenting her ennå" in empty
    assert (await (await world.browser("re", Role.CONTACT)).get("/min/horten")).status_code == 404


async def test_a_contact_sees_no_address_of_somebody_with_a_protected_one(world: World) -> None:
    order = (await granted_orders(world, "horten", [individual()], protection="kode6"))[0]
    amund = await contact(world, "horten", user=world.user("horten", Role.CONTACT))
    async with world.at("horten", COORDINATOR) as uow:
        await fill_order(uow, order, amund, starts_on=today())
    shown = (await (await world.browser("horten", Role.CONTACT)).get("/min/horten")).text
    assert "Sperret adresse" in shown
    assert "900 00 001" not in shown


async def test_a_service_user_and_a_mother_read_the_decision_the_contact_and_who_has_read(
    world: World,
) -> None:
    order, _, _ = await assigned(world, "horten")
    async with world.at("horten", COORDINATOR) as uow:
        jonas = (await order_card(uow, order)).person_id
        await let_in(uow, jonas, world.user("horten", Role.SERVICE_USER), "service_user")
        mother = await register_person(uow, PersonFacts("Trine", "Bergli"))
        await appoint_representative(uow, jonas, mother, "parent", valid_from=today() - timedelta(days=9))
        await let_in(uow, mother, world.user("horten", Role.REPRESENTATIVE), "representative")
    for role, heading in (
        (Role.SERVICE_USER, "Mitt tilbud"),
        (Role.REPRESENTATIVE, "Tilbudet til Jonas Bergli"),
    ):
        shown = (await (await world.browser("horten", role)).get("/min/horten")).text
        assert heading in shown
        assert "Amund Vik" in shown
        assert "Hvem har lest" in shown
        assert "Før timer" not in shown
