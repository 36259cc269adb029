"""The words of a page as it is sent, read without a browser: for what only a page's words tell, many pages at a time."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser

VOID = frozenset(
    {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
)
IN_MAIN = frozenset({"h1", "h2", "h3", "label", "legend", "button", "dt", "caption", "summary"})
EVERYWHERE = frozenset({"header", "nav", "footer"})
SPOKEN = ("aria-label", "placeholder", "title", "alt", "data-label")
SILENT = frozenset({"script", "style", "template"})


@dataclass(slots=True)
class _Open:
    """An element that is open: whether it is in the page's language, and the texts in it where it is of the frame."""

    tag: str
    ours: bool
    frame: list[str] | None


@dataclass
class Words(HTMLParser):
    """`lang` and `title` of a page; `frame`: each heading, label, button and the like; `all`: every text and every name of
    an element. What says itself which language it is in, such as a letter on its way, is left out.
    """

    html: str
    lang: str = ""
    title: str = ""
    frame: list[str] = field(default_factory=list)
    all: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._open: list[_Open] = []
        self.feed(self.html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = dict(attrs)
        if tag == "html":
            self.lang = named.get("lang") or ""
        ours = (not self._open or self._open[-1].ours) and (tag == "html" or "lang" not in named)
        if ours:
            self.all += [" ".join(text.split()) for name in SPOKEN if (text := named.get(name))]
        if tag in VOID:
            return
        inside = any(one.tag == "main" for one in self._open)
        of_frame = tag in EVERYWHERE or (
            inside
            and (
                tag in IN_MAIN
                or (tag == "th" and named.get("scope") == "col")
                or "ds-tag" in (named.get("class") or "").split()
            )
        )
        self._open.append(_Open(tag, ours, [] if of_frame and ours else None))

    def handle_endtag(self, tag: str) -> None:
        # What HTML lets be left open is closed by what stands around it.
        while any(one.tag == tag for one in self._open):
            last = self._open.pop()
            if last.frame is not None:
                self.frame.append(" ".join("".join(last.frame).split()))
            if last.tag == tag:
                return

    def handle_data(self, data: str) -> None:
        if not self._open or self._open[-1].tag in SILENT:
            return
        if self._open[-1].tag == "title" and not any(one.tag == "svg" for one in self._open):
            self.title = " ".join(data.split())
        for one in self._open:
            if one.frame is not None:
                one.frame.append(data)
        if self._open[-1].ours and any(one.tag == "body" for one in self._open):
            self.all.append(" ".join(data.split()))
