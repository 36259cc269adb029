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
from collections import Counter, deque
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from deploy.browser import FLAGS, chromium_path
from deploy.demo.personas import PERSONAS, Persona

if TYPE_CHECKING:
    from playwright.async_api import Browser, Page

ROOT = Path(__file__).resolve().parents[1]
DATABASE = "sammen_bilder"
WIDTHS = (1280, 320)
HEIGHT = 900
AT_ONCE = 4
MOST_OF_A_KIND = 12
"""Pages of one kind opened in search of links: some kinds are reached only from a few."""
NOT_PAGES = {"/helse", "/klar"}
PUBLIC = ("/", "/logg-inn", "/tilgjengelighet", "/personvern", "/hjelp")
LINKS = "links => links.map(link => link.href)"


@dataclass
class Album:
    """What has been photographed. `templates`: route templates of pages, as regular expressions."""

    folder: Path
    url: str
    templates: dict[str, re.Pattern[str]]
    seen: set[str] = field(default_factory=set)
    taken: int = 0
    failed: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)

    def template_of(self, path: str) -> str | None:
        """The route a path belongs to; fixed segments win over parameters."""
        found = [template for template, pattern in self.templates.items() if pattern.fullmatch(path)]
        return min(found, key=lambda template: template.count("{"), default=None)


def page_templates(app: Any) -> dict[str, re.Pattern[str]]:
    """Every GET route of the application that is a page, with the pattern its addresses follow."""
    found = {}
    for route in app.app.routes:
        path = str(route.path_format)
        if "GET" in route.methods and not path.startswith("/static"):
            found[path] = re.compile(re.sub(r"\\\{[^}]*\\\}", "[^/]+", re.escape(path)))
    return found


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
        album = Album(folder, url, templates)
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
    missing = sorted(set(templates) - album.seen - NOT_PAGES)
    print(f"\n{album.taken} bilder i {folder}")
    for template in missing:
        print(f"  ingen av personene kom til {template}")
    for line in [*album.refused, *album.failed]:
        print(f"  {line}", file=sys.stderr)
    return 1 if album.failed else 0


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
        await page.goto(album.url + path)
        await _shoot(page, album, "alle", path)
    await window.close()


async def _photograph(browser: Browser, album: Album, persona: Persona) -> None:
    """Follow links from the persona's start, and try the place's own pages; one picture of each kind of page."""
    window = await browser.new_context(locale="nb-NO", viewport={"width": WIDTHS[0], "height": HEIGHT})
    page = await window.new_page()
    await page.goto(album.url + "/")
    await page.get_by_role("button", name=f"{persona.name},").click()
    await page.wait_for_url(lambda address: urlsplit(address).path != "/")
    start = urlsplit(page.url).path
    linked, known = deque([page.url]), {page.url}
    # Pages without ids, asked for without a link: most are refused, and a refusal is no fault here.
    tried = deque(album.url + path for path in _without_ids(album, start) if album.url + path not in known)
    shot, visits = set[str](), Counter[str]()
    while linked or tried:
        expected = bool(linked)
        address = linked.popleft() if expected else tried.popleft()
        template = album.template_of(urlsplit(address).path)
        if template is None or visits[template] >= (MOST_OF_A_KIND if expected else 1):
            continue
        visits[template] += 1
        if not await _opened(page, album, persona.name, address, template, told=expected):
            continue
        reached = album.template_of(urlsplit(page.url).path) or template
        album.seen.add(template)
        if reached not in shot:
            shot.add(reached)
            await _shoot(page, album, persona.name, reached)
        for link in await _links(page, album.url):
            if link not in known:
                known.add(link)
                linked.append(link)
    await window.close()


def _without_ids(album: Album, start: str) -> list[str]:
    """Addresses in the persona's own place of pages whose route has no other parameter than the place."""
    kind, _, slug = start.strip("/").partition("/")
    found = []
    for template in album.templates:
        head, _, tail = template.strip("/").partition("/")
        if head == kind and "{" not in tail.removeprefix("{slug}"):
            found.append(template.replace("{slug}", slug.split("/")[0]))
    return found


async def _opened(page: Page, album: Album, who: str, address: str, template: str, *, told: bool) -> bool:
    """Whether a page is there to be photographed. `told`: a failure is one, since a link led here."""
    from playwright.async_api import Error

    try:
        answer = await page.goto(address)
    except Error as error:
        if "Download is starting" in str(error):
            album.seen.add(template)
        else:
            album.failed.append(f"{who}: {urlsplit(address).path}: {error.message.splitlines()[0]}")
        return False
    if answer is not None and answer.status < 400:
        return True
    if told:
        # A link that leads to "you may not" is worth a look, though the page may well explain it.
        status = answer.status if answer is not None else 0
        (album.refused if status == 403 else album.failed).append(
            f"{who}: {urlsplit(address).path}: {status}"
        )
    return False


async def _links(page: Page, url: str) -> Iterable[str]:
    found: list[str] = await page.eval_on_selector_all("a[href]", LINKS)
    return [link.split("#")[0] for link in found if link.startswith(url)]


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
    album.seen.add(template)
