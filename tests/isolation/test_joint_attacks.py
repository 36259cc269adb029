"""The doors of groups across borders, knocked on by those they are not for: another member, the region, and nobody."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID, uuid4

import asyncpg
import pytest

from sammen.clock import today
from sammen.db.unit_of_work import plain_transaction
from sammen.policy.roles import Role
from tests.joint_samples import COORDINATOR, joined, leads, meeting, placed
from tests.settlement_samples import third_municipality
from tests.worlds import World

TABLES = (
    "joint_group",
    "joint_partner",
    "joint_seat",
    "joint_session",
    "joint_presence",
    "joint_idea",
    "joint_tally",
)
ROLES = (Role.SHARED_COORDINATOR, Role.STEERING_GROUP_MEMBER, Role.PROJECT_MANAGER, Role.COURSE_COORDINATOR)


@dataclass(frozen=True, slots=True)
class There:
    """Horten's group with one of Re's in it, a meeting today, and a third municipality that has nothing to do with it."""

    world: World
    joint: UUID
    session: UUID
    seat: UUID
    part: UUID
    third: UUID


@pytest.fixture
async def there(world: World) -> There:
    group, joint, leaders = await joined(world)
    await leads(world, leaders[0])
    await placed(world, "re", joint, "Trym Solvang")
    session = await meeting(world, group)
    seat = (await world.sql("SELECT id FROM joint_seat"))[0]["id"]
    part = (await world.sql("SELECT id FROM joint_partner"))[0]["id"]
    return There(world, joint, session, seat, part, await third_municipality(world))


def doors(there: There) -> dict[str, str]:
    """Every door, as it would be called by who knows all the ids."""
    return {
        "groups": "SELECT 1 FROM sammen.joint_groups()",
        "meetings": f"SELECT 1 FROM sammen.joint_meetings('{there.joint}')",
        "view": f"SELECT 1 FROM sammen.joint_view('{there.joint}')",
        "counts": "SELECT 1 FROM sammen.joint_counts()",
        "left": "SELECT 1 FROM sammen.joint_left()",
        "ideas": f"SELECT 1 FROM sammen.joint_ideas('{there.joint}')",
        "sums": f"SELECT 1 FROM sammen.joint_sums('{there.joint}')",
        "held": "SELECT 1 FROM sammen.joint_held()",
        "day list": f"SELECT 1 FROM sammen.group_day_list('{there.session}')",
        "day duty": f"SELECT 1 FROM sammen.group_day_duty('{there.session}')",
        "presence": f"SELECT 1 WHERE sammen.joint_note_presence('{there.session}', '{there.seat}', 'present') IS NOT NULL",
        "state": f"SELECT 1 WHERE sammen.joint_idea_state('{uuid4()}', 'dropped', NULL)",
        "promise": f"SELECT 1 FROM sammen.joint_promise('{there.joint}', '{there.third}', 1, NULL) WHERE answer <> 'unknown'",
        "answer": f"SELECT 1 WHERE sammen.joint_answer('{there.part}', true, '1') <> 'unknown'",
        "stop": f"SELECT 1 WHERE sammen.joint_stop('{there.part}', '{today()}') <> 'unknown'",
        "take": f"SELECT 1 FROM sammen.joint_seat('{there.joint}', NULL, 'member') WHERE answer <> 'unknown'",
        "free": f"SELECT 1 FROM sammen.joint_seat('{there.joint}', '{there.seat}', 'ended') WHERE answer <> 'unknown'",
    }


async def test_a_member_outside_the_group_gets_nothing_from_any_door_or_table(there: There) -> None:
    for name, door in doors(there).items():
        async with there.world.job(there.third) as uow:
            assert await uow.call(door) == [], name
    async with there.world.job(there.third) as uow:
        for table in TABLES:
            assert await uow.call(f"SELECT 1 FROM sammen.{table}") == [], table


@pytest.mark.parametrize("role", ROLES)
async def test_the_region_reads_no_row_and_changes_nothing(there: There, role: Role) -> None:
    may_count = {"counts"} if role is Role.SHARED_COORDINATOR else set()
    for name, door in doors(there).items():
        async with there.world.at("vestfold", role) as uow:
            assert bool(await uow.call(door)) is (name in may_count), name
    async with there.world.at("vestfold", role) as uow:
        for table in TABLES:
            assert await uow.call(f"SELECT 1 FROM sammen.{table}") == [], table


async def test_without_a_ticket_every_door_is_shut(there: There) -> None:
    for name, door in doors(there).items():
        async with plain_transaction(there.world.engine) as raw:
            assert await raw.fetch(door) == [], name


async def test_the_host_reads_no_seat_of_others_and_the_partner_no_row_of_the_group(there: There) -> None:
    async with there.world.at("horten", COORDINATOR) as uow:
        for table in ("joint_seat", "joint_presence", "joint_tally", "day_card"):
            assert await uow.call(f"SELECT 1 FROM sammen.{table}") == [], table
        # Not even with the seat's id: it is another's.
        freed = await uow.call(
            "SELECT answer FROM sammen.joint_seat($1, $2, 'ended')", there.joint, there.seat
        )
        assert freed[0]["answer"] == "unknown"
    async with there.world.at("re", COORDINATOR) as uow:
        for table in ("joint_group", "joint_session"):
            assert await uow.call(f"SELECT 1 FROM sammen.{table}") == [], table
        shown = await uow.call("SELECT * FROM sammen.joint_groups()")
        assert [row["group_id"] for row in shown] == [None]
        assert await uow.call(doors(there)["day list"]) == []


@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO sammen.joint_seat (region_id, id, joint_group_id, home_id, state, taken_on) SELECT region_id,"
        " gen_random_uuid(), joint_group_id, sammen.current_tenant(), 'waiting', taken_on FROM sammen.joint_seat",
        "UPDATE sammen.joint_seat SET state = 'waiting'",
        "UPDATE sammen.joint_partner SET quota = 60",
        "DELETE FROM sammen.joint_partner",
        "UPDATE sammen.joint_presence SET state = 'present'",
        "SELECT * FROM sammen.joint_homes(NULL, NULL)",
        "SELECT * FROM sammen.joint_reckon(NULL, NULL, NULL)",
        "SELECT sammen.joint_led_today(NULL)",
        "SELECT * FROM sammen.read_day_cards('group', NULL, NULL, '')",
    ],
)
async def test_seats_promises_and_the_numbers_behind_them_are_for_the_functions_alone(
    there: There, statement: str
) -> None:
    for tenant in (there.world.horten, there.world.re):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            async with there.world.job(tenant) as uow:
                await uow.call(statement)
