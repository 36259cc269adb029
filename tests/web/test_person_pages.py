"""The pages of people over HTTP: the way through, every bad field, the wall, two editors, and what is never shown."""

from __future__ import annotations

import io
import re
from datetime import timedelta
from uuid import uuid4

import pikepdf
import pytest

from sammen.clock import today
from sammen.norwegian import format_date
from sammen.policy.roles import Role
from tenants.people.api import PersonFacts, let_in, make_synthetic, register_person
from tests.people_samples import STREET, WELFARE, acting_for, applied, born
from tests.provider_samples import assigned
from tests.worlds import Browser, World

CHILD, ADULT, MANAGER = Role.PURCHASER_CHILD, Role.PURCHASER_ADULT, Role.MANAGER
PEOPLE = "/k/horten/personer"


def person_form(version: str = "1", **changes: str) -> dict[str, str]:
    return {
        "fornavn": "Jonas", "etternavn": "Bergli", "fodselsdato": format_date(born(12)), "adresse": STREET,
        "postnummer": "3181", "poststed": "Horten", "telefon": "900 00 777", "adressesperre": "none",
        "brevform": "nb", "versjon": version, **changes,
    }  # fmt: skip


def representative_form(**changes: str | list[str]) -> dict[str, str | list[str]]:
    return {
        "rolle": "parent", "fornavn": "Trine", "etternavn": "Bergli", "fodselsdato": "05.06.1985", "foreldreansvar": "ja",
        "barnet_bor": "here", "faar_brev": "ja", "brevform": "nn", "fra": "01.01.2020", **changes,
    }  # fmt: skip


async def purchaser(world: World, role: Role = CHILD) -> Browser:
    return await world.browser("horten", role)


# Search ---------------------------------------------------------------------------------------------------------------
async def test_people_are_found_by_folded_name_birth_date_and_number_and_by_nothing_empty(
    world: World,
) -> None:
    number = make_synthetic(born(30), "F", 2)
    browser = await purchaser(world, ADULT)
    sent = {
        "fornavn": "Åse", "etternavn": "Sørlie", "fodselsnummer": number, "mottatt": format_date(today()), "kanal": "letter",
        "soker": "self", "hjemmel": "hol-3-2-6b", "adressesperre": "none",
    }  # fmt: skip
    assert (
        await browser.submit("/k/horten/soknader/ny", sent, page="/k/horten/soknader/ny")
    ).status_code == 303
    assert "Åse Sørlie" not in (await browser.get(PEOPLE)).text
    for text in ("aase", "SØR", "soerl", number, f"{number[:6]} {number[6:]}", format_date(born(30))):
        assert "Åse Sørlie" in (await browser.get(PEOPLE, params={"q": text})).text, text
    for text in ("%", "_", "''", "xyz", "12345678901", "99.99.9999", "\x00".strip("\x00") + ";"):
        answer = await browser.get(PEOPLE, params={"q": text})
        assert answer.status_code == 200
        assert "Åse Sørlie" not in answer.text, text


async def test_a_person_is_seen_through_a_case_or_as_somebody_who_acts_in_one(world: World) -> None:
    _, person = await applied(world)
    mother = await acting_for(world, person, "Trine Bergli")
    for role, seen in ((CHILD, True), (MANAGER, True), (Role.PROVIDER_COORDINATOR, True), (ADULT, False),
                       (Role.PURCHASER_CHILD_WELFARE, False)):  # fmt: skip
        browser = await purchaser(world, role)
        for one in (person, mother):
            assert (await browser.get(f"{PEOPLE}/{one}")).status_code == (200 if seen else 404)
        for text in ("Bergli", "Trine"):
            found = (await browser.get(PEOPLE, params={"q": text})).text
            assert (f"{PEOPLE}/{mother}" in found) is seen
    stranger = await world.browser("re", CHILD)
    for slug in ("horten", "re"):
        answer = await stranger.get(f"/k/{slug}/personer/{person}")
        assert (answer.status_code, answer.content) == (404, (await stranger.get("/finnes-ikke")).content)


async def test_somebody_without_a_case_is_seen_by_those_who_may_write_people_only(world: World) -> None:
    async with world.at("horten", CHILD) as uow:
        loose = await register_person(uow, PersonFacts("Ivar", "Dalen", birth_date=born(40)))
        hidden = await register_person(
            uow, PersonFacts("Liv", "Dalen", birth_date=born(40), protection="kode6")
        )
    for role, status in ((CHILD, 200), (ADULT, 200), (MANAGER, 404), (Role.PROVIDER_COORDINATOR, 404)):
        browser = await purchaser(world, role)
        assert (await browser.get(f"{PEOPLE}/{loose}")).status_code == status
        assert (await browser.get(f"{PEOPLE}/{hidden}")).status_code == 404


async def test_contacts_are_not_looked_up_as_people(world: World) -> None:
    async with world.at("horten", CHILD) as uow:
        person = await register_person(uow, PersonFacts("Amund", "Vik", birth_date=born(30)))
    await world.sql(
        "INSERT INTO support_contact (tenant_id, id, person_id, state, interests, languages, slots)"
        " VALUES ($1, gen_random_uuid(), $2, 'engaged', '{}', '{}', '{}')",
        world.horten, person,
    )  # fmt: skip
    browser = await purchaser(world)
    assert (await browser.get(f"{PEOPLE}/{person}")).status_code == 404
    assert "Amund Vik" not in (await browser.get(PEOPLE, params={"q": "Amund"})).text


# The page and its form ------------------------------------------------------------------------------------------------
async def test_the_page_tells_what_the_law_says_now_and_when_that_changes(world: World) -> None:
    _, person = await applied(world, age=12)
    await acting_for(world, person, "Trine Bergli")
    shown = (await (await purchaser(world)).get(f"{PEOPLE}/{person}")).text
    assert "Pasient- og brukerrettighetsloven § 4-4 og barnelova §§ 31–33" in shown
    assert "De som har foreldreansvar, når barnet er hørt" in shown
    assert "Endrer seg" in shown
    assert "Trine Bergli" in shown
    assert "Har foreldreansvar" in shown


async def test_what_is_known_is_corrected_and_the_trail_says_which_fields(world: World) -> None:
    _, person = await applied(world)
    browser = await purchaser(world)
    url = f"{PEOPLE}/{person}/endre"
    assert STREET in (await browser.get(url)).text
    changed = person_form(tolk="ja", tolkesprak="tigrinja", plan="ja", brevform="nn", telefon="900 00 111")
    assert (await browser.submit(url, changed, page=url)).status_code == 303
    shown = (await browser.get(f"{PEOPLE}/{person}")).text
    for text in ("tigrinja", "900 00 111", "brev på nynorsk", "Individuell plan"):
        assert text in shown
    (row,) = await world.sql("SELECT details FROM audit_entry WHERE action = 'person.corrected'")
    assert "interpreter_language" in row["details"]
    assert "tigrinja" not in row["details"]


@pytest.mark.parametrize(
    ("field", "typed", "says"),
    [
        ("fornavn", "", "Skriv fornavnet."),
        ("etternavn", "", "Skriv etternavnet."),
        ("fodselsnummer", "12345678901", "ikke en dato"),
        ("fodselsdato", "31.02.2010", "finnes"),
        ("fodselsdato", "01.01.2040", "framtida"),
        ("postnummer", "31", "Postnummeret har fire sifre."),
        ("epost", "ola.no", "Skriv e-postadressen med @"),
        ("adressesperre", "kode9", "Velg om adressen er sperret."),
        ("brevform", "sv", "Velg hvilken form brevene skal ha."),
    ],
)
async def test_each_bad_field_of_a_person_is_named_and_what_was_typed_stays(
    shared_world: World, field: str, typed: str, says: str
) -> None:
    _, person = await applied(shared_world)
    browser = await purchaser(shared_world)
    url = f"{PEOPLE}/{person}/endre"
    answer = await browser.submit(url, person_form(**{field: typed, "sprak": "urdu og norsk"}), page=url)
    assert answer.status_code == 422
    assert says in answer.text
    assert "urdu og norsk" in answer.text
    assert f'href="#{field}"' in answer.text


async def test_an_interpreter_needs_a_language(world: World) -> None:
    _, person = await applied(world)
    browser = await purchaser(world)
    url = f"{PEOPLE}/{person}/endre"
    answer = await browser.submit(url, person_form(tolk="ja"), page=url)
    assert answer.status_code == 422
    assert "hvilket språk tolken" in answer.text


async def test_two_who_correct_one_person_are_told_apart(world: World) -> None:
    _, person = await applied(world)
    browser = await purchaser(world)
    url = f"{PEOPLE}/{person}/endre"
    assert (await browser.submit(url, person_form(telefon="900 00 001"), page=url)).status_code == 303
    late = await browser.submit(url, person_form(etternavn="Berglie"), page=url)
    assert late.status_code == 409
    assert "Berglie" in late.text


async def test_only_a_purchaser_of_the_person_changes_them(world: World) -> None:
    _, person = await applied(world)
    for role, status in ((MANAGER, 403), (Role.PROVIDER_COORDINATOR, 403), (ADULT, 404)):
        browser = await purchaser(world, role)
        for path in ("endre", "representanter/ny", "dodsfall", "flytting", "overforing.zip"):
            assert (await browser.get(f"{PEOPLE}/{person}/{path}")).status_code == status, (role, path)


# Protected ------------------------------------------------------------------------------------------------------------
async def test_a_protected_address_is_on_no_page_file_or_log(world: World) -> None:
    case, person = await applied(world, protection="kode7")
    browser = await purchaser(world)
    consent = {
        "hvem": "parent",
        "navn": "Trine",
        "samtykke_dato": format_date(today()),
        "mottaker": "Drammen",
    }
    move = f"{PEOPLE}/{person}/flytting"
    assert (await browser.submit(f"{PEOPLE}/{person}/samtykke", consent, page=move)).status_code == 303
    for path in ("", "/endre", "/flytting", "/dodsfall", "/representanter/ny", "?q=Jonas"):
        url = f"{PEOPLE}{path}" if path.startswith("?") else f"{PEOPLE}/{person}{path}"
        answer = await browser.get(url)
        assert answer.status_code == 200, url
        assert STREET not in answer.text, url
        assert "900 00 777" not in answer.text, url
    for url in (f"/k/horten/saker/{case}", "/k/horten/saker", "/k/horten"):
        assert STREET not in (await browser.get(url)).text
    for path in ("/k/horten/saker/liste.xlsx", f"{PEOPLE}/{person}/overforing.zip"):
        assert STREET.encode() not in (await browser.get(path)).content
    story = await browser.get(f"{PEOPLE}/{person}/historie.pdf")
    assert story.status_code == 200
    logged = await world.sql("SELECT details::text || why AS said FROM audit_entry")
    assert all(STREET not in row["said"] for row in logged)


async def test_what_a_protected_persons_form_leaves_empty_stays_and_what_is_typed_is_kept(
    world: World,
) -> None:
    _, person = await applied(world, protection="kode7")
    browser = await purchaser(world)
    url = f"{PEOPLE}/{person}/endre"
    empty = person_form(
        adresse="", postnummer="", poststed="", telefon="", adressesperre="kode7", sprak="urdu"
    )
    assert (await browser.submit(url, empty, page=url)).status_code == 303
    (row,) = await world.sql("SELECT street, phone, speaks FROM person WHERE id = $1", person)
    assert dict(row) == {"street": STREET, "phone": "900 00 777", "speaks": "urdu"}
    moved = person_form("2", adresse="Ny vei 1", postnummer="3190", poststed="Horten", adressesperre="kode7")
    assert (await browser.submit(url, moved, page=url)).status_code == 303
    (row,) = await world.sql("SELECT street FROM person WHERE id = $1", person)
    assert row["street"] == "Ny vei 1"


async def test_a_new_protection_closes_the_case_to_all_but_the_circle_at_once(world: World) -> None:
    case, person = await applied(world)
    manager = await purchaser(world, MANAGER)
    assert (await manager.get(f"{PEOPLE}/{person}")).status_code == 200
    browser = await purchaser(world)
    url = f"{PEOPLE}/{person}/endre"
    assert (await browser.submit(url, person_form(adressesperre="kode6"), page=url)).status_code == 303
    assert (await browser.get(f"/k/horten/saker/{case}")).status_code == 200
    for path in (f"{PEOPLE}/{person}", f"/k/horten/saker/{case}"):
        assert (await manager.get(path)).status_code == 404
    for path in (f"{PEOPLE}?q=Jonas", "/k/horten/saker?q=Jonas", "/k/horten/saker?q=Bergli&status=all"):
        assert str(person) not in (await manager.get(path)).text
        assert str(case) not in (await manager.get(path)).text


# Representatives ------------------------------------------------------------------------------------------------------
async def test_each_parent_is_registered_changed_and_ended_on_their_own(world: World) -> None:
    case, person = await applied(world)
    browser = await purchaser(world)
    page, new = f"{PEOPLE}/{person}", f"{PEOPLE}/{person}/representanter/ny"
    assert (await browser.submit(new, representative_form(), page=new)).status_code == 303
    second = representative_form(fornavn="Leif", foreldreansvar="nei", faar_brev="nei", barnet_bor="visits")
    assert (await browser.submit(new, second, page=new)).status_code == 303
    shown = (await browser.get(page)).text
    assert "Har ikke foreldreansvar" in shown
    story = (await browser.get(f"/k/horten/saker/{case}")).text
    assert "Leif Bergli. Skal ikke ha brev." in re.sub(r"\s+", " ", story)
    (one,) = re.findall(rf'href="({PEOPLE}/{person}/representanter/[0-9a-f-]+)">Leif', shown)
    changed = representative_form(foreldreansvar="ja", versjon="1")
    assert (await browser.submit(one, changed, page=one)).status_code == 303
    assert (await browser.submit(one, changed, page=one)).status_code == 409
    refused = await browser.submit(f"{one}/avslutt", {"versjon": "2", "sluttdato": "", "grunn": ""}, page=one)
    assert refused.status_code == 422
    assert "Velg hvorfor det avsluttes." in refused.text
    assert "Skriv den siste dagen." in refused.text
    early = {"versjon": "2", "sluttdato": "31.12.2019", "grunn": "authority"}
    assert "før startdatoen" in (await browser.submit(f"{one}/avslutt", early, page=one)).text
    done = {"versjon": "2", "sluttdato": format_date(today() - timedelta(days=1)), "grunn": "authority"}
    assert (await browser.submit(f"{one}/avslutt", done, page=one)).status_code == 303
    assert "Avsluttet" in (await browser.get(page)).text


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"rolle": ""}, "Velg hva personen er."),
        ({"fornavn": "", "etternavn": ""}, "Skriv etternavnet."),
        ({"fra": ""}, "Skriv fra hvilken dag det gjelder."),
        ({"til": "01.01.2019"}, "Sluttdatoen er før startdatoen."),
        ({"rolle": "guardian"}, "Kryss av for hva det gjelder."),
        ({"rolle": "power_of_attorney"}, "Kryss av for hva det gjelder."),
        ({"rolle": "guardian", "omfang_verge": "personal", "fodselsdato": "01.01.2015"}, "må ha fylt 18 år"),
        ({"fodselsdato": format_date(born(3))}, "En forelder kan ikke være yngre enn barnet."),
        ({"fornavn": "Jonas", "fodselsdato": format_date(born(12))}, "Ingen kan være sin egen representant."),
    ],
)
async def test_each_bad_field_of_a_representative_is_named(
    shared_world: World, changes: dict[str, str], says: str
) -> None:
    _, person = await applied(shared_world)
    browser = await purchaser(shared_world)
    new = f"{PEOPLE}/{person}/representanter/ny"
    answer = await browser.submit(new, representative_form(beskrivelse="Skal stå igjen", **changes), page=new)
    assert answer.status_code == 422
    assert says in answer.text
    assert "Skal stå igjen" in answer.text
    assert await shared_world.sql("SELECT 1 FROM representative") == []


async def test_parents_of_somebody_who_is_eighteen_are_asked_about(world: World) -> None:
    """Vergemålsloven § 9."""
    _, person = await applied(world, age=17)
    await acting_for(world, person, "Trine Bergli")
    await world.sql("UPDATE person SET birth_date = $2 WHERE id = $1", person, born(18))
    shown = (await (await purchaser(world)).get(f"{PEOPLE}/{person}")).text
    assert "Foreldrene har ikke lenger foreldreansvar." in shown


# Death, move and merging ----------------------------------------------------------------------------------------------
async def test_a_death_and_a_move_ask_for_a_day_and_that_one_has_read(world: World) -> None:
    case, person = await applied(world)
    browser = await purchaser(world)
    death, move = f"{PEOPLE}/{person}/dodsfall", f"{PEOPLE}/{person}/flytting"
    refused = await browser.submit(death, {"dato": "", "versjon": "1"}, page=death)
    assert refused.status_code == 422
    for says in ("Skriv dagen personen døde.", "Kryss av for at du har lest hva som skjer."):
        assert says in refused.text
    refused = await browser.submit(move, {"dato": "32.01.2027", "kommune": "", "versjon": "1"}, page=move)
    assert refused.status_code == 422
    assert "Skriv hvilken kommune personen flytter til." in refused.text
    ahead = {
        "dato": format_date(today() + timedelta(days=5)),
        "kommune": "Drammen",
        "bekreft": "ja",
        "versjon": "1",
    }
    assert (await browser.submit(move, ahead, page=move)).status_code == 303
    assert "Flytter til Drammen" in (await browser.get(f"/k/horten/saker/{case}")).text
    undone = {"versjon": "2"}
    assert (await browser.submit(f"{move}/angre", undone, page=move)).status_code == 303
    died = {"dato": format_date(today()), "bekreft": "ja", "versjon": "3"}
    assert (await browser.submit(death, died, page=death)).status_code == 303
    assert "Ingen brev sendes" in (await browser.get(f"/k/horten/saker/{case}")).text or (
        "ingen brev sendes" in (await browser.get(f"/k/horten/saker/{case}")).text
    )
    assert "Vi skriver ikke til en som er død." in (await browser.get(f"/k/horten/saker/{case}")).text


async def test_two_registrations_are_shown_side_by_side_and_become_one(world: World) -> None:
    _, person = await applied(world)
    async with world.at("horten", CHILD) as uow:
        other = await register_person(
            uow, PersonFacts("Jonas", "Bergli", birth_date=born(12), phone="900 00 222", speaks="urdu")
        )
    browser = await purchaser(world)
    listed = (await browser.get(f"{PEOPLE}/like")).text
    assert "Jonas Bergli" in listed
    url = f"{PEOPLE}/{other}/slaa-sammen/{person}"
    shown = (await browser.get(url)).text
    assert "900 00 222" in shown
    assert "kan ikke angres" in shown
    sent = {"phone": "gone", "speaks": "gone", "grunn": "", "versjon": "1", "versjon_annen": "1"}
    refused = await browser.submit(url, sent, page=url)
    assert refused.status_code == 422
    assert "Kryss av for at du vet at dette ikke kan angres." in refused.text
    refused = await browser.submit(url, sent | {"bekreft": "ja"}, page=url)
    assert "Skriv hvordan du vet at de er samme person." in refused.text
    done = await browser.submit(url, sent | {"bekreft": "ja", "grunn": "Ringte mor."}, page=url)
    assert done.status_code == 303
    assert "urdu" in (await browser.get(f"{PEOPLE}/{person}")).text
    gone = await browser.get(f"{PEOPLE}/{other}")
    assert (gone.status_code, gone.headers.get("location")) == (303, f"{PEOPLE}/{person}")
    assert (await browser.get(url)).status_code == 404
    assert "Ingen like registreringer" in (await browser.get(f"{PEOPLE}/like")).text


# The story, and who has read ------------------------------------------------------------------------------------------
async def test_the_story_is_a_tagged_file_in_the_persons_own_form_of_norwegian(world: World) -> None:
    _, person = await applied(world)
    await world.sql("UPDATE person SET language_form = 'nn' WHERE id = $1", person)
    answer = await (await purchaser(world)).get(f"{PEOPLE}/{person}/historie.pdf")
    assert answer.status_code == 200
    with pikepdf.open(io.BytesIO(answer.content)) as pdf:
        assert str(pdf.Root.Lang).startswith("nn")
        assert bool(pdf.Root.MarkInfo.Marked)
    (row,) = await world.sql("SELECT persons FROM audit_entry WHERE action = 'person.export'")
    assert row["persons"] == [person]


async def test_the_officer_sees_who_has_read_without_name_or_case_and_looks_up_by_whole_number_only(
    world: World,
) -> None:
    number = make_synthetic(born(12), "M", 7)
    case, person = await applied(world)
    await world.sql("UPDATE person SET family_name = 'Berglihaug' WHERE id = $1", person)
    browser = await purchaser(world)
    url = f"{PEOPLE}/{person}/endre"
    typed = person_form(etternavn="Berglihaug", fodselsnummer=number)
    assert (await browser.submit(url, typed, page=url)).status_code == 303
    await browser.get(f"/k/horten/saker/{case}")
    officer = await world.browser("horten", Role.DATA_PROTECTION_OFFICER)
    search = f"{PEOPLE}/innsyn"
    for text in ("", "123", "Jonas", make_synthetic(born(12), "M", 8)):
        assert (await officer.submit(search, {"fodselsnummer": text}, page=search)).status_code == 422
    found = await officer.submit(search, {"fodselsnummer": number}, page=search)
    assert found.headers["location"] == f"{PEOPLE}/{person}/innsyn"
    shown = (await officer.get(found.headers["location"])).text
    assert "Leste saken" in shown
    for secret in ("Berglihaug", str(case), number, STREET):
        assert secret not in shown
    assert (await officer.get(f"{PEOPLE}/{uuid4()}/innsyn")).status_code == 404
    for path in ("", "/historie.pdf", "/endre"):
        assert (await officer.get(f"{PEOPLE}/{person}{path}")).status_code == 403
    assert (await browser.get(f"{PEOPLE}/{person}/innsyn")).status_code == 403


async def test_a_mother_fetches_the_story_until_the_child_is_sixteen_and_then_the_outline(
    world: World,
) -> None:
    """Pasient- og brukerrettighetsloven § 3-4: at 16 and 17 only what parental responsibility requires."""
    _, person = await applied(world, age=12)
    mother = await acting_for(world, person, "Trine Bergli")
    async with world.at("horten", CHILD) as uow:
        await let_in(uow, mother, world.user("horten", Role.REPRESENTATIVE), "representative")
        await let_in(uow, person, world.user("horten", Role.SERVICE_USER), "service_user")
    mothers, own = (
        await world.browser("horten", Role.REPRESENTATIVE),
        await world.browser("horten", Role.SERVICE_USER),
    )
    url = f"/min/horten/historie/{person}"
    sizes = []
    for age, hers, his in ((12, 200, 404), (15, 200, 200), (16, 200, 200), (18, 404, 200)):
        await world.sql("UPDATE person SET birth_date = $2 WHERE id = $1", person, born(age))
        answer = await mothers.get(url)
        assert (answer.status_code, (await own.get(url)).status_code) == (hers, his), age
        sizes.append(len(answer.content))
    assert sizes[2] < sizes[1]
    assert (await (await world.browser("horten", Role.CONTACT)).get(url)).status_code == 404


async def test_what_a_parent_sees_on_their_own_page_follows_the_childs_birthdays(world: World) -> None:
    """Pasient- og brukerrettighetsloven § 3-4, pasientjournalloven § 18, vergemålsloven § 9."""
    await assigned(world, "horten")
    (row,) = await world.sql("SELECT person_id FROM case_file")
    person = row["person_id"]
    mother = await acting_for(world, person, "Trine Bergli")
    async with world.at("horten", CHILD) as uow:
        await let_in(uow, mother, world.user("horten", Role.REPRESENTATIVE), "representative")
        await let_in(uow, person, world.user("horten", Role.SERVICE_USER), "service_user")
    mothers, own = (
        await world.browser("horten", Role.REPRESENTATIVE),
        await world.browser("horten", Role.SERVICE_USER),
    )
    goal, log, service = "En fast aktivitet", "Alle oppslag lagres.", "Individuell støttekontakt"
    for age, hers, his in (
        (12, {goal, log, service}, {goal, service}),
        (16, {service}, {goal, log, service}),
        (18, set(), {goal, log, service}),
    ):
        await world.sql("UPDATE person SET birth_date = $2 WHERE id = $1", person, born(age))
        for browser, expected in ((mothers, hers), (own, his)):
            shown = (await browser.get("/min/horten")).text
            assert {text for text in (goal, log, service) if text in shown} == expected, age


async def test_a_child_welfare_case_is_told_of_only_to_whom_it_is_open(world: World) -> None:
    care, person = await applied(world)
    welfare, same = await applied(world, ground=WELFARE)
    assert same == person
    shown = (await (await purchaser(world)).get(f"{PEOPLE}/{person}")).text
    assert str(care) in shown
    assert str(welfare) not in shown
    assert "barnevernssaken" not in shown
    other = (await (await purchaser(world, Role.PURCHASER_CHILD_WELFARE)).get(f"{PEOPLE}/{person}")).text
    assert str(welfare) in other
    assert str(care) not in other
    assert "Hva loven sier nå i barnevernssaken" in other
