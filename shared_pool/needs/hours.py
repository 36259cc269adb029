"""Hours a week as a need tells them: in bands, since an exact number of hours may be known of one person alone (C3)."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Final


@dataclass(frozen=True, slots=True)
class HoursBand:
    """More than `over` hours a week, and at most `upto`."""

    over: Decimal
    upto: Decimal

    @property
    def code(self) -> str:
        """Such as "2-4"."""
        return hours_code(self.over, self.upto)

    def holds(self, hours: Decimal) -> bool:
        """Whether so many hours a week lie in it."""
        return self.over < hours <= self.upto


def hours_code(over: Decimal, upto: Decimal) -> str:
    """The code of a band by its ends, however many decimals they come with."""
    return f"{over.normalize():f}-{upto.normalize():f}"


def _bands(*codes: str) -> dict[str, HoursBand]:
    ends = (code.split("-") for code in codes)
    found = (HoursBand(Decimal(over), Decimal(upto)) for over, upto in ends)
    return {band.code: band for band in found}


NARROW: Final = _bands("0-2", "2-4", "4-6", "6-8", "8-12", "12-20", "20-40")
HOURS: Final = {**NARROW, **_bands("0-4", "4-8", "0-8", "8-20", "8-40")}
"""Every band a need may tell, the narrow ones first."""

WIDER_HOURS: Final = {
    "0-2": "0-4", "2-4": "0-4", "4-6": "4-8", "6-8": "4-8", "0-4": "0-8", "4-8": "0-8", "8-12": "8-20", "12-20": "8-20",
    "8-20": "8-40", "20-40": "8-40",
}  # fmt: skip
"""A band's next wider one; the widest have none."""


def hours_band(hours: Decimal) -> HoursBand | None:
    """The narrow band so many hours a week lie in; None for none at all and for more than any need asks."""
    return next((band for band in NARROW.values() if band.holds(hours)), None)


def upto_hours(hours: Decimal) -> str:
    """The code of the narrowest band from none up to at least so many hours a week; the widest one for more than those."""
    fits = [band for band in HOURS.values() if band.over == 0 and band.upto >= hours]
    return min(fits, key=lambda band: band.upto).code if fits else "8-40"
