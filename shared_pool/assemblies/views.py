"""What the slice's pages show, put together from its reads: texts for templates, no HTTP."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime

from sammen.clock import OSLO
from sammen.norwegian import format_date
from sammen.web.formats import clock_range, date_long, date_weekday, listed
from sammen.web.i18n import translate
from shared_pool.assemblies.queries import HomeCount


def when(starts: datetime, ends: datetime, language: str) -> str:
    """ "Tirsdag 1. desember 2026 kl. 18–20" """
    first, last = starts.astimezone(OSLO), ends.astimezone(OSLO)
    return f"{date_weekday(first.date(), language)} {clock_range(first.time(), last.time(), language)}"


def left_out(days: Sequence[tuple[date, str]], language: str) -> str:
    """The days a series skips, with why: "1. mai 2027 (første mai)"."""
    return listed([f"{date_long(day, language)} ({translate(language, why)})" for day, why in days], language)


def typed(starts: datetime, ends: datetime, place: str, link: str) -> dict[str, str]:
    """What the form for moving a meeting begins with."""
    first, last = starts.astimezone(OSLO), ends.astimezone(OSLO)
    return {
        "dato": format_date(first.date()), "begynner": f"{first:%H:%M}", "slutter": f"{last:%H:%M}", "sted": place,
        "lenke": link,
    }  # fmt: skip


def others(counts: Sequence[HomeCount], mine: object, field: str) -> tuple[int, bool]:
    """(how many of other members that may be told, whether there are some more that may not)."""
    told = [getattr(one, field) for one in counts if one.home_id != mine]
    return sum(number for number in told if number is not None), any(number is None for number in told)


def told(number: int | None, say: Callable[[str], str], fewer: str) -> str:
    """A member's number in a table; `fewer` is the sentence for one or two."""
    return say(fewer) if number is None else str(number)
