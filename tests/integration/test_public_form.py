"""The public form's doors: what somebody without a session can do, and what they cannot (decision 0018)."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import asyncpg
import pytest

from sammen.clock import today
from sammen.errors import Invalid, NotFound
from sammen.norwegian import format_date
from sammen.policy.roles import Role
from sammen.web.visitor import asking, network_of, visitors_proof
from tenants.intake.codes import ALPHABET, grouped, make_code, read_code
from tenants.intake.content import PublicForm
from tenants.intake.door import WAIT, FormDoor, FormPlace, unsealed
from tests.database import KEYS
from tests.worlds import World

BORN = today() - timedelta(days=365 * 11)
FIELDS = {"fornavn": "Ivar", "etternavn": "Dalen", "onsker": "Vil gjerne ha noen å fiske med."}
WHOLE = PublicForm({**FIELDS, "fodselsdato": format_date(BORN)}, BORN)


def door(world: World, address: str = "192.0.2.7") -> FormDoor:
    return FormDoor(world.engine, KEYS, address)


@pytest.fixture
async def horten(world: World) -> FormPlace:
    return await door(world).place("horten")


async def stored(world: World) -> bytes:
    """All that the form's tables hold, as one heap of bytes."""
    rows = await world.sql(
        "SELECT t::text AS text FROM form_draft t UNION ALL SELECT t::text FROM form_knock t"
        " UNION ALL SELECT t::text FROM incoming_form t"
    )
    return "".join(row["text"] for row in rows).encode()


async def test_a_saved_form_comes_back_for_who_has_its_code_and_nobody_else(
    world: World, horten: FormPlace
) -> None:
    code, kept_until = await door(world).save(horten, FIELDS, None)
    assert kept_until == today() + timedelta(days=30)
    saved = await door(world, "2001:db8::1").read(horten, code)
    assert saved is not None
    assert saved.fields == FIELDS
    assert await door(world).read(horten, make_code()) is None
    assert await door(world).read(await door(world).place("re"), code) is None


async def test_nothing_that_is_stored_can_be_read_without_the_code(world: World, horten: FormPlace) -> None:
    code, _ = await door(world).save(horten, FIELDS, None)
    kept = await stored(world)
    for secret in (*FIELDS.values(), code, "192.0.2.7"):
        assert secret.encode() not in kept
        assert secret.encode().hex().encode() not in kept


async def test_the_same_code_again_replaces_what_was_saved(world: World, horten: FormPlace) -> None:
    code, _ = await door(world).save(horten, FIELDS, None)
    again, _ = await door(world).save(horten, {**FIELDS, "tider": "Lørdager"}, code)
    assert again == code
    saved = await door(world).read(horten, code)
    assert saved is not None
    assert saved.fields["tider"] == "Lørdager"
    assert len(await world.sql("SELECT 1 FROM form_draft")) == 1


async def test_a_draft_is_gone_after_thirty_days_and_deleted_by_the_sweep(
    world: World, horten: FormPlace
) -> None:
    code, _ = await door(world).save(horten, FIELDS, None)
    await world.sql("UPDATE form_draft SET expires_at = now() - interval '1 second'")
    assert await door(world).read(horten, code) is None
    await world.sql("SELECT sweep()")
    assert await world.sql("SELECT 1 FROM form_draft") == []


async def test_the_sweep_keeps_what_still_has_time(world: World, horten: FormPlace) -> None:
    await door(world).save(horten, FIELDS, None)
    await world.sql("SELECT sweep()")
    assert len(await world.sql("SELECT 1 FROM form_draft")) == 1
    assert len(await world.sql("SELECT 1 FROM form_knock")) == 1
    await world.sql("UPDATE form_knock SET at = now() - interval '25 hours'")
    await world.sql("SELECT sweep()")
    assert await world.sql("SELECT 1 FROM form_knock") == []


async def send(
    world: World, place: FormPlace, key: str, *, address: str = "192.0.2.7", code: str | None = None
) -> str:
    receipt = await door(world, address).send(place, WHOLE, language="nb", page_key=key, code=code)
    assert receipt.received_on == today()
    return receipt.reference


async def test_a_sent_form_is_the_municipalitys_and_its_draft_is_forgotten(
    world: World, horten: FormPlace
) -> None:
    code, _ = await door(world).save(horten, FIELDS, None)
    await send(world, horten, "one", code=code)
    assert await world.sql("SELECT 1 FROM form_draft") == []
    (row,) = await world.sql("SELECT * FROM incoming_form")
    assert row["tenant_id"] == world.horten
    assert b"Ivar" not in await stored(world)
    assert unsealed(KEYS, world.horten, row["id"], row["sealed"]) == WHOLE
    assert unsealed(KEYS, world.re, row["id"], row["sealed"]) is None
    async with world.at("re", Role.PURCHASER_CHILD) as uow:
        assert await uow.call("SELECT 1 FROM sammen.incoming_form") == []


async def test_the_same_page_sent_a_hundred_times_at_once_is_one_form(
    world: World, horten: FormPlace
) -> None:
    sent = await asyncio.gather(*(send(world, horten, "same", address=f"198.51.100.{n}") for n in range(100)))
    assert len(set(sent)) == 1
    assert len(await world.sql("SELECT 1 FROM incoming_form")) == 1


async def test_an_address_sends_ten_forms_an_hour_also_when_all_come_at_once(
    world: World, horten: FormPlace
) -> None:
    async def attempt(n: int) -> bool:
        try:
            await send(world, horten, f"page {n}")
        except Invalid as bad:
            return bad.errors[""].message != WAIT
        return True

    assert sum(await asyncio.gather(*(attempt(n) for n in range(25)))) == 10
    assert len(await world.sql("SELECT 1 FROM incoming_form")) == 10
    await send(world, horten, "from the neighbour", address="192.0.2.8")
    await send(world, await door(world).place("re"), "to the neighbour")
    await world.sql("UPDATE form_knock SET at = at - interval '61 minutes'")
    await send(world, horten, "an hour later")


async def test_a_form_that_is_sent_again_is_answered_past_the_cap(world: World, horten: FormPlace) -> None:
    first = await send(world, horten, "page 0")
    for n in range(1, 10):
        await send(world, horten, f"page {n}")
    assert await send(world, horten, "page 0") == first


async def test_codes_cannot_be_guessed_at_length(world: World, horten: FormPlace) -> None:
    code, _ = await door(world).save(horten, FIELDS, None)
    for _ in range(20):
        assert await door(world).read(horten, make_code()) is None
    with pytest.raises(Invalid):
        await door(world).read(horten, code)
    assert await door(world, "192.0.2.99").read(horten, code) is not None


async def test_one_subscriber_counts_as_one_however_many_addresses_they_have(
    world: World, horten: FormPlace
) -> None:
    for n in range(10):
        await send(world, horten, f"page {n}", address=f"2001:db8:1:2::{n}")
    with pytest.raises(Invalid):
        await send(world, horten, "page 10", address="2001:db8:1:2:ffff::1")
    await send(world, horten, "next door", address="2001:db8:1:3::1")
    assert network_of("::ffff:192.0.2.7") == network_of("192.0.2.7") == "192.0.2.7"


async def test_an_unknown_or_closed_municipality_has_no_form(world: World, horten: FormPlace) -> None:
    with pytest.raises(NotFound):
        await door(world).place("atlantis")
    await world.sql(
        "UPDATE municipality SET valid_to = $1 WHERE slug = 'horten'", today() - timedelta(days=1)
    )
    with pytest.raises(NotFound):
        await door(world).place("horten")
    with pytest.raises(NotFound):
        await send(world, horten, "late")


CALLS: dict[str, tuple[str, Callable[[FormPlace], list[Any]]]] = {
    "save": (
        "SELECT * FROM sammen.form_save($1, $2, $3, $4, $5, $6)",
        lambda p: [p.id, b"l" * 32, b"s" * 64, b"a" * 32],
    ),
    "read": ("SELECT * FROM sammen.form_read($1, $2, $3, $4, $5)", lambda p: [p.id, b"l" * 32, b"a" * 32]),
    "send": (
        "SELECT * FROM sammen.form_send($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
        lambda p: [p.id, p.id, "ABCD1234", BORN, "nb", b"s" * 64, b"k" * 32, None, b"a" * 32],
    ),
}


@pytest.mark.parametrize("name", CALLS)
async def test_a_statement_without_the_houses_proof_is_refused_and_leaves_no_mark(
    world: World, horten: FormPlace, name: str
) -> None:
    sql, arguments = CALLS[name]
    async with world.at("horten", Role.PURCHASER_CHILD) as uow:
        for expires, proof in ((10**10, b""), (10**10, b"x" * 32), (0, b"x" * 32)):
            with pytest.raises(asyncpg.InvalidAuthorizationSpecificationError):
                async with uow.raw.transaction():
                    await uow.raw.fetch(sql, *arguments(horten), expires, proof)
    assert await stored(world) == b""


async def test_a_proof_for_one_form_is_worth_nothing_for_another(world: World, horten: FormPlace) -> None:
    expires, proof = visitors_proof(KEYS, f"form.read|{horten.id}|{(b'l' * 32).hex()}|{(b'a' * 32).hex()}")
    async with world.at("horten", Role.PURCHASER_CHILD) as uow:
        found = await uow.raw.fetch(CALLS["read"][0], horten.id, b"l" * 32, b"a" * 32, expires, proof)
        assert found[0]["answer"] == "none"
        for arguments in (
            [world.re, b"l" * 32, b"a" * 32],
            [horten.id, b"m" * 32, b"a" * 32],
            [horten.id, b"l" * 32, b"b" * 32],
        ):
            with pytest.raises(asyncpg.InvalidAuthorizationSpecificationError):
                async with uow.raw.transaction():
                    await uow.raw.fetch(CALLS["read"][0], *arguments, expires, proof)


async def test_what_is_too_large_or_no_form_is_refused_by_the_database_itself(
    world: World, horten: FormPlace
) -> None:
    with pytest.raises(asyncpg.InvalidParameterValueError):
        await door(world).save(horten, {"onsker": "x" * 70_000}, None)
    future = PublicForm(FIELDS, today() + timedelta(days=1))
    with pytest.raises(asyncpg.InvalidParameterValueError):
        await door(world).send(horten, future, language="nb", page_key="x", code=None)
    assert await stored(world) == b""


@pytest.mark.parametrize("table", ["form_draft", "form_knock"])
async def test_the_programs_role_reads_and_writes_no_draft_past_the_doors(world: World, table: str) -> None:
    async with world.at("horten", Role.PURCHASER_CHILD) as uow:
        for sql in (f"SELECT * FROM sammen.{table}", f"DELETE FROM sammen.{table}"):
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                async with uow.raw.transaction():
                    await uow.raw.execute(sql)


async def test_the_door_gives_no_ticket(world: World, horten: FormPlace) -> None:
    expires, proof = visitors_proof(KEYS, f"form.read|{horten.id}|{(b'l' * 32).hex()}|{(b'a' * 32).hex()}")
    async with asking(world.engine, "") as raw:
        await raw.fetch(CALLS["read"][0], horten.id, b"l" * 32, b"a" * 32, expires, proof)
        assert await raw.fetchval("SELECT sammen.current_tenant()") is None
        assert await raw.fetch("SELECT 1 FROM sammen.person") == []


async def test_that_a_form_came_is_in_the_trail_without_anything_of_what_it_says(
    world: World, horten: FormPlace
) -> None:
    await send(world, horten, "one")
    (row,) = await world.sql("SELECT * FROM audit_entry WHERE action = 'form.received'")
    assert row["tenant_id"] == world.horten
    assert (row["actor_name"], row["persons"]) == ("", [])
    assert "Ivar" not in str(dict(row))


def test_a_code_is_read_as_people_write_it() -> None:
    code = make_code()
    assert len(code) == 25
    assert set(code) <= set(ALPHABET)
    for written in (code, grouped(code), grouped(code).lower(), f"  {grouped(code).replace('-', ' ')}\n",
                    grouped(code).replace("-", "–"), code.replace("0", "O").replace("1", "l")):  # fmt: skip
        assert read_code(written) == code
    for wrong in ("", "-", code[:-1], code + "A", code[:-1] + "U", code[:-1] + "Å", "٣" * 25, "x" * 10_000):
        assert read_code(wrong) is None
