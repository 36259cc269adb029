"""Public holidays and working days in Norway, for deadlines that may not end on a day when nobody can act.

Lov om helligdager og helligdagsfred § 2 names the holy days; lov om 1 og 17 mai som høgtidsdager the other two. The
movable ones follow Easter Sunday. Pure, and the same for every year the Gregorian calendar covers.
"""

from __future__ import annotations

from datetime import date, timedelta
from functools import lru_cache

FIXED = ((1, 1), (5, 1), (5, 17), (12, 25), (12, 26))
FROM_EASTER = (-7, -3, -2, 0, 1, 39, 49, 50)
"""Palm Sunday, Maundy Thursday, Good Friday, both Easter days, Ascension Day and both days of Whitsun."""
SATURDAY = 5


@lru_cache(maxsize=256)
def easter_sunday(year: int) -> date:
    """Easter Sunday of a Gregorian year (the method of Meeus, Jones and Butcher)."""
    a, b, c = year % 19, year // 100, year % 100
    d, e = b // 4, b % 4
    g = (8 * b + 13) // 25
    h = (19 * a + b - d - g + 15) % 30
    i, k = c // 4, c % 4
    week = (32 + 2 * e + 2 * i - h - k) % 7
    m = (a + 11 * h + 22 * week) // 451
    month, day = divmod(h + week - 7 * m + 114, 31)
    return date(year, month, day + 1)


@lru_cache(maxsize=256)
def holidays(year: int) -> frozenset[date]:
    """Every public holiday of a year, also those that fall on a Sunday."""
    easter = easter_sunday(year)
    return frozenset(
        {date(year, month, day) for month, day in FIXED} | {easter + timedelta(days=n) for n in FROM_EASTER}
    )


def is_workday(day: date) -> bool:
    """Whether a deadline may end on the day: no Saturday, Sunday or public holiday."""
    return day.weekday() < SATURDAY and day not in holidays(day.year)


def next_workday(day: date) -> date:
    """The day itself when it is a working day, else the first one after it (domstolloven § 149 first paragraph)."""
    while not is_workday(day):
        day += timedelta(days=1)
    return day
