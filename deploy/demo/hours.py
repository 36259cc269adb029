"""Timesheets: the meetings of each assignment, week by week, and what an hour costs."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from uuid import UUID

from deploy.demo import words
from deploy.demo.book import Book
from deploy.demo.chance import at
from deploy.demo.contacts import Contact
from deploy.demo.lives import Stretch
from deploy.demo.rates import write_agreed, write_rates
from deploy.demo.town import Town
from sammen.policy.roles import Role
from tenants.rates.models import AdministrationCost

HALF = Decimal("0.5")
MET = 0.8
"""The share of planned meetings that come about."""
QUIET_WEEKS = frozenset({1, 27, 28, 29, 30, 52, 53})
OVERHEAD_GROWTH = 0.03


def write_hours(town: Town, book: Book, assignment: UUID, stretch: Stretch, interests: Sequence[str], first: date,
                last: date | None) -> None:  # fmt: skip
    """The lines of one assignment within the history, up to yesterday."""
    contact = stretch.contact
    assert contact is not None
    chance, group = town.chance, stretch.form == "group"
    every = 1 if stretch.weekly >= Decimal("1.5") or group else 2
    planned = min(Decimal(5), max(HALF, (stretch.weekly * every * 2).to_integral_value() / 2))
    begin = max(first, town.began)
    write_agreed(town, assignment, first)
    day = begin + timedelta(days=(stretch.weekday - begin.weekday()) % 7)
    end = min(last or town.as_of, town.as_of - timedelta(days=1))
    starts = time(stretch.hour, stretch.minute)
    while day <= end:
        if day.isocalendar().week not in QUIET_WEEKS and chance.random() < MET:
            hours = planned - HALF if planned > 1 and chance.random() < 0.2 else planned
            used = words.meeting(chance, interests)
            activity = f"Aktivitetsgruppe. {used}" if group else used
            spent = chance.choice((45, 60, 89, 120, 150)) if not group and chance.random() < 0.08 else 0
            driven = chance.randint(4, 38) if contact.has_car and not group and chance.random() < 0.12 else 0
            _write_line(town, book, assignment, contact, day, starts, hours, activity, spent, driven)
        day += timedelta(days=7 * every)


def _write_line(town: Town, book: Book, assignment: UUID, contact: Contact, day: date, starts: time, hours: Decimal,
                activity: str, spent: int, driven: int) -> None:  # fmt: skip
    """A line in the state it would have by now: this month's with the contact, last month's on its way, older ones paid."""
    chance, as_of = town.chance, town.as_of
    coordinator = town.staff[Role.PROVIDER_COORDINATOR][0]
    this_month = as_of.replace(day=1)
    last_month = (this_month - timedelta(days=1)).replace(day=1)
    closing = (day.replace(day=28) + timedelta(days=4)).replace(day=1)
    sent = at(min(closing, as_of), 8, day.day)
    state, decided, reason = "approved", at(min(closing + timedelta(days=3), as_of), 9, day.day), ""
    if day >= this_month:
        state = "sent" if contact.sends_early else "saved"
        sent = at(min(day + timedelta(days=1), as_of), 8, day.day)
    elif day >= last_month and contact.id.int % 16 == 0:
        state = "returned" if chance.random() < 0.15 else "sent"
        reason = chance.choice(words.RETURNED) if state == "returned" else ""
    decides = state in ("approved", "returned")
    book.line(
        assignment, contact.id, day, starts, hours, activity, state=state, sent=None if state == "saved" else sent,
        decided=decided if decides else None, by=coordinator if decides else None, expenses=spent, kilometres=driven,
        reason=reason,
    )  # fmt: skip


def write_costs(town: Town) -> None:
    """A rate for each year, and what running the service costs beside the hours."""
    habits, chance = town.place.habits, town.chance
    for year in range(town.began.year, town.as_of.year + 1):
        back = town.as_of.year - year
        total = Decimal(
            round(
                habits.overhead * town.place.inhabitants * town.making.scale / (1 + OVERHEAD_GROWTH) ** back,
                -3,
            )
        )
        stamp: datetime = at(date(year, 1, 4), 10)
        write_rates(town, year, stamp)
        town.rows.add(AdministrationCost, tenant_id=town.id, id=chance.id_at(stamp), year=year, kroner=total)
