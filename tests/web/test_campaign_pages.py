"""The pages of campaigns over HTTP: bad fields, wrong roles, posters and numbers."""

from __future__ import annotations

import io
from datetime import timedelta
from typing import Any

import pikepdf
import pytest

from sammen.clock import today
from sammen.norwegian import format_date
from sammen.policy.roles import Role
from tests.campaign_samples import COORDINATOR, FORM, PAGE, confirmed, faults, opened, sent
from tests.worlds import Browser, World

LIST = "/r/vestfold/kampanjer"


def written(world: World, **changes: Any) -> dict[str, Any]:
    return {
        "tittel_nb": "Bli med", "ingress_nb": "Vi trenger deg.", "tekst_nb": "En.\n\nTo.", "fra": format_date(today()),
        "til": format_date(today() + timedelta(days=30)), "kommuner": [str(world.horten)], "versjon": "0", **changes,
    }  # fmt: skip


async def test_the_shared_coordinator_writes_opens_and_ends_a_campaign(world: World) -> None:
    eirik = await world.browser("vestfold", COORDINATOR)
    assert "Ingen kampanjer ennå" in (await eirik.get(LIST)).text
    made = await eirik.submit(f"{LIST}/ny", written(world))
    assert made.status_code == 303, faults(made)
    one = made.headers["location"]
    assert "Dette er et utkast" in (await eirik.get(one)).text
    assert (await eirik.submit(f"{one}/aapne", page=one)).status_code == 303
    assert "Bli med" in (await Browser(world.app).get("/bli-med/vestfold/bli-med")).text
    source = await eirik.submit(
        f"{one}/kilder", {"slag": "poster", "sted": "Biblioteket", "kommune": ""}, page=one
    )
    assert source.status_code == 303, faults(source)
    assert "Plakat, Biblioteket" in (await eirik.get(one)).text
    assert (await eirik.submit(f"{one}/lukk", page=one)).status_code == 303
    assert "Kampanjen er ikke åpen nå" in (await Browser(world.app).get("/bli-med/vestfold/bli-med")).text


async def test_each_bad_field_of_a_campaign_is_told_of_and_what_was_typed_is_kept(world: World) -> None:
    eirik = await world.browser("vestfold", COORDINATOR)
    answer = await eirik.submit(
        f"{LIST}/ny",
        written(
            world, tittel_nb="", lede_en="x", ingress_en="Only a lede", fra="31.2.2026", til="", kommuner=[]
        ),
    )
    assert answer.status_code == 422
    assert len(faults(answer)) == 5
    assert "Only a lede" in answer.text
    before = await eirik.submit(f"{LIST}/ny", written(world, til=format_date(today() - timedelta(days=1))))
    assert any("før første dag" in fault for fault in faults(before))


async def test_a_poster_is_one_page_for_who_hears_it_too_and_its_short_address_leads_to_the_page(
    world: World,
) -> None:
    campaign = await opened(world)
    eirik = await world.browser("vestfold", COORDINATOR)
    for paper, language, width in (("a4", "nb", 595), ("a3", "en", 841)):
        answer = await eirik.get(f"{LIST}/kilder/{campaign.poster}/plakat?ark={paper}&sprak={language}")
        assert answer.status_code == 200
        with pikepdf.open(io.BytesIO(answer.content)) as file:
            assert len(file.pages) == 1
            assert int(file.pages[0].mediabox[2]) == width
            assert str(file.Root.Lang).startswith(language)
            with file.open_metadata() as about:
                assert about["pdfuaid:part"] == "1"
    led = await Browser(world.app).get(f"/b/{campaign.code}")
    assert led.headers["location"] == f"{PAGE}?k={campaign.code}"
    assert (await Browser(world.app).get("/b/nobody")).status_code == 404


async def test_the_project_manager_reads_numbers_and_writes_nothing(world: World) -> None:
    campaign = await opened(world)
    manager = await world.browser("vestfold", Role.PROJECT_MANAGER)
    one = await manager.get(f"{LIST}/{campaign.id}")
    assert one.status_code == 200
    assert "Ny plakat" not in one.text
    assert (await manager.get(f"{LIST}/{campaign.id}/endre")).status_code == 403
    for role in (Role.STEERING_GROUP_MEMBER, Role.PARTNER):
        assert (await (await world.browser("vestfold", role)).get(LIST)).status_code == 403


async def test_the_region_sees_no_count_under_five_and_the_municipality_its_own(world: World) -> None:
    campaign = await opened(world)
    await confirmed(world, code=campaign.code)
    region = await (await world.browser("vestfold", COORDINATOR)).get(f"{LIST}/{campaign.id}")
    assert "Kolon betyr" in region.text
    kari = await world.browser("horten", Role.PROVIDER_COORDINATOR)
    own = (await kari.get("/k/horten/rekruttering")).text
    assert "Plakat, Biblioteket" in own
    today_page = (await kari.get("/k/horten")).text
    assert "Ny henvendelse fra kampanjen: Ida Solberg" in today_page
    neighbour = (await (await world.browser("re", Role.PROVIDER_COORDINATOR)).get("/k/re")).text
    assert "Ida Solberg" not in neighbour
    (row,) = await world.sql("SELECT id FROM support_contact WHERE came_from IS NOT NULL")
    assert "Kom fra en kampanje" in (await kari.get(f"/k/horten/kontakter/{row['id']}")).text


@pytest.mark.parametrize(("changes", "told"), [
    ({"fornavn": ""}, "fornavnet"), ({"etternavn": ""}, "etternavnet"), ({"fodselsdato": ""}, "fødselsdatoen"),
    ({"fodselsdato": "31.2.1999"}, "Februar"), ({"fodselsdato": "1.1.2099"}, "framtida"),
    ({"fodselsdato": "1.1.1850"}, "årstallet"),
    ({"epost": "ida"}, "e-postadressen slik"), ({"epost": ""}, "e-postadressen din"), ({"telefon": "ring"}, "sifre"),
    ({"postnummer": "318"}, "fire sifre"), ({"tider": []}, "minst ett tidspunkt"), ({"timer": "mange"}, "timer som tall"),
    ({"timer": "90"}, "mellom"), ({"alder_fra": "20", "alder_til": "10"}, "lavere"), ({"ja_kommune": ""}, "kommunen får lese"),
    ({"kommuner": []}, "minst én kommune"), ({"varighet": ""}, "hvor lenge"), ({"nettsted": "spam"}, "stå tomt"),
    ({"hvorfor": "x" * 1001}, "for lang"),
])  # fmt: skip
async def test_each_bad_field_of_the_public_form_is_told_of_and_nothing_is_kept(
    shared_world: World, changes: dict[str, Any], told: str
) -> None:
    if not await shared_world.sql("SELECT 1 FROM campaign"):
        await opened(shared_world)
    answer = await sent(shared_world, **changes)
    assert answer.status_code == 422
    assert any(told.casefold() in fault.casefold() for fault in faults(answer)), faults(answer)
    if "fornavn" not in changes:
        assert 'value="Ida"' in answer.text
    assert await shared_world.sql("SELECT 1 FROM candidate_application") == []


async def test_who_is_under_eighteen_is_told_what_it_takes_and_who_is_a_child_is_sent_home_kindly(
    world: World,
) -> None:
    await opened(world)
    young = format_date(today() - timedelta(days=365 * 16))
    answer = await sent(world, fodselsdato=young)
    assert answer.status_code == 422
    assert len(faults(answer)) == 3
    child = await sent(world, fodselsdato=format_date(today() - timedelta(days=365 * 10)))
    assert any("minst 13 år" in fault for fault in faults(child))
    asked = {"foresatt": "Mari Solberg", "foresatt_telefon": "911 22 333", "foresatt_vet": "ja"}
    assert (await sent(world, fodselsdato=young, **asked)).status_code == 303


async def test_nothing_is_ticked_beforehand(world: World) -> None:
    await opened(world)
    text = (await Browser(world.app).get(FORM)).text
    assert " checked" not in text
    assert "fodselsnummer" not in text


async def test_a_form_from_another_site_is_refused(world: World) -> None:
    await opened(world)
    visitor = Browser(world.app)
    for path in (FORM, "/bli-med/bekreft/x", "/bli-med/min/x/trekk"):
        assert (await visitor.post(path, headers={"Origin": "https://else.example"})).status_code == 403
