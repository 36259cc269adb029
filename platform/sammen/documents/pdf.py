"""Letters and reports as PDF: PDF/UA-1 for those who hear them, PDF/A-2a for the archive that keeps them.

typst sets them, with our own sheet (sheet.typ) and our own typeface. What a document says goes in as JSON and is
printed as typed; nothing in it is read as markup. The same document and the same date give the same bytes, so a stored
checksum can be tried again years later (docs/decisions/0020-letters-as-pdf.md).
"""

from __future__ import annotations

import asyncio
import json
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from functools import cache, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sammen.documents.blocks import Block, as_json
from sammen.i18n_mark import N_

if TYPE_CHECKING:
    import typst

FOLDER = Path(__file__).parent
FONTS = FOLDER.parent / "web" / "static" / "vendor" / "fonts"
TYPEFACE = "Atkinson Hyperlegible Next"
UNKNOWN = "□"
"""What stands for a character that no typeface of ours can draw (emoji, Arabic, Chinese): seen, and not left out."""
MOST_LETTERS = 500
"""So many different letters of a document are tried, beside everyday Norwegian ones."""
WORDS = {
    "reference": N_("Vår referanse"),
    "page": N_("Side {page} av {pages}"),
    "greeting": N_("Med hilsen"),
    "copies": N_("Kopi til"),
}
"""The sheet's own words, in Bokmål; whoever makes a document hands them over in its language (`Document.words`)."""


class PdfError(RuntimeError):
    """The document could not be set: the typeface is not in place, or the sheet is wrong. Never what somebody typed."""


@dataclass(frozen=True, slots=True)
class Sender:
    """Whose letter it is. `lines` stand at the foot of each page: address, telephone, web page."""

    name: str
    department: str = ""
    lines: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Document:
    """A letter or a report, ready to be set. All text is finished, in the document's language.

    `kind` is "letter" or "report", `language` "nb", "nn" or "en". `date` is the day it is dated, and the file's.
    `recipient` is the address as it stands in the window, `facts` what stands beside it (label, value), `exempt` the
    mark that keeps it from the public, `signature` the lines under the greeting, `about` what the file says of itself.
    """

    kind: str
    language: str
    title: str
    date: date
    sender: Sender
    blocks: Sequence[Block]
    reference: str = ""
    recipient: Sequence[str] = ()
    facts: Sequence[tuple[str, str]] = ()
    exempt: str = ""
    signature: Sequence[str] = ()
    approved: str = ""
    copies: Sequence[str] = ()
    about: str = ""
    words: dict[str, str] = field(default_factory=lambda: dict(WORDS))

    def as_json(self) -> dict[str, Any]:
        """The values of the sheet: what is kept beside the file, and what `render_json` sets again."""
        return {
            "kind": self.kind, "language": self.language, "title": self.title, "date": self.date.isoformat(),
            "sender": {"name": self.sender.name, "department": self.sender.department, "lines": list(self.sender.lines)},
            "blocks": [as_json(block) for block in self.blocks], "reference": self.reference,
            "recipient": list(self.recipient), "facts": [list(fact) for fact in self.facts], "exempt": self.exempt,
            "signature": list(self.signature), "approved": self.approved, "copies": list(self.copies),
            "about": self.about, "words": dict(self.words),
        }  # fmt: skip


async def render_pdf(document: Document) -> bytes:
    """The document as a PDF file, set in a thread of its own. Raises PdfError."""
    return await render_json(document.as_json())


async def render_json(values: dict[str, Any]) -> bytes:
    """A document's values (`Document.as_json`) as a PDF file: the same bytes each time. Raises PdfError."""
    return await asyncio.to_thread(set_pages, values)


def set_pages(values: dict[str, Any]) -> bytes:
    """As `render_json`, in the calling thread, for commands."""
    import typst  # loaded where something is set, so that a web process nobody asks for a letter stays small

    dated = date.fromisoformat(values["date"])
    try:
        return _set(_sheet(), "document", json.dumps(_drawn(values)), dated)
    except typst.TypstError as error:
        raise PdfError(f"{error.message} {' '.join(error.hints)}") from error


async def render_sheet(sheet: Path, values: dict[str, Any], dated: date) -> bytes:
    """Another sheet than the letters', such as a poster: what it says comes as JSON in `sys.inputs.document`, as text.

    The same standards and typefaces, in a thread of its own. Raises PdfError.
    """

    def make() -> bytes:
        import typst  # as above

        try:
            return _set(sheet.read_bytes(), "document", json.dumps(_drawn(values)), dated)
        except typst.TypstError as error:
            raise PdfError(f"{error.message} {' '.join(error.hints)}") from error

    return await asyncio.to_thread(make)


def _set(source: bytes, name: str, value: str, dated: date) -> bytes:
    """One typst run. A compiler keeps what it was given, and threads must not share one: a new one each time."""
    import typst  # as above

    compiler = typst.Compiler(input=source, root=FOLDER, font_paths=_fonts(), ignore_system_fonts=True)
    made = compiler.compile(
        format="pdf", pdf_standards=["ua-1", "a-2a"], sys_inputs={name: value},
        timestamp=datetime(dated.year, dated.month, dated.day, 12, tzinfo=UTC),
    )  # fmt: skip
    assert isinstance(made, bytes)
    return made


@cache
def _sheet() -> bytes:
    return (FOLDER / "sheet.typ").read_bytes()


@cache
def _fonts() -> typst.Fonts:
    """Our typeface, and typst's own for letters it lacks (ŋ in Sámi names); never the machine's, which nobody chose."""
    import typst  # as above

    fonts = typst.Fonts(include_system_fonts=False, include_embedded_fonts=True, font_paths=[FONTS])
    if TYPEFACE not in fonts.families():
        raise PdfError(f"{TYPEFACE} is not in place: run 'make assets'")
    return fonts


# Characters -----------------------------------------------------------------------------------------------------------
def _drawn(value: Any, met: set[str] | None = None) -> Any:
    """The same values with every text such that it can be drawn: PDF/A refuses a letter that no font has.

    `met`: letters of the document that are not everyday ones. Each is tried once; somebody who writes thousands of
    different ones (a page of Chinese) gets the first five hundred tried, and no document takes minutes.
    """
    met = set() if met is None else met
    if isinstance(value, str):
        return "".join(one if _fits(one, met) else UNKNOWN for one in _clusters(value))
    if isinstance(value, dict):
        return {name: _drawn(one, met) for name, one in value.items()}
    if isinstance(value, list):
        return [_drawn(one, met) for one in value]
    return value


def _fits(cluster: str, met: set[str]) -> bool:
    if len(cluster) == 1 and (cluster == "\n" or " " <= cluster <= "~" or "\u00c0" <= cluster <= "\u00ff"):
        return True
    if cluster not in met:
        if len(met) >= MOST_LETTERS:
            return False
        met.add(cluster)
    return _drawable(cluster)


def _clusters(text: str) -> Iterator[str]:
    """Letters with the marks that stand on them, without what is no letter (controls, turned direction)."""
    cluster = ""
    for char in unicodedata.normalize("NFC", text.replace("\t", " ")):
        if unicodedata.category(char) in ("Cc", "Cf", "Cs") and char != "\n":
            continue
        if unicodedata.combining(char):
            cluster += char
            continue
        if cluster:
            yield cluster
        cluster = char
    if cluster:
        yield cluster


@lru_cache(maxsize=4096)
def _drawable(cluster: str) -> bool:
    """Whether one of our fonts has the letter, tried once a process (2 ms)."""
    import typst  # as above

    source = (
        f'#set document(title: "x")\n#set text(font: ("{TYPEFACE}", "Libertinus Serif"))\n#sys.inputs.letter'
    )
    try:
        _set(source.encode(), "letter", cluster, date(2000, 1, 1))
    except typst.TypstError:
        return False
    return True
