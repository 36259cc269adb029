"""The pages of releases: from what the municipalities have approved to what the steering group sees, and what is refused."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator

import httpx
import pytest

from sammen.policy.roles import Role
from tests.database import fresh_database
from tests.figure_samples import more_municipalities
from tests.release_samples import MANAGER, Cells, approved, made, put_out, whole
from tests.worlds import World, make_world

LIST = "/r/vestfold/publiseringer"
NEW = f"{LIST}/ny?periode=2026-h1"
STEERING = Role.STEERING_GROUP_MEMBER


def figures(base: int, young: int = 20) -> dict[str, Cells]:
    """A municipality's users: `young` of them under 18."""
    return {"users": {whole("users", age="0-17"): young, whole("users", age="18-66"): base}}


@pytest.fixture
async def four(world: World) -> World:
    """Four municipalities, of which three have approved."""
    others = await more_municipalities(world, ["Larvik", "Færder"])
    for number, place in enumerate([world.horten, world.re, others["Larvik"]]):
        await approved(world, place, figures(40 + 9 * number, young=(3, 31, 24)[number]))
    return world


def version(page: httpx.Response) -> str:
    found = re.search(r'name="versjon" value="(\d+)"', page.text)
    assert found, page.status_code
    return found[1]


async def test_from_choosing_tables_to_what_the_steering_group_sees(four: World) -> None:
    manager, steering = await four.browser("vestfold", MANAGER), await four.browser("vestfold", STEERING)
    page = await manager.get(LIST)
    assert "3 av 4 kommuner har godkjent. Mangler: Færder" in page.text
    answer = await manager.submit(f"{LIST}/ny", {"periode": "2026-h1", "t-users": ["users:age"]}, page=NEW)
    assert answer.status_code == 303
    at = answer.headers["location"]
    assert "Venter på tur" in (await manager.get(at)).text
    assert (await steering.get(at)).status_code == 404
    await four.run_jobs()
    page = await manager.get(at)
    assert "Klar til godkjenning" in page.text
    assert "To og to kommuner" in page.text
    assert ">Ingen<" in page.text
    assert "Visste fra før" in page.text
    again = await manager.get(f"{at}/tabeller")
    assert re.search(r'value="users:age"[^>]* checked', again.text)
    sent = {"versjon": version(again), "t-users": ["users:age", "users:gender"]}
    assert (await manager.submit(f"{at}/tabeller", sent, page=f"{at}/tabeller")).status_code == 303
    await four.run_jobs()
    page = await manager.get(at)
    for told in ("31", "24", "49", "58"):
        assert not re.search(rf">{told}<", page.text), "a preview shows no value"
    assert (await manager.submit(f"{at}/godkjenn", {"versjon": version(page)}, page=at)).status_code == 303
    await four.run_jobs()
    shown = (await steering.get(at)).text
    assert "Tallene er publisert" in shown
    assert "Visste fra før" not in shown, "for whoever protects the figures"
    assert "Publisert" in (await steering.get(LIST)).text


async def test_each_bad_field_has_its_sentence_and_what_was_typed_stays(four: World) -> None:
    manager = await four.browser("vestfold", MANAGER)
    answer = await manager.submit(f"{LIST}/ny", {"periode": "2026-h1"}, page=NEW)
    assert answer.status_code == 422
    assert "Velg minst én tabell." in answer.text
    await put_out(four, await made(four, ["users:"]))
    answer = await manager.submit(f"{LIST}/ny", {"periode": "2026-h1", "t-users": "users:age"}, page=NEW)
    assert answer.status_code == 422
    assert "Skriv hva som er nytt" in answer.text
    assert re.search(r'value="users:age"[^>]* checked', answer.text)
    for address in ("?periode=2027-h2", "?periode=tull", "?periode=1. halvår 2026"):
        assert (await manager.get(f"{LIST}/ny{address}")).status_code == 404


async def test_two_at_once_an_old_page_and_a_second_release_are_told(four: World) -> None:
    manager = await four.browser("vestfold", MANAGER)
    at = f"{LIST}/{await made(four, ['users:age'])}"
    old = version(await manager.get(at))
    assert (await manager.submit(f"{at}/forkast", {"versjon": old}, page=at)).status_code == 303
    assert (await manager.submit(f"{at}/godkjenn", {"versjon": old}, page=LIST)).status_code in (409, 422)
    first = await made(four, ["users:"])
    again = await manager.submit(f"{LIST}/ny", {"periode": "2026-h1", "t-users": "users:"}, page=NEW)
    assert again.status_code == 409
    assert "i arbeid" in again.text
    assert str(first)


async def test_withdrawing_wants_a_reason_which_the_steering_group_reads(four: World) -> None:
    manager, steering = await four.browser("vestfold", MANAGER), await four.browser("vestfold", STEERING)
    release_id = await made(four, ["users:age"])
    await put_out(four, release_id)
    at = f"{LIST}/{release_id}"
    page = await manager.get(f"{at}/trekk")
    answer = await manager.submit(f"{at}/trekk", {"versjon": version(page)}, page=f"{at}/trekk")
    assert answer.status_code == 422
    assert "Skriv hvorfor" in answer.text
    sent = {"versjon": version(page), "grunn": "Feil timer i Re."}
    assert (await manager.submit(f"{at}/trekk", sent, page=f"{at}/trekk")).status_code == 303
    assert "Feil timer i Re." in (await steering.get(at)).text
    for way in ("godkjenn", "trekk", "forkast", "paa-nytt"):
        assert (await steering.submit(f"{at}/{way}", {"versjon": "1"}, page=LIST)).status_code in (
            403,
            404,
        ), way


async def test_groups_are_written_by_name_and_none_is_of_one(four: World) -> None:
    manager = await four.browser("vestfold", MANAGER)
    alone = await manager.submit(f"{LIST}/grupper", {f"gruppe-{four.horten}": "Små"}, page=f"{LIST}/grupper")
    assert alone.status_code == 422
    assert "minst to kommuner" in alone.text
    both = {f"gruppe-{four.horten}": "Små kommuner", f"gruppe-{four.re}": "små  kommuner"}
    assert (await manager.submit(f"{LIST}/grupper", both, page=f"{LIST}/grupper")).status_code == 303
    assert (await manager.get(f"{LIST}/grupper")).text.count('value="Små kommuner"') == 2


@pytest.fixture(scope="module")
async def empty(migrated: tuple[str, str]) -> AsyncIterator[World]:
    async with fresh_database(*migrated) as database:
        made_world = await make_world(database)
        try:
            yield made_world
        finally:
            await made_world.close()


async def test_before_anything_the_page_says_who_does_what_first(empty: World) -> None:
    for role in (MANAGER, STEERING):
        page = await (await empty.browser("vestfold", role)).get(LIST)
        assert "Ingen tall er publisert ennå" in page.text
    assert (await (await empty.browser("horten", Role.MANAGER)).get(LIST)).status_code == 404
