"""Which of our addresses are pages: where somebody can be led back to from the answer to a form."""

from __future__ import annotations

import re
from typing import Final

_PARAMETER: Final = re.compile(r"\\\{\w+:(\w+)\\\}")
_KINDS: Final = {"uuid": "[0-9a-fA-F-]{36}", "int": "[0-9]+", "str": "[^/]+"}
_PAGES: Final[set[re.Pattern[str]]] = set()


def note_page(template: str) -> None:
    """A route that can be opened, as `/min/{slug:str}/kurs/{course_id:uuid}`."""
    _PAGES.add(re.compile(_PARAMETER.sub(lambda found: _KINDS[found[1]], re.escape(template))))


def nearest_page(path: str) -> str:
    """The path itself when it is a page, else the nearest above it: many a form is sent to an address of its own, which
    cannot be opened.
    """
    while path and not any(page.fullmatch(path) for page in _PAGES):
        path = path.rpartition("/")[0]
    return path or "/"
