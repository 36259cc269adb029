"""When a contact is to be followed up, and what the team log may not hold (B4, B5, B6, B18). Pure."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from datetime import date, timedelta

from tenants.cases.api import add_months
from tenants.people.api import fold

SOON = timedelta(days=14)
"""How long beforehand a conversation stands as coming."""


def conversation_due(last: date | None, since: date | None, months: int, *, first_seen: date) -> date:
    """The last day for the next conversation: so many months after the last one, or after the contact began (B6).

    Who began before they were registered here (`first_seen`) counts from that day: what was said earlier stands elsewhere.
    """
    return add_months(last or max(since or first_seen, first_seen), months)


def meetings_wanted(wanted: int, since: date | None, year: int) -> int:
    """How many a contact is to take part in that year: a share of them for who began during it, rounded down (B5).

    Who began in the last half of the year is asked for half; nobody is asked for meetings held before they began.
    """
    if since is None or since.year < year:
        return wanted
    if since.year > year:
        return 0
    return wanted * (12 - since.month + 1) // 12


def silent_since(heard: Sequence[date | None], started: date) -> date:
    """The last day anything was heard of a contact: hours, a message, a conversation; else the assignment's first day."""
    return max([started, *(day for day in heard if day is not None)])


# The team log ---------------------------------------------------------------------------------------------------------
_NUMBER = re.compile(r"(?<!\d)(?:\d[ .]?){11}(?!\d)")
_PHONE = re.compile(r"(?<!\d)(?:\+47 ?)?(?:\d{8}|\d{2} \d{2} \d{2} \d{2}|\d{3} \d{2} \d{3})(?!\d)")
_WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")
_STARTS = re.compile(r"(?:^|[.!?:…\n»\"”-]\s*)[«\"“]?$")
KNOWN = frozenset({
    "sammen", "nav", "ikt", "ppt", "bup", "dps", "habu", "statsforvalteren", "udir", "vestfold", "norge", "norsk", "røde",
    "kors", "skolen", "sfo", "kiwanis", "lions", "ffou", "iop", "i", "a", "b", "c", "d",
})  # fmt: skip
"""Words with a capital letter that are no person's."""


def has_national_number(text: str) -> bool:
    """Whether eleven digits stand together, as a fødselsnummer does."""
    return _NUMBER.search(text) is not None


def possible_names(text: str, places: Collection[str] = ()) -> list[str]:
    """Words that may be somebody's name: a capital letter inside a sentence; and telephone numbers. In the order found.

    It asks nobody who lives here, so that what it finds tells nothing. A person reads it and decides.
    """
    known = KNOWN | {fold(place) for place in places}
    found: list[str] = []
    for match in _WORD.finditer(text):
        word = match.group()
        if not word[0].isupper() or word.isupper() or fold(word) in known:
            continue
        if _STARTS.search(text[: match.start()]) is None and word not in found:
            found.append(word)
    return found + [match.group() for match in _PHONE.finditer(text)]
