"""The signed ticket and the doors that give it: forged, replayed, expired, borrowed, of another kind."""

from __future__ import annotations

import re
import time
from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest

from deploy.database import plain_url
from sammen.db.base import Base, Kind
from sammen.db.rls import kind_of
from sammen.identity.service import AS_PERSONA, start_session
from sammen.keys import token_hash
from sammen.policy.roles import Role
from sammen.tenancy.context import PlaceKind
from sammen.tenancy.enter import ENTER, ENTER_JOB, job_proof
from tests.database import KEYS
from tests.isolation.attacks import Connection, enter, inside, seen_without_a_place
from tests.isolation.conftest import Filled
from tests.worlds import SINCE

READ = "SELECT current_setting('sammen.ticket', true)"
SET = "SELECT set_config('sammen.ticket', $1, true)"
NOBODY = (None, None, None, None)
WHO = (
    "SELECT sammen.current_kind(), sammen.current_tenant(), sammen.current_region(), sammen.current_user_id()"
)
GARBAGE = (
    "",
    " ",
    "x",
    "|||||||||",
    "2|municipality",
    "2" + "|" * 9,
    "null",
    "æøå",
    "'; SELECT 1 --",
    "2|" * 500,
    "9" * 10_000,
)


async def _ticket(db: Connection, filled: Filled, tenant: UUID) -> str:
    await enter(db, filled.keys, PlaceKind.MUNICIPALITY, tenant)
    return str(await db.fetchval(READ))


async def _who(db: Connection) -> tuple[Any, ...]:
    row = await db.fetchrow(WHO)
    assert row is not None
    return tuple(row)


async def test_without_a_ticket_no_table_shows_a_row(app: Connection) -> None:
    assert await app.fetchval(READ) in (None, "")
    assert await seen_without_a_place(app) == []
    async with app.transaction():
        assert await seen_without_a_place(app) == []


@pytest.mark.parametrize("text", GARBAGE, ids=range(len(GARBAGE)))
async def test_a_garbage_ticket_shows_nothing_and_raises_nothing(text: str, app: Connection) -> None:
    async with app.transaction():
        await app.execute(SET, text)
        assert await _who(app) == NOBODY
        assert await seen_without_a_place(app) == []


async def test_a_true_ticket_shows_rows_so_that_the_others_prove_something(
    app: Connection, filled: Filled
) -> None:
    async with inside(app, filled.keys, PlaceKind.MUNICIPALITY, filled.horten.tenant):
        municipal = [table for table in Base.metadata.tables.values() if kind_of(table) is Kind.MUNICIPAL]
        assert {table.name for table in municipal if "SELECT" in table.info["rights"]} <= set(
            await seen_without_a_place(app)
        )


async def test_a_ticket_with_any_single_letter_changed_is_worthless(app: Connection, filled: Filled) -> None:
    async with app.transaction():
        ticket = await _ticket(app, filled, filled.horten.tenant)
        survivors = []
        for at, letter in enumerate(ticket):
            for changed in (chr(ord(letter) ^ 1), chr(ord(letter) ^ 2), letter.swapcase()):
                forged = ticket[:at] + changed + ticket[at + 1 :]
                await app.execute(SET, forged)
                if forged != ticket and await _who(app) != NOBODY:
                    survivors.append((at, changed))
        assert survivors == []
        await app.execute(SET, ticket)
        assert (await _who(app))[1] == filled.horten.tenant


async def test_no_part_of_a_ticket_can_be_exchanged_added_or_left_out(
    app: Connection, filled: Filled
) -> None:
    async with app.transaction():
        ticket = await _ticket(app, filled, filled.horten.tenant)
        parts = ticket.split("|")
        exchanged = {
            0: ("1", "2", "4", ""), 1: ("region", "own", "operations", "session"), 2: (str(filled.re.tenant), ""),
            3: (str(filled.horten.region),), 4: (str(uuid4()),), 5: (str(uuid4()),), 6: ("shared_coordinator", ""),
            7: ("0", f"{parts[7]}0"), 8: ("0", f" {parts[8]}"), 9: (str(int(parts[9]) + 3600), f"{parts[9]}.0"),
            10: (parts[10].upper(), "", "0" * 64),
        }  # fmt: skip
        forged = [
            "|".join([*parts[:n], new, *parts[n + 1 :]]) for n, news in exchanged.items() for new in news
        ]
        forged += [
            f"{ticket}|",
            f"|{ticket}",
            f" {ticket}",
            f"{ticket}\n",
            ticket * 2,
            "|".join(parts[:10]),
            parts[10],
        ]
        forged += ["|".join(parts[:n] + parts[n + 1 :]) for n in range(11)]
        for text in forged:
            await app.execute(SET, text)
            assert await _who(app) == NOBODY, text
            assert await seen_without_a_place(app) == []


async def test_a_ticket_ends_with_its_transaction(app: Connection, filled: Filled) -> None:
    async with app.transaction():
        ticket = await _ticket(app, filled, filled.horten.tenant)
    assert await _who(app) == NOBODY
    assert await seen_without_a_place(app) == []
    async with app.transaction():
        await app.execute(SET, ticket)
        assert await _who(app) == NOBODY
        assert await seen_without_a_place(app) == []


async def test_a_ticket_kept_for_the_session_is_worthless_in_the_next_transaction(
    app: Connection, filled: Filled
) -> None:
    async with app.transaction():
        ticket = await _ticket(app, filled, filled.horten.tenant)
        await app.execute("SELECT set_config('sammen.ticket', $1, false)", ticket)
    assert await app.fetchval(READ) == ticket
    assert await seen_without_a_place(app) == []
    await app.execute("BEGIN")
    await _ticket(app, filled, filled.horten.tenant)
    await app.execute("COMMIT AND CHAIN")
    assert await _who(app) == NOBODY
    await app.execute("ROLLBACK")


async def test_a_ticket_is_worthless_on_another_connection(app: Connection, filled: Filled) -> None:
    other = await asyncpg.connect(plain_url(filled.database.app_url))
    try:
        async with app.transaction(), other.transaction():
            ticket = await _ticket(app, filled, filled.horten.tenant)
            await other.execute(SET, ticket)
            assert await _who(other) == NOBODY
            assert await seen_without_a_place(other) == []
    finally:
        await other.close()


async def test_a_ticket_taken_inside_a_savepoint_goes_with_it(app: Connection, filled: Filled) -> None:
    async with app.transaction():
        await enter(app, filled.keys, PlaceKind.MUNICIPALITY, filled.horten.tenant)
        savepoint = app.transaction()
        await savepoint.start()
        await enter(app, filled.keys, PlaceKind.MUNICIPALITY, filled.re.tenant)
        assert (await _who(app))[1] == filled.re.tenant
        await savepoint.rollback()
        assert (await _who(app))[1] == filled.horten.tenant


async def test_a_ticket_expires_inside_a_long_transaction(app: Connection, filled: Filled) -> None:
    expires, proof = job_proof(KEYS, PlaceKind.MUNICIPALITY, filled.horten.tenant, None, "short", 2)
    async with app.transaction():
        await app.execute(ENTER_JOB, "municipality", filled.horten.tenant, None, "short", 2, expires, proof)
        assert (await _who(app))[1] == filled.horten.tenant
        await app.execute("SELECT pg_sleep(2.6)")
        assert await _who(app) == NOBODY
        assert await seen_without_a_place(app) == []


# Kinds of place -----------------------------------------------------------------------------------------------------
async def test_each_kind_of_place_opens_only_its_own_kinds_of_table(app: Connection, filled: Filled) -> None:
    kinds = {table.name: kind_of(table) for table in Base.metadata.tables.values()}
    wanted = {
        PlaceKind.MUNICIPALITY: ({Kind.MUNICIPAL, Kind.SHARED}, filled.horten.tenant),
        PlaceKind.REGION: ({Kind.REGIONAL, Kind.SHARED}, filled.horten.region),
    }
    for kind, (opened, scope) in wanted.items():
        async with inside(app, filled.keys, kind, scope):
            assert {kinds[name] for name in await seen_without_a_place(app)} == opened


async def test_operations_and_a_person_without_a_place_see_no_row(app: Connection, filled: Filled) -> None:
    world = filled.world
    for slug, role, kind in (("drift", Role.OPERATOR, "operations"), ("horten", Role.MANAGER, "session")):
        hashed = token_hash(await world.token(world.user(slug, role)))
        async with app.transaction():
            assert await app.fetch(ENTER, hashed, kind, slug)
            assert (await _who(app))[0] == kind
            assert await seen_without_a_place(app) == []


@pytest.mark.parametrize(
    "kind", ["municipality", "own", "region", "operations", "session", "", "x", "municipality|own"]
)
async def test_nobody_enters_a_place_they_are_not_member_of(
    kind: str, app: Connection, filled: Filled
) -> None:
    hashed = token_hash(await filled.world.token(filled.world.user("horten", Role.MANAGER)))
    for slug in ("re", "skien", "vestfold", "drift", "", "HORTEN", "horten ", "finnes-ikke"):
        async with app.transaction():
            rows = await app.fetch(ENTER, hashed, kind, slug)
            assert rows[0]["roles"] == []
            assert rows[0]["tenant_id"] is None
            assert (await _who(app))[1:3] == (None, None)
            assert await seen_without_a_place(app) == []


async def test_an_unknown_ended_or_idle_session_enters_nowhere(app: Connection, filled: Filled) -> None:
    world = filled.world
    user = world.user("horten", Role.PAYROLL)
    changes = (
        "ended_at = now()",
        "expires_at = now() - interval '1 second'",
        "last_seen_at = now() - interval '61 minutes'",
    )
    for change in changes:
        hashed = token_hash(await start_session(world.engine, KEYS, user, "test", uuid4(), AS_PERSONA))
        async with app.transaction():
            assert (await app.fetch(ENTER, hashed, "municipality", "horten"))[0]["roles"] == ["payroll"]
        await world.sql(f"UPDATE web_session SET {change} WHERE token_hash = $1", hashed)
        async with app.transaction():
            assert await app.fetch(ENTER, hashed, "municipality", "horten") == []
            assert await seen_without_a_place(app) == []
    async with app.transaction():
        assert await app.fetch(ENTER, token_hash("no such token"), "municipality", "horten") == []
        assert await app.fetch(ENTER, None, "municipality", "horten") == []


async def test_a_failed_entry_takes_away_the_ticket_that_was_there(app: Connection, filled: Filled) -> None:
    async with app.transaction():
        await enter(app, filled.keys, PlaceKind.MUNICIPALITY, filled.horten.tenant)
        await app.fetch(ENTER, token_hash("no such token"), "municipality", "horten")
        assert await _who(app) == NOBODY


async def test_a_municipality_that_has_ended_lets_nobody_in_and_a_deleted_one_no_job(
    app: Connection, filled: Filled
) -> None:
    world = filled.world
    ended, user = uuid4(), uuid4()
    await world.sql(
        "INSERT INTO municipality (id, code, slug, name, valid_from, valid_to) VALUES ($1, '0703', $2, 'Borre', $3, $4)",
        ended, f"borre-{ended.hex[:8]}", SINCE, date.today() - timedelta(days=2),  # noqa: DTZ011 - any day well past will do
    )  # fmt: skip
    await world.sql(
        "INSERT INTO user_account (id, email, display_name) VALUES ($1, $2, 'Nils Ås')",
        user,
        f"{user}@borre.test",
    )
    await world.sql(
        "INSERT INTO membership (id, user_id, kind, municipality_id, role, valid_from, granted_by)"
        " VALUES ($1, $2, 'municipality', $3, 'manager', $4, 'test')",
        uuid4(), user, ended, SINCE,
    )  # fmt: skip
    await world.sql("INSERT INTO task (tenant_id, id, title) VALUES ($1, $2, 'KANARIBORRE')", ended, uuid4())
    hashed = token_hash(await start_session(world.engine, KEYS, user, "test", uuid4(), AS_PERSONA))
    async with app.transaction():
        rows = await app.fetch(ENTER, hashed, "municipality", f"borre-{ended.hex[:8]}")
        assert rows[0]["roles"] == []
        assert await seen_without_a_place(app) == []
    await world.sql("DELETE FROM membership WHERE municipality_id = $1", ended)
    await world.sql("DELETE FROM municipality WHERE id = $1", ended)
    with pytest.raises(asyncpg.InvalidAuthorizationSpecificationError):
        await enter(app, filled.keys, PlaceKind.MUNICIPALITY, ended)


# Proofs -------------------------------------------------------------------------------------------------------------
def _job_arguments(filled: Filled) -> list[Any]:
    expires, proof = job_proof(KEYS, PlaceKind.MUNICIPALITY, filled.horten.tenant, None, "try", 60)
    return ["municipality", filled.horten.tenant, None, "try", 60, expires, proof]


async def test_a_jobs_proof_holds_for_exactly_what_it_was_made_for(app: Connection, filled: Filled) -> None:
    true = _job_arguments(filled)
    await app.execute(ENTER_JOB, *true)
    expires = true[5]
    wrong: dict[int, tuple[Any, ...]] = {
        0: ("region", "own", "operations", "session", "", None, f"municipality|{filled.re.tenant}"),
        1: (filled.re.tenant, filled.horten.region, None), 2: (uuid4(),), 3: ("other", "", None, "try|60"),
        4: (61, 3600, 0, -1, None), 5: (expires + 1, expires - 120, 0, 2**62, None),
        6: (b"", b"\x00" * 32, None, true[6][:-1], true[6] + b"\x00"),
    }  # fmt: skip
    for at, values in wrong.items():
        for value in values:
            forged = [*true[:at], value, *true[at + 1 :]]
            with pytest.raises(asyncpg.InvalidAuthorizationSpecificationError):
                await app.execute(ENTER_JOB, *forged)


@pytest.mark.parametrize("late", [-1, -3600, 86_401 + 60, 10**9])
async def test_a_proof_that_has_run_out_or_holds_too_long_is_refused(
    late: int, app: Connection, filled: Filled
) -> None:
    expires = int(time.time()) + late
    proof = KEYS.door_proof(f"job|municipality|{filled.horten.tenant}||try|60|{expires}")
    with pytest.raises(asyncpg.InvalidAuthorizationSpecificationError):
        await app.execute(ENTER_JOB, "municipality", filled.horten.tenant, None, "try", 60, expires, proof)


async def test_no_ticket_holds_longer_than_an_hour_even_for_a_true_proof(
    app: Connection, filled: Filled
) -> None:
    for seconds in (0, -5, 3601, 2**31 - 1):
        expires, proof = job_proof(KEYS, PlaceKind.MUNICIPALITY, filled.horten.tenant, None, "long", seconds)
        with pytest.raises(asyncpg.PostgresError):
            await app.execute(
                ENTER_JOB, "municipality", filled.horten.tenant, None, "long", seconds, expires, proof
            )


async def test_a_session_starts_only_on_a_proof_for_that_user_and_that_token(
    app: Connection, filled: Filled
) -> None:
    start = "SELECT sammen.start_session($1, $2, 'test', NULL, $3, $4)"
    mine, theirs = filled.world.user("horten", Role.PAYROLL), filled.world.user("re", Role.PAYROLL)
    hashed, other = token_hash("mine"), token_hash("theirs")
    expires = int(time.time()) + 60
    proof = KEYS.door_proof(f"login|{mine}|{hashed.hex()}|{expires}")
    job = KEYS.door_proof(f"job|{mine}|{hashed.hex()}|{expires}")
    for arguments in (
        (theirs, hashed, expires, proof), (mine, other, expires, proof), (mine, hashed, expires + 1, proof),
        (mine, hashed, expires, job), (mine, hashed, expires, b""), (mine, hashed, expires, None),
        (None, hashed, expires, proof), (mine, None, expires, proof), (mine, hashed, None, proof), (None, None, None, None),
    ):  # fmt: skip
        with pytest.raises(asyncpg.InvalidAuthorizationSpecificationError):
            await app.execute(start, *arguments)


@pytest.mark.parametrize("call", [
    "sammen.write_ticket('municipality', gen_random_uuid(), NULL, NULL, NULL, '{}', 60)", "sammen.open_ticket()",
    "sammen.keyed_hash('\\x00', 'x')", "sammen.proof_ok('x', 1, '\\x00')",
])  # fmt: skip
async def test_what_makes_and_reads_tickets_is_not_the_app_roles_to_call(call: str, app: Connection) -> None:
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await app.fetch(f"SELECT {call}")


async def test_a_ticket_tells_nothing_of_the_key_and_the_key_is_in_no_setting(
    app: Connection, filled: Filled
) -> None:
    secrets = [row["secret"] for row in await filled.world.sql("SELECT secret FROM vault")]
    assert len(secrets) == 2
    async with app.transaction():
        ticket = await _ticket(app, filled, filled.horten.tenant)
        settings = " ".join(str(row["setting"]) for row in await app.fetch("SELECT setting FROM pg_settings"))
        assert re.fullmatch(r"[0-9a-f]{64}", ticket.split("|")[10])
    assert not any(secret.hex() in ticket + settings for secret in secrets)


async def test_the_regions_members_read_the_pool_or_the_figures_by_their_role_and_never_both(
    filled: Filled,
) -> None:
    world = filled.world
    pool, figures = ("need", "candidate", "proposal"), ("figure_approval",)
    # What is approved is nobody's to read: the region's own job hides what must be hidden first.
    raw = ("approved_figure",)
    for role, reads, never in (
        (Role.SHARED_COORDINATOR, pool, (*figures, *raw)),
        (Role.STEERING_GROUP_MEMBER, figures, (*pool, *raw)),
        (Role.PROJECT_MANAGER, figures, (*pool, *raw)),
        (Role.COURSE_COORDINATOR, (), (*pool, *figures, *raw)),
    ):
        async with world.at("vestfold", role) as uow:
            for table in reads:
                assert await uow.call(f"SELECT 1 FROM sammen.{table}"), (role, table)
            for table in never:
                assert not await uow.call(f"SELECT 1 FROM sammen.{table}"), (role, table)


async def test_a_password_hash_is_not_given_without_the_programs_proof(app: Connection) -> None:
    with pytest.raises(asyncpg.InvalidAuthorizationSpecificationError):
        await app.fetch("SELECT * FROM sammen.login_lookup('kari@horten.no', 2000000000, $1)", b"x" * 32)
