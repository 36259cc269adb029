"""What a page looks like without being drawn: the kinds of elements it is made of.

Fifteen people open pages of the same templates, and a browser that draws each of them finds on the fifteenth what it found on
the first. Two pages whose elements are of the same kinds are the same to axe: each kind is what stands in what, with which
classes and attributes, with or without words, with how long a word, and with what it points to in place or not.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path

from tests.web.words import SILENT, VOID

SAID = frozenset(
    {"type", "role", "scope", "aria-current", "aria-hidden", "aria-expanded", "autocomplete", "lang"}
)
"""Attributes whose value is of an element's kind; of the others it is that they are there."""
POINTS = frozenset({"for", "aria-describedby", "aria-labelledby", "aria-controls", "form", "headers", "list"})
NAMES = frozenset({"aria-label", "alt", "title", "value"})
HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
LONG, STEP, WORD = 16, 4, " with a word of "
"""Words from so many letters may be too wide for a narrow page, and are told apart by so many."""


@dataclass(slots=True)
class _Standing:
    """An element that is open: its kind, and whether anything has been said in it."""

    tag: str
    kind: str
    named: bool


@dataclass
class Looks(HTMLParser):
    """`kinds`: everything that a page is made of, as lines of text."""

    html: str
    kinds: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._open: list[_Standing] = []
        self._ids: list[str] = []
        self._points: list[tuple[str, str]] = []
        self._headings: list[str] = []
        self.feed(self.html)
        self.close()
        self.kinds |= {f"{kind} points at nothing" for kind, to in self._points if to not in self._ids}
        if len(set(self._ids)) < len(self._ids):
            self.kinds.add("an id that stands twice")
        steps = zip(["", *self._headings], self._headings, strict=False)
        self.kinds |= {f"{after} after {before}" for before, after in steps}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        classes = ".".join(sorted(given.get("class", "").split()))
        said = " ".join(f"{n}={given[n]}" if n in SAID else n for n in sorted(given) if n != "class")
        parent = self._open[-1].kind.partition(" < ")[0] if self._open else ""
        kind = f"{tag}.{classes} {said} < {parent}"
        self.kinds.add(kind)
        self._ids += [given["id"]] if given.get("id") else []
        self._points += [(kind, to) for name in POINTS & given.keys() for to in given[name].split()]
        if tag in HEADINGS:
            self._headings.append(tag)
        named = any(given.get(name) for name in NAMES)
        if named:
            self._named()
        if tag not in VOID:
            self._open.append(_Standing(tag, kind, named))

    def _named(self) -> None:
        for one in self._open:
            one.named = True

    def handle_endtag(self, tag: str) -> None:
        while any(one.tag == tag for one in self._open):
            last = self._open.pop()
            if not last.named:
                self.kinds.add(f"{last.kind} says nothing")
            if last.tag == tag:
                return

    def handle_data(self, data: str) -> None:
        words = data.split()
        if not words or not self._open or self._open[-1].tag in SILENT:
            return
        self._named()
        longest = max(len(word) for word in words)
        if longest >= LONG:
            self.kinds.add(f"{self._open[-1].kind}{WORD}{longest // STEP * STEP}")


class Drawn:
    """What has been drawn and found whole, by all the processes of a run: in `folder`.

    The first page of a template is drawn, and any page with a kind of element that has been drawn nowhere. Only how a long
    word fits in is asked of each template anew: that is the whole page's doing.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def new(self, template: str, language: str, html: str) -> set[str]:
        """The kinds of elements on the page that are a reason to draw it; empty when there is none."""
        kinds, own = Looks(html).kinds, self._known(f"{template} {language}")
        if not own:
            return kinds
        return kinds - own - {one for one in self._known(language) if WORD not in one}

    def whole(self, template: str, language: str, kinds: set[str]) -> None:
        """These have been drawn, and nothing was wrong with the page."""
        for name in (f"{template} {language}", language):
            with self._file(name).open("a", encoding="utf-8") as file:
                file.write("".join(f"{kind}\n" for kind in sorted(kinds)))

    def _file(self, name: str) -> Path:
        return self.folder / hashlib.sha256(name.encode()).hexdigest()[:24]

    def _known(self, name: str) -> set[str]:
        file = self._file(name)
        return set(file.read_text(encoding="utf-8").splitlines()) if file.exists() else set()
