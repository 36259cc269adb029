"""What the tests of assemblies begin with: contacts, and a series planned at home, jointly or by the region."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sammen.clock import now
from sammen.policy.roles import Role
from shared_pool.assemblies.inviting import invite
from shared_pool.assemblies.joint import make_joint
from shared_pool.assemblies.queries import MeetingCard, series_meetings
from shared_pool.assemblies.series import SeriesFacts
from shared_pool.assemblies.service import plan
from tests.worlds import World

COORDINATOR = Role.PROVIDER_COORDINATOR
SHARED = Role.SHARED_COORDINATOR


def series(*days: int, **changes: Any) -> SeriesFacts:
    """A guidance group with a meeting so many days from now each, two hours long."""
    begins = [now().replace(microsecond=0) + timedelta(days=day) for day in days or (7,)]
    facts: dict[str, Any] = {
        "kind": "guidance", "title": "Veiledningsgruppe", "about": "Grenser i oppdraget", "led_by": "Kari Lunde",
        "times": [(one, one + timedelta(hours=2)) for one in begins], "place": "Rådhuset", "link": "",
    }  # fmt: skip
    return SeriesFacts(**(facts | changes))


async def planned(world: World, slug: str = "horten", *days: int, **changes: Any) -> UUID:
    """A series in a municipality; its id."""
    async with world.at(slug, COORDINATOR) as uow:
        return await plan(uow, series(*days, **changes))


async def held_by_region(world: World, *days: int, **changes: Any) -> UUID:
    """A joint series that the region holds, with every member's copy made; the shared row's id."""
    async with world.at("vestfold", SHARED) as uow:
        joint, _ = await make_joint(uow, series(*days, **changes))
    await world.run_jobs()
    return joint


async def copy_in(world: World, slug: str) -> UUID:
    """The id of a municipality's one series."""
    tenant = world.horten if slug == "horten" else world.re
    rows = await world.sql("SELECT id FROM assembly WHERE tenant_id = $1", tenant)
    assert len(rows) == 1
    return UUID(str(rows[0]["id"]))


async def invited(
    world: World, slug: str, assembly: UUID, picked: Sequence[UUID] = (), colleagues: Sequence[UUID] = ()
) -> int:
    """Invite those picked, or everybody at work."""
    async with world.at(slug, COORDINATOR) as uow:
        return await invite(uow, assembly, "picked" if picked else "engaged", picked, colleagues)


async def meetings_of(world: World, slug: str, assembly: UUID) -> Sequence[MeetingCard]:
    """The meetings of a series as the municipality sees them."""
    async with world.at(slug, COORDINATOR) as uow:
        return await series_meetings(uow, assembly)


async def begin(world: World, meeting: UUID, *, ago: timedelta = timedelta(hours=1)) -> datetime:
    """Let a meeting have begun: everywhere it is."""
    when = now() - ago
    for table in ("assembly_meeting", "joint_meeting"):
        await world.sql(
            f"UPDATE {table} SET starts_at = $2, ends_at = $3 WHERE id = $1",
            meeting,
            when,
            when + timedelta(hours=2),
        )
    return when
