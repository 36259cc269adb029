"""The secret is changed while people work: nobody is refused, nothing is opened, and the old one opens nothing after."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import date
from uuid import UUID

import pytest
from cryptography.exceptions import InvalidTag

from deploy.cli_norwegian import CommandError
from deploy.rekey import end_all_sessions, finish, new_ticket_key, rotate, status
from sammen.db.unit_of_work import plain_transaction
from sammen.errors import Forbidden
from sammen.jobs.order import Order, Refused, read, sign
from sammen.jobs.queue import put
from sammen.keys import HEAD_BYTES, MAGIC, Keys
from sammen.policy.roles import Role
from sammen.settings import Environment, Settings
from sammen.tenancy.context import PlaceKind
from sammen.tenancy.enter import enter_job
from tenants.people.api import (
    NationalNumber,
    PersonFacts,
    find_person,
    make_synthetic,
    read_number,
    register_person,
)
from tests.database import SECRET
from tests.worlds import Browser, World, app_of

NEW = "another-secret-of-more-than-thirty-two-characters"
NUMBER = NationalNumber.parse(make_synthetic(date(1980, 3, 12), "F", 0), accept_synthetic=True)
OTHER_NUMBER = NationalNumber.parse(make_synthetic(date(1981, 4, 13), "M", 1), accept_synthetic=True)
MARKS = Keys.derive(SECRET).marks.hex()


BASE = Settings(environment=Environment.TEST, key=SECRET)


def settings(world: World, **changed: object) -> Settings:
    return replace(BASE, app_url=world.database.app_url, **changed)  # type: ignore[arg-type]  # the parameters are Settings' own names


async def numbered(world: World, keys: Keys, place: UUID, number: NationalNumber) -> UUID:
    uow = await enter_job(world.engine, keys, PlaceKind.MUNICIPALITY, place, job="test")
    person = await register_person(uow, PersonFacts("Ola", "Nordmann", number=number))
    await uow.commit()
    return person


async def looked_up(
    world: World, keys: Keys, place: UUID, number: NationalNumber
) -> tuple[UUID | None, str | None]:
    uow = await enter_job(world.engine, keys, PlaceKind.MUNICIPALITY, place, job="test")
    try:
        found = await find_person(uow, PersonFacts("Ola", "Nordmann", number=number))
        return found, await read_number(uow, found) if found else None
    finally:
        await uow.rollback()


async def test_the_secret_is_changed_under_load_and_the_old_one_opens_nothing_after(world: World) -> None:
    url, old = world.database.admin_url, Keys.derive(SECRET)
    number = NUMBER
    person = await numbered(world, old, world.horten, number)
    with pytest.raises(CommandError, match="SAMMEN_KEY_NEXT"):
        await rotate(settings(world), url)

    coming = settings(world, key_next=NEW)
    await rotate(coming, url)
    during = settings(world, key=NEW, key_previous=SECRET, key_marks=MARKS)
    used = Keys.of(during)
    # Before anything is closed anew, both generations of processes find and read what the other wrote.
    assert await looked_up(world, Keys.of(coming), world.horten, number) == (person, number.digits)
    assert await looked_up(world, used, world.horten, number) == (person, number.digits)
    other_number = OTHER_NUMBER
    later = await numbered(world, used, world.horten, other_number)
    assert await looked_up(world, Keys.of(coming), world.horten, other_number) == (later, other_number.digits)
    async with plain_transaction(world.engine) as connection:
        await put(connection, old, Order("audit.seal", {}, PlaceKind.MUNICIPALITY, world.horten))

    asked = 0
    stop = asyncio.Event()

    async def keep_clicking(keys: Keys) -> None:
        nonlocal asked
        app = app_of(replace(world.house, keys=keys))
        async with Browser(
            app, await world.token(world.user("horten", Role.PROVIDER_COORDINATOR))
        ) as browser:
            while not stop.is_set():
                assert (await browser.get("/k/horten/saker")).status_code == 200
                asked += 1

    async def keep_asking(keys: Keys) -> None:
        nonlocal asked
        while not stop.is_set():
            assert await looked_up(world, keys, world.horten, number) == (person, number.digits)
            asked += 1

    askers = [asyncio.create_task(keep_asking(keys)) for keys in (Keys.of(coming), used)]
    askers += [asyncio.create_task(keep_clicking(keys)) for keys in (Keys.of(coming), used)]
    await asyncio.sleep(0.2)
    assert (await status(during, url)).remaining > 0
    await rotate(during, url)
    await asyncio.sleep(0.2)
    stop.set()
    await asyncio.gather(*askers)
    assert asked > 20

    left = await status(during, url)
    assert (left.remaining, left.places, left.jobs) == (0, 0, 0)
    await finish(during, url)
    alone = Keys.of(settings(world, key=NEW, key_marks=MARKS))
    assert await looked_up(world, alone, world.horten, number) == (person, number.digits)
    with pytest.raises(Forbidden):
        await enter_job(world.engine, old, PlaceKind.MUNICIPALITY, world.horten, job="test")
    rows = await world.sql("SELECT tenant_id, number_cipher, number_hash FROM person WHERE id = $1", person)
    sealed = rows[0]["number_cipher"]
    assert sealed[len(MAGIC) : HEAD_BYTES] == alone.id
    with pytest.raises(InvalidTag):
        old.unseal(sealed, bound_to=b"person-number" + world.horten.bytes + person.bytes)
    assert rows[0]["number_hash"] != old.number_hash(world.horten, number.digits)
    payload = (await world.sql("SELECT payload FROM job_queue"))[0]["payload"]
    assert read(payload, alone).name == "audit.seal"
    with pytest.raises(Refused):
        read(payload, old)


def test_forms_and_jobs_outlive_the_change_and_a_link_keeps_its_mark() -> None:
    during = Keys.of(replace(BASE, key=NEW, key_previous=SECRET, key_marks=MARKS))
    old = Keys.derive(SECRET)
    session = b"s" * 32
    assert during.csrf_ok(session, old.csrf_token(session))
    assert during.csrf_token(session) != old.csrf_token(session)
    assert during.flash_ok(b"x", old.flash_mark(b"x"))
    assert during.form_mark("calendar-feed", b"secret") == old.form_mark("calendar-feed", b"secret")
    assert read(sign(Order("a.b", {}, PlaceKind.MUNICIPALITY, UUID(int=7)), old), during).name == "a.b"
    form = old.seal_form("Kari", "draft", b"code")
    anew = during.closed_anew(form)
    assert anew is not None
    assert Keys.of(replace(BASE, key=NEW)).unseal_form(anew, "draft", b"code") == "Kari"
    with pytest.raises(InvalidTag):
        Keys.of(replace(BASE, key=NEW)).unseal_form(anew, "draft", b"another code")


async def test_a_wrong_previous_key_changes_nothing_and_says_so(world: World) -> None:
    await numbered(world, Keys.derive(SECRET), world.horten, NUMBER)
    wrong = settings(world, key=NEW, key_previous="w" * 40, key_marks=MARKS)
    with pytest.raises(CommandError, match="SAMMEN_KEY_PREVIOUS"):
        await rotate(wrong, world.database.admin_url)
    with pytest.raises(CommandError, match="gjenstår"):
        await finish(wrong, world.database.admin_url)


async def test_the_ticket_key_changes_in_the_middle_of_a_transaction_and_sessions_can_all_be_ended(
    world: World,
) -> None:
    uow = await enter_job(world.engine, Keys.derive(SECRET), PlaceKind.MUNICIPALITY, world.horten, job="test")
    await new_ticket_key(world.database.admin_url)
    assert (await uow.call("SELECT sammen.current_tenant() AS t"))[0]["t"] == world.horten
    await new_ticket_key(world.database.admin_url)
    assert (await uow.call("SELECT sammen.current_tenant() AS t"))[0]["t"] is None
    await uow.rollback()
    browser = await world.browser("horten", Role.PROVIDER_COORDINATOR)
    assert (await browser.get("/k/horten")).status_code == 200
    assert await end_all_sessions(world.database.admin_url) >= 1
    assert (await browser.get("/k/horten")).status_code != 200
