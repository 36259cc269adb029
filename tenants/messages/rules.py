"""What a message may not hold, and how a page says how far it showed."""

from __future__ import annotations

import re
from collections.abc import Iterable
from uuid import UUID

from tenants.people.api import NationalNumber, NationalNumberError

_ELEVEN = re.compile(r"(?<!\d)(\d{6})[\s.-]?(\d{5})(?!\d)")
_SEEN = re.compile(r"([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}):([0-9]{1,9})")


def has_national_number(text: str) -> bool:
    """Whether eleven digits in the text are a national number (check digits and all), so that an account number passes."""
    for first, last in _ELEVEN.findall(text):
        try:
            NationalNumber.parse(first + last, accept_synthetic=True)
        except NationalNumberError:
            continue
        return True
    return False


def seen_marks(threads: Iterable[tuple[UUID, int]]) -> list[str]:
    """Each thread and the number of its last message shown, as a page's hidden fields carry them."""
    return [f"{thread}:{number}" for thread, number in threads]


def read_seen(marks: Iterable[str]) -> dict[UUID, int]:
    """The other way. What is no mark is passed by: it claims nothing to be read."""
    found = (_SEEN.fullmatch(mark) for mark in marks)
    return {UUID(mark[1]): int(mark[2]) for mark in found if mark}
