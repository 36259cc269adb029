"""The pages of assignments and concerns: the way through, bad fields, the phone, and who sees nothing of it."""

from __future__ import annotations

import re
from datetime import timedelta
from uuid import UUID

from sammen.clock import today
from sammen.norwegian import format_date
from sammen.policy.roles import Role
from tenants.assignments.api import fill_order
from tests.provider_samples import assigned, contact, granted_order
from tests.worlds import World

COORDINATOR = Role.PROVIDER_COORDINATOR
DAY = timedelta(days=1)


async def unstarted(world: World, *, guided: bool = True) -> str:
    """The address of an assignment without a first day, in Horten."""
    order = await granted_order(world, "horten")
    chosen = await contact(world, "horten", guided=guided, user=world.user("horten", Role.CONTACT))
    async with world.at("horten", COORDINATOR) as uow:
        return f"/k/horten/oppdrag/{await fill_order(uow, order, chosen, starts_on=None)}"


async def test_from_the_first_meeting_to_the_start_every_step_is_on_the_page(world: World) -> None:
    url = await unstarted(world)
    kari = await world.browser("horten", COORDINATOR)
    assert "Avtal det første møtet." in (await kari.get("/k/horten")).text
    listed = (await kari.get("/k/horten/oppdrag")).text
    assert url in listed
    assert "Oppstart er ikke avtalt" in listed
    day = format_date(today())
    agreed = {
        "mote_slag": "first",
        "mote_dag": day,
        "mote_kl": "17.30",
        "mote_sted": "Biblioteket",
        "mote_hvem": "Mor",
    }
    assert (await kari.submit(f"{url}/mote", agreed, page=url)).status_code == 303
    phone = await world.browser("horten", Role.CONTACT)
    own = (await phone.get("/min/horten")).text
    assert "Biblioteket" in own
    assert "17.30" in own
    shown = (await kari.get(url)).text
    settle = re.search(rf'action="({url}/mote/[^"]+/utfall)"', shown)
    assert settle
    assert (await kari.submit(settle[1], {"utfall": "held", "utfall_ord": ""}, page=url)).status_code == 303
    assert "Neste: avtal oppstart" in (await kari.get(url)).text
    assert (await kari.submit(f"{url}/start", {"start": day}, page=url)).status_code == 303
    assert "I gang siden" in (await kari.get(url)).text


async def test_what_is_missing_before_the_start_is_said_with_the_way_to_mend_it(world: World) -> None:
    url = await unstarted(world, guided=False)
    kari = await world.browser("horten", COORDINATOR)
    shown = (await kari.get(url)).text
    assert "har ikke hatt veiledning" in shown
    assert "Registrer det hos støttekontakten" in shown
    assert f'action="{url}/start"' not in shown
    assert f'action="{url}/mote"' in shown
    answer = await kari.submit(f"{url}/start", {"start": format_date(today())}, page=url)
    assert answer.status_code == 422


async def test_each_bad_field_has_its_sentence_and_what_was_typed_is_kept(world: World) -> None:
    _, _, assignment = await assigned(world, "horten")
    url = f"/k/horten/oppdrag/{assignment}"
    kari = await world.browser("horten", COORDINATOR)
    cases = [
        ("pause", {"pause_fra": "31.11.2026", "pause_ord": "Kan ikke"}, "Velg hvorfor oppdraget har pause."),
        ("uteblitt", {"ute_dag": "", "ute_ord": "Kan ikke"}, "Velg hvem som ikke kom."),
        ("avslutt", {"sluttdato": "", "siste_ord": "Kan ikke"}, "Velg hvorfor oppdraget avsluttes."),
        ("mote", {"mote_dag": "", "mote_hvem": "Kan ikke"}, "Skriv dagen de skal møtes."),
    ]
    for where, typed, sentence in cases:
        answer = await kari.submit(f"{url}/{where}", typed, page=url)
        assert answer.status_code == 422
        assert sentence in answer.text
    assert "Kan ikke" in (await kari.submit(f"{url}/pause", cases[0][1], page=url)).text


async def test_a_pause_is_agreed_and_ended_by_hand(world: World) -> None:
    _, _, assignment = await assigned(world, "horten")
    url = f"/k/horten/oppdrag/{assignment}"
    kari = await world.browser("horten", COORDINATOR)
    typed = {"pause_fra": format_date(today()), "pause_til": "", "pause_grunn": "hospital", "pause_ord": ""}
    assert (await kari.submit(f"{url}/pause", typed, page=url)).status_code == 303
    shown = (await kari.get(url)).text
    assert "Pause inntil videre" in shown
    end = re.search(rf'action="({url}/pause/[^"]+/slutt)"', shown)
    assert end
    assert (await kari.submit(end[1], page=url)).status_code == 303
    assert "I gang siden" in (await kari.get(url)).text


async def test_the_plan_is_written_at_work_and_ticked_off_on_the_phone(world: World) -> None:
    _, _, assignment = await assigned(world, "horten")
    url = f"/k/horten/oppdrag/{assignment}/plan"
    kari, phone = await world.browser("horten", COORDINATOR), await world.browser("horten", Role.CONTACT)
    typed = {
        "egne_ord": "Jeg vil klatre.",
        "avtalt": format_date(today()),
        "deltok": "Jonas og mor",
        "versjon": "0",
    }
    assert (await kari.submit(url, typed)).status_code == 303
    assert (await kari.submit(url, typed)).status_code == 409
    assert (
        await kari.submit(f"{url}/punkt", {"hva": "Klatre", "naar": "før jul"}, page=url)
    ).status_code == 303
    own = f"/min/horten/plan/{assignment}"
    shown = (await phone.get(own)).text
    assert "Jeg vil klatre." in shown
    tick = re.search(rf'action="({own}/punkt/[^"]+)"', shown)
    assert tick
    assert (await phone.submit(tick[1], {"gjor": "ferdig"}, page=own)).status_code == 303
    assert "Gjort" in (await kari.get(f"/k/horten/oppdrag/{assignment}")).text
    assert (await phone.submit(f"{own}/punkt", {"hva": "", "naar": ""}, page=own)).status_code == 422


async def test_a_contact_tells_of_a_missed_meeting_and_of_stopping_from_the_phone(world: World) -> None:
    _, _, assignment = await assigned(world, "horten")
    phone, kari = await world.browser("horten", Role.CONTACT), await world.browser("horten", COORDINATOR)
    url = f"/min/horten/oppdrag/{assignment}"
    assert url in (await phone.get("/min/horten")).text
    missed = {"ute_dag": (today() - DAY).isoformat(), "ute_hvem": "user", "ute_sagt": "nei", "ute_ord": ""}
    assert (await phone.submit(f"{url}/uteblitt", missed, page=url)).status_code == 303
    assert (
        await phone.submit(f"{url}/slutte", {"slutt_grunn": "", "slutt_ord": "x"}, page=url)
    ).status_code == 422
    stop = {"slutt_grunn": "contact_study", "slutt_ord": "Jeg flytter til Bergen."}
    assert (await phone.submit(f"{url}/slutte", stop, page=url)).status_code == 303
    assert "vil slutte hos" in (await kari.get("/k/horten")).text
    assert "Jeg flytter til Bergen." in (await kari.get(f"/k/horten/oppdrag/{assignment}")).text


async def test_neither_the_municipality_next_door_nor_another_purchaser_nor_another_contact_sees_it(
    world: World,
) -> None:
    _, _, assignment = await assigned(world, "horten")
    for slug, role in (("re", COORDINATOR), ("horten", Role.PURCHASER_ADULT)):
        browser = await world.browser(slug, role)
        assert (await browser.get(f"/k/{slug}/oppdrag/{assignment}")).status_code == 404
        assert "Jonas" not in (await browser.get(f"/k/{slug}/oppdrag?status=all")).text
    other = await world.browser("re", Role.CONTACT)
    assert (await other.get(f"/min/re/oppdrag/{assignment}")).status_code == 404


async def concern_told(world: World) -> tuple[str, UUID]:
    """(the teller's address of a concern, the contact)."""
    _, amund, assignment = await assigned(world, "horten")
    phone = await world.browser("horten", Role.CONTACT)
    form = (await phone.get("/min/horten/meld-fra")).text
    for number in ("112", "113", "116 117", "116 111"):
        assert number in form
    typed = {"hvem": f"o{assignment}", "fare": "ja", "hendelse": "Han hadde blåmerker."}
    answer = await phone.submit("/min/horten/meld-fra", typed)
    assert answer.status_code == 303
    return answer.headers["location"], amund


async def test_what_a_contact_tells_is_on_min_dag_at_once_and_followed_to_its_end(world: World) -> None:
    own, _ = await concern_told(world)
    phone, kari = await world.browser("horten", Role.CONTACT), await world.browser("horten", COORDINATOR)
    assert "Kommunen har fått meldingen." in (await phone.get(own)).text
    assert "Noen er i fare nå." in (await kari.get("/k/horten")).text
    url = "/k/horten/bekymringer/" + own.rsplit("/", 1)[1]
    shown = (await kari.get(url)).text
    assert "Han hadde blåmerker." in shown
    assert "barnevernet" in shown
    assert (await kari.submit(f"{url}/ta", page=url)).status_code == 303
    assert "følger opp." in (await phone.get(own)).text
    assert (await kari.submit(f"{url}/steg", {"steg": "", "steg_dag": ""}, page=url)).status_code == 422
    step = {"steg": "child_welfare", "steg_dag": format_date(today()), "steg_ord": ""}
    assert (await kari.submit(f"{url}/steg", step, page=url)).status_code == 303
    done = {"utfall": "passed_on", "utfall_ord": "Barnevernet undersøker."}
    assert (await kari.submit(f"{url}/lukk", done, page=url)).status_code == 303
    assert "avsluttet" in (await phone.get(own)).text
    for slug, role in (("re", COORDINATOR), ("horten", Role.PURCHASER_ADULT)):
        browser = await world.browser(slug, role)
        assert (await browser.get(f"/k/{slug}/bekymringer/{own.rsplit('/', 1)[1]}")).status_code == 404


async def test_a_suspended_contact_sees_only_that_the_coordinator_will_ring(world: World) -> None:
    own, amund = await concern_told(world)
    kari, phone = await world.browser("horten", COORDINATOR), await world.browser("horten", Role.CONTACT)
    url = f"/k/horten/kontakter/{amund}/suspensjon"
    assert (await kari.submit(url, {"grunn": ""})).status_code == 422
    assert (await kari.submit(url, {"grunn": "Mistanke om tyveri."})).status_code == 303
    shown = (await phone.get("/min/horten")).text
    assert "Koordinatoren ringer deg" in shown
    assert "Jonas" not in shown
    assert "tyveri" not in shown
    assert "tyveri" not in (await kari.get(f"/k/horten/kontakter/{amund}")).text
    assert "tyveri" in (await kari.get(url)).text
    typed = {"utfall": "lifted", "utfall_ord": "En misforståelse."}
    assert (await kari.submit(f"{url}/opphev", typed, page=url)).status_code == 303
    assert "Jonas" in (await phone.get("/min/horten")).text
    assert (await phone.get(own)).status_code == 200
