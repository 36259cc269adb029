"""The course pages over HTTP: planned by a municipality or jointly, taken by a municipality and by a contact."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest

from sammen.clock import today
from sammen.norwegian import format_date
from sammen.policy.roles import Role
from tests.course_samples import crowd, planned
from tests.provider_samples import contact
from tests.worlds import World

REGION, HOME, OWN = "/r/vestfold/kurs", "/k/horten/kurs", "/min/horten/kurs"
COORDINATOR = Role.PROVIDER_COORDINATOR


def day(ahead: int) -> str:
    return format_date(today() + timedelta(days=ahead))


def new_course(**changes: str) -> dict[str, str]:
    return {
        "tittel": "Innføring for nye", "slag": "intro", "om": "Rollen, taushetsplikt og grenser.", "sted": "Tønsberg",
        "dato": day(14), "begynner": "17:00", "slutter": "20:00", "gjenta": "once", "plasser": "2", "tilbudstimer": "48",
        "ansvarlig": "Jostein Ravn", "steg": "ut", **changes,
    }  # fmt: skip


async def laid_out(world: World, **changes: str) -> str:
    """The id of a course made on the region's page."""
    region = await world.browser("vestfold", Role.COURSE_COORDINATOR)
    answer = await region.submit(f"{REGION}/ny", new_course(**changes), page=f"{REGION}/ny")
    assert answer.status_code == 303
    return answer.headers["location"].rsplit("/", 1)[1]


async def test_a_course_is_laid_out_and_taken_by_a_coordinator_and_by_a_contact(world: World) -> None:
    course = await laid_out(world)
    amund = await contact(world, "horten", user=world.user("horten", Role.CONTACT))
    sara = await contact(world, "horten", "Sara Dahl")
    kari = await world.browser("horten", COORDINATOR)
    one = f"{HOME}/{course}"
    assert (await kari.submit(f"{one}/meld-paa", {"hvem": str(sara)}, page=one)).status_code == 303
    assert "Sara Dahl er meldt på kurset." in (await kari.get(one)).text
    assert (await kari.submit(f"{one}/meld-paa", {"hvem": str(sara)}, page=one)).status_code == 409
    phone = await world.browser("horten", Role.CONTACT)
    mine = f"{OWN}/{course}"
    assert "Meld meg på" in (await phone.get(mine)).text
    assert (await phone.submit(f"{mine}/meld-paa", page=mine)).status_code == 303
    assert "Har plass" in (await phone.get(mine)).text
    shown = (await kari.get(one)).text
    assert f'href="/k/horten/kontakter/{amund}"' in shown
    region = (await (await world.browser("vestfold", Role.COURSE_COORDINATOR)).get(f"{REGION}/{course}")).text
    assert "2 av 2 plasser" in region
    assert "Amund" not in region
    steering = await world.browser("vestfold", Role.STEERING_GROUP_MEMBER)
    assert "2 av 2 plasser" in (await steering.get(REGION)).text
    assert "Plasser etter kommune" not in (await steering.get(f"{REGION}/{course}")).text
    signup = (await world.sql("SELECT id FROM course_signup WHERE contact_id = $1", amund))[0]["id"]
    assert (await phone.submit(f"{OWN}/paameldt/{signup}/avmeld", page=mine)).status_code == 303
    assert "Meld meg på" in (await phone.get(mine)).text


async def test_a_contact_waits_is_offered_the_seat_and_takes_it_on_the_phone(world: World) -> None:
    course = await planned(world, 1)
    (first,) = await crowd(world, "re", 1)
    await contact(world, "horten", user=world.user("horten", Role.CONTACT))
    re = await world.browser("re", COORDINATOR)
    await re.submit(f"/k/re/kurs/{course}/meld-paa", {"hvem": str(first)}, page=f"/k/re/kurs/{course}")
    phone, mine = await world.browser("horten", Role.CONTACT), f"{OWN}/{course}"
    assert "Kurset er fullt." in (await phone.get(mine)).text
    refused = await phone.submit(f"{mine}/meld-paa", page=mine)
    assert refused.status_code == 422
    assert "Sett meg på venteliste" in refused.text
    assert (await phone.submit(f"{mine}/meld-paa", {"vent": "ja"}, page=mine)).status_code == 303
    assert "På venteliste" in (await phone.get(OWN)).text
    seat = (await world.sql("SELECT id FROM course_signup WHERE contact_id = $1", first))[0]["id"]
    await re.submit(f"/k/re/kurs/paameldte/{seat}/avmeld", page=f"/k/re/kurs/{course}")
    await world.run_jobs()
    assert "Du har fått tilbud om plass på kurs" in (await phone.get("/min/horten")).text
    kari = await world.browser("horten", COORDINATOR)
    assert "har fått tilbud om plass på" in (await kari.get("/k/horten")).text
    assert "Det er en plass til deg" in (await phone.get(mine)).text
    waits = (await world.sql("SELECT id FROM course_signup WHERE wait_id IS NOT NULL"))[0]["id"]
    assert (await phone.submit(f"{OWN}/paameldt/{waits}/ta-imot", page=mine)).status_code == 303
    assert "Har plass" in (await phone.get(mine)).text
    assert (await phone.submit(f"{OWN}/paameldt/{waits}/ta-imot", page=mine)).status_code == 409


async def test_a_contact_gives_back_no_seat_but_their_own(world: World) -> None:
    course = await laid_out(world)
    await contact(world, "horten", user=world.user("horten", Role.CONTACT))
    sara = await contact(world, "horten", "Sara Dahl")
    kari = await world.browser("horten", COORDINATOR)
    await kari.submit(f"{HOME}/{course}/meld-paa", {"hvem": str(sara)}, page=f"{HOME}/{course}")
    signup = (await world.sql("SELECT id FROM course_signup"))[0]["id"]
    phone = await world.browser("horten", Role.CONTACT)
    assert (await phone.submit(f"{OWN}/paameldt/{signup}/avmeld")).status_code == 404
    neighbour = await world.browser("re", COORDINATOR)
    assert (await neighbour.submit(f"/k/re/kurs/paameldte/{signup}/avmeld")).status_code == 404
    shown = (await neighbour.get(f"/k/re/kurs/{course}")).text
    assert "Sara" not in shown
    assert "færre enn 3 fra andre kommuner" in shown
    assert "Én ledig plass" not in shown
    assert "Ledige plasser" in shown


async def test_one_or_two_from_elsewhere_are_told_by_no_number_on_any_page(world: World) -> None:
    course = await planned(world, 9)
    for count, told in ((1, False), (2, False), (3, True)):
        (who,) = await crowd(world, "horten", 1)
        kari = await world.browser("horten", COORDINATOR)
        await kari.submit(f"{HOME}/{course}/meld-paa", {"hvem": str(who)}, page=f"{HOME}/{course}")
        neighbour = await world.browser("re", COORDINATOR)
        pages = [
            (await neighbour.get("/k/re/kurs")).text,
            (await neighbour.get(f"/k/re/kurs/{course}")).text,
        ]
        for shown in pages:
            assert (f"{9 - count} ledige plasser" in shown) is told
            assert f"{count} av 9" not in shown
        assert ("3 fra andre kommuner" in pages[1] and "færre enn" not in pages[1]) is told


async def test_a_municipality_plans_a_series_and_leaves_out_the_days_people_have_off(world: World) -> None:
    kari = await world.browser("horten", COORDINATOR)
    sent = new_course(
        dato="18.03.2027", til="08.04.2027", gjenta="weekly", rekkevidde="own", steg="utkast", plasser="12"
    )
    answer = await kari.submit(f"{HOME}/ny", sent, page=f"{HOME}/ny")
    assert answer.status_code == 303
    shown = (await kari.get(answer.headers["location"])).text
    assert "Kurset er lagret uten 25. mars 2027 (skjærtorsdag)." in shown
    assert "Utkast" in shown
    rows = await world.sql(
        "SELECT to_char(starts_at, 'DD HH24') AS at FROM course_session ORDER BY starts_at"
    )
    # Summer time begins on 28 March: 17:00 stays 17:00.
    assert [row["at"] for row in rows] == ["18 16", "01 15", "08 15"]
    course = answer.headers["location"].rsplit("/", 1)[1]
    assert (await (await world.browser("re", COORDINATOR)).get(f"/k/re/kurs/{course}")).status_code == 404
    out = await kari.submit(f"{HOME}/{course}/legg-ut", page=f"{HOME}/{course}")
    assert out.status_code == 303
    assert (await kari.submit(f"{HOME}/{course}/legg-ut", page=f"{HOME}/{course}")).status_code == 409


async def test_kept_seats_that_do_not_fit_are_refused_with_the_numbers(world: World) -> None:
    region = await world.browser("vestfold", Role.COURSE_COORDINATOR)
    kept = {f"kvote_{world.horten}": "8", f"kvote_{world.re}": "7", "frigis": day(7), "plasser": "12"}
    answer = await region.submit(f"{REGION}/ny", new_course(**kept), page=f"{REGION}/ny")
    assert answer.status_code == 422
    assert "er 15 til sammen, men kurset har bare 12 plasser." in answer.text
    assert 'value="8"' in answer.text
    without = await region.submit(f"{REGION}/ny", new_course(**(kept | {"frigis": ""})), page=f"{REGION}/ny")
    assert "Skriv hvilken dag plasser som ikke er brukt, frigis til alle." in without.text
    course = await laid_out(world, **(kept | {f"kvote_{world.re}": "4"}))
    kari = await world.browser("horten", COORDINATOR)
    assert "8 plasser igjen, frigis" in (await kari.get(f"{HOME}/{course}")).text
    assert (
        "8 plasser som er holdt av til dere på Innføring for nye, frigis snart"
        in (await kari.get("/k/horten")).text
    )


async def test_a_course_is_changed_by_one_of_two_who_edit_at_once(world: World) -> None:
    course = await laid_out(world)
    region, page = await world.browser("vestfold", Role.COURSE_COORDINATOR), f"{REGION}/{course}/endre"
    version = (await world.sql("SELECT version FROM course"))[0]["version"]
    changed = new_course(tittel="Innføring for alle", versjon=str(version))
    assert (await region.submit(page, changed, page=page)).status_code == 303
    assert "Innføring for alle" in (await region.get(REGION)).text
    stale = await region.submit(page, changed, page=page)
    assert stale.status_code == 409
    assert "Noen andre har endret kurset" in stale.text


async def test_a_course_that_is_called_off_tells_everybody_and_shows_why(world: World) -> None:
    course = await planned(world)
    amund = await contact(world, "horten", user=world.user("horten", Role.CONTACT))
    kari = await world.browser("horten", COORDINATOR)
    await kari.submit(f"{HOME}/{course}/meld-paa", {"hvem": str(amund)}, page=f"{HOME}/{course}")
    region, page = await world.browser("vestfold", Role.COURSE_COORDINATOR), f"{REGION}/{course}/avlys"
    assert "Skriv hvorfor kurset avlyses." in (await region.submit(page, {"grunn": ""}, page=page)).text
    assert (await region.submit(page, {"grunn": "Læreren er syk."}, page=page)).status_code == 303
    await world.run_jobs()
    phone = await world.browser("horten", Role.CONTACT)
    shown = (await phone.get(f"{OWN}/{course}")).text
    assert "Læreren er syk." in shown
    assert "Meld meg av" not in shown
    assert (await region.submit(page, {"grunn": "Igjen"}, page=f"{REGION}/{course}")).status_code == 409


async def test_a_meeting_is_added_moved_and_called_off_but_not_the_last_one(world: World) -> None:
    course = await laid_out(world)
    region, one = await world.browser("vestfold", Role.COURSE_COORDINATOR), f"{REGION}/{course}"
    only = (await world.sql("SELECT id FROM course_session"))[0]["id"]
    assert (await region.submit(f"{one}/samlinger/{only}/avlys", page=one)).status_code == 409
    more = {
        "dato": day(21), "begynner": "17:00", "slutter": "20:00", "gjenta": "once", "sted": "",
        "lenke": "https://video.invalid/rom", "tema": "Grenser",
    }  # fmt: skip
    page = f"{one}/samlinger/ny"
    for bad in ("http://video.invalid", "javascript:alert(1)", "https://"):
        assert (
            "Lenken må begynne med https://"
            in (await region.submit(page, more | {"lenke": bad}, page=page)).text
        )
    assert (await region.submit(page, more, page=page)).status_code == 303
    assert "Grenser" in (await region.get(one)).text
    moved = f"{one}/samlinger/{only}/endre"
    sent = {"dato": day(15), "begynner": "18:00", "slutter": "20:00", "sted": "Horten"}
    assert (await region.submit(moved, sent, page=moved)).status_code == 303
    assert (await region.submit(f"{one}/samlinger/{only}/avlys", page=one)).status_code == 303
    assert "Avlyst" in (await region.get(one)).text
    assert (await region.get(f"{one}/samlinger/{UUID(int=4)}/endre")).status_code == 404


async def test_a_copy_is_a_draft_on_another_day(world: World) -> None:
    course = await laid_out(world)
    region, page = await world.browser("vestfold", Role.COURSE_COORDINATOR), f"{REGION}/{course}/kopier"
    assert (await region.submit(page, {"dato": "01.01.2020"}, page=page)).status_code == 422
    answer = await region.submit(page, {"dato": day(200)}, page=page)
    assert answer.status_code == 303
    assert "Utkast" in (await region.get(answer.headers["location"])).text
    assert "Utkast" not in (await (await world.browser("horten", COORDINATOR)).get(HOME)).text


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"tittel": ""}, "Skriv hva kurset heter."),
        ({"slag": "magic"}, "Velg hva slags kurs det er."),
        ({"dato": "31.02.2027"}, "Februar 2027 har 28 dager"),
        ({"dato": "01.01.2020"}, "Datoen har vært."),
        ({"begynner": "noen"}, "Skriv klokkeslettet som 17:30."),
        ({"slutter": "16:00"}, "må slutte etter at det begynner"),
        ({"sted": ""}, "Skriv hvor kurset er, eller legg inn en lenke"),
        ({"lenke": "ftp://x"}, "Lenken må begynne med https://"),
        ({"gjenta": "weekly"}, "Skriv den siste dagen kurset møtes."),
        ({"gjenta": "weekly", "til": "01.01.2026"}, "Den siste dagen må være etter den første."),
        ({"gjenta": "always"}, "Velg hvor ofte kurset møtes."),
        ({"plasser": "0"}, "1 eller mer"),
        ({"plasser": "501"}, "500 eller mindre"),
        ({"minst": "3"}, "Minste antall kan ikke være høyere"),
        ({"mintimer": "9"}, "Kurset varer bare 3 timer."),
        ({"frist": "01.01.2046"}, "Påmeldingsfristen må være før kurset begynner."),
        ({"tilbudstimer": "0"}, "1 eller mer"),
        ({"rekkevidde": "verden"}, "Velg hvem kurset er for."),
        ({"holder": "x"}, "Velg en kommune, eller samarbeidet."),
        ({"ansvarlig": ""}, "Skriv hvem som er ansvarlig"),
    ],
)
async def test_what_cannot_be_used_is_said_at_the_field_and_no_course_is_made(
    shared_world: World, changes: dict[str, str], says: str
) -> None:
    browser = await shared_world.browser("vestfold", Role.COURSE_COORDINATOR)
    answer = await browser.submit(f"{REGION}/ny", new_course(**changes), page=f"{REGION}/ny")
    assert answer.status_code == 422
    assert says in answer.text
    assert await shared_world.sql("SELECT 1 FROM course") == []


async def test_a_sign_up_without_anybody_says_whom_to_choose(world: World) -> None:
    course = await planned(world)
    kari, one = await world.browser("horten", COORDINATOR), f"{HOME}/{course}"
    await contact(world, "horten")
    for typed in ({}, {"hvem": "x"}):
        answer = await kari.submit(f"{one}/meld-paa", typed, page=one)
        assert answer.status_code == 422
        assert "Velg hvem som skal meldes på." in answer.text
    unknown = {"hvem": "00000000-0000-4000-8000-000000000000"}
    assert (await kari.submit(f"{one}/meld-paa", unknown, page=one)).status_code == 404


async def test_those_who_may_not_are_refused(world: World) -> None:
    course = await planned(world)
    steering = await world.browser("vestfold", Role.STEERING_GROUP_MEMBER)
    assert (await steering.get(REGION)).status_code == 200
    assert (await steering.get(f"{REGION}/ny")).status_code == 403
    assert (await steering.get(f"{REGION}/{course}/endre")).status_code == 403
    manager = await world.browser("horten", Role.MANAGER)
    assert (await manager.get(HOME)).status_code == 200
    assert (await manager.submit(f"{HOME}/{course}/meld-paa", {"hvem": "x"})).status_code == 403
    kari = await world.browser("horten", COORDINATOR)
    for path in ("endre", "avlys", "kopier", "samlinger/ny"):
        assert (await kari.get(f"{HOME}/{course}/{path}")).status_code == 403
    guardian = await world.browser("horten", Role.REPRESENTATIVE)
    assert (await guardian.get(OWN)).status_code == 403


async def test_a_municipality_that_holds_a_course_is_named_to_those_who_will_owe_it_for_their_seats(
    world: World,
) -> None:
    course = await laid_out(world, holder=str(world.re))
    for slug, told in (("horten", True), ("re", False)):
        await contact(world, slug)
        shown = await (await world.browser(slug, COORDINATOR)).get(f"/k/{slug}/kurs/{course}")
        assert ("plassene deres kommer med i oppgjøret" in shown.text) is told
        assert ("Plasser etter kommune" in shown.text) is not told
    region = await world.browser("vestfold", Role.COURSE_COORDINATOR)
    assert "Re holder kurset" in (await region.get(REGION)).text
    bad = new_course(holder=str(world.region))
    assert (await region.submit(f"{REGION}/ny", bad, page=f"{REGION}/ny")).status_code == 422


async def test_a_course_with_too_few_stands_on_the_holders_day_and_its_page(world: World) -> None:
    course = await laid_out(world, plasser="10", minst="5", frist=day(3))
    region = await world.browser("vestfold", Role.COURSE_COORDINATOR)
    assert "For få påmeldte" in (await region.get(REGION)).text
    assert "0 av minst 5 har plass." in (await region.get(f"{REGION}/{course}")).text
    kari = await world.browser("horten", COORDINATOR)
    assert "For få påmeldte" not in (await kari.get(HOME)).text
    await kari.submit(f"{HOME}/ny", new_course(plasser="10", minst="5", frist=day(3)), page=f"{HOME}/ny")
    shown = (await kari.get("/k/horten")).text
    assert "Innføring for nye har for få påmeldte" in shown
    assert "0 av minst 5 har plass." in shown


async def test_nothing_to_show_says_what_will_come(shared_world: World) -> None:
    for slug, role, path in (
        ("vestfold", Role.COURSE_COORDINATOR, REGION),
        ("horten", COORDINATOR, HOME),
        ("horten", Role.CONTACT, OWN),
    ):
        assert "Ingen kurs" in (await (await shared_world.browser(slug, role)).get(path)).text
