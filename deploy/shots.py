"""`make shots`: a picture of every page for every persona, wide and narrow, in a world made for the purpose.

The pages are found as a visitor finds them, by following links from each persona's own start; which of them there
should be comes from the application's route table, so that a page nobody reaches is told of.
"""

from __future__ import annotations

import argparse
import asyncio
import re
import secrets
import shutil
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from deploy.browser import FLAGS, chromium_path
from deploy.demo.personas import PERSONAS, Persona
from deploy.walk import PUBLIC, Walk, page_templates

if TYPE_CHECKING:
    from playwright.async_api import Browser, Page

ROOT = Path(__file__).resolve().parents[1]
DATABASE = "sammen_bilder"
WIDTHS = (1280, 320)
HEIGHT = 900
AT_ONCE = 4


@dataclass
class Album:
    """What has been photographed, and the walk it was photographed on."""

    folder: Path
    walk: Walk
    taken: int = 0


def main(arguments: list[str]) -> int:
    """Take the pictures; returns the exit code."""
    parser = argparse.ArgumentParser(prog="sammen shots", description="Ta bilde av sidene, til mappa shots/.")
    parser.add_argument("--person", action="append", help="bare denne personen, for eksempel «Kari Lunde»")
    parser.add_argument("--mappe", type=Path, default=ROOT / "shots", help="hvor bildene legges")
    chosen = parser.parse_args(arguments)
    if chromium_path() is None:
        print("Chromium mangler. Installer det, for eksempel med: apt install chromium", file=sys.stderr)
        return 1
    people = [p for p in PERSONAS if not chosen.person or p.name in chosen.person]
    return asyncio.run(_take(people, chosen.mappe))


async def _take(people: list[Persona], folder: Path) -> int:
    from playwright.async_api import async_playwright

    shutil.rmtree(folder, ignore_errors=True)
    async with _site() as (url, templates), async_playwright() as playwright:
        album = Album(folder, Walk(url, templates))
        browser = await playwright.chromium.launch(executable_path=chromium_path(), args=FLAGS)
        try:
            await _photograph_public(browser, album)
            turn = asyncio.Semaphore(AT_ONCE)

            async def one(persona: Persona) -> None:
                async with turn:
                    await _photograph(browser, album, persona)

            await asyncio.gather(*(one(persona) for persona in people))
        finally:
            await browser.close()
    print(f"\n{album.taken} bilder i {folder}")
    for template in sorted(album.walk.missing):
        print(f"  ingen av personene kom til {template}")
    for line in [*album.walk.refused, *album.walk.failed]:
        print(f"  {line}", file=sys.stderr)
    return 1 if album.walk.failed else 0


@asynccontextmanager
async def _site() -> AsyncIterator[tuple[str, dict[str, re.Pattern[str]]]]:
    """The application on a world of its own, which is thrown away afterwards."""
    import uvicorn

    from deploy.asgi import make_app
    from deploy.database import administrator, upgrade
    from deploy.demo.local import urls
    from deploy.demo.world import build
    from deploy.postgres import LocalServer
    from sammen.settings import Environment, Settings

    data, secret = ROOT / ".data", secrets.token_urlsafe(32)
    running = data.is_dir() and LocalServer.at(data).pid() is not None
    local = LocalServer.ensure(data)
    found = urls(local.admin_url, data, DATABASE)
    try:
        async with administrator(local.admin_url) as admin:
            await admin.execute(f"DROP DATABASE IF EXISTS {DATABASE} WITH (FORCE)")
            await admin.execute(f"CREATE DATABASE {DATABASE}")
        await upgrade(found.admin_url, found.app_url, secret)
        await build(found.admin_url, found.app_url, secret)
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = int(probe.getsockname()[1])
        settings = Settings(
            environment=Environment.DEMO, app_url=found.app_url, key=secret, personas=True, port=port, pool_size=12,
            log_level="ERROR",
        )  # fmt: skip
        app = make_app(settings)
        server = uvicorn.Server(uvicorn.Config(app, port=port, log_level="error", lifespan="on"))
        serving = asyncio.create_task(server.serve())
        while not server.started:  # noqa: ASYNC110 - uvicorn has no event to wait for
            await asyncio.sleep(0.05)
        try:
            yield f"http://127.0.0.1:{port}", page_templates(app)
        finally:
            server.should_exit = True
            await serving
    finally:
        async with administrator(local.admin_url) as admin:
            await admin.execute(f"DROP DATABASE IF EXISTS {DATABASE} WITH (FORCE)")
        if not running:
            local.stop()


async def _photograph_public(browser: Browser, album: Album) -> None:
    window = await browser.new_context(locale="nb-NO")
    page = await window.new_page()
    for path in PUBLIC:
        await page.goto(album.walk.url + path)
        await _shoot(page, album, "alle", path)
    await window.close()


async def _photograph(browser: Browser, album: Album, persona: Persona) -> None:
    """One picture of each kind of page the persona reaches, at every width."""
    window = await browser.new_context(locale="nb-NO", viewport={"width": WIDTHS[0], "height": HEIGHT})
    page = await window.new_page()
    await page.goto(album.walk.url + "/")
    await page.get_by_role("button", name=f"{persona.name},").click()
    await page.wait_for_url(lambda address: urlsplit(address).path != "/")
    async for template, address in album.walk.follow(page, persona.name):
        await page.goto(address)
        await _shoot(page, album, persona.name, template)
    await window.close()


async def _shoot(page: Page, album: Album, who: str, template: str) -> None:
    """The page at every width, under the persona's name."""
    inside = re.sub(r"\{slug[^}]*\}", "", template).replace("{", "en-").lower()
    name = re.sub(r"[^a-z0-9æøå]+", "-", inside).strip("-") or "forside"
    for width in WIDTHS:
        await page.set_viewport_size({"width": width, "height": HEIGHT})
        target = album.folder / str(width) / who.lower().replace(" ", "-") / f"{name}.png"
        target.parent.mkdir(parents=True, exist_ok=True)
        await page.screenshot(path=target, full_page=True)
        album.taken += 1
    album.walk.seen.add(template)
