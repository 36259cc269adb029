"""Contacts' pages over HTTP: a call noted down, the way in and out, vetting, words, and the contact's own page."""

from __future__ import annotations

from datetime import timedelta

import pytest

from sammen.clock import today
from sammen.norwegian import format_date
from sammen.policy.roles import Role
from tenants.contacts.api import suspend_contact
from tests.provider_samples import contact
from tests.worlds import Browser, World

COORDINATOR = Role.PROVIDER_COORDINATOR
LIST = "/k/horten/kontakter"
DAY = format_date(today())


async def test_a_call_becomes_an_enquiry_an_interview_and_vetting(world: World) -> None:
    kari = await world.browser("horten", COORDINATOR)
    answer = await kari.submit(
        f"{LIST}/henvendelse", {"fornavn": "Jon", "telefon": "900 11 222"}, page=f"{LIST}/henvendelse"
    )
    url = answer.headers["location"]
    assert "Jon venter på svar: 900 11 222" in (await kari.get(url)).text
    again = await kari.submit(
        f"{LIST}/henvendelse", {"fornavn": "Jon", "telefon": "90011222"}, page=f"{LIST}/henvendelse"
    )
    assert again.headers["location"] == url
    assert (await kari.submit(f"{url}/svar", {"svar": "Vil komme innom."}, page=url)).status_code == 303
    assert "Vil komme innom." in (await kari.get(url)).text
    plan = {
        "intervju_dag": format_date(today() + timedelta(days=2)),
        "intervju_kl": "10.30",
        "intervju_sted": "Rådhuset",
    }
    assert (await kari.submit(f"{url}/intervju", plan, page=url)).status_code == 303
    assert "kl. 10.30 Rådhuset" in (await kari.get(url)).text
    held = {"holdt": DAY, "notater": "Glad i hester.", "videre": "ja"}
    assert (await kari.submit(f"{url}/intervju/holdt", held, page=url)).status_code == 303
    shown = (await kari.get(url)).text
    assert "Jon mangler politiattest og taushetserklæring." in shown.replace("Jon  ", "Jon ")
    assert "Glad i hester." in shown
    assert "Under godkjenning (1)" in (await kari.get(LIST)).text
    assert "Jon" not in (await (await world.browser("re", COORDINATOR)).get("/k/re/kontakter")).text
    version = (await world.sql("SELECT version FROM support_contact"))[0]["version"]
    changed = {"fornavn": "Jon", "etternavn": "Eide", "telefon": "900 11 222", "fodselsdato": "01.02.1990",
               "slag": "group", "versjon": str(version)}  # fmt: skip
    assert (await kari.submit(f"{url}/endre", changed, page=f"{url}/endre")).status_code == 303
    shown = (await kari.get(url)).text
    assert "Jon Eide, 3" in shown
    assert "Aktivitetsgruppe" in shown


@pytest.mark.parametrize(
    ("path", "typed", "says"),
    [
        ("godkjenning", {"politiattest": "i går"}, "Skriv datoen"),
        ("ny-attest", {"grunnlag": "", "hvorfor": "x"}, "Velg hvilket rettslig grunnlag"),
        ("ny-attest", {"grunnlag": "new_offer", "hvorfor": ""}, "Skriv hvorfor grunnlaget gjelder"),
        ("oppfolger", {"oppfolger": "noen"}, "Velg hvem som følger opp"),
        ("kurs", {"hva": "", "fullfort": DAY}, "Velg kurs eller utdanning"),
        ("kurs", {"hva": "first_aid", "fullfort": ""}, "Skriv dagen det ble fullført"),
        ("kurs", {"hva": "first_aid", "fullfort": DAY, "gjelder_til": "01.01.2020"}, "Siste dag er før"),
        ("ord", {"om": "wish", "ord": ""}, "Skriv hva som er sagt"),
        ("ord", {"om": "correction", "ord": "x"}, "Velg hva det handler om"),
        ("slutt", {"siste_dag": DAY, "slutt_grunn": "not_relevant"}, "Velg hvorfor støttekontakten slutter"),
        ("slutt", {"siste_dag": "", "slutt_grunn": "moved"}, "Skriv den siste dagen"),
    ],
)
async def test_a_form_that_cannot_be_used_says_so_at_the_field(
    world: World, path: str, typed: dict[str, str], says: str
) -> None:
    url = f"{LIST}/{await contact(world, 'horten')}"
    answer = await (await world.browser("horten", COORDINATOR)).submit(f"{url}/{path}", typed, page=url)
    assert answer.status_code == 422
    assert says in answer.text


@pytest.mark.parametrize(
    "typed", [{}, {"fornavn": "Jon"}, {"telefon": "1"}, {"fornavn": "Jon", "epost": "nei"}]
)
async def test_an_enquiry_without_a_name_or_a_way_to_answer_is_not_kept(
    world: World, typed: dict[str, str]
) -> None:
    kari = await world.browser("horten", COORDINATOR)
    answer = await kari.submit(f"{LIST}/henvendelse", typed, page=f"{LIST}/henvendelse")
    assert answer.status_code == 422
    assert await world.sql("SELECT 1 FROM support_contact") == []


async def test_the_manager_reads_and_changes_nothing_and_others_see_nothing(world: World) -> None:
    url = f"{LIST}/{await contact(world, 'horten')}"
    berit = await world.browser("horten", Role.MANAGER)
    shown = await berit.get(url)
    assert shown.status_code == 200
    assert f"{url}/kurs" not in shown.text
    assert (
        await berit.submit(f"{url}/kurs", {"hva": "first_aid", "fullfort": DAY}, page=url)
    ).status_code == 403
    assert (await (await world.browser("horten", Role.PAYROLL)).get(url)).status_code == 403
    assert (
        await (await world.browser("re", COORDINATOR)).get(url.replace("horten", "re"))
    ).status_code == 404


async def test_who_leaves_is_shown_with_the_reason_and_can_be_taken_in_again(world: World) -> None:
    url = f"{LIST}/{await contact(world, 'horten', 'Sara Dahl')}"
    kari = await world.browser("horten", COORDINATOR)
    left = {"siste_dag": DAY, "slutt_grunn": "studies"}
    assert (await kari.submit(f"{url}/slutt", left, page=f"{url}/slutt")).status_code == 303
    shown = (await kari.get(url)).text
    assert "studier eller skole" in shown
    assert "Ta inn igjen" in shown
    assert "Studier eller skole" in (await kari.get(f"{LIST}/tall")).text
    assert "Sara Dahl" not in (await kari.get(LIST)).text
    assert "Sara Dahl" in (await kari.get(f"{LIST}?status=ended")).text
    assert (await kari.submit(f"{url}/tilbake", {}, page=url)).status_code == 303
    assert "Sara Dahl mangler politiattest og taushetserklæring." in (await kari.get(url)).text


async def test_a_contact_reads_what_is_noted_corrects_it_and_changes_times_and_telephone(
    world: World,
) -> None:
    jon = await contact(world, "horten", user=world.user("horten", Role.CONTACT))
    url = f"{LIST}/{jon}"
    kari, amund = await world.browser("horten", COORDINATOR), await world.browser("horten", Role.CONTACT)
    said = {"om": "going_on", "ord": "Vil slutte til sommeren.", "sagt": DAY}
    assert (await kari.submit(f"{url}/ord", said, page=url)).status_code == 303
    me = (await amund.get("/min/horten/meg")).text
    assert "«Vil slutte til sommeren.»" in me
    assert "Vist " in me
    word = (await world.sql("SELECT id FROM contact_word"))[0]["id"]
    unsaid = await amund.submit(
        "/min/horten/meg/ord", {"svar_paa": str(word), "ord": ""}, page="/min/horten/meg"
    )
    # The form has an address of its own, which is no page: who changes the language now comes back to one.
    assert unsaid.status_code == 422
    assert 'name="tilbake" value="/min/horten/meg"' in unsaid.text
    out = await Browser(world.app).post("/min/horten/meg/ord", data={"ord": "Jeg vil."})
    assert out.headers["location"] == "/logg-inn?neste=/min/horten/meg"
    answer = {"svar_paa": str(word), "ord": "Jeg vil fortsette."}
    assert (await amund.submit("/min/horten/meg/ord", answer, page="/min/horten/meg")).status_code == 303
    assert "Amund Vik har skrevet noe om seg selv." in (await kari.get("/k/horten")).text
    assert "«Jeg vil fortsette.»" in (await kari.get(url)).text
    assert (await kari.submit(f"{url}/ord/sett", {}, page=url)).status_code == 303
    version = (await world.sql("SELECT version FROM support_contact"))[0]["version"]
    changed = {"telefon": "911 22 333", "tider": "wed-eve", "interesser": "riding", "ikke": "swimming",
               "ikke_annet": "Er redd for hunder.", "alder_fra": "8", "alder_til": "16", "versjon": str(version)}  # fmt: skip
    form = "/min/horten/meg/endre"
    assert (await amund.submit(form, {**changed, "alder_til": "5"}, page=form)).status_code == 422
    assert (await amund.submit(form, {**changed, "telefon": ""}, page=form)).status_code == 422
    # A number nobody can ring, or send a notice to, is a slip.
    assert (
        "Skriv telefonnummeret med sifre"
        in (await amund.submit(form, {**changed, "telefon": "12"}, page=form)).text
    )
    assert (await amund.submit(form, changed, page=form)).status_code == 303
    row = (await world.sql("SELECT * FROM support_contact"))[0]
    assert (row["interests"], row["will_not"], row["age_from"], row["commits_months"]) == (
        ["riding"],
        ["swimming"],
        8,
        12,
    )
    shown = (await kari.get(url)).text
    assert "911 22 333" in shown
    assert "Er redd for hunder." in shown
    assert "8 til 16 år" in shown


async def test_a_contact_of_one_municipality_has_no_page_about_them_in_another_and_answers_nobody_elses_words(
    world: World,
) -> None:
    await contact(world, "horten", user=world.user("horten", Role.CONTACT))
    mona = await contact(world, "horten", "Mona Lie")
    kari, amund = await world.browser("horten", COORDINATOR), await world.browser("horten", Role.CONTACT)
    url = f"{LIST}/{mona}"
    await kari.submit(f"{url}/ord", {"om": "wish", "ord": "Vil ha flere timer."}, page=url)
    word = (await world.sql("SELECT id FROM contact_word"))[0]["id"]
    answer = await amund.submit(
        "/min/horten/meg/ord", {"svar_paa": str(word), "ord": "Nei."}, page="/min/horten/meg"
    )
    assert answer.status_code == 404
    assert "Vil ha flere timer" not in (await amund.get("/min/horten/meg")).text
    elsewhere = await world.browser("re", Role.CONTACT)
    assert "Ingenting om deg her" in (await elsewhere.get("/min/re/meg")).text


async def test_a_suspended_contact_reads_only_that_somebody_will_call(world: World) -> None:
    jon = await contact(world, "horten", user=world.user("horten", Role.CONTACT))
    async with world.at("horten", COORDINATOR) as uow:
        await suspend_contact(uow, jon, today())
    me = (await (await world.browser("horten", Role.CONTACT)).get("/min/horten/meg")).text
    assert "Koordinatoren tar kontakt med deg" in me
    assert "uspen" not in me
    assert (
        "Tatt ut av tjeneste"
        in (await (await world.browser("horten", COORDINATOR)).get(f"{LIST}/{jon}")).text
    )
