"""The pages of shared resources over HTTP: put up, booked, answered, fetched and brought back; and how they can go wrong."""

from __future__ import annotations

import pytest

from sammen.clock import OSLO, now
from sammen.norwegian import format_date
from sammen.policy.roles import Role
from tests.resource_samples import COORDINATOR, at, booked, car, day
from tests.worlds import World

LIST = "/k/horten/ressurser"
NEW = {
    "navn": "Minibussen", "slag": "car", "sted": "Rådhuset", "plass": "9", "utlan": "region", "lengst": "12", "fram": "180",
    "godkjenning": "ja", "apner_mon": "08:00", "stenger_mon": "21:00",
}  # fmt: skip


def wanted(**changes: str) -> dict[str, str]:
    return {
        "dag": format_date(day()),
        "fra": "17:00",
        "til": "19:00",
        "formal": "other",
        "fri": "ingen",
        **changes,
    }


async def test_a_car_is_put_up_asked_for_lent_and_called_off_with_a_reason(world: World) -> None:
    owner, borrower = await world.browser("horten", COORDINATOR), await world.browser("re", COORDINATOR)
    assert "Ingen ressurser ennå" in (await owner.get(LIST)).text
    answer = await owner.submit(f"{LIST}/ny", {**NEW, "apner_mon": "", "stenger_mon": ""}, page=f"{LIST}/ny")
    path = answer.headers["location"].removeprefix("/k/horten")
    assert "Minibussen" in (await borrower.get("/k/re/ressurser")).text
    made = await borrower.submit(
        f"/k/re{path}/reserver", wanted(merknad="Barnesete, takk"), page=f"/k/re{path}/reserver"
    )
    assert made.status_code == 303
    booking = made.headers["location"].removeprefix("/k/re")
    assert "Re vil låne Minibussen" in (await owner.get("/k/horten")).text
    shown = (await owner.get(f"/k/horten{booking}")).text
    assert "Barnesete, takk" in shown
    assert "Noe annet" not in shown
    refused = await owner.submit(f"/k/horten{booking}/svar", {"svar": "nei"}, page=f"/k/horten{booking}")
    assert refused.status_code == 422
    await owner.submit(f"/k/horten{booking}/svar", {"svar": "ja"}, page=f"/k/horten{booking}")
    assert "Reservert" in (await borrower.get(f"/k/re{booking}")).text
    await owner.submit(f"/k/horten{booking}/avlys", {"grunn": "Verksted"}, page=f"/k/horten{booking}")
    assert "Dere har ikke Minibussen lenger" in (await borrower.get("/k/re")).text
    assert "Verksted" in (await borrower.get(f"/k/re{booking}")).text
    await borrower.submit(f"/k/re{booking}/lest", page=f"/k/re{booking}")
    assert "Dere har ikke Minibussen lenger" not in (await borrower.get("/k/re")).text


async def test_what_others_have_is_taken_and_no_more(world: World) -> None:
    bus = await car(world)
    made = await booked(world, "horten", bus, at(17), at(19), purpose="maintenance", note="Bremsene")
    borrower = await world.browser("re", COORDINATOR)
    week = (await borrower.get(f"/k/re/ressurser?uke={format_date(day())}")).text
    assert "Opptatt" in week
    assert "Bremsene" not in week
    assert (await borrower.get(f"/k/re/ressurser/reservasjoner/{made}")).status_code == 404
    region = await world.browser("vestfold", Role.SHARED_COORDINATOR)
    assert "Opptatt" in (await region.get(f"/r/vestfold/ressurser?uke={format_date(day())}")).text
    own = await world.browser("horten", COORDINATOR)
    assert "Vedlikehold" in (await own.get(f"{LIST}/{bus}?uke={format_date(day())}")).text


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"dag": ""}, "Skriv dagen du trenger den."),
        ({"fra": "17:99"}, "Skriv et klokkeslett fra 00:00 til 23:59."),
        ({"til": "16:00"}, "Den må leveres etter at den er hentet."),
        ({"dag": "01.11.2026"}, "Tida har vært."),
        ({"formal": "maintenance"}, "Velg hva dere skal bruke den til."),
        ({"gjenta_til": "01.11.2026"}, "Siste dag må være samme dag eller senere."),
        ({"merknad": "Gjelder 010180 12345"}, "Ikke skriv fødselsnummer."),
        ({"gjelder": "tull"}, "Åpne treffet på nytt"),
    ],
)
async def test_a_booking_that_cannot_be_made_says_what_to_write_and_keeps_what_was_typed(
    world: World, changes: dict[str, str], sentence: str
) -> None:
    bus = await car(world)
    browser, page = await world.browser("re", COORDINATOR), f"/k/re/ressurser/{bus}/reserver"
    answer = await browser.submit(page, wanted(**{"merknad": "Til turen", **changes}), page=page)
    assert answer.status_code == 422
    assert sentence in answer.text
    if "merknad" not in changes:
        assert "Til turen" in answer.text


async def test_a_weekly_booking_says_which_days_it_left_out(world: World) -> None:
    bus = await car(world)
    await booked(world, "horten", bus, at(17, ahead=14), at(19, ahead=14))
    browser, page = await world.browser("re", COORDINATOR), f"/k/re/ressurser/{bus}/reserver"
    series = wanted(gjenta_til=format_date(day(21)))
    answer = await browser.submit(page, series, page=page)
    assert answer.status_code == 422
    assert f"opptatt disse dagene: {format_date(day(14))}" in answer.text
    answer = await browser.submit(page, {**series, "hopp_opptatt": "ja"}, page=page)
    assert answer.status_code == 303
    shown = (await browser.get(answer.headers["location"])).text
    assert f"2 dager er reservert. Hoppet over: {format_date(day(14))}." in shown


async def test_a_car_is_fetched_late_and_brought_back_damaged(world: World) -> None:
    bus = await car(world)
    starts = now().replace(minute=now().minute // 15 * 15, second=0, microsecond=0)
    made = await booked(world, "re", bus, starts, starts.replace(hour=starts.hour) + (at(2) - at(0)))
    borrower, owner = await world.browser("re", COORDINATOR), await world.browser("horten", COORDINATOR)
    path = f"/k/re/ressurser/reservasjoner/{made}"
    await borrower.submit(f"{path}/hent", {"km": "41 200", "notat": "Nøkkel 2"}, page=path)
    await world.sql(
        "UPDATE booking SET starts_at = starts_at - interval '1 day', ends_at = ends_at - interval '1 day'"
    )
    assert "Minibussen skulle vært levert" in (await borrower.get("/k/re")).text
    assert "Minibussen skulle vært levert" in (await owner.get("/k/horten")).text
    wrong = await borrower.submit(f"{path}/lever", {"km": "41 100"}, page=path)
    assert "Den stod på 41200 km" in wrong.text
    await borrower.submit(f"{path}/lever", {"km": "41 260", "skade": "Ripe i døra"}, page=path)
    assert "Skade på Minibussen" in (await owner.get("/k/horten")).text
    assert "Ripe i døra" in (await owner.get(f"/k/horten/ressurser/reservasjoner/{made}")).text
    assert OSLO.key == "Europe/Oslo"


async def test_only_its_owner_changes_a_thing_and_unknown_things_have_no_page(world: World) -> None:
    bus = await car(world)
    borrower = await world.browser("re", COORDINATOR)
    assert (await borrower.get(f"/k/re/ressurser/{bus}/endre")).status_code == 404
    assert (await borrower.get(f"/k/re/ressurser/{day()}")).status_code == 404
    other = await world.browser("re", Role.PURCHASER_CHILD)
    assert (await other.get("/k/re/ressurser")).status_code == 403
    administrator = await world.browser("horten", Role.MUNICIPALITY_ADMINISTRATOR)
    page = f"{LIST}/{bus}/endre"
    answer = await administrator.submit(
        page, {**NEW, "versjon": "1", "apner_mon": "21:00", "stenger_mon": "08:00"}, page=page
    )
    assert "Den må stenge etter at den åpner." in answer.text
    assert (await administrator.submit(page, {**NEW, "versjon": "1"}, page=page)).status_code == 303
    assert (await administrator.submit(page, {**NEW, "versjon": "1"}, page=page)).status_code == 409


async def test_the_region_books_what_is_lent_to_everybody_and_the_owner_sees_who(world: World) -> None:
    bus = await car(world)
    region = await world.browser("vestfold", Role.COURSE_COORDINATOR)
    page = f"/r/vestfold/ressurser/{bus}/reserver"
    made = await region.submit(page, wanted(formal="course"), page=page)
    assert made.status_code == 303
    assert (await region.get(made.headers["location"])).status_code == 200
    owner = await world.browser("horten", COORDINATOR)
    assert "Samarbeidet" in (await owner.get(f"{LIST}/reservasjoner")).text
    await region.submit(f"{made.headers['location']}/avlys", page=made.headers["location"])
    assert "Ingen reservasjoner" in (await region.get("/r/vestfold/ressurser/reservasjoner")).text
