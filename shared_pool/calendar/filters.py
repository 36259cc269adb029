"""What one looks for in the calendar: read from an address, in one spelling, whatever else stands in it.

The one spelling is what the pages are kept by (shelf.py), so that an address with nonsense in it is no new page.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from shared_pool.calendar.codes import ACCESS, TARGETS, WEEKDAYS
from shared_pool.calendar.published import Event
from tenants.api import add_months, traits

OLDEST = 120


@dataclass(frozen=True, slots=True)
class Filters:
    """What is asked for; "", None, False and () ask for nothing. `month` is its first day."""

    age: int | None = None
    interest: str = ""
    weekday: str = ""
    access: tuple[str, ...] = ()
    companion: bool = False
    free: bool = False
    target: str = ""
    place: str = ""
    month: date | None = None

    @property
    def chosen(self) -> int:
        """How many are set; the municipality is the page's own when it stands in the path."""
        return len(self.query())

    def query(self) -> dict[str, str | list[str]]:
        """The one spelling, as an address's query: only what is set, in one order."""
        pairs: dict[str, str | list[str]] = {
            "alder": "" if self.age is None else str(self.age), "interesse": self.interest, "dag": self.weekday,
            "tilgang": list(self.access), "ledsager": "ja" if self.companion else "", "gratis": "ja" if self.free else "",
            "gruppe": self.target, "maaned": self.month.strftime("%Y-%m") if self.month else "",
        }  # fmt: skip
        return {name: value for name, value in pairs.items() if value}

    def period(self, day: date) -> tuple[date, date]:
        """The days asked for: the month (from today when it is this one), or eight weeks from today."""
        if self.month is None:
            return day, day + timedelta(weeks=8)
        return max(day, self.month), add_months(self.month, 1) - timedelta(days=1)

    def fits(self, event: Event) -> bool:
        """Whether an event is asked for, whenever it is. What says nothing of a thing does not have it."""
        return (
            (self.age is None or event.fits_age(self.age))
            and (not self.interest or self.interest in event.interests)
            and (not self.weekday or self.weekday in event.on_weekdays())
            and set(self.access) <= set(event.access)
            and (not self.companion or event.companion or event.free)
            and (not self.free or event.free)
            and (not self.target or event.for_target(self.target))
        )


def read_filters(query: Mapping[str, Sequence[str]], day: date, place: str = "") -> Filters:
    """What an address asks for. Anything that is not known is passed over. `place` is the path's own municipality."""

    def one(name: str, allowed: Mapping[str, object] | Sequence[str]) -> str:
        value = (query.get(name) or [""])[-1]
        return value if value in allowed else ""

    ticked = set(query.get("tilgang", ()))
    return Filters(
        age=_age((query.get("alder") or [""])[-1]),
        interest=one("interesse", traits.INTERESTS),
        weekday=one("dag", WEEKDAYS),
        access=tuple(code for code in ACCESS if code in ticked),
        companion=one("ledsager", ("ja",)) == "ja",
        free=one("gratis", ("ja",)) == "ja",
        target=one("gruppe", [code for code in TARGETS if code != "all"]),
        place=place,
        month=_month((query.get("maaned") or [""])[-1], day),
    )


def months_ahead(day: date) -> list[date]:
    """The months one may choose: this one and the next eleven."""
    first = day.replace(day=1)
    return [add_months(first, n) for n in range(12)]


def _age(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 3 and int(text) <= OLDEST else None


def _month(text: str, day: date) -> date | None:
    return next((month for month in months_ahead(day) if month.strftime("%Y-%m") == text), None)


def in_place(events: Sequence[Event], municipality: UUID | None) -> list[Event]:
    """Those in a municipality, and those in no particular one. All, when `municipality` is None."""
    return [e for e in events if municipality is None or e.municipality_id in (None, municipality)]
