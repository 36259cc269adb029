"""When a granted service waited, looked back on from any day: what was sent, and who has come and gone since (A10, D8).

The waiting list itself shows today. A figure is of a day that is past, and of it the order's own state says nothing any
more: the dated rows do. Pure.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from sammen.i18n_mark import N_
from tenants.waiting.stability import LOSSES

BANDS: Final = (
    ("0-28", N_("Inntil 4 uker")),
    ("29-91", N_("4 til 13 uker")),
    ("92-182", N_("13 til 26 uker")),
    ("183", N_("Mer enn 26 uker")),
)
"""Days waited, from and to: four weeks, a quarter of a year, half a year, and more."""
_LAST_DAYS: Final = (28, 91, 182)


def wait_band(days: int) -> str:
    """The code of BANDS for so many days; less than none is none."""
    return next(
        (code for (code, _), last in zip(BANDS, _LAST_DAYS, strict=False) if days <= last), BANDS[-1][0]
    )


@dataclass(frozen=True, slots=True)
class Had:
    """A regular contact's time with a service: first and last day, and why it ended."""

    first: date
    last: date | None
    reason: str


@dataclass(frozen=True, slots=True)
class Service:
    """A granted service that was ordered. `begins`: the day it begins to wait unless somebody is there already; `until`:
    its last day, None without end; `over`: the order has ended, whenever that was.
    """

    begins: date
    until: date | None
    over: bool
    contacts: Sequence[Had]

    def right_on(self, day: date) -> bool:
        """Whether it was granted and not ended on a day.

        A contact who stopped for a reason that ends the service ended it. An order that has ended without any day that
        says so is left out: it was never answered.
        """
        stops = [
            had.last for had in self.contacts
            if had.last is not None and had.reason not in LOSSES and had.last >= self.begins
        ]  # fmt: skip
        ends = [end for end in (self.until, *stops) if end is not None]
        if self.over and not ends:
            return False
        return self.begins <= day and all(day <= end for end in ends)

    def waiting_since(self, day: date) -> date | None:
        """The day it had waited from on a day, None when it did not wait: nobody was there, and it was granted."""
        if not self.right_on(day) or any(
            had.first <= day and (had.last is None or had.last >= day) for had in self.contacts
        ):
            return None
        return self._since(day)

    def _since(self, day: date) -> date:
        lost = [had.last for had in self.contacts if had.last is not None and had.last < day]
        return max([self.begins, *lost])

    def starts(self, start: date, end: date) -> Iterator[int]:
        """Days waited by each wait that ended with a contact from `start` to `end`, both included.

        A contact who came while another was there, or the day after, ended no wait.
        """
        for day in sorted({had.first for had in self.contacts if start <= had.first <= end}):
            before = [had for had in self.contacts if had.first < day]
            if any(had.last is None or (day - had.last).days <= 1 for had in before):
                continue
            yield max(0, (day - self._since(day)).days)
