"""When a case changes purchaser (A1, A16). Pure."""

from __future__ import annotations

from datetime import date, timedelta

from tenants.cases.api import ADULT_AGE, birthday

AHEAD = timedelta(days=180)
"""How long before the 18th birthday a case stands on the page of handovers: half a year, so that the two purchasers and
the family can meet before it."""
SOON = timedelta(days=60)
"""From then it also stands on Min dag, until it is prepared."""
NEWLY_MOVED = timedelta(days=60)


def comes_of_age(birth_date: date) -> date:
    """The day a case moves from the child purchaser to the adult one (A1): the 18th birthday."""
    return birthday(birth_date, ADULT_AGE)


def adult_born_by(day: date) -> date:
    """The last birth date of those who are of age on a day: born then or before, they have turned 18."""
    try:
        return day.replace(year=day.year - ADULT_AGE)
    except ValueError:  # 29 February: who was born on 1 March eighteen years ago has a day left.
        return date(day.year - ADULT_AGE, 2, 28)
