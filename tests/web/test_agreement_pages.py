"""Agreements over HTTP: the way through, what is weighed, each bad field, signing many, the rules page, who may."""

from __future__ import annotations

import re
from datetime import timedelta
from decimal import Decimal

import pytest

from sammen.clock import today
from sammen.norwegian import format_date
from sammen.policy.roles import Role
from tenants.contacts.api import AgreementDetails, engage, engagements_of
from tests.provider_samples import contact
from tests.worlds import World

COORDINATOR, MANAGER = Role.PROVIDER_COORDINATOR, Role.MANAGER
TODAY = format_date(today())
EMPLOYED = {"avtale": "employee", "fra": TODAY, "til": "", "timer": "4,5", "provetid": "3", "oppsigelse": "1"}
HIRED = {
    "avtale": "contractor", "fra": TODAY, "til": "", "timer": "6", "tegn": ["personal", "directed"],
    "begrunnelse": "Eget firma.", "oppsigelse": "1",
}  # fmt: skip
RULES = {
    "fra": TODAY, "veiledning": "nei", "kurs": "nei", "treningskurs": "ja",
    "bekreftes": "ja", "alder": "16", "samtale": "3", "moter": "2", "stille": "45",
    "svar": "24", "bekrefter": "16", "overfor": "2", "periode": "21", "frist": "25", "gamle": "2", "lonn": "12",
    "tariff": "Hovedtariffavtalen", "pensjon": "KLP",
}  # fmt: skip
RULES_URL = "/k/horten/regler/utforer"


def said(text: str) -> list[str]:
    return re.findall(r"validation-message[^>]*>([^<]+)", text)


# The way through ------------------------------------------------------------------------------------------------------
async def test_an_agreement_is_written_sent_to_signing_fetched_by_the_contact_and_signed(
    world: World,
) -> None:
    amund = await contact(world, "horten", user=world.user("horten", Role.CONTACT))
    browser, own = await world.browser("horten", COORDINATOR), await world.browser("horten", Role.CONTACT)
    url = f"/k/horten/kontakter/{amund}"
    assert "Ikke underskrevet" in (await browser.get(url)).text
    answer = await browser.submit(f"{url}/avtaler/ny", EMPLOYED)
    assert answer.status_code == 303, said(answer.text)
    here = answer.headers["location"]
    page = (await browser.get(here)).text
    assert "Neste: send avtalen til underskrift" in page
    assert "sju dager etter første dag" in page
    assert "Du har en avtale å skrive under" not in (await own.get("/min/horten")).text
    assert (await browser.submit(f"{here}/fil", page=here)).status_code == 303
    page = (await browser.get(here)).text
    assert "Neste: registrer underskriftene" in page
    file = re.search(r"/avtaler/fil/([0-9a-f-]{36})", page)
    assert file
    home = await browser.get(f"{url}/avtaler/fil/{file.group(1)}")
    assert home.content.startswith(b"%PDF")
    assert "Du har en avtale å skrive under" in (await own.get("/min/horten")).text
    assert "Hent avtalen (PDF)" in (await own.get("/min/horten/avtale")).text
    assert (await own.get(f"/min/horten/avtale/{file.group(1)}")).content == home.content
    signed = {"underskrevet": TODAY, "kommunen": TODAY}
    assert (await browser.submit(f"{here}/underskrift", signed, page=here)).status_code == 303
    page = (await browser.get(here)).text
    assert "Kommunen skrev under" in page
    assert f'href="{here}/endre"' not in page
    changed = await browser.get(f"{here}/endre")
    assert changed.status_code == 303
    told = await world.sql("SELECT action FROM audit_entry WHERE action LIKE 'engagement.%' ORDER BY action")
    assert [row["action"] for row in told] == ["engagement.sent", "engagement.signed"]


async def test_what_points_to_employment_is_shown_before_a_contractors_agreement_is_kept(
    world: World,
) -> None:
    amund = await contact(world, "horten")
    browser = await world.browser("horten", COORDINATOR)
    url = f"/k/horten/kontakter/{amund}/avtaler/ny"
    answer = await browser.submit(url, HIRED)
    assert answer.status_code == 422
    assert "Mye peker mot et arbeidsforhold" in answer.text
    assert "Styring, ledelse og kontroll peker mot et arbeidsforhold" in answer.text
    assert "Eget firma." in answer.text
    answer = await browser.submit(url, {**HIRED, "vurdert": "ja"})
    assert answer.status_code == 303, said(answer.text)
    assert "Mye peker mot et arbeidsforhold" in (await browser.get(answer.headers["location"])).text
    assert "Mye peker mot et arbeidsforhold" in (await browser.get(f"/k/horten/kontakter/{amund}")).text
    listed = (await browser.get("/k/horten/kontakter/avtaler?vis=oppdragstaker")).text
    assert "Den som selv må gjøre jobben, er oftest arbeidstaker" in listed
    assert "Én oppdragsavtale likner et arbeidsforhold" in (await browser.get("/k/horten")).text


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"avtale": "volunteer"}, "Velg arbeidsavtale eller oppdragsavtale."),
        ({"fra": "i går"}, "dato"),
        ({"fra": ""}, "Skriv dagen avtalen gjelder fra."),
        ({"til": "01.01.2020"}, "Sluttdatoen er før startdatoen."),
        ({"til": format_date(today() + timedelta(days=90))}, "Velg hvorfor avtalen har en siste dag"),
        ({"timer": "mye"}, "Skriv timer som tall"),
        ({"timer": "60"}, "høyst 37,5"),
        ({"avtale": "contractor", "begrunnelse": ""}, "Skriv hvorfor dette ikke er et arbeidsforhold."),
        ({"samtykke": TODAY}, "Skriv navnet på forelderen som sa ja."),
        ({"samtykke_av": "Anne Eide"}, "Skriv dagen forelderen sa ja."),
        ({"sted": "x" * 300}, "Teksten er for lang."),
    ],
)
async def test_a_wrong_field_is_answered_and_what_was_typed_stays(
    shared_world: World, changes: dict[str, str], says: str
) -> None:
    amund = await contact(shared_world, "horten", "Nils Berg" + "abcdefghijk"[len(str(changes)) % 11])
    browser = await shared_world.browser("horten", COORDINATOR)
    answer = await browser.submit(
        f"/k/horten/kontakter/{amund}/avtaler/ny", {**EMPLOYED, "arbeid": "Tegne og male", **changes}
    )
    assert answer.status_code == 422
    assert says in answer.text
    assert "Tegne og male" in answer.text


async def test_two_who_change_one_agreement_do_not_overwrite_each_other(world: World) -> None:
    amund = await contact(world, "horten")
    browser = await world.browser("horten", COORDINATOR)
    async with world.at("horten", COORDINATOR) as uow:
        running = (await engagements_of(uow, amund))[0]
    url = f"/k/horten/kontakter/{amund}/avtaler/{running.id}/endre"
    changed = {**EMPLOYED, "fra": format_date(running.valid_from), "versjon": str(running.version)}
    assert (await browser.submit(url, changed)).status_code == 303
    assert (await browser.submit(url, {**changed, "timer": "9"})).status_code == 409


async def test_an_agreement_ends_with_a_day_and_a_reason(world: World) -> None:
    amund = await contact(world, "horten")
    browser = await world.browser("horten", COORDINATOR)
    async with world.at("horten", COORDINATOR) as uow:
        running = (await engagements_of(uow, amund))[0]
    here = f"/k/horten/kontakter/{amund}/avtaler/{running.id}"
    answer = await browser.submit(f"{here}/slutt", {"siste_dag": "", "versjon": "1"}, page=here)
    assert answer.status_code == 422
    assert "Skriv den siste dagen avtalen gjelder." in answer.text
    assert "Velg hvorfor avtalen slutter." in answer.text
    ending = {"siste_dag": TODAY, "grunn": "resigned", "versjon": str(running.version)}
    assert (await browser.submit(f"{here}/slutt", ending, page=here)).status_code == 303
    assert "Støttekontakten sa opp" in (await browser.get(here)).text


async def test_many_agreements_on_paper_are_registered_at_once(world: World) -> None:
    one, other = await contact(world, "horten", "Nils Berg"), await contact(world, "horten", "Mona Lie")
    browser = await world.browser("horten", COORDINATOR)
    url = "/k/horten/kontakter/avtaler"
    page = (await browser.get(url)).text
    assert "2 avtaler skulle vært underskrevet." in page
    ids = re.findall(r'name="avtaler" value="([^"]+)"', page)
    assert len(ids) == 2
    assert "Kryss av for avtalene" in (await browser.submit(url, {"dag": TODAY})).text
    assert "Skriv dagen." in (await browser.submit(url, {"avtaler": ids})).text
    assert (await browser.submit(url, {"avtaler": ids, "dag": TODAY})).status_code == 303
    assert "Ingen avtaler mangler underskrift" in (await browser.get(url)).text
    assert one != other


async def test_every_list_has_its_empty_page_and_unknown_ones_fall_back(shared_world: World) -> None:
    browser = await shared_world.browser("re", COORDINATOR)
    for view, says in (
        ("underskrift", "Ingen avtaler mangler underskrift"), ("utloper", "Ingen avtaler går ut"),
        ("mangler", "Alle støttekontakter har en avtale"), ("oppdragstaker", "Ingen oppdragsavtaler"),
        ("tull&side=99", "Ingen avtaler mangler underskrift"),
    ):  # fmt: skip
        assert says in (await browser.get(f"/k/re/kontakter/avtaler?vis={view}")).text


# Who may --------------------------------------------------------------------------------------------------------------
async def test_managers_read_agreements_and_change_nothing_and_others_see_none(world: World) -> None:
    amund = await contact(world, "horten")
    async with world.at("horten", COORDINATOR) as uow:
        hired = AgreementDetails(reasons="Eget firma.")
        made = await engage(uow, amund, "contractor", Decimal(4), today(), details=hired)
    here = f"/k/horten/kontakter/{amund}/avtaler/{made}"
    manager = await world.browser("horten", MANAGER)
    page = (await manager.get(here)).text
    assert "Eget firma." in page
    assert "Registrer underskriften" not in page
    assert (
        await manager.submit(f"{here}/underskrift", {"kommunen": TODAY}, page="/k/horten")
    ).status_code == 403
    for role in (Role.PAYROLL, Role.PURCHASER_CHILD, Role.MUNICIPALITY_ADMINISTRATOR):
        assert (await (await world.browser("horten", role)).get(here)).status_code == 403
    assert (
        await (await world.browser("re", COORDINATOR)).get(here.replace("horten", "re"))
    ).status_code == 404
    other = await world.browser("horten", Role.CONTACT)
    assert "Ingen avtale ennå" in (await other.get("/min/horten/avtale")).text


# The municipality's own rules -----------------------------------------------------------------------------------------
async def test_the_manager_sets_rules_from_a_day_and_both_pages_lead_to_each_other(world: World) -> None:
    manager = await world.browser("horten", MANAGER)
    page = (await manager.get(RULES_URL)).text
    assert "Kommunen har ikke satt egne regler ennå" in page
    assert 'href="/k/horten/regler"' in page
    assert f'href="{RULES_URL}"' in (await manager.get("/k/horten/regler")).text
    assert (await manager.submit(RULES_URL, RULES)).status_code == 303
    page = (await manager.get(RULES_URL)).text
    assert "Hovedtariffavtalen" in page
    assert "21. i måneden" in page
    assert (await manager.submit(RULES_URL, RULES)).status_code == 409
    tomorrow = {**RULES, "fra": format_date(today() + timedelta(days=1)), "alder": "18"}
    assert (await manager.submit(RULES_URL, tomorrow)).status_code == 303
    assert "kommer" in (await manager.get(RULES_URL)).text


@pytest.mark.parametrize(
    ("field", "typed", "says"),
    [
        ("fra", "", "Skriv dagen reglene gjelder fra."),
        ("fra", "01.01.2020", "Velg i dag eller en senere dag."),
        ("alder", "12", "Skriv et helt tall fra 13 til 25."),
        ("periode", "31", "Skriv et helt tall fra 1 til 28."),
        ("moter", "", "0 betyr ingen."),
        ("veiledning", "kanskje", "Velg om veiledning skal være gitt før oppstart."),
        ("bekreftes", "", "Velg om timer skal bekreftes."),
    ],
)
async def test_a_wrong_rule_is_answered_at_its_field(
    shared_world: World, field: str, typed: str, says: str
) -> None:
    manager = await shared_world.browser("horten", MANAGER)
    answer = await manager.submit(RULES_URL, {**RULES, field: typed})
    assert answer.status_code == 422
    assert says in answer.text
    assert "Hovedtariffavtalen" in answer.text


@pytest.mark.parametrize("role", [COORDINATOR, Role.PAYROLL])
async def test_rules_are_set_by_those_who_may_only(shared_world: World, role: Role) -> None:
    assert (await (await shared_world.browser("horten", role)).get(RULES_URL)).status_code == 403
