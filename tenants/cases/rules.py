"""What binds a case: the one-month clock, and whose purchaser it is (A1, A5, A10, A16). Pure."""

from __future__ import annotations

import calendar
from datetime import date, timedelta

from tenants.people.api import age_on

ADULT_AGE = 18
START_DAYS = 30
"""How long an issued decision may wait for a contact before it counts as overdue; a municipality may set less (A10)."""


def add_months(day: date, months: int) -> date:
    """The same day `months` later, or that month's last day when it has no such day."""
    index = day.month - 1 + months
    year, month = day.year + index // 12, index % 12 + 1
    return date(year, month, min(day.day, calendar.monthrange(year, month)[1]))


def decide_by(received: date) -> date:
    """The one-month rule (fvl. § 11 a; A5): the last day to decide, or to have sent an interim letter."""
    return add_months(received, 1)


def answer_by(received: date, expected: date | None) -> date:
    """The day an application is to be answered: the one promised in an interim letter, else within the month (A5)."""
    return expected or decide_by(received)


def birthday(birth_date: date, age: int) -> date:
    """The day somebody turns `age`. Born on 29 February, it is 1 March in other years, as `people.age_on` counts."""
    try:
        return birth_date.replace(year=birth_date.year + age)
    except ValueError:
        return date(birth_date.year + age, 3, 1)


def start_by(decided: date, limit_days: int = START_DAYS) -> date:
    """The last day a granted service should have begun (A10). The regional maximum is START_DAYS."""
    return decided + timedelta(days=min(limit_days, START_DAYS))


def purchaser_for(birth_date: date | None, received: date, *, child_welfare: bool) -> str:
    """`child` to the day before the 18th birthday, `adult` from it (A1); child-welfare grounds have their own (A16)."""
    if child_welfare:
        return "child_welfare"
    age = age_on(birth_date, received)
    return "child" if age is not None and age < ADULT_AGE else "adult"
