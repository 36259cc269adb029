"""What a paper is made of: sections of a few kinds of block, the same for its web page, its PDF and its spreadsheet.

All text is finished, in the reader's language, and every number is a published one or the sign that stands for it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from reporting.reports.api import View
from sammen.documents.tables_out import Cell


@dataclass(frozen=True, slots=True)
class Text:
    """A paragraph. An empty line begins a new one. `quiet`: a definition or a note."""

    text: str
    quiet: bool = False

    @property
    def paragraphs(self) -> list[str]:
        """Its paragraphs, with the line breaks inside them as they were typed."""
        return [part.strip() for part in self.text.split("\n\n") if part.strip()]


@dataclass(frozen=True, slots=True)
class Points:
    """A list. `numbered`: its order matters, as an agenda's."""

    items: Sequence[str]
    numbered: bool = False


@dataclass(frozen=True, slots=True)
class Facts:
    """Labels and what they say."""

    rows: Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Tiles:
    """Key figures, as `reports.glance.tiles` makes them."""

    items: Sequence[Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart of a report, with its own heading and definition."""

    view: View


@dataclass(frozen=True, slots=True)
class Line:
    """A row of a table. `kind`: place, own, group, region or spread. `values`: what a spreadsheet keeps of each text.

    `subs`: a second, quieter line in each cell, "" for none.
    """

    name: str
    texts: tuple[str, ...]
    values: tuple[Cell, ...] = field(repr=False)
    kind: str = "place"
    subs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Numbers:
    """A table: `heads` begin with what names the rows. `words`: its cells are words, and are set as such."""

    caption: str
    heads: tuple[str, ...]
    lines: tuple[Line, ...]
    words: bool = False


Block = Text | Points | Facts | Tiles | Chart | Numbers


@dataclass(frozen=True, slots=True)
class Section:
    """A part of a paper. `id` is its anchor."""

    id: str
    title: str
    blocks: Sequence[Block]


@dataclass(frozen=True, slots=True)
class Paper:
    """A whole paper: its cover and its sections. `kicker` stands over the title; `cover` are labels and facts."""

    kicker: str
    title: str
    lede: str
    cover: Sequence[tuple[str, str]]
    sections: Sequence[Section]
    about: str
    """What the file says of itself."""

    @property
    def tables(self) -> list[Numbers]:
        """Every table, in its order."""
        return [block for part in self.sections for block in part.blocks if isinstance(block, Numbers)]
