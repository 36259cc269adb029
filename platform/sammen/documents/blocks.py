"""What a letter or a report is made of: plain text in a few shapes, for paper and for those who hear it read.

Blocks hold finished text in the document's language. A text may have several lines; an empty line in a `Paragraph`
begins a new paragraph.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading in the text. Level 1 comes under the document's title, level 2 under that."""

    text: str
    level: int = 1


@dataclass(frozen=True, slots=True)
class Paragraph:
    text: str


@dataclass(frozen=True, slots=True)
class Facts:
    """Labels and what they say, in a list. Facts without a value are left out."""

    rows: Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Table:
    """A table with one row of heads. `widths` are parts of the line, one a column; equal when not given.

    `numeric`: every column but the first holds numbers, and stands to the right.
    """

    heads: Sequence[str]
    rows: Sequence[Sequence[str]]
    widths: Sequence[int] = ()
    numeric: bool = False


@dataclass(frozen=True, slots=True)
class Points:
    items: Sequence[str]
    numbered: bool = False


@dataclass(frozen=True, slots=True)
class Quote:
    """Somebody's own words, and who said them."""

    text: str
    who: str = ""


@dataclass(frozen=True, slots=True)
class Picture:
    """A drawing as SVG, with its colours in it, and what is said to those who do not see it."""

    svg: str = field(repr=False)
    alt: str


Block = Heading | Paragraph | Facts | Table | Points | Quote | Picture


def as_json(block: Block) -> dict[str, Any]:
    """The block as the sheet takes it. ValueError for a table whose rows do not fit its heads."""
    match block:
        case Heading():
            return {"type": "heading", "text": block.text, "level": block.level}
        case Paragraph():
            return {"type": "paragraph", "text": block.text}
        case Facts():
            return {"type": "facts", "rows": [[label, value] for label, value in block.rows if value]}
        case Table():
            if any(len(row) != len(block.heads) for row in block.rows):
                raise ValueError("a row with another number of cells than the table has heads")
            widths = list(block.widths) or [1] * len(block.heads)
            return {"type": "table", "heads": list(block.heads), "rows": [list(row) for row in block.rows],
                    "widths": widths, **({"numeric": True} if block.numeric else {})}  # fmt: skip
        case Points():
            return {"type": "points", "items": list(block.items), "numbered": block.numbered}
        case Quote():
            return {"type": "quote", "text": block.text, "who": block.who}
        case Picture():
            return {"type": "picture", "svg": block.svg, "alt": block.alt}
