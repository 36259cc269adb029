"""The demo's own world in a database, for the tests of it."""

from __future__ import annotations

from collections.abc import Sequence

from deploy.demo.world import build
from tests.database import SECRET, TestDatabase, kept_template


async def demo_template(
    migrated: tuple[str, str], municipalities: Sequence[str], scale: float = 1.0
) -> tuple[str, str]:
    """(server, name of a database with these municipalities' world), to be copied: built once a day, for all who ask."""
    server, template = migrated

    async def fill(made: TestDatabase) -> None:
        await build(made.admin_url, made.app_url, SECRET, municipalities=municipalities, scale=scale)

    return server, await kept_template(server, template, f"demo_{'_'.join(municipalities)}_{scale:g}", fill)
