"""The gallery in Chromium: axe, no sideways scrolling, focus that shows, and a page that runs under our own policy."""

from __future__ import annotations

import threading
from collections.abc import AsyncIterator, Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Page as BrowserPage
from playwright.async_api import async_playwright

from sammen.web.frame import CSP
from sammen.web.render import STATIC, build_environment, render
from tests.browser import chromium_path, demand_browser
from tests.web.test_components import HERE, gallery_values

pytestmark = pytest.mark.browser

AXE = Path(__file__).resolve().parents[2] / "node_modules" / "axe-core" / "axe.min.js"
RULES = '{runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}'
FOCUS = """() => {
  const focused = document.activeElement;
  if (!focused || focused === document.body) return null;
  const width = (style) => style.outlineStyle === "none" ? 0 : parseFloat(style.outlineWidth);
  const ring = Math.max(width(getComputedStyle(focused)), width(getComputedStyle(focused, "::after")));
  return [focused.outerHTML.slice(0, 120), ring];
}"""


class Handler(SimpleHTTPRequestHandler):
    """Two gallery pages and the static files, with the security policy of the real thing."""

    def __init__(self, *args: Any, pages: dict[str, bytes], **kwargs: Any) -> None:
        self.pages = pages
        super().__init__(*args, directory=str(STATIC.parent), **kwargs)

    def do_GET(self) -> None:
        body = self.pages.get(self.path)
        if body is None:
            super().do_GET()
            return
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def end_headers(self) -> None:
        self.send_header("Content-Security-Policy", CSP)
        super().end_headers()

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 -- the base class's name for it
        """Quiet: a test's output is its verdict."""


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    env = build_environment([HERE])
    pages = {
        f"/{lang}": render(env, "gallery.html", lang=lang, **gallery_values(lang)).encode()
        for lang in ("nb", "nn")
    }
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Handler, pages=pages))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.fixture
async def tab() -> AsyncIterator[BrowserPage]:
    demand_browser(chromium_path())
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=chromium_path(), args=["--no-sandbox", "--disable-gpu"]
        )
        # axe is put in from outside, which our policy would refuse.
        yield await browser.new_page(bypass_csp=True)
        await browser.close()


@pytest.mark.parametrize("lang", ["nb", "nn"])
@pytest.mark.parametrize("width", [1280, 390, 320])
async def test_axe_finds_nothing_and_nothing_scrolls_sideways(
    tab: BrowserPage, address: str, lang: str, width: int
) -> None:
    await tab.set_viewport_size({"width": width, "height": 900})
    await tab.goto(f"{address}/{lang}")
    await tab.evaluate("document.querySelectorAll('main details').forEach((fold) => { fold.open = true; })")
    assert await tab.evaluate("document.documentElement.scrollWidth") <= width
    await tab.evaluate(AXE.read_text(encoding="utf-8"))
    found = await tab.evaluate(f"axe.run({RULES})")
    assert [(fault["id"], fault["nodes"][0]["html"][:200]) for fault in found["violations"]] == []
    assert len(found["passes"]) > 30


async def test_the_error_summary_has_focus_and_every_stop_after_it_shows_where_one_is(
    tab: BrowserPage, address: str
) -> None:
    await tab.set_viewport_size({"width": 1280, "height": 900})
    await tab.goto(f"{address}/nb")
    await tab.wait_for_function("document.activeElement.matches('.ds-error-summary')")
    seen = {}
    for _ in range(120):
        await tab.keyboard.press("Tab")
        found = await tab.evaluate(FOCUS)
        if found is None:
            break
        seen[found[0]] = found[1]
    assert len(seen) > 40
    assert {html: ring for html, ring in seen.items() if ring < 2} == {}


async def test_a_menu_closes_with_escape_and_gives_the_focus_back(tab: BrowserPage, address: str) -> None:
    await tab.set_viewport_size({"width": 1280, "height": 900})
    await tab.goto(f"{address}/nb")
    await tab.click(".place > summary")
    await tab.keyboard.press("Tab")
    await tab.keyboard.press("Escape")
    assert await tab.evaluate("document.querySelector('.place').open") is False
    assert await tab.evaluate("document.activeElement.matches('.place > summary')")


async def test_the_browser_refuses_nothing_under_our_own_policy(address: str) -> None:
    demand_browser(chromium_path())
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=chromium_path(), args=["--no-sandbox", "--disable-gpu"]
        )
        tab = await browser.new_page()
        said: list[str] = []
        tab.on("console", lambda message: said.append(message.text[:120]))
        tab.on("pageerror", lambda error: said.append(str(error)))
        await tab.goto(f"{address}/nb", wait_until="networkidle")
        await browser.close()
    assert said == []
