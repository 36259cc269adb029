"""Follow-up over HTTP: conversations, guidance, wishes, information meetings, silence and the team's log."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from sammen.clock import today
from sammen.norwegian import format_date
from sammen.policy.roles import Role
from tenants.contacts.api import competences_of
from tests.provider_samples import assigned, contact
from tests.worlds import Browser, World

BASE = "/k/horten/oppfolging"
OWN = "/min/horten/oppfolging"
COORDINATOR, MANAGER, CONTACT = Role.PROVIDER_COORDINATOR, Role.MANAGER, Role.CONTACT


def page_of(contact_id: UUID) -> str:
    return f"/k/horten/kontakter/{contact_id}/oppfolging"


def held(**changes: str) -> dict[str, str]:
    return {
        "hva": "conversation", "hvordan": "phone", "dag": format_date(today()), "bra": "De klatrer hver uke.",
        "vanskelig": "Bussen er sen.", "onsker": "", "videre": "Vil gjerne et år til.", "avtalt": "Møtes tidligere.",
        **changes,
    }  # fmt: skip


def planned(**changes: str) -> dict[str, str]:
    return {
        "plan_hva": "conversation", "plan_hvordan": "meeting", "plan_dag": format_date(today() + timedelta(days=3)),
        "plan_klokka": "14.30", "plan_sted": "Rådhuset", **changes,
    }  # fmt: skip


async def write(browser: Browser, contact_id: UUID, **changes: str) -> None:
    answer = await browser.submit(page_of(contact_id), held(**changes), page=page_of(contact_id))
    assert answer.status_code == 303, answer.text


async def test_empty_lists_say_so(world: World) -> None:
    browser = await world.browser("horten", COORDINATOR)
    for path, words in {
        BASE: "Ingen å følge opp her", f"{BASE}/veiledning": "Ingen mangler veiledning", f"{BASE}/stille": "Ingen er stille",
        f"{BASE}/moter": "Ingen møter ennå", f"{BASE}/teamlogg": "Loggen er tom",
    }.items():  # fmt: skip
        assert words in (await browser.get(path)).text


async def test_a_conversation_is_due_by_the_municipalitys_cadence_until_it_is_written_down(
    world: World,
) -> None:
    _, amund, _ = await assigned(world, "horten")
    await world.sql("UPDATE support_contact SET created_at = now() - interval '119 days'")
    browser = await world.browser("horten", COORDINATOR)
    page = (await browser.get(BASE)).text
    assert "Én samtale er over fristen." in page
    assert "Amund Vik" in page
    assert page_of(amund) in (await browser.get("/k/horten")).text
    await write(browser, amund)
    assert "Ingen samtaler er over fristen." in (await browser.get(BASE)).text
    shown = (await browser.get(page_of(amund))).text
    for words in ("De klatrer hver uke.", "Bussen er sen.", "Møtes tidligere.", "Vil gjerne et år til."):
        assert words in shown


async def test_the_contact_reads_what_was_agreed_and_nothing_of_the_notes(world: World) -> None:
    _, amund, _ = await assigned(world, "horten")
    await write(await world.browser("horten", COORDINATOR), amund)
    own = (await (await world.browser("horten", CONTACT)).get(OWN)).text
    assert "Møtes tidligere." in own
    assert "Bussen er sen." not in own
    assert "De klatrer hver uke." not in own


async def test_a_planned_conversation_is_told_on_the_phone_then_written_down_or_called_off(
    world: World,
) -> None:
    _, amund, _ = await assigned(world, "horten")
    browser, own = await world.browser("horten", COORDINATOR), await world.browser("horten", CONTACT)
    for _ in range(2):
        assert (
            await browser.submit(f"{page_of(amund)}/plan", planned(), page=page_of(amund))
        ).status_code == 303
    assert "14.30" in (await own.get("/min/horten")).text
    first, second = await world.sql("SELECT id FROM conversation ORDER BY id")
    one = f"{page_of(amund)}/{first['id']}"
    answer = await browser.submit(one, held(versjon="1", dag=format_date(today())), page=one)
    assert answer.status_code == 303
    stale = await browser.submit(one, held(versjon="1", avtalt="Noe annet."), page=one)
    assert stale.status_code == 409
    assert "Noe annet." in stale.text
    assert "Møtes tidligere." in stale.text
    off = f"{page_of(amund)}/{second['id']}/avlys"
    assert (await browser.submit(off, page=page_of(amund))).status_code == 303
    assert (await browser.submit(off, page=page_of(amund))).status_code == 409
    assert [row["code"] for row in await world.sql("SELECT DISTINCT code FROM outgoing")] in ([], ["meeting"])


async def test_bad_fields_keep_what_was_typed_and_change_nothing(world: World) -> None:
    _, amund, _ = await assigned(world, "horten")
    browser = await world.browser("horten", COORDINATOR)
    tomorrow = format_date(today() + timedelta(days=1))
    for sent, words in (
        (held(avtalt=""), "Skriv kort hva dere ble enige om."),
        (held(dag=tomorrow), "Dagen er ikke kommet ennå."),
        (held(dag="31.11.2026"), "November 2026 har 30 dager."),
        (held(bra="Født 01817012345"), "Det står et fødselsnummer i teksten."),
        (held(hva="noe"), "Velg om det er en samtale eller veiledning før oppstart."),
    ):
        answer = await browser.submit(page_of(amund), sent, page=page_of(amund))
        assert answer.status_code == 422
        assert words in answer.text
        assert "Bussen er sen." in answer.text
    for sent, words in (
        (planned(plan_dag=format_date(today() - timedelta(days=1))), "Velg en dag fra i dag"),
        (planned(plan_dag=""), "Skriv dagen dere skal snakke sammen."),
        (planned(plan_klokka="25.00"), "Rådhuset"),
    ):
        answer = await browser.submit(f"{page_of(amund)}/plan", sent, page=page_of(amund))
        assert answer.status_code == 422
        assert words in answer.text
    assert await world.sql("SELECT 1 FROM conversation") == []


async def test_guidance_is_asked_of_who_has_not_begun_and_counts_as_held_for_the_gate(world: World) -> None:
    new = await contact(world, "horten", "Jon Eide", guided=False)
    browser = await world.browser("horten", COORDINATOR)
    assert "Jon Eide" in (await browser.get(f"{BASE}/veiledning")).text
    await write(browser, new, hva="guidance", videre="")
    assert "Ingen mangler veiledning" in (await browser.get(f"{BASE}/veiledning")).text
    async with world.at("horten", COORDINATOR) as uow:
        assert (await competences_of(uow, [new]))[new] == {"guidance": today()}


async def test_a_wish_for_guidance_goes_from_the_phone_to_min_dag_and_the_answer_back(world: World) -> None:
    _, amund, _ = await assigned(world, "horten")
    own, browser = await world.browser("horten", CONTACT), await world.browser("horten", COORDINATOR)
    assert (await own.submit(f"{OWN}/onske", {"onske": ""}, page=OWN)).status_code == 422
    words = "Hva gjør jeg når han ikke vil hjem?"
    assert (await own.submit(f"{OWN}/onske", {"onske": words}, page=OWN)).status_code == 303
    assert words in (await browser.get("/k/horten")).text
    wish = (await world.sql("SELECT id FROM guidance_wish"))[0]["id"]
    answer = f"/k/horten/kontakter/{amund}/onsker/{wish}"
    empty = await browser.submit(answer, {"svar": ""}, page=page_of(amund))
    assert empty.status_code == 422
    assert "Skriv et svar." in empty.text
    assert (
        await browser.submit(answer, {"svar": "Vi tar det på torsdag."}, page=page_of(amund))
    ).status_code == 303
    again = await browser.submit(answer, {"svar": "En gang til."}, page=page_of(amund))
    assert again.status_code == 409
    assert "Vi tar det på torsdag." in (await own.get(OWN)).text
    assert words not in (await browser.get("/k/horten")).text


async def test_an_information_meeting_invites_is_answered_attended_and_made_up_for(world: World) -> None:
    _, amund, _ = await assigned(world, "horten")
    jon = await contact(world, "horten", "Jon Eide")
    browser, own = await world.browser("horten", COORDINATOR), await world.browser("horten", CONTACT)
    new = f"{BASE}/moter/nytt"
    facts = {"tema": "Høstens tilbud", "dag": format_date(today()), "klokka": "18.00", "sted": "Kulturhuset"}
    bad = await browser.submit(new, {**facts, "sted": ""}, page=new)
    assert bad.status_code == 422
    assert "Skriv hvor møtet er." in bad.text
    assert "Høstens tilbud" in bad.text
    meeting = (await browser.submit(new, facts, page=new)).headers["location"]
    meeting_id = meeting.rsplit("/", 1)[1]
    assert "Høstens tilbud" in (await own.get("/min/horten")).text
    said = f"{OWN}/mote/{meeting_id}"
    assert (await own.submit(said, {"svar": "kanskje"}, page=OWN)).status_code == 422
    assert (await own.submit(said, {"svar": "yes"}, page=OWN)).status_code == 303
    assert "Svarte: kommer" in (await browser.get(meeting)).text
    noted = await browser.submit(f"{meeting}/oppmote", {"kom": str(amund), "versjon": "1"}, page=meeting)
    assert noted.status_code == 303
    assert (await browser.submit(f"{meeting}/oppmote", {"versjon": "1"}, page=meeting)).status_code == 409
    again = (await browser.submit(new, {**facts, "for_mote": meeting_id}, page=new)).headers["location"]
    invited = await world.sql(
        "SELECT contact_id FROM information_meeting_guest WHERE information_meeting_id = $1",
        UUID(again.rsplit("/", 1)[1]),
    )
    assert [row["contact_id"] for row in invited] == [jon]
    assert (await browser.submit(f"{again}/avlys", page=again)).status_code == 303
    assert (await browser.submit(f"{again}/oppmote", {"versjon": "2"}, page=again)).status_code == 409
    page = (await browser.get(f"{BASE}/moter")).text
    assert "Avlyst" in page
    assert "Jon Eide" in page


async def test_nobody_answers_an_invitation_that_is_not_theirs(world: World) -> None:
    await assigned(world, "horten")
    browser, own = await world.browser("horten", COORDINATOR), await world.browser("horten", CONTACT)
    new = f"{BASE}/moter/nytt"
    facts = {"tema": "Vårens tilbud", "dag": format_date(today()), "klokka": "18.00", "sted": "Kulturhuset"}
    meeting = (await browser.submit(new, facts, page=new)).headers["location"].rsplit("/", 1)[1]
    await world.sql("DELETE FROM information_meeting_guest")
    assert (await own.submit(f"{OWN}/mote/{meeting}", {"svar": "yes"}, page=OWN)).status_code == 404


async def test_a_contact_nobody_has_heard_from_is_listed_until_they_are_heard(world: World) -> None:
    _, amund, _ = await assigned(world, "horten", days_ago=60)
    browser = await world.browser("horten", COORDINATOR)
    page = (await browser.get(f"{BASE}/stille")).text
    assert "Amund Vik" in page
    assert "60 dager siden" in page
    await write(browser, amund)
    assert "Ingen er stille" in (await browser.get(f"{BASE}/stille")).text


async def test_the_teams_log_refuses_numbers_asks_about_names_and_is_corrected_by_its_writer(
    world: World,
) -> None:
    browser = await world.browser("horten", COORDINATOR)
    log = f"{BASE}/teamlogg"
    note = {"dag": format_date(today()), "emne": "activity", "tekst": "Klatring virket fint. Ta med vann."}
    number = await browser.submit(log, {**note, "tekst": "01817012345 likte seg."}, page=log)
    assert number.status_code == 422
    named = await browser.submit(log, {**note, "tekst": "Det hjalp at Jonas fikk velge."}, page=log)
    assert named.status_code == 422
    assert "Dette kan være navn eller telefonnummer: Jonas." in named.text
    stands = {**note, "tekst": "Vi prøvde Lasertag i hallen.", "lest": "ja"}
    assert (await browser.submit(log, stands, page=log)).status_code == 303
    assert (await browser.submit(log, note, page=log)).status_code == 303
    assert "Klatring virket fint." in (await browser.get(f"{log}?q=vann")).text
    assert "Klatring virket fint." not in (await browser.get(f"{log}?q=lasertag")).text
    assert "Klatring virket fint." not in (await browser.get(f"{log}?emne=hard")).text
    entry = (await world.sql("SELECT id FROM team_log_entry ORDER BY id DESC LIMIT 1"))[0]["id"]
    own = f"{log}/{entry}"
    changed = {**note, "tekst": "Klatring virket fint for flere.", "versjon": "1"}
    assert (await browser.submit(own, changed, page=own)).status_code == 303
    assert (await browser.submit(own, changed, page=own)).status_code == 409
    await world.sql("UPDATE team_log_entry SET written_by = NULL WHERE id = $1", entry)
    assert (await browser.get(own)).status_code == 403
    assert (await browser.submit(f"{own}/fjern", page=log)).status_code == 403


async def test_each_role_reaches_what_is_theirs_and_the_next_municipality_nothing(world: World) -> None:
    _, amund, _ = await assigned(world, "horten")
    paths = (
        BASE,
        f"{BASE}/veiledning",
        f"{BASE}/stille",
        f"{BASE}/moter",
        f"{BASE}/teamlogg",
        page_of(amund),
    )
    for role, status in {
        COORDINATOR: 200, MANAGER: 200, Role.PURCHASER_CHILD: 403, Role.PAYROLL: 403, Role.DATA_PROTECTION_OFFICER: 403,
    }.items():  # fmt: skip
        browser = await world.browser("horten", role)
        for path in paths:
            assert (await browser.get(path)).status_code == status, (role, path)
    neighbour = await world.browser("re", COORDINATOR)
    assert (await neighbour.get(f"/k/re/kontakter/{amund}/oppfolging")).status_code == 404
