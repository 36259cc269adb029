"""Steps of a login through a provider, as a browser takes them, and what is looked for behind the scenes."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from uuid import uuid4

import httpx

from sammen.policy.roles import Role
from tests.hostile_provider import HostileProvider, link_to, register
from tests.worlds import Browser, World

JOURNEY = "sammen-innlogging"


@asynccontextmanager
async def registered(world: World, provider: HostileProvider) -> AsyncIterator[str]:
    """The code of a provider whose SUBJECT Horten's administrator has linked to Horten's manager; closed on leaving."""
    chosen = f"p{uuid4().hex[:8]}"
    made = await register(world, provider.issuer, chosen)
    await link_to(world, made, world.user("horten", Role.MANAGER), place=world.horten)
    try:
        yield chosen
    finally:
        await world.sql("DELETE FROM linked_identity WHERE provider_id = $1", made)
        await world.sql("UPDATE identity_provider SET enabled = false WHERE id = $1", made)


async def leave(browser: Browser, code: str, **query: str) -> str:
    """The address at the provider that the browser is sent to."""
    answer = await browser.get(f"/logg-inn/med/{code}", params={"kommune": "horten", **query})
    assert answer.status_code == 303, answer.text
    return str(answer.headers["location"])


async def come_back(browser: Browser, code: str, answer: dict[str, str]) -> httpx.Response:
    return await browser.get(f"/logg-inn/med/{code}/svar", params=answer)


async def log_in(
    world: World, provider: HostileProvider, code: str, **query: str
) -> tuple[Browser, httpx.Response]:
    browser = Browser(world.app)
    return browser, await come_back(browser, code, provider.approve(await leave(browser, code, **query)))


async def last_fault(world: World, code: str) -> str:
    rows = await world.sql(
        "SELECT details ->> 'fault' AS fault FROM system_audit_entry WHERE action = 'login.provider_refused'"
        " AND details ->> 'provider' = $1 ORDER BY at DESC LIMIT 1", code,
    )  # fmt: skip
    return rows[0]["fault"] if rows else ""


async def sessions(world: World, code: str) -> list[Any]:
    return await world.sql(
        "SELECT w.* FROM web_session w JOIN identity_provider p ON p.id = w.provider_id"
        " WHERE p.code = $1 AND w.ended_at IS NULL", code,
    )  # fmt: skip
