"""What the service costs, by kind and service, and what contacts are paid for equal work (B7, D3; the mandate's «lik lønn for
likt arbeid»). Each runs in one municipality's own context; docs/data/ has the words.

Pay, expenses and travel are worked out line by line by the engine that pays them, so a figure and a payroll run agree.
Behind such money stand contacts: it is what one of them is paid that must not be told.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from sqlalchemy import bindparam, or_, select

from sammen.db.raw import compile_query
from sammen.db.unit_of_work import UnitOfWork
from sammen.figures import FORM, Dimension, Measure, Reading, counted, summed
from sammen.i18n_mark import N_
from sammen.workdays import is_workday
from tenants.assignments.api import assignment
from tenants.rates.api import (
    COMPONENTS,
    Item,
    Worked,
    administration_of,
    payees,
    rate_tables,
    settle,
    terms_of,
)
from tenants.timesheets.models import TimesheetLine
from tenants.timesheets.rules import CENT, shares_of_years

line = TimesheetLine.__table__

SHARED: Final = "shared"
COST_KIND: Final = Dimension(
    "cost_kind", N_("Hva slags kostnad"),
    (("pay", N_("Lønn og feriepenger")), ("expenses", N_("Utgifter")), ("travel", N_("Kjøring")),
     ("courses", N_("Kurs hos andre")), ("exchange", N_("Oppgjør med andre kommuner")),
     ("administration", N_("Administrasjon"))),
)  # fmt: skip
COST_FORM: Final = Dimension("form", FORM.name, (*FORM.codes, (SHARED, N_("Gjelder flere tjenester"))))
"""The forms, and what belongs to none of them alone."""
_KINDS: Final = {
    "hours": "pay", "holiday": "pay", "expense": "expenses", "receipts": "expenses", "kilometres": "travel",
    "commute": "travel",
}  # fmt: skip
WORK: Final = Dimension(
    "work", N_("Arbeid"),
    (("weekday", N_("Individuelt på hverdager")), ("weekend", N_("Individuelt i helger og på helligdager")),
     ("group", N_("Leder gruppe")), ("training", N_("Treningskontakt")), ("organisation", N_("Fritid med bistand"))),
)  # fmt: skip
PAY: Final = Dimension(
    "pay", N_("Timelønn"),
    (("0", N_("Under 180 kr")), ("180", N_("180 til 199 kr")), ("200", N_("200 til 219 kr")),
     ("220", N_("220 til 239 kr")), ("240", N_("240 til 259 kr")), ("260", N_("260 kr eller mer"))),
)  # fmt: skip
_LEAST_KRONER: Final = (260, 240, 220, 200, 180, 0)

_LINES = compile_query(
    select(
        line.c.id.label("line_id"), line.c.contact_id, line.c.assignment_id, line.c.worked_on, line.c.starts, line.c.ends,
        line.c.hours, assignment.c.form, line.c.expenses, line.c.kilometres, line.c.commute_kilometres, line.c.trips,
    )
    .select_from(
        line.join(
            assignment, (assignment.c.tenant_id == line.c.tenant_id) & (assignment.c.id == line.c.assignment_id)
        )
    )
    .where(
        line.c.tenant_id == bindparam("tenant"),
        line.c.state == "approved",
        # What a correction has replaced no longer counts.
        line.c.replaced_at.is_(None),
        line.c.worked_on >= bindparam("start"),
        line.c.worked_on <= bindparam("end"),
        or_(line.c.hours > 0, line.c.expenses > 0, line.c.kilometres > 0, line.c.commute_kilometres > 0),
    )
    .order_by(line.c.contact_id, line.c.id)
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Priced:
    """One component of a contact's meeting, or of their month: what it is paid with, and for which service."""

    contact_id: UUID
    form: str
    item: Item


async def priced(
    uow: UnitOfWork, start: date, end: date, *, components: frozenset[str] = frozenset(COMPONENTS)
) -> list[Priced]:
    """What the approved meetings from `start` to `end` come to, both days included. The period is whole months, since some
    of it has limits by the month. Raises Invalid (NoRate) when a day has no rate: no figure rather than one too low.
    """
    rows = await uow.rows(_LINES, tenant=uow.context.tenant, start=start, end=end)
    worked: dict[UUID, list[Worked]] = defaultdict(list)
    forms: dict[UUID, str] = {}
    led: set[tuple[Any, ...]] = set()
    for row in rows:
        forms[row["assignment_id"]] = row["form"]
        # A leader is at one meeting, however many service users were there: the first line carries the hours.
        meeting = (row["contact_id"], row["worked_on"], row["starts"], row["ends"])
        timed = (
            row["form"] == "group"
            and row["hours"] > 0
            and row["starts"] is not None
            and row["ends"] is not None
        )
        hours = Decimal(0) if timed and meeting in led else row["hours"]
        if timed:
            led.add(meeting)
        worked[row["contact_id"]].append(
            Worked(
                row["line_id"], row["assignment_id"], row["worked_on"], hours, row["form"], row["expenses"],
                row["kilometres"], row["commute_kilometres"], row["trips"],
            )
        )  # fmt: skip
    tables, terms = await rate_tables(uow), await terms_of(uow, list(forms))
    who = await payees(uow, list(worked))
    return [
        Priced(contact_id, forms[item.assignment_id], item)
        for contact_id, lines in worked.items()
        for item in settle(tables, who[contact_id], terms, lines, components=components)
    ]


async def cost_cells(uow: UnitOfWork, start: date, end: date) -> list[Reading]:
    """Kroner by COST_KIND and COST_FORM: what the municipality's own contacts are paid, and its sum for administration.

    Behind pay, expenses and travel stand contacts. Nobody stands behind administration: the year's sum is spread evenly
    over its days, and a year without one counts as nought.
    """
    cells = summed(
        ((_KINDS[one.item.component], one.form), one.contact_id, Decimal(one.item.amount_ore) / 100)
        for one in await priced(uow, start, end)
    )
    shares = shares_of_years(start, end)
    kroner = sum(
        (one.kroner * shares[one.year] for one in await administration_of(uow) if one.year in shares),
        Decimal(0),
    ).quantize(CENT)
    return [*cells, *([Reading(("administration", SHARED), kroner)] if kroner else [])]


async def pay_bands(uow: UnitOfWork, start: date, end: date) -> Sequence[Reading]:
    """Contacts by the work they did most in the period and the hourly pay for it, without holiday pay: what all their hours
    of that work were paid, divided by the hours. Each contact stands once.
    """
    found: dict[UUID, dict[str, list[Decimal]]] = defaultdict(
        lambda: defaultdict(lambda: [Decimal(0), Decimal(0)])
    )
    for one in await priced(uow, start, end, components=frozenset({"hours"})):
        if one.item.component == "hours" and one.item.quantity > 0:
            hours = found[one.contact_id][work_of(one.form, one.item.worked_on)]
            hours[0] += one.item.quantity
            hours[1] += one.item.amount_ore
    return counted(Counter(main_work(by) for by in found.values()))


def work_of(form: str, day: date) -> str:
    """The code of WORK for a meeting: individual work by the day of the week, other forms as they are."""
    if form != "individual":
        return form
    return "weekday" if is_workday(day) else "weekend"


def main_work(by: dict[str, list[Decimal]]) -> tuple[str, str]:
    """(code of WORK, code of PAY) of one contact, from work → [hours, øre]: the work with most hours, the first in WORK's
    order of those with as many.
    """
    order = [code for code, _ in WORK.codes]
    work = min(by, key=lambda one: (-by[one][0], order.index(one)))
    hours, ore = by[work]
    return work, pay_band(ore / hours / 100)


def pay_band(kroner: Decimal) -> str:
    """The code of PAY for kroner an hour."""
    return str(next(least for least in _LEAST_KRONER if kroner >= least))


COST_MEASURES = [Measure("pay_bands", "count", "count", (WORK, PAY), pay_bands)]
