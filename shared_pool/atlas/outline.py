"""The areas' outlines as SVG paths, prepared once (data/README.md has their source, licence and how they were made)."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Final

FILE: Final = Path(__file__).parent / "data" / "areas.json"
OUTSIDE: Final = "outside"


@dataclass(frozen=True, slots=True)
class Shape:
    """An area's path, and where its words are set in the drawing."""

    area: str
    path: str
    x: int
    y: int


@dataclass(frozen=True, slots=True)
class Drawing:
    """The whole drawing. `attribution`, and the address in `link`, stand under it wherever it is shown."""

    width: int
    height: int
    attribution: str
    link: str
    shapes: tuple[Shape, ...]


def _read() -> Drawing:
    kept = json.loads(FILE.read_text(encoding="utf-8"))
    shapes = tuple(Shape(area, one["path"], *one["at"]) for area, one in kept["areas"].items())
    return Drawing(kept["width"], kept["height"], kept["attribution"], kept["link"], shapes)


DRAWING: Final = _read()
