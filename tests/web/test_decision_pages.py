"""The pages of decisions over HTTP: two steps, the list, notice, the rules; every bad field, and who may."""

from __future__ import annotations

import asyncio
import re
from datetime import timedelta
from uuid import UUID

import pytest

from sammen.clock import today
from sammen.norwegian import format_date
from sammen.policy.roles import Role
from tests.decision_samples import decide, decided, decision, proposed, version_on
from tests.provider_samples import case_of, granted_order
from tests.worlds import Browser, World

CHILD = Role.PURCHASER_CHILD
LIST = "/k/horten/vedtak"


async def running_case(world: World) -> str:
    """The address of a case with four hours a week in force."""
    case_id: UUID = await case_of(world, "horten", await granted_order(world, "horten"))
    return f"/k/horten/saker/{case_id}"


async def group(world: World, browser: Browser) -> tuple[str, str]:
    """(case, decision): a group, sent to approval, beside the hours in force."""
    case = await running_case(world)
    return case, await proposed(browser, case, form_0="group", timer_0="")


async def test_what_one_sends_the_other_finds_reads_and_makes(world: World) -> None:
    writer, reader = await world.browser("horten", CHILD), await world.browser("horten", CHILD, second=True)
    case, page = await group(world, writer)
    assert "Fatt vedtaket</button>" not in (await writer.get(page)).text
    assert "Venter på en annen enn deg" in (await writer.get(LIST)).text
    listed = (await reader.get(LIST)).text
    assert f'href="{page}"' in listed
    assert f'href="{page}"' in (await reader.get("/k/horten")).text, "it stands on Min dag"
    shown = (await reader.get(page)).text
    assert "Ri på Blakken og stelle i stallen." in shown
    refused = await decide(reader, page, habilitet="")
    assert refused.status_code == 422
    assert "Bekreft at du ikke er inhabil" in refused.text
    assert (await decide(reader, page)).status_code == 303
    assert "Aktivitetsgruppe" in (await writer.get(case)).text


async def test_a_decision_sent_back_stands_first_among_the_writers_drafts_with_its_note(world: World) -> None:
    writer, manager = await world.browser("horten", CHILD), await world.browser("horten", Role.MANAGER)
    case, page = await group(world, writer)
    empty = await manager.submit(f"{page}/retur", {"versjon": "2", "merknad": ""}, page=page)
    assert empty.status_code == 422
    assert "Skriv hva som må endres." in empty.text
    note = {"versjon": version_on((await manager.get(page)).text), "merknad": "Skriv hvilken dag."}
    assert (await manager.submit(f"{page}/retur", note, page=page)).status_code == 303
    assert "Skriv hvilken dag." in (await writer.get("/k/horten")).text
    assert "Sendt tilbake" in (await writer.get(LIST + "?vis=kladder")).text
    assert "Skriv hvilken dag." in (await writer.get(f"{case}/vedtak")).text
    assert (await manager.get(page)).status_code == 404 or "Fatt vedtaket</button>" not in (
        await manager.get(page)
    ).text


async def test_a_decision_taken_back_is_a_draft_again(world: World) -> None:
    writer = await world.browser("horten", CHILD)
    case, page = await group(world, writer)
    answer = await writer.submit(f"{page}/ta-tilbake", {"versjon": "2"}, page=page)
    assert answer.headers["location"] == f"{case}/vedtak"
    assert (await writer.get(f"{case}/vedtak")).status_code == 200


async def test_the_draft_of_a_proposed_decision_is_read_on_its_own_page(world: World) -> None:
    writer = await world.browser("horten", CHILD)
    case, page = await group(world, writer)
    assert (await writer.get(f"{case}/vedtak")).headers["location"] == page
    written = await writer.submit(f"{case}/vedtak", decision(versjon="2", gjor="lagre"), page=page)
    assert written.status_code == 409
    assert "sendt til godkjenning" in written.text


async def test_made_a_hundred_times_at_once_it_is_made_once(world: World) -> None:
    reader = await world.browser("horten", CHILD, second=True)
    _, page = await group(world, await world.browser("horten", CHILD))
    shown = (await reader.get(page)).text
    token = re.search(r'name="_csrf" value="([^"]+)"', shown)
    assert token
    data = {"_csrf": token.group(1), "_key": "the-same", "versjon": version_on(shown), "habilitet": "ja"}
    answers = await asyncio.gather(*(reader.post(f"{page}/fatt", data=data) for _ in range(100)))
    assert {answer.status_code for answer in answers} == {303}
    assert len(await world.sql("SELECT 1 FROM service_order WHERE form = 'group'")) == 1


async def test_two_who_make_it_are_told_apart(world: World) -> None:
    _, page = await group(world, await world.browser("horten", CHILD))
    readers = [await world.browser("horten", CHILD, second=True), await world.browser("horten", Role.MANAGER)]
    answers = await asyncio.gather(*(decide(reader, page) for reader in readers))
    assert sorted(answer.status_code for answer in answers) == [303, 409]
    assert "Noen andre har fattet det" in next(one.text for one in answers if one.status_code == 409)


@pytest.mark.parametrize(
    ("field", "typed", "says"),
    [
        ("timer_0", "fire", "Skriv timer som tall"),
        ("timer_0", "101", "Skriv timer mellom 0,5 og 100"),
        ("timer_0", "", "Skriv hvor mange timer"),
        ("innhold_0", "", "Du har skrevet timer, men ikke hva timene skal brukes til."),
        ("naar_0", "", "Skriv når det skal være"),
        ("til_0", "31.11.2027", "November 2027 har 30 dager"),
        ("til_0", "01.01.2020", "Sluttdatoen er før startdatoen"),
        ("til_0", "", "Skriv første og siste dag"),
        ("form_0", "kino", "Velg hvilken tjeneste"),
        ("maal", "Økt livskvalitet i hverdagen", "Målet sier ikke hva dere skal se"),
        ("begrunnelse", "Ja", "for akkurat denne personen"),
        ("hjemmel", "bvl-3-1", "Velg en hjemmel fra lista"),
        ("hjemmel", "sotjl-4-2-c", "Velg en hjemmel fra lista"),
        ("evaluering", format_date(today() + timedelta(days=700)), "Velg en tidligere dato"),
        ("evaluering", "", "Skriv når dere skal se på vedtaket igjen"),
        ("habilitet", "", "Bekreft at du ikke er inhabil"),
        ("utfall", "kanskje", "Velg hva vedtaket skal være"),
        ("utfall", "ending", "Velg hva vedtaket skal være"),
        ("versjon", "x", "Skjemaet er for gammelt"),
    ],
)  # fmt: skip
async def test_a_bad_field_is_named_and_what_was_typed_is_kept(
    shared_world: World, field: str, typed: str, says: str
) -> None:
    browser = await shared_world.browser("horten", CHILD)
    known = await shared_world.sql("SELECT id FROM case_file")
    case = f"/k/horten/saker/{known[0]['id']}" if known else await running_case(shared_world)
    base = {
        "fra_0": format_date(today() + timedelta(days=300)),
        "til_0": format_date(today() + timedelta(days=500)),
        "evaluering": format_date(today() + timedelta(days=390)),
    }
    filled = decision(**{**base, field: typed})
    answer = await browser.submit(f"{case}/vedtak", filled, page=f"{case}/vedtak")
    assert answer.status_code == 422, answer.text
    assert says in answer.text
    assert "Selma er mye alene." in answer.text or field == "begrunnelse"
    assert "<title>Feil:" in answer.text
    assert not await shared_world.sql("SELECT 1 FROM decision WHERE state <> 'issued'")


async def test_a_renewal_begins_with_the_old_text_and_less_of_it_asks_for_notice(world: World) -> None:
    writer = await world.browser("horten", CHILD)
    case = await running_case(world)
    chosen = await writer.get(f"{case}/vedtak/endre")
    old = re.search(r'name="vedtak"[^>]*value="([^"]+)"', chosen.text)
    assert old
    answer = await writer.submit(
        f"{case}/vedtak/endre", {"vedtak": old.group(1), "gjor": "slett"}, page=f"{case}/vedtak/endre"
    )
    assert answer.status_code == 422
    begun = {"vedtak": old.group(1), "gjor": "change"}
    assert (
        await writer.submit(f"{case}/vedtak/endre", begun, page=f"{case}/vedtak/endre")
    ).status_code == 303
    draft = (await writer.get(f"{case}/vedtak")).text
    assert "Klatre i hallen og øve på bussen dit." in draft
    start = today() + timedelta(days=30)
    less = decision(
        utfall="change", timer_0="2", innhold_0="Klatre i hallen og øve.", fra_0=format_date(start),
        til_0=format_date(start + timedelta(days=300)), versjon="1",
    )  # fmt: skip
    refused = await writer.submit(f"{case}/vedtak", {**less, "gjor": "lagre"}, page=f"{case}/vedtak")
    assert refused.status_code == 303
    less["versjon"] = "2"
    refused = await writer.submit(f"{case}/vedtak", less, page=f"{case}/vedtak")
    assert refused.status_code == 422
    assert "Send forhåndsvarsel" in refused.text
    assert "fra 4 timer i uka til 2 timer i uka" in refused.text.replace("\xa0", " ")
    page = f"{case}/forhandsvarsel"
    assert "fra 4 timer i uka" in (await writer.get(page)).text.replace("\xa0", " ")
    for changes, says in (
        ({"hva": ""}, "Skriv hva som skal endres"),
        ({"hvorfor": ""}, "Skriv hvorfor"),
        ({"frist": ""}, "Skriv fristen"),
        ({"frist": format_date(today() + timedelta(days=3))}, "Fristen for å svare må være"),
        ({"unntak": "known"}, "Skriv hvorfor dere ikke varsler"),
        ({"unntak": "annet", "unntak_grunn": "x"}, "Velg en grunn fra lista"),
    ):
        notice = {"hva": "Færre timer", "hvorfor": "Klarer mer selv", "frist": format_date(today() + timedelta(days=20)),
                  "unntak": "", "unntak_grunn": "", **changes}  # fmt: skip
        answer = await writer.submit(page, notice, page=page)
        assert answer.status_code == 422, changes
        assert says in answer.text
    notice = {
        "hva": "Færre timer",
        "hvorfor": "Klarer mer selv",
        "frist": format_date(today() + timedelta(days=20)),
    }
    assert (await writer.submit(page, notice, page=page)).status_code == 303
    (given,) = await world.sql("SELECT id FROM advance_notice")
    reply = {"versjon": "1", "svar_dato": format_date(today()), "svar_fra": "Mor", "svar": "Det er greit."}
    for field, says in (
        ("svar_dato", "Skriv dagen"),
        ("svar_fra", "Skriv hvem"),
        ("svar", "Skriv hva som ble sagt"),
    ):
        answer = await writer.submit(f"{page}/{given['id']}", {**reply, field: ""}, page=page)
        assert answer.status_code == 422
        assert says in answer.text
    assert (await writer.submit(f"{page}/{given['id']}", reply, page=page)).status_code == 303
    sent = await writer.submit(f"{case}/vedtak", less, page=f"{case}/vedtak")
    assert sent.status_code == 303, re.findall(r"validation-message[^>]*>([^<]+)", sent.text)


async def test_a_draft_is_deleted_and_nothing_is_left_of_it_but_the_trail(world: World) -> None:
    writer = await world.browser("horten", CHILD)
    case = await running_case(world)
    await writer.submit(f"{case}/vedtak", decision(gjor="lagre", form_0="group"), page=f"{case}/vedtak")
    gone = await writer.submit(f"{case}/vedtak/slett", {"versjon": "1"}, page=f"{case}/vedtak")
    assert gone.status_code == 303
    assert len(await world.sql("SELECT 1 FROM decision")) == 1
    assert await world.sql("SELECT 1 FROM audit_entry WHERE action = 'decision.discarded'")


async def test_the_list_shows_what_runs_out_and_what_follows_it(world: World) -> None:
    writer = await world.browser("horten", CHILD)
    case = await running_case(world)
    await world.sql("UPDATE service_grant SET valid_to = $1", today() + timedelta(days=20))
    shown = (await writer.get(LIST + "?vis=utloper")).text
    assert "Jonas Bergli" in shown
    assert "Ikke begynt" in shown
    assert "Vedtaket går ut" in (await writer.get("/k/horten")).text
    old = re.search(r"endre\?vedtak=([0-9a-f-]+)", shown)
    assert old
    begun = {"vedtak": old.group(1), "gjor": "change"}
    await writer.submit(f"{case}/vedtak/endre", begun, page=f"{case}/vedtak/endre")
    assert "Kladd til nytt vedtak" in (await writer.get(LIST + "?vis=utloper")).text
    assert "Vedtaket går ut" not in (await writer.get("/k/horten")).text


async def test_the_list_is_empty_for_others_and_for_a_shielded_case(world: World) -> None:
    case, page = await group(world, await world.browser("horten", CHILD))
    manager = await world.browser("horten", Role.MANAGER)
    assert "Jonas Bergli" in (await manager.get(LIST)).text
    for slug, role in (
        ("horten", Role.PURCHASER_ADULT),
        ("horten", Role.PURCHASER_CHILD_WELFARE),
        ("re", CHILD),
    ):
        other = await world.browser(slug, role)
        for sort in ("godkjenning", "kladder", "utloper", "evaluering", "fattet"):
            text = (await other.get(f"/k/{slug}/vedtak?vis={sort}")).text
            assert "Bergli" not in text
        assert (await other.get(page.replace("/horten/", f"/{slug}/"))).status_code == 404
    await world.sql("UPDATE case_file SET shielded = true")
    for role, second in ((Role.MANAGER, False), (CHILD, True)):
        other = await world.browser("horten", role, second=second)
        assert "Bergli" not in (await other.get(LIST)).text
        assert ">Til godkjenning <b>0</b>" in (await other.get(LIST)).text
        assert (await other.get(page)).status_code == 404
    assert case


async def test_every_role_without_leave_is_turned_away(shared_world: World) -> None:
    for role in (
        Role.PROVIDER_COORDINATOR,
        Role.PAYROLL,
        Role.DATA_PROTECTION_OFFICER,
        Role.MUNICIPALITY_ADMINISTRATOR,
    ):
        browser = await shared_world.browser("horten", role)
        assert (await browser.get(LIST)).status_code == 403


async def test_a_decision_made_reads_as_it_was_and_says_who_took_which_step(world: World) -> None:
    case = await running_case(world)
    page = await decided(
        world, "horten", CHILD, case, form_0="group", timer_0="", egne_ord="<b>Jeg</b> vil ri."
    )
    shown = (await (await world.browser("horten", CHILD)).get(page)).text
    assert "Ingrid Solum i horten" in shown
    assert "&lt;b&gt;Jeg&lt;/b&gt; vil ri." in shown
    assert "Fatt vedtaket</button>" not in shown
    logged = await world.sql(
        "SELECT 1 FROM audit_entry WHERE action = 'case.read' AND why = 'Leste vedtaket'"
    )
    assert logged


# Rules ----------------------------------------------------------------------------------------------------------------
RULES = {
    "fra": format_date(today()), "to": "ja", "start": "21", "evaluering": "6", "forelopig": "7", "utloper": "60",
    "varsel": "21", "klage": "14",
}  # fmt: skip


async def test_rules_hold_from_their_day_and_are_seen(world: World) -> None:
    case = await running_case(world)
    writer = await world.browser("horten", CHILD)
    manager = await world.browser("horten", Role.MANAGER)
    assert "Kommunen har ikke satt egne frister ennå" in (await manager.get("/k/horten/regler")).text
    assert (await manager.submit("/k/horten/regler", RULES, page="/k/horten/regler")).status_code == 303
    shown = (await manager.get("/k/horten/regler")).text
    assert "21 dager" in shown
    again = await manager.submit("/k/horten/regler", RULES, page="/k/horten/regler")
    assert again.status_code == 409
    assert "Det finnes alt regler fra den dagen" in again.text
    late = decision(form_0="group", timer_0="", evaluering=format_date(today() + timedelta(days=250)))
    answer = await writer.submit(f"{case}/vedtak", late, page=f"{case}/vedtak")
    assert "Vedtaket varer lenger enn til evalueringen kan vente" in answer.text
    assert not await world.sql("SELECT 1 FROM allocation_rule WHERE tenant_id = $1", world.re)


@pytest.mark.parametrize(
    ("field", "typed", "says"),
    [
        ("fra", format_date(today() - timedelta(days=1)), "Velg i dag eller en senere dag"),
        ("fra", "", "Skriv dagen"),
        ("to", "kanskje", "Velg hvem som kan fatte vedtak"),
        ("start", "31", "Samarbeidet har bestemt høyst 30 dager"),
        ("start", "0", "Skriv et helt tall fra 1 til 365"),
        ("evaluering", "13", "Skriv et helt tall fra 1 til 12"),
        ("evaluering", "seks", "Skriv et helt tall fra 1 til 12"),
        ("forelopig", "26", "Skriv et helt tall fra 1 til 25"),
        ("utloper", "6", "Skriv et helt tall fra 7 til 365"),
        ("varsel", "13", "Skriv et helt tall fra 14 til 90"),
        ("klage", "91", "Skriv et helt tall fra 1 til 90"),
    ],
)
async def test_a_rule_that_cannot_be_is_named(shared_world: World, field: str, typed: str, says: str) -> None:
    manager = await shared_world.browser("horten", Role.MANAGER)
    answer = await manager.submit("/k/horten/regler", {**RULES, field: typed}, page="/k/horten/regler")
    assert answer.status_code == 422
    assert says in answer.text
    assert not await shared_world.sql("SELECT 1 FROM allocation_rule")


async def test_only_those_who_set_rules_see_the_page(shared_world: World) -> None:
    for role, status in (
        (Role.MANAGER, 200),
        (Role.MUNICIPALITY_ADMINISTRATOR, 200),
        (CHILD, 403),
        (Role.PAYROLL, 403),
    ):
        assert (
            await (await shared_world.browser("horten", role)).get("/k/horten/regler")
        ).status_code == status


# Mapping --------------------------------------------------------------------------------------------------------------
async def test_a_mapping_shows_what_it_points_to_and_the_decision_begins_with_what_was_chosen(
    world: World,
) -> None:
    writer = await world.browser("horten", CHILD)
    case = await running_case(world)
    said = {"dato": format_date(today()), "egne_ord": "Jeg vil spille.", "mal": "company", "drommer": "Bli proff.",
            "besok": "Rolig hjem.", "kan": "aac", "transport": "rakett"}  # fmt: skip
    saved = await writer.submit(f"{case}/kartlegging", said, page=f"{case}/kartlegging")
    page = str(saved.headers["location"])
    shown = (await writer.get(page)).text
    for text in ("Vil treffe andre.", "Bli proff.", "Rolig hjem.", "alternativ kommunikasjon"):
        assert text in shown
    none = await writer.submit(page, {"versjon": "1"}, page=page)
    assert none.status_code == 422
    assert "Velg minst én tjeneste." in none.text
    assert (await writer.submit(page, {"versjon": "1", "former": "group"}, page=page)).status_code == 303
    assert (await writer.submit(page, {"versjon": "1", "former": "group"}, page=page)).status_code == 409
    assert '<option value="group" selected' in (await writer.get(f"{case}/vedtak")).text
    provider = await world.browser("horten", Role.PROVIDER_COORDINATOR)
    seen = (await provider.get(page)).text
    assert "Jeg vil spille." in seen
    assert "Rolig hjem." not in seen
    assert (await provider.submit(page, {"versjon": "2", "former": "group"}, page=page)).status_code == 403
    stranger = await world.browser("horten", Role.PURCHASER_ADULT)
    assert (await stranger.get(page)).status_code == 404
