"""Pages of a list: which one an address asks for, and how many there are."""

from __future__ import annotations

from collections.abc import Mapping

PAGE_SIZE = 50
LAST_PAGE = 1_000
"""Nobody pages further; a larger number in an address is read as this one."""


def page_number(query: Mapping[str, str]) -> int:
    """The page an address asks for with `side`, from 1; anything unreadable is the first."""
    side = query.get("side", "1")
    if not (side.isascii() and side.isdigit()) or int(side[:9]) < 1:
        return 1
    return min(int(side[:9]), LAST_PAGE)


def last_page(total: int) -> int:
    """The number of the last page of so many rows; an empty list has one page."""
    return max(1, -(-total // PAGE_SIZE))
