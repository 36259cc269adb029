"""The course pages over HTTP: laid out by the region, taken by a municipality and by a contact."""

from __future__ import annotations

from datetime import timedelta

import pytest

from sammen.clock import today
from sammen.norwegian import format_date
from sammen.policy.roles import Role
from tests.provider_samples import contact
from tests.worlds import World

REGION, HOME, OWN = "/r/vestfold/kurs", "/k/horten/kurs", "/min/horten/kurs"


def new_course(**changes: str) -> dict[str, str]:
    return {
        "tittel": "Grunnkurs for nye", "slag": "basic", "om": "Rollen, taushetsplikt og grenser.",
        "sted": "Tønsberg", "dato": format_date(today() + timedelta(days=14)), "begynner": "17:00", "slutter": "20:00",
        "plasser": "2", "ansvarlig": "Jostein Ravn", **changes,
    }  # fmt: skip


async def laid_out(world: World, **changes: str) -> str:
    """The id of a course made on the page."""
    region = await world.browser("vestfold", Role.COURSE_COORDINATOR)
    answer = await region.submit(f"{REGION}/ny", new_course(**changes), page=f"{REGION}/ny")
    assert answer.status_code == 303
    return str((await world.sql("SELECT id FROM course"))[0]["id"])


async def test_a_course_is_laid_out_and_taken_by_a_coordinator_and_by_a_contact(world: World) -> None:
    course = await laid_out(world)
    amund = await contact(world, "horten", user=world.user("horten", Role.CONTACT))
    sara = await contact(world, "horten", "Sara Dahl")
    kari = await world.browser("horten", Role.PROVIDER_COORDINATOR)
    assert (await kari.submit(HOME, {"kurs": course, "kontakt": str(sara)}, page=HOME)).status_code == 303
    assert "Sara Dahl er meldt på kurset." in (await kari.get(HOME)).text
    assert (await kari.submit(HOME, {"kurs": course, "kontakt": str(sara)}, page=HOME)).status_code == 409
    phone = await world.browser("horten", Role.CONTACT)
    assert "Én ledig plass" in (await phone.get(OWN)).text
    assert (await phone.submit(OWN, {"kurs": course}, page=OWN)).status_code == 303
    assert "Du er påmeldt" in (await phone.get(OWN)).text
    shown = (await kari.get(HOME)).text
    assert f'href="/k/horten/kontakter/{amund}"' in shown
    assert "Fullt" in shown
    region = (await (await world.browser("vestfold", Role.COURSE_COORDINATOR)).get(REGION)).text
    assert "Horten 2" in region
    assert "Amund" not in region
    steering = (await (await world.browser("vestfold", Role.STEERING_GROUP_MEMBER)).get(REGION)).text
    assert "2 av 2 plasser" in steering
    assert "Horten 2" not in steering
    signup = (await world.sql("SELECT id FROM course_signup WHERE contact_id = $1", amund))[0]["id"]
    assert (await phone.submit(f"{OWN}/{signup}/avmeld", page=OWN)).status_code == 303
    assert "Meld meg på" in (await phone.get(OWN)).text


async def test_a_contact_gives_back_no_seat_but_their_own(world: World) -> None:
    course = await laid_out(world)
    await contact(world, "horten", user=world.user("horten", Role.CONTACT))
    sara = await contact(world, "horten", "Sara Dahl")
    kari = await world.browser("horten", Role.PROVIDER_COORDINATOR)
    await kari.submit(HOME, {"kurs": course, "kontakt": str(sara)}, page=HOME)
    signup = (await world.sql("SELECT id FROM course_signup"))[0]["id"]
    phone = await world.browser("horten", Role.CONTACT)
    assert (await phone.submit(f"{OWN}/{signup}/avmeld")).status_code == 404
    neighbour = await world.browser("re", Role.PROVIDER_COORDINATOR)
    assert (await neighbour.submit(f"/k/re/kurs/{signup}/avmeld")).status_code == 404
    assert "Sara" not in (await neighbour.get("/k/re/kurs")).text
    assert "én fra en annen kommune" in (await neighbour.get("/k/re/kurs")).text


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"tittel": ""}, "Skriv hva kurset heter."),
        ({"slag": "magic"}, "Velg hva slags kurs det er."),
        ({"dato": "31.02.2027"}, "Februar 2027 har 28 dager"),
        ({"dato": "01.01.2020"}, "Datoen har vært."),
        ({"begynner": "noen"}, "Skriv klokkeslettet som 17:30."),
        ({"slutter": "16:00"}, "må slutte etter at det begynner"),
        ({"plasser": "0"}, "1 eller mer"),
        ({"plasser": "501"}, "500 eller mindre"),
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


@pytest.mark.parametrize(
    "typed", [{}, {"kurs": "x", "kontakt": "y"}, {"kurs": "00000000-0000-4000-8000-000000000000"}]
)
async def test_a_sign_up_without_a_course_or_a_contact_says_what_to_choose(
    shared_world: World, typed: dict[str, str]
) -> None:
    browser = await shared_world.browser("horten", Role.PROVIDER_COORDINATOR)
    answer = await browser.submit(HOME, typed, page="/innlogginger")
    assert answer.status_code == 422
    assert "Velg en støttekontakt." in answer.text


async def test_those_who_may_not_are_refused(shared_world: World) -> None:
    steering = await shared_world.browser("vestfold", Role.STEERING_GROUP_MEMBER)
    assert (await steering.get(REGION)).status_code == 200
    assert (await steering.get(f"{REGION}/ny")).status_code == 403
    manager = await shared_world.browser("horten", Role.MANAGER)
    assert (await manager.get(HOME)).status_code == 200
    assert (await manager.submit(HOME, {"kurs": "x"})).status_code == 403
    guardian = await shared_world.browser("horten", Role.REPRESENTATIVE)
    assert (await guardian.get(OWN)).status_code == 403


async def test_a_municipality_that_holds_a_course_is_named_to_those_who_will_owe_it_for_their_seats(
    world: World,
) -> None:
    await laid_out(world, holder=str(world.re))
    for slug, told in (("horten", True), ("re", False)):
        shown = await (await world.browser(slug, Role.PROVIDER_COORDINATOR)).get(f"/k/{slug}/kurs")
        assert ("Re holder kurset." in shown.text) is told
    region = await world.browser("vestfold", Role.COURSE_COORDINATOR)
    assert "Re betaler" in (await region.get(REGION)).text
    for bad in ("x", str(world.region)):
        answer = await region.submit(f"{REGION}/ny", new_course(holder=bad), page=f"{REGION}/ny")
        assert answer.status_code == 422
