"""The provider's pages over HTTP: contacts, orders, the contact's own pages and hours; and how they can go wrong."""

from __future__ import annotations

import asyncio
import re
from datetime import timedelta
from urllib.parse import quote

import pytest

from sammen.clock import today
from sammen.norwegian import format_date
from sammen.policy.roles import Role
from sammen.web.formats import month_year
from tenants.assignments.api import fill_order, order_card
from tenants.people.api import PersonFacts, appoint_representative, let_in, make_synthetic, register_person
from tests.provider_samples import assigned, contact, granted_order, granted_orders, individual
from tests.worlds import Browser, World

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
    assert (await browser.submit(f"{url}/avtaler/ny", agreed)).status_code == 303
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
    answer = await browser.submit(f"{url}/endre", {**typed, "interesser": "climbing"}, page=f"{url}/endre")
    assert answer.status_code == 409
    assert "klatring" in answer.text.lower()
    assert "dans" in answer.text.lower()


async def test_a_contact_on_pause_can_be_taken_in_again(world: World) -> None:
    url = f"/k/horten/kontakter/{await contact(world, 'horten')}"
    browser = await world.browser("horten", COORDINATOR)
    for _ in range(2):  # two who press the same button want the same
        assert (await browser.submit(f"{url}/pause", {"pause": "ja"}, page=url)).status_code == 303
    assert "Har pause" in (await browser.get(url)).text
    assert (await browser.submit(f"{url}/pause", {"pause": "nei"}, page=url)).status_code == 303
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
    assert "Liker også klatring · kan tirsdager ettermiddag · har 8\u00a0timer ledig i uka" in shown
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


async def test_an_order_is_found_by_the_beginning_of_a_name_and_nothing_is_found_by_signs(
    world: World,
) -> None:
    await granted_order(world, "horten")
    browser = await world.browser("horten", COORDINATOR)
    for text, found in (("jon", True), ("Bergli JONAS", True), ("Solli", False), ("%", False)):
        shown = (await browser.get(f"/k/horten/bestillinger?q={quote(text)}")).text
        assert ("Jonas Bergli</a>" in shown) is found, text
        assert f"«{text}»" in shown


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"kontakt": ""}, "Velg en støttekontakt."),
        ({"kontakt": "1 OR 1=1"}, "Velg en støttekontakt."),
        ({"start": "31.11.2026"}, "November 2026 har 30 dager"),
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
    # Seen again, she meets what others have read, among them her son, and not her own visits.
    readers = (await (await world.browser("horten", Role.REPRESENTATIVE)).get("/min/horten")).text.partition(
        "Hvem har lest"
    )[2]
    assert readers.count("Leste sin egen side") == 1


# Hours ----------------------------------------------------------------------------------------------------------------
def hours(**changes: str) -> dict[str, str]:
    day = (today() - timedelta(days=1)).isoformat()
    return {
        "dato": day,
        "fra": "17:00",
        "til": "19:30",
        "hva": "Klatret.",
        "kr-1": "86,00",
        "utlegg-1": "Buss",
        "km": "14",
        "gjor": "send",
        **changes,
    }


async def seen(browser: Browser, page: str) -> str:
    """What the page says of the hours that are shown, as its form sends it."""
    found = re.search(r'name="sett" value="([^"]+)"', (await browser.get(page)).text)
    assert found
    return found.group(1)


async def test_a_contact_registers_hours_on_the_phone_and_the_coordinator_approves_them(world: World) -> None:
    _, _, assignment = await assigned(world, "horten")
    phone = await world.browser("horten", Role.CONTACT)
    assert (await phone.get("/min/horten/timer")).headers["location"] == f"/min/horten/timer/{assignment}"
    url = f"/min/horten/timer/{assignment}"
    assert "Før timer med Jonas" in (await phone.get(url)).text
    answer = await phone.submit(url, hours(), page=url)
    assert answer.status_code == 303
    month = answer.headers["location"]
    assert "2,5" in (await phone.get(month)).text
    coordinator = await world.browser("horten", COORDINATOR)
    waiting = f"Amund Vik, {month_year(today() - timedelta(days=1))}: 2,5\N{NO-BREAK SPACE}timer"
    assert waiting in (await coordinator.get("/k/horten")).text
    shown = (await coordinator.get("/k/horten/timelister")).text
    assert "Innenfor vedtaket" in shown
    line = str((await world.sql("SELECT id FROM timesheet_line"))[0]["id"])
    page = "/k/horten/timelister"
    returned = {"linje": line, "gjor": "retur", "grunn": "", "sett": await seen(coordinator, page)}
    assert (await coordinator.submit(page, returned, page=page)).status_code == 422
    returned["grunn"] = "Skal være til klokka 19."
    assert (await coordinator.submit(page, returned, page=page)).status_code == 303
    assert "Skal være til klokka 19." in (await phone.get(month)).text
    edit = f"{url}/{line}"
    assert 'value="19:30"' in (await phone.get(edit)).text
    version = str((await world.sql("SELECT version FROM timesheet_line"))[0]["version"])
    assert (await phone.submit(edit, hours(til="19:00", versjon=version), page=edit)).status_code == 303
    # The first time they were sent is not what is approved now.
    approved = {"linje": line, "gjor": "godkjenn", "sett": returned["sett"], "ubekreftet": "Mor svarer ikke."}
    assert (await coordinator.submit(page, approved, page=page)).status_code == 409
    approved["sett"] = await seen(coordinator, page)
    assert (await coordinator.submit(page, approved, page=page)).status_code == 303
    assert "Timene er godkjent" in (await phone.get(month)).text
    assert "19.00" in (await coordinator.get(f"{page}?status=approved")).text
    assert (await phone.get(edit)).status_code == 303


@pytest.mark.parametrize(
    ("field", "typed", "says"),
    [
        ("dato", "31.11.2026", "November 2026 har 30 dager"),
        ("dato", "2026-02-31", "Februar 2026 har 28 dager"),
        ("dato", "", "Skriv dagen dere møttes."),
        ("dato", (today() + timedelta(days=1)).isoformat(), "Dagen er ikke kommet ennå"),
        ("dato", "1999-01-01", "Oppdraget begynte"),
        ("fra", "25:00", "Skriv et klokkeslett"),
        ("til", "kveld", "Skriv klokkeslettet"),
        ("til", "16:00", "Slutt må være etter start"),
        ("hva", "", "Skriv kort hva dere gjorde."),
        ("hva", "x" * 501, "høyst 500 tegn"),
        ("kr-1", "-5", "mer enn 0"),
        ("kr-1", "1.234", "uten punktum"),
        ("km", "langt", "Skriv et tall"),
        ("km", "100000", "1000 eller mindre"),
    ],
)
async def test_hours_that_cannot_be_are_answered_at_the_field_and_what_was_typed_stays(
    world: World, field: str, typed: str, says: str
) -> None:
    _, _, assignment = await assigned(world, "horten")
    phone = await world.browser("horten", Role.CONTACT)
    url = f"/min/horten/timer/{assignment}"
    answer = await phone.submit(url, hours(**{field: typed}), page=url)
    assert answer.status_code == 422
    assert says in answer.text
    assert field == "hva" or "Klatret." in answer.text
    assert await world.sql("SELECT 1 FROM timesheet_line") == []


async def test_the_same_form_sent_a_hundred_times_gives_one_line(world: World) -> None:
    _, _, assignment = await assigned(world, "horten")
    phone = await world.browser("horten", Role.CONTACT)
    url = f"/min/horten/timer/{assignment}"
    token = re.search(r'name="_csrf" value="([^"]+)"', (await phone.get(url)).text)
    assert token is not None
    form = {"_csrf": token.group(1), "_key": "one-showing-of-the-form", **hours()}
    answers = [await phone.post(url, data=form) for _ in range(90)]
    answers += await asyncio.gather(*(phone.post(url, data=form) for _ in range(10)))
    assert {answer.status_code for answer in answers} == {303}
    assert len({answer.headers["location"] for answer in answers}) == 1
    assert len(await world.sql("SELECT 1 FROM timesheet_line")) == 1


async def test_text_in_hours_is_only_text(world: World) -> None:
    _, _, assignment = await assigned(world, "horten")
    phone = await world.browser("horten", Role.CONTACT)
    url = f"/min/horten/timer/{assignment}"
    await phone.submit(url, hours(hva="=cmd|' /C calc'!A0 <b>🧗</b>'; drop table person;"), page=url)
    shown = (await (await world.browser("horten", COORDINATOR)).get("/k/horten/timelister")).text
    assert "<b>🧗" not in shown
    assert "🧗" in shown


async def test_too_many_hours_are_told_to_both_and_can_still_be_sent(world: World) -> None:
    _, _, assignment = await assigned(world, "horten", hours="0.5")
    phone = await world.browser("horten", Role.CONTACT)
    url = f"/min/horten/timer/{assignment}"
    # Half an hour a week, with what is not used of the two months before.
    answer = await phone.submit(url, hours(fra="08:00", til="20:00"), page=url)
    assert "\N{NO-BREAK SPACE}timer for mye" in (await phone.get(answer.headers["location"])).text
    shown = (await (await world.browser("horten", COORDINATOR)).get("/k/horten/timelister")).text
    assert "mer enn vedtaket gir" in shown


async def test_saved_hours_are_sent_or_deleted_later_and_nobody_else_reaches_them(world: World) -> None:
    _, _, assignment = await assigned(world, "horten")
    phone = await world.browser("horten", Role.CONTACT)
    url = f"/min/horten/timer/{assignment}"
    assert (await phone.submit(url, hours(gjor="lagre"), page=url)).status_code == 303
    line = str((await world.sql("SELECT id FROM timesheet_line"))[0]["id"])
    assert (
        "Ingen timer venter"
        in (await (await world.browser("horten", COORDINATOR)).get("/k/horten/timelister")).text
    )
    stranger = await world.browser("re", Role.CONTACT)
    for slug in ("horten", "re"):
        assert (await stranger.get(f"/min/{slug}/timer/{assignment}")).status_code == 404
        answer = await stranger.submit(f"/min/{slug}/timer/{assignment}/{line}", {"gjor": "slett"})
        assert answer.status_code == 404
    mother = await world.browser("horten", Role.REPRESENTATIVE)
    assert (await mother.get(url)).status_code == 403
    assert (await phone.submit(f"{url}/{line}", {"gjor": "slett"}, page=url)).status_code == 303
    assert await world.sql("SELECT 1 FROM timesheet_line") == []


@pytest.mark.parametrize("chosen", ["", "ikke-en-id"])
async def test_approving_nothing_says_so(world: World, chosen: str) -> None:
    browser = await world.browser("horten", COORDINATOR)
    page = "/k/horten/timelister"
    answer = await browser.submit(page, {"linje": chosen, "gjor": "godkjenn"}, page="/innlogginger")
    assert answer.status_code == 422
    assert "Velg minst én føring." in answer.text


async def test_payroll_keeps_rates_and_sees_no_service_user(world: World) -> None:
    _, _, assignment = await assigned(world, "horten")
    phone, url = await world.browser("horten", Role.CONTACT), f"/min/horten/timer/{assignment}"
    await phone.submit(url, hours(), page=url)
    payroll = await world.browser("horten", Role.PAYROLL)
    shown = (await payroll.get("/k/horten/timelister")).text
    assert "Amund Vik" in shown
    assert "Jonas" not in shown
    assert "Klatret" not in shown
    line = str((await world.sql("SELECT id FROM timesheet_line"))[0]["id"])
    assert (await payroll.submit("/k/horten/timelister", {"linje": line})).status_code == 403


async def test_only_those_who_may_reach_the_providers_pages(world: World) -> None:
    refused = {
        Role.PURCHASER_CHILD: ("kontakter", "timelister", "satser"),
        Role.PROVIDER_COORDINATOR: ("satser",),
        Role.DATA_PROTECTION_OFFICER: ("kontakter", "bestillinger", "timelister", "satser"),
        Role.PAYROLL: ("kontakter", "bestillinger"),
    }
    for role, places in refused.items():
        browser = await world.browser("horten", role)
        for place in places:
            assert (await browser.get(f"/k/horten/{place}")).status_code == 403, (role, place)
