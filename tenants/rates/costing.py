"""What hours cost the municipality: hourly pay with holiday pay, by the same engine as pay itself. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from uuid import UUID

from tenants.rates.engine import half_up, hour_pay
from tenants.rates.standing import Standing
from tenants.rates.tables import Facts, RateTables
from tenants.rates.values import NoRate, Payee, Terms, Worked


def cost_of_meetings(tables: RateTables, meetings: Iterable[tuple[date, str, Decimal, int]]) -> int:
    """Øre for meetings of tables that ask about nobody (`RateTables.personal` is false).

    Each is (day, service, hours of one meeting, how many such meetings): each is rounded as it would be paid. Raises NoRate.
    """
    total = 0
    for day, form, hours, number in meetings:
        table = tables.on(day)
        facts = Facts(form)
        rate = table.hour_ore(facts) if table else None
        if table is None or rate is None:
            raise NoRate(day, form)
        pay = half_up(hours * rate)
        total += number * (pay + half_up(pay * table.holiday(facts.engagement) / 100))
    return total


def cost_of_work(
    tables: RateTables,
    payees: Mapping[UUID, Payee],
    terms: Mapping[UUID, Terms],
    worked: Mapping[UUID, Iterable[Worked]],
) -> int:
    """Øre for the meetings of each contact, under tables that ask who works and for whom. Raises NoRate."""
    total = 0
    for contact_id, lines in worked.items():
        standing = Standing(tables, payees.get(contact_id, Payee()), terms)
        for line in lines:
            _, pay, _, holiday = hour_pay(standing, line)
            total += pay + holiday
    return total
