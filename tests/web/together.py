"""What the walks of what municipalities do together begin with: three municipalities, and people with logins of their own."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid4

from playwright.async_api import Page

from deploy.database import administrator
from sammen.clock import OSLO
from sammen.policy.roles import ROLE_PLACE, Role
from tests.database import KEYS
from tests.integration.test_outbox import Inbox
from tests.settlement_samples import third_municipality
from tests.web.pool_steps import Walk
from tests.web.site import Site
from tests.worlds import SINCE, Browser, World

COORDINATOR = Role.PROVIDER_COORDINATOR
THIRD = "tonsberg"
Visit = Callable[..., Any]


async def user_in(world: World, tenant: UUID, slug: str, known_as: str, name: str, role: Role) -> UUID:
    """Somebody with one role in one municipality, and a login."""
    user = uuid4()
    await world.sql(
        "INSERT INTO user_account (id, email, display_name) VALUES ($1, $2, $3)",
        user, f"{known_as}@{slug}.test", name,
    )  # fmt: skip
    await world.sql(
        "INSERT INTO membership (id, user_id, kind, municipality_id, role, valid_from, granted_by)"
        " VALUES ($1, $2, $3, $4, $5, $6, 'test')",
        uuid4(), user, ROLE_PLACE[role], tenant, role.value, SINCE,
    )  # fmt: skip
    world.users[slug, known_as] = user
    return user


async def third(world: World) -> UUID:
    """Tønsberg joins the region, with a coordinator, a manager and somebody who may log in as a contact."""
    tenant = await third_municipality(world)
    for role, name in (
        (COORDINATOR, "Live Strand"),
        (Role.MANAGER, "Odd Berge"),
        (Role.CONTACT, "Tone Monsen"),
    ):
        await user_in(world, tenant, THIRD, role.value, name, role)
    return tenant


async def visits(world: World, *jobs: Visit) -> None:
    """Queue what the clock would: the jobs of the night, for every place. The site's own worker does them."""
    async with administrator(world.database.admin_url) as connection:
        for visit in jobs:
            await visit(connection, KEYS)


async def idle(world: World, page: Page) -> None:
    """Wait until the worker has done everything that may be done now."""
    for _ in range(240):
        waits = await world.sql(
            "SELECT count(*) AS n FROM job_queue WHERE status IN ('queued', 'picked') AND execute_after <= now()"
        )
        if not waits[0]["n"]:
            break
        await page.wait_for_timeout(250)
    failed = await world.sql("SELECT * FROM job_queue WHERE status = 'failed'")
    assert not failed, failed


def norwegian(moment: datetime) -> date:
    """The day it is in Norway then."""
    return moment.astimezone(OSLO).date()


@dataclass
class Together(Walk):
    """A walk with three municipalities, and what is found out on the way."""

    course: str = ""
    group: str = ""
    code: str = ""
    found: dict[str, str] = field(default_factory=dict)

    def who(
        self, slug: str, known_as: str, start: str, width: int = 390
    ) -> AbstractAsyncContextManager[Page]:
        """A window of somebody with a login of their own (`user_in`), on a phone unless said otherwise."""

        @asynccontextmanager
        async def window() -> AsyncIterator[Page]:
            token = await self.world.token(self.world.users[slug, known_as])
            async with self.site.as_user(token, start, width=width) as page:
                yield page

        return window()

    async def browser(self, slug: str, known_as: str) -> Browser:
        """The same without a window."""
        return Browser(self.world.app, await self.world.token(self.world.users[slug, known_as]))


def walk_of(world: World, site: Site, inbox: Inbox | None = None) -> Together:
    """A walk that begins."""
    return Together(world, site, inbox or Inbox())
