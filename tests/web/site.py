"""The demo as people meet it: real web process code, real worker, real Chromium, on a database of its own."""

from __future__ import annotations

import asyncio
import re
import socket
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import uvicorn
from playwright.async_api import Browser, BrowserContext, Page, async_playwright

from deploy.asgi import make_app
from deploy.browser import FLAGS
from deploy.walk import page_templates
from deploy.worker import import_jobs, work
from sammen.settings import Environment, Settings
from tests.browser import chromium_path
from tests.database import SECRET, TestDatabase, fresh_database
from tests.demo_samples import demo_template

ROOT = Path(__file__).resolve().parents[2]
AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
CHOOSE = """(language) => {
  const button = Object.assign(document.createElement('button'), {type: 'submit', name: 'sprak', value: language});
  const form = document.getElementById('form-sprak');
  form.append(button);
  button.click();
}"""
FIND_SIDEWAYS = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


@dataclass
class Site:
    """A running demo and a browser. `as_persona` gives a window of one's own. `templates`: routes that are pages.

    `unlinked`: addresses of pages that no link leads to, once there are any.
    """

    url: str
    database: TestDatabase
    browser: Browser
    templates: dict[str, re.Pattern[str]]
    unlinked: Sequence[str] = ()

    @asynccontextmanager
    async def as_persona(self, name: str, *, width: int = 1280, language: str = "nb") -> AsyncIterator[Page]:
        """A page where the persona has just stepped in."""
        window = await self._window(width)
        page = await window.new_page()
        await page.goto(self.url + "/")
        await page.get_by_role("button", name=name).click()
        await page.wait_for_load_state()
        # The choice is the person's, not the window's: another test may have chosen otherwise.
        if await page.locator("html").get_attribute("lang") != language:
            async with page.expect_navigation():
                await page.evaluate(CHOOSE, language)
        try:
            yield page
        finally:
            await window.close()

    @asynccontextmanager
    async def as_user(self, token: str, start: str, *, width: int = 1280) -> AsyncIterator[Page]:
        """A page at the address `start`, logged in with a session's token: for who is no persona of the demo."""
        window = await self._window(width)
        await window.add_cookies([{"name": "sammen", "value": token, "url": self.url}])
        page = await window.new_page()
        await page.goto(self.url + start)
        try:
            yield page
        finally:
            await window.close()

    async def _window(self, width: int) -> BrowserContext:
        window = await self.browser.new_context(viewport={"width": width, "height": 900}, locale="nb-NO")
        window.set_default_timeout(10_000)
        return window


async def axe(page: Page) -> list[str]:
    """What axe finds wrong: rule, and the first element."""
    await page.evaluate(AXE.read_text(encoding="utf-8"))
    found: dict[str, Any] = await page.evaluate(
        "axe.run(document, {resultTypes: ['violations'],"
        " runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']})"
    )
    return [f"{v['id']}: {v['nodes'][0]['html'][:160]}" for v in found["violations"]]


async def sideways(page: Page) -> int:
    """How many pixels the page is wider than its window."""
    return int(await page.evaluate(FIND_SIDEWAYS))


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@asynccontextmanager
async def serving(database: TestDatabase, environment: Environment) -> AsyncIterator[Site]:
    """Serve what the database holds, with a worker and a browser, until leaving."""
    port = _free_port()
    settings = Settings(
        environment=environment, app_url=database.app_url, key=SECRET, personas=True, port=port, pool_size=8,
        log_level="ERROR",
    )  # fmt: skip
    import_jobs()
    stop = asyncio.Event()
    app = make_app(settings)
    server = uvicorn.Server(uvicorn.Config(app, port=port, log_level="error", lifespan="on"))
    web = asyncio.create_task(server.serve())
    # No visitors: what a test sees is the same at every time of day, and no other test's senders carry this site's mail.
    working = asyncio.create_task(work(settings, stop, clocks=False))
    while not server.started:  # noqa: ASYNC110 - uvicorn has no event to wait for
        await asyncio.sleep(0.05)
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium_path(), args=FLAGS)
        try:
            yield Site(f"http://127.0.0.1:{port}", database, browser, page_templates(app))
        finally:
            await browser.close()
            stop.set()
            server.should_exit = True
            await asyncio.gather(web, working)


@asynccontextmanager
async def running_site(
    migrated: tuple[str, str], *, municipalities: Sequence[str], scale: float = 1.0
) -> AsyncIterator[Site]:
    """Serve the demo's world of these municipalities until leaving. It is built once a day and copied from then on."""
    filled = await demo_template(migrated, municipalities, scale)
    async with fresh_database(*filled) as database, serving(database, Environment.DEMO) as site:
        yield site
