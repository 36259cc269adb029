"""Finding every page as a visitor finds it: by following links from one's own start.

The photographs and the tests of every page walk alike. Addresses are read without drawing them, since most are only
read for their links; the walker is told when a page of a new kind is reached, and may then open it in a browser.
"""

from __future__ import annotations

import re
from collections import Counter, deque
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from html import unescape
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin, urlsplit

if TYPE_CHECKING:
    from playwright.async_api import Page

MOST_OF_A_KIND = 12
"""Pages of one kind read in search of links: some kinds are reached only from a few."""
MOST_OF_PARTS = 3 * MOST_OF_A_KIND
"""So many when a link points to a part of the page: that part is something the page has and others may lack."""
COUNTED = frozenset({"/kursbevis/{code}"})
"""Pages that may be asked for so many times an hour from one place: once in each walk is enough."""
PUBLIC = ("/", "/logg-inn", "/tilgjengelighet", "/personvern", "/hjelp", "/sok")
NOT_PAGES = frozenset({"/helse", "/klar"})
_LINK = re.compile(r'<a\b[^>]*?\shref="([^"]+)"')


@dataclass
class Walk:
    """A site on foot. `templates`: route templates of pages, as regular expressions.

    `seen` holds the templates reached; `refused` and `failed` the links that led to a refusal or to a failure.
    """

    url: str
    templates: dict[str, re.Pattern[str]]
    seen: set[str] = field(default_factory=set)
    refused: list[str] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)

    def template_of(self, path: str) -> str | None:
        """The route a path belongs to; fixed segments win over parameters."""
        found = [template for template, pattern in self.templates.items() if pattern.fullmatch(path)]
        return min(found, key=lambda template: template.count("{"), default=None)

    @property
    def missing(self) -> set[str]:
        """Templates of pages that nobody has reached."""
        return set(self.templates) - self.seen - NOT_PAGES

    async def follow(self, page: Page, who: str) -> AsyncIterator[tuple[str, str]]:
        """From where `page` stands: the template and the address of the first page of each kind.

        Links first; then the place's own pages without ids, asked for without a link, where a refusal is no fault.
        """
        start = page.url.split("?")[0].split("#")[0]
        linked, known, shown, parts = deque([start]), {start}, set[str](), set[str]()
        tried = deque(self.url + path for path in self._without_ids(urlsplit(start).path))
        visits = Counter[str]()
        while linked or tried:
            expected = bool(linked)
            address = linked.popleft() if expected else tried.popleft()
            template = self.template_of(urlsplit(address).path)
            most = MOST_OF_PARTS if address in parts else 1 if template in COUNTED else MOST_OF_A_KIND
            if template is None or visits[template] >= (most if expected else 1):
                continue
            parts.discard(address)
            visits[template] += 1
            reached, text = await self._read(page, address, who, told=expected)
            if not reached:
                continue
            self.seen.add(template)
            kind = self.template_of(urlsplit(reached).path) or template
            if text and kind not in shown:
                shown.add(kind)
                self.seen.add(kind)
                yield kind, reached
            # In the order of the page, where what waits stands first.
            for link in _LINK.findall(text):
                target, _, part = urljoin(reached, unescape(link)).partition("#")
                if target not in known and target.startswith(self.url + "/"):
                    known.add(target)
                    linked.append(target)
                    if part:
                        parts.add(target)

    async def _read(self, page: Page, address: str, who: str, *, told: bool) -> tuple[str, str]:
        """(where it led, the page's text); text is empty for a download, both for what could not be read.

        `told`: a failure is told of, since a link led here.
        """
        answer = await page.context.request.get(address, timeout=30_000)
        if answer.status >= 400:
            if told:
                # A link that leads to "you may not" is worth a look, though the page may well explain it.
                line = f"{who}: {urlsplit(address).path}: {answer.status}"
                (self.refused if answer.status == 403 else self.failed).append(line)
            return "", ""
        kind = answer.headers.get("content-type", "")
        return answer.url, (await answer.text() if kind.startswith("text/html") else "")

    def _without_ids(self, start: str) -> list[str]:
        """Addresses in the persona's own place of pages whose route has no other parameter than the place."""
        kind, _, slug = start.strip("/").partition("/")
        found = []
        for template in self.templates:
            head, _, tail = template.strip("/").partition("/")
            if head == kind and "{" not in tail.removeprefix("{slug}"):
                found.append(template.replace("{slug}", slug.split("/")[0]))
        return found


def page_templates(app: Any) -> dict[str, re.Pattern[str]]:
    """Every GET route of the application that is a page, with the pattern its addresses follow."""
    found = {}
    for route in app.app.routes:
        path = str(route.path_format)
        # What lies under /api/v1 is for programs (0085).
        if "GET" in route.methods and not path.startswith(("/static", "/api/v1/")):
            found[path] = re.compile(re.sub(r"\\\{[^}]*\\\}", "[^/]+", re.escape(path)))
    return found
