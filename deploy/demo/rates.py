"""What the demo's municipalities pay: a table for each year, the newest of four kinds, a draft, and two that are shared.

Older tables are one rate for everybody, so that the years' costs are those the places' habits say.
"""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid5

from deploy.demo.chance import at
from deploy.demo.town import Town
from shared_pool.terms.documents import to_document
from shared_pool.terms.models import SharedRates
from tenants.rates.models import AssignmentTerms, RateStep, RateTable
from tenants.rates.service import columns
from tenants.rates.tables import RateStep as Step
from tenants.rates.tables import RateTable as Table

RATE_GROWTH = 0.035
DRAFTED, SHARED = "0701", ("0704", "0709")
CHILD = 17


def write_rates(town: Town, year: int, stamp: datetime) -> None:
    """The municipality's table for a year; for the newest also what else it pays."""
    back = town.as_of.year - year
    rate = round(town.place.habits.rate / (1 + RATE_GROWTH) ** back) * 100
    table = town.chance.id_at(stamp)
    steps = (Step("hours", "rate", rate), *(_beside(town, rate) if back == 0 else ()))
    _write(town, table, date(year, 1, 1), steps, state="in_force", in_force_at=stamp)
    if back == 0 and town.place.code == DRAFTED:
        more = (Step("hours", "rate", rate + 8_00), *_beside(town, rate + 8_00))
        _write(town, uuid5(table, "draft"), date(year + 1, 1, 1), more, name="Forslag til nye satser")
    if back == 0 and town.place.code in SHARED:
        posted = at(date(year, 2, 3), 9)
        town.rows.add(
            SharedRates, region_id=town.making.region_id, id=uuid5(table, "shared"), posted_by=town.id, source_id=table,
            valid_from=date(year, 1, 1), posted_at=posted,
            document=to_document(Table(table, "", date(year, 1, 1), steps)),
        )  # fmt: skip


def _beside(town: Town, rate: int) -> tuple[Step, ...]:
    """What a municipality pays beside the hour, and to whom more: four ways that municipalities have."""
    match int(town.place.code) % 4:
        case 0:
            return (Step("expense", "per_hour", 28_00), Step("kilometres", "by_agreement"))
        case 1:
            return (
                Step("hours", "rate", rate + 25_00, form="group"), Step("receipts", "receipts", cap_ore=400_00),
                Step("kilometres", "state", cap_km=Decimal(100)),
            )  # fmt: skip
        case 2:
            return (
                Step("expense", "per_month", 75_00), Step("expense", "per_month", 150_00, user_age_to=CHILD),
                Step("kilometres", "rate", 3_50, user_age_to=CHILD, cap_km=Decimal(60)),
            )  # fmt: skip
        case _:
            return (
                Step("hours", "rate", rate + 6_00, seniority_months=24),
                Step("hours", "rate", rate + 12_00, seniority_months=60),
                Step("receipts", "receipts", cap_ore=300_00), Step("kilometres", "rate", 3_50, cap_ore=250_00),
            )  # fmt: skip


def _write(town: Town, table: UUID, since: date, steps: tuple[Step, ...], **more: Any) -> None:
    town.rows.add(RateTable, tenant_id=town.id, id=table, valid_from=since, **more)
    for position, step in enumerate(steps, 1):
        town.rows.add(
            RateStep,
            tenant_id=town.id,
            id=uuid5(table, str(position)),
            table_id=table,
            position=position,
            **columns(step),
        )


def write_agreed(town: Town, assignment: UUID, since: date) -> None:
    """One assignment in twelve has an agreement of its own, where the municipality pays kilometres by agreement."""
    if int(town.place.code) % 4 == 0 and assignment.int % 12 == 0:
        town.rows.add(
            AssignmentTerms, tenant_id=town.id, id=uuid5(assignment, "terms"), assignment_id=assignment, valid_from=since,
            kilometres_mode="state", cap_km=Decimal(80),
        )  # fmt: skip
