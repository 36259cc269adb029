"""Agreements of a region: what opens shared work, what stands once it is sent, and who may do which step."""

from __future__ import annotations

import asyncio
from contextlib import nullcontext
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from asyncpg import InsufficientPrivilegeError
from click.testing import CliRunner
from sqlalchemy.exc import DBAPIError

import deploy.models  # noqa: F401 - registers every slice's tables
from deploy import cli_region
from sammen.clock import today
from sammen.db.base import Base, Kind
from sammen.db.rls import kind_of
from sammen.errors import BadInput, Conflict, Forbidden, Invalid, NotFound
from sammen.policy.roles import Role
from sammen.tenancy.accord import accord_open, told
from shared_pool.accords.queries import accords, copies, copy_card, party_lines, signatures
from shared_pool.accords.rules import AccordFacts, check_pdf, digest_of, last_allowed, standing
from shared_pool.accords.service import give_notice, register_accord, send_out, sign, take_back
from shared_pool.accords.shared import SHARED
from shared_pool.groups.hosting import open_group
from tests.group_samples import planned
from tests.pool_samples import shared_candidate
from tests.resource_samples import at, booked, car
from tests.worlds import World

PDF = b"%PDF-1.7\n1 0 obj\nendobj\n%%EOF\n"
KEEPER, SIGNER = Role.PROJECT_MANAGER, Role.MANAGER


def facts(**changes: Any) -> AccordFacts:
    values: dict[str, Any] = {
        "kind": "arrangement", "title": "Felles ansvar", "contact_point": "post@vestfold.example.no",
        "valid_from": today(), "valid_to": today() + timedelta(days=365), "document": PDF,
    }  # fmt: skip
    return AccordFacts(**(values | changes))


async def required(world: World) -> None:
    await world.sql("""UPDATE region SET settings = '{"accord_required": true}'""")


async def sent(world: World, **changes: Any) -> UUID:
    async with world.at("vestfold", KEEPER) as uow:
        made = await register_accord(uow, facts(**changes))
        assert await send_out(uow, made, 1) == 2
    return made


async def signed(world: World, slug: str) -> UUID:
    """Sign what waits in a municipality; its copy's id."""
    async with world.at(slug, SIGNER) as uow:
        card = next(one for one in await copies(uow) if one.standing == "waits")
        await sign(uow, card.id, card.digest)
    return card.id


async def test_every_shared_table_is_named_in_what_is_signed() -> None:
    shared = {table.name for table in Base.metadata.sorted_tables if kind_of(table) is Kind.SHARED}
    named = [name for one in SHARED for name in one.tables]
    assert sorted(named) == sorted(shared)


async def test_nothing_is_shared_before_it_is_signed_and_nothing_new_after_it_has_ended(world: World) -> None:
    await shared_candidate(world, name="Ola Før")  # a region that asks for nothing is open, as before
    await required(world)
    with pytest.raises(DBAPIError) as refused:
        await shared_candidate(world, name="Eva Uten")
    assert isinstance(told(refused.value), Forbidden)
    made = await sent(world)
    with pytest.raises(DBAPIError):
        await shared_candidate(world, name="Eva Usignert")
    await signed(world, "horten")  # the neighbour's signature opens for the neighbour alone
    with pytest.raises(DBAPIError):
        await shared_candidate(world, name="Eva Nabo")
    copy = await signed(world, "re")
    await shared_candidate(world, name="Eva Signert")
    async with world.at("re", SIGNER) as uow:
        assert await accord_open(uow, world.region, world.re)
        assert not await accord_open(uow, UUID(int=1), world.horten), "another's standing is not told"
        await give_notice(uow, copy, today())
        assert (await copy_card(uow, copy)).ended_on == today()
    await world.sql("UPDATE accord_party SET ended_on = $1 WHERE id = $2", today() - timedelta(days=1), copy)
    with pytest.raises(DBAPIError):
        await shared_candidate(world, name="Eva Oppsagt")
    async with world.at("horten", SIGNER) as uow:
        assert await accord_open(uow, world.region, world.horten)
    async with world.at("vestfold", KEEPER) as uow:
        await take_back(uow, made, 2)
    async with world.at("horten", SIGNER) as uow:
        assert not await accord_open(uow, world.region, world.horten)
        assert [one.standing for one in await copies(uow)] == ["withdrawn"]
    # The people of before stand where they stood.
    assert len(await world.sql("SELECT 1 FROM candidate")) == 2


async def test_groups_for_others_and_others_things_wait_for_a_signature_and_ones_own_do_not(
    world: World,
) -> None:
    bus = await car(world)
    group, _ = await planned(world, "horten")
    await required(world)
    await booked(world, "horten", bus, at(17), at(18))
    with pytest.raises(InsufficientPrivilegeError) as loan:
        await booked(world, "re", bus, at(19), at(20))
    assert isinstance(told(loan.value), Forbidden)
    with pytest.raises(DBAPIError) as opened:
        async with world.at("horten", Role.PROVIDER_COORDINATOR) as uow:
            await open_group(uow, group)
    assert isinstance(told(opened.value), Forbidden)
    await sent(world)
    await signed(world, "re")
    await signed(world, "horten")
    await booked(world, "re", bus, at(19), at(20))
    async with world.at("horten", Role.PROVIDER_COORDINATOR) as uow:
        await open_group(uow, group)


async def test_a_cooperation_agreement_opens_nothing(world: World) -> None:
    await required(world)
    await sent(world, kind="cooperation")
    await signed(world, "re")
    async with world.at("re", SIGNER) as uow:
        assert not await accord_open(uow, world.region, world.re)


async def test_what_is_sent_and_signed_stands_against_any_sql(world: World) -> None:
    made = await sent(world)
    copy = await signed(world, "re")
    tries = (
        ("vestfold", KEEPER, "UPDATE sammen.accord SET content = 'x' RETURNING 1", True),
        ("vestfold", KEEPER, "UPDATE sammen.accord SET state = 'draft' RETURNING 1", True),
        ("vestfold", KEEPER, "UPDATE sammen.accord_party SET signed_on = sammen.norwegian_day() RETURNING 1", False),
        ("re", SIGNER, "UPDATE sammen.accord_party SET valid_to = '2099-01-01' RETURNING 1", True),
        ("re", SIGNER, "UPDATE sammen.accord_party SET signed_by_name = 'x' RETURNING 1", True),
        ("re", SIGNER, "UPDATE sammen.accord_party SET ended_on = '2001-01-01' RETURNING 1", True),
        ("horten", SIGNER, "UPDATE sammen.accord_party SET signed_on = sammen.norwegian_day(), signed_by_name = 'x',"
         " signed_digest = digest, signed_by = registered_by RETURNING 1", True),
        ("horten", SIGNER, f"UPDATE sammen.accord_party SET version = 9 WHERE id = '{copy}' RETURNING 1", False),
    )  # fmt: skip
    for slug, role, statement, refused in tries:
        with pytest.raises(Exception, match=r"stands") if refused else nullcontext():
            async with world.at(slug, role) as uow:
                assert await uow.call(statement) == [], statement
    assert [tuple(row) for row in await world.sql("SELECT state FROM accord WHERE id = $1", made)] == [
        ("out",)
    ]


async def test_each_municipality_sees_who_has_signed_what_it_was_sent_and_nothing_of_other_agreements(
    world: World,
) -> None:
    await sent(world)
    await signed(world, "re")
    await sent(world, kind="cooperation")
    # One that Re was never sent is none of Re's business.
    await world.sql("DELETE FROM accord_party WHERE kind = 'cooperation' AND municipality_id = $1", world.re)
    async with world.at("re", SIGNER) as uow:
        (mine,) = await copies(uow)
        found = [(one.name, one.mine, one.signed_on, one.standing) for one in await signatures(uow, mine)]
        assert found == [("Horten", False, None, "waits"), ("Re", True, today(), "now")]
        assert {row["copy_id"] for row in await uow.call("SELECT * FROM sammen.accord_signatures()")} == {
            mine.id
        }
    async with world.at("horten", SIGNER) as uow:
        assert len(await uow.call("SELECT * FROM sammen.accord_signatures()")) == 3
    async with world.at("vestfold", KEEPER) as uow:
        assert await uow.call("SELECT * FROM sammen.accord_signatures()") == [], (
            "the region reads its own rows"
        )


async def test_who_has_a_role_in_the_region_is_told_those_who_answer_for_what_is_shared_and_nobody_else(
    world: World,
) -> None:
    statement = "SELECT * FROM sammen.region_people()"
    told_roles = {str(Role.SHARED_COORDINATOR), str(Role.PARTNER), str(KEEPER)}
    for slug, role, sees in (
        ("vestfold", KEEPER, True), ("vestfold", Role.STEERING_GROUP_MEMBER, True),
        ("vestfold", Role.PARTNER, False), ("vestfold", Role.SHARED_COORDINATOR, False),
        ("re", SIGNER, True), ("re", Role.DATA_PROTECTION_OFFICER, True), ("re", Role.PROVIDER_COORDINATOR, False),
    ):  # fmt: skip
        async with world.at(slug, role) as uow:
            rows = await uow.call(statement)
            assert told_roles <= {row["role"] for row in rows} if sees else rows == [], (slug, role)
    await world.sql(
        "UPDATE region_membership SET valid_to = $1, valid_from = $1", today() - timedelta(days=1)
    )
    async with world.at("re", SIGNER) as uow:
        assert await uow.call(statement) == [], "who has left asks nobody there any more"


async def test_each_step_is_for_its_own_people_and_its_own_place(world: World) -> None:
    made = await sent(world)
    async with world.at("horten", SIGNER) as uow:
        mine = (await copies(uow))[0]
        with pytest.raises(Conflict):
            await sign(uow, mine.id, bytes(32))  # another text than is there
    async with world.at("re", SIGNER) as uow:
        with pytest.raises(NotFound):
            await sign(uow, mine.id, mine.digest)
    for role in (Role.DATA_PROTECTION_OFFICER, Role.MUNICIPALITY_ADMINISTRATOR):
        async with world.at("horten", role) as uow:
            assert len(await copies(uow)) == 1
            with pytest.raises(Forbidden):
                await sign(uow, mine.id, mine.digest)
    await world.sql("UPDATE accord_party SET registered_by = $1", world.user("horten", SIGNER))
    async with world.at("horten", SIGNER) as uow:
        with pytest.raises(Forbidden):
            await sign(uow, mine.id, mine.digest)  # whoever wrote the text
    async with world.at("vestfold", Role.STEERING_GROUP_MEMBER) as uow:
        assert len(await accords(uow)) == 1
        assert [one.standing for one in await party_lines(uow)] == ["waits", "waits"]
        with pytest.raises(Forbidden):
            await take_back(uow, made, 2)
    async with world.at("vestfold", KEEPER) as uow:
        with pytest.raises(Conflict):
            await send_out(uow, made, 2)  # sent once
        assert (await accords(uow))[0].number == 1
        second = await register_accord(uow, facts(document=None))
        assert {one.id: one.number for one in await accords(uow)} == {made: 1, second: 2}


async def test_standing_follows_the_days_and_a_document_is_what_it_says_it_is() -> None:
    first, last = date(2026, 1, 1), date(2026, 12, 31)

    def on(day: date, *, signed_on: date | None = first, ended: date | None = None) -> str:
        return standing(first, last, signed_on, ended, withdrawn=False, day=day)

    assert [on(date(2025, 12, 1)), on(date(2026, 6, 1)), on(date(2026, 11, 15)), on(date(2027, 1, 1))] == [
        "coming", "now", "soon", "over",
    ]  # fmt: skip
    assert on(date(2026, 6, 1), signed_on=None) == "waits"
    assert on(date(2026, 6, 2), ended=date(2026, 6, 1)) == "over"
    assert last_allowed(date(2024, 2, 29)) == date(2029, 2, 28)
    assert check_pdf(PDF, field="fil") == PDF
    for bad in (b"", b"MZ" + PDF, PDF[:-6], PDF.replace(b"obj", b"/JavaScript", 1), PDF + b" " * 4_000_000):
        with pytest.raises(BadInput):
            check_pdf(bad, field="fil")
    assert digest_of(facts(title="a", contact_point="bc"), "x") != digest_of(
        facts(title="ab", contact_point="c"), "x"
    )


async def test_notice_is_given_once_and_not_past_the_end(world: World) -> None:
    await sent(world)
    copy = await signed(world, "re")
    async with world.at("re", SIGNER) as uow:
        with pytest.raises(Invalid):
            await give_notice(uow, copy, today() + timedelta(days=365))
        await give_notice(uow, copy, today() + timedelta(days=30))
        with pytest.raises(Conflict):
            await give_notice(uow, copy, today() + timedelta(days=10))


async def test_a_new_region_asks_for_signatures_and_the_operator_is_told_whom_it_shuts_out(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cli_region, "_url", lambda: world.database.admin_url)

    def run(*arguments: str) -> str:
        done = CliRunner().invoke(cli_region.region_group, arguments)
        return done.output or str(done.exception)

    made = await asyncio.to_thread(run, "add", "grenland", "Grenland")
    assert "Grenland er laget" in made
    rows = await world.sql("SELECT settings ->> 'accord_required' AS asks FROM region ORDER BY slug")
    assert [row["asks"] for row in rows] == ["true", None]
    assert "alt med i et samarbeid" in await asyncio.to_thread(run, "join", "grenland", "horten")
    await sent(world)
    await signed(world, "re")
    assert "Nå er det 1." in await asyncio.to_thread(run, "accord", "vestfold", "krev")
    assert "kan dele uten signatur" in await asyncio.to_thread(run, "accord", "vestfold", "ikke-krev")
    assert "finnes ikke" in await asyncio.to_thread(run, "accord", "nowhere", "krev")
