"""What stands in the database itself: the level each role asks for, and doors that want the program's word."""

from __future__ import annotations

import time
from uuid import uuid4

import asyncpg
import pytest

from sammen.identity.service import Entry, start_session
from sammen.keys import token_hash
from sammen.policy.assurance import LEAST, Level, enough, rank
from sammen.policy.roles import ROLE_PLACE, Role
from sammen.tenancy.context import PlaceKind
from sammen.tenancy.enter import enter_web
from tests.database import KEYS
from tests.worlds import World


async def test_the_database_and_the_policy_ask_the_same_of_each_role(shared_world: World) -> None:
    for role in Role:
        said = await shared_world.sql(
            "SELECT role_demand($1) AS level, level_no(role_demand($1)) AS no", role.value
        )
        assert (said[0]["level"], said[0]["no"]) == (LEAST[role].value, rank(LEAST[role])), role
    for level in [*Level, "", "unknown"]:
        assert (await shared_world.sql("SELECT level_no($1) AS no", level))[0]["no"] == rank(level)
    assert [
        role for role in Role if ROLE_PLACE[role] != "own" and not enough(LEAST[role], Level.SECOND_FACTOR)
    ] == []
    assert min(rank(level) for level in LEAST.values()) > rank(Level.PASSWORD)


@pytest.mark.parametrize("role", [Role.MANAGER, Role.CONTACT, Role.STEERING_GROUP_MEMBER, Role.OPERATOR])
async def test_each_level_opens_the_places_that_ask_for_no_more(shared_world: World, role: Role) -> None:
    kind = PlaceKind(ROLE_PLACE[role])
    slug = {PlaceKind.REGION: "vestfold", PlaceKind.OPERATIONS: "drift"}.get(kind, "horten")
    user = shared_world.user(slug, role)
    for level in Level:
        token = await start_session(
            shared_world.engine, KEYS, user, "test", uuid4(), Entry("password", level)
        )
        uow = await enter_web(shared_world.engine, KEYS, token_hash(token), kind, slug)
        opened = enough(level, LEAST[role])
        assert (uow.context.kind is kind) is opened, (role, level)
        assert uow.context.wants == ("" if opened else LEAST[role].value)
        if not opened:
            assert not await uow.call("SELECT 1 FROM sammen.person UNION ALL SELECT 1 FROM sammen.candidate")
        await uow.rollback()


async def test_a_municipality_asks_for_more_of_its_own_roles_and_never_for_less(world: World) -> None:
    user = world.user("horten", Role.MANAGER)
    for asked, level, opened in (
        ("high", Level.SUBSTANTIAL, False),
        ("high", Level.HIGH, True),
        ("password", Level.PASSWORD, False),
        ("nonsense", Level.SECOND_FACTOR, True),
    ):
        await world.sql(
            "UPDATE municipality SET settings = jsonb_build_object('levels', jsonb_build_object('manager', $1::text))"
            " WHERE id = $2",
            asked,
            world.horten,
        )
        token = await start_session(world.engine, KEYS, user, "test", uuid4(), Entry("password", level))
        uow = await enter_web(world.engine, KEYS, token_hash(token), PlaceKind.MUNICIPALITY, "horten")
        assert (uow.context.kind is PlaceKind.MUNICIPALITY) is opened, (asked, level)
        await uow.rollback()


async def test_a_session_starts_at_a_level_only_with_a_proof_of_that_level(shared_world: World) -> None:
    user, hashed, expires = shared_world.user("horten", Role.PAYROLL), token_hash("x"), int(time.time()) + 60
    said = f"session|{user}|{hashed.hex()}|password|password"
    proof = KEYS.door_proof(f"{said}|{expires}")
    async with shared_world.at("horten", Role.PAYROLL) as uow:
        with pytest.raises(asyncpg.InvalidAuthorizationSpecificationError):
            await uow.call(
                "SELECT sammen.open_session($1, $2, '', NULL, 'password', 'high', $3, $4)",
                user,
                hashed,
                expires,
                proof,
            )


@pytest.mark.parametrize("call", [
    "sammen.raise_session('second_factor', sha256('x'), NULL, 2000000000, 'x')",
    "sammen.totp_take(gen_random_uuid(), 1, 2000000000, 'x')", "sammen.totp_begin(gen_random_uuid(), 'x', 2000000000, 'x')",
    "sammen.password_set('x', NULL, 2000000000, 'x')", "sammen.my_password(2000000000, 'x')",
    "sammen.recovery_make(ARRAY[sha256('x')], 2000000000, 'x')", "sammen.login_try('a', 2000000000, 'x')",
    "sammen.account_tell(gen_random_uuid(), 'x', gen_random_uuid(), 2000000000, 'x')",
    "sammen.reset_ask('a', sha256('x'), sha256('x'), sha256('x'), gen_random_uuid(), 'x', NULL, 2000000000, 'x')",
    "sammen.link_look(sha256('x'), sha256('x'), 2000000000, 'x')", "sammen.link_use(sha256('x'), 'x', NULL, 2000000000, 'x')",
    "sammen.invitation_use(sha256('x'), NULL, 'a', 'b', sha256('x'), NULL, 2000000000, 'x')",
    "sammen.sheet_make(gen_random_uuid(), ARRAY[sha256('x')], 2000000000, 'x')",
    "sammen.account_notice_take(gen_random_uuid())", "sammen.account_noticed(gen_random_uuid(), 'sent')",
    "sammen.members()", "sammen.member_invitations()", "sammen.member_grant(gen_random_uuid(), 'manager', now()::date, NULL)",
    "sammen.member_revoke(gen_random_uuid(), 'manager')", "sammen.member_uninvite(gen_random_uuid())",
    "sammen.member_put_out(gen_random_uuid(), true)",
])  # fmt: skip
async def test_an_injected_statement_changes_nothing_of_any_account(shared_world: World, call: str) -> None:
    # As payroll, who is no administrator, in a session that is a persona's: neither may, and no proof fits.
    with pytest.raises((asyncpg.InvalidAuthorizationSpecificationError, asyncpg.InsufficientPrivilegeError)):
        async with shared_world.at("horten", Role.PAYROLL) as uow:
            await uow.call(f"SELECT {call}")
