"""What binds a case: the one-month clock, whose purchaser it is, and what a decision must answer (A1, A5, A6).

Pure: dates and facts in, dates and verdicts out.
"""

from __future__ import annotations

import calendar
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from sammen.i18n_mark import N_
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


def start_by(decided: date, limit_days: int = START_DAYS) -> date:
    """The last day a granted service should have begun (A10). The regional maximum is START_DAYS."""
    return decided + timedelta(days=min(limit_days, START_DAYS))


def purchaser_for(birth_date: date | None, received: date, *, child_welfare: bool) -> str:
    """`child` to the day before the 18th birthday, `adult` from it (A1); child-welfare grounds have their own (A16)."""
    if child_welfare:
        return "child_welfare"
    age = age_on(birth_date, received)
    return "child" if age is not None and age < ADULT_AGE else "adult"


@dataclass(frozen=True, slots=True)
class GrantFacts:
    """One service as the decision states it."""

    form: str
    amount: Decimal | None
    unit: str
    times: str
    valid_from: date | None
    valid_to: date | None

    @property
    def says_how_much(self) -> bool:
        """Hours are needed for everything but a group, whose meetings are its extent."""
        return self.amount is not None or self.form == "group"


@dataclass(frozen=True, slots=True)
class Answer:
    """One thing a decision must answer: its name, whether it does, and the field to go to."""

    label: str
    done: bool
    field: str


def checklist(
    *,
    kind: str,
    grants: Sequence[GrantFacts],
    goal: str,
    reasons: str,
    legal_ground: str | None,
    evaluate_on: date | None,
) -> list[Answer]:
    """What a decision must say before it can be issued (A6). A refusal needs only reasons and ground.

    The right to complain is always there: the letter states it with the ground's own deadline.
    """
    common = [
        Answer(N_("Hvorfor"), bool(reasons.strip()), "begrunnelse"),
        Answer(N_("Lovhjemmel"), legal_ground is not None, "hjemmel"),
        Answer(N_("Rett til å klage"), True, ""),
    ]
    if kind == "refusal":
        return common
    some = bool(grants)
    return [
        Answer(N_("Hvilken tjeneste"), some, "form_0"),
        Answer(N_("Hvor mye"), some and all(g.says_how_much for g in grants), "timer_0"),
        Answer(N_("Når"), some and all(bool(g.times.strip()) for g in grants), "naar_0"),
        Answer(N_("Hvor lenge"), some and all(g.valid_from and g.valid_to for g in grants), "til_0"),
        Answer(N_("Mot hvilket mål"), bool(goal.strip()), "maal"),
        common[0],
        common[1],
        Answer(N_("Dato for evaluering"), evaluate_on is not None, "evaluering"),
        common[2],
    ]
